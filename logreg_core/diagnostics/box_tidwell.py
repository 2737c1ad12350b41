"""Is the log-odds a straight line in each column? Box and Tidwell's test.

Adds x log(x): its coefficient is zero where x enters linearly, and about b (lambda - 1) where the
right power is lambda. Box and Tidwell (1962), Technometrics 4, 531-550,
doi:10.1080/00401706.1962.10490038; Guerrero and Johnson (1982), Biometrika 69, 309-314, for
the binary outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import DataError
from ..result import LogitFit
from ..tails import two_sided
from .added import Extra, add_columns
from .observed import Observed, observe

__all__ = ["box_tidwell", "box_tidwell_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Column:
    """What one pass says of a column: place in X; least value; least above 0; zeros; whether it
    takes two values only."""

    name: str
    place: int
    least: float
    least_positive: float
    n_zeros: int
    two_values: bool


def box_tidwell(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    columns: Sequence[str] | None = None,
    zeros: str = "half",
    joint: bool = False,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """Does the log-odds bend in a column?

    Parameters
    ----------
    fit : a fit by maximum likelihood.
    X, y, sample_weight, offset, n_trials : the rows that were fitted.
    columns : names of the columns to test; all of more than two values if None.
    zeros : what to do with a column that holds zeros, where log(x) does not exist: "half" adds
        half of its smallest positive value to the whole column, "limit" takes 0 log 0 = 0.
    joint : add a row "(all together)", whose test has as many degrees of freedom as columns.

    Returns
    -------
    DataFrame, a row a column, each added alone to the model: coef and std_error of x log(x);
    power = 1 + coef / slope of the fit, a first guess of the lambda to use (wild where the slope
    is near zero); wald_p_value; likelihood_ratio and p_value (1 df); n_zeros; shift (what was
    added to the column). NaN where a column holds negative values.

    Raises
    ------
    DataError
        A penalised fit, other rows than the fit's, a column named that cannot be tested.
    SeparationError
        No finite maximum exists.

    Notes
    -----
    The p-value is the likelihood ratio's, as Wald's may fail for strong curvature. With several
    columns mind their number (Holm). Cost: four passes a column; X is not copied.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> lc.diagnostics.box_tidwell(lc.fit(X, y), X, y)[["p_value", "shift"]].round(4)
        p_value  shift
    x1   0.8382    0.5
    """
    if zeros not in ("half", "limit"):
        raise DataError(
            f"zeros is {zeros!r:.40}",
            "'half' or 'limit'",
            "log(0) does not exist, so their treatment has to be chosen",
            "choose one of the two",
            option="zeros",
        )
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return box_tidwell_of(seen, columns, zeros, joint)


def box_tidwell_of(
    seen: Observed, columns: Sequence[str] | None = None, zeros: str = "half", joint: bool = False
) -> pd.DataFrame:
    """The test for rows already matched with their fit."""
    seen.need_maximum("a Box-Tidwell test", penalised=False)
    seen.need_own_rows("a Box-Tidwell test")
    facts = _facts(seen)
    chosen = _chosen(facts, columns)
    shifts = [
        0.5 * c.least_positive if c.n_zeros and zeros == "half" and c.least >= 0 else 0.0
        for c in chosen
    ]
    slopes = dict(zip(seen.fit.names, seen.fit.coef.tolist(), strict=True))
    rows = {}
    for column, shift in zip(chosen, shifts, strict=True):
        row = {"n_zeros": column.n_zeros, "shift": shift}
        if column.least >= 0.0:
            row |= _test(seen, [column], [shift], slopes[column.name])
        rows[column.name] = row
    usable = [(c, s) for c, s in zip(chosen, shifts, strict=True) if c.least >= 0.0]
    if joint and usable:
        together = _test(seen, [c for c, _ in usable], [s for _, s in usable], np.nan)
        rows["(all together)"] = {
            key: together[key] for key in ("likelihood_ratio", "df", "p_value")
        }
    order = [
        "coef", "std_error", "power", "wald_p_value", "likelihood_ratio", "df", "p_value",
        "n_zeros", "shift",
    ]  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=order)
    return table.astype(np.float64)


def _test(
    seen: Observed, columns: list[_Column], shifts: list[float], slope: float
) -> dict[str, float]:
    places = [c.place for c in columns]
    added = add_columns(
        seen, _bend(places, np.array(shifts)), tuple(f"{c.name} log" for c in columns)
    )
    coef, error = float(added.coef[0]), float(added.std_error[0])
    return {
        "coef": coef,
        "std_error": error,
        "power": 1.0 + coef / slope if slope else np.nan,
        "wald_p_value": float(two_sided(np.array([coef / error]))[0]),
        "likelihood_ratio": added.likelihood_ratio,
        "df": float(added.df),
        "p_value": added.p_value(added.likelihood_ratio),
    }


def _bend(places: list[int], shifts: Floats) -> Extra:
    def extra(where: slice, X: Floats) -> Floats:
        values = np.maximum(X[:, places].astype(np.float64) + shifts, 0.0)
        return values * np.log(np.where(values > 0.0, values, 1.0))

    return extra


def _chosen(facts: list[_Column], columns: Sequence[str] | None) -> list[_Column]:
    if columns is None:
        return [c for c in facts if not c.two_values]
    wanted = (columns,) if isinstance(columns, str) else tuple(columns)
    known = {c.name: c for c in facts}
    for name in wanted:
        if name not in known or known[name].two_values or known[name].least < 0.0:
            raise DataError(
                f"column {name!r} "
                + (
                    "is not in the fit"
                    if name not in known
                    else "takes two values only"
                    if known[name].two_values
                    else f"holds {known[name].least:g}"
                ),
                "a column of the fit with more than two values, none below 0",
                "x log(x) does not exist, or says nothing that x does not",
                "leave it out of columns; see binned_residuals for columns with negative values",
                column=name,
            )
    return [known[name] for name in wanted]


def _facts(seen: Observed) -> list[_Column]:
    """Two looks at every column, over the rows that count."""
    places = seen.coordinates.columns
    mine = places[places >= 0]
    k = len(mine)
    low, high, positive = np.full(k, np.inf), np.full(k, -np.inf), np.full(k, np.inf)
    zeros, between = np.zeros(k, np.int64), np.zeros(k, np.bool_)
    weight = seen.weight
    for first, span in seen.numbered_spans():
        X = _counting(np.asarray(span.X)[:, mine], weight[first : first + len(span.X)])
        if len(X):
            low, high = np.minimum(low, X.min(axis=0)), np.maximum(high, X.max(axis=0))
            zeros += (X == 0.0).sum(axis=0)
            above = np.where(X > 0.0, X, np.inf).min(axis=0)
            positive = np.minimum(positive, above)
    for first, span in seen.numbered_spans():
        if between.all():
            break
        X = _counting(np.asarray(span.X)[:, mine], weight[first : first + len(span.X)])
        between |= ((low != X) & (high != X)).any(axis=0)
    names = [name for name, place in zip(seen.names, places, strict=True) if place >= 0]
    rank = {name: i for i, name in enumerate(seen.fit.names)}
    found = [
        _Column(
            names[j], int(mine[j]), float(low[j]), float(positive[j]),
            int(zeros[j]), not bool(between[j]),
        )
        for j in range(k)
    ]  # fmt: skip
    return sorted(found, key=lambda c: rank[c.name])


def _counting(X: NDArray[Any], weight: Floats) -> NDArray[Any]:
    return X if (weight > 0.0).all() else X[weight > 0.0]
