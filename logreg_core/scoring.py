"""Log-odds and probabilities of new rows, at memory speed and without a temporary of their size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks import NOTHING, ArrayBlocks, Scratch
from .coordinates import Coordinates
from .kernels import probability_span
from .workers import Workers

__all__ = ["score"]

Floats = NDArray[np.float64]
ROWS = 1 << 15


def score(
    X: NDArray[Any],
    columns: NDArray[np.int64],
    center: Floats,
    beta: Floats,
    *,
    log_odds: bool,
    offset: Floats = NOTHING,
    threads: int | None = None,
) -> Floats:
    """(n,) log-odds, or probabilities, of the rows of X (n, columns).

    beta (k,) belongs to the columns less ``center``; column -1 is the intercept. Each row's value
    depends on that row alone, so neither blocks nor threads change a bit.
    """
    out = np.empty(len(X))
    blocks = ArrayBlocks(X, offset=offset)
    k, where = len(beta), Coordinates(columns, center, np.ones(len(beta)))
    direct = where.direct(blocks.n_columns)
    inner = slice(max(direct, 0), None)
    shared = (
        columns, center, where.scale, where.rotation,
        direct, center[inner], np.zeros(k), beta, beta[inner], log_odds,
    )  # fmt: skip

    def part(first: int) -> None:
        span = blocks.rows(slice(first, first + ROWS))
        block, view, line, _, *rest = Scratch.of(k, with_panel=False)
        probability_span(
            span.X, span.offset, *shared, block, view, line, *rest, out[first : first + ROWS]
        )

    with Workers(threads, X.size) as workers:
        for _ in workers.map(part, range(0, len(X), ROWS)):
            pass
    return out
