"""How would the fit do on rows it has not seen? Every row judged once, by a fit without it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arrays import as_matrix, as_outcome, is_frame
from ..design import Design
from ..errors import DataError
from ..fitting import fit
from ..option_checks import check_options
from ..split import stratified_folds
from ..tails import critical_value
from .accuracy import Accuracy, accuracy_test
from .area import auc_interval
from .held_out import Evaluation, evaluate
from .thresholds import threshold_table

__all__ = ["CrossValidation", "cross_validate"]

Floats = NDArray[np.float64]
# These change which rows count, and the folds decide that here.
REFUSED = ("sample_weight", "n_trials", "offset", "start", "callback")


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """The verdict of each fold, and of all of them.

    folds: `Evaluation` of each; probability (n,) of each row by the fit that did not see it;
    fold (n,) its fold; statuses: of the fits. auc: mean of the folds' areas, std_error and ends
    from their DeLong variances. accuracy: of all rows, each called at its fold's threshold;
    thresholds: `threshold_table` of all rows by those probabilities. table: a row a fold, and
    their mean and standard deviation.
    """

    folds: tuple[Evaluation, ...]
    statuses: tuple[str, ...]
    probability: Floats
    fold: NDArray[np.intp]
    auc: float
    std_error: float
    lower: float
    upper: float
    level: float
    accuracy: Accuracy
    thresholds: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """A row a fold, then "mean" and "std" (between folds) of its figures.

        Columns: n_rows, n_positive (of the fold's test rows), auc, average_precision, brier,
        base_brier, log_loss, base_log_loss, threshold, then at that threshold accuracy,
        no_information_rate, precision, recall, specificity, f1, lift, flagged_per_1000,
        found_per_1000; status of the fit.
        """
        rows = pd.DataFrame([_figures(judged) for judged in self.folds])
        rows.index = pd.Index(range(len(rows)), name="fold", dtype=object)
        ends = pd.DataFrame({"mean": rows.mean(), "std": rows.std(ddof=1)}).T
        table = pd.concat([rows.astype(float), ends])
        table["status"] = [*self.statuses, "", ""]
        return table


JUDGED = (
    "n_rows", "n_positive", "auc", "average_precision", "brier", "base_brier", "log_loss",
    "base_log_loss",
)  # fmt: skip
AT = (
    "precision", "recall", "specificity", "f1", "lift", "flagged_per_1000", "found_per_1000",
)  # fmt: skip


def _figures(judged: Evaluation) -> dict[str, float]:
    at = judged.chosen
    return {
        **{name: getattr(judged, name) for name in JUDGED},
        "threshold": at.threshold,
        "accuracy": at.accuracy,
        "no_information_rate": judged.no_information_rate,
        **{name: getattr(at, name) for name in AT},
    }


def cross_validate(
    X: Any,
    y: Any = None,
    *,
    n_folds: int = 5,
    seed: int = 0,
    threshold: float | str = "prevalence",
    level: float = 0.95,
    callback: Callable[[int, int], None] | None = None,
    **options: Any,
) -> CrossValidation:
    """How would the fit do on rows it has not seen?

    The rows are dealt into folds of equal shares of each class. Each fold is judged by a fit of
    all the others. The area is the mean over V folds; its variance is the sum of the folds'
    DeLong variances over V^2.

    Parameters
    ----------
    X : (n, columns) array or frame of numbers, or a `Design` (then y is left out)
    y : (n,) outcomes, any two labels; the last in sort order is the positive class
    n_folds : how many, 2 or more
    seed : of the shuffle
    threshold : probability from which a row counts as positive (>=), or "prevalence" for the
        share of positive rows in each fold's training rows
    level : of the interval of the area
    callback : called with (folds done, folds in all) after each
    options : of `logreg_core.fit`: solver, penalty, l2, ...

    Returns
    -------
    CrossValidation

    Raises
    ------
    DataError
        A class has fewer rows than twice the folds (each fold needs two of each to say how much
        its area varies); options that say which rows count; whatever `fit` refuses.

    Notes
    -----
    A fit a fold. X is not copied: rows left out have weight 0 in the fit; the rows to be judged
    are copied, one fold's at a time. The interval is that of the fits made, and leaves out how
    much they would differ on other training rows. Encode categories before: a `Design` of all
    rows is fair, as it looks at levels and not at outcomes.

    References
    ----------
    E. LeDell, M. Petersen, M. van der Laan (2015), doi:10.1214/15-EJS1035

    Examples
    --------
    >>> X = np.arange(40.0).reshape(-1, 1) % 13
    >>> y = (X[:, 0] + np.arange(40) % 7 > 9).astype(int)
    >>> found = cross_validate(X, y, n_folds=2)
    >>> round(found.auc, 3), round(found.lower, 3), len(found.probability)
    (0.924, 0.841, 40)
    """
    check_options(level=level, callback=callback)
    given = [name for name in REFUSED if name in options]
    if given:
        raise DataError(
            f"{given[0]} was given", "options that say how to fit, not which rows count",
            "the folds have to be made and judged by it too, which is not done here",
            "split with stratified_folds, and fit and evaluate each part", option=given[0],
        )  # fmt: skip
    array, names, outcome, classes = _rows(X, y)
    n = len(array)
    fold = stratified_folds(outcome, n_folds, seed)
    probability, called = np.empty(n), np.empty(n, dtype=np.uint8)
    folds, statuses, variance = [], [], 0.0
    for number in range(n_folds):
        held_out = fold == number
        test = np.flatnonzero(held_out)
        fitted = fit(
            _named(array, names), outcome, sample_weight=(~held_out).astype(np.float64), **options
        )
        probability[test] = fitted.probability(_named(array[test], names))
        share = float(np.count_nonzero(outcome[~held_out]) / (n - len(test)))
        judged = evaluate(
            outcome[test], probability[test], threshold=threshold, train_prevalence=share,
            classes=classes,
        )  # fmt: skip
        called[test] = probability[test] >= judged.chosen.threshold
        folds.append(judged)
        statuses.append(fitted.status.word)
        variance += auc_interval(outcome[test], probability[test]).std_error ** 2
        if callback is not None:
            callback(number + 1, n_folds)
    auc = float(np.mean([judged.auc for judged in folds]))
    error = math.sqrt(variance) / n_folds
    half = critical_value(level) * error
    return CrossValidation(
        tuple(folds), tuple(statuses), probability, fold,
        auc, error, max(auc - half, 0.0), min(auc + half, 1.0), level,
        accuracy_test(outcome, called, level=level), threshold_table(outcome, probability),
    )  # fmt: skip


def _rows(X: Any, y: Any) -> tuple[NDArray[Any], tuple[str, ...], NDArray[np.uint8], Any]:
    """The matrix, its names (none where rows are best matched by position), y and its classes."""
    if isinstance(X, Design) and y is None:
        return X.X, X.names, X.y, X.encoding.classes
    if y is None:
        raise DataError(
            "y is missing", "an outcome for every row of X",
            "nothing says which predictions are right", "pass y, or a Design",
        )  # fmt: skip
    array, names = as_matrix(X)
    outcome = as_outcome(y, len(array))
    named = is_frame(X) and len(set(names)) == len(names)
    return array, names if named else (), outcome.codes, outcome.classes


def _named(array: NDArray[Any], names: tuple[str, ...]) -> Any:
    """A frame around the array, without a copy, so that warnings name columns."""
    return pd.DataFrame(array, columns=list(names), copy=False) if names else array
