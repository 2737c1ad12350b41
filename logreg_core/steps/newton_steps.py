"""`newton_steps`: the climb of `newton`, one step at a time.

The loop is that of `newton.newton` (a test holds the two to the same bits) with everything it sees
written down on the way. Steps are computed in centred and scaled columns and shown in the
columns as given: Newton's method is the same under every such map, only its rounding differs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import blame
from ..ascent import (
    ETA_TOLERANCE,
    SUSPICIOUS_CHANGE,
    SUSPICIOUS_DECREMENT,
    Direction,
    Status,
    ascend,
    direction,
    retreat,
)
from ..blocks import ArrayBlocks, Coordinates, Terms
from ..named_blocks import NamedBlocks
from ..newton import sensible_share
from ..option_checks import check_options
from ..problem import Objective, Problem, null_log_odds, prepare, sample_coordinates
from ..row_checks import as_start
from ..workers import Workers
from .rows import row_details, survey
from .step import Step, Trial

__all__ = ["newton_steps"]

Floats = NDArray[np.float64]
SHOWN_ROWS = 1_000  # rows up to which mu, weights and responses of each are kept


def newton_steps(
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    fit_intercept: bool = True,
    l2: float = 0.0,
    start: Any = None,
    tol: float = 1e-10,
    max_iter: int = 50,
    endless: bool = False,
) -> Iterator[Step]:
    """How does Newton's method find the maximum?  Yields one `Step` at a time.

    beta <- beta + t information^-1 gradient, with t halved until the log-likelihood does not fall.

    Parameters
    ----------
    X, y, sample_weight, offset, n_trials, fit_intercept, l2, tol, max_iter : as in ``fit``.
    start : (k,) coefficients to start from, in the columns' units; the log-odds of the
        outcome and zeros where omitted. Unlike ``fit``, a start is obeyed however bad it is.
    endless : go on for max_iter steps, whatever the criteria say: on separated data, to see the
        coefficients grow without end.

    Yields
    ------
    Step; the last one says in ``status`` why it is the last.

    Raises
    ------
    DataError, as ``fit`` does.

    Notes
    -----
    Cost of a step: the pass of ``fit`` and one slow pass in NumPy, for the range of the log-odds.
    Up to 1,000 rows the steps hold the probabilities, weights and working responses of each.

    Examples
    --------
    >>> for step in newton_steps([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]):
    ...     digits = 0.0 if step.digits < 0.05 else step.digits
    ...     print(step.number, step.beta.round(6) + 0.0, round(step.loglik, 9), round(digits, 1))
    0 [0. 0.] -2.772588722 0.0
    1 [-2.   0.8] -2.352595439 0.8
    2 [-2.259972  0.903989] -2.347494016 2.2
    3 [-2.270444  0.908177] -2.347486535 5.0
    4 [-2.270461  0.908184] -2.347486535 10.6
    """
    check_options(l2=l2, tol=tol, max_iter=max_iter, fit_intercept=fit_intercept)
    problem = prepare(X, y, sample_weight, offset, n_trials, fit_intercept)
    given = as_start(start, len(problem.names))
    return _steps(problem, given, float(l2), _Ends(tol, max_iter, endless))


@dataclass(frozen=True)
class _Ends:
    """When to stop."""

    tol: float
    max_iter: int
    endless: bool


class _Recorder:
    """An objective that notes the height of every point tried."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self.heights: list[float] = []

    def __call__(self, beta: Floats, order: int, step: Floats | None = None) -> Terms:
        terms = self._objective(beta, order, step)
        self.heights.append(terms.loglik)
        return terms


def _steps(problem: Problem, start: Floats | None, l2: float, ends: _Ends) -> Iterator[Step]:
    blocks = problem.blocks
    with Workers(None, blocks.n_rows * len(problem.names)) as workers:
        where = sample_coordinates(blocks, problem.fit_intercept, problem.names)
        objective = Objective(blocks, where, workers, l2)
        null = objective.null(null_log_odds(blocks))
        beta = null if start is None else where.from_columns(start)
        terms = objective(beta, 2)
        if not terms.finite and isinstance(blocks, NamedBlocks):
            blocks.blame()
        elif not terms.finite and isinstance(blocks, ArrayBlocks):
            blame(blocks.X, problem.names[1:] if problem.fit_intercept else problem.names)
        digits, number = math.nan, 0
        while True:
            taken = _next(objective, beta, terms, number, ends)
            step = _shown(problem, where, beta, terms, number, taken)
            yield replace(step, digits_gained=step.digits - digits)
            if taken.status is not None:
                return
            beta, terms, digits, number = taken.beta, taken.terms, step.digits, number + 1


