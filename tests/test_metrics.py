"""logreg_core.metrics against scikit-learn.

Tolerances: counts, thresholds, labels, texts and unweighted AUC numerators are compared exactly.
Ratios of two exact counts agree to the last bit or two. Weighted sums meet in another order than
scikit-learn's: n additions of non-negative numbers differ by at most n * 1.1e-16 relative, so 1e-12
(``CLOSE``) covers every case here and hides no wrong formula. float32 probabilities: scikit-learn
takes logs and sums in float32, whose eps is 1.2e-7, so those are held to 1e-5.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import calibration as sk_calibration
from sklearn import metrics as sk

from logreg_core import metrics as ours
from logreg_core.errors import DataError, LogregWarning
from logreg_core.metrics import order, threads

CLOSE = {"rtol": 1e-12, "atol": 1e-13}
ALPHABETS = [
    [0, 1],
    [-1, 1],
    [1, 2],
    [0.0, 1.0],
    [False, True],
    ["no", "yes"],
    ["not verified", "verified"],
    ["b", "a", "c"],
    [3, 0, 7, -5],
]
several = settings(max_examples=60, deadline=None)


def quiet(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


def same(mine: Any, theirs: Any) -> None:
    np.testing.assert_allclose(mine, theirs, **CLOSE)


weights = st.sampled_from([0, 0.0, 1.0, 0.1, 0.3, 2.5, 1e-3, 7.0])


@st.composite
def called(draw: Any) -> dict[str, Any]:
    """Labels, predictions and weights; some labels may never occur."""
    alphabet = draw(st.sampled_from(ALPHABETS))
    n = draw(st.integers(1, 40))
    rows = st.lists(st.sampled_from(alphabet), min_size=n, max_size=n)
    y_true, y_pred = np.array(draw(rows)), np.array(draw(rows))
    kind = draw(st.sampled_from(["array", "object", "list", "strided"]))
    if kind == "object":
        y_true, y_pred = y_true.astype(object), y_pred.astype(object)
    if kind == "strided":
        y_true, y_pred = np.repeat(y_true, 2)[::2], np.repeat(y_pred, 2)[::2]
    weight = draw(st.none() | st.lists(weights, min_size=n, max_size=n))
    if weight is not None and sum(weight) == 0:
        weight[0] = 1.0
    if weight is not None and draw(st.booleans()):
        weight = [int(np.ceil(w)) for w in weight]
    return {
        "y_true": list(y_true) if kind == "list" else y_true,
        "y_pred": list(y_pred) if kind == "list" else y_pred,
        "weight": None if weight is None else np.array(weight),
        "alphabet": alphabet,
        # scikit-learn takes no objects but text.
        "plain": (np.array(list(y_true)), np.array(list(y_pred))),
    }


@several
@given(called(), st.sampled_from([None, "true", "pred", "all"]), st.randoms())
def test_confusion_matrix(case: dict[str, Any], normalize: str | None, random: Any) -> None:
    true, pred = case["plain"]
    order = random.sample(case["alphabet"], random.randint(1, len(case["alphabet"])))
    if not set(order) & set(true.tolist()):
        order = case["alphabet"]
    for labels in (None, order):
        arguments = {"labels": labels, "normalize": normalize, "sample_weight": case["weight"]}
        mine = quiet(ours.confusion_matrix, case["y_true"], case["y_pred"], **arguments)
        arguments["labels"] = None if labels is None else np.array(labels)
        theirs = quiet(sk.confusion_matrix, true, pred, **arguments)
        if mine.dtype.kind == "i":
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine, theirs)
        else:
            same(mine, theirs)


@several
@given(called())
def test_accuracy_balanced_and_matthews(case: dict[str, Any]) -> None:
    true, pred = case["plain"]
    w = {"sample_weight": case["weight"]}
    for normalize in (True, False):
        same(
            ours.accuracy_score(case["y_true"], case["y_pred"], normalize=normalize, **w),
            sk.accuracy_score(true, pred, normalize=normalize, **w),
        )
    same(
        quiet(ours.balanced_accuracy_score, case["y_true"], case["y_pred"], **w),
        quiet(sk.balanced_accuracy_score, true, pred, **w),
    )
    mine = ours.matthews_corrcoef(case["y_true"], case["y_pred"], **w)
    theirs = quiet(sk.matthews_corrcoef, true, pred, **w)
    # One class with fractional weights: scikit-learn divides two rounding errors.
    one_class = min(len(set(true[_kept(case)])), len(set(pred[_kept(case)]))) < 2
    same(mine, 0.0 if one_class else theirs)


def _kept(case: dict[str, Any]) -> Any:
    return slice(None) if case["weight"] is None else case["weight"] > 0


@several
@given(
    called(),
    st.sampled_from(["binary", None, "micro", "macro", "weighted"]),
    st.sampled_from(["warn", 0, 1, np.nan]),
    st.randoms(),
)
def test_precision_recall_f1(
    case: dict[str, Any], average: str | None, zero_division: Any, random: Any
) -> None:
    true, pred = case["plain"]
    arguments: dict[str, Any] = {"average": average, "sample_weight": case["weight"]}
    arguments["zero_division"] = zero_division
    if average == "binary":
        arguments["pos_label"] = random.choice(case["alphabet"])
    elif random.random() < 0.5:
        arguments["labels"] = random.sample(case["alphabet"], 2)
    for name in ("precision_score", "recall_score", "f1_score"):
        try:
            theirs = quiet(getattr(sk, name), true, pred, **arguments)
        except ValueError:
            with pytest.raises(DataError):
                quiet(getattr(ours, name), case["y_true"], case["y_pred"], **arguments)
            continue
        same(quiet(getattr(ours, name), case["y_true"], case["y_pred"], **arguments), theirs)


@several
@given(called(), st.integers(0, 6), st.sampled_from(["warn", 0, 1, np.nan]), st.booleans())
def test_report_text_and_dict(
    case: dict[str, Any], digits: int, zero_division: Any, all_labels: bool
) -> None:
    true, pred = case["plain"]
    arguments: dict[str, Any] = {"digits": digits, "zero_division": zero_division}
    arguments["sample_weight"] = case["weight"]
    if all_labels:
        arguments["labels"] = case["alphabet"]
        arguments["target_names"] = [f"class {label}" for label in case["alphabet"]]
    mine = quiet(ours.classification_report, true, pred, **arguments)
    assert mine == quiet(sk.classification_report, true, pred, **arguments)
    mine = quiet(ours.classification_report, true, pred, output_dict=True, **arguments)
    theirs = quiet(sk.classification_report, true, pred, output_dict=True, **arguments)
    assert list(mine) == list(theirs)
    for key, row in theirs.items():
        same(np.array(list(np.atleast_1d(_values(mine[key])))), np.atleast_1d(_values(row)))


def _values(row: Any) -> Any:
    return list(row.values()) if isinstance(row, dict) else row


def test_report_micro_average_and_names() -> None:
    true, pred = ["a", "b", "c", "a"], ["a", "c", "c", "b"]
    for labels in (["a", "c"], ["c"], ["c", "b", "a", "z"]):
        arguments: dict[str, Any] = {"labels": labels, "zero_division": 0}
        assert ours.classification_report(true, pred, **arguments) == sk.classification_report(
            true, pred, **arguments
        )
    with pytest.warns(LogregWarning, match="target_names"):
        ours.classification_report(true, pred, labels=["a", "b", "c"], target_names=["x"])
    with pytest.raises(DataError, match="target_names"):
        ours.classification_report(true, pred, target_names=["x"])


scores_of = [
    lambda r, n: r.random(n),
    lambda r, n: np.round(r.random(n), 1),
    lambda r, n: r.normal(0, 5, n),
    lambda r, n: r.choice([-0.0, 0.0, 1e-310, -1e-310, 1e300, -1e300], n),
    lambda r, n: r.random(n) ** 30,
    lambda r, n: 0.5 + r.integers(0, 3, n) * 2.0**-53,
    lambda r, n: np.full(n, 0.3),
    lambda r, n: r.integers(-5, 5, n),
    lambda r, n: r.random(n).astype(np.float32),
    lambda r, n: np.where(r.random(n) < 0.5, 0.5, 0.5 + r.random(n) * 1e-9),
]


@st.composite
def scored(draw: Any) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.sampled_from([2, 3, 10, 60, 300, 3000]))
    y = random.integers(0, 2, n)
    y[:2] = 0, 1
    score = draw(st.sampled_from(scores_of))(random, n)
    weight = draw(st.sampled_from(["none", "float", "int"]))
    if weight == "none":
        return y, score, None
    w = random.choice([0.0, 0.1, 0.3, 1.0, 5.0], n)
    w[:2] = 1.0
    return y, score, w if weight == "float" else np.ceil(w).astype(np.int64)


@several
@given(scored())
def test_auc_and_average_precision(case: Any) -> None:
    y, score, w = case
    same(ours.roc_auc_score(y, score, sample_weight=w), sk.roc_auc_score(y, score, sample_weight=w))
    for limit in (0.1, 0.55, 1.0):
        same(
            ours.roc_auc_score(y, score, sample_weight=w, max_fpr=limit),
            sk.roc_auc_score(y, score, sample_weight=w, max_fpr=limit),
        )
    same(
        ours.average_precision_score(y, score, sample_weight=w),
        sk.average_precision_score(y, score, sample_weight=w),
    )
    text = np.array(["no", "yes"])[y]
    assert ours.roc_auc_score(text, score, sample_weight=w) == ours.roc_auc_score(
        y, score, sample_weight=w
    )


@several
@given(scored(), st.booleans())
def test_curves(case: Any, drop: bool) -> None:
    y, score, w = case
    for name in ("roc_curve", "precision_recall_curve"):
        mine = getattr(ours, name)(y, score, sample_weight=w, drop_intermediate=drop)
        theirs = getattr(sk, name)(y, score, sample_weight=w, drop_intermediate=drop)
        for a, b in zip(mine, theirs, strict=True):
            same(a, b)
        np.testing.assert_array_equal(mine[2], theirs[2])
        assert mine[2].dtype == theirs[2].dtype


def test_auc_is_mann_whitney_in_integers() -> None:
    random = np.random.default_rng(5)
    y, score = random.integers(0, 2, 400), np.round(random.random(400), 2)
    up, down = score[y == 1], score[y == 0]
    twice = int((2 * (up[:, None] > down) + (up[:, None] == down)).sum())
    assert ours.roc_auc_score(y, score) == twice / (2 * len(up) * len(down))


def test_curve_of_one_class_warns() -> None:
    with pytest.warns(ours.UndefinedMetricWarning, match="no positive rows"):
        _, tpr, _ = ours.roc_curve([0, 0], [0.1, 0.2])
    assert np.isnan(tpr).all()
    with pytest.warns(ours.UndefinedMetricWarning, match="no negative rows"):
        fpr, _, _ = ours.roc_curve([1, 1], [0.1, 0.2])
    assert np.isnan(fpr).all()
    with pytest.warns(ours.UndefinedMetricWarning):
        _, recall, _ = ours.precision_recall_curve([0, 0], [0.1, 0.2])
    assert recall.tolist() == [1.0, 1.0, 0.0]
    with pytest.warns(ours.UndefinedMetricWarning):
        assert ours.average_precision_score([0, 0], [0.1, 0.2]) == 0.0
    with pytest.warns(ours.UndefinedMetricWarning, match="0/0 for 1 of 1"):
        assert ours.precision_score([0, 1], [0, 0]) == 0.0


@several
@given(scored(), st.booleans())
def test_log_loss_and_brier(case: Any, normalize: bool) -> None:
    y, score, w = case
    p = 1 / (1 + np.exp(-np.clip(np.asarray(score, dtype=float), -50, 50)))
    p[0] = 0.0
    p[-1] = 1.0
    for proba in (p, np.stack([1 - p, p], axis=1), p[:, None]):
        arguments = {"normalize": normalize, "sample_weight": w}
        same(ours.log_loss(y, proba, **arguments), sk.log_loss(y, proba, **arguments))
        for half in ("auto", True, False):
            same(
                ours.brier_score_loss(y, proba, sample_weight=w, scale_by_half=half),
                sk.brier_score_loss(y, proba, sample_weight=w, scale_by_half=half),
            )
    same(
        ours.brier_score_loss(y, p, sample_weight=w, pos_label=0),
        sk.brier_score_loss(y, p, sample_weight=w, pos_label=0),
    )
    single = p.astype(np.float32)
    np.testing.assert_allclose(ours.log_loss(y, single), sk.log_loss(y, single), rtol=1e-5)


def test_log_loss_labels_and_many_classes() -> None:
    random = np.random.default_rng(2)
    p = random.dirichlet([1, 2, 3], 50)
    y = np.array(["a", "b", "c"])[random.integers(0, 3, 50)]
    w = random.random(50)
    same(ours.log_loss(y, p, sample_weight=w), sk.log_loss(y, p, sample_weight=w))
    same(ours.brier_score_loss(y, p), sk.brier_score_loss(y, p))
    some = y != "b"
    labels = ["a", "b", "c"]
    same(
        ours.log_loss(y[some], p[some], labels=labels), sk.log_loss(y[some], p[some], labels=labels)
    )
    same(
        ours.log_loss([1, 1], [0.2, 0.7], labels=[0, 1]),
        sk.log_loss([1, 1], [0.2, 0.7], labels=[0, 1]),
    )
    with pytest.warns(LogregWarning, match="sorted order"):
        ours.log_loss([0, 1], [0.2, 0.7], labels=[1, 0])
    with pytest.warns(LogregWarning, match="sum of 1"):
        ours.log_loss([0, 1], [[0.2, 0.7], [0.2, 0.8]])


def test_logarithm_keeps_its_digits_near_one_and_zero() -> None:
    p = np.concatenate([1 - np.logspace(-15.5, 0, 500)[:-1], np.logspace(-15.6, 0, 500)[:-1]])
    for one in p:
        same(ours.log_loss([1], [one], labels=[0, 1]), -np.log(one))


@several
@given(scored(), st.integers(1, 12), st.sampled_from(["uniform", "quantile"]))
def test_calibration_curve(case: Any, n_bins: int, strategy: str) -> None:
    y, score, _ = case
    p = 1 / (1 + np.exp(-np.clip(np.asarray(score, dtype=float), -50, 50)))
    mine = ours.calibration_curve(y, p, n_bins=n_bins, strategy=strategy)
    theirs = sk_calibration.calibration_curve(y, p, n_bins=n_bins, strategy=strategy)
    for a, b in zip(mine, theirs, strict=True):
        same(a, b)


LARGE = threads.BLOCK_ROWS * 3 + 17


def _large() -> tuple[Any, Any, Any, Any]:
    random = np.random.default_rng(0)
    p = random.random(LARGE)
    y = (random.random(LARGE) < p).astype(np.int64)
    return y, p, (p > 0.5).astype(np.int64), random.random(LARGE)


def _everything(y: Any, p: Any, pred: Any, w: Any) -> list[Any]:
    found: list[Any] = []
    for weight in (None, w):
        found += [
            ours.confusion_matrix(y, pred, sample_weight=weight),
            ours.accuracy_score(y, pred, sample_weight=weight),
            ours.roc_auc_score(y, p, sample_weight=weight),
            ours.roc_auc_score(y, np.round(p, 3), sample_weight=weight),
            *ours.roc_curve(y, p, sample_weight=weight),
            ours.average_precision_score(y, p, sample_weight=weight),
            ours.log_loss(y, p, sample_weight=weight),
            ours.brier_score_loss(y, p, sample_weight=weight),
        ]
    return [*found, *ours.calibration_curve(y, p)]


def test_same_bits_for_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _large()
    results = []
    for count in (1, 2, 7):
        monkeypatch.setattr(threads, "thread_count", lambda count=count: count)
        monkeypatch.setattr(order, "thread_count", lambda count=count: count)
        results.append([np.asarray(value).tobytes() for value in _everything(*data)])
    assert results[0] == results[1] == results[2]


def test_large_input_equals_scikit_learn() -> None:
    y, p, pred, w = _large()
    for weight in (None, w):
        same(
            ours.confusion_matrix(y, pred, sample_weight=weight),
            sk.confusion_matrix(y, pred, sample_weight=weight),
        )
        same(
            ours.roc_auc_score(y, p, sample_weight=weight),
            sk.roc_auc_score(y, p, sample_weight=weight),
        )
        same(ours.log_loss(y, p, sample_weight=weight), sk.log_loss(y, p, sample_weight=weight))
        for a, b in zip(
            ours.roc_curve(y, p, sample_weight=weight),
            sk.roc_curve(y, p, sample_weight=weight),
            strict=True,
        ):
            same(a, b)


@pytest.mark.parametrize(
    "convert",
    [
        lambda y: y.astype(np.int8),
        lambda y: y.astype(np.uint64),
        lambda y: y.astype(">i4"),
        lambda y: y.astype(np.float32),
        lambda y: y == 1,
        lambda y: y.astype("U3"),
        lambda y: y.astype(">U5"),
        lambda y: y.astype(np.dtypes.StringDType()),
        lambda y: y.astype("U2").astype(object),
        lambda y: pd.Series(y),
        lambda y: pd.Series(y).astype("Int64"),
        lambda y: pd.Categorical(y.astype("U2")),
        lambda y: y[:, None],
        lambda y: np.asfortranarray(np.stack([y, y], axis=1))[:, 1],
        lambda y: np.stack([y, y], axis=1)[:, 1],
    ],
)
def test_every_type_of_labels_gives_the_same_counts(convert: Any) -> None:
    random = np.random.default_rng(1)
    y, pred = random.integers(0, 2, 3000), random.integers(0, 2, 3000)
    y[0] = pred[0] = 0
    # Read-only input must do.
    for column in (y, pred):
        column.flags.writeable = False
    wanted = sk.confusion_matrix(y, pred)
    np.testing.assert_array_equal(ours.confusion_matrix(convert(y), convert(pred)), wanted)
    assert ours.accuracy_score(convert(y), convert(pred)) == sk.accuracy_score(y, pred)
    score = random.random(3000)
    assert ours.roc_auc_score(convert(y), score) == ours.roc_auc_score(y, score)
    assert ours.log_loss(convert(y), score) == ours.log_loss(y, score)


def test_a_label_met_late_and_more_labels_than_a_byte_numbers() -> None:
    y = np.zeros(300_000, dtype=np.int64)
    pred = y.copy()
    y[-3:], pred[-2:] = 5, -4
    np.testing.assert_array_equal(ours.confusion_matrix(y, pred), sk.confusion_matrix(y, pred))
    random = np.random.default_rng(3)
    y, pred, w = random.integers(0, 300, 5000), random.integers(5, 310, 5000), random.random(5000)
    for kind in (np.int64, np.float64, "U4"):
        a, b = y.astype(kind), pred.astype(kind)
        np.testing.assert_array_equal(ours.confusion_matrix(a, b), sk.confusion_matrix(a, b))
    same(
        ours.confusion_matrix(y, pred, sample_weight=w),
        sk.confusion_matrix(y, pred, sample_weight=w),
    )


def test_object_labels_by_address_and_by_value() -> None:
    """Few objects over and over, one label as several objects, every row its own object."""
    random = np.random.default_rng(4)
    codes, called = random.integers(0, 3, 5000), random.integers(0, 3, 5000)
    wanted = sk.confusion_matrix(codes, called)
    few = np.array(["a b", "c d", "e f"], dtype=object)
    twice = np.array([*(" ".join(t) for t in ("ab", "cd", "ef")), *few], dtype=object)
    forms = [
        few[codes],
        twice[codes + 3 * random.integers(0, 2, 5000)],
        np.array([" ".join(few[code].split()) for code in codes], dtype=object),
        np.repeat(few[codes], 2)[::2],
        few[codes][::-1][::-1],
    ]
    for form in forms:
        np.testing.assert_array_equal(ours.confusion_matrix(form, few[called]), wanted)


GOOD = [0, 1, 1, 0]
P = [0.1, 0.9, 0.6, 0.4]
BAD: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("confusion_matrix", ([0, 1], [0, 1, 1]), {}, "y_pred has 3 rows"),
    ("confusion_matrix", ([], []), {}, "empty"),
    ("confusion_matrix", ([[0, 1], [1, 0]], [[0, 1], [1, 0]]), {}, "shape"),
    ("confusion_matrix", ([0.5, 1], [0, 1]), {}, "continuous"),
    ("confusion_matrix", ([np.nan, 1.0], [0, 1]), {}, "missing"),
    ("confusion_matrix", (np.array(["a", None], dtype=object), ["a", "b"]), {}, "row 1 is None"),
    ("confusion_matrix", (np.array([[1], "b"], dtype=object), ["a", "b"]), {}, "not a label"),
    ("confusion_matrix", (["a", 1], ["a", "b"]), {}, "mixes text and numbers"),
    ("confusion_matrix", (["0", "1"], [0, 1]), {}, "mix text"),
    ("confusion_matrix", (np.array([b"a"]), np.array([b"a"])), {}, "type"),
    ("confusion_matrix", (np.array([1j]), np.array([1j])), {}, "type"),
    ("confusion_matrix", (GOOD, GOOD), {"labels": []}, "at least one label"),
    ("confusion_matrix", (GOOD, GOOD), {"labels": [1, 1]}, "each once"),
    ("confusion_matrix", (GOOD, GOOD), {"labels": [7, 8]}, "none of labels"),
    ("confusion_matrix", (GOOD, GOOD), {"normalize": "rows"}, "normalize"),
    ("confusion_matrix", (GOOD, GOOD), {"sample_weight": [1, 1, 1]}, "sample_weight has 3 rows"),
    ("confusion_matrix", (GOOD, GOOD), {"sample_weight": [1, -1, 1, 1]}, "-1 in row 1"),
    ("confusion_matrix", (GOOD, GOOD), {"sample_weight": [1, 1, np.nan, 1]}, "nan in row 2"),
    ("confusion_matrix", (GOOD, GOOD), {"sample_weight": [1, 1, np.inf, 1]}, "inf in row 2"),
    ("confusion_matrix", (GOOD, GOOD), {"sample_weight": list("abcd")}, "type"),
    ("accuracy_score", (GOOD, GOOD), {"sample_weight": [0, 0, 0, 0]}, "all weights are zero"),
    ("accuracy_score", (GOOD, [0, 1]), {}, "y_pred has 2 rows"),
    ("precision_score", ([0, 1, 2], [0, 1, 1]), {}, "3 labels"),
    ("precision_score", (["n", "y"], ["n", "y"]), {}, "pos_label=1"),
    ("precision_score", (GOOD, GOOD), {"average": "mean"}, "average"),
    ("recall_score", (GOOD, GOOD), {"zero_division": 2}, "zero_division"),
    ("balanced_accuracy_score", ([1, 1], [1, 1]), {"adjusted": True}, "1 true classes"),
    ("roc_auc_score", ([1, 1], [0.1, 0.2]), {}, "one class"),
    ("roc_auc_score", ([0, 1], [0.1, 0.2]), {"sample_weight": [1, 0]}, "one class"),
    ("roc_auc_score", ([0, 1], [0.1, 0.2]), {"sample_weight": [0, 0]}, "one class"),
    ("roc_auc_score", ([0, 1, 2], [0.1, 0.2, 0.3]), {}, "3 labels"),
    ("roc_auc_score", ([0, 1], [0.1, np.nan]), {}, "nan in row 1"),
    ("roc_auc_score", ([0, 1], [-np.inf, 0.0]), {}, "-inf in row 0"),
    ("roc_auc_score", ([0, 1], [2**60, 2**60 + 1]), {}, "2\\*\\*53"),
    ("roc_auc_score", (GOOD, P), {"max_fpr": 0}, "max_fpr"),
    ("roc_auc_score", (GOOD, ["a", "b", "c", "d"]), {}, "type"),
    ("roc_auc_score", (GOOD, P[:3]), {}, "y_score has 3 rows"),
    ("roc_curve", (["n", "y"], [0.1, 0.2]), {}, "pos_label is not given"),
    ("roc_curve", ([0, 1], [0.1, 0.2]), {"pos_label": 3}, "pos_label=3"),
    ("roc_curve", ([0, 1, 2], [0.1, 0.2, 0.3]), {}, "3 labels"),
    ("roc_curve", ([0, 1], [0.1, 0.2]), {"sample_weight": [0, 0]}, "all weights are zero"),
    ("average_precision_score", (["n", "y"], [0.1, 0.2]), {}, "pos_label=1"),
    ("log_loss", (GOOD, [0.1, 0.9, 1.5, 0.4]), {}, "1.5 in row 2"),
    ("log_loss", (GOOD, [0.1, -0.9, 0.5, 0.4]), {}, "-0.9 in row 1"),
    ("log_loss", (GOOD, [0.1, np.nan, 0.5, 0.4]), {}, "nan in row 1"),
    ("log_loss", ([1, 1], [0.5, 0.5]), {}, "one label"),
    ("log_loss", ([0, 1, 2], [0.5, 0.5, 0.5]), {}, "2 columns for 3 labels"),
    ("log_loss", ([0, 3], [0.5, 0.5]), {"labels": [0, 1]}, "holds \\[3\\]"),
    ("log_loss", (GOOD, P), {"sample_weight": [0, 0, 0, 0]}, "all weights are zero"),
    ("brier_score_loss", (GOOD, [0.1, 0.9, 1.5, 0.4]), {}, "1.5 in row 2"),
    ("brier_score_loss", (["n", "y"], [0.1, 0.2]), {}, "pos_label is not given"),
    ("brier_score_loss", ([0, 1, 2], [0.1, 0.2, 0.3]), {}, "3 labels"),
    ("calibration_curve", (GOOD, [0.1, 0.9, 1.5, 0.4]), {}, "1.5 in row 2"),
    ("calibration_curve", (GOOD, P), {"n_bins": 0}, "n_bins"),
    ("calibration_curve", (GOOD, P), {"strategy": "best"}, "strategy"),
]


@pytest.mark.parametrize(("name", "arguments", "options", "words"), BAD)
def test_bad_input_is_refused_with_four_parts(
    name: str, arguments: Any, options: Any, words: str
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        getattr(ours, name)(*arguments, **options)
    error = caught.value
    assert all([error.found, error.expected, error.meaning, error.remedy])


def test_an_error_in_a_late_block_stops_all_threads() -> None:
    y, p, _, _ = _large()
    p = p.copy()
    p[-5] = np.nan
    with pytest.raises(DataError, match=f"nan in row {LARGE - 5}"):
        ours.log_loss(y, p)


def test_signatures_are_those_of_scikit_learn() -> None:
    import inspect

    for name in ours.__all__:
        theirs = getattr(sk, name, None) or getattr(sk_calibration, name, None)
        if theirs is None:
            assert name == "UndefinedMetricWarning"
            continue
        if isinstance(theirs, type):
            continue
        mine = inspect.signature(getattr(ours, name)).parameters
        for key, parameter in inspect.signature(theirs).parameters.items():
            if (name, key) == ("log_loss", "y_pred"):  # deprecated on arrival
                continue
            assert mine[key].kind == parameter.kind, (name, key)
            if (name, key) != ("log_loss", "y_proba"):
                assert mine[key].default == parameter.default, (name, key)


def test_kernels_stay_in_bounds() -> None:
    code = (
        "import numpy as np; from logreg_core import metrics as m; r = np.random.default_rng(0)\n"
        "for n in (2, 9, 70, 3000):\n"
        "    y = r.integers(0, 2, n); y[:2] = 0, 1; p = np.round(r.random(n), 2); w = r.random(n)\n"
        "    for weight in (None, w):\n"
        "        for s in (p, p ** 30 - 0.1, np.where(p > .5, .5 + p * 1e-12, p)):\n"
        "            m.roc_auc_score(y, s, sample_weight=weight)\n"
        "            m.roc_curve(y, s, sample_weight=weight)\n"
        "        m.log_loss(y, p, sample_weight=weight)\n"
        "        m.confusion_matrix(y, 1 - y, sample_weight=weight)\n"
        "        m.confusion_matrix(y.astype('U2'), y.astype('U1'), sample_weight=weight)\n"
        "        m.confusion_matrix(y + 5, r.integers(0, 4, n), sample_weight=weight)\n"
    )
    environment = {**os.environ, "LOGREG_BOUNDSCHECK": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_import_stays_light() -> None:
    code = (
        "import sys, logreg_core.metrics.ranking as r; "
        "sys.exit(any(m in sys.modules for m in ('sklearn', 'matplotlib', 'dask')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_weighted_counts_have_the_same_bits_however_labels_are_numbered() -> None:
    rng = np.random.default_rng(3)
    y, predicted = rng.integers(0, 2, (2, 100_003))
    weight = rng.random(100_003) * 10.0 ** rng.integers(-9, 9, 100_003)
    table = ours.confusion_matrix(y, predicted, sample_weight=weight)
    flipped = ours.confusion_matrix(1 - y, 1 - predicted, sample_weight=weight)
    later = ours.confusion_matrix(np.append(2, y), np.append(2, predicted), labels=[0, 1],
                                  sample_weight=np.append(1.0, weight))  # fmt: skip
    assert table.tobytes() == flipped[::-1, ::-1].tobytes()
    np.testing.assert_allclose(later, table, rtol=1e-13)  # the way of three labels and more
