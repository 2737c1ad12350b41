"""Classification metrics against scikit-learn: ``python -m benchmarks.metrics``.

A row is one metric on one kind of input. Both libraries run in turn within each round, and the
one that starts alternates; a ratio is given only where the answers agree (counts exactly, scores
to 1e-12 relative). The first call of each, which may compile, is not timed. On object columns
scikit-learn takes one to two minutes a call at 10 million rows: ``--labels int64`` skips them.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numba
import numpy as np
import sklearn
from sklearn import metrics as theirs

from logreg_core import metrics as ours

Case = tuple[str, str, str, tuple[Any, ...], Any]


def cases(n_rows: int) -> Iterator[Case]:
    """(metric, labels, weights, arguments, sample_weight); columns are made once and shared."""
    random = np.random.default_rng(20240601)
    probability = random.random(n_rows)
    codes = (random.random(n_rows) < probability).astype(np.int64)
    called = (probability > 0.5).astype(np.int64)
    weight = random.random(n_rows)
    words = np.array(["not verified", "verified"])
    kinds: list[tuple[str, Callable[[Any], Any]]] = [
        ("int64", lambda y: y),
        ("int8", lambda y: y.astype(np.int8)),
        ("bool", lambda y: y == 1),
        ("text U12", lambda y: words[y]),
        ("text object", lambda y: words.astype(object)[y]),
    ]
    for kind, convert in kinds:
        true, predicted = convert(codes), convert(called)
        for weights, sample_weight in (("none", None), ("float64", weight)):
            for metric in ("confusion_matrix", "accuracy_score"):
                yield metric, kind, weights, (true, predicted), sample_weight
            if kind in ("int8", "bool"):
                continue
            for metric in ("roc_auc_score", "log_loss"):
                yield metric, kind, weights, (true, probability), sample_weight
            if kind == "int64":
                yield "brier_score_loss", kind, weights, (true, probability), sample_weight
                yield "average_precision_score", kind, weights, (true, probability), sample_weight
    rounded = np.round(probability, 3)
    log_odds = np.log(probability / (1 - probability))
    yield "roc_auc_score", "int64, ties", "none", (codes, rounded), None
    yield "roc_auc_score", "int64, log-odds", "none", (codes, log_odds), None
    yield "roc_auc_score", "int64, ties", "float64", (codes, rounded), weight


def timed(library: Any, case: Case) -> tuple[float, Any]:
    """Seconds and answer of one call."""
    metric, _, _, arguments, sample_weight = case
    start = time.perf_counter()
    answer = getattr(library, metric)(*arguments, sample_weight=sample_weight)
    return time.perf_counter() - start, answer


def measure(case: Case, rounds: int) -> str:
    """One line of the table."""
    small = (
        *case[:3],
        tuple(a[:1000] for a in case[3]),
        None if case[4] is None else case[4][:1000],
    )
    seconds: dict[Any, list[float]] = {ours: [], theirs: []}
    answers = {}
    for library in seconds:
        timed(library, small)
    for number in range(rounds):
        for library in (ours, theirs) if number % 2 else (theirs, ours):
            spent, answers[library] = timed(library, case)
            seconds[library].append(spent)
    mine, other = np.asarray(answers[ours]), np.asarray(answers[theirs])
    exact = mine.dtype.kind == "i"
    agree = np.array_equal(mine, other) if exact else np.allclose(mine, other, rtol=1e-12, atol=0)
    times = [
        f"{1e3 * figure(seconds[library]):.1f}"
        for figure in (min, statistics.median)
        for library in (ours, theirs)
    ]
    ratio = f"{min(seconds[theirs]) / min(seconds[ours]):.1f}" if agree else "answers differ"
    return "| " + " | ".join([*case[:3], *times, ratio, "exact" if exact else "1e-12"]) + " |"


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only metrics whose name holds this text")
    parser.add_argument("--labels", default="", help="only labels whose kind holds this text")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(
        f"{options.rows:,} rows, {options.rounds} interleaved rounds, {os.cpu_count()} cores "
        f"({platform.machine()}), NumPy {np.__version__}, numba {numba.__version__}, "
        f"scikit-learn {sklearn.__version__}. Milliseconds.\n"
    )
    print("| metric | labels | weights | ours min | sklearn min | ours median | sklearn median "
          "| ratio of minima | answers |")  # fmt: skip
    print("|---|---|---|---:|---:|---:|---:|---:|---|")
    for case in cases(options.rows):
        if options.only in case[0] and options.labels in case[1]:
            print(measure(case, options.rounds), flush=True)


if __name__ == "__main__":
    main()
