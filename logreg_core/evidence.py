"""What gradient and metric say of a point: the step to the maximum, and how far it can be.

The inequalities are those of `certificate`, with the rounding of every quantity in them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cholesky_kernels import factorise, solve
from .exact_terms import UNIT, ExactTerms, Point, exact_terms
from .metric import Metric
from .problem import Objective

__all__ = ["Evidence", "Refined", "evidence", "refined"]

Floats = NDArray[np.float64]

MOST_STEPS = 12
SETTLED = 2.0**-58  # a last step below this share of each coefficient changes no bit of a double


@dataclass(frozen=True)
class Evidence:
    """At a point with k coefficients, which are judged by their high parts.

    step (k,): Newton's, in the columns' own units; length: in the metric (std errors);
    bound: proven distance to the maximum in the metric, or infinite; coef_bound (k,): proven
    distance of each coefficient, or infinite; likely (k,): its likely size; reach: R nu, proven,
    or as estimated where nothing is; floor: rounding of the gradient, in the metric; drift: likely
    relative change of a std error from the metric's point to the maximum.
    """

    step: Floats
    length: float
    bound: float
    coef_bound: Floats
    likely: Floats
    reach: float
    floor: float
    drift: float

    def sharp(self, coef: Floats) -> bool:
        """Whether the step itself, not what may remain after it, is the error of each (k,) coef."""
        known = 3.0 * np.abs(self.step) + 4.0 * UNIT * np.abs(coef)
        return bool((self.likely <= known).all())


def evidence(metric: Metric, terms: ExactTerms, point: Point) -> Evidence:
    """The step from a point, and bounds on what remains after it."""
    gradient, lost = metric.gradient(terms)
    factor, _, d = factorise(metric.information)
    step = solve(factor, d, gradient)
    length = math.sqrt(max(float(gradient @ step), 0.0))
    whole = float(np.linalg.norm(step))
    moved = metric.jacobian @ step
    k = len(step)
    sizes = np.abs(metric.information) @ np.abs(step) + np.abs(gradient)
    left = float(np.linalg.norm(gradient - metric.information @ step))
    left += (k + 3) * UNIT * float(np.linalg.norm(sizes))
    keep, R = 1.0 - metric.slack, metric.row_norm
    bound, rest, reach = math.inf, math.inf, metric.reach * length
    if keep > 0.0:
        reach = R * 1.001 * (float(np.linalg.norm(gradient)) + lost) / math.sqrt(keep)
        if reach < 1.0:
            S = -math.log1p(-reach)
            bound = S / R
            rest = (left + lost + metric.rounding * whole) / keep
            rest = 1.001 * (rest + bound * 0.5 * S * math.exp(S) / math.sqrt(keep))
    rounding = (k + 2) * UNIT * (np.abs(metric.jacobian) @ np.abs(step))
    rounding += metric.jacobian_error @ np.abs(step)
    lengths = metric.lengths()
    curved = 0.5 * metric.reach * whole**2
    likely = np.abs(moved) + rounding + lengths * (metric.noise.max() * whole + lost + curved)
    coef_bound = 1.001 * (np.abs(moved) + rounding + lengths * rest)
    drift = 0.5 * metric.reach * float(np.linalg.norm(step + metric.away_of(point)))
    return Evidence(moved, length, bound, coef_bound, likely, reach, lost, drift)


@dataclass(frozen=True)
class Refined:
    """Where iterative refinement ended; the evidence there; whether it settled; passes."""

    point: Point
    terms: ExactTerms
    evidence: Evidence
    settled: bool
    passes: int


def refined(
    objective: Objective, metric: Metric, point: Point, *, loglik: bool = False
) -> Refined | None:
    """Newton's steps with one information and exact gradients, until no bit of a double moves.

    Each step leaves the share of the error by which that information is wrong. Cost: one exact
    pass a step, mostly three.
    """
    last: Refined | None = None
    for count in range(1, MOST_STEPS + 1):
        terms = exact_terms(objective, point, loglik=loglik)
        if terms is None:
            return last
        found = evidence(metric, terms, point)
        if last is not None and not found.length <= 0.5 * last.evidence.length:
            return last
        small = np.abs(found.step) <= SETTLED * np.abs(point.high)
        settled = bool(small.all()) or found.length <= 4.0 * found.floor
        last = Refined(point, terms, found, settled, count)
        if settled:
            break
        point = point.moved(found.step)
    return last
