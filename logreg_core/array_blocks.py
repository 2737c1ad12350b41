"""Where the rows of a fit lie: in memory here; a stream or a cluster elsewhere, by one protocol.

Rows are cut on a fixed grid: leaves of 2,048 rows, joined to spans of a power of two leaves. The
grid depends on the numbers of rows and columns alone, so every source cuts alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .kernels import LEAF
from .spans import NO_BYTES, NOTHING, Packs, Span, native, packed, read_only
from .workers import pairwise_sum

__all__ = [
    "ArrayBlocks",
    "Blocks",
    "PartedBlocks",
    "SampledBlocks",
    "Starts",
    "leafwise_sum",
    "outcome_totals",
    "span_rows",
]

Floats = NDArray[np.float64]
Starts = tuple[int, ...]

SPANS = 20  # enough to balance 8 threads, few enough that Python's share is not seen
MOST_LEAVES = 32  # of a span: its leaves are added one after another
LEAST_ELEMENTS = 1 << 16  # of X in a span: fewer take less time than the call does
MOST_ELEMENTS = 1 << 21  # of X in a span of several leaves: a stream holds a few spans at a time


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


class SampledBlocks(ABC):
    """Blocks of which some rows can be had in memory."""

    @property
    @abstractmethod
    def n_rows(self) -> int: ...

    @property
    @abstractmethod
    def n_columns(self) -> int: ...

    @abstractmethod
    def stretches(self, starts: Starts, length: int) -> tuple[ArrayBlocks, Starts]:
        """Rows in memory among which are ``length`` rows from each start on, and where."""


class PartedBlocks(ABC):
    """Blocks whose rows lie elsewhere, in parts: work goes to them, and sums come back."""

    @abstractmethod
    def total(self, function: Callable[[ArrayBlocks], Any]) -> Any:
        """The sum of function(part), by a tree fixed by the number of parts."""


def span_rows(n_rows: int, n_columns: int) -> int:
    """Rows of a span: a power of two leaves, about twenty spans, none with little to do.

    >>> span_rows(100_000, 20), span_rows(1_000_000, 20)
    (8192, 65536)
    """
    wanted = max(n_rows // SPANS, LEAST_ELEMENTS // max(n_columns, 1), 1)
    most = max(1, MOST_ELEMENTS // (LEAF * max(n_columns, 1)))
    leaves = min(MOST_LEAVES, 1 << (most.bit_length() - 1))
    return LEAF * min(leaves, 1 << ((wanted - 1) // LEAF).bit_length())


def leafwise_sum(values: Floats) -> float:
    """The sum of (n,) values, leaf by leaf and these by the pairwise tree: of any span of the
    grid, and of all spans by the same tree, to the same bits.

    >>> leafwise_sum(np.full(5000, 0.5))
    2500.0
    """
    whole = len(values) // LEAF * LEAF
    parts: list[float] = values[:whole].reshape(-1, LEAF).sum(axis=1).tolist()
    if whole < len(values):
        parts.append(float(values[whole:].sum()))
    return pairwise_sum(parts) if parts else 0.0


def outcome_totals(
    y: NDArray[np.uint8], weight: Floats, success: Floats, failure: Floats
) -> tuple[float, float]:
    """Weight of the successes and of the failures among some rows."""
    if success.size:
        return leafwise_sum(success), leafwise_sum(failure)
    if weight.size:
        success = np.where(y != 0, weight, 0.0)
        return leafwise_sum(success), leafwise_sum(weight - success)
    successes = float(np.count_nonzero(y))
    return successes, len(y) - successes


@dataclass(frozen=True)
class ArrayBlocks(SampledBlocks):
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
            *(
                read_only(np.ascontiguousarray(part[where]) if part.size else part)
                for part in parts
            ),
        )

    def spans(self) -> Iterator[Span]:
        size = span_rows(self.n_rows, self.n_columns)
        for first in range(0, self.n_rows, size):
            yield self.rows(slice(first, first + size))

    def groups(self) -> Iterable[tuple[Packs, ...]]:
        """The rows as the kernels take them, in groups that are added one after another."""
        as_it_is = self.X.dtype == np.float64 and self.X.flags.c_contiguous
        if as_it_is and not self.weight.size:
            return self._groups  # nothing to convert: the same views serve every pass
        return ((packs,) for span in self.spans() for packs in packed(span))

    @cached_property
    def _groups(self) -> tuple[tuple[Packs, ...], ...]:
        return tuple((packs,) for span in self.spans() for packs in packed(span))

    def sample(self, n_rows: int) -> Span:
        return self.rows(slice(0, None, max(1, self.n_rows // max(1, n_rows))))

    def stretches(self, starts: Starts, length: int) -> tuple[ArrayBlocks, Starts]:
        return self, starts  # where they lie: a copy would cost a reading

    def totals(self) -> tuple[float, float]:
        return outcome_totals(self.y, self.weight, self.success, self.failure)
