"""Say on a terminal what takes so long, and nothing where it is quick or nobody watches."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ascent import TraceRow

__all__ = ["Counted", "Progress", "progress"]

QUIET_SECONDS = 1.0


class Progress:
    """What is going on: a stage, the steps of the fit, and how far its reading of the data is.

    Shown from the second second on.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._stage, self._steps = "reading", 0
        self._clock, self._begun = clock, 0.0
        self._readings, self._done, self._total = 0, 0, 0
        self._share: float | None = None
        self._shown: Any = None
        self._task: Any = None

    def stage(self, name: str) -> None:
        """Name what happens from now on."""
        self._stage, self._steps, self._share = name, 0, None
        self._refresh()

    def share(self, done: float) -> None:
        """Take note of the share that is done, from 0 to 1; to be passed as a callback."""
        self._share = done
        self._refresh()

    def rows(self, done: int, total: int) -> None:
        """Take note of the rows that a reading of the data has come to; 0 begins another."""
        if not done:
            self._readings, self._begun = self._readings + 1, self._clock()
        self._done, self._total = done, total
        self._share = done / total if total else None
        self._refresh()

    def step(self, row: TraceRow) -> None:
        """Take note of a step of the fit; to be passed as its callback."""
        self._steps += 1
        self._refresh()

    def words(self) -> str:
        """Describe what is going on now."""
        if self._stage == "fitting" and not self._steps and _compiling():
            return "compiling kernels (first run only)"
        said = f"{self._stage}, step {self._steps}" if self._steps else self._stage
        return f"{said}, {self._pace()}" if self._readings else said

    def _pace(self) -> str:
        """The reading, its rows a second, and the time that is left of it."""
        words, seconds = f"reading {self._readings}", self._clock() - self._begun
        if not self._done or seconds <= 0.0:
            return words
        rate = self._done / seconds
        words += f", {rate / 1e6:.1f} million rows/s" if rate >= 1e5 else f", {rate:,.0f} rows/s"
        left = max(self._total - self._done, 0) / rate
        return f"{words}, {left:.0f} s left" if left >= 1.0 else words

    def _refresh(self) -> None:
        if self._shown is not None:
            total = None if self._share is None else 1.0  # None leaves the total as it was
            self._shown.update(
                self._task, description=self.words(), total=total, completed=self._share or 0.0
            )

    def show(self) -> None:
        """Begin to draw; called once, by a timer."""
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        bars = Bars(*columns, console=Console(stderr=True), transient=True)
        self._task = bars.add_task(self.words(), total=None)
        bars.start()
        self._shown = bars

    def hide(self) -> None:
        """Take the drawing away."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None


class Counted:
    """A source of batches (see `batch_checks.Source`) that tells how far each reading is.

    callback : called with the rows that have come and those that are expected (0: not known)
    """

    def __init__(self, source: Any, callback: Callable[[int, int], None]) -> None:
        self._source, self._callback = source, callback

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def batches(self) -> Iterator[Any]:
        """The source's batches."""
        done, total = 0, self._source.n_rows or 0
        self._callback(0, total)
        for batch in self._source.batches():
            yield batch
            done += len(batch.span.X)
            self._callback(done, total)


def _compiling() -> bool:
    """Whether the pass over the data was looked for in the cache and not found."""
    from .kernels import terms_span

    stats = getattr(terms_span, "stats", None)  # none where JIT is switched off
    return bool(stats is not None and stats.cache_misses)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on stderr while the block runs, if it runs for long and stderr is a terminal.

    The drawing begins in a thread after a second, so what is quick pays for no import of rich.
    """
    watched = Progress()
    if not sys.stderr.isatty():
        yield watched
        return
    lock = threading.Lock()
    ended = False

    def show() -> None:
        with lock:
            if not ended:
                watched.show()

    timer = threading.Timer(QUIET_SECONDS, show)
    timer.daemon = True
    timer.start()
    try:
        yield watched
    finally:
        timer.cancel()
        with lock:
            ended = True
            watched.hide()
