"""Newton's method for a concave log-likelihood: the textbook loop, with safeguards.

    beta  <-  beta + H^-1 g,      g = sum (y - mu) x,      H = sum mu (1 - mu) x x'

It knows no data: `evaluate` adds up the sums, wherever the rows lie. See `reference.newton_step`
for the same in three lines of NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .ascent import (
    ETA_TOLERANCE,
    SUSPICIOUS_CHANGE,
    SUSPICIOUS_DECREMENT,
    Callback,
    Clock,
    Direction,
    Evaluate,
    Run,
    Status,
    TraceRow,
    ascend,
    direction,
    retreat,
)
from .blocks import Terms

__all__ = ["newton", "sensible_share"]

# Where every row is saturated the curvature vanishes and the step is absurd (1e40): from here on
# down, halving reaches any sensible length.
FARTHEST = 1e6

Floats = NDArray[np.float64]


def sensible_share(toward: Direction, beta: Floats) -> float:
    """The share of a direction from ``beta`` at which halving begins: 1 but for absurd lengths."""
    vector = toward.vector
    if max(vector.max(), -vector.min()) * len(vector) <= FARTHEST:  # the usual case, by one bound
        return 1.0
    length = float(np.abs(vector).sum())
    longest = FARTHEST * (1.0 + float(np.abs(beta).sum()))
    return longest / length if length > longest else 1.0


def newton(
    evaluate: Evaluate,
    beta: Floats,
    *,
    terms: Terms | None = None,
    towards: Callable[[Floats, Terms], Direction] | None = None,
    tol: float = 1e-10,
    eta_tolerance: float = ETA_TOLERANCE,
    max_iter: int = 50,
    suspicious: bool = True,
    callback: Callback | None = None,
) -> Run:
    """Climb to the maximum from ``beta``.

    Stops when sqrt(g' H^-1 g / weight) <= tol and no row's log-odds would move by more than 1e-7:
    both are free of the columns' units, unlike a bound on the gradient or on the coefficients.
    The step found at that point is still taken: it costs nothing and squares the error.

    Parameters
    ----------
    evaluate : callable (beta, order, step) -> Terms
    beta : (k,) start, in the coordinates of ``evaluate`` (log-odds per unit).
    terms : Terms at ``beta``, order 2, where they are known already.
    towards : another way to find the direction at (beta, terms); IRLS has one.
    tol : root of the decrement per unit weight (log-odds).
    eta_tolerance : most a row's log-odds may move in the last step.
    max_iter : most steps.
    suspicious : end with `Status.UNDECIDED` where the run looks like separation.
    callback : called with each `TraceRow`.

    Returns
    -------
    Run
    """
    clock = Clock(evaluate)
    here = clock(beta, 2) if terms is None else terms
    trace: list[TraceRow] = []
    status = Status.MAX_ITER
    for _ in range(max_iter + 1):
        if towards is None:
            toward = direction(here.information, here.gradient)
        else:
            toward = towards(beta, here)
        decrement = math.sqrt(max(toward.decrement, 0.0) / here.weight_sum)
        reach = math.inf
        if decrement <= tol and not toward.damped:
            # how far the last step moves a row: a pass without derivatives says it exactly
            reach = clock(beta + toward.vector, 0, toward.vector).max_eta_change
        if reach <= eta_tolerance:
            beta, status = beta + toward.vector, Status.CONVERGED
            row = TraceRow(here.loglik, decrement, reach, 1.0, 0, clock.passes, clock.seconds())
            trace.append(row)
            break
        if len(trace) == max_iter:
            break
        share = sensible_share(toward, beta)
        if share < 1.0:
            toward = toward._replace(vector=toward.vector * share)
        taken = ascend(clock, beta, here, toward)
        # No step climbs. Where the criteria miss by rounding only, this is the maximum.
        close = decrement <= math.sqrt(tol) * 1e-2 and not toward.damped
        if taken is None:
            reach = clock(beta + toward.vector, 0, toward.vector).max_eta_change
            close = close and reach <= math.sqrt(ETA_TOLERANCE)
        if taken is None and not close:
            taken = retreat(clock, beta, here)
        if taken is None:
            status = Status.CONVERGED if close else Status.STALLED
            trace.append(
                TraceRow(here.loglik, decrement, reach, 0.0, 60, clock.passes, clock.seconds())
            )
            break
        change = taken.terms.max_eta_change
        row = TraceRow(
            here.loglik, decrement, change, taken.step_length, taken.halvings,
            clock.passes, clock.seconds(),
        )  # fmt: skip
        trace.append(row)
        beta, here = taken.beta, taken.terms
        if callback is not None:
            callback(row)
        if suspicious and decrement <= SUSPICIOUS_DECREMENT and change >= SUSPICIOUS_CHANGE:
            status = Status.UNDECIDED
            break
    return Run(beta, here, status, tuple(trace))