@dataclass(frozen=True)
class _Taken:
    """A step in the coordinates of the pass: direction, share of it, trials, where it led."""

    toward: Direction
    decrement: float
    step_length: float
    trials: tuple[Trial, ...]
    beta: Floats
    terms: Terms
    status: Status | None


def _next(objective: Objective, beta: Floats, here: Terms, number: int, ends: _Ends) -> _Taken:
    toward = direction(here.information, here.gradient)
    decrement = math.sqrt(max(toward.decrement, 0.0) / here.weight_sum)
    reach = objective(beta + toward.vector, 0, toward.vector).max_eta_change
    met = decrement <= ends.tol and reach <= ETA_TOLERANCE and not toward.damped
    if met and not ends.endless:
        return _Taken(toward, decrement, 1.0, (), beta + toward.vector, here, Status.CONVERGED)
    if number == ends.max_iter:
        return _Taken(toward, decrement, 0.0, (), beta, here, Status.MAX_ITER)
    share = sensible_share(toward, beta)
    tried = toward._replace(vector=toward.vector * share) if share < 1.0 else toward
    recorder = _Recorder(objective)
    taken = ascend(recorder, beta, here, tried)
    trials = tuple(Trial(share * 0.5**i, h) for i, h in enumerate(recorder.heights))
    close = decrement <= math.sqrt(ends.tol) * 1e-2 and reach <= math.sqrt(ETA_TOLERANCE)
    if taken is None and not close:
        taken = retreat(objective, beta, here)
        if taken is not None:  # to zero: not a share of the direction
            return _Taken(toward, decrement, 0.0, trials, taken.beta, taken.terms, None)
    if taken is None:
        status = Status.CONVERGED if close and not toward.damped else Status.STALLED
        return _Taken(toward, decrement, 0.0, trials, beta, here, status)
    change = taken.terms.max_eta_change
    runaway = decrement <= SUSPICIOUS_DECREMENT and change >= SUSPICIOUS_CHANGE
    judged = not objective.penalised and not ends.endless
    undecided = Status.UNDECIDED if runaway and judged else None
    length = share * taken.step_length
    return _Taken(toward, decrement, length, trials, taken.beta, taken.terms, undecided)


def _shown(
    problem: Problem, where: Coordinates, beta: Floats, here: Terms, number: int, taken: _Taken
) -> Step:
    """The step in the units of the columns as given."""
    low, high, change = survey(problem.blocks, where, beta, taken.toward.vector)
    to_pass = _jacobian(where)
    information = to_pass.T @ here.information @ to_pass
    digits = 16.0 if change == 0.0 else min(16.0, max(0.0, -math.log10(change)))
    rows: dict[str, Floats] = {}
    if problem.blocks.n_rows <= SHOWN_ROWS:
        names = ("mu", "working_weight", "working_response")
        rows = dict(zip(names, row_details(problem.blocks, where, beta), strict=True))
    return Step(
        number=number,
        names=problem.names,
        beta=where.to_columns(beta),
        loglik=here.loglik + problem.constant,
        eta_range=(low, high),
        gradient=to_pass.T @ here.gradient,
        information=information,
        condition_number=_condition(information),
        scaled_condition_number=_condition(here.information),
        direction=where.to_columns(taken.toward.vector),
        decrement=taken.decrement,
        max_eta_change=change,
        weight_sum=here.weight_sum,
        trials=tuple(t._replace(loglik=t.loglik + problem.constant) for t in taken.trials),
        step_length=taken.step_length,
        next_beta=where.to_columns(taken.beta),
        digits=digits,
        digits_gained=math.nan,
        damped=taken.toward.damped,
        status=taken.status,
        **rows,
    )


def _jacobian(where: Coordinates) -> Floats:
    """A (k, k) with  beta of the pass = A @ beta of the columns as given."""
    jacobian = np.diag(1.0 / where.scale)
    if where.columns[0] < 0:
        jacobian[0, 1:] = where.center[1:]
    return jacobian


def _condition(matrix: Floats) -> float:
    with np.errstate(all="ignore"):
        return float(np.linalg.cond(matrix)) if np.isfinite(matrix).all() else math.inf
