"""Tolerances: counts and rates of counts are exact; areas agree with their definition over all
pairs to 1e-14, DeLong's variance with the double sum it is defined by to 1e-12 (sums of a few
hundred numbers), tails with scipy to 1e-12, Wilson's ends with statsmodels to 1e-14. The bootstrap
is held to DeLong within what 2,000 resamples can differ by chance."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sklearn
from statsmodels.stats.proportion import proportion_confint

import logreg_core as lc
from logreg_core.errors import DataError, LogregWarning
from logreg_core.evaluation import (
    accuracy_test,
    at_prevalence,
    at_threshold,
    auc_bootstrap,
    auc_difference,
    auc_interval,
    choose_threshold,
    cross_validate,
    threshold_table,
    wilson_interval,
)
from logreg_core.proportions import upper_tail
from logreg_core.split import stratified_folds


def rows(n=300, seed=1, ties=True, share=0.3):
    """Outcomes, a score that knows something of them, and another that knows less."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(np.uint8)
    y[:4] = 0, 0, 1, 1
    score = rng.normal(0.8 * y)
    other = rng.normal(0.4 * y) + 0.3 * score
    return (y, score.round(1), other.round(1)) if ties else (y, score, other)


def delong_by_pairs(y, score, other=None):
    """(areas, 2 x 2 covariance) by the definition: the kernel of every pair, its means, theirs."""
    parts, areas = [], []
    for s in (score, score if other is None else other):
        high, low = s[y == 1][:, None], s[y == 0][None, :]
        wins = (high > low) + 0.5 * (high == low)
        areas.append(wins.mean())
        parts.append((wins.mean(axis=1), wins.mean(axis=0)))
    (a10, a01), (b10, b01) = parts
    covariance = np.cov(a10, b10) / len(a10) + np.cov(a01, b01) / len(a01)
    return areas, covariance


# -- the area ------------------------------------------------------------------------------------
@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_delong_agrees_with_its_definition_over_all_pairs(seed, ties):
    y, score, _ = rows(seed=seed, ties=ties)
    (auc, _), covariance = delong_by_pairs(y, score)
    found = auc_interval(y, score)
    assert found.auc == pytest.approx(auc, rel=1e-14)
    assert found.std_error**2 == pytest.approx(covariance[0, 0], rel=1e-12)
    q = stats.norm.ppf(0.975)
    assert found.lower == pytest.approx(auc - q * math.sqrt(covariance[0, 0]), rel=1e-12)
    assert found.upper == pytest.approx(auc + q * math.sqrt(covariance[0, 0]), rel=1e-12)
    u = stats.mannwhitneyu(score[y == 1], score[y == 0]).statistic
    assert found.auc == pytest.approx(u / (y.sum() * (y == 0).sum()), rel=1e-14)
    assert found.auc == pytest.approx(sklearn.roc_auc_score(y, score), rel=1e-14)


@given(
    scores=st.lists(st.integers(0, 6), min_size=6, max_size=40),
    flags=st.integers(0, 2**40 - 1),
)
def test_delong_holds_for_any_ties(scores, flags):
    y = np.array([(flags >> i) & 1 for i in range(len(scores))], dtype=np.uint8)
    y[:4] = 0, 1, 0, 1
    score = np.array(scores, dtype=float)
    (auc, _), covariance = delong_by_pairs(y, score)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        found = auc_interval(y, score)
    assert found.auc == pytest.approx(auc, abs=1e-14)
    assert found.std_error**2 == pytest.approx(covariance[0, 0], abs=1e-14)


def test_a_monotone_change_of_the_score_changes_nothing():
    y, score, _ = rows()
    plain, changed = auc_interval(y, score), auc_interval(y, np.exp(score / 3) - 7)
    assert plain == changed


