"""What a user passes, as the plain arrays the rest works on; nothing is changed or copied whole.

Columns and outcomes come as NumPy arrays, sequences, or frames of pandas, polars or Arrow. Values
are not searched here for NaN and infinity: they show up in the sums of the first pass, and only
then is the culprit looked for (`blame`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import DataError

__all__ = ["Outcome", "as_counts", "as_matrix", "as_outcome", "as_vector", "blame"]

Floats = NDArray[np.float64]
CHUNK = 1 << 16


def as_matrix(X: Any) -> tuple[NDArray[Any], tuple[str, ...]]:
    """X as a real (n, columns) array, a view where it is one already, and its column names."""
    if not isinstance(X, np.ndarray) and _is_frame(X):
        return _frame_matrix(X)
    if hasattr(X, "toarray") and hasattr(X, "nnz"):
        raise DataError(
            f"X is a sparse matrix ({type(X).__name__})",
            "dense columns",
            "the kernels read every entry of every row",
            "pass X.toarray() where that fits in memory",
        )
    array = np.asarray(X)
    _check_shape(array)
    if array.dtype.kind == "O":
        array = _objects(array)
    _check_kind(array.dtype, "X")
    return array, tuple(f"x{j + 1}" for j in range(array.shape[1]))


def _objects(array: NDArray[Any]) -> NDArray[Any]:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError) as problem:
        for column in range(array.shape[1]):
            for row, value in enumerate(array[:, column]):
                if not isinstance(value, (int, float, np.number, np.bool_)):
                    raise DataError(
                        f"column 'x{column + 1}' holds {value!r} ({type(value).__name__}) "
                        f"in row {row}",
                        "numbers",
                        "it has no place in a linear predictor",
                        "encode it (Design.from_frame does) or drop it",
                        column=f"x{column + 1}",
                        row=row,
                    ) from problem
        raise


def _check_shape(array: NDArray[Any]) -> None:
    if array.ndim != 2:
        raise DataError(
            f"X has {array.ndim} dimension{'s' * (array.ndim != 1)}, shape {array.shape}",
            "2 dimensions: a row an observation, a column a feature",
            "it is not clear which numbers belong to one observation",
            "use X.reshape(-1, 1) for a single column, X.reshape(1, -1) for a single row",
            shape=array.shape,
        )
    if array.shape[0] == 0 or array.shape[1] == 0:
        what = "rows" if array.shape[0] == 0 else "columns"
        raise DataError(
            f"X has 0 {what}, shape {array.shape}",
            "at least one row and one column",
            "there is nothing to fit",
            f"check the step that selects the {what}",
            shape=array.shape,
        )


def _check_kind(dtype: np.dtype[Any], name: str) -> None:
    if dtype.kind not in "fiub":
        raise DataError(
            f"{name} has type {dtype}",
            "real numbers (float, integer or boolean)",
            "it has no place in a linear predictor",
            "encode it (Design.from_frame encodes categories) or drop it",
            dtype=str(dtype),
        )


def _is_frame(X: Any) -> bool:
    return hasattr(X, "columns") or hasattr(X, "column_names") or hasattr(X, "__arrow_c_stream__")


def _frame_matrix(X: Any) -> tuple[NDArray[Any], tuple[str, ...]]:
    names = _frame_names(X)
    kinds = getattr(X, "dtypes", None)
    if type(X).__module__.startswith("pandas") and all(k == np.float64 for k in kinds.to_numpy()):
        array = X.to_numpy()
        _check_shape(array)
        return array, names
    columns = [_frame_column(values, name) for name, values in zip(names, _columns(X), strict=True)]
    if not columns or not len(columns[0]):
        _check_shape(np.empty((0 if columns else 1, len(columns))))
    array = np.empty((len(columns[0]), len(columns)), order="F")
    for j, column in enumerate(columns):
        array[:, j] = column
    return array, names


def _frame_names(X: Any) -> tuple[str, ...]:
    labels = X.column_names if hasattr(X, "column_names") else getattr(X, "columns", None)
    if labels is None or callable(labels) or not all(isinstance(n, str) for n in labels):
        if hasattr(X, "schema") and not hasattr(X, "dtypes"):
            labels = X.schema.names
    return tuple(str(label) for label in labels)


def _columns(X: Any) -> list[Any]:
    """Columns by position: names may repeat in pandas."""
    if hasattr(X, "iloc"):
        return [X.iloc[:, j] for j in range(X.shape[1])]
    import narwhals as nw

    frame = nw.from_native(X)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    return [frame[name].to_native() for name in frame.columns]


def _frame_column(values: Any, name: str) -> Floats:
    import narwhals as nw

    series = nw.from_native(values, series_only=True)
    if not (series.dtype.is_numeric() or series.dtype == nw.Boolean):
        native = getattr(values, "dtype", None) or getattr(values, "type", series.dtype)
        raise DataError(
            f"column {name!r} has type {native}",
            "numbers",
            "it has no place in a linear predictor",
            "encode it (Design.from_frame encodes categories) or drop it",
            column=name,
            dtype=str(native),
        )
    if hasattr(values, "to_numpy") and hasattr(values, "iloc"):
        return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)


def as_vector(values: Any, n_rows: int, name: str) -> Floats:
    """A float64 vector of n_rows, by name in messages."""
    array = np.asarray(values)
    if array.ndim == 2 and 1 in array.shape:
        array = array.reshape(-1)
    if array.ndim != 1 or len(array) != n_rows:
        raise DataError(
            f"{name} has shape {array.shape}",
            f"({n_rows},), one number a row of X",
            "rows and values cannot be matched",
            f"check that {name} and X come from the same rows",
            shape=array.shape,
        )
    if array.dtype.kind == "O":
        array = _objects(array.reshape(-1, 1)).reshape(-1)
    _check_kind(array.dtype, name)
    return np.ascontiguousarray(array, dtype=np.float64)


class Outcome(NamedTuple):
    """codes (n,) uint8, 1 for the positive class; classes (negative, positive)."""

    codes: NDArray[np.uint8]
    classes: tuple[Any, Any]


def as_outcome(y: Any, n_rows: int) -> Outcome:
    """y as 0/1. Any two labels will do; the positive one is the last in sort order."""
    array = np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array.reshape(-1)
    if array.ndim != 1 or len(array) != n_rows:
        raise DataError(
            f"y has shape {array.shape}",
            f"({n_rows},), one outcome a row of X",
            "rows and outcomes cannot be matched",
            "check that X and y come from the same rows",
            shape=array.shape,
        )
    if array.dtype.kind == "b":
        low, high = False, True
    elif array.dtype.kind in "fiu":
        low, high = array.min(), array.max()
        if array.dtype.kind == "f" and not (np.isfinite(low) and np.isfinite(high)):
            blame(array.reshape(-1, 1), ("y",))
    else:
        return _labels(array)
    codes = np.empty(n_rows, np.uint8)
    for first in range(0, n_rows, CHUNK):
        part = array[first : first + CHUNK]
        top = part == high
        if not (top | (part == low)).all():
            raise _not_binary(np.unique(array))
        codes[first : first + CHUNK] = top
    if low == high or (array.dtype.kind == "b" and not 0 < int(codes.sum()) < n_rows):
        raise _not_binary(np.unique(array))
    return Outcome(codes, (low, high) if array.dtype.kind == "b" else (low.item(), high.item()))


def _labels(array: NDArray[Any]) -> Outcome:
    missing = [row for row, v in enumerate(array) if v is None or v != v] if _odd(array) else []
    if missing:
        raise DataError(
            f"y holds {array[missing[0]]!r} in row {missing[0]} ({len(missing)} such rows)",
            "an outcome in every row",
            "its rows have no likelihood",
            "drop these rows from X and y",
            column="y",
            row=missing[0],
        )
    classes = sorted(set(array.tolist()), key=lambda v: (str(type(v)), v))
    if len(classes) != 2:
        raise _not_binary(np.asarray(classes, dtype=object))
    return Outcome((array == classes[1]).astype(np.uint8), (classes[0], classes[1]))


def _odd(array: NDArray[Any]) -> bool:
    return array.dtype.kind == "O"


def _not_binary(classes: NDArray[Any]) -> DataError:
    shown = ", ".join(str(c) for c in classes[:5].tolist()) + (", ..." if len(classes) > 5 else "")
    one = len(classes) == 1
    return DataError(
        f"y has {len(classes)} class{'es' * (not one)}: {shown}",
        "exactly two classes",
        "there is nothing to tell apart" if one else "this is not a binary outcome",
        "check the rows selected" if one else "choose one class against the rest, y = (y == value)",
        classes=tuple(classes[:20].tolist()),
    )


def as_counts(y: Any, n_trials: Any, n_rows: int) -> tuple[Floats, Floats]:
    """Successes and failures of each row from successes and numbers of trials."""
    success = as_vector(y, n_rows, "y")
    trials = as_vector(np.broadcast_to(n_trials, n_rows), n_rows, "n_trials")
    blame(np.column_stack([success, trials]), ("y", "n_trials"), only_if_found=True)
    failure = trials - success
    wrong = np.flatnonzero((success < 0) | (failure < 0))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"y = {success[row]:g} of n_trials = {trials[row]:g} in row {row}",
            "0 <= y <= n_trials",
            "successes cannot be negative or more than the trials",
            "check the two columns",
            row=row,
        )
    return success, failure


def blame(X: NDArray[Any], names: tuple[str, ...], only_if_found: bool = False) -> None:
    """Raise a DataError for the first NaN or infinity, naming its column and row."""
    for first in range(0, len(X), CHUNK):
        bad = ~np.isfinite(np.asarray(X[first : first + CHUNK], dtype=np.float64))
        if bad.any():
            row, column = (int(i) for i in np.argwhere(bad)[0])
            value = X[first + row, column]
            word = "NaN" if value != value else f"{float(value)}"
            raise DataError(
                f"column {names[column]!r} holds {word} in row {first + row}",
                "finite numbers",
                "its rows have no likelihood",
                "drop or fill these rows before the fit",
                column=names[column],
                row=first + row,
            )
    if not only_if_found:
        raise DataError(
            "the log-likelihood is not finite although every value is",
            "values whose products stay below 1e308",
            "the linear predictor overflows",
            "rescale the columns",
        )
