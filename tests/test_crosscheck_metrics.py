"""Our measures against scikit-learn's: counts exactly, sums to 1e-12; the notes by provoking each
convention, and the comparison itself by breaking a measure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from logreg_core.crosscheck import metric_check, metrics


def scored(n=500, seed=1):
    random = np.random.default_rng(seed)
    score = random.random(n).round(2)
    return (random.random(n) < score) * 1, score


def test_all_measures_agree():
    y, score = scored()
    found = metrics(y, (score >= 0.5) * 1, score)
    assert found.agree
    assert len(found.rows) == 14
    assert found.table.loc["true positive", "ours"] == ((y == 1) & (score >= 0.5)).sum()
    assert found.table.loc["accuracy_score", "ours"] == pytest.approx(np.mean(y == (score >= 0.5)))


def test_weights_and_text_labels():
    y, score = scored()
    weight = np.random.default_rng(0).random(len(y))
    words = np.array(["no", "yes"])
    found = metrics(words[y], words[(score >= 0.5) * 1], score, sample_weight=weight)
    assert found.agree
    assert found.classes == ("no", "yes")


def test_a_broken_measure_is_seen(monkeypatch):
    y, score = scored()
    monkeypatch.setattr(metric_check.ours, "f1_score", lambda *a, **k: 0.5 + 1e-9, raising=False)
    found = metrics(y, (score >= 0.5) * 1, score)
    assert not found.agree
    assert [row[0] for row in found.rows if not row[-1]] == ["f1_score"]
    assert "DIFFERS" in str(found)


@pytest.mark.parametrize(("strict", "words"), [(False, "are >="), (True, "are a strict >")])
def test_ties_at_the_threshold(strict, words):
    y, score = scored()
    called = score > 0.5 if strict else score >= 0.5
    note = next(n for n in metrics(y, called * 1, score).notes if "threshold 0.5" in n)
    assert f"{(score == 0.5).sum()} of 500 scores" in note
    assert words in note


def test_no_note_on_ties_where_there_are_none():
    y, score = scored()
    score = score * 0.999 + 2e-4
    assert not [n for n in metrics(y, (score >= 0.5) * 1, score).notes if "threshold" in n]


def test_zero_division_and_nobody_predicted():
    y, score = scored()
    found = metrics(y, np.zeros(len(y), int), score)
    assert found.agree
    notes = " ".join(found.notes)
    assert "precision_score, f1_score: 0 / 0" in notes or "precision_score: 0 / 0" in notes
    assert "Nobody is predicted 1" in notes
    assert f"the share of the other class, {1 - y.mean():.4f}" in notes
    assert found.table.loc["precision_score", "ours"] == 0.0


def test_nan_equals_nan_and_not_a_number():
    assert metric_check._same(math.nan, math.nan)
    assert not metric_check._same(math.nan, 0.5)
