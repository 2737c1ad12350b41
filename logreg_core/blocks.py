"""Row blocks, and the one sum over them.

A source of blocks cuts its rows on a fixed grid: leaves of 2,048 rows, joined to spans of a power
of two leaves. The kernel adds the leaves of a span one after another, `sum_terms` the spans by a
pairwise tree. Grid and tree depend on the numbers of rows and columns alone: the same bits for any
number of threads, in any order of completion, from memory or from disk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .coordinates import NO_ROTATION, Coordinates
from .kernels import FRONT, LEAF, PACK, terms_span
from .spans import NO_BYTES, NOTHING, Packs, Span, aligned, native, packed, read_only, seen_under
from .workers import Workers, pairwise_sum

__all__ = [
    "NOTHING",
    "ArrayBlocks",
    "Blocks",
    "Coordinates",
    "Scratch",
    "Span",
    "Terms",
    "largest_entries",
    "pairwise_sum",
    "span_rows",
    "sum_terms",
]

Floats = NDArray[np.float64]

SPANS = 20  # enough to balance 8 threads, few enough that Python's share is not seen
MOST_LEAVES = 32  # of a span: its leaves are added one after another
LEAST_ELEMENTS = 1 << 16  # of X in a span: fewer take less time than the call does


@dataclass(frozen=True)
class Terms:
    """Partial sums of the log-likelihood over some rows.

    loglik: log-likelihood (log units); gradient (k,) and hessian (k, k): its derivatives by beta
    in the coordinates of the pass, the Hessian negative semidefinite; n_rows: rows of positive
    weight; weight_sum: their weight; max_eta_change: max |x' step| (log-odds). The gradient is
    zeros, the information empty, where the order asked for stops before them.
    """

    loglik: float
    weight_sum: float
    n_rows: int
    max_eta_change: float
    gradient: Floats
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


class Blocks(Protocol):
    """What a fit needs of its data, wherever they lie."""

    @property
    def n_rows(self) -> int: ...

    @property
    def n_columns(self) -> int:
        """Columns of X, the intercept not counted."""
        ...

    def spans(self) -> Iterable[Span]:
        """All rows in order, `span_rows` a time."""
        ...

    def sample(self, n_rows: int) -> Span:
        """About so many rows, spread evenly over the whole."""
        ...

    def totals(self) -> tuple[float, float]:
        """Weight of the successes and of the failures."""
        ...


def span_rows(n_rows: int, n_columns: int) -> int:
    """Rows of a span: a power of two leaves, about twenty spans, none with little to do.

    >>> span_rows(100_000, 20), span_rows(1_000_000, 20)
    (8192, 65536)
    """
    wanted = max(n_rows // SPANS, LEAST_ELEMENTS // max(n_columns, 1), 1)
    return LEAF * min(MOST_LEAVES, 1 << ((wanted - 1) // LEAF).bit_length())


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
            read_only(native(self.X[where])),
            *(read_only(np.ascontiguousarray(part[where])) for part in parts),
        )

    def spans(self) -> Iterator[Span]:
        size = span_rows(self.n_rows, self.n_columns)
        for first in range(0, self.n_rows, size):
            yield self.rows(slice(first, first + size))

    def packs(self) -> Iterable[Packs]:
        """The rows as the kernels take them."""
        as_it_is = self.X.dtype == np.float64 and self.X.flags.c_contiguous
        if as_it_is and not self.weight.size:
            return self._packs  # nothing to convert: the same views serve every pass
        return (packs for span in self.spans() for packs in packed(span))

    @cached_property
    def _packs(self) -> tuple[Packs, ...]:
        return tuple(packs for span in self.spans() for packs in packed(span))

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


class Scratch:
    """Working space of the kernels, lent to one call at a time."""

    def __init__(self, vectors: int, panel: int = 0, single: bool = False, part: int = 0) -> None:
        self._sizes = vectors, panel, np.float32 if single else np.float64, part
        self._spare: SimpleQueue[tuple[NDArray[Any], ...]] = SimpleQueue()

    def take(self) -> tuple[NDArray[Any], ...]:
        """Vectors of a pack, the panel and the partial sums, as many as were asked for."""
        try:
            return self._spare.get_nowait()
        except Empty:
            vectors, panel, kind, part = self._sizes
            rows = tuple(aligned(vectors * PACK).reshape(vectors, PACK))
            return (*rows, aligned(panel, kind), np.empty(part))

    def give(self, arrays: tuple[NDArray[Any], ...]) -> None:
        """Back after use: for the next call, in whatever thread."""
        self._spare.put(arrays)


def sum_terms(
    blocks: Blocks,
    beta: Floats,
    order: int,
    *,
    coordinates: Coordinates,
    workers: Workers,
    step: Floats | None = None,
    single: bool = False,
) -> Terms:
    """The log-likelihood and its derivatives up to ``order`` at ``beta``: one pass over the rows.

    The only place where partial sums meet. ``beta`` and ``step`` are in the pass's coordinates;
    with ``step`` the pass also finds max |x' step|. ``single`` multiplies the information, and
    nothing else, in single precision: good to six digits, at half the price. Cost: one reading
    of the data, and n k^2 operations at order 2, 4 n k below.
    """
    k, width = len(beta), 16 if single else 8
    stride = -(-k // width) * width
    size = FRONT + k + (k * stride if order >= 2 else 0)
    direct = coordinates.direct(blocks.n_columns)
    shared = (*_in_place(coordinates, beta, step, direct), order, max(direct, 0))
    key = 6, PACK * stride if order >= 2 else 0, single, size
    scratch: Scratch = workers.kept.setdefault(key, Scratch(*key))
    changes: list[float] = []  # a maximum has no order

    def part(packs: Packs) -> Floats:
        leaves = (packs,) if direct >= 0 else seen_under(packs, coordinates)
        own, sums = scratch.take(), np.zeros(size)
        for leaf in leaves:
            total = np.empty(size)
            terms_span(*leaf.arrays, *shared, *own, total)
            changes.append(float(total[1]))
            sums = total if direct >= 0 else sums + total
        sums[1:FRONT] = 0.0, packs.n_rows, packs.weight_sum
        scratch.give(own)
        return sums

    sums = workers.sum(part, _packs(blocks))
    gradient, information = sums[FRONT : FRONT + k], NO_ROTATION
    if direct == 1:  # the kernel puts the intercept last
        gradient = np.concatenate([gradient[-1:], gradient[:-1]])
    if direct >= 0:
        gradient = gradient * coordinates.scale
    if order >= 2:
        information = sums[FRONT + k :][_places(k, stride, max(direct, 0))]
    return Terms(
        float(sums[0]),
        float(sums[3]),
        int(sums[2]),
        max(changes, default=0.0),
        gradient,
        information,
    )


@lru_cache(maxsize=32)
def _places(k: int, stride: int, constant: int) -> NDArray[np.intp]:
    """Where each entry of the information lies in the kernel's lower triangle (k, k)."""
    columns = np.roll(np.arange(k), constant)
    row, column = np.maximum.outer(columns, columns), np.minimum.outer(columns, columns)
    return row * stride + column


