"""From the end of a climb to a `LogitFit`: everything back in the columns' own units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .ascent import Status
from .cholesky_kernels import factorise, invert
from .coordinates import Coordinates
from .firth import FirthObjective
from .maximise import Maximum, Options
from .named_blocks import has_offset
from .problem import Objective, Problem
from .result import LogitFit
from .separated import Limit

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["finish"]

Floats = NDArray[np.float64]


def finish(
    problem: Problem,
    found: Maximum,
    separation: Separation | None,
    limit: Limit | None,
    null: float,
    options: Options,
    inference: bool,
) -> LogitFit:
    """Coefficients, covariance and likelihood of a climb, or of its limit where it is separated."""
    run, coordinates = found.run, found.objective.coordinates
    kept, k = found.independent.kept, len(problem.names)
    coef, centered, center = np.full(k, np.nan), np.full(k, np.nan), np.zeros(k)
    coef[kept] = coordinates.to_columns(run.beta)
    plain = coordinates.rotation @ run.beta if coordinates.rotation.size else run.beta
    centered[kept] = plain * coordinates.scale
    center[kept] = coordinates.center
    covariance = root = None
    loglik, status = _plain_loglik(found), run.status
    if limit is not None:
        # Predictions keep the last finite iterate: probabilities within rounding of the limit.
        coef, loglik, status = limit.coef, limit.loglik, Status.SEPARATED
    if inference:
        covariance = np.full((k, k), np.nan)
        source = found if limit is None else limit.maximum
        if source is not None:
            inside, root = _covariance(source)
            rows = source.independent.kept
            if len(rows) == k:
                covariance = inside
            else:
                covariance[np.ix_(rows, rows)] = inside
            unknown = ~np.isfinite(coef)
            if unknown.any():
                covariance[unknown, :] = covariance[:, unknown] = np.nan
    return LogitFit(
        names=problem.names,
        coef=coef,
        classes=problem.classes,
        loglik=loglik + problem.constant,
        null_loglik=null + problem.constant,
        n_rows=run.terms.n_rows,
        weight_sum=run.terms.weight_sum,
        status=status,
        aliased=found.independent.relations,
        separation=separation,
        fit_intercept=problem.fit_intercept,
        center=center,
        centered_coef=centered,
        root=root,
        covariance_or_none=covariance,
        steps=run.trace,
        solver=found.solver,
        tol=options.tol,
        l2=found.objective.l2,
        penalty="firth" if isinstance(found.objective, FirthObjective) else None,
        penalised_loglik=run.terms.loglik if found.objective.penalised else None,
        weighted=problem.weighted,
        with_offset=has_offset(problem.blocks),
    )


def _plain_loglik(found: Maximum) -> float:
    """The log-likelihood without the ridge penalty."""
    objective, run = found.objective, found.run
    if objective.coordinates.rotation.size:
        return objective.compensated_loglik(run.beta)
    if not objective.penalised:
        return run.terms.loglik
    bare = Objective(objective.blocks, objective.coordinates, objective.workers)
    return bare(run.beta, 0).loglik


def _covariance(found: Maximum) -> tuple[Floats, Floats | None]:
    """Inverse information in the columns' units, and R of the centred and scaled columns."""
    coordinates: Coordinates = found.objective.coordinates
    factor, pivots, d = factorise(found.run.terms.information)
    if not pivots[-1] > 0.0:
        return np.full_like(factor, np.nan), None
    root = factor.T * d
    if coordinates.rotation.size:
        root = np.asarray(np.linalg.solve(coordinates.rotation.T, root.T).T, dtype=np.float64)
    return coordinates.covariance(invert(factor, d)), root
