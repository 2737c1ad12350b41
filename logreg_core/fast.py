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

from .ascent import ETA_TOLERANCE, Callback, Clock, Run, Status, TraceRow
from .blocks import ArrayBlocks, Terms
from .cholesky_kernels import factorise, solve
from .newton import newton
from .problem import Objective
from .sampling import SampleBlocks, sample_of
from .secants import Curvature

__all__ = ["fast", "suited"]

Floats = NDArray[np.float64]

LEAST_ROWS = 20_000  # below, five plain steps cost less than finding a sample
LEAST_WORK = 1_000_000  # rows times columns
SHARE = 0.1  # of the rows in the sample
FIRST_SHARE = 0.1  # of the sample in the sample that the sample's own fit starts from
FIRST_ROWS_A_COLUMN = 20
MOST_FIRST_STEPS, MOST_SAMPLE_STEPS = 8, 3
ROWS_A_COLUMN = 25  # a smaller sample tells too little about its k x k information
WANTED_ROWS_A_COLUMN = 100
EVENTS_A_COLUMN = 10
COARSE = 0.04  # sqrt(k / m) above which the first reading takes the information of all rows
MOST_PASSES = 40
SLOW = 0.5  # a decrement that falls by less than this a pass: the plain loop is faster
DOUBTFUL = 1e-5  # scaled pivots below: the plain loop rotates
CLOSE = 1e-8  # decrement at which Newton's step with exact information ends the climb


def suited(objective: Objective) -> bool:
    """Whether the fast climb is worth a try on this problem."""
    blocks = objective.blocks
    n, k = blocks.n_rows, len(objective.coordinates.columns)
    return (
        type(blocks) is ArrayBlocks
        and not objective.penalised
        and n >= LEAST_ROWS
        and n * k >= LEAST_WORK
        and _sample_rows(n, k) >= ROWS_A_COLUMN * k
        and objective.coordinates.direct(blocks.n_columns) >= 0
    )


def _sample_rows(n: int, k: int) -> int:
    return min(n // 4, max(int(SHARE * n), WANTED_ROWS_A_COLUMN * k))


@dataclass(frozen=True)
class _Sample:
    """The sample's objective, its maximum, its share of the weight of all rows turned round."""

    objective: Objective
    beta: Floats
    growth: float

    def terms(self, beta: Floats, order: int, single: bool) -> Terms:
        """The sample's terms, blown up to the weight of all rows."""
        terms = self.objective(beta, order, single=single)
        return replace(
            terms,
            gradient=terms.gradient * self.growth,
            information=terms.information * self.growth,
        )


def _sample(objective: Objective, log_odds: float) -> _Sample | None:
    """None where the sample tells too little: few events, repeated columns, no maximum in sight."""
    blocks = objective.blocks
    assert isinstance(blocks, ArrayBlocks)
    k = len(objective.coordinates.columns)
    chosen = sample_of(blocks, _sample_rows(blocks.n_rows, k))
    events = chosen.totals()
    if min(events) < EVENTS_A_COLUMN * k:
        return None
    sample = replace(objective, blocks=chosen)
    beta = _climb_sample(sample, chosen, log_odds)
    return None if beta is None else _Sample(sample, beta, sum(blocks.totals()) / sum(events))


def _climb_sample(sample: Objective, chosen: SampleBlocks, log_odds: float) -> Floats | None:
    """Near the sample's maximum, from that of a smaller sample; None where none is in sight."""
    k, m = len(sample.coordinates.columns), chosen.n_rows
    rows = max(int(FIRST_SHARE * m), FIRST_ROWS_A_COLUMN * k)
    first = replace(sample, blocks=chosen.thinned(rows))
    beta = newton(
        first, first.null(log_odds), tol=1e-2, eta_tolerance=1.0, max_iter=MOST_FIRST_STEPS
    ).beta
    for _ in range(MOST_SAMPLE_STEPS):
        terms = sample(beta, 2)
        if not terms.finite:
            return None
        factor, pivots, d = factorise(terms.information)
        if pivots.min() < DOUBTFUL:
            return None
        step = solve(factor, d, terms.gradient)
        decrement = math.sqrt(max(float(terms.gradient @ step), 0.0) / terms.weight_sum)
        beta = beta + step
        # The sample's maximum is off by sqrt(k / m): to solve it much finer is wasted.
        if decrement <= math.sqrt(k / m):
            return beta
    return None


def _tilted(sample: _Sample, here: Terms, beta: Floats) -> tuple[Floats, Curvature] | None:
    """The step to the maximum of the tilted sample from beta, and its information there.

    Its gradient is the sample's plus what makes it agree with that of all rows at ``beta``, its
    information that of the sample plus what makes it agree where ``here`` has it.
    """
    single = bool(here.information.size)
    there = sample.terms(beta, 2, single)
    tilt = here.gradient - there.gradient
    correction = here.information - there.information if single else np.zeros((len(beta),) * 2)
    factor, pivots, d = factorise(there.information + correction)
    if pivots.min() < DOUBTFUL:
        return None
    step = solve(factor, d, here.gradient)
    there = sample.terms(beta + step, 2, single)
    factor, pivots, d = factorise(there.information + correction)
    if pivots.min() < DOUBTFUL:
        return None
    step += solve(factor, d, there.gradient + tilt - np.einsum("ij,j->i", correction, step))
    return step, Curvature(factor, d)


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
    share = 4.0 * m / n
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
            model = Curvature(*_factors(here.information)) if exact else model
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
        if left <= 0.1 * tol and reach <= ETA_TOLERANCE and (exact or not inference):
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


def _factors(information: Floats) -> tuple[Floats, Floats]:
    factor, _, d = factorise(information)
    return factor, d
