"""A fit and its rows brought together: where every statistic that needs the data again begins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import blame
from ..ascent import Status
from ..blocks import NOTHING, ArrayBlocks
from ..coordinates import Coordinates
from ..design import Design
from ..errors import DataError
from ..fit_scores import columns_of_x, features
from ..formulas import residual, working_weight
from ..new_rows import match_columns
from ..problem import Objective, prepare, sample_coordinates
from ..result import LogitFit
from ..row_checks import as_offset, as_weights
from ..workers import Workers
from .refusals import refuse_no_fit

__all__ = [
    "Chunk",
    "Places",
    "Rows",
    "arrange",
    "bring",
    "check_rows",
    "without_outcomes",
]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
ROWS = 1 << 13  # of a chunk: its temporaries stay in the second-level cache


class Chunk(NamedTuple):
    """Some rows in centred columns: Z (m, k'), and per row, log-odds, weights and residual.

    where: the rows' places; success, failure (m,): weight of either outcome; residual (m,) =
    success - (success + failure) mu; information (m,) = (success + failure) mu (1 - mu).
    """

    where: slice
    Z: Floats
    eta: Floats
    success: Floats
    failure: Floats
    residual: Floats
    information: Floats


@dataclass(frozen=True)
class Rows:
    """The rows of a fit, and its coefficients as a pass over them takes them.

    positions (k,): column of X of each coefficient, -1 for the intercept; sample: centre and
    scale of every column of X; constant: the part of the log-likelihood free of beta; kept:
    places of the coefficients that were not dropped; names: of the columns of X.
    """

    fit: LogitFit
    blocks: ArrayBlocks
    positions: NDArray[np.int64]
    sample: Coordinates
    constant: float
    kept: Places
    names: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Rows given, those of weight 0 too."""
        return self.blocks.n_rows

    def workers(self) -> Workers:
        """The threads of one statistic."""
        return Workers(None, self.blocks.n_rows * len(self.positions))

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

    def columns(self, chosen: NDArray[np.int64]) -> Floats:
        """Some columns of X as a new (n, len(chosen)) array."""
        out = np.empty((self.n_rows, len(chosen)))
        for first in range(0, self.n_rows, ROWS):
            where = slice(first, min(first + ROWS, self.n_rows))
            out[where] = self.blocks.rows(where).X[:, chosen]
        return out

    def chunks(self) -> Iterator[Chunk]:
        """All rows in order, some thousand a time, with what the fit says of each."""
        columns = self.positions[self.kept]
        center, beta = self.fit.center[self.kept], self.fit.centered_coef[self.kept]
        inner = columns >= 0
        for first in range(0, self.n_rows, ROWS):
            where = slice(first, min(first + ROWS, self.n_rows))
            span = self.blocks.rows(where)
            Z = np.ones((len(span.X), len(columns)))
            Z[:, inner] = span.X[:, columns[inner]] - center[inner]
            eta = Z @ beta
            if span.offset.size:
                eta = eta + span.offset
            if span.success.size:
                success, failure = span.success, span.failure
            else:
                weight = span.weight if span.weight.size else np.ones(len(eta))
                success = weight * span.y
                failure = weight - success
            yield Chunk(
                where, Z, eta, success, failure,
                residual(eta, success, failure), working_weight(eta, success, failure),
            )  # fmt: skip


def bring(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
) -> Rows:
    """The rows a fit was made from, checked to be those: one pass.

    Columns of a frame are matched by name; labels are matched with ``fit.classes``.

    Raises
    ------
    DataError
        No fit; columns that do not match; rows, outcomes, weights or an offset other than the
        fit's (their log-likelihood is not the fit's).
    """
    rows = arrange(fit, X, y, sample_weight, offset, n_trials)
    check_rows(rows)
    return rows


def arrange(
    fit: LogitFit,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    *,
    wider: bool = False,
) -> Rows:
    """Rows of X as a fit's columns; unchecked. ``wider``: X may hold other columns too."""
    refuse_no_fit(fit)
    if y is None and isinstance(X, Design):
        y = X.y
    array, names, named = columns_of_x(X, fit.encoding)
    wanted = features(fit)
    if wider and set(wanted) <= set(names) and len(set(names)) == len(names):
        positions = np.array([names.index(name) for name in wanted], dtype=np.int64)
    else:
        positions = match_columns(names, wanted, named=named)
    problem = prepare(array, y, sample_weight, offset, n_trials, fit.fit_intercept)
    blocks = problem.blocks
    assert isinstance(blocks, ArrayBlocks)
    if n_trials is None and problem.classes == fit.classes[::-1]:
        blocks = replace(blocks, y=(1 - blocks.y).astype(np.uint8))
    if fit.fit_intercept:
        positions = np.concatenate([[-1], positions])
    sample = sample_coordinates(blocks, fit.fit_intercept, problem.names)
    kept = np.flatnonzero(~np.isnan(fit.centered_coef))
    return Rows(fit, blocks, positions, sample, problem.constant, kept, names)


def without_outcomes(
    fit: LogitFit, X: Any, sample_weight: Any = None, offset: Any = None, n_trials: Any = None
) -> Rows:
    """Rows to be averaged over, whether or not the fit was made from them: y is not looked at.

    Their weight is sample_weight times n_trials; every row counts as a failure.
    """
    refuse_no_fit(fit)
    array, names, named = columns_of_x(X, fit.encoding)
    positions = match_columns(names, features(fit), named=named)
    n = len(array)
    weight = np.ones(n) if sample_weight is None else as_weights(sample_weight, n)
    if n_trials is not None:
        weight = weight * as_weights(n_trials, n)
    shift = NOTHING if offset is None else as_offset(offset, n)
    blocks = ArrayBlocks(array, y=np.zeros(n, np.uint8), weight=weight, offset=shift)
    sample = sample_coordinates(blocks, fit.fit_intercept)
    if fit.fit_intercept:
        positions = np.concatenate([[-1], positions])
    kept = np.flatnonzero(~np.isnan(fit.centered_coef))
    return Rows(fit, blocks, positions, sample, 0.0, kept, names)


def check_rows(rows: Rows) -> None:
    """Refuse rows under which the fit's coefficients have another likelihood than the fit's."""
    with rows.workers() as workers:
        objective = rows.objective(workers)
        terms = objective(rows.beta(objective.coordinates), 0)
    if not math.isfinite(terms.loglik):
        blame(rows.blocks.X, rows.names)
    fit, found, own = rows.fit, terms.loglik + rows.constant, rows.fit.loglik
    # the coefficients of a separated fit are those of its last step, short of the supremum
    share = 1e-3 if fit.status is Status.SEPARATED else 1e-7
    same = abs(found - own) <= share * max(1.0, abs(own))
    if same and terms.n_rows == fit.n_rows and np.isclose(terms.weight_sum, fit.weight_sum):
        return
    raise DataError(
        f"under this fit these rows have the log-likelihood {found:.10g} ({terms.n_rows:,} rows, "
        f"weight {terms.weight_sum:.10g})",
        f"the rows of the fit: {own:.10g} ({fit.n_rows:,} rows, weight {fit.weight_sum:.10g})",
        "these are not the rows, outcomes, weights or offset that the fit was made from",
        "pass X, y, sample_weight, offset and n_trials as they were given to fit",
        loglik=found,
        n_rows=terms.n_rows,
    )
