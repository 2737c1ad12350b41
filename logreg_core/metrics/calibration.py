"""Do rows given 30 % come true in 30 % of the cases?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError
from .checks import check_choice, check_lengths, column, float_block, score_column
from .outcome import positive_rows
from .threads import map_blocks, pairwise

__all__ = ["calibration_curve"]

Floats = NDArray[np.float64]


def calibration_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    pos_label: Any = None,
    n_bins: int = 5,
    strategy: str = "uniform",
) -> tuple[Floats, Floats]:
    """Of rows given about this probability, how many were positive?

    Per bin of probabilities: share of positive rows, and mean probability.

    Parameters
    ----------
    y_true : (n,) labels of two classes
    y_prob : (n,) probability of the positive class
    pos_label : the positive class; None takes 1 where labels are {0, 1} or {-1, 1}
    n_bins : number of bins
    strategy : "uniform" (bins of equal width) or "quantile" (bins of about as many rows)

    Returns
    -------
    prob_true, prob_pred : (bins that hold rows,) share of positives and mean probability

    Raises
    ------
    DataError : more than two classes, positive class unclear, probabilities outside 0 to 1.

    Notes
    -----
    A probability on an inner edge belongs to the bin below. Two passes; "quantile" also sorts.

    Examples
    --------
    >>> calibration_curve([0, 0, 1, 1, 1], [0.1, 0.3, 0.4, 0.8, 1.0], n_bins=2)
    (array([0.33333333, 1.        ]), array([0.26666667, 0.9       ]))
    """
    check_choice(strategy, ("uniform", "quantile"), "strategy")
    if n_bins < 1:
        raise DataError(
            f"n_bins is {n_bins}", "at least one bin", "there is nothing to average over",
            "pass a positive number of bins", argument="n_bins",
        )  # fmt: skip
    true, prob = column(y_true, "y_true"), score_column(y_prob, "y_prob")
    n = check_lengths(y_true=true, y_prob=prob)
    _, positive = positive_rows(true, pos_label)
    edges = np.linspace(0.0, 1.0, n_bins + 1)
    if strategy == "quantile":
        map_blocks(lambda a, b: float_block(prob, a, b, "y_prob", 0.0, 1.0).size, n)
        edges = np.percentile(prob, edges * 100)

    def work(start: int, stop: int) -> Floats:
        p = float_block(prob, start, stop, "y_prob", 0.0, 1.0)
        bins = np.searchsorted(edges[1:-1], p)
        return np.stack(
            [
                np.bincount(bins, minlength=n_bins),
                np.bincount(bins, weights=positive[start:stop], minlength=n_bins),
                np.bincount(bins, weights=p, minlength=n_bins),
            ]
        )

    rows, positives, sums = pairwise(map_blocks(work, n), np.add)
    held = rows > 0
    return positives[held] / rows[held], sums[held] / rows[held]
