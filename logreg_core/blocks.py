"""The one sum over row blocks.

The kernel adds the leaves of a span one after another, `sum_terms` the spans by a pairwise tree.
Grid (`array_blocks`) and tree depend on the numbers of rows and columns alone: the same bits for
any number of threads, in any order of completion, from memory or from disk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .array_blocks import ArrayBlocks, Blocks, PartedBlocks, span_rows
from .coordinates import NO_ROTATION, Coordinates
from .kernels import FRONT, PACK, terms_span
from .spans import NOTHING, Packs, Span, aligned, packed, seen_under
from .workers import Workers, pairwise_sum

__all__ = [
    "NOTHING",
    "ArrayBlocks",
    "Blocks",
    "Coordinates",
    "PartedBlocks",
    "Scratch",
    "Span",
    "Terms",
    "largest_entries",
    "pairwise_sum",
    "span_rows",
    "sum_over",
    "sum_terms",
]

Floats = NDArray[np.float64]
_Sum = TypeVar("_Sum")


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
    if isinstance(blocks, PartedBlocks):
        there: Terms = blocks.total(partial(_terms_of_part, coordinates, beta, order, step, single))
        return there
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


def _terms_of_part(
    c: Coordinates, beta: Floats, order: int, step: Floats | None, single: bool, part: ArrayBlocks
) -> Terms:
    with Workers(1, 0) as workers:
        return sum_terms(
            part, beta, order, coordinates=c, workers=workers, step=step, single=single
        )


def sum_over(blocks: Blocks, function: Callable[[Span], _Sum], workers: Workers) -> _Sum:
    """The sum of function(span) over all rows, by a fixed tree, wherever they lie."""
    if isinstance(blocks, PartedBlocks):
        total: _Sum = blocks.total(partial(_sum_of_part, function))
        return total
    return pairwise_sum(workers.map(function, blocks.spans()))


def _sum_of_part(function: Callable[[Span], _Sum], part: ArrayBlocks) -> _Sum:
    return pairwise_sum(map(function, part.spans()))


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
