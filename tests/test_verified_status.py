"""The case study on the bundled sample: against statsmodels, brute force and altered data.

Tolerances: least squares and its tests 1e-9 (well conditioned once scaled); counts exact; odds
ratios of a 2 x 2 table 1e-9, where one side is a closed form.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.crosscheck.usual_recipe import upsample_then_split
from logreg_core.verified_status import QUESTIONS, answer, case_study
from logreg_core.verified_status.models import design_of
from logreg_core.verified_status.usual import cap


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return lc.datasets.verified_status()


@pytest.fixture(scope="module")
def study(frame):
    return case_study(frame)


def a_quarter(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.dropna().iloc[::4].reset_index(drop=True)


@pytest.fixture(scope="module")
def swapped(frame):
    """Claims called opinions and opinions claims, in a quarter of the complete rows."""
    names = {"claim": "opinion", "opinion": "claim"}
    part = a_quarter(frame)
    return case_study(part.assign(claim_status=part["claim_status"].map(names)))


@pytest.fixture(scope="module")
def shuffled(frame):
    """Outcomes dealt out anew: nothing is related to them."""
    part = a_quarter(frame)
    outcome = np.random.default_rng(3).permutation(part["verified_status"].to_numpy())
    return case_study(part.assign(verified_status=outcome))


def test_the_frame_is_not_changed_and_the_study_is_frozen(frame, study):
    assert frame.equals(lc.datasets.verified_status())
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.seed = 1


def test_the_straight_line_is_that_of_statsmodels(frame, study):
    statsmodels = pytest.importorskip("statsmodels.api")
    from statsmodels.stats.diagnostic import het_breuschpagan

    rows = frame.dropna()
    design = design_of(rows, study.models.seven.features)
    X = statsmodels.add_constant(design.X)
    X[:, 1:] /= design.X.std(axis=0)
    scale = np.concatenate([[1.0], design.X.std(axis=0)])
    line = statsmodels.OLS(design.y.astype(float), X).fit()
    found = study.approach
    np.testing.assert_allclose(found.linear["coef"], line.params / scale, rtol=1e-8)
    np.testing.assert_allclose(found.linear["std_error"], line.bse / scale, rtol=1e-9)
    np.testing.assert_allclose(found.linear["robust_std_error"], line.HC0_se / scale, rtol=1e-9)
    assert found.r_squared == pytest.approx(line.rsquared, rel=1e-9)
    assert found.smallest == pytest.approx(line.fittedvalues.min(), rel=1e-9)
    assert (found.n_below_0, found.n_above_1) == (
        (line.fittedvalues < 0).sum(), (line.fittedvalues > 1).sum(),
    )  # fmt: skip
    statistic, p_value, *_ = het_breuschpagan(line.resid, X)
    assert found.breusch_pagan == pytest.approx(statistic, rel=1e-9)
    assert found.p_value == pytest.approx(p_value, rel=1e-6)


def test_inflation_by_least_squares_is_that_of_statsmodels(frame, study):
    influence = pytest.importorskip("statsmodels.stats.outliers_influence")
    X = design_of(frame.dropna(), study.models.with_likes.features).X
    whole = np.column_stack([np.ones(len(X)), X / X.std(axis=0)])
    theirs = [influence.variance_inflation_factor(whole, j) for j in range(1, whole.shape[1])]
    np.testing.assert_allclose(study.checks.vif_with_likes["columns"], theirs, rtol=1e-9)


def test_the_bounds_of_missing_rows_are_those_of_filling_them_in(frame, study):
    bound = study.sensitivity.missing
    verified = frame["verified_status"] == "verified"
    for worst, ratio in (
        (("claim", "opinion"), bound.least),
        (("opinion", "claim"), bound.greatest),
    ):
        filled = frame.assign(
            claim_status=frame["claim_status"].where(
                frame["claim_status"].notna(), pd.Series(np.where(verified, *worst), frame.index)
            )
        )
        fit = lc.fit(design_of(filled, ("claim_status",)))
        assert ratio == pytest.approx(float(np.exp(fit.coef[1])), rel=1e-9)
    assert bound.least < bound.observed < bound.greatest
    ends = lc.fit(design_of(filled, ("claim_status",))).odds_ratio().iloc[1]
    assert (bound.greatest_lower, bound.greatest_upper) == pytest.approx(
        (ends["lower"], ends["upper"]), rel=1e-9
    )


def test_the_exploration_is_that_of_other_means(frame, study):
    cbook = pytest.importorskip("matplotlib.cbook")
    rows, found = frame.dropna(), study.exploration
    claim = (rows["claim_status"] == "claim").to_numpy()
    for name in found.numbers.index:
        values = rows[name].to_numpy(dtype=float)
        box = cbook.boxplot_stats(values)[0]
        row = found.numbers.loc[name]
        for ours, theirs in (("q1", "q1"), ("median", "med"), ("q3", "q3"), ("mean", "mean"),
                             ("whisker_low", "whislo"), ("whisker_high", "whishi")):  # fmt: skip
            assert row[ours] == pytest.approx(box[theirs], rel=1e-12)
        above = values > box["q3"] + 1.5 * box["iqr"]
        assert row["above"] == above.sum()
        assert row["share_above_claim"] == pytest.approx(above[claim].mean())
        assert row["share_above_opinion"] == pytest.approx(above[~claim].mean())
        assert found.medians.loc[name, "verified"] == np.median(
            values[(rows["verified_status"] == "verified").to_numpy()]
        )
    length = np.array([len(text) for text in rows["video_transcription_text"]])
    assert found.transcripts["rows"].sum() == len(rows)
    assert found.transcripts_by_claim.loc["claim", "mean"] == pytest.approx(length[claim].mean())
    bins = found.transcript_histogram
    assert bins[["not verified", "verified"]].to_numpy().sum() == len(rows)
    first, second, r = found.pairs.iloc[0]
    assert r == pytest.approx(np.corrcoef(rows[first], rows[second])[0, 1], rel=1e-12)
    assert abs(r) == found.pairs["r"].abs().max()


def test_rows_are_positions_in_the_frame(frame, swapped):
    lacking = frame[frame["claim_status"].isna()]
    mixed = pd.concat([lacking, a_quarter(frame)], ignore_index=True)
    found = case_study(mixed)
    assert (found.held_out.rows == swapped.held_out.rows + len(lacking)).all()
    outcome = mixed["verified_status"].iloc[found.held_out.rows] == "verified"
    np.testing.assert_array_equal(outcome, found.held_out.outcome)
    design = lc.Design.from_frame(mixed, **lc.datasets.VERIFIED_STATUS, missing="drop")
    cook = lc.diagnostics.influence(lc.fit(design), design)["cooks_distance"].to_numpy()
    assert found.checks.largest_cook_row == design.rows[cook.argmax()]
    assert found.checks.largest_cook == pytest.approx(cook.max(), rel=1e-9)


def test_every_verified_test_row_of_the_recipe_was_trained_on(frame, study):
    outcome = (frame.dropna()["verified_status"] == "verified").to_numpy().astype(int)
    found = upsample_then_split(outcome)
    seen, asked = found.rows[found.train].tolist(), found.rows[found.test].tolist()
    known = set(seen)
    verified = [row for row in asked if outcome[row]]
    usual = study.usual
    assert (usual.n_test_verified, usual.n_seen) == (
        len(verified), sum(row in known for row in verified),
    )  # fmt: skip
    by_heart = [outcome[row] == (row in known and outcome[row]) for row in asked]
    assert usual.memory_accuracy == pytest.approx(np.mean(by_heart))


def test_the_score_of_the_recipe_is_the_slope_of_the_likelihood(frame, study):
    usual = study.usual
    table = usual.coefficients
    design = design_of(cap(frame.dropna())[0], (
        "video_duration_sec", "video_view_count", "video_share_count", "video_download_count",
        "video_comment_count", "claim_status", "author_ban_status",
    ))  # fmt: skip
    found = upsample_then_split(design.y)
    rows = found.rows[found.train]
    X, y = design.X[rows], design.y[rows]
    center, scale = X.mean(axis=0), X.std(axis=0)

    def loglik(coef):
        eta = coef[0] + X @ coef[1:]
        return -np.logaddexp(0.0, np.where(y == 1, -eta, eta)).sum()

    reported = table["reported"].to_numpy()
    assert usual.loglik == pytest.approx(loglik(reported), rel=1e-12)
    assert usual.maximum_loglik == pytest.approx(loglik(table["maximum"].to_numpy()), rel=1e-12)
    assert usual.loglik < usual.ridge_loglik < usual.maximum_loglik
    for j, name in enumerate(table.index):
        move = np.zeros(len(reported))
        # a step of h standard deviations, about the centre, as the score has it
        h = 1e-4
        if j:
            move[j] = h / scale[j - 1]
            move[0] = -h * center[j - 1] / scale[j - 1]
        else:
            move[0] = h
        slope = (loglik(reported + move) - loglik(reported - move)) / (2 * h)
        assert table.loc[name, "score"] == pytest.approx(slope, abs=2e-3)


def test_figures_belong_together(study):
    held, effects = study.held_out, study.effects
    assert held.n_train + held.n_test == study.data.n_complete
    for judged in held.judged:
        assert judged.at.n_rows == held.n_test
        assert judged.accuracy.accuracy == pytest.approx(judged.at.accuracy)
        assert judged.accuracy.no_information_rate == pytest.approx(held.no_information_rate)
    assert held.fit.n_rows == held.n_train
    np.testing.assert_array_equal(held.outcome.mean(), held.n_test_verified / held.n_test)
    fit = study.models.seven.fit
    assert [effect.name for effect in effects.effects] == list(fit.names[1:])
    for effect in effects.effects:
        j = fit.names.index(effect.name)
        assert effect.odds_ratio == pytest.approx(np.exp(effect.change * fit.coef[j]))
        assert effect.lower < effect.odds_ratio < effect.upper
    assert effects["claim_status_opinion"] is effects.claim
    assert study.sensitivity["baseline"].fit is fit
    assert {run.key for run in study.sensitivity.runs} == {
        "baseline", "log1p", "influential", "leverage", "robust", "firth", "capped",
    }  # fmt: skip


def test_the_sample_is_not_taken_for_the_course_file(study):
    assert not study.usual.is_published_file
    assert "these are other rows" in answer(study, "usual")


def test_swapping_the_labels_turns_the_answer(study, swapped):
    there, here = study.effects.claim, swapped.effects.claim
    assert (there.direction, here.direction) == ("higher", "lower")
    assert there.odds_ratio > 1 > here.odds_ratio
    assert "at higher odds" in answer(study, "takeaways")
    assert "at lower odds" in answer(swapped, "takeaways")
    assert "opinions are likelier than claims" in answer(study, "present")
    assert "claims are likelier than opinions" in answer(swapped, "present")
    assert swapped.held_out.claim_agreement < 0.5 < study.held_out.claim_agreement


def test_what_is_not_significant_is_never_called_a_relation(shuffled):
    assert not shuffled.effects.significant
    assert shuffled.effects.claim.direction == "no demonstrable difference"
    assert "that nothing is demonstrable does not hang" in answer(shuffled, "sensitivity")
    assert "No column survives" in answer(shuffled, "coefficients")
    assert "No demonstrable relation between claim status" in answer(shuffled, "takeaways")
    assert "a difference that chance explains" in answer(shuffled, "rates")
    assert "does not demonstrably rank better than chance" in answer(shuffled, "takeaways")
    for question in QUESTIONS:
        assert "likelier" not in answer(shuffled, question)


def test_complete_data_are_called_complete(swapped):
    assert swapped.data.n_incomplete == 0
    assert answer(swapped, "missing") == "No value is missing: every row is used."


def test_every_question_is_answered_with_figures(study):
    for question in QUESTIONS:
        text = answer(study, question)
        assert len(text) > 80
        assert "nan" not in text.replace("dominant", "").split()
        if question not in ("encoding", "present"):
            assert any(character.isdigit() for character in text)
    with pytest.raises(lc.errors.DataError, match="there is no question 'why'"):
        answer(study, "why")


def test_another_seed_parts_the_rows_otherwise_and_the_same_seed_does_not(frame, swapped):
    part = a_quarter(frame)
    one, two = (case_study(part, seed=seed) for seed in (0, 1))
    assert not np.array_equal(one.held_out.rows, two.held_out.rows)
    assert np.array_equal(one.held_out.rows, swapped.held_out.rows)
    assert one.effects.claim == dataclasses.replace(two.effects.claim)
    assert (
        part["verified_status"].iloc[one.held_out.rows].eq("verified").tolist()
        == (one.held_out.outcome == 1).tolist()
    )


def test_steps_are_announced(frame):
    said = []
    case_study(a_quarter(frame), callback=lambda done, total, title: said.append((done, total)))
    assert [done for done, _ in said] == list(range(len(said)))
    assert {total for _, total in said} == {len(said)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="video_like_count"), "video_like_count"),
        (lambda f: f.assign(claim_status="claim"), "claim_status"),
        (lambda f: f.assign(verified_status=f["verified_status"].str.upper()), "VERIFIED"),
    ],
)
def test_other_tables_are_refused(frame, change, words):
    with pytest.raises(lc.errors.DataError, match=words):
        case_study(change(frame))
