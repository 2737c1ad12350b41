"""One number a row: weights, offsets, counts; and the search for the value that spoils a fit.

Nothing is changed, and nothing copied that is float64 already.
"""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError

__all__ = ["as_vector", "blame", "is_missing", "not_numeric", "object_numbers", "plain_array"]

Floats = NDArray[np.float64]
CHUNK = 1 << 16  # rows looked at together: their temporaries stay in the second-level cache

ENCODE = "encode it (Design.from_frame encodes categories) or drop it"
NO_PLACE = "it has no place in a linear predictor"
FEATURE = (NO_PLACE, ENCODE)
BESIDE = ("it cannot be counted or added up", "convert it to numbers")  # weights, offsets, counts


def plain_array(values: Any, name: str) -> NDArray[Any]:
    """The values as a plain ndarray: a view where they are one, whatever its subclass.

    Raises
    ------
    DataError
        Masked entries (a plain view would show what the mask hides), sparse matrices, ragged
        lists.
    """
    if type(values) is np.ndarray:
        return values
    if isinstance(values, np.ma.MaskedArray):
        return _unmasked(values, name)
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise DataError(
            f"{name} is a sparse matrix ({type(values).__name__})",
            "dense columns",
            "the kernels read every entry of every row",
            f"pass {name}.toarray() where that fits in memory",
        )
    try:
        array = np.asarray(values)
        if array.dtype.kind in "US" and isinstance(values, list | tuple):
            # NumPy has turned numbers, None and NaN beside text into text.
            array = np.array(values, dtype=object)
    except (TypeError, ValueError, RuntimeError) as problem:
        raise DataError(
            f"{name} cannot be read as an array: {problem}",
            "numbers in rows of equal length",
            "rows and columns are not clear",
            f"pass {name} as an array or a data frame",
        ) from problem
    return array


def _unmasked(values: np.ma.MaskedArray[Any, Any], name: str) -> NDArray[Any]:
    mask = np.ma.getmaskarray(values)
    if mask.any():
        at = tuple(int(i) for i in np.argwhere(mask)[0])
        column = f"x{at[1] + 1}" if len(at) == 2 else name
        raise DataError(
            f"column {column!r} is masked in row {at[0]} ({int(mask.sum())} masked values in all)",
            "a value in every row",
            "a row without it has no likelihood, and what the mask hides is no value",
            "drop these rows, or fill them with .filled(value)",
            column=column,
            row=at[0],
        )
    return np.asarray(values.data)


