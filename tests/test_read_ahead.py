"""Items drawn ahead on a thread: all of them, in order, no more than asked; errors and ends at
their place."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from logreg_core.read_ahead import ReadAhead


@pytest.mark.parametrize("depth", [1, 3, 100])
def test_items_come_in_order_from_another_thread(depth: int) -> None:
    where = set()

    def items() -> Iterator[int]:
        for i in range(50):
            where.add(threading.get_ident())
            yield i

    assert list(ReadAhead(items(), depth)) == list(range(50))
    assert len(where) == 1
    assert threading.get_ident() not in where


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise OSError("gone")

    ahead = ReadAhead(items(), 10)
    time.sleep(0.02)  # it has failed by now, and the items still come
    assert [next(ahead) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="gone"):
        next(ahead)


def test_an_error_at_the_close_of_the_items_is_raised() -> None:
    class Items:
        def __next__(self) -> int:
            raise StopIteration

        def close(self) -> None:
            raise OSError("on closing")

    with pytest.raises(OSError, match="on closing"):
        next(ReadAhead(Items(), 1))  # type: ignore[arg-type]


def test_closing_ends_the_thread_and_closes_the_items() -> None:
    closed = []

    def items() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append(threading.current_thread().name)

    ahead = ReadAhead(items(), 2)
    assert next(ahead) == 1
    ahead.close()
    assert closed == ["logreg-read"]
    assert not ahead._thread.is_alive()
