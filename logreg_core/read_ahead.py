"""Items drawn ahead on a thread of their own: reading goes on while the consumer computes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

__all__ = ["ReadAhead"]

_T = TypeVar("_T")
PATIENCE = 5.0  # seconds that `close` waits for a reader stuck in a read nobody can interrupt


class ReadAhead(Generic[_T]):
    """The items of an iterator, at most ``depth`` of them drawn before they are asked for.

    What the iterator raises is raised where the item would have come. `close` stops the thread
    after the item it is at; it must be called by whoever stops early. The iterator is drawn,
    and closed, on the thread.

    >>> ahead = ReadAhead(iter("abc"), 2)
    >>> list(ahead)
    ['a', 'b', 'c']
    """

    def __init__(self, items: Iterator[_T], depth: int) -> None:
        self._items, self._depth = items, depth
        self._ready: deque[_T] = deque()
        self._change = threading.Condition()
        self._closed = self._ended = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name="logreg-read", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            while self._room():
                item = next(self._items)
                with self._change:
                    self._ready.append(item)
                    self._change.notify_all()
                del item  # while it waits for room it must not hold a span of its own
        except StopIteration:
            pass
        except BaseException as error:  # whatever it is, the consumer is to see it
            self._error = error
        finally:
            close = getattr(self._items, "close", None)
            try:
                if close is not None:
                    close()
            except BaseException as error:
                self._error = self._error or error
            with self._change:
                self._ended = True
                self._change.notify_all()

    def _room(self) -> bool:
        with self._change:
            self._change.wait_for(lambda: self._closed or len(self._ready) < self._depth)
            return not self._closed

    def __iter__(self) -> Iterator[_T]:
        return self

    def __next__(self) -> _T:
        with self._change:
            self._change.wait_for(lambda: self._ready or self._ended)
            if self._ready:
                item = self._ready.popleft()
                self._change.notify_all()
                return item
        self._thread.join()
        error, self._error = self._error, None
        if error is not None:
            raise error
        raise StopIteration

    def close(self) -> None:
        """Draw no more; what was drawn is dropped."""
        with self._change:
            self._closed = True
            self._ready.clear()
            self._change.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(PATIENCE)
