"""How well do truth and prediction agree, in one number that unbalanced classes cannot flatter?"""

from __future__ import annotations

import math
import warnings

from numpy.typing import ArrayLike

from ..errors import DataError, LogregWarning
from .table import label_table

__all__ = ["balanced_accuracy_score", "matthews_corrcoef"]


def balanced_accuracy_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    adjusted: bool = False,
) -> float:
    """Which share of each class was called right, on average over the classes?

    mean over true classes of recall; adjusted: (that - 1/m) / (1 - 1/m) for m classes

    Parameters
    ----------
    y_true, y_pred : (n,) labels: integers, booleans, whole floats or text
    sample_weight : (n,) non-negative weight of each row (rows)
    adjusted : True makes chance 0 and perfection 1

    Returns
    -------
    float : mean share

    Raises
    ------
    DataError : as in :func:`confusion_matrix`; one true class with ``adjusted=True``.

    Warns
    -----
    LogregWarning : a predicted label never occurs among the true ones; it is left out.

    Notes
    -----
    One pass. For two classes and ``adjusted=True`` this is Youden's J.

    Examples
    --------
    >>> balanced_accuracy_score([0, 0, 0, 1], [0, 0, 0, 0])
    0.5
    """
    table = label_table(y_true, y_pred, sample_weight)
    true = table.counts.sum(axis=1)
    occurs = true != 0
    if not occurs.all():
        warnings.warn(
            LogregWarning(
                f"no true row has the labels {table.labels[~occurs].tolist()[:5]}",
                "predictions among the true classes",
                "these classes have no recall and are left out of the mean",
                "check that both columns spell labels alike",
            ),
            stacklevel=2,
        )
    n_classes = int(occurs.sum())
    if n_classes == 0 or (adjusted and n_classes == 1):
        raise DataError(
            f"{n_classes} true classes have positive weight",
            "at least two" if adjusted else "at least one", "the score is 0/0",
            "pass rows of both classes", labels=table.labels.tolist(),
        )  # fmt: skip
    score = float((table.counts.diagonal()[occurs] / true[occurs]).mean())
    return (score - 1 / n_classes) / (1 - 1 / n_classes) if adjusted else score


def matthews_corrcoef(
    y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> float:
    """How strongly do prediction and truth go together?

    MCC = (TP TN - FP FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN)), the correlation of two 0/1
    columns; for more classes Gorodkin's R_K.

    Parameters
    ----------
    y_true, y_pred : (n,) labels: integers, booleans, whole floats or text
    sample_weight : (n,) non-negative weight of each row (rows)

    Returns
    -------
    float from -1 to 1; 0.0 where either column holds one class only

    Raises
    ------
    DataError : as in :func:`confusion_matrix`.

    Notes
    -----
    One pass. Unlike F1 it does not depend on which class is called positive.

    References
    ----------
    B. W. Matthews (1975), doi:10.1016/0005-2795(75)90109-9

    Examples
    --------
    >>> matthews_corrcoef([1, 1, 1, 0], [1, 0, 1, 1])
    -0.3333333333333333
    """
    counts = label_table(y_true, y_pred, sample_weight).counts
    # Python integers: products of counts of 10**9 rows and their differences stay exact.
    cells = counts.astype(object)
    true, predicted = cells.sum(axis=1), cells.sum(axis=0)
    total = true.sum()
    together = cells.trace() * total - true.dot(predicted)
    spread_true = total * total - true.dot(true)
    spread_predicted = total * total - predicted.dot(predicted)
    if spread_true <= 0 or spread_predicted <= 0:
        return 0.0
    return float(together / math.sqrt(spread_true * spread_predicted))
