"""Rows of a stream kept on disk as they pass for the first time: made once, then read as they lie.

To decode files, to parse text and to run a query costs more than the sums of a fit. What is kept
are the spans of the row grid, as the kernels take them, so every later reading is one copy.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .array_blocks import span_rows
from .batch_checks import Batch, Source, right_shapes, sound_vectors
from .design_report import DesignReport
from .errors import DataError
from .regrid import regrid
from .side_by_side import Lent
from .spans import Span, native, read_only
from .stream_blocks import StreamBlocks
from .table_blocks import FileBlocks

__all__ = ["KeptBlocks"]

MANY = 1 << 40  # rows of a source that does not know how many it has
GIB = 2.0**30


class KeptBlocks(StreamBlocks):
    """The rows of a stream, for `fit`: made once, kept on disk for the readings that follow.

    Gives the bits of a fit without it.

    Parameters
    ----------
    rows : `ParquetBlocks`, `CsvBlocks`, `ArrowBlocks` or `IterableBlocks`
    folder : where the rows are kept, 8 bytes a number: best on a disk of this machine

    Attributes
    ----------
    report : of the rows, where they have one

    Raises
    ------
    DataError
        Rows of another kind; a folder that is not there, cannot be written to or is too small;
        what the rows themselves refuse.
    DataChangedError
        As the rows raise it: files are looked at before every reading all the same. What a
        generator or a query would give the next time is not asked.

    Notes
    -----
    Cost: the first reading writes what it reads. The file has no name where the system allows
    that, so nothing is left behind however the process ends; `close`, or the end of a ``with``
    block, gives the room back. Memory: three spans more than the rows take.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import logreg_core as lc
    >>> def batches():
    ...     rng = np.random.default_rng(7)
    ...     for _ in range(10):
    ...         X = rng.normal(size=(50, 2))
    ...         yield X, X[:, 0] + rng.logistic(size=50) > 0.0
    >>> blocks = lc.IterableBlocks(batches)
    >>> with tempfile.TemporaryDirectory() as folder, lc.KeptBlocks(blocks, folder) as rows:
    ...     fit = lc.fit(rows)
    >>> fit.coef.round(3)
    array([0.055, 1.121, 0.174])
    """

    def __init__(self, rows: StreamBlocks, folder: str | os.PathLike[str]) -> None:
        if not isinstance(rows, StreamBlocks):
            raise DataError(
                f"rows is a {type(rows).__name__}",
                "ParquetBlocks, CsvBlocks, ArrowBlocks or IterableBlocks",
                "only rows that come anew at every reading can be kept",
                "pass arrays and frames to fit as they are; on a cluster, persist them there",
            )
        self.rows = rows
        self._keeper = _Keeper(rows.source, _writable(folder))
        # files are read by threads of their own; other sources may be bound to the caller's
        super().__init__(
            self._keeper, read_ahead=2 if isinstance(rows, FileBlocks) else rows.read_ahead
        )

    @property
    def report(self) -> DesignReport | None:
        """What was dropped and chosen."""
        return getattr(self.rows, "report", None)

    def blame(self) -> None:
        """Find the first value of X that is NaN or infinite, where it came from."""
        self.rows.blame()

    def close(self) -> None:
        """Give back the room on disk. A later reading makes, and keeps, the rows anew."""
        self._keeper.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Keeper:
    """The source: see `batch_checks.Source`. Only a reading to the end is kept."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source, self._folder = source, folder
        self._file: _SpanFile | None = None
        self.names, self.classes, self.encoding = source.names, source.classes, source.encoding
        self.weighted, self.with_offset = source.weighted, source.with_offset
        self.n_rows = source.n_rows

    def identity(self) -> dict[str, Any]:
        """That of the source: kept rows are the same rows."""
        return self._source.identity()

    def batches(self) -> Iterator[Batch]:
        """All rows: those that were kept, or the source's, which are kept meanwhile."""
        file = self._file
        if file is None:
            yield from self._keeping()
            return
        getattr(self._source, "check", lambda: None)()
        for span in file.spans():
            yield Batch(span, "kept rows")
            del span  # its memory is used again when nobody holds it

    def close(self) -> None:
        """Keep nothing."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _keeping(self) -> Iterator[Batch]:
        n, k = self.n_rows, len(self.names)
        a_row = 8 * k + 1 + 8 * self.weighted + 8 * self.with_offset
        free = shutil.disk_usage(self._folder).free
        if (n or 0) * a_row > free:
            raise _full(self._folder, f"{n} rows take {(n or 0) * a_row / GIB:.1f} GiB", free)
        size = span_rows(n or MANY, k)
        file = _SpanFile(self._folder, Lent(min(size, n or size), k))
        lent = bool(getattr(self._source, "lent", False))
        try:
            for span in regrid(self._sound(), size, n or MANY, lent=lent):
                file.write(span)
                yield Batch(span, "rows that are being kept")
                del span
        except BaseException:
            file.close()
            raise
        self.close()
        self._file = file

    def _sound(self) -> Iterator[Span]:
        """The source's rows, checked while it is known where they came from."""
        for span, first, place in right_shapes(self._source.batches(), self):
            sound_vectors(span, first, place)
            yield span


