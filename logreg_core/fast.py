"""The fast climb for many rows: cost is counted in readings of the data, so read it seldom.

1. Fit a sample of the rows: its maximum is within sqrt(k / m) of the whole one's, and the
   information of the sample is a model of the whole one's curvature, good to the same share.
2. One exact gradient there. The sample's log-likelihood, tilted so that its gradient agrees, is
   maximised next: that carries the change of curvature along the way, which a quadratic does not.
3. Then exact gradients over all rows, one reading each, with the sample's information at the new
   point improved by the secant pairs the gradients themselves give (L-BFGS, Nocedal 1980,
   doi:10.1090/S0025-5718-1980-0572855-7, started from the model).
4. Where columns are many for the sample, the first reading takes the information of all rows
   along, in single precision: the sample then only says how it changes from there.
5. Where standard errors are wanted the last reading, close to the maximum, takes the information,
   and the last step is Newton's own.

A sample that is singular, separated or too small says nothing: `fast` then returns None and the
plain loop climbs. A sample that has a finite maximum proves that all rows have one, and a sample
of full rank that all rows are: both properties only grow with rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .array_blocks import SampledBlocks
from .ascent import ETA_TOLERANCE, Callback, Clock, Run, Status, TraceRow
from .blocks import Terms
from .cholesky_kernels import factorise, solve
from .problem import Objective
from .sampling import sample_of, sample_rows
from .secants import Curvature

__all__ = ["fast", "suited"]

Floats = NDArray[np.float64]

LEAST_ROWS = 20_000  # below, five plain steps cost less than finding a sample
LEAST_WORK = 1_000_000  # rows times columns
FIRST_SHARE = 0.1  # of the sample in the sample that the sample's own fit starts from
FIRST_ROWS_A_COLUMN = 20
MOST_FIRST_STEPS, MOST_TILTED_STEPS = 8, 6
LEAST_SINGLE = 50  # columns from which single precision pays
ROWS_A_COLUMN = 25  # a smaller sample tells too little about its k x k information
EVENTS_A_COLUMN = 10
COARSE = 0.04  # sqrt(k / m) above which the first reading takes the information of all rows
MOST_PASSES = 40
SLOW = 0.5  # a decrement that falls by less than this a pass: the plain loop is faster
DOUBTFUL = 1e-5  # scaled pivots below: the plain loop rotates
CLOSE = 1e-9  # decrement at which Newton's step with exact information ends the climb


def suited(objective: Objective) -> bool:
    """Whether the fast climb is worth a try on this problem."""
    blocks = objective.blocks
    n, k = blocks.n_rows, len(objective.coordinates.columns)
    return (
        isinstance(blocks, SampledBlocks)
        and not objective.penalised
        and n >= LEAST_ROWS
        and n * k >= LEAST_WORK
        and sample_rows(n, k) >= ROWS_A_COLUMN * k
        and objective.coordinates.direct(blocks.n_columns) >= 0
    )


@dataclass(frozen=True)
class _Sample:
    """The sample's objective, what makes its weight that of all rows, a point near its maximum."""

    objective: Objective
    growth: float
    beta: Floats

    def terms(self, beta: Floats) -> Terms:
        """The sample's terms, blown up to the weight of all rows."""
        terms = self.objective(beta, 2, single=_single(len(beta)))
        return replace(
            terms,
            weight_sum=terms.weight_sum * self.growth,
            gradient=terms.gradient * self.growth,
            information=terms.information * self.growth,
        )


def _single(k: int) -> bool:
    """Whether single precision is worth its compilation: what it multiplies is a model only."""
    return k >= LEAST_SINGLE


def _sample(objective: Objective, log_odds: float) -> _Sample | None:
    """None where the sample tells too little: few events, repeated columns, no maximum in sight."""
    blocks = objective.blocks
    assert isinstance(blocks, SampledBlocks)
    k = len(objective.coordinates.columns)
    chosen = sample_of(blocks, sample_rows(blocks.n_rows, k))
    events = chosen.totals()
    if min(events) < EVENTS_A_COLUMN * k:
        return None
    rows = max(int(FIRST_SHARE * chosen.n_rows), FIRST_ROWS_A_COLUMN * k)
    beta = _climb(replace(objective, blocks=chosen.thinned(rows)), log_odds)
    if beta is None:
        return None
    growth = sum(blocks.totals()) / sum(events)
    return _Sample(replace(objective, blocks=chosen), growth, beta)


