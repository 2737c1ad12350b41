"""The Brier score taken apart: how honest, how sharp, how hard.

    mean (y - mu)^2 = reliability - resolution + uncertainty + within

over groups of rows of similar probability: Murphy (1973), Journal of Applied Meteorology 12,
595-600, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2; the last term, which vanishes when
probabilities do not differ within a group, as in Stephenson, Coelho and Jolliffe (2008), Weather
and Forecasting 23, 752-757, doi:10.1175/2007WAF2006116.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..result import LogitFit
from .grouping import Grouping, group_rows
from .observed import observe

__all__ = ["BrierDecomposition", "brier_decomposition"]


@dataclass(frozen=True)
class BrierDecomposition:
    """score = reliability - resolution + uncertainty + within (all squared probabilities).

    reliability: mean square gap between prediction and share in a group, 0 is best; resolution:
    variance of the groups' shares, the more the better; uncertainty: that of the outcome;
    within: variance less twice the covariance with the outcome, inside groups; skill: 1 -
    score / uncertainty, the share of the base rate's score that the model saves.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    skill: float
    n_groups: int

    def __str__(self) -> str:
        return (
            f"Brier score {self.score:.6g} = reliability {self.reliability:.3g} - resolution "
            f"{self.resolution:.3g} + uncertainty {self.uncertainty:.6g} + within "
            f"{self.within:.2g} ({self.n_groups} groups); skill {self.skill:.3g}"
        )


def brier_decomposition(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    groups: int | Sequence[float] | None = 10,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> BrierDecomposition:
    """Is a Brier score bad because predictions are off, or because the outcome is hard?

    Parameters
    ----------
    fit, X, y, sample_weight, offset, n_trials : any fit; rows, new ones or its own.
    groups : number (quantiles of the probability, ties together) or sizes; None makes a group of
        every different probability, where Murphy's three terms are exact.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> found = lc.diagnostics.brier_decomposition(lc.fit(X, y), X, y, groups=3)
    >>> round(found.score, 4), round(found.reliability, 4), round(found.resolution, 4)
    (0.1832, 0.0025, 0.0417)
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    mu, (success, failure) = seen.probability, seen.outcome
    weight = success + failure
    total = float(weight.sum())
    grouping = _distinct(mu, weight) if groups is None else group_rows(mu, weight, groups)
    size, hits = grouping.sums(weight), grouping.sums(success)
    held = size > 0.0
    size, hits = size[held], hits[held]
    share, mean = hits / size, grouping.sums(weight * mu)[held] / size
    rate = float(success.sum()) / total
    score = float(np.sum(success * (1.0 - mu) ** 2 + failure * mu**2)) / total
    reliability = float(np.sum(size * (mean - share) ** 2)) / total
    resolution = float(np.sum(size * (share - rate) ** 2)) / total
    uncertainty = rate * (1.0 - rate)
    whole_mean = np.zeros(grouping.n_groups)
    whole_mean[held] = mean
    from_mean = np.where(grouping.codes >= 0, mu - whole_mean[grouping.codes], 0.0)
    whole_share = np.zeros(grouping.n_groups)
    whole_share[held] = share
    excess = success - weight * np.where(grouping.codes >= 0, whole_share[grouping.codes], 0.0)
    within = float(np.sum(weight * from_mean**2 - 2.0 * from_mean * excess)) / total
    return BrierDecomposition(
        score, reliability, resolution, uncertainty, within,
        1.0 - score / uncertainty if uncertainty else float("nan"), int(held.sum()),
    )  # fmt: skip


def _distinct(mu: NDArray[np.float64], weight: NDArray[np.float64]) -> Grouping:
    """A group of every different probability."""
    values, codes = np.unique(mu, return_inverse=True)
    codes = np.where(weight > 0.0, codes, -1).astype(np.int64)
    return Grouping(codes, len(values), len(values))
