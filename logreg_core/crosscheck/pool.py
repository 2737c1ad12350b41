"""The processes of a comparison: started ahead, kept between problems, replaced where they end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .peers import Peer
from .process import Answer, PeerProcess
from .task import Task, save

__all__ = ["Pool"]


class Pool:
    """One process a peer. Use as `with Pool.open(threads) as pool`."""

    def __init__(self, folder: Path, threads: int | None) -> None:
        self._folder, self._threads = folder, threads
        self._running: dict[str, PeerProcess] = {}

    @classmethod
    @contextmanager
    def open(cls, threads: int | None) -> Iterator[Pool]:
        """threads : of each library's linear algebra; None leaves it to the library."""
        with tempfile.TemporaryDirectory(prefix="logreg-") as folder:
            pool = cls(Path(folder), threads)
            try:
                yield pool
            finally:
                for process in pool._running.values():
                    process.close()

    def give(self, task: Task, name: str) -> Path:
        """Write a task where every process can read it."""
        place = self._folder / name
        place.mkdir()
        save(task, place)
        return place

    def start(self, peer: Peer) -> PeerProcess:
        """The peer's process: a new one, where the last has ended."""
        found = self._running.get(peer.key)
        if found is not None and found.ended:
            found.close()
            found = None
        if found is None:
            found = self._running[peer.key] = PeerProcess(peer, self._folder, self._threads)
        return found

    def ask(
        self, peer: Peer, task: Path, setting: str, limit: float, standardised: bool = False
    ) -> Answer:
        """One fit by a peer."""
        return self.start(peer).ask(task, setting, limit, standardised)

    def end(self, peer: Peer) -> None:
        """The peer is not needed any more."""
        found = self._running.pop(peer.key, None)
        if found is not None:
            found.close()