def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row():
    y, score, other = rows(n=120)
    weight = np.random.default_rng(3).integers(0, 4, len(y))
    y_long, long, other_long = (np.repeat(v, weight) for v in (y, score, other))
    a, b = auc_interval(y, score, sample_weight=weight), auc_interval(y_long, long)
    assert (a.n_positive, a.n_negative) == (b.n_positive, b.n_negative)
    assert (a.auc, a.std_error) == pytest.approx((b.auc, b.std_error), rel=1e-13)
    a = auc_difference(y, score, other, sample_weight=weight)
    b = auc_difference(y_long, long, other_long)
    assert (a.difference, a.std_error, a.p_value) == pytest.approx(
        (b.difference, b.std_error, b.p_value), rel=1e-11
    )
    drawn = auc_bootstrap(y, score, sample_weight=weight, n_resamples=50)
    assert drawn.auc == pytest.approx(auc_interval(y_long, long).auc, rel=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_the_difference_of_two_areas_has_the_variance_of_delongs_matrix(seed):
    y, score, other = rows(seed=seed)
    areas, c = delong_by_pairs(y, score, other)
    variance = delong_by_pairs(y, score)[1][0, 0] + delong_by_pairs(y, other)[1][0, 0] - 2 * c[0, 1]
    found = auc_difference(y, score, other)
    assert (found.auc, found.other_auc) == pytest.approx(tuple(areas), rel=1e-14)
    assert found.std_error**2 == pytest.approx(variance, rel=1e-11)
    z = (areas[0] - areas[1]) / math.sqrt(variance)
    assert found.z == pytest.approx(z, rel=1e-11)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-10)


def test_a_score_does_not_differ_from_itself():
    y, score, _ = rows()
    found = auc_difference(y, score, score)
    assert (found.difference, found.std_error, found.z, found.p_value) == (0, 0, 0, 1)


def test_the_logit_interval_stays_inside_and_maps_back():
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    score = np.array([1, 2, 3, 5, 4, 6, 7, 8])
    plain, logit = auc_interval(y, score), auc_interval(y, score, transform="logit")
    assert plain.upper == 1.0  # cut off
    assert plain.lower < logit.auc < logit.upper < 1

    def log_odds(p):
        return math.log(p / (1 - p))

    half = stats.norm.ppf(0.975) * logit.std_error / (logit.auc * (1 - logit.auc))
    assert log_odds(logit.upper) - log_odds(logit.auc) == pytest.approx(half, rel=1e-12)
    assert log_odds(logit.auc) - log_odds(logit.lower) == pytest.approx(half, rel=1e-12)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """2,000 samples of 60 + 60 rows: 95 % nominal, and the share is known to +-0.5 %."""
    rng, truth = np.random.default_rng(0), stats.norm.cdf(0.8 / math.sqrt(2))
    y = np.repeat([0, 1], 60)
    held = [
        found.lower <= truth <= found.upper
        for found in (auc_interval(y, rng.normal(0.8 * y)) for _ in range(2000))
    ]
    assert 0.93 <= np.mean(held) <= 0.965


def test_separated_scores_have_no_interval_and_say_so():
    with pytest.warns(LogregWarning, match="separate"):
        found = auc_interval([0, 0, 1, 1], [1, 2, 3, 4])
    assert found.auc == 1
    assert math.isnan(found.lower)
    assert math.isnan(found.upper)


@pytest.mark.parametrize(
    ("y", "match"), [([0, 0, 0, 1], "positive class has 1 row"), ([0, 1, 1, 1], "negative class")]
)
def test_one_row_of_a_class_says_nothing_about_its_spread(y, match):
    with pytest.raises(DataError, match=match):
        auc_interval(y, [1, 2, 3, 4])