def _climb(few: Objective, log_odds: float) -> Floats | None:
    """Near the maximum of a few rows; None where none is in sight."""
    beta = few.null(log_odds)
    for _ in range(MOST_FIRST_STEPS):
        terms = few(beta, 2, single=_single(len(beta)))
        found = _newton_step(terms, terms.gradient)
        if found is None:
            return None
        step, decrement, _ = found
        beta = beta + step
        # The next step would be the square of this one; the maximum of few rows is off by more.
        if decrement**2 <= math.sqrt(len(beta) / few.blocks.n_rows):
            return beta
    return None


def _newton_step(terms: Terms, gradient: Floats) -> tuple[Floats, float, Curvature] | None:
    """The step, its decrement per unit weight, the curvature; None where that is singular."""
    if not terms.finite:
        return None
    factor, pivots, d = factorise(terms.information)
    if pivots.min() < DOUBTFUL:
        return None
    step = solve(factor, d, gradient)
    decrement = math.sqrt(max(float(gradient @ step), 0.0) / terms.weight_sum)
    return step, decrement, Curvature(factor, d)


def _tilted(sample: _Sample, here: Terms, beta: Floats) -> tuple[Floats, Curvature] | None:
    """The step to the maximum of the tilted sample from beta, and the curvature there.

    Its gradient is the sample's plus what makes it agree with that of all rows at ``beta``, its
    information that of the sample plus what makes it agree where ``here`` has it.
    """
    there = sample.terms(beta)
    tilt, correction = here.gradient - there.gradient, np.zeros_like(there.information)
    if here.information.size:
        correction = here.information - there.information
    error = math.sqrt(len(beta) / sample.objective.blocks.n_rows)
    step, gradient, first = np.zeros_like(beta), here.gradient, 0.0
    for number in range(MOST_TILTED_STEPS):
        there = replace(there, information=there.information + correction)
        found = _newton_step(there, gradient)
        if found is None:
            return None
        move, decrement, curvature = found
        step, first = step + move, first or decrement
        if number and decrement**2 <= error * first**2:
            return step, curvature
        there = sample.terms(beta + step)
        gradient = there.gradient + tilt - np.einsum("ij,j->i", correction, step)
    return None


def fast(
    objective: Objective,
    log_odds: float,
    *,
    tol: float = 1e-10,
    max_iter: int = 50,
    inference: bool = True,
    callback: Callback | None = None,
) -> Run | None:
    """Climb to the maximum in few readings of the data; None where the plain loop must.

    With ``inference`` the run's terms hold the information, at a point so close to the maximum
    that its digits are the maximum's.
    """
    clock = Clock(objective)
    sample = _sample(objective, log_odds)
    if sample is None:
        return None
    beta, n, m = sample.beta, objective.blocks.n_rows, sample.objective.blocks.n_rows
    many = math.sqrt(len(beta) / m) > COARSE
    share = 3.0 * m / n
    here = objective(beta, 2, single=True) if many else objective(beta, 1)
    clock.passes += 1
    trace: list[TraceRow] = []
    model: Curvature | None = None
    before, rate, reach = math.inf, math.sqrt(len(beta) / m), math.inf
    for _ in range(min(max_iter, MOST_PASSES)):
        if not here.finite:
            return None
        exact = model is not None and bool(here.information.size)
        if model is None:
            found = _tilted(sample, here, beta)
            if found is None:
                return None
            step, model = found
        else:
            if exact:
                last_step = _newton_step(here, here.gradient)
                if last_step is None:
                    return None
                model = last_step[2]
            step = model.solve(here.gradient)
        decrement = math.sqrt(max(float(here.gradient @ step), 0.0) / here.weight_sum)
        rate = min(decrement / before, 1.0) if trace else rate
        reach *= rate  # of the step about to be taken: about so much shorter than the last
        trace.append(
            TraceRow(here.loglik, decrement, reach, 1.0, 0, clock.passes + share, clock.seconds())
        )
        if callback is not None:
            callback(trace[-1])
        # The step about to be taken leaves about rate times its own length; Newton's, its square.
        left = decrement * (decrement if exact else rate)
        if left <= 0.03 * tol and reach <= ETA_TOLERANCE and (exact or not inference):
            return Run(beta + step, here, Status.CONVERGED, tuple(trace))
        if rate > SLOW and len(trace) > 2:
            return None
        last = inference and decrement * rate <= CLOSE
        there = clock(beta + step, 2 if last else 1, step)
        if not there.finite or there.loglik < here.loglik - 1e-13 * abs(here.loglik):
            return None
        if len(trace) > 1:
            model.learn(step, here.gradient - there.gradient)
        beta, here, before, reach = beta + step, there, decrement, there.max_eta_change
    return None
