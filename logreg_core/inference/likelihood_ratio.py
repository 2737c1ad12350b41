"""Are these coefficients 0?  Asked of two maxima: with them and without (likelihood ratio)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import DataError
from ..result import LogitFit
from .hypothesis import HypothesisTest, chi_square_tail
from .refit import refit
from .refusals import refuse_no_fit, refuse_ridge
from .rows import bring
from .terms import categories, places_of

__all__ = ["likelihood_ratio"]

SAME = 1e-9  # relative difference of null log-likelihoods that summing in another order explains


def likelihood_ratio(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    columns: str | Sequence[str] | None = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
) -> HypothesisTest:
    """Are these coefficients 0, all of them?  2 (loglik with them - loglik without), chi-square.

    ``likelihood_ratio(fit, X, y, columns)`` refits without the columns;
    ``likelihood_ratio(fit, other_fit)`` compares two nested fits. Separated fits have a supremum,
    and it is that which is compared; the chi-square is then a poor guide to the p-value.

    Parameters
    ----------
    X : the rows of the fit (array, frame or `Design`), or another LogitFit of the same rows.
    columns : a name, a list of names, or a category of a Design; by default all but the
        intercept. Dropped columns do not count.
    groups : names for lists of columns.
    y, sample_weight, offset, n_trials : as they were given to `fit`.

    Raises
    ------
    DataError
        Rows that are not the fit's; two fits that are not nested or not of the same rows.
    LogregError
        Fits with a penalty, or which did not converge.

    Notes
    -----
    Some five passes over the rows; no copy of X.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 0.0]], [0, 1, 0, 0, 1]
    >>> fit = lc.fit(X, y)
    >>> print(likelihood_ratio(fit, X, y, "x2"))
    Likelihood ratio test that x2 is 0: chi-square 0.163582, df 1, p = 0.6859
    >>> smaller = lc.fit([row[:1] for row in X], y)
    >>> round(likelihood_ratio(fit, smaller).statistic, 7)
    0.1635819
    """
    refuse_no_fit(fit)
    refuse_ridge(fit, "a likelihood-ratio test", also_firth=True)
    if isinstance(X, LogitFit):
        return _of_two(fit, X)
    rows = bring(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)
    if columns is None:
        columns = fit.names[int(fit.fit_intercept) :]
    tested = places_of(columns, fit.names, {**categories(fit, X), **dict(groups or {})})
    with rows.workers() as workers:
        smaller = refit(rows, np.setdiff1d(rows.kept, tested), workers)
    df = len(rows.kept) - smaller.n_parameters
    statistic = max(0.0, 2.0 * (fit.loglik - rows.constant - smaller.loglik)) if df else np.nan
    names = tuple(fit.names[i] for i in tested)
    return HypothesisTest(
        "likelihood ratio", names, float(statistic), df, chi_square_tail(float(statistic), df)
    )


def _of_two(one: LogitFit, other: LogitFit) -> HypothesisTest:
    refuse_no_fit(other)
    refuse_ridge(other, "a likelihood-ratio test", also_firth=True)
    large, small = (one, other) if one.n_parameters >= other.n_parameters else (other, one)
    _same_rows(large, small)
    names, fewer = _estimated(large), _estimated(small)
    tested = [name for name in names if name not in fewer]
    df = large.n_parameters - small.n_parameters
    statistic = 2.0 * (large.loglik - small.loglik)
    strange = [name for name in fewer if name not in names]
    lower = statistic < -1e-6 * max(1.0, abs(large.loglik))
    if strange or not df or len(tested) != df or lower:
        found = (
            f"the larger fit lacks {', '.join(map(repr, strange[:8]))} of the smaller"
            if strange
            else f"the fits have {large.n_parameters} and {small.n_parameters} parameters, and the "
            f"log-likelihoods {large.loglik:.10g} and {small.loglik:.10g}"
        )
        raise DataError(
            found,
            "two nested fits: all columns of the smaller, and some more",
            "without nesting, twice the difference of the log-likelihoods is not a chi-square",
            "compare by aic or bic, or fit the smaller model to columns of the larger",
            columns=tuple(strange),
        )
    statistic = max(0.0, statistic)
    return HypothesisTest(
        "likelihood ratio", tuple(tested), statistic, df, chi_square_tail(statistic, df)
    )


def _estimated(fit: LogitFit) -> list[str]:
    """Names of the coefficients that were not dropped."""
    kept = ~np.isnan(fit.centered_coef)
    return [name for name, here in zip(fit.names, kept, strict=True) if here]


def _same_rows(large: LogitFit, small: LogitFit) -> None:
    """Refuse fits of different rows, as far as a fit remembers its rows."""
    facts = {
        "rows": (large.n_rows, small.n_rows),
        "weight": (large.weight_sum, small.weight_sum),
    }
    if large.fit_intercept == small.fit_intercept:  # else their null models differ
        facts["null log-likelihood"] = (large.null_loglik, small.null_loglik)
    for what, (one, other) in facts.items():
        if abs(one - other) > SAME * max(1.0, abs(one)):
            raise DataError(
                f"the fits differ in {what}: {one:.12g} and {other:.12g}",
                "two fits of the same rows, outcomes, weights and offset",
                "log-likelihoods of different rows cannot be compared",
                "fit both to the same rows: rows with missing values are the usual cause",
                what=what,
            )
