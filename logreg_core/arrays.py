"""What a user passes, as the plain arrays the rest works on; nothing is changed or copied whole.

Columns and outcomes come as NumPy arrays, sequences, frames of pandas, polars or Arrow, or scipy's
sparse matrices (dense a block at a time, see `sparse_rows`). Values
are not searched here for NaN and infinity: they show up in the sums of the first pass, and only
then is the culprit looked for (`blame`). Rows are matched by position, never by a frame's index.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .frames import frame_matrix, is_frame
from .outcomes import Outcome, as_counts, as_outcome
from .row_sources import RowSource
from .sparse_rows import SparseRows, is_sparse
from .vectors import as_vector, blame, not_numeric, object_numbers, plain_array

__all__ = [
    "Outcome",
    "as_counts",
    "as_matrix",
    "as_outcome",
    "as_vector",
    "blame",
    "is_frame",
    "plain_array",
]


def as_matrix(X: Any) -> tuple[NDArray[Any], tuple[str, ...]]:
    """X as a real (n, columns) array and the names of its columns, "x1", "x2", ... for an array.

    Arrays of any real type and layout come back as they are: what is not float64 is converted
    later, block by block. Objects that hold numbers are converted here, and long doubles. Sparse
    matrices and large frames come back as a `RowSource`, whose rows are sliced like an array's.

    Raises
    ------
    DataError
        Another number of dimensions than 2, no rows or columns, values that are no real numbers,
        masked arrays.

    Examples
    --------
    >>> as_matrix([[1, 2], [3, 4]])
    (array([[1, 2],
           [3, 4]]), ('x1', 'x2'))
    """
    if is_sparse(X) or isinstance(X, RowSource):
        _check_shape(X, X)
        rows: Any = X if isinstance(X, RowSource) else SparseRows(X)
        return rows, rows.names or tuple(f"x{j + 1}" for j in range(X.shape[1]))
    if hasattr(type(X), "spans") and not hasattr(type(X), "__array__"):
        raise DataError(
            f"X is a {type(X).__name__}, whose rows come in blocks",
            "rows in memory: an array or a data frame",
            "this works on whole columns",
            "pass some of the rows as an array or a frame; fit, certify, newton_steps, metrics and "
            "robust covariance take block sources",
        )
    if type(X) is not np.ndarray and is_frame(X):
        array, names = frame_matrix(X)
        _check_shape(array, X)
        return array, names
    array = plain_array(X, "X")
    _check_shape(array, X)
    names = tuple([f"x{j + 1}" for j in range(array.shape[1])])
    kind = array.dtype.kind
    if kind == "O":
        columns = [object_numbers(array[:, j], name) for j, name in enumerate(names)]
        array = np.column_stack(columns)
    elif kind == "f" and array.dtype.itemsize > 8:
        with np.errstate(over="ignore"):  # too large for float64: inf, which `blame` finds
            array = array.astype(np.float64)
    elif kind not in "fiub":
        raise not_numeric(array[0, 0], array.dtype, "x1")
    return array, names


def _check_shape(array: Any, X: Any) -> None:
    if array.ndim != 2:
        plural = "s" * (array.ndim != 1)
        raise DataError(
            f"X has {array.ndim} dimension{plural}, shape {array.shape}"
            if array.ndim
            else f"X is {'None' if X is None else 'a ' + type(X).__name__}",
            "2 dimensions: a row an observation, a column a feature",
            "it is not clear which numbers belong to one observation",
            "use X.reshape(-1, 1) for a single column, X.reshape(1, -1) for a single row",
            shape=array.shape,
        )
    if array.shape[0] == 0 or array.shape[1] == 0:
        what = "columns" if array.shape[1] == 0 else "rows"
        raise DataError(
            f"X has 0 {what}, shape {array.shape}",
            "at least one row and one column",
            "there is nothing to compute from",
            f"check the step that selects the {what}",
            shape=array.shape,
        )
