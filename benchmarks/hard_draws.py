"""Random problems from hard families, for `benchmarks.certificate`: small enough for mpmath."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.reference_suite import Floats

__all__ = ["FAMILIES", "Draw", "draws"]

Random = np.random.Generator


@dataclass(frozen=True)
class Draw:
    """A problem: X (n, m), y (n,), and what goes with the rows."""

    family: str
    number: int
    X: Floats
    y: Floats
    rest: dict[str, Any]


def _normal(random: Random) -> tuple[Floats, Floats]:
    n, m = int(random.integers(25, 81)), int(random.integers(1, 5))
    return random.standard_normal((n, m)), random.normal(0.0, 0.8, m + 1)


def _outcomes(random: Random, X: Floats, slopes: Floats) -> Floats:
    eta = slopes[0] + X @ slopes[1:]
    return (random.random(len(X)) < 1.0 / (1.0 + np.exp(-eta))).astype(np.float64)


def _scaled(random: Random, X: Floats, most: float) -> Floats:
    return X * 10.0 ** random.uniform(-most, most, X.shape[1])


def plain(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    return _scaled(random, X, 1.0), _outcomes(random, X, slopes), {}


def scaled(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    return _scaled(random, X, 12.0), _outcomes(random, X, slopes), {}


def uncentred(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    mean = 10.0 ** random.uniform(2, 6, X.shape[1])
    return _scaled(random, X + mean, 3.0), _outcomes(random, X, slopes), {}


def collinear(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    y = _outcomes(random, X, slopes)
    near = 10.0 ** random.uniform(-7, -2)
    X = np.column_stack([X, X[:, 0] + near * random.standard_normal(len(X))])
    return _scaled(random, X, 3.0), y, {}


def collinear_uncentred(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, y, _ = collinear(random)
    return X + X.std(axis=0) * 10.0 ** random.uniform(0, 4, X.shape[1]), y, {}


def nearly_separated(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    eta = slopes[0] + X @ slopes[1:]
    y = (eta > np.median(eta)).astype(np.float64)
    swapped = np.argsort(np.abs(eta - np.median(eta)))[: int(random.integers(2, 7))]
    y[swapped] = 1.0 - y[swapped]
    return _scaled(random, X, 3.0), y, {}


def rare(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    order = np.argsort(X @ slopes[1:] + random.gumbel(size=len(X)))
    y = np.zeros(len(X))
    y[order[-int(random.integers(3, 6)) :]] = 1.0
    return _scaled(random, X, 3.0), y, {}


def weights(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    weight = 10.0 ** random.uniform(-3, 6, len(X))
    return _scaled(random, X, 3.0), _outcomes(random, X, slopes), {"sample_weight": weight}


def imbalance(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    y = _outcomes(random, X, slopes)
    weight = np.where(y == 1.0, 1.0, 10.0 ** random.uniform(3, 6))
    return _scaled(random, X, 3.0), y, {"sample_weight": weight}


def counts(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    trials = random.integers(1, 30, len(X)).astype(np.float64)
    offset = random.normal(0.0, 2.0, len(X))
    chance = 1.0 / (1.0 + np.exp(-(slopes[0] + X @ slopes[1:] + offset)))
    y = random.binomial(trials.astype(np.int64), chance).astype(np.float64)
    return _scaled(random, X, 3.0), y, {"n_trials": trials, "offset": offset}


def heavy_tails(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    y = _outcomes(random, X, slopes)
    X = random.standard_t(1.5, X.shape) + X
    X[random.integers(len(X)), 0] *= 10.0 ** random.uniform(0, 5)
    return _scaled(random, X, 3.0), y, {}


def ridge(random: Random) -> tuple[Floats, Floats, dict[str, Any]]:
    X, slopes = _normal(random)
    return X, _outcomes(random, X, slopes), {"l2": float(10.0 ** random.uniform(-4, 2))}


FAMILIES: tuple[Callable[[Random], tuple[Floats, Floats, dict[str, Any]]], ...] = (
    plain, scaled, uncentred, collinear, collinear_uncentred, nearly_separated, rare, weights,
    imbalance, counts, heavy_tails, ridge,
)  # fmt: skip


def draws(count: int, seed: int = 0) -> Iterator[Draw]:
    """So many problems, the families in turn."""
    for number in range(count):
        make = FAMILIES[number % len(FAMILIES)]
        random = np.random.default_rng([seed, number])
        X, y, rest = make(random)
        if "n_trials" not in rest and y.min() == y.max():
            y[0] = 1.0 - y[0]
        yield Draw(make.__name__, number, X, y, rest)
