"""Batches of any size, cut anew into spans of one size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataChangedError
from .spans import Span, read_only

__all__ = ["Gathered", "regrid", "rows_of"]


def rows_of(span: Span, where: slice) -> Span:
    """Some rows of a span: views."""
    return Span(*(part[where] if i == 0 or part.size else part for i, part in enumerate(span)))


def regrid(spans: Iterable[Span], size: int, n_rows: int, *, lent: bool = False) -> Iterator[Span]:
    """The same rows, ``size`` a span, the last one shorter.

    A span that lies whole in one batch of native doubles is a view of it; others are filled, each
    in memory of its own, as the spans before may still be at work. ``lent`` batches, whose memory
    their maker may write to again, are always copied. n_rows: as many as are expected, which sizes
    the last span; others may come.
    """
    filled = done = 0
    held: Span | None = None
    for span in spans:
        m, at = len(span.X), 0
        usable = not lent and _usable(span.X)
        while at < m:
            if held is None and usable and m - at >= size:
                yield _sealed(rows_of(span, slice(at, at + size)))
                at, done = at + size, done + size
                continue
            if held is None:
                left = n_rows - done
                held = _like(span, size if left >= size or left <= 0 else left)
            take = min(len(held.X) - filled, m - at)
            _put(held, slice(filled, filled + take), span, slice(at, at + take))
            filled, at = filled + take, at + take
            if filled == len(held.X):
                yield _sealed(held)
                done, filled, held = done + filled, 0, None
    if held is not None:
        yield _sealed(rows_of(held, slice(0, filled)))


def _usable(X: NDArray[np.float64]) -> bool:
    return X.dtype == np.float64 and X.dtype.isnative and X.flags.c_contiguous and X.flags.aligned


def _sealed(span: Span) -> Span:
    return Span(*(read_only(part) for part in span))


def _like(span: Span, rows: int) -> Span:
    """Room for so many rows of the kind of a span's."""
    X = np.empty((rows, span.X.shape[1]))
    y = np.empty(rows if span.y.size else 0, np.uint8)
    return Span(X, y, *(np.empty(rows if part.size else 0) for part in span[2:]))


def _put(held: Span, where: slice, span: Span, taken: slice | NDArray[np.int64]) -> None:
    """Write some rows of a span into others."""
    parts: tuple[NDArray[Any], ...] = tuple(held)
    given: tuple[NDArray[Any], ...] = tuple(span)
    for part, source in zip(parts, given, strict=True):
        if source.size:
            part[where] = source[taken]


class Gathered:
    """``length`` rows from each of ``starts`` on (ascending), picked as spans pass by."""

    def __init__(self, starts: Iterable[int], length: int) -> None:
        self._starts = np.asarray(tuple(starts), dtype=np.int64)
        self._length, self._rows = length, 0
        self._held: Span | None = None

    def see(self, span: Span, first: int) -> None:
        """Take what is wanted of a span whose first row is row ``first`` of the whole."""
        m, length = len(span.X), self._length
        low = int(np.searchsorted(self._starts, first - length, side="right"))
        high = int(np.searchsorted(self._starts, first + m, side="left"))
        if low >= high:
            return
        if self._held is None:
            self._held = _like(span, length * len(self._starts))
        if length == 1:  # single rows, many of them
            _put(self._held, slice(low, high), span, self._starts[low:high] - first)
            self._rows += high - low
            return
        for i in range(low, high):
            start = int(self._starts[i])
            begin, end = max(start, first), min(start + length, first + m)
            place = i * length + begin - start
            where = slice(place, place + end - begin)
            _put(self._held, where, span, slice(begin - first, end - first))
            self._rows += end - begin

    @property
    def span(self) -> Span:
        """The rows, stretch after stretch.

        Raises
        ------
        DataChangedError
            Not all of them have come.
        """
        wanted = self._length * len(self._starts)
        if self._held is None or self._rows != wanted:
            raise DataChangedError(
                f"{self._rows} of {wanted} sampled rows came",
                "all rows that were counted before",
                "the source gives other rows at every reading",
                "fit a copy that nobody writes to",
                changed="rows",
            )
        return _sealed(self._held)
