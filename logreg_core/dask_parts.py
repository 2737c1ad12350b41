"""What Dask users have, as partitions: a frame's, an array's blocks of rows, or Parquet files.

Nothing is read here but the names of columns.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .columns import Table
from .dask_places import Parts
from .dask_sums import PAUSE
from .errors import DataError
from .file_lists import FileMark, unchanged
from .parquet_files import ParquetFile, check_columns

if TYPE_CHECKING:
    from dask.delayed import Delayed

__all__ = ["ReadParquet", "header_of", "is_dask", "of_arrays", "of_files", "of_frame"]

Names = tuple[Any, ...]


def is_dask(data: Any) -> bool:
    """Whether it is a collection of Dask's, found without importing Dask.

    >>> is_dask([1.0])
    False
    """
    return type(data).__module__.partition(".")[0] in ("dask", "dask_expr")


def of_frame(frame: Any, names: Sequence[Any]) -> Parts:
    """The partitions of a Dask DataFrame, of which only these columns are read."""
    delayed = _blocks(frame[list(names)])
    return Parts(tuple((part.key,) for part in delayed), tuple(delayed), _numbered(delayed), _first)


def of_arrays(*collections: Any) -> Parts:
    """Tuples of the blocks of rows of several collections, None where one is None.

    X first: a Dask Array (n, columns), or a frame of numbers; then Arrays (n,) or Series.

    Raises
    ------
    DataError
        Where they are cut at different places and cannot be made alike.
    """
    X = collections[0]
    if getattr(X, "ndim", 2) == 2 and len(getattr(X, "numblocks", ())) == 2:
        X = X.rechunk({1: -1}) if X.numblocks[1] > 1 else X
    lists = [None if part is None else _blocks(_aligned(part, X, i))
             for i, part in enumerate((X, *collections[1:]))]  # fmt: skip
    parts = len(lists[0] or ())
    if any(len(blocks) != parts for blocks in lists if blocks is not None):
        raise DataError(
            f"X has {parts} partitions, and what accompanies it "
            f"{[len(blocks) for blocks in lists[1:] if blocks is not None]}",
            "as many, cut at the same rows",
            "rows and outcomes cannot be matched",
            "rechunk or repartition all of them alike",
        )
    inputs = tuple(
        tuple(None if blocks is None else blocks[i].key for blocks in lists) for i in range(parts)
    )
    given = tuple(part for blocks in lists if blocks is not None for part in blocks)
    return Parts(inputs, given, _numbered(inputs), _together, _lengths(X))


def _aligned(part: Any, X: Any, place: int) -> Any:
    """A collection cut at the rows where X is cut, as far as Dask knows them."""
    if not is_dask(part):
        raise DataError(
            f"{'X' if not place else 'what accompanies X'} is a {type(part).__name__}",
            "a Dask Array, Series or DataFrame",
            "rows in different places cannot be matched",
            "use dask.array.from_array(values, chunks=X.chunks[0])",
        )
    if place and hasattr(X, "chunks") and hasattr(part, "chunks"):
        ours, theirs = X.chunks[0], part.chunks[0]
        if part.ndim > 1 and part.numblocks[1] > 1:
            part = part.rechunk({1: -1})
        if ours != theirs and _lengths(X) is not None and sum(ours) == sum(theirs):
            return part.rechunk({0: ours})
    return part


def _lengths(X: Any) -> tuple[int, ...] | None:
    rows = X.chunks[0] if hasattr(X, "chunks") else (float("nan"),)
    return tuple(map(int, rows)) if all(n == n for n in rows) else None


def _blocks(data: Any) -> list[Delayed]:
    if hasattr(data, "chunks"):  # optimised, an Array that is persisted loses its futures
        return list(data.to_delayed(optimize_graph=False).ravel())
    return list(data.to_delayed())


def _numbered(parts: Sequence[Any]) -> tuple[str, ...]:
    return tuple(f"partition {i}" for i in range(len(parts)))


def _first(value: Any) -> Any:
    return value


def _together(*values: Any) -> tuple[Any, ...]:
    return values


def of_files(files: Sequence[FileMark], names: Sequence[Any], retries: int) -> Parts:
    """Parquet files, a partition each, read in the tasks; types are those of the first."""
    first = ParquetFile(files[0], None, _schema(files[0].path).remove_metadata())
    return Parts(
        tuple((file,) for file in files),
        (),
        tuple(f"file {file.path!r}" for file in files),
        ReadParquet(tuple(names), retries, first),
        watched=True,
    )


@dataclass(frozen=True, eq=False)
class ReadParquet:
    """Reads some columns of a Parquet file, as a task; tries again where reading fails.

    Raises
    ------
    DataChangedError
        A file that is not what it was when it was listed.
    DataError
        A column that is not there, or of another type than in the ``first`` file.
    """

    columns: Names
    retries: int
    first: ParquetFile

    def __call__(self, file: FileMark) -> Any:
        for attempt in range(self.retries + 1):
            unchanged(file)
            try:
                return self._read(file)
            except OSError:
                if attempt == self.retries:
                    raise
                time.sleep(PAUSE * 2**attempt)
        raise AssertionError  # the last attempt returns or raises

    def _read(self, mark: FileMark) -> Any:
        from pyarrow import ArrowInvalid, parquet

        try:
            with parquet.ParquetFile(mark.path, page_checksum_verification=True) as file:
                found = ParquetFile(mark, None, file.schema_arrow)
                check_columns((self.first, found), self.columns)
                return file.read(list(self.columns), use_threads=False)
        except ArrowInvalid as problem:
            raise _unreadable(mark.path, problem) from problem


def header_of(data: Any, files: Sequence[FileMark]) -> Table:
    """The columns without rows: of a Dask DataFrame, or of the first file."""
    return Table(data._meta if is_dask(data) else _schema(files[0].path).empty_table())


def _schema(path: str) -> Any:
    from pyarrow import ArrowInvalid
    from pyarrow.parquet import read_schema

    try:
        return read_schema(path)
    except ArrowInvalid as problem:
        raise _unreadable(path, problem) from problem


def _unreadable(path: str, problem: Exception) -> DataError:
    return DataError(
        f"file {path!r} cannot be read as Parquet: {problem}",
        "a whole Parquet file",
        "its rows are not known",
        "write it again, or leave it out",
        path=path,
    )
