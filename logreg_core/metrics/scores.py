"""How good are the calls, class by class? Precision, recall and F1."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError, LogregWarning
from .checks import Array, check_choice, undefined
from .counts import chosen_labels
from .table import LabelTable, label_table

__all__ = [
    "ClassScores",
    "average_scores",
    "class_scores",
    "f1_score",
    "precision_score",
    "recall_score",
]

_AVERAGES = ("binary", "micro", "macro", "weighted", None)
_NAMES = {"precision": "Precision", "recall": "Recall", "f1": "F-score"}
_EMPTY = {"precision": "predicted", "recall": "true", "f1": "true or predicted"}


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall, F1 and support (true rows or weight), each (m,), one entry a label."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: Array


def class_scores(
    hits: Array,
    predicted: Array,
    true: Array,
    zero_division: Any,
    warn_for: tuple[str, ...] = (),
) -> ClassScores:
    """Scores from totals: hits / predicted, hits / true, 2 hits / (predicted + true)."""
    check_zero_division(zero_division)
    fractions = {
        "precision": (hits, predicted),
        "recall": (hits, true),
        "f1": (2 * hits, true + predicted),
    }
    instead = 0.0 if _is_warn(zero_division) else float(zero_division)
    scores = {}
    for name, (above, below) in fractions.items():
        empty = below == 0
        scores[name] = np.where(empty, instead, above / np.where(empty, 1, below))
        if empty.any() and name in warn_for and _is_warn(zero_division):
            undefined(
                f"{_NAMES[name]} is 0/0 for {int(empty.sum())} of {len(empty)} classes: "
                f"they have no {_EMPTY[name]} rows",
                f"{_NAMES[name]} is undefined there and was set to 0",
                "choose the value yourself with zero_division=0, 1 or nan",
            )
    return ClassScores(**scores, support=true)


def check_zero_division(value: Any) -> None:
    """Refuse a ``zero_division`` other than "warn", 0, 1 or nan."""
    if not (isinstance(value, int | float | np.floating) and math.isnan(value)):
        check_choice(value, ("warn", 0, 1, math.nan), "zero_division")


def _is_warn(zero_division: Any) -> bool:
    return isinstance(zero_division, str)


def average_scores(values: Array, weight: Array | None = None) -> float:
    """Mean of the values that are numbers; of all alike where their weights are all zero."""
    known = ~np.isnan(values)
    if not known.any():
        return math.nan
    if weight is None or weight[known].sum() == 0:
        return float(values[known].mean())
    return float((values[known] * weight[known]).sum() / weight[known].sum())


def _score(
    name: str,
    y_true: Any,
    y_pred: Any,
    labels: Any,
    pos_label: Any,
    average: str | None,
    sample_weight: Any,
    zero_division: Any,
) -> float | NDArray[np.float64]:
    check_choice(average, _AVERAGES, "average")
    check_zero_division(zero_division)
    table = label_table(y_true, y_pred, sample_weight)
    asked = _labels_to_score(table, labels, pos_label, average)
    hits, predicted, true = table.margins(asked)
    if average == "micro":
        hits, predicted, true = (np.sum(total, keepdims=True) for total in (hits, predicted, true))
    scores = class_scores(hits, predicted, true, zero_division, (name,))
    values: NDArray[np.float64] = getattr(scores, name)
    if average is None:
        return values
    return average_scores(values, true if average == "weighted" else None)


def _labels_to_score(table: LabelTable, labels: Any, pos_label: Any, average: str | None) -> Array:
    if average != "binary":
        if pos_label not in (None, 1):
            warnings.warn(
                LogregWarning(
                    f"pos_label={pos_label!r} with average={average!r}",
                    "pos_label only with average='binary'",
                    "pos_label is ignored",
                    "pass labels=[pos_label] to score that class alone",
                ),
                stacklevel=4,
            )
        return chosen_labels(labels, table)
    present = table.labels.tolist()
    if len(present) > 2:
        raise DataError(
            f"{len(present)} labels occur: {present[:5]}", "two with average='binary'",
            "there is no single positive class", "choose average=None, 'micro', 'macro' or "
            "'weighted'", labels=present,
        )  # fmt: skip
    if pos_label not in present and len(present) == 2:
        raise DataError(
            f"pos_label={pos_label!r} does not occur", f"one of {present}",
            "there is no positive class", "pass pos_label as it is spelled in the data",
            labels=present, pos_label=pos_label,
        )  # fmt: skip
    return np.asarray([pos_label])


def precision_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: Any = "warn",
) -> float | NDArray[np.float64]:
    """Which share of the rows called positive are positive?

    precision = TP / (TP + FP)

    Parameters
    ----------
    y_true, y_pred : (n,) labels: integers, booleans, whole floats or text
    labels : (m,) classes to average over, and their order with ``average=None``
    pos_label : the positive class with ``average="binary"``
    average : "binary" (the positive class alone), None (every class), "micro" (from summed
        counts), "macro" (plain mean over classes), "weighted" (mean weighted by true rows)
    sample_weight : (n,) non-negative weight of each row (rows)
    zero_division : value where no row is called positive: 0, 1, nan, or "warn" (0, and a warning)

    Returns
    -------
    float, share of rows; with ``average=None`` an array (m,), one share a class

    Raises
    ------
    DataError : as in :func:`confusion_matrix`; more than two labels or an unknown ``pos_label``
        with ``average="binary"``.

    Warns
    -----
    UndefinedMetricWarning : 0/0 with ``zero_division="warn"``.

    Notes
    -----
    One pass over the columns.

    Examples
    --------
    >>> precision_score([0, 1, 1, 0], [0, 1, 1, 1])
    0.6666666666666666
    >>> precision_score(["a", "b", "c"], ["a", "c", "c"], average=None, zero_division=0)
    array([1. , 0. , 0.5])
    """
    return _score(
        "precision", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division
    )


def recall_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: Any = "warn",
) -> float | NDArray[np.float64]:
    """Which share of the positive rows was found?

    recall = TP / (TP + FN)

    Parameters
    ----------
    y_true, y_pred, labels, pos_label, average, sample_weight : as in :func:`precision_score`
    zero_division : value where no row is positive: 0, 1, nan, or "warn" (0, and a warning)

    Returns
    -------
    float, share of rows; with ``average=None`` an array (m,), one share a class

    Raises
    ------
    DataError : as in :func:`precision_score`.

    Warns
    -----
    UndefinedMetricWarning : 0/0 with ``zero_division="warn"``.

    Notes
    -----
    Recall of the other class is the specificity: ``recall_score(..., pos_label=0)``. One pass.

    Examples
    --------
    >>> recall_score([0, 1, 1, 1], [0, 1, 1, 0])
    0.6666666666666666
    """
    return _score(
        "recall", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division
    )


def f1_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: Any = "warn",
) -> float | NDArray[np.float64]:
    """How good are precision and recall together?

    F1 = 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall

    Parameters
    ----------
    y_true, y_pred, labels, pos_label, average, sample_weight : as in :func:`precision_score`
    zero_division : value where no row is positive or called so: 0, 1, nan, or "warn" (0, and a
        warning)

    Returns
    -------
    float from 0 to 1; with ``average=None`` an array (m,), one value a class

    Raises
    ------
    DataError : as in :func:`precision_score`.

    Warns
    -----
    UndefinedMetricWarning : 0/0 with ``zero_division="warn"``.

    Notes
    -----
    True negatives do not enter: F1 depends on which class is called positive. One pass.

    Examples
    --------
    >>> f1_score([0, 1, 1, 1], [0, 1, 1, 0])
    0.8
    """
    return _score("f1", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)
