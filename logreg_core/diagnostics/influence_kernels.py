"""Linear predictors, leverages and one-step deletion effects of the rows of a span.

Every row goes through the same operations wherever it lies, so equal rows get equal bits: groups
by probability can keep ties together. Not imported by a fit, which therefore does not compile it.
"""

from __future__ import annotations

import math
from typing import Any

from ..jit_kernels import inner, kernel

__all__ = ["PACK", "influence_span", "predictor_span"]

PACK = 256  # rows taken at a time: a panel of columns of this length stays in the cache
STRIDE = PACK + 8  # eight more keep the panel's stride off a power of two (cache-set conflicts)


@inner()
def _load(
    X: Any, offset: Any, first: int, n: int, columns: Any, center: Any, beta: Any,
    panel: Any, eta: Any,
) -> None:  # fmt: skip
    """Centred columns of a pack as rows of the panel, zeros after n; eta on the way."""
    for r in range(PACK):
        eta[r] = 0.0
    for r in range(n if offset.size > 0 else 0):
        eta[r] = offset[first + r]
    for j in range(columns.shape[0]):
        c = columns[j]
        for r in range(PACK):
            panel[j, r] = 0.0 if c >= 0 else 1.0
        if c >= 0:
            for r in range(n):
                panel[j, r] = X[first + r, c] - center[j]
        for r in range(PACK):
            eta[r] += beta[j] * panel[j, r]


@kernel()
def predictor_span(
    X: Any, offset: Any, columns: Any, center: Any, beta: Any, panel: Any, eta: Any, out: Any
) -> None:
    """Log-odds of the rows of a span: out (rows,). columns: -1 is the intercept."""
    n_rows = X.shape[0]
    for first in range(0, n_rows, PACK):
        n = PACK if first + PACK <= n_rows else n_rows - first
        _load(X, offset, first, n, columns, center, beta, panel, eta)
        for r in range(n):
            out[first + r] = eta[r]


@kernel()
def influence_span(
    X: Any, y: Any, weight: Any, success: Any, failure: Any, offset: Any,
    columns: Any, center: Any, beta: Any, turn: Any, effect: Any, firth: bool,
    panel: Any, eta: Any, line: Any, out: Any, dfbetas: Any, largest: Any, where: Any,
) -> None:  # fmt: skip
    """Leverage, Cook's distance and one-step changes of the coefficients, row by row.

    turn (k, k) upper triangular: centred columns times it have information 1, so that with
    z = turn' x the leverage is h = w z'z. effect (k, k): its rows times z r / (1 - h) are the
    changes of the coefficients in standard errors, r the residual (for ``firth`` with
    h (1/2 - mu) added). out (rows, 3): log-odds, leverage, Cook's distance; dfbetas (rows, k) or
    empty (0, k); largest (k,) zeros and where (k,) take the largest |dfbetas| and its row.
    Scratch: panel (k, STRIDE), eta (PACK,), line (2, PACK).
    """
    n_rows, k = X.shape[0], beta.shape[0]
    for first in range(0, n_rows, PACK):
        n = PACK if first + PACK <= n_rows else n_rows - first
        _load(X, offset, first, n, columns, center, beta, panel, eta)
        for r in range(PACK):
            line[0, r] = 0.0
        for j in range(k - 1, -1, -1):  # downwards: column j of the turn needs the columns to j
            factor = turn[j, j]
            for r in range(PACK):
                panel[j, r] *= factor
            for i in range(j):
                factor = turn[i, j]
                for r in range(PACK):
                    panel[j, r] += panel[i, r] * factor
            for r in range(PACK):
                line[0, r] += panel[j, r] * panel[j, r]
        for r in range(n):
            a = b = 0.0
            if success.size > 0:
                a, b = success[first + r], failure[first + r]
            else:
                a = float(y[first + r])
                b = 1.0 - a
                if weight.size > 0:
                    a *= weight[first + r]
                    b *= weight[first + r]
            z = math.exp(-abs(eta[r]))
            near, far = z / (1.0 + z), 1.0 / (1.0 + z)
            positive = eta[r] >= 0.0
            upper, lower = (far, near) if positive else (near, far)  # mu and 1 - mu
            leverage = (a + b) * near * far * line[0, r]
            residual = a * lower - b * upper
            if firth:
                residual += 0.5 * leverage * (lower - upper)
            remain = 1.0 - leverage
            pull = residual / remain if remain > 1e-12 else math.nan
            out[first + r, 0] = eta[r]
            out[first + r, 1] = leverage
            out[first + r, 2] = pull * pull * line[0, r] / k
            line[1, r] = pull
        for r in range(n, PACK):
            line[1, r] = 0.0
        for j in range(k):
            for r in range(PACK):
                line[0, r] = 0.0
            for i in range(k):
                factor = effect[j, i]
                for r in range(PACK):
                    line[0, r] += factor * panel[i, r]
            for r in range(n):
                change = line[0, r] * line[1, r]
                if dfbetas.shape[0] > 0:
                    dfbetas[first + r, j] = change
                if abs(change) > largest[j]:
                    largest[j] = abs(change)
                    where[j] = first + r
