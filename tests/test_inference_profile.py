"""Profile-likelihood intervals and curves.

Every end is put back into its defining equation, 2 (top - profile) = q^2, where the profile comes
from a fit with the coefficient as an offset: to 1e-8 in the log-likelihood (the root is searched
to 4e-10), and for one problem from mpmath's fifty digits, to 1e-9. The ends themselves agree with
brute force to 1e-7 of a standard error.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from inference_cases import CHI_95, endometrial, mixed, quiet_fit, refused, spector
from scipy import optimize, stats

import logreg_core as lc
from logreg_core.errors import LogregError

profile_intervals, profile_curve = lc.inference.profile_intervals, lc.inference.profile_curve
TOLERANCE = 1e-8


def profile(X: Any, y: Any, place: int, value: float, **given: Any) -> float:
    """The highest log-likelihood with coefficient ``place`` (0 the intercept) at ``value``."""
    X, shift = np.asarray(X, float), np.asarray(given.pop("offset", np.zeros(len(X))))
    if place == 0:
        return quiet_fit(X, y, fit_intercept=False, offset=shift + value, **given).loglik
    rest = np.delete(X, place - 1, 1)
    return quiet_fit(rest, y, offset=shift + X[:, place - 1] * value, **given).loglik


def satisfied(fit: lc.LogitFit, ends: pd.DataFrame, X: Any, y: Any, q2: float, **given: Any) -> int:
    """How many finite ends there are; all of them satisfy their equation."""
    finite = 0
    for place, row in enumerate(ends.to_numpy()):
        for end in row[np.isfinite(row)]:
            drop = 2.0 * (fit.loglik - profile(X, y, place, float(end), **given))
            assert drop == pytest.approx(q2, abs=2.0 * TOLERANCE)
            finite += 1
    return finite


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_ends_satisfy_their_equation(level: float) -> None:
    X, y, fit = spector()
    ends = profile_intervals(fit, X, y, level)
    assert tuple(ends.index) == fit.names
    assert list(ends.columns) == ["lower", "upper"]
    assert (ends.lower < fit.coef).all()
    assert (fit.coef < ends.upper).all()
    assert satisfied(fit, ends, X, y, stats.chi2.isf(1 - level, 1)) == 8


@pytest.mark.parametrize("kind", ["weight", "offset", "counts", "no intercept"])
def test_weights_offsets_counts(kind: str) -> None:
    X, y, weight, offset = mixed()
    given: dict[str, Any] = {}
    if kind == "weight":
        given = {"sample_weight": weight}
    elif kind == "offset":
        given = {"offset": offset}
    elif kind == "counts":
        y, given = y * weight, {"n_trials": weight}
    if kind == "no intercept":
        fit = lc.fit(X, y, fit_intercept=False)
        ends = profile_intervals(fit, X, y)
        for j in range(5):
            for end in ends.iloc[j]:
                rest = np.delete(X.to_numpy(), j, 1)
                value = lc.fit(rest, y, fit_intercept=False, offset=X.iloc[:, j] * end).loglik
                assert 2 * (fit.loglik - value) == pytest.approx(CHI_95, abs=2 * TOLERANCE)
    else:
        fit = lc.fit(X, y, **given)
        assert satisfied(fit, profile_intervals(fit, X, y, **given), X, y, CHI_95, **given) == 12


def test_ends_against_fifty_digits() -> None:
    X, y, fit = spector()
    ends = profile_intervals(fit, X, y, columns=["GPA", "intercept"])
    assert tuple(ends.index) == ("intercept", "GPA")  # in the fit's order
    top = lc.reference.fit(X, y).loglik
    rest, outcome = X[["TUCE", "PSI"]].to_numpy(), y.to_numpy()
    for end in ends.loc["GPA"]:
        found = lc.reference.fit(rest, outcome, offset=X["GPA"].to_numpy() * end).loglik
        assert 2 * (top - found) == pytest.approx(CHI_95, abs=1e-9)


def test_ends_against_brute_force() -> None:
    X, y, fit = spector()
    ends = profile_intervals(fit, X, y)

    def excess(value: float, place: int) -> float:
        return 2 * (fit.loglik - profile(X, y, place, value)) - CHI_95

    for place, name in enumerate(fit.names):
        middle, error = float(fit.coef[place]), float(fit.std_error[place])
        lower = optimize.brentq(excess, middle - 9 * error, middle, (place,), xtol=1e-13)
        upper = optimize.brentq(excess, middle, middle + 9 * error, (place,), xtol=1e-13)
        np.testing.assert_allclose(ends.loc[name], [lower, upper], atol=1e-7 * error)


@pytest.mark.parametrize("shift", [0.0, 1e4])
def test_nearly_collinear_and_uncentred_columns(shift: float) -> None:
    # b1 and b2 of x1, x1 + 1e-6 e are those of x1, e under a linear map: a slope's end is that of
    # the other model's, in which nothing is collinear
    rng = np.random.default_rng(5)
    plain = rng.normal(size=(400, 3))
    eta = plain @ [1.0, 0.5, -0.3]
    y = (rng.random(400) < 1 / (1 + np.exp(-eta))).astype(float)
    thin = np.column_stack([plain[:, 0], plain[:, 0] + 1e-6 * plain[:, 1], plain[:, 2]]) + shift
    known = profile_intervals(lc.fit(plain, y), plain, y)
    found = profile_intervals(lc.fit(thin, y), thin, y)
    error = known.upper["x2"] - known.lower["x2"]
    np.testing.assert_allclose(found.loc["x2"] * 1e-6, known.loc["x2"], atol=1e-4 * error)
    np.testing.assert_allclose(found.loc["x3"], known.loc["x3"], rtol=1e-6)


def test_a_model_of_one_coefficient() -> None:
    x = np.array([1.0, -2.0, 0.5, 3.0, -1.0])
    y = np.array([1, 0, 0, 1, 1])
    fit = lc.fit(x[:, None], y, fit_intercept=False)
    ends = profile_intervals(fit, x[:, None], y)
    for end in ends.loc["x1"]:
        eta = x * end
        loglik = float((y * eta - np.logaddexp(0, eta)).sum())
        assert 2 * (fit.loglik - loglik) == pytest.approx(CHI_95, abs=1e-9)


def test_dropped_columns_have_no_interval() -> None:
    X, y, fit = spector()
    twice = X.assign(copy=X.GPA * 2)
    ends = profile_intervals(quiet_fit(twice, y), twice, y)
    assert ends.loc["copy"].isna().all()
    np.testing.assert_allclose(ends.iloc[:4], profile_intervals(fit, X, y), rtol=1e-8)
    error = refused(lambda: profile_curve(quiet_fit(twice, y), twice, y, "copy"), LogregError)
    assert error.column == "copy"


# -- infinite estimates --
@pytest.mark.real_data
def test_endometrial(real_data_dir: Path) -> None:
    X, y = endometrial(real_data_dir)
    fit = quiet_fit(X, y)
    ends = profile_intervals(fit, X, y)
    assert ends.upper["NV"] == np.inf
    assert np.isfinite(ends.to_numpy()).sum() == 7
    assert satisfied(fit, ends, X, y, CHI_95) == 7
    curve = profile_curve(fit, X, y, "NV", n_points=9)
    assert curve["drop"].is_monotonic_decreasing
    assert curve["drop"].iloc[0] == pytest.approx(10.0, abs=1e-8)
    assert curve["drop"].iloc[-1] < 0.05
    assert curve.wald.isna().all()


def test_infinite_ends_are_those_of_the_separation() -> None:
    X = np.array([[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]], float)
    y = np.array([0, 0, 0, 1, 0, 1])
    fit = quiet_fit(X, y)
    ends = profile_intervals(fit, X, y)
    assert (ends.lower["intercept"], ends.upper["x1"], ends.upper["x2"]) == (
        -np.inf,
        np.inf,
        np.inf,
    )
    # x1 = b: then x2 and the intercept still run away, and the rows 00 cost nothing
    assert satisfied(fit, ends, X, y, CHI_95) == 3
    flipped = profile_intervals(quiet_fit(-X, y), -X, y)
    np.testing.assert_allclose(flipped.lower["x1"], -ends.upper["x1"])
    np.testing.assert_allclose(flipped.upper["x1"], -ends.lower["x1"], rtol=1e-8)


def test_separation_among_the_other_columns() -> None:
    # x1 = 1 wins always, so does x2 = 1: with either held, the other still separates
    rng = np.random.default_rng(8)
    X = np.column_stack([np.repeat([1.0, 0, 0], 20), np.repeat([0, 1.0, 0], 20),
                         rng.normal(size=60)])  # fmt: skip
    y = np.where(X[:, :2].any(axis=1), 1, (rng.random(60) < 0.5))
    fit = quiet_fit(X, y)
    ends = profile_intervals(fit, X, y)
    assert (ends.upper[["x1", "x2"]] == np.inf).all()
    half = lc.fit(X[40:, 2:], y[40:])
    np.testing.assert_allclose(
        ends.loc[["intercept", "x3"]], profile_intervals(half, X[40:, 2:], y[40:]), rtol=1e-7
    )
    # with x1 held the rows of x2 cost nothing: the fit without them
    kept = np.r_[0:20, 40:60]
    one = quiet_fit(X[kept][:, [0, 2]], y[kept])
    alone = profile_intervals(one, X[kept][:, [0, 2]], y[kept])
    assert ends.lower["x1"] == pytest.approx(alone.lower["x1"], rel=1e-7)
    assert np.isfinite(ends.lower["x1"])


def test_undetermined_coefficients_may_have_any_value() -> None:
    x, y = np.array([[-1.0], [1.0]]), [0, 1]
    ends = profile_intervals(quiet_fit(x, y), x, y)
    assert tuple(ends.loc["intercept"]) == (-np.inf, np.inf)
    assert ends.upper["x1"] == np.inf
    # completely separated: 2 log(1 + exp(-b)) each side, at the better intercept 0
    expected = -np.log(np.expm1(CHI_95 / 4))
    assert ends.lower["x1"] == pytest.approx(expected, abs=1e-8)
    error = refused(lambda: profile_curve(quiet_fit(x, y), x, y, "intercept"), LogregError)
    assert "undetermined" in error.found


def test_firths_profile_satisfies_its_equation() -> None:
    # the penalised likelihood written out, and its maximum over the others by BFGS
    X, y, _ = spector()
    rows = (X - X.mean()) / X.std()
    fit = lc.fit(rows, y, penalty="firth")
    ends = profile_intervals(fit, rows, y)
    assert np.isfinite(ends.to_numpy()).all()
    Z, sign = np.column_stack([np.ones(32), rows]), np.where(y == 1, 1.0, -1.0)

    def loss(beta: Any) -> Any:
        eta = Z @ beta
        weight = 1 / (1 + np.exp(-eta)) / (1 + np.exp(eta))
        penalty = 0.5 * np.linalg.slogdet((Z.T * weight) @ Z)[1]
        return np.logaddexp(0, -sign * eta).sum() - penalty

    for place in range(4):
        others = [j for j in range(4) if j != place]
        for end in ends.iloc[place]:
            rest, drop = fit.coef[others], np.inf
            for _ in range(3):  # differences end BFGS early; a fresh start goes on
                found = optimize.minimize(
                    lambda rest, place=place, end=end: loss(np.insert(rest, place, end)),
                    rest, method="BFGS", options={"gtol": 1e-8},
                )  # fmt: skip
                rest, drop = found.x, min(drop, 2 * (found.fun - loss(fit.coef)))
            assert drop == pytest.approx(CHI_95, abs=1e-8)


@pytest.mark.real_data
def test_firths_profile_of_endometrial_against_firthmodels(real_data_dir: Path) -> None:
    firthmodels = pytest.importorskip("firthmodels")
    X, y = endometrial(real_data_dir)
    peer = firthmodels.FirthLogisticRegression(gtol=1e-6, backend="numpy").fit(X, y)
    expected = np.asarray(peer.conf_int(alpha=0.05, method="pl", tol=1e-6))
    ends = profile_intervals(lc.fit(X, y, penalty="firth"), X, y)
    order = [3, 0, 1, 2]  # firthmodels puts the intercept last
    np.testing.assert_allclose(ends.to_numpy(), expected[order], rtol=2e-5)


# -- the curve --
def test_curve_follows_the_profile() -> None:
    X, y, fit = spector()
    ends = profile_intervals(fit, X, y)
    values = [*ends.loc["PSI"], 0.0, fit.coef[3]]
    curve = profile_curve(fit, X, y, "PSI", values=values)
    np.testing.assert_allclose(curve["drop"][[0, 1, 3]], [CHI_95, CHI_95, 0.0], atol=1e-8)
    np.testing.assert_allclose(curve.value, values, rtol=1e-14)
    without = lc.fit(X[["GPA", "TUCE"]], y)
    assert curve["drop"][2] == pytest.approx(2 * (fit.loglik - without.loglik), abs=1e-8)
    np.testing.assert_allclose(curve.wald[2], fit.z[3] ** 2, rtol=1e-12)
    grid = profile_curve(fit, X, y, "PSI", n_points=11, farthest=6.0)
    np.testing.assert_allclose(grid["drop"].iloc[[0, -1]], 6.0, atol=1e-8)
    np.testing.assert_allclose(np.diff(grid.value, 2), 0.0, atol=1e-10)
    assert (np.diff(grid["drop"], 2) > 0).all()  # the profile of a concave function is concave


def test_misuse() -> None:
    X, y, fit = spector()
    refused(lambda: profile_intervals(lc.fit(X, y, l2=1.0), X, y), LogregError)
    assert refused(lambda: profile_intervals(fit, X, y, 1.5)).option == "level"
    assert refused(lambda: profile_intervals(fit, X, y, columns="x9")).column == "x9"
    refused(lambda: profile_intervals(fit, X[::-1], y.to_numpy()))
    for values in ([], [np.nan]):
        refused(lambda values=values: profile_curve(fit, X, y, "PSI", values=values))
    refused(lambda: profile_curve(fit, X, y))


def test_progress_is_told() -> None:
    X, y, fit = spector()
    seen: list[tuple[int, int]] = []
    profile_intervals(fit, X, y, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_an_end_is_found_in_a_few_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    # with a slope of the wrong sign or size the bracket still finds the end, but late
    from logreg_core.inference.pinned import Pinned

    X, y, fit = spector()
    trials = [0]
    plain = Pinned.at

    def counted(self: Pinned, t: float, near: Any) -> Any:
        trials[0] += 1
        return plain(self, t, near)

    monkeypatch.setattr(Pinned, "at", counted)
    profile_intervals(fit, X, y)
    assert trials[0] <= 8 * 5
