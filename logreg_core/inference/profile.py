"""Which values of a coefficient are compatible with the data?  Asked of the likelihood itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import DataError
from ..option_checks import check_options
from ..result import LogitFit
from ..tails import critical_value
from ..workers import Workers
from .pinned import Pinned, Point
from .profile_start import Start, at_maximum, no_profile, pin
from .refusals import refuse_no_fit, refuse_ridge
from .rows import Rows, bring
from .terms import places_of

__all__ = ["profile_curve", "profile_intervals"]

Floats = NDArray[np.float64]
FLAT = 0.05  # a drop that a plot no longer tells from none


def profile_intervals(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    level: float = 0.95,
    *,
    columns: str | Sequence[str] | None = None,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Which values of each coefficient would a likelihood-ratio test not reject?

    The ends solve 2 (loglik at the maximum - profile(b)) = q^2, with q the normal quantile and
    profile(b) the highest log-likelihood with this coefficient at b. Unlike Wald's, the interval
    need not be symmetric and does not depend on how the model is parametrised; it makes sense
    where the estimate is infinite.

    Parameters
    ----------
    X, y, sample_weight, offset, n_trials : the rows, as they were given to `fit`.
    level : of the interval, by the chi-square with 1 df.
    columns : names; by default all coefficients.
    progress : called with (coefficients done, coefficients in all).

    Returns
    -------
    DataFrame lower, upper (log-odds per unit of the column), a row a coefficient in the fit's
    order. NaN for dropped columns. An end is infinite exactly where the supremum of the
    log-likelihood is approached that way: the upper end of a coefficient that is +inf by
    separation, both ends of one that the data leave undetermined.

    Raises
    ------
    DataError
        Rows that are not the fit's; unknown names.
    LogregError
        A fit with ridge, or one that did not converge. Firth's penalised likelihood has a profile
        (Heinze and Schemper 2002, doi:10.1002/sim.1047), and it is taken.

    Notes
    -----
    Some ten passes over the rows a coefficient where the profile is nearly a parabola, twenty and
    more where it is not; no copy of X. The ends satisfy their equation to 1e-9.

    References
    ----------
    Venzon, D. J. and Moolgavkar, S. H. (1988), doi:10.2307/2347496.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> fit = lc.fit(X, y)
    >>> profile_intervals(fit, X, y).round(4)
                 lower   upper
    intercept -15.1238  0.5779
    x1         -0.0658  4.1592
    """
    check_options(level=level)
    rows = _rows(fit, X, y, sample_weight, offset, n_trials)
    places = np.arange(len(fit.names)) if columns is None else places_of(columns, fit.names)
    target, ends = critical_value(level) ** 2, np.full((len(places), 2), np.nan)
    with rows.workers() as workers:
        known = at_maximum(rows, workers)
        for done, place in enumerate(places.tolist()):
            if not np.isnan(fit.centered_coef[place]):
                ends[done] = _ends(rows, place, target, known, workers)
            if progress is not None:
                progress(done + 1, len(places))
    index = pd.Index([fit.names[place] for place in places])
    return pd.DataFrame(ends, columns=["lower", "upper"], index=index)


def _ends(
    rows: Rows, place: int, target: float, known: Start | None, workers: Workers
) -> tuple[float, float]:
    """Both ends for one coefficient."""
    coef = float(rows.fit.coef[place])
    lower, upper = -np.inf, np.inf
    if np.isnan(coef):  # undetermined: any value, with the others in proportion, is as good
        return lower, upper
    pinned, start = pin(rows, place, known, workers)
    start = _inside(pinned, start, target, coef)
    if coef != -np.inf:
        lower = pinned.end(start, -1, target).t * pinned.unit
    if coef != np.inf:
        upper = pinned.end(start, 1, target).t * pinned.unit
    return lower, upper


