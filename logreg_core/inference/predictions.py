"""How sure is a predicted probability?  Errors and intervals, taken through the log-odds."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..formulas import sigmoid
from ..log_odds_error import log_odds_errors
from ..option_checks import check_options
from ..result import LogitFit
from ..tails import wald_interval
from .refusals import refuse_no_fit, refuse_ridge, refuse_separated

__all__ = ["predict_interval"]


def predict_interval(
    fit: LogitFit, X: Any, level: float = 0.95, *, offset: Any = None, covariance: Any = None
) -> pd.DataFrame:
    """Between which probabilities is that of each row, given how sure the coefficients are?

    The Wald interval x'b -+ q sqrt(x' C x) of the log-odds, carried to probabilities: always
    inside [0, 1], and not symmetric. It is an interval for the probability, as for the mean of
    many rows alike; the outcome of one row is 0 or 1.

    Parameters
    ----------
    X : (m, columns) rows, as for ``fit.log_odds``.
    level : of the intervals.
    offset : (m,) known part of the log-odds.
    covariance : (k, k) to use instead of the fit's own, as from `robust_covariance`.

    Returns
    -------
    DataFrame, a row a row of X (and with its index, where it is a pandas frame): probability,
    lower, upper; std_error of the probability by the delta method, p (1 - p) times that of the
    log-odds; log_odds, log_odds_error.

    Raises
    ------
    DataError
        Columns that do not match, values that are not finite.
    LogregError
        A separated fit, one with ridge, or one that did not converge.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> predict_interval(lc.fit(X, y), [[2.0], [9.0]]).round(3).iloc[:, :4]
       probability  lower  upper  std_error
    0        0.139  0.005   0.84      0.213
    1        0.999  0.032   1.00      0.006
    """
    refuse_no_fit(fit)
    check_options(level=level)
    refuse_ridge(fit, "an interval of a probability")
    refuse_separated(fit, "intervals of predictions", "use penalty='firth'")
    eta = fit.log_odds(X, offset=offset)
    error = log_odds_errors(fit, X, covariance)
    p = fit.probability(X, offset=offset)
    lower, upper = wald_interval(eta, error, level)
    index = X.index if isinstance(X, pd.DataFrame) else None
    return pd.DataFrame(
        {
            "probability": p,
            "lower": sigmoid(lower),
            "upper": sigmoid(upper),
            "std_error": p * sigmoid(-eta) * error,
            "log_odds": eta,
            "log_odds_error": error,
        },
        index=index,
    )
