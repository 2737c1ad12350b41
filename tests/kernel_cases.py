"""Small problems for the kernels, run compiled, as plain Python and with bounds checking.

As a program it runs all of them and saves the sums: ``python tests/kernel_cases.py OUT.npz``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from logreg_core.blocks import ArrayBlocks, Coordinates, Terms, sum_terms
from logreg_core.workers import Workers


@dataclass(frozen=True)
class KernelCase:
    """Blocks, the map they are seen under, and a point."""

    blocks: ArrayBlocks
    coordinates: Coordinates
    beta: np.ndarray
    step: np.ndarray


def make(
    n: int,
    k: int,
    *,
    intercept: bool = True,
    outcome: str = "plain",
    rotated: bool = False,
    chosen: bool = False,
    layout: str = "C",
    seed: int = 0,
) -> KernelCase:
    """n rows and k coefficients; outcome: plain, weighted, offset or counts."""
    random = np.random.default_rng([n, k, seed])
    columns = k - intercept + chosen
    X = random.normal(0.3, 1.0, (n, columns))
    parts: dict[str, Any] = {"y": (random.random(n) < 0.4).astype(np.uint8)}
    if outcome == "weighted":
        parts["weight"] = np.where(random.random(n) < 0.2, 0.0, random.random(n) * 3)
    if outcome == "offset":
        parts["offset"] = random.normal(0, 1, n)
    if outcome == "counts":
        parts = {
            "success": random.integers(0, 9, n) * 1.0,
            "failure": random.integers(0, 9, n) * 1.0,
        }
    places = np.arange(columns, dtype=np.int64)
    if chosen:
        places = np.delete(places, columns // 2)
    center, scale = random.normal(0, 0.5, len(places)), 2.0 ** random.integers(-2, 3, len(places))
    if intercept:
        places = np.concatenate([[-1], places])
        center, scale = np.concatenate([[0.0], center]), np.concatenate([[1.0], scale])
    rotation = (
        np.triu(random.normal(0, 0.3, (k, k)), 1) + np.eye(k) if rotated else np.empty((0, 0))
    )
    return KernelCase(
        ArrayBlocks(laid_out(X, layout), **parts),
        Coordinates(places, center, scale, rotation),
        random.normal(0, 0.7, k),
        random.normal(0, 0.1, k),
    )


def laid_out(X: np.ndarray, layout: str) -> np.ndarray:
    """The same numbers in another order of memory."""
    if layout == "F":
        return np.asfortranarray(X)
    if layout == "strided":
        wide = np.full((2 * len(X), 3 * X.shape[1]), np.nan)
        wide[::2, ::3] = X
        return wide[::2, ::3]
    if layout == "reversed":
        return X[::-1].copy()[::-1]
    if layout == "read-only":
        X = X.copy()
        X.flags.writeable = False
    return X


def terms(case: KernelCase, order: int = 2, threads: int = 1) -> Terms:
    """The pass, on one thread unless told."""
    with Workers(threads, case.blocks.X.size) as workers:
        return sum_terms(
            case.blocks, case.beta, order, coordinates=case.coordinates, workers=workers,
            step=case.step,
        )  # fmt: skip


def flat(found: Terms) -> np.ndarray:
    """Every number of the sums in one vector."""
    scalars = [found.loglik, found.weight_sum, found.n_rows, found.max_eta_change]
    return np.concatenate([scalars, found.gradient, found.information.ravel()])


def small_cases() -> Iterator[KernelCase]:
    """Every branch of the kernels on few rows: plain Python takes a second for each."""
    for k in (1, 2, 3, 4, 7, 9, 13):
        yield make(259, k)
    for outcome in ("weighted", "offset", "counts"):
        yield make(258, 3, outcome=outcome)
    yield make(257, 4, rotated=True)
    yield make(257, 4, chosen=True)
    yield make(3, 3, intercept=False, outcome="counts")
    for n in (1, 256):
        yield make(n, 2, outcome="weighted", layout="F")
    case = make(256, 3, outcome="offset", layout="strided")
    yield case
    extreme = np.resize([37.0, -800.0, 1e300, -1e300, 0.0, 745.2], 256)
    yield replace(case, blocks=replace(case.blocks, offset=extreme))


if __name__ == "__main__":
    np.savez(sys.argv[1], *(flat(terms(case)) for case in small_cases()))
