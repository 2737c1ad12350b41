"""A fit from Parquet files against the time that pyarrow alone takes to decode the same columns.

    python -m benchmarks.parquet --gib 2

Writes N x 10 normal columns and an outcome, of about so many GiB in memory, to a temporary folder
(``--folder`` keeps them), with pyarrow's own defaults (snappy, dictionaries) unless told otherwise.
In interleaved rounds, each in processes of their own, pyarrow reads the columns in the ways it has,
and the fit runs, both with all threads they like. "share" is the time of the fastest way, times the
readings that the fit made, by the time of the whole fit: 1 is a fit as fast as decoding.
"share_of_processor" is the same of processor time, which a busy machine bends less. "side by side"
is no way of pyarrow's own: row groups read by threads that share nothing, as the fit reads them.
"share_of_side_by_side" says what the sums and the turning of columns into rows cost beside that.
"kept" is the same fit with the rows kept on disk as they are first read (`KeptBlocks`): it decodes
once, so its share, of decoding as often as it reads, can be above 1.
All shares are given by the least times and by the medians of the rounds. The peak of resident
memory is that of the fit over an interpreter that has loaded everything and has fitted a few rows.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from .stream import forget_peak, in_fresh_process, resident

COLUMNS, SEED = 10, 20_261_124
NAMES = [f"x{j}" for j in range(COLUMNS)]
BYTES_A_ROW = 8 * COLUMNS + 1
WAYS = ("row groups", "batches", "tables")  # that pyarrow has
OURS = "side by side"


def write(
    folder: str, gib: float, files: int, group: int, compression: str, sums: bool
) -> dict[str, Any]:
    """The set of files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    each = int(gib * 2**30 / BYTES_A_ROW / files)
    slopes, made = np.linspace(-0.8, 0.8, COLUMNS), 0
    for number in range(files):
        random = np.random.Generator(np.random.Philox(key=[SEED, number]))
        path = Path(folder) / f"part-{number}.parquet"
        schema = pa.schema([*((name, pa.float64()) for name in NAMES), ("y", pa.int8())])
        with pq.ParquetWriter(
            path, schema, compression=compression, write_page_checksum=sums
        ) as writer:
            for first in range(0, each, group):
                m = min(group, each - first)
                X = random.standard_normal((m, COLUMNS))
                y = random.random(m) < 1.0 / (1.0 + np.exp(1.0 - X @ slopes))
                columns = [*(X[:, j] for j in range(COLUMNS)), y.astype(np.int8)]
                writer.write_table(pa.table(columns, schema=schema), row_group_size=group)
                made += m
    size = sum(path.stat().st_size for path in Path(folder).glob("*.parquet"))
    return {"rows": made, "files_GiB": round(size / 2**30, 3)}


def decoded(folder: str, way: str) -> dict[str, Any]:
    """Seconds in which pyarrow reads the columns once, and then once more."""
    import pyarrow.parquet as pq

    names, seconds, processor = [*NAMES, "y"], [], []
    for _ in range(2):
        start, begun = time.perf_counter(), time.process_time()
        for path in sorted(Path(folder).glob("*.parquet")):
            file = pq.ParquetFile(path)
            if way == "tables":
                file.read(columns=names)
            elif way == OURS:
                _side_by_side(path, file.num_row_groups, names)
            elif way == "batches":
                for _batch in file.iter_batches(1 << 16, columns=names):
                    pass
            else:
                for number in range(file.num_row_groups):
                    file.read_row_group(number, columns=names)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - begun)
    return {"seconds": min(seconds), "processor": min(processor)}


def _side_by_side(path: Path, groups: int, names: list[str]) -> None:
    """Read row groups on a thread a core, each with an opened file of its own."""
    import pyarrow.parquet as pq

    threads = len(os.sched_getaffinity(0))

    def some(first: int) -> None:
        file = pq.ParquetFile(path)
        for number in range(first, groups, threads):
            file.read_row_group(number, columns=names, use_threads=False)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, range(threads)))


