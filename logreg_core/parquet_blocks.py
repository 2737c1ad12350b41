"""Parquet files as the rows of a fit: read anew in every pass, in constant memory.

The columns are dealt out to a few threads. Each reads its own through all files and writes them
into spans of the row grid, so decoding, turning columns into rows and the sums of the fit go on
side by side, and the bits are those of a fit in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .array_blocks import span_rows
from .arrow_columns import ArrowColumns, pyarrow
from .batch_checks import first_not_finite
from .columns import Level, Table
from .design_report import DesignReport
from .encoding import Encoding
from .errors import DataError
from .file_lists import FilePaths
from .option_checks import check_options
from .parquet_files import (
    ParquetFile,
    Piece,
    check_columns,
    check_unchanged,
    numeric,
    open_files,
    pieces,
    told,
)
from .read_ahead import ReadAhead
from .span_filling import Columns, empty_span, joined, span_of, write
from .spans import Span
from .stream_blocks import Batch, StreamBlocks
from .streamed_design import Asked, Missing, SeenColumns, asked_for

__all__ = ["ParquetBlocks"]

AHEAD = 2  # batches that each reader decodes before they are asked for
MOST_READERS = 4

Kept = dict[tuple[str, int], NDArray[np.uint8]]
"""Packed bits, a row group's rows that are kept; nothing where all are."""


class ParquetBlocks(StreamBlocks):
    """The rows of Parquet files, for `fit`.

    Parameters
    ----------
    paths : a file, a folder, a pattern such as "data/*.parquet", or a list of these. Of a folder
        and a pattern the files come in natural order of their names (part-2 before part-10).
    design : a `Design` or an `Encoding`, whose levels and classes are used, or a formula such as
        "ill ~ age + city"; or None with a target
    target, positive, features, categorical, reference : as in `Design.from_frame`. Levels and
        classes are then those of all rows, from a light reading of the categories alone.
    missing : "raise", or "drop" rows in which a used column has no value: known by one more
        reading, before the first
    weight, offset : names of columns with weights and with known parts of the log-odds
    threads : that read; as many as there are cores if None, at most 4

    Attributes
    ----------
    report : what was dropped and chosen, as `Design.report`; None where an encoding was given and
        nothing is to be dropped

    Raises
    ------
    DataError
        No file, or one that is cut short, damaged, unreadable or of another format, naming it;
        columns absent, or of other types than in the first file; what `Design.from_frame`
        refuses, naming file, row group and row (each counts from 0).
    DataChangedError
        In a later reading: a file whose size, time or footer is another than at first.
    MissingDependencyError
        Where pyarrow is not installed.

    Notes
    -----
    A file's size, time and footer are compared at the start of every reading, its page checksums
    verified where it has them. Memory: four batches of at most 16 MiB, a few spans of at most 16
    MiB, and what a row group's columns take up in the file (no more than 64 MiB; larger ones are
    read in portions of 1 MiB a column).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pyarrow as pa, pyarrow.parquet
    >>> import logreg_core as lc
    >>> table = pa.table({"age": [30, 41, 29, 60], "ill": ["no", "yes", "yes", "no"]})
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for i in range(2):
    ...     pa.parquet.write_table(table[2 * i : 2 * i + 2], folder / f"part-{i}.parquet")
    >>> rows = lc.ParquetBlocks(folder / "*.parquet", target="ill")
    >>> fit = lc.fit(rows)
    >>> fit.n_rows, fit.names, fit.classes
    (4, ('intercept', 'age'), ('no', 'yes'))
    """

    def __init__(
        self,
        paths: FilePaths,
        design: object = None,
        *,
        target: Any = None,
        positive: Level | None = None,
        features: Sequence[Any] | None = None,
        categorical: Sequence[Any] = (),
        reference: Mapping[Any, Level] | None = None,
        missing: Missing = "raise",
        weight: str | None = None,
        offset: str | None = None,
        threads: int | None = None,
    ) -> None:
        check_options(threads=threads)
        asked = asked_for(
            design, target=target, positive=positive, features=features, categorical=categorical,
            reference=reference, missing=missing,
        )  # fmt: skip
        rows = _chosen(open_files(paths), asked, weight, offset)
        self.report = rows.report
        self._rows = rows
        super().__init__(_Source(rows, _readers(threads)), read_ahead=0)  # its threads read ahead

    def blame(self) -> None:
        for piece, columns in self._rows.read():
            span = span_of(columns, self.n_columns)
            try:
                first_not_finite(span, 0, "", self.names)
            except DataError as problem:
                taken = self._rows.taken(piece)
                row = problem.row if taken is None else int(taken[problem.row])
                raise told(problem, piece, row) from None
        super().blame()


@dataclass(frozen=True)
class _Rows:
    """Which rows of which files, and what they become."""

    files: tuple[ParquetFile, ...]
    encoding: Encoding
    columns: ArrowColumns
    n_rows: int
    report: DesignReport | None
    kept: Kept = field(default_factory=dict)

    def read(self, columns: ArrowColumns | None = None) -> Iterator[tuple[Piece, Columns]]:
        """All rows of some columns, piece by piece."""
        columns = columns or self.columns
        for piece in pieces(self.files, columns.needs):
            try:
                yield piece, columns.read(piece.batch, self.taken(piece))
            except DataError as problem:
                raise told(problem, piece) from problem

    def taken(self, piece: Piece) -> NDArray[np.intp] | None:
        """Positions of a piece's rows that are kept; None for all."""
        bits = self.kept.get((piece.file.path, piece.group))
        if bits is None:
            return None
        last = piece.row + piece.batch.num_rows
        return np.flatnonzero(np.unpackbits(bits, count=last)[piece.row :])


