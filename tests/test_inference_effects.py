"""Marginal effects, intervals of predictions and statistics of the fit.

Against statsmodels to 1e-9, published figures to the digits published, brute force over the rows
to 1e-12, and derivatives of the delta method by complex steps to 1e-10.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from inference_cases import mixed, peer, quiet_fit, refused, spector

import logreg_core as lc
from logreg_core.errors import LogregError, SeparationError

li = lc.inference
X, Y, WEIGHT, OFFSET = mixed()
FIT = lc.fit(X, Y)
SITE = ["site_b", "site_c"]


def sigmoid(eta: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-eta))


def by_hand(fit: lc.LogitFit, effect: Any) -> tuple[float, float]:
    """An effect as a function of the coefficients, and its delta-method error by complex steps."""
    k = len(fit.coef)
    steps = fit.coef + 1e-30j * np.eye(k)
    slope = np.array([effect(step).imag * 1e30 for step in steps])
    return float(effect(fit.coef.astype(complex)).real), float(
        np.sqrt(slope @ fit.covariance @ slope)
    )


# -- marginal effects --
def test_published_effects_of_spector() -> None:
    Z, y, fit = spector()
    found = li.marginal_effects(fit, Z, y, dummies="none")
    published = [0.36258084688424, 0.01220841099085, 0.30517768382304]
    # Stata's, from data in single precision: right to seven digits
    np.testing.assert_allclose(found.effect, published, rtol=1e-7)
    exact = lc.reference.fit(Z.to_numpy(), y.to_numpy()).coef
    p = sigmoid(np.column_stack([np.ones(32), Z]) @ exact)
    np.testing.assert_allclose(found.effect, exact[1:] * (p * (1 - p)).mean(), rtol=1e-12)
    assert (found.change == "slope").all()


@pytest.mark.parametrize("at", ["average", "mean"])
@pytest.mark.parametrize("dummies", ["auto", "none"])
def test_against_statsmodels(at: str, dummies: str) -> None:
    result = sm.Logit(Y, sm.add_constant(X)).fit(disp=0, tol=1e-14)
    place = "overall" if at == "average" else "mean"
    expected = result.get_margeff(at=place, dummy=dummies == "auto")
    found = li.marginal_effects(FIT, X, at=at, dummies=dummies)
    np.testing.assert_allclose(found.effect, expected.margeff, rtol=1e-9)
    np.testing.assert_allclose(found.std_error, expected.margeff_se, rtol=1e-9)
    np.testing.assert_allclose(found.p_value, expected.pvalues, rtol=1e-7)
    np.testing.assert_allclose(found[["lower", "upper"]], expected.conf_int(), rtol=1e-8)
    change = ["slope", "slope", *["0 to 1"] * 3] if dummies == "auto" else ["slope"] * 5
    assert found.change.tolist() == change


def test_a_category_changes_from_its_reference() -> None:
    found = li.marginal_effects(FIT, X, groups={"site": SITE})
    rows = np.column_stack([np.ones(len(Y)), X])

    def effect(beta: Any) -> Any:
        low, high = rows.copy(), rows.copy()
        low[:, [4, 5]] = high[:, [4, 5]] = 0.0
        high[:, 5] = 1.0
        return (sigmoid(high @ beta) - sigmoid(low @ beta)).mean()

    value, error = by_hand(FIT, effect)
    assert found.effect["site_c"] == pytest.approx(value, rel=1e-12)
    assert found.std_error["site_c"] == pytest.approx(error, rel=1e-10)
    assert found.change.tolist() == ["slope", "slope", "0 to 1", *["reference to level"] * 2]
    site = np.select([X.site_b == 1, X.site_c == 1], ["b", "c"], "a")
    frame = X[["age", "dose", "sex"]].assign(site=site, y=Y)
    made = lc.Design.from_frame(frame, target="y")
    pd.testing.assert_frame_equal(li.marginal_effects(lc.fit(made), made), found, rtol=1e-10)


def test_weights_and_offset() -> None:
    fit = lc.fit(X, Y, sample_weight=WEIGHT, offset=OFFSET)
    found = li.marginal_effects(fit, X, Y, sample_weight=WEIGHT, offset=OFFSET)
    rows = np.column_stack([np.ones(len(Y)), X])

    def slope(beta: Any) -> Any:
        p = sigmoid(rows @ beta + OFFSET)
        return beta[1] * (WEIGHT * p * (1 - p)).sum() / WEIGHT.sum()

    value, error = by_hand(fit, slope)
    assert found.effect["age"] == pytest.approx(value, rel=1e-12)
    assert found.std_error["age"] == pytest.approx(error, rel=1e-10)
    middle = li.marginal_effects(fit, X, at="mean", sample_weight=WEIGHT, offset=OFFSET)
    mean = np.append(1.0, np.average(X, axis=0, weights=WEIGHT))
    shift = np.average(OFFSET, weights=WEIGHT)

    def at_mean(beta: Any) -> Any:
        p = sigmoid(mean @ beta + shift)
        return beta[2] * p * (1 - p)

    value, error = by_hand(fit, at_mean)
    assert middle.effect["dose"] == pytest.approx(value, rel=1e-12)
    assert middle.std_error["dose"] == pytest.approx(error, rel=1e-10)


def test_a_row_of_ones_own() -> None:
    found = li.marginal_effects(FIT, X, at={"age": 40.0, "dose": 0.0, "sex": 1.0})
    row = np.append(1.0, X.mean())
    row[1:4] = 40.0, 0.0, 1.0
    p = sigmoid(row @ FIT.coef)
    assert found.effect["age"] == pytest.approx(p * (1 - p) * FIT.coef[1], rel=1e-12)
    for at in ("median", {"height": 1.0}, {"age": np.nan}, {"intercept": 1.0}):
        assert refused(lambda at=at: li.marginal_effects(FIT, X, at=at)).option == "at"


def test_trials_weigh_and_dummies_may_be_named() -> None:
    trials = np.random.default_rng(1).integers(1, 5, len(Y))
    wins = np.minimum(trials, (Y * trials).astype(int))
    fit = lc.fit(X, wins, n_trials=trials)
    rows = np.repeat(X.to_numpy(), trials, axis=0)
    found = li.marginal_effects(fit, X, wins, n_trials=trials, dummies=["sex"])
    assert found.change.tolist() == ["slope", "slope", "0 to 1", "slope", "slope"]
    expected = li.marginal_effects(fit, rows, dummies="none")
    slopes = [0, 1, 3, 4]
    np.testing.assert_allclose(found.effect.iloc[slopes], expected.effect.iloc[slopes], rtol=1e-11)
    assert refused(lambda: li.marginal_effects(FIT, X, dummies="sex")).option == "dummies"
    assert refused(lambda: li.marginal_effects(FIT, X, dummies=["height"])).column == "height"


def test_robust_errors_and_far_columns() -> None:
    robust = li.robust_covariance(FIT, X, Y, "HC0")
    result = sm.Logit(Y, sm.add_constant(X)).fit(disp=0, tol=1e-14, cov_type="HC0")
    expected = result.get_margeff(dummy=True).margeff_se
    found = li.marginal_effects(FIT, X, covariance=robust)
    np.testing.assert_allclose(found.std_error, expected, rtol=1e-8)
    far = X.assign(age=X.age + 1e6)
    moved = li.marginal_effects(lc.fit(far, Y), far)
    plain = li.marginal_effects(FIT, X)
    np.testing.assert_allclose(moved.effect, plain.effect, rtol=1e-8)
    np.testing.assert_allclose(moved.std_error, plain.std_error, rtol=1e-4)


def test_dropped_columns_and_no_intercept() -> None:
    twice = X.assign(copy=X.age)
    found = li.marginal_effects(quiet_fit(twice, Y), twice)
    assert found.loc["copy"].isna().all()
    np.testing.assert_allclose(found.effect[:5], li.marginal_effects(FIT, X).effect, rtol=1e-9)
    bare = lc.fit(X, Y, fit_intercept=False)
    expected = sm.Logit(Y, X).fit(disp=0, tol=1e-14).get_margeff(dummy=True)
    found = li.marginal_effects(bare, X)
    np.testing.assert_allclose(found.effect, expected.margeff, rtol=1e-9)
    np.testing.assert_allclose(found.std_error, expected.margeff_se, rtol=1e-9)


def test_misuse_of_effects() -> None:
    refused(lambda: li.marginal_effects(lc.fit(X, Y, l2=1.0), X), LogregError)
    refused(lambda: li.marginal_effects(FIT, X[::-1], Y))  # y given: the rows are checked
    bad = X.copy()
    bad.loc[5, "sex"] = np.nan
    assert refused(lambda: li.marginal_effects(FIT, bad)).column == "sex"
    six = np.array([[0.0], [0], [1], [1]])
    refused(lambda: li.marginal_effects(quiet_fit(six, [0, 1, 1, 1]), six), SeparationError)
    firth = lc.fit(six, [0, 1, 1, 1], penalty="firth")
    assert np.isfinite(li.marginal_effects(firth, six).effect["x1"])


# -- predictions --
def test_predictions_against_statsmodels() -> None:
    expected = peer(X, Y).get_prediction(sm.add_constant(X)).summary_frame(alpha=0.1)
    found = li.predict_interval(FIT, X, 0.9)
    np.testing.assert_allclose(found.probability, expected["mean"], rtol=1e-9)
    np.testing.assert_allclose(found.std_error, expected["mean_se"], rtol=1e-9)
    np.testing.assert_allclose(found.lower, expected["mean_ci_lower"], rtol=1e-9)
    np.testing.assert_allclose(found.upper, expected["mean_ci_upper"], rtol=1e-9)
    assert found.index.equals(X.index)


def test_log_odds_with_errors() -> None:
    eta, error = FIT.log_odds(X, se=True)
    np.testing.assert_array_equal(eta, FIT.log_odds(X))
    rows = np.column_stack([np.ones(len(Y)), X])
    expected = np.sqrt(np.einsum("ij,jk,ik->i", rows, FIT.covariance, rows))
    np.testing.assert_allclose(error, expected, rtol=1e-11)
    shifted, same = FIT.log_odds(X, se=True, offset=OFFSET)
    np.testing.assert_allclose(shifted, eta + OFFSET, rtol=1e-13, atol=1e-15)
    np.testing.assert_array_equal(same, error)
    turned = FIT.log_odds(X[X.columns[::-1]], se=True)[1]
    np.testing.assert_allclose(turned, error, rtol=1e-14)


def test_errors_of_log_odds_do_not_depend_on_the_origin() -> None:
    # x'Cx of the columns as given would keep no digit at 1e8
    plain = lc.fit(X, Y).log_odds(X, se=True)[1]
    far = X + 1e8
    np.testing.assert_allclose(lc.fit(far, Y).log_odds(far, se=True)[1], plain, rtol=1e-6)
    thin = X.assign(thin=X.age + 1e-5 * X.dose).drop(columns="dose")  # the same space
    np.testing.assert_allclose(lc.fit(thin, Y).log_odds(thin, se=True)[1], plain, rtol=1e-7)


def test_intervals_stay_inside() -> None:
    far = X * 50
    found = li.predict_interval(FIT, far, 0.999)
    assert ((found.lower >= 0) & (found.lower <= found.probability)).all()
    assert ((found.upper <= 1) & (found.upper >= found.probability)).all()
    assert np.isfinite(found).all(axis=None)


def test_predictions_with_a_robust_covariance_and_misuse() -> None:
    robust = li.robust_covariance(FIT, X, Y, "HC0")
    rows = np.column_stack([np.ones(len(Y)), X])
    expected = np.sqrt(np.einsum("ij,jk,ik->i", rows, robust.covariance, rows))
    found = li.predict_interval(FIT, X, covariance=robust)
    np.testing.assert_allclose(found.log_odds_error, expected, rtol=1e-9)
    own = li.predict_interval(FIT, X, covariance=FIT.covariance).log_odds_error
    np.testing.assert_allclose(own, FIT.log_odds(X, se=True)[1], rtol=1e-9)
    assert refused(lambda: li.predict_interval(FIT, X, covariance=np.eye(2))).shape == (2, 2)
    refused(lambda: li.predict_interval(lc.fit(X, Y, l2=1.0), X), LogregError)
    six = np.array([[0.0], [0], [1], [1]])
    separated = quiet_fit(six, [0, 1, 1, 1])
    refused(lambda: li.predict_interval(separated, six), SeparationError)
    refused(lambda: separated.log_odds(six, se=True), LogregError)
    refused(lambda: lc.fit(X, Y, inference=False).log_odds(X, se=True), LogregError)
    twice = X.assign(copy=X.age)
    dropped = quiet_fit(twice, Y).log_odds(twice, se=True)[1]
    np.testing.assert_allclose(dropped, FIT.log_odds(X, se=True)[1], rtol=1e-9)


# -- the fit as a whole --
def test_pseudo_r2_against_statsmodels_and_by_hand() -> None:
    result = peer(X, Y)
    found = li.fit_statistics(FIT, X, Y)
    assert found.mcfadden == pytest.approx(result.pseudo_rsquared(kind="mcf"), rel=1e-10)
    assert found.cox_snell == pytest.approx(result.pseudo_rsquared(kind="cs"), rel=1e-10)
    ceiling = 1 - np.exp(2 * result.llnull / len(Y))
    assert found.nagelkerke == pytest.approx(found.cox_snell / ceiling, rel=1e-10)
    p = result.fittedvalues
    assert found.tjur == pytest.approx(p[Y == 1].mean() - p[Y == 0].mean(), rel=1e-9)
    assert found.aic == pytest.approx(result.aic, rel=1e-12)
    assert found.aicc == pytest.approx(result.aic + 2 * 6 * 7 / (len(Y) - 7), rel=1e-12)
    assert found.bic == pytest.approx(np.log(len(Y)) * 6 - 2 * result.llf, rel=1e-12)
    assert found.to_series()["n_parameters"] == 6


def test_pseudo_r2_of_weights_is_that_of_repeated_rows() -> None:
    fit = lc.fit(X, Y, sample_weight=WEIGHT, offset=OFFSET)
    times = WEIGHT.astype(int)
    rows, y, shift = (np.repeat(a, times, axis=0) for a in (X.to_numpy(), Y, OFFSET))
    one = li.fit_statistics(fit, X, Y, sample_weight=WEIGHT, offset=OFFSET).to_series()
    other = li.fit_statistics(lc.fit(rows, y, offset=shift), rows, y, offset=shift).to_series()
    np.testing.assert_allclose(one, other, rtol=1e-10)
    wins = Y * WEIGHT
    counted = li.fit_statistics(lc.fit(X, wins, n_trials=WEIGHT), X, wins, n_trials=WEIGHT)
    plain = li.fit_statistics(lc.fit(X, Y, sample_weight=WEIGHT), X, Y, sample_weight=WEIGHT)
    for name in ("cox_snell", "nagelkerke", "tjur", "weight"):  # all or nothing: no constant
        assert getattr(counted, name) == pytest.approx(getattr(plain, name), rel=1e-10)


def test_statistics_say_when_they_mean_nothing() -> None:
    ridge = li.fit_statistics(lc.fit(X, Y, l2=1.0), X, Y)
    assert np.isnan([ridge.aic, ridge.aicc, ridge.bic]).all()
    assert 0 < ridge.tjur < 1
    few, y = np.array([[1.0], [2.0], [3.0]]), [0, 1, 0]
    assert np.isnan(li.fit_statistics(lc.fit(few, y), few, y).aicc)  # n - p - 1 = 0
    refused(lambda: li.fit_statistics(FIT, X, 1 - Y))


@pytest.mark.real_data
def test_figures_of_the_case_study(real_frame: pd.DataFrame) -> None:
    made = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    fit = lc.fit(made)
    found = li.fit_statistics(fit, made)
    assert found.loglik == pytest.approx(-4174.809430895956, rel=1e-12)
    assert found.aic == pytest.approx(8367.61886179, rel=1e-11)
    ratio = fit.odds_ratio().loc["claim_status_opinion"].round(2).tolist()
    assert ratio == [5.05, 3.81, 6.69]
    raw = li.predict_interval(fit, real_frame.iloc[:100])  # encoded by the fit's own rule
    np.testing.assert_array_equal(raw.probability, fit.probability(made.X[:100]))
    assert (raw.upper < 0.2).all()