def test_the_bootstrap_agrees_with_delong_and_with_resampling_rows():
    y, score, _ = rows(n=400)
    delong, seen = auc_interval(y, score), []
    found = auc_bootstrap(y, score, seed=1, callback=lambda done, of: seen.append((done, of)))
    assert found.auc == delong.auc
    assert found.std_error == pytest.approx(delong.std_error, rel=0.08)  # 5 std errors of itself
    assert found.lower == pytest.approx(delong.lower, abs=0.2 * delong.std_error)
    assert found.upper == pytest.approx(delong.upper, abs=0.2 * delong.std_error)
    assert seen == [(i + 1, 2000) for i in range(2000)]
    again = auc_bootstrap(y, score, seed=1)
    assert again == found
    # the same draws, as rows: groups of equal scores are in falling order
    rng = np.random.Generator(np.random.PCG64(1))
    high, low = np.sort(score[y == 1])[::-1], np.sort(score[y == 0])[::-1]
    areas = []
    for _ in range(100):
        a = high[rng.integers(0, len(high), len(high))]
        b = low[rng.integers(0, len(low), len(low))]
        areas.append(sklearn.roc_auc_score(np.repeat([1, 0], [len(a), len(b)]), [*a, *b]))
    short = auc_bootstrap(y, score, seed=1, n_resamples=100)
    assert short.std_error == pytest.approx(np.std(areas, ddof=1), rel=1e-12)
    assert (short.lower, short.upper) == pytest.approx(tuple(np.quantile(areas, [0.025, 0.975])))


def test_the_bootstrap_refuses_half_rows_and_too_few_resamples():
    y, score, _ = rows(n=50)
    with pytest.raises(DataError, match="whole numbers"):
        auc_bootstrap(y, score, sample_weight=np.full(50, 0.5))
    with pytest.raises(DataError, match="n_resamples"):
        auc_bootstrap(y, score, n_resamples=5)


# -- proportions ---------------------------------------------------------------------------------
@given(n=st.integers(1, 10**7), share=st.floats(0, 1), level=st.floats(0.5, 0.999))
def test_wilson_agrees_with_statsmodels(n, share, level):
    hits = round(share * n)
    lower, upper = wilson_interval(hits, n, level)
    theirs = proportion_confint(hits, n, alpha=1 - level, method="wilson")
    # statsmodels takes centre - half, which loses digits where both are near 0
    assert (lower, upper) == pytest.approx(theirs, rel=1e-9, abs=1e-15)
    assert 0 <= lower <= hits / n <= upper <= 1


def test_wilson_solves_the_equation_it_is_defined_by():
    hits, n = np.array([0, 1, 7, 50, 99, 100]), 100
    lower, upper = wilson_interval(hits, n)
    q2 = stats.norm.ppf(0.975) ** 2
    for ends, inner in ((lower[1:], hits[1:]), (upper[:-1], hits[:-1])):
        score = (inner - n * ends) ** 2 / (n * ends * (1 - ends))
        assert score == pytest.approx(np.full(len(ends), q2), rel=1e-12)
    assert lower[0] == 0
    assert upper[-1] == 1


@pytest.mark.parametrize(("hits", "n"), [(3, 2), (-1, 2), (0, 0), (math.nan, 3)])
def test_wilson_refuses_what_is_no_count(hits, n):
    with pytest.raises(DataError, match="successes"):
        wilson_interval(hits, n)


@given(n=st.integers(1, 30_000), share=st.floats(0, 1), rate=st.floats(0.01, 0.99))
@settings(deadline=None)
def test_the_tail_is_binomtests(n, share, rate):
    hits = round(share * n)
    ours = upper_tail(hits, n, rate)
    theirs = stats.binomtest(hits, n, rate, alternative="greater").pvalue
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-290)


def test_accuracy_beside_the_no_information_rate():
    y, score, _ = rows(n=500, share=0.2)
    called = (score > 1.2).astype(int)
    found = accuracy_test(y, called)
    right = int((y == called).sum())
    rate = 1 - y.mean()
    assert (found.n_right, found.n_rows) == (right, 500)
    assert found.accuracy == sklearn.accuracy_score(y, called)
    assert found.no_information_rate == pytest.approx(rate, rel=1e-15)
    test = stats.binomtest(right, 500, rate, alternative="greater")
    assert found.p_value == pytest.approx(test.pvalue, rel=1e-12)
    ends = stats.binomtest(right, 500, 0.5).proportion_ci(method="wilson")
    assert (found.lower, found.upper) == pytest.approx((ends.low, ends.high), rel=1e-9)
    assert f"{rate:.1%}" in str(found)


