"""A fit of rows that are made on the fly: how many a second, and in how much memory?

    python -m benchmarks.stream --rows 200000000

Batches of N x 10 normal columns come from a counter-based generator (Philox, keyed by the number of
the batch), so every reading gives the same rows and none is kept. The fit runs in a process of its
own, which first imports everything and fits a few rows: the peak of its resident memory over what
it held then is what the fit took. A reading without a fit says what making the rows costs alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

COLUMNS, BATCH, SEED = 10, 100_000, 20_261_123


def batches(n_rows: int, dtype: str = "float64") -> Iterator[tuple[Any, Any]]:
    """The rows, in batches that have nothing to do with the grid of the fit."""
    slopes = np.linspace(-0.8, 0.8, COLUMNS)
    for number, first in enumerate(range(0, n_rows, BATCH)):
        m = min(BATCH, n_rows - first)
        random = np.random.Generator(np.random.Philox(key=[SEED, number]))
        # float32: the price of the normal deviates is most of a reading
        X = random.standard_normal((m, COLUMNS), dtype=np.float32)
        eta = X @ slopes - 1.0
        y = random.random(m, dtype=np.float32) < 1.0 / (1.0 + np.exp(-eta))
        yield X.astype(dtype), y


def resident(field: str) -> float:
    """MiB of resident memory: VmRSS now, VmHWM at its peak."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) / 1024.0


def forget_peak() -> None:
    """Let VmHWM begin anew."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as control:
        control.write("5")


def measured(n_rows: int, threads: int | None, checkpoint: str | None) -> dict[str, Any]:
    """One fit: seconds, readings, rows a second, peak memory, a hash of its answer."""
    import logreg_core as lc

    lc.fit(lc.IterableBlocks(lambda: batches(60_000), n_rows=60_000, classes=(False, True)))
    forget_peak()
    before, others = resident("VmRSS"), threading.active_count()
    blocks = lc.IterableBlocks(lambda: batches(n_rows), n_rows=n_rows, classes=(False, True))
    start = time.perf_counter()
    fit = lc.fit(blocks, threads=threads, checkpoint=checkpoint)
    seconds = time.perf_counter() - start
    answer = fit.coef.tobytes() + fit.covariance.tobytes() + np.float64(fit.loglik).tobytes()
    return {
        "rows": n_rows,
        "columns": COLUMNS,
        "data_GB": round(n_rows * COLUMNS * 8 / 1e9, 2),
        "solver": fit.solver,
        "status": fit.status.word,
        "readings": blocks.readings,
        "seconds": round(seconds, 2),
        "rows_per_second": round(blocks.readings * n_rows / seconds),
        "baseline_MiB": round(before, 1),
        "peak_over_baseline_MiB": round(resident("VmHWM") - before, 1),
        "threads_left": threading.active_count() - others,
        "hash": hashlib.sha256(answer).hexdigest()[:16],
        "coef": fit.coef.round(6).tolist(),
    }


def made(n_rows: int) -> dict[str, Any]:
    """What making the rows costs, without a fit."""
    n = min(n_rows, 2_000_000)
    start = time.perf_counter()
    for _ in batches(n):
        pass
    return {"rows_per_second_made_alone": round(n / (time.perf_counter() - start))}


def _child(out: Any, function: Any, given: tuple[Any, ...]) -> None:
    out.send(function(*given))


def in_fresh_process(function: Any, *given: Any) -> dict[str, Any]:
    """function(*given) where nothing ran before."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, function, given))
    process.start()
    theirs.close()
    try:
        result: dict[str, Any] = ours.recv()
    finally:
        process.join()
    return result


def main() -> None:
    """Print one JSON object a number of rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[200_000_000])
    parser.add_argument("--threads", type=int)
    parser.add_argument("--checkpoint")
    options = parser.parse_args()
    for rows in options.rows:
        alone = in_fresh_process(made, rows)
        fit = in_fresh_process(measured, rows, options.threads, options.checkpoint)
        print(json.dumps({**fit, **alone}), flush=True)


if __name__ == "__main__":
    main()
