"""The structure of a CSV file's bytes: how many fields each row has, and on which line it starts.

Where quotes are used as the format means them, that is a few NumPy operations over the bytes;
anything else goes through Python's csv module, row by row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .errors import DataError

__all__ = ["complete_rows", "first_record", "first_row_end", "line_at", "row_fields"]

_COMMA, _NEWLINE, _QUOTE, _RETURN = b',\n"\r'
_PIECE = 1 << 17


Structure: TypeAlias = tuple[NDArray[np.intp], Callable[[int], int]]
"""Fields in each row, and a function from a row's number to its line."""


def row_fields(path: object, data: bytes, first_line: int = 1) -> Structure:
    """Count the fields of every row of a CSV file, header included.

    Parameters
    ----------
    path : named in messages
    data : the file's bytes, UTF-8, not empty, without byte-order mark; one line end may follow
        the last row
    first_line : the line of the file that the data start on

    Returns
    -------
    n_fields : integers, one a row (a blank line is a row of one empty field)
    line_of : function from a row (from 0) to the line of the file it starts on (from 1)

    Raises
    ------
    DataError
        When a quote is never closed, or text follows a closed one.

    Notes
    -----
    Two passes over the bytes; memory: 32 bytes a row, 8 a quote.

    Examples
    --------
    >>> n_fields, line_of = row_fields("x.csv", b'a,b\\n"one, and\\ntwo",3\\n4')
    >>> n_fields.tolist(), line_of(2)
    ([2, 2, 1], 4)
    """
    return _fields_by_quotes(data, first_line) or _fields_by_reader(path, data, first_line)


def complete_rows(path: object, data: bytes, first_line: int = 1) -> int:
    """Find how many bytes of a part of a CSV file are complete rows, ends of lines included.

    Parameters
    ----------
    data : the part, starting with a row
    first_line : the line of the file it starts on

    Raises
    ------
    DataError
        When text follows a closed quote in the first row.

    Examples
    --------
    >>> complete_rows("x.csv", b'a,b\\n1,"one,\\ntwo"\\n3,"op\\nen')
    17
    """
    if b"\r" not in data or data.count(b"\r") - data.count(b"\r\n") == data.endswith(b"\r"):
        if b'"' not in data:
            return data.rfind(b"\n") + 1
        raw = np.frombuffer(data, dtype=np.uint8)
        marks = _find_marks(raw)
        end = int(marks.newlines[-1]) + 1 if marks.newlines.size else 0
        if _quotes_are_regular(raw[:end], marks.quotes[marks.quotes < end]):
            return end
    ends = list(_row_ends(path, data, first_line))
    # The last may go on: a line feed may follow its carriage return, or text its closed quote.
    return ends[-2] if len(ends) > 1 else 0


def first_row_end(path: object, data: bytes) -> int:
    """Return how many bytes the first row takes, its line end included."""
    return next(_row_ends(path, data, 1))


def _row_ends(path: object, data: bytes, first_line: int) -> Iterator[int]:
    """Where each row ends by Python's csv module; a row that is cut off is left out."""
    text = io.TextIOWrapper(
        io.BytesIO(data), encoding="utf-8", errors="surrogateescape", newline=""
    )
    position = end = 0

    def lines() -> Iterator[str]:
        nonlocal position
        for line in text:
            position += len(line.encode("utf-8", "surrogateescape"))
            yield line

    try:
        for _ in csv.reader(lines(), strict=True):
            end = position
            yield end
    except csv.Error as problem:
        if not end and position < len(data):  # what is no cut at the end is an error
            raise _bad_quotes(path, first_line, problem) from problem


def first_record(path: object, data: bytes) -> list[str]:
    """Return the fields of the first row, the header."""
    try:
        header: list[str] = next(_records(data))
    except csv.Error as problem:
        raise _bad_quotes(path, 1, problem) from problem
    return header


def line_at(data: bytes, position: int) -> int:
    """Return the line (from 1) of a byte's position (from 0)."""
    return 1 + data.count(b"\n", 0, position)


def _records(data: bytes) -> Any:
    # strict: a quote that is never closed, or has text after its end, is an error here.
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return csv.reader(text, strict=True)


