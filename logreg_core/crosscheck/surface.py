"""The log-likelihood seen from anywhere: how far below its maximum a point lies, and which way up.

In centred and scaled columns, whatever the columns' units; through the same sums as a fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..blocks import ArrayBlocks
from ..problem import Objective, Problem
from ..scoring import score

__all__ = ["Point", "Surface"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Point:
    """The surface at some coefficients: loglik (penalty taken off, where the task has one);
    gradient (k,) and information (k, k) in centred and scaled columns."""

    coef: Floats
    loglik: float
    gradient: Floats
    information: Floats


@dataclass(frozen=True, eq=False)
class Surface:
    """Of one problem, over the columns that are independent (``kept``, positions in names)."""

    problem: Problem
    objective: Objective
    kept: NDArray[np.intp]

    @property
    def jacobian(self) -> Floats:
        """(k, k) J with coef = J inside: from centred and scaled columns to the columns' units."""
        c = self.objective.coordinates
        result = np.diag(c.scale)
        if c.columns[0] < 0:
            result[0, 1:] = -c.center[1:] * c.scale[1:]
        return result

    def inside(self, coef: Floats) -> Floats:
        """Coefficients (of the kept columns) for centred and scaled columns."""
        return self.objective.coordinates.from_columns(coef)

    def at(self, coef: Floats) -> Point:
        """The surface at coefficients of the kept columns: one pass over the data."""
        with np.errstate(all="ignore"):
            terms = self.objective(self.inside(coef), 2)
        return Point(coef, terms.loglik, terms.gradient, terms.information)

    def covariance(self, inside: Floats) -> Floats:
        """A covariance in the columns' units from one in centred and scaled columns."""
        return self.objective.coordinates.covariance(inside)

    def score_by_column(self, gradient: Floats) -> Floats:
        """The gradient by the coefficients of the columns as they are."""
        return np.asarray(np.linalg.solve(self.jacobian.T, gradient))

    def probability(self, coef: Floats) -> Floats:
        """(n,) probabilities at coefficients of the kept columns."""
        blocks, c = self.problem.blocks, self.objective.coordinates
        assert isinstance(blocks, ArrayBlocks)
        with np.errstate(all="ignore"):
            beta = self.inside(coef) * c.scale
            return score(blocks.X, c.columns, c.center, beta, log_odds=False, offset=blocks.offset)


def decrement(gradient: Floats, information: Floats, weight: float) -> float:
    """sqrt(g' I^-1 g / weight): how far a Newton step would go, free of units (log-odds).

    >>> decrement(np.array([3.0]), np.array([[9.0]]), 4.0)
    0.5
    """
    if not np.isfinite(gradient).all():
        return math.inf
    step = np.linalg.lstsq(information, gradient, rcond=None)[0]
    return math.sqrt(max(0.0, float(gradient @ step)) / weight)