def _inside(pinned: Pinned, start: Point, target: float, coef: float) -> Point:
    """A point whose drop is below the target, on the way to an infinite estimate."""
    here, step = start, math.copysign(1.0, coef)
    while here.drop >= target and math.isinf(coef):
        t = here.t + step
        here, step = pinned.along(here, t), 2.0 * step
    return here


def profile_curve(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    column: str = "",
    *,
    values: Any = None,
    n_points: int = 41,
    farthest: float = 10.0,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
) -> pd.DataFrame:
    """How fast does the likelihood fall as one coefficient leaves its estimate?

    For a plot: the curve crosses 3.84 at the ends of the 95 % interval, and is a parabola where
    Wald's interval would do.

    Parameters
    ----------
    column : name of the coefficient.
    values : (m,) values of it to look at; by default ``n_points`` even steps to where the drop is
        ``farthest``; towards an infinite estimate to where it is below 0.05.
    X, y, sample_weight, offset, n_trials : the rows, as they were given to `fit`.

    Returns
    -------
    DataFrame value (log-odds per unit of the column), drop = 2 (loglik at the maximum - profile),
    wald = ((value - coef) / std_error)^2, the parabola it is often taken for (NaN where the
    estimate is infinite).

    Raises
    ------
    DataError, LogregError
        As for `profile_intervals`; a coefficient without a profile.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> fit = lc.fit(X, y)
    >>> profile_curve(fit, X, y, "x1", values=[0.0, fit.coef[1]])["drop"].round(4).tolist()
    [3.3618, 0.0]
    """
    rows = _rows(fit, X, y, sample_weight, offset, n_trials)
    place = int(places_of(column, fit.names)[0])
    if np.isnan(fit.coef[place]):
        raise no_profile(fit, place)
    with rows.workers() as workers:
        pinned, start = pin(rows, place, at_maximum(rows, workers), workers)
        if values is None:
            wanted = _even(rows, place, pinned, start, n_points, farthest)
        else:
            wanted = np.asarray(values, dtype=np.float64).reshape(-1) / pinned.unit
            _finite(wanted)
        drops = _along(pinned, start, wanted)
    value = wanted * pinned.unit
    wald = np.full(len(value), np.nan)
    if np.isfinite(fit.coef[place]) and fit.covariance_or_none is not None:
        wald = ((value - fit.coef[place]) / fit.std_error[place]) ** 2
    table = pd.DataFrame({"value": value, "drop": drops, "wald": wald})
    return table if values is not None else table.sort_values("value", ignore_index=True)


def _rows(fit: LogitFit, X: Any, y: Any, sample_weight: Any, offset: Any, n_trials: Any) -> Rows:
    refuse_no_fit(fit)
    refuse_ridge(fit, "a profile likelihood")
    return bring(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)


def _even(
    rows: Rows, place: int, pinned: Pinned, start: Point, n_points: int, farthest: float
) -> Floats:
    """Even steps of t between the places where the drop is ``farthest``."""
    coef = float(rows.fit.coef[place])
    inside = _inside(pinned, start, farthest, coef)
    flat = _inside(pinned, inside, FLAT, coef).t
    first = flat if coef == -np.inf else pinned.end(inside, -1, farthest).t
    last = flat if coef == np.inf else pinned.end(inside, 1, farthest).t
    return np.linspace(first, last, n_points)


def _along(pinned: Pinned, start: Point, wanted: Floats) -> Floats:
    """Drops at these t, each climbed from its neighbour nearer to the start."""
    drops = np.empty(len(wanted))
    for side in (wanted >= start.t, wanted < start.t):
        here, chosen = start, np.flatnonzero(side)
        for i in chosen[np.argsort(np.abs(wanted[chosen] - start.t))]:
            t = float(wanted[i])
            here = pinned.along(here, t)
            drops[i] = here.drop
    return drops


def _finite(values: Floats) -> None:
    if not len(values) or not np.isfinite(values).all():
        raise DataError(
            "values are empty or not finite",
            "finite numbers, values of the coefficient",
            "the profile has no height there",
            "pass the values to look at, or none for an even grid",
            option="values",
        )
