"""Where does the error of an answer lie? In the units of the columns, and free of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .arbiter import Arbiter

__all__ = ["Columns", "Error", "mean_and_spread"]

Floats = NDArray[np.float64]
CHUNK = 1 << 15


def mean_and_spread(X: Floats) -> tuple[Floats, Floats]:
    """(p,) means and standard deviations of columns: two passes by pieces, no copy of X.

    >>> mean_and_spread(np.array([[1.0, 5.0], [3.0, 5.0]]))
    (array([2., 5.]), array([1., 0.]))
    """
    pieces = range(0, len(X), CHUNK)
    mean = np.sum([X[i : i + CHUNK].sum(axis=0) for i in pieces], axis=0) / len(X)
    squares = [((X[i : i + CHUNK] - mean) ** 2).sum(axis=0) for i in pieces]
    return mean, np.sqrt(np.sum(squares, axis=0) / len(X))


@dataclass(frozen=True, eq=False)
class Columns:
    """How the columns (n, p) of X are laid out: mean and spread (standard deviation) of each."""

    names: tuple[str, ...]
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, arbiter: Arbiter) -> Columns:
        """Two passes over the data."""
        first = int(arbiter.task.intercept)
        return cls(arbiter.names[first:], *mean_and_spread(arbiter.task.X))

    @property
    def size_ratio(self) -> float:
        """Largest spread over smallest, the columns that do not vary left out; 1 stands for the
        intercept's."""
        spread = np.append(self.spread[self.spread > 0.0], 1.0)
        return float(spread.max() / spread.min())

    @property
    def largest_offset(self) -> float:
        """The largest mean of a column in its own spreads."""
        varies = self.spread > 0.0
        return float((np.abs(self.mean[varies]) / self.spread[varies]).max(initial=0.0))

    def size_words(self) -> str:
        """The columns of largest and of smallest spread."""
        spread = np.where(self.spread > 0.0, self.spread, np.nan)
        wide, narrow = int(np.nanargmax(spread)), int(np.nanargmin(spread))
        return (
            f"`{self.names[wide]}` varies by {spread[wide]:.3g} and `{self.names[narrow]}` "
            f"by {spread[narrow]:.3g}"
        )

    def offset_words(self) -> str:
        """The column that lies farthest from 0."""
        varies = np.where(self.spread > 0.0, self.spread, np.inf)
        far = int(np.argmax(np.abs(self.mean) / varies))
        mean, spread = self.mean[far], self.spread[far]
        return f"`{self.names[far]}` has mean {mean:.4g} and varies by {spread:.3g}"


@dataclass(frozen=True, eq=False)
class Error:
    """Answer less maximum, over the kept columns: in their units, and centred and scaled."""

    arbiter: Arbiter
    coef: Floats

    @cached_property
    def inside(self) -> Floats:
        """The same error for centred and scaled columns."""
        return self.arbiter.surface.inside(self.coef)

    @cached_property
    def _curvature(self) -> float:
        return float(self.inside @ self.arbiter.top.information @ self.inside)

    @cached_property
    def flatness(self) -> float:
        """Curvature along the error over the largest, in the columns' units: small where a
        method that takes the columns as they are hardly feels it."""
        inverse = np.linalg.inv(self.arbiter.surface.jacobian)
        raw = inverse.T @ self.arbiter.top.information @ inverse
        return self._share(self._curvature, self.coef, raw)

    @cached_property
    def own_flatness(self) -> float:
        """The same in centred and scaled columns: small where columns are nearly collinear."""
        return self._share(self._curvature, self.inside, self.arbiter.top.information)

    @staticmethod
    def _share(curvature: float, error: Floats, information: Floats) -> float:
        largest = float(np.linalg.norm(information, 2))
        size = float(error @ error)
        return curvature / size / largest if size > 0.0 and largest > 0.0 else 1.0

    @property
    def hidden(self) -> float:
        """By how much the columns' units flatten the direction of the error."""
        return self.own_flatness / self.flatness if self.flatness > 0.0 else np.inf
