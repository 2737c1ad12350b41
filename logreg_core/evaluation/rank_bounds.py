"""Ranking scores of rows that are added up: exact from the scores kept, or bounded from bins.

Which of two rows ranks higher is known for all pairs except those within one bin. Those may all
be won or all be lost, which gives bounds that hold whatever the rows are. A bin of one single
value holds ties only, and leaves nothing open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..metrics import average_precision_score, roc_auc_score

__all__ = ["Bounded", "RankBins", "RankScores", "bin_edges", "bins_of", "scores_of"]

Floats = NDArray[np.float64]
ROUNDING = 1e-12  # of the sums, relative: bounds are moved outwards by it


@dataclass(frozen=True)
class Bounded:
    """A number that lies between lower and upper; they are equal where it is exact."""

    value: float
    lower: float
    upper: float

    @property
    def exact(self) -> bool:
        """Whether nothing is left open but rounding."""
        return not self.lower < self.upper


UNKNOWN = Bounded(math.nan, math.nan, math.nan)  # rows of one class are not ranked


@dataclass(frozen=True)
class RankScores:
    """The scores themselves. parts: of each span, log-odds and outcomes (a byte a row), or
    log-odds, weights of success and of failure."""

    parts: tuple[tuple[NDArray[np.float64] | NDArray[np.uint8], ...], ...]

    def __add__(self, other: RankScores) -> RankScores:
        return RankScores(self.parts + other.parts)

    def area(self) -> Bounded:
        """The area under the ROC curve."""
        y, score, weight = self._columns()
        if y.min() == y.max():
            return UNKNOWN
        found = roc_auc_score(y, score, sample_weight=weight)
        return Bounded(found, found, found)

    def precision(self) -> Bounded:
        """Average precision."""
        y, score, weight = self._columns()
        if y.min() == y.max():
            return UNKNOWN
        found = average_precision_score(y, score, sample_weight=weight)
        return Bounded(found, found, found)

    def _columns(self) -> tuple[NDArray[np.uint8], Floats, Floats | None]:
        columns = [np.concatenate(column) for column in zip(*self.parts, strict=True)]
        if len(columns) == 2:
            return columns[1].astype(np.uint8, copy=False), columns[0], None
        eta, success, failure = columns
        won, lost = success > 0.0, failure > 0.0
        y = np.repeat(np.array([1, 0], np.uint8), [won.sum(), lost.sum()])
        weight = np.concatenate([success[won], failure[lost]])
        return y, np.concatenate([eta[won], eta[lost]]), weight


@dataclass(frozen=True)
class RankBins:
    """(bins,) weights of success and failure by log-odds, rising, and the ends of each bin."""

    success: Floats
    failure: Floats
    low: Floats
    high: Floats

    def __add__(self, other: RankBins) -> RankBins:
        return RankBins(
            self.success + other.success,
            self.failure + other.failure,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
        )

    def area(self) -> Bounded:
        """The area under the ROC curve: (pairs won + half the pairs tied) / pairs.

        Open are the pairs within a bin, sum success_b failure_b of them: half of that, over all
        pairs, is the error bound of the value, which counts each of them as half won.
        """
        p, n = self.success, self.failure
        pairs = float(p.sum()) * float(n.sum())
        if not pairs > 0.0:
            return UNKNOWN
        inside, tied = p * n, self.low == self.high
        won = float((p * (np.cumsum(n) - n)).sum()) + 0.5 * float(inside[tied].sum())
        still = float(inside[~tied].sum())
        return _between(won / pairs, (won + still) / pairs, still == 0.0)

    def precision(self) -> Bounded:
        """Average precision: sum of precision at each score, weighted by the successes there.

        A bin's successes p, below T successes and F failures and beside n failures, add at least
        the integral of (T + t) / (T + t + F + n) over t from 0 to p, as when all failures come
        first, and at most p (T + p) / (T + p + F), as when they tie before all failures.
        """
        p, n = self.success[::-1], self.failure[::-1]
        if not (p.sum() > 0.0 and n.sum() > 0.0):
            return UNKNOWN
        T, F = np.cumsum(p) - p, np.cumsum(n) - n
        tied = (self.low == self.high)[::-1] | (n == 0.0) & (F == 0.0)
        with np.errstate(all="ignore"):
            together = p * (T + p) / (T + p + F + n)
            worst = p - (F + n) * np.log1p(p / (T + F + n))
            best = p * (T + p) / (T + p + F)
        there = p > 0.0
        least = np.where(tied, together, np.where(F + n > 0.0, worst, p))[there].sum() / p.sum()
        most = np.where(tied, together, best)[there].sum() / p.sum()
        return _between(float(least), float(most), bool(tied[there].all()))


def _between(lower: float, upper: float, exact: bool) -> Bounded:
    value = 0.5 * (lower + upper)
    if exact:
        return Bounded(value, value, value)
    return Bounded(value, max(lower * (1 - ROUNDING), 0.0), min(upper * (1 + ROUNDING), 1.0))


def bin_edges(eta: Floats, n_bins: int) -> Floats:
    """Edges of about so many bins, rising, from the log-odds of a few rows.

    Half of them lie at the quantiles of those rows, drawn out between one and the next, so that
    bins hold about the same share of rows; half evenly over three times their range, for the rows
    beyond. What edges are chosen changes how tight the bounds are, never that they hold.

    >>> len(bin_edges(np.array([-1.0, 0.0, 2.0]), 8))
    6
    """
    ranked = np.sort(eta[np.isfinite(eta)])
    if not len(ranked):
        return np.zeros(1)
    half = max(n_bins // 2, 1)
    span = max(float(ranked[-1] - ranked[0]), 1.0)
    levels = np.linspace(0.0, 1.0, len(ranked))
    close = np.interp(np.linspace(0.0, 1.0, half), levels, ranked)
    return np.unique([close, np.linspace(ranked[0] - span, ranked[-1] + span, half)])


def bins_of(eta: Floats, success: Floats, failure: Floats, edges: Floats) -> RankBins:
    """The rows of a span by bin: bin b takes edges[b - 1] <= eta < edges[b].

    >>> found = bins_of(np.array([0.5, -1.0]), np.array([1.0, 0]), np.array([0, 1.0]), np.zeros(1))
    >>> found.success, found.failure, found.area().value
    (array([0., 1.]), array([1., 0.]), 1.0)
    """
    used = success + failure > 0.0
    if not used.all():
        eta, success, failure = eta[used], success[used], failure[used]
    order = np.argsort(eta)  # and one search per edge: cheaper than one per row
    ranked = eta[order]
    ends = np.concatenate([[0], np.searchsorted(ranked, edges), [len(ranked)]])
    held = np.flatnonzero(np.diff(ends))
    first, last = ends[held], ends[held + 1] - 1
    sums = np.zeros((2, len(edges) + 1))
    low, high = np.full(len(edges) + 1, np.inf), np.full(len(edges) + 1, -np.inf)
    if len(held):
        sums[0, held] = np.add.reduceat(success[order], first)
        sums[1, held] = np.add.reduceat(failure[order], first)
        low[held], high[held] = ranked[first], ranked[last]
    return RankBins(sums[0], sums[1], low, high)


def scores_of(eta: Floats, success: Floats, failure: Floats, counted_once: bool) -> RankScores:
    """The rows of a span as they are; a byte for the outcome where each counts as one."""
    if counted_once:
        return RankScores(((eta, (success > 0.0).astype(np.uint8)),))
    return RankScores(((eta, success.copy(), failure.copy()),))  # a stream may lend its rows
