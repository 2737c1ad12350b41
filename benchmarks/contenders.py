"""The libraries that are scored for accuracy: each as it comes, and each as tight as it goes.

Every contender is asked for plain maximum likelihood: no penalty, with an intercept. What one
cannot take (offsets, counts, weights) is a NotImplementedError whose message is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.reference_suite import Floats, Problem

__all__ = ["CONTENDERS", "Answer", "Contender"]


@dataclass(frozen=True)
class Answer:
    """What a library said, intercept first; None for what it does not offer."""

    coef: Floats
    std_error: Floats | None = None
    loglik: float | None = None


@dataclass(frozen=True)
class Contender:
    """A library with one choice of settings."""

    name: str
    solve: Callable[[Problem], Answer]


def _columns(problem: Problem) -> tuple[Floats, bool]:
    """X, and whether to add an intercept: none of these libraries takes an X without columns."""
    if problem.X.shape[1]:
        return problem.X, True
    return np.ones((len(problem.y), 1)), False


def _ours(problem: Problem) -> Answer:
    try:
        from logreg_core import fit
    except ImportError:
        raise NotImplementedError("not there yet") from None
    X, fit_intercept = _columns(problem)
    result = fit(
        X,
        problem.y,
        fit_intercept=fit_intercept,
        sample_weight=problem.weight,
        n_trials=problem.n_trials,
        offset=problem.offset,
    )
    return Answer(result.coef, result.std_error, result.loglik)


def _sklearn(**settings: Any) -> Callable[[Problem], Answer]:
    def solve(problem: Problem) -> Answer:
        from sklearn.linear_model import LogisticRegression

        if problem.offset is not None:
            raise NotImplementedError("no offset")
        (X, intercept), y, weight = _columns(problem), problem.y, problem.weight
        if problem.n_trials is not None:  # a row for the successes and one for the failures
            X, weight = np.vstack([X, X]), np.concatenate([y, problem.n_trials - y])
            y = np.repeat([1.0, 0.0], len(y))
        model = LogisticRegression(C=np.inf, fit_intercept=intercept, **settings)
        model.fit(X, y, sample_weight=weight)
        added = model.intercept_[: int(intercept)]
        return Answer(np.concatenate([added, model.coef_[0]]))

    return solve


def _statsmodels_logit(**settings: Any) -> Callable[[Problem], Answer]:
    def solve(problem: Problem) -> Answer:
        import statsmodels.api as sm

        if problem.weight is not None or problem.n_trials is not None:
            raise NotImplementedError("no weights")
        design = np.column_stack([np.ones(len(problem.y)), problem.X])
        model = sm.Logit(problem.y, design, offset=problem.offset)
        result = model.fit(disp=0, **settings)
        return Answer(result.params, result.bse, float(result.llf))

    return solve


def _statsmodels_glm(**settings: Any) -> Callable[[Problem], Answer]:
    def solve(problem: Problem) -> Answer:
        import statsmodels.api as sm

        design = np.column_stack([np.ones(len(problem.y)), problem.X])
        outcome = problem.y
        if problem.n_trials is not None:
            outcome = np.column_stack([outcome, problem.n_trials - outcome])
        result = sm.GLM(
            outcome,
            design,
            family=sm.families.Binomial(),
            offset=problem.offset,
            freq_weights=problem.weight,
        ).fit(**settings)
        return Answer(result.params, result.bse, float(result.llf))

    return solve


def _glum(**settings: Any) -> Callable[[Problem], Answer]:
    def solve(problem: Problem) -> Answer:
        from glum import GeneralizedLinearRegressor

        (X, intercept), y, weight = _columns(problem), problem.y, problem.weight
        if problem.n_trials is not None:
            y, weight = y / problem.n_trials, problem.n_trials
        model = GeneralizedLinearRegressor(
            family="binomial", alpha=0, fit_intercept=intercept, **settings
        )
        model.fit(X, y, sample_weight=weight, offset=problem.offset)
        coef = np.concatenate([[model.intercept_][: int(intercept)], model.coef_])
        std_error = model.std_errors(
            X,
            y,
            sample_weight=weight,
            offset=problem.offset,
            dispersion=1.0,
            robust=False,
            expected_information=True,
        )
        # It multiplies the covariance by W / (W - k), a convention for estimated dispersions that
        # maximum likelihood does not have: undone here, so that the score is about arithmetic.
        total = float(len(y) if weight is None else weight.sum())
        return Answer(coef, np.asarray(std_error) * np.sqrt((total - len(coef)) / total))

    return solve


CONTENDERS = (
    Contender("logreg_core", _ours),
    Contender("sklearn-lbfgs", _sklearn(solver="lbfgs")),
    Contender("sklearn-lbfgs-tight", _sklearn(solver="lbfgs", tol=1e-12, max_iter=100_000)),
    Contender("sklearn-newton-cholesky", _sklearn(solver="newton-cholesky")),
    Contender("sklearn-newton-cholesky-tight", _sklearn(solver="newton-cholesky", tol=1e-12)),
    Contender("statsmodels-logit", _statsmodels_logit()),
    # Its Newton adds 1e-10 to the diagonal of the raw Hessian: nothing on columns of size one.
    Contender("statsmodels-logit-no-ridge", _statsmodels_logit(ridge_factor=0, maxiter=200)),
    Contender("statsmodels-glm", _statsmodels_glm()),
    Contender("glum", _glum()),
    Contender("glum-tight", _glum(gradient_tol=1e-12, max_iter=1000)),
)
