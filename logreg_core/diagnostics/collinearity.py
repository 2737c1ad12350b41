"""Do columns say the same? Variance inflation, for single columns, categories and combinations.

    vif_j = S_jj (S^-1)_jj

with S the information of the slopes (X' W X about the weighted means): how many times larger the
variance of a coefficient is than if its column were orthogonal, in the fit's metric, to the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..design import Design
from ..encoding import Encoding
from ..errors import DataError
from ..result import LogitFit
from .information import slope_information

__all__ = ["condition_indices", "generalised_vif", "vif"]

Floats = NDArray[np.float64]


def vif(fit: LogitFit) -> pd.DataFrame:
    """By how much do the other columns inflate the variance of each coefficient?

    Parameters
    ----------
    fit : any fit with its covariance.

    Returns
    -------
    DataFrame with the column vif, a row for each column but the intercept: 1 is orthogonal to the
    others; inf for a column dropped as a combination of others (NaN if it is constant), NaN for
    one whose estimate is infinite.

    Notes
    -----
    From the fit's information, where rows count by mu (1 - mu), as R's car::vif of a glm has it.
    statsmodels' variance_inflation_factor and heat maps see the columns alone, all rows alike:
    in rare outcomes the two differ widely. The information of a ridge fit is taken without its
    penalty. Without an intercept, S is about zero and not about the means. No pass.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1, 2], [2, 1], [3, 5], [4, 4], [3, 3], [5, 6]], [0, 0, 1, 1, 0, 0])
    >>> lc.diagnostics.vif(fit).round(3)
          vif
    x1  3.283
    x2  3.283
    """
    features = fit.names[int(fit.fit_intercept) :]
    values = np.full(len(fit.names), np.nan)
    for relation in fit.aliased:
        if relation.terms and relation.name in fit.names:
            values[fit.names.index(relation.name)] = np.inf
    finite = np.isfinite(fit.covariance.diagonal()) & np.isfinite(fit.coef)
    finite[: int(fit.fit_intercept)] = False
    if finite.any():
        values[finite] = slope_information(fit).inverse.diagonal()
    return pd.DataFrame({"vif": values[int(fit.fit_intercept) :]}, index=pd.Index(features))


def generalised_vif(
    fit: LogitFit, groups: Design | Encoding | Mapping[Any, Iterable[str]]
) -> pd.DataFrame:
    """By how much do the other terms inflate the confidence region of a whole category?

    gvif = det(R_group) det(R_others) / det(R), R the correlations of S.

    Parameters
    ----------
    fit : any fit with its covariance.
    groups : the columns of each category: a `Design` (whose categories are taken), or name ->
        names of columns. Columns of no group are terms of their own.

    Returns
    -------
    DataFrame, a row a term: columns (their number), gvif, and comparable = gvif^(1 / columns),
    which can be judged by the limits of a vif. It does not depend on the category's reference
    level; the vif of a single dummy does.

    Raises
    ------
    DataError
        A group that names no column of the fit, or a column in two groups.

    Notes
    -----
    Fox and Monette (1992), Journal of the American Statistical Association 87, 178-183,
    doi:10.1080/01621459.1992.10475190, who give gvif^(1 / (2 columns)), the root of ours.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[0, 0, 1], [0, 0, 2], [1, 0, 3], [1, 0, 3], [0, 1, 4], [0, 1, 6], [0, 0, 4]]
    >>> fit = lc.fit(X, [0, 1, 0, 1, 0, 1, 0])
    >>> lc.diagnostics.generalised_vif(fit, {"level": ["x1", "x2"]}).round(3)
           columns   gvif  comparable
    level        2  2.206       1.485
    x3           1  2.206       2.206
    """
    given = column_groups(groups)
    information = slope_information(fit)
    names, R = information.names, information.correlation
    features = fit.names[int(fit.fit_intercept) :]
    owner: dict[str, Any] = {}
    for term, columns in given.items():
        for column in columns:
            if column not in features or column in owner:
                raise DataError(
                    f"group {term!r} names the column {column!r}, which "
                    + ("is in another group too" if column in owner else "the fit does not have"),
                    "columns of the fit, each in one group",
                    "it is not clear which coefficients belong together",
                    "correct the groups",
                    column=column,
                )
            owner[column] = term
    return _gvif_table(names, R, owner)


def _gvif_table(names: tuple[str, ...], R: Floats, owner: Mapping[str, Any]) -> pd.DataFrame:
    terms: dict[Any, list[int]] = {}
    for i, name in enumerate(names):
        terms.setdefault(owner.get(name, name), []).append(i)
    whole = np.linalg.slogdet(R)[1]
    rows = []
    for places in terms.values():
        others = [i for i in range(len(names)) if i not in places]
        logs = sum(np.linalg.slogdet(R[np.ix_(part, part)])[1] for part in (places, others) if part)
        rows.append((len(places), np.exp(logs - whole), np.exp((logs - whole) / len(places))))
    return pd.DataFrame(
        rows, columns=["columns", "gvif", "comparable"], index=pd.Index(list(terms))
    )


def column_groups(
    groups: Design | Encoding | Mapping[Any, Iterable[str]] | None,
) -> dict[Any, tuple[str, ...]]:
    """Term -> its columns, for those of more than one column (or named by the caller)."""
    if groups is None:
        return {}
    if isinstance(groups, Design):
        groups = groups.encoding
    if isinstance(groups, Encoding):
        wide = (f for f in groups.features if len(f.columns) > 1)
        return {getattr(f, "name", ":".join(map(str, f.variables))): f.columns for f in wide}
    return {
        term: (columns,) if isinstance(columns, str) else tuple(columns)
        for term, columns in groups.items()
    }


def condition_indices(fit: LogitFit, *, intercept: bool = False) -> pd.DataFrame:
    """How close are the columns, together, to a combination that vanishes?

    With A the root of the information, its columns scaled to length 1, and A = U diag(s) V':
    index_m = max(s) / s_m, proportion_mj = (V_jm / s_m)^2 / sum over m.

    Parameters
    ----------
    fit : a fit with its covariance.
    intercept : True keeps the intercept as a column, as Belsley, Kuh and Welsch do: then columns
        far from zero count as collinear with it, whose cure is centring (and which the solver has
        applied). False looks at the columns about their weighted means.

    Returns
    -------
    DataFrame, a row a component, smallest index first: condition_index, then for each coefficient
    the share of its variance that lies in this component (each column sums to 1). Trouble is an
    index above 30 with two or more shares above 0.5.

    References
    ----------
    Belsley, Kuh and Welsch (1980), Regression Diagnostics, chapter 3, doi:10.1002/0471725153;
    for generalised linear models on X' W X: Lesaffre and Marx (1993), Communications in
    Statistics 22, 1933-1952, doi:10.1080/03610929308831126.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1, 2], [2, 1], [3, 5], [4, 4], [3, 3], [5, 6]], [0, 0, 1, 1, 0, 0])
    >>> lc.diagnostics.condition_indices(fit).round(3)
       condition_index     x1     x2
    0            1.000  0.083  0.083
    1            3.323  0.917  0.917
    """
    if intercept and fit.fit_intercept:
        names, scaled = _with_intercept(fit)
    else:
        information = slope_information(fit)
        names, scaled = information.names, information.correlation
    values, vectors = np.linalg.eigh(scaled)
    values, vectors = np.maximum(values[::-1], np.finfo(float).tiny), vectors[:, ::-1]
    parts = vectors.T**2 / values[:, None]
    table = np.column_stack([np.sqrt(values[0] / values), parts / parts.sum(axis=0)])
    return pd.DataFrame(table, columns=["condition_index", *names])


def _with_intercept(fit: LogitFit) -> tuple[tuple[str, ...], Floats]:
    """The information of all coefficients, columns as given, scaled to a unit diagonal."""
    slopes = slope_information(fit)
    places = [fit.names.index(name) for name in slopes.names]
    covariance = fit.covariance
    block = covariance[np.ix_(places, places)]
    if not np.isfinite(covariance[0, 0]):
        raise DataError(
            "the intercept of this fit has no finite estimate",
            "a finite intercept",
            "its collinearity with the columns is not defined",
            "pass intercept=False",
        )
    S = slopes.correlation * np.outer(slopes.scale, slopes.scale)
    mean = -np.linalg.solve(block, covariance[places, 0])  # weighted means of the columns
    total = 1.0 / (covariance[0, 0] - mean @ block @ mean)  # sum of the working weights
    cross = total * mean
    whole = np.block(
        [[np.array([[total]]), cross[None, :]], [cross[:, None], S + total * np.outer(mean, mean)]]
    )
    d = np.sqrt(whole.diagonal())
    return (fit.names[0], *slopes.names), whole / np.outer(d, d)
