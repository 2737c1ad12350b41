"""Which of a million rows does the fit hang on? The measures of `influence`, read span by span
and kept only where they are large: no table of all rows is ever made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..blocks import Span
from ..errors import DataError
from ..result import LogitFit
from .influence import rows_influence, span_outcome, turn
from .observed import Observed, observe
from .residuals import pearson_residuals

__all__ = ["InfluenceSummary", "influence_summary"]

Floats = NDArray[np.float64]

QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0)


@dataclass(frozen=True, eq=False)
class InfluenceSummary:
    """What `influence_summary` found.

    Attributes
    ----------
    largest : DataFrame of the rows of largest Cook's distance, largest first, index the row's
        number in X: cooks_distance, leverage, standardised_pearson, probability, success (the
        share of successes: 1 or 0 for a 0/1 outcome), weight.
    dfbetas : DataFrame, a row a coefficient: largest |DFBETAS| and the row it belongs to.
    leverage : Series of quantiles of the leverages of the rows that count, index 0 to 1.
    counts : DataFrame, a row a rule of thumb: threshold, rows above it, share of the rows.
    n_rows, n_parameters : rows of positive weight, coefficients estimated.
    mean_leverage : parameters / rows, or the effective number of parameters / rows under l2.
    """

    largest: pd.DataFrame
    dfbetas: pd.DataFrame
    leverage: pd.Series[float]
    counts: pd.DataFrame
    n_rows: int
    n_parameters: int
    mean_leverage: float = field(default=float("nan"))

    def __str__(self) -> str:
        worst = self.largest.iloc[0]
        return "\n".join(
            [
                f"Influence of {self.n_rows:,} rows on {self.n_parameters} coefficients",
                f"largest Cook's distance {worst['cooks_distance']:.4g} in row "
                f"{self.largest.index[0]}; largest leverage {self.leverage.iloc[-1]:.4g}, "
                f"mean {self.mean_leverage:.4g}",
                "",
                self.counts.to_string(float_format=lambda v: f"{v:.4g}"),
                "",
                self.largest.to_string(float_format=lambda v: f"{v:.4g}"),
            ]
        )


class _Part(NamedTuple):
    """What one span leaves behind."""

    rows: Floats  # (up to n_largest, 7): row number first, then the columns of `largest`
    leverage: Floats
    counts: Floats
    largest: Floats
    where: NDArray[np.int64]


def influence_summary(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    n_largest: int = 10,
    threads: int | None = None,
) -> InfluenceSummary:
    """Which rows does the fit hang on, when there are too many to list?

    Parameters
    ----------
    fit : a fit with a finite maximum, penalised or not.
    X, y, sample_weight, offset, n_trials : the rows that were fitted.
    n_largest : how many rows of largest Cook's distance to name.

    Returns
    -------
    InfluenceSummary
        The same numbers as `influence`. Thresholds are conventions to sort by, not tests: Cook's
        distance 0.5 and 1 (the fit moves to the edge of about a 50 % confidence region) and
        4 / n; leverage 2 and 3 times its mean; standardised Pearson residuals 2 and 3.

    Raises
    ------
    DataError, SeparationError
        As `influence`.

    Notes
    -----
    Cost: two passes over the data, and memory for one number a row (the leverages, whose
    quantiles are exact) beside a few spans.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [9.0]], [0, 1, 0, 1, 1]
    >>> found = lc.diagnostics.influence_summary(lc.fit(X, y), X, y, n_largest=2)
    >>> found.largest[["cooks_distance", "leverage"]].round(3)  # doctest: +NORMALIZE_WHITESPACE
         cooks_distance  leverage
    row
    1             0.722     0.366
    2             0.685     0.356
    """
    if not isinstance(n_largest, int | np.integer) or n_largest < 1:
        raise DataError(
            f"n_largest is {n_largest!r:.60}",
            "a whole number, 1 or more",
            "the call cannot be meant so",
            "correct n_largest",
            option="n_largest",
        )
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return influence_summary_of(seen, int(n_largest))


def influence_summary_of(seen: Observed, n_largest: int = 10) -> InfluenceSummary:
    """The same for rows already matched with their fit."""
    seen.need_maximum("influence", penalised=True)
    seen.need_own_rows("influence")
    how, k, n = turn(seen), len(seen.beta), seen.terms.n_rows
    mean = k / n
    limits = np.array([1.0, 0.5, 4.0 / n, 2.0 * mean, 3.0 * mean, 2.0, 3.0])

    def part(item: tuple[int, Span]) -> _Part:
        first, span = item
        out = np.empty((len(span.X), 3))
        largest, where = rows_influence(seen, how, span, out, np.empty((0, k)))
        return _reduced(span, first, out, limits, n_largest, largest, where + first)

    with seen.workers() as workers:
        parts = list(workers.map(part, seen.numbered_spans()))
    rows = np.concatenate([p.rows for p in parts])
    rows = rows[np.lexsort((rows[:, 0], -np.nan_to_num(rows[:, 1], nan=np.inf)))][:n_largest]
    leverages = np.concatenate([p.leverage for p in parts])
    mean_leverage = float(leverages.mean())
    quantiles = np.quantile(leverages, QUANTILES, overwrite_input=True)
    return InfluenceSummary(
        _largest_frame(rows),
        _dfbetas_frame(seen.fit, seen.order, parts),
        pd.Series(quantiles, index=pd.Index(QUANTILES, name="quantile"), name="leverage"),
        _counts_frame(limits, np.sum([p.counts for p in parts], axis=0), n),
        n,
        k,
        mean_leverage,
    )


def _reduced(
    span: Span, first: int, out: Floats, limits: Floats, n_largest: int,
    largest: Floats, where: NDArray[np.int64],
) -> _Part:  # fmt: skip
    success, failure = span_outcome(span)
    weight = success + failure
    leverage, cooks = out[:, 1], out[:, 2]
    counted = weight > 0.0
    remain = 1.0 - leverage
    pearson = pearson_residuals(out[:, 0], success, failure)
    standard = pearson / np.sqrt(np.where(remain > 1e-12, remain, np.nan))
    size = np.abs(standard)
    counts = np.array(
        [
            *((cooks > limit).sum() for limit in limits[:3]),
            *(((leverage > limit) & counted).sum() for limit in limits[3:5]),
            *((size > limit).sum() for limit in limits[5:]),
        ],
        dtype=np.float64,
    )
    ranked = np.nan_to_num(cooks, nan=np.inf)
    many = len(cooks) > n_largest
    top = np.argpartition(ranked, -n_largest)[-n_largest:] if many else np.arange(len(cooks))
    eta = out[top, 0]
    rows = np.column_stack(
        [
            first + top, cooks[top], leverage[top], standard[top],
            1.0 / (1.0 + np.exp(-np.clip(eta, -700.0, 700.0))),
            success[top] / np.where(counted[top], weight[top], 1.0), weight[top],
        ]
    )  # fmt: skip
    # copies: views would keep every span's table alive until the end
    kept = leverage.copy() if counted.all() else leverage[counted]
    return _Part(rows, kept, counts, largest, where)


def _largest_frame(rows: Floats) -> pd.DataFrame:
    columns = (
        "cooks_distance", "leverage", "standardised_pearson", "probability", "success", "weight",
    )  # fmt: skip
    index = pd.Index(rows[:, 0].astype(np.int64), name="row")
    return pd.DataFrame(rows[:, 1:], columns=list(columns), index=index)


def _dfbetas_frame(fit: LogitFit, order: NDArray[np.intp], parts: list[_Part]) -> pd.DataFrame:
    sizes = np.stack([p.largest for p in parts])
    best = sizes.argmax(axis=0)  # the first of equal ones: the lowest row number
    columns = np.arange(sizes.shape[1])
    rows = np.stack([p.where for p in parts])[best, columns]
    back = np.argsort(order)
    names = [fit.names[i] for i in np.sort(order).tolist()]
    return pd.DataFrame(
        {"largest": sizes[best, columns][back], "row": rows[back]}, index=pd.Index(names)
    )


def _counts_frame(limits: Floats, counts: Floats, n: int) -> pd.DataFrame:
    rules = (
        "Cook's distance above 1", "Cook's distance above 0.5", "Cook's distance above 4 / n",
        "leverage above 2 times the mean", "leverage above 3 times the mean",
        "|standardised Pearson| above 2", "|standardised Pearson| above 3",
    )  # fmt: skip
    return pd.DataFrame(
        {"threshold": limits, "rows": counts.astype(np.int64), "share": counts / n},
        index=pd.Index(rules, name="rule"),
    )
