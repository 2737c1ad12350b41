"""Are these coefficients 0?  Asked of the estimates and their covariance alone (Wald)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..log_odds_error import as_covariance
from ..result import LogitFit
from .hypothesis import HypothesisTest, chi_square_tail
from .refusals import refuse_no_fit, refuse_ridge, refuse_separated
from .terms import categories, places_of

__all__ = ["wald"]


def wald(
    fit: LogitFit,
    columns: str | Sequence[str] | None = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    covariance: Any = None,
) -> HypothesisTest:
    """Are these coefficients 0, all of them?  b' C^-1 b, chi-square with a df a coefficient.

    Needs no data and no refit. For one coefficient it is z squared. It depends on how the model
    is parametrised, and for large coefficients it loses power (Hauck and Donner 1977,
    doi:10.1080/01621459.1977.10479969): there `likelihood_ratio` is better.

    Parameters
    ----------
    columns : a name, a list of names, or a category of the Design the fit was made from; by
        default all but the intercept. Dropped columns do not count.
    groups : names for lists of columns.
    covariance : (k, k) to use instead of the fit's own, as from `robust_covariance`.

    Raises
    ------
    DataError
        Unknown names, a covariance of another shape.
    SeparationError
        One of the coefficients is infinite or undetermined.
    LogregError
        A fit with ridge, or one that did not converge.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> test = wald(fit, "x1")
    >>> round(test.statistic, 6), round(float(fit.z[1]) ** 2, 6)
    (0.700382, 0.700382)
    """
    refuse_no_fit(fit)
    refuse_ridge(fit, "a Wald test")
    if columns is None:
        columns = fit.names[int(fit.fit_intercept) :]
    places = places_of(columns, fit.names, {**categories(fit), **dict(groups or {})})
    names = tuple(fit.names[i] for i in places)
    places = places[~np.isnan(fit.centered_coef[places])]
    if not np.isfinite(fit.coef[places]).all():
        refuse_separated(
            fit,
            f"a Wald test of {', '.join(names)}",
            "use likelihood_ratio, whose two log-likelihoods are finite, or penalty='firth'",
        )
    C = fit.covariance if covariance is None else as_covariance(covariance, len(fit.names))
    b, block = fit.coef[places], C[np.ix_(places, places)]
    if not len(b):
        return HypothesisTest("Wald", names, float("nan"), 0, float("nan"))
    d = np.sqrt(block.diagonal())
    scaled = b / d
    statistic = float(scaled @ np.linalg.solve(block / np.outer(d, d), scaled))
    return HypothesisTest("Wald", names, statistic, len(b), chi_square_tail(statistic, len(b)))
