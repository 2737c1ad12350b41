"""Rows that come in batches, from the first on at every reading: files, queries, generators.

`StreamBlocks` cuts whatever batches come to the row grid of a fit in memory, so a fit sees the
very spans, and gives the very bits, that it would give with all rows in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from .array_blocks import ArrayBlocks, Starts, span_rows
from .batch_checks import Batch, Source, first_not_finite, right_shapes, sound_vectors
from .errors import DataError
from .named_blocks import NamedBlocks
from .read_ahead import ReadAhead
from .regrid import Gathered, regrid
from .spans import Span
from .survey import Survey, survey, watched

__all__ = ["Batch", "Source", "StreamBlocks"]


class StreamBlocks(NamedBlocks):
    """The rows of a source, read anew in every pass and never held.

    The first question asked of it costs a reading (two where the source does not know how many
    rows it has): a survey of the totals, and of the rows that a climb wants to have in memory.
    Every later reading is compared with it.

    Parameters
    ----------
    source : gives batches of any size. It may also have ``stretch_batches(starts, length)``,
        where it can seek: batches of just the rows from each start on, one after another; and
        ``outcome_batches()``: all rows without any columns of X. Where it has both, the survey
        reads no more than it needs.
    read_ahead : spans that a thread of its own reads while others are at work; 0 reads on the
        thread that fits, for sources bound to the thread that made them.

    Notes
    -----
    Memory: per thread two spans, and read_ahead + 1 more, of 16 MiB of X at the most each; and the
    sample (see `sampling`).
    """

    def __init__(self, source: Source, *, read_ahead: int = 2) -> None:
        if isinstance(read_ahead, bool) or not isinstance(read_ahead, int) or read_ahead < 0:
            raise DataError(
                f"read_ahead is {read_ahead!r:.60}",
                "a whole number, 0 or more",
                "it is how many spans are read ahead",
                "leave it out, or pass 0 to read on the caller's own thread",
            )
        self.source, self.read_ahead = source, read_ahead
        self.names, self.classes, self.encoding = source.names, source.classes, source.encoding
        self.weighted, self.with_offset = source.weighted, source.with_offset
        self.readings = 0  # begun so far

    @property
    def n_rows(self) -> int:
        return self._n_rows

    def spans(self) -> Iterator[Span]:
        known = self._survey
        yield from self._drawn(watched(self._grid(self._batches()), known))

    def sample(self, n_rows: int) -> Span:
        known = self._survey
        if max(1, self.n_rows // max(1, n_rows)) == known.every:
            return known.sample
        return self._gathered(range(0, self.n_rows, max(1, self.n_rows // max(1, n_rows))), 1)

    def totals(self) -> tuple[float, float]:
        return self._survey.totals

    def mean_offset(self) -> float:
        return self._survey.offset / self.n_rows if self.with_offset else 0.0

    def largest_offset(self) -> float:
        return self._survey.largest_offset

    def stretches(self, starts: Starts, length: int) -> tuple[ArrayBlocks, Starts]:
        known = self._survey
        places = tuple(i * length for i in range(len(starts)))
        if known.stretches is not None and (starts, length) == (known.starts, known.length):
            return known.stretches, places
        return ArrayBlocks(*self._gathered(starts, length)), places

    def identity(self) -> dict[str, Any]:
        known = self._survey
        seal = hashlib.sha256()
        for part in (*known.sample, *(self._kept() or ())):
            seal.update(np.ascontiguousarray(part).tobytes())
        return {
            **super().identity(),
            "classes": [str(c) for c in self.classes],
            "offset": known.offset,
            "sampled rows": seal.hexdigest(),
            "checksums": hashlib.sha256(repr(known.seals).encode()).hexdigest(),
            **self.source.identity(),
        }

    def blame(self) -> None:
        peak, where, name = 0.0, "row 0", self.names[0]
        for span, first, place in right_shapes(self._batches(), self.source):
            first_not_finite(span, first, place, self.names)
            at = int(np.abs(span.X).argmax())
            row, column = divmod(at, span.X.shape[1])
            if abs(span.X[row, column]) > peak:
                peak, name = abs(float(span.X[row, column])), self.names[column]
                where = f"row {first + row} ({place})"
        raise DataError(
            f"column {name!r} holds {peak:g} in size in {where}, and the log-likelihood is not "
            "finite",
            "values whose products stay below 1e308",
            "the linear predictor overflows",
            "rescale or correct the column",
            column=name,
            value=peak,
        )

    def _kept(self) -> tuple[Any, ...] | None:
        rows = self._survey.stretches
        return None if rows is None else (rows.X, rows.y, rows.weight, rows.success, rows.offset)

    @cached_property
    def _n_rows(self) -> int:
        n = self.source.n_rows
        if n is None:
            batches = getattr(self.source, "outcome_batches", self.source.batches)
            self.readings += 1
            n = sum(len(batch.span.X) for batch in batches())  # on this thread: it is light
        if not n:
            raise DataError(
                "the source has 0 rows",
                "at least one row",
                "there is nothing to compute from",
                "check the step that selects the rows; an iterator that was read to its end "
                "gives no more: make it anew for every reading",
            )
        return n

    @cached_property
    def _survey(self) -> Survey:
        n, source = self.n_rows, self.source
        light = getattr(source, "outcome_batches", None)
        if light is None or not hasattr(source, "stretch_batches"):
            spans = self._grid(self._batches(), sound=True)
            whole = not source.identity()
            return survey(self._drawn(spans), n, self.n_columns, whole=whole)
        self.readings += 1
        outcomes = self._drawn(self._grid(light(), sound=True, outcomes_only=True))
        return survey(outcomes, n, self.n_columns, self._sought)

    def _grid(
        self, batches: Iterator[Batch], *, sound: bool = False, outcomes_only: bool = False
    ) -> Iterator[Span]:
        n, lent = self.n_rows, bool(getattr(self.source, "lent", False))

        def checked() -> Iterator[Span]:
            given = right_shapes(batches, self.source, outcomes_only=outcomes_only)
            for span, first, place in given:
                if sound:
                    sound_vectors(span, first, place)
                yield span

        return regrid(checked(), span_rows(n, self.n_columns), n, lent=lent)

    def _batches(self) -> Iterator[Batch]:
        self.readings += 1
        return self.source.batches()

    def _drawn(self, spans: Iterator[Span]) -> Iterator[Span]:
        """The spans, read ahead; the reader ends when this does."""
        if not self.read_ahead:
            yield from spans
            return
        ahead = ReadAhead(spans, self.read_ahead)
        try:
            yield from ahead
        finally:
            ahead.close()

    def _gathered(self, starts: Iterable[int], length: int) -> Span:
        """``length`` rows from each start on, stretch after stretch."""
        if hasattr(self.source, "stretch_batches"):
            return self._sought(starts, length)
        found, first = Gathered(starts, length), 0
        for span in self.spans():
            found.see(span, first)
            first += len(span.X)
        return found.span

    def _sought(self, starts: Iterable[int], length: int) -> Span:
        places = tuple(starts)
        found = Gathered((0,), length * len(places))
        batches = self.source.stretch_batches(places, length)  # type: ignore[attr-defined]
        for span, first, _ in right_shapes(batches, self.source):
            found.see(span, first)
        return found.span
