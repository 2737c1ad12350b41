"""The compiled pass over the rows: log-likelihood, gradient and information in one reading.

`reference.py` says the same in a few lines of NumPy; this file says it at the machine's speed.
Rows come in whole packs of 128, the last ones padded with rows of no weight (`spans`). What one
row contributes is in `row_kernels`, the loops over its columns are in `vector_kernels`;
docs/kernels.md gives the floor of each part.
"""

from __future__ import annotations

import math
from typing import Any

from .jit_kernels import EXACT, inner, kernel
from .row_kernels import begin, loglik, row_terms
from .vector_kernels import PACK, add_gradient, add_gram, add_predictor, exp_minus, pack

__all__ = ["FRONT", "LEAF", "PACK", "probability_span", "terms_span"]

LEAF = 2048  # rows summed one pack after another, before they are added to the span's total
FRONT = 4  # sums before the gradient: log-likelihood, max |x' step|, and room for two counts


@kernel()
def terms_span(
    X: Any, y: Any, success: Any, failure: Any, offset: Any,
    center: Any, scale: Any, slopes: Any, base: float, step_slopes: Any, step_base: float,
    order: int, constant: int,
    eta: Any, a: Any, b: Any, z: Any, residual: Any, weight: Any, panel: Any,
    part: Any, total: Any,
) -> None:  # fmt: skip
    """Adds to total the sums over the rows of one span, leaf by leaf.

    order 0: log-likelihood; 1: and gradient; 2: and information. X (n, columns), n whole packs;
    empty arrays stand for "none": (success, failure), offset, step_slopes. center, scale (columns,)
    are those of X; slopes and step_slopes: beta and step times scale; base and step_base: theirs
    of the intercept, of which there are ``constant`` (0 or 1), after the columns. Scratch: six
    vectors (PACK,), the panel (elements,) of `vector_kernels.pack`, in whose type the information
    is multiplied, and part, like total. total holds the log-likelihood, max |x' step|, two zeros,
    the gradient, not yet scaled, and the information's lower triangle in rows of whole groups.
    """
    n_rows, columns = X.shape
    k = columns + constant
    width = 64 // panel.itemsize
    lanes = width // 2
    stride = (k + width - 1) // width * width
    lines = (columns + 1) // 2  # of 64 bytes in four rows
    first_lines = lines if order == 0 else lines // 2
    for leaf in range(0, n_rows, LEAF):
        for i in range(total.size):
            part[i] = 0.0
        last = leaf + LEAF if leaf + LEAF < n_rows else n_rows
        for first in range(leaf, last, PACK):
            ahead = (first + PACK) * columns
            begin(y, success, failure, offset, first, base, eta, a, b)
            if step_slopes.size > 0 or step_base != 0.0:
                for r in range(PACK):
                    z[r] = step_base
                add_predictor(X, first, center, step_slopes, z, ahead, 0)
                for r in range(PACK):
                    moved = abs(z[r]) if a[r] + b[r] > 0.0 else 0.0
                    total[1] = moved if moved > total[1] else total[1]
            add_predictor(X, first, center, slopes, eta, ahead, first_lines)
            row_terms(eta, a, b, z, residual, weight)
            part[0] += loglik(a, b, z, success.size == 0)
            if order >= 1:
                ahead += PACK // 4 * first_lines * 8
                add_gradient(X, first, center, residual, part, FRONT, ahead, lines - first_lines)
                for r in range(PACK if constant > 0 else 0):
                    part[FRONT + columns] += residual[r]
            if order >= 2:
                for r in range(PACK):
                    weight[r] = math.sqrt(weight[r])
                pack(X, first, center, scale, weight, panel)
                place = columns // lanes * lanes * PACK + columns % lanes
                for r in range(PACK if constant > 0 else 0):
                    panel[place + r * lanes] = weight[r]
                add_gram(panel, k, stride, part, FRONT + k)
        for i in range(total.size):
            total[i] += part[i]


@inner(EXACT)
def _probabilities(eta: Any, first: int, out: Any) -> None:
    for r in range(PACK):
        near = exp_minus(abs(eta[r]))
        out[first + r] = (1.0 if eta[r] >= 0.0 else near) / (1.0 + near)


@kernel()
def probability_span(
    X: Any, offset: Any, center: Any, slopes: Any, base: float, log_odds: bool, eta: Any, out: Any
) -> None:
    """Log-odds or probabilities (n,) of the rows of a span, n whole packs, without a temporary."""
    lines = (X.shape[1] + 1) // 2
    for first in range(0, X.shape[0], PACK):
        for r in range(PACK):
            eta[r] = base + (offset[first + r] if offset.size > 0 else 0.0)
        add_predictor(X, first, center, slopes, eta, (first + PACK) * X.shape[1], lines)
        if log_odds:
            for r in range(PACK):
                out[first + r] = eta[r]
        else:
            _probabilities(eta, first, out)
