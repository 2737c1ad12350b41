"""How good are the predictions on rows kept aside, at three thresholds, and how sure is that?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..diagnostics import Calibration
from ..evaluation import Accuracy, AtThreshold, AucInterval, CrossValidation
from ..result import LogitFit

__all__ = ["HeldOut", "Judged"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judged:
    """What calling rows verified from one threshold on leads to, on the test rows.

    Attributes
    ----------
    key, title : "half", "prevalence" or "youden", and the rule in words.
    at : AtThreshold: threshold, the four counts, precision, recall, specificity, lift,
        flagged_per_1000, found_per_1000. (NaN for precision where nobody is flagged.)
    accuracy : Accuracy: with its interval, the no-information rate and the test against it.
    precision, recall, specificity : (lower, upper) Wilson intervals; NaN where undefined.
    report : text, the classification report (precision, recall, f1, support of either class).
    """

    key: str
    title: str
    at: AtThreshold
    accuracy: Accuracy
    precision: tuple[float, float]
    recall: tuple[float, float]
    specificity: tuple[float, float]
    report: str


@dataclass(frozen=True, eq=False)
class HeldOut:
    """How good are the seven-feature model's predictions on rows that took no part in the fit?

    Attributes
    ----------
    n_train, n_test, n_train_verified, n_test_verified : rows of the stratified split.
    train_prevalence : share of verified rows in training.
    fit : LogitFit of the training rows.
    outcome, probability : (n_test,) 0/1 outcomes and predicted probabilities of the test rows.
    rows : (n_test,) their positions in the frame.
    auc : AucInterval (DeLong).
    average_precision : to be compared with ``base_precision``, the test rows' share verified.
    brier, base_brier, log_loss, base_log_loss : of the model, and of giving every row the
        training share.
    smallest_probability, largest_probability : among the test rows.
    half, prevalence, youden : `Judged` at 0.5, at the training share of verified rows, and where
        recall + specificity is largest *on the training rows*.
    calibration : `diagnostics.Calibration` of the test rows.
    cross_validation : CrossValidation, five folds of all complete rows: whether this one split is
        typical.
    """

    n_train: int
    n_test: int
    n_train_verified: int
    n_test_verified: int
    train_prevalence: float
    fit: LogitFit
    outcome: NDArray[np.uint8]
    probability: Floats
    rows: NDArray[np.intp]
    auc: AucInterval
    average_precision: float
    base_precision: float
    brier: float
    base_brier: float
    log_loss: float
    base_log_loss: float
    smallest_probability: float
    largest_probability: float
    half: Judged
    prevalence: Judged
    youden: Judged
    calibration: Calibration
    cross_validation: CrossValidation

    @property
    def no_information_rate(self) -> float:
        """Accuracy of calling every test row by the more frequent class."""
        return max(self.base_precision, 1.0 - self.base_precision)

    @property
    def judged(self) -> tuple[Judged, Judged, Judged]:
        """At the three thresholds: half, prevalence, youden."""
        return (self.half, self.prevalence, self.youden)

    @property
    def table(self) -> pd.DataFrame:
        """A row a threshold: threshold, the four counts, accuracy, no_information_rate, precision,
        recall, specificity, lift, flagged_per_1000, found_per_1000."""
        at = (
            "threshold", "true_negative", "false_positive", "false_negative", "true_positive",
            "accuracy", "precision", "recall", "specificity", "lift", "flagged_per_1000",
            "found_per_1000",
        )  # fmt: skip
        rows = [[getattr(judged.at, name) for name in at] for judged in self.judged]
        table = pd.DataFrame(rows, columns=list(at), index=pd.Index([j.title for j in self.judged]))
        table.insert(6, "no_information_rate", self.no_information_rate)
        return table
