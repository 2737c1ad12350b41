"""Box-Tidwell, binned residuals, link test, Stukel's test, the sum of squares, added columns.

Against fits of the larger model by statsmodels (1e-7 relative in statistics that are differences
of log-likelihoods), against score tests written out in NumPy (1e-8), and against R's and Stata's
printed figures.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from diagnostics_cases import Case, case, low_birth_weight, random_rows, spector
from scipy.stats import chi2, norm

import logreg_core as lc
from logreg_core.diagnostics import (
    binned_residuals,
    box_tidwell,
    link_test,
    stukel_test,
    sum_of_squares_test,
)
from logreg_core.diagnostics.added import add_columns
from logreg_core.diagnostics.observed import observe
from logreg_core.errors import DataError, SeparationError


def design(c: Case, *extra: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(c.y)), np.asarray(c.X, dtype=float), *extra])


def larger(c: Case, *extra: np.ndarray):
    Z = design(c, *extra)
    Z /= np.abs(Z).max(axis=0)
    return sm.GLM(np.asarray(c.y), Z, family=sm.families.Binomial()).fit(tol=1e-15, maxiter=100)


def score(c: Case, *extra: np.ndarray) -> float:
    Z = design(c, *extra)
    Z /= np.abs(Z).max(axis=0)
    mu = c.fit.probability(c.X)
    gradient = Z.T @ (np.asarray(c.y) - mu)
    return gradient @ np.linalg.solve((Z * (mu * (1 - mu))[:, None]).T @ Z, gradient)


def add(c: Case, *extra: np.ndarray, **options):
    columns = np.column_stack(extra)
    names = tuple(f"new{j}" for j in range(columns.shape[1]))
    return add_columns(observe(c.fit, c.X, c.y), lambda rows, X: columns[rows], names, **options)


def positive(n: int = 500, seed: int = 0) -> Case:
    random = np.random.default_rng(seed)
    X = np.column_stack([random.gamma(2.0, 3.0, n), random.poisson(1.5, n), random.normal(size=n)])
    eta = np.log(X[:, 0]) - 1.0 + 0.2 * X[:, 1]
    return case(X, (random.random(n) < 1 / (1 + np.exp(-eta))).astype(float))


def test_scores_are_those_of_r() -> None:
    """statmod::glm.scoretest for age^2 and lwt^2, as shipped with statsmodels.

    R's working weights are an iteration stale: 4e-5 here.
    """
    c = low_birth_weight()
    age, lwt = c.X["age"].to_numpy(), c.X["lwt"].to_numpy()
    assert add(c, age**2).score == pytest.approx(0.6713492821514992, rel=1e-4)
    assert add(c, lwt**2).score == pytest.approx(0.2837680293459376, rel=1e-4)


@pytest.mark.parametrize("make", [spector, low_birth_weight, positive])
def test_added_columns_against_the_larger_model(make) -> None:
    c = make()
    x = np.asarray(c.X, dtype=float)[:, 0]
    extra = (x**2, np.sin(5 * x))
    found, peer = add(c, *extra), larger(c, *extra)
    ratio = 2 * (peer.llf - c.glm.llf)
    assert found.likelihood_ratio == pytest.approx(ratio, rel=1e-7, abs=1e-9)
    assert found.score == pytest.approx(score(c, *extra), rel=1e-8)
    assert found.df == 2
    assert found.p_value(ratio) == pytest.approx(chi2.sf(ratio, 2), rel=1e-12)
    scale = np.abs(np.column_stack(extra)).max(axis=0)
    np.testing.assert_allclose(found.coef * scale, peer.params[-2:], rtol=1e-6)
    np.testing.assert_allclose(found.std_error * scale, peer.bse[-2:], rtol=1e-6)


def test_redundant_columns_are_left_out() -> None:
    c = spector()
    gpa = c.X["GPA"].to_numpy()
    found = add(c, 2.0 * gpa + 1.0, gpa**2)
    alone = add(c, gpa**2)
    assert found.redundant == ("new0",)
    assert found.df == 1
    assert found.likelihood_ratio == pytest.approx(alone.likelihood_ratio, rel=1e-9)
    assert np.isnan(found.coef[0])
    assert found.coef[1] == pytest.approx(alone.coef[0], rel=1e-9)
    nothing = add(c, 2.0 * gpa + 1.0)
    assert nothing.df == 0
    assert np.isnan(nothing.p_value(nothing.score))


def test_a_column_that_separates_has_no_coefficient() -> None:
    c = random_rows(n=100)
    found = add(c, c.y * 1.0)
    assert not found.converged
    assert np.isnan(found.coef[0])
    assert found.likelihood_ratio == pytest.approx(-2 * c.fit.loglik, rel=1e-2)


def test_box_tidwell_is_a_fit_with_x_log_x() -> None:
    c = positive()
    found = box_tidwell(c.fit, c.X, c.y)
    assert list(found.index) == ["x1", "x2", "x3"]
    for j, shift in ((0, 0.0), (1, 0.5)):
        x = c.X[:, j] + shift
        column = x * np.log(x)
        peer = larger(c, column)
        row = found.iloc[j]
        ratio = 2 * (peer.llf - c.glm.llf)
        assert row["likelihood_ratio"] == pytest.approx(ratio, rel=1e-6, abs=1e-9)
        assert row["p_value"] == pytest.approx(chi2.sf(ratio, 1), rel=1e-6)
        top = np.abs(column).max()
        assert row["coef"] * top == pytest.approx(peer.params[-1], rel=1e-6)
        assert row["wald_p_value"] == pytest.approx(peer.pvalues[-1], rel=1e-6)
        assert row["power"] == pytest.approx(
            1 + peer.params[-1] / top / c.fit.coef[1 + j], rel=1e-6
        )
        assert row["shift"] == shift
    assert found.loc["x3"].drop(["n_zeros", "shift"]).isna().all()
    assert found["n_zeros"].tolist() == [0, (c.X[:, 1] == 0).sum(), 0]
    assert found["p_value"]["x1"] < 0.05  # its true effect is a logarithm
    assert found["power"]["x1"] < 0.6


def test_zeros_may_be_taken_as_the_limit() -> None:
    c = positive()
    x = c.X[:, 1]
    peer = larger(c, x * np.log(np.maximum(x, 1)))
    found = box_tidwell(c.fit, c.X, c.y, columns=["x2"], zeros="limit")
    ratio = 2 * (peer.llf - c.glm.llf)
    assert found["likelihood_ratio"]["x2"] == pytest.approx(ratio, rel=1e-6, abs=1e-9)


def test_jointly() -> None:
    c = positive()
    x = c.X[:, 0], c.X[:, 1] + 0.5
    peer = larger(c, *(v * np.log(v) for v in x))
    row = box_tidwell(c.fit, c.X, c.y, joint=True).loc["(all together)"]
    assert row["likelihood_ratio"] == pytest.approx(2 * (peer.llf - c.glm.llf), rel=1e-6)
    assert row["df"] == 2


def test_units_do_not_matter() -> None:
    c = positive()
    fit = lc.fit(c.X * [1e6, 1.0, 1.0], c.y)
    a = box_tidwell(c.fit, c.X, c.y)["p_value"]
    b = box_tidwell(fit, c.X * [1e6, 1.0, 1.0], c.y)["p_value"]
    np.testing.assert_allclose(a, b, rtol=1e-6)


def test_dummies_are_not_tested() -> None:
    c = spector()
    assert list(box_tidwell(c.fit, c.X, c.y).index) == ["GPA", "TUCE"]
    for name, word in (("PSI", "two values"), ("IQ", "not in the fit")):
        with pytest.raises(DataError, match=word):
            box_tidwell(c.fit, c.X, c.y, columns=[name])
    with pytest.raises(DataError, match="zeros"):
        box_tidwell(c.fit, c.X, c.y, zeros="drop")


def test_link_test_is_a_fit_on_the_log_odds_and_their_square() -> None:
    c = random_rows()
    eta = c.fit.log_odds(c.X)
    peer = sm.Logit(c.y, np.column_stack([np.ones(400), eta, eta**2])).fit(disp=0, tol=1e-14)
    found = link_test(c.fit, c.X, c.y)
    assert found.coef == pytest.approx(peer.params[2], rel=1e-8)
    assert found.z == pytest.approx(peer.tvalues[2], rel=1e-8)
    assert found.p_value == pytest.approx(2 * norm.sf(abs(found.z)), rel=1e-10)
    assert found.likelihood_ratio == pytest.approx(2 * (peer.llf - c.glm.llf), rel=1e-7)
    assert found.likelihood_ratio_p_value == pytest.approx(chi2.sf(found.likelihood_ratio, 1))
    X, y = np.repeat([[0.0], [1.0]], 20, axis=0), np.tile([0, 1, 1, 0, 0], 8)
    assert np.isnan(link_test(lc.fit(X, y), X, y).p_value)


def test_stukel_adds_the_two_tails() -> None:
    c = random_rows()
    eta = c.fit.log_odds(c.X)
    tails = np.where(eta >= 0, eta**2 / 2, 0), np.where(eta < 0, -(eta**2) / 2, 0)
    found = stukel_test(c.fit, c.X, c.y)
    assert found.score == pytest.approx(score(c, *tails), rel=1e-8)
    assert found.p_value == pytest.approx(chi2.sf(found.score, 2), rel=1e-10)
    ratio = 2 * (larger(c, *tails).llf - c.glm.llf)
    assert found.likelihood_ratio == pytest.approx(ratio, rel=1e-7)


def test_sum_of_squares_by_its_own_formula() -> None:
    """rms' residuals(type="gof"): a regression of 1 - 2 mu with weights mu (1 - mu)."""
    for c in (spector(), low_birth_weight(), random_rows()):
        mu, y = c.fit.probability(c.X), np.asarray(c.y)
        w = mu * (1 - mu)
        spread = sm.WLS(1 - 2 * mu, design(c), weights=w).fit()
        sd = np.sqrt(np.sum(w * spread.resid**2))
        found = sum_of_squares_test(c.fit, c.X, c.y)
        assert found.statistic == pytest.approx(np.sum((y - mu) ** 2), rel=1e-12)
        assert found.expected == pytest.approx(w.sum(), rel=1e-12)
        assert found.std_deviation == pytest.approx(sd, rel=1e-8)
        z = (np.sum((y - mu) ** 2) - w.sum()) / sd
        assert found.z == pytest.approx(z, rel=1e-7, abs=1e-9)
        assert found.p_value == pytest.approx(2 * norm.sf(abs(z)), rel=1e-6)


