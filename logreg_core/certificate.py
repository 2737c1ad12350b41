"""How many digits of a fit are right, and how far away the maximum can be: a certificate.

Let g and H be the gradient and the information at the coefficients b, nu = sqrt(g' H^-1 g) the
Newton decrement, and R = max ||x_i||_(H^-1) over the rows.

**Theorem.** If R nu < 1, the log-likelihood has a maximum, it is unique, and its distance from b
in the metric of H, r = ||b* - b||_H (at most r std errors in any coefficient), satisfies

    r <= rho = -log(1 - R nu) / R            (1.39 nu at R nu = 1/2, 1.0 nu for a good fit).

*Proof.* The logistic loss f has |f'''| <= f'' (it is self-concordant in the generalised sense of
Bach 2010, doi:10.1214/09-EJS521, Section 2; also with weights and with a ridge, whose f''' is 0).
Along b + t v with ||v||_H = 1 no row's log-odds moves faster than R, so the curvature in that
direction at t is at least exp(-R t), and the slope of f at least -nu + (1 - exp(-R t)) / R. That
is positive from t = rho on, in every direction. (Bach's Proposition 2 has the same with R the
Euclidean norm over the root of the smallest eigenvalue, and rounder constants.)

**Corollary.** With s = H^-1 g the Newton step and S = R rho, v = b* - b,

    ||v - s||_H <= rho psi(S),    psi(S) = (exp(S) - 1 - S) / S <= S exp(S) / 2,

because H v - g is the integral of (H - H(b + t v)) v over t from 0 to 1, and that difference is
at most exp(t S) - 1 relative to H. So |v_j| <= |s_j| + std_error_j rho psi(S): after one
refinement step the error of each coefficient is known to almost all its digits.

Nothing of this is worth more than the arithmetic it is evaluated in: g comes in double-double
(`exact_terms`), H with a bound on its rounding (`metric`), and both are added to the bounds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .approach import FAR, NEAR, climb, look
from .ascent import Status
from .certificate_result import Certificate, right_digits
from .evidence import Evidence, evidence, refined
from .exact_terms import Point
from .judged_rows import Judged, arrange
from .metric import Metric, inside_of, metric_at
from .problem import Objective
from .workers import Workers

if TYPE_CHECKING:
    from .result import LogitFit
    from .separation import Separation

__all__ = ["Certificate", "certify", "judge", "written"]

Floats = NDArray[np.float64]


def certify(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> Certificate:
    """How many digits of each coefficient and standard error are right?

    Two answers, never confused: *digits*, estimated by one refinement step, and *bound*, proven
    by the theorem at the head of this module with every rounding counted in.

    Parameters
    ----------
    fit : a `LogitFit`, ridge included, Firth's penalty excluded.
    X, y, sample_weight, offset, n_trials : as given to `fit`. Other rows have another maximum:
        the certificate speaks of these rows.
    threads : at most so many.

    Returns
    -------
    Certificate
        Kept as ``fit.certificate`` too.

    Raises
    ------
    DataError
        Columns that do not match the fit's; Firth's penalty.

    Notes
    -----
    Cost: two passes, one of them in double-double: together 3 to 6 plain ones. Nearly collinear
    columns take one or two more; a fit that is not at the maximum is first climbed from.

    References
    ----------
    Bach, F. (2010), Self-concordant analysis for logistic regression, Electronic Journal of
    Statistics 4, 384-414, doi:10.1214/09-EJS521.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> found = lc.certify(lc.fit(X, y), X, y)
    >>> found.status, bool(found.digits.min() > 14), found.bound < 1e-12
    ('proven', True, True)
    """
    rows = arrange(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)
    with rows.workers(threads) as workers:
        found = judge(rows, workers)
    fit.__dict__["_certificate"] = found  # evidence about the fit, no part of it
    return found


def judge(rows: Judged, workers: Workers) -> Certificate:
    """The certificate of a fit, on rows already arranged."""
    fit = rows.fit
    if fit.status is Status.SEPARATED and fit.separation is not None:
        return _without_maximum(rows, fit.separation, 0)
    coef = rows.coef
    with np.errstate(all="ignore"):
        objective = rows.objective(workers)
        metric, first, passes = look(objective, coef, rows.inside(objective))
        found, start = first, coef
        if metric is None or found is None or not found.reach <= NEAR:
            end, separation, used = climb(rows, objective)
            passes += used
            if separation is not None:
                return _without_maximum(rows, separation, passes)
            if end is not None:
                start = end
                metric, found, used = look(objective, start)
                passes += used
            if metric is None or found is None or not found.reach <= FAR:
                return _nothing_known(rows, first, passes)
        if found.bound < math.inf and found.sharp(start):
            return written(rows, metric, found, start - coef, passes, "proven", first)
        return _refined(rows, objective, metric, start, passes, first)


def _refined(
    rows: Judged,
    objective: Objective,
    metric: Metric,
    start: Floats,
    passes: int,
    first: Evidence | None,
) -> Certificate:
    """Where one step does not tell the error, or nothing can be proven: refine to the end.

    Steps that shrink until they vanish are what an estimate without proof rests on.
    """
    end = refined(objective, metric, Point.of(start))
    if end is None or not end.settled:
        return _nothing_known(rows, first, passes)
    passes += end.passes
    inside = inside_of(objective.coordinates, end.point)
    there = metric_at(objective, end.point.high, end.terms.farthest, inside)
    if there is None:
        return _nothing_known(rows, first, passes)
    found = evidence(there, end.terms, end.point)
    status = "proven" if found.bound < math.inf else "estimated"
    away = (end.point.high - rows.coef) + end.point.low
    return written(rows, there, found, away, passes + there.passes, status, first)


def written(
    rows: Judged,
    metric: Metric,
    found: Evidence,
    away: Floats,
    passes: int,
    status: str,
    first: Evidence | None = None,
) -> Certificate:
    """What the evidence at a point says of coefficients from which ``away`` (k',) leads to it."""
    coef, proven = rows.coef, status == "proven"
    rounding = 2.0**-52 * np.abs(away)
    moved = away + found.step
    likely = found.likely - np.abs(found.step) + np.abs(moved) + rounding
    bounds = np.full(len(coef), np.inf)
    bound = math.inf
    if proven:
        bounds = found.coef_bound + np.abs(away) + rounding
        length = float(np.linalg.norm(metric.seen(away)))
        bound = found.bound + 1.01 * length * math.sqrt(1.0 + metric.slack)
    exact = np.abs(coef + moved)
    return Certificate(
        names=rows.fit.names,
        digits=rows.spread(right_digits(likely, exact)),
        std_error_digits=rows.spread(_std_error_digits(rows, metric, found)),
        bound=bound,
        coef_bound=rows.spread(bounds),
        decrement=(first or found).length,
        row_norm=metric.row_norm,
        proven=proven,
        status=status,
        passes=passes,
        coef=rows.fit.coef,
    )


def _std_error_digits(rows: Judged, metric: Metric, found: Evidence) -> Floats:
    """Against the information of the metric, by its noise and by how far the maximum is."""
    fit = rows.fit
    if fit.covariance_or_none is None:
        return np.full(len(rows.kept), np.nan)
    own, here = fit.std_error[rows.kept], np.sqrt(metric.variances())
    share = metric.jacobian**2
    noise = (share @ metric.noise) / share.sum(axis=1)
    return right_digits(np.abs(own - here) + here * (noise + found.drift), here)


def _without_maximum(rows: Judged, separation: Separation, passes: int) -> Certificate:
    nan = np.full(len(rows.fit.names), np.nan)
    return Certificate(
        names=rows.fit.names,
        digits=nan,
        std_error_digits=nan,
        bound=math.inf,
        coef_bound=np.full(len(nan), np.inf),
        decrement=math.nan,
        row_norm=math.inf,
        proven=False,
        status="no finite maximum",
        passes=passes,
        coef=rows.fit.coef,
        separation=separation,
    )


def _nothing_known(rows: Judged, found: Evidence | None, passes: int) -> Certificate:
    zero = rows.spread(np.zeros(len(rows.kept)))
    return Certificate(
        names=rows.fit.names,
        digits=zero,
        std_error_digits=zero,
        bound=math.inf,
        coef_bound=rows.spread(np.full(len(rows.kept), np.inf)),
        decrement=math.nan if found is None else found.length,
        row_norm=math.inf,
        proven=False,
        status="stalled",
        passes=passes,
        coef=rows.fit.coef,
    )
