"""Rows that a user has made ready: a block source with names and classes, in place of X and y."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from .array_blocks import ArrayBlocks, Blocks, PartedBlocks, SampledBlocks, Starts, leafwise_sum
from .encoding import Encoding
from .spans import NOTHING, Span

__all__ = ["NamedBlocks", "has_offset", "largest_offset", "mean_offset", "without_offset"]


class NamedBlocks(SampledBlocks):
    """A source of rows that `fit` takes in the place of X and y: a stream, or a cluster's parts.

    names : of the columns of X. classes : the negative and the positive one. encoding : the rule
    that made the columns, where there is one. weighted, with_offset : whether rows carry them.
    A value that is NaN or infinite may be there: it is looked for (`blame`) where a sum shows it.
    """

    names: tuple[str, ...]
    classes: tuple[Any, Any]
    encoding: Encoding | None = None
    weighted: bool = False
    with_offset: bool = False

    @property
    def n_columns(self) -> int:
        """Columns of X, the intercept not counted."""
        return len(self.names)

    @property
    @abstractmethod
    def n_rows(self) -> int:
        """Rows, those without weight counted too."""

    @abstractmethod
    def spans(self) -> Iterable[Span]:
        """All rows in order, `span_rows` a time."""

    @abstractmethod
    def sample(self, n_rows: int) -> Span:
        """About so many rows, spread evenly over the whole: one in so many, from the first on."""

    @abstractmethod
    def totals(self) -> tuple[float, float]:
        """Weight of the successes and of the failures."""

    @abstractmethod
    def stretches(self, starts: Starts, length: int) -> tuple[ArrayBlocks, Starts]:
        """Rows in memory among which are ``length`` rows from each start on, and where."""

    @abstractmethod
    def mean_offset(self) -> float:
        """Mean offset of the rows (log-odds), 0 without."""

    @abstractmethod
    def blame(self) -> None:
        """Find the first value of X that is NaN or infinite.

        Raises
        ------
        DataError
            Naming its column, its row, and where that row lies.
        """

    def identity(self) -> dict[str, Any]:
        """What must be the same for these to be the same rows, as plain numbers and text."""
        return {"names": list(self.names), "n_rows": self.n_rows, "totals": list(self.totals())}

    def largest_offset(self) -> float:
        """Largest size of an offset (log-odds), 0 without: here by a reading of all rows."""
        spans = self.spans() if self.with_offset else ()
        return max((float(np.abs(span.offset).max()) for span in spans), default=0.0)

    def without_offset(self) -> NamedBlocks:
        """The same rows as if no part of their log-odds were known."""
        if not self.with_offset:
            return self
        return _BareParts(self) if isinstance(self, PartedBlocks) else _Bare(self)


class _Bare(NamedBlocks):
    """Blocks without their offset."""

    def __init__(self, whole: NamedBlocks) -> None:
        self.whole = whole
        self.names, self.classes, self.weighted = whole.names, whole.classes, whole.weighted

    @property
    def n_rows(self) -> int:
        return self.whole.n_rows

    def spans(self) -> Iterable[Span]:
        return (span._replace(offset=NOTHING) for span in self.whole.spans())

    def sample(self, n_rows: int) -> Span:
        return self.whole.sample(n_rows)._replace(offset=NOTHING)

    def totals(self) -> tuple[float, float]:
        return self.whole.totals()

    def stretches(self, starts: Starts, length: int) -> tuple[ArrayBlocks, Starts]:
        rows, places = self.whole.stretches(starts, length)
        return replace(rows, offset=NOTHING), places

    def mean_offset(self) -> float:
        return 0.0

    def blame(self) -> None:
        self.whole.blame()


class _BareParts(_Bare, PartedBlocks):
    """The same where work goes to the rows."""

    def total(self, function: Callable[[ArrayBlocks], Any]) -> Any:
        """See `PartedBlocks`."""
        assert isinstance(self.whole, PartedBlocks)
        return self.whole.total(partial(_of_bare, function))


def _of_bare(function: Callable[[ArrayBlocks], Any], part: ArrayBlocks) -> Any:
    return function(replace(part, offset=NOTHING))


def largest_offset(blocks: Blocks) -> float:
    """Largest size of an offset of the rows (log-odds), 0 without."""
    if isinstance(blocks, NamedBlocks):
        return blocks.largest_offset()
    offset = getattr(blocks, "offset", NOTHING)
    return float(np.abs(offset).max()) if offset.size else 0.0


def without_offset(blocks: Blocks) -> Blocks:
    """The same rows as if no part of their log-odds were known: views."""
    if isinstance(blocks, NamedBlocks):
        return blocks.without_offset()
    return replace(blocks, offset=NOTHING) if isinstance(blocks, ArrayBlocks) else blocks


def has_offset(blocks: Blocks) -> bool:
    """Whether a part of the log-odds is known row by row."""
    if isinstance(blocks, NamedBlocks):
        return blocks.with_offset
    return bool(getattr(blocks, "offset", NOTHING).size)


def mean_offset(blocks: Blocks) -> float:
    """Mean offset of the rows (log-odds), 0 without."""
    if isinstance(blocks, NamedBlocks):
        return blocks.mean_offset()
    offset = getattr(blocks, "offset", NOTHING)
    return leafwise_sum(offset) / len(offset) if offset.size else 0.0