def test_the_most_frequent_class_exactly_is_no_better_than_itself():
    found = accuracy_test(["no"] * 9 + ["yes"], ["no"] * 10)
    assert found.accuracy == found.no_information_rate == 0.9
    assert found.p_value > 0.5


# -- thresholds ----------------------------------------------------------------------------------
@pytest.mark.parametrize("weighted", [False, True])
def test_the_table_is_a_confusion_matrix_a_row(weighted):
    y, score, _ = rows()
    weight = np.random.default_rng(2).integers(0, 5, len(y)) if weighted else None
    thresholds = [-9.0, -0.5, 0.0, 0.3, 1.0, 9.0]
    table = threshold_table(y, score, thresholds, sample_weight=weight)
    assert table["threshold"].tolist() == thresholds[::-1]
    share = np.average(y, weights=weight)
    for row in table.itertuples():
        called = (score >= row.threshold).astype(int)
        counts = [row.true_negative, row.false_positive, row.false_negative, row.true_positive]
        matrix = sklearn.confusion_matrix(y, called, sample_weight=weight)
        assert counts == matrix.ravel().tolist()
        assert at_threshold(y, score, row.threshold, sample_weight=weight).lift == pytest.approx(
            row.lift, rel=1e-15, nan_ok=True
        )
        kept = {"sample_weight": weight, "zero_division": math.nan}
        precision = sklearn.precision_score(y, called, **kept)
        for ours, theirs in (
            (row.precision, precision),
            (row.recall, sklearn.recall_score(y, called, **kept)),
            (row.specificity, sklearn.recall_score(y, called, pos_label=0, **kept)),
            (row.f1, sklearn.f1_score(y, called, **kept)),
            (row.accuracy, sklearn.accuracy_score(y, called, sample_weight=weight)),
            (row.lift, precision / share),
            (row.flagged_per_1000, 1000 * np.average(called, weights=weight)),
            (row.found_per_1000, 1000 * np.average(called & y, weights=weight)),
        ):
            assert ours == pytest.approx(theirs, rel=1e-13, nan_ok=True)


def test_thresholds_that_nobody_named_flag_the_shares_they_promise():
    rng = np.random.default_rng(4)
    score = rng.permutation(1000) / 1000
    table = threshold_table((rng.random(1000) < 0.3).astype(int), score)
    shares = [10, 20, 50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]
    assert table["flagged_per_1000"].tolist() == shares
    tied = threshold_table([0, 1, 0, 1], [1, 1, 2, 2])
    assert tied["threshold"].tolist() == [2, 1]


def test_youden_and_cost_are_the_best_of_all_thresholds():
    y, score, _ = rows()
    candidates = [math.inf, *np.unique(score)[::-1]]
    each = [at_threshold(y, score, t) for t in candidates]
    youden = choose_threshold(y, score, "youden")
    j = [at.youden for at in each]
    assert youden.threshold == candidates[int(np.argmax(j))]
    assert youden.youden == max(j)
    fpr, tpr, cuts = sklearn.roc_curve(y, score)
    assert youden.threshold in cuts[np.isclose(tpr - fpr, (tpr - fpr).max(), rtol=1e-12)]
    for miss in (0.2, 1.0, 4.0, 100.0):
        chosen = choose_threshold(y, score, "cost", cost_false_negative=miss)
        costs = [at.false_positive + miss * at.false_negative for at in each]
        assert chosen.false_positive + miss * chosen.false_negative == min(costs)
        assert chosen.threshold == candidates[int(np.argmin(costs))]


def test_flagging_nobody_can_be_the_cheapest():
    chosen = choose_threshold([0, 0, 1, 0], [4, 3, 2, 1], "cost", cost_false_positive=10)
    assert chosen.threshold == math.inf
    assert (chosen.n_flagged, chosen.false_negative) == (0, 1)
    assert math.isnan(chosen.precision)


