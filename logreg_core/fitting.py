"""`fit`: the one call from columns and outcomes to a `LogitFit`. It orchestrates; numbers happen
in the floors below."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .arrays import blame
from .ascent import Status, TraceRow
from .blocks import JOURNAL, ArrayBlocks
from .checkpoints import journal_of
from .concerns import raise_or_warn, warn_of_quality
from .design import Design
from .finishing import finish
from .firth import FirthObjective
from .judged_rows import as_fitted, refuse_firth
from .maximise import Maximum, Options, at_the_end, go_on, maximise, refine
from .named_blocks import NamedBlocks, has_offset
from .newton import newton
from .option_checks import check_options
from .problem import (
    Objective,
    Problem,
    null_log_odds,
    prepare,
    sample_coordinates,
)
from .result import LogitFit
from .row_checks import as_start
from .separated import Limit, find_separation, limit_fit, rows_at_hand
from .tails import null_loglik
from .workers import Workers

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["fit"]

Floats = NDArray[np.float64]


def fit(
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    fit_intercept: bool = True,
    l2: float = 0.0,
    penalty: str | None = None,
    solver: str = "auto",
    tol: float = 1e-10,
    max_iter: int = 50,
    start: Any = None,
    threads: int | None = None,
    inference: bool = True,
    n_trials: Any = None,
    certify: bool = False,
    on_separation: str = "warn",
    on_singular: str = "drop",
    callback: Callable[[TraceRow], None] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> LogitFit:
    """Which probability of the positive class follows from these columns?

    Maximises sum w [y eta - log(1 + exp(eta))] - l2/2 sum coef^2 over the coefficients, where
    eta = intercept + X coef + offset.

    Parameters
    ----------
    X : (n, columns) array or frame of real numbers, without a column of ones; or a `Design`,
        which holds its outcomes, or a block source (then y is left out).
    y : (n,) outcomes, any two labels; the last in sort order is the positive class. With
        n_trials: numbers of successes.
    sample_weight : (n,) frequencies: weight 2 is the row twice, 0 is no row (though NaN in it is
        still refused: a gap in the data is not passed over unsaid).
    offset : (n,) known part of the log-odds.
    fit_intercept : put an intercept first (unless a Design's formula leaves it out).
    l2 : ridge penalty, per squared unit of the coefficients; never on the intercept.
        scikit-learn's C is 1 / l2, glum's alpha is l2 / n.
    penalty : "firth" maximises loglik + 1/2 log|information|: finite for separated data too.
    solver : "auto" | "fast" | "newton" | "irls": see the modules `fast`, `newton` and `irls`. auto
        and fast are one: the fast climb where rows are many, the plain loop elsewhere;
        `LogitFit.solver` says which climbed.
    tol : the root of the Newton decrement per unit weight at which to stop (log-odds).
    max_iter : most steps.
    start : (k,) coefficients to start from, intercept first, in the columns' units. Used where
        its likelihood is above that of the log-odds start, which is taken otherwise.
    threads : at most so many; the bits do not depend on it.
    inference : False skips the covariance.
    n_trials : (n,) or a number: y counts successes among so many.
    on_separation, on_singular : "warn" or "drop" go on with a warning, "raise" raises.
    certify : also find how many digits are right: `LogitFit.certificate`. See `certify`.
    callback : called with a `TraceRow` after each step.
    checkpoint : a file that takes the sums of every pass as they are found. A fit that was
        killed, called again with the same file, rows and options, goes on from there and ends
        with the same bits. It is left where it is, and refused to a fit of anything else.

    Returns
    -------
    LogitFit

    Raises
    ------
    DataError, SeparationError, SingularError
    DataChangedError
        The rows of a block source are not those of an earlier reading, or of the checkpoint.

    Notes
    -----
    Cost: a pass over the data a step, usually 5 to 9; memory for a few blocks of 256 rows a
    thread; X is never copied whole.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> fit.coef.round(6)
    array([-2.270461,  0.908184])
    >>> fit.status.word
    'converged'
    """
    check_options(
        solver=solver, penalty=penalty, l2=l2, tol=tol, max_iter=max_iter, threads=threads,
        on_separation=on_separation, on_singular=on_singular, fit_intercept=fit_intercept,
        inference=inference, certify=certify, callback=callback, checkpoint=checkpoint,
    )  # fmt: skip
    rule = X.encoding if isinstance(X, Design | NamedBlocks) and y is None else None
    if rule is not None and not rule.intercept:
        fit_intercept = False  # its formula says so
    if certify:
        refuse_firth(penalty)
    problem = prepare(X, y, sample_weight, offset, n_trials, fit_intercept)
    start = as_start(start, len(problem.names))
    options = Options(solver, tol, max_iter, start, inference, callback)
    work = problem.blocks.n_rows * len(problem.names)
    journal = journal_of(checkpoint, problem, options, l2=l2, penalty=penalty)
    with Workers(threads, work) as workers, journal as remembered:
        workers.kept[JOURNAL] = remembered
        kind = FirthObjective if penalty == "firth" else Objective
        objective = kind(
            problem.blocks,
            sample_coordinates(problem.blocks, fit_intercept, problem.names),
            workers,
            float(l2),
        )
        log_odds = null_log_odds(problem.blocks)
        found = maximise(objective, problem.names, log_odds, options)
        if not found.run.terms.finite:
            _blame(problem)
        if found.independent.relations:
            raise_or_warn(found.independent.relations, on_singular)
        separation, limit = None, None
        if found.run.status is not Status.CONVERGED and not objective.penalised:
            separation, limit = _separation(problem, found, on_separation, options)
        if limit is None:
            open_question = separation is None and found.run.status is Status.UNDECIDED
            found = refine(go_on(found, options), options)
            if open_question and found.run.status is not Status.CONVERGED:
                found = replace(found, run=replace(found.run, status=Status.UNDECIDED))
            found = at_the_end(found) if inference else found
        null = _null_loglik(found.objective, log_odds)
        result = finish(problem, found, separation, limit, null, options, inference)
        if isinstance(X, Design | NamedBlocks):
            result = replace(result, encoding=X.encoding)
        if certify:
            from .certificate import judge  # most fits do without

            result.__dict__["_certificate"] = judge(as_fitted(result, problem), workers)
    warn_of_quality(result)
    return result


def _blame(problem: Problem) -> None:
    if isinstance(problem.blocks, NamedBlocks):
        problem.blocks.blame()
    elif isinstance(problem.blocks, ArrayBlocks):
        names = problem.names[1:] if problem.fit_intercept else problem.names
        blame(problem.blocks.X, names)


def _separation(
    problem: Problem, found: Maximum, on_separation: str, options: Options
) -> tuple[Separation | None, Limit | None]:
    problem = rows_at_hand(problem)
    separation = find_separation(problem)
    if separation is None or separation.kind == "none":
        return separation, None
    raise_or_warn(separation, on_separation)
    return separation, limit_fit(problem, found.objective, separation, options)


def _null_loglik(objective: Objective, log_odds: float) -> float:
    """Of the model without columns: in closed form, or by a climb where there is an offset."""
    intercept = bool(objective.coordinates.columns[0] < 0)
    if not has_offset(objective.blocks):
        return null_loglik(*objective.blocks.totals(), fit_intercept=intercept)
    if not intercept:
        return objective(np.zeros(len(objective.coordinates.columns)), 0).loglik
    alone = Objective(objective.blocks, objective.coordinates.take([0]), objective.workers)
    return newton(alone, alone.null(log_odds)).terms.loglik
