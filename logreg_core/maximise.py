"""From an objective to its maximum: independent columns, a start, a climb, a refinement.

What `fit`, the null model with offset, limit fits of separated data and tests of nested models
have in common. No warnings and no words here: the caller decides what to say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ascent import Callback, Run, Status, direction
from .blocks import Terms
from .cholesky_kernels import factorise
from .coordinates import Coordinates
from .errors import DataError
from .fast import fast, suited
from .firth import FirthObjective, secant_steps
from .irls import weighted_least_squares
from .named_blocks import has_offset, without_offset
from .newton import newton
from .problem import Objective
from .rank import DOUBTFUL, Independent, independent_columns, whitened

__all__ = ["Maximum", "Options", "at_the_end", "go_on", "maximise", "refine"]

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-13  # a last change of the log-odds below this leaves the information as it is


@dataclass(frozen=True)
class Options:
    """How to climb: see `fit`. start is (k,) in the columns' own units, or None."""

    solver: str = "auto"
    tol: float = 1e-10
    max_iter: int = 50
    start: Any = None
    inference: bool = True
    callback: Callback | None = None


@dataclass(frozen=True)
class Maximum:
    """Where a climb ended; the objective in the coordinates it ended in; the columns kept."""

    objective: Objective
    run: Run
    independent: Independent
    solver: str = "newton"


def maximise(
    objective: Objective, names: tuple[str, ...], log_odds: float, options: Options
) -> Maximum:
    """Climb from the better of the user's start and constant ``log_odds``.

    The run may end `Status.UNDECIDED`: the caller looks for separation and may `go_on`.
    """
    if options.solver in ("auto", "fast") and options.start is None and suited(objective):
        run = fast(
            objective, log_odds, tol=options.tol, max_iter=options.max_iter,
            inference=options.inference, callback=options.callback,
        )  # fmt: skip
        if run is not None:
            everything = np.arange(len(names))
            independent = Independent(everything, (), objective.coordinates, run.terms)
            return Maximum(objective, run, independent, "fast")
    independent = _independent(objective, names, log_odds)
    objective = objective.at(independent.coordinates)
    beta, terms = _start(objective, independent, log_odds, options.start, len(names))
    if not terms.finite:
        run = Run(beta, terms, Status.STALLED, ())
        return Maximum(objective, run, independent, _loop(options))
    run = _climb(objective, beta, terms, options, suspicious=not objective.penalised)
    return Maximum(objective, run, independent, _loop(options))


def _loop(options: Options) -> str:
    return "irls" if options.solver == "irls" else "newton"


def go_on(found: Maximum, options: Options) -> Maximum:
    """Resume a run that only looked like separation."""
    run = found.run
    if run.status is not Status.UNDECIDED:
        return found
    left = replace(options, max_iter=max(0, options.max_iter - len(run.trace)))
    rest = _climb(found.objective, run.beta, None, left, suspicious=False)
    return replace(found, run=replace(rest, trace=run.trace + rest.trace))


def refine(found: Maximum, options: Options) -> Maximum:
    """Where the columns are nearly collinear at the maximum, end the climb in rotated columns.

    There both the gradient and the information keep the digits that the Gram matrix loses: the
    coefficients and standard errors lose log10 of the condition number, not twice that.
    """
    for _ in range(3):
        run, before = found.run, found.objective.coordinates
        if not run.terms.information.size:
            break  # the fast climb has checked the pivots of its sample
        pivots = factorise(run.terms.information)[1]
        if run.status not in (Status.CONVERGED, Status.STALLED) or pivots.min() >= DOUBTFUL:
            break
        turned = found.objective.at(whitened(before, run.terms.information))
        plain = before.rotation @ run.beta if before.rotation.size else run.beta
        beta = np.asarray(np.linalg.solve(turned.coordinates.rotation, plain), dtype=np.float64)
        rest = _climb(turned, beta, turned(beta, 2), options, suspicious=False)
        found = replace(found, objective=turned, run=replace(rest, trace=run.trace + rest.trace))
    return found


def at_the_end(found: Maximum) -> Maximum:
    """The terms at the point returned, where the last step was not negligible.

    A climb ends with a step it does not evaluate. Standard errors taken one step before the
    maximum are those R's glm prints; they may be wrong in the tenth digit.
    """
    run = found.run
    last = run.trace[-1] if run.trace else None
    if run.status is not Status.CONVERGED or last is None or last.max_eta_change <= NEGLIGIBLE:
        return found
    if found.solver == "fast" and run.terms.information.size:
        return found  # taken so close to the maximum that its digits are the maximum's
    terms = found.objective(run.beta, 2)
    if not terms.finite:
        return found
    # The gradient came with the information: the step it gives costs nothing.
    toward = direction(terms.information, terms.gradient)
    beta = run.beta if toward.damped else run.beta + toward.vector
    return replace(found, run=replace(run, beta=beta, terms=terms))


def _climb(
    objective: Objective, beta: Floats, terms: Terms | None, options: Options, *, suspicious: bool
) -> Run:
    towards = None
    if isinstance(objective, FirthObjective):
        towards = secant_steps()
    elif options.solver == "irls":
        towards = weighted_least_squares(objective)
    return newton(
        objective,
        beta,
        terms=terms,
        towards=towards,
        tol=options.tol,
        max_iter=options.max_iter,
        suspicious=suspicious,
        callback=options.callback,
    )


def _independent(objective: Objective, names: tuple[str, ...], log_odds: float) -> Independent:
    # Firth's penalty is not finite before redundant columns are gone: they show without it. So do
    # they without the offset, which may leave no row with any curvature.
    firth = isinstance(objective, FirthObjective)
    shifted = has_offset(objective.blocks)
    judge = objective
    if firth or shifted:
        blocks = without_offset(objective.blocks)
        judge = Objective(blocks, objective.coordinates, objective.workers)

    def null_terms(coordinates: Coordinates) -> Terms:
        seen = judge.at(coordinates)
        return seen(seen.null(log_odds), 2)

    terms = null_terms(objective.coordinates)
    if objective.l2 or not terms.finite:
        found = Independent(np.arange(len(names)), (), objective.coordinates, terms)
    else:
        found = independent_columns(null_terms, objective.coordinates, terms, names)
    if judge is objective:
        return found
    seen = objective.at(found.coordinates)
    return replace(found, terms=seen(seen.null(log_odds), 2))


def _start(
    objective: Objective, independent: Independent, log_odds: float, start: Any, k: int
) -> tuple[Floats, Terms]:
    """The better of the user's start and the log-odds start, by their likelihood."""
    beta, terms = objective.null(log_odds), independent.terms
    if start is None:
        return beta, terms
    given = np.asarray(start, dtype=np.float64).reshape(-1)
    if len(given) != k or not np.isfinite(given).all():
        raise DataError(
            f"start has {len(given)} values, {np.count_nonzero(~np.isfinite(given))} not finite",
            f"{k} finite numbers, the intercept's first",
            "the fit cannot begin there",
            "pass start=None for the log-odds start",
        )
    inside = objective.coordinates.from_columns(given[independent.kept])
    there = objective(inside, 2)
    return (inside, there) if there.finite and there.loglik > terms.loglik else (beta, terms)
