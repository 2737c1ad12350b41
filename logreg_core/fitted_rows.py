"""A fit and rows brought together, wherever the rows lie: columns matched, coordinates chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from .arrays import blame
from .blocks import ArrayBlocks, Blocks, Span
from .coordinates import Coordinates
from .design import Design
from .errors import DataError
from .fit_scores import columns_of_x, places_in
from .named_blocks import NamedBlocks
from .problem import Objective, Problem, prepare, sample_coordinates
from .result import LogitFit
from .scoring import score
from .workers import Workers

__all__ = [
    "FittedRows",
    "Matched",
    "Places",
    "Scorer",
    "blame_rows",
    "match",
    "match_blocks",
    "outcome_of",
]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Source = TypeVar("Source", bound=Blocks)


@dataclass(frozen=True)
class Scorer:
    """What it takes to score a span: small, so that it travels to wherever the rows lie.

    columns (k,): position in X of each coefficient, -1 for the intercept; center (k,), and beta
    (k,) the coefficients of centred columns, 0 where one was dropped.
    """

    columns: NDArray[np.int64]
    center: Floats
    beta: Floats

    def log_odds(self, span: Span) -> Floats:
        """(m,) log-odds of the rows of a span, the bits of ``fit.log_odds``."""
        return self._scores(span, log_odds=True)

    def probability(self, span: Span) -> Floats:
        """(m,) probabilities of the rows of a span, the bits of ``fit.probability``."""
        return self._scores(span, log_odds=False)

    def _scores(self, span: Span, *, log_odds: bool) -> Floats:
        return score(
            span.X, self.columns, self.center, self.beta,
            log_odds=log_odds, offset=span.offset, threads=1,
        )  # fmt: skip


def outcome_of(span: Span) -> tuple[Floats, Floats]:
    """(m,) weights of success and of failure of the rows of a span."""
    if span.success.size:
        return span.success, span.failure
    success = (span.y != 0).astype(np.float64)
    failure = 1.0 - success
    if span.weight.size:
        return success * span.weight, failure * span.weight
    return success, failure


@dataclass(frozen=True)
class FittedRows(Generic[Source]):
    """A fit, rows, and the fit's coefficients as a pass over the rows takes them.

    positions (k,): column of X of each coefficient, -1 for the intercept; names: of the columns
    of X; constant: the part of the log-likelihood free of beta.
    """

    fit: LogitFit
    blocks: Source
    positions: NDArray[np.int64]
    names: tuple[str, ...]
    constant: float = 0.0

    @cached_property
    def kept(self) -> Places:
        """Places of the coefficients that were not dropped."""
        return np.flatnonzero(~np.isnan(self.fit.centered_coef))

    @cached_property
    def sample(self) -> Coordinates:
        """Centre and scale of every column of X, chosen from a few rows as `fit` does."""
        intercept = self.fit.fit_intercept
        names = ("intercept", *self.names) if intercept else self.names
        return sample_coordinates(self.blocks, intercept, names)

    @property
    def n_rows(self) -> int:
        """Rows given, those of weight 0 too."""
        return self.blocks.n_rows

    @property
    def scorer(self) -> Scorer:
        """The fit, as a span needs it."""
        beta = self.fit.centered_coef
        return Scorer(self.positions, self.fit.center, np.where(np.isnan(beta), 0.0, beta))

    def workers(self, threads: int | None = None) -> Workers:
        """The threads of one statistic."""
        return Workers(threads, self.blocks.n_rows * len(self.positions))

    def coordinates(self, places: Places, centred: bool = True) -> Coordinates:
        """The columns of these coefficients, in this order, centred as in the fit and scaled.

        Without an intercept among them nothing is centred: that would be another model.
        """
        columns = self.positions[places]
        centred = centred and bool((columns < 0).any())
        center = self.fit.center[places] if centred else np.zeros(len(columns))
        scale = self.sample.scale[columns + int(self.fit.fit_intercept)]
        return Coordinates(columns, center, scale)

    def objective(self, workers: Workers) -> Objective:
        """The unpenalised log-likelihood in all columns kept, centred as in the fit."""
        return Objective(self.blocks, self.coordinates(self.kept), workers)

    def beta(self, coordinates: Coordinates) -> Floats:
        """The coefficients kept, in centred and scaled columns."""
        return np.asarray(self.fit.centered_coef[self.kept] / coordinates.scale)

    def centred(self, covariance: Floats) -> Floats:
        """A covariance (k, k) of the coefficients as that of the kept ones in centred columns."""
        inside = covariance[np.ix_(self.kept, self.kept)]
        if not self.fit.fit_intercept:
            return inside
        back = np.eye(len(self.kept))
        back[0, 1:] = self.fit.center[self.kept][1:]
        return np.asarray(back @ inside @ back.T, dtype=np.float64)


class Matched(NamedTuple):
    """problem: the rows of X, y 1 for the fit's positive class; places (k,): the column of X of
    each coefficient, -1 for the intercept; names: of the columns of X."""

    problem: Problem
    places: NDArray[np.int64]
    names: tuple[str, ...]


def match(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    *,
    wider: bool = False,
) -> Matched:
    """Rows as `fit` takes them, for a fit. ``wider``: X may hold other columns too.

    Raises
    ------
    DataError
        Columns that do not match; what `fit` refuses; a source that counts other successes.
    """
    if y is None and isinstance(X, Design):
        y = X.y
    rows: Any
    if isinstance(X, NamedBlocks):
        _check_classes(fit, X)
        rows, names, named = X, X.names, True
    else:
        rows, names, named = columns_of_x(X, fit.encoding)
    places = places_in(names, fit, named=named, wider=wider)
    problem = prepare(rows, y, sample_weight, offset, n_trials, fit.fit_intercept)
    blocks = problem.blocks
    turned = n_trials is None and problem.classes == fit.classes[::-1]
    if turned and isinstance(blocks, ArrayBlocks):  # a source that is turned was refused
        blocks = replace(blocks, y=(1 - blocks.y).astype(np.uint8))
        problem = replace(problem, blocks=blocks, classes=fit.classes)
    return Matched(problem, places, names)


def match_blocks(fit: LogitFit, blocks: Blocks) -> FittedRows[Blocks]:
    """Rows of a source, for a fit: columns by name where it has names, by place else.

    Raises
    ------
    DataError
        Columns that do not match; another rule for categories; the other class as the positive one.
    """
    named = isinstance(blocks, NamedBlocks)
    names = blocks.names if isinstance(blocks, NamedBlocks) else _numbered(blocks.n_columns)
    places = places_in(names, fit, named=named)
    if isinstance(blocks, NamedBlocks):
        _check_classes(fit, blocks)
    return FittedRows(fit, blocks, places, names)


def _numbered(n_columns: int) -> tuple[str, ...]:
    return tuple(f"x{j + 1}" for j in range(n_columns))


def _check_classes(fit: LogitFit, blocks: NamedBlocks) -> None:
    given, own = tuple(blocks.classes), tuple(fit.classes)
    if given != own and (given != (0, 1) or given == own[::-1]):
        raise DataError(
            f"the source has the classes {given[0]!r} and {given[1]!r}, the last the positive one",
            f"those of the fit, {own[0]!r} and {own[1]!r}, or 0 and 1",
            "successes would be counted as failures, or other outcomes as either",
            "make the source with the fit's encoding, or name the fit's positive class",
            classes=given,
        )
    rule, fitted = blocks.encoding, fit.encoding
    if rule is not None and fitted is not None and rule.features != fitted.features:
        raise DataError(
            "the source encodes its columns by another rule than the fit",
            "the rule of the fit, fit.encoding",
            "a level would meet the coefficient of another, or of none",
            "make the source with encoding=fit.encoding",
        )


def blame_rows(rows: FittedRows[Any]) -> None:
    """Find the first value that is NaN or infinite, after a sum that was."""
    blocks = rows.blocks
    if isinstance(blocks, NamedBlocks):
        blocks.blame()
    elif isinstance(blocks, ArrayBlocks):
        blame(blocks.X, rows.names)
