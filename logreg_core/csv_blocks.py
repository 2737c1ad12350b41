"""CSV files as the rows of a fit: read anew in every pass, as strictly as `read_csv`.

Each file is cut into pieces of whole rows (`csv_chunks`) and parsed by pyarrow with the types
fixed up front, three to four times as fast as by pandas and to the same nearest float64. What it
cannot parse goes to pandas, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from .arrow_columns import ArrowColumns
from .batch_checks import sound_column
from .column_fill import Source
from .columns import Table, is_categorical, missing_mask
from .csv_chunks import CsvText, parse, read_texts
from .csv_files import read_header
from .csv_types import (
    NUMBER,
    TEXT,
    TRUTH,
    kinds_of,
    parsed,
    seen_in,
    text_among_numbers,
    told,
    values_of,
)
from .design_report import DesignReport
from .encoding import Encoding
from .errors import DataError
from .file_lists import FileMark, FilePaths, listed_files, unchanged
from .span_filling import Columns, span_of
from .stream_blocks import Batch
from .streamed_design import Asked
from .table_blocks import Choice, FileBlocks, ReadPiece, asked_of
from .terms import numbers_of

__all__ = ["CsvBlocks"]


class CsvBlocks(FileBlocks):
    """The rows of CSV files, for `fit`.

    Parameters
    ----------
    paths : a file, a folder, a pattern such as "data/*.csv", or a list of these, in the order
        that `ParquetBlocks` has
    design, target, positive, features, categorical, reference, missing, weight, offset : as for
        `ParquetBlocks`. Without an encoding one reading chooses levels and classes, and finds out
        which columns are text: a column is text where any of its values is.

    Attributes
    ----------
    report : as for `ParquetBlocks`

    Raises
    ------
    DataError
        For whatever `read_csv` refuses and `Design.from_frame` refuses, naming file and line.
    DataChangedError
        A file whose size or time is another than at first.
    MissingDependencyError
        Where pyarrow is not installed.

    Notes
    -----
    The structure of a file is checked in the first reading. Memory: some pieces of 4 MiB and
    their rows.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import logreg_core as lc
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = place.write_text("age,ill\\n30,no\\n41,yes\\n29,yes\\n60,no\\n")
    >>> lc.fit(lc.CsvBlocks(place, target="ill")).n_rows
    4
    """

    def __init__(self, paths: FilePaths, design: object = None, **choice: Unpack[Choice]) -> None:
        asked, weight, offset = asked_of(design, **choice)
        source = _Source(listed_files(paths, ".csv", "a CSV file"), asked, weight, offset)
        super().__init__(source)
        self._read = source.read

    def _pieces(self) -> Iterator[ReadPiece]:
        for text, columns, taken in self._read():
            yield columns, taken, partial(_told, text)


def _told(text: CsvText, problem: DataError, row: int) -> DataError:
    return told(problem, text, row)


class _Source:
    """The rows as `StreamBlocks` takes them, piece by piece."""

    def __init__(
        self, files: tuple[FileMark, ...], asked: Asked, weight: str | None, offset: str | None
    ) -> None:
        self.files, self.drop = files, asked.missing == "drop"
        extra = tuple(name for name in (weight, offset) if name is not None)
        self.n_rows: int | None = None
        self.report: DesignReport | None = None
        self._checked = False
        first = next(read_texts(files[0].path, ()))
        header = read_header(first.path, first.head)
        *features, target = asked.names(header)
        names = tuple(dict.fromkeys([*features, *extra, target]))
        if asked.encoding is not None:
            self._kinds = kinds_of(asked.encoding) | dict.fromkeys(extra, NUMBER)
            encoding = asked.encoding
        else:
            try:
                seen, self._kinds = seen_in(files, header, names, asked)
                encoding, self.n_rows = seen.encoding(asked), seen.n_kept
            except DataError as problem:
                raise text_among_numbers(files, problem, asked) from problem
            self._checked = True
            self.report = seen.report(encoding)
        self.encoding: Encoding | None = encoding
        self.names, self.classes = encoding.names, encoding.classes
        self.weighted, self.with_offset = weight is not None, offset is not None
        self.columns = ArrowColumns.of(encoding, weight, offset)

    def batches(self) -> Iterator[Batch]:
        for text, columns, _ in self.read():
            yield Batch(span_of(columns, len(self.names)), f"{text.path}, line {text.first_line}")

    def read(self) -> Iterator[tuple[CsvText, Columns, NDArray[np.intp] | None]]:
        """All rows, piece by piece, and which rows of a piece were taken."""
        self.check()
        for file in self.files:
            for text in read_texts(file.path, self.columns.needs, checked=not self._checked):
                try:
                    yield text, *self._columns(text)
                except DataError as problem:
                    raise told(problem, text) from problem
            unchanged(file)
        self._checked = True

    def check(self) -> None:
        """Refuse to go on with files that have changed."""
        for file in self.files:
            unchanged(file)

    def identity(self) -> dict[str, Any]:
        return {
            "files": [[file.path, file.size, file.mtime_ns] for file in self.files],
            "encoding": self.columns.encoding.to_dict(),
            "weight": self.columns.weight,
            "offset": self.columns.offset,
        }

    def _columns(self, text: CsvText) -> tuple[Columns, NDArray[np.intp] | None]:
        names = self.columns.needs
        table = parsed(text, {name: self._kinds[name] for name in names})
        if table is None:
            return self._by_pandas(text)
        taken = None
        if self.drop and any(table.column(name).null_count for name in names):
            taken = np.flatnonzero(~_gaps(Table(table), names))
        return self.columns.read(table, taken), taken

    def _by_pandas(self, text: CsvText) -> tuple[Columns, NDArray[np.intp] | None]:
        """The same for what pyarrow cannot parse: mostly to say what is wrong."""
        names = self.columns.needs
        texts = {name: str for name in names if self._kinds[name] == TEXT}
        frame = parse(text, list(names), texts)
        for name in names:
            if self._kinds[name] != TEXT and is_categorical(frame[name]):
                frame[name] = values_of(frame[name], self._kinds[name] == TRUTH)
        table = Table(frame)
        taken = np.flatnonzero(~_gaps(table, names)) if self.drop else None
        rule = self.columns.encoding
        X = rule.transform(table, taken)
        sources = [Source(name, j, X[:, j], None) for j, name in enumerate(self.names)]
        y = rule.encode_target(table, taken)
        others = []
        for name, shift in ((self.columns.weight, False), (self.columns.offset, True)):
            values = None if name is None else np.asarray(numbers_of(table, name), dtype=np.float64)
            if values is not None:
                values = sound_column(name, values, taken, offset=shift)
            others.append(values)
        return Columns(len(X), sources, y, *others), taken


def _gaps(table: Table, names: Sequence[Any]) -> NDArray[np.bool_]:
    incomplete = np.zeros(table.n_rows, dtype=bool)
    for name in names:
        incomplete |= missing_mask(table.column(name))
    return incomplete
