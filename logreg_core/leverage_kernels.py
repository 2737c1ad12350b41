"""Leverages, and the one sum made of them that Firth's penalty adds to the gradient."""

from __future__ import annotations

from typing import Any

from .jit_kernels import kernel
from .kernels import LEAF, _add_gradient, _add_predictor, _gather
from .row_kernels import PACK, RESIDUAL, WEIGHT, Z, _outcome, _row_terms, _split_exponent

__all__ = ["leverage_span"]


@kernel()
def leverage_span(
    X: Any, y: Any, weight: Any, success: Any, failure: Any, offset: Any,
    columns: Any, center: Any, scale: Any, rotation: Any, zeros: Any, ones: Any, beta: Any,
    block: Any, block_view: Any, line: Any, panel: Any, eta: Any, rows: Any,
    exponent: Any, bits: Any, sums: Any, out: Any,
) -> None:  # fmt: skip
    """sum of h (1/2 - mu) x over a span, in columns rotated so that their information is 1.

    There h = w x'x. ``out`` (rows of the span,) takes h, or is empty. sums (depth, 4 + k) and
    scratch as for `terms_span`; the total ends in sums[0, 4:].
    """
    n_rows, size, k = X.shape[0], sums.shape[1], beta.shape[0]
    top = n_rows - n_rows  # 0, but no literal, for which numba would compile callees twice
    for leaf in range((n_rows + LEAF - 1) // LEAF):
        for i in range(size):
            sums[top, i] = 0.0
        end = (leaf + 1) * LEAF if (leaf + 1) * LEAF < n_rows else n_rows
        for first in range(leaf * LEAF, end, PACK):
            n = PACK if first + PACK <= n_rows else n_rows - first
            unit = _outcome(y, weight, success, failure, offset, first, n, eta, rows, sums, top)
            _gather(X, first, n, columns, center, scale, rotation, line, block)
            _add_predictor(block_view, 0, zeros, beta, 0.0, eta)
            _split_exponent(eta, rows, exponent, bits)
            sums[top, 0] += _row_terms(eta, rows, exponent, unit)
            for r in range(PACK):
                total = 0.0
                for j in range(k):
                    total += block[r, j] * block[r, j]
                leverage = rows[WEIGHT, r] * total
                half = 0.5 * (1.0 - rows[Z, r]) / (1.0 + rows[Z, r])  # |mu - 1/2|
                rows[RESIDUAL, r] = -leverage * half if eta[r] >= 0.0 else leverage * half
                exponent[r] = leverage
            for r in range(n if out.size > 0 else 0):
                out[first + r] = exponent[r]
            _add_gradient(block_view, 0, zeros, ones, rows, line, sums, top, 4)
        top += 1
        count = leaf + 1
        while top > 1 and (count % 2 == 0 or end == n_rows):
            for i in range(size):
                sums[top - 2, i] += sums[top - 1, i]
            top -= 1
            count //= 2
