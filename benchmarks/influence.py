"""Diagnostics of a million rows: ``python -m benchmarks.influence``.

For each summary: seconds (minimum and median over rounds), and how far the process's resident
memory rose above what the rows and their fit took, read from /proc every half millisecond by a
thread of its own. A first call, which may compile, is not timed. Claims, by the least time:
`influence_summary` of 1,000,000 x 20 within 2 s and 100 MiB over the input; the exit code says
whether they held.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import logreg_core as lc

SECONDS, MEBIBYTES = 2.0, 100.0


def resident() -> float:
    """MiB of memory the process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


class Peak:
    """The most memory held while the block ran, over what was held before."""

    def __enter__(self) -> Peak:
        with contextlib.suppress(AttributeError, OSError):  # glibc keeps freed memory: give it back
            ctypes.CDLL(None).malloc_trim(0)
        self.before = self.most = resident()
        self.done = threading.Event()
        self.watcher = threading.Thread(target=self._watch)
        self.watcher.start()
        return self

    def _watch(self) -> None:
        while not self.done.wait(0.0005):
            self.most = max(self.most, resident())

    def __exit__(self, *problem: object) -> None:
        self.most = max(self.most, resident())
        self.done.set()
        self.watcher.join()

    @property
    def rise(self) -> float:
        """MiB."""
        return self.most - self.before


def measured(call: Callable[[], Any], rounds: int) -> tuple[float, float, float]:
    """Least and median seconds, and the largest rise of memory."""
    seconds, rises = [], []
    for _ in range(rounds):
        with Peak() as peak:
            start = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - start)
        rises.append(peak.rise)
    return min(seconds), statistics.median(seconds), max(rises)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    n, k = options.rows, options.columns
    random = np.random.default_rng(20261123)
    X = random.standard_normal((n, k))
    y = (random.random(n) < 1.0 / (1.0 + np.exp(1.0 - X[:, 0]))).astype(np.uint8)
    fit = lc.fit(X, y)
    diagnostics = lc.diagnostics
    calls: dict[str, Callable[[], Any]] = {
        "influence_summary": lambda: diagnostics.influence_summary(fit, X, y),
        "hosmer_lemeshow": lambda: diagnostics.hosmer_lemeshow(fit, X, y),
        "calibration_table": lambda: diagnostics.calibration_table(fit, X, y),
        "binned_residuals": lambda: diagnostics.binned_residuals(fit, X, y),
        "sum_of_squares_test": lambda: diagnostics.sum_of_squares_test(fit, X, y),
        "duplicate_rows": lambda: diagnostics.duplicate_rows(fit, X, y),
        "influence (n rows)": lambda: diagnostics.influence(fit, X, y),
    }
    for call in calls.values():  # compiles
        call()
    print(f"{n:,} x {k}: X holds {X.nbytes / 2**20:,.0f} MiB")
    print(f"{'':22}{'least s':>10}{'median s':>10}{'MiB over':>10}")
    kept = True
    for name, call in calls.items():
        least, median, rise = measured(call, options.rounds)
        print(f"{name:22}{least:10.3f}{median:10.3f}{rise:10.0f}")
        if name == "influence_summary":
            kept = least <= SECONDS and rise <= MEBIBYTES
    print(
        f"influence_summary within {SECONDS:g} s and {MEBIBYTES:g} MiB: {'yes' if kept else 'no'}"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
