"""`fit`: the one call from columns and outcomes to a `LogitFit`. It orchestrates; numbers happen
in the floors below."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ascent import Run, Status, TraceRow, direction
from .arrays import blame
from .blocks import ArrayBlocks, Coordinates, Terms, Workers
from .cholesky_kernels import factorise, invert
from .errors import (
    ConvergenceWarning,
    DataError,
    IllConditionedWarning,
    SeparationError,
    SeparationWarning,
    SingularError,
    SingularWarning,
)
from .inference import null_loglik
from .newton import newton
from .problem import Objective, Problem, null_log_odds, prepare, sample_coordinates
from .rank import DOUBTFUL, Independent, Relation, independent_columns, whitened
from .result import LogitFit
from .separation import Separation, detect

__all__ = ["fit"]

Floats = NDArray[np.float64]
SOLVERS = ("auto", "newton")


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
) -> LogitFit:
    """Which probability of the positive class follows from these columns?

    Maximises sum w [y eta - log(1 + exp(eta))] - l2/2 sum coef^2 over the coefficients, where
    eta = intercept + X coef + offset.

    Parameters
    ----------
    X : (n, columns) array or frame of real numbers, without a column of ones.
    y : (n,) outcomes, any two labels; the last in sort order is the positive class. With
        n_trials: numbers of successes.
    sample_weight : (n,) frequencies: weight 2 is the row twice, 0 is no row.
    offset : (n,) known part of the log-odds.
    fit_intercept : put an intercept first.
    l2 : ridge penalty, per squared unit of the coefficients; never on the intercept.
        scikit-learn's C is 1 / l2, glum's alpha is l2 / n.
    solver : "auto" | "newton".
    tol : the root of the Newton decrement per unit weight at which to stop (log-odds).
    max_iter : most steps.
    start : (k,) coefficients to start from, intercept first, in the columns' units. Used where
        its likelihood is above that of the log-odds start, which is taken otherwise.
    threads : at most so many; the bits do not depend on it.
    inference : False skips the covariance.
    n_trials : (n,) or a number: y counts successes among so many.
    on_separation, on_singular : "warn" or "drop" go on with a warning, "raise" raises.
    callback : called with a `TraceRow` after each step.

    Returns
    -------
    LogitFit

    Raises
    ------
    DataError, SeparationError, SingularError

    Notes
    -----
    Cost: a pass over the data a step, usually 5 to 9; memory for a few blocks of 256 rows a
    thread; X is never copied whole.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> fit.coef.round(6)
    array([-2.284581,  0.913832])
    >>> fit.status.word
    'converged'
    """
    _check_options(solver, penalty, l2, tol, max_iter, on_separation, on_singular)
    problem = prepare(X, y, sample_weight, offset, n_trials, fit_intercept)
    with Workers(threads, problem.blocks.n_rows * len(problem.names)) as workers:
        objective = Objective(
            problem.blocks, sample_coordinates(problem.blocks, fit_intercept), workers, float(l2)
        )
        shift = getattr(problem.blocks, "offset", np.empty(0))
        log_odds = null_log_odds(problem.blocks, shift)
        independent = _independent(problem, objective, log_odds, on_singular)
        objective = objective.at(independent.coordinates)
        beta, terms = _start(objective, independent, log_odds, start, len(problem.names))
        run = newton(
            objective, beta, terms=terms, tol=tol, max_iter=max_iter, callback=callback
        )
        separation = None
        if run.status is not Status.CONVERGED and not l2:
            separation = _separation(problem, on_separation)
            if separation.kind == "none":
                run = _go_on(objective, run, tol, max_iter, callback)
            else:
                run = Run(run.beta, run.terms, Status.SEPARATED, run.trace)
        objective, run = _refine(objective, run, tol, max_iter, callback)
        null = _null_loglik(objective, log_odds, shift)
    return _result(
        problem, objective, run, independent, separation, null,
        tol=tol, inference=inference, l2=float(l2), penalty=penalty,
    )  # fmt: skip


def _check_options(
    solver: str,
    penalty: str | None,
    l2: float,
    tol: float,
    max_iter: int,
    on_separation: str,
    on_singular: str,
) -> None:
    def choice(name: str, value: object, known: tuple[object, ...]) -> None:
        if value not in known:
            listed = ", ".join(repr(k) for k in known)
            raise DataError(f"{name} is {value!r}", f"one of {listed}", "", f"correct {name}")

    choice("solver", solver, SOLVERS)
    choice("penalty", penalty, (None,))
    choice("on_separation", on_separation, ("warn", "raise"))
    choice("on_singular", on_singular, ("drop", "raise"))
    for name, value, good in (
        ("l2", l2, l2 >= 0 and np.isfinite(l2)),
        ("tol", tol, tol > 0),
        ("max_iter", max_iter, max_iter >= 0),
    ):
        if not good:
            raise DataError(f"{name} is {value!r}", "a finite number not below 0", "", "")


def _independent(
    problem: Problem, objective: Objective, log_odds: float, on_singular: str
) -> Independent:
    def null_terms(coordinates: Coordinates) -> Terms:
        seen = objective.at(coordinates)
        return seen(seen.null(log_odds), 2)

    terms = null_terms(objective.coordinates)
    if not terms.finite:
        _blame(problem)
    names = problem.names
    if objective.l2:
        return Independent(np.arange(len(names)), (), objective.coordinates, terms)
    found = independent_columns(null_terms, objective.coordinates, terms, names)
    if found.relations:
        _report_singular(found.relations, on_singular)
    return found


def _blame(problem: Problem) -> None:
    if isinstance(problem.blocks, ArrayBlocks):
        names = problem.names[1:] if problem.fit_intercept else problem.names
        blame(problem.blocks.X, names)


def _report_singular(relations: tuple[Relation, ...], on_singular: str) -> None:
    parts = (
        "; ".join(str(relation) for relation in relations),
        "columns none of which is a combination of others",
        f"the coefficients of {', '.join(r.name for r in relations)} are not determined",
        "the leftmost columns are kept and these dropped; drop them yourself to be rid of this"
        if on_singular == "drop"
        else "drop these columns, or use on_singular='drop' or l2",
    )
    if on_singular == "raise":
        raise SingularError(*parts, aliased=relations)
    warnings.warn(SingularWarning(*parts, aliased=relations), stacklevel=4)


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
            f"start has {len(given)} values", f"{k} finite numbers, the intercept's first", "", ""
        )
    inside = objective.coordinates.from_columns(given[independent.kept])
    there = objective(inside, 2)
    return (inside, there) if there.finite and there.loglik > terms.loglik else (beta, terms)


def _separation(problem: Problem, on_separation: str) -> Separation:
    blocks = problem.blocks
    assert isinstance(blocks, ArrayBlocks)
    names = problem.names[1:] if problem.fit_intercept else problem.names
    if blocks.success.size:
        found = detect(
            blocks.X, blocks.success, failures=blocks.failure, names=names,
            fit_intercept=problem.fit_intercept,
        )  # fmt: skip
    else:
        weight = blocks.weight if blocks.weight.size else None
        found = detect(
            blocks.X, blocks.y, names=names, sample_weight=weight,
            fit_intercept=problem.fit_intercept,
        )  # fmt: skip
    if found.kind != "none":
        parts = (
            found.explain(),
            "outcomes that overlap in every direction",
            "no finite maximum exists",
            "drop or merge the columns named, or use penalty='firth' or l2",
        )
        if on_separation == "raise":
            raise SeparationError(*parts, separation=found)
        warnings.warn(SeparationWarning(*parts, separation=found), stacklevel=4)
    return found


def _go_on(
    objective: Objective,
    run: Run,
    tol: float,
    max_iter: int,
    callback: Callable[[TraceRow], None] | None,
) -> Run:
    """Resume a run that only looked like separation."""
    if run.status is not Status.UNDECIDED:
        return run
    rest = newton(
        objective, run.beta, terms=run.terms, tol=tol, max_iter=max_iter - len(run.trace),
        suspicious=False, callback=callback,
    )  # fmt: skip
    return Run(rest.beta, rest.terms, rest.status, run.trace + rest.trace)


def _refine(
    objective: Objective,
    run: Run,
    tol: float,
    max_iter: int,
    callback: Callable[[TraceRow], None] | None,
) -> tuple[Objective, Run]:
    """Where the columns are nearly collinear at the maximum, end the climb in rotated columns.

    There both the gradient and the information keep the digits that the Gram matrix loses.
    """
    for _ in range(3):
        _, pivots, _ = factorise(run.terms.information, 0.0)
        if run.status not in (Status.CONVERGED, Status.STALLED) or pivots.min() >= DOUBTFUL:
            break
        before = objective.coordinates
        turned = objective.at(whitened(before, run.terms.information))
        step = np.linalg.solve(
            turned.coordinates.rotation,
            before.rotation @ run.beta if before.rotation.size else run.beta,
        )
        rest = newton(turned, step, tol=tol, max_iter=max_iter, suspicious=False, callback=callback)
        objective = turned
        run = Run(rest.beta, rest.terms, rest.status, run.trace + rest.trace)
    return objective, run


def _null_loglik(objective: Objective, log_odds: float, shift: Floats) -> float:
    intercept = objective.coordinates.columns[0] < 0
    if not shift.size:
        return null_loglik(*objective.blocks.totals(), fit_intercept=bool(intercept))
    if not intercept:
        return objective(np.zeros(len(objective.coordinates.columns)), 0).loglik
    alone = Objective(objective.blocks, objective.coordinates.take([0]), objective.workers)
    return newton(alone, alone.null(log_odds)).terms.loglik


def _result(
    problem: Problem,
    objective: Objective,
    run: Run,
    independent: Independent,
    separation: Separation | None,
    null: float,
    *,
    tol: float,
    inference: bool,
    l2: float,
    penalty: str | None,
) -> LogitFit:
    coordinates, kept = objective.coordinates, independent.kept
    k = len(problem.names)
    coef, centered, center = np.full(k, np.nan), np.full(k, np.nan), np.zeros(k)
    coef[kept] = coordinates.to_columns(run.beta)
    plain = coordinates.rotation @ run.beta if coordinates.rotation.size else run.beta
    centered[kept] = plain * coordinates.scale
    center[kept] = coordinates.center
    covariance = root = None
    if inference:
        covariance, root = _covariance(coordinates, run.terms.information, kept, k)
    if separation is not None and separation.kind != "none":
        for name, sign in separation.infinite.items():
            coef[problem.names.index(name)] = sign
    result = LogitFit(
        names=problem.names, coef=coef, classes=problem.classes,
        loglik=_plain_loglik(objective, run) + problem.constant,
        null_loglik=null + problem.constant,
        n_rows=run.terms.n_rows, weight_sum=run.terms.weight_sum, status=run.status,
        aliased=independent.relations, separation=separation,
        fit_intercept=problem.fit_intercept, center=center, centered_coef=centered, root=root,
        covariance_or_none=covariance, steps=run.trace, solver="newton", tol=tol, l2=l2,
        penalty=penalty, weighted=problem.weighted,
    )  # fmt: skip
    _warn(result, run)
    return result


def _plain_loglik(objective: Objective, run: Run) -> float:
    """Without the penalty."""
    if not objective.l2:
        return run.terms.loglik
    return Objective(objective.blocks, objective.coordinates, objective.workers)(run.beta, 0).loglik


def _covariance(
    coordinates: Coordinates, information: Floats, kept: NDArray[np.intp], k: int
) -> tuple[Floats, Floats]:
    factor, pivots, d = factorise(information, 0.0)
    root = factor.T * d
    if coordinates.rotation.size:
        root = np.linalg.solve(coordinates.rotation.T, root.T).T
    covariance = np.full((k, k), np.nan)
    if pivots[-1] > 0.0:
        covariance[np.ix_(kept, kept)] = coordinates.covariance(invert(factor, d))
    return covariance, root


def _warn(result: LogitFit, run: Run) -> None:
    if result.status in (Status.MAX_ITER, Status.STALLED, Status.UNDECIDED):
        last = run.trace[-1] if run.trace else None
        decrement = last.decrement if last else direction(
            run.terms.information, run.terms.gradient
        ).decrement
        change = last.max_eta_change if last else np.inf
        warnings.warn(
            ConvergenceWarning(
                f"the fit ended after {len(run.trace)} steps with a decrement of {decrement:.3g} "
                f"and a largest change of a log-odds of {change:.3g}",
                f"a decrement of at most {result.tol:g}",
                str(result.status),
                "see fit.trace",
                decrement=decrement,
                max_eta_change=change,
                status=result.status,
            ),
            stacklevel=4,
        )
    if result.root is not None and result.converged:
        lengths = (result.root**2).sum(axis=0)
        # the last diagonal entries of R are what a column adds to those before it
        share = np.abs(result.root.diagonal()) / np.sqrt(lengths)
        if share.min() < 1e-9:
            name = [n for n, c in zip(result.names, result.coef, strict=True) if not np.isnan(c)][
                int(share.argmin())
            ]
            warnings.warn(
                IllConditionedWarning(
                    f"column {name!r} is a combination of the columns before it up to a share of "
                    f"{share.min():.1e}",
                    "columns that differ by more than rounding",
                    f"about {max(0, int(16 + np.log10(share.min())))} digits of its coefficient "
                    "are right",
                    "drop or merge columns, or use l2",
                    column=name,
                    condition_number=result.condition_number,
                ),
                stacklevel=4,
            )
