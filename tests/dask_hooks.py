"""What the tests of `dask_blocks` let happen inside a worker: sleeps, deaths, failing reads."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logreg_core.array_blocks import ArrayBlocks


@dataclass(frozen=True, eq=False)
class Slept:
    """The function after a random while: partitions are done in another order every time."""

    function: Callable[[ArrayBlocks], Any]

    def __call__(self, part: ArrayBlocks) -> Any:
        time.sleep(random.random() / 50)
        return self.function(part)


@dataclass(frozen=True, eq=False)
class DiesOnce:
    """The function, at whose first call of all the worker's process kills itself."""

    function: Callable[[ArrayBlocks], Any]
    marker: str

    def __call__(self, part: ArrayBlocks) -> Any:
        if first_time(self.marker):
            os.kill(os.getpid(), signal.SIGKILL)
        return self.function(part)


@dataclass(frozen=True, eq=False)
class Dies:
    """Kills the worker at the partition of so many rows, every time."""

    n_rows: int

    def __call__(self, part: ArrayBlocks) -> float:
        if part.n_rows == self.n_rows:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0.0


@dataclass(frozen=True, eq=False)
class FailsFirst:
    """A block as it is; at so many first calls of all it cannot be read."""

    folder: str
    times: int = 1

    def __call__(self, block: Any) -> Any:
        if any(first_time(f"{self.folder}/{i}") for i in range(self.times)):
            raise OSError("the disk is away")
        return block


def first_time(marker: str) -> bool:
    """Whether nobody, in whatever process, has asked for this marker before."""
    try:
        os.close(os.open(Path(marker), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Turned:
    """A block as it is; once a marker is there, in reverse order, or without its last row."""

    folder: str
    shorter: bool = False

    def __call__(self, block: Any) -> Any:
        if not (Path(self.folder) / "turned").exists():
            return block
        return block[:-1] if self.shorter else self._other(block)

    @staticmethod
    def _other(block: Any) -> Any:
        return block[::-1] if len(set(block.ravel()[:50].tolist())) > 1 else block * 2
