"""What each row leaves unexplained, in several units.

With a successes and b failures of a row (weights included), m = a + b, and eta its log-odds:

    response    a / m - mu
    pearson     (a - m mu) / sqrt(m mu (1 - mu)) = (a exp(-eta/2) - b exp(eta/2)) / sqrt(m)
    deviance    sign(a - m mu) sqrt(2 [a log(a / (m mu)) + b log(b / (m (1 - mu)))])

Functions of eta, never of 1 - mu: they stay right where mu rounds to 0 or 1.
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., section 2.4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..result import LogitFit
from .observed import observe

__all__ = ["deviance_residuals", "pearson_residuals", "residuals", "score_residuals"]

Floats = NDArray[np.float64]


def score_residuals(eta: Floats, success: Floats, failure: Floats) -> Floats:
    """(n,) a - m mu = a (1 - mu) - b mu: a row's part of the gradient, per unit of a column.

    >>> score_residuals(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 3.0]))
    array([ 0.5, -1.5])
    """
    z = np.exp(-np.abs(eta))
    upper = np.where(eta >= 0.0, 1.0, z) / (1.0 + z)
    lower = np.where(eta >= 0.0, z, 1.0) / (1.0 + z)
    return np.asarray(success * lower - failure * upper)


def pearson_residuals(eta: Floats, success: Floats, failure: Floats) -> Floats:
    """(n,) residuals in standard deviations of the row's outcome; 0 at weight 0.

    >>> pearson_residuals(np.array([0.0, 100.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    array([ 1.00000000e+00, -5.18470553e+21])
    """
    weight = success + failure
    with np.errstate(over="ignore", invalid="ignore"):
        above = np.where(success > 0.0, success * np.exp(-0.5 * eta), 0.0)
        below = np.where(failure > 0.0, failure * np.exp(0.5 * eta), 0.0)
        return (above - below) / np.sqrt(np.where(weight > 0.0, weight, 1.0))


def deviance_residuals(eta: Floats, success: Floats, failure: Floats) -> Floats:
    """(n,) signed roots of the row's part of the deviance; 0 at weight 0.

    >>> deviance_residuals(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0])).round(6)
    array([ 1.17741, -1.17741])
    """
    residual = score_residuals(eta, success, failure)
    part = success * np.logaddexp(0.0, -eta) + failure * np.logaddexp(0.0, eta)
    both = (success > 0.0) & (failure > 0.0)
    if both.any():
        a, b, r = success[both], failure[both], residual[both]
        m = a + b
        # far from a perfect prediction as a difference; near it, where that would cancel, as
        # a log(a / (a - r)) + b log(b / (b + r)) less the first-order terms, which sum to 0
        far = part[both] + a * np.log(a / m) + b * np.log(b / m)
        near = a * _log_gap(-r / a) + b * _log_gap(r / b)
        part[both] = np.where(np.abs(r) < 0.5 * np.minimum(a, b), near, far)
    return np.sign(residual) * np.sqrt(2.0 * np.maximum(part, 0.0))


def _log_gap(u: Floats) -> Floats:
    """u - log(1 + u) >= 0, by its series where the difference would cancel."""
    series = np.zeros_like(u)
    for power in range(16, 1, -1):
        series = u * (series + (1.0 if power % 2 == 0 else -1.0) / power)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(u) < 0.05, u * series, u - np.log1p(u))


def residuals(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """How far is each outcome from its prediction?

    Parameters
    ----------
    fit : the fit; separated and penalised ones too.
    X, y, sample_weight, offset, n_trials : rows, as in `lc.fit`; the fit's own or new ones.

    Returns
    -------
    DataFrame of n rows: probability; response (probability units); pearson (standard deviations
    of the outcome; squares sum to Pearson's chi-squared); deviance (squares sum to the deviance).
    A row of weight m counts as its m copies together; at weight 0 pearson and deviance are 0.

    Notes
    -----
    A row's Pearson and deviance residual of a 0/1 outcome takes one of two values, so their
    scatter shows two curves whatever the fit: see `binned_residuals`. `influence` has the
    standardised ones. Two passes over the data.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> lc.diagnostics.residuals(lc.fit(X, y), X, y).round(4)
       probability  response  pearson  deviance
    0       0.2039   -0.2039  -0.5060   -0.6753
    1       0.3884    0.6116   1.2549    1.3753
    2       0.6116   -0.6116  -1.2549   -1.3753
    3       0.7961    0.2039   0.5060    0.6753
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    eta, (success, failure) = seen.log_odds, seen.outcome
    weight = success + failure
    response = score_residuals(eta, success, failure) / np.where(weight > 0.0, weight, 1.0)
    columns = {
        "probability": seen.probability,
        "response": response,
        "pearson": pearson_residuals(eta, success, failure),
        "deviance": deviance_residuals(eta, success, failure),
    }
    return pd.DataFrame(columns, index=seen.index)
