"""Arithmetic with pairs of doubles, high + low, that carry about 106 bits.

Every operation keeps the rounding error of the plain one: two-sum (Knuth), two-product by a fused
multiply-add (Dekker 1971, doi:10.1007/BF01397083; Ogita, Rump and Oishi 2005,
doi:10.1137/030601818). With u = 2^-53 the relative errors are at most 5 u^2 for a product and
10 u^2 for a quotient, and that of a sum at most 4 u^2 of the sum of the sizes (Joldes, Muller and
Popescu 2017, doi:10.1145/3121432). The order of operations is the algorithm: nothing here may be
contracted or reordered.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from numba.core import types
from numba.extending import intrinsic, overload

from .jit_kernels import inner

__all__ = ["AS_WRITTEN", "exp_rows", "fma", "product", "total"]

AS_WRITTEN: frozenset[str] = frozenset()

LOG2E = 1.4426950408889634
LN2_HIGH = 0.6931471803691238  # 32 bits of ln 2: exact when multiplied by an exponent
LN2_MIDDLE = 1.9082149288430703e-10  # the next 32
LN2_LOW = 4.275175589747649e-20
MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
LOWEST = -708.0  # from here down exp is taken as exp(-708), 3e-308: below it lie subnormals


def fma(a: float, b: float, c: float) -> float:
    """a * b + c, rounded once; the compiled one is a single instruction.

    >>> fma(1.0 + 2.0**-52, 1.0 - 2.0**-52, -1.0) == -(2.0**-104)
    True
    """
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return a * b + c
    return float(Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c)))


def _fma_instruction(context: Any, a: Any, b: Any, c: Any) -> Any:
    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), build


_compiled_fma: Any = intrinsic(_fma_instruction)


def _use_instruction(a: Any, b: Any, c: Any) -> Any:
    def compiled(a: Any, b: Any, c: Any) -> Any:  # numba compares the two signatures
        return _compiled_fma(a, b, c)

    return compiled


overload(fma)(_use_instruction)


@inner(AS_WRITTEN)
def total(a: float, b: float) -> tuple[float, float]:
    """a + b as a pair, exactly, whichever is larger."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@inner(AS_WRITTEN)
def normal(a: float, b: float) -> tuple[float, float]:
    """a + b as a pair, exactly, where |a| >= |b|."""
    s = a + b
    return s, b - (s - a)


@inner(AS_WRITTEN)
def product(a: float, a_low: float, b: float, b_low: float) -> Any:
    """The product of two pairs."""
    p = a * b
    return normal(p, fma(a, b, -p) + (a * b_low + a_low * b))


@inner(AS_WRITTEN)
def _horner(h: float, low: float, x: float, x_low: float, c: float, c_low: float) -> Any:
    """c + (h, low) * (x, x_low), where the product is the smaller part."""
    p = h * x
    e = fma(h, x, -p) + (h * x_low + low * x)
    s = c + p
    return normal(s, ((c - s) + p) + (e + c_low))


@inner(AS_WRITTEN)
def exp_rows(rows: Any, high: int, low: int, exponent: Any, bits: Any) -> None:
    """rows[high:] + rows[low:], all at most 0, become their exp, with an error of 2^-99 of it.

    exp(t) = 2^n exp(r / 8)^8 with t = n ln 2 + r; where |t| is large the rounding of the low part
    of t is larger, up to 2^-96. ``exponent`` and its int64 view ``bits`` are scratch.
    """
    for r in range(exponent.shape[0]):
        t = rows[high + r]
        t_low = rows[low + r] if t > LOWEST else 0.0
        t = LOWEST if t < LOWEST else t
        shifted = t * LOG2E + MAGIC
        n = shifted - MAGIC
        exponent[r] = shifted
        x, x_low = total(t - n * LN2_HIGH, -n * LN2_MIDDLE)
        x, x_low = normal(x, x_low + (t_low - n * LN2_LOW))
        rows[high + r] = 0.125 * x
        rows[low + r] = 0.125 * x_low
    for r in range(exponent.shape[0]):
        bits[r] = (bits[r] + 1023) << 52
    for r in range(exponent.shape[0]):
        x, x_low = rows[high + r], rows[low + r]  # at most 0.0434: Taylor's series
        p = 7.647163731819816e-13  # from the ninth term on in doubles
        p = p * x + 1.1470745597729725e-11
        p = p * x + 1.6059043836821613e-10
        p = p * x + 2.08767569878681e-09
        p = p * x + 2.505210838544172e-08
        p = p * x + 2.755731922398589e-07
        p = p * x + 2.7557319223985893e-06
        h, e = _horner(p, 0.0, x, x_low, 2.48015873015873e-05, 2.1511947866775882e-23)
        h, e = _horner(h, e, x, x_low, 0.0001984126984126984, 1.7209558293420705e-22)
        h, e = _horner(h, e, x, x_low, 0.001388888888888889, -5.300543954373577e-20)
        h, e = _horner(h, e, x, x_low, 0.008333333333333333, 1.1564823173178714e-19)
        h, e = _horner(h, e, x, x_low, 0.041666666666666664, 2.3129646346357427e-18)
        h, e = _horner(h, e, x, x_low, 0.16666666666666666, 9.25185853854297e-18)
        h, e = _horner(h, e, x, x_low, 0.5, 0.0)
        h, e = _horner(h, e, x, x_low, 1.0, 0.0)
        h, e = _horner(h, e, x, x_low, 1.0, 0.0)
        h, e = product(h, e, h, e)
        h, e = product(h, e, h, e)
        h, e = product(h, e, h, e)
        rows[high + r] = h * exponent[r]
        rows[low + r] = e * exponent[r]
