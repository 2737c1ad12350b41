"""What becomes of precision and accuracy where positive rows are rarer or more frequent?"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import DataError

__all__ = ["AtPrevalence", "at_prevalence"]


@dataclass(frozen=True)
class AtPrevalence:
    """Rates of a test of known recall and specificity, at a share of positive rows.

    precision: share of positive ones among the rows flagged; negative_predictive_value: share of
    negative ones among the others (either NaN where nobody, or everybody, is flagged); accuracy
    and no_information_rate: shares of rows; the counts are of 1,000 rows.
    """

    prevalence: float
    precision: float
    negative_predictive_value: float
    accuracy: float
    no_information_rate: float
    flagged_per_1000: float
    found_per_1000: float


def at_prevalence(recall: float, specificity: float, prevalence: float) -> AtPrevalence:
    """Carry a confusion matrix over to another share of positive rows, by Bayes' theorem.

    precision = r p / (r p + (1 - s)(1 - p)) with recall r, specificity s, prevalence p

    Parameters
    ----------
    recall, specificity : shares of the positive and of the negative rows that are called right
    prevalence : share of positive rows where the rule is to be used

    Raises
    ------
    DataError
        When one of them is no number from 0 to 1.

    Notes
    -----
    It holds as long as rows of either class look like those they were measured on: upsampling
    changes the prevalence alone, another population may change all three.

    Examples
    --------
    A precision of 0.61 on a test set made half positive, at a true share of 6.29 %:

    >>> there = at_prevalence(recall=0.8382, specificity=0.4584, prevalence=0.0629)
    >>> round(there.precision, 3), round(there.accuracy, 3), round(there.no_information_rate, 3)
    (0.094, 0.482, 0.937)
    """
    given = {"recall": recall, "specificity": specificity, "prevalence": prevalence}
    for name, value in given.items():
        if not 0 <= value <= 1:
            raise DataError(
                f"{name} is {value!r}", "a share from 0 to 1", "it is no rate of rows",
                f"pass {name} as a fraction, not in percent", argument=name, value=value,
            )  # fmt: skip
    found, missed = recall * prevalence, (1 - recall) * prevalence
    false, right = (1 - specificity) * (1 - prevalence), specificity * (1 - prevalence)
    return AtPrevalence(
        prevalence=float(prevalence),
        precision=found / (found + false) if found + false else math.nan,
        negative_predictive_value=right / (right + missed) if right + missed else math.nan,
        accuracy=found + right,
        no_information_rate=max(prevalence, 1 - prevalence),
        flagged_per_1000=1000 * (found + false),
        found_per_1000=1000 * found,
    )