def test_the_tests_have_their_size_and_find_what_is_wrong() -> None:
    """100 simulations: p below 0.05 about once in twenty right models, often in wrong ones."""
    random = np.random.default_rng(7)
    right, wrong = [], []
    for _ in range(100):
        x = random.normal(size=(300, 1))
        for bend, store in ((0.0, right), (0.5, wrong)):
            eta = x[:, 0] + bend * x[:, 0] ** 2 - 0.5
            y = (random.random(300) < 1 / (1 + np.exp(-eta))).astype(float)
            fit = lc.fit(x, y)
            store.append(
                (
                    sum_of_squares_test(fit, x, y).p_value,
                    stukel_test(fit, x, y).p_value,
                    link_test(fit, x, y).likelihood_ratio_p_value,
                )
            )
    size, power = (np.mean(np.array(p) < 0.05, axis=0) for p in (right, wrong))
    assert (size < 0.12).all()  # three standard errors above 0.05
    assert (power > 2 * size + 0.1).all()


def test_binned_residuals_by_hand() -> None:
    c = random_rows()
    mu = c.fit.probability(c.X)
    found = binned_residuals(c.fit, c.X, c.y)
    assert len(found) == 20  # the root of 400
    codes = pd.qcut(mu, 20, labels=False)
    for b, rows in pd.DataFrame({"y": c.y, "mu": mu}).groupby(codes):
        row = found.iloc[int(b)]
        assert row["residual"] == pytest.approx((rows.y - rows.mu).mean(), rel=1e-9, abs=1e-12)
        error = np.sqrt((rows.mu * (1 - rows.mu)).sum()) / len(rows)
        assert row["std_error"] == pytest.approx(error, rel=1e-10)
        assert bool(row["inside"]) == (abs((rows.y - rows.mu).mean()) <= 2 * error)
    by_name = binned_residuals(c.fit, c.X, c.y, by="x2", bins=7)
    pd.testing.assert_frame_equal(by_name, binned_residuals(c.fit, c.X, c.y, by=c.X[:, 1], bins=7))
    with pytest.raises(DataError, match="by is 'x9'"):
        binned_residuals(c.fit, c.X, c.y, by="x9")
    with pytest.raises(DataError, match="by has shape"):
        binned_residuals(c.fit, c.X, c.y, by=np.zeros(3))


