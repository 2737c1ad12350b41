"""Coefficients right to the last bit: iterative refinement with exact gradients.

    b  <-  b + H^-1 g,      b and g in double-double, H in plain doubles, once

A wrong H only slows this down; the limit is where the exact gradient vanishes (the idea of mixed
precision refinement: Wilkinson 1963; Demmel et al. 2006, doi:10.1145/1141885.1141894). The point
is carried as a pair of doubles and rounded once, at the end: whatever the columns do to a plain
solver (means of 1e6 spreads, collinearity of 1e-6), each coefficient is the double next to the
true one, or its neighbour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .approach import FAR, NEAR, climb, look
from .ascent import Status
from .certificate import written
from .errors import LogregError, SeparationError
from .evidence import Refined, evidence, refined
from .exact_terms import Point
from .judged_rows import Judged, arrange
from .metric import Metric, inside_of, metric_at
from .problem import Objective
from .workers import Workers

if TYPE_CHECKING:
    from .result import LogitFit
    from .separation import Separation

__all__ = ["Peak", "find_peak", "polish", "polished"]

Floats = NDArray[np.float64]

BLURRED = 1e-2  # a scaled pivot below this costs the standard errors two digits


def polish(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> LogitFit:
    """The same fit with coefficients right to the last bit or two of a double.

    Parameters
    ----------
    fit : a `LogitFit`, converged or not; ridge included, Firth's penalty excluded.
    X, y, sample_weight, offset, n_trials : as given to `fit`.
    threads : at most so many.

    Returns
    -------
    LogitFit
        With new coefficients, log-likelihood, and (where the fit has them) standard errors, and
        with its `certificate`.

    Raises
    ------
    SeparationError
        There is no finite maximum.
    LogregError
        The maximum was not found from here.
    DataError
        Columns that do not match the fit's; Firth's penalty.

    Notes
    -----
    Cost: about three exact passes, of two to four plain ones each, and two plain passes.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> fit = lc.polish(lc.fit(X, y), X, y)
    >>> fit.certificate.digits.round(1)
    array([16., 16.])
    """
    rows = arrange(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)
    with rows.workers(threads) as workers:
        return polished(rows, find_peak(rows, workers))


@dataclass(frozen=True)
class Peak:
    """The maximum to thirty digits or so: where refinement ended, and the metric there.

    inside (k',): the point in the objective's centred and scaled columns.
    """

    objective: Objective
    metric: Metric
    end: Refined
    inside: Floats


def find_peak(rows: Judged, workers: Workers) -> Peak:
    """Climb where the fit is not near the maximum, then refine. Raises as `polish` does."""
    if rows.fit.status is Status.SEPARATED:
        raise _no_maximum(rows.fit.separation)
    with np.errstate(all="ignore"):
        objective = rows.objective(workers)
        metric, found, _ = look(objective, rows.coef, rows.inside(objective))
        coef = rows.coef
        if metric is None or found is None or not found.reach <= NEAR:
            climbed, separation, _ = climb(rows, objective)
            if separation is not None:
                raise _no_maximum(separation)
            if climbed is not None:
                coef = climbed
                metric, found, _ = look(objective, coef)
        if metric is None or found is None or not found.reach <= FAR:
            raise _not_found()
        end = refined(objective, metric, Point.of(coef), loglik=True)
        if end is None or not end.settled:
            raise _not_found()
        inside = inside_of(objective.coordinates, end.point)
        there = metric_at(objective, end.point.high, end.terms.farthest, inside, least=BLURRED)
    if there is None:
        raise _not_found()
    return Peak(objective, there, end, inside)


def polished(rows: Judged, peak: Peak) -> LogitFit:
    """The fit with its coefficients, likelihood and covariance at the peak, and its certificate."""
    fit, c, point = rows.fit, peak.objective.coordinates, peak.end.point
    metric, loglik = peak.metric, float(peak.end.terms.loglik)
    plain, penalised = loglik, None
    if fit.l2:
        plain, penalised = (
            loglik + 0.5 * fit.l2 * math.fsum(point.high[c.columns >= 0] ** 2),
            loglik,
        )
    covariance = root = None
    if fit.covariance_or_none is not None:
        triangle = np.linalg.cholesky(metric.information)
        half = np.linalg.solve(triangle, metric.turn.T)
        covariance = np.full((len(fit.names),) * 2, np.nan)
        covariance[np.ix_(rows.kept, rows.kept)] = c.covariance(half.T @ half)
        root = np.asarray(np.linalg.solve(metric.turn.T, triangle).T)
    better = replace(
        fit,
        coef=rows.spread(point.high),
        loglik=plain + rows.problem.constant,
        penalised_loglik=penalised,
        status=Status.CONVERGED,
        center=rows.spread(c.center, 0.0),
        centered_coef=rows.spread(peak.inside * c.scale),
        covariance_or_none=covariance,
        root=root,
    )
    found = evidence(metric, peak.end.terms, point)
    status = "proven" if found.bound < math.inf else "estimated"
    passes = metric.passes + peak.end.passes
    better.__dict__["_certificate"] = written(
        replace(rows, fit=better), metric, found, point.low, passes, status
    )
    return better


def _no_maximum(separation: Separation | None) -> SeparationError:
    found = separation.explain() if separation is not None else "the fit is separated"
    return SeparationError(
        found,
        "outcomes that overlap in every direction",
        "infinite coefficients have no digits",
        "read fit.separation, or use l2",
        separation=separation,
    )


def _not_found() -> LogregError:
    return LogregError(
        "refinement from these coefficients did not settle",
        "steps that shrink",
        "the columns are collinear down to rounding, or values are near overflow",
        "drop or rescale columns: see fit.condition_number",
    )
