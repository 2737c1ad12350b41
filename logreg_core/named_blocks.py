"""Rows that a user has made ready: a block source with names and classes, in place of X and y."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from .array_blocks import ArrayBlocks, Blocks, Starts
from .encoding import Encoding
from .spans import NOTHING, Span

__all__ = ["NamedBlocks", "has_offset", "mean_offset"]


class NamedBlocks(ABC):
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
    return float(offset.mean()) if offset.size else 0.0
