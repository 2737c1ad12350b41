"""Row blocks, and the one sum over them.

A source of blocks cuts its rows on a fixed grid: leaves of 2,048 rows, joined to spans of a power
of two leaves. The kernel adds the leaves of a span by a pairwise tree; `sum_terms` adds the spans
by the same tree. Because spans are aligned, the whole tree depends on the number of rows alone:
the same bits for any number of threads, in any order of completion, from memory or from disk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from .coordinates import NO_ROTATION, Coordinates
from .kernels import LEAF, N_ROWS, PACK, STRIDE, terms_span
from .workers import Workers

__all__ = [
    "ArrayBlocks",
    "Blocks",
    "Coordinates",
    "Scratch",
    "Span",
    "Terms",
    "depth",
    "pairwise_sum",
    "span_rows",
    "sum_terms",
]

Floats = NDArray[np.float64]
_T = TypeVar("_T")
_R = TypeVar("_R")

NOTHING: Floats = np.empty(0)
NO_BYTES: NDArray[np.uint8] = np.empty(0, np.uint8)
MOST_SPANS = 32  # enough to balance 8 threads, few enough that Python's share is not seen


@dataclass(frozen=True)
class Terms:
    """Partial sums of the log-likelihood over some rows.

    loglik: log-likelihood (log units); gradient (k,) and hessian (k, k): its derivatives by beta
    in the coordinates of the pass, the Hessian negative semidefinite; n_rows: rows of positive
    weight; weight_sum: their weight; max_eta_change: max |x' step| (log-odds); column_max (k,):
    largest absolute entry of each column of the pass. The gradient is zeros, the information
    empty, where the order asked for stops before them; column_max is zeros unless asked for.
    """

    loglik: float
    weight_sum: float
    n_rows: int
    max_eta_change: float
    gradient: Floats
    column_max: Floats
    information: Floats = field(repr=False)

    @property
    def hessian(self) -> Floats:
        """Second derivatives of the log-likelihood: minus the information."""
        return -self.information

    def __add__(self, other: Terms) -> Terms:
        return Terms(
            self.loglik + other.loglik,
            self.weight_sum + other.weight_sum,
            self.n_rows + other.n_rows,
            max(self.max_eta_change, other.max_eta_change),
            self.gradient + other.gradient,
            np.maximum(self.column_max, other.column_max),
            self.information + other.information,
        )

    @property
    def finite(self) -> bool:
        """No NaN and no infinity in any sum."""
        return (
            math.isfinite(self.loglik)
            and math.isfinite(self.gradient.sum())
            and math.isfinite(self.information.trace())
        )


class Span(NamedTuple):
    """The rows of one span, as the kernels take them; an empty array stands for "none"."""

    X: NDArray[Any]
    y: NDArray[np.uint8]
    weight: Floats
    success: Floats
    failure: Floats
    offset: Floats


class Blocks(Protocol):
    """What a fit needs of its data, wherever they lie."""

    @property
    def n_rows(self) -> int: ...

    @property
    def n_columns(self) -> int:
        """Columns of X, the intercept not counted."""
        ...

    def spans(self) -> Iterable[Span]:
        """All rows in order, `span_rows(n_rows)` a time."""
        ...

    def sample(self, n_rows: int) -> Span:
        """About so many rows, spread evenly over the whole."""
        ...

    def totals(self) -> tuple[float, float]:
        """Weight of the successes and of the failures."""
        ...


def span_rows(n_rows: int) -> int:
    """Rows of a span: a power of two leaves, at most `MOST_SPANS` spans in all."""
    leaves = max(1, math.ceil(n_rows / LEAF))
    return LEAF << max(0, math.ceil(math.log2(leaves / MOST_SPANS)))


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False  # one compiled signature for writeable and read-only input
    return view


def _native(X: NDArray[Any]) -> NDArray[np.float64]:
    if X.dtype == np.float64 and X.dtype.isnative and X.flags.aligned and X.flags.c_contiguous:
        return X
    return np.ascontiguousarray(X, dtype=np.float64)


@dataclass(frozen=True)
class ArrayBlocks:
    """Rows in memory: views of X, never a copy of the whole.

    X (n, columns): any real dtype and layout; what is not native float64 in C order is converted
    span by span. y (n,) uint8, or success and failure (n,) weights on each outcome; weight and
    offset (n,).
    """

    X: NDArray[Any]
    y: NDArray[np.uint8] = field(default_factory=lambda: NO_BYTES)
    weight: Floats = field(default_factory=lambda: NOTHING)
    success: Floats = field(default_factory=lambda: NOTHING)
    failure: Floats = field(default_factory=lambda: NOTHING)
    offset: Floats = field(default_factory=lambda: NOTHING)

    @property
    def n_rows(self) -> int:
        return int(self.X.shape[0])

    @property
    def n_columns(self) -> int:
        return int(self.X.shape[1])

    def rows(self, where: slice) -> Span:
        """The rows of a slice."""
        parts = (self.y, self.weight, self.success, self.failure, self.offset)
        return Span(
            _read_only(_native(self.X[where])),
            *(_read_only(np.ascontiguousarray(part[where])) for part in parts),
        )

    def spans(self) -> Iterable[Span]:
        if self.X.dtype == np.float64 and self.X.flags.c_contiguous:
            return self._views  # nothing to convert: the same views serve every pass
        return self._cut()

    def _cut(self) -> Iterator[Span]:
        size = span_rows(self.n_rows)
        for first in range(0, self.n_rows, size):
            yield self.rows(slice(first, first + size))

    @cached_property
    def _views(self) -> tuple[Span, ...]:
        return tuple(self._cut())

    def sample(self, n_rows: int) -> Span:
        return self.rows(slice(0, None, max(1, self.n_rows // max(1, n_rows))))

    def totals(self) -> tuple[float, float]:
        if self.success.size:
            return float(self.success.sum()), float(self.failure.sum())
        if self.weight.size:
            success = float(self.weight[self.y != 0].sum())
            return success, float(self.weight[self.y == 0].sum())
        success = float(np.count_nonzero(self.y))
        return success, self.n_rows - success


def pairwise_sum(parts: Iterable[_R]) -> _R:
    """Sum in the order given, by a pairwise tree: rounding grows with log n, bits are fixed.

    >>> pairwise_sum(["a", "b", "c"])
    'abc'
    """
    waiting: list[Any] = []
    for count, part in enumerate(parts, 1):
        waiting.append(part)
        while count % 2 == 0:
            right = waiting.pop()
            waiting[-1] = waiting[-1] + right
            count //= 2
    while len(waiting) > 1:
        right = waiting.pop()
        waiting[-1] = waiting[-1] + right
    result: _R = waiting[0]
    return result


class Scratch(NamedTuple):
    """Working space of one kernel call over k columns, in the kernels' order of arguments."""

    block: Floats
    block_view: Floats
    line: Floats
    panel: Floats
    eta: Floats
    rows: Floats
    exponent: Floats
    bits: NDArray[np.int64]

    @classmethod
    def of(cls, k: int, with_panel: bool = True) -> Scratch:
        block, exponent = np.empty((PACK, k)), np.empty(PACK)
        panel = np.empty((k if with_panel else 0, STRIDE))
        eta, rows = np.empty(PACK), np.empty((N_ROWS, PACK))
        view = exponent.view(np.int64)
        return cls(block, _read_only(block), np.empty(k), panel, eta, rows, exponent, view)


