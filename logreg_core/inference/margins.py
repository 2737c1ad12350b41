"""By how much does the probability change with a column?  Marginal effects, by the delta method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arrays import blame
from ..blas_threads import one_blas_thread
from ..errors import DataError
from ..formulas import sigmoid
from ..log_odds_error import as_covariance
from ..option_checks import check_options
from ..result import LogitFit
from ..tails import two_sided, wald_interval
from .dummies import Change, changes
from .refusals import refuse_ridge, refuse_separated
from .rows import Rows, bring, without_outcomes

__all__ = ["marginal_effects"]

Floats = NDArray[np.float64]


def marginal_effects(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    at: str | Mapping[str, float] = "average",
    *,
    dummies: str | Sequence[str] = "auto",
    groups: Mapping[str, Sequence[str]] | None = None,
    covariance: Any = None,
    level: float = 0.95,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
) -> pd.DataFrame:
    """By how much does the probability change with each column?

    Of a number: the slope dp/dx = p (1 - p) coef. Of a dummy: the difference p(x = 1) - p(x = 0).
    Averaged over the rows (each other column as observed), or taken at one row.

    Parameters
    ----------
    X : the rows to average over: those of the fit, or others; array, frame or `Design`.
    y : not needed; where it is given, X and y are checked to be the fit's rows.
    at : "average" over the rows; "mean" for one row of their means; or {name: value} for that row
        with some values of one's own, in the columns' units.
    dummies : "auto" takes for a dummy a column that holds the two values 0 and 1 and no other;
        "none" takes slopes throughout; or the names of the dummies.
    groups : dummies that are levels of one category, such as {"ban": ["ban_x", "ban_y"]}: while
        one goes from 0 to 1 the others are 0, so the effect is against the reference level. The
        categories of a Design are groups without being named. Other dummies change alone.
    covariance : (k, k) to use instead of the fit's own, as from `robust_covariance`.
    level : of the intervals.
    sample_weight, offset, n_trials : of the rows. The average weighs a row by sample_weight and
        number of trials.

    Returns
    -------
    DataFrame, a row a column of X: effect (probability per unit of the column, or probability);
    std_error, z, p_value, lower, upper by the delta method and the normal distribution; change:
    "slope", "0 to 1" or "reference to level". NaN for dropped columns.

    Raises
    ------
    DataError
        Columns that do not match, values not finite, an unknown ``at`` or dummy.
    LogregError
        A separated fit, one with ridge, or one that did not converge. Firth's is taken.

    Notes
    -----
    Two passes over the rows, some thousand a time. lower and upper may leave [-1, 1].

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 0.0], [6.0, 1.0]]
    >>> fit = lc.fit(X, [0, 1, 1, 0, 1, 1])
    >>> marginal_effects(fit, X)[["effect", "std_error", "change"]].round(4)
        effect  std_error  change
    x1  0.1161     0.0781   slope
    x2 -0.1144     0.3470  0 to 1
    """
    check_options(level=level)
    _known(at)
    rows = without_outcomes(fit, X, sample_weight, offset, n_trials)
    refuse_ridge(fit, "marginal effects with standard errors")
    refuse_separated(fit, "marginal effects", "use penalty='firth', or drop the columns named")
    if y is not None:
        bring(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)
    moves = changes(rows, X, dummies, groups)
    with one_blas_thread():
        points = _points(rows) if at == "average" else iter([_one_row(rows, at)])
        effect, jacobian = _summed(rows, moves, points)
    if not np.isfinite(effect).all():
        blame(rows.blocks.X, rows.names)
    C = fit.covariance if covariance is None else as_covariance(covariance, len(fit.names))
    variance = np.einsum("ij,jk,ik->i", jacobian, rows.centred(C), jacobian)
    return _table(fit, moves, effect, np.sqrt(np.maximum(variance, 0.0)), level)


class Point(NamedTuple):
    """Z (m, k') rows in centred columns, eta (m,) their log-odds, weight (m,)."""

    Z: Floats
    eta: Floats
    weight: Floats


def _known(at: Any) -> None:
    if not isinstance(at, Mapping) and at not in ("average", "mean"):
        raise DataError(
            f"at is {at!r:.60}",
            "'average', 'mean', or a mapping of names to values",
            "it is not clear where the effects are to be taken",
            "choose one of these",
            option="at",
        )


def _points(rows: Rows) -> Iterator[Point]:
    for chunk in rows.chunks():
        yield Point(chunk.Z, chunk.eta, chunk.success + chunk.failure)


def _one_row(rows: Rows, at: str | Mapping[str, float]) -> Point:
    """The weighted mean of the rows, some values of it replaced."""
    total, z, shift = 0.0, np.zeros(len(rows.kept)), 0.0
    for part in _points(rows):
        total += float(part.weight.sum())
        z += part.weight @ part.Z
        shift += float(part.weight @ part.eta)
    beta = rows.fit.centered_coef[rows.kept]
    z, shift = z / total, shift / total - float(z @ beta) / total  # what is left is the offset
    names = [rows.fit.names[i] for i in rows.kept]
    for name, value in at.items() if isinstance(at, Mapping) else ():
        if names.count(name) != 1 or not np.isfinite(value) or (name == "intercept"):
            raise DataError(
                f"at gives {name!r} the value {value!r:.40}",
                "finite values for columns of the fit: " + ", ".join(map(repr, names[:12])),
                "the row at which to take the effects is not known",
                "correct at",
                option="at",
            )
        place = names.index(name)
        z[place] = value - rows.fit.center[rows.kept[place]]
    return Point(z[None, :], np.array([z @ beta + shift]), np.ones(1))


def _summed(
    rows: Rows, moves: tuple[Change, ...], points: Iterator[Point]
) -> tuple[Floats, Floats]:
    """Effects (m,), and their derivatives (m, k') by the coefficients of centred columns."""
    beta, center = rows.fit.centered_coef[rows.kept], rows.fit.center[rows.kept]
    effect, jacobian = np.zeros(len(moves)), np.zeros((len(moves), len(beta)))
    total, slope, bend = 0.0, 0.0, np.zeros(len(beta))
    for Z, eta, weight in points:
        total += float(weight.sum())
        p, q = sigmoid(eta), sigmoid(-eta)
        spread = weight * p * q
        slope += float(spread.sum())
        bend += (spread * (q - p)) @ Z
        for i, move in enumerate(moves):
            if move.kind == "slope":
                continue
            change, derivative = _difference(Z, eta, weight, beta, center, move)
            effect[i] += change
            jacobian[i] += derivative
    effect, jacobian = effect / total, jacobian / total
    for i, move in enumerate(moves):
        if move.kind == "slope":
            effect[i] = beta[move.place] * slope / total
            jacobian[i] = beta[move.place] * bend / total
            jacobian[i, move.place] += slope / total
    return effect, jacobian


def _difference(
    Z: Floats, eta: Floats, weight: Floats, beta: Floats, center: Floats, move: Change
) -> tuple[float, Floats]:
    """Weighted sum of p(1) - p(0), and its derivatives."""
    j, group = move.place, list(move.group)
    low = eta - (Z[:, group] + center[group]) @ beta[group]  # all of the group at 0
    high = low + beta[j]
    p0, p1 = sigmoid(low), sigmoid(high)
    w0, w1 = weight * p0 * sigmoid(-low), weight * p1 * sigmoid(-high)
    derivative = (w1 - w0) @ Z
    derivative[group] = -center[group] * float((w1 - w0).sum())
    derivative[j] += float(w1.sum())
    return float(weight @ (p1 - p0)), derivative


def _table(
    fit: LogitFit, moves: tuple[Change, ...], effect: Floats, error: Floats, level: float
) -> pd.DataFrame:
    with np.errstate(all="ignore"):
        z = effect / error
    lower, upper = wald_interval(effect, error, level)
    found = pd.DataFrame(
        {
            "effect": effect, "std_error": error, "z": z, "p_value": two_sided(z),
            "lower": lower, "upper": upper,
            "change": [move.kind for move in moves],
        },
        index=[move.coefficient for move in moves],
    )  # fmt: skip
    first = int(fit.fit_intercept)
    whole = found.reindex(range(first, len(fit.names)))
    return whole.set_axis(pd.Index(fit.names[first:]), axis=0)
