"""All the class-by-class scores in one table, laid out as scikit-learn does."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError, LogregWarning
from .checks import Array, column
from .counts import chosen_labels
from .labels import all_codes, positions
from .scores import average_scores, class_scores
from .table import LabelTable, label_table

__all__ = ["classification_report"]

_COLUMNS = ("precision", "recall", "f1-score", "support")
_ALL = ("precision", "recall", "f1")
_Row = tuple[str, float, float, float, Any]


def classification_report(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    target_names: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    digits: int = 2,
    output_dict: bool = False,
    zero_division: Any = "warn",
) -> str | dict[str, Any]:
    """What are precision, recall and F1 of every class, and their averages?

    Parameters
    ----------
    y_true, y_pred : (n,) labels: integers, booleans, whole floats or text
    labels : (m,) classes to show and their order; by default all that occur, sorted
    target_names : (m,) names to show instead of the labels, in the same order
    sample_weight : (n,) non-negative weight of each row (rows)
    digits : decimals in the text
    output_dict : True returns ``{class: {column: value}}`` instead of text
    zero_division : value where a share is 0/0: 0, 1, nan, or "warn" (0, and a warning)

    Returns
    -------
    str or dict; support is the number (weight) of true rows of the class. The "accuracy" line
    becomes "micro avg" where ``labels`` leaves some classes out.

    Raises
    ------
    DataError : as in :func:`confusion_matrix`; ``target_names`` and classes differ in number.

    Warns
    -----
    UndefinedMetricWarning : 0/0 with ``zero_division="warn"``.

    Notes
    -----
    One pass over the columns.

    Examples
    --------
    >>> print(classification_report([0, 1, 1, 1], [0, 0, 1, 1]))
                  precision    recall  f1-score   support
    <BLANKLINE>
               0       0.50      1.00      0.67         1
               1       1.00      0.67      0.80         3
    <BLANKLINE>
        accuracy                           0.75         4
       macro avg       0.75      0.83      0.73         4
    weighted avg       0.88      0.75      0.77         4
    <BLANKLINE>
    """
    table = label_table(y_true, y_pred, sample_weight)
    shown = chosen_labels(labels, table)
    names = _row_names(shown.tolist() if labels is None else list(shown), target_names, labels)
    hits, predicted, true = table.margins(shown)
    scores = class_scores(hits, predicted, true, zero_division, _ALL)
    support = _support(table, shown, true, y_true, y_pred, sample_weight)
    rows: list[_Row] = list(
        zip(names, scores.precision, scores.recall, scores.f1, support, strict=False)
    )
    whole = labels is None or set(table.labels.tolist()) <= set(shown.tolist())
    averages = _average_rows(hits, predicted, true, np.sum(support), zero_division, whole)
    if output_dict:
        return _as_dict(rows, averages)
    return _as_text(rows, averages, names, digits)


def _row_names(
    shown: list[Any], target_names: Sequence[str] | None, labels: ArrayLike | None
) -> list[str]:
    if target_names is None:
        return [f"{label}" for label in shown]
    if len(target_names) != len(shown):
        if labels is None:
            raise DataError(
                f"{len(target_names)} target_names for {len(shown)} classes", "one name a class",
                "rows of the report cannot be named", "pass labels=[...] in the order of the names",
                labels=shown,
            )  # fmt: skip
        warnings.warn(
            LogregWarning(
                f"{len(target_names)} target_names for {len(shown)} labels",
                "one name a label",
                "the rows beyond the shorter list are not shown",
                "pass a name for every label",
            ),
            stacklevel=3,
        )
    return [str(name) for name in target_names]


def _support(
    table: LabelTable, shown: Array, true: Array, y_true: Any, y_pred: Any, sample_weight: Any
) -> Array:
    """True rows of each class shown, to the digit scikit-learn prints.

    The text shows every digit of a weight sum, so its last bit matters: summed row by row, hits
    apart from the rest. Counts print as decimals there with weights, or where no row is right.
    """
    if sample_weight is None:
        return true if np.trace(table.counts) else true.astype(np.float64)
    place = {label: position for position, label in enumerate(table.labels.tolist())}
    n = len(table.labels)
    rows, predicted = (
        positions(labels.tolist(), table.labels)[codes]
        for labels, codes in (
            all_codes(column(y_true, "y_true"), "y_true"),
            all_codes(column(y_pred, "y_pred"), "y_pred"),
        )
    )
    weight = np.asarray(sample_weight, dtype=np.float64).reshape(-1)
    right = rows == predicted
    hits = np.bincount(rows[right], weights=weight[right], minlength=n)
    total = np.append(hits + (np.bincount(rows, weights=weight, minlength=n) - hits), 0.0)
    return total[[place.get(label, n) for label in shown.tolist()]]


def _average_rows(
    hits: Any, predicted: Any, true: Any, support: Any, zero_division: Any, whole: bool
) -> list[_Row]:
    each = class_scores(hits, predicted, true, zero_division)
    all_hits, all_predicted, all_true = (
        np.sum(total, keepdims=True) for total in (hits, predicted, true)
    )
    micro = class_scores(all_hits, all_predicted, all_true, zero_division, _ALL)
    rows: list[_Row] = []
    for heading, scores, weight in (
        ("accuracy" if whole else "micro avg", micro, None),
        ("macro avg", each, None),
        ("weighted avg", each, true),
    ):
        values = [average_scores(getattr(scores, name), weight) for name in _ALL]
        rows.append((heading, values[0], values[1], values[2], support))
    return rows


def _as_dict(rows: list[_Row], averages: list[_Row]) -> dict[str, Any]:
    report: dict[str, Any] = {}
    for heading, *values in [*rows, *averages]:
        report[heading] = dict(zip(_COLUMNS, map(float, values), strict=True))
    if averages[0][0] == "accuracy":
        report["accuracy"] = report["accuracy"]["precision"]
    return report


def _as_text(rows: list[_Row], averages: list[_Row], names: list[str], digits: int) -> str:
    width = max(*map(len, names), len("weighted avg"), digits)
    lines = [f"{'':>{width}s} " + "".join(f" {heading:>9}" for heading in _COLUMNS), ""]
    for group in (rows, averages):
        for heading, *scores, support in group:
            cells = [f"{score:>9.{digits}f}" for score in scores]
            if heading == "accuracy" and group is averages:
                cells[:2] = [" " * 9] * 2
            lines.append(f"{heading:>{width}s}  " + " ".join(cells) + f" {support:>9}")
        lines.append("")
    return "\n".join(lines)
