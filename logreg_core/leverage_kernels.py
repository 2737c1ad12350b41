"""Leverages, and the one sum made of them that Firth's penalty adds to the gradient."""

from __future__ import annotations

from typing import Any

from .jit_kernels import kernel
from .row_kernels import begin, row_terms
from .vector_kernels import PACK, add_gradient, add_predictor

__all__ = ["leverage_span"]


@kernel()
def leverage_span(
    X: Any, y: Any, success: Any, failure: Any, offset: Any, zeros: Any, beta: Any,
    eta: Any, a: Any, b: Any, z: Any, residual: Any, weight: Any, total: Any, out: Any,
) -> None:  # fmt: skip
    """sum of h (1/2 - mu) x over rows X (n, k) rotated so that their information is 1.

    There h = w x'x. total (k,) takes the sum, ``out`` (n,) takes h, or is empty. n is whole packs;
    the other arguments are those of `kernels.terms_span`.
    """
    for j in range(total.size):
        total[j] = 0.0
    for first in range(0, X.shape[0], PACK):
        begin(y, success, failure, offset, first, 0.0, eta, a, b)
        add_predictor(X, first, zeros, beta, eta, 0, 0)
        row_terms(eta, a, b, z, residual, weight)
        for r in range(PACK):
            length = 0.0
            for j in range(X.shape[1]):
                length += X[first + r, j] * X[first + r, j]
            leverage = weight[r] * length
            half = 0.5 * (1.0 - z[r]) / (1.0 + z[r])  # |mu - 1/2|
            residual[r] = -leverage * half if eta[r] >= 0.0 else leverage * half
            if out.size > 0:
                out[first + r] = leverage
        add_gradient(X, first, zeros, residual, total, 0, 0, 0)
