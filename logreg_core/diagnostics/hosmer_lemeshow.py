"""Do groups of rows of similar probability have as many successes as predicted?

    C = sum over groups of (O - E)^2 / (E (1 - E / m)),   chi-squared with groups - 2 df

O successes observed, E = sum of mu, m weight of a group. Hosmer and Lemeshow (1980),
Communications in Statistics A9, 1043-1069, doi:10.1080/03610928008827941.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..result import LogitFit
from .grouping import Grouping, group_rows
from .observed import Observed, observe

__all__ = ["HosmerLemeshow", "hosmer_lemeshow", "hosmer_lemeshow_of"]

OVERPOWERED = 25_000  # rows beyond which Paul et al. (2013) advise against the test
SMALL = 5.0  # an expected count below this makes the chi-squared distribution doubtful


@dataclass(frozen=True, eq=False)
class HosmerLemeshow:
    """statistic and p_value (chi-squared with df degrees of freedom); table: a row a group, lower
    and upper (probabilities), weight, observed and expected successes; notes: what to mind."""

    statistic: float
    df: int
    p_value: float
    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        head = (
            f"Hosmer-Lemeshow: chi-squared {self.statistic:.4f}, df {self.df}, p {self.p_value:.4g}"
        )
        table = self.table.to_string(float_format=lambda v: f"{v:.4g}")
        return "\n".join([head, *self.notes, "", table])


def hosmer_lemeshow(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    groups: int | Sequence[float] = 10,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> HosmerLemeshow:
    """Do predicted and observed counts agree along the scale of probability?

    Parameters
    ----------
    fit : any fit.
    X, y, sample_weight, offset, n_trials : rows, the fit's own or new ones.
    groups : how many (by quantiles of the probability: rows of equal probability stay together,
        so groups may be unequal or fewer), or their sizes from the lowest probability up (then
        equal probabilities are parted in the order of the rows).

    Returns
    -------
    HosmerLemeshow
        With groups - 2 degrees of freedom on the rows of the fit, groups on new rows.

    Notes
    -----
    The figure depends on the grouping: Stata, SAS and R packages differ in their ties, so state
    yours. It has little power at a few hundred rows and rejects any model at many: beyond 25,000
    rows read the calibration table instead (Paul, Pennell and Lemeshow 2013, Statistics in
    Medicine 32, 67-80, doi:10.1002/sim.5525). One pass and a partial sort.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> found = lc.diagnostics.hosmer_lemeshow(lc.fit(X, y), X, y, groups=4)
    >>> round(found.statistic, 4), found.df, round(found.p_value, 4)
    (2.4515, 2, 0.2935)
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return hosmer_lemeshow_of(seen, groups)


def hosmer_lemeshow_of(seen: Observed, groups: int | Sequence[float] = 10) -> HosmerLemeshow:
    """The test for rows already matched with their fit."""
    from scipy.special import chdtrc

    mu, (success, failure) = seen.probability, seen.outcome
    weight = success + failure
    grouping = group_rows(mu, weight, groups)
    size, observed = grouping.sums(weight), grouping.sums(success)
    expected, spare = grouping.sums(weight * mu), grouping.sums(weight * (1.0 - mu))
    lower, upper = grouping.ends(mu)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = (observed - expected) ** 2 / (expected * spare / size)
    parts = np.where(observed == expected, 0.0, parts)
    statistic = float(parts.sum())
    df = max(grouping.n_groups - 2 * int(seen.own_rows), 0)
    table = pd.DataFrame(
        {
            "lower": lower, "upper": upper, "weight": size,
            "observed": observed, "expected": expected, "chi_squared": parts,
        },
        index=pd.RangeIndex(1, grouping.n_groups + 1, name="group"),
    )  # fmt: skip
    p_value = float(chdtrc(df, statistic)) if df > 0 else float("nan")
    notes = _notes(seen, grouping, table, float(spare.min()))
    return HosmerLemeshow(statistic, df, p_value, table, notes)


def _notes(
    seen: Observed, grouping: Grouping, table: pd.DataFrame, least_failures: float
) -> tuple[str, ...]:
    notes = []
    if not seen.own_rows:
        notes.append("New rows: nothing was estimated from them, so df = groups.")
    if grouping.n_groups < grouping.n_asked:
        notes.append(
            f"{grouping.n_groups} groups instead of {grouping.n_asked}: equal probabilities stay "
            "together."
        )
    if grouping.n_split:
        notes.append(
            f"{grouping.n_split} rows of equal probability lie on both sides of a cut, parted in "
            "the order of the rows: another order gives another figure."
        )
    if grouping.n_groups <= 2 and seen.own_rows:
        notes.append("Too few groups to test: no degree of freedom is left.")
    least = min(float(table["expected"].min()), least_failures)
    if least < SMALL:
        notes.append(f"The smallest expected count is {least:.2g}: the p-value is rough.")
    total = float(table["weight"].sum())
    if total > OVERPOWERED:
        share = float((np.abs(table["observed"] - table["expected"]) / table["weight"]).max())
        notes.append(
            f"Over-powered: with {total:,.0f} rows it rejects models whose faults do not matter. "
            f"The largest gap between a group's share and its prediction is {share:.2g}: judge "
            "that."
        )
    return tuple(notes)
