"""Do our measures of a classifier agree with scikit-learn's, and by which conventions?"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import metrics as ours

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MetricCheck", "metrics"]

# Sums of n terms differ by the order they are added in.
_SUMS = 1e-12
_OF_LABELS = ("accuracy_score", "balanced_accuracy_score", "precision_score", "recall_score",
              "f1_score", "matthews_corrcoef")  # fmt: skip
_OF_SCORES = ("roc_auc_score", "average_precision_score", "log_loss", "brier_score_loss")
_POSITIVE = ("precision_score", "recall_score", "f1_score", "roc_auc_score",
             "average_precision_score", "brier_score_loss")  # fmt: skip


@dataclass(frozen=True)
class MetricCheck:
    """rows : (measure, ours, scikit-learn's, whether they agree); notes : the conventions that
    matter for these data; classes : (negative, positive)."""

    rows: tuple[tuple[str, float, float, bool], ...]
    notes: tuple[str, ...]
    classes: tuple[Any, Any]

    @property
    def agree(self) -> bool:
        """Whether all measures agree."""
        return all(row[-1] for row in self.rows)

    @property
    def table(self) -> pd.DataFrame:
        """A row a measure: ours, scikit-learn's, and whether they agree."""
        import pandas as pd

        columns = ["measure", "ours", "scikit_learn", "agrees"]
        return pd.DataFrame(list(self.rows), columns=columns).set_index("measure")

    def __str__(self) -> str:
        width = max(len(row[0]) for row in self.rows)
        lines = [f"{'':{width}}  {'ours':>14}  {'scikit-learn':>14}"]
        lines += [
            f"{name:{width}}  {a:14.10g}  {b:14.10g}  {'agrees' if same else 'DIFFERS'}"
            for name, a, b, same in self.rows
        ]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])


def metrics(
    y: Any, prediction: Any, score: Any = None, *, threshold: float = 0.5, sample_weight: Any = None
) -> MetricCheck:
    """Do our confusion matrix, accuracy and other measures agree with scikit-learn's?

    Parameters
    ----------
    y : (n,) outcomes, two labels; the last in sort order is the positive class.
    prediction : (n,) predicted labels.
    score : (n,) probabilities of the positive class, for the measures of ranking and calibration.
    threshold : by which the predictions were made, for the note on ties.
    sample_weight : (n,) weights.

    Returns
    -------
    MetricCheck : its ``str()`` is the table with the conventions in words.

    Raises
    ------
    DataError
        For outcomes or predictions that `logreg_core.metrics` refuses.

    Notes
    -----
    Counts must agree exactly, sums to 1e-12 relative. scikit-learn is imported here.

    Examples
    --------
    >>> found = metrics([0, 0, 1, 1], [0, 1, 1, 1], [0.2, 0.5, 0.7, 0.9])
    >>> found.agree
    True
    >>> print(found.notes[0])
    Labels in sort order, rows actual, columns predicted: [[TN, FP], [FN, TP]]; positive is 1.
    >>> print(found.notes[1])
    1 of 4 scores equals the threshold 0.5: we call such a row positive (score >= threshold), a \
strict > would call it negative; here the predictions are >=.
    """
    import sklearn.metrics as theirs

    y, prediction = np.asarray(y), np.asarray(prediction)
    labels = np.unique(np.concatenate([np.unique(y), np.unique(prediction)])).tolist()
    negative, positive = labels[0], labels[-1]
    weight = {} if sample_weight is None else {"sample_weight": np.asarray(sample_weight)}
    matrices = [
        np.asarray(module.confusion_matrix(y, prediction, labels=labels, **weight))
        for module in (ours, theirs)
    ]
    names = ("true negative", "false positive", "false negative", "true positive")
    rows = []
    if len(labels) == 2:
        pairs = zip(names, *(matrix.ravel().tolist() for matrix in matrices), strict=True)
        rows = [(name, float(a), float(b), _same(a, b)) for name, a, b in pairs]
    undefined = []
    for name in (*_OF_LABELS, *(_OF_SCORES if score is not None else ())):
        second = prediction if name in _OF_LABELS else np.asarray(score)
        options = dict(weight)
        if name in _POSITIVE and name not in ("roc_auc_score",):
            options["pos_label"] = positive
        values = [_value(getattr(module, name), y, second, options) for module in (ours, theirs)]
        rows.append((name, values[0][0], values[1][0], _same(values[0][0], values[1][0])))
        undefined += [name] * values[1][1]
    notes = _notes(labels, y, prediction, score, threshold, undefined)
    return MetricCheck(tuple(rows), tuple(notes), (negative, positive))


def _value(
    function: Callable[..., Any], y: Any, second: Any, options: dict[str, Any]
) -> tuple[float, bool]:
    """A measure, and whether it warned that it is 0 / 0."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = float(function(y, second, **options))
    return value, any("ndefined" in item.category.__name__ for item in caught)


def _same(a: float, b: float) -> bool:
    return bool(a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= _SUMS * abs(b))


def _notes(
    labels: list[Any], y: Any, prediction: Any, score: Any, threshold: float, undefined: list[str]
) -> list[str]:
    positive = labels[-1]
    notes = [
        "Labels in sort order, rows actual, columns predicted: [[TN, FP], [FN, TP]]; positive is "
        f"{positive}."
    ]
    if score is not None:
        at = np.asarray(score) == threshold
        if at.any():
            called = np.asarray(prediction)[at] == positive
            how = ">=" if called.all() else "a strict >" if not called.any() else "neither"
            verb = "equals" if at.sum() == 1 else "equal"
            notes.append(
                f"{int(at.sum())} of {len(at)} scores {verb} the threshold {threshold:g}: we call "
                "such a row positive (score >= threshold), a strict > would call it negative; here "
                f"the predictions are {how}."
            )
        repeated = len(np.asarray(score)) - len(np.unique(np.asarray(score)))
        if repeated:
            notes.append(
                f"{repeated} scores repeat another: ties count one half in "
                "the area under the ROC curve, and form one step of the precision-recall curve."
            )
    if undefined:
        notes.append(
            f"{', '.join(undefined)}: 0 / 0, no row is predicted or is {positive}. Both libraries "
            "put 0 there and warn (zero_division='warn'); pass zero_division=nan to leave it open."
        )
    if not (np.asarray(prediction) == positive).any():
        rate = float(np.mean(np.asarray(y) != positive))
        notes.append(
            f"Nobody is predicted {positive}: the accuracy is the share of the other class, "
            f"{rate:.4f}."
        )
    return notes
