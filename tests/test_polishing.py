"""Polished fits against 50 digits.

Coefficients: the nearest double or its neighbour (one unit in the last place), whatever the
family. Log-likelihoods: 13 digits, as good as doubles of their inputs' size allow (binomial
constants are plain doubles). Standard errors keep what one information in doubles gives: 13, or
13 less the digits that collinearity costs once, as in test_crosscheck_peers.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import logreg_core as lc
from benchmarks import reference_suite as suite
from logreg_core.ascent import Status
from logreg_core.errors import DataError, LogregError, SeparationError

pytestmark = pytest.mark.filterwarnings("ignore::logreg_core.errors.LogregWarning")


@pytest.mark.parametrize("name", suite.names())
def test_the_suite_to_the_last_bit(name: str) -> None:
    problem = suite.load(name)
    X = problem.X if problem.X.shape[1] else np.ones((len(problem.y), 1))
    rest = {
        "sample_weight": problem.weight, "n_trials": problem.n_trials, "offset": problem.offset,
    }  # fmt: skip
    fit = lc.fit(X, problem.y, fit_intercept=bool(problem.X.shape[1]), **rest)
    better = lc.polish(fit, X, problem.y, **rest)
    units = np.abs(better.coef - problem.coef) / np.spacing(np.abs(problem.coef))
    assert units.max() <= 1.0
    assert suite.lre(better.coef, problem.coef_digits).min() == suite.MOST_DIGITS
    assert suite.lre(better.loglik, problem.loglik_digits).min() >= 13.0
    hard = problem.family == "collinear" or problem.name == "star98"
    least = 14.0 - math.log10(problem.condition) if hard else 13.0
    assert suite.lre(better.std_error, problem.std_error_digits).min() >= least - 1.0
    found = better.certificate
    assert found is not None
    assert found.proven
    assert found.digits.min() >= 15.8
    assert better.converged
    np.testing.assert_allclose(better.probability(X), fit.probability(X), rtol=1e-8)
    if fit.root is not None and better.root is not None:
        np.testing.assert_allclose(better.condition_number, fit.condition_number, rtol=1e-6)


def drawn() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = random.normal(size=(300, 3))
    return X, (random.random(300) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)


def test_from_anywhere_to_the_same_bits() -> None:
    X, y = drawn()
    fit = lc.fit(X, y)
    whole = lc.polish(fit, X, y)
    starts = [
        lc.fit(X, y, max_iter=1),
        lc.fit(X, y, solver="irls"),
        dataclasses.replace(fit, coef=fit.coef * 1.01),
        dataclasses.replace(fit, coef=np.array([50.0, -3e3, 1.0, 7.0])),
        whole,
    ]
    for start in starts:
        better = lc.polish(start, X, y)
        np.testing.assert_array_equal(better.coef, whole.coef)
        np.testing.assert_allclose(better.std_error, whole.std_error, rtol=1e-13)
        assert better.status is Status.CONVERGED


def test_ridge_dropped_columns_and_no_intercept() -> None:
    X, y = drawn()
    for options in ({"l2": 3.0}, {"fit_intercept": False}):
        exact = lc.reference.fit(X, y, 30, **options)
        better = lc.polish(lc.fit(X, y, **options), X, y)
        assert suite.lre(better.coef, exact.coef_digits).min() == suite.MOST_DIGITS
        assert suite.lre(better.loglik, exact.loglik_digits).min() >= 14.0
        np.testing.assert_allclose(better.std_error, exact.std_error, rtol=1e-13)
    fit = lc.fit(X, y, l2=3.0)
    assert lc.polish(fit, X, y).penalised_loglik == pytest.approx(fit.penalised_loglik, rel=1e-13)
    wide = np.column_stack([X, X[:, 0] + X[:, 1]])
    better = lc.polish(lc.fit(wide, y), wide, y)
    assert np.isnan(better.coef[4])
    np.testing.assert_array_equal(better.coef[:4], lc.polish(lc.fit(X, y), X, y).coef)


def test_without_standard_errors_there_are_none_after() -> None:
    X, y = drawn()
    better = lc.polish(lc.fit(X, y, inference=False), X, y)
    assert better.covariance_or_none is None
    assert better.root is None


def test_the_fit_given_is_unchanged() -> None:
    X, y = drawn()
    fit = lc.fit(X, y)
    before = fit.coef.copy()
    lc.polish(fit, X, y)
    np.testing.assert_array_equal(fit.coef, before)
    assert fit.certificate is None


def test_no_maximum_no_polish() -> None:
    X = np.array([[0.0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]])
    y = np.array([0, 1, 0, 1, 1, 1])
    for fit in (lc.fit(X, y), lc.fit(X, y, max_iter=2)):
        with pytest.raises(SeparationError, match="x2"):
            lc.polish(fit, X, y)
    X, y = drawn()
    with pytest.raises(DataError, match="concave"):
        lc.polish(lc.fit(X, y, penalty="firth"), X, y)


def test_what_cannot_be_refined_is_not_returned() -> None:
    random = np.random.default_rng(3)
    X, y = drawn()
    X[:, 1] = X[:, 0] * (1.0 + 4e-16 * random.integers(-1, 2, len(X)))
    bad = dataclasses.replace(
        lc.fit(X, y), coef=np.array([0.1, 5e14, -5e14, 0.3]), aliased=()
    )  # fmt: skip
    with pytest.raises(LogregError, match="did not settle"):
        lc.polish(bad, X, y)
