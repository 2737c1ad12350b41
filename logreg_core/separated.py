"""What is left to say when no maximum exists: which coefficients are infinite, and the limits of
the others.

Along a direction of recession the rows off the hyperplane reach probability 0 or 1 and drop out;
the rows on it (the boundary) have a finite maximum of their own, which gives the supremum of the
log-likelihood, and the values and standard errors of every finite coefficient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .blocks import ArrayBlocks
from .maximise import Maximum, Options, at_the_end, maximise, refine
from .problem import Objective, Problem, null_log_odds, sample_coordinates

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["Limit", "find_separation", "limit_fit"]

Floats = NDArray[np.float64]


def find_separation(problem: Problem) -> Separation:
    """`separation.detect` on the rows of a problem."""
    from .separation import detect  # only the suspicious pay for its import

    blocks = problem.blocks
    assert isinstance(blocks, ArrayBlocks)
    counts = bool(blocks.success.size)
    return detect(
        blocks.X,
        blocks.success if counts else blocks.y,
        failures=blocks.failure if counts else None,
        names=problem.names[1:] if problem.fit_intercept else problem.names,
        sample_weight=blocks.weight if blocks.weight.size else None,
        fit_intercept=problem.fit_intercept,
    )


@dataclass(frozen=True)
class Limit:
    """coef (k,): +-inf, finite limits, NaN where undetermined or dropped; loglik: the supremum;
    maximum: the fit of the boundary rows, None under complete separation."""

    coef: Floats
    loglik: float
    maximum: Maximum | None


def limit_fit(
    problem: Problem, objective: Objective, separation: Separation, options: Options
) -> Limit:
    """The fit of the boundary rows: a weight of 0 for all others, and no copy of X."""
    coef = separation.limit.copy()
    blocks = problem.blocks
    if not separation.boundary.any():
        return Limit(coef, 0.0, None)
    assert isinstance(blocks, ArrayBlocks)
    on = separation.boundary.astype(np.float64)
    if blocks.success.size:
        rest = replace(blocks, success=blocks.success * on, failure=blocks.failure * on)
    else:
        rest = replace(blocks, weight=blocks.weight * on if blocks.weight.size else on)
    start = Objective(rest, sample_coordinates(blocks, problem.fit_intercept), objective.workers)
    most = max(options.max_iter, 50)  # the limits must be right however early the climb ended
    climb = replace(options, start=None, callback=None, max_iter=most)
    found = maximise(start, problem.names, null_log_odds(rest), climb)
    found = at_the_end(refine(found, climb))
    fitted = np.full(len(coef), np.nan)
    fitted[found.independent.kept] = found.objective.coordinates.to_columns(found.run.beta)
    finite = coef == 0.0
    coef[finite] = np.where(np.isnan(fitted), 0.0, fitted)[finite]
    return Limit(coef, found.run.terms.loglik, found)
