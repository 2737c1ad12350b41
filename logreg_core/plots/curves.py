"""What every threshold gives: the ROC and the precision-recall curve."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import LogregWarning
from ..evaluation import auc_interval
from ..metrics import average_precision_score, precision_recall_curve, roc_curve
from ..metrics.outcome import one_class_error
from .canvas import BLUE, GREY, ORANGE, head, new_axes
from .judged import outcomes_and_scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..evaluation import AtThreshold

__all__ = ["precision_recall", "roc"]


def _two_classes(first: Any, second: Any, third: Any, what: str) -> tuple[Any, Any]:
    y, score = outcomes_and_scores(first, second, third)
    if y.min() == y.max():
        raise one_class_error(np.unique(y), what)
    return y, score


def roc(
    y_or_fit: Any,
    score_or_X: Any,
    y: Any = None,
    *,
    at: AtThreshold | None = None,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw which share of the positive rows is found at which share of false alarms.

    Parameters
    ----------
    y_or_fit, score_or_X, y : outcomes and scores, (n,) each; or a fit, X and y; or a fit and a
        `Design`
    at : a threshold to mark, as `evaluation.choose_threshold` returns it
    level : of DeLong's interval of the area, given in words
    ax : where to draw; None makes a figure (``ax.figure`` is it)

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    DataError
        One class only, more than two, scores that are not finite.
    MissingDependencyError
        When matplotlib is not installed.

    Notes
    -----
    One sort for the curve and one for the interval.

    Examples
    --------
    >>> ax = roc([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    >>> ax.lines[-1].get_ydata().max()
    np.float64(1.0)
    """
    outcome, score = _two_classes(y_or_fit, score_or_X, y, "the ROC curve")
    fpr, tpr, _ = roc_curve(outcome, score)
    ax = new_axes(ax, (4.8, 5.0))
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
    ax.annotate(
        "chance", (0.62, 0.62), xytext=(4, -4), textcoords="offset points", va="top",
        color=GREY, fontsize=9,
    )  # fmt: skip
    ax.plot(fpr, tpr, color=BLUE, linewidth=2)
    _mark(ax, at, None if at is None else (1 - at.specificity, at.recall))
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set_xlabel("negative rows flagged (1 - specificity)")
    ax.set_ylabel("positive rows flagged (recall)")
    head(ax, "ROC curve", area_words(outcome, score, level), width=50)
    return ax


def area_words(outcome: Any, score: Any, level: float) -> str:
    """The area with its interval, where there are rows enough for one."""
    if min(np.count_nonzero(outcome), np.count_nonzero(outcome == 0)) < 2:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)  # the words below say the same
        found = auc_interval(outcome, score, level=level)
    if math.isnan(found.lower):
        return f"AUC {found.auc:.3f}: the scores separate the classes"
    ends = f"{found.lower:.3f} to {found.upper:.3f}"
    return f"AUC {found.auc:.3f}, {level:.0%} interval {ends} (DeLong)"


def precision_recall(
    y_or_fit: Any,
    score_or_X: Any,
    y: Any = None,
    *,
    at: AtThreshold | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which share of the flagged rows is positive, at which share of the positives found.

    Parameters
    ----------
    y_or_fit, score_or_X, y, at, ax : as in :func:`roc`

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    DataError, MissingDependencyError
        As :func:`roc`.

    Notes
    -----
    The dashed line is chance: the share of positive rows, to which the curve ends in any case.
    The precision of the first few rows flagged jumps; the axis is made for the rest.

    Examples
    --------
    >>> ax = precision_recall([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    >>> ax.get_ylabel()
    'flagged rows that are positive (precision)'
    """
    outcome, score = _two_classes(y_or_fit, score_or_X, y, "the precision-recall curve")
    precision, recall, _ = precision_recall_curve(outcome, score)
    prevalence = float(outcome.mean())
    ax = new_axes(ax, (5.4, 4.6))
    ax.axhline(prevalence, color=GREY, linestyle="--", linewidth=1)
    # recall falls along the arrays: a step keeps the precision of the threshold reached. Where
    # nothing is found yet, precision is 0, or 1 by convention, and no part of the curve.
    found = recall > 0
    ax.plot(recall[found], precision[found], color=BLUE, linewidth=1.6, drawstyle="steps-post")
    _mark(ax, at, None if at is None else (at.recall, at.precision))
    settled = precision[recall >= 0.05].max(initial=prevalence)
    top = min(1.03, max(1.25 * settled, 1.6 * prevalence))
    ax.set(xlim=(-0.01, 1.01), ylim=(0, top))
    ax.annotate(
        f"chance: {prevalence:.1%}", (1, prevalence), xytext=(0, -4), ha="right", va="top",
        textcoords="offset points", color=GREY, fontsize=9,
    )  # fmt: skip
    ax.set_xlabel("positive rows flagged (recall)")
    ax.set_ylabel("flagged rows that are positive (precision)")
    average = average_precision_score(outcome, score)
    head(
        ax, "Precision and recall",
        f"average precision {average:.3f} against {prevalence:.3f} by chance", width=60,
    )  # fmt: skip
    return ax


def _mark(ax: Axes, at: AtThreshold | None, place: tuple[float, float] | None) -> None:
    """A point where a threshold lies, with its value."""
    if at is None or place is None or not np.isfinite(place).all():
        return
    ax.plot(*place, marker="o", markersize=8, color=ORANGE, linestyle="none", zorder=4)
    left = place[0] < 0.6
    ax.annotate(
        f"threshold {at.threshold:.3g}", place, xytext=(9 if left else -9, -5), va="top",
        ha="left" if left else "right", textcoords="offset points", fontsize=9, color=ORANGE,
    )  # fmt: skip
