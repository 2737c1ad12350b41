"""A map over items on a few threads: the only way parallelism enters a fit."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import TypeVar

__all__ = ["Workers"]

_T = TypeVar("_T")
_R = TypeVar("_R")
_HAS_AFFINITY = hasattr(os, "sched_getaffinity")
AHEAD = 2  # items a thread that are drawn before the oldest result: one at work, one in wait
SERIAL_WORK = 400_000  # elements of X below which a thread pool costs more than it brings


class Workers:
    """A map over items on some threads, results in the order of the items.

    Made anew for each fit: a pool that outlives a fork hangs in the child. Leaving the block
    cancels what has not started, so Ctrl-C returns after the spans now running.
    """

    def __init__(self, threads: int | None, work: int) -> None:
        available = threads or len(os.sched_getaffinity(0)) if _HAS_AFFINITY else threads
        self.threads = max(1, available or os.cpu_count() or 1)
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