class _SpanFile:
    """Spans in a file without a name, one after another."""

    def __init__(self, folder: Path, lent: Lent) -> None:
        self._folder, self._lent, self._lock = folder, lent, threading.Lock()
        self._lengths: list[tuple[int, ...]] = []  # of each span's parts
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        weakref.finalize(self, self._file.close)

    def write(self, span: Span) -> None:
        """Put a span behind the others."""
        try:
            for part in (native(span.X), *span[1:]):
                left = _bytes(np.ascontiguousarray(part))
                while left:
                    left = left[self._file.write(left) :]
        except OSError as problem:
            free = shutil.disk_usage(self._folder).free
            raise _full(self._folder, f"writing failed: {problem.strerror}", free) from problem
        self._lengths.append(tuple(len(part) for part in span))

    def spans(self) -> Iterator[Span]:
        """All of them, each in memory that is lent as long as the span is held."""
        at = 0
        for lengths in self._lengths:
            rows, m, *others = lengths
            X = self._lent.span(rows, False, False).X
            parts = (X, np.empty(m, np.uint8), *(np.empty(n) for n in others))
            for part in parts:
                at = self._read(part, at)
            span = Span(*(read_only(part) for part in parts))
            del X, part, parts
            yield span
            del span

    def close(self) -> None:
        """The room is free again."""
        self._file.close()

    def _read(self, part: NDArray[Any], at: int) -> int:
        """Fill an array from a place in the file on; the place behind."""
        left, end = _bytes(part), at + part.nbytes
        with self._lock:
            self._file.seek(at)
            while left:
                got = self._file.readinto(left)
                if not got:
                    raise OSError(f"the rows kept in {self._folder} end too early")
                left = left[got:]
        return end


def _bytes(part: NDArray[Any]) -> memoryview:
    return memoryview(part).cast("B") if part.size else memoryview(b"")


def _writable(folder: str | os.PathLike[str]) -> Path:
    place = Path(folder)
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        there = "cannot be written to" if place.is_dir() else "is not a folder"
        raise DataError(
            f"{str(place)!r} {there}",
            "a folder that can be written to, on a disk of this machine",
            "the rows cannot be kept there",
            "make it first, or name another",
            path=str(place),
        )
    return place


def _full(folder: Path, found: str, free: int) -> DataError:
    return DataError(
        f"{found}, and {str(folder)!r} has {free / GIB:.1f} GiB free",
        "room for 8 bytes a number and 1 an outcome",
        "the rows cannot be kept there",
        "name a folder on a larger disk, or fit without keeping the rows",
        path=str(folder),
    )
