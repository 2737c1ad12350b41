"""Weights, counts and options of `fit`.

Integer weights against repeated rows differ by the order of sums: 1e-11 relative.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bad_input_cases import (
    FIT,
    N,
    X,
    Y,
    agree,
    refused,
    same_bits,
)

import logreg_core as lc


# -- weights --
def test_weights_negative() -> None:
    weight = np.ones(N)
    weight[11] = -0.5
    error = refused(
        lambda: lc.fit(X, Y, sample_weight=weight), column="sample_weight", row=11, value=-0.5
    )
    assert "-0.5" in error.found


def test_weights_all_zero() -> None:
    refused(lambda: lc.fit(X, Y, sample_weight=np.zeros(N)), column="sample_weight")


def test_weights_beyond_range() -> None:
    refused(lambda: lc.fit(X, Y, sample_weight=np.full(N, 1e308)), column="sample_weight")


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.float32, np.uint8, object, "Int64"])
def test_integer_weights_equal_repeated_rows(dtype: Any) -> None:
    times = np.random.default_rng(8).integers(1, 5, N)
    weight = pd.array(times, dtype) if dtype == "Int64" else times.astype(dtype)
    weighted = lc.fit(X, Y, sample_weight=weight)
    repeated = lc.fit(np.repeat(X, times, axis=0), np.repeat(Y, times))
    agree(weighted, repeated)
    assert (weighted.n_rows, repeated.n_rows) == (N, times.sum())  # rows as given; df go by weight


def test_zero_weights_equal_dropped_rows() -> None:
    keep = np.random.default_rng(9).random(N) < 0.7
    weighted, dropped = lc.fit(X, Y, sample_weight=keep), lc.fit(X[keep], Y[keep])
    agree(weighted, dropped)
    assert weighted.n_rows == dropped.n_rows == keep.sum()


def test_what_rows_of_weight_zero_hold_changes_no_digit() -> None:
    weight = np.ones(N)
    weight[:20] = 0.0
    Z = X.copy()
    Z[:20] = 1e9
    agree(lc.fit(Z, Y, sample_weight=weight), lc.fit(X[20:], Y[20:]))


def test_one_weight_for_all_rows() -> None:
    agree(lc.fit(X, Y, sample_weight=3), lc.fit(np.repeat(X, 3, axis=0), np.repeat(Y, 3)))


# -- counts --
@pytest.mark.parametrize(
    ("y", "trials"),
    [(Y * 2, 1), (Y - 1, 3), (Y * 0.5, 1), (Y, 1.5), (Y, -1), (np.where(Y == 1, 2, 0), Y)],
    ids=["more than trials", "negative", "fraction", "fraction of a trial", "negative trials",
         "more than its own"],
)  # fmt: skip
def test_counts_refused(y: Any, trials: Any) -> None:
    error = refused(lambda: lc.fit(X, y, n_trials=trials), column="y")
    assert f"row {error.row}" in error.found


def test_counts_equal_their_rows() -> None:
    trials = np.random.default_rng(2).integers(0, 4, N)
    success = np.minimum(trials, Y + (trials > 2))
    counted = lc.fit(X, success, n_trials=trials)
    rows = np.repeat(np.arange(N), trials)
    y = np.concatenate([[1] * s + [0] * (t - s) for s, t in zip(success, trials, strict=True)])
    agree(
        counted, lc.fit(X[rows], y),
        ("loglik", "null_loglik", "deviance", "aic", "bic", "pseudo_r2"),
    )  # fmt: skip
    assert counted.classes == ("failure", "success")
    assert counted.n_rows == np.count_nonzero(trials)


def test_counts_of_one_trial_are_outcomes() -> None:
    same_bits(lc.fit(X, Y, n_trials=1), FIT)
    same_bits(lc.fit(X, Y == 1, n_trials=np.ones(N, int)), FIT)


# -- options --
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("solver", "lbfgs"), ("solver", None), ("solver", ["auto"]),
        ("solver", np.array(["a", "b"])),
        ("penalty", "l1"), ("penalty", 1), ("l2", -1), ("l2", np.nan), ("l2", np.inf), ("l2", "1"),
        ("l2", None), ("l2", np.ones(3)), ("tol", np.nan), ("tol", 0), ("tol", -1e-8), ("tol", "a"),
        ("tol", None), ("tol", np.inf), ("max_iter", -1), ("max_iter", 2.5), ("max_iter", "9"),
        ("max_iter", None), ("max_iter", True), ("threads", 0), ("threads", -2), ("threads", 1.5),
        ("threads", "2"), ("threads", True), ("on_separation", "drop"), ("on_singular", "warn"),
        ("on_singular", None), ("fit_intercept", "no"), ("fit_intercept", None),
        ("inference", "no"), ("certify", 2), ("callback", 3),
    ],
    ids=lambda v: str(v)[:12],
)  # fmt: skip
def test_option_refused(option: str, value: Any) -> None:
    error = refused(lambda: lc.fit(X, Y, **{option: value}), option=option)
    assert option in error.found


@pytest.mark.parametrize(
    "start",
    [[0.0, 1.0], np.zeros(5), [0, 0, 0, np.nan], [0, np.inf, 0, 0], "abc", ["a"] * 4, {}, 1.0],
    ids=["short", "long", "NaN", "infinity", "text", "texts", "dict", "number"],
)
def test_start_refused(start: Any) -> None:
    refused(lambda: lc.fit(X, Y, start=start), option="start")


def test_options_of_numpy_types_are_taken() -> None:
    fit = lc.fit(
        X, Y, max_iter=np.int64(50), tol=np.float64(1e-10), threads=np.int32(1), l2=np.float32(0),
        fit_intercept=np.True_,
    )  # fmt: skip
    same_bits(fit, FIT)


@pytest.mark.parametrize("level", [0, 1, 1.5, np.nan, "0.95"])
def test_level_refused(level: Any) -> None:
    refused(lambda: FIT.conf_int(level), option="level")