def test_the_cheapest_threshold_of_calibrated_probabilities_is_the_ratio_of_costs():
    rng = np.random.default_rng(5)
    p = rng.beta(2, 3, 400_000)
    y = (rng.random(len(p)) < p).astype(np.uint8)
    chosen = choose_threshold(y, p, "cost", cost_false_positive=1, cost_false_negative=4)
    assert chosen.threshold == pytest.approx(1 / 5, abs=0.02)


def test_the_prevalence_threshold_is_the_share_of_positives():
    y, score, _ = rows(n=200)
    p = 1 / (1 + np.exp(-score))
    chosen = choose_threshold(y, p)
    assert chosen.threshold == y.mean()
    assert chosen.is_prevalence
    assert chosen.true_positive == ((p >= y.mean()) & (y == 1)).sum()


def test_thresholds_refuse_what_cannot_be_meant():
    y, score, _ = rows(n=50)
    with pytest.raises(DataError, match="NaN"):
        threshold_table(y, score, [0.1, math.nan])
    with pytest.raises(DataError, match="one class"):
        threshold_table(np.zeros(5, int), np.arange(5))
    with pytest.raises(DataError, match="rule"):
        choose_threshold(y, score, "best")
    with pytest.raises(DataError, match="cost_false_positive"):
        choose_threshold(y, score, "cost", cost_false_positive=0)


# -- another prevalence --------------------------------------------------------------------------
def test_bayes_is_what_repeating_rows_of_a_class_gives():
    y, score, _ = rows(n=400)
    at = at_threshold(y, score, 0.5)
    times = np.where(y == 0, 9, 1)
    long = at_threshold(np.repeat(y, times), np.repeat(score, times), 0.5)
    there = at.at_prevalence(long.n_positive / long.n_rows)
    for ours, theirs in (
        (there.precision, long.precision),
        (there.accuracy, long.accuracy),
        (there.flagged_per_1000, long.flagged_per_1000),
        (there.found_per_1000, long.found_per_1000),
        (there.negative_predictive_value,
         long.true_negative / (long.true_negative + long.false_negative)),
    ):  # fmt: skip
        assert ours == pytest.approx(theirs, rel=1e-13)


def test_the_published_matrix_at_the_true_prevalence():
    """CASE_STUDY.md: precision 9.4 %, accuracy 48.2 % at 6.29 %."""
    recall, specificity = 3758 / (725 + 3758), 2044 / (2044 + 2415)
    there = at_prevalence(recall, specificity, 1200 / 19084)
    assert round(there.precision, 3) == 0.094
    assert round(there.accuracy, 3) == 0.482
    assert round(there.no_information_rate, 3) == 0.937
    with pytest.raises(DataError, match="percent"):
        at_prevalence(recall, specificity, 6.29)


# -- cross-validation ----------------------------------------------------------------------------
@given(
    n_negative=st.integers(5, 200), n_positive=st.integers(5, 200), n_folds=st.integers(2, 5),
    seed=st.integers(0, 1000),
)  # fmt: skip
def test_folds_are_even_in_size_and_in_each_class(n_negative, n_positive, n_folds, seed):
    y = np.random.default_rng(seed).permutation(np.repeat([0, 1], [n_negative, n_positive]))
    fold = stratified_folds(y, n_folds, seed)
    for kind in (fold, fold[y == 0], fold[y == 1]):
        sizes = np.bincount(kind, minlength=n_folds)
        assert sizes.max() - sizes.min() <= 1
    assert np.array_equal(fold, stratified_folds(1 - y, n_folds, seed))


@pytest.mark.parametrize("n_folds", [1, 0, 6])
def test_folds_refuse_what_leaves_one_empty(n_folds):
    with pytest.raises(DataError):
        stratified_folds(np.repeat([0, 1], 5), n_folds)


