"""Does a higher score mean a positive row? The area under the ROC curve, and average precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from .checks import check_choice, check_lengths, column, score_column, undefined, weight_column
from .curves import ranking
from .labels import all_codes
from .order import Ranking, rank
from .outcome import one_class_error, positive_rows

__all__ = ["average_precision_score", "roc_auc_score"]


def roc_auc_score(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    average: str | None = "macro",
    sample_weight: ArrayLike | None = None,
    max_fpr: float | None = None,
    multi_class: str = "raise",
    labels: ArrayLike | None = None,
) -> float:
    """How often does a positive row score higher than a negative one?

    AUC = (pairs with s+ > s-  +  half the pairs with s+ = s-) / pairs, over all pairs of a
    positive and a negative row (Mann-Whitney); with weights a pair counts w+ * w-.

    Parameters
    ----------
    y_true : (n,) labels of two classes; the greater one is the positive class
    y_score : (n,) finite scores: probabilities, log-odds or anything that ranks
    average, multi_class, labels : accepted for scikit-learn's sake; two classes leave them idle
    sample_weight : (n,) non-negative weight of each row (rows)
    max_fpr : area up to this false positive rate only, in (0, 1], standardised (McClish) so that
        chance is 0.5 and perfection 1

    Returns
    -------
    float, share of pairs: 0.5 is chance

    Raises
    ------
    DataError : one class only (scikit-learn warns and returns nan), more than two classes, a
        score that is not finite or an integer beyond 2^53, lengths that differ.

    Notes
    -----
    Without weights the pairs are counted in integers: the result is correctly rounded. Ties are
    exact. About 16 bytes a row of working memory (32 with weights), and 16 more with ``max_fpr``.

    References
    ----------
    J. A. Hanley and B. J. McNeil (1982), doi:10.1148/radiology.143.1.7063747

    Examples
    --------
    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    >>> roc_auc_score(["no", "yes", "yes"], [0.3, 0.3, 0.9])
    0.75
    """
    true, score = column(y_true, "y_true"), score_column(y_score, "y_score")
    weight = weight_column(sample_weight)
    check_lengths(y_true=true, y_score=score, sample_weight=weight)
    if max_fpr is not None and not 0 < max_fpr <= 1:
        raise DataError(
            f"max_fpr is {max_fpr!r}", "a rate above 0, at most 1", "the area is empty",
            "pass None for the whole area", argument="max_fpr",
        )  # fmt: skip
    present, positive = all_codes(true, "y_true")
    if len(present) != 2:
        if len(present) == 1:
            raise one_class_error(present, "AUC")
        positive_rows(true, present[0])  # says what is wrong with three
    ranked = rank(positive, score, "y_score", weight)
    positives, negatives, twice = ranked.wins() if len(ranked.values) else (0, 0, 0)
    if positives == 0 or negatives == 0:
        raise one_class_error(present, "AUC")
    if max_fpr is None or max_fpr == 1:
        return float(twice / (2 * positives * negatives))
    return _partial_auc(ranked, max_fpr)


def _partial_auc(ranked: Ranking, max_fpr: float) -> float:
    fps, tps, _ = ranked.curve()
    fpr = np.concatenate(([0.0], fps)) / fps[-1]
    tpr = np.concatenate(([0.0], tps)) / tps[-1]
    stop = int(np.searchsorted(fpr, max_fpr, side="right"))
    last = np.interp(max_fpr, fpr[stop - 1 : stop + 1], tpr[stop - 1 : stop + 1])
    fpr, tpr = np.append(fpr[:stop], max_fpr), np.append(tpr[:stop], last)
    area = float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1])) / 2)
    by_chance = max_fpr**2 / 2
    return 0.5 * (1 + (area - by_chance) / (max_fpr - by_chance))


def average_precision_score(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    average: str | None = "macro",
    pos_label: Any = 1,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Which precision is had on average while recall grows?

    AP = sum over thresholds of (recall_i - recall_before) * precision_i, a step sum and not a
    trapezoid, which would be too kind.

    Parameters
    ----------
    y_true : (n,) labels of two classes
    y_score : (n,) finite scores
    average : accepted for scikit-learn's sake; two classes leave it idle
    pos_label : the positive class
    sample_weight : (n,) non-negative weight of each row (rows)

    Returns
    -------
    float from 0 to 1; chance gives the share of positive rows

    Raises
    ------
    DataError : more than two classes, unknown ``pos_label``, a score that is not finite.

    Warns
    -----
    UndefinedMetricWarning : no positive rows; the result is 0.

    Notes
    -----
    One radix sort; 48 bytes a row of working memory.

    Examples
    --------
    >>> average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.8333333333333333
    """
    check_choice(average, ("micro", "macro", "samples", "weighted", None), "average")
    fps, tps, _ = ranking(y_true, y_score, sample_weight, pos_label, 2, "y_score").curve()
    if tps[-1] == 0:
        undefined(
            "y_true holds no positive rows",
            "average precision is 0/0 and was set to 0",
            "score a sample that holds both classes",
        )
        return 0.0
    gained = np.diff(tps, prepend=0.0)
    return float(np.sum(gained * (tps / (tps + fps))) / tps[-1])
