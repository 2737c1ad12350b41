"""The one sum over row blocks.

The kernel adds the leaves of a span one after another, `sum_terms` the spans by a pairwise tree.
Grid (`array_blocks`) and tree depend on the numbers of rows and columns alone: the same bits for
any number of threads, in any order of completion, from memory or from disk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from .array_blocks import ArrayBlocks, Blocks, PartedBlocks, span_rows
from .coordinates import NO_ROTATION, Coordinates
from .kernels import FRONT, PACK, terms_span
from .spans import NOTHING, Packs, Span, aligned, packed, seen_under
from .workers import Workers, pairwise_sum

__all__ = [
    "JOURNAL",
    "NOTHING",
    "ArrayBlocks",
    "Blocks",
    "Coordinates",
    "PartedBlocks",
    "Scratch",
    "Span",
    "Terms",
    "pairwise_sum",
    "span_rows",
    "sum_over",
    "sum_terms",
]

Floats = NDArray[np.float64]
_Sum = TypeVar("_Sum")
JOURNAL = "journal"  # where the workers of a fit keep what remembers its sums


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
            and math.isfinite(np.add.reduce(self.gradient))
            and math.isfinite(self.information.trace())
        )


class Journal(Protocol):
    """What remembers the sums of a fit over all rows; see `journal`."""

    blocks: Blocks

    def covers(self, blocks: Blocks) -> bool:
        """Whether these are all rows of the fit, with or without their offset."""
        ...

    def terms(
        self, key: tuple[int, ...], where: tuple[NDArray[Any], ...], sums: Callable[[], Terms]
    ) -> Terms:
        """Remembered, or summed up now."""
        ...

    def sums(self, name: str, total: Callable[[], Any]) -> Any:
        """Remembered, or summed up now."""
        ...


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
    asked = partial(_sum_terms, blocks, beta, order, coordinates, workers, step, single)
    journal: Journal | None = workers.kept.get(JOURNAL)
    if journal is None or not journal.covers(blocks):
        return asked()
    shifted = NOTHING if blocks is journal.blocks else np.ones(1)  # the rows without their offset
    arrays = (coordinates.columns, coordinates.center, coordinates.scale, coordinates.rotation)
    where = (beta, NOTHING if step is None else step, *arrays, shifted)
    return journal.terms((order, single, step is None), where, asked)


def _sum_terms(
    blocks: Blocks,
    beta: Floats,
    order: int,
    coordinates: Coordinates,
    workers: Workers,
    step: Floats | None,
    single: bool,
) -> Terms:
    if isinstance(blocks, PartedBlocks):
        there: Terms = blocks.total(partial(_terms_of_part, coordinates, beta, order, step, single))
        return there
    k, width = len(beta), 16 if single else 8
    stride = -(-k // width) * width
    size = FRONT + k + (k * stride if order >= 2 else 0)
    direct = coordinates.direct(blocks.n_columns)
    shared = (*_in_place(coordinates, beta, step, direct), order, max(direct, 0))
    key = 6, PACK * stride, single, FRONT + k + k * stride  # for every order: untouched, it is free
    scratch: Scratch = workers.kept.get(key) or workers.kept.setdefault(key, Scratch(*key))
    changes: list[float] = []  # a maximum has no order

    def part(group: tuple[Packs, ...]) -> Floats:
        own, sums = scratch.take(), np.zeros(size)
        rows, weight = 0, 0.0
        for packs in group:
            rows, weight = rows + packs.n_rows, weight + packs.weight_sum
            leaves = (packs,) if direct >= 0 else seen_under(packs, coordinates)
            for leaf in leaves:
                terms_span(*leaf.arrays, *shared, *own, sums)
        scratch.give(own)
        changes.append(float(sums[1]))
        sums[1:FRONT] = 0.0, rows, weight
        return sums

    groups = _groups(blocks)
    if isinstance(groups, tuple):
        sums = workers.sum(part, groups, blocks.n_rows * k)
    else:
        with _ended(groups) as drawn:
            sums = workers.sum(part, drawn, blocks.n_rows * k)
    gradient, information = sums[FRONT : FRONT + k], NO_ROTATION
    if direct == 1:  # the kernel puts the intercept last
        gradient = np.concatenate([gradient[-1:], gradient[:-1]])
    if direct >= 0:
        gradient = gradient * coordinates.scale
    if order >= 2:
        information = sums[FRONT + k :].take(_places(k, stride, max(direct, 0)))
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
    journal: Journal | None = workers.kept.get(JOURNAL)
    if journal is None or not journal.covers(blocks):
        return _sum_over(blocks, function, workers)
    name = getattr(function, "func", function).__qualname__
    total: _Sum = journal.sums(name, partial(_sum_over, blocks, function, workers))
    return total


def _sum_over(blocks: Blocks, function: Callable[[Span], _Sum], workers: Workers) -> _Sum:
    if isinstance(blocks, PartedBlocks):
        total: _Sum = blocks.total(partial(_sum_of_part, function))
        return total
    with _ended(blocks.spans()) as spans:
        return pairwise_sum(workers.map(function, spans))


@contextmanager
def _ended(items: Iterable[_Sum]) -> Iterator[Iterable[_Sum]]:
    """The items; a reading that is not at its end after use is ended at once, and not when some
    traceback is forgotten."""
    try:
        yield items
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def _sum_of_part(function: Callable[[Span], _Sum], part: ArrayBlocks) -> _Sum:
    return pairwise_sum(map(function, part.spans()))


@lru_cache(maxsize=32)
def _places(k: int, stride: int, constant: int) -> NDArray[np.intp]:
    """Where each entry of the information lies in the kernel's lower triangle (k, k)."""
    columns = np.roll(np.arange(k), constant)
    row, column = np.maximum.outer(columns, columns), np.minimum.outer(columns, columns)
    return row * stride + column


def _groups(blocks: Blocks) -> Iterable[tuple[Packs, ...]]:
    if isinstance(blocks, ArrayBlocks):
        return blocks.groups()
    return ((packs,) for span in blocks.spans() for packs in packed(span))


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
