"""Fits on a LocalCluster: ours, dask-glm's newton, and our threads on the same machine.

``python -m benchmarks.dask_race [--json FILE]`` writes JSON lines:

- ``race``: seconds of whole fits, interleaved, at the loosest tolerance that reaches six digits of
  every coefficient (against the fit in memory at its tightest); what never reaches them is run at
  its tightest, and no ratio is given. Partitions lie in the workers' memory for all of them.
  (dask-glm's admm, which has more to set than a tolerance, is measured by `dask_admm`.)
- ``evaluation``: one evaluation of ours: wall seconds, seconds of each task of a partition and of
  each addition, bytes of a partial sum.

dask-glm has no intercept of its own: its X holds a column of ones, made and kept before the clock
starts, as the columns are (standard normal, so it need not normalise them).
"""

from __future__ import annotations

import argparse
import json
import math
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import logreg_core as lc
from logreg_core.blocks import sum_terms
from logreg_core.coordinates import Coordinates
from logreg_core.workers import Workers

from .machine import describe

DIGITS = 6.0
SIZES = ((200_000, 20, 8), (1_000_000, 20, 16), (200_000, 100, 8))  # rows, columns, partitions
OURS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)
NEWTON = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8)
Row = dict[str, Any]


def block(seed: int, rows: int, columns: int, ones: bool) -> np.ndarray:
    """Columns of a partition, and outcomes as the last."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rows, columns))
    slopes = np.random.default_rng(7).normal(0.0, 1.0 / math.sqrt(columns), columns)
    y = rng.random(rows) < 1.0 / (1.0 + np.exp(1.0 - X @ slopes))
    return np.column_stack([*([np.ones(rows)] if ones else []), X, y])


@dataclass
class Problem:
    """Arrays in the workers' memory; the fit in memory they are held to."""

    n: int
    columns: int
    parts: int
    client: Any
    exact: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        import dask
        import dask.array as da

        def arrays(ones: bool) -> tuple[Any, Any]:
            rows, width = self.n // self.parts, self.columns + ones + 1
            made = dask.delayed(block)
            whole = da.concatenate([
                da.from_delayed(made(i, rows, self.columns, ones), (rows, width), float)
                for i in range(self.parts)
            ])  # fmt: skip
            own = np.ascontiguousarray
            kept = self.client.persist(
                [whole[:, :-1].map_blocks(own), whole[:, -1].map_blocks(own)]
            )
            return kept[0], kept[1]

        (self.X, self.y), (self.X1, self.y1) = arrays(False), arrays(True)
        self.memory = tuple(self.client.gather(self.client.compute([self.X, self.y])))
        self.exact = lc.fit(*self.memory, solver="newton", tol=1e-12).coef

    def digits(self, coef: np.ndarray) -> float:
        """Right digits of the worst coefficient."""
        worst = float(np.max(np.abs(coef / self.exact - 1.0)))
        return min(16.0, -math.log10(worst)) if worst > 0 else 16.0


def ours(problem: Problem, tol: float, inference: bool = False) -> np.ndarray:
    """From arrays in the cluster to coefficients."""
    blocks = lc.DaskBlocks(problem.X, y=problem.y, client=problem.client)
    fit = lc.fit(blocks, tol=tol, inference=inference)
    return fit.coef


def threads(problem: Problem, tol: float, inference: bool = False) -> np.ndarray:
    """The same on arrays in this process, by as many threads as the cluster has workers."""
    count = len(problem.client.scheduler_info(n_workers=-1)["workers"])
    return lc.fit(*problem.memory, tol=tol, inference=inference, threads=count).coef


def glm_newton(problem: Problem, tol: float) -> np.ndarray:
    """dask-glm's Newton."""
    from dask_glm.algorithms import newton

    with problem.client.as_current():
        return np.asarray(newton(problem.X1, problem.y1, tol=tol, normalize=False))


def loosest(problem: Problem, call: Callable[..., np.ndarray], tols: Any) -> tuple[Any, float]:
    """The loosest tolerance that reaches the digits, or the tightest; digits."""
    for tol in tols:
        digits = problem.digits(call(problem, tol))
        if digits >= DIGITS:
            break
    return tol, digits


