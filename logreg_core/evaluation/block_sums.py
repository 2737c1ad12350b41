"""What is added up over the rows to judge a fit: one small sum a span, whatever the rows are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..fitted_rows import Scorer, outcome_of
from ..spans import Span
from .rank_bounds import RankBins, RankScores, bins_of, scores_of

__all__ = ["Judgement", "Tally", "judge"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judgement:
    """How spans are judged: the fit's scorer, the threshold, the inner edges of the calibration
    bins (probability), and the edges of the rank bins (log-odds) or None to keep every score."""

    scorer: Scorer
    threshold: float
    calibration_edges: Floats
    rank_edges: Floats | None


@dataclass(frozen=True)
class Tally:
    """Sums over rows. counted_once: no row has a weight.

    cells (2, 2): weight by outcome and call, as a confusion matrix; loglik and squares: sums of
    the log-likelihood and of (y - mu)^2; table (4, bins): per calibration bin rows, weight,
    successes and expected successes; ends (2, bins): least and greatest probability there.
    """

    counted_once: bool
    cells: Floats
    loglik: float
    squares: float
    table: Floats
    ends: Floats
    ranks: RankBins | RankScores

    def __add__(self, other: Tally) -> Tally:
        low = np.minimum(self.ends[0], other.ends[0])
        high = np.maximum(self.ends[1], other.ends[1])
        return Tally(
            self.counted_once and other.counted_once,
            self.cells + other.cells,
            self.loglik + other.loglik,
            self.squares + other.squares,
            self.table + other.table,
            np.stack([low, high]),
            self.ranks + other.ranks,  # type: ignore[operator]  # one kind in a pass
        )


def judge(how: Judgement, span: Span) -> Tally:
    """The sums of one span, in memory for a dozen numbers a row of it."""
    with np.errstate(all="ignore"):  # NaN in X is to arrive in the sums: it is blamed there
        return _judge(how, span)


def _judge(how: Judgement, span: Span) -> Tally:
    eta, mu = how.scorer.log_odds(span), how.scorer.probability(span)
    success, failure = outcome_of(span)
    weight = success + failure
    counted_once = not (span.weight.size or span.success.size)
    tail = np.exp(-np.abs(eta))
    log_terms = success * np.minimum(eta, 0.0) - failure * np.maximum(eta, 0.0)
    loglik = float((log_terms - weight * np.log1p(tail)).sum())
    rest = np.where(eta >= 0.0, tail, 1.0) / (1.0 + tail)  # 1 - mu, with its digits
    squares = float((success * rest**2 + failure * mu**2).sum())
    called = mu >= how.threshold
    cells = np.array([[failure[~called].sum(), failure[called].sum()],
                      [success[~called].sum(), success[called].sum()]])  # fmt: skip
    bins = np.searchsorted(how.calibration_edges, mu)
    used, n_bins = weight > 0.0, len(how.calibration_edges) + 1
    each = (used, weight, success, weight * mu)
    table = np.array([np.bincount(bins, values, n_bins) for values in each], dtype=np.float64)
    ends = np.full((2, n_bins), np.inf)
    ends[1] = -np.inf
    np.minimum.at(ends[0], bins[used], mu[used])
    np.maximum.at(ends[1], bins[used], mu[used])
    if how.rank_edges is None:
        ranks: RankBins | RankScores = scores_of(eta, success, failure, counted_once)
    else:
        ranks = bins_of(eta, success, failure, how.rank_edges)
    return Tally(counted_once, cells, loglik, squares, table, ends, ranks)
