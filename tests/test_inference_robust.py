"""Sandwich covariances: to 1e-9 of statsmodels', and of the sum written out.

statsmodels' HC1 of a GLM or Logit is its HC0; its cluster factor is ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from inference_cases import mixed, peer, quiet_fit, refused

import logreg_core as lc
from logreg_core.errors import LogregError, SeparationError

robust = lc.inference.robust_covariance
X, Y, WEIGHT, OFFSET = mixed()
FIT = lc.fit(X, Y)
N, K = len(Y), 6
GROUPS = np.random.default_rng(2).integers(0, 25, N)


def same(found: Any, expected: Any, rtol: float = 1e-9) -> None:
    expected = np.asarray(expected)
    scale = np.sqrt(np.outer(expected.diagonal(), expected.diagonal()))
    np.testing.assert_allclose(np.asarray(found) / scale, expected / scale, atol=rtol)


def test_against_statsmodels() -> None:
    for kind, given, options in (
        ("HC0", {}, {}),
        ("cluster", {"groups": GROUPS}, {"groups": GROUPS}),
    ):
        result = peer(X, Y, cov_type=kind, cov_kwds=options)
        clusters = {"cov_kwds": options} if options else {}
        found = robust(FIT, X, Y, kind, **given)
        same(found.covariance, result.cov_params())
        np.testing.assert_allclose(found.std_error, result.bse, rtol=1e-9)
        logit = sm.Logit(Y, sm.add_constant(X)).fit(disp=0, cov_type=kind, tol=1e-14, **clusters)
        same(found.covariance, logit.cov_params())
        table = found.to_frame()
        np.testing.assert_allclose(table.p_value, logit.pvalues, rtol=1e-7)
        np.testing.assert_allclose(table[["lower", "upper"]], logit.conf_int(), rtol=1e-8)


def test_factors_are_stated() -> None:
    plain = robust(FIT, X, Y, "HC0")
    assert (plain.factor, plain.rule, plain.n_groups) == (1.0, "1", None)
    raised = robust(FIT, X, Y)
    assert (raised.kind, raised.factor, raised.rule) == ("HC1", N / (N - K), "n / (n - k)")
    same(raised, plain.covariance * N / (N - K), 1e-14)
    clustered = robust(FIT, X, Y, "cluster", groups=GROUPS)
    assert clustered.factor == pytest.approx(25 / 24 * (N - 1) / (N - K), rel=1e-15)
    assert clustered.n_groups == 25
    assert "factor" in str(clustered)
    assert clustered.rule in str(clustered)
    # each row its own cluster: n / (n - 1) (n - 1) / (n - k) is HC1
    same(robust(FIT, X, Y, "cluster", groups=np.arange(N)), raised.covariance, 1e-13)


def test_weights_are_repeated_rows() -> None:
    fit = lc.fit(X, Y, sample_weight=WEIGHT, offset=OFFSET)
    times = WEIGHT.astype(int)
    rows, y, shift = (np.repeat(a, times, axis=0) for a in (X.to_numpy(), Y, OFFSET))
    repeated = lc.fit(rows, y, offset=shift)
    given = {"sample_weight": WEIGHT, "offset": OFFSET}
    for kind in ("HC0", "HC1"):
        found = robust(fit, X, Y, kind, **given)
        expected = robust(repeated, rows, y, kind, offset=shift)
        assert found.factor == expected.factor
        same(found, expected.covariance)
    one = robust(fit, X, Y, "cluster", groups=GROUPS, **given)
    other = robust(repeated, rows, y, "cluster", groups=np.repeat(GROUPS, times), offset=shift)
    same(one, other.covariance)


def test_weight_zero_is_no_row() -> None:
    keep = np.random.default_rng(4).random(N) < 0.7
    fit, less = lc.fit(X, Y, sample_weight=keep), lc.fit(X[keep], Y[keep])
    found = robust(fit, X, Y, "cluster", groups=GROUPS, sample_weight=keep)
    expected = robust(less, X[keep], Y[keep], "cluster", groups=GROUPS[keep])
    assert found.n_groups == expected.n_groups
    same(found, expected.covariance)


def test_a_row_of_counts_is_one_observation() -> None:
    rng = np.random.default_rng(6)
    Z, trials = rng.normal(size=(50, 2)), rng.integers(0, 9, 50)
    wins = rng.binomial(trials, 0.5)
    fit = lc.fit(Z, wins, n_trials=trials)
    full = np.column_stack([np.ones(50), Z])
    mu = fit.probability(Z)
    scores = full * (wins - trials * mu)[:, None]
    expected = fit.covariance @ scores.T @ scores @ fit.covariance
    same(robust(fit, Z, wins, "HC0", n_trials=trials), expected)
    n = (trials > 0).sum()
    assert robust(fit, Z, wins, n_trials=trials).factor == n / (n - 3)


def test_uncentred_columns_keep_their_digits() -> None:
    far = X + 1e6
    fit = lc.fit(far, Y)
    found = robust(fit, far, Y, "HC0").std_error[1:]
    np.testing.assert_allclose(found, robust(FIT, X, Y, "HC0").std_error[1:], rtol=1e-7)


@pytest.mark.parametrize("labels", ["text", "frame", "category"])
def test_labels_of_any_kind(labels: str) -> None:
    import pandas as pd

    series = pd.Series(GROUPS).map("group {}".format)
    kinds = {
        "text": series.to_list(),
        "frame": series.to_frame(),
        "category": series.astype("category"),
    }
    found = robust(FIT, X, Y, "cluster", groups=kinds[labels])
    same(found, robust(FIT, X, Y, "cluster", groups=GROUPS).covariance, 1e-14)


def test_no_intercept_and_dropped_columns() -> None:
    bare = lc.fit(X, Y, fit_intercept=False)
    result = sm.Logit(Y, X).fit(disp=0, cov_type="HC0", tol=1e-14)
    same(robust(bare, X, Y, "HC0"), result.cov_params())
    twice = X.assign(copy=X.age)
    found = robust(quiet_fit(twice, Y), twice, Y)
    assert np.isnan(found.covariance[-1]).all()
    same(found.covariance[:-1, :-1], robust(FIT, X, Y).covariance)
    assert np.isnan(found.to_frame().loc["copy", "p_value"])


def test_misuse() -> None:
    for options in (
        {"kind": "HC3"}, {"kind": "cluster"}, {"kind": "HC0", "groups": GROUPS}, {"kind": None},
    ):  # fmt: skip
        assert refused(lambda options=options: robust(FIT, X, Y, **options)).option == "kind"
    missing = GROUPS.astype(float)
    missing[9] = np.nan
    assert refused(lambda: robust(FIT, X, Y, "cluster", groups=missing)).row == 9
    assert refused(lambda: robust(FIT, X, Y, "cluster", groups=GROUPS[1:])).shape == (N - 1,)
    assert "1 cluster" in refused(lambda: robust(FIT, X, Y, "cluster", groups=np.ones(N))).found
    refused(lambda: robust(lc.fit(X, Y, l2=1.0), X, Y), LogregError)
    refused(lambda: robust(lc.fit(X, Y, penalty="firth"), X, Y), LogregError)
    six = np.array([[0.0], [0], [1], [1]])
    refused(lambda: robust(quiet_fit(six, [0, 1, 1, 1]), six, [0, 1, 1, 1]), SeparationError)
    refused(lambda: robust(FIT, X, Y, sample_weight=WEIGHT))
