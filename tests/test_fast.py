"""The fast climb gives the plain loop's answer, or hands over to it.

Both end at a decrement of 1e-10, the plain one squaring it, so coefficients agree to 1e-10 of
coefficient and standard error; with inference, where a full step follows, to 1e-12.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import logreg_core as lc
from logreg_core.secants import Curvature


def rows(n: int, k: int, seed: int = 0, intercept: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, k))
    eta = intercept + X @ (rng.normal(size=k) / np.sqrt(k))
    return X, (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(np.uint8)


def agree(fast: lc.LogitFit, plain: lc.LogitFit, tolerance: float) -> None:
    size = np.abs(plain.coef) + plain.std_error
    assert (np.abs(fast.coef - plain.coef) <= tolerance * size).all()
    assert fast.status is plain.status
    assert fast.loglik == pytest.approx(plain.loglik, rel=1e-13)


@pytest.mark.parametrize(("n", "k"), [(60_000, 20), (40_000, 60), (150_000, 8)])
def test_the_plain_answer_in_fewer_full_passes(n: int, k: int) -> None:
    X, y = rows(n, k)
    plain = lc.fit(X, y, solver="newton")
    fast = lc.fit(X, y, solver="fast")
    assert (fast.solver, plain.solver) == ("fast", "newton")
    agree(fast, plain, 1e-12)
    np.testing.assert_allclose(fast.std_error, plain.std_error, rtol=1e-9)
    agree(lc.fit(X, y, solver="fast", inference=False), plain, 1e-9)


def test_the_bits_do_not_depend_on_threads() -> None:
    X, y = rows(60_000, 20)
    one, two, five = (lc.fit(X, y, solver="fast", threads=t) for t in (1, 2, 5))
    assert one.coef.tobytes() == two.coef.tobytes() == five.coef.tobytes()
    assert one.covariance.tobytes() == five.covariance.tobytes()


def test_weights_and_offset() -> None:
    X, y = rows(60_000, 20)
    rng = np.random.default_rng(1)
    given = {"sample_weight": rng.integers(0, 4, len(y)), "offset": rng.normal(size=len(y))}
    fast = lc.fit(X, y, solver="fast", **given)
    assert fast.solver == "fast"
    agree(fast, lc.fit(X, y, solver="newton", **given), 1e-12)


def test_rows_sorted_by_outcome_and_by_a_column() -> None:
    X, y = rows(60_000, 20)
    for order in (np.argsort(y, kind="stable"), np.argsort(X[:, 0])):
        agree(lc.fit(X[order], y[order]), lc.fit(X[order], y[order], solver="newton"), 1e-12)


def test_too_few_events_are_left_to_the_plain_loop() -> None:
    X, y = rows(60_000, 20, intercept=-9.0)
    assert 0 < y.sum() < 200
    fit = lc.fit(X, y, solver="fast")
    assert fit.solver == "newton"
    assert fit.converged


def test_repeated_columns_are_left_to_the_plain_loop() -> None:
    X, y = rows(60_000, 20)
    X[:, 7] = X[:, 3] + X[:, 5]
    with pytest.warns(lc.errors.SingularWarning, match="`x8` = `x4` \\+ `x6`"):
        fit = lc.fit(X, y, solver="fast")
    assert fit.solver == "newton"
    assert np.isnan(fit.coef[8])


def test_a_column_that_only_few_rows_have_is_seen() -> None:
    # the sample may miss it: its curvature is then wrong by far, and the gradients must say so
    X, y = rows(60_000, 20)
    X[:, 4] = 0.0
    X[:40, 4] = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fast, plain = lc.fit(X, y, solver="fast"), lc.fit(X, y, solver="newton")
    agree(fast, plain, 1e-10)


def test_nan_is_found() -> None:
    X, y = rows(60_000, 20)
    X[54_321, 3] = np.nan
    with pytest.raises(lc.errors.DataError, match="x4") as caught:
        lc.fit(X, y)
    assert caught.value.row == 54_321


def test_secant_pairs_teach_the_model_the_true_curvature() -> None:
    # On a quadratic, pairs along k directions give the exact step.
    rng = np.random.default_rng(2)
    root = rng.normal(size=(5, 5))
    information = root @ root.T + np.eye(5)
    model = Curvature(np.eye(5), np.ones(5))
    for step in np.linalg.eigh(information)[1].T:
        model.learn(step, information @ step)
    gradient = rng.normal(size=5)
    np.testing.assert_allclose(
        model.solve(gradient), np.linalg.solve(information, gradient), rtol=1e-10
    )
