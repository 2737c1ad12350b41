"""What does calling rows positive from a threshold on lead to?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..metrics import confusion_matrix
from .prevalence import AtPrevalence, at_prevalence

__all__ = ["AtThreshold", "at_threshold"]


@dataclass(frozen=True)
class AtThreshold:
    """The four cells of a confusion matrix, and the rates made from them.

    threshold: a probability; a row at it counts as positive (>=), and infinity flags nobody.
    rule: where the threshold comes from: "given", "prevalence", "youden" or "cost". The four
    counts are rows, or weights. A rate that is 0/0 is NaN.
    """

    threshold: float
    rule: str
    true_negative: Any
    false_positive: Any
    false_negative: Any
    true_positive: Any

    @property
    def is_prevalence(self) -> bool:
        """Whether the threshold is the share of positive rows in the training data."""
        return self.rule == "prevalence"

    @property
    def n_rows(self) -> Any:
        """All rows judged."""
        return self.n_flagged + self.true_negative + self.false_negative

    @property
    def n_positive(self) -> Any:
        """Rows that are positive."""
        return self.true_positive + self.false_negative

    @property
    def n_flagged(self) -> Any:
        """Rows called positive."""
        return self.true_positive + self.false_positive

    @property
    def accuracy(self) -> float:
        """Share of rows called right."""
        return _share(self.true_positive + self.true_negative, self.n_rows)

    @property
    def precision(self) -> float:
        """Share of right ones among the rows called positive."""
        return _share(self.true_positive, self.n_flagged)

    @property
    def recall(self) -> float:
        """Share of the positive rows that are called positive."""
        return _share(self.true_positive, self.n_positive)

    @property
    def specificity(self) -> float:
        """Share of the negative rows that are called negative."""
        return _share(self.true_negative, self.true_negative + self.false_positive)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN)."""
        return _share(2 * self.true_positive, self.n_flagged + self.n_positive)

    @property
    def youden(self) -> float:
        """Youden's J, recall + specificity - 1: 0 is chance."""
        return self.recall + self.specificity - 1

    @property
    def lift(self) -> float:
        """Precision as a multiple of the share of positive rows: 1 is chance."""
        return _share(self.true_positive * self.n_rows, self.n_flagged * self.n_positive)

    @property
    def flagged_per_1000(self) -> float:
        """Rows called positive, of 1,000."""
        return _share(1000 * self.n_flagged, self.n_rows)

    @property
    def found_per_1000(self) -> float:
        """Positive rows called positive, of 1,000 rows of either class."""
        return _share(1000 * self.true_positive, self.n_rows)

    def at_prevalence(self, prevalence: float) -> AtPrevalence:
        """The same recall and specificity where another share of rows is positive."""
        return at_prevalence(self.recall, self.specificity, prevalence)


def _share(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else math.nan


def at_threshold(
    y: ArrayLike,
    probability: ArrayLike,
    threshold: float,
    *,
    rule: str = "given",
    sample_weight: ArrayLike | None = None,
) -> AtThreshold:
    """Call rows positive from a threshold on, and count.

    Parameters
    ----------
    y : (n,) 0/1 outcomes
    probability : (n,) predicted probabilities of class 1, or any score
    threshold : the least one that is called positive (>=)
    rule : where the threshold comes from, for the documents
    sample_weight : (n,) frequencies; counts are then sums of them

    Raises
    ------
    DataError
        When the lengths differ, or a value is missing.

    Notes
    -----
    One pass over the columns.

    Examples
    --------
    >>> found = at_threshold([0, 0, 0, 1], [0.1, 0.2, 0.4, 0.3], 0.25)
    >>> found.true_positive, found.false_positive, found.precision, found.lift
    (1, 1, 0.5, 2.0)
    """
    called = (np.asarray(probability) >= threshold).astype(np.uint8)
    table = confusion_matrix(y, called, labels=[0, 1], sample_weight=sample_weight)
    (tn, fp), (fn, tp) = table.tolist()
    return AtThreshold(float(threshold), rule, tn, fp, fn, tp)