def _chosen(
    files: tuple[ParquetFile, ...], asked: Asked, weight: str | None, offset: str | None
) -> _Rows:
    header = files[0].schema.names
    *features, target = asked.names(header)
    extra = [name for name in (weight, offset) if name is not None]
    names = list(dict.fromkeys([*features, *extra, target]))
    check_columns(files, names)
    total = sum(file.n_rows for file in files)
    if not total:
        raise DataError(
            f"the {len(files)} files hold 0 rows, {files[0].path} the first of them",
            "at least one row",
            "there is nothing to fit",
            "check how they were written",
            path=files[0].path,
        )
    drop = asked.missing == "drop"
    if asked.encoding is not None and not drop:
        columns = ArrowColumns.of(asked.encoding, weight, offset)
        return _Rows(files, asked.encoding, columns, total, None)
    seen, kept = SeenColumns(header), Kept()
    arrow = pyarrow()
    seen.types(Table(arrow.schema([files[0].schema.field(n) for n in names]).empty_table()), names)
    light = [
        n for n in names if drop or n == target or asked.category(n) or not numeric(files[0], n)
    ]
    light.sort(key=target.__eq__)  # the outcome last
    _see(files, seen, light, asked, kept)
    encoding = asked.encoding or seen.encoding(asked)
    columns = ArrowColumns.of(encoding, weight, offset)
    n_rows = seen.n_kept if drop else total
    return _Rows(files, encoding, columns, n_rows, seen.report(encoding), kept)


def _see(
    files: tuple[ParquetFile, ...], seen: SeenColumns, names: list[Any], asked: Asked, kept: Kept
) -> None:
    """The light reading: what there is to choose from, and which rows are kept."""
    arrow = pyarrow()
    masks: dict[tuple[str, int], list[NDArray[np.bool_]]] = {}
    for piece in pieces(files, names, threads=True):
        try:
            rows = seen.see(Table(arrow.Table.from_batches([piece.batch])), names, asked)
        except DataError as problem:
            raise told(problem, piece) from problem
        mask = np.zeros(piece.batch.num_rows, dtype=bool)
        mask[rows] = True
        group = piece.file.path, piece.group
        masks = {group: [*masks.get(group, []), mask]}  # earlier groups are done with
        whole = masks[group]
        if not all(part.all() for part in whole):
            kept[group] = np.packbits(np.concatenate(whole))


class _Source:
    """The rows as `StreamBlocks` takes them, span by span."""

    def __init__(self, rows: _Rows, readers: int) -> None:
        self.rows = rows
        self.encoding: Encoding | None = rows.encoding
        self.names, self.classes = rows.encoding.names, rows.encoding.classes
        self.weighted = rows.columns.weight is not None
        self.with_offset = rows.columns.offset is not None
        self.n_rows: int | None = rows.n_rows
        self._parts = rows.columns.parted(readers)

    def batches(self) -> Iterator[Batch]:
        check_unchanged(self.rows.files)
        n, k = self.rows.n_rows, len(self.names)
        size = span_rows(n, k)
        readers = [ReadAhead(self.rows.read(part), AHEAD) for part in self._parts]
        try:
            feed = _Feed(readers)
            for first in range(0, n, size):
                span = empty_span(min(size, n - first), k, self.weighted, self.with_offset)
                yield Batch(span, feed.fill(span))
        finally:
            for reader in readers:
                reader.close()

    def identity(self) -> dict[str, Any]:
        return {
            "files": [
                [f.path, f.mark.size, f.mark.mtime_ns, f.seal()] for f in self.rows.files
            ],
            "encoding": self.rows.encoding.to_dict(),
            "weight": self.rows.columns.weight,
            "offset": self.rows.columns.offset,
        }  # fmt: skip


class _Feed:
    """Columns read side by side, as rows."""

    def __init__(self, readers: list[ReadAhead[tuple[Piece, Columns]]]) -> None:
        self._readers = readers
        self._at, self._place = 0, ""
        self._held: Columns | None = None

    def _next(self) -> Columns:
        given = [next(reader) for reader in self._readers]
        piece = given[0][0]
        self._at, self._place = 0, f"{piece.file.path}, row group {piece.group}"
        self._held = joined([columns for _, columns in given])
        return self._held

    def fill(self, span: Span) -> str:
        """Write the next rows into a span; where the first of them lies."""
        at, place = 0, ""
        while at < len(span.X):
            held = self._held
            if held is None or self._at == held.n:
                self._next()
                continue
            place = place or self._place
            take = min(held.n - self._at, len(span.X) - at)
            write(held, self._at, self._at + take, span, at)
            self._at, at = self._at + take, at + take
        return place


def _readers(threads: int | None) -> int:
    if threads is not None:
        return threads
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MOST_READERS, available or 1)
