"""Columns of a batch laid side by side as the rows of a span."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .column_fill import Source
from .gather_kernels import gather_eight, gather_four, gather_two
from .spans import NOTHING, Span, read_only

__all__ = ["Columns", "empty_span", "span_of", "write"]

Floats = NDArray[np.float64]
GATHER = {8: gather_eight, 4: gather_four, 2: gather_two}


class Columns(NamedTuple):
    """Some columns of n rows, not yet side by side; None where they are not asked for."""

    n: int
    sources: list[Source]
    y: NDArray[Any] | None
    weight: Floats | None
    offset: Floats | None


def empty_span(
    n: int, n_columns: int, weighted: bool, with_offset: bool, X: Floats | None = None
) -> Span:
    """Room for n rows; X (n, n_columns): where they are to lie."""
    X = np.empty((n, n_columns)) if X is None else X
    weight = np.empty(n) if weighted else NOTHING
    offset = np.empty(n) if with_offset else NOTHING
    return Span(X, np.empty(n, np.uint8), weight, NOTHING, NOTHING, offset)


def write(columns: Columns, first: int, last: int, span: Span, at: int) -> None:
    """Put rows ``first`` to ``last`` of some columns into a span, from its row ``at`` on.

    The columns' sources stand in ascending order of their places in X.
    """
    _put(columns.sources, first, last, span.X, at)
    rows = slice(at, at + last - first)
    for into, part in (
        (span.y, columns.y),
        (span.weight, columns.weight),
        (span.offset, columns.offset),
    ):
        if part is not None and into.size:
            into[rows] = part[first:last]


def _put(sources: list[Source], start: int, stop: int, X: Floats, at: int) -> None:
    flat, k, j = X.reshape(-1), X.shape[1], 0
    while j < len(sources):
        first, width = sources[j].column, _side_by_side(sources, j)
        if width == 1:
            X[at : at + stop - start, first] = _values(sources[j], start, stop)
        else:
            parts = [read_only(_values(source, start, stop)) for source in sources[j : j + width]]
            GATHER[width](*parts, flat, at * k + first, k)
        j += width


def _side_by_side(sources: list[Source], j: int) -> int:
    """How many columns from the j-th on lie side by side in X, as many as a kernel takes."""
    for width in GATHER:
        last = j + width - 1
        if last < len(sources) and sources[last].column == sources[j].column + width - 1:
            return width
    return 1


def _values(source: Source, start: int, stop: int) -> Floats:
    part = source.values[start:stop]
    if source.level is not None:
        part = part == source.level
    return np.ascontiguousarray(part, dtype=np.float64)


def span_of(columns: Columns, n_columns: int) -> Span:
    """All rows of a batch as a span."""
    with_weight, with_offset = columns.weight is not None, columns.offset is not None
    span = empty_span(columns.n, n_columns, with_weight, with_offset)
    write(columns, 0, columns.n, span, 0)
    return span
