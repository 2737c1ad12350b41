"""Wald, likelihood-ratio and score tests, drop1 and adjustment.

Statistics agree with statsmodels' GLM to 1e-9 relative (differences of log-likelihoods of about
100, so of 14 digits some four are lost); the same test reached two ways, to 1e-10.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from inference_cases import mixed, peer, quiet_fit, refused, spector
from scipy import stats
from statsmodels.stats.multitest import multipletests

import logreg_core as lc
from logreg_core.errors import DataError, LogregError, SeparationError

li = lc.inference
X, Y, WEIGHT, OFFSET = mixed()
NAMES = list(X.columns)
FIT = lc.fit(X, Y)
SITE = ["site_b", "site_c"]


def close(found: float, expected: float, rel: float = 1e-9) -> None:
    assert found == pytest.approx(expected, rel=rel)


# -- one model, three tests --
@pytest.mark.parametrize("columns", [["age"], ["sex"], SITE, NAMES], ids=str)
@pytest.mark.parametrize("kind", ["plain", "weight", "offset", "both"])
def test_against_statsmodels(columns: list[str], kind: str) -> None:
    weight = WEIGHT if kind in ("weight", "both") else None
    offset = OFFSET if kind in ("offset", "both") else None
    given = {"sample_weight": weight, "offset": offset}
    fit = lc.fit(X, Y, **given)
    whole = peer(X, Y, weight, offset)
    rest = [name for name in NAMES if name not in columns]
    less = peer(X[rest], Y, weight, offset)
    places = [1 + NAMES.index(name) for name in columns]

    wald = li.wald(fit, columns)
    close(wald.statistic, float(whole.wald_test(np.eye(6)[places], scalar=True).statistic), 1e-8)
    ratio = li.likelihood_ratio(fit, X, Y, columns, **given)
    close(ratio.statistic, 2 * (whole.llf - less.llf), 1e-8)
    score = li.score_test(fit, X, Y, columns, **given)
    # statsmodels has not verified its score test with weights: the formula itself then
    eta = less.predict(which="linear")
    p, w = 1 / (1 + np.exp(-eta)), np.ones(len(Y)) if weight is None else weight
    Z = np.column_stack([np.ones(len(Y)), X])
    g, information = Z.T @ (w * (Y - p)), (Z.T * (w * p * (1 - p))) @ Z
    close(score.statistic, g @ np.linalg.solve(information, g), 1e-8)
    if weight is None and offset is None:
        extra = X[columns].to_numpy()
        close(score.statistic, float(less.score_test(exog_extra=extra).statistic[0]), 1e-8)
    for test in (wald, ratio, score):
        assert test.df == len(columns)
        assert test.columns == tuple(columns)
        close(test.p_value, stats.chi2.sf(test.statistic, test.df), 1e-10)


def test_wald_of_one_coefficient_is_z_squared() -> None:
    for j, name in enumerate(FIT.names):
        close(li.wald(FIT, name).statistic, float(FIT.z[j]) ** 2, 1e-12)
        close(li.wald(FIT, name).p_value, float(FIT.p_value[j]), 1e-10)


def test_wald_with_a_robust_covariance() -> None:
    robust = li.robust_covariance(FIT, X, Y, "HC0")
    whole = sm.Logit(Y, sm.add_constant(X)).fit(disp=0, cov_type="HC0", tol=1e-14)
    expected = whole.wald_test(np.eye(6)[[4, 5]], scalar=True, use_f=False).statistic
    close(li.wald(FIT, SITE, covariance=robust).statistic, float(expected))
    close(li.wald(FIT, SITE, covariance=robust.covariance).statistic, float(expected))
    assert refused(lambda: li.wald(FIT, "age", covariance=np.eye(3))).shape == (3, 3)


def test_the_three_ways_to_a_score_test_are_one() -> None:
    smaller = lc.fit(X[["age", "dose", "sex"]], Y)
    by_extra = li.score_test(smaller, X, Y)
    assert by_extra.columns == tuple(SITE)
    close(by_extra.statistic, li.score_test(FIT, X, Y, SITE).statistic, 1e-10)
    turned = X[["site_c", "sex", "age", "site_b", "dose"]]
    close(by_extra.statistic, li.score_test(smaller, turned, Y).statistic, 1e-10)
    close(by_extra.statistic, li.score_test(smaller, turned, Y, ["site_c", "site_b"]).statistic)
    array = lc.fit(X.to_numpy()[:, :3], Y)  # columns x1, x2, x3 of five
    close(by_extra.statistic, li.score_test(array, X.to_numpy(), Y).statistic, 1e-10)
    assert refused(lambda: li.score_test(smaller, X, Y, ["age", "site_b"])).columns == ("age",)


def test_intercept_and_no_intercept() -> None:
    GPA, y, fit = spector()
    bare = peer(GPA, y, intercept=False)
    ratio = li.likelihood_ratio(fit, GPA, y, "intercept")
    close(ratio.statistic, 2 * (fit.loglik - bare.llf))
    score = li.score_test(fit, GPA, y, "intercept")
    close(score.statistic, float(bare.score_test(exog_extra=np.ones((32, 1))).statistic[0]))
    own = lc.fit(GPA, y, fit_intercept=False)
    everything = li.likelihood_ratio(own, GPA, y)
    close(everything.statistic, 2 * (own.loglik + 32 * np.log(2)))
    assert everything.df == 3
    close(li.likelihood_ratio(fit, own).statistic, ratio.statistic)  # nested, though nulls differ


# -- what is tested does not depend on how the rows are given --
def test_counts_equal_rows() -> None:
    rng = np.random.default_rng(7)
    Z, trials = rng.normal(size=(60, 2)), rng.integers(0, 6, 60)
    wins = rng.binomial(trials, 0.4)
    counted = lc.fit(Z, wins, n_trials=trials)
    times = np.concatenate([wins, trials - wins])
    rows = np.repeat(np.concatenate([Z, Z]), times, axis=0)
    y = np.repeat([1.0, 0.0], [wins.sum(), (trials - wins).sum()])
    plain = lc.fit(rows, y)
    for test in (li.likelihood_ratio, li.score_test):
        one = test(counted, Z, wins, "x2", n_trials=trials).statistic
        close(one, test(plain, rows, y, "x2").statistic, 1e-9)
    left = li.drop1(counted, Z, wins, n_trials=trials)
    np.testing.assert_allclose(left.statistic, li.drop1(plain, rows, y).statistic, rtol=1e-9)
    # the log-likelihoods differ by the binomial constant
    fewer = lc.fit(Z[:, :1], wins, n_trials=trials)
    close(left.loglik["x2"], fewer.loglik, 1e-12)
    close(left.aic["x2"], fewer.aic, 1e-12)


def test_labels_frames_and_designs_are_the_same_rows() -> None:
    expected = li.likelihood_ratio(FIT, X, Y, SITE).statistic
    labels = np.where(Y == 1, "yes", "no")
    named = lc.fit(X, labels)
    for rows in (X, X.to_numpy(), X[NAMES[::-1]], X.astype("float32").astype(float)):
        if rows is X or not isinstance(rows, pd.DataFrame) or rows.columns[0] != "age":
            close(li.likelihood_ratio(named, rows, labels, SITE).statistic, expected, 1e-10)
    sparse = pytest.importorskip("scipy.sparse").csr_array(X.to_numpy())
    close(li.likelihood_ratio(lc.fit(sparse, Y), sparse, Y, ["x4", "x5"]).statistic, expected)


def design() -> tuple[lc.Design, lc.LogitFit]:
    site = np.select([X.site_b == 1, X.site_c == 1], ["b", "c"], "a")
    frame = X[["age", "dose", "sex"]].assign(site=site, y=np.where(Y == 1, "a", "b"))
    made = lc.Design.from_frame(frame, target="y", positive="a")  # not the last in sort order
    return made, lc.fit(made)


def test_categories_of_a_design_are_terms() -> None:
    made, fit = design()
    expected = li.likelihood_ratio(FIT, X, Y, SITE)
    for rows, y in ((made, None), (made.X, made.y), (made.X, np.where(made.y, "a", "b"))):
        found = li.likelihood_ratio(fit, rows, y, "site")
        close(found.statistic, expected.statistic, 1e-10)
        assert found.df == 2
    close(li.wald(fit, "site").statistic, li.wald(FIT, SITE).statistic, 1e-10)
    close(
        li.score_test(fit, made, columns="site").statistic, li.score_test(FIT, X, Y, SITE).statistic
    )
    assert list(li.drop1(fit, made).index) == ["age", "dose", "sex", "site"]


# -- drop1 --
def test_drop1_is_a_likelihood_ratio_test_a_term() -> None:
    seen: list[tuple[int, int]] = []
    table = li.drop1(
        FIT, X, Y, groups={"site": SITE}, progress=lambda done, of: seen.append((done, of))
    )
    assert list(table.index) == ["age", "dose", "sex", "site"]
    assert table.df.tolist() == [1, 1, 1, 2]
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    for term, columns in (("age", ["age"]), ("site", SITE)):
        rest = lc.fit(X.drop(columns=columns), Y)
        close(table.loglik[term], rest.loglik, 1e-12)
        close(table.aic[term], rest.aic, 1e-12)
        close(table.statistic[term], li.likelihood_ratio(FIT, rest).statistic, 1e-10)
    np.testing.assert_allclose(table.p_adjusted, li.adjust(table.p_value), rtol=1e-14)
    raised = li.drop1(FIT, X, Y, method="bonferroni").p_adjusted
    np.testing.assert_allclose(raised, np.minimum(1, 5 * li.drop1(FIT, X, Y).p_value))


def test_drop1_refuses_what_overlaps_or_is_unknown() -> None:
    groups = {"one": ["age", "dose"], "two": ["dose", "sex"]}
    assert refused(lambda: li.drop1(FIT, X, Y, groups=groups)).column == "dose"
    assert refused(lambda: li.drop1(FIT, X, Y, groups={"one": ["height"]})).column == "height"
    assert refused(lambda: li.drop1(FIT, X, Y, method="none")).option == "method"


# -- adjustment --
@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("method", ["holm", "bonferroni"])
def test_adjustment_agrees_with_statsmodels(method: str, n: int) -> None:
    for seed in range(2):  # statsmodels takes a quarter of a second for a Holm
        p = np.random.default_rng(seed).random(n).round(1) ** 3  # ties, 0 and 1 among them
        expected = multipletests(p, method=method)[1]
        np.testing.assert_allclose(li.adjust(p, method), expected, rtol=1e-14, atol=0)


def test_adjustment_passes_over_tests_not_made() -> None:
    p = pd.Series([0.02, np.nan, 0.01], index=list("abc"))
    adjusted = li.adjust(p)
    assert adjusted.index.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(adjusted, [0.02, np.nan, 0.02])
    for wrong in ([1.2], [-0.1], 0.5, [[0.1]]):
        refused(lambda p=wrong: li.adjust(p))


# -- dropped columns --
def test_dropped_columns_are_not_tested() -> None:
    twice = X.assign(copy=2.0 * X.age, one=1.0)
    fit = quiet_fit(twice, Y)
    assert set(np.array(fit.names)[np.isnan(fit.coef)]) == {"copy", "one"}
    for test in (
        li.wald(fit, ["age", "copy"]),
        li.likelihood_ratio(fit, twice, Y, ["age", "copy"]),
        li.score_test(fit, twice, Y, ["age", "copy"]),
    ):
        assert test.df == 1
    # dropping only the copy loses nothing, dropping the original leaves nothing of it
    close(li.likelihood_ratio(fit, twice, Y, ["age"]).statistic,
          li.likelihood_ratio(FIT, X, Y, ["age"]).statistic)  # fmt: skip
    for nothing in (
        li.wald(fit, "copy"),
        li.likelihood_ratio(fit, twice, Y, "copy"),
        li.score_test(fit, twice, Y, "copy"),
    ):
        assert nothing.df == 0
        assert np.isnan(nothing.statistic)
        assert np.isnan(nothing.p_value)
    table = li.drop1(fit, twice, Y)
    assert table.loc[["copy", "one"], "statistic"].isna().all()
    np.testing.assert_allclose(table.p_adjusted[:5], li.drop1(FIT, X, Y).p_adjusted, rtol=1e-8)
    smaller = lc.fit(X, Y)
    nothing = li.score_test(smaller, twice, Y)  # both new columns are combinations of the old
    assert (nothing.df, nothing.columns) == (0, ("copy", "one"))


# -- separated data --
SIX = np.array([[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]], float)
SIX_Y = np.array([0, 0, 0, 1, 0, 1])


def test_separated_fits_have_a_likelihood_ratio_but_no_wald_test() -> None:
    fit = quiet_fit(SIX, SIX_Y)
    ratio = li.likelihood_ratio(fit, SIX, SIX_Y, "x2")
    close(ratio.statistic, 2 * (-4 * np.log(2) - lc.fit(SIX[:, :1], SIX_Y).loglik), 1e-7)
    assert refused(lambda: li.wald(fit, "x2"), SeparationError).columns
    # without x1 the larger model need not be fitted at all
    smaller = lc.fit(SIX[:, :1], SIX_Y)
    expected = peer(SIX[:, :1], SIX_Y).score_test(exog_extra=SIX[:, 1:]).statistic[0]
    close(li.score_test(smaller, SIX, SIX_Y).statistic, float(expected))
    refused(lambda: li.score_test(fit, np.column_stack([SIX, [1, 2, 3, 4, 5, 7]]), SIX_Y),
            SeparationError)  # fmt: skip


def test_a_smaller_model_may_be_separated_itself() -> None:
    rng = np.random.default_rng(3)
    Z = np.column_stack([np.repeat([0.0, 1.0], 20), rng.normal(size=40)])
    y = np.where(Z[:, 0] == 1, 1, rng.integers(0, 2, 40))  # x1 = 1 always wins
    fit = quiet_fit(Z, y)
    table = li.drop1(fit, Z, y)
    half = lc.fit(Z[:20, 1:], y[:20])  # the rows on the boundary
    close(table.statistic["x2"], 2 * (half.loglik - half.null_loglik), 1e-6)
    assert table.df.tolist() == [1, 1]
    refused(lambda: li.score_test(fit, Z, y, "x2"), SeparationError)
    close(li.wald(fit, "x2").statistic, float(half.z[1] ** 2), 1e-8)  # finite, so it has one


# -- two fits --
def test_fits_of_other_rows_are_refused() -> None:
    smaller = lc.fit(X[["age"]], Y)
    close(li.likelihood_ratio(FIT, smaller).statistic, li.likelihood_ratio(smaller, FIT).statistic)
    assert li.likelihood_ratio(FIT, smaller).columns == ("dose", "sex", "site_b", "site_c")
    flipped = Y.copy()
    flipped[np.flatnonzero(Y == 0)[0]] = 1
    cases: list[tuple[str, lc.LogitFit]] = [
        ("rows", lc.fit(X[["age"]][1:], Y[1:])),
        ("weight", lc.fit(X[["age"]], Y, sample_weight=WEIGHT)),
        ("null log-likelihood", lc.fit(X[["age"]], flipped)),
        ("null log-likelihood", lc.fit(X[["age"]], Y, offset=OFFSET)),
    ]
    for what, other in cases:
        assert refused(lambda other=other: li.likelihood_ratio(FIT, other)).what == what


def test_fits_that_are_not_nested_are_refused() -> None:
    other = lc.fit(X[["age"]].assign(height=np.arange(len(Y)) % 7), Y)
    assert refused(lambda: li.likelihood_ratio(FIT, other)).columns == ("height",)
    refused(lambda: li.likelihood_ratio(FIT, FIT))
    refused(lambda: li.likelihood_ratio(lc.fit(X[["age"]], Y), lc.fit(X[["dose"]], Y)))


# -- misuse --
def test_other_rows_than_the_fits_are_refused() -> None:
    wrong: list[dict[str, Any]] = [
        {"X": X[::-1], "y": Y},
        {"X": X, "y": 1 - Y},
        {"X": X, "y": Y, "sample_weight": WEIGHT},
        {"X": X, "y": Y, "offset": OFFSET},
        {"X": X[1:], "y": Y[1:]},
        {"X": X * 1.001, "y": Y},
    ]
    for rows in wrong:
        error = refused(lambda rows=rows: li.likelihood_ratio(FIT, columns="age", **rows))
        assert "log-likelihood" in error.found
    bad = X.copy()
    bad.loc[3, "dose"] = np.nan
    assert refused(lambda: li.likelihood_ratio(FIT, bad, Y, "age")).column == "dose"
    assert refused(lambda: li.drop1(FIT, X.drop(columns="age"), Y)).missing == ["age"]


def test_names_that_mean_nothing_are_refused() -> None:
    for name in ("height", ["age", "height"]):
        assert refused(lambda name=name: li.wald(FIT, name)).column == "height"
    refused(lambda: li.wald(FIT, []))
    twice = lc.fit(X.set_axis(["a", "a", "b", "c", "d"], axis=1), Y)
    assert "2" in refused(lambda: li.wald(twice, "a")).found


def test_penalised_unfinished_and_absent_fits_are_refused() -> None:
    ridge, firth = lc.fit(X, Y, l2=1.0), lc.fit(X, Y, penalty="firth")
    for fit in (ridge, firth):
        refused(lambda fit=fit: li.likelihood_ratio(fit, X, Y, "age"), LogregError)
        refused(lambda fit=fit: li.likelihood_ratio(FIT, fit), LogregError)
        refused(lambda fit=fit: li.score_test(fit, X, Y, "age"), LogregError)
        refused(lambda fit=fit: li.drop1(fit, X, Y), LogregError)
    refused(lambda: li.wald(ridge, "age"), LogregError)
    close(li.wald(firth, "age").statistic, float(firth.z[1]) ** 2, 1e-12)
    unfinished = quiet_fit(X, Y, max_iter=1)
    refused(lambda: li.wald(unfinished, "age"), LogregError)
    refused(lambda: li.wald(None, "age"), DataError)  # type: ignore[arg-type]
    refused(lambda: li.wald(lc.fit(X, Y, inference=False), "age"), LogregError)


def test_a_test_speaks() -> None:
    test = li.wald(FIT, ["age", "dose"])
    assert str(test).startswith("Wald test that age, dose are 0: chi-square ")
    assert test.to_frame().loc["age, dose", "df"] == 2
    assert "Likelihood ratio test that age is 0" in str(li.likelihood_ratio(FIT, X, Y, "age"))


# -- the case study --


@pytest.mark.real_data
def test_figures_of_the_case_study(real_frame: pd.DataFrame) -> None:
    made = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    table = li.drop1(lc.fit(made), made)
    expected = {
        "claim_status": 167.80, "video_duration_sec": 1.84, "author_ban_status": 1.88,
        "video_view_count": 0.10, "video_share_count": 3.91, "video_download_count": 6.76,
        "video_comment_count": 5.20,
    }  # fmt: skip
    for term, statistic in expected.items():
        assert table.statistic[term] == pytest.approx(statistic, abs=0.0051)
    assert table.df["author_ban_status"] == 2
    assert table.index[table.p_adjusted < 0.05].tolist() == ["claim_status"]  # by Holm