def depth(n_rows: int) -> int:
    """Partials that wait at once while the leaves of so many rows are added by a tree."""
    return math.ceil(n_rows / LEAF).bit_length() + 1


def sum_terms(
    blocks: Blocks,
    beta: Floats,
    order: int,
    *,
    coordinates: Coordinates,
    workers: Workers,
    step: Floats | None = None,
    extremes: bool = False,
) -> Terms:
    """The log-likelihood and its derivatives up to ``order`` at ``beta``: one pass over the rows.

    The only place where partial sums meet. ``beta`` and ``step`` are in the pass's coordinates;
    with ``step`` the pass also finds max |x' step|, with ``extremes`` the largest entry of each
    column (zeros otherwise). Cost: one reading of the data, and
    n k^2 operations at order 2, 4 n k below.
    """
    k, c = len(beta), coordinates
    change = NOTHING if step is None else step
    direct = c.direct(blocks.n_columns)
    inner = slice(max(direct, 0), None)
    shared = (
        c.columns, c.center, c.scale, c.rotation,
        direct, c.center[inner], c.scale[inner], np.zeros(k), np.ones(k),
        beta, (beta * c.scale)[inner], change, (change * c.scale)[inner] if change.size else change,
        order, extremes,
    )  # fmt: skip
    size = 4 + k + (k * k if order >= 2 else 0)

    spare: SimpleQueue[Scratch] = SimpleQueue()  # one for each thread at work

    def part(span: Span) -> Terms:
        sums, largest = np.empty((depth(len(span.X)), size)), np.zeros(1 + k)
        try:
            own = spare.get_nowait()
        except Empty:
            own = Scratch.of(k, order >= 2)
        terms_span(*span, *shared, *own, sums, largest)
        spare.put(own)
        flat = sums[0]
        return Terms(
            float(flat[0]),
            float(flat[1]),
            int(flat[2]),
            float(largest[0]),
            flat[4 : 4 + k],
            largest[1:],
            flat[4 + k :].reshape(k, k) if order >= 2 else NO_ROTATION,
        )

    return pairwise_sum(workers.map(part, blocks.spans()))
