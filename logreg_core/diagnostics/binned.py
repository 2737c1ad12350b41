"""Averages of residuals over rows of similar prediction, or of similar value of a column.

One residual of a 0/1 outcome says nothing; averages should scatter about zero. Gelman and Hill
(2007), Data Analysis Using Regression, section 5.6; Landwehr, Pregibon and Shoemaker (1984), JASA
79, 61-71.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arrays import as_vector, blame
from ..errors import DataError
from ..result import LogitFit
from .grouping import group_rows
from .observed import Observed, observe

__all__ = ["binned_residuals"]

Floats = NDArray[np.float64]

MOST_BINS = 40  # about as many as a reader can tell apart


def binned_residuals(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    by: Any = None,
    bins: int | None = None,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """Where along the predictions, or along a column, is the model systematically off?

    Parameters
    ----------
    fit, X, y, sample_weight, offset, n_trials : any fit; rows, new ones or its own.
    by : None for the predicted probability, the name of a column, or (n,) values of anything,
        such as a column that is not in the model.
    bins : how many, by quantiles, equal values together; if None the root of the number of rows,
        between 5 and 40.

    Returns
    -------
    DataFrame, a row a bin: rows, weight, lower and upper (range of ``by``), mean (of ``by``),
    predicted, observed, residual = observed - predicted, std_error (of the residual if the model
    is right), z, inside (|z| <= 2: about 95 % of the bins should be).

    Notes
    -----
    The standard error is the model's, sqrt(sum w mu (1 - mu)) / sum w, and so does not depend on
    the residuals themselves; R's arm takes their standard deviation. On the rows of the fit it is
    a little too wide, as coefficients were fitted.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> table = lc.diagnostics.binned_residuals(lc.fit(X, y), X, y, bins=3)
    >>> table[["residual", "z"]].round(3)  # doctest: +NORMALIZE_WHITESPACE
         residual     z
    bin
    1       0.062  0.32
    2       0.000  0.00
    3      -0.062 -0.32
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return binned_residuals_of(seen, by, bins)


def binned_residuals_of(seen: Observed, by: Any = None, bins: int | None = None) -> pd.DataFrame:
    """The same for rows already matched with their fit."""
    mu, (success, failure) = seen.probability, seen.outcome
    weight = success + failure
    values = mu if by is None else _values(seen, by)
    if bins is None:
        bins = min(max(math.isqrt(int((weight > 0.0).sum())), 5), MOST_BINS)
    grouping = group_rows(values, weight, bins)
    size = grouping.sums(weight)
    observed, predicted = grouping.sums(success) / size, grouping.sums(weight * mu) / size
    residual = grouping.sums(success * (1.0 - mu) - failure * mu) / size
    error = np.sqrt(grouping.sums(weight * mu * (1.0 - mu))) / size
    z = residual / error
    lower, upper = grouping.ends(values)
    rows = grouping.sums((weight > 0.0).astype(np.float64)).astype(np.int64)
    return pd.DataFrame(
        {
            "rows": rows, "weight": size, "lower": lower, "upper": upper,
            "mean": grouping.sums(weight * values) / size,
            "predicted": predicted, "observed": observed,
            "residual": residual, "std_error": error, "z": z, "inside": np.abs(z) <= 2.0,
        },
        index=pd.RangeIndex(1, grouping.n_groups + 1, name="bin"),
    )  # fmt: skip


def _values(seen: Observed, by: Any) -> Floats:
    if isinstance(by, str):
        names = list(seen.fit.names[int(seen.fit.fit_intercept) :])
        if by not in seen.names or by == "intercept":
            raise DataError(
                f"by is {by!r}",
                f"a column of the fit ({', '.join(map(repr, names[:8]))}), or one number a row",
                "there is nothing to order the rows by",
                "correct the name, or pass the values themselves",
                column=by,
            )
        return seen.column(by)
    values = as_vector(by, seen.n_rows, "by")
    blame(values[:, None], ("by",), only_if_found=True)
    return values