def as_vector(values: Any, n_rows: int, name: str) -> Floats:
    """A contiguous float64 vector of n_rows numbers; NaN and infinity are not looked for.

    Raises
    ------
    DataError
        Another shape than (n_rows,) or (n_rows, 1); values that are no real numbers.
    """
    array = plain_array(values, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 0 and array.dtype.kind not in "fiub":
        kind = type(values).__name__
        raise DataError(
            f"{name} is {values!r}" if isinstance(values, str) else f"{name} is a {kind}",
            f"{n_rows} numbers, one a row of X",
            "it cannot be matched with the rows",
            f"pass {name} as an array of length {n_rows}",
            value=values,
        )
    if array.ndim != 1 or len(array) != n_rows:
        raise DataError(
            f"{name} has shape {array.shape}",
            f"({n_rows},), one number a row of X",
            "rows and values cannot be matched",
            f"check that {name} and X come from the same rows",
            shape=array.shape,
        )
    if array.dtype.kind == "O":
        return object_numbers(array, name, BESIDE)
    if array.dtype.kind not in "fiub":
        raise not_numeric(array[0], array.dtype, name, BESIDE)
    with np.errstate(over="ignore"):  # a long double too large becomes inf, which `blame` finds
        return np.ascontiguousarray(array, dtype=np.float64)


def not_numeric(
    value: Any, dtype: np.dtype[Any], name: str, words: tuple[str, str] = FEATURE
) -> DataError:
    """What to raise for a column whose type holds no real numbers; value is that of row 0."""
    text = "the text is numbers: convert it with .astype(float); else " * (dtype.kind in "UST")
    return DataError(
        f"column {name!r} has type {dtype}: {str(value)!r:.60} in row 0",
        "real numbers (float, integer or boolean)",
        words[0],
        text.replace("the", "if the", 1) + words[1],
        column=name,
        row=0,
        dtype=str(dtype),
    )


def is_missing(value: Any) -> bool:
    """Whether a Python object stands for "no value": None, NaN, NaT, pandas.NA.

    >>> [is_missing(v) for v in (None, float("nan"), 0, "nan")]
    [True, True, False, False]
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | np.floating | np.datetime64) and bool(value != value)


def _is_real(kind: type) -> bool:
    # timedelta64 derives from NumPy's integers; text is never a number here, even "1.5".
    return issubclass(kind, numbers.Real | Decimal | np.bool_) and not issubclass(
        kind, np.timedelta64
    )


def object_numbers(values: NDArray[Any], name: str, words: tuple[str, str] = FEATURE) -> Floats:
    """A one-dimensional array of Python objects as float64, if they are numbers.

    >>> object_numbers(np.array([1, 2.5, True], dtype=object), "a")
    array([1. , 2.5, 1. ])

    Raises
    ------
    DataError
        For the first value that is none, with its column and row.
    """
    listed = values.tolist()
    wrong = {kind for kind in set(map(type, listed)) if not _is_real(kind)}
    if not wrong:
        try:
            return values.astype(np.float64)
        except (OverflowError, ValueError):
            wrong = {int, Decimal}  # a whole number beyond 1e308, or a signalling NaN
    row = next(i for i, v in enumerate(listed) if type(v) in wrong and not _fits(v))
    value = listed[row]
    missing = is_missing(value)
    raise DataError(
        f"column {name!r} holds {value!r:.60} ({type(value).__name__}) in row {row}",
        "a number in every row" if missing else "real numbers that fit a float64",
        "a row without it has no likelihood" if missing else words[0],
        "drop or fill these rows" if missing else words[1],
        column=name,
        row=row,
        value=value,
    )


def _fits(value: Any) -> bool:
    try:
        return _is_real(type(value)) and isinstance(float(value), float)
    except (OverflowError, ValueError):
        return False


def blame(X: NDArray[Any], names: tuple[str, ...], only_if_found: bool = False) -> None:
    """Raise a DataError for the first NaN or infinity, naming its column and row.

    With nothing found the largest value is named instead, as the sums overflowed, unless
    ``only_if_found``. Cost: a pass over X, in pieces.
    """
    peak, place = 0.0, (0, 0)
    for first in range(0, len(X), CHUNK):
        with np.errstate(over="ignore"):
            part = np.asarray(X[first : first + CHUNK], dtype=np.float64)
        bad = ~np.isfinite(part)
        if bad.any():
            row, column = (int(i) for i in np.argwhere(bad)[0])
            raise _not_finite(float(part[row, column]), names[column], first + row)
        if not only_if_found:
            at = int(np.abs(part).argmax())
            row, column = divmod(at, part.shape[1])
            if abs(part[row, column]) > peak:
                peak, place = abs(float(part[row, column])), (first + row, column)
    if not only_if_found:
        row, column = place
        raise DataError(
            f"column {names[column]!r} holds {float(X[row, column]):g} in row {row}, and the "
            "log-likelihood is not finite",
            "values whose products stay below 1e308",
            "the linear predictor overflows",
            "rescale or correct the column",
            column=names[column],
            row=row,
            value=float(X[row, column]),
        )


def _not_finite(value: float, column: str, row: int) -> DataError:
    word = "NaN (no value)" if value != value else f"{value}"
    return DataError(
        f"column {column!r} holds {word} in row {row}",
        "finite numbers",
        "this row has no likelihood and no probability, even at weight 0",
        "drop or fill such rows",
        column=column,
        row=row,
        value=value,
    )
