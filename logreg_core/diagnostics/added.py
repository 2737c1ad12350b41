"""Would the model be better with these columns added? Score, likelihood-ratio and Wald tests.

The added columns are made span by span, so that X is never copied whole. All three statistics are
chi-squared, with as many degrees of freedom as there are added columns, if the model is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..ascent import Status
from ..blocks import ArrayBlocks, Span, Terms, span_rows
from ..cholesky_kernels import factorise, invert, solve
from ..coordinates import Coordinates
from ..newton import newton
from ..problem import Objective
from ..rank import DOUBTFUL, whitened
from ..sampling import SAMPLE
from ..workers import Workers
from .observed import Observed

__all__ = ["Added", "Extra", "add_columns"]

Floats = NDArray[np.float64]
Extra = Callable[[slice, NDArray[np.float64]], NDArray[np.float64]]
"""(rows, X of these rows) -> the added columns of these rows, (rows, m)."""

REDUNDANT = 1e-10  # a pivot below it: the added column is a combination of those there


@dataclass(frozen=True, eq=False)
class Added:
    """What the added columns would bring.

    names of the m columns; coef, std_error (m,) of each in the larger model; score,
    likelihood_ratio: statistics of all m together, df = m less those that are ``redundant``;
    loglik of the larger model; gradient, variance (m,): the score of each column and its
    variance given the columns before it. NaN where a column is redundant, where the larger model
    has no finite maximum (``converged`` False; the likelihood ratio is then that of the supremum
    as far as it was climbed), or where it was not fitted.
    """

    names: tuple[str, ...]
    coef: Floats
    std_error: Floats
    score: float
    likelihood_ratio: float
    df: int
    gradient: Floats
    variance: Floats
    redundant: tuple[str, ...]
    converged: bool

    def p_value(self, statistic: float) -> float:
        """Chi-squared tail of one of the statistics."""
        from scipy.special import chdtrc

        if not self.df or np.isnan(statistic):
            return float("nan")
        return float(chdtrc(self.df, max(statistic, 0.0)))


@dataclass(frozen=True)
class Augmented:
    """Row blocks with columns added on the way."""

    base: ArrayBlocks
    extra: Extra

    @property
    def n_rows(self) -> int:
        return self.base.n_rows

    @property
    def n_columns(self) -> int:
        one = slice(0, 1)
        return self.base.n_columns + int(self._with(self.base.rows(one), one).shape[1])

    def _with(self, span: Span, where: slice) -> Floats:
        return self.extra(where, np.asarray(span.X))

    def _joined(self, span: Span, where: slice) -> Span:
        X = np.concatenate([span.X, self._with(span, where)], axis=1)
        X.flags.writeable = False
        return span._replace(X=X)

    def spans(self) -> Iterable[Span]:
        return self._cut()

    def _cut(self) -> Iterator[Span]:
        size = span_rows(self.n_rows, self.base.n_columns)
        for first, span in zip(range(0, self.n_rows, size), self.base.spans(), strict=True):
            yield self._joined(span, slice(first, first + size))

    def sample(self, n_rows: int) -> Span:
        where = slice(0, None, max(1, self.n_rows // max(1, n_rows)))
        return self._joined(self.base.rows(where), where)

    def totals(self) -> tuple[float, float]:
        return self.base.totals()


def add_columns(
    seen: Observed, extra: Extra, names: tuple[str, ...], *, likelihood: bool = True
) -> Added:
    """Test columns for a place in the model of a fit by maximum likelihood, on its own rows.

    Cost: a pass for the score; three or four more for the likelihood ratio.
    """
    m = len(names)
    nan = np.full(m, np.nan)
    blocks = Augmented(seen.blocks, extra)
    coordinates, beta = _coordinates(seen, blocks, m), np.concatenate([seen.beta, np.zeros(m)])
    with Workers(seen.threads, seen.n_rows * len(beta)) as workers:
        objective = Objective(blocks, coordinates, workers)
        here = objective(beta, 2)
        weak = _redundant(here, m)
        kept = [j for j in range(m) if j not in weak]
        if not kept:
            return Added(names, nan, nan, np.nan, np.nan, 0, nan, nan, names, False)
        if weak:
            places = [*range(len(seen.beta)), *(len(seen.beta) + j for j in kept)]
            objective, beta = objective.at(coordinates.take(places)), beta[places]
            here = objective(beta, 2)
        factor, pivots, d = factorise(here.information)
        n_kept = len(kept)
        score = float(here.gradient @ solve(factor, d, here.gradient))
        gradient, variance, coef, error = nan.copy(), nan.copy(), nan.copy(), nan.copy()
        scale = objective.coordinates.scale[-n_kept:]
        gradient[kept] = here.gradient[-n_kept:] / scale
        variance[kept] = pivots[-n_kept:] * (d[-n_kept:] / scale) ** 2
        redundant = tuple(names[j] for j in weak)
        result = Added(
            names, coef, error, score, np.nan, n_kept, gradient, variance, redundant, False
        )
        if not likelihood:
            return result
        ratio, slopes, errors, converged = _climb(objective, beta, here, pivots)
    if converged:
        coef[kept], error[kept] = slopes[-n_kept:], errors[-n_kept:]
    return replace(result, likelihood_ratio=ratio, converged=converged)


def _climb(
    objective: Objective, beta: Floats, here: Terms, pivots: Floats
) -> tuple[float, Floats, Floats, bool]:
    """Likelihood ratio, coefficients and standard errors of the larger model, whether finite."""
    start = here
    if pivots.min() < DOUBTFUL:
        objective = objective.at(whitened(objective.coordinates, here.information))
        beta = np.asarray(np.linalg.solve(objective.coordinates.rotation, beta), dtype=np.float64)
        start = objective(beta, 2)
    run = newton(objective, beta, terms=start)
    end = objective(run.beta, 2)
    factor, pivots, d = factorise(end.information)
    converged = run.status is Status.CONVERGED and bool(pivots.min() > 0.0)
    loglik = max(end.loglik, run.terms.loglik) if end.finite else run.terms.loglik
    ratio = max(2.0 * (loglik - start.loglik), 0.0)
    nan = np.full(len(beta), np.nan)
    if not converged:
        return ratio, nan, nan, False
    c = objective.coordinates
    errors = np.sqrt(c.covariance(invert(factor, d)).diagonal())
    return ratio, c.to_columns(run.beta), errors, True


def _redundant(terms: Terms, m: int) -> list[int]:
    """Added columns that are combinations of those before them, judged one after another."""
    k = len(terms.gradient)
    kept, weak = list(range(k - m)), []
    for j in range(m):
        trial = [*kept, k - m + j]
        information = np.ascontiguousarray(terms.information[np.ix_(trial, trial)])
        fine = information[-1, -1] > 0.0 and factorise(information)[1][-1] > REDUNDANT
        if fine:
            kept = trial
        else:
            weak.append(j)
    return weak


def _coordinates(seen: Observed, blocks: Augmented, m: int) -> Coordinates:
    """The fit's own map, with centre and scale of the added columns from a sample."""
    own = seen.coordinates
    sample = np.asarray(blocks.sample(SAMPLE).X)[:, -m:]
    n_columns = seen.blocks.n_columns
    center = sample.mean(axis=0) if own.columns[0] < 0 else np.zeros(m)
    spread = np.sqrt(((sample - center) ** 2).mean(axis=0))
    usable = (spread > 1e-130) & (spread < 1e130)
    unit = np.ldexp(1.0, np.frexp(np.where(usable, spread, 1.0))[1])
    return Coordinates(
        np.concatenate([own.columns, n_columns + np.arange(m)]),
        np.concatenate([own.center, center]),
        np.concatenate([own.scale, 1.0 / unit]),
    )
