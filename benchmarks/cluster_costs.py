"""What a fit on a cluster costs, from measured parts: in closed form, and played by events.

An evaluation of M partitions on W workers of one thread:

    seconds = base + max(tasks * scheduling, M / W * (leaf + overhead)) + depth * (messages + move)
    tasks   = M + M/8 + M/64 + ...        depth = log_8 M        move = 7 * bytes / network
    bytes   = 8 (k^2 / 2 + 3 k / 2) + 300
    leaf    = seconds of its own + rows * seconds a row [+ bytes of X / disk]

`cluster_simulation` plays the same with queues, spread and slow workers.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logreg_core.array_blocks import MOST_LEAVES, span_rows
from logreg_core.kernels import LEAF, PACK

from .cluster_simulation import Cluster, Evaluation, Work, simulate

__all__ = [
    "Measured",
    "Prediction",
    "Site",
    "error_bound",
    "fits",
    "here",
    "ills",
    "partial_bytes",
    "read",
]

Floats = NDArray[np.float64]
MOST_TASKS = 300_000  # beyond, the formula stands in for the simulation
ROWS, COLUMNS, WORKERS = (10**9, 10**12), (10, 100, 300), (1, 10, 100, 1000)


@dataclass(frozen=True)
class Measured:
    """What `cluster_parts` wrote.

    row: seconds a row by (columns, order), and their spread; leaf: seconds of a partition whatever
    its rows; add: seconds of adding eight partial
    sums; readings: of a fit; decode: bytes a second; base: seconds of the smallest evaluation;
    scheduling and overhead: processor seconds a task; graph: by workers, seconds of an empty graph
    here and of each of its tasks.
    """

    row: dict[tuple[int, int], float]
    leaf: dict[tuple[int, int], float]
    spread: dict[tuple[int, int], Floats] = field(repr=False)
    add: dict[int, float]
    readings: dict[int, int]
    decode: float
    base: float
    scheduling: float
    overhead: float
    graph: dict[int, tuple[float, float]]
    evaluations: tuple[dict[str, Any], ...] = field(repr=False)
    cores: int = 2


@dataclass(frozen=True)
class Site:
    """A cluster we have not got. Of each worker, one thread: memory and bytes a second of network
    and disk; seconds a message; share of the workers that run at half speed."""

    memory: float = 8e9
    network: float = 1.25e8
    disk: float = 2e8
    latency: float = 5e-4
    slow: float = 0.01


@dataclass(frozen=True)
class Prediction:
    """A fit. reading: seconds of an evaluation, gradient only and with the information; seconds: of
    the whole fit; waits_for: what most of it goes to; simulated: by events, not in closed form."""

    n_rows: int
    columns: int
    workers: int
    partitions: int
    kept: bool
    reading: tuple[float, float]
    seconds: float
    waits_for: str
    simulated: bool


def read(path: Path, *replayed: Path) -> Measured:
    """From JSON lines. Costs are least times: other work on the machine only adds to them. Those of
    partitions are medians, with their spread around them.

    replayed : files of `dask_race`, whose evaluations are predicted too, and whose seconds of tasks
        on a cluster take the place of the spread on one process.
    """
    kinds: dict[str, list[dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kinds.setdefault(row["kind"], []).append(row)
    leaves: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for r in sorted(kinds["leaf"], key=lambda r: r["rows"]):
        leaves.setdefault((r["columns"], r["order"]), []).append(r)
    costs = {key: _leaf(sizes) for key, sizes in leaves.items()}
    spread = {key: np.array(sizes[-1]["seconds"]) / median(sizes[-1]["seconds"])
              for key, sizes in leaves.items()}  # fmt: skip
    others = [json.loads(line) for file in replayed for line in file.read_text().splitlines()]
    for row in others:
        if row["kind"] == "evaluation" and (row["columns"], row["order"]) in leaves:
            kinds["evaluation"].append(row)
            seconds = np.hstack(row["task_seconds"])
            spread[row["columns"], row["order"]] = seconds / np.median(seconds)
    graphs, decode = kinds["scheduler"], kinds["decode"][0]
    largest = max(graphs, key=lambda r: (r["tasks"], -r["workers"]))
    return Measured(
        row={key: row for key, (_, row) in costs.items()},
        leaf={key: own for key, (own, _) in costs.items()},
        spread=spread,
        add={r["columns"]: min(r["seconds"]) for r in kinds["add"]},
        readings={r["columns"]: r["readings"] for r in kinds["passes"]},
        decode=decode["bytes"] / min(decode["seconds"]),
        base=min(min(r["seconds"]) for r in graphs),
        scheduling=min(largest["own_cpu"]) / largest["tasks"],
        overhead=min(largest["workers_cpu"]) / largest["tasks"],
        graph={w: _line([r for r in graphs if r["workers"] == w])
               for w in {r["workers"] for r in graphs}},
        evaluations=tuple(kinds["evaluation"]),
        cores=len(kinds["machine"][0]["cores"]),
    )  # fmt: skip


def _leaf(sizes: list[dict[str, Any]]) -> tuple[float, float]:
    """Seconds of a partition, and of each of its rows: the line through two sizes."""
    small, large = sizes
    typical = [median(r["seconds"]) for r in sizes]
    row = (typical[1] - typical[0]) / (large["rows"] - small["rows"])
    return max(0.0, typical[0] - row * small["rows"]), row


def _line(graphs: list[dict[str, Any]]) -> tuple[float, float]:
    """Seconds of an empty graph, and of each task of it, by least squares over small graphs."""
    small = [r for r in graphs if r["tasks"] < 600]
    tasks, seconds = [r["tasks"] for r in small], [min(r["seconds"]) for r in small]
    slope, start = np.polyfit(tasks, seconds, 1, w=1.0 / np.array(seconds))
    return float(start), float(slope)


def partial_bytes(columns: int, order: int = 2) -> float:
    """Of a partial sum as it travels: one triangle of the information, an intercept included.

    >>> partial_bytes(10), partial_bytes(100), partial_bytes(300)
    (916.0, 42316.0, 366316.0)
    """
    k = columns + 1
    return 300.0 + 8.0 * k + (4.0 * k * (k + 1) if order == 2 else 0.0)


def error_bound(n_rows: int, columns: int, partitions: int) -> float:
    """Of a sum over so many rows, relative to the sum of the absolute terms, in the worst case.

    u times the additions a term may pass through: those of its pack, the packs of its leaf, the
    leaves of its span, then by pairs those of spans and partitions (Higham 1993,
    doi:10.1137/0914050, for sums by trees).

    >>> f"{error_bound(10**12, 100, 10**6):.0e}", f"{1e12 * 2.0**-53:.0e}"
    ('2e-14', '1e-04')
    """
    size = n_rows // partitions
    spans = -(-size // span_rows(size, columns))
    pairs = math.ceil(math.log2(max(spans, 1))) + math.ceil(math.log2(partitions))
    return 2.0**-53 * (PACK - 1 + LEAF // PACK + MOST_LEAVES + pairs)


def partitions_of(n_rows: int, columns: int, workers: int, site: Site) -> int:
    """Four a worker, and none of more than an eighth of a worker's memory."""
    return max(4 * workers, math.ceil(n_rows * columns * 8 / (site.memory / 8)))


