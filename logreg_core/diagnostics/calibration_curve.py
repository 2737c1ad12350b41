"""The share that comes true as a smooth function of the probability, with its uncertainty.

The outcome is refitted on a restricted cubic spline of the log-odds; what it predicts at each
probability is the curve, the diagonal is calibration. Harrell (2015), Regression Modeling
Strategies, section 2.4.5; Austin and Steyerberg (2019), Statistics in Medicine 38, 4051-4065,
doi:10.1002/sim.8281, for the indices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import DataError
from ..option_checks import check_options
from ..result import LogitFit
from ..tails import critical_value
from .observed import observe
from .refit import refit

__all__ = ["CalibrationCurve", "calibration_curve"]

Floats = NDArray[np.float64]

# Harrell's quantiles for the knots
KNOTS = {3: (0.1, 0.5, 0.9), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95)}


@dataclass(frozen=True, eq=False)
class CalibrationCurve:
    """table: predicted (probability), observed (the curve) and its interval lower, upper;
    ici, e50, e90, e_max: mean, median, 90 % quantile and maximum over the rows of
    |predicted - curve| (probability); n_knots."""

    table: pd.DataFrame
    ici: float
    e50: float
    e90: float
    e_max: float
    n_knots: int


def spline(values: Floats, knots: Floats) -> dict[str, Floats]:
    """Columns of a restricted cubic spline: linear beyond the outer knots.

    >>> sorted(spline(np.array([0.0, 1.0]), np.array([0.0, 0.5, 1.0])))
    ['linear', 'spline1']
    """
    span, last, before = knots[-1] - knots[0], knots[-1], knots[-2]

    def cube(knot: float) -> Floats:
        return np.asarray(np.maximum((values - knot) / span, 0.0) ** 3)

    columns = {"linear": values}
    for j, knot in enumerate(knots[:-2]):
        columns[f"spline{j + 1}"] = cube(knot) - (
            cube(before) * (last - knot) - cube(last) * (before - knot)
        ) / (last - before)
    return columns


def calibration_curve(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    n_knots: int = 4,
    n_points: int = 101,
    level: float = 0.95,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> CalibrationCurve:
    """How does the share that comes true run along the probability?

    Parameters
    ----------
    fit, X, y, sample_weight, offset, n_trials : any fit; rows, new ones or its own.
    n_knots : 3, 4 or 5 knots at Harrell's quantiles of the log-odds.
    n_points : points of the table, evenly spaced in log-odds over the rows' range.
    level : of the pointwise Wald interval (in log-odds, so inside 0 to 1).

    Raises
    ------
    DataError
        Too few different probabilities for the knots, or rows that separate.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> curve = lc.diagnostics.calibration_curve(lc.fit(X, y), X, y, n_knots=3, n_points=3)
    >>> curve.table.round(3)
       predicted  observed  lower  upper
    0      0.111     0.186  0.007  0.881
    1      0.500     0.412  0.087  0.837
    2      0.889     0.946  0.135  0.999
    """
    check_options(level=level)
    if n_knots not in KNOTS or not n_points >= 2:
        raise DataError(
            f"n_knots is {n_knots!r:.40}, n_points {n_points!r:.40}",
            "3, 4 or 5 knots, and at least 2 points",
            "the curve is not defined",
            "correct the two",
        )
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    eta, (success, failure) = seen.log_odds, seen.outcome
    weight = success + failure
    counted = eta[weight > 0.0]
    knots = np.quantile(counted, KNOTS[n_knots])
    if not (np.diff(knots) > 1e-9 * (1.0 + np.abs(knots[1:]))).all():
        raise DataError(
            f"the knots {', '.join(f'{v:.4g}' for v in knots)} are not all different",
            "probabilities of more different values",
            "no smooth curve runs through so few",
            "use calibration_table, or fewer knots",
        )
    curve = refit(spline(eta, knots), success, failure)
    if not curve.converged or curve.aliased:
        raise DataError(
            f"the curve's own fit ended so: {curve.status}",
            "outcomes that overlap along the log-odds",
            "no finite curve exists",
            "use calibration_table, or fewer knots",
        )
    grid = np.linspace(counted.min(), counted.max(), n_points)
    at = np.column_stack([np.ones(n_points), *spline(grid, knots).values()])
    height = at @ curve.coef
    half = critical_value(level) * np.sqrt(np.einsum("ij,jk,ik->i", at, curve.covariance, at))
    table = pd.DataFrame(
        {
            "predicted": _probability(grid),
            "observed": _probability(height),
            "lower": _probability(height - half),
            "upper": _probability(height + half),
        }
    )
    smooth = curve.coef[0] + sum(
        c * column for c, column in zip(curve.coef[1:], spline(eta, knots).values(), strict=True)
    )
    gap = np.abs(_probability(np.asarray(smooth)) - seen.probability)
    ici = float(np.sum(weight * gap) / weight.sum())
    e50, e90 = (float(v) for v in np.quantile(gap[weight > 0.0], (0.5, 0.9)))
    return CalibrationCurve(table, ici, e50, e90, float(gap[weight > 0.0].max()), n_knots)


def _probability(eta: Floats) -> Floats:
    z = np.exp(-np.abs(eta))
    return np.asarray(np.where(eta >= 0.0, 1.0, z) / (1.0 + z))
