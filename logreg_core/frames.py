"""A data frame of numbers as one matrix and its names; no frame library is imported for it.

pandas (NumPy, nullable and Arrow-backed columns), PyArrow tables and record batches, polars (a
LazyFrame is collected), and whatever else narwhals knows or offers Arrow's stream interface.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .row_sources import ColumnRows
from .vectors import ENCODE, NO_PLACE, object_numbers

__all__ = ["frame_matrix", "is_frame"]

MOST_COPIED = 1 << 23  # entries: up to 64 MB one copy is cheaper than gathering in every pass


def is_frame(X: Any) -> bool:
    """Whether X has named columns (a Series, whose stream holds one column, has not).

    >>> is_frame([[1.0]])
    False
    """
    if isinstance(X, np.ndarray | list | tuple):
        return False
    kind = type(X)  # a frame's own attributes may be its columns, or cost a query (LazyFrame)
    if hasattr(kind, "columns") or hasattr(kind, "iloc"):
        return getattr(X, "ndim", 2) == 2 if hasattr(kind, "ndim") else True
    streams = hasattr(kind, "__arrow_c_stream__")
    return streams and not hasattr(kind, "dtype") and not hasattr(kind, "type")


def frame_matrix(X: Any) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The columns as a real (n, columns) array, and their names as text.

    A view of a pandas frame whose columns are one NumPy block; else, up to 64 MB, one new C-ordered
    float64 matrix, and beyond that a `ColumnRows`, which reads the columns where they lie. Missing
    values are NaN. Names may repeat.

    Raises
    ------
    DataError
        For the first column that holds no numbers, with its type.
    """
    names, column = _columns(X)
    if not names:
        return np.empty((len(X), 0)), ()
    if _one_block(X):
        return X.to_numpy(), names
    rows: Any = ColumnRows([_numbers(column(j), name) for j, name in enumerate(names)], names)
    return (rows if rows.size > MOST_COPIED else rows[:]), names


def _one_block(X: Any) -> bool:
    """Whether a pandas frame is one block of numbers, which it hands over as a view."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(X, pandas.DataFrame):
        return False
    dtypes = set(X.dtypes.to_numpy())
    kind = dtypes.pop()
    return not dtypes and isinstance(kind, np.dtype) and kind.kind in "fiub"


def _columns(X: Any) -> tuple[tuple[str, ...], Callable[[int], Any]]:
    """Names, and what fetches each column by its position: names may repeat."""
    labels: Any
    fetch: Callable[[int], Any]
    if hasattr(type(X), "iloc"):
        labels, fetch = X.columns, lambda j: X.iloc[:, j]
    elif hasattr(type(X), "column") and hasattr(type(X), "schema"):
        labels, fetch = X.schema.names, X.column  # PyArrow
    else:
        frame = _eager(X)
        labels, fetch = frame.columns, lambda j: frame[frame.columns[j]].to_native()
    # lone surrogates are no text that a file, a terminal or an Arrow-backed index could hold
    texts = (str(label).encode("utf-8", "backslashreplace").decode() for label in labels)
    return tuple(texts), fetch


def _eager(X: Any) -> Any:
    import narwhals as nw

    kind = f"{type(X).__module__.partition('.')[0]}.{type(X).__name__}"
    try:
        return nw.from_native(X, eager_only=True)
    except TypeError as refused:
        if nw.dependencies.is_polars_lazyframe(X):
            return nw.from_native(X).collect()  # once a fit, in the order of its rows
        if hasattr(X, "__arrow_c_stream__"):
            return nw.from_arrow(X, backend="pyarrow")
        raise DataError(
            f"X is a {kind}",
            "an array, or a pandas, polars or PyArrow table held in memory",
            "its rows cannot be passed over again and again",
            "collect() or convert it, or use a block source",
        ) from refused


def _numbers(values: Any, name: str) -> NDArray[Any]:
    """One column as numbers, NaN where a value is missing; its own memory where possible."""
    if hasattr(values, "iloc"):
        dtype = values.dtype
        if isinstance(dtype, np.dtype):
            if dtype.kind == "O":
                return object_numbers(values.to_numpy(), name)
            if dtype.kind in "fiub":
                return np.asarray(values.to_numpy())
    import narwhals as nw

    try:
        series = nw.from_native(values, series_only=True)
    except TypeError:  # a plain Arrow array, from a record batch
        series = nw.new_series("", values.to_pylist(), backend=sys.modules["pyarrow"])
    if not (series.dtype.is_numeric() or series.dtype == nw.Boolean):
        raise _not_numeric(values, series, name)
    if hasattr(values, "iloc"):
        return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)


def _not_numeric(values: Any, series: Any, name: str) -> DataError:
    native = next(
        (t for t in (getattr(values, a, None) for a in ("dtype", "type")) if t is not None),
        series.dtype,
    )
    sparse = str(native).startswith("Sparse")
    return DataError(
        f"column {name!r} has type {native}",
        "real numbers (float, integer or boolean)",
        "the kernels read every entry of every row" if sparse else NO_PLACE,
        "convert it with .sparse.to_dense()" if sparse else ENCODE,
        column=name,
        dtype=str(native),
    )
