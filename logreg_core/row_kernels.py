"""What one row contributes, 256 rows at a time: log-likelihood, residual and working weight.

Everything is a function of eta through z = exp(-|eta|); nothing is a function of mu. So no count
overflows, and 1 - mu is never formed by subtraction.
"""

from __future__ import annotations

import math
from typing import Any

from .jit_kernels import EXACT, inner

__all__ = ["FAILURE", "N_ROWS", "PACK", "RESIDUAL", "SUCCESS", "WEIGHT", "Z"]

PACK = 256  # rows taken at a time: vectors of this length stay in the first-level cache

LOG2E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # the upper 33 bits of ln 2: n * LN2_HIGH is exact
LN2_LOW = 1.90821492927058770002e-10
MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
LOWEST = -708.0  # below it exp is subnormal; the log-likelihood takes |eta| from elsewhere
# A product of 256 terms 1 + z loses z below 1e-16: fine while the terms are not all tiny.
PRODUCT_FLOOR = PACK / 64.0

# Rows of the scratch that a pack's vectors live in. Scratch comes from the caller: allocating,
# slicing and reshaping in compiled code doubles the time to compile.
Z, RESIDUAL, SUCCESS, FAILURE, WEIGHT = 0, 1, 2, 3, 4
N_ROWS = 5


@inner(EXACT)
def _split_exponent(eta: Any, rows: Any, exponent: Any, bits: Any) -> None:
    """-|eta| = n ln 2 + z; 2**n is left in ``exponent``, of which ``bits`` is the int64 view.

    RESIDUAL takes 2 [a max(-eta, 0) + b max(eta, 0)], in a form that lets NaN through and must
    not be reordered: split over two sums it would cancel.
    """
    for r in range(PACK):
        t = -abs(eta[r])
        t = LOWEST if t < LOWEST else t
        shifted = t * LOG2E + MAGIC
        n = shifted - MAGIC
        exponent[r] = shifted
        rows[Z, r] = (t - n * LN2_HIGH) - n * LN2_LOW
        size = abs(eta[r])
        rows[RESIDUAL, r] = rows[SUCCESS, r] * (size - eta[r]) + rows[FAILURE, r] * (size + eta[r])
    for r in range(PACK):
        bits[r] = (bits[r] + 1023) << 52


@inner()
def _exp_minus_abs(rows: Any, exponent: Any) -> None:
    """z = exp(-|eta|), to one unit in the last place: libm's exp would be called row by row."""
    for r in range(PACK):
        x = rows[Z, r]
        p = 1.6059043836821613e-10
        p = p * x + 2.08767569878681e-09
        p = p * x + 2.505210838544172e-08
        p = p * x + 2.755731922398589e-07
        p = p * x + 2.7557319223985893e-06
        p = p * x + 2.48015873015873e-05
        p = p * x + 0.0001984126984126984
        p = p * x + 0.001388888888888889
        p = p * x + 0.008333333333333333
        p = p * x + 0.041666666666666664
        p = p * x + 0.16666666666666666
        p = p * x + 0.5
        p = p * x + 1.0
        p = p * x + 1.0
        rows[Z, r] = p * exponent[r]


@inner()
def _log1p_terms(rows: Any) -> float:
    """sum of weight * log1p(z), each term to full relative accuracy, by 2 atanh(z / (2 + z))."""
    result = 0.0
    for r in range(PACK):
        s = rows[Z, r] / (2.0 + rows[Z, r])
        q = s * s
        p = 1.0 / 35.0
        p = p * q + 1.0 / 33.0
        p = p * q + 1.0 / 31.0
        p = p * q + 1.0 / 29.0
        p = p * q + 1.0 / 27.0
        p = p * q + 1.0 / 25.0
        p = p * q + 1.0 / 23.0
        p = p * q + 1.0 / 21.0
        p = p * q + 1.0 / 19.0
        p = p * q + 1.0 / 17.0
        p = p * q + 1.0 / 15.0
        p = p * q + 1.0 / 13.0
        p = p * q + 1.0 / 11.0
        p = p * q + 1.0 / 9.0
        p = p * q + 1.0 / 7.0
        p = p * q + 1.0 / 5.0
        p = p * q + 1.0 / 3.0
        p = p * q + 1.0
        result += rows[WEIGHT, r] * (2.0 * s * p)
    return result


@inner()
def _row_terms(eta: Any, rows: Any, exponent: Any, unit: bool) -> float:
    """Log-likelihood of a pack; residuals y - mu and working weights mu (1 - mu) on the way.

    Everything is a function of eta through z = exp(-|eta|); nothing is a function of mu. WEIGHT
    comes in holding success + failure, all 1 where ``unit``, and leaves as the working weight.
    """
    _exp_minus_abs(rows, exponent)
    linear = 0.0
    z_sum = 0.0
    product = 1.0
    for r in range(PACK):
        linear += rows[RESIDUAL, r]
        z_sum += rows[Z, r]
        product *= 1.0 + rows[Z, r]
    usable = unit and z_sum > PRODUCT_FLOOR
    log_terms = math.log(product) if usable else _log1p_terms(rows)
    for r in range(PACK):
        inverse = 1.0 / (1.0 + rows[Z, r])
        near = rows[Z, r] * inverse
        positive = eta[r] >= 0.0
        upper = inverse if positive else near  # mu
        lower = near if positive else inverse  # 1 - mu, never by subtraction
        rows[RESIDUAL, r] = rows[SUCCESS, r] * lower - rows[FAILURE, r] * upper
        rows[WEIGHT, r] *= near * inverse
    return -0.5 * linear - log_terms


@inner()
def _outcome(
    y: Any, weight: Any, success: Any, failure: Any, offset: Any, first: int, n: int,
    eta: Any, rows: Any, sums: Any, level: int,
) -> bool:  # fmt: skip
    """A pack's weights on success and failure, their sum, and eta's start; whether all sum to 1.

    The weight and the number of rows that have any are added to columns 1 and 2 of the sums.
    """
    for r in range(PACK):
        rows[SUCCESS, r] = 0.0
        rows[FAILURE, r] = 0.0
        eta[r] = 0.0
    if success.size > 0:
        for r in range(n):
            rows[SUCCESS, r] = success[first + r]
            rows[FAILURE, r] = failure[first + r]
    else:
        for r in range(n):
            one = float(y[first + r])
            rows[SUCCESS, r] = one
            rows[FAILURE, r] = 1.0 - one
        if weight.size > 0:
            for r in range(n):
                rows[SUCCESS, r] *= weight[first + r]
                rows[FAILURE, r] *= weight[first + r]
    if offset.size > 0:
        for r in range(n):
            eta[r] = offset[first + r]
    total = 0.0
    counted = 0.0
    for r in range(PACK):
        both = rows[SUCCESS, r] + rows[FAILURE, r]
        rows[WEIGHT, r] = both
        total += both
        counted += 1.0 if both > 0.0 else 0.0
    sums[level, 1] += total
    sums[level, 2] += counted
    return n == PACK and success.size == 0 and weight.size == 0
