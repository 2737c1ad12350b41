"""Read a CSV file strictly: what pandas would let pass in silence is an error with its line.

pandas fills short rows with missing values, renames doubled headers and reads a file with the
wrong separator as one column. So the structure is checked first, on the file's bytes
(``csv_rows``): every row must have as many fields as the header.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .columns import absent_column, listed
from .csv_rows import first_record, line_at, row_fields
from .errors import DataError

__all__ = [
    "BOM",
    "EXACT",
    "ROWS_EXPECTED",
    "check_format",
    "check_rows",
    "check_text",
    "no_file",
    "no_rows",
    "read_csv",
    "read_header",
]

BOM = b"\xef\xbb\xbf"
_OTHER_SEPARATORS = {";": "semicolon", "\t": "tab", "|": "vertical bar"}
# First bytes of files that are often named .csv or given in place of one.
_FORMATS = {
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip or Excel file",
    b"PAR1": "a Parquet file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
# From 3.1 on pandas reads every number to the nearest float64 and warns of this argument.
_VERSION = tuple(int(part) for part in pd.__version__.split(".")[:2])
EXACT: dict[str, Any] = {} if _VERSION >= (3, 1) else {"float_precision": "round_trip"}
_PIECE = 1 << 17
ROWS_EXPECTED = (
    "as many fields in every row as in the header",
    "values would be missing or stand in the wrong column, in silence",
    "correct that row: look for a blank line, a missing or superfluous comma or an open quote",
)


def read_csv(path: str | os.PathLike[str], columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Read a comma-separated file, refusing what cannot be read without guessing.

    Parameters
    ----------
    path : a UTF-8 file (a byte-order mark may be there) whose first line names the columns
    columns : names of the columns to read; None reads all. The others' values are not parsed,
        which saves time, but their structure is checked.

    Returns
    -------
    DataFrame of the file's rows, with the columns in the order asked for. Empty fields, ``NA``,
    ``#N/A``, ``null``, ``None``, ``nan`` and their like are missing values, as in pandas; numbers
    are the nearest float64.

    Raises
    ------
    DataError
        For a file that is absent, unreadable, empty or without rows, is not UTF-8 text, has a
        short or long row, doubled header names or another separator, or lacks a column asked
        for. ``error.line`` is the line in the file, from 1.

    Notes
    -----
    The file is read once and held while it is parsed. Memory beside the DataFrame: the file, 32
    bytes a row and 8 a quote.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "short.csv"
    >>> _ = place.write_text("age,ill\\n30,no\\n41\\n")
    >>> try:
    ...     read_csv(place)
    ... except DataError as error:
    ...     print(error.line, error.found.replace(str(place), "short.csv"))
    3 short.csv, line 3: the row has 1 field and the header 2
    """
    data = _file_bytes(path)
    check_format(path, data)
    check_text(path, data)
    data = data.removeprefix(BOM)
    if data.endswith((b"\n\n", b"\n\r\n", b"\r\r")):  # blank lines at the end carry nothing
        data = data.rstrip(b"\r\n")
    header = read_header(path, data)
    n_rows = check_rows(path, data, header) - 1
    if not n_rows:
        raise no_rows(path)
    chosen = None if columns is None else list(dict.fromkeys(columns))
    if chosen == []:
        raise DataError(
            "columns names no column", "names of columns, or None for all", "", "name some"
        )
    for name in chosen or ():
        if name not in header:
            raise absent_column(name, header, str(path))
    try:
        frame = pd.read_csv(
            io.BytesIO(data),
            usecols=chosen,
            skip_blank_lines=False,
            low_memory=False,  # in chunks, a column could come out with mixed types
            **EXACT,
        )
    except pd.errors.ParserError as problem:
        raise DataError(
            f"pandas cannot read {path}: {problem}", *ROWS_EXPECTED, path=str(path)
        ) from problem
    if len(frame) != n_rows:
        raise DataError(
            f"{path} has {n_rows} rows by its separators and pandas reads {len(frame)}",
            *ROWS_EXPECTED,
            path=str(path),
        )
    chosen_frame: pd.DataFrame = frame if chosen is None else frame[chosen]
    return chosen_frame


