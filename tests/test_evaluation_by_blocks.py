"""Scores added up by blocks against those of whole columns, scikit-learn's and our own.

Tolerances: counts are equal, areas of kept scores have the bits of `roc_auc_score`. Sums are taken
in another order: 1e-12. Bounds from bins must hold for every row set, up to the rounding of the
sums they are made of, 1e-12.
"""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from block_sources import Parts, Stream
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn
from sklearn.calibration import calibration_curve

import logreg_core as lc
from logreg_core.blocks import ArrayBlocks
from logreg_core.errors import DataError
from logreg_core.evaluation import evaluate_blocks
from logreg_core.evaluation.rank_bounds import bin_edges, bins_of, scores_of

NAMES = ("a", "b", "c")


def rows(n: int = 30_011, seed: int = 3, **kinds: bool) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)) * [1.0, 10.0, 0.1] + [0.0, 300.0, 5.0]
    eta = X @ [0.8, 0.1, -7.0] + 4.5
    found: dict[str, Any] = {"X": X}
    if kinds.get("offset"):
        found["offset"] = rng.normal(0.0, 0.5, n)
        eta = eta + found["offset"]
    found["y"] = (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(np.uint8)
    if kinds.get("weight"):
        found["weight"] = rng.integers(0, 4, n).astype(float)
    return found


def fitted(data: dict[str, Any]) -> lc.LogitFit:
    return lc.fit(Stream(NAMES, **data))


@pytest.mark.parametrize("kinds", [{}, {"weight": True}, {"weight": True, "offset": True}])
@pytest.mark.parametrize("exact_rows", [10**6, 0])
def test_scores_are_those_of_the_whole_columns(kinds: dict[str, bool], exact_rows: int) -> None:
    data = rows(**kinds)
    fit, y, w = fitted(data), data["y"], data.get("weight")
    found = evaluate_blocks(fit, Stream(NAMES, **data), threshold=0.3, exact_rows=exact_rows)
    offset = data.get("offset")
    eta, mu = fit.log_odds(data["X"], offset=offset), fit.probability(data["X"], offset=offset)
    called = (mu >= 0.3).astype(int)
    table = sklearn.confusion_matrix(y, called, sample_weight=w)
    assert found.confusion_matrix.tolist() == table.tolist()
    assert found.n_rows == (len(y) if w is None else np.count_nonzero(w))
    assert found.log_loss == pytest.approx(sklearn.log_loss(y, mu, sample_weight=w), rel=1e-12)
    brier = sklearn.brier_score_loss(y, mu, sample_weight=w)
    assert found.brier == pytest.approx(brier, rel=1e-12)
    for name in ("accuracy", "precision", "recall", "f1"):
        expected = getattr(sklearn, f"{name}_score")(y, called, sample_weight=w)
        assert getattr(found.at, name) == pytest.approx(expected, rel=1e-12)
    assert found.loglik == pytest.approx(fit.loglik, rel=1e-12)  # its own rows
    assert found.observed == pytest.approx(found.predicted, abs=1e-9)  # and an intercept
    for bounded, score in (
        (found.auc, sklearn.roc_auc_score(y, eta, sample_weight=w)),
        (found.average_precision, sklearn.average_precision_score(y, eta, sample_weight=w)),
    ):
        if exact_rows:
            assert bounded.exact
            assert bounded.value == pytest.approx(score, rel=1e-12)
        else:
            assert bounded.lower <= score <= bounded.upper
            assert bounded.upper - bounded.lower < 1e-3
    if exact_rows:
        assert found.auc.value == lc.metrics.roc_auc_score(y, eta, sample_weight=w)


def test_calibration_bins_are_those_of_the_metric() -> None:
    data = rows()
    fit = fitted(data)
    table = evaluate_blocks(fit, Stream(NAMES, **data), n_bins=7).calibration_table(0.9)
    mu = fit.probability(data["X"])
    share, mean = calibration_curve(data["y"], mu, n_bins=7)
    np.testing.assert_allclose(table.observed, share, rtol=1e-13)
    np.testing.assert_allclose(table.predicted, mean, rtol=1e-13)
    assert table.rows.sum() == len(mu)
    first = mu[mu <= 1 / 7]
    assert (table.lower[1], table.upper[1]) == (first.min(), first.max())
    expected = lc.evaluation.wilson_interval(
        table.observed.to_numpy() * table.weight.to_numpy(), table.weight.to_numpy(), 0.9
    )
    np.testing.assert_allclose(table[["observed_lower", "observed_upper"]].T, expected, rtol=1e-12)


def test_counts_are_two_weights_a_row() -> None:
    rng = np.random.default_rng(8)
    X, trials = rng.normal(size=(4_000, 2)), rng.integers(0, 6, 4_000)
    wins = rng.binomial(trials, 1.0 / (1.0 + np.exp(-X @ [0.6, -0.9])))
    fit = lc.fit(X, wins, n_trials=trials)
    success, failure = wins.astype(float), (trials - wins).astype(float)
    found = evaluate_blocks(fit, ArrayBlocks(X, success=success, failure=failure))
    eta, mu = fit.log_odds(X), fit.probability(X)
    y = np.repeat([1, 0], len(X))
    twice = {"sample_weight": np.concatenate([success, failure])}
    area = sklearn.roc_auc_score(y, np.tile(eta, 2), **twice)
    assert found.auc.value == pytest.approx(area, rel=1e-12)
    assert found.log_loss == pytest.approx(sklearn.log_loss(y, np.tile(mu, 2), **twice), rel=1e-12)
    assert found.n_rows == np.count_nonzero(trials)
    assert found.weight_sum == trials.sum()


@pytest.mark.parametrize("exact_rows", [10**6, 0])
def test_bits_do_not_depend_on_threads_nor_on_where_rows_lie(exact_rows: int) -> None:
    data = rows(n=200_003, weight=True)
    fit = fitted(data)
    sources = [Stream(NAMES, **data), Stream(NAMES, **data), ArrayBlocks(**data)]
    one, other, memory = (
        evaluate_blocks(fit, source, exact_rows=exact_rows, threads=threads)
        for source, threads in zip(sources, (1, 3, 2), strict=True)
    )
    assert str(one) == str(other) == str(memory)
    assert (one.loglik, one.brier, one.auc) == (other.loglik, other.brier, other.auc)
    assert (one.loglik, one.brier, one.auc) == (memory.loglik, memory.brier, memory.auc)
    assert sources[0].readings == 1


@pytest.mark.parametrize("exact_rows", [10**6, 0])
def test_parts_agree(exact_rows: int) -> None:
    data = rows(n=50_021)
    fit = fitted(data)
    parts = Parts(NAMES, 7, **data)
    found = evaluate_blocks(fit, parts, exact_rows=exact_rows)
    whole = evaluate_blocks(fit, Stream(NAMES, **data), exact_rows=exact_rows)
    assert parts.readings == 1
    assert found.confusion_matrix.tolist() == whole.confusion_matrix.tolist()
    assert found.auc.value == pytest.approx(whole.auc.value, rel=1e-12)
    assert found.loglik == pytest.approx(whole.loglik, rel=1e-12)
    assert found.brier == pytest.approx(whole.brier, rel=1e-12)


def test_columns_are_matched_by_name_and_classes_are_checked() -> None:
    data = rows()
    fit = fitted(data)
    turned = {**data, "X": data["X"][:, ::-1].copy()}
    found = evaluate_blocks(fit, Stream(NAMES[::-1], **turned))
    assert found.auc == evaluate_blocks(fit, Stream(NAMES, **data)).auc
    with pytest.raises(DataError, match="columns missing"):
        evaluate_blocks(fit, Stream(("a", "b", "z"), **data))
    with pytest.raises(DataError, match="positive one"):
        evaluate_blocks(fit, Stream(NAMES, ("yes", "no"), **data))


def test_what_cannot_be_judged() -> None:
    data = rows()
    fit = fitted(data)
    broken = {**data, "X": data["X"].copy()}
    broken["X"][29_999, 1] = np.nan
    for exact_rows in (0, 10**6):
        with pytest.raises(DataError) as found:
            evaluate_blocks(fit, Stream(NAMES, **broken), exact_rows=exact_rows)
        assert (found.value.column, found.value.row) == ("b", 29_999)
    only = {**data, "y": np.ones(len(data["y"]), np.uint8)}
    for exact_rows in (0, 10**6):
        one_class = evaluate_blocks(fit, Stream(NAMES, **only), exact_rows=exact_rows)
        assert np.isnan(one_class.auc.value)
        assert one_class.at.recall == one_class.accuracy
    nothing = {**data, "weight": np.zeros(len(data["y"]))}
    with pytest.raises(DataError, match="no row has a positive weight"):
        evaluate_blocks(fit, Stream(NAMES, **nothing))
    for options in ({"threshold": 2}, {"n_bins": 0}, {"rank_bins": 1}, {"exact_rows": 0.5}):
        with pytest.raises(DataError, match=next(iter(options))):
            evaluate_blocks(fit, Stream(NAMES, **data), **options)


def test_a_matrix_alone_holds_no_outcomes() -> None:
    data = rows(200)
    values: Any = data["X"]
    with pytest.raises(DataError, match="holds no outcomes"):
        evaluate_blocks(fitted(data), values)


def test_separated_and_dropped_columns() -> None:
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    y = np.array([0, 1, 0, 1], np.uint8)
    with pytest.warns(lc.errors.SingularWarning):
        fit = lc.fit(X, y)
    found = evaluate_blocks(fit, ArrayBlocks(X, y))
    assert found.auc.value == lc.metrics.roc_auc_score(y, fit.log_odds(X))
    assert found.loglik == pytest.approx(fit.loglik, rel=1e-12)


# -- the bounds ------------------------------------------------------------------------------------
SCORES = st.lists(
    st.tuples(
        st.one_of(st.integers(-3, 3).map(float), st.floats(-50.0, 50.0)),
        st.booleans(),
        st.integers(0, 3).map(lambda w: w / 2),
    ),
    min_size=2,
    max_size=40,
)


@given(SCORES, st.integers(2, 40), st.integers(1, 9), st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_truth_lies_between_the_bounds(
    found: list[tuple[float, bool, float]], n_bins: int, n_seen: int, weighted: bool
) -> None:
    eta, won, w = (np.array(column, dtype=float) for column in zip(*found, strict=True))
    weight = w if weighted else np.ones_like(w)
    success, failure = weight * won, weight * (1.0 - won)
    edges = bin_edges(eta[:n_seen], n_bins)
    middle = len(eta) // 2
    parts = (slice(0, middle), slice(middle, None))
    one, other = (bins_of(eta[p], success[p], failure[p], edges) for p in parts)
    bins, scores = one + other, scores_of(eta, success, failure, not weighted)
    if not (success.sum() and failure.sum()):
        assert np.isnan([bins.area().value, bins.precision().value]).all()
        return
    y = won.astype(int)
    for bounded, truth in (
        (bins.area(), sklearn.roc_auc_score(y, eta, sample_weight=weight)),
        (bins.precision(), sklearn.average_precision_score(y, eta, sample_weight=weight)),
    ):
        assert bounded.lower <= truth + 1e-12
        assert truth <= bounded.upper + 1e-12
        assert bounded.lower <= bounded.value <= bounded.upper
        assert not bounded.exact or bounded.value == pytest.approx(truth, rel=1e-12)
    assert scores.area().value == pytest.approx(
        sklearn.roc_auc_score(y, eta, sample_weight=weight), rel=1e-12
    )


@pytest.mark.parametrize("order", [1.0, -1.0])
def test_the_bounds_of_one_bin_are_reached(order: float) -> None:
    """All rows in one bin: nothing is known of their order, and either extreme may be true."""
    eta = np.linspace(0.1, 0.2, 10)
    success = (order * (np.arange(10) - 4.5) > 0).astype(float)
    bins = bins_of(eta, success, 1.0 - success, np.array([0.0, 1.0]))
    area, precision = bins.area(), bins.precision()
    assert (area.lower, area.upper, area.value) == (0.0, 1.0, 0.5)
    truth = sklearn.average_precision_score(success, eta)
    assert precision.lower <= truth <= precision.upper
    assert precision.upper == 1.0
    # five successes below five failures: the bound is the integral under that sum
    assert precision.lower == pytest.approx(1 - np.log(2), rel=1e-10)


def test_few_different_scores_are_exact_however_many_rows() -> None:
    rng = np.random.default_rng(2)
    X = rng.integers(0, 3, (40_000, 3)).astype(float)
    y = (rng.random(40_000) < 1.0 / (1.0 + np.exp(-X @ [0.5, -0.4, 0.3]))).astype(np.uint8)
    fit = lc.fit(X, y)
    found = evaluate_blocks(fit, ArrayBlocks(X, y), exact_rows=0)
    assert found.auc.exact
    assert found.average_precision.exact
    assert found.auc.value == pytest.approx(sklearn.roc_auc_score(y, fit.log_odds(X)), rel=1e-13)


def test_more_bins_are_tighter() -> None:
    data = rows(n=100_000)
    fit, source = fitted(data), Stream(NAMES, **data)
    widths = []
    for rank_bins in (64, 1_024, 16_384):
        auc = evaluate_blocks(fit, source, exact_rows=0, rank_bins=rank_bins).auc
        widths.append(auc.upper - auc.lower)
        assert widths[-1] < 3.0 / rank_bins
    assert widths[0] > 8 * widths[1] > 64 * widths[2]


class Repeated(Stream):
    """The same rows over and over, never held twice."""

    times = 1

    @property
    def n_rows(self) -> int:
        return self.times * super().n_rows

    def spans(self) -> Any:
        for _ in range(self.times):
            yield from self._rows.spans()


def test_memory_does_not_grow_with_rows() -> None:
    data = rows(n=65_536)
    fit = fitted(data)
    peaks = []
    for times in (4, 16):
        source = Repeated(NAMES, **data)
        source.times = times
        evaluate_blocks(fit, source, exact_rows=0, threads=1)
        tracemalloc.start()
        found = evaluate_blocks(fit, source, exact_rows=0, threads=1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert found.n_rows == times * 65_536
    level = 4 * 8 * 16_385  # four times the rows are two more levels of the tree of sums
    assert peaks[1] < peaks[0] + 2.2 * level
    assert peaks[1] < 20e6
