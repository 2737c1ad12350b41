"""Gradient descent, to see what Newton's method saves: one straight step uphill after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks import Coordinates
from ..errors import DataError
from ..option_checks import check_options
from ..problem import Objective, Problem, null_log_odds, prepare, sample_coordinates
from ..row_checks import as_start
from ..workers import Workers

__all__ = ["AscentStep", "gradient_descent_steps"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AscentStep:
    """Where gradient descent stands:  next_beta = beta + rate * gradient / weight_sum.

    beta, next_beta (k,): log-odds per unit of the column (or per standard unit, if standardised);
    gradient (k,): slope of the log-likelihood there; rate: the learning rate.
    """

    number: int
    beta: Floats
    loglik: float
    gradient: Floats
    rate: float
    weight_sum: float
    next_beta: Floats


def gradient_descent_steps(
    X: Any,
    y: Any = None,
    *,
    rate: float | None = None,
    start: Any = None,
    max_iter: int = 1_000,
    standardise: bool = False,
    fit_intercept: bool = True,
) -> Iterator[AscentStep]:
    """How would gradient descent climb?  beta <- beta + rate * gradient / n, max_iter times.

    (Descent is the field's word: it descends minus the log-likelihood, which is what climbs here.)

    Parameters
    ----------
    X, y, fit_intercept : as in ``fit``.
    rate : the learning rate; 4 n / (largest eigenvalue of X'X) where omitted: the inverse of the
        curvature's bound, so that no step can overshoot.
    start : (k,) coefficients to start from; those of ``newton_steps`` where omitted.
    max_iter : steps; there is no other end.
    standardise : step in columns centred and divided by a power of two near their standard
        deviation, and show the coefficients of those. Newton's path does not depend on such a
        choice, this one does.

    Yields
    ------
    AscentStep

    Raises
    ------
    DataError, as ``fit`` does.

    Examples
    --------
    >>> *_, last = gradient_descent_steps([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], max_iter=500)
    >>> last.beta.round(3)                                 # on the way to (-2.270461, 0.908184)
    array([-2.267,  0.907])
    """
    check_options(max_iter=max_iter, fit_intercept=fit_intercept)
    problem = prepare(X, y, None, None, None, fit_intercept)
    given = as_start(start, len(problem.names))
    if rate is not None and not 0.0 < rate < np.inf:
        raise DataError(
            f"rate is {rate!r}",
            "a positive number, or None",
            "there is no step of this length",
            "leave it out: the largest safe rate is used then",
            option="rate",
            value=rate,
        )
    return _steps(problem, given, rate, max_iter, standardise)


def _steps(
    problem: Problem, start: Floats | None, rate: float | None, max_iter: int, standardise: bool
) -> Iterator[AscentStep]:
    blocks = problem.blocks
    with Workers(None, blocks.n_rows * len(problem.names)) as workers:
        inside = sample_coordinates(blocks, problem.fit_intercept, problem.names)
        k = len(inside.columns)
        where = inside if standardise else Coordinates(inside.columns, np.zeros(k), np.ones(k))
        objective = Objective(blocks, where, workers)
        beta = objective.null(null_log_odds(blocks)) if start is None else start
        if rate is None:
            flat = objective(np.zeros(k), 2)  # at zero every weight is 1/4, its largest value
            rate = flat.weight_sum / float(np.linalg.eigvalsh(flat.information)[-1])
        for number in range(max_iter + 1):
            here = objective(beta, 1)
            beyond = beta + rate * here.gradient / here.weight_sum
            yield AscentStep(
                number, beta, here.loglik, here.gradient, rate, here.weight_sum, beyond
            )
            beta = beyond