def fitted(folder: str, threads: int | None, keep: bool = False) -> dict[str, Any]:
    """One fit: seconds, readings, peak memory, a hash of its answer."""
    import pyarrow.parquet as pq

    import logreg_core as lc

    files = sorted(Path(folder).glob("*.parquet"), key=lambda p: int(p.stem.split("-")[1]))
    head = next(pq.ParquetFile(files[0]).iter_batches(30_000)).to_pandas()
    design = lc.Design.from_frame(head, target="y")
    few = Path(folder) / "few"
    few.mkdir(exist_ok=True)
    head.to_parquet(few / "a.parquet")
    lc.fit(lc.KeptBlocks(lc.ParquetBlocks(few, design), folder))  # all is loaded and compiled
    del head
    forget_peak()
    before = resident("VmRSS")
    start, begun = time.perf_counter(), time.process_time()
    blocks: Any = lc.ParquetBlocks(files, design.encoding)
    if keep:
        blocks = lc.KeptBlocks(blocks, folder)
    fit = lc.fit(blocks, threads=threads)
    seconds, processor = time.perf_counter() - start, time.process_time() - begun
    answer = fit.coef.tobytes() + fit.covariance.tobytes() + np.float64(fit.loglik).tobytes()
    return {
        "seconds": seconds,
        "processor": round(processor, 4),
        "solver": fit.solver,
        "status": fit.status.word,
        "readings": blocks.readings,
        "baseline_MiB": round(before, 1),
        "peak_over_baseline_MiB": round(resident("VmHWM") - before, 1),
        "hash": hashlib.sha256(answer).hexdigest()[:16],
    }


@contextlib.contextmanager
def folder_of(given: str | None) -> Iterator[str]:
    """The folder asked for, or one that goes when done."""
    if given is not None:
        Path(given).mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="logreg-parquet-") as folder:
        yield folder


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gib", type=float, default=2.0)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--group", type=int, default=1 << 17, help="rows of a row group")
    parser.add_argument("--compression", default="snappy")
    parser.add_argument("--checksums", action="store_true", help="write page checksums")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--folder")
    o = parser.parse_args()
    with folder_of(o.folder) as folder:
        made = in_fresh_process(write, folder, o.gib, o.files, o.group, o.compression, o.checksums)
        alone: dict[str, list[dict[str, Any]]] = {way: [] for way in (*WAYS, OURS)}
        fits, kept = [], []
        for _ in range(o.rounds):
            for way, results in alone.items():
                results.append(in_fresh_process(decoded, folder, way))
            fits.append(in_fresh_process(fitted, folder, o.threads))
            kept.append(in_fresh_process(fitted, folder, o.threads, True))
    result = {**made, "compression": o.compression, **summary(made["rows"], alone, fits)}
    result["kept"] = summary(made["rows"], alone, kept)
    result["one_hash"] = len({fit["hash"] for fit in (*fits, *kept)}) == 1
    print(json.dumps(result, indent=1), flush=True)


def summary(
    n_rows: int, alone: dict[str, list[dict[str, Any]]], fits: list[dict[str, Any]]
) -> dict[str, Any]:
    """The rounds' least and median times, and the shares that they give."""
    best = min(fits, key=lambda fit: fit["seconds"])
    result, readings = dict(best), best["readings"]
    for name, least in (("least", min), ("median", statistics.median)):
        fit, processor = (least([f[what] for f in fits]) for what in ("seconds", "processor"))
        ways = {way: least([r["seconds"] for r in rounds]) for way, rounds in alone.items()}
        cpu = min(least([r["processor"] for r in alone[way]]) for way in WAYS)
        result[name] = {
            "decoding_alone_seconds": {way: round(seconds, 4) for way, seconds in ways.items()},
            "seconds": round(fit, 4),
            "rows_per_second": round(readings * n_rows / fit),
            "share": round(min(ways[way] for way in WAYS) * readings / fit, 3),
            "share_of_batches": round(ways["batches"] * readings / fit, 3),
            "share_of_side_by_side": round(ways[OURS] * readings / fit, 3),
            "share_of_processor": round(cpu * readings / processor, 3),
        }
    return {
        **result,
        "peak_over_baseline_MiB": max(fit["peak_over_baseline_MiB"] for fit in fits),
        "hashes": len({fit["hash"] for fit in fits}),
    }


if __name__ == "__main__":
    main()
