"""The explorer's data sets: each shows one thing that can happen to a fit of two coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..formulas import sigmoid

__all__ = ["PRESETS", "Preset"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Preset:
    """Points with an outcome, and what to look for in them.

    X : (n, 1) with an intercept, or (n, 2) without one: two coefficients either way.
    y : (n,) outcomes 0 or 1.
    """

    name: str
    title: str
    words: str
    X: Floats
    y: NDArray[np.int64]

    @property
    def intercept(self) -> bool:
        """Whether the first coefficient is an intercept."""
        return int(self.X.shape[1]) == 1


def _drawn(seed: int, n: int, intercept: float, slope: float) -> tuple[Floats, NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    x = random.normal(0.0, 1.5, n).round(2)
    y = (random.random(n) < sigmoid(intercept + slope * x)).astype(np.int64)
    return x[:, None], y


def _overlap() -> Preset:
    X, y = _drawn(3, 40, -0.2, 1.1)
    words = "The two outcomes overlap: one clear maximum, found in a few full steps."
    return Preset("overlap", "Overlap", words, X, y)


def _rare() -> Preset:
    X, y = _drawn(9, 120, -4.0, 0.9)
    words = "Few successes among many rows: the information comes from the few."
    return Preset("rare", "Rare event", words, X, y)


def _near() -> Preset:
    x = np.array(
        [-3.1, -2.6, -2.2, -1.7, -1.3, -0.8, -0.3, 0.15, 0.05, 0.6, 1.0, 1.5, 1.9, 2.4, 3.0]
    )
    y = np.array([0] * 8 + [1] * 7)
    words = "Two points on the wrong side of each other, by a hair: a maximum exists, but far out."
    return Preset("near", "Near separation", words, x[:, None], y)


def _quasi() -> Preset:
    x = np.array([0.0] * 10 + [1.0] * 7)
    y = np.array([0, 1, 0, 0, 1, 1, 0, 0, 1, 0] + [1] * 7)
    words = "A yes-no column whose ones have a single outcome: its coefficient is infinite."
    return Preset("quasi", "Quasi-complete separation", words, x[:, None], y)


def _complete() -> Preset:
    x = np.array([-2.8, -2.3, -1.9, -1.4, -1.1, -0.6, 0.5, 0.9, 1.2, 1.8, 2.1, 2.7])
    words = "A gap divides the outcomes: the steeper the curve, the better, without end."
    return Preset("complete", "Complete separation", words, x[:, None], (x > 0).astype(np.int64))


def _leverage() -> Preset:
    X, y = _drawn(17, 30, 0.0, 1.3)
    X, y = np.vstack([X, [[9.0]]]), np.append(y, 0)
    words = "One point far out, with the unexpected outcome, bends the whole curve. Drag it."
    return Preset("leverage", "Leverage point", words, X, y)


def _unscaled() -> Preset:
    random = np.random.default_rng(21)
    x = (1_000_000 + random.normal(0.0, 2_000.0, 50)).round()
    y = (random.random(50) < sigmoid((x - 1_000_000) / 1_800)).astype(np.int64)
    words = "The same shape in large units: raw, the hill is a knife edge; Newton does not mind."
    return Preset("unscaled", "Unscaled column", words, x[:, None], y)


def _collinear() -> Preset:
    random = np.random.default_rng(5)
    x1 = random.normal(0.0, 1.2, 60)
    x2 = x1 + random.normal(0.0, 0.18, 60)
    y = (random.random(60) < sigmoid(0.8 * x1 + 0.5 * x2)).astype(np.int64)
    words = "Two columns that say nearly the same: their sum is sure, their shares are not."
    return Preset("collinear", "Collinear pair", words, np.column_stack([x1, x2]).round(3), y)


def _duplicated() -> Preset:
    X, y = _drawn(3, 40, -0.2, 1.1)
    words = "Every row four times: the same curve, standard errors half as large, for nothing."
    return Preset("duplicated", "Duplicated rows", words, np.repeat(X, 4, 0), np.repeat(y, 4))


def _crowd() -> Preset:
    X, y = _drawn(11, 200, 0.3, 0.8)
    words = "Two hundred points: the log-likelihood is close to a parabola."
    return Preset("crowd", "Two hundred points", words, X, y)


PRESETS: tuple[Preset, ...] = (
    _overlap(), _rare(), _near(), _quasi(), _complete(), _leverage(), _unscaled(), _collinear(),
    _duplicated(), _crowd(),
)  # fmt: skip