def _packs(blocks: Blocks) -> Iterable[Packs]:
    if isinstance(blocks, ArrayBlocks):
        return blocks.packs()
    return (packs for span in blocks.spans() for packs in packed(span))


def largest_entries(blocks: Blocks, coordinates: Coordinates) -> Floats:
    """(k,) largest |entry| of each column of a pass over the rows that have weight, by NumPy."""
    found = np.zeros(len(coordinates.columns))
    for packs in _packs(blocks):
        for leaf in seen_under(packs, coordinates):
            X = leaf.X[leaf.success + leaf.failure > 0.0] if leaf.success.size else leaf.X
            np.maximum(found, np.abs(X).max(axis=0, initial=0.0), out=found)
    return found


def _in_place(
    c: Coordinates, beta: Floats, step: Floats | None, direct: int
) -> tuple[Floats, Floats, Floats, float, Floats, float]:
    """Centre, scale, slopes and intercept as a kernel takes them for the columns it reads."""
    if direct < 0:
        ones = np.ones(len(beta))
        return np.zeros(len(beta)), ones, beta, 0.0, NOTHING if step is None else step, 0.0
    inner = slice(direct, None)
    center, scale = c.center[inner], c.scale[inner]
    base = float(beta[0]) if direct else 0.0
    slopes = beta[inner] * scale
    if step is None:
        return center, scale, slopes, base, NOTHING, 0.0
    return center, scale, slopes, base, step[inner] * scale, float(step[0]) if direct else 0.0
