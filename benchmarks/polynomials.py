"""The two polynomials of `logreg_core.vector_kernels`: made anew, and the error of those in use.

    python -m benchmarks.polynomials

Interpolation in Chebyshev nodes to sixty digits (needs mpmath), rounded to doubles; the error is
relative, over two thousand points, of the rounded polynomial evaluated exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from logreg_core.vector_kernels import ATANH, EXP

DIGITS, POINTS = 60, 2000


def interpolate(function: Callable[[Any], Any], first: Any, last: Any, n: int) -> tuple[float, ...]:
    """n coefficients, highest power first, through the Chebyshev nodes of first to last."""
    import mpmath as mp

    nodes = [
        (first + last) / 2 + (last - first) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * n))
        for i in range(n)
    ]
    powers = mp.matrix([[x ** (n - 1 - j) for j in range(n)] for x in nodes])
    return tuple(float(c) for c in mp.lu_solve(powers, mp.matrix([function(x) for x in nodes])))


def error(
    coefficients: tuple[float, ...], function: Callable[[Any], Any], first: Any, last: Any
) -> float:
    """Largest relative error over the interval."""
    import mpmath as mp

    def value(x: Any) -> Any:
        total = mp.mpf(0)
        for c in coefficients:
            total = total * x + mp.mpf(c)
        return total

    points = [first + (last - first) * mp.mpf(i) / POINTS for i in range(POINTS + 1)]
    return float(max(abs(value(x) / function(x) - 1) for x in points))


def measured() -> dict[str, tuple[tuple[float, ...], float]]:
    """For each polynomial in use: the coefficients made anew, and the error of those in use."""
    import mpmath as mp

    with mp.workdps(DIGITS):
        half, ninth = mp.log(2) / 2 * mp.mpf("1.0001"), mp.mpf(1) / 9

        def ratio(q: Any) -> Any:
            return mp.atanh(mp.sqrt(q)) / mp.sqrt(q) if q else mp.mpf(1)

        return {
            "EXP": (
                interpolate(mp.exp, -half, half, len(EXP)),
                error(EXP, mp.exp, -half, half),
            ),
            "ATANH": (
                interpolate(ratio, mp.mpf(0), ninth, len(ATANH)),
                error(ATANH, ratio, mp.mpf(0), ninth),
            ),
        }


if __name__ == "__main__":
    for name, (made, worst) in measured().items():
        print(f"{name}: relative error {worst:.2g}, made anew:")
        print("   ", ", ".join(repr(c) for c in made))
