"""What a fit must know of a stream before it climbs, kept from one reading; and the comparison of
every later reading with it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from .array_blocks import ArrayBlocks, Starts, leafwise_sum, outcome_totals
from .errors import DataChangedError
from .regrid import Gathered
from .sampling import SAMPLE, sampled_places
from .spans import NOTHING, Span
from .workers import pairwise_sum

__all__ = ["Survey", "survey", "watched"]


@dataclass(frozen=True)
class Survey:
    """n_rows; totals: weight of successes and failures; offset, largest_offset: their sum and
    largest size (log-odds); sample: one row in ``every``; stretches: ``length`` rows from each of
    ``starts`` on, None where the rows are too few for them; seals: of each span, see `_seal`."""

    n_rows: int
    totals: tuple[float, float]
    offset: float
    largest_offset: float
    sample: Span
    every: int
    starts: Starts
    length: int
    stretches: ArrayBlocks | None
    seals: tuple[tuple[int, ...], ...]
    whole: bool  # whether the seals are of X too


class _Sums:
    """Totals of spans, by the tree that `ArrayBlocks.totals` has."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self.rows = 0
        self.largest = 0.0

    def see(self, span: Span) -> None:
        success, failure = outcome_totals(*span[1:5])
        shift = 0.0
        if span.offset.size:
            shift = leafwise_sum(span.offset)
            self.largest = max(self.largest, float(np.abs(span.offset).max()))
        self._parts.append(np.array([success, failure, shift]))
        self.rows += len(span.X)

    @property
    def totals(self) -> tuple[float, float, float]:
        success, failure, shift = pairwise_sum(self._parts).tolist() if self._parts else (0.0,) * 3
        return success, failure, shift


def survey(
    spans: Iterable[Span],
    n_rows: int,
    n_columns: int,
    pick: Callable[[Iterable[int], int], Span] | None = None,
    *,
    whole: bool = False,
) -> Survey:
    """One reading of n_rows rows; where rows can be picked, of their outcomes alone.

    whole: later readings must hold the very X, where nothing else tells that it is the same.
    """
    every = max(1, n_rows // SAMPLE)
    few, rows = Gathered(range(0, n_rows, every), 1), range(0, n_rows, every)
    starts, length = sampled_places(n_rows, n_columns, n_columns + 1)
    many = Gathered(starts, length) if starts else None
    sums, seals, whole = _Sums(), [], whole and pick is None
    for span in spans:
        if pick is None:
            few.see(span, sums.rows)
            if many is not None:
                many.see(span, sums.rows)
        sums.see(span)
        seals.append(_seal(span, whole))
        if sums.rows > n_rows:
            _changed_rows(n_rows, f"more than {n_rows}")
    if sums.rows != n_rows:
        _changed_rows(n_rows, str(sums.rows))
    success, failure, shift = sums.totals
    sample = few.span if pick is None else pick(rows, 1)
    stretches = None
    if many is not None:
        stretches = ArrayBlocks(*(many.span if pick is None else pick(starts, length)))
    totals = success, failure
    return Survey(
        n_rows, totals, shift, sums.largest, sample, every, starts, length, stretches,
        tuple(seals), whole,
    )  # fmt: skip


def watched(spans: Iterable[Span], known: Survey) -> Iterator[Span]:
    """The spans of a later reading, as long as they are those of the first.

    Raises
    ------
    DataChangedError
        Other numbers of rows; other outcomes, weights or offsets, or another order of them; other
        columns: in a row of the sample, or, where the survey sealed X, in any.
    """
    first = 0
    for number, span in enumerate(spans):
        rows = len(span.X)
        if first + rows > known.n_rows:
            _changed_rows(known.n_rows, f"more than {known.n_rows}")
        before = known.seals[number]
        if rows != before[0]:
            _changed_rows(known.n_rows, str(first + rows))
        _same_sample(span, first, known)
        now = _seal(span, known.whole)
        if now != before:
            what = next(w for w, a, b in zip(PARTS, now, before, strict=True) if a != b)
            _changed(
                f"the {what} of rows {first} to {first + rows - 1} are others, or in another order",
                "those of the first reading",
                what,
            )
        first += rows
        yield span
    if first != known.n_rows:
        _changed_rows(known.n_rows, str(first))


PARTS = ("rows", "outcomes", "weights", "successes", "failures", "offsets", "columns")


def _seal(span: Span, whole: bool) -> tuple[int, ...]:
    """The number of rows, and a checksum of each part, which depends on their order."""
    parts = (*span[1:], span.X) if whole else (*span[1:], NOTHING)
    return (len(span.X), *(zlib.crc32(np.ascontiguousarray(part)) for part in parts))


def _same_sample(span: Span, first: int, known: Survey) -> None:
    begin = -first % known.every
    now, place = span.X[begin :: known.every], (first + begin) // known.every
    before = known.sample.X[place : place + len(now)]
    same = (now == before) | ((now != now) & (before != before))
    if same.all():
        return
    i, column = (int(v) for v in np.argwhere(~same)[0])
    _changed(
        f"column {column + 1} holds {now[i, column]:.17g} in row {(place + i) * known.every}",
        f"{before[i, column]:.17g}, as in the first reading",
        "columns",
    )


def _changed_rows(before: int, now: str) -> NoReturn:
    _changed(f"a reading of the data gave {now} rows", f"{before}, as counted before", "rows")


def _changed(found: str, expected: str, what: str) -> NoReturn:
    raise DataChangedError(
        found,
        expected,
        "the rows are not the same at every reading, so sums over them do not belong together",
        "fit a copy that nobody writes to; seed what is random anew at every reading; keep the "
        "order of the rows",
        changed=what,
    )
