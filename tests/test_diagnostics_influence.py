"""Residuals, leverage, Cook's distance and DFBETAS.

Against statsmodels' GLMInfluence to 1e-10 (both are exact formulas at maxima that agree to 1e-13;
a Cook's distance squares what is lost); against Stata and SAS at their printed digits; against
deletion itself, whose first Newton step the formulas are, to 1e-9.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from diagnostics_cases import (
    STATSMODELS,
    Case,
    case,
    finney,
    low_birth_weight,
    random_rows,
    spector,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import logreg_core as lc
from logreg_core.diagnostics import influence, influence_summary, residuals
from logreg_core.diagnostics.residuals import deviance_residuals, pearson_residuals
from logreg_core.errors import DataError, SeparationError, SingularWarning

TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def weighted() -> Case:
    weight = np.random.default_rng(3).integers(1, 4, 400).astype(float)
    return random_rows(sample_weight=weight)


def shifted() -> Case:
    return random_rows(offset=np.random.default_rng(4).normal(size=400))


def counts() -> Case:
    random = np.random.default_rng(5)
    X = random.normal(size=(60, 2))
    trials = random.integers(1, 30, 60).astype(float)
    y = random.binomial(trials.astype(int), 1.0 / (1.0 + np.exp(-X[:, 0]))).astype(float)
    return case(X, y, n_trials=trials)


@pytest.mark.parametrize("make", [spector, finney, low_birth_weight, random_rows, shifted])
def test_influence_is_that_of_statsmodels(make) -> None:
    c = make()
    found, peer = influence(c.fit, c.X, c.y, **c.rows), c.glm.get_influence()
    np.testing.assert_allclose(found["leverage"], peer.hat_matrix_diag, **TIGHT)
    np.testing.assert_allclose(found["cooks_distance"], peer.cooks_distance[0], **TIGHT)
    np.testing.assert_allclose(found["standardised_pearson"], peer.resid_studentized, **TIGHT)
    np.testing.assert_allclose(found["pearson"], c.glm.resid_pearson, **TIGHT)
    np.testing.assert_allclose(found["deviance"], c.glm.resid_deviance, **TIGHT)
    changes = found.filter(like="dfbetas_")
    if "offset" in c.rows:  # statsmodels' own regression forgets it: take its formula by hand
        return
    # its standard errors may be an iteration stale (2e-8 on Finney's data): compare the changes
    peer_changes = peer.dfbetas * (np.asarray(c.glm.bse) / c.fit.std_error)
    np.testing.assert_allclose(changes, peer_changes, rtol=1e-9, atol=1e-12)


def test_counts_are_those_of_statsmodels() -> None:
    c = counts()
    found, peer = influence(c.fit, c.X, c.y, **c.rows), c.glm.get_influence()
    np.testing.assert_allclose(found["leverage"], peer.hat_matrix_diag, **TIGHT)
    np.testing.assert_allclose(found["pearson"], c.glm.resid_pearson, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["deviance"], c.glm.resid_deviance, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose((found["deviance"] ** 2).sum(), c.glm.deviance, rtol=1e-12)
    np.testing.assert_allclose((found["pearson"] ** 2).sum(), c.glm.pearson_chi2, rtol=1e-12)


def test_star98_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    data = sm.datasets.star98.load_pandas()
    success, trials = data.endog.iloc[:, 0], data.endog.sum(axis=1)
    c = case(data.exog, success, n_trials=trials.to_numpy())
    found = influence(c.fit, data.exog, success, n_trials=trials)
    # condition 3.4e6: statsmodels' own leverage carries some nine digits
    np.testing.assert_allclose(found["leverage"].sum(), 21.0, rtol=1e-10)
    np.testing.assert_allclose(found["leverage"], c.glm.get_influence().hat_matrix_diag, rtol=1e-6)
    np.testing.assert_allclose(found["deviance"], c.glm.resid_deviance, rtol=1e-6, atol=1e-8)


def test_finney_is_that_of_sas() -> None:
    """PROC LOGISTIC's figures as shipped with statsmodels: four decimals, C is not divided by k."""
    c = finney()
    sas = pd.read_csv(STATSMODELS / "stats/tests/results/results_influence_logit.csv", index_col=0)
    found = influence(c.fit, c.X, c.y)
    np.testing.assert_allclose(found["leverage"], sas["hat_matrix_diagonal"], atol=6e-5)
    np.testing.assert_allclose(found["pearson"], sas["resid_pearson"], atol=6e-5)
    np.testing.assert_allclose(found["deviance"], sas["resid_deviance"], atol=6e-5)
    np.testing.assert_allclose(3.0 * found["cooks_distance"], sas["Cooks C"], atol=6e-5)
    changes = sas[["dfb_intercept", "dfb_lograte", "dfb_logvolumne"]]
    np.testing.assert_allclose(found.filter(like="dfbetas_"), changes, atol=1e-4)


