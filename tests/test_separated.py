"""Limits of separated fits: what is infinite, and the values and errors of what is not.

Tolerances: the limits are fits of the boundary rows, quadratically converged on well-conditioned
columns: 1e-10; DESIGN's endometrial values have 16 digits.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.errors import SeparationError, SeparationWarning


def fitted(X, y, **settings):
    with pytest.warns(SeparationWarning):
        return lc.fit(X, y, **settings)


SIX_X = np.array([[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]], float)
SIX_Y = np.array([0, 0, 0, 1, 0, 1])


@pytest.mark.parametrize("solver", ["auto", "newton", "irls"])
def test_quasi_complete_six_rows(solver):
    fit = fitted(SIX_X, SIX_Y, solver=solver)
    assert fit.status.word == "separated"
    assert not fit.converged
    assert fit.coef.tolist() == [-np.inf, np.inf, np.inf]
    assert fit.loglik == pytest.approx(-4 * math.log(2), rel=1e-14)
    np.testing.assert_allclose(fit.probability(SIX_X), [0, 0, 0.5, 0.5, 0.5, 0.5], atol=1e-3)


def test_complete_separation_by_all_rows():
    fit = fitted(
        [[1, -1, 2], [1, -1, -2], [1, -2, -2], [1, 2, 2]], [0, 1, 1, 1], fit_intercept=False
    )
    assert fit.separation.kind == "complete"
    assert fit.loglik == 0.0
    assert fit.status.word == "separated"


def test_endometrial_limits(real_data_dir):
    frame = pd.read_csv(real_data_dir / "endometrial.csv")
    fit = fitted(frame[["NV", "PI", "EH"]], frame["HG"])
    assert fit.coef[1] == np.inf
    expected = [4.30451778305782, -0.042183403256789973, -2.9026056137775759]
    np.testing.assert_allclose(fit.coef[[0, 2, 3]], expected, rtol=1e-12)
    assert np.isnan(fit.std_error[1])
    assert np.isfinite(fit.std_error[[0, 2, 3]]).all()


def test_the_limit_is_the_fit_of_the_rows_on_the_boundary():
    random = np.random.default_rng(4)
    X = np.column_stack([random.normal(size=(120, 2)), np.arange(120) % 6 == 0])
    y = random.random(120) < 1 / (1 + np.exp(-X[:, 0]))
    y[X[:, 2] == 1] = True  # a category with successes only
    fit = fitted(X, y)
    rest = lc.fit(X[X[:, 2] == 0, :2], y[X[:, 2] == 0])
    np.testing.assert_allclose(fit.coef[:3], rest.coef, rtol=1e-10)
    np.testing.assert_allclose(fit.std_error[:3], rest.std_error, rtol=1e-10)
    assert fit.coef[3] == np.inf
    assert fit.loglik == pytest.approx(rest.loglik, rel=1e-13)


@pytest.mark.parametrize("how", ["weights", "counts"])
def test_weights_and_counts(how):
    rows = np.repeat(np.arange(6), [1, 2, 3, 1, 2, 1])
    plain = fitted(SIX_X[rows], SIX_Y[rows])
    if how == "weights":
        other = fitted(SIX_X, SIX_Y, sample_weight=np.bincount(rows))
    else:
        cells, index = np.unique(SIX_X[rows], axis=0, return_inverse=True)
        trials = np.bincount(index)
        other = fitted(cells, np.bincount(index, SIX_Y[rows]), n_trials=trials)
    assert other.coef.tolist() == plain.coef.tolist()
    if how == "weights":
        assert other.loglik == pytest.approx(plain.loglik, rel=1e-13)


def test_an_offset_does_not_hide_it():
    fit = fitted(SIX_X, SIX_Y, offset=np.linspace(-1, 1, 6))
    assert fit.status.word == "separated"


def test_it_can_be_an_error():
    with pytest.raises(SeparationError) as caught:
        lc.fit(SIX_X, SIX_Y, on_separation="raise")
    assert caught.value.separation.kind == "quasi-complete"


def test_a_penalty_makes_it_finite():
    for settings in ({"l2": 0.5}, {"penalty": "firth"}):
        fit = lc.fit(SIX_X, SIX_Y, **settings)
        assert fit.converged
        assert np.isfinite(fit.coef).all()
