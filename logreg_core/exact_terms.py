"""The gradient and the log-likelihood at a point, in twice the working precision, with a bound.

One pass over the rows by `certificate_kernels`. What plain doubles cannot tell, whether a gradient
of 1e-12 is a gradient or rounding, is plain here: 100 bits are right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .blocks import Span, span_rows, sum_over
from .certificate_kernels import PACK, SCRATCH, exact_span
from .coordinates import Coordinates
from .named_blocks import largest_offset
from .problem import Objective

__all__ = ["ExactTerms", "PairSums", "Point", "exact_terms", "pair"]

Floats = NDArray[np.float64]

UNIT = 2.0**-53  # half a unit in the last place of 1
# Residual of a row, per unit of its weight, at exact log-odds: summing up the errors of
# `double_double_kernels` gives 100 u^2; measured, and held by a test: 4.
ROW = 256.0 * UNIT**2


class Point(NamedTuple):
    """Coefficients (k,) per unit of the columns as they are, as pairs high + low."""

    high: Floats
    low: Floats

    @classmethod
    def of(cls, coef: Floats) -> Point:
        return cls(np.ascontiguousarray(coef), np.zeros(len(coef)))

    def moved(self, step: Floats) -> Point:
        """This point plus a step (k,), normalised: high is the nearest double."""
        low = self.low + step
        high = self.high + low
        part = high - self.high
        return Point(high, (self.high - (high - part)) + (low - part))


@dataclass(frozen=True)
class ExactTerms:
    """Gradient (k,) per unit of the columns, and log-likelihood, as exact fractions of the sums.

    farthest (k,): largest |x - center| of each column over the rows that count; weight_sum: at
    least their weight; eta_error: most that the log-odds of a row may be off; row_error: a row's
    residual, per unit of its weight; sum_error (k,): what adding up may have lost of the gradient.
    """

    gradient: tuple[Fraction, ...]
    loglik: Fraction
    farthest: Floats
    weight_sum: float
    eta_error: float
    row_error: float
    sum_error: Floats


def pair(high: float, low: float) -> Fraction:
    """high + low, exactly; 0 where either is not finite, for then no sum is."""
    if not (math.isfinite(high) and math.isfinite(low)):
        raise OverflowError
    return Fraction(high) + Fraction(low)


@dataclass(frozen=True, eq=False)
class PairSums:
    """Sums (m,) as pairs high + low, and farthest (k,), of which the larger is kept.

    An addition loses at most 3 u^2 (|a| + |b|): what is left over is found exactly (Knuth 1997,
    The Art of Computer Programming 2, 4.2.2, Theorem B) and rounded as it is added to the lows.

    >>> one, tiny = (PairSums(np.array([v]), np.zeros(1), np.zeros(1)) for v in (1.0, 1e-20))
    >>> total = one + tiny
    >>> total.high[0], total.low[0]
    (np.float64(1.0), np.float64(1e-20))
    """

    high: Floats
    low: Floats
    farthest: Floats

    def __add__(self, other: PairSums) -> PairSums:
        with np.errstate(all="ignore"):  # what overflows is found in the total
            high, left = _two_sum(self.high, other.high)
            high, low = _two_sum(high, (self.low + other.low) + left)
        return PairSums(high, low, np.maximum(self.farthest, other.farthest))

    @property
    def finite(self) -> bool:
        """No NaN and no infinity in any."""
        return bool(all(np.isfinite(part).all() for part in (self.high, self.low, self.farthest)))


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a + b as pairs, exactly."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def exact_terms(objective: Objective, point: Point, *, loglik: bool = False) -> ExactTerms | None:
    """One pass; None where a sum is not finite.

    A ridge penalty of the objective is taken off, by exact rational arithmetic.

    Notes
    -----
    Bounds, with u = 2^-53, M the largest |x| of each column, S = |beta|' M + max |offset| and W
    the weight: log-odds 2 (k + 4)^2 u^2 S (a compensated dot product: Ogita, Rump and Oishi 2005,
    doi:10.1137/030601818, Proposition 5.5); residual of a row, weight (eta_error / 4 + 256 u^2);
    sums (268 + 8 packs + 8 log2 n) u^2 W M: a tree over each pack of 256 rows, packs one by one,
    spans by a tree of at most 2 log2 n + 2 levels (on a cluster one over the other).
    """
    blocks, c = objective.blocks, objective.coordinates
    k = len(c.columns)
    found = sum_over(blocks, partial(_exact_of_span, c, point, loglik), objective.workers)
    if not found.finite:
        return None
    farthest = found.farthest
    value, *gradient = map(pair, found.high.tolist(), found.low.tolist())
    if objective.l2:
        ridge = Fraction(objective.l2)
        for j in np.flatnonzero(c.columns >= 0).tolist():
            exact = pair(point.high[j], point.low[j])
            gradient[j] -= ridge * exact
            value -= ridge * exact**2 / 2
    largest = (np.abs(c.center) + farthest) * (1.0 + 8.0 * UNIT)
    size = float(np.abs(point.high) @ largest) + largest_offset(blocks)
    eta_error = 2.0 * (k + 4) ** 2 * UNIT**2 * size
    packs = span_rows(blocks.n_rows, blocks.n_columns) / PACK + 1.0
    lost = 268.0 + 8.0 * packs + 8.0 * math.log2(blocks.n_rows)
    weight = 1.001 * sum(blocks.totals())
    return ExactTerms(
        gradient=tuple(gradient),
        loglik=value,
        farthest=farthest,
        weight_sum=weight,
        eta_error=eta_error,
        row_error=eta_error / 4.0 + ROW,
        sum_error=lost * UNIT**2 * weight * largest,
    )


def _exact_of_span(c: Coordinates, point: Point, loglik: bool, span: Span) -> PairSums:
    """Log-likelihood and gradient of a span; a module's function, as it may travel."""
    k = len(c.columns)
    sums, farthest, exponent = np.zeros((2, 1 + k)), np.zeros((k, PACK)), np.empty(PACK)
    exact_span(
        *span, c.columns, c.center, point.high, point.low, loglik, np.empty((k, PACK)),
        np.empty(SCRATCH), exponent, exponent.view(np.int64), sums, farthest,
    )  # fmt: skip
    return PairSums(sums[0], sums[1], farthest.max(axis=1))
