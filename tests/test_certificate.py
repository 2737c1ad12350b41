"""Certificates against the certified suite of 50 digits, and on random problems of every family.

Estimated digits may be too high by one at most and are asked to be within half a digit of the
truth (capped at 15) where the certificate is proven. Bounds are compared as exact fractions: no
tolerance. `python -m benchmarks.certificate` does the same on thousands of problems.
"""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from benchmarks import certificate as experiment
from benchmarks import hard_draws
from benchmarks import reference_suite as suite
from logreg_core.certificate_result import right_digits
from logreg_core.errors import DataError

pytestmark = pytest.mark.filterwarnings("ignore::logreg_core.errors.LogregWarning")
MOST = suite.MOST_DIGITS
DRAWS = list(hard_draws.draws(len(hard_draws.FAMILIES), 7))


def arguments(problem: suite.Problem) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    X = problem.X if problem.X.shape[1] else np.ones((len(problem.y), 1))
    rest = {"sample_weight": problem.weight, "n_trials": problem.n_trials}
    return X, problem.y, {**rest, "offset": problem.offset}


def fitted(problem: suite.Problem, **options: Any) -> lc.LogitFit:
    X, y, rest = arguments(problem)
    return lc.fit(X, y, fit_intercept=bool(problem.X.shape[1]), **rest, **options)


def beyond(fit: lc.LogitFit, found: lc.Certificate, exact: tuple[str, ...]) -> bool:
    """Whether a coefficient is farther from the truth than its bound."""
    pairs = zip(fit.coef, exact, found.coef_bound, strict=True)
    return any(abs(Fraction(float(c)) - Fraction(t)) > Fraction(float(b)) for c, t, b in pairs)


@pytest.mark.parametrize("name", suite.names())
def test_the_suite(name: str) -> None:
    problem = suite.load(name)
    X, y, rest = arguments(problem)
    fit = fitted(problem)
    found = lc.certify(fit, X, y, **rest)
    assert found.status == "proven"
    assert found.proven
    right = suite.lre(fit.coef, problem.coef_digits)
    np.testing.assert_allclose(np.minimum(found.digits, MOST), right, atol=0.1)
    np.testing.assert_allclose(np.minimum(found.proven_digits, MOST), right, atol=0.5)
    assert not beyond(fit, found, problem.coef_digits)
    errors = suite.lre(fit.std_error, problem.std_error_digits)
    assert (np.minimum(found.std_error_digits, MOST) - errors).max() <= 1.0
    assert found.passes <= (4 if problem.family == "collinear" else 2)


@pytest.mark.parametrize("name", [n for n in suite.names() if n.endswith("_1")] + ["spector"])
@pytest.mark.parametrize("digit", [3, 8, 12])
def test_a_bent_coefficient_is_seen(name: str, digit: int) -> None:
    problem = suite.load(name)
    X, y, rest = arguments(problem)
    fit = fitted(problem)
    bent = fit.coef.copy()
    bent[-1] *= 1.0 + 3.0 * 10.0**-digit
    found = lc.certify(dataclasses.replace(fit, coef=bent), X, y, **rest)
    expected = min(digit - np.log10(3.0), suite.lre(bent, problem.coef_digits)[-1])
    assert found.digits[-1] == pytest.approx(expected, abs=0.05)
    assert found.proven
    assert not beyond(dataclasses.replace(fit, coef=bent), found, problem.coef_digits)
    others = np.minimum(found.digits[:-1], MOST)
    np.testing.assert_allclose(others, suite.lre(fit.coef, problem.coef_digits)[:-1], atol=0.1)


@pytest.mark.parametrize("draw", DRAWS, ids=lambda d: f"{d.family}_{d.number}")
def test_random_problems(draw: hard_draws.Draw) -> None:
    pytest.importorskip("mpmath")
    found = experiment.judge(draw)
    assert max(found.over, default=0.0) <= experiment.TOO_HIGH
    assert max(found.under, default=0.0) <= experiment.TOO_LOW
    assert found.violations == 0
    assert found.polished >= MOST
    assert not found.problems