def race(problem: Problem, workers: int, rounds: int) -> Iterator[Row]:
    """Every contender's seconds, round by round."""
    calls: dict[str, tuple[Callable[..., np.ndarray], Any]] = {
        "logreg_core": (ours, OURS),
        "logreg_core, inference": (partial(ours, inference=True), OURS),
        "logreg_core, threads": (threads, OURS),
        "logreg_core, threads, inference": (partial(threads, inference=True), OURS),
        "dask-glm newton": (glm_newton, NEWTON),
    }
    set_up = {name: loosest(problem, call, tols) for name, (call, tols) in calls.items()}
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, (call, _tols) in calls.items():
            time.sleep(0.2)  # BLAS's threads spin on for a while
            start = time.perf_counter()
            call(problem, set_up[name][0])
            seconds[name].append(round(time.perf_counter() - start, 4))
    for name, (tol, digits) in set_up.items():
        yield {"kind": "race", "contender": name, "workers": workers, "rows": problem.n,
               "columns": problem.columns, "partitions": problem.parts, "tol": tol,
               "digits": round(digits, 1), "reached": digits >= DIGITS,
               "seconds": seconds[name]}  # fmt: skip


def evaluations(problem: Problem, workers: int, rounds: int) -> Iterator[Row]:
    """One evaluation of each order, with the seconds of its tasks."""
    from distributed import get_task_stream

    blocks = lc.DaskBlocks(problem.X, y=problem.y, client=problem.client)
    k = problem.columns + 1
    places = np.arange(-1, problem.columns, dtype=np.int64)
    coordinates = Coordinates(places, np.zeros(k), np.ones(k))
    for order in (1, 2):
        walls: list[float] = []
        parts: list[float] = []
        sums: list[float] = []
        with Workers(1, 0) as one, problem.client.as_current():
            for number in range(rounds + 2):
                with get_task_stream(problem.client) as stream:
                    start = time.perf_counter()
                    sum_terms(blocks, np.zeros(k), order, coordinates=coordinates, workers=one)
                    wall = time.perf_counter() - start
                if number < 2:
                    continue
                walls.append(round(wall, 6))
                for task in stream.data:
                    took = sum(s["stop"] - s["start"] for s in task["startstops"]
                               if s["action"] == "compute")  # fmt: skip
                    (sums if "-sum-" in str(task["key"]) else parts).append(round(took, 6))
        yield {"kind": "evaluation", "workers": workers, "rows": problem.n, "order": order,
               "columns": problem.columns, "partitions": problem.parts, "seconds": walls,
               "task_seconds": parts, "add_seconds": sums,
               "bytes": 8 * (k + (k * (k + 1) // 2 if order > 1 else 0))}  # fmt: skip


@contextmanager
def cluster_of(workers: int) -> Iterator[Any]:
    """Processes of one thread each."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None,
                     silence_logs=50) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):  # fmt: skip
        yield client


def table(rows: list[Row]) -> str:
    """What the race says, a line a contender."""
    lines = []
    for row in (row for row in rows if row["kind"] == "race"):
        base = next(r for r in rows if r["kind"] == "race" and r["contender"] == "logreg_core"
                    and all(r[c] == row[c] for c in ("workers", "rows", "columns")))  # fmt: skip
        ratio = median(row["seconds"]) / median(base["seconds"])
        lines.append(
            f"{row['rows']:>9,} x {row['columns']:<4} {row['workers']} workers  "
            f"{row['contender']:<32} {median(row['seconds']):8.3f} s  {row['digits']:4.1f} digits"
            + (f"  {ratio:5.2f} times ours" if row["reached"] else "  too few digits for a ratio")
        )
    lines += [
        f"{row['rows']:>9,} x {row['columns']:<4} {row['workers']} workers  order {row['order']}: "
        f"{1e3 * median(row['seconds']):.1f} ms, a task {1e3 * median(row['task_seconds']):.2f} ms,"
        f" an addition {1e3 * median(row['add_seconds']):.2f} ms, {row['bytes']:,} bytes"
        for row in rows
        if row["kind"] == "evaluation"
    ]
    return "\n".join(lines)


def main() -> None:
    """Run the race and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="file that takes the lines too")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 1, 4])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(range(len(SIZES))))
    given = parser.parse_args()
    rows: list[Row] = [describe(2, [0, 1])]
    warnings.simplefilter("ignore")
    for workers in given.workers:
        with cluster_of(workers) as client:
            for n, columns, parts in (SIZES[i] for i in given.sizes):
                problem = Problem(n, columns, parts, client)
                if workers == 2:
                    rows += race(problem, workers, given.rounds)
                rows += evaluations(problem, workers, 3 * given.rounds)
                print(table(rows), flush=True)
                if given.json:
                    given.json.write_text("".join(json.dumps(row) + "\n" for row in rows))
                del problem


if __name__ == "__main__":
    main()
