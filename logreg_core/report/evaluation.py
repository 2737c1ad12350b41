"""How good are the predictions on rows the model has not seen? The numbers, before any layout."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

__all__ = ["AtThreshold", "Evaluation", "evaluate"]

Floats = NDArray[np.float64]
PREVALENCE = "prevalence"


@dataclass(frozen=True)
class AtThreshold:
    """What calling a row positive from a threshold on leads to.

    threshold: a probability; a row at it counts as positive (>=). is_prevalence: whether it is
    the share of positive rows in the training data. The four counts are rows. precision: share
    of right ones among the rows called positive, NaN where there are none; recall: share of
    the positive rows that are found; f1: their harmonic mean.
    """

    threshold: float
    is_prevalence: bool
    true_negative: int
    false_positive: int
    false_negative: int
    true_positive: int
    precision: float
    recall: float
    f1: float

    @property
    def n_rows(self) -> int:
        """All test rows."""
        return self.n_flagged + self.true_negative + self.false_negative

    @property
    def n_flagged(self) -> int:
        """Rows called positive."""
        return self.true_positive + self.false_positive

    @property
    def accuracy(self) -> float:
        """Share of rows called right."""
        return (self.true_positive + self.true_negative) / self.n_rows

    @property
    def specificity(self) -> float:
        """Share of the negative rows that are called negative."""
        return self.true_negative / (self.true_negative + self.false_positive)


@dataclass(frozen=True)
class Evaluation:
    """The test rows' verdict on a model.

    classes: (negative, positive). auc: share of pairs of a positive and a negative row ranked
    right. average_precision: to be compared with the prevalence. brier, log_loss: of the model;
    base_brier, base_log_loss: of giving every row the training rows' share of positives.
    at: the threshold asked for first; where nobody is predicted positive at it, the prevalence
    threshold second.
    """

    classes: tuple[Any, Any]
    n_rows: int
    n_positive: int
    train_prevalence: float
    auc: float
    average_precision: float
    brier: float
    base_brier: float
    log_loss: float
    base_log_loss: float
    smallest_probability: float
    largest_probability: float
    at: tuple[AtThreshold, ...]

    @property
    def prevalence(self) -> float:
        """Share of positive rows among the test rows."""
        return self.n_positive / self.n_rows

    @property
    def no_information_rate(self) -> float:
        """Accuracy of calling every row by the more frequent class."""
        return max(self.prevalence, 1 - self.prevalence)

    @property
    def chosen(self) -> AtThreshold:
        """At the threshold asked for."""
        return self.at[0]


def evaluate(
    y: NDArray[np.uint8],
    probability: Floats,
    *,
    threshold: float | str,
    train_prevalence: float,
    classes: tuple[Any, Any] = (0, 1),
) -> Evaluation:
    """Hold predicted probabilities against outcomes that took no part in the fit.

    Parameters
    ----------
    y : (n,) 0/1 outcomes of the test rows, both classes among them
    probability : (n,) predicted probabilities of class 1
    threshold : probability from which a row counts as positive (>=), or "prevalence" for the
        share of positive rows in the training data
    train_prevalence : that share
    classes : (negative, positive) names for the documents

    Raises
    ------
    DataError
        When the test rows hold one class only, or the lengths differ.

    Notes
    -----
    A few passes over both columns, and one sort.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 1], dtype=np.uint8)
    >>> found = evaluate(y, np.array([0.1, 0.2, 0.4, 0.3]), threshold=0.5, train_prevalence=0.25)
    >>> found.no_information_rate, found.chosen.accuracy, found.chosen.recall
    (0.75, 0.75, 0.0)
    >>> found.at[1].threshold, found.at[1].recall, found.at[1].precision
    (0.25, 1.0, 0.5)
    """
    wanted = train_prevalence if threshold == PREVALENCE else float(threshold)
    at = [_at_threshold(y, probability, wanted, threshold == PREVALENCE)]
    if not at[0].n_flagged and threshold != PREVALENCE:
        at.append(_at_threshold(y, probability, train_prevalence, True))
    base = np.full(len(y), train_prevalence)
    return Evaluation(
        classes=classes,
        n_rows=len(y),
        n_positive=int(np.count_nonzero(y)),
        train_prevalence=train_prevalence,
        auc=roc_auc_score(y, probability),
        average_precision=average_precision_score(y, probability),
        brier=brier_score_loss(y, probability),
        base_brier=brier_score_loss(y, base),
        log_loss=log_loss(y, probability),
        base_log_loss=log_loss(y, base),
        smallest_probability=float(probability.min()),
        largest_probability=float(probability.max()),
        at=tuple(at),
    )


def _at_threshold(
    y: NDArray[np.uint8], probability: Floats, threshold: float, is_prevalence: bool
) -> AtThreshold:
    called = (probability >= threshold).astype(np.uint8)
    (tn, fp), (fn, tp) = confusion_matrix(y, called, labels=[0, 1]).tolist()
    return AtThreshold(
        threshold=threshold,
        is_prevalence=is_prevalence,
        true_negative=tn,
        false_positive=fp,
        false_negative=fn,
        true_positive=tp,
        precision=float(precision_score(y, called, zero_division=math.nan)),
        recall=float(recall_score(y, called, zero_division=math.nan)),
        f1=float(f1_score(y, called, zero_division=math.nan)),
    )
