"""The same rows without some of the columns: the smaller model of a test, no copy of X made."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..ascent import Status
from ..errors import LogregError
from ..maximise import Maximum, Options, at_the_end, go_on, maximise, refine
from ..problem import Objective, Problem, null_log_odds
from ..separated import find_separation, limit_fit
from ..workers import Workers
from .rows import Places, Rows

__all__ = ["Refit", "refit"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Refit:
    """loglik: the maximum or supremum, without the binomial constant; n_parameters; maximum:
    where the climb ended, None for models without columns; separated: there is no maximum."""

    loglik: float
    n_parameters: int
    maximum: Maximum | None = None
    separated: bool = False


def refit(rows: Rows, places: Places, workers: Workers) -> Refit:
    """The maximum of the log-likelihood over the coefficients at these places, others 0.

    Cost: some five passes. Started where a quadratic log-likelihood would have its maximum.
    """
    fit = rows.fit
    if not len(places):
        return Refit(fit.null_loglik - rows.constant, 0)
    names = tuple(fit.names[i] for i in places)
    objective = Objective(rows.blocks, rows.coordinates(places), workers)
    options = Options(start=_start(rows, places))
    found = maximise(objective, names, null_log_odds(rows.blocks), options)
    kept = len(found.independent.kept)
    if found.run.status is not Status.CONVERGED:
        limit = _supremum(rows, places, objective)
        if limit is not None:
            return Refit(limit, kept, found, separated=True)
    found = at_the_end(refine(go_on(found, options), options))
    if found.run.status not in (Status.CONVERGED, Status.STALLED):
        raise LogregError(
            f"the model of {', '.join(names)} did not converge: {found.run.status.word}",
            "the maximum of the smaller model",
            "twice the difference of two log-likelihoods needs both maxima",
            "fit that model on its own and read its status and trace",
            columns=names,
        )
    run, end = found.run, found.objective
    loglik = run.terms.loglik
    if end.coordinates.rotation.size:
        loglik = end.compensated_loglik(run.beta)
    return Refit(loglik, kept, found)


def _start(rows: Rows, places: Places) -> Floats | None:
    """The conditional maximum of the parabola at the fit: b - C_rd C_dd^-1 b_d."""
    fit = rows.fit
    if fit.covariance_or_none is None or not np.isfinite(fit.coef[rows.kept]).all():
        return None
    dropped = np.setdiff1d(rows.kept, places)
    C = fit.covariance
    start = fit.coef[places].copy()
    start[np.isnan(start)] = 0.0
    if len(dropped) and np.isin(places, rows.kept).all():
        block = C[np.ix_(dropped, dropped)]
        back = np.linalg.lstsq(block, fit.coef[dropped], rcond=None)[0]
        start -= C[np.ix_(places, dropped)] @ back
    return start if np.isfinite(start).all() else None


def _supremum(rows: Rows, places: Places, objective: Objective) -> float | None:
    """The supremum of the log-likelihood where these columns are separated, else None.

    The rare case, and the one in which the columns chosen are copied.
    """
    fit, columns = rows.fit, rows.positions[places]
    inner = columns[columns >= 0]
    intercept = len(inner) < len(columns)
    if not len(inner):
        return None
    blocks = replace(rows.blocks, X=rows.columns(inner))
    names = tuple(fit.names[i] for i in places)
    problem = Problem(blocks, names, fit.classes, intercept, fit.weighted)
    separation = find_separation(problem)
    if separation is None or separation.kind == "none":
        return None
    return limit_fit(problem, objective, separation, Options()).loglik
