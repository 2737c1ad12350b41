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
from .named_blocks import NamedBlocks
from .problem import Objective, Problem, null_log_odds, sample_coordinates
from .sparse_rows import SparseRows, distinct_rows

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["Limit", "find_separation", "limit_fit", "rows_at_hand"]

Floats = NDArray[np.float64]
SHOWN_ROWS = 10  # as many as `separation` names
MOST_GATHERED = 1 << 24  # entries of X that are read into memory to be judged: 128 MB
MOST_DENSE = 1 << 26  # entries of different sparse rows that are made dense: 512 MB


def rows_at_hand(problem: Problem) -> Problem:
    """The same problem with its rows in memory, where they are few enough: one reading."""
    blocks = problem.blocks
    n = blocks.n_rows
    if not isinstance(blocks, NamedBlocks) or n * blocks.n_columns > MOST_GATHERED:
        return problem
    rows, (first,) = blocks.stretches((0,), n)
    if rows.n_rows != n:
        rows = ArrayBlocks(*rows.rows(slice(first, first + n)))
    return replace(problem, blocks=rows)


def find_separation(problem: Problem) -> Separation | None:
    """`separation.detect` on the rows of a problem; None where they are too many for it."""
    from .separation import detect  # only the suspicious pay for its import

    blocks = problem.blocks
    if not isinstance(blocks, ArrayBlocks):
        return None  # too many rows to have them at hand, see `rows_at_hand`
    counts = bool(blocks.success.size)
    if isinstance(blocks.X, SparseRows):
        return _find_in_distinct_rows(problem, blocks)
    return detect(
        blocks.X,
        blocks.success if counts else blocks.y,
        failures=blocks.failure if counts else None,
        names=problem.names[1:] if problem.fit_intercept else problem.names,
        sample_weight=blocks.weight if blocks.weight.size else None,
        fit_intercept=problem.fit_intercept,
    )


def _find_in_distinct_rows(problem: Problem, blocks: ArrayBlocks) -> Separation | None:
    """The same for a sparse matrix, whose different rows are few enough to be made dense.

    Margins depend on a row and its outcomes alone, so what is found of each holds for its copies.
    """
    from .separation import detect

    if blocks.success.size:
        success, failure = blocks.success > 0.0, blocks.failure > 0.0
    else:
        present = blocks.weight > 0.0 if blocks.weight.size else np.ones(blocks.n_rows, np.bool_)
        success, failure = (blocks.y != 0) & present, (blocks.y == 0) & present
    rows, wins, losses, place = distinct_rows(blocks.X, success, failure)  # type: ignore[arg-type]
    if rows.size > MOST_DENSE:
        return None
    found = detect(
        rows,
        wins.astype(np.float64),
        failures=losses.astype(np.float64),
        names=problem.names[1:] if problem.fit_intercept else problem.names,
        fit_intercept=problem.fit_intercept,
    )
    used = place >= 0
    boundary = used & np.append(found.boundary, False)[place]
    separated = np.flatnonzero(used & ~boundary) if found.kind != "none" else place[:0]
    return replace(
        found,
        n_rows=int(used.sum()),
        n_separated=len(separated),
        separated_rows=tuple(separated[:SHOWN_ROWS].tolist()),
        boundary_rows=tuple(np.flatnonzero(boundary)[:SHOWN_ROWS].tolist()),
        boundary=boundary,
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
