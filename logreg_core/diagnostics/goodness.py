"""Is the shape of the model right? Tests without groups, the modern alternatives to
Hosmer-Lemeshow's: link test, Stukel's test, and the unweighted sum of squares.

Each asks whether a function of the fitted log-odds eta, added to the model, would improve it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..result import LogitFit
from ..tails import two_sided
from .added import add_columns
from .observed import Observed, observe
from .refit import refit

__all__ = [
    "LinkTest",
    "StukelTest",
    "SumOfSquaresTest",
    "link_test",
    "stukel_test",
    "sum_of_squares_test",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinkTest:
    """coef and std_error of the squared log-odds, beside the log-odds themselves; z and its
    p_value (Wald, as Stata's linktest prints); likelihood_ratio and its p-value (1 df)."""

    coef: float
    std_error: float
    z: float
    p_value: float
    likelihood_ratio: float
    likelihood_ratio_p_value: float


@dataclass(frozen=True)
class StukelTest:
    """score statistic with its p_value, and likelihood_ratio with its own; df: 2, or 1 where all
    probabilities lie on one side of 1/2; upper, lower: coefficients of the two tails."""

    score: float
    df: int
    p_value: float
    likelihood_ratio: float
    likelihood_ratio_p_value: float
    upper: float
    lower: float


@dataclass(frozen=True)
class SumOfSquaresTest:
    """statistic = sum (y - mu)^2, expected and std_deviation under the model, z and p_value."""

    statistic: float
    expected: float
    std_deviation: float
    z: float
    p_value: float


def link_test(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> LinkTest:
    """Do squared log-odds still explain something?

    Refits the outcome on eta and eta^2 (Stata's linktest). A significant square says that columns
    bend, interactions are missing, or the link is not the logit; it does not say which.
    Pregibon (1980), Applied Statistics 29, 15-24, doi:10.2307/2346405. Needs the rows of a fit by
    maximum likelihood; NaN where eta takes two values only. Cost: memory for two columns.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> found = lc.diagnostics.link_test(lc.fit(X, y), X, y)
    >>> round(abs(found.z), 4), round(found.p_value, 4)
    (0.4335, 0.6646)
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return link_test_of(seen)


def link_test_of(seen: Observed) -> LinkTest:
    """The test for rows already matched with their fit."""
    seen.need_maximum("a link test", penalised=False)
    seen.need_own_rows("a link test")
    eta, (success, failure) = seen.log_odds, seen.outcome
    larger = refit({"log_odds": eta, "square": eta * eta}, success, failure)
    if larger.aliased or not larger.converged:
        return LinkTest(*[math.nan] * 6)
    smaller = seen.fit.loglik - seen.constant
    if seen.blocks.offset.size:  # then the fit is no model of eta alone: compare like with like
        smaller = refit({"log_odds": eta}, success, failure).loglik
    ratio = max(2.0 * (larger.loglik - smaller), 0.0)
    coef, error = float(larger.coef[2]), float(larger.std_error[2])
    p_value = float(two_sided(np.array([coef / error]))[0])
    return LinkTest(
        coef, error, coef / error, p_value, ratio, math.erfc(math.sqrt(0.5 * ratio))
    )  # a chi-squared with 1 df is a squared normal


def stukel_test(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> StukelTest:
    """Are the tails of the probability heavier or lighter than the logistic's?

    Adds eta^2 / 2 where eta >= 0 and -eta^2 / 2 where eta < 0. Stukel (1988), Journal of the
    American Statistical Association 83, 426-431, doi:10.1080/01621459.1988.10478613. Needs the
    rows of a fit by maximum likelihood. Cost: five passes, memory for the log-odds.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> found = lc.diagnostics.stukel_test(lc.fit(X, y), X, y)
    >>> round(found.score, 4), found.df, round(found.p_value, 4)
    (0.8572, 2, 0.6514)
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return stukel_test_of(seen)


def stukel_test_of(seen: Observed, *, likelihood: bool = True) -> StukelTest:
    """The test for rows already matched with their fit."""
    seen.need_maximum("Stukel's test", penalised=False)
    seen.need_own_rows("Stukel's test")
    eta = seen.log_odds

    def tails(where: slice, X: Floats) -> Floats:
        part = eta[where]
        half = 0.5 * part * part
        return np.column_stack([np.where(part >= 0.0, half, 0.0), np.where(part < 0.0, -half, 0.0)])

    added = add_columns(seen, tails, ("upper tail", "lower tail"), likelihood=likelihood)
    return StukelTest(
        added.score, added.df, added.p_value(added.score),
        added.likelihood_ratio, added.p_value(added.likelihood_ratio),
        float(added.coef[0]), float(added.coef[1]),
    )  # fmt: skip


def sum_of_squares_test(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> SumOfSquaresTest:
    """Is the Brier score what the model itself expects?

    T = sum (y - mu)^2 has expectation sum mu (1 - mu) and, as mu was estimated, the variance
    left of sum w (1 - 2 mu)^2 after a regression of 1 - 2 mu on X with weights w = mu (1 - mu).
    The test of le Cessie, van Houwelingen, Copas and Hosmer, as in R's residuals.lrm(type="gof");
    here as the score test of 1 - 2 mu added to the model, which is the same. le Cessie and van
    Houwelingen (1991), Biometrics 47, 1267-1282, doi:10.2307/2532385; Hosmer et al. (1997),
    Statistics in Medicine 16, 965-980,
    doi:10.1002/(SICI)1097-0258(19970515)16:9<965::AID-SIM509>3.0.CO;2-O. Needs the rows of a fit
    by maximum likelihood. NaN where 1 - 2 mu is a combination of the columns (saturated models).

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1]
    >>> found = lc.diagnostics.sum_of_squares_test(lc.fit(X, y), X, y)
    >>> round(found.statistic, 4), round(found.expected, 4), round(found.p_value, 4)
    (2.6101, 2.6203, 0.7034)
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return sum_of_squares_test_of(seen)


def sum_of_squares_test_of(seen: Observed) -> SumOfSquaresTest:
    """The test for rows already matched with their fit."""
    seen.need_maximum("a test of the sum of squares", penalised=False)
    seen.need_own_rows("a test of the sum of squares")
    mu, (success, failure) = seen.probability, seen.outcome
    tilt = np.tanh(-0.5 * seen.log_odds)  # 1 - 2 mu without cancellation

    def column(where: slice, X: Floats) -> Floats:
        return tilt[where][:, None]

    added = add_columns(seen, column, ("1 - 2 mu",), likelihood=False)
    statistic = float(np.sum(success * (1.0 - mu) ** 2 + failure * mu**2))
    expected = float(np.sum((success + failure) * mu * (1.0 - mu)))
    spread = math.sqrt(float(added.variance[0])) if added.df else math.nan
    z = float(added.gradient[0]) / spread if spread else math.nan
    return SumOfSquaresTest(statistic, expected, spread, z, float(two_sided(np.array([z]))[0]))
