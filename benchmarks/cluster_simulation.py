"""One evaluation on a cluster, played event by event: who waits for whom, and for how long.

A scheduler that handles one message at a time, workers of one thread each, and the fixed tree of
additions of `dask_sums`. Partitions lie on workers (kept in memory) or are handed out as workers
become free (read anew). Times of tasks are drawn from measured ones.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cluster", "Evaluation", "Work", "simulate"]

Floats = NDArray[np.float64]
FAN_IN = 8


@dataclass(frozen=True)
class Cluster:
    """workers; scheduling: seconds of the scheduler a task, half on arrival of the graph, half when
    it is done; overhead: seconds of a worker a task; latency: seconds a message; bandwidth: bytes a
    second between two machines; slow_workers: so many run at half speed."""

    workers: int
    scheduling: float
    overhead: float
    latency: float
    bandwidth: float
    slow_workers: int = 0


@dataclass(frozen=True)
class Work:
    """partitions; leaf: median seconds of a partition's sums; spread: measured times as multiples
    of their median, drawn from; bytes: of a partial sum; add: seconds of adding eight; kept:
    partitions lie on workers, in equal runs."""

    partitions: int
    leaf: float
    spread: Floats
    bytes: float
    add: float
    kept: bool = True


@dataclass(frozen=True)
class Evaluation:
    """seconds: from sending the graph to having the sum; scheduler, workers: share of the time they
    were busy; bytes: moved between workers, and to the driver; tasks."""

    seconds: float
    scheduler: float
    workers: float
    bytes: float
    tasks: int


def parents(n_leaves: int) -> tuple[list[int], list[int]]:
    """Of the tree over so many leaves: the parent of each task (-1 at the top), children of each.

    Tasks are numbered leaves first, then level by level.

    >>> parents(9)
    ([9, 9, 9, 9, 9, 9, 9, 9, 10, 11, 11, -1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 1, 2])
    """
    above, children = [-1] * n_leaves, [0] * n_leaves
    level = range(n_leaves)
    while len(level) > 1:
        first = len(above)
        for i, task in enumerate(level):
            above[task] = first + i // FAN_IN
        n_above = -(-len(level) // FAN_IN)
        above += [-1] * n_above
        children += [min(FAN_IN, len(level) - FAN_IN * i) for i in range(n_above)]
        level = range(first, first + n_above)
    return above, children


def simulate(work: Work, cluster: Cluster, seed: int) -> Evaluation:
    """Play one evaluation; the same seed gives the same numbers.

    >>> quick = Cluster(2, 0.0, 0.0, 0.0, 1e9)
    >>> simulate(Work(4, 1.0, np.ones(1), 0.0, 0.0), quick, 0).seconds
    2.0
    """
    return _Play(work, cluster, np.random.default_rng(seed)).run()


class _Play:
    def __init__(self, work: Work, cluster: Cluster, rng: np.random.Generator) -> None:
        self.work, self.cluster = work, cluster
        n = work.partitions
        self.above, self.missing = parents(n)
        self.children = list(self.missing)
        self.seconds = (work.leaf * rng.choice(work.spread, n)).tolist()
        pace = np.ones(cluster.workers)
        slow = rng.choice(cluster.workers, min(cluster.slow_workers, cluster.workers), False)
        pace[slow] = 2.0
        self.pace: list[float] = pace.tolist()
        self.leaves: list[deque[int]] = [deque() for _ in range(cluster.workers)]
        self.sums: list[deque[tuple[float, int]]] = [deque() for _ in range(cluster.workers)]
        self.busy = [False] * cluster.workers
        self.place = [-1] * len(self.above)
        self.remote = [0] * len(self.above)  # children that lie on another worker
        self.left = iter(range(n))
        self.events: list[tuple[float, int, int]] = []  # (time, task, worker)
        self.scheduler = self.scheduled = self.worked = self.moved = 0.0

    def run(self) -> Evaluation:
        cost, n_tasks = self.cluster.scheduling / 2, len(self.above)
        self.scheduled = n_tasks * cost
        self.scheduler = self.scheduled
        for task, worker in self._first():
            self.leaves[worker].append(task)
        for worker in range(self.cluster.workers):
            self._start(worker, self.scheduler + self.cluster.latency)
        end = 0.0
        while self.events:
            now, task, worker = heapq.heappop(self.events)
            self.busy[worker] = False
            self.scheduler = max(now + self.cluster.latency, self.scheduler) + cost
            self.scheduled += cost
            self._done(task, worker)
            self._start(worker, now)
            end = self.scheduler
        end += self.cluster.latency + self.work.bytes / self.cluster.bandwidth
        self.moved += self.work.bytes
        capacity = end * self.cluster.workers
        return Evaluation(end, self.scheduled / end, self.worked / capacity, self.moved, n_tasks)

    def _first(self) -> Iterator[tuple[int, int]]:
        """Leaves that workers are told of at once: all of theirs, or one each."""
        n, workers = self.work.partitions, self.cluster.workers
        if self.work.kept:
            for task in self.left:
                yield task, task * workers // n
        else:
            yield from zip(self.left, range(workers), strict=False)

    def _start(self, worker: int, now: float) -> None:
        sums, leaves = self.sums[worker], self.leaves[worker]
        if self.busy[worker] or not (sums or leaves):
            return
        if sums and (sums[0][0] <= now or not leaves):  # before other leaves, as Dask orders tasks
            heard, task = sums.popleft()
            now = max(now, heard)
        else:
            task = leaves.popleft()
        leaf = task < self.work.partitions
        fetch = 0.0
        if leaf:
            seconds = self.seconds[task] * self.pace[worker]
        else:
            seconds = self.work.add * self.children[task] / FAN_IN
            size = self.remote[task] * self.work.bytes
            self.moved += size
            if self.remote[task]:
                fetch = 2 * self.cluster.latency + size / self.cluster.bandwidth
        self.busy[worker] = True
        self.worked += seconds + self.cluster.overhead
        done = now + fetch + seconds + self.cluster.overhead
        heapq.heappush(self.events, (done, task, worker))

    def _done(self, task: int, worker: int) -> None:
        """What the scheduler does when it hears of it: at the time ``self.scheduler``."""
        heard = self.scheduler + self.cluster.latency
        self.place[task] = worker
        above = self.above[task]
        if above >= 0:
            self.missing[above] -= 1
            if self.place[above] < 0:
                self.place[above] = worker  # it will run where its first partial sum is
            self.remote[above] += self.place[above] != worker
            if not self.missing[above]:
                home = self.place[above]
                self.sums[home].append((heard, above))
                self._start(home, heard)
        if not self.work.kept and task < self.work.partitions:
            new = next(self.left, None)
            if new is not None:
                self.leaves[worker].append(new)
                self._start(worker, heard)