def design_rows(n=600, seed=6):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    y = (rng.random(n) < 1 / (1 + np.exp(1 - X["a"] + 0.5 * X["b"]))).astype(int)
    return X, y.to_numpy()


def test_every_row_is_judged_by_a_fit_without_it():
    X, y = design_rows()
    seen = []
    found = cross_validate(X, y, n_folds=4, callback=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    areas, variance = [], 0.0
    for k, judged in enumerate(found.folds):
        test = found.fold == k
        fit = lc.fit(X[~test], y[~test])
        p = fit.probability(X[test])
        assert found.probability[test] == pytest.approx(p, rel=1e-9)
        areas.append(sklearn.roc_auc_score(y[test], p))
        variance += delong_by_pairs(y[test], p)[1][0, 0]
        assert judged.auc == pytest.approx(areas[-1], rel=1e-13)
        assert judged.brier == pytest.approx(sklearn.brier_score_loss(y[test], p), rel=1e-9)
        assert judged.chosen.threshold == y[~test].mean()
    right = sum(judged.chosen.true_positive + judged.chosen.true_negative for judged in found.folds)
    assert found.accuracy.n_right == right
    assert found.thresholds.equals(threshold_table(y, found.probability))
    assert found.auc == pytest.approx(np.mean(areas), rel=1e-13)
    assert found.std_error == pytest.approx(math.sqrt(variance) / 4, rel=1e-10)
    table = found.table
    assert table.index.tolist() == [0, 1, 2, 3, "mean", "std"]
    assert table.loc["mean", "auc"] == pytest.approx(found.auc, rel=1e-14)
    assert table.loc["std", "auc"] == pytest.approx(np.std(areas, ddof=1), rel=1e-10)
    assert table["status"].tolist() == ["converged"] * 4 + ["", ""]


def test_array_frame_labels_and_design_give_the_same():
    X, y = design_rows(n=300)
    words = np.where(y == 1, "yes", "no")
    frame = X.assign(outcome=words)
    kinds = [
        cross_validate(X.to_numpy(), y, n_folds=3),
        cross_validate(X, words, n_folds=3),
        cross_validate(lc.Design.from_frame(frame, target="outcome"), n_folds=3),
    ]
    for found in kinds:
        assert np.array_equal(found.probability, kinds[0].probability)
    assert kinds[1].folds[0].classes == ("no", "yes")


def test_cross_validation_takes_a_given_threshold_and_options_of_the_fit():
    X, y = design_rows(n=300)
    found = cross_validate(X, y, n_folds=3, threshold=0.4, l2=2.0)
    assert {judged.chosen.threshold for judged in found.folds} == {0.4}
    test = found.fold == 0
    fit = lc.fit(X[~test], y[~test], l2=2.0)
    assert found.probability[test] == pytest.approx(fit.probability(X[test]), rel=1e-9)


def test_cross_validation_refuses_what_it_would_do_wrong():
    X, y = design_rows(n=100)
    with pytest.raises(DataError, match="sample_weight"):
        cross_validate(X, y, sample_weight=np.ones(100))
    with pytest.raises(DataError, match="y is missing"):
        cross_validate(X)


@pytest.mark.real_data
def test_the_course_file_by_cross_validation(real_frame):
    """CASE_STUDY.md: AUC about .67, average precision about .097, Brier .0573 against .0589;
    at the prevalence precision .105, recall .81, accuracy .55."""
    design = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    found = cross_validate(design)
    mean = found.table.loc["mean"]
    assert found.lower < 0.67 < found.upper
    assert mean["average_precision"] == pytest.approx(0.097, abs=0.01)
    assert mean["brier"] == pytest.approx(0.0573, abs=0.0005)
    assert mean["base_brier"] == pytest.approx(0.0589, abs=0.0005)
    assert mean["precision"] == pytest.approx(0.105, abs=0.005)
    assert mean["recall"] == pytest.approx(0.81, abs=0.02)
    assert mean["accuracy"] == pytest.approx(0.55, abs=0.02)
