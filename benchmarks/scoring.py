"""How fast are rows scored?  ``python -m benchmarks.scoring`` prints the table.

`fit.probability` on 1,000,000 x 20 (float64, C order) against

- `X @ b`: NumPy's product alone, by BLAS: the columns read once and one sum a row, no exponential;
- `X.sum()`: the columns read once and added, by one thread;
- NumPy's `1 / (1 + exp(-(X @ b + a)))`, as one would write it;
- scikit-learn's `predict_proba` of the same coefficients (`fit.to_sklearn()`), which gives both
  classes.

Every contender must give our probabilities to 1e-12. Minimum and median over rounds in which each
runs once, in turn. Those that call BLAS have rounds of their own, after the others: its threads
spin on for a while after a call, and steal a core from whatever is timed next. Peak memory beyond
the data is what tracemalloc sees of one call.
"""

from __future__ import annotations

import argparse
import os
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import logreg_core as lc

__all__ = ["Row", "contenders", "main", "measure"]

Floats = NDArray[np.float64]
TOLERANCE = 1e-12
PAUSE = 1.0  # seconds until BLAS threads sleep
WITH_BLAS = ("NumPy X @ b", "NumPy 1 / (1 + exp(-eta))", "scikit-learn predict_proba")


@dataclass(frozen=True)
class Row:
    """One contender: seconds (minimum, median), peak of new memory in bytes, largest error."""

    name: str
    least: float
    median: float
    peak: int
    error: float | None


def problem(n: int, k: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Normal columns, and outcomes that depend on them."""
    random = np.random.default_rng(7)
    X = random.standard_normal((n, k))
    eta = X @ random.normal(0.0, 1.0 / np.sqrt(k), k) - 1.0
    return X, random.random(n) < 1.0 / (1.0 + np.exp(-eta))


def contenders(
    fit: lc.LogitFit, X: Floats
) -> tuple[dict[str, Callable[[], object]], dict[str, Callable[[object], Floats]]]:
    """What is timed, and how each one's result is read as probabilities, where it is one."""
    model = fit.to_sklearn()
    b, a = model.coef_[0], float(model.intercept_[0])
    calls: dict[str, Callable[[], object]] = {
        "logreg_core probability": lambda: fit.probability(X),
        "logreg_core probability, 1 thread": lambda: fit.probability(X, threads=1),
        "logreg_core log_odds": lambda: fit.log_odds(X),
        "NumPy X @ b": lambda: X @ b,
        "NumPy X.sum()": lambda: X.sum(),
        "NumPy 1 / (1 + exp(-eta))": lambda: 1.0 / (1.0 + np.exp(-(X @ b + a))),
        "scikit-learn predict_proba": lambda: model.predict_proba(X),
    }
    read: dict[str, Callable[[object], Floats]] = {
        name: np.asarray for name in calls if "probability" in name or "exp" in name
    }
    read["scikit-learn predict_proba"] = lambda found: np.asarray(found)[:, 1]
    return calls, read


def measure(n: int, k: int, rounds: int) -> list[Row]:
    """Every contender, fastest first."""
    X, y = problem(n, k)
    fit = lc.fit(X, y, inference=False)
    calls, read = contenders(fit, X)
    expected = fit.probability(X)
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    time.sleep(PAUSE)
    for blas in (False, True):
        for _ in range(rounds):
            for name, call in calls.items():
                if (name in WITH_BLAS) == blas:
                    start = time.perf_counter()
                    call()
                    seconds[name].append(time.perf_counter() - start)
    rows = []
    for name, call in calls.items():
        tracemalloc.start()
        found = call()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        error = float(np.abs(read[name](found) - expected).max()) if name in read else None
        if error is not None and error > TOLERANCE:
            raise SystemExit(f"{name} is off by {error:g}: no time is given for a wrong answer")
        rows.append(Row(name, min(seconds[name]), float(np.median(seconds[name])), peak, error))
    return sorted(rows, key=lambda row: row.least)


def table(rows: list[Row], n: int, k: int) -> str:
    """The measurement in Markdown."""
    lines = [
        f"{n:,} x {k} float64 ({n * k * 8 / 1e6:,.0f} MB); {os.cpu_count()} cores; load "
        f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else f"{n:,} x {k}",
        "",
        "| contender | best ms | median ms | GB/s | new memory, MB | largest error |",
        "|---|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for row in rows:
        error = "-" if row.error is None else f"{row.error:.1e}"
        lines.append(
            f"| {row.name} | {row.least * 1e3:.2f} | {row.median * 1e3:.2f} | "
            f"{n * k * 8 / row.least / 1e9:.1f} | {row.peak / 1e6:.1f} | {error} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    rows = measure(options.rows, options.columns, options.rounds)
    print(table(rows, options.rows, options.columns))


if __name__ == "__main__":
    main()
