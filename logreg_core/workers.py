"""A map, and a sum by a fixed tree, over items on a few threads: all the parallelism of a fit."""

from __future__ import annotations

import math
import operator
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import Any, TypeVar

__all__ = ["Workers", "pairwise_sum"]

_T = TypeVar("_T")
_R = TypeVar("_R")
_HAS_AFFINITY = hasattr(os, "sched_getaffinity")
AHEAD = 2  # items a thread that are drawn before the oldest result: one at work, one in wait
SERIAL_WORK = 400_000  # elements of X below which a thread pool costs more than it brings
SERIAL_PASS = 150_000  # the same for a pass, once there is a pool


def pairwise_sum(parts: Iterable[_R], add: Callable[[Any, Any], Any] = operator.add) -> _R:
    """Sum in the order given, by a pairwise tree: rounding grows with log n, bits are fixed.

    add: `operator.iadd` adds in place, where nobody else holds the parts.

    >>> pairwise_sum(["a", "b", "c"])
    'abc'
    """
    waiting: list[Any] = []
    for count, part in enumerate(parts, 1):
        waiting.append(part)
        while count % 2 == 0:
            right = waiting.pop()
            waiting[-1] = add(waiting[-1], right)
            count //= 2
    while len(waiting) > 1:
        right = waiting.pop()
        waiting[-1] = add(waiting[-1], right)
    result: _R = waiting[0]
    return result


class Workers:
    """A map over items on some threads, results in the order of the items.

    Made anew for each fit: a pool that outlives a fork hangs in the child. Leaving the block
    cancels what has not started, so Ctrl-C returns after the spans now running.
    """

    def __init__(self, threads: int | None, work: int) -> None:
        available = threads or len(os.sched_getaffinity(0)) if _HAS_AFFINITY else threads
        self.threads = max(1, available or os.cpu_count() or 1)
        self.kept: dict[Any, Any] = {}  # working space that outlives a pass, by its size
        self._pool: ThreadPoolExecutor | None = None
        if self.threads > 1 and work > SERIAL_WORK:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="logreg")

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def map(self, function: Callable[[_T], _R], items: Iterable[_T]) -> Iterator[_R]:
        """function(item) for every item, in order; an iterator is drawn a few items ahead.

        The pool's own map draws all items at once: where spans have to be converted or read
        first, that would hold the whole of the data.
        """
        if self._pool is None:
            return map(function, items)
        if isinstance(items, Sequence):
            return self._pool.map(function, items)
        return self._ahead(function, iter(items))

    def _ahead(self, function: Callable[[_T], _R], items: Iterator[_T]) -> Iterator[_R]:
        assert self._pool is not None
        waiting = deque(self._pool.submit(function, i) for i in islice(items, AHEAD * self.threads))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(self._pool.submit(function, item) for item in islice(items, 1))

    def sum(
        self, function: Callable[[_T], _R], items: Iterable[_T], elements: float = math.inf
    ) -> _R:
        """`pairwise_sum` of function(item): the same tree, the same bits, whoever adds.

        function's results are changed in place. elements: of X, which the items hold; where these
        are few the caller does it all.

        Where all items are at hand each thread draws the next one itself, the caller's too, and
        adds two neighbours as soon as both are there: no queue, and few partial sums at a time.
        """
        if self._pool is None or elements < SERIAL_PASS:
            return pairwise_sum(map(function, items), operator.iadd)
        if not isinstance(items, Sequence) or len(items) < 2:
            return pairwise_sum(self.map(function, items), operator.iadd)
        tree = _Tree(len(items))

        def work() -> None:
            while (i := tree.draw()) is not None:
                tree.put(i, function(items[i]))

        others = [self._pool.submit(work) for _ in range(min(self.threads, len(items)) - 1)]
        try:
            work()
            for other in others:
                other.result()
        except BaseException:
            tree.close()
            raise
        result: _R = tree.total
        return result


class _Tree:
    """The partial sums of `pairwise_sum`, put in any order."""

    def __init__(self, n: int) -> None:
        self._n, self._next, self._lock = n, 0, threading.Lock()
        self._waiting: dict[tuple[int, int], Any] = {}
        self.total: Any = None

    def draw(self) -> int | None:
        """The number of an item nobody has drawn; None where there is none."""
        with self._lock:
            i = self._next
            self._next += 1
        return i if i < self._n else None

    def close(self) -> None:
        """Hand out no more items."""
        self._next = self._n

    def put(self, i: int, part: Any) -> None:
        """Add an item's result to its neighbour's, and on up while neighbours are there."""
        level, length = 0, self._n
        while length > 1:
            neighbour = i ^ 1
            if neighbour < length:
                with self._lock:
                    other = self._waiting.pop((level, neighbour), None)
                    if other is None:
                        self._waiting[level, i] = part
                        return
                left, right = (other, part) if neighbour < i else (part, other)
                left += right  # in place: bits as by +
                part = left
            level, i, length = level + 1, i // 2, (length + 1) // 2
        self.total = part
