"""The rows of Parquet files as spans: decoded and laid side by side by a few threads at a time.

Small row groups are dealt out whole. Of a large one each thread reads its own columns, in step with
the others, so that no more of it is held than some batches.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .array_blocks import span_rows
from .arrow_columns import ArrowColumns
from .batch_checks import Batch
from .design_report import DesignReport
from .encoding import Encoding
from .errors import DataError
from .parquet_files import ParquetFile, Piece, check_unchanged, most_rows, run, told
from .side_by_side import Lent, Portion, SideBySide
from .span_filling import Columns

__all__ = ["Kept", "ParquetRows", "ParquetSource"]

Kept = dict[tuple[str, int], NDArray[np.uint8]]
"""Packed bits, a row group's rows that are kept; nothing where all are."""


class _Group(NamedTuple):
    """A row group, its first row among all that are kept, and how many it holds in the file."""

    file: ParquetFile
    number: int
    first: int
    rows: int


@dataclass(frozen=True)
class ParquetRows:
    """Which rows of which files, and what they become."""

    files: tuple[ParquetFile, ...]
    encoding: Encoding
    columns: ArrowColumns
    n_rows: int
    report: DesignReport | None
    kept: Kept = field(default_factory=dict)

    def read(self) -> Iterator[tuple[Piece, Columns]]:
        """All rows, piece by piece."""
        for file in self.files:
            yield from self._run(file, range(file.footer.num_row_groups), self.columns)

    def taken(self, piece: Piece) -> NDArray[np.intp] | None:
        """Positions of a piece's rows that are kept; None for all."""
        bits = self.kept.get((piece.file.path, piece.group))
        if bits is None:
            return None
        last = piece.row + piece.batch.num_rows
        return np.flatnonzero(np.unpackbits(bits, count=last)[piece.row :])

    def portions(self, readers: int) -> Iterator[Portion]:
        """The rows for so many threads: runs of small row groups whole, large ones by columns."""
        most, groups, at = most_rows(len(self.columns.needs)), self.groups, 0
        while at < len(groups):
            file, number, first, rows = groups[at]
            parts = (self.columns,) if rows <= most else self.columns.parted(readers)
            end = at + 1
            while end < len(groups) and groups[end].file is file:
                rows += groups[end].rows
                if rows > most:
                    break
                end += 1
            numbers = range(number, number + end - at)
            for part in parts:
                yield Portion(first, part.n_columns, partial(self._columns, file, numbers, part))
            at = end

    def place(self, row: int) -> str:
        """Where a row lies, of those that are kept."""
        group = self.groups[bisect_right(self._firsts, row) - 1]
        return f"{group.file.path}, row group {group.number}"

    @cached_property
    def groups(self) -> tuple[_Group, ...]:
        """All row groups, in order."""
        groups, first = [], 0
        for file in self.files:
            for number in range(file.footer.num_row_groups):
                rows = file.footer.row_group(number).num_rows
                groups.append(_Group(file, number, first, rows))
                bits = self.kept.get((file.path, number))
                first += rows if bits is None else int(np.unpackbits(bits).sum())
        return tuple(groups)

    @cached_property
    def _firsts(self) -> list[int]:
        return [group.first for group in self.groups]

    def _run(
        self, file: ParquetFile, numbers: range, columns: ArrowColumns
    ) -> Iterator[tuple[Piece, Columns]]:
        for piece in run(file, numbers, columns.needs):
            try:
                yield piece, columns.read(piece.batch, self.taken(piece))
            except DataError as problem:
                raise told(problem, piece) from problem

    def _columns(
        self, file: ParquetFile, numbers: range, columns: ArrowColumns
    ) -> Iterator[Columns]:
        return (read for _, read in self._run(file, numbers, columns))


class ParquetSource:
    """The rows as `StreamBlocks` takes them, span by span."""

    def __init__(self, rows: ParquetRows, readers: int) -> None:
        self.rows, self._readers, self.report = rows, readers, rows.report
        self.encoding: Encoding | None = rows.encoding
        self.names, self.classes = rows.encoding.names, rows.encoding.classes
        self.weighted = rows.columns.weight is not None
        self.with_offset = rows.columns.offset is not None
        self.n_rows: int | None = rows.n_rows

    def batches(self) -> Iterator[Batch]:
        """All rows, read by threads that end when this does."""
        self.check()
        columns, n, k = self.rows.columns, self.rows.n_rows, len(self.names)
        size, readers = span_rows(n, k), self._readers
        lent = Lent(min(size, n), k)
        spans = SideBySide(
            tuple(self.rows.portions(readers)), n, size, columns.n_columns,
            partial(lent.span, weighted=self.weighted, with_offset=self.with_offset),
            threads=readers, ahead=readers * most_rows(len(columns.needs)) // size + 2,
        )  # fmt: skip
        first = 0
        with closing(spans):
            for span in spans.spans():
                yield Batch(span, self.rows.place(first))
                first += len(span.X)
                del span  # its memory is used again when nobody holds it

    def check(self) -> None:
        """Refuse to go on with files that have changed."""
        check_unchanged(self.rows.files)

    def identity(self) -> dict[str, Any]:
        """Paths, sizes, times and footers, and what becomes of the columns."""
        rows = self.rows
        return {
            "files": [[f.path, f.mark.size, f.mark.mtime_ns, f.seal()] for f in rows.files],
            "encoding": rows.encoding.to_dict(),
            "weight": rows.columns.weight,
            "offset": rows.columns.offset,
        }
