"""The gradient and the log-likelihood at a point, in twice the working precision, with a bound.

One pass over the rows by `certificate_kernels`. What plain doubles cannot tell, whether a gradient
of 1e-12 is a gradient or rounding, is plain here: 100 bits are right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .blocks import Span, span_rows
from .certificate_kernels import PACK, SCRATCH, exact_span
from .named_blocks import largest_offset
from .problem import Objective

__all__ = ["ExactTerms", "Point", "exact_terms", "pair"]

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


def _sum(values: list[float]) -> Fraction:
    """Their sum to twice the precision: `fsum` rounds once, and once more what it left."""
    high = math.fsum(values)
    return pair(high, math.fsum([*values, -high]))


def exact_terms(objective: Objective, point: Point, *, loglik: bool = False) -> ExactTerms | None:
    """One pass; None where a sum is not finite.

    A ridge penalty of the objective is taken off, by exact rational arithmetic.

    Notes
    -----
    Bounds, with u = 2^-53, M the largest |x| of each column, S = |beta|' M + max |offset| and W
    the weight: log-odds 2 (k + 4)^2 u^2 S (a compensated dot product: Ogita, Rump and Oishi 2005,
    doi:10.1137/030601818, Proposition 5.5); residual of a row, weight (eta_error / 4 + 256 u^2);
    sums (260 + 8 packs) u^2 W M: a tree over each pack of 256 rows, packs one by one.
    """
    blocks, c = objective.blocks, objective.coordinates
    k = len(c.columns)

    def part(span: Span) -> tuple[Floats, Floats]:
        sums, farthest, exponent = np.zeros((2, 1 + k)), np.zeros((k, PACK)), np.empty(PACK)
        exact_span(
            *span, c.columns, c.center, point.high, point.low, loglik, np.empty((k, PACK)),
            np.empty(SCRATCH), exponent, exponent.view(np.int64), sums, farthest,
        )  # fmt: skip
        return sums, farthest.max(axis=1)

    found = list(objective.workers.map(part, blocks.spans()))
    parts, farthest = np.array([f[0] for f in found]), np.max([f[1] for f in found], axis=0)
    if not (np.isfinite(parts).all() and np.isfinite(farthest).all()):
        return None
    value, *gradient = [_sum(column) for column in parts.reshape(-1, 1 + k).T.tolist()]
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
    weight = 1.001 * sum(blocks.totals())
    return ExactTerms(
        gradient=tuple(gradient),
        loglik=value,
        farthest=farthest,
        weight_sum=weight,
        eta_error=eta_error,
        row_error=eta_error / 4.0 + ROW,
        sum_error=(260.0 + 8.0 * packs) * UNIT**2 * weight * largest,
    )
