"""Which rows were called right? Confusion matrix and accuracy."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError, LogregWarning
from .checks import (
    Array,
    check_choice,
    check_lengths,
    column,
    no_weight,
    weight_block,
    weight_column,
)
from .count_kernels import weigh_right
from .table import LabelTable, label_table
from .threads import map_blocks, pairwise

__all__ = ["accuracy_score", "chosen_labels", "confusion_matrix"]


def confusion_matrix(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    normalize: str | None = None,
) -> Array:
    """How many rows of each class were given each label?

    ``C[i, j]`` = number (or weight) of rows whose true label is ``labels[i]`` and whose predicted
    label is ``labels[j]``. With labels (0, 1): ``[[TN, FP], [FN, TP]]``.

    Parameters
    ----------
    y_true, y_pred : (n,) labels: integers, booleans, whole floats or text
    labels : (m,) the classes to show and their order; by default all that occur, sorted.
        Rows with another label are left out.
    sample_weight : (n,) non-negative weight of each row (rows)
    normalize : None, "true" (rows sum to 1), "pred" (columns sum to 1) or "all"

    Returns
    -------
    (m, m) array: int64 counts; float64 sums with float weights; shares with ``normalize``,
    0 where a share is 0/0.

    Raises
    ------
    DataError : lengths differ, a label is missing or continuous, text and numbers are mixed,
        none of ``labels`` occurs in ``y_true``, a weight is negative or not finite, all are zero.

    Notes
    -----
    One pass over the columns, about one byte a row and thread of working memory. The same bits
    for any number of threads. Text in a fixed-width NumPy array is compared as integers; text in
    object arrays costs one dictionary look-up a row.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
    array([[1, 0],
           [1, 2]])
    >>> confusion_matrix(["no", "yes"], ["yes", "yes"], labels=["yes", "no"], normalize="true")
    array([[1., 0.],
           [1., 0.]])
    """
    check_choice(normalize, ("true", "pred", "all", None), "normalize")
    table = label_table(y_true, y_pred, sample_weight)
    shown = chosen_labels(labels, table)
    if labels is not None and not np.isin(table.labels[table.true_seen], shown).any():
        raise DataError(
            f"none of labels={shown.tolist()} occurs in y_true",
            f"at least one of {table.labels[table.true_seen].tolist()}",
            "the matrix would describe no row",
            "spell the labels as they are in y_true (type included)",
            labels=shown.tolist(),
        )
    matrix = table.counts if labels is None else table.select(shown)
    if normalize is not None:
        axis = {"true": 1, "pred": 0, "all": None}[normalize]
        total = matrix.sum(axis=axis, keepdims=True)
        matrix = np.divide(matrix, total, out=np.zeros(matrix.shape), where=total != 0)
    if matrix.shape == (1, 1):
        warnings.warn(
            LogregWarning(
                f"only the label {shown[0]!r} occurs",
                "two classes",
                "the matrix has one cell instead of four",
                "pass labels=[...] with all known labels",
            ),
            stacklevel=2,
        )
    return matrix


def chosen_labels(labels: ArrayLike | None, table: LabelTable) -> Array:
    """The labels asked for, or all that occur."""
    if labels is None:
        return table.labels
    chosen = np.asarray(labels)
    if chosen.ndim != 1 or chosen.size == 0 or len(set(chosen.tolist())) < chosen.size:
        raise DataError(
            f"labels is {labels!r}", "a list of at least one label, each once",
            "rows and columns of the result are not determined", "name each class once",
            labels=labels,
        )  # fmt: skip
    return chosen


def accuracy_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Which share of the rows got the right label?

    accuracy = sum of weight over rows with y_pred = y_true / sum of weight

    Parameters
    ----------
    y_true, y_pred : (n,) labels: integers, booleans, whole floats or text
    normalize : False returns the number (weight) of right rows instead of their share
    sample_weight : (n,) non-negative weight of each row (rows)

    Returns
    -------
    float : share of rows, or rows

    Raises
    ------
    DataError : as in :func:`confusion_matrix`.

    Notes
    -----
    One pass. On unbalanced classes accuracy hides everything: 0.99 is had by always answering
    the class of 99 % of the rows.

    Examples
    --------
    >>> accuracy_score([0, 1, 1, 1], [0, 0, 1, 1])
    0.75
    >>> accuracy_score([0, 1, 1, 1], [0, 0, 1, 1], normalize=False)
    3.0
    """
    true, predicted = column(y_true, "y_true"), column(y_pred, "y_pred")
    if true.dtype.kind in "biu" and predicted.dtype.kind in "biu":
        right, total = _equal_integers(true, predicted, weight_column(sample_weight))
    else:
        table = label_table(true, predicted, sample_weight)
        right, total = float(np.trace(table.counts)), float(table.counts.sum())
    if total == 0:
        raise no_weight("the share of right rows is 0/0")
    return float(right if not normalize else right / total)


def _equal_integers(true: Array, predicted: Array, weight: Array | None) -> tuple[float, float]:
    """Whole numbers need no list of labels: compare them as they are."""
    n = check_lengths(y_true=true, y_pred=predicted, sample_weight=weight)

    def work(start: int, stop: int) -> Array:
        equal = true[start:stop] == predicted[start:stop]
        if weight is None:
            return np.array([np.count_nonzero(equal), stop - start], dtype=np.int64)
        weights = weight_block(weight, start, stop)
        return np.array(weigh_right(equal.view(np.uint8), weights))

    right, total = pairwise(map_blocks(work, n), np.add)
    return float(right), float(total)
