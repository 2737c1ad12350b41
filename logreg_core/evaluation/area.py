"""How sure is the area under the ROC curve, and do two scores differ in it? DeLong's way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError, LogregWarning
from ..metrics.checks import check_choice, column, score_column, weight_column
from ..metrics.curves import ranking
from ..metrics.order import Ranking
from ..metrics.outcome import positive_rows
from ..option_checks import check_options
from ..tails import critical_value, two_sided

__all__ = ["AucDifference", "AucInterval", "auc_difference", "auc_interval"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AucInterval:
    """The area under the ROC curve with its std error and interval.

    auc, lower, upper: shares of pairs ranked right; method: "delong" or "bootstrap"; transform:
    the scale on which the interval is symmetric, "none" (the area itself) or "logit".
    n_positive, n_negative: rows, or weights.
    """

    auc: float
    std_error: float
    lower: float
    upper: float
    level: float
    method: str
    transform: str
    n_positive: float
    n_negative: float


@dataclass(frozen=True)
class AucDifference:
    """Area of one score less that of another on the same rows: Wald test and interval."""

    auc: float
    other_auc: float
    difference: float
    std_error: float
    lower: float
    upper: float
    level: float
    z: float
    p_value: float


def auc_interval(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    level: float = 0.95,
    transform: str = "none",
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
) -> AucInterval:
    """Between which ends does the area under the ROC curve lie?

    A row's component v is the share of the other class that it beats (a tie is half a win); the
    area is their mean in either class, and its variance is
    sum+ (v - AUC)^2 / (P (P - 1)) + sum- (v - AUC)^2 / (N (N - 1)) over P positive and N
    negative rows.

    Parameters
    ----------
    y_true : (n,) labels of two classes
    y_score : (n,) finite scores: probabilities, log-odds or anything that ranks
    level : of the interval
    transform : "none" gives auc -+ q std_error, cut off at 0 and 1 (as pROC in R); "logit" takes
        the interval of log(auc / (1 - auc)) and maps it back: better near 0 and 1
    sample_weight : (n,) frequencies: weight 2 is the row twice. Survey or importance weights
        need another variance and must not be passed
    pos_label : the positive class; None takes 1 where labels are {0, 1} or {-1, 1}

    Returns
    -------
    AucInterval

    Raises
    ------
    DataError
        Fewer than two rows of a class, more than two classes, a score that is not finite.

    Warns
    -----
    LogregWarning
        The area is 0 or 1: its variance is estimated as 0 and the ends are NaN.

    Notes
    -----
    O(n log n): one radix sort, whose groups of tied scores are all that midranks need (Sun and
    Xu). 48 bytes a row of working memory.

    References
    ----------
    E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson (1988), doi:10.2307/2531595;
    X. Sun, W. Xu (2014), doi:10.1109/LSP.2014.2337313

    Examples
    --------
    >>> found = auc_interval([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    >>> round(found.auc, 4), round(found.std_error, 4)
    (0.8889, 0.1571)
    >>> round(found.lower, 4), found.upper
    (0.5809, 1.0)
    """
    check_options(level=level)
    check_choice(transform, ("none", "logit"), "transform")
    ranked = ranking(y_true, y_score, sample_weight, pos_label, 2, "y_score")
    auc, positives, negatives = area_of(ranked)
    groups, wins = components(ranked)
    variance = _variance(groups[0], wins[0] - auc) + _variance(groups[1], wins[1] - auc)
    error = math.sqrt(variance)
    lower, upper = interval(auc, error, level, transform)
    return AucInterval(
        auc, error, lower, upper, level, "delong", transform, positives, negatives
    )  # fmt: skip


def area_of(ranked: Ranking) -> tuple[float, Any, Any]:
    """The area, positives and negatives: whole numbers where rows count once.

    Raises
    ------
    DataError
        When a class has fewer than two rows: nothing says then how much it varies.
    """
    positives, negatives, twice = ranked.wins()
    for name, count in (("positive", positives), ("negative", negatives)):
        if count <= 1:
            raise DataError(
                f"the {name} class has {count:g} row{'s' * (count != 1)}",
                "at least two of each class",
                "its rows do not say how much they vary",
                "judge on more rows",
                count=count,
            )
    return float(twice / (2 * positives * negatives)), positives, negatives


def components(ranked: Ranking) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Per distinct score, falling: rows of either class (positive first), and their components.

    The components of positives are shares of the negatives below, those of negatives are shares
    of the positives above, ties as halves.
    """
    fps, tps, _ = ranked.curve()
    negatives, positives = np.diff(fps, prepend=0.0), np.diff(tps, prepend=0.0)
    below = ((fps[-1] - fps) + negatives / 2) / fps[-1]
    above = (tps - positives / 2) / tps[-1]
    return (positives, negatives), (below, above)


def _variance(count: Floats, from_mean: Floats) -> float:
    """Of a mean over rows: each value ``count`` times."""
    total = float(count.sum())
    return float((count * from_mean**2).sum()) / (total - 1) / total


def interval(auc: float, error: float, level: float, transform: str) -> tuple[float, float]:
    """The ends of the Wald interval, inside 0 to 1; NaN and a warning where the error is 0."""
    if not 0 < auc < 1:
        import warnings

        warnings.warn(
            LogregWarning(
                f"the area is {auc:g}: the scores separate the classes",
                "classes that overlap",
                "the variance is estimated as 0 and says nothing; the interval is NaN",
                "judge on more rows, or look at the smallest gap between the classes",
            ),
            stacklevel=3,
        )
        return math.nan, math.nan
    q = critical_value(level)
    if transform == "none":
        return max(auc - q * error, 0.0), min(auc + q * error, 1.0)
    log_odds = math.log(auc) - math.log1p(-auc)
    half = q * error / (auc * (1 - auc))
    return _sigmoid(log_odds - half), _sigmoid(log_odds + half)


def _sigmoid(eta: float) -> float:
    return 1 / (1 + math.exp(-eta)) if eta >= 0 else math.exp(eta) / (1 + math.exp(eta))


def auc_difference(
    y_true: ArrayLike,
    y_score: ArrayLike,
    other_score: ArrayLike,
    *,
    level: float = 0.95,
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
) -> AucDifference:
    """Does one score rank the same rows better than another?

    The components of :func:`auc_interval` are subtracted row by row; the mean of the differences
    is the difference of the areas, and its variance follows as there: both scores are seen on the
    same rows and vary together.

    Parameters
    ----------
    y_true, level, sample_weight, pos_label : as in :func:`auc_interval`
    y_score, other_score : (n,) finite scores of the same rows

    Returns
    -------
    AucDifference

    Raises
    ------
    DataError
        As in :func:`auc_interval`.

    Notes
    -----
    For two models where one holds the other's columns, fitted to these very rows, the test is
    not valid (its null distribution is not normal): use a likelihood-ratio test. Two sorts.

    References
    ----------
    E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson (1988), doi:10.2307/2531595;
    O. V. Demler, M. J. Pencina, R. B. D'Agostino (2012), doi:10.1002/sim.5328

    Examples
    --------
    >>> y, a, b = [0, 0, 1, 0, 1, 1], [1, 2, 3, 4, 5, 6], [2, 1, 3, 6, 5, 4]
    >>> found = auc_difference(y, a, b)
    >>> round(found.difference, 4), round(found.p_value, 4)
    (0.2222, 0.3711)
    """
    check_options(level=level)
    true, weight = column(y_true, "y_true"), weight_column(sample_weight)
    _, positive = positive_rows(true, pos_label)
    ones = np.ones(len(true)) if weight is None else np.asarray(weight, dtype=np.float64)
    areas, shares = [], []
    for name, score in (("y_score", y_score), ("other_score", other_score)):
        ranked = ranking(y_true, score, sample_weight, pos_label, 2, name)
        areas.append(area_of(ranked)[0])
        shares.append(_by_row(ranked, score_column(score, name), positive))
    difference = areas[0] - areas[1]
    apart = shares[0] - shares[1] - difference
    variance = sum(_variance(ones[rows], apart[rows]) for rows in (positive == 1, positive == 0))
    error = math.sqrt(variance)
    z = difference / error if error else (0.0 if difference == 0 else math.nan)
    q = critical_value(level)
    return AucDifference(
        areas[0], areas[1], difference, error, difference - q * error, difference + q * error,
        level, z, float(two_sided(np.array([z]))[0]),
    )  # fmt: skip


def _by_row(ranked: Ranking, score: NDArray[Any], positive: NDArray[np.uint8]) -> Floats:
    """(n,) component of each row, in the order of the rows."""
    cuts = ranked.curve()[2]
    _, (below, above) = components(ranked)
    # a row of weight 0 is not ranked and may have no group: it counts nothing anyway
    rising = np.searchsorted(cuts[::-1], np.asarray(score, dtype=np.float64))
    group = len(cuts) - 1 - np.minimum(rising, len(cuts) - 1)
    shares: Floats = np.where(positive == 1, below[group], above[group])
    return shares
