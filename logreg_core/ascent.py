"""What every solver shares: how a run ends, what it records, and the safeguarded step.

Nothing here sees data: a solver is given ``evaluate(beta, order, step) -> Terms`` and climbs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .blocks import Terms
from .cholesky_kernels import factorise, solve

__all__ = ["Direction", "Evaluate", "Run", "Status", "TraceRow", "ascend", "direction", "retreat"]

Floats = NDArray[np.float64]

# The last step may change no row's log-odds by more than this: Newton's error after a step is of
# the order of the step's square, so what is left is below rounding.
ETA_TOLERANCE = 1e-7
# Where the likelihood has almost stopped to rise (this, per unit weight) but some row's log-odds
# still move by SUSPICIOUS_CHANGE a step, the maximum is at infinity or very far away. Measured
# last steps: at least 1.0 in eight separated problems, at most 0.01 in seventeen finite ones.
SUSPICIOUS_DECREMENT = 1e-5
SUSPICIOUS_CHANGE = 0.25
MOST_HALVINGS = 60
# A change of the log-likelihood below this share of it is rounding and says nothing.
ROUNDING = 1e-13


class Status(Enum):
    """How a fit ended. The value is the message."""

    CONVERGED = "converged: the Newton decrement and the largest change of a log-odds met tol"
    SEPARATED = (
        "separated: some coefficients are infinite, so no maximum exists. Likely causes: (a) a "
        "column or combination of columns predicts the outcome without error; (b) a category has "
        "rows of one outcome only; (c) the outcome leaked into a column. Ways out: read "
        "fit.separation.explain(), drop or merge the column, or use penalty='firth' or l2"
    )
    MAX_ITER = (
        "stopped at max_iter before the criteria were met. Likely causes: (a) max_iter is very "
        "small; (b) nearly separated data, whose maximum is far away; (c) tol below rounding. "
        "Ways out: raise max_iter, loosen tol, look at fit.trace"
    )
    STALLED = (
        "stalled: no step raises the log-likelihood, yet the criteria are not met. Likely causes: "
        "(a) tol is below what rounding allows on these columns; (b) columns so nearly collinear "
        "that the curvature is noise; (c) values near overflow. Ways out: loosen tol, rescale or "
        "drop columns, look at fit.condition_number"
    )
    UNDECIDED = (
        "a row's log-odds still grow although the log-likelihood hardly rises, as on separated "
        "data, and the rows are too many to decide it. Likely causes: (a) separation; (b) near "
        "separation; (c) a start far away. Ways out: fit fewer rows, in memory, where separation "
        "is proven and its columns are named; or use penalty='firth' or l2"
    )

    def __str__(self) -> str:
        return self.value

    @property
    def word(self) -> str:
        """The status in one word."""
        return self.name.lower().replace("_", " ")


class Evaluate(Protocol):
    """The log-likelihood and its derivatives up to ``order`` at ``beta``; max |x' step| too."""

    def __call__(self, beta: Floats, order: int, step: Floats | None = None) -> Terms: ...


class TraceRow(NamedTuple):
    """One step: where it started, how far it went, what it cost.

    max_eta_change is NaN where a reading that cannot be the last did not measure it.
    """

    loglik: float
    decrement: float
    max_eta_change: float
    step_length: float
    halvings: int
    passes: float
    seconds: float


@dataclass(frozen=True)
class Run:
    """The end of a climb: beta (k,) in the pass's coordinates, the terms last evaluated, why."""

    beta: Floats
    terms: Terms
    status: Status
    trace: tuple[TraceRow, ...]


class Direction(NamedTuple):
    """The Newton direction H^-1 g and its decrement g' H^-1 g; damped if H alone was singular."""

    vector: Floats
    decrement: float
    factor: Floats
    d: Floats
    damped: bool


def direction(information: Floats, gradient: Floats) -> Direction:
    """Solve information @ vector = gradient; where that is singular, with its diagonal raised.

    A raised diagonal (Levenberg 1944, Marquardt 1963, doi:10.1137/0111030) still climbs; it
    only shortens the step where the curvature has vanished.
    """
    ridge = 0.0
    while True:
        factor, pivots, d = factorise(information, ridge)
        if pivots[-1] > 0.0:
            vector = solve(factor, d, gradient)
            with np.errstate(over="ignore", invalid="ignore"):
                decrement = float(gradient @ vector)
            if math.isfinite(decrement):
                return Direction(vector, decrement, factor, d, ridge > 0.0)
        ridge = max(1e-12, ridge * 100.0)
        if ridge > 1e12:
            return Direction(np.zeros_like(gradient), np.nan, factor, d, True)


class Ascent(NamedTuple):
    """A step taken: where it led, its length, how often it was halved; None where none climbs."""

    beta: Floats
    terms: Terms
    step_length: float
    halvings: int


def ascend(
    evaluate: Evaluate, beta: Floats, terms: Terms, toward: Direction, order: int = 2
) -> Ascent | None:
    """Halve the step until the log-likelihood does not fall.

    A count that is not finite is a failure. A change below rounding is accepted if the gradient
    shrank, or the last steps of a good run would be refused for noise. Without halving, Newton
    diverges from zero on real five-row data that have a finite maximum.
    """
    length = 1.0
    slack = ROUNDING * abs(terms.loglik)
    for halvings in range(MOST_HALVINGS):
        step = length * toward.vector
        trial = evaluate(beta + step, order, step)
        if trial.finite:
            gain = trial.loglik - terms.loglik
            if gain > slack:
                return Ascent(beta + step, trial, length, halvings)
            if gain >= -slack:
                left = float(trial.gradient @ solve(toward.factor, toward.d, trial.gradient))
                if left < toward.decrement:
                    return Ascent(beta + step, trial, length, halvings)
        length /= 2.0
    return None


def retreat(evaluate: Evaluate, beta: Floats, terms: Terms) -> Ascent | None:
    """Step to zero log-odds where that is higher.

    At a start where every row is saturated (|eta| of 300 and more) the curvature underflows, and
    no halving of the Newton direction leads anywhere; there zero is higher, and a way to the top.
    """
    zero = np.zeros_like(beta)
    there = evaluate(zero, 2, -beta)
    if there.finite and there.loglik > terms.loglik:
        return Ascent(zero, there, 1.0, MOST_HALVINGS)
    return None


class Clock:
    """Counts the passes of a run and times its steps."""

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate, self.passes = evaluate, 0
        self._start = time.perf_counter()

    def __call__(self, beta: Floats, order: int, step: Floats | None = None, **how: bool) -> Terms:
        self.passes += 1
        return self._evaluate(beta, order, step, **how)

    def seconds(self) -> float:
        """Since the run began."""
        return time.perf_counter() - self._start


Callback = Callable[[TraceRow], None]
