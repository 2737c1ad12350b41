"""Batches cut anew: the same rows in spans of one size, views where they can be.

Tolerance: none, rows are moved and not computed.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreg_core.errors import DataChangedError
from logreg_core.regrid import Gathered, regrid, rows_of
from logreg_core.spans import NO_BYTES, NOTHING, Span


def rows(n: int, first: int = 0) -> Span:
    """Rows that tell their number, with weights and offsets."""
    number = np.arange(first, first + n, dtype=np.float64)
    X = np.column_stack([number, -number])
    return Span(X, (number % 2).astype(np.uint8), number / 2, NOTHING, NOTHING, number / 3)


def cut(sizes: list[int]) -> list[Span]:
    ends = np.cumsum([0, *sizes]).tolist()
    return [rows(size, first) for size, first in zip(sizes, ends, strict=False)]


def same(spans: list[Span], whole: Span) -> bool:
    """Whether the spans, one after another, are the whole, part by part."""
    return all(
        np.concatenate(parts).tobytes() == part.tobytes()
        for parts, part in zip(zip(*spans, strict=True), whole, strict=True)
    )


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(1, 7), st.booleans(), st.booleans())
def test_the_rows_stay_and_the_sizes_are_those_asked_for(
    sizes: list[int], size: int, lent: bool, known: bool
) -> None:
    n = sum(sizes)
    spans = list(regrid(cut(sizes), size, n if known else 0, lent=lent))
    assert [len(span.X) for span in spans] == [size] * (n // size) + [n % size] * bool(n % size)
    assert not spans or same(spans, rows(n))
    assert not any(part.flags.writeable for span in spans for part in span)


def test_a_span_within_a_batch_is_a_view_unless_it_is_lent() -> None:
    batch = rows(10)
    views = [np.shares_memory(s.X, batch.X) for s in regrid([batch], 4, 10)]
    assert views == [True, True, False]  # the rest waits for more
    assert not any(np.shares_memory(s.X, batch.X) for s in regrid([batch], 4, 10, lent=True))
    other = batch._replace(X=batch.X.astype(">f8"))
    spans = list(regrid([other], 4, 10))
    assert all(span.X.dtype.isnative for span in spans)
    assert same(spans, batch)


def test_counts_take_the_place_of_outcomes() -> None:
    few = rows(5)
    counts = Span(few.X, NO_BYTES, NOTHING, few.weight, few.offset, NOTHING)
    assert same(list(regrid([counts], 2, 5, lent=True)), counts)
    assert [part.size for part in rows_of(counts, slice(1, 3))] == [4, 0, 0, 2, 2, 0]


@given(
    st.lists(st.integers(0, 9), min_size=1).filter(lambda s: sum(s) > 3),
    st.integers(1, 3),
    st.data(),
)
def test_gathered_stretches_are_slices_of_the_whole(
    sizes: list[int], length: int, data: st.DataObject
) -> None:
    n = sum(sizes)
    places = st.integers(0, n - length)
    starts = sorted(data.draw(st.sets(places, min_size=1, max_size=5)))
    found, first = Gathered(starts, length), 0
    for span in cut(sizes):
        found.see(span, first)
        first += len(span.X)
    whole = rows(n)
    assert same([rows_of(whole, slice(s, s + length)) for s in starts], found.span)


@pytest.mark.parametrize("length", [1, 2])
def test_rows_that_never_came_are_told(length: int) -> None:
    found = Gathered((0, 4), length)
    found.see(rows(3), 0)
    with pytest.raises(DataChangedError, match="sampled rows came"):
        _ = found.span
