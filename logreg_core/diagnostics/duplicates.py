"""Which rows are exact copies of others? All that the data themselves can say of independence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..blocks import Span
from ..result import LogitFit
from .observed import Observed, observe

__all__ = ["DuplicateRows", "duplicate_rows"]

Words = NDArray[np.uint64]
_START, _FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD)
_SECOND = np.uint64(0xC4CEB9FE1A85EC53)


@dataclass(frozen=True, eq=False)
class DuplicateRows:
    """n_rows of positive weight; n_repeated: those equal to an earlier row in every column and in
    the outcome; share = n_repeated / n_rows; most: the largest groups of equal rows (DataFrame:
    first_row, copies)."""

    n_rows: int
    n_repeated: int
    share: float
    most: pd.DataFrame


def duplicate_rows(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    n_most: int = 5,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> DuplicateRows:
    """How many rows repeat another exactly, outcome included?

    Copies made by a join, by upsampling, or by several records of one person are not independent,
    and standard errors that count them are too small. Where all columns take few values, equal
    rows are to be expected. Columns of the fit, outcome, weight and offset are compared, by 128
    bits of hash: among a billion rows the chance to take two for equal that are not is below
    1e-20. Cost: a pass and a sort of n numbers.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [2.0]], [0, 1, 0, 1, 1]
    >>> lc.diagnostics.duplicate_rows(lc.fit(X, y), X, y).most
       first_row  copies
    0          1       2
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return duplicate_rows_of(seen, n_most)


def duplicate_rows_of(seen: Observed, n_most: int = 5) -> DuplicateRows:
    """The same for rows already matched with their fit."""
    hashes, checks = np.empty(seen.n_rows, np.uint64), np.empty(seen.n_rows, np.uint64)
    places = seen.coordinates.columns
    mine = places[places >= 0]

    def part(item: tuple[int, Span]) -> None:
        first, span = item
        rows = slice(first, first + len(span.X))
        hashes[rows], checks[rows] = _START, _FACTOR
        for column in (*(span.X[:, j] for j in mine), *_beside(span)):
            bits = (column.astype(np.float64) + 0.0).view(np.uint64)  # -0.0 is 0.0
            _mix(hashes[rows], bits, _FACTOR)
            _mix(checks[rows], bits, _SECOND)

    with seen.workers() as workers:
        for _ in workers.map(part, seen.numbered_spans()):
            pass
    rows = np.flatnonzero(seen.weight > 0.0)
    order = rows[np.argsort(hashes[rows], kind="stable")]
    same = np.zeros(len(order), np.bool_)
    for values in (hashes, checks):
        ranked = values[order]
        equal = ranked[1:] == ranked[:-1]
        same[1:] = equal if values is hashes else same[1:] & equal
    starts = np.flatnonzero(~same)
    copies = np.diff(np.append(starts, len(order)))
    groups = np.flatnonzero(copies > 1)
    first = order[starts[groups]]
    best = np.lexsort((first, -copies[groups]))[:n_most]
    most = pd.DataFrame({"first_row": first[best], "copies": copies[groups][best]})
    return DuplicateRows(len(rows), int(same.sum()), float(same.mean()), most)


def _beside(span: Span) -> tuple[NDArray[Any], ...]:
    parts = (span.y, span.weight, span.success, span.failure, span.offset)
    return tuple(part for part in parts if part.size)


def _mix(hashes: Words, bits: Words, factor: np.uint64) -> None:
    """Fold each value's bits in: two rounds of multiply and shift."""
    hashes ^= bits
    hashes *= factor
    hashes ^= hashes >> np.uint64(32)
    hashes *= factor
    hashes ^= hashes >> np.uint64(29)
