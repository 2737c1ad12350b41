"""Would these columns add anything?  Asked of the slope at the model without them (Rao's score)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..ascent import direction
from ..blocks import Terms
from ..coordinates import Coordinates
from ..errors import DataError, SeparationError
from ..problem import Objective
from ..rank import independent_columns
from ..result import LogitFit
from ..workers import Workers
from .hypothesis import HypothesisTest, chi_square_tail
from .refit import refit
from .refusals import refuse_no_fit, refuse_ridge, refuse_separated
from .rows import Places, Rows, arrange, check_rows
from .terms import categories, places_of

__all__ = ["score_test"]

Floats = NDArray[np.float64]


def score_test(
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
    """Are these coefficients 0, all of them?  g' I^-1 g at the model without them, chi-square.

    g is the gradient and I the information of the larger model, both at the maximum of the
    smaller: the larger one need not be fitted, so its columns may even be separated.

    Parameters
    ----------
    fit : the smaller model, where X holds columns that it lacks; else the larger one, and the
        smaller is fitted here.
    X : the rows of the fit: array, frame or `Design`. Columns of an array are x1, x2, ...
    columns : a name, a list of names, or a category of a Design; by default the columns of X
        that the fit lacks, or all but the intercept.
    groups : names for lists of columns.
    y, sample_weight, offset, n_trials : as they were given to `fit`.

    Raises
    ------
    DataError
        Rows that are not the fit's, unknown columns.
    SeparationError
        The smaller model is separated.
    LogregError
        Fits with a penalty, or which did not converge.

    Notes
    -----
    Observed and expected information are the same for the logit. Two or three passes over the
    rows where the fit is the smaller model.

    References
    ----------
    Rao, C. R. (1948), doi:10.1017/S0305004100023987.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 0.0]], [0, 1, 0, 0, 1]
    >>> smaller = lc.fit([row[:1] for row in X], y)
    >>> print(score_test(smaller, X, y))
    Score test that x2 is 0: chi-square 0.163081, df 1, p = 0.6863
    """
    refuse_no_fit(fit)
    refuse_ridge(fit, "a score test", also_firth=True)
    rows = arrange(fit, X, y, sample_weight, offset, n_trials, wider=True)
    check_rows(rows)
    extra = [name for name in rows.names if name not in fit.names]
    known = {**categories(fit, X), **dict(groups or {})}
    if columns is None:
        columns = extra or fit.names[int(fit.fit_intercept) :]
    names = (*fit.names, *extra)
    tested = places_of(columns, names, known)
    added = tested[tested >= len(fit.names)]
    if len(added) and len(added) < len(tested):
        both = [names[i] for i in tested if i < len(fit.names)]
        raise DataError(
            f"of the columns to test the fit holds {', '.join(map(repr, both))}, others not",
            "columns that are all in the fit, or all not",
            "it is not clear which model is the smaller",
            "fit the smaller model, and pass it with X",
            columns=tuple(both),
        )
    with rows.workers() as workers:
        if len(added):
            refuse_separated(fit, "a score test", "drop or merge the separated columns first")
            found, df = _at_the_fit(rows, names, added, workers)
        else:
            found, df = _at_a_refit(rows, tested, workers)
    statistic = found if df else float("nan")
    return HypothesisTest(
        "score", tuple(names[i] for i in tested), statistic, df, chi_square_tail(statistic, df)
    )


def _at_the_fit(
    rows: Rows, names: tuple[str, ...], added: Places, workers: Workers
) -> tuple[float, int]:
    """Statistic and df of columns that the fit lacks."""
    fit = rows.fit
    own = rows.coordinates(rows.kept)
    columns = np.array([rows.names.index(names[i]) for i in added], dtype=np.int64)
    places = columns + int(fit.fit_intercept)
    center = rows.sample.center[places] if fit.fit_intercept else np.zeros(len(places))
    whole = Coordinates(
        np.concatenate([own.columns, columns]),
        np.concatenate([own.center, center]),
        np.concatenate([own.scale, rows.sample.scale[places]]),
    )
    objective = Objective(rows.blocks, whole, workers)
    beta = np.concatenate([rows.beta(own), np.zeros(len(added))])
    return _statistic(objective, beta, np.arange(len(beta)) >= len(own.columns))


def _at_a_refit(rows: Rows, tested: Places, workers: Workers) -> tuple[float, int]:
    """Statistic and df of columns that the fit holds: the smaller model is fitted first."""
    places = np.setdiff1d(rows.kept, tested)
    smaller = refit(rows, places, workers)
    if smaller.separated:
        raise SeparationError(
            "the model without the columns to test is separated",
            "finite coefficients, for a score test",
            "the gradient there vanishes whatever the columns",
            "use likelihood_ratio, or drop the separated columns first",
        )
    # the smaller model has other centres where it has no intercept
    whole = rows.coordinates(rows.kept, centred=not (rows.positions[tested] < 0).any())
    inside = np.zeros(len(rows.kept))
    if smaller.maximum is not None:
        found, at = smaller.maximum, smaller.maximum.objective.coordinates
        slopes = at.rotation @ found.run.beta if at.rotation.size else found.run.beta
        slopes = slopes * at.scale
        here = np.searchsorted(rows.kept, places[found.independent.kept])
        if at.columns[0] < 0:
            slopes[0] += float((whole.center[here] - at.center)[1:] @ slopes[1:])
        inside[here] = slopes / whole.scale[here]
    objective = Objective(rows.blocks, whole, workers)
    return _statistic(objective, inside, np.isin(rows.kept, tested))


def _statistic(objective: Objective, beta: Floats, tested: NDArray[np.bool_]) -> tuple[float, int]:
    """g' I^-1 g at beta in the columns that are independent there, and how many are tested."""
    base = objective.coordinates

    def evaluate(coordinates: Coordinates) -> Terms:
        here = beta[np.isin(base.columns, coordinates.columns)]
        if coordinates.rotation.size:
            here = np.asarray(np.linalg.solve(coordinates.rotation, here))
        return objective.at(coordinates)(here, 2)

    names = [str(j) for j in range(len(beta))]
    found = independent_columns(evaluate, base, evaluate(base), names)
    toward = direction(found.terms.information, found.terms.gradient)
    return max(0.0, toward.decrement), int(tested[found.kept].sum())
