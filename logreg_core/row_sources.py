"""Rows that become one dense matrix only where they are read: a slice at a time.

A `RowSource` answers what a row block asks of an array (its shape, its type, slices of its rows),
so every pass sees the very floats, in the very blocks, that it would see in the dense matrix: the
same bits, at the memory of a few spans.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ColumnRows", "RowSource"]

BLOCK = 1 << 12  # rows written together: column by column each line of the matrix is read anew
# How an array lies in memory, as a block source asks it: not in one piece, so slice by slice.
IN_PIECES = SimpleNamespace(c_contiguous=False, f_contiguous=False, aligned=True, writeable=False)


class RowSource:
    """What stands in for an array (n, columns) of numbers; a subclass says how rows are made.

    names : of the columns, or None where nothing is known but their places.
    """

    shape: tuple[int, int]
    names: tuple[str, ...] | None = None
    ndim = 2
    flags = IN_PIECES
    dtype: np.dtype[Any] = np.dtype(np.float64)

    @property
    def size(self) -> int:
        """Rows times columns."""
        return self.shape[0] * self.shape[1]

    def dense(self, where: slice) -> NDArray[np.float64]:
        """The rows of a slice (m, columns), C-contiguous."""
        raise NotImplementedError

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, where: Any) -> Any:
        """A slice of rows, one row, or one entry by (row, column)."""
        if isinstance(where, slice):
            return self.dense(where)
        row, column = where if isinstance(where, tuple) else (where, slice(None))
        return self.dense(slice(int(row), int(row) + 1))[0][column]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """The whole, dense: only for what cannot do without it, never in a fit."""
        return np.asarray(self.dense(slice(None)), dtype=dtype)


class ColumnRows(RowSource):
    """Columns (n,) of real numbers, each in its own memory, side by side.

    Examples
    --------
    >>> rows = ColumnRows([np.array([1.0, 2.0]), np.array([True, False])])
    >>> rows.shape, rows[1:]
    ((2, 2), array([[2., 0.]]))
    """

    def __init__(
        self, columns: Sequence[NDArray[Any]], names: tuple[str, ...] | None = None
    ) -> None:
        self.columns, self.names = tuple(columns), names
        self.shape = (len(self.columns[0]), len(self.columns))

    def dense(self, where: slice) -> NDArray[np.float64]:
        """The rows of a slice (m, columns), C-contiguous."""
        parts = [column[where] for column in self.columns]
        array = np.empty((len(parts[0]), len(parts)))
        for first in range(0, len(array), BLOCK):
            rows = slice(first, first + BLOCK)
            for j, part in enumerate(parts):
                array[rows, j] = part[rows]
        return array
