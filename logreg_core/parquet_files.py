"""Parquet files: their footers, whether they fit together, and their batches in order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from .arrow_columns import pyarrow
from .columns import absent_column, listed
from .errors import DataError
from .file_lists import FileMark, FilePaths, changed, listed_files, placed, unchanged

__all__ = [
    "ParquetFile",
    "Piece",
    "check_columns",
    "check_unchanged",
    "most_rows",
    "numeric",
    "open_files",
    "pieces",
    "run",
    "told",
]

KIND = "a Parquet file"
MOST_ROWS = 1 << 17  # decoded at a time ...
MOST_VALUES = 1 << 21  # ... of no more values
PORTION = 1 << 17  # bytes of a column fetched at a time: what is decoded lies near


@dataclass(frozen=True, eq=False)
class ParquetFile:
    """A file as it was found, with its footer."""

    mark: FileMark
    footer: Any
    schema: Any

    @property
    def path(self) -> str:
        """Where it lies."""
        return self.mark.path

    @property
    def n_rows(self) -> int:
        """Rows, by its footer."""
        return int(self.footer.num_rows)

    def seal(self) -> str:
        """A digest of what the footer says: rows, schema, and where each column lies."""
        return hashlib.sha256(repr(self.footer.to_dict()).encode()).hexdigest()


class Piece(NamedTuple):
    """A record batch and where it lies: file, row group, and its first row in that."""

    batch: Any
    file: ParquetFile
    group: int
    row: int


def told(problem: DataError, piece: Piece, row: int | None = None) -> DataError:
    """The error of a piece, told by its file, row group and row; ``row``: in the piece."""
    row = problem.evidence.get("row") if row is None else row
    where = f"{piece.file.path}, row group {piece.group}"
    evidence = {"path": piece.file.path, "row_group": piece.group}
    if isinstance(row, int):
        where, evidence = f"{where}, row {piece.row + row}", evidence | {"row": piece.row + row}
    return placed(problem, where, **evidence)


def open_files(paths: FilePaths) -> tuple[ParquetFile, ...]:
    """Find the files, and read their footers: see `listed_files`.

    Raises
    ------
    DataError
        A file that is not there or not readable, cut short, or of another format.
    """
    return tuple(
        ParquetFile(mark, footer, footer.schema.to_arrow_schema())
        for mark in listed_files(paths, ".parquet", KIND)
        for footer in [_footer(mark.path)]
    )


def _footer(path: str) -> Any:
    arrow, parquet = pyarrow(), pyarrow("pyarrow.parquet")
    try:
        return parquet.read_metadata(path)
    except (arrow.ArrowException, OSError) as problem:
        raise DataError(
            f"{path} cannot be read as Parquet: {_first_line(problem)}",
            "a Parquet file, with the footer that stands at its end",
            "the file is cut short or damaged, or of another format: its rows cannot be found",
            "write it again, or leave it out",
            path=path,
        ) from problem


def _first_line(problem: BaseException) -> str:
    return str(problem).partition("\n")[0].rstrip(".")


def check_columns(files: Sequence[ParquetFile], names: Sequence[Any]) -> None:
    """Refuse files that lack a column, or hold it twice or as another type than the first one."""
    first = files[0]
    for file in files:
        times = Counter(file.schema.names)
        for name in names:
            if not times[name]:
                raise absent_column(name, file.schema.names, file.path)
            if times[name] > 1:
                raise DataError(
                    f"{file.path} has {times[name]} columns named {name!r}",
                    "one column of that name",
                    "it is not clear which one is meant",
                    "rename or drop the others",
                    column=name,
                    path=file.path,
                )
            here, there = (f.schema.field(name).type for f in (file, first))
            if _family(here) != _family(there):
                raise DataError(
                    f"column {name!r} has type {here} in {file.path} and {there} in {first.path}",
                    "one type in all files",
                    "what counts as equal would depend on the file",
                    f"write the files anew with one type, such as {there}",
                    column=name,
                    path=file.path,
                    dtype=str(here),
                )


def _family(kind: Any) -> Any:
    """The type, one name for all that hold text."""
    kinds = pyarrow("pyarrow.types")
    if kinds.is_dictionary(kind):
        kind = kind.value_type
    text = kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind)
    return "text" if text else kind


def check_unchanged(files: Sequence[ParquetFile]) -> None:
    """Refuse to begin a reading where a file is no longer what it was: size, time, footer."""
    for file in files:
        unchanged(file.mark)
        try:
            footer = _footer(file.path)
        except DataError as problem:
            raise changed(file.mark, "has no footer any more") from problem
        if not footer.equals(file.footer):
            raise changed(file.mark, "has another footer than at the first reading")


def pieces(
    files: Sequence[ParquetFile], names: Sequence[Any], *, threads: bool = False
) -> Iterator[Piece]:
    """All rows of some columns in order, in batches that lie in one row group: see `run`."""
    for file in files:
        yield from run(file, range(file.footer.num_row_groups), names, threads=threads)


def most_rows(n_columns: int) -> int:
    """Rows that are decoded at a time."""
    return max(1, min(MOST_ROWS, MOST_VALUES // max(n_columns, 1)))


def run(
    file: ParquetFile, groups: range, names: Sequence[Any], *, threads: bool = False
) -> Iterator[Piece]:
    """The rows of some row groups of a file.

    Page checksums are verified where the file has them; text comes with its dictionary.

    Raises
    ------
    DataChangedError, DataError
        A file that changed or is damaged, naming it and the row group.
    """
    arrow, parquet = pyarrow(), pyarrow("pyarrow.parquet")
    group = groups.start
    try:
        with parquet.ParquetFile(
            file.path, metadata=file.footer, pre_buffer=False, buffer_size=PORTION,
            page_checksum_verification=True, read_dictionary=_texts(file, names),
        ) as opened:  # fmt: skip
            for group in groups:
                row, promised = 0, file.footer.row_group(group).num_rows
                for batch in opened.iter_batches(
                    most_rows(len(names)), row_groups=[group], columns=list(names),
                    use_threads=threads,
                ):  # fmt: skip
                    if row + batch.num_rows > promised:
                        _damaged(file, group, f"gave more than {promised} rows")
                    yield Piece(batch, file, group, row)
                    row += batch.num_rows
                if row != promised:
                    _damaged(file, group, f"gave {row} rows")
    except (arrow.ArrowException, OSError) as problem:
        unchanged(file.mark)
        _damaged(file, group, f"cannot be decoded ({_first_line(problem)})", problem)
    unchanged(file.mark)  # while it was read


def numeric(file: ParquetFile, name: Any) -> bool:
    """Whether a column holds numbers or truth values."""
    kinds, kind = pyarrow("pyarrow.types"), file.schema.field(name).type
    return bool(kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind))


def _texts(file: ParquetFile, names: Sequence[Any]) -> list[Any]:
    kinds = pyarrow("pyarrow.types")
    types = {name: file.schema.field(name).type for name in names}
    return [n for n, kind in types.items() if kinds.is_string(kind) or kinds.is_large_string(kind)]


def _damaged(
    file: ParquetFile, group: int, how: str, problem: BaseException | None = None
) -> NoReturn:
    n_rows = file.footer.row_group(group).num_rows if group < file.footer.num_row_groups else 0
    raise DataError(
        f"{file.path}, row group {group} {how}",
        f"{n_rows} rows of {listed(file.schema.names)}",
        "the file is damaged: what its footer promises is not there",
        "write it again, or leave it out",
        path=file.path,
        row_group=group,
    ) from problem
