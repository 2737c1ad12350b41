"""What one row contributes, a pack at a time: log-likelihood, residual and working weight.

Everything is a function of eta through z = exp(-|eta|); nothing is a function of mu. So no count
overflows, and 1 - mu is never formed by subtraction.
"""

from __future__ import annotations

import math
from typing import Any

from .jit_kernels import EXACT, inner
from .vector_kernels import PACK, exp_minus, log1p_ratio

__all__ = ["begin", "loglik", "row_terms"]

# A product of 128 terms 1 + z loses z below 1e-16: fine while the terms are not all tiny.
PRODUCT_FLOOR = PACK / 64.0


@inner()
def begin(
    y: Any, success: Any, failure: Any, offset: Any, first: int, base: float,
    eta: Any, a: Any, b: Any,
) -> None:  # fmt: skip
    """A pack's weights on success (a) and on failure (b), and where eta starts."""
    if success.size > 0:
        for r in range(PACK):
            a[r] = success[first + r]
            b[r] = failure[first + r]
    else:
        for r in range(PACK):
            a[r] = float(y[first + r])
            b[r] = 1.0 - a[r]
    if offset.size > 0:
        for r in range(PACK):
            eta[r] = base + offset[first + r]
    else:
        for r in range(PACK):
            eta[r] = base


@inner(EXACT)
def row_terms(eta: Any, a: Any, b: Any, z: Any, residual: Any, weight: Any) -> None:
    """z = exp(-|eta|), residuals a - (a + b) mu, working weights (a + b) mu (1 - mu).

    a leaves as twice the linear part of minus the log-likelihood, 2 a max(-eta, 0) + 2 b max(eta,
    0), in a form that lets NaN through and must not be reordered: split over two sums it would
    cancel. b leaves as a + b.
    """
    for r in range(PACK):
        value, success, failure = eta[r], a[r], b[r]
        size = abs(value)
        near = exp_minus(size)
        z[r] = near
        inverse = 1.0 / (1.0 + near)
        near *= inverse
        upper = inverse if value >= 0.0 else near  # mu
        lower = near if value >= 0.0 else inverse  # 1 - mu, never by subtraction
        residual[r] = success * lower - failure * upper
        weight[r] = (success + failure) * near * inverse
        a[r] = success * (size - value) + failure * (size + value)
        b[r] = success + failure


@inner()
def loglik(a: Any, b: Any, z: Any, unit: bool) -> float:
    """Log-likelihood of a pack after `row_terms`: a / 2 + b log1p(z), summed, with its sign.

    Where all weights are 1 (``unit``) one log of the product of all 1 + z does, unless they are
    all tiny; elsewhere each log1p is taken to full relative accuracy.
    """
    linear = 0.0
    z_sum = 0.0
    product = 1.0
    for r in range(PACK):
        linear += a[r]
        z_sum += z[r]
        product *= 1.0 + z[r]
    if unit and z_sum > PRODUCT_FLOOR:
        return -0.5 * linear - math.log(product)
    logs = 0.0
    for r in range(PACK):
        logs += b[r] * log1p_ratio(z[r] / (2.0 + z[r]))
    return -0.5 * linear - 2.0 * logs
