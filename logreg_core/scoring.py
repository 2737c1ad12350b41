"""Log-odds and probabilities of new rows, at memory speed and without a temporary of their size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .coordinates import Coordinates
from .kernels import PACK, probability_span
from .spans import NO_BYTES, NOTHING, Span, aligned, packed, seen_under
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
    features = columns >= 0
    base, slopes = float(beta[~features].sum()), beta[features]
    where = Coordinates(columns[features], center[features], np.ones(len(slopes)))
    in_place = where.direct(X.shape[1]) >= 0
    middle = where.center if in_place else np.zeros(len(slopes))

    def part(first: int) -> None:
        rows = slice(first, first + ROWS)
        shift, last = offset[rows], min(first + ROWS, len(X))
        span = Span(X[rows], NO_BYTES, NOTHING, NOTHING, NOTHING, shift)
        for packs in packed(span):
            for leaf in (packs,) if in_place else seen_under(packs, where):
                held = min(leaf.n_rows_held, last - first)
                whole = out[first:last] if held == len(leaf.X) else np.empty(len(leaf.X))
                probability_span(
                    leaf.X, leaf.offset, middle, slopes, base, log_odds, aligned(PACK), whole
                )
                if held < len(leaf.X):
                    out[first : first + held] = whole[:held]
                first += held

    with Workers(threads, X.size) as workers:
        for _ in workers.map(part, range(0, len(X), ROWS)):
            pass
    return out
