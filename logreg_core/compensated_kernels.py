"""The log-likelihood with linear predictors to twice the working precision.

Where columns are nearly collinear their coefficients are huge and cancel in every row: eta then
has fewer right digits than beta, and the log-likelihood with it. Sums and products are carried
with their rounding errors (Ogita, Rump and Oishi 2005, doi:10.1137/030601818), so nothing here
may be contracted or reordered.
"""

from __future__ import annotations

import math
from typing import Any

from .double_double_kernels import AS_WRITTEN, fma, total
from .jit_kernels import kernel

__all__ = ["compensated_loglik"]


@kernel(AS_WRITTEN)
def compensated_loglik(
    X: Any, y: Any, weight: Any, success: Any, failure: Any, offset: Any,
    columns: Any, center: Any, slopes: Any, first: int, last: int,
) -> float:  # fmt: skip
    """Log-likelihood of rows first to last at ``slopes`` (k,), per unit of x - center."""
    result = 0.0
    for i in range(first, last):
        eta = offset[i] if offset.size > 0 else 0.0
        low = 0.0
        for j in range(columns.shape[0]):
            b = slopes[j]
            x, x_low = 1.0, 0.0
            if columns[j] >= 0:
                x, x_low = total(X[i, columns[j]], -center[j])
            p = x * b
            eta, left = total(eta, p)
            low += left + fma(x, b, -p) + x_low * b
        eta += low
        if success.size > 0:
            a, f = success[i], failure[i]
        else:
            w = weight[i] if weight.size > 0 else 1.0
            a, f = (w, 0.0) if y[i] else (0.0, w)
        size = abs(eta)
        result -= 0.5 * (a * (size - eta) + f * (size + eta)) + (a + f) * math.log1p(
            math.exp(-size)
        )
    return result
