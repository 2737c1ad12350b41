"""Say on a terminal what takes so long, and nothing where it is quick or nobody watches."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ascent import TraceRow

__all__ = ["Progress", "progress"]

QUIET_SECONDS = 1.0


class Progress:
    """What is going on: a stage, and the steps of the fit. Shown from the second second on."""

    def __init__(self) -> None:
        self._stage, self._steps = "reading", 0
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

    def step(self, row: TraceRow) -> None:
        """Take note of a step of the fit; to be passed as its callback."""
        self._steps += 1
        self._refresh()

    def words(self) -> str:
        """Describe what is going on now."""
        if self._stage == "fitting" and not self._steps and _compiling():
            return "compiling kernels (first run only)"
        return f"{self._stage}, step {self._steps}" if self._steps else self._stage

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
