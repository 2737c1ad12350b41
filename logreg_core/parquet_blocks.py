"""Parquet files as the rows of a fit: read anew in every pass, in constant memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from .arrow_columns import ArrowColumns, pyarrow
from .columns import Table
from .errors import DataError
from .file_lists import FilePaths
from .option_checks import check_options
from .parquet_files import ParquetFile, Piece, check_columns, numeric, open_files, pieces, told
from .parquet_rows import Kept, ParquetRows, ParquetSource
from .streamed_design import Asked, SeenColumns
from .table_blocks import Choice, FileBlocks, ReadPiece, asked_of

__all__ = ["ParquetBlocks"]

MOST_READERS = 4


class ParquetBlocks(FileBlocks):
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
    verified where it has them. Memory: per reading thread a batch of at most 16 MiB and spans
    of as much, and the page of each column that is being decoded (1 MiB, as files are mostly
    written).

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
        threads: int | None = None,
        **choice: Unpack[Choice],
    ) -> None:
        check_options(threads=threads)
        asked, weight, offset = asked_of(design, **choice)
        self._rows = _chosen(open_files(paths), asked, weight, offset)
        source = ParquetSource(self._rows, _readers(threads))
        super().__init__(source, read_ahead=0)  # its threads read ahead

    def _pieces(self) -> Iterator[ReadPiece]:
        for piece, columns in self._rows.read():
            place = piece._replace(batch=None)
            yield columns, self._rows.taken(piece), partial(_told, place)


def _chosen(
    files: tuple[ParquetFile, ...], asked: Asked, weight: str | None, offset: str | None
) -> ParquetRows:
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
        return ParquetRows(files, asked.encoding, columns, total, None)
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
    return ParquetRows(files, encoding, columns, n_rows, seen.report(encoding), kept)


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


def _told(piece: Piece, problem: DataError, row: int) -> DataError:
    return told(problem, piece, row)


def _readers(threads: int | None) -> int:
    if threads is not None:
        return threads
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MOST_READERS, available or 1)
