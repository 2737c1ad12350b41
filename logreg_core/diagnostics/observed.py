"""The rows a diagnosis looks at, as the fit sees them: columns matched, outcomes as weights.

Nothing of X is copied. Vectors of one number a row (log-odds, weights of success and failure) are
made once, when first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import as_counts, as_outcome, blame, is_frame
from ..ascent import Status
from ..blocks import NOTHING, ArrayBlocks, Span, Terms, span_rows
from ..coordinates import Coordinates
from ..design import Design
from ..errors import DataError, SeparationError
from ..fit_scores import columns_of_x, places_in
from ..option_checks import check_options
from ..problem import Objective, _combinations
from ..result import LogitFit
from ..row_checks import as_offset, as_weights
from ..workers import Workers
from .influence_kernels import PACK, STRIDE, predictor_span

__all__ = ["Observed", "observe"]

Floats = NDArray[np.float64]

SAME = 1e-7  # a log-likelihood that differs by more, relatively, is that of other rows


@dataclass(frozen=True, eq=False)
class Observed:
    """A fit and rows: the fit's own, or new ones.

    blocks: the rows; coordinates (k',): columns kept, in their order in X, intercept first, with
    the fit's centre; beta (k',): coefficients in those; order (k',): places of these coefficients
    among the fit's names; index: labels of the rows, or None for 0, 1, ...
    """

    fit: LogitFit
    blocks: ArrayBlocks
    coordinates: Coordinates
    beta: Floats
    order: NDArray[np.intp]
    index: Any = None
    threads: int | None = None
    constant: float = field(default=0.0, repr=False)

    @property
    def n_rows(self) -> int:
        """Rows of X, those of weight 0 included."""
        return self.blocks.n_rows

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients kept, in the order of ``coordinates``."""
        return tuple(self.fit.names[i] for i in self.order.tolist())

    def workers(self) -> Workers:
        """Threads for one pass or several."""
        return Workers(self.threads, self.n_rows * len(self.beta))

    def numbered_spans(self) -> list[tuple[int, Span]] | Any:
        """(first row, rows) of every span."""
        starts = range(0, self.n_rows, span_rows(self.n_rows, self.blocks.n_columns))
        spans = self.blocks.spans()
        if isinstance(spans, tuple):  # a sequence: the pool need not draw it step by step
            return list(zip(starts, spans, strict=True))
        return zip(starts, spans, strict=True)

    @cached_property
    def log_odds(self) -> Floats:
        """(n,) linear predictors; equal rows have equal bits."""
        out, c, k = np.empty(self.n_rows), self.coordinates, len(self.beta)
        slopes = self.beta * c.scale

        def part(item: tuple[int, Span]) -> None:
            first, span = item
            panel, eta = np.empty((k, STRIDE)), np.empty(PACK)
            into = out[first : first + len(span.X)]
            predictor_span(span.X, span.offset, c.columns, c.center, slopes, panel, eta, into)

        with self.workers() as workers:
            for _ in workers.map(part, self.numbered_spans()):
                pass
        if not np.isfinite(out.sum()):
            blame(self.blocks.X, self._column_names, only_if_found=True)
        return out

    def column(self, name: str) -> Floats:
        """(n,) values of one column of the fit."""
        place, out = int(self.coordinates.columns[self.names.index(name)]), np.empty(self.n_rows)
        for first, span in self.numbered_spans():
            out[first : first + len(span.X)] = span.X[:, place]
        return out

    @property
    def _column_names(self) -> tuple[str, ...]:
        names = [f"x{j + 1}" for j in range(self.blocks.n_columns)]
        for place, i in zip(self.coordinates.columns.tolist(), self.order.tolist(), strict=True):
            if place >= 0:
                names[place] = self.fit.names[i]
        return tuple(names)

    @cached_property
    def probability(self) -> Floats:
        """(n,) probabilities of the positive class."""
        eta = self.log_odds
        z = np.exp(-np.abs(eta))
        return np.where(eta >= 0.0, 1.0, z) / (1.0 + z)

    @cached_property
    def outcome(self) -> tuple[Floats, Floats]:
        """(n,) weights of success and of failure."""
        blocks = self.blocks
        if blocks.success.size:
            return blocks.success, blocks.failure
        success = blocks.y.astype(np.float64)
        failure = 1.0 - success
        if blocks.weight.size:
            return success * blocks.weight, failure * blocks.weight
        return success, failure

    @property
    def weight(self) -> Floats:
        """(n,) weight of each row: its frequency, or its number of trials."""
        return self.outcome[0] + self.outcome[1]

    @cached_property
    def terms(self) -> Terms:
        """Log-likelihood, gradient and information at the fit's coefficients, penalty included."""
        with self.workers() as workers:
            objective = Objective(self.blocks, self.coordinates, workers, self.fit.l2)
            terms = objective(self.beta, 2)
        if not terms.finite:
            blame(self.blocks.X, self._column_names)
        return terms

    @cached_property
    def own_rows(self) -> bool:
        """Whether these are the rows of the fit: as many, and of the same log-likelihood."""
        fit, terms = self.fit, self.terms
        c, slopes = self.coordinates, self.beta * self.coordinates.scale
        ridge = 0.5 * fit.l2 * float(np.sum(slopes[c.columns >= 0] ** 2))
        loglik = terms.loglik + ridge + self.constant
        slack = SAME * (1.0 + abs(fit.loglik)) + fit.tol**2 * fit.weight_sum
        if fit.status in (Status.SEPARATED, Status.UNDECIDED):
            slack += 1e-3  # the limit's log-likelihood against that of the last finite iterate
        same_weight = abs(terms.weight_sum - fit.weight_sum) <= 1e-9 * fit.weight_sum
        return terms.n_rows == fit.n_rows and same_weight and abs(loglik - fit.loglik) <= slack

    def need_own_rows(self, what: str) -> None:
        """Refuse rows that the fit was not made from."""
        if not self.own_rows:
            terms = self.terms
            raise DataError(
                f"these {terms.n_rows:,} rows of weight {terms.weight_sum:,g} have the "
                f"log-likelihood {terms.loglik + self.constant:.10g}; those of the fit, "
                f"{self.fit.n_rows:,} of weight {self.fit.weight_sum:,g}, have "
                f"{self.fit.loglik:.10g}",
                f"{what} of the rows that were fitted",
                "these are other rows, other outcomes, or other weights and offsets",
                "pass the X, y, sample_weight and offset that lc.fit was given",
                n_rows=terms.n_rows,
            )

    def need_maximum(self, what: str, *, penalised: bool) -> None:
        """Refuse separated fits, and penalised ones unless ``penalised``."""
        fit = self.fit
        if fit.separation is not None and fit.separation.kind != "none" and not fit.converged:
            raise SeparationError(
                f"the data of this fit are separated ({fit.separation.kind})",
                f"a finite maximum for {what}",
                "some coefficients are infinite, and rows told apart without error have no "
                "curvature left to measure by",
                "fit with penalty='firth' or l2, or drop the columns that separate",
                separation=fit.separation,
            )
        if not penalised and (fit.l2 or fit.penalty):
            raise DataError(
                f"this fit is penalised ({fit.penalty or f'ridge l2 = {fit.l2:g}'})",
                f"a maximum-likelihood fit for {what}",
                "the test compares maxima of the likelihood, and this is none",
                "fit without the penalty for this question",
            )


def observe(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> Observed:
    """Match rows with a fit: X an array, a frame (columns by name; raw ones where the fit knows
    its encoding) or a `Design`.

    Raises
    ------
    DataError
        Columns that are not the fit's, outcomes of other labels than the fit's (0 and 1 will
        always do), lengths that differ, weights below 0.
    """
    check_options(threads=threads)
    index = getattr(X, "index", None) if is_frame(X) else None
    if isinstance(X, Design) and y is None:
        y = X.y
    array, names, named = columns_of_x(X, fit.encoding)
    n = len(array)
    places = places_in(names, fit, named=named)
    weight = NOTHING if sample_weight is None else as_weights(sample_weight, n)
    shift = NOTHING if offset is None else as_offset(offset, n)
    constant = 0.0
    if n_trials is not None:
        success, failure = as_counts(y, n_trials, n)
        constant = _combinations(success, failure, weight)
        if weight.size:
            success, failure = success * weight, failure * weight
        blocks = ArrayBlocks(array, success=success, failure=failure, offset=shift)
    else:
        blocks = ArrayBlocks(array, y=_codes(y, n, fit), weight=weight, offset=shift)
    kept = np.flatnonzero(~np.isnan(fit.centered_coef))
    order = kept[np.argsort(places[kept], kind="stable")]
    unit = _units(fit, blocks, places, order)
    coordinates = Coordinates(places[order], fit.center[order], 1.0 / unit)
    beta = fit.centered_coef[order] * unit
    return Observed(fit, blocks, coordinates, beta, order, index, threads, constant)


def _units(
    fit: LogitFit, blocks: ArrayBlocks, places: NDArray[np.int64], order: NDArray[np.intp]
) -> Floats:
    """A power of two for each column, near its spread: what scales the pass, rounding nothing."""
    sample = np.asarray(blocks.sample(PACK).X)
    unit = np.ones(len(order))
    for i, j in enumerate(order.tolist()):
        if places[j] >= 0:
            with np.errstate(all="ignore"):
                spread = float(np.sqrt(np.mean((sample[:, places[j]] - fit.center[j]) ** 2)))
            usable = 1e-130 < spread < 1e130
            unit[i] = np.ldexp(1.0, np.frexp(spread)[1]) if usable else 1.0
    return unit


def _codes(y: Any, n: int, fit: LogitFit) -> NDArray[np.uint8]:
    """1 for the fit's positive class. Rows of one class only will do: they may be new ones."""
    if y is None:
        raise DataError(
            "y is missing",
            "an outcome for every row of X",
            "what was predicted cannot be compared with what happened",
            "pass y, or a Design, which holds it",
        )
    for labels in (fit.classes, (0, 1)):
        try:
            codes, classes = as_outcome(y, n)
        except DataError as problem:
            only = problem.evidence.get("classes", ())
            if len(only) != 1:
                raise
            if only[0] in labels:
                return np.full(n, int(only[0] == labels[1]), np.uint8)
            classes = tuple(only)
        else:
            if tuple(classes) == tuple(labels):
                return codes
    raise DataError(
        f"y has the classes {', '.join(map(repr, classes))}",
        f"those of the fit, {fit.classes[0]!r} and {fit.classes[1]!r}, or 0 and 1",
        "it is not clear which of them is the positive class",
        "pass the outcomes that were fitted, or y == the positive label",
        column="y",
        classes=tuple(classes),
    )
