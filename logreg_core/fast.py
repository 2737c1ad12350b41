"""The fast climb for many rows: cost is counted in readings of the data, so read it seldom.

1. Fit a sample of packs of rows: its maximum is within sqrt(k / m) of the whole one's, and its
   information at that point is a model of the whole one's curvature.
2. Then exact gradients over all rows, one reading each, with that model improved by the secant
   pairs the gradients themselves give (L-BFGS, Nocedal 1980, doi:10.1090/S0025-5718-1980-0572855-7,
   started from the model and not from a multiple of the identity).
3. Where columns are many for the sample (k / m large) the model is replaced once by the
   information of all rows in single precision, at the first point: with many columns a gradient
   costs a small part of it.

A sample that is singular, separated or too small says nothing: `fast` then returns None and the
plain loop climbs. A sample that has a finite maximum proves that all rows have one, and a sample
of full rank that all rows are: both properties only grow with rows.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .ascent import (
    ETA_TOLERANCE,
    Callback,
    Clock,
    Run,
    Status,
    TraceRow,
)
from .blocks import ArrayBlocks, Scratch, Span, Terms, pairwise_sum
from .cholesky_kernels import factorise, solve
from .curvature_kernels import curvature_span
from .kernels import PACK, STRIDE
from .newton import newton
from .problem import Objective
from .secants import Curvature

__all__ = ["fast", "suited"]

Floats = NDArray[np.float64]

LEAST_ROWS = 20_000  # below, five plain steps cost less than finding a sample
LEAST_WORK = 1_000_000  # rows times columns
SHARE = 0.1  # of the rows in the sample
FIRST_SHARE = 0.1  # of the sample in the sample that the sample's own fit starts from
FIRST_ROWS_A_COLUMN = 20
MOST_FIRST_STEPS, MOST_SAMPLE_STEPS = 8, 3
MOST_BYTES = 24 << 20  # of the copy of the sample
ROWS_A_COLUMN = 25  # a smaller sample tells too little about its k x k information
EVENTS_A_COLUMN = 10
COARSE = 0.1  # sqrt(k / m) above which the sample's curvature is replaced by all rows'
MOST_PASSES = 40
SLOW = 0.5  # a decrement that falls by less than this a pass: the plain loop is faster
DOUBTFUL = 1e-5  # scaled pivots below: the plain loop rotates
SEED = 20_260_101


def suited(objective: Objective) -> bool:
    """Whether the fast climb is worth a try on this problem."""
    blocks = objective.blocks
    n, k = blocks.n_rows, len(objective.coordinates.columns)
    return (
        isinstance(blocks, ArrayBlocks)
        and not objective.penalised
        and n >= LEAST_ROWS
        and n * k >= LEAST_WORK
        and _sample_rows(n, k) >= ROWS_A_COLUMN * k
        and objective.coordinates.direct(blocks.n_columns) >= 0
    )


def _sample_rows(n: int, k: int) -> int:
    most = MOST_BYTES // (8 * k)
    return min(n // 2, most, max(int(SHARE * n), 4 * ROWS_A_COLUMN * k)) // PACK * PACK


def _sample(blocks: ArrayBlocks, rows: int) -> ArrayBlocks:
    """Whole packs, one chosen by chance from each of equal stretches of the rows."""
    packs, wanted = blocks.n_rows // PACK, rows // PACK
    edges = np.linspace(0, packs, wanted + 1)
    chosen = edges[:-1] + np.random.default_rng(SEED).random(wanted) * np.diff(edges)
    index = (chosen.astype(np.int64)[:, None] * PACK + np.arange(PACK)).reshape(-1)

    def take(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values[index] if values.size else values

    X = np.empty((len(index), blocks.n_columns))
    for i, pack in enumerate(chosen.astype(np.int64)):
        X[i * PACK : (i + 1) * PACK] = blocks.X[pack * PACK : (pack + 1) * PACK]
    return ArrayBlocks(
        X,
        y=blocks.y[index] if blocks.y.size else blocks.y,
        weight=take(blocks.weight),
        success=take(blocks.success),
        failure=take(blocks.failure),
        offset=take(blocks.offset),
    )


def _sample_fit(objective: Objective, log_odds: float) -> tuple[Objective, Floats, Terms] | None:
    """The sample's maximum, from a smaller sample's, and the terms one step before it.

    None where the sample tells too little: few events, repeated columns, no maximum in sight.
    """
    blocks = objective.blocks
    assert isinstance(blocks, ArrayBlocks)
    k = len(objective.coordinates.columns)
    sample = replace(objective, blocks=_sample(blocks, _sample_rows(blocks.n_rows, k)))
    assert isinstance(sample.blocks, ArrayBlocks)
    if min(sample.blocks.totals()) < EVENTS_A_COLUMN * k:
        return None
    first = replace(objective, blocks=_sample(sample.blocks, _first_rows(sample.blocks.n_rows, k)))
    beta = newton(
        first, first.null(log_odds), tol=1e-2, eta_tolerance=1.0, max_iter=MOST_FIRST_STEPS
    ).beta
    terms = sample(beta, 2)
    for _ in range(MOST_SAMPLE_STEPS):
        if not terms.finite:
            return None
        factor, pivots, d = factorise(terms.information)
        if pivots.min() < DOUBTFUL:
            return None
        step = solve(factor, d, terms.gradient)
        decrement = math.sqrt(max(float(terms.gradient @ step), 0.0) / terms.weight_sum)
        beta = beta + step
        # The sample's maximum is off by sqrt(k / m): to solve it much finer is wasted.
        if decrement <= math.sqrt(k / sample.blocks.n_rows):
            return sample, beta, terms
        terms = sample(beta, 2)
    return None


def _first_rows(m: int, k: int) -> int:
    return min(m, max(int(FIRST_SHARE * m), FIRST_ROWS_A_COLUMN * k)) // PACK * PACK


def _single_information(objective: Objective, beta: Floats) -> Floats:
    """The information of all rows at ``beta`` in single precision (k, k)."""
    c, k = objective.coordinates, len(beta)
    shift = c.direct(objective.blocks.n_columns)
    inner, padded = slice(shift, None), -(-k // 12) * 12
    shared = (shift, c.center[inner], c.scale[inner], beta, (beta * c.scale)[inner])

    def part(span: Span) -> Floats:
        total = np.zeros((padded, padded), np.float64)
        panel = np.zeros((padded + 1, STRIDE), np.float32)
        _, _, _, _, *rest = Scratch.of(k, with_panel=False)
        curvature_span(*span, *shared, panel, *rest, np.zeros((1, 3)), total)
        return total

    total = pairwise_sum(objective.workers.map(part, objective.blocks.spans()))[:k, :k]
    lower = np.tril(total, -1)
    return np.asarray(lower + lower.T + np.diag(total.diagonal()))


def fast(
    objective: Objective,
    log_odds: float,
    *,
    tol: float = 1e-10,
    max_iter: int = 50,
    callback: Callback | None = None,
) -> Run | None:
    """Climb to the maximum in few readings of the data; None where the plain loop must."""
    clock = Clock(objective)
    found = _sample_fit(objective, log_odds)
    if found is None:
        return None
    sample, beta, terms = found
    n, m, k = objective.blocks.n_rows, sample.blocks.n_rows, len(beta)
    share = 2.0 * m / n
    here = clock(beta, 1, extremes=True)
    if not here.finite:
        return None
    extremes = here.column_max
    if math.sqrt(k / m) > COARSE:
        model = Curvature(*_factors(_single_information(objective, beta)))
        share += 1.0
    else:
        growth = here.weight_sum / terms.weight_sum
        model = Curvature(*_factors(terms.information * growth))
    trace: list[TraceRow] = []
    before = math.inf
    for _ in range(min(max_iter, MOST_PASSES)):
        step = model.solve(here.gradient)
        decrement = math.sqrt(max(float(here.gradient @ step), 0.0) / here.weight_sum)
        reach = float(extremes @ np.abs(step))
        rate = min(decrement / before, 1.0)
        trace.append(
            TraceRow(here.loglik, decrement, reach, 1.0, 0, clock.passes + share, clock.seconds())
        )
        if callback is not None:
            callback(trace[-1])
        # The step about to be taken leaves about rate times its own length.
        if decrement * rate <= 0.1 * tol and reach <= ETA_TOLERANCE:
            return Run(beta + step, here, Status.CONVERGED, tuple(trace))
        if rate > SLOW and len(trace) > 2:
            return None
        there = clock(beta + step, 1)
        if not there.finite or there.loglik < here.loglik - 1e-13 * abs(here.loglik):
            return None
        model.learn(step, here.gradient - there.gradient)
        beta, here, before = beta + step, there, decrement
    return None


def _factors(information: Floats) -> tuple[Floats, Floats]:
    factor, _, d = factorise(information)
    return factor, d
