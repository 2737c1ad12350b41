"""A CSV file of any size, chunk by chunk: the same strictness as `read_csv`, in little memory.

The file is cut between rows, wherever quotes allow; each chunk is checked on its bytes and parsed
by pandas. What a column is is told by the caller where that matters: a chunk alone cannot know
that a column of codes holds letters further down.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pandas as pd

from .columns import absent_column
from .csv_files import (
    BOM,
    EXACT,
    ROWS_EXPECTED,
    check_format,
    check_rows,
    check_text,
    no_file,
    no_rows,
    read_header,
)
from .csv_rows import complete_rows, first_row_end, row_fields
from .errors import DataError

__all__ = ["CsvChunk", "CsvText", "parse", "read_chunks", "read_texts"]

CHUNK = 1 << 22  # bytes read at a time: parsing costs some ten times that in memory
LONGEST = 1 << 26  # bytes of one row: beyond, a quote was opened and never closed


@dataclass(frozen=True, eq=False)
class CsvText:
    """Some rows of a file as they are written.

    data : the bytes of whole rows; head : those of the header, its line end included
    first_row : position of the first row among all rows of the file, from 0
    share : of the file's bytes read so far
    n_rows : how many rows, None where they were not counted
    """

    path: str
    head: bytes
    data: bytes
    first_row: int
    first_line: int
    share: float
    n_rows: int | None

    def line(self, row: int) -> int:
        """The line of the file on which a row of this text starts."""
        return row_fields(self.path, self.data, self.first_line)[1](row)


@dataclass(frozen=True, eq=False)
class CsvChunk(CsvText):
    """Some rows of a file: frame, the columns asked for; texts, those kept as they are written."""

    frame: pd.DataFrame
    texts: pd.DataFrame


def read_chunks(
    path: str | os.PathLike[str],
    columns: Sequence[str],
    *,
    as_text: Sequence[str] = (),
    keep: Sequence[str] = (),
    chunk_bytes: int = CHUNK,
) -> Iterator[CsvChunk]:
    """Read a comma-separated file in chunks of rows.

    Parameters
    ----------
    path : a file as for `read_csv`
    columns : names of the columns to parse
    as_text : those of them that are text even where a chunk holds nothing but numbers
    keep : columns to hand over as the text they are, gaps as empty text
    chunk_bytes : how much is read at a time

    Raises
    ------
    DataError
        As `read_csv`, when the chunk is reached; and for a row of more than 64 MiB.

    Notes
    -----
    One pass; memory: a chunk, whatever the file's size.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = place.write_text("age,code\\n30,7\\n41,x\\n50,8\\n")
    >>> for chunk in read_chunks(place, ["age", "code"], as_text=["code"], chunk_bytes=15):
    ...     print(chunk.first_row, chunk.line(0), chunk.frame.to_numpy().tolist())
    0 2 [[30, '7']]
    1 3 [[41, 'x'], [50, '8']]
    """
    for text in read_texts(path, [*columns, *keep], chunk_bytes=chunk_bytes):
        frame = parse(text, columns, dict.fromkeys(as_text, str))
        yield CsvChunk(**vars(text), frame=frame, texts=parse(text, keep, None))


def read_texts(
    path: str | os.PathLike[str],
    columns: Sequence[str],
    *,
    chunk_bytes: int = CHUNK,
    checked: bool = True,
) -> Iterator[CsvText]:
    """Cut a file into pieces of whole rows, checked as `read_csv` checks them.

    columns : names that the header must hold. checked : False only for a file that has passed
    before, and has not changed: the rows are then neither checked nor counted.
    """
    where = os.fspath(path)
    try:
        with open(where, "rb") as stream:
            size = max(os.fstat(stream.fileno()).st_size, 1)
            head, header = b"", list[str]()
            first_row, first_line = 0, 1
            for data in _pieces(where, stream, chunk_bytes):
                body = data
                if checked:
                    check_text(where, data, first_line)
                if not header:
                    header = read_header(where, data)
                    _check_columns(where, header, columns)
                    length = first_row_end(where, data)
                    head, body = data[:length], data[length:]
                    check_rows(where, head, header)
                    first_line += _lines(head)
                    head = head.rstrip(b"\r\n") + b"\n"
                if not body:
                    continue
                n_rows = check_rows(where, body, header, first_line) if checked else None
                share = min(stream.tell() / size, 1.0)
                yield CsvText(where, head, body, first_row, first_line, share, n_rows)
                first_row += n_rows or 1
                first_line += _lines(body)
            if not first_row:
                raise no_rows(where)
    except OSError as problem:
        raise no_file(where, problem) from problem


def _pieces(path: str, stream: BinaryIO, chunk_bytes: int) -> Iterator[bytes]:
    """The file's bytes, cut between rows; blank lines at its end carry nothing."""
    rest, first_line, begun = b"", 1, False
    while True:
        piece = stream.read(chunk_bytes)
        data = rest + piece
        if not begun:
            if piece and (len(data) < 4 or data.isspace()) and len(data) <= LONGEST:
                rest = data  # too little to tell what it is
                continue
            check_format(path, data)
            data, begun = data.removeprefix(BOM), True
        end = complete_rows(path, data, first_line) if piece else len(data)
        rows = data[:end].rstrip(b"\r\n")  # blank lines wait for a row that follows them
        if rows:
            rows += _line_end(data[len(rows) : end])
            yield rows
            first_line += _lines(rows)
        rest = data[len(rows) :]
        if not piece:
            return
        if len(rest) > LONGEST:
            raise DataError(
                f"{path}, line {first_line}: the row that starts here does not end within "
                f"{LONGEST >> 20} MiB",
                *ROWS_EXPECTED,
                path=path,
                line=first_line,
            )


def _line_end(data: bytes) -> bytes:
    """The first line end of what follows a row."""
    return b"\r\n" if data.startswith(b"\r\n") else data[:1]


def _lines(data: bytes) -> int:
    """Lines in bytes that end with one."""
    return data.count(b"\n") or data.count(b"\r")


def _check_columns(path: str, header: list[str], names: Sequence[str]) -> None:
    for name in names:
        if name not in header:
            raise absent_column(name, header, path)


def parse(text: CsvText, columns: Sequence[str], types: Mapping[str, type] | None) -> pd.DataFrame:
    """Some columns of a piece by pandas; without ``types`` as the text they are."""
    path, n_rows = text.path, text.n_rows
    if not columns:
        return pd.DataFrame(index=range(n_rows or 0))
    options = {"dtype": str, "keep_default_na": False} if types is None else {"dtype": dict(types)}
    try:
        frame = pd.read_csv(
            io.BytesIO(text.head + text.data),
            usecols=list(columns),
            skip_blank_lines=False,
            low_memory=False,
            **options,
            **EXACT,
        )
    except pd.errors.ParserError as problem:
        raise DataError(
            f"pandas cannot read {path}: {problem}", *ROWS_EXPECTED, path=path
        ) from problem
    if n_rows is not None and len(frame) != n_rows:
        raise DataError(
            f"{path} has {n_rows} rows by its separators and pandas reads {len(frame)}",
            *ROWS_EXPECTED,
            path=path,
        )
    chosen: pd.DataFrame = frame[list(columns)]
    return chosen
