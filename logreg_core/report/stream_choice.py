"""Which columns of some files can be features: judged by all rows, not by the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..columns import Table, is_categorical, numbers
from ..csv_chunks import parse, read_texts
from ..csv_files import read_header
from ..errors import DataError
from ..levels import MOST_LEVELS, choose_levels
from ..streamed_design import Asked, SeenColumns
from .source import LeftOut, none_can_serve, row_number

__all__ = ["usable_in_csv", "usable_in_parquet"]

MOST_COMPARED = 1 << 20  # numbers of a column among which a value that comes twice is looked for

Usable = tuple[tuple[str, ...], tuple[LeftOut, ...]]


class _Column:
    """What was seen of one column, piece by piece; settled: more rows will not change the verdict.

    By the rules of `usable_features`.
    """

    def __init__(self, name: str, as_category: bool) -> None:
        self.name, self.as_category = name, as_category
        self.settled, self._reason = False, ""
        self._seen = SeenColumns([name])
        self._asked = Asked(categorical=(name,) if as_category else (), missing="drop")
        self._first, self._low, self._high = "", np.inf, -np.inf
        self._whole, self._repeats = True, False
        self._parts: list[NDArray[np.float64]] = []
        self._held = self._compared = 0

    def see(self, table: Table) -> None:
        """Take some rows into account."""
        if self.settled:
            return
        try:
            rows = self._seen.see(table, (self.name,), self._asked)
            series = table.column(self.name)
            if len(rows) and not (self.as_category or is_categorical(series)):
                self._see_numbers(numbers(series)[rows])
        except DataError as problem:
            self._refuse(problem)

    def _see_numbers(self, values: NDArray[np.float64]) -> None:
        self._first = self._first or str(values[0])
        self._low, self._high = min(self._low, values.min()), max(self._high, values.max())
        self._whole = self._whole and bool((values == np.floor(values)).all())
        if self._whole and not self._repeats and self._held < MOST_COMPARED:
            self._parts.append(values[: MOST_COMPARED - self._held].copy())
            self._held += len(self._parts[-1])
            if self._held >= 2 * self._compared:  # seldom, however small the pieces
                self._compare()
        if self._low < self._high and (self._repeats or not self._whole):
            self.settled, self._parts = True, []

    def _compare(self) -> None:
        """Does any of the numbers kept come twice?"""
        whole = np.concatenate(self._parts)
        self._repeats, self._compared = len(np.unique(whole)) < len(whole), len(whole)
        self._parts = [whole]

    def _refuse(self, problem: DataError) -> None:
        self.settled, self._reason = True, problem.found.removeprefix(f"column {self.name!r} ")
        if problem.evidence.get("n_levels", 0) > MOST_LEVELS:  # reading ended there
            self._reason = f"has more than {MOST_LEVELS} different values"

    def obstacle(self) -> str:
        """Why the column cannot be a feature; empty where it can."""
        if self.settled:
            return self._reason
        n = self._seen.n_kept
        if not n:
            return "holds no value"
        try:
            choose_levels(self._seen, self.name, range(n), self.as_category, None)
        except DataError as problem:
            self._refuse(problem)
            return self._reason
        if not self._first:  # a category
            return ""
        if self._low == self._high:
            return f"holds nothing but {self._first}"
        self._compare()
        if self._repeats:
            return ""
        return row_number(self.name, n, self._low, self._high)


def usable_in_parquet(paths: Sequence[str], target: str, categorical: Sequence[str] = ()) -> Usable:
    """Which columns of Parquet files beside the outcome can serve, and why can the others not?

    As `usable_features` of all rows, in constant memory: what the first files have settled is not
    read of the others.

    Raises
    ------
    DataError
        As `ParquetBlocks`, and where no column can serve.
    """
    from ..arrow_columns import pyarrow
    from ..parquet_files import check_columns, open_files, pieces

    files = open_files(paths)
    header = files[0].schema.names
    check_columns(files, header)

    columns = [_Column(name, name in categorical) for name in header if name != target]
    for file in files:
        asked = [column for column in columns if not column.settled]
        if not asked:
            break
        for piece in pieces((file,), [column.name for column in asked], threads=True):
            table = Table(pyarrow().Table.from_batches([piece.batch]))
            for column in asked:
                column.see(table)
    return _usable(columns, target in header)


def usable_in_csv(paths: Sequence[str], target: str, categorical: Sequence[str] = ()) -> Usable:
    """The same for CSV files. A column is text where any of its values is.

    Raises
    ------
    DataError
        As `read_csv`, and where no column can serve.
    """
    first = next(read_texts(paths[0], ()))
    header = read_header(first.path, first.head)
    texts: dict[str, type] = {}
    while True:
        columns = [_Column(name, name in categorical) for name in header if name != target]
        turned = _texts_further_down(paths, columns, texts)
        if not turned:
            return _usable(columns, target in header)
        texts |= dict.fromkeys(turned, str)


def _texts_further_down(
    paths: Sequence[str], columns: Sequence[_Column], texts: dict[str, type]
) -> list[str]:
    """Read the files; the columns that hold text after numbers, for which it must begin again."""
    taken: dict[str, bool] = {}
    for path in paths:
        for text in read_texts(path, [column.name for column in columns]):
            asked = [column for column in columns if not column.settled]
            names = [column.name for column in asked]
            table = Table(parse(text, names, {n: str for n in names if n in texts}))
            found = {n: is_categorical(table.column(n)) for n in names}
            turned = [n for n in names if found[n] and not taken.get(n, True)]
            if turned:
                return turned
            taken |= found
            for column in asked:
                column.see(table)
    return []


def _usable(columns: Sequence[_Column], target_there: bool) -> Usable:
    reasons = {column.name: column.obstacle() for column in columns}
    left_out = tuple(LeftOut(name, reason) for name, reason in reasons.items() if reason)
    used = tuple(name for name, reason in reasons.items() if not reason)
    if columns and not used and target_there:
        raise none_can_serve(left_out)
    return used, left_out
