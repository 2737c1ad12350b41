"""From what a user passes to what a solver climbs: checked rows, coordinates, the objective."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import as_counts, as_matrix, as_outcome
from .blocks import NOTHING, ArrayBlocks, Blocks, Span, Terms, pairwise_sum, sum_over, sum_terms
from .compensated_kernels import compensated_loglik
from .coordinates import Coordinates
from .design import Design
from .errors import DataError
from .kernels import LEAF
from .named_blocks import NamedBlocks, mean_offset
from .row_checks import LARGEST, SMALLEST, as_offset, as_weights
from .sampling import SAMPLE
from .workers import Workers

__all__ = ["Objective", "Problem", "null_log_odds", "prepare", "sample_coordinates"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """Checked input: row blocks, names with the intercept's first, labels, constant of loglik."""

    blocks: Blocks
    names: tuple[str, ...]
    classes: tuple[Any, Any]
    fit_intercept: bool
    weighted: bool
    constant: float = 0.0


def prepare(
    X: Any,
    y: Any,
    sample_weight: Any,
    offset: Any,
    n_trials: Any,
    fit_intercept: bool,
) -> Problem:
    """Check and arrange; the values themselves are checked by the first pass."""
    if isinstance(X, NamedBlocks):
        return _given(X, y, (sample_weight, offset, n_trials), fit_intercept)
    labels: tuple[Any, Any] | None = None
    if isinstance(X, Design) and y is None:
        X, y, given, labels = X.X, X.y, X.names, X.encoding.classes
        array, names = as_matrix(X)[0], given
    else:
        array, names = as_matrix(X)
    n = len(array)
    weight = NOTHING if sample_weight is None else as_weights(sample_weight, n)
    shift = NOTHING if offset is None else as_offset(offset, n)
    constant = 0.0
    classes: tuple[Any, Any] = (0, 1)
    if y is None:
        raise DataError(
            "y is missing",
            "an outcome for every row of X",
            "there is nothing to learn from the columns alone",
            "pass y, or a block source that holds it",
        )
    if n_trials is not None:
        success, failure = as_counts(y, n_trials, n)
        constant = _combinations(success, failure, weight)
        if weight.size:
            success, failure = success * weight, failure * weight
        blocks = ArrayBlocks(array, success=success, failure=failure, offset=shift)
        classes = ("failure", "success")
    else:
        codes, classes = as_outcome(y, n)
        classes = labels or classes
        blocks = ArrayBlocks(array, y=codes, weight=weight, offset=shift)
    _both_outcomes(blocks, classes)
    all_names = ("intercept", *names) if fit_intercept else names
    return Problem(blocks, all_names, classes, fit_intercept, bool(weight.size), constant)


def _given(blocks: NamedBlocks, y: Any, others: tuple[Any, ...], fit_intercept: bool) -> Problem:
    if y is not None or any(other is not None for other in others):
        raise DataError(
            f"a {type(blocks).__name__} and another y, sample_weight, offset or n_trials",
            "the block source alone: it holds all of them",
            "two sources of one thing may differ",
            "leave y out, and name the column of weights or offsets where the source is made",
        )
    _both_outcomes(blocks, blocks.classes)
    names = ("intercept", *blocks.names) if fit_intercept else blocks.names
    return Problem(blocks, names, blocks.classes, fit_intercept, blocks.weighted)


def _both_outcomes(blocks: Blocks, classes: tuple[Any, Any]) -> None:
    success, failure = blocks.totals()
    if not success or not failure:
        only, other = (classes[1], classes[0]) if success else (classes[0], classes[1])
        raise DataError(
            f"every row that counts has the outcome {only!s}, none {other!s}",
            "both outcomes among the rows of positive weight",
            "there is nothing to tell apart",
            "check the rows selected and their weights",
            classes=(only,),
        )


def _combinations(success: Floats, failure: Floats, weight: Floats) -> float:
    """log of the binomial coefficients: the part of the log-likelihood free of beta."""
    from scipy.special import gammaln

    logs = gammaln(success + failure + 1.0) - gammaln(success + 1.0) - gammaln(failure + 1.0)
    return float((logs * weight).sum() if weight.size else logs.sum())


def sample_coordinates(
    blocks: Blocks, fit_intercept: bool, names: tuple[str, ...] = ()
) -> Coordinates:
    """Centre and scale of every column, from a sample of the rows that count.

    Any affine map is exact, so a guess will do.

    Scales are powers of two and centres are multiples of them, so that neither
    multiplication nor, mostly, subtraction rounds. ``names`` are for the error that a column
    beyond all scales raises.
    """
    sample = _counting_rows(blocks.sample(SAMPLE))
    with np.errstate(all="ignore"):
        center = sample.sum(axis=0) / len(sample) if fit_intercept else np.zeros(sample.shape[1])
        from_center = sample - center
        spread = np.sqrt(np.einsum("ij,ij->j", from_center, from_center) / len(sample))
        constant = (sample == sample[0]).all(axis=0)
    if constant.any():
        size = np.abs(sample[0])
        center = np.where(constant & fit_intercept, sample[0], center)
        spread = np.where(constant, np.minimum(size, LARGEST), spread)
    usable = (spread >= SMALLEST) & (spread <= LARGEST)
    if not usable.all():
        _refuse_extremes(sample, spread, usable | constant, names[int(fit_intercept) :])
    with np.errstate(all="ignore"):
        unit = np.ldexp(1.0, np.frexp(np.where(usable, spread, 1.0))[1])
        short = np.where(constant, center, np.rint(center / unit) * unit)
    center = np.where(np.isfinite(short), short, 0.0)
    columns = np.arange(-1 if fit_intercept else 0, len(center), dtype=np.int64)
    scale = 1.0 / unit
    if fit_intercept:
        center, scale = np.concatenate([[0.0], center]), np.concatenate([[1.0], scale])
    return Coordinates(columns, center, scale)