def n_tasks(partitions: int) -> int:
    """Of an evaluation: partitions, and additions of eight.

    >>> n_tasks(64), n_tasks(65)
    (73, 77)
    """
    total, level = partitions, partitions
    while level > 1:
        level = -(-level // 8)
        total += level
    return total


def formula(work: Work, cluster: Cluster) -> Evaluation:
    """The evaluation in closed form, without spread."""
    tasks, depth = n_tasks(work.partitions), math.ceil(math.log(work.partitions, 8) - 1e-9)
    slowest = 2.0 if cluster.slow_workers and work.kept else 1.0
    turns = work.partitions / cluster.workers
    own = turns * (work.leaf * slowest + cluster.overhead)
    scheduling = tasks * cluster.scheduling
    move = 2 * cluster.latency + 7 * work.bytes / cluster.bandwidth + work.add + cluster.overhead
    seconds = scheduling / 2 + max(own, scheduling / 2) + depth * (move + cluster.scheduling)
    moved = work.bytes * (tasks - 1)
    return Evaluation(seconds, scheduling / seconds, own / seconds, moved, tasks)


def predict(
    m: Measured, site: Site, n_rows: int, columns: int, workers: int, seed: int, cut: int = 1
) -> Prediction:
    """A fit: the rows are read once; then a reading a step, from memory where they fit there.

    cut : times as many partitions as `partitions_of` says.
    """
    size = n_rows * columns * 8.0
    kept = size <= 0.6 * site.memory * workers
    partitions = cut * partitions_of(n_rows, columns, workers, site)
    slow = math.ceil(site.slow * workers) if workers > 1 else 0
    cluster = Cluster(workers, m.scheduling, m.overhead, site.latency, site.network, slow)
    load = size / partitions / min(site.disk, m.decode)
    simulated = partitions <= MOST_TASKS
    found = []
    for order in (1, 2):
        compute = m.leaf[columns, order] + n_rows / partitions * m.row[columns, order]
        work = Work(
            partitions, compute + (0.0 if kept else load), m.spread[columns, order],
            partial_bytes(columns, order), m.add[columns], kept,
        )  # fmt: skip
        found.append(simulate(work, cluster, seed) if simulated else formula(work, cluster))
    reading = found[0].seconds + m.base, found[1].seconds + m.base
    once = size / workers / min(site.disk, m.decode) + n_tasks(partitions) * m.scheduling
    steps = m.readings[columns]
    total = once + (steps - 2) * reading[0] + 2 * reading[1]
    shares = {
        "disk": size / workers / min(site.disk, m.decode) * (1 if kept else steps + 1),
        "arithmetic": n_rows / workers
        * ((steps - 2) * m.row[columns, 1] + 2 * m.row[columns, 2]),
        "scheduler": n_tasks(partitions) * m.scheduling * (steps + 1),
        "messages": steps * (m.base + math.log(partitions, 8) * 2 * site.latency),
    }  # fmt: skip
    waits_for = max(shares, key=lambda name: shares[name])
    return Prediction(
        n_rows, columns, workers, partitions, kept, reading, total, waits_for, simulated
    )


def fits(m: Measured, site: Site, seed: int, **chosen: tuple[int, ...]) -> list[Prediction]:
    """Predictions of all sizes, or of those chosen by ``rows``, ``columns`` and ``workers``."""
    return [
        predict(m, site, n, k, w, seed)
        for n in chosen.get("rows", ROWS)
        for k in chosen.get("columns", COLUMNS)
        for w in chosen.get("workers", WORKERS)
    ]


def here(m: Measured) -> list[tuple[dict[str, Any], float]]:
    """Evaluations measured on this machine, and the seconds predicted for them.

    Client, scheduler and workers share its cores: to an empty graph of as many tasks comes the
    arithmetic, on as many cores as there are.
    """
    rows = []
    for row in m.evaluations:
        start, task = m.graph[row["workers"]]
        what = row["columns"], row["order"]
        work = row["rows"] * m.row[what] + row["partitions"] * m.leaf[what]
        share = work / min(row["workers"], m.cores)
        rows.append((row, start + task * n_tasks(row["partitions"]) + share))
    return rows


def ills(m: Measured, site: Site, seed: int, columns: int, workers: int) -> list[tuple[str, float]]:
    """Seconds of a fit of 10^9 rows, with one thing gone wrong at a time."""
    slower, sound = replace(m, scheduling=10 * m.scheduling), replace(site, slow=0.0)
    cases: list[tuple[str, Measured, Site, int]] = [
        ("as it should be", m, sound, 1),
        ("one worker of 100 at half speed", m, replace(site, slow=0.01), 1),
        ("a tenth of the network", m, replace(sound, network=site.network / 10), 1),
        ("messages of 10 ms", m, replace(sound, latency=1e-2), 1),
        ("a scheduler ten times slower", slower, sound, 1),
        (
            "a tenth of the memory: read anew each time",
            m,
            replace(sound, memory=site.memory / 10),
            1,
        ),
        ("ten times as many partitions", m, sound, 10),
    ]
    return [
        (word, predict(measured, there, 10**9, columns, workers, seed, cut).seconds)
        for word, measured, there, cut in cases
    ]
