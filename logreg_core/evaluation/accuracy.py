"""Is the accuracy more than calling every row by the more frequent class gives?"""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from ..metrics.table import label_table
from ..option_checks import check_options
from ..proportions import upper_tail, wilson_interval

__all__ = ["Accuracy", "accuracy_test"]


@dataclass(frozen=True)
class Accuracy:
    """The accuracy with its interval, beside the no-information rate.

    accuracy, lower, upper: share of rows called right and its Wilson interval at ``level``;
    no_information_rate: share of the most frequent class in the same rows; p_value: of so many
    rows or more called right if the true accuracy were that rate (exact binomial, one-sided).
    """

    n_rows: int
    n_right: int
    accuracy: float
    lower: float
    upper: float
    level: float
    no_information_rate: float
    p_value: float

    def __str__(self) -> str:
        return (
            f"accuracy {self.accuracy:.1%} ({self.level:.0%} interval {self.lower:.1%} to "
            f"{self.upper:.1%}); calling every row by the more frequent class gives "
            f"{self.no_information_rate:.1%} (that it is no better: p = {self.p_value:.2g})"
        )


def accuracy_test(y_true: ArrayLike, y_pred: ArrayLike, *, level: float = 0.95) -> Accuracy:
    """How accurate is it, how sure is that, and does it beat knowing nothing?

    P(X >= right), X binomial with n trials at the no-information rate.

    Parameters
    ----------
    y_true, y_pred : (n,) labels: integers, booleans, whole floats or text
    level : of the Wilson interval

    Returns
    -------
    Accuracy

    Raises
    ------
    DataError
        As in :func:`logreg_core.metrics.confusion_matrix`; a level outside 0 to 1.

    Notes
    -----
    The no-information rate is that of the rows judged, and is taken as known (as caret does in
    R): where the classes are about even the p-value is a little too small. There are no weights:
    an exact test counts rows. One pass.

    Examples
    --------
    >>> print(accuracy_test([0, 0, 0, 1, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1, 1, 1]))
    accuracy 87.5% (95% interval 52.9% to 97.8%); calling every row by the more frequent class \
gives 62.5% (that it is no better: p = 0.14)
    """
    check_options(level=level)
    counts = label_table(y_true, y_pred).counts
    n_rows, n_right = int(counts.sum()), int(counts.trace())
    most = int(counts.sum(axis=1).max())
    lower, upper = wilson_interval(n_right, n_rows, level)
    rate = most / n_rows
    return Accuracy(
        n_rows, n_right, n_right / n_rows, lower, upper, level, rate,
        upper_tail(n_right, n_rows, rate),
    )  # fmt: skip