def drawn(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = random.normal(size=(n, 3))
    return X, (random.random(n) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)


def test_an_early_stop_is_judged_from_the_maximum_it_missed() -> None:
    X, y = drawn()
    exact = lc.polish(lc.fit(X, y), X, y).coef
    for steps in (0, 1, 2):
        fit = lc.fit(X, y, max_iter=steps)
        found = lc.certify(fit, X, y)
        assert found.proven
        right = np.clip(-np.log10(np.abs(fit.coef - exact) / np.abs(exact)), 0.0, MOST)
        np.testing.assert_allclose(np.minimum(found.digits, MOST), right, atol=0.05)
        assert (np.abs(fit.coef - exact) <= found.coef_bound).all()
        assert found.decrement > 1e-6


def test_separated_rows_have_no_maximum() -> None:
    X = np.array([[0.0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]])
    y = np.array([0, 1, 0, 1, 1, 1])
    for fit in (lc.fit(X, y), lc.fit(X, y, max_iter=2), lc.fit(X, y, certify=True)):
        found = lc.certify(fit, X, y)
        assert found.status == "no finite maximum"
        assert not found.proven
        assert found.separation is not None
        assert found.separation.infinite == {"x2": np.inf}
        assert np.isnan(found.digits).all()
        assert np.isinf(found.bound)
        assert "x2 -> +inf" in found.explain()


def test_coefficients_of_nonsense_are_climbed_from() -> None:
    X, y = drawn()
    fit = lc.fit(X, y)
    far = dataclasses.replace(fit, coef=np.array([1e4, -3e5, 2e5, 1.0]))
    found = lc.certify(far, X, y)
    assert found.proven
    assert found.digits.max() < 0.5
    assert (np.abs(far.coef - fit.coef) <= found.coef_bound).all()


def test_where_nothing_is_known_nothing_is_claimed() -> None:
    """A column collinear to the last bit or so: no information to refine with."""
    random = np.random.default_rng(3)
    X, y = drawn()
    X[:, 1] = X[:, 0] * (1.0 + 4e-16 * random.integers(-1, 2, len(X)))
    fit = lc.fit(X, y)
    other = dataclasses.replace(fit, coef=np.array([0.1, 5e14, -5e14, 0.3]), aliased=())
    found = lc.certify(other, X, y)
    assert found.status == "stalled"
    assert not found.proven
    assert (found.digits == 0.0).all()
    assert "nothing is known" in found.explain()


def test_dropped_columns_have_no_digits() -> None:
    X, y = drawn()
    X = np.column_stack([X, X[:, 0] + 2 * X[:, 1]])
    fit = lc.fit(X, y, certify=True)
    assert fit.certificate is not None
    assert np.isnan(fit.certificate.digits[4])
    assert (fit.certificate.digits[:4] > 13).all()
    np.testing.assert_array_equal(fit.certificate.digits, lc.certify(lc.fit(X, y), X, y).digits)


def test_columns_are_matched_by_name_and_labels_by_class() -> None:
    X, y = drawn()
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    fit = lc.fit(frame, np.where(y == 1, "yes", "no"))
    found = lc.certify(fit, frame[["c", "a", "b"]], np.where(y == 1, "yes", "no"))
    direct = lc.certify(lc.fit(X, y), X, y)
    assert found.proven
    np.testing.assert_allclose(found.digits, direct.digits, atol=0.5)
    bent = fit.coef.copy()
    bent[1] *= 1.001
    found = lc.certify(dataclasses.replace(fit, coef=bent), frame[["b", "c", "a"]], y)
    assert found.digits[1] == pytest.approx(3.0, abs=0.01)
    assert (found.digits[[0, 2, 3]] > 13).all()
    with pytest.raises(DataError, match="columns"):
        lc.certify(fit, frame[["a", "b"]], y)


def test_a_design_is_its_own_outcome() -> None:
    frame = lc.datasets.verified_status().iloc[::7]
    design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    fit = lc.fit(design, certify=True)
    found = lc.certify(fit, design)
    assert found.proven
    assert fit.certificate is found
    assert found.digits.min() > 12


def test_other_rows_are_another_maximum() -> None:
    X, y = drawn()
    found = lc.certify(lc.fit(X, y), X[1:], y[1:])
    assert found.digits.max() < 4


def test_ridge_and_no_intercept() -> None:
    X, y = drawn()
    for options in ({"l2": 3.0}, {"fit_intercept": False}, {"l2": 1.0, "fit_intercept": False}):
        fit = lc.fit(X, y, **options)
        exact = lc.reference.fit(X, y, 30, **options)
        found = lc.certify(fit, X, y)
        assert found.proven
        right = suite.lre(fit.coef, exact.coef_digits)
        np.testing.assert_allclose(np.minimum(found.digits, MOST), right, atol=0.1)
        assert not beyond(fit, found, exact.coef_digits)


def test_firth_and_what_is_no_fit_are_refused() -> None:
    X, y = drawn()
    with pytest.raises(DataError, match="concave"):
        lc.certify(lc.fit(X, y, penalty="firth"), X, y)
    with pytest.raises(DataError, match="concave"):
        lc.fit(X, y, penalty="firth", certify=True)
    with pytest.raises(DataError, match="referee"):
        lc.certify(lc.fit(X, y).coef, X, y)  # type: ignore[arg-type]


def test_fit_certifies_when_asked() -> None:
    X, y = drawn()
    plain = lc.fit(X, y)
    assert plain.certificate is None
    fit = lc.fit(X, y, certify=True)
    assert fit.certificate is not None
    assert fit.certificate.proven
    found = lc.certify(plain, X, y)
    assert plain.certificate is found
    np.testing.assert_array_equal(found.digits, fit.certificate.digits)
    assert dataclasses.replace(plain, tol=1e-9).certificate is None  # another fit
    without = lc.fit(X, y, inference=False, certify=True).certificate
    assert without is not None
    assert np.isnan(without.std_error_digits).all()
    assert without.digits.min() > 13


def test_bits_do_not_depend_on_threads() -> None:
    X, y = drawn(60_000)
    fit = lc.fit(np.repeat(X, 3, axis=1) + np.arange(9) * X[:, :1] ** 2, y)
    one, three = (
        lc.certify(fit, np.repeat(X, 3, axis=1) + np.arange(9) * X[:, :1] ** 2, y, threads=t)
        for t in (1, 3)
    )
    np.testing.assert_array_equal(one.coef_bound, three.coef_bound)
    assert one.bound == three.bound


def test_the_explanation_keeps_estimate_and_proof_apart() -> None:
    X, y = drawn()
    words = "Estimated: at least 1[0-9.]+ digits .* fewest of 'x[123]'. Proven: at least 1[0-9.]+; "
    assert re.match(words, str(lc.certify(lc.fit(X, y), X, y)))


def test_right_digits() -> None:
    error, size = np.array([0.0, 1e-3, 5.0, np.inf, 1.0]), np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    np.testing.assert_allclose(right_digits(error, size), [15.95, 3.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(("near", "status"), [(1e-9, "proven"), (1e-13, "estimated")])
def test_collinear_to_the_end_of_doubles(near: float, status: str) -> None:
    """Where the information is rounding no proof is left, but refinement still tells the digits."""
    random = np.random.default_rng(1)
    X = random.normal(size=(60, 2))
    y = (random.random(60) < 1 / (1 + np.exp(-X.sum(axis=1)))).astype(float)
    X[:, 1] = X[:, 0] + near * X[:, 1]
    fit = lc.fit(X, y)
    found = lc.certify(fit, X, y)
    assert found.status == status
    assert np.isfinite(found.bound) == found.proven == (status == "proven")
    exact = lc.reference.fit(X, y, 40)
    right = suite.lre(fit.coef, exact.coef_digits)
    claimed = np.minimum(found.digits, MOST)
    assert (claimed - right).max() <= 1.0
    assert (right - claimed).max() <= 2.5
    assert ("Nothing is proven" in found.explain()) == (status == "estimated")
    errors = suite.lre(fit.std_error, exact.std_error_digits)
    assert (np.minimum(found.std_error_digits, MOST) - errors).max() <= 1.0
