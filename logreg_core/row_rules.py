"""Rules that turn some rows, wherever they are, into a `Span`: small, so that they can travel.

A rule learns nothing from the rows it is applied to: parts stacked equal the whole. Parts may be
empty or of one class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import as_matrix, as_outcome, plain_array
from .columns import Table, missing_mask, numbers
from .encoding import Encoding
from .errors import DataChangedError, DataError
from .row_checks import as_offset, as_weights
from .spans import NO_BYTES, NOTHING, Span

__all__ = ["MatrixRule", "TableRule", "complete_rows", "labels_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TableRule:
    """Rows of a table: columns by name, encoded.

    weight, offset : names of columns, or None. missing : "raise", or "drop" the row.

    Examples
    --------
    >>> import pandas as pd
    >>> from .encoding import Feature
    >>> rule = TableRule(Encoding((Feature("age"),), "ill", ("no", "yes")))
    >>> rule.span(pd.DataFrame({"age": [30, 41], "ill": ["yes", "no"]})).y
    array([1, 0], dtype=uint8)
    """

    encoding: Encoding
    weight: Any = None
    offset: Any = None
    missing: str = "raise"

    @property
    def columns(self) -> tuple[Any, ...]:
        """The columns of the table that are needed."""
        names = [name for feature in self.encoding.features for name in feature.variables]
        beside = [name for name in (self.weight, self.offset) if name is not None]
        return tuple(dict.fromkeys([*names, self.encoding.target, *beside]))

    def span(self, frame: object) -> Span:
        """The rows of a frame as the sums want them.

        Raises
        ------
        DataError
            As `Encoding.transform`; weights below 0; values that are missing or infinite.
        """
        table = Table(frame)
        rows = complete_rows(table, self.columns) if self.missing == "drop" else None
        n = table.n_rows if rows is None else len(rows)
        if not n:
            return _no_rows(len(self.encoding.names))
        X = self.encoding.transform(table, rows)
        y = self.encoding.encode_target(table, rows)
        weight, offset = self._beside(table, self.weight, rows), NOTHING
        if self.offset is not None:
            offset = as_offset(self._beside(table, self.offset, rows), n)
        return Span(X, y, _weights(weight, n), NOTHING, NOTHING, offset)

    @staticmethod
    def _beside(table: Table, name: Any, rows: NDArray[np.intp] | None) -> Floats:
        if name is None:
            return NOTHING
        values = np.asarray(numbers(table.column(name)), dtype=np.float64)
        return values if rows is None else values[rows]


@dataclass(frozen=True)
class MatrixRule:
    """Rows of a matrix and of what accompanies it; classes : the negative and the positive one."""

    classes: tuple[Any, Any]
    names: tuple[str, ...]

    def span(self, X: Any, y: Any, weight: Any = None, offset: Any = None) -> Span:
        """X (m, columns), y (m,), weight (m,) and offset (m,) as the sums want them.

        Raises
        ------
        DataError
            Shapes that do not fit together, values that are no numbers, weights below 0.

        Examples
        --------
        >>> MatrixRule(("a", "b"), ("x1",)).span(np.ones((2, 1)), ["b", "a"]).y
        array([1, 0], dtype=uint8)
        """
        n = len(X)
        lengths = [len(part) for part in (y, weight, offset) if part is not None]
        if any(length != n for length in lengths):
            raise DataError(
                f"X has {n} rows here, and what accompanies it {lengths}",
                "an outcome, and where given a weight and an offset, for every row",
                "rows and outcomes cannot be matched",
                "make them from the same rows, cut at the same places",
                n_rows=n,
            )
        if not n:
            return _no_rows(len(self.names))
        array, _ = as_matrix(X)
        if array.shape[1] != len(self.names):
            raise DataError(
                f"X has {array.shape[1]} columns here",
                f"{len(self.names)}, as everywhere else",
                "columns and coefficients cannot be matched",
                "check how this part was made",
                n_columns=array.shape[1],
            )
        whole = array if isinstance(array, np.ndarray) else array[:]  # a frame's columns, as one
        shift = NOTHING if offset is None else as_offset(offset, n)
        weights = NOTHING if weight is None else _weights(plain_array(weight, "weight"), n)
        return Span(whole, self._codes(y, n), weights, NOTHING, NOTHING, shift)

    def _codes(self, y: Any, n: int) -> NDArray[np.uint8]:
        values = plain_array(y, "y").reshape(n)
        positive = np.asarray(values == self.classes[1], dtype=np.bool_)
        strange = ~positive & ~np.asarray(values == self.classes[0], dtype=np.bool_)
        if strange.any():
            row = int(strange.argmax())
            raise DataChangedError(
                f"y holds {values[row]!r:.60} in row {row}",
                f"{self.classes[0]!r} or {self.classes[1]!r}, as in the first pass",
                "the outcomes are not those that were read before",
                "keep the data as they are while a fit reads them",
                row=row,
            )
        return positive.view(np.uint8)


def labels_of(y: Any, n: int) -> tuple[Any, ...]:
    """The different outcomes of some rows, 20 at most; none for no rows.

    >>> labels_of(["b", "b"], 2)
    ('b',)

    Raises
    ------
    DataError
        A missing value, or values that are no labels.
    """
    if not n:
        return ()
    try:
        return as_outcome(y, n).classes
    except DataError as problem:
        if not hasattr(problem, "classes"):
            raise
        found: tuple[Any, ...] = problem.classes
        return found


def complete_rows(frame: object, names: tuple[Any, ...]) -> NDArray[np.intp]:
    """Positions of the rows that have a value in each of these columns."""
    table = frame if isinstance(frame, Table) else Table(frame)
    missing = np.zeros(table.n_rows, dtype=bool)
    for name in names:
        missing |= missing_mask(table.column(name))
    return np.flatnonzero(~missing)


def _weights(weight: Any, n: int) -> Floats:
    """Checked weights; all may be 0, as other parts have rows that count."""
    if not len(weight):
        return NOTHING
    array = np.asarray(weight)
    return as_weights(array, n) if array.any() else np.zeros(n)


def _no_rows(n_columns: int) -> Span:
    return Span(np.empty((0, n_columns)), NO_BYTES, NOTHING, NOTHING, NOTHING, NOTHING)
