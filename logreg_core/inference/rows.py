"""A fit and its rows brought together: where every statistic that needs the data again begins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ascent import Status
from ..blocks import NOTHING, ArrayBlocks, Terms
from ..errors import DataError
from ..fit_scores import columns_of_x, places_in
from ..fitted_rows import FittedRows, Places, blame_rows, match, outcome_of
from ..formulas import residual, working_weight
from ..result import LogitFit
from ..row_checks import as_offset, as_weights
from .refusals import refuse_no_fit

__all__ = [
    "Chunk",
    "Places",
    "Rows",
    "arrange",
    "bring",
    "check_rows",
    "check_terms",
    "without_outcomes",
]

Floats = NDArray[np.float64]
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
class Rows(FittedRows[ArrayBlocks]):
    """The rows of a fit, in memory."""

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
            success, failure = outcome_of(span)
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
    problem, places, names = match(fit, X, y, sample_weight, offset, n_trials, wider=wider)
    blocks = problem.blocks
    if not isinstance(blocks, ArrayBlocks):
        raise DataError(
            f"X is a {type(blocks).__name__}",
            "X and y in memory",
            "this statistic looks at single rows, or at the same rows many times",
            "pass arrays or a frame; robust_covariance takes a block source",
        )
    return Rows(fit, blocks, places, names, problem.constant)


def without_outcomes(
    fit: LogitFit, X: Any, sample_weight: Any = None, offset: Any = None, n_trials: Any = None
) -> Rows:
    """Rows to be averaged over, whether or not the fit was made from them: y is not looked at.

    Their weight is sample_weight times n_trials; every row counts as a failure.
    """
    refuse_no_fit(fit)
    array, names, named = columns_of_x(X, fit.encoding)
    positions = places_in(names, fit, named=named)
    n = len(array)
    weight = np.ones(n) if sample_weight is None else as_weights(sample_weight, n)
    if n_trials is not None:
        weight = weight * as_weights(n_trials, n)
    shift = NOTHING if offset is None else as_offset(offset, n)
    blocks = ArrayBlocks(array, y=np.zeros(n, np.uint8), weight=weight, offset=shift)
    return Rows(fit, blocks, positions, names)


def check_rows(rows: Rows) -> None:
    """Refuse rows under which the fit's coefficients have another likelihood than the fit's."""
    with rows.workers() as workers:
        objective = rows.objective(workers)
        terms = objective(rows.beta(objective.coordinates), 0)
    check_terms(rows, terms)


def check_terms(rows: FittedRows[Any], terms: Terms) -> None:
    """The same, of sums over the rows at the fit's coefficients."""
    if not math.isfinite(terms.loglik):
        blame_rows(rows)
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