def _fields_by_quotes(data: bytes, first_line: int = 1) -> Structure | None:
    """Fields in each row, and its line; None where quotes or line ends are not the usual ones."""
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    raw = np.frombuffer(data, dtype=np.uint8)
    if raw[-1] == _NEWLINE:  # it ends the last row and starts none
        raw = raw[:-1]
    marks = _find_marks(raw)
    if not _quotes_are_regular(raw, marks.quotes):
        return None
    n_fields = np.diff(marks.newline_order, prepend=-1, append=marks.n_separators)
    starts = np.concatenate([[0], marks.newlines + 1])
    return n_fields, lambda row: first_line - 1 + line_at(data, int(starts[row]))


class _Marks(NamedTuple):
    newlines: NDArray[np.intp]  # positions of the line feeds that end a row
    newline_order: NDArray[np.intp]  # their places among all separators, from 0
    n_separators: int  # commas and line feeds outside quotes
    quotes: NDArray[np.intp]  # positions of all quotes


def _find_marks(raw: NDArray[np.uint8]) -> _Marks:
    """Find what separates: a comma or line feed with an even number of quotes before it.

    In pieces that stay in the processor's cache: whole-file masks took four times as long.
    """
    order, newlines, quotes = [], [], []
    n_separators = inside = 0
    for start in range(0, raw.size, _PIECE):
        piece = raw[start : start + _PIECE]
        marks = np.flatnonzero((piece == _COMMA) | (piece == _NEWLINE) | (piece == _QUOTE))
        kinds = piece[marks]
        quote = kinds == _QUOTE
        if marks.size and (inside or quote.any()):
            # uint8 wraps at 256, which keeps the parity.
            odd = (np.cumsum(quote, dtype=np.uint8) + np.uint8(inside)) & 1
            inside = int(odd[-1])
            quotes.append(marks[quote] + start)
            separates = (odd == 0) & ~quote
            marks, kinds = marks[separates], kinds[separates]
        ends = np.flatnonzero(kinds == _NEWLINE)
        order.append(ends + n_separators)
        newlines.append(marks[ends] + start)
        n_separators += marks.size
    none = [np.zeros(0, dtype=np.intp)]
    return _Marks(
        np.concatenate(newlines or none),
        np.concatenate(order or none),
        n_separators,
        np.concatenate(quotes or none),
    )


def _quotes_are_regular(raw: NDArray[np.uint8], quotes: NDArray[np.intp]) -> bool:
    """Whether every field with a quote in it is quoted as a whole."""
    if not quotes.size:
        return True
    if quotes.size % 2:
        return False
    first, last = quotes[0::2], quotes[1::2]
    edges = np.zeros(256, dtype=bool)
    edges[[_COMMA, _NEWLINE, _QUOTE, _RETURN]] = True
    before = edges[raw[first - 1]] | (first == 0)  # first - 1 may be -1: then it starts the file
    after = edges[raw[np.minimum(last + 1, raw.size - 1)]]
    # Before an opening quote, another quote is right only as the other half of a doubled one.
    halves = (raw[first - 1] == _QUOTE) & (first > 0)
    doubled = np.zeros_like(halves)
    doubled[1:] = first[1:] == last[:-1] + 1
    return bool((before & after & (doubled | ~halves)).all())


def _fields_by_reader(path: object, data: bytes, first_line: int = 1) -> Structure:
    """The same by Python's csv module, row by row: slow, and right about every quote."""
    counts, lines, line = [], [], first_line
    reader = _records(data)
    try:
        for record in reader:
            counts.append(max(len(record), 1))  # a blank line is one empty field
            lines.append(line)
            line = first_line + reader.line_num
    except csv.Error as problem:
        raise _bad_quotes(path, line, problem) from problem
    return np.array(counts), lines.__getitem__


def _bad_quotes(path: object, line: int, problem: csv.Error) -> DataError:
    return DataError(
        f"{path}, line {line}: in the row that starts here, {problem}",
        'fields with a quote in them quoted as a whole, that quote doubled: "5"" screen"',
        "where the row ends is not clear",
        "correct the quotes in that row",
        path=str(path),
        line=line,
    )
