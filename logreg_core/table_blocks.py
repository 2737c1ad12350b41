"""What tables that are read in batches have in common: how columns are asked for, and blamed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from .batch_checks import Source, first_not_finite
from .columns import Level
from .design_report import DesignReport
from .errors import DataError
from .span_filling import Columns, span_of
from .stream_blocks import StreamBlocks
from .streamed_design import Asked, Missing, asked_for

__all__ = ["Choice", "FileBlocks", "ReadPiece", "TableBlocks", "TableSource", "asked_of"]

Told = Callable[[DataError, int], DataError]
ReadPiece = tuple[Columns, NDArray[np.intp] | None, Told]
"""Columns of some rows, which of the rows read they are (None: all), and how an error of one of
those is told by its place."""


class Choice(TypedDict, total=False):
    """The arguments by which all block sources choose columns: see `ParquetBlocks`."""

    target: Any
    positive: Level | None
    features: Sequence[Any] | None
    categorical: Sequence[Any]
    reference: Mapping[Any, Level] | None
    missing: Missing
    weight: str | None
    offset: str | None


def asked_of(design: object, **choice: Unpack[Choice]) -> tuple[Asked, str | None, str | None]:
    """What is asked of the columns, and the names of those with weights and offsets.

    Raises
    ------
    TypeError
        An argument of another name.
    DataError
        See `asked_for`.

    Examples
    --------
    >>> asked, weight, offset = asked_of("ill ~ age", weight="people")
    >>> asked.target, weight, offset
    ('ill', 'people', None)
    """
    unknown = sorted(set(choice) - set(Choice.__annotations__))
    if unknown:
        raise TypeError(
            f"unexpected argument {unknown[0]!r}: columns are chosen by design, "
            + ", ".join(Choice.__annotations__)
        )
    weight, offset = choice.pop("weight", None), choice.pop("offset", None)
    return asked_for(design, **choice), weight, offset  # type: ignore[misc]


class TableSource(Source, Protocol):
    """A source that may have chosen levels, classes and rows."""

    report: DesignReport | None


class TableBlocks(StreamBlocks):
    """The rows of a table, read in batches.

    report : what was dropped and chosen, as `Design.report`; None where an encoding was given and
    nothing is to be dropped.
    """

    def __init__(self, source: TableSource, *, read_ahead: int = 2) -> None:
        self.report = source.report
        super().__init__(source, read_ahead=read_ahead)


class FileBlocks(TableBlocks):
    """The rows of files: a value that cannot be used is told by its file and its place there."""

    @abstractmethod
    def _pieces(self) -> Iterator[ReadPiece]:
        """All rows once more."""

    def blame(self) -> None:
        for columns, taken, told in self._pieces():
            try:
                first_not_finite(span_of(columns, self.n_columns), 0, "", self.names)
            except DataError as problem:
                raise told(problem, _row_read(problem.row, taken)) from None
        super().blame()


def _row_read(row: int, taken: NDArray[np.intp] | None) -> int:
    return row if taken is None else int(taken[row])