def test_a_bend_shows_in_the_bins_of_its_column() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(4000, 2))
    y = random.random(4000) < 1 / (1 + np.exp(1 - x[:, 0] ** 2))
    fit = lc.fit(x, y)
    assert (~binned_residuals(fit, x, y, by="x1")["inside"]).mean() > 0.5
    assert (~binned_residuals(fit, x, y, by="x2")["inside"]).mean() < 0.2


@pytest.mark.parametrize("test", [box_tidwell, link_test, stukel_test, sum_of_squares_test])
def test_what_is_no_maximum_likelihood_is_refused(test) -> None:
    c = positive()
    for options in ({"l2": 1.0}, {"penalty": "firth"}):
        with pytest.raises(DataError, match="penalised"):
            test(lc.fit(c.X, c.y, **options), c.X, c.y)
    with pytest.raises(DataError, match="rows that were fitted"):
        test(c.fit, c.X[1:], c.y[1:])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        separated = lc.fit(c.X, c.X[:, 0] > 5)
    with pytest.raises(SeparationError):
        test(separated, c.X, c.X[:, 0] > 5)


@pytest.mark.real_data
def test_the_course_file(real_frame: pd.DataFrame) -> None:
    """CASE_STUDY.md: duration .121, views .188, shares .025, downloads .522, comments .514."""
    found = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    table = box_tidwell(lc.fit(found), found)
    assert table["p_value"].round(3).tolist() == [0.121, 0.188, 0.025, 0.522, 0.514]
