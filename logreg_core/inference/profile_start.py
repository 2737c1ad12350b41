"""Where a profile begins: its coefficient pinned at the maximum, or where that is infinite, at 0.

On separated data the coefficients left free may be separated among themselves whatever the value
of the pinned one. What they tell apart has likelihood 1 in the limit; the profile is that of the
other rows (`separated`), in the columns that are independent there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..ascent import Status
from ..blocks import ArrayBlocks, Terms
from ..cholesky_kernels import factorise, invert
from ..coordinates import Coordinates
from ..errors import LogregError
from ..firth import FirthObjective
from ..newton import newton
from ..problem import Objective, Problem, null_log_odds
from ..rank import DOUBTFUL, independent_columns
from ..result import LogitFit
from ..separated import find_separation
from ..workers import Workers
from .pinned import Pinned, Point, turn
from .rows import Rows

__all__ = ["Start", "at_maximum", "no_profile", "pin"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Start:
    """The maximum of a fit, evaluated once for the profiles of all its slopes."""

    objective: Objective
    beta: Floats
    terms: Terms


def at_maximum(rows: Rows, workers: Workers) -> Start | None:
    """All columns kept as a pass reads them fastest, and what it finds at the maximum."""
    if rows.fit.status is Status.SEPARATED:
        return None
    objective = _kind(rows)(rows.blocks, rows.coordinates(rows.kept), workers)
    beta = rows.beta(objective.coordinates)
    return Start(objective, beta, objective(beta, 2))


def pin(rows: Rows, place: int, known: Start | None, workers: Workers) -> tuple[Pinned, Point]:
    """The profile of a coefficient, and a point on it: the maximum, where there is one."""
    if known is None:
        return _pin_separated(rows, place, workers)
    if place == 0 and rows.fit.fit_intercept:
        known = _not_centred(rows, known)
    factor, pivots, d = factorise(known.terms.information)
    if pivots.min() < DOUBTFUL:
        return _pin_turned(rows, place, workers)
    index = int(np.searchsorted(rows.kept, place))
    width = float(np.sqrt(invert(factor, d)[index, index]))
    top = known.terms.loglik
    pinned = Pinned(known.objective, index, width, top, rows.fit.names[place])
    return pinned, pinned.start(known.beta, known.terms)


def _kind(rows: Rows) -> type[Objective]:
    return FirthObjective if rows.fit.penalty == "firth" else Objective


def _not_centred(rows: Rows, known: Start) -> Start:
    """The intercept is that of columns as given."""
    coordinates = rows.coordinates(rows.kept, centred=False)
    objective = known.objective.at(coordinates)
    beta = rows.fit.coef[rows.kept] / coordinates.scale
    return Start(objective, beta, objective(beta, 2))


def _pin_turned(rows: Rows, place: int, workers: Workers) -> tuple[Pinned, Point]:
    """The same for nearly collinear columns."""
    fit = rows.fit
    others = rows.kept[rows.kept != place]
    coordinates = _pinned_last(rows, others, place)
    source = fit.coef if place == 0 and fit.fit_intercept else fit.centered_coef
    beta = np.append(source[others], source[place]) / coordinates.scale
    turned, beta = turn(Objective(rows.blocks, coordinates, workers), beta)
    objective = _kind(rows)(rows.blocks, turned.coordinates, workers)
    if not isinstance(objective, FirthObjective):
        beta = newton(objective, beta, suspicious=False).beta
    terms = objective(beta, 2)
    pinned = Pinned(objective, len(others), 1.0, terms.loglik, fit.names[place])
    return pinned, pinned.start(beta, terms)


def _pinned_last(rows: Rows, others: NDArray[np.intp], place: int) -> Coordinates:
    """Centred and scaled columns, that of ``place`` last; for the intercept, not centred."""
    intercept = rows.fit.fit_intercept and place == 0
    return rows.coordinates(np.append(others, place), centred=not intercept)


def _pin_separated(rows: Rows, place: int, workers: Workers) -> tuple[Pinned, Point]:
    fit = rows.fit
    separation = fit.separation
    assert separation is not None
    others = rows.kept[rows.kept != place]
    finite = bool(np.isfinite(fit.coef[place]))
    on = separation.boundary if finite else _boundary_without(rows, others)
    blocks = rows.blocks if on is None else _only(rows.blocks, on)
    coordinates = _pinned_last(rows, others, place)
    bare = coordinates.take(np.arange(len(others)))
    objective = Objective(blocks, bare, workers)
    log_odds = null_log_odds(blocks)

    def null_terms(at: Coordinates) -> Terms:
        seen = objective.at(at)
        return seen(seen.null(log_odds), 2)

    kept = np.empty(0, np.intp)
    if len(others):
        names = [fit.names[i] for i in others]
        kept = independent_columns(null_terms, bare, null_terms(bare), names).kept
    chosen = coordinates.take([*kept.tolist(), len(others)])
    value = float(fit.coef[place]) if finite else 0.0
    first = Pinned(Objective(blocks, chosen, workers), len(kept), 1.0, 0.0, fit.names[place])
    start = np.zeros(len(kept))
    if len(kept) and chosen.columns[0] < 0:
        start[0] = log_odds
    found = first.at(value / float(chosen.scale[-1]), start)
    whole, t = turn(first.objective, np.append(found.rest, found.t))
    top = fit.loglik - rows.constant
    pinned = Pinned(whole, len(kept), 1.0, top, fit.names[place])
    return pinned, pinned.at(float(t[-1]), t[:-1])


def _only(blocks: ArrayBlocks, on: NDArray[np.bool_]) -> ArrayBlocks:
    """The same rows, with weight 0 where ``on`` is False."""
    keep = on.astype(np.float64)
    if blocks.success.size:
        return replace(blocks, success=blocks.success * keep, failure=blocks.failure * keep)
    return replace(blocks, weight=blocks.weight * keep if blocks.weight.size else keep)


def _boundary_without(rows: Rows, others: NDArray[np.intp]) -> NDArray[np.bool_] | None:
    """Rows that the other columns do not tell apart; None where that is all of them."""
    fit, columns = rows.fit, rows.positions[others]
    inner = columns[columns >= 0]
    if not len(inner):
        return None
    intercept = len(inner) < len(columns)
    names = tuple(fit.names[i] for i in others)
    blocks = replace(rows.blocks, X=rows.columns(inner))
    found = find_separation(Problem(blocks, names, fit.classes, intercept, fit.weighted))
    return None if found is None or found.kind == "none" else found.boundary


def no_profile(fit: LogitFit, place: int) -> LogregError:
    """What to raise for a coefficient that was dropped, or that the data leave undetermined."""
    dropped = bool(np.isnan(fit.centered_coef[place]))
    return LogregError(
        f"coefficient {fit.names[place]!r} was dropped as redundant"
        if dropped
        else f"coefficient {fit.names[place]!r} is left undetermined by separated data",
        "a coefficient that the data determine",
        "the likelihood is the same at every value of it",
        "read fit.aliased" if dropped else "read fit.separation.explain()",
        column=fit.names[place],
    )
