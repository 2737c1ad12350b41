"""What an evaluation on a cluster is made of, measured one by one.

``python -m benchmarks.cluster_parts --json FILE`` writes JSON lines:

- ``leaf``: seconds of a partition's task in a worker, order 1 (gradient) and 2 (information too),
  of a large partition and of a small one;
- ``add``: of adding eight partial sums; ``wire``: of a partial sum into bytes and back, its bytes;
- ``passes``: readings that a fit takes where its sample is as large as it gets, and the last one's
  share in them that takes the information;
- ``decode``: of reading a Parquet file into a matrix;
- ``scheduler``: of graphs of empty tasks on a LocalCluster, and the processors' time they take;
- ``move``: of bringing bytes from one worker to another;
- ``evaluation``: of whole evaluations on 1, 2 and 4 workers of one thread, partitions persisted.

Run it on an otherwise quiet machine; it takes about three minutes. `cluster_model` predicts the
last from the others.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import logreg_core as lc
from logreg_core.array_blocks import ArrayBlocks
from logreg_core.blocks import sum_terms
from logreg_core.coordinates import Coordinates
from logreg_core.dask_blocks import DaskBlocks
from logreg_core.dask_sums import tree
from logreg_core.workers import Workers, pairwise_sum

from .machine import describe

__all__ = ["COLUMNS", "coordinates_of", "main", "measure"]

COLUMNS = (10, 100, 300)
ELEMENTS = 1 << 22  # of X in a leaf: 32 MiB, beyond every cache
SMALLER = 16  # times as small is the small leaf
ROUNDS = 20
Row = dict[str, Any]


def coordinates_of(columns: int) -> Coordinates:
    """An intercept and all columns, as they are."""
    places = np.arange(-1, columns, dtype=np.int64)
    return Coordinates(places, np.zeros(columns + 1), np.ones(columns + 1))


def timed(call: Callable[[], Any], rounds: int) -> list[float]:
    """Seconds of each round, after one that is not counted."""
    call()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        seconds.append(round(time.perf_counter() - start, 9))
    return seconds


def problem(n: int, columns: int, seed: int = 5) -> ArrayBlocks:
    """Normal columns, and outcomes that depend on them."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, columns))
    eta = X @ rng.normal(0.0, 1.0 / np.sqrt(columns), columns) - 1.0
    return ArrayBlocks(X, (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(np.uint8))


def one_process(rounds: int) -> Iterator[Row]:
    """Additions and bytes."""
    for columns in COLUMNS:
        with Workers(1, 0) as workers:
            terms = sum_terms(
                problem(1000, columns), np.zeros(columns + 1), 2,
                coordinates=coordinates_of(columns), workers=workers,
            )  # fmt: skip
        lower = np.tril_indices(len(terms.gradient))
        travels = replace(terms, information=terms.information[lower])
        yield {"kind": "add", "columns": columns, "parts": 8,
               "seconds": timed(lambda t=travels: pairwise_sum([t] * 8), rounds)}  # fmt: skip
        sent = pickle.dumps(travels, protocol=5)
        yield {"kind": "wire", "columns": columns, "bytes": len(sent), "seconds": timed(
            lambda t=travels: pickle.loads(pickle.dumps(t, protocol=5)), rounds)}  # fmt: skip


def passes() -> Iterator[Row]:
    """Readings of fits whose sample is as large as it gets for so many columns."""
    for columns, n in ((10, 4_200_000), (100, 450_000), (300, 310_000)):
        blocks = problem(n, columns, seed=9)
        fit = lc.fit(blocks.X, blocks.y)
        steps = fit.trace.passes.tolist()
        yield {"kind": "passes", "columns": columns, "rows": n, "solver": fit.solver,
               "passes": round(float(steps[-1]), 2), "readings": len(steps)}  # fmt: skip


def nothing(part: ArrayBlocks) -> float:
    """What takes no time."""
    return 0.0


def empty_graphs(client: Any, n_workers: int, partitions: int, rounds: int) -> Row:
    """The tasks of an evaluation with nothing to do: seconds, and of processors' time the client's
    and scheduler's, which share this process, and the workers'."""
    blocks = spread(client, 8 * partitions, 2, partitions)
    seconds, here, there = [], [], []
    for number in range(rounds + 1):
        before = sum(client.run(time.process_time).values())
        started, start = time.process_time(), time.perf_counter()
        blocks.total(nothing)
        if number:  # the first is not counted
            seconds.append(round(time.perf_counter() - start, 6))
            here.append(round(time.process_time() - started, 6))
            there.append(round(sum(client.run(time.process_time).values()) - before, 6))
    above, _ = tree([str(i) for i in range(partitions)], "sum")
    return {"kind": "scheduler", "workers": n_workers, "tasks": partitions + len(above),
            "seconds": seconds, "own_cpu": here, "workers_cpu": there}  # fmt: skip


def spread(client: Any, n: int, columns: int, partitions: int) -> DaskBlocks:
    """Rows that the workers made and keep."""
    import dask.array as da

    rng = da.random.default_rng(3)
    X = rng.standard_normal((n, columns), chunks=(n // partitions, columns))
    y = (rng.random(n, chunks=n // partitions) < 0.3).astype("uint8")
    return DaskBlocks(X, y=y, client=client, persist=True)


def decode(rounds: int) -> Iterator[Row]:
    """Parquet into a matrix on one thread, uncompressed doubles from the page cache."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    X = problem(1_000_000, 10).X
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "part.parquet")
        columns = {f"x{j}": X[:, j] for j in range(X.shape[1])}
        pq.write_table(pa.table(columns), path, compression="none", use_dictionary=False)

        def read() -> None:
            table = pq.read_table(path, use_threads=False)
            out = np.empty(X.shape)
            for j, column in enumerate(table.columns):
                out[:, j] = column.to_numpy()

        yield {"kind": "decode", "bytes": X.nbytes, "seconds": timed(read, rounds)}


def on_cluster(n_workers: int, rounds: int) -> Iterator[Row]:
    """A LocalCluster of so many processes of one thread each."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(n_workers)
        for partitions in (2, 16, 64, 256):
            yield empty_graphs(client, n_workers, partitions, rounds if partitions < 100 else 3)
        if n_workers == 1:
            yield from leaves(client, rounds)
        if n_workers == 2:
            yield from moves(client, rounds)
        yield from evaluations(client, n_workers, rounds)


def leaves(client: Any, rounds: int) -> Iterator[Row]:
    """Tasks as a worker runs them, of large partitions and of small ones."""
    from distributed import get_task_stream

    for columns in COLUMNS:
        for rows in (ELEMENTS // columns, ELEMENTS // columns // SMALLER):
            blocks = spread(client, 8 * rows, columns, 8)
            for order in (1, 2):
                evaluate(blocks, columns, order, 1)
                with get_task_stream(client) as stream:
                    evaluate(blocks, columns, order, rounds // 4)
                tasks = [t for t in stream.data if "-sum-" not in str(t["key"])]
                seconds = [s["stop"] - s["start"] for task in tasks for s in task["startstops"]
                           if s["action"] == "compute"]  # fmt: skip
                yield {"kind": "leaf", "columns": columns, "order": order, "rows": rows,
                       "seconds": [round(s, 6) for s in seconds]}  # fmt: skip


def evaluate(blocks: DaskBlocks, columns: int, order: int, rounds: int) -> list[float]:
    """Seconds of evaluations, after one that is not counted."""
    with Workers(1, 0) as workers:
        add = partial(
            sum_terms, blocks, np.zeros(columns + 1), order,
            coordinates=coordinates_of(columns), workers=workers,
        )  # fmt: skip
        return timed(add, rounds)


def moves(client: Any, rounds: int) -> Iterator[Row]:
    """Bytes that one worker made and another wants."""
    one, other = list(client.ncores())[:2]
    for size in (1_000, 400_000, 8_000_000):

        def move(n: int = size) -> None:
            made = client.submit(np.zeros, n // 8, workers=[one], pure=False)
            client.submit(len, made, workers=[other], pure=False).result()

        yield {"kind": "move", "bytes": size, "seconds": timed(move, rounds)}


def evaluations(client: Any, n_workers: int, rounds: int) -> Iterator[Row]:
    """Evaluations over partitions that the workers hold."""
    for columns, n, parts in ((10, 6_400_000, 16), (10, 6_400_000, 64), (100, 640_000, 16)):
        blocks = spread(client, n, columns, parts)
        for order in (1, 2):
            seconds = evaluate(blocks, columns, order, max(rounds // 6, 3))
            yield {"kind": "evaluation", "workers": n_workers, "columns": columns, "rows": n,
                   "partitions": parts, "order": order, "seconds": seconds}  # fmt: skip


def measure(rounds: int, workers: Sequence[int]) -> Iterator[Row]:
    """All rows of a results file."""
    cores = sorted(os.sched_getaffinity(0))
    yield describe(len(cores), cores)
    yield from one_process(rounds)
    yield from decode(rounds // 3)
    yield from passes()
    for n_workers in workers:
        yield from on_cluster(n_workers, rounds)


def main() -> None:
    """Measure, and write a line as soon as it is known."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    with options.json.open("w", encoding="utf-8") as file:
        for row in measure(options.rounds, options.workers):
            file.write(json.dumps(row) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