def test_low_birth_weight_is_that_of_stata() -> None:
    from statsmodels.genmod.tests.results.glm_test_resids import lbw_resids

    c = low_birth_weight()
    found = residuals(c.fit, c.X, c.y)
    np.testing.assert_allclose(found["pearson"], lbw_resids[:, 0], rtol=2e-6)
    np.testing.assert_allclose(found["deviance"], lbw_resids[:, 1], rtol=2e-6)
    np.testing.assert_allclose(found["response"], lbw_resids[:, 4], rtol=2e-6)


def one_newton_step(X, y, weight, coef, row, l2=0.0):
    """beta after one Newton step from ``coef`` without a row: plain NumPy."""
    Z = np.column_stack([np.ones(len(X)), X])
    mu = 1.0 / (1.0 + np.exp(-Z @ coef))
    keep = np.arange(len(X)) != row
    ridge = l2 * np.diag([0.0] + [1.0] * X.shape[1])
    information = (Z[keep] * (weight * mu * (1 - mu))[keep, None]).T @ Z[keep] + ridge
    gradient = Z[keep].T @ (weight * (y - mu))[keep] - ridge @ coef
    return coef + np.linalg.solve(information, gradient)


@pytest.mark.parametrize("l2", [0.0, 3.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_changes_are_one_newton_step_of_deletion(l2: float, weighted: bool) -> None:
    random = np.random.default_rng(8)
    X = random.normal(size=(40, 2)) * [1.0, 30.0] + [0.0, 500.0]
    y = (random.random(40) < 0.4).astype(float)
    weight = random.integers(1, 4, 40).astype(float) if weighted else np.ones(40)
    fit = lc.fit(X, y, sample_weight=weight, l2=l2)
    found = influence(fit, X, y, sample_weight=weight)
    Z = np.column_stack([np.ones(40), X])
    mu = fit.probability(X)
    information = (Z * (weight * mu * (1 - mu))[:, None]).T @ Z + l2 * np.diag([0.0, 1.0, 1.0])
    for row in (0, 7, 39):
        change = fit.coef - one_newton_step(X, y, weight, fit.coef, row, l2)
        np.testing.assert_allclose(
            found.filter(like="dfbetas_").iloc[row], change / fit.std_error, rtol=1e-7, atol=1e-10
        )
        cook = change @ information @ change / 3.0
        np.testing.assert_allclose(found["cooks_distance"][row], cook, rtol=1e-7)


def test_the_step_is_close_to_deletion_itself() -> None:
    """The one-step change is that of the fit without the row, to second order."""
    c = random_rows(n=300, seed=2)
    found = influence(c.fit, c.X, c.y)
    for row in found["cooks_distance"].nlargest(3).index:
        rest = lc.fit(np.delete(c.X, row, 0), np.delete(c.y, row))
        exact = (c.fit.coef - rest.coef) / c.fit.std_error
        np.testing.assert_allclose(found.filter(like="dfbetas_").loc[row], exact, atol=0.02)
        assert np.abs(exact).max() > 0.15


def test_firth_takes_the_residual_its_score_is_made_of() -> None:
    """One step of Newton without the row, the other rows' leverages kept: plain NumPy."""
    c = random_rows(n=30, k=2, seed=6)
    fit = lc.fit(c.X, c.y, penalty="firth")
    found = influence(fit, c.X, c.y)
    Z = np.column_stack([np.ones(30), c.X])
    mu = 1.0 / (1.0 + np.exp(-Z @ fit.coef))
    information = (Z * (mu * (1 - mu))[:, None]).T @ Z
    h = mu * (1 - mu) * np.einsum("ij,jk,ik->i", Z, np.linalg.inv(information), Z)
    score = c.y - mu + h * (0.5 - mu)
    np.testing.assert_allclose(Z.T @ score, 0.0, atol=1e-7)
    np.testing.assert_allclose(found["leverage"], h, rtol=1e-7)
    step = np.linalg.solve(information, (Z * (score / (1 - h))[:, None]).T).T
    errors = np.sqrt(np.linalg.inv(information).diagonal())
    np.testing.assert_allclose(found.filter(like="dfbetas_"), step / errors, rtol=1e-5, atol=1e-8)


@given(eta=st.floats(-1200.0, 1200.0), hit=st.booleans(), weight=st.floats(0.01, 100.0))
@settings(max_examples=200, deadline=None)
def test_residuals_of_single_outcomes_have_closed_forms(eta, hit, weight) -> None:
    a, b = np.array([weight * hit]), np.array([weight * (not hit)])
    sign = 1.0 if hit else -1.0
    with np.errstate(over="ignore"):
        pearson = sign * np.exp(-0.5 * sign * eta) * np.sqrt(weight)
        deviance = sign * np.sqrt(2.0 * weight * np.logaddexp(0.0, -sign * eta))
    np.testing.assert_allclose(pearson_residuals(np.array([eta]), a, b)[0], pearson, rtol=1e-12)
    found = deviance_residuals(np.array([eta]), a, b)[0]
    np.testing.assert_allclose(found, deviance, rtol=1e-12, atol=1e-150)  # subnormal beyond 708


@given(
    eta=st.floats(-30.0, 30.0), success=st.integers(1, 1000), failure=st.integers(1, 1000),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_deviance_residuals_of_counts_in_mpmath(eta, success, failure) -> None:
    import mpmath

    with mpmath.workdps(60):
        m, a, b = success + failure, mpmath.mpf(success), mpmath.mpf(failure)
        mu = 1 / (1 + mpmath.exp(-mpmath.mpf(eta)))
        part = a * mpmath.log(a / (m * mu)) + b * mpmath.log(b / (m * (1 - mu)))
        true = float(mpmath.sign(a - m * mu) * mpmath.sqrt(2 * max(part, 0)))
    a, b = np.array([float(success)]), np.array([float(failure)])
    found = deviance_residuals(np.array([eta]), a, b)
    # near a perfect prediction the residual is a difference of two counts, right to their rounding
    np.testing.assert_allclose(found[0], true, rtol=1e-10, atol=1e-12 * np.sqrt(success + failure))


def test_a_weight_is_as_many_copies_deleted_together() -> None:
    c = weighted()
    weight = c.rows["sample_weight"]
    found = influence(c.fit, c.X, c.y, sample_weight=weight)
    many = np.repeat(np.arange(400), weight.astype(int))
    single = influence(lc.fit(c.X[many], c.y[many]), c.X[many], c.y[many])
    share = found["leverage"].to_numpy() / weight
    np.testing.assert_allclose(share[many], single["leverage"], rtol=1e-10)
    np.testing.assert_allclose((found["deviance"] ** 2).sum(), (single["deviance"] ** 2).sum())
    np.testing.assert_allclose(found["leverage"].sum(), 4.0, rtol=1e-12)


def test_rows_of_weight_zero_say_nothing() -> None:
    c = random_rows(n=50)
    weight = np.ones(50)
    weight[::5] = 0.0
    fit = lc.fit(c.X, c.y, sample_weight=weight)
    found = influence(fit, c.X, c.y, sample_weight=weight)
    kept = weight > 0
    alone = influence(lc.fit(c.X[kept], c.y[kept]), c.X[kept], c.y[kept])
    np.testing.assert_allclose(found[kept], alone, rtol=1e-9, atol=1e-12)
    assert (found[~kept] == 0.0).all().all()


def test_columns_are_taken_by_name_and_named() -> None:
    c = low_birth_weight()
    found = influence(c.fit, c.X, c.y)
    turned = influence(c.fit, c.X[c.X.columns[::-1]], c.y)
    assert list(found.columns[6:]) == [f"dfbetas_{name}" for name in c.fit.names]
    pd.testing.assert_frame_equal(found, turned, rtol=1e-10)
    moved = c.X.set_index(c.X.index + 1000)
    assert influence(c.fit, moved, c.y).index.equals(moved.index)


def test_reordered_columns_of_many_rows() -> None:
    """More than a pack of rows: those are read from X itself where its order is that of the fit."""
    c = random_rows(n=3000)
    frame = pd.DataFrame(c.X, columns=["a", "b", "c"])
    fit = lc.fit(frame, c.y)
    expected = influence(fit, frame, c.y)
    pd.testing.assert_frame_equal(influence(fit, frame[["c", "a", "b"]], c.y), expected, rtol=1e-9)
    by_name = residuals(fit, frame[["b", "c", "a"]], c.y)
    np.testing.assert_allclose(by_name["probability"], fit.probability(frame), rtol=1e-12)


def test_equal_rows_have_equal_bits() -> None:
    """Ties of the probability are ties, wherever the rows lie."""
    c = random_rows(n=37)
    X = np.concatenate([c.X] * 30)
    y = np.random.default_rng(0).random(len(X)) < 0.4
    found = residuals(lc.fit(X, y), X, y)["probability"].to_numpy().reshape(30, 37)
    assert (found == found[0]).all()


KERNEL_SCRIPT = """
import sys
import numpy as np
from logreg_core.diagnostics.influence_kernels import PACK, STRIDE, influence_span, predictor_span
random = np.random.default_rng(0)
found = []
for n in (1, 255, 256, 300):
    X, none = np.empty((n, 2)), np.empty(0)
    X[:] = random.normal(size=(n, 2))
    X.flags.writeable = False
    y, weight = (random.random(n) < 0.4).astype(np.uint8), random.integers(0, 3, n).astype(float)
    plain = (y, none, none, none, none)
    counts = (none.astype(np.uint8), none, weight, 2.0 - weight, random.normal(size=n))
    columns, center = np.array([-1, 0, 1]), np.array([0.0, 0.5, -0.5])
    beta, turn = np.array([0.1, 1.0, -2.0]), np.triu(random.normal(size=(3, 3))) / n**0.5 / 4
    for outcome, firth in ((plain, False), ((y, weight, none, none, none), True), (counts, False)):
        out, changes = np.empty((n, 3)), np.empty((n, 3))
        largest, where, eta = np.zeros(3), np.zeros(3, np.int64), np.empty(n)
        panel, line, scratch = np.empty((3, STRIDE)), np.empty(PACK), np.empty((2, PACK))
        influence_span(X, *outcome, columns, center, beta, turn, turn, firth, panel, line, scratch,
                       out, changes, largest, where)
        predictor_span(X, outcome[-1], columns, center, beta, panel, line, eta)
        found += [out.ravel(), changes.ravel(), largest, where, eta]
np.save(sys.argv[1], np.concatenate(found))
"""


def test_kernels_compiled_as_plain_python_and_with_every_index_checked(tmp_path) -> None:
    """Packs that are full and not, one row, read-only X, weights, counts, offset, Firth."""
    found = []
    for setting in ("", "NUMBA_DISABLE_JIT", "LOGREG_BOUNDSCHECK"):
        done = subprocess.run(
            [sys.executable, "-c", KERNEL_SCRIPT, str(tmp_path / "found.npy")],
            env=os.environ | ({setting: "1"} if setting else {}),
            cwd=Path(lc.__file__).parents[1], capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found.append(np.load(tmp_path / "found.npy"))
    assert np.isfinite(found[0]).all()
    np.testing.assert_allclose(found[1], found[0], rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(found[2], found[0], rtol=1e-11, atol=1e-13)


def test_aliased_columns_are_left_out() -> None:
    c = random_rows(n=100)
    wide = np.column_stack([c.X[:, 0], c.X[:, 0] + c.X[:, 1], c.X[:, 1], c.X[:, 2]])
    with pytest.warns(SingularWarning):
        fit = lc.fit(wide, c.y)
    found = influence(fit, wide, c.y)
    np.testing.assert_allclose(found["leverage"], influence(c.fit, c.X, c.y)["leverage"], rtol=1e-9)
    assert "dfbetas_x3" not in found
    assert found["leverage"].sum() == pytest.approx(4.0, rel=1e-10)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_collinear_columns_keep_their_leverage(scale: float) -> None:
    """A pass through a rotated map where pivots are doubtful: leverages sum to k all the same."""
    random = np.random.default_rng(0)
    x = random.normal(size=2000)
    X = np.column_stack([x, x + 1e-6 * random.normal(size=2000), random.normal(size=2000)]) * scale
    y = (random.random(2000) < 0.3).astype(float)
    found = influence(lc.fit(X, y), X, y)
    Q = np.linalg.qr(np.column_stack([np.ones(2000), x, X[:, 1] / scale - x, X[:, 2] / scale]))[0]
    assert found["leverage"].sum() == pytest.approx(4.0, rel=1e-9)
    mu = lc.fit(X, y).probability(X)
    W = np.sqrt(mu * (1 - mu))[:, None] * Q
    exact = (np.linalg.qr(W)[0] ** 2).sum(axis=1)
    np.testing.assert_allclose(found["leverage"], exact, rtol=1e-6)


def test_the_same_bits_for_any_number_of_threads() -> None:
    c = random_rows(n=30_000, k=15)
    one = influence(c.fit, c.X, c.y, threads=1)
    pd.testing.assert_frame_equal(one, influence(c.fit, c.X, c.y, threads=4), check_exact=True)
    with_one = influence_summary(c.fit, c.X, c.y, threads=1)
    with_four = influence_summary(c.fit, c.X, c.y, threads=4)
    pd.testing.assert_frame_equal(with_one.largest, with_four.largest, check_exact=True)


def test_the_summary_says_what_the_table_holds() -> None:
    c = random_rows(n=10_000, k=4)
    table, found = influence(c.fit, c.X, c.y), influence_summary(c.fit, c.X, c.y, n_largest=7)
    top = table["cooks_distance"].nlargest(7)
    np.testing.assert_array_equal(found.largest.index, top.index)
    for name in ("cooks_distance", "leverage", "standardised_pearson"):
        np.testing.assert_array_equal(found.largest[name], table.loc[top.index, name])
    np.testing.assert_array_equal(found.largest["success"], c.y[top.index])
    np.testing.assert_allclose(found.largest["probability"], c.fit.probability(c.X)[top.index])
    np.testing.assert_array_equal(
        found.leverage, np.quantile(table["leverage"], found.leverage.index)
    )
    changes = table.filter(like="dfbetas_").abs()
    np.testing.assert_array_equal(found.dfbetas["largest"], changes.max())
    np.testing.assert_array_equal(found.dfbetas["row"], changes.idxmax())
    assert tuple(found.dfbetas.index) == c.fit.names
    n, k = 10_000, 5
    rules = [
        (table["cooks_distance"] > 1).sum(), (table["cooks_distance"] > 0.5).sum(),
        (table["cooks_distance"] > 4 / n).sum(), (table["leverage"] > 2 * k / n).sum(),
        (table["leverage"] > 3 * k / n).sum(), (table["standardised_pearson"].abs() > 2).sum(),
        (table["standardised_pearson"].abs() > 3).sum(),
    ]  # fmt: skip
    assert found.counts["rows"].tolist() == rules
    assert "largest Cook's distance" in str(found)


def test_an_arrow_column_block_frame_is_read_where_it_lies() -> None:
    c = random_rows(n=500)
    frame = pd.DataFrame({f"x{j + 1}": c.X[:, j] for j in range(3)}).astype({"x2": "float32"})
    fit = lc.fit(frame, c.y)
    assert influence(fit, frame, c.y)["leverage"].sum() == pytest.approx(4.0, rel=1e-10)
    sparse = pytest.importorskip("scipy.sparse").csr_array(c.X)
    found = influence_summary(lc.fit(sparse, c.y), sparse, c.y)
    assert found.mean_leverage * 500 == pytest.approx(4.0, rel=1e-10)


def test_no_intercept() -> None:
    c = random_rows(n=200)
    fit = lc.fit(c.X, c.y, fit_intercept=False)
    found = influence(fit, c.X, c.y)
    mu = fit.probability(c.X)
    W = np.sqrt(mu * (1 - mu))[:, None] * c.X
    np.testing.assert_allclose(found["leverage"], (np.linalg.qr(W)[0] ** 2).sum(1), rtol=1e-10)
    assert list(found.columns[6:]) == ["dfbetas_x1", "dfbetas_x2", "dfbetas_x3"]


def test_other_rows_are_refused() -> None:
    c = random_rows(n=100)
    for X, y in ((c.X[:-1], c.y[:-1]), (c.X, 1 - c.y), (c.X * 1.01, c.y)):
        with pytest.raises(DataError, match="of the rows that were fitted"):
            influence(c.fit, X, y)
    with pytest.raises(DataError, match="of the rows that were fitted"):
        influence_summary(c.fit, c.X, c.y, sample_weight=np.full(100, 2.0))
    with pytest.raises(DataError, match="n_largest"):
        influence_summary(c.fit, c.X, c.y, n_largest=0)


def test_separated_rows_are_refused_and_their_residuals_are_not() -> None:
    X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    with pytest.warns(lc.errors.SeparationWarning):
        fit = lc.fit(X, y)
    with pytest.raises(SeparationError, match="firth"):
        influence(fit, X, y)
    assert np.abs(residuals(fit, X, y)["response"]).max() < 1e-3


def test_labels_of_the_fit_or_codes_will_do() -> None:
    c = random_rows(n=60)
    words = np.where(c.y == 1, "yes", "no")
    fit = lc.fit(c.X, words)
    expected = residuals(c.fit, c.X, c.y)
    for y in (words, c.y, c.y.astype(bool)):
        np.testing.assert_allclose(residuals(fit, c.X, y), expected, rtol=1e-12)
    one_class = residuals(fit, c.X[c.y == 1], words[c.y == 1])
    np.testing.assert_allclose(one_class, expected[c.y == 1], rtol=1e-12)
    with pytest.raises(DataError, match="classes"):
        residuals(fit, c.X, np.where(c.y == 1, "a", "b"))
    with pytest.raises(DataError, match="y is missing"):
        residuals(fit, c.X)


def test_a_missing_value_is_named() -> None:
    c = random_rows(n=60)
    X = c.X.copy()
    X[17, 1] = np.nan
    with pytest.raises(DataError, match=r"'x2' holds NaN .* row 17"):
        residuals(c.fit, X, c.y)


@pytest.mark.real_data
def test_the_course_file(real_frame: pd.DataFrame) -> None:
    design = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    found = influence_summary(lc.fit(design), design)
    assert round(found.largest["cooks_distance"].iloc[0], 3) == 0.027
    assert found.mean_leverage * 19_084 == pytest.approx(9.0, rel=1e-12)
