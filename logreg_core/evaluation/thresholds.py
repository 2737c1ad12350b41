"""From which probability on should a row be called positive, and what does each choice give?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError
from ..metrics.checks import check_choice
from ..metrics.curves import ranking
from ..metrics.outcome import one_class_error
from .at_threshold import AtThreshold

__all__ = ["choose_threshold", "threshold_table"]

Floats = NDArray[np.float64]
# Shares of the rows to flag where no thresholds are named: they mean something whatever the
# probabilities, of which none may reach 0.5.
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
RATES = (
    "precision", "recall", "specificity", "f1", "accuracy", "lift",
    "flagged_per_1000", "found_per_1000",
)  # fmt: skip
COUNTS = ("true_negative", "false_positive", "false_negative", "true_positive")


def threshold_table(
    y_true: ArrayLike,
    probability: ArrayLike,
    thresholds: Sequence[float] | Floats | None = None,
    *,
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
) -> pd.DataFrame:
    """What does each threshold give?

    Parameters
    ----------
    y_true : (n,) labels of two classes
    probability : (n,) probabilities of the positive class, or any score
    thresholds : (m,) the least value called positive (>=); None takes those that flag about
        1, 2, 5, 10, 20, ... 100 % of the rows
    sample_weight : (n,) frequencies; counts are then sums of them
    pos_label : the positive class; None takes 1 where labels are {0, 1} or {-1, 1}

    Returns
    -------
    DataFrame of m rows, thresholds falling: threshold; true_negative, false_positive,
    false_negative, true_positive (rows or weights); precision, recall, specificity, f1, accuracy
    (shares, NaN where 0/0); lift (precision as a multiple of the share of positives);
    flagged_per_1000, found_per_1000 (rows of 1,000)

    Raises
    ------
    DataError
        One class only, more than two, a probability or threshold that is NaN.

    Notes
    -----
    One sort, however many thresholds.

    Examples
    --------
    >>> table = threshold_table([0, 0, 0, 1], [0.1, 0.2, 0.4, 0.3], [0.5, 0.3])
    >>> table[["threshold", "true_positive", "recall", "lift", "flagged_per_1000"]]
       threshold  true_positive  recall  lift  flagged_per_1000
    0        0.5              0     0.0   NaN               0.0
    1        0.3              1     1.0   2.0             500.0
    """
    fps, tps, cuts = _curve(y_true, probability, sample_weight, pos_label)
    if thresholds is None:
        called = (fps + tps)[1:]
        wanted = np.searchsorted(called, np.multiply(SHARES, called[-1]) * (1 - 1e-12))
        chosen = cuts[1 + np.unique(wanted)]
    else:
        chosen = np.sort(np.asarray(thresholds, dtype=np.float64).ravel())[::-1]
        if np.isnan(chosen).any():
            raise DataError(
                "a threshold is NaN", "numbers", "no row is at or above it, and none below",
                "leave it out", argument="thresholds",
            )  # fmt: skip
    # how many distinct scores are at or above each threshold
    at = np.searchsorted(-cuts, -chosen, side="right") - 1
    rows = [
        _cells(fps, tps, int(i), float(t), "given") for i, t in zip(at, chosen, strict=True)
    ]  # fmt: skip
    columns = ("threshold", *COUNTS, *RATES)
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in columns})


def choose_threshold(
    y_true: ArrayLike,
    probability: ArrayLike,
    rule: str = "prevalence",
    *,
    cost_false_positive: float = 1.0,
    cost_false_negative: float = 1.0,
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
) -> AtThreshold:
    """From which probability on should a row be called positive?

    "prevalence": the share of positive rows. "youden": where recall + specificity - 1 is
    largest. "cost": where cost_false_positive FP + cost_false_negative FN is least.

    Parameters
    ----------
    y_true, probability, sample_weight, pos_label : as in :func:`threshold_table`; rows that
        took no part in judging, such as the training rows: a threshold chosen and judged on the
        same rows looks better than it is
    rule : "prevalence", "youden" or "cost"
    cost_false_positive, cost_false_negative : of calling a negative row positive, and of missing
        a positive one; only their ratio matters

    Returns
    -------
    AtThreshold, with the counts on these rows; its threshold is infinite where flagging nobody
    is best

    Raises
    ------
    DataError
        As in :func:`threshold_table`; an unknown rule; a cost that is not positive.

    Notes
    -----
    Of equally good thresholds the highest is taken, which flags the fewest rows. Where the
    probabilities are well calibrated the cheapest threshold is
    cost_false_positive / (cost_false_positive + cost_false_negative), whatever the rows (Elkan).
    One sort.

    References
    ----------
    W. J. Youden (1950), doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3;
    C. Elkan (2001), The foundations of cost-sensitive learning, IJCAI 17, 973-978

    Examples
    --------
    >>> y, p = [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    >>> choose_threshold(y, p, "youden").threshold
    0.5
    >>> choose_threshold(y, p, "cost", cost_false_negative=3).threshold
    0.3
    """
    check_choice(rule, ("prevalence", "youden", "cost"), "rule")
    for name, cost in (("positive", cost_false_positive), ("negative", cost_false_negative)):
        if not 0 < cost < math.inf:
            raise DataError(
                f"cost_false_{name} is {cost!r}", "a finite number above 0",
                "a mistake that costs nothing is made without end", "pass the ratio of the costs",
                argument=f"cost_false_{name}", value=cost,
            )  # fmt: skip
    fps, tps, cuts = _curve(y_true, probability, sample_weight, pos_label)
    if rule == "prevalence":
        threshold = float(tps[-1] / (tps[-1] + fps[-1]))
        at = int(np.searchsorted(-cuts, -threshold, side="right")) - 1
        return _cells(fps, tps, at, threshold, rule)
    if rule == "youden":
        # whole numbers as far as rows count once: ties are ties
        gain = tps * fps[-1] - fps * tps[-1]
    else:
        gain = cost_false_negative * tps - cost_false_positive * fps
    at = int(np.argmax(gain))
    return _cells(fps, tps, at, float(cuts[at]), rule)


def _curve(y: Any, score: Any, weight: Any, pos_label: Any) -> tuple[Floats, Floats, Floats]:
    """False and true positives at every distinct score, falling, with "nobody" in front."""
    fps, tps, cuts = ranking(y, score, weight, pos_label, 2, "probability").curve()
    if not (fps[-1] > 0 and tps[-1] > 0):
        raise one_class_error(np.unique(np.asarray(y)), "a threshold")
    start = np.zeros(1)
    return (
        np.concatenate([start, fps]),
        np.concatenate([start, tps]),
        np.concatenate([[np.inf], cuts]),
    )


def _cells(fps: Floats, tps: Floats, at: int, threshold: float, rule: str) -> AtThreshold:
    counts = [fps[-1] - fps[at], fps[at], tps[-1] - tps[at], tps[at]]
    whole = all(float(end).is_integer() for end in (fps[-1], tps[-1], fps[at], tps[at]))
    tn, fp, fn, tp = (int(count) if whole else float(count) for count in counts)
    return AtThreshold(threshold, rule, tn, fp, fn, tp)
