"""How good are the predictions on rows the model has not seen? The numbers, before any layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from .at_threshold import AtThreshold, at_threshold

__all__ = ["Evaluation", "evaluate"]

Floats = NDArray[np.float64]
PREVALENCE = "prevalence"


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
    by_prevalence = threshold == PREVALENCE
    wanted = train_prevalence if by_prevalence else float(threshold)
    rule = PREVALENCE if by_prevalence else "given"
    at = [at_threshold(y, probability, wanted, rule=rule)]
    if not at[0].n_flagged and not by_prevalence:
        at.append(at_threshold(y, probability, train_prevalence, rule=PREVALENCE))
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
