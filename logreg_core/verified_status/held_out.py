"""How good are the predictions on rows kept aside, at three thresholds, and how sure is that?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..design import Design
from ..diagnostics import Calibration, calibration
from ..evaluation import (
    Accuracy,
    AtThreshold,
    AucInterval,
    CrossValidation,
    accuracy_test,
    at_threshold,
    auc_interval,
    choose_threshold,
    cross_validate,
    evaluate,
    wilson_interval,
)
from ..fitting import fit
from ..metrics import classification_report
from ..result import LogitFit
from ..split import Split
from .columns import CLAIM

__all__ = ["HeldOut", "Judged", "judge"]

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
    claim_agreement : share of the test rows that the prevalence rule calls as "is it an opinion?"
        alone would.
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
    claim_agreement: float
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


def judge(
    design: Design, split: Split, positions: NDArray[np.intp], seed: int, level: float
) -> HeldOut:
    """Fit the training rows, and judge on the test rows at three thresholds.

    Parameters
    ----------
    design : all complete rows, at ``positions`` in the frame
    split : which of them train, and which judge
    """
    trained, y = fit(design.take(split.train)), design.y[split.test]
    probability = trained.probability(design.X[split.test])
    before, y_before = trained.probability(design.X[split.train]), design.y[split.train]
    share = float(y_before.mean())
    whole = evaluate(y, probability, threshold=0.5, train_prevalence=share)
    youden = choose_threshold(y_before, before, "youden").threshold
    asked = (
        ("half", "0.5, the usual default", 0.5, "given"),
        ("prevalence", "the training share of verified rows", share, "prevalence"),
        ("youden", "largest recall + specificity in training", youden, "youden"),
    )
    found = {
        key: _judged(key, title, y, probability, threshold, rule, level, design)
        for key, title, threshold, rule in asked
    }
    return HeldOut(
        n_train=len(split.train),
        n_test=len(split.test),
        n_train_verified=int(y_before.sum()),
        n_test_verified=int(y.sum()),
        train_prevalence=share,
        fit=trained,
        outcome=y,
        probability=probability,
        rows=positions[split.test],
        auc=auc_interval(y, probability, level=level),
        average_precision=whole.average_precision,
        base_precision=whole.prevalence,
        brier=whole.brier,
        base_brier=whole.base_brier,
        log_loss=whole.log_loss,
        base_log_loss=whole.base_log_loss,
        smallest_probability=whole.smallest_probability,
        largest_probability=whole.largest_probability,
        claim_agreement=float(((probability >= share) == _opinion(design, split.test)).mean()),
        calibration=calibration(trained, design.X[split.test], y),
        cross_validation=cross_validate(design, seed=seed, level=level),
        **found,
    )


def _opinion(design: Design, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    place = next(j for j, name in enumerate(design.names) if name.startswith(f"{CLAIM}_"))
    return np.asarray(design.X[rows, place] == 1.0)


def _judged(
    key: str, title: str, y: NDArray[np.uint8], probability: Floats, threshold: float, rule: str,
    level: float, design: Design,
) -> Judged:  # fmt: skip
    at = at_threshold(y, probability, threshold, rule=rule)
    called = (probability >= threshold).astype(np.uint8)
    names = [str(label) for label in design.encoding.classes]
    return Judged(
        key,
        title,
        at,
        accuracy_test(y, called, level=level),
        _ends(at.true_positive, at.n_flagged, level),
        _ends(at.true_positive, at.n_positive, level),
        _ends(at.true_negative, at.n_rows - at.n_positive, level),
        str(classification_report(y, called, target_names=names, zero_division=0)),
    )


def _ends(part: int, whole: int, level: float) -> tuple[float, float]:
    return wilson_interval(part, whole, level) if whole else (float("nan"), float("nan"))
