"""Do the solvers agree? fast, newton and irls on the grid, and the bits of one and two threads.

    python -m benchmarks.agreement --problems 1000000x20 rare

Prints a Markdown table: the largest difference of coefficients from `newton`, relative to the
coefficient and to its standard error, that of standard errors, the statuses, and whether one and
two threads give the same bits.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

import logreg_core as lc
from benchmarks import problems

CONTENDERS: dict[str, dict[str, Any]] = {
    "fast": {"solver": "fast"},
    "fast, no inference": {"solver": "fast", "inference": False},
    "irls": {"solver": "irls"},
}
HEADER = (
    "| problem | solver | climbed by | coef | coef / std error | std error | status | same bits |",
    "|---|---|---|---|---|---|---|---|",
)


def compare(name: str) -> list[str]:
    """A line for each contender on one problem."""
    problem = problems.make(name)
    X, y = problem.X, problem.y
    plain = lc.fit(X, y, solver="newton")
    lines = []
    for label, options in CONTENDERS.items():
        fits = [lc.fit(X, y, threads=threads, **options) for threads in (2, 1)]
        fit = fits[0]
        away = np.abs(fit.coef - plain.coef)
        errors = "-"
        if options.get("inference", True):
            errors = f"{np.abs(fit.std_error / plain.std_error - 1.0).max():.1e}"
        same = fit.coef.tobytes() == fits[1].coef.tobytes()
        lines.append(
            f"| {name} | {label} | {fit.solver} | {(away / np.abs(plain.coef)).max():.1e} | "
            f"{(away / plain.std_error).max():.1e} | {errors} | {fit.status.word}"
            f"{'' if fit.status is plain.status else ' (newton: ' + plain.status.word + ')'} | "
            f"{'yes' if same else 'NO'} |"
        )
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", nargs="+", default=problems.names())
    chosen = parser.parse_args(arguments).problems
    sys.stdout.write("\n".join(HEADER) + "\n")
    for name in chosen:
        try:
            lines = compare(name)
        except problems.Unavailable as reason:
            lines = [f"| {name} | {reason} | | | | | | |"]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
