"""What does every threshold give? The ROC and the precision-recall curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import check_lengths, column, no_weight, score_column, undefined, weight_column
from .order import Ranking, rank
from .outcome import positive_rows

__all__ = ["precision_recall_curve", "ranking", "roc_curve"]

Floats = NDArray[np.float64]
_BIG = 2**63


def ranking(
    y_true: Any, y_score: Any, sample_weight: Any, pos_label: Any, most_labels: int, name: str
) -> Ranking:
    """The checked and sorted rows of two columns."""
    true, score = column(y_true, "y_true"), score_column(y_score, name)
    weight = weight_column(sample_weight)
    check_lengths(y_true=true, **{name: score}, sample_weight=weight)
    _, positive = positive_rows(true, pos_label, most_labels=most_labels)
    ranking = rank(positive, score, name, weight)
    if len(ranking.values) == 0:
        raise no_weight("no row is left to rank")
    return ranking


def _corners(first: Floats, second: Floats, order: int) -> NDArray[np.intp]:
    """Points where either column bends; the ends always."""
    inner = (np.diff(first, order) != 0) | (np.diff(second, order) != 0)
    return np.flatnonzero(np.concatenate(([True], inner, [True])))


def roc_curve(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    pos_label: Any = None,
    sample_weight: ArrayLike | None = None,
    drop_intermediate: bool = True,
) -> tuple[Floats, Floats, Floats]:
    """Which true positive rate is had at which false positive rate?

    At every threshold t: fpr = FP / negatives and tpr = TP / positives, of rows with score >= t.

    Parameters
    ----------
    y_true : (n,) labels
    y_score : (n,) finite scores
    pos_label : the positive class; None takes 1 where labels are {0, 1} or {-1, 1}
    sample_weight : (n,) non-negative weight of each row (rows); rows of weight 0 give no threshold
    drop_intermediate : leave out points on a straight line between their neighbours

    Returns
    -------
    fpr, tpr : (m,) rates, rising from 0 to 1
    thresholds : (m,) scores, falling; the first is infinity, where no row is called positive

    Raises
    ------
    DataError : positive class unclear, a score that is not finite, lengths that differ.

    Warns
    -----
    UndefinedMetricWarning : a class is missing; its rate is nan.

    Notes
    -----
    One radix sort; 24 bytes a row of working memory beyond the result.

    Examples
    --------
    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr, tpr
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
    >>> thresholds
    array([ inf, 0.8 , 0.4 , 0.35, 0.1 ])
    """
    most = 2 if pos_label is None else _BIG
    ranked = ranking(y_true, y_score, sample_weight, pos_label, most, "y_score")
    fps, tps, cuts = ranked.curve()
    if drop_intermediate and len(fps) > 2:
        kept = _corners(fps, tps, 2)
        fps, tps, cuts = fps[kept], tps[kept], cuts[kept]
    rates = []
    for counts, kind, axis in ((fps, "negative", "false"), (tps, "positive", "true")):
        counts = np.concatenate(([0.0], counts))
        if counts[-1] > 0:
            rates.append(counts / counts[-1])
            continue
        undefined(
            f"y_true holds no {kind} rows",
            f"the {axis} positive rate is 0/0 and was set to nan",
            "score a sample that holds both classes",
        )
        rates.append(np.full(len(counts), np.nan))
    return rates[0], rates[1], np.concatenate(([np.inf], cuts))


def precision_recall_curve(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    pos_label: Any = None,
    sample_weight: ArrayLike | None = None,
    drop_intermediate: bool = False,
) -> tuple[Floats, Floats, NDArray[Any]]:
    """Which precision is had at which recall?

    At every threshold t: precision = TP / (TP + FP) and recall = TP / positives, of rows with
    score >= t.

    Parameters
    ----------
    y_true, y_score, pos_label, sample_weight : as in :func:`roc_curve`
    drop_intermediate : of thresholds with the same recall keep the first and the last

    Returns
    -------
    precision, recall : (m + 1,) shares; recall falls, and the last point is (1, 0) by convention
    thresholds : (m,) scores, rising

    Raises
    ------
    DataError : as in :func:`roc_curve`.

    Warns
    -----
    UndefinedMetricWarning : no positive rows; recall is set to 1.

    Notes
    -----
    One radix sort; 24 bytes a row of working memory beyond the result.

    Examples
    --------
    >>> precision, recall, thresholds = precision_recall_curve([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.8])
    >>> precision
    array([0.5       , 0.66666667, 0.5       , 1.        , 1.        ])
    >>> recall, thresholds
    (array([1. , 1. , 0.5, 0.5, 0. ]), array([0.1, 0.4, 0.6, 0.8]))
    """
    most = 2 if pos_label is None else _BIG
    ranked = ranking(y_true, y_score, sample_weight, pos_label, most, "y_score")
    fps, tps, cuts = ranked.curve()
    if drop_intermediate and len(fps) > 2:
        # The recall bends where it differs from the point before or from the one after.
        kept = _corners_of_recall(tps)
        fps, tps, cuts = fps[kept], tps[kept], cuts[kept]
    called = tps + fps
    precision = np.divide(tps, called, out=np.zeros(len(tps)), where=called != 0)
    if tps[-1] == 0:
        undefined(
            "y_true holds no positive rows",
            "recall is 0/0 and was set to 1 at every threshold",
            "score a sample that holds both classes",
        )
        recall = np.ones(len(tps))
    else:
        recall = tps / tps[-1]
    dtype = np.asarray(y_score).dtype
    thresholds = cuts[::-1].astype(dtype if dtype.kind in "biuf" else np.float64)
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds


def _corners_of_recall(tps: Floats) -> NDArray[np.intp]:
    inner = (np.diff(tps[:-1]) != 0) | (np.diff(tps[1:]) != 0)
    return np.flatnonzero(np.concatenate(([True], inner, [True])))
