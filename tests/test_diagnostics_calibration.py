"""Hosmer-Lemeshow, calibration table, intercept, slope and curve, Brier score, groups of rows.

Against statsmodels' refits (1e-8: both climb), scikit-learn's curves, published figures, and
definitions written out in NumPy (1e-10).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from diagnostics_cases import random_rows, spector
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, norm

import logreg_core as lc
from logreg_core.diagnostics import (
    brier_decomposition,
    calibration,
    calibration_curve,
    calibration_table,
    hosmer_lemeshow,
)
from logreg_core.diagnostics.grouping import group_rows
from logreg_core.errors import DataError


def test_spector_as_published() -> None:
    c = spector()
    found = hosmer_lemeshow(c.fit, c.X, c.y, groups=[7, 6, 7, 6, 6])
    assert found.statistic == pytest.approx(1.630883318257913, rel=1e-11)
    assert found.df == 3
    assert found.p_value == pytest.approx(chi2.sf(1.630883318257913, 3), rel=1e-10)
    assert found.table["observed"].tolist() == [0, 1, 1, 4, 5]


def test_quantile_groups_are_those_of_r() -> None:
    """cut(mu, quantile(mu, 0:g / g), include.lowest=TRUE), as in ResourceSelection::hoslem.test."""
    c = random_rows(n=503)
    found = hosmer_lemeshow(c.fit, c.X, c.y)
    mu = c.fit.probability(c.X)
    codes = pd.cut(mu, np.quantile(mu, np.linspace(0, 1, 11)), labels=False, include_lowest=True)
    o, e, m = (np.bincount(codes, v) for v in (c.y, mu, np.ones(503)))
    exact = np.sum((o - e) ** 2 / e + (o - e) ** 2 / (m - e))
    assert found.statistic == pytest.approx(exact, rel=1e-10)
    assert (found.df, len(found.table)) == (8, 10)
    assert found.p_value == pytest.approx(chi2.sf(exact, 8), rel=1e-10)


def test_equal_probabilities_stay_together() -> None:
    random = np.random.default_rng(2)
    X = random.integers(0, 4, 1000).astype(float)[:, None]
    y = (random.random(1000) < 0.2 + 0.15 * X[:, 0]).astype(float)
    found = hosmer_lemeshow(lc.fit(X, y), X, y)
    assert len(found.table) == 4
    assert any("4 groups instead of 10" in note for note in found.notes)
    np.testing.assert_array_equal(found.table["weight"], np.bincount(X[:, 0].astype(int)))
    by_size = hosmer_lemeshow(lc.fit(X, y), X, y, groups=[100, 900])
    assert any("parted in the order of the rows" in note for note in by_size.notes)
    assert np.isnan(by_size.p_value)


def test_new_rows_cost_no_degrees_of_freedom() -> None:
    c = random_rows(n=600)
    fit = lc.fit(c.X[:300], c.y[:300])
    assert hosmer_lemeshow(fit, c.X[:300], c.y[:300]).df == 8
    found = hosmer_lemeshow(fit, c.X[300:], c.y[300:])
    assert found.df == 10
    assert "New rows" in str(found)


def test_many_rows_make_it_say_so() -> None:
    c = random_rows(n=26_000, k=2)
    found = hosmer_lemeshow(c.fit, c.X, c.y)
    assert any(note.startswith("Over-powered") for note in found.notes)
    assert not any("Over-powered" in note for note in hosmer_lemeshow(
        lc.fit(c.X[:2000], c.y[:2000]), c.X[:2000], c.y[:2000]).notes)  # fmt: skip


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_weight_is_as_many_rows(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 40))
    values = np.array(data.draw(st.lists(st.integers(0, 12), min_size=n, max_size=n))) / 12.0
    weight = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)), dtype=float)
    groups = data.draw(st.integers(1, 12))
    if not weight.sum():
        return
    found = group_rows(values, weight, groups)
    rows = np.repeat(np.arange(n), weight.astype(int))
    many = group_rows(values[rows], np.ones(len(rows)), groups)
    np.testing.assert_array_equal(found.codes[rows], many.codes)
    assert (found.codes[weight == 0] == -1).all()
    assert found.n_groups == many.n_groups
    for v in np.unique(values):  # ties stay together
        assert len(set(found.codes[(values == v) & (weight > 0)].tolist())) <= 1


@pytest.mark.parametrize("groups", [0, -1, 2.5, [], [3, -1], "ten", [1.0, 2.0], True])
def test_groups_that_cannot_be(groups) -> None:
    with pytest.raises(DataError, match=r"groups|sizes"):
        group_rows(np.arange(5.0), np.ones(5), groups)


def test_table_against_scikit_learn() -> None:
    from sklearn.calibration import calibration_curve as peer
    from statsmodels.stats.proportion import proportion_confint

    c = random_rows(n=1000)
    table = calibration_table(c.fit, c.X, c.y, groups=10, level=0.9)
    true, predicted = peer(c.y, c.fit.probability(c.X), n_bins=10, strategy="quantile")
    np.testing.assert_allclose(table["observed"], true, rtol=1e-12)
    np.testing.assert_allclose(table["predicted"], predicted, rtol=1e-12)
    low, high = proportion_confint(
        table["observed"] * table["weight"], table["weight"], 0.1, "wilson"
    )
    np.testing.assert_allclose(table["observed_lower"], low, rtol=1e-10)
    np.testing.assert_allclose(table["observed_upper"], high, rtol=1e-10)
    assert table["rows"].sum() == 1000


def test_slope_and_intercept_against_statsmodels() -> None:
    c = random_rows(n=900)
    fit = lc.fit(c.X[:300], c.y[:300])
    X, y = c.X[300:], c.y[300:]
    found = calibration(fit, X, y)
    eta = fit.log_odds(X)
    line = sm.Logit(y, sm.add_constant(eta)).fit(disp=0, tol=1e-14)
    np.testing.assert_allclose([found.intercept, found.slope], line.params, rtol=1e-8)
    errors = [found.intercept_std_error, found.slope_std_error]
    np.testing.assert_allclose(errors, line.bse, rtol=1e-8)
    shift = sm.GLM(y, np.ones((600, 1)), family=sm.families.Binomial(), offset=eta).fit(tol=1e-14)
    assert found.in_the_large == pytest.approx(shift.params[0], rel=1e-8)
    assert found.in_the_large_std_error == pytest.approx(shift.bse[0], rel=1e-6)
    as_given = np.sum(y * eta - np.logaddexp(0, eta))
    assert found.statistic == pytest.approx(2 * (line.llf - as_given), rel=1e-8)
    assert found.p_value == pytest.approx(chi2.sf(found.statistic, 2), rel=1e-10)
    mu = 1 / (1 + np.exp(-eta))
    z = np.sum((y - mu) * (1 - 2 * mu)) / np.sqrt(np.sum((1 - 2 * mu) ** 2 * mu * (1 - mu)))
    assert found.spiegelhalter_z == pytest.approx(z, rel=1e-10)
    assert found.spiegelhalter_p_value == pytest.approx(2 * norm.sf(abs(z)), rel=1e-10)
    assert not found.own_rows


def test_own_rows_are_calibrated_by_construction() -> None:
    c = random_rows()
    found = calibration(c.fit, c.X, c.y)
    assert found.slope == pytest.approx(1.0, abs=1e-8)
    assert found.intercept == pytest.approx(0.0, abs=1e-8)
    assert "by construction" in str(found)
    ridge = calibration(lc.fit(c.X, c.y, l2=30.0), c.X, c.y)
    assert ridge.slope > 1.01
    assert "by construction" not in str(ridge)


def test_rows_of_one_class_have_no_slope() -> None:
    c = random_rows()
    found = calibration(c.fit, c.X[c.y == 1], c.y[c.y == 1])
    assert found.in_the_large == np.inf
    assert np.isnan(found.slope)


def test_counts_are_trials() -> None:
    random = np.random.default_rng(0)
    X, trials = random.normal(size=(30, 1)), random.integers(2, 9, 30)
    y = random.binomial(trials, 0.4)
    fit = lc.fit(X, y, n_trials=trials)
    found = calibration(fit, X + 0.3, y, n_trials=trials)
    rows = np.repeat(np.arange(30), trials)
    single = np.concatenate([[1] * a + [0] * (t - a) for a, t in zip(y, trials, strict=True)])
    by_rows = calibration(fit, X[rows] + 0.3, single)
    assert found.slope == pytest.approx(by_rows.slope, rel=1e-9)
    assert found.spiegelhalter_z == pytest.approx(by_rows.spiegelhalter_z, rel=1e-9)
    assert brier_decomposition(fit, X, y, n_trials=trials).score == pytest.approx(
        brier_decomposition(fit, X[rows], single).score, rel=1e-12
    )


def test_curve_is_a_refit_on_a_spline() -> None:
    """The basis of rms::rcs, written out anew, refitted by statsmodels."""
    c = random_rows(n=800)
    found = calibration_curve(c.fit, c.X, c.y, n_knots=4, n_points=9, level=0.9)
    eta = c.fit.log_odds(c.X)
    t = np.quantile(eta, (0.05, 0.35, 0.65, 0.95))

    def basis(x):
        def p(u):
            return np.maximum(u, 0) ** 3

        def bend(j):
            last = p(x - t[3]) * (t[2] - t[j]) - p(x - t[2]) * (t[3] - t[j])
            return p(x - t[j]) + last / (t[3] - t[2])

        return np.column_stack([np.ones_like(x), x, bend(0), bend(1)])

    peer = sm.Logit(c.y, basis(eta)).fit(disp=0, tol=1e-12)
    grid = np.linspace(eta.min(), eta.max(), 9)
    height = basis(grid) @ peer.params
    half = norm.isf(0.05) * np.sqrt(
        np.einsum("ij,jk,ik->i", basis(grid), peer.cov_params(), basis(grid))
    )
    for name, value in (("observed", height), ("lower", height - half), ("upper", height + half)):
        np.testing.assert_allclose(found.table[name], 1 / (1 + np.exp(-value)), rtol=1e-6)
    gap = np.abs(peer.predict(basis(eta)) - c.fit.probability(c.X))
    np.testing.assert_allclose(
        [found.ici, found.e50, found.e90, found.e_max],
        [gap.mean(), *np.quantile(gap, (0.5, 0.9)), gap.max()], rtol=1e-6,
    )  # fmt: skip


def test_curves_that_cannot_be() -> None:
    c = random_rows()
    with pytest.raises(DataError, match="n_knots"):
        calibration_curve(c.fit, c.X, c.y, n_knots=7)
    X, y = np.repeat([[0.0], [1.0]], 20, axis=0), np.tile([0, 1, 1, 0, 0], 8)
    with pytest.raises(DataError, match="knots"):
        calibration_curve(lc.fit(X, y), X, y)


@pytest.mark.parametrize("groups", [1, 3, 10, None])
def test_brier_parts_sum_to_the_score(groups) -> None:
    c = random_rows()
    found = brier_decomposition(c.fit, c.X, c.y, groups=groups)
    mu = c.fit.probability(c.X)
    assert found.score == pytest.approx(np.mean((c.y - mu) ** 2), rel=1e-12)
    parts = found.reliability - found.resolution + found.uncertainty + found.within
    assert found.score == pytest.approx(parts, rel=1e-12)
    assert found.uncertainty == pytest.approx(c.y.mean() * (1 - c.y.mean()), rel=1e-12)
    if groups is None:
        assert found.within == pytest.approx(0.0, abs=1e-15)


def test_brier_of_murphy_by_hand() -> None:
    """Forecasts 0.2 and 0.8, four times each, of shares 0.25 and 0.75."""
    X = np.repeat([[0.0], [1.0]], 4, axis=0)
    y = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    fit = lc.fit(X, y)
    shift = np.log([0.2 / 0.8, 0.8 / 0.2]) - np.log([0.25 / 0.75, 0.75 / 0.25])
    found = brier_decomposition(fit, X, y, offset=np.repeat(shift, 4), groups=None)
    assert found.n_groups == 2
    assert found.reliability == pytest.approx(0.0025, rel=1e-9)
    assert found.resolution == pytest.approx(0.0625, rel=1e-9)
    assert found.uncertainty == 0.25


@pytest.mark.real_data
def test_the_course_file(real_frame: pd.DataFrame) -> None:
    """CASE_STUDY.md: 11.07, df 8, p .197."""
    design = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    found = hosmer_lemeshow(lc.fit(design), design)
    assert (round(found.statistic, 2), found.df, round(found.p_value, 3)) == (11.07, 8, 0.197)
