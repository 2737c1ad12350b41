"""Rows in groups of about equal weight, in order of a value: the grid that calibration is read on.

Group j of g takes the values above the (j - 1)/g quantile and up to the j/g quantile (R's
quantile type 7, cut closed on the right). So rows of equal value are never told apart, and groups
may be unequal, or fewer than asked for, where values are tied. A row of weight m counts as m rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError

__all__ = ["Grouping", "group_rows"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grouping:
    """codes (n,): group of each row, 0 to n_groups - 1, in order of the values; -1 at weight 0.

    n_asked: groups asked for; n_split: rows parted from rows of the same value, which only sizes
    given by the caller do.
    """

    codes: NDArray[np.int64]
    n_groups: int
    n_asked: int
    n_split: int = 0

    def sums(self, values: Floats) -> Floats:
        """(n_groups,) sums of one number a row."""
        used = self.codes >= 0
        if not used.all():
            return np.asarray(np.bincount(self.codes[used], values[used], self.n_groups), float)
        return np.asarray(np.bincount(self.codes, values, self.n_groups), float)

    def ends(self, values: Floats) -> tuple[Floats, Floats]:
        """(n_groups,) least and greatest value of each group."""
        low, high = np.full(self.n_groups, np.inf), np.full(self.n_groups, -np.inf)
        used = self.codes >= 0
        np.minimum.at(low, self.codes[used], values[used])
        np.maximum.at(high, self.codes[used], values[used])
        return low, high


def group_rows(values: Floats, weight: Floats, groups: int | Sequence[float]) -> Grouping:
    """Cut rows into groups by value: a number of groups, or their sizes from the lowest value up.

    Raises
    ------
    DataError
        Fewer than 1 group; sizes that do not sum to the total weight.

    Examples
    --------
    >>> group_rows(np.array([0.1, 0.2, 0.2, 0.4]), np.ones(4), 2).codes
    array([0, 0, 0, 1])
    >>> group_rows(np.array([0.1, 0.2, 0.2, 0.4]), np.ones(4), [2, 2]).codes
    array([0, 0, 1, 1])
    """
    if isinstance(groups, int | np.integer) and not isinstance(groups, bool):
        if groups < 1:
            raise _unusable(groups)
        return _by_quantile(values, weight, int(groups))
    try:
        sizes = np.asarray(groups, dtype=np.float64)
    except (TypeError, ValueError):
        raise _unusable(groups) from None
    if sizes.ndim != 1 or not len(sizes) or not (sizes > 0).all():
        raise _unusable(groups)
    total = float(weight.sum())
    if abs(float(sizes.sum()) - total) > 1e-9 * total:
        raise DataError(
            f"the groups' sizes sum to {sizes.sum():g}",
            f"the weight of the rows, {total:g}",
            "rows would be left over, or lacking",
            "correct the sizes, or give the number of groups",
            argument="groups",
        )
    return _by_size(values, weight, sizes)


def _unusable(groups: Any) -> DataError:
    return DataError(
        f"groups is {groups!r:.60}",
        "a number of groups, 1 or more, or their sizes",
        "the rows cannot be grouped so",
        "correct groups",
        argument="groups",
    )


def _by_quantile(values: Floats, weight: Floats, n_groups: int) -> Grouping:
    used = weight > 0.0
    everything = bool(used.all())
    counted = values if everything else values[used]
    shares = np.arange(1, n_groups) / n_groups
    unit = everything and float(weight.min()) == 1.0 == float(weight.max())
    cuts = np.quantile(counted, shares) if unit else _quantiles(counted, weight[used], shares)
    codes = np.searchsorted(cuts, counted, side="left")
    present = np.bincount(codes, minlength=n_groups) > 0
    codes = (np.cumsum(present) - 1)[codes]
    if not everything:
        whole = np.full(len(values), -1, dtype=np.int64)
        whole[used] = codes
        codes = whole
    return Grouping(codes.astype(np.int64, copy=False), int(present.sum()), n_groups)


def _quantiles(values: Floats, weight: Floats, shares: Floats) -> Floats:
    """Type 7 quantiles of the sample in which a value of weight m stands m times."""
    order = np.argsort(values, kind="stable")
    ranked, upto = values[order], np.cumsum(weight[order])
    place = np.maximum(upto[-1] - 1.0, 0.0) * shares
    lower = np.floor(place)
    slack = 1e-9  # sums of weights carry rounding
    at = np.minimum(np.searchsorted(upto, lower + slack, side="right"), len(ranked) - 1)
    after = np.minimum(np.searchsorted(upto, lower + 1.0 + slack, side="right"), len(ranked) - 1)
    return np.asarray(ranked[at] + (ranked[after] - ranked[at]) * (place - lower))


def _by_size(values: Floats, weight: Floats, sizes: Floats) -> Grouping:
    """Rows in order of value, equal values in the order given; a row goes where its middle lies."""
    order = np.argsort(values, kind="stable")
    order = order[weight[order] > 0.0]
    middle = np.cumsum(weight[order]) - 0.5 * weight[order]
    codes = np.searchsorted(np.cumsum(sizes)[:-1], middle, side="right")
    ranked = values[order]
    edges = np.flatnonzero((np.diff(codes) > 0) & (np.diff(ranked) == 0.0))
    n_split = int(sum((ranked == ranked[i]).sum() for i in edges))
    whole = np.full(len(values), -1, dtype=np.int64)
    whole[order] = codes
    return Grouping(whole, len(sizes), len(sizes), n_split)
