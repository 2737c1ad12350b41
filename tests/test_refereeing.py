"""Coefficients of known error, ranked; log-likelihoods lost against 50 digits.

Digits of what was bent by a known factor are known to 0.05. The log-likelihood lost is the small
difference of large numbers and keeps its digits all the same: 1e-9 relative, at losses of 1e-20.
Only where there is no maximum it is held against a supremum in doubles: 1e-15 absolute.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.crosscheck.refereeing import referee
from logreg_core.errors import DataError


@pytest.fixture(scope="module")
def problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 3)) * [1.0, 1e3, 1e-3]
    y = (random.random(200) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
    return X, y, lc.polish(lc.fit(X, y), X, y).coef


def test_known_errors_are_ranked(problem: tuple[np.ndarray, ...]) -> None:
    X, y, exact = problem
    rank = [1e-12, 1e-3, 1e-7, 0.5]
    given = {f"{size:g}": exact * (1.0 + size) for size in rank} | {"exact": exact}
    found = referee(X, y, given)
    assert list(found.table.index) == ["exact", "1e-12", "1e-07", "0.001", "0.5"]
    for size in rank:
        row = found.digits.loc[f"{size:g}"]
        np.testing.assert_allclose(row, max(0.0, -np.log10(size)), atol=0.05)
    assert found.table.loc["exact", "digits"] >= 15.8
    assert found.table.loc["exact", "score"] < 1e-14
    assert found.table["loglik_lost"].is_monotonic_increasing
    assert found.certificate.proven
    assert found.maximum is not None
    np.testing.assert_array_equal(found.maximum.coef, exact)
    worst = exact * np.array([1.0, 1.0, 1.0 + 1e-4, 1.0])
    row = referee(X, y, {"bent": worst}).table.loc["bent"]
    assert row["worst"] == "x2"
    assert row["digits"] == pytest.approx(4.0, abs=0.01)
    errors = abs(worst - exact) / found.maximum.std_error
    assert row["std_errors"] == pytest.approx(errors.max(), rel=1e-9)


def test_likelihood_lost_and_gradient_against_fifty_digits(
    problem: tuple[np.ndarray, ...],
) -> None:
    mpmath = pytest.importorskip("mpmath")
    X, y, coef = problem
    exact = lc.reference.fit(X, y, 50)
    given = {str(size): coef * (1.0 + size) for size in (1e-10, 1e-4, 0.3)}
    found = referee(X, y, given)
    with mpmath.workdps(60):
        top = mpmath.mpf(exact.loglik_digits)
        for name, values in given.items():
            loglik, gradient = mpmath.mpf(0), [mpmath.mpf(0)] * 4
            for row, outcome in zip(X, y, strict=True):
                x = [mpmath.mpf(1), *(mpmath.mpf(float(v)) for v in row)]
                eta = sum(a * mpmath.mpf(float(b)) for a, b in zip(x, values, strict=True))
                loglik -= mpmath.log1p(mpmath.exp(-eta if outcome else eta))
                left = int(outcome) - 1 / (1 + mpmath.exp(-eta))
                gradient = [g + left * v for g, v in zip(gradient, x, strict=True)]
            lost = float(top - loglik)
            assert found.table.loc[name, "loglik_lost"] == pytest.approx(lost, rel=1e-9)
            expected = [float(g) for g in gradient]
            np.testing.assert_allclose(found.gradient.loc[name], expected, rtol=1e-12)


def test_names_series_and_what_was_left_out(problem: tuple[np.ndarray, ...]) -> None:
    X, y, exact = problem
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    names = ["intercept", "a", "b", "c"]
    found = referee(
        frame, y,
        {
            "dict": dict(zip(reversed(names), reversed(exact.tolist()), strict=True)),
            "series": pd.Series(exact, index=names).sort_index(),
            "without c": [*exact[:3], np.nan],
        },
    )  # fmt: skip
    assert (found.table.loc[["dict", "series"], "digits"] > 15).all()
    assert found.table.loc["without c", "worst"] == "c"
    assert found.table.loc["without c", "digits"] == 0.0
    assert found.digits.loc["without c", "a"] > 15


def test_a_predictor_split_over_collinear_columns_is_the_same() -> None:
    random = np.random.default_rng(1)
    X = random.integers(-8, 9, (200, 2)) / 4.0
    X = np.column_stack([X, X[:, 0] + 2 * X[:, 1] + 3])
    y = (random.random(200) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
    coef = lc.polish(lc.fit(X[:, :2], y), X[:, :2], y).coef
    split = [coef[0] - 3 * 0.125, coef[1] - 0.125, coef[2] - 0.25, 0.125]
    with pytest.warns(lc.errors.SingularWarning):
        lc.fit(X, y)
    found = referee(X, y, {"split": split, "dropped": [*coef, np.nan]})
    assert (found.table["digits"] > 13).all()
    assert np.isnan(found.digits["x3"]).all()


def test_nobody_is_right_where_there_is_no_maximum() -> None:
    X = np.array([[0.0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]])
    y = np.array([0, 1, 0, 1, 1, 1])
    found = referee(X, y, {"five": [0, 0, 5], "twenty": [0, 0, 20], "zero": [0, 0, 0]})
    assert list(found.table.index) == ["twenty", "five", "zero"]
    assert found.table["digits"].isna().all()
    lost = [2 * np.log1p(np.exp(-value)) for value in (20.0, 5.0, 0.0)]
    np.testing.assert_allclose(found.table["loglik_lost"], lost, rtol=1e-9, atol=1e-15)
    assert found.maximum is None
    assert found.certificate.status == "no finite maximum"
    assert "x2 -> +inf" in str(found)


def test_weights_counts_offset_and_ridge() -> None:
    random = np.random.default_rng(2)
    X, trials = random.normal(size=(80, 2)), random.integers(1, 9, 80)
    y, offset = random.binomial(trials, 0.4), random.normal(size=80)
    rest = {"n_trials": trials, "offset": offset, "l2": 0.7}
    exact = lc.reference.fit(X, y.astype(float), 30, **rest)
    found = referee(X, y, {"exact": exact.coef, "bent": exact.coef * 1.001}, **rest)
    assert found.table.loc["exact", "digits"] > 15
    assert found.table.loc["bent", "digits"] == pytest.approx(3.0, abs=0.01)


def test_scikit_learns_default_is_found_out() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    random = np.random.default_rng(3)
    X = random.normal(size=(500, 3)) * [1.0, 1e3, 1e-3]
    y = (random.random(500) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
    with np.errstate(all="ignore"):
        loose = linear_model.LogisticRegression(max_iter=10_000).fit(X, y)
    theirs = np.r_[loose.intercept_, loose.coef_[0]]
    found = referee(X, y, {"lbfgs": theirs, "ours": lc.fit(X, y).coef})
    assert list(found.table.index) == ["ours", "lbfgs"]
    assert found.table.loc["lbfgs", "digits"] < 1
    assert found.table.loc["lbfgs", "score"] > 0.1
    assert found.table.loc["ours", "digits"] > 13


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no coefficients"),
        ({"a": [1.0, 2.0]}, "gives 2 coefficients"),
        ({"a": [1.0, 2.0, np.inf, 0.0]}, "1 infinite"),
        ({"a": {"intercept": 1.0, "x1": 2.0, "x2": 1.0, "z": 0.0}}, "other coefficients"),
    ],
)
def test_what_cannot_be_judged(
    problem: tuple[np.ndarray, ...], given: dict[str, object], said: str
) -> None:
    X, y, _ = problem
    with pytest.raises(DataError, match=said):
        referee(X, y, given)


def test_the_courses_file(real_frame: pd.DataFrame) -> None:
    """scikit-learn's default on the raw columns: not one right digit, and no warning."""
    linear_model = pytest.importorskip("sklearn.linear_model")
    frame = real_frame.dropna()
    counts = [f"video_{what}_count" for what in ("view", "share", "download", "comment")]
    X = pd.DataFrame({
        "duration": frame["video_duration_sec"],
        "opinion": frame["claim_status"] == "opinion",
        "banned": frame["author_ban_status"] == "banned",
        "under review": frame["author_ban_status"] == "under review",
        **{name: frame[name] for name in counts},
    }).astype(float)  # fmt: skip
    y = (frame["verified_status"] == "verified").astype(int)
    default = linear_model.LogisticRegression(max_iter=800).fit(X, y)
    theirs = np.r_[default.intercept_, default.coef_[0]]
    found = referee(X, y, {"scikit-learn": theirs, "ours": lc.fit(X, y).coef})
    assert found.certificate.proven
    assert found.table.loc["scikit-learn", "digits"] < 1
    assert found.digits.loc["scikit-learn", "banned"] < 1
    assert found.table.loc["ours", "digits"] > 12
