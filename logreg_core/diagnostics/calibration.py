"""Do rows given 30 % come true in 30 % of the cases? Table, intercept, slope.

Cox (1958), Biometrika 45, 562-565, doi:10.1093/biomet/45.3-4.562: refit the outcome on the
log-odds; a calibrated model has intercept 0 and slope 1. A slope below 1 says that predictions
are too extreme (overfitting).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..ascent import Status
from ..option_checks import check_options
from ..proportions import wilson_interval
from ..result import LogitFit
from .grouping import group_rows
from .observed import Observed, observe
from .refit import refit, shift

__all__ = ["Calibration", "calibration", "calibration_table"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """What `calibration` found.

    in_the_large, in_the_large_std_error: the constant (log-odds) missing when the slope is held
    at 1; intercept, slope and their std errors: of the outcome on the log-odds; statistic,
    p_value: likelihood-ratio test of intercept 0 and slope 1, 2 df; spiegelhalter_z and its
    p-value; observed, predicted: overall rates; own_rows: whether the fit was made from these;
    by_construction: whether, moreover, maximum likelihood makes intercept 0 and slope 1.
    """

    in_the_large: float
    in_the_large_std_error: float
    intercept: float
    intercept_std_error: float
    slope: float
    slope_std_error: float
    statistic: float
    p_value: float
    spiegelhalter_z: float
    spiegelhalter_p_value: float
    observed: float
    predicted: float
    own_rows: bool
    by_construction: bool

    def __str__(self) -> str:
        lines = [
            f"slope {self.slope:.4g} (std error {self.slope_std_error:.2g}), intercept "
            f"{self.intercept:.4g} ({self.intercept_std_error:.2g})",
            f"calibration in the large {self.in_the_large:.4g} ({self.in_the_large_std_error:.2g}):"
            f" observed rate {self.observed:.4g}, predicted {self.predicted:.4g}",
            f"intercept 0 and slope 1: chi-squared {self.statistic:.4g}, df 2, "
            f"p {self.p_value:.3g}; Spiegelhalter's z {self.spiegelhalter_z:.3g}, "
            f"p {self.spiegelhalter_p_value:.3g}",
        ]
        if self.by_construction:
            lines.append(
                "These are the rows of the fit: by maximum likelihood slope 1 and intercept 0 "
                "hold there by construction, and say nothing. Use rows kept aside."
            )
        elif self.own_rows:
            lines.append("These are the rows of the fit, which flatter it. Use rows kept aside.")
        return "\n".join(lines)


def calibration(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> Calibration:
    """Are predictions too high, too low, or too extreme?

    Parameters
    ----------
    fit : any fit.
    X, y, sample_weight, offset, n_trials : rows, best new ones: on its own rows a fit by maximum
        likelihood has intercept 0 and slope 1 whatever its faults.

    Returns
    -------
    Calibration

    Notes
    -----
    Spiegelhalter's z, of sum (y - mu)(1 - 2 mu), tests the Brier score against its expectation
    (1986, Statistics in Medicine 5, 421-433, doi:10.1002/sim.4780050506); it takes the
    probabilities as given, not as estimated. A slope of NaN: the new rows are separated, or all
    have the same log-odds.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> fit = lc.fit(X, [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1])
    >>> found = lc.diagnostics.calibration(fit, X, [0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1])
    >>> round(found.slope, 4), round(found.in_the_large, 4)
    (0.5558, 0.0)
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return calibration_of(seen)


def calibration_of(seen: Observed) -> Calibration:
    """The same for rows already matched with their fit."""
    eta, mu, (success, failure) = seen.log_odds, seen.probability, seen.outcome
    weight = success + failure
    total = float(weight.sum())
    constant, constant_error = shift(eta, success, failure)
    intercept = slope = intercept_error = slope_error = statistic = math.nan
    if math.isfinite(constant):
        line = refit({"log_odds": eta}, success, failure)
        if line.status is Status.CONVERGED and not line.aliased:
            (intercept, slope), (intercept_error, slope_error) = line.coef, line.std_error
            log_terms = success * np.logaddexp(0.0, -eta) + failure * np.logaddexp(0.0, eta)
            statistic = max(2.0 * (line.loglik + float(log_terms.sum())), 0.0)
    curve = weight * mu * (1.0 - mu) * (1.0 - 2.0 * mu) ** 2
    gap = (success * (1.0 - mu) - failure * mu) * (1.0 - 2.0 * mu)
    spread = math.sqrt(float(curve.sum()))
    z = float(gap.sum()) / spread if spread else math.nan
    return Calibration(
        constant, constant_error,
        float(intercept), float(intercept_error), float(slope), float(slope_error),
        statistic, math.exp(-0.5 * statistic),  # chi-squared with 2 df
        z, math.erfc(abs(z) / math.sqrt(2.0)),
        float(success.sum()) / total, float((weight * mu).sum()) / total, seen.own_rows,
        seen.own_rows and seen.fit.fit_intercept and not (seen.fit.l2 or seen.fit.penalty)
        and not seen.blocks.offset.size,
    )  # fmt: skip


def calibration_table(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    groups: int | Sequence[float] = 10,
    level: float = 0.95,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """What share came true, in groups of rows of similar probability?

    Parameters
    ----------
    fit, X, y, sample_weight, offset, n_trials : as for `hosmer_lemeshow`, new rows or old.
    groups : number, by quantiles of the probability with ties together, or sizes.
    level : of Wilson's interval for the observed share.

    Returns
    -------
    DataFrame, a row a group from the lowest probability up: rows, weight, lower and upper (range
    of the probabilities), predicted (their mean), observed (share of successes), observed_lower,
    observed_upper, inside (whether the interval holds the prediction).

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> table = lc.diagnostics.calibration_table(lc.fit(X, y), X, y, groups=3)
    >>> table[["rows", "predicted", "observed"]].round(3)  # doctest: +NORMALIZE_WHITESPACE
           rows  predicted  observed
    group
    1         4      0.188      0.25
    2         4      0.500      0.50
    3         4      0.812      0.75
    """
    check_options(level=level)
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return calibration_table_of(seen, groups, level)


def calibration_table_of(
    seen: Observed, groups: int | Sequence[float] = 10, level: float = 0.95
) -> pd.DataFrame:
    """The same for rows already matched with their fit."""
    mu, (success, failure) = seen.probability, seen.outcome
    weight = success + failure
    grouping = group_rows(mu, weight, groups)
    size = grouping.sums(weight)
    observed = grouping.sums(success) / size
    predicted = grouping.sums(weight * mu) / size
    lower, upper = grouping.ends(mu)
    low, high = wilson_interval(np.minimum(grouping.sums(success), size), size, level)
    return pd.DataFrame(
        {
            "rows": grouping.sums((weight > 0.0).astype(np.float64)).astype(np.int64),
            "weight": size,
            "lower": lower,
            "upper": upper,
            "predicted": predicted,
            "observed": observed,
            "observed_lower": low,
            "observed_upper": high,
            "inside": (low <= predicted) & (predicted <= high),
        },
        index=pd.RangeIndex(1, grouping.n_groups + 1, name="group"),
    )
