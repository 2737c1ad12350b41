"""VIF, generalised VIF, condition indices.

Against their definitions on the weighted columns (NumPy, QR or SVD of n rows) to 1e-9, against
statsmodels where the conventions meet: an auxiliary weighted regression (1e-9), and
variance_inflation_factor itself when all working weights are equal.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from diagnostics_cases import Case, low_birth_weight, random_rows, spector
from statsmodels.stats.outliers_influence import variance_inflation_factor

import logreg_core as lc
from logreg_core.diagnostics import condition_indices, generalised_vif, vif
from logreg_core.errors import DataError, LogregError, SingularWarning


def weighted_columns(c: Case) -> np.ndarray:
    mu = c.fit.probability(c.X)
    Z = np.column_stack([np.ones(len(mu)), np.asarray(c.X, dtype=float)])
    return Z * np.sqrt(mu * (1 - mu))[:, None]


@pytest.mark.parametrize("make", [spector, low_birth_weight, random_rows])
def test_vif_is_one_over_one_minus_r2_of_weighted_regressions(make) -> None:
    c = make()
    mu = c.fit.probability(c.X)
    X = np.asarray(c.X, dtype=float)
    for j, name in enumerate(c.fit.names[1:]):
        others = sm.add_constant(np.delete(X, j, 1))
        r2 = sm.WLS(X[:, j], others, weights=mu * (1 - mu)).fit().rsquared
        assert vif(c.fit)["vif"][name] == pytest.approx(1 / (1 - r2), rel=1e-9)


def test_equal_weights_give_that_of_the_columns() -> None:
    """With no effect at all mu is one half throughout: least squares and information agree."""
    random = np.random.default_rng(0)
    half = random.normal(size=(50, 3)) @ (np.eye(3) + 0.7)
    X, y = np.concatenate([half, half]), np.repeat([0, 1], 50)
    fit = lc.fit(X, y)
    Z = sm.add_constant(X)
    peer = [variance_inflation_factor(Z, j) for j in (1, 2, 3)]
    np.testing.assert_allclose(vif(fit)["vif"], peer, rtol=1e-10)


def test_no_intercept_is_about_zero() -> None:
    c = random_rows()
    fit = lc.fit(c.X, c.y, fit_intercept=False)
    mu = fit.probability(c.X)
    S = (c.X * (mu * (1 - mu))[:, None]).T @ c.X
    np.testing.assert_allclose(vif(fit)["vif"], S.diagonal() * np.linalg.inv(S).diagonal())
    assert list(vif(fit).index) == ["x1", "x2", "x3"]


@pytest.mark.parametrize("gap", [1e-2, 1e-5, 1e-7])
def test_nearly_collinear_columns(gap: float) -> None:
    """The vif of x and x + gap e is about 1 / gap^2; its digits are those of the columns."""
    random = np.random.default_rng(1)
    x, e = random.normal(size=500), random.normal(size=500)
    X, y = np.column_stack([x, x + gap * e]), (random.random(500) < 0.4).astype(float)
    fit = lc.fit(X, y)
    mu = fit.probability(X)
    w = mu * (1 - mu)
    a, b = x - np.average(x, weights=w), (X[:, 1] - x) / gap
    b = b - np.average(b, weights=w)
    R = np.linalg.qr(np.column_stack([a, b]) * np.sqrt(w)[:, None], mode="r")
    exact = 1.0 + (R[0, 0] / gap + R[0, 1]) ** 2 / R[1, 1] ** 2
    assert vif(fit)["vif"]["x2"] == pytest.approx(exact, rel=1e-14 / gap + 1e-9)


def test_ridge_is_taken_out() -> None:
    c = random_rows()
    fit = lc.fit(c.X, c.y, l2=50.0)
    W = weighted_columns(Case(c.X, c.y, fit, None, {}))
    inverse = np.linalg.inv(W.T @ W)
    S = np.linalg.inv(inverse[1:, 1:])
    exact = S.diagonal() * inverse.diagonal()[1:]
    np.testing.assert_allclose(vif(fit)["vif"], exact, rtol=1e-9)
    assert (np.abs(vif(fit)["vif"] - vif(c.fit)["vif"]) > 1e-3).any()


def test_dropped_columns_are_infinite_and_constants_undefined() -> None:
    c = random_rows()
    wide = np.column_stack([c.X, c.X[:, 0] - c.X[:, 1], np.full(400, 3.0)])
    with pytest.warns(SingularWarning):
        fit = lc.fit(wide, c.y)
    found = vif(fit)["vif"]
    assert found["x4"] == np.inf
    assert np.isnan(found["x5"])
    np.testing.assert_allclose(found[["x1", "x2", "x3"]], vif(c.fit)["vif"], rtol=1e-9)


def test_generalised_vif_by_determinants() -> None:
    c = low_birth_weight()
    C = c.fit.covariance[1:, 1:]
    correlation = C / np.sqrt(np.outer(C.diagonal(), C.diagonal()))
    race = [2, 3]
    rest = [0, 1, 4, 5, 6, 7]
    det = np.linalg.det
    exact = det(correlation[np.ix_(race, race)]) * det(correlation[np.ix_(rest, rest)])
    exact /= det(correlation)
    found = generalised_vif(c.fit, {"race": ["race_black", "race_other"]})
    assert found["gvif"]["race"] == pytest.approx(exact, rel=1e-10)
    assert found["comparable"]["race"] == pytest.approx(exact**0.5, rel=1e-10)
    single = found.drop("race")["gvif"]
    np.testing.assert_allclose(single, vif(c.fit)["vif"][single.index], rtol=1e-10)
    with pytest.raises(DataError, match="does not have"):
        generalised_vif(c.fit, {"race": ["race_white"]})
    with pytest.raises(DataError, match="in another group too"):
        generalised_vif(c.fit, {"a": ["age"], "b": ["age", "lwt"]})


def test_generalised_vif_does_not_depend_on_the_reference_level() -> None:
    frame = lc.datasets.verified_status()
    choice = lc.datasets.VERIFIED_STATUS
    found = []
    for level in ("active", "banned"):
        design = lc.Design.from_frame(
            frame, **choice, missing="drop", reference={"author_ban_status": level}
        )
        fit = lc.fit(design)
        found.append(generalised_vif(fit, design)["gvif"])
    pd.testing.assert_series_equal(*found, rtol=1e-9)
    assert found[0]["author_ban_status"] > 1.0


@pytest.mark.parametrize("make", [spector, low_birth_weight, random_rows])
def test_condition_indices_are_those_of_the_scaled_columns(make) -> None:
    c = make()
    W = weighted_columns(c)
    scaled = W / np.sqrt((W**2).sum(axis=0))
    _, s, V = np.linalg.svd(scaled, full_matrices=False)
    found = condition_indices(c.fit, intercept=True)
    np.testing.assert_allclose(found["condition_index"], s[0] / s, rtol=1e-8)
    shares = (V / s[:, None]) ** 2
    np.testing.assert_allclose(found.iloc[:, 1:], shares / shares.sum(axis=0), atol=1e-8)
    root = np.sqrt(W[:, 0] @ W[:, 0])
    centred = W[:, 1:] - np.outer(W[:, 0], W[:, 0] @ W[:, 1:]) / root**2
    s = np.linalg.svd(centred / np.sqrt((centred**2).sum(axis=0)), compute_uv=False)
    found = condition_indices(c.fit)
    np.testing.assert_allclose(found["condition_index"], s[0] / s, rtol=1e-8)
    assert found["condition_index"].iloc[-1] == pytest.approx(c.fit.condition_number, rel=1e-8)
    np.testing.assert_allclose(found.iloc[:, 1:].sum(), 1.0, rtol=1e-12)


def test_a_fit_without_covariance_says_so() -> None:
    c = random_rows()
    with pytest.raises(LogregError, match="inference=False"):
        vif(lc.fit(c.X, c.y, inference=False))


def test_separated_columns_have_none() -> None:
    X = [[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]]
    with pytest.warns(lc.errors.SeparationWarning):
        fit = lc.fit(X, [0, 0, 0, 1, 0, 1])
    assert vif(fit)["vif"].isna().all()


@pytest.mark.real_data
def test_the_course_file(real_frame: pd.DataFrame) -> None:
    """CASE_STUDY.md: at most 6.9 by the information, 4.4 by least squares on the columns."""
    design = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    found = vif(lc.fit(design))["vif"]
    assert found.idxmax() == "video_download_count"
    assert round(found.max(), 1) == 6.9
    Z = sm.add_constant(design.X)
    assert round(max(variance_inflation_factor(Z, j) for j in range(1, 9)), 1) == 4.4
