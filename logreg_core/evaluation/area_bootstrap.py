"""How much would the area under the ROC curve vary from sample to sample? By resampling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError
from ..metrics.curves import ranking
from ..option_checks import check_options
from .area import AucInterval, area_of, components

__all__ = ["auc_bootstrap"]

FEWEST = 20  # resamples below which a tail of 2.5 % is less than one of them


def auc_bootstrap(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    n_resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
    callback: Callable[[int, int], None] | None = None,
) -> AucInterval:
    """Between which ends does the area lie, without a formula for its variance?

    Rows of each class are drawn with replacement, as many as there are (stratified: the area is
    a statement about pairs, and its class sizes are fixed); the ends are percentiles of the
    resampled areas, the std error is their standard deviation.

    Parameters
    ----------
    y_true, y_score, pos_label : as in :func:`auc_interval`
    n_resamples : how many times to draw
    seed : of NumPy's PCG64 generator: the same ends on every machine
    level : of the interval
    sample_weight : (n,) whole numbers: weight 2 is the row twice
    callback : called with (resamples done, resamples in all) after each

    Returns
    -------
    AucInterval, method "bootstrap"

    Raises
    ------
    DataError
        As in :func:`auc_interval`; weights that are not whole numbers, fewer than 20 resamples.

    Notes
    -----
    One sort in all: a resample only counts anew how often each row was drawn, some 20
    nanoseconds a row (19,000 rows, 2,000 times: about a second). The intervals of DeLong are
    found at once and agree with it except in small samples.

    References
    ----------
    J. Carpenter, J. Bithell (2000), Bootstrap confidence intervals: when, which, what?,
    Statistics in Medicine 19, 1141-1164

    Examples
    --------
    >>> found = auc_bootstrap([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], n_resamples=200)
    >>> round(found.auc, 4), 0 <= found.lower < found.auc <= found.upper <= 1
    (0.8889, True)
    """
    check_options(level=level, callback=callback)
    if n_resamples < FEWEST:
        raise DataError(
            f"n_resamples is {n_resamples}", f"at least {FEWEST}",
            "the tails hold less than one resample", "leave it at 2000",
            argument="n_resamples", value=n_resamples,
        )  # fmt: skip
    ranked = ranking(y_true, y_score, sample_weight, pos_label, 2, "y_score")
    auc, positives, negatives = area_of(ranked)
    groups, _ = components(ranked)
    members = [_members(count) for count in groups]
    n_groups = len(groups[0])
    generator = np.random.Generator(np.random.PCG64(seed))
    areas = np.empty(n_resamples)
    for i in range(n_resamples):
        high, low = (_drawn(generator, group, n_groups) for group in members)
        # each negative is beaten by the positives above it, and half by those beside it
        twice = int(low @ (2 * np.cumsum(high) - high))
        areas[i] = twice / (2 * len(members[0]) * len(members[1]))
        if callback is not None:
            callback(i + 1, n_resamples)
    tail = (1 - level) / 2
    lower, upper = np.quantile(areas, [tail, 1 - tail])
    return AucInterval(
        auc, float(areas.std(ddof=1)), float(lower), float(upper), level,
        "bootstrap", "none", positives, negatives,
    )  # fmt: skip


def _members(count: NDArray[np.float64]) -> NDArray[np.int64]:
    """The group of every row of a class."""
    whole = count.astype(np.int64)
    if not np.array_equal(whole, count):
        raise DataError(
            "the weights are not whole numbers",
            "frequencies: how often each row is to count",
            "a fraction of a row cannot be drawn",
            "use auc_interval, or pass whole numbers",
            argument="sample_weight",
        )
    return np.repeat(np.arange(len(whole)), whole)


def _drawn(
    generator: np.random.Generator, group: NDArray[np.int64], n_groups: int
) -> NDArray[np.int64]:
    """How often each group is met in as many draws as there are rows."""
    drawn = group[generator.integers(0, len(group), len(group))]
    return np.bincount(drawn, minlength=n_groups)