def _counting_rows(sample: Span) -> NDArray[Any]:
    """The rows of a sample that have weight: what rows of weight 0 hold must not choose a scale."""
    X = np.asarray(sample.X)
    weight = sample.success + sample.failure if sample.success.size else sample.weight
    if not weight.size or weight.all():
        return X
    return X[weight > 0.0] if weight.any() else X


def _refuse_extremes(
    sample: NDArray[Any], spread: Floats, good: NDArray[np.bool_], names: tuple[str, ...]
) -> None:
    """A column whose variances would leave the range of float64; NaN is left to `blame`."""
    finite = np.isfinite(sample).all(axis=0)
    for j in np.flatnonzero(~good & finite):
        name = names[j] if names else f"x{j + 1}"
        peak = np.abs(sample[:, j]).max()
        raise DataError(
            f"column {name!r} varies by {spread[j]:g} (largest value {peak:g})",
            f"a spread between {SMALLEST:g} and {LARGEST:g}",
            "the variance of its coefficient is beyond the range of float64",
            "rescale the column: its coefficient changes by the inverse factor, nothing else",
            column=name,
        )


@dataclass(frozen=True)
class Objective:
    """evaluate(beta, order, step): the log-likelihood in some coordinates, less a ridge penalty.

    l2 : 1 / 2 l2 sum coef^2 is taken off, in the columns' own units, the intercept left free.
    """

    blocks: Blocks
    coordinates: Coordinates
    workers: Workers
    l2: float = 0.0

    @property
    def penalised(self) -> bool:
        """Whether a penalty keeps the maximum finite."""
        return self.l2 > 0.0

    def __call__(
        self,
        beta: Floats,
        order: int,
        step: Floats | None = None,
        single: bool = False,
    ) -> Terms:
        terms = sum_terms(
            self.blocks,
            beta,
            order,
            coordinates=self.coordinates,
            workers=self.workers,
            step=step,
            single=single,
        )
        return terms if not self.l2 else self._penalised(terms, beta)

    def _penalised(self, terms: Terms, beta: Floats) -> Terms:
        c = self.coordinates
        scale = np.where(c.columns < 0, 0.0, c.scale)
        jacobian = scale[:, None] * (c.rotation if c.rotation.size else np.eye(len(scale)))
        slopes = jacobian @ beta
        return replace(
            terms,
            loglik=terms.loglik - 0.5 * self.l2 * float(slopes @ slopes),
            gradient=terms.gradient - self.l2 * (jacobian.T @ slopes),
            information=terms.information + self.l2 * (jacobian.T @ jacobian)
            if terms.information.size
            else terms.information,
        )

    def compensated_loglik(self, beta: Floats) -> float:
        """The unpenalised log-likelihood at beta, with linear predictors in twice the precision.

        One slow pass: for nearly collinear columns, whose terms cancel in every row.
        """
        c = self.coordinates
        slopes = (c.rotation @ beta if c.rotation.size else beta) * c.scale

        return sum_over(self.blocks, partial(_compensated_part, c, slopes), self.workers)

    def at(self, coordinates: Coordinates) -> Objective:
        """The same objective seen under another map."""
        return self if coordinates is self.coordinates else replace(self, coordinates=coordinates)

    def null(self, log_odds: float) -> Floats:
        """The point of constant log-odds, or 0 where there is no intercept."""
        c = self.coordinates
        beta = np.zeros(len(c.columns))
        if c.columns[0] < 0:
            beta[0] = log_odds / (c.rotation[0, 0] if c.rotation.size else 1.0)
        return beta


def _compensated_part(c: Coordinates, slopes: Floats, span: Span) -> float:
    """The log-likelihood of a span; a module's function, as it may travel to where rows lie."""
    n = len(span.X)
    return pairwise_sum(
        float(compensated_loglik(*span, c.columns, c.center, slopes, i, min(i + LEAF, n)))
        for i in range(0, n, LEAF)
    )


def null_log_odds(blocks: Blocks) -> float:
    """Where a fit starts: the log-odds of the outcome, less the mean offset."""
    success, failure = blocks.totals()
    if not success or not failure:
        return 0.0
    return math.log(success / failure) - mean_offset(blocks)
