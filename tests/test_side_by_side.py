"""Spans that several threads write: whole, in order, whatever the timing; errors at their place.

Tolerance: none, values are moved and not computed.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from logreg_core.column_fill import Source
from logreg_core.side_by_side import Lent, Portion, SideBySide
from logreg_core.span_filling import Columns, empty_span

N, K, SIZE = 1_000, 5, 64
X = np.arange(float(N * K)).reshape(N, K)
Y = (np.arange(N) % 3 == 0).astype(np.uint8)


def piece(first: int, last: int, columns: range, target: bool) -> Columns:
    sources = [Source(f"x{j}", j, np.ascontiguousarray(X[first:last, j]), None) for j in columns]
    return Columns(last - first, sources, Y[first:last] if target else None, None, None)


def portion(
    first: int, last: int, columns: range = range(K), *, step: int = 17, fail: int = 10 * N,
    pause: Callable[[], None] = lambda: None,
) -> Portion:  # fmt: skip
    """Rows in steps; before row ``fail`` it raises."""
    target = K - 1 in columns

    def read() -> Iterator[Columns]:
        for at in range(first, last, step):
            pause()
            if at + step > fail:
                raise ValueError(f"row {fail}")
            yield piece(at, min(at + step, last), columns, target)

    return Portion(first, len(columns) + target, read)


def side_by_side(portions: list[Portion], threads: int, ahead: int = 3) -> SideBySide:
    room = partial(empty_span, n_columns=K, weighted=False, with_offset=False)
    return SideBySide(portions, N, SIZE, K + 1, room, threads=threads, ahead=ahead)


def drawn(spans: SideBySide) -> list[Any]:
    return [(span.X.copy(), span.y.copy()) for span in spans.spans()]


def mixed(**options: Any) -> list[Portion]:
    """Whole runs of rows, and one that is read by its columns."""
    cuts = [0, 1, 100, 100, 371, 700, N]
    portions = [portion(a, b, **options) for a, b in pairwise(cuts[:5])]
    portions += [portion(371, 700, part, **options) for part in (range(2), range(2, K))]
    return [*portions, portion(700, N, **options)]


@pytest.mark.parametrize("threads", [2, 3, 7])
@pytest.mark.parametrize("ahead", [1, 2, 50])
def test_rows_come_whole_and_in_order(threads: int, ahead: int) -> None:
    random = np.random.default_rng(threads)
    waits = random.random(500).tolist()
    spans = drawn(
        side_by_side(mixed(pause=lambda: time.sleep(waits.pop() / 2_000)), threads, ahead)
    )
    assert [len(x) for x, _ in spans] == [SIZE] * (N // SIZE) + [N % SIZE]
    assert np.concatenate([x for x, _ in spans]).tobytes() == X.tobytes()
    assert np.concatenate([y for _, y in spans]).tobytes() == Y.tobytes()


def test_no_more_spans_are_begun_than_allowed() -> None:
    begun, given = [], 0

    def room(rows: int) -> Any:
        begun.append(given)
        return empty_span(rows, K, False, False)

    cuts = range(0, N + 1, 125)
    portions = [portion(a, a + 125) for a in cuts[:-1]]
    spans = SideBySide(portions, N, SIZE, K + 1, room, threads=3, ahead=3)
    for _ in spans.spans():
        time.sleep(0.002)  # the readers would run far ahead
        given += 1
    assert len(begun) == -(-N // SIZE)
    assert all(number - before <= 3 for number, before in enumerate(begun))


@pytest.mark.parametrize("slow", [0, 1, 2])
def test_the_first_error_is_raised_at_its_row(slow: int) -> None:
    """Three portions fail; whichever does so first, rows before the first come, and its error."""
    portions = [
        portion(a, a + 250, fail=a + 150, pause=lambda i=i: time.sleep(0.004 * (i == slow)))
        for i, a in enumerate(range(250, N, 250))
    ]
    spans = side_by_side([portion(0, 250), *portions], 3, 50).spans()
    seen = [next(spans).X[0, 0] / K for _ in range((250 + 136) // SIZE)]
    assert seen == [SIZE * i for i in range(len(seen))]
    with pytest.raises(ValueError, match="row 400"):
        next(spans)


def test_an_error_after_the_last_row_is_raised() -> None:
    def read() -> Iterator[Columns]:
        yield piece(700, N, range(K), True)
        raise ValueError("changed meanwhile")

    with pytest.raises(ValueError, match="changed meanwhile"):
        drawn(side_by_side([portion(0, 700), Portion(700, K + 1, read)], 2))


def test_portions_that_hold_too_little_do_not_hang() -> None:
    with pytest.raises(RuntimeError, match="fewer rows"):
        drawn(side_by_side([portion(0, 900)], 2))


def test_threads_end_with_their_consumer() -> None:
    def alive() -> int:
        return sum(thread.name == "logreg-read" for thread in threading.enumerate())

    before, closed = alive(), []

    def read() -> Iterator[Columns]:
        try:
            for at in range(0, N, 10):
                yield piece(at, at + 10, range(K), True)
        finally:
            closed.append(True)

    spans = side_by_side([Portion(0, K + 1, read)], 2).spans()
    next(spans)
    assert alive() > before
    spans.close()
    assert alive() == before
    assert closed == [True]


def test_memory_is_lent_again_only_when_nobody_sees_it() -> None:
    lent = Lent(SIZE, K)
    first = lent.span(SIZE, False, False)
    first.X[:] = 7.0
    view, place = first.X[3:5, 1], first.X.ctypes.data
    view.flags.writeable = False
    del first
    gc.collect()
    other = lent.span(SIZE, True, True)
    other.X[:] = 8.0
    assert other.X.ctypes.data != place
    assert (view == 7.0).all()
    assert other.weight.shape == other.offset.shape == (SIZE,)
    del view
    again = lent.span(3, False, False)
    assert again.X.ctypes.data == place
    assert again.X.shape == (3, K)
    assert again.X.flags.c_contiguous


def test_lent_memory_begins_at_a_cache_line() -> None:
    lent = Lent(33, 3)
    spans = [lent.span(n, False, False) for n in (33, 5, 1)]
    assert all(span.X.ctypes.data % 64 == 0 for span in spans)
    assert len({span.X.ctypes.data for span in spans}) == 3
