"""What is each term worth?  Every term left out in turn, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..result import LogitFit
from .adjust import adjust
from .hypothesis import chi_square_tail
from .refit import refit
from .refusals import refuse_no_fit, refuse_ridge
from .rows import bring
from .terms import term_places

__all__ = ["drop1"]


def drop1(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    method: str = "holm",
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """What does the model lose without each of its terms?  Likelihood-ratio tests, a row a term.

    Parameters
    ----------
    X, y, sample_weight, offset, n_trials : the rows, as they were given to `fit`.
    groups : columns that make up one term, such as ``{"claim": ["claim_b", "claim_c"]}``. The
        categories of a Design are terms without being named; other columns stand for themselves.
    method : "holm" or "bonferroni": the adjustment of column p_adjusted.
    progress : called with (terms done, terms in all).

    Returns
    -------
    DataFrame, a row a term in the order of the columns: df; loglik and aic of the model without
    the term; statistic = 2 (loglik with - without); p_value; p_adjusted. A term of which nothing
    is left, its columns having been dropped by the fit, has NaN for a statistic.

    Raises
    ------
    DataError
        Rows that are not the fit's, unknown names, overlapping groups.
    LogregError
        Fits with a penalty, or which did not converge.

    Notes
    -----
    Some five passes over the rows a term; no copy of X.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 0.0]], [0, 1, 0, 0, 1]
    >>> drop1(lc.fit(X, y), X, y).round(4)
        df  loglik      aic  statistic  p_value  p_adjusted
    x1   1 -3.2958  10.5917     0.4529   0.5010         1.0
    x2   1 -3.1512  10.3024     0.1636   0.6859         1.0
    """
    refuse_no_fit(fit)
    refuse_ridge(fit, "likelihood-ratio tests", also_firth=True)
    terms = term_places(fit, groups, X)
    adjust([], method)
    rows = bring(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)
    table = []
    with rows.workers() as workers:
        for done, places in enumerate(terms.values(), 1):
            smaller = refit(rows, np.setdiff1d(rows.kept, places), workers)
            df = len(rows.kept) - smaller.n_parameters
            loglik = smaller.loglik + rows.constant
            aic = 2.0 * smaller.n_parameters - 2.0 * loglik
            statistic = max(0.0, 2.0 * (fit.loglik - loglik)) if df else float("nan")
            table.append((df, loglik, aic, statistic, chi_square_tail(statistic, df)))
            if progress is not None:
                progress(done, len(terms))
    columns = ["df", "loglik", "aic", "statistic", "p_value"]
    result = pd.DataFrame(table, columns=columns, index=pd.Index(list(terms)))
    result["p_adjusted"] = adjust(result["p_value"], method)
    return result
