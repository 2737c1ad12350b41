"""Firth's penalty: published values, the definition of the maximum, and the usual invariances.

The endometrial values were found by Newton steps in 40-digit arithmetic; the published ones, made
with a looser stop, share their first seven digits. The climb is linear and ends at a
decrement of 1e-10, so definitions hold to 1e-8 and two fits of the same rows to 1e-9.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core import formulas


def small_sample() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    X = rng.normal(size=(40, 3)) * [1.0, 100.0, 0.01] + [0.0, 1e4, 0.0]
    return X, (rng.random(40) < 0.3).astype(int)


@pytest.mark.real_data
def test_endometrial_cancer(real_data_dir) -> None:
    frame = pd.read_csv(real_data_dir / "endometrial.csv")
    fit = lc.fit(frame[["NV", "PI", "EH"]], frame["HG"], penalty="firth")
    assert fit.converged
    exact = [3.77455971364711, 2.92927335319712, -0.0347517598704367, -2.60416392529368]
    np.testing.assert_allclose(fit.coef, exact, rtol=1e-10)
    published = [3.77455951, 2.92927330, -0.03475175, -2.60416387]
    np.testing.assert_allclose(exact, published, rtol=3e-7)


def penalised(X: np.ndarray, y: np.ndarray, beta: np.ndarray) -> float:
    success, failure = formulas.outcome_weights(y)
    loglik = formulas.log_likelihood(X, success, failure, beta)
    information = -formulas.hessian(X, success, failure, beta)
    return float(loglik + 0.5 * np.linalg.slogdet(information)[1])


def test_it_is_the_maximum_of_the_penalised_likelihood() -> None:
    X, y = small_sample()
    fit = lc.fit(X, y, penalty="firth")
    Z = np.column_stack([np.ones(len(y)), X])
    top = penalised(Z, y, fit.coef)
    for j, unit in enumerate(fit.std_error):
        for sign in (-1.0, 1.0):
            beside = fit.coef.copy()
            beside[j] += sign * 1e-3 * unit
            assert penalised(Z, y, beside) < top
    assert fit.penalised_loglik is not None
    assert fit.loglik == pytest.approx(
        formulas.log_likelihood(Z, *formulas.outcome_weights(y), fit.coef), rel=1e-12
    )


def test_standard_errors_are_those_of_the_information_there() -> None:
    X, y = small_sample()
    fit = lc.fit(X, y, penalty="firth")
    Z = np.column_stack([np.ones(len(y)), (X - X.mean(axis=0)) / X.std(axis=0)])
    scaled = lc.fit(Z[:, 1:], y, penalty="firth")
    information = -formulas.hessian(Z, *formulas.outcome_weights(y), scaled.coef)
    expected = np.sqrt(np.linalg.inv(information).diagonal())
    np.testing.assert_allclose(scaled.std_error, expected, rtol=1e-7)
    np.testing.assert_allclose(fit.std_error[1:], expected[1:] / X.std(axis=0), rtol=1e-7)


def test_integer_weights_are_repeated_rows() -> None:
    X, y = small_sample()
    weight = np.arange(len(y)) % 3
    weighted = lc.fit(X, y, penalty="firth", sample_weight=weight)
    repeated = lc.fit(X.repeat(weight, axis=0), y.repeat(weight), penalty="firth")
    np.testing.assert_allclose(weighted.coef, repeated.coef, rtol=1e-9)
    assert weighted.loglik == pytest.approx(repeated.loglik, rel=1e-12)


def test_separated_rows_have_a_finite_answer_and_no_warning() -> None:
    fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1], penalty="firth")
    assert fit.converged
    assert np.isfinite(fit.coef).all()
    assert "Firth" in str(fit)


def test_another_library_agrees() -> None:
    firthmodels = pytest.importorskip("firthmodels")
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 2))
    y = (rng.random(60) < 0.2).astype(int)
    fit = lc.fit(X, y, penalty="firth")
    other = firthmodels.FirthLogisticRegression(gtol=1e-10, xtol=1e-10).fit(X, y)
    np.testing.assert_allclose(fit.coef[1:], other.coef_, rtol=1e-6)
    assert fit.coef[0] == pytest.approx(float(other.intercept_), rel=1e-6)
