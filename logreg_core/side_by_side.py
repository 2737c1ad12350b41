"""Spans written by several threads at a time, each at rows or columns of its own, given in order.

A thread takes the next portion of the rows, reads it, and writes what it read into the spans where
it belongs; a span is given out when all its rows have come, from whatever threads.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .read_ahead import PATIENCE
from .span_filling import Columns, empty_span, write
from .spans import Span

__all__ = ["Lent", "Portion", "SideBySide"]


LINE = 8  # numbers of a cache line


class Portion(NamedTuple):
    """Some columns of successive rows.

    first : their first row, in all rows; n_columns : how many of the columns that a row has in
    all, the outcome counted as one; read : gives them, from the first row on, in pieces.
    """

    first: int
    n_columns: int
    read: Callable[[], Iterator[Columns]]


class Lent:
    """Memory for the X of spans, used again when the last view of it is gone.

    Fresh memory for every span would be handed out by the kernel page by page, each of them
    cleared: a fifth of the time that decoding takes.
    """

    def __init__(self, rows: int, n_columns: int) -> None:
        self._shape = rows, n_columns
        self._spare: list[memoryview] = []
        self._out: dict[int, weakref.ref[np.ndarray]] = {}

    def span(self, n: int, weighted: bool, with_offset: bool) -> Span:
        """Room for n rows, no more than ``rows``.

        >>> lent = Lent(4, 2)
        >>> first = lent.span(4, False, False)
        >>> place = first.X.ctypes.data
        >>> del first
        >>> lent.span(3, False, False).X.ctypes.data == place
        True
        """
        rows, k = self._shape
        try:
            memory = self._spare.pop()
        except IndexError:
            memory = memoryview(np.empty(rows * k + LINE))
        # of a memoryview, as views of this array then hold it and not what it is made of
        whole = np.frombuffer(memory)
        spare, out, key = self._spare, self._out, id(whole)

        def back(_: object) -> None:
            spare.append(memory)
            out.pop(key, None)

        out[key] = weakref.ref(whole, back)
        first = -whole.ctypes.data // 8 % LINE  # the system copies six times faster to a whole line
        X = whole[first : first + n * k].reshape(n, k)
        return empty_span(n, k, weighted, with_offset, X)


class _Held:
    """A span that is being written, and how many of its entries have not come."""

    def __init__(self, span: Span, left: int) -> None:
        self.span, self.left = span, left


class SideBySide:
    """The spans that some portions make up, in order.

    Parameters
    ----------
    portions : in ascending order of their first rows. Those of the same rows stand next to each
        other, no more of them than ``threads``.
    n_rows, size : rows of all, and of a span
    n_columns : that a row has in all portions, the outcome counted as one
    room : an empty span of so many rows
    ahead : spans that may be begun while the first is not complete

    Notes
    -----
    Portions are taken in their order. So the first span that is not complete waits for a portion
    whose thread does not wait itself, and there is no deadlock. What a portion raises is raised
    in place of the first span that it leaves incomplete, however the threads are timed.
    """

    def __init__(
        self,
        portions: Sequence[Portion],
        n_rows: int,
        size: int,
        n_columns: int,
        room: Callable[[int], Span],
        *,
        threads: int,
        ahead: int,
    ) -> None:
        self._portions, self._room, self._n_columns = portions, room, n_columns
        self._n_rows, self._size, self._ahead = n_rows, size, ahead
        self._held: dict[int, _Held] = {}
        self._next = self._given = 0
        self._at_work: set[int] = set()  # portions whose thread does not wait for room
        self._errors: dict[int, BaseException] = {}
        self._closed = False
        self._change = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run, name="logreg-read", daemon=True)
            for _ in range(min(threads, len(portions)))
        ]
        self._left = len(self._threads)
        for thread in self._threads:
            thread.start()

    def spans(self) -> Iterator[Span]:
        """All of them; the threads end when this does."""
        try:
            for number in range(-(-self._n_rows // self._size)):
                with self._change:
                    self._change.wait_for(lambda: self._complete(number) or self._stuck)  # noqa: B023
                    if not self._complete(number):
                        self._fail()
                    span = self._held.pop(number).span
                    self._given = number + 1
                    self._change.notify_all()
                yield span
                del span  # while the next is waited for its memory is free
            with self._change:
                self._change.wait_for(lambda: not self._left)
                if self._errors:
                    self._fail()
        finally:
            self.close()

    def close(self) -> None:
        """Read no more."""
        with self._change:
            self._closed = True
            self._held.clear()
            self._change.notify_all()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _complete(self, number: int) -> bool:
        held = self._held.get(number)
        return held is not None and not held.left

    @property
    def _stuck(self) -> bool:
        """Whether no portion before one that failed goes on."""
        if not self._left:
            return True
        return bool(self._errors) and min(self._at_work, default=1 << 62) > min(self._errors)

    def _fail(self) -> None:
        if self._errors:
            raise self._errors.pop(min(self._errors))
        raise RuntimeError("the portions hold fewer rows than was said")

    def _run(self) -> None:
        try:
            while (number := self._draw()) is not None:
                error = None
                try:
                    self._write(number)
                except BaseException as problem:  # whatever it is, the consumer is to see it
                    error = problem
                self._done(number, error)
        finally:
            with self._change:
                self._left -= 1
                self._change.notify_all()

    def _draw(self) -> int | None:
        with self._change:
            number = self._next
            if self._closed or self._errors or number == len(self._portions):
                return None
            self._next += 1
            self._at_work.add(number)
            return number

    def _done(self, number: int, error: BaseException | None) -> None:
        with self._change:
            if error is not None:
                self._errors[number] = error
            self._at_work.discard(number)
            self._change.notify_all()

    def _write(self, number: int) -> None:
        first, n_columns, read = self._portions[number]
        pieces = read()
        try:
            for columns in pieces:
                done = 0
                while done < columns.n:
                    which, at = divmod(first + done, self._size)
                    held = self._begun(which, number)
                    if held is None:
                        return
                    take = min(columns.n - done, len(held.span.X) - at)
                    write(columns, done, done + take, held.span, at)
                    done += take
                    with self._change:
                        held.left -= take * n_columns
                        if not held.left:
                            self._change.notify_all()
                first += columns.n
                del columns
        finally:
            getattr(pieces, "close", lambda: None)()

    def _begun(self, which: int, number: int) -> _Held | None:
        """A span to be written to, once it is near enough; None where nobody wants it any more."""
        with self._change:
            if which >= self._given + self._ahead:
                self._at_work.discard(number)
                self._change.notify_all()
                self._change.wait_for(lambda: self._closed or which < self._given + self._ahead)
                self._at_work.add(number)
            if self._closed:
                return None
            if which not in self._held:
                rows = min(self._size, self._n_rows - which * self._size)
                self._held[which] = _Held(self._room(rows), rows * self._n_columns)
            return self._held[which]
