"""The fast climb for many rows: cost is counted in readings of the data, so read it seldom.

1. A few rows give a start, a sample its own maximum nearly (`sample_model`): sqrt(k / m) away.
2. One exact gradient there. The sample's log-likelihood, tilted so that its gradient agrees, is
   maximised: that comes closer by the same factor, sqrt(k / m).
3. Where it pays the next reading takes the information of all rows along, as a model (in single
   precision for many columns). From there on the sample says only how that information changes:
   every further gradient, one reading each, comes closer by sqrt(k / m) times the distance at
   which it was taken. Else the sample's information stays the model, and the secant pairs that
   the gradients give improve it (L-BFGS, Nocedal 1980, doi:10.1090/S0025-5718-1980-0572855-7).
4. Where standard errors are wanted one more reading, where the climb would end without, takes the
   information, and the last step is Newton's own. No row's weight changes over it by a share of
   more than max |x' step|, so no standard error does by more than half of that.

The stop is that of `newton`; how much a step leaves is known from how much the last one left. A
climb that is slow, falls, or meets a singular matrix returns None, and the plain loop climbs.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .array_blocks import SampledBlocks
from .ascent import ETA_TOLERANCE, Callback, Clock, Run, Status, TraceRow
from .blocks import Terms
from .plan import BEND, plan, single
from .problem import Objective
from .sample_model import SampleModel, decrement_of, newton_step, sample_model
from .sampling import sample_rows
from .secants import Curvature

__all__ = ["fast", "suited"]

Floats = NDArray[np.float64]

TOLERANCE = 1e-10  # the default
LEAST_ROWS = 20_000  # below, five plain steps cost less than finding a sample
LEAST_WORK = 1_000_000  # rows times columns
ROWS_A_COLUMN = 25  # a smaller sample tells too little about its k x k information
MOST_PASSES = 40
SLOW = 0.5  # a decrement that falls by less than this a pass: the plain loop is faster
SAME = 4.0  # times tol: max |x' step| up to which the information is that at the maximum
TAIL = 50.0  # times a step's decrement: what max |x' step| may well be
NEAR = 1e3  # a rate may turn out so much better than expected
ENOUGH = 0.1  # of tol, for what the last step leaves: up to eight times more was measured
LEARNED = 0.5  # of the last rate, where its step taught the model: 0.01 to 10 was measured


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


def fast(
    objective: Objective,
    log_odds: float,
    *,
    tol: float = TOLERANCE,
    max_iter: int = 50,
    inference: bool = True,
    callback: Callback | None = None,
) -> Run | None:
    """Climb to the maximum in few readings of the data; None where the plain loop must.

    With ``inference`` the run's terms hold the information at the maximum.
    """
    clock = Clock(objective)
    planned = plan(objective.blocks.n_rows, len(objective.coordinates.columns))
    sample = sample_model(objective, log_odds, planned.cheap)
    if sample is None:
        return None
    climb = _Climb(objective.blocks.n_rows, sample, planned.whole, tol, inference)
    trace: list[TraceRow] = []
    for _ in range(min(max_iter, MOST_PASSES)):
        if not climb.read(clock) or not climb.aim():
            return None
        trace.append(climb.row(clock))
        if callback is not None:
            callback(trace[-1])
        if climb.done:
            return climb.end(tuple(trace))
        if climb.rate > SLOW and len(trace) > 2:
            return None
    return None


class _Climb:
    """Where the climb is, what it aims at, and how fast it comes closer."""

    def __init__(
        self, n: int, sample: SampleModel, whole: int, tol: float, inference: bool
    ) -> None:
        self._sample, self._whole, self._inference = sample, whole, inference
        self._target, self._same = ENOUGH * tol, SAME * max(tol, TOLERANCE)
        self._share = 4.0 * sample.n_rows / n  # of a reading, spent on the sample
        self._beta, self._step, self._model = sample.beta, np.zeros(0), Curvature(*_NOTHING)
        self._number, self._exact, self._taught = -1, False, False
        self._here: Terms | None = None
        self._decrement, self._reach, self.rate = math.inf, math.inf, sample.error

    def read(self, clock: Clock) -> bool:
        """One reading, after the step aimed at; False where the log-likelihood fell."""
        self._number += 1
        before, model = self._here, self._number == self._whole
        self._exact = self._inference and TAIL * self._decrement * self.rate <= self._same
        order = 2 if self._exact or model else 1
        where, step = self._beta, None
        if before is not None:
            where = self._beta + self._step
            step = self._step if self._exact or (self._near and not self._inference) else None
        low = order == 2 and not self._exact and single(len(where))
        here = self._here = clock(where, order, step, single=low)
        if before is not None:
            if not here.loglik >= before.loglik - 1e-13 * abs(before.loglik):
                return False
            # over the first step and that of the information the curvature changed more
            self._taught = self._number - 1 not in (0, self._whole)
            if self._taught:
                self._model.learn(self._step, before.gradient - here.gradient)
            self._reach = math.inf if step is None else here.max_eta_change
        self._beta = where
        return here.finite

    @property
    def _near(self) -> bool:
        """Whether the next reading may be the last: only then it measures max |x' step|."""
        return self._decrement * self.rate**2 <= NEAR * self._target

    def aim(self) -> bool:
        """The next step; False where there is none."""
        here = self._here
        assert here is not None
        if not self._choose(here):
            return False
        before = self._decrement
        self._decrement = decrement_of(here.gradient, self._step, here.weight_sum)
        if math.isfinite(before):
            self.rate = min(self._decrement / before, 1.0) * (LEARNED if self._taught else 1.0)
        if self._number == self._whole:  # of the new model, guessed until the next reading
            known = self._sample.error if self._sample.cheap else 1.0
            self.rate = min(self.rate, BEND * self._decrement * known)
        self._reach *= self.rate  # of the step aimed at: about so much shorter than the last
        return True

    def _choose(self, here: Terms) -> bool:
        found: tuple[Floats, Curvature] | None
        cheap = self._sample.cheap
        if self._exact or (here.information.size and self._number and not cheap):
            found = newton_step(here.information, here.gradient)
        elif self._number in (0, self._whole):
            model = self._number + 1 != self._whole  # whose reading brings a better one
            found = self._sample.tilted(here, self._beta, model)
        else:
            found = self._model.solve(here.gradient), self._model
        if found is None:
            return False
        self._step, self._model = found
        return True

    @property
    def done(self) -> bool:
        """Whether the step aimed at is the last: it leaves too little to matter."""
        rate = self._decrement if self._exact else self.rate
        left, reach = self._decrement * rate, self._reach * rate
        measured = self._exact or self._number > min(self._whole, 0)
        if not (left <= self._target and reach <= ETA_TOLERANCE and measured):
            return False
        return self._reach <= self._same if self._exact else not self._inference

    def row(self, clock: Clock) -> TraceRow:
        """The step aimed at, for the trace."""
        assert self._here is not None
        passes, seconds = clock.passes + self._share, clock.seconds()
        reach = self._reach if math.isfinite(self._reach) else math.nan
        return TraceRow(self._here.loglik, self._decrement, reach, 1.0, 0, passes, seconds)

    def end(self, trace: tuple[TraceRow, ...]) -> Run:
        """The run."""
        assert self._here is not None
        return Run(self._beta + self._step, self._here, Status.CONVERGED, trace)


_NOTHING: tuple[Floats, Floats] = (np.empty((0, 0)), np.empty(0))