def _file_bytes(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        raise no_file(path, problem) from problem


def no_file(path: object, problem: OSError, expected: str = "a CSV file") -> DataError:
    """Say why a file cannot be read."""
    reasons = {
        FileNotFoundError: "does not exist",
        IsADirectoryError: "is a folder",
        PermissionError: "may not be read by this user",
    }
    reason = reasons.get(type(problem), f"cannot be read ({problem.strerror})")
    return DataError(
        f"{str(path)!r} {reason}",
        expected,
        f"nothing was read (relative paths start at {os.getcwd()!r})",
        "check the path and its permissions",
        path=str(path),
    )


def no_rows(path: object) -> DataError:
    """Say that a file has nothing below its header."""
    return DataError(
        f"{path} holds a header and no rows",
        "at least one row below it",
        "there is nothing to read",
        "check how the file was written",
        path=str(path),
        line=1,
    )


def check_format(path: object, data: bytes) -> None:
    """Refuse a file that is empty, or is of another format by its first bytes."""
    content = data.removeprefix(BOM)
    if not content or content.isspace():
        raise DataError(
            f"{path} is empty ({len(data)} bytes)",
            "a header line and at least one row",
            "there is nothing to read",
            "check how the file was written",
            path=str(path),
            line=1,
        )
    for start, name in _FORMATS.items():
        if data.startswith(start):
            raise DataError(
                f"{path} is {name} by its first bytes",
                "comma-separated UTF-8 text",
                "it holds no lines that can be split at commas",
                "unpack or export it as CSV, or read it with its own reader and pass the frame",
                path=str(path),
                line=1,
            )


def check_text(path: object, data: bytes, first_line: int = 1) -> None:
    """Refuse what is no UTF-8 text; ``first_line`` is the line that the data start on."""
    position, what = data.find(b"\0"), "a NUL byte"
    if position < 0:
        position = _first_not_utf8(data)
        what = f"byte 0x{data[position]:02x}, which is not UTF-8"
    if position >= 0:
        line = first_line - 1 + line_at(data, position)
        raise DataError(
            f"{path}, line {line}: {what}",
            "UTF-8 text",
            "the file is in another encoding (often latin-1 or Windows-1252) or is damaged",
            "save it as UTF-8, for example with: iconv -f latin1 -t utf-8",
            path=str(path),
            line=line,
        )


def _first_not_utf8(data: bytes) -> int:
    """Position of the first byte that is no UTF-8 text; -1 where all is."""
    start = 0
    while start < len(data):
        # Cut at line ends, which are never inside a character; whole, the text would be copied.
        end = (
            data.rfind(b"\n", start, start + _PIECE) + 1 or data.find(b"\n", start) + 1 or len(data)
        )
        try:
            data[start:end].decode()
        except UnicodeDecodeError as problem:
            return start + problem.start
        start = end
    return -1


def read_header(path: object, data: bytes) -> list[str]:
    """Names of the columns, all different, from the first line."""
    header = first_record(path, data)
    place = {"path": str(path), "line": 1}
    found = {name: header[0].count(mark) for mark, name in _OTHER_SEPARATORS.items() if header}
    most = max(found, key=found.__getitem__, default="")
    if len(header) == 1 and found[most]:
        raise DataError(
            f"{path}, line 1: the header has no comma and {found[most]} {most}(s)",
            "fields separated by commas",
            f"it looks as if {most}s separate them; read as it is, it would be one column",
            "save it with commas, or read it with pandas.read_csv(sep=...) and pass the frame",
            **place,
        )
    repeated = [name for name, times in Counter(header).items() if times > 1]
    if repeated:
        raise DataError(
            f"{path}, line 1: the header names {listed(repeated)} more than once",
            "a different name for each column",
            "it is not clear which one is meant",
            "rename or remove the others",
            **place,
        )
    if not header:
        raise DataError(
            f"{path}, line 1 is blank",
            "a header that names the columns",
            "",
            "remove the line",
            **place,
        )
    return header


def check_rows(path: object, data: bytes, header: list[str], first_line: int = 1) -> int:
    """Count the rows; DataError unless all have as many fields as the header."""
    n_fields, line_of = row_fields(path, data, first_line)
    wrong = n_fields != len(header)
    if wrong.any():
        row = int(np.argmax(wrong))
        line, found = line_of(row), int(n_fields[row])
        plural = "s" * (found != 1)
        raise DataError(
            f"{path}, line {line}: the row has {found} field{plural} and the header {len(header)}",
            *ROWS_EXPECTED,
            path=str(path),
            line=line,
            n_fields=found,
        )
    return len(n_fields)
