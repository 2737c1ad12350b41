"""Streams of Arrow record batches as the rows of a fit: query results, readers, datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from .arrow_columns import ArrowColumns, pyarrow
from .batch_checks import announced, check_count, located, wrong_count
from .columns import Table, missing_mask
from .design_report import DesignReport
from .encoding import Encoding
from .errors import DataError
from .span_filling import span_of
from .stream_blocks import Batch
from .streamed_design import Asked, SeenColumns
from .table_blocks import Choice, TableBlocks, asked_of

__all__ = ["ArrowBlocks"]


class ArrowBlocks(TableBlocks):
    """The rows of an Arrow stream that can be had again, for `fit`.

    Parameters
    ----------
    stream : a function without arguments that gives a fresh stream at every call: a pyarrow
        RecordBatchReader or Table, or anything with ``__arrow_c_stream__`` (an ADBC cursor's
        result, a DuckDB relation, a polars frame); or such an object itself, where it is not used
        up by reading. The rows must come in the same order every time.
    design, target, positive, features, categorical, reference, missing, weight, offset : as for
        `ParquetBlocks`
    n_rows : of the rows to be used, where that is known: it saves a reading
    read_ahead : spans read ahead on a thread; 0 where the stream must stay on the caller's own

    Attributes
    ----------
    report : as for `ParquetBlocks`

    Raises
    ------
    DataError
        A stream that can be read only once; other rows than ``n_rows``; what `Design.from_frame`
        refuses, naming the record batch and the row.
    DataChangedError
        Other rows in a later reading.
    MissingDependencyError
        Where pyarrow is not installed.

    Examples
    --------
    >>> import pyarrow as pa
    >>> import logreg_core as lc
    >>> table = pa.table({"age": [30, 41, 29, 60], "ill": ["no", "yes", "yes", "no"]})
    >>> rows = lc.ArrowBlocks(lambda: table.to_reader(max_chunksize=3), target="ill")
    >>> lc.fit(rows).n_rows
    4
    """

    def __init__(
        self,
        stream: Callable[[], Any] | Any,
        design: object = None,
        *,
        n_rows: int | None = None,
        read_ahead: int = 2,
        **choice: Unpack[Choice],
    ) -> None:
        check_count(n_rows)
        asked, weight, offset = asked_of(design, **choice)
        super().__init__(_Source(stream, asked, weight, offset, n_rows), read_ahead=read_ahead)


class _Source:
    """The rows as `StreamBlocks` takes them."""

    def __init__(
        self, stream: Any, asked: Asked, weight: str | None, offset: str | None, n_rows: int | None
    ) -> None:
        self._stream, self.n_rows = stream, n_rows
        self.report: DesignReport | None = None
        self._drop, self._last = asked.missing == "drop", None
        encoding = asked.encoding
        if encoding is None:
            reader = self._fresh()
            header = reader.schema.names
            extra = [name for name in (weight, offset) if name is not None]
            *features, target = asked.names(header)
            names = list(dict.fromkeys([*features, *extra, target]))
            seen = SeenColumns(header)
            seen.types(Table(reader.schema.empty_table()), names)
            for batch, first, place in self._batches(reader):
                try:
                    seen.see(_table(batch), names, asked)
                except DataError as problem:
                    raise located(problem, first, place) from problem
            encoding = seen.encoding(asked)
            if n_rows is not None and n_rows != seen.n_kept:
                raise wrong_count(n_rows, str(seen.n_kept))
            self.n_rows, self.report = seen.n_kept, seen.report(encoding)
        # whether nobody has counted the rows but the caller
        self._announced = asked.encoding is not None and n_rows is not None
        self.encoding: Encoding | None = encoding
        self.names, self.classes = encoding.names, encoding.classes
        self.weighted, self.with_offset = weight is not None, offset is not None
        self._columns = ArrowColumns.of(encoding, weight, offset)

    def batches(self) -> Iterator[Batch]:
        if self._announced and self.n_rows is not None:
            yield from announced(self._read(), self.n_rows)
            self._announced = False  # from now on another number is a change
        else:
            yield from self._read()

    def _read(self) -> Iterator[Batch]:
        for batch, first, place in self._batches(self._fresh()):
            try:
                columns = self._columns.read(batch, self._taken(batch))
            except DataError as problem:
                raise located(problem, first, place) from problem
            yield Batch(span_of(columns, len(self.names)), place)

    def identity(self) -> dict[str, Any]:
        """Nothing: what a stream will give cannot be told without reading it."""
        return {}

    def _taken(self, batch: Any) -> NDArray[np.intp] | None:
        if not self._drop:
            return None
        table = _table(batch)
        incomplete = np.zeros(batch.num_rows, dtype=bool)
        for name in self._columns.needs:
            incomplete |= missing_mask(table.column(name))
        return np.flatnonzero(~incomplete) if incomplete.any() else None

    def _fresh(self) -> Any:
        arrow = pyarrow()
        given = self._stream
        if callable(given) and not hasattr(type(given), "__arrow_c_stream__"):
            given = given()
        once = isinstance(given, arrow.RecordBatchReader) and given is self._last
        if once or (isinstance(given, arrow.RecordBatchReader) and given is self._stream):
            raise DataError(
                "a RecordBatchReader, which can be read only once",
                "a function that makes a fresh one at every call",
                "every pass of the fit reads all rows",
                "pass lambda: ..., with the query or the opening of the file inside",
            )
        self._last = given
        if isinstance(given, arrow.RecordBatchReader):
            return given
        if not hasattr(given, "__arrow_c_stream__"):
            raise DataError(
                f"the stream is a {type(given).__name__}",
                "a RecordBatchReader, or an object with __arrow_c_stream__",
                "it holds no Arrow record batches",
                "see IterableBlocks for batches of other kinds",
            )
        return arrow.RecordBatchReader.from_stream(given)

    @staticmethod
    def _batches(reader: Any) -> Iterator[tuple[Any, int, str]]:
        first = 0
        for number, batch in enumerate(reader):
            yield batch, first, f"record batch {number}"
            first += batch.num_rows


def _table(batch: Any) -> Table:
    return Table(pyarrow().Table.from_batches([batch]))
