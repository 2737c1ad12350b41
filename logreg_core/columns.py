"""One column of any data frame as plain arrays: numbers, or codes into sorted levels.

Frames may be pandas (NumPy, nullable, categorical or Arrow-backed columns), polars, or PyArrow
tables. Columns of the latter two are turned to pandas one at a time through narwhals, so what
follows sees one kind of column, and never more than one column's copy exists. pandas and narwhals
are imported by whoever made the frame, or here only when such a frame comes in.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .errors import DataError, MissingDependencyError

__all__ = [
    "Level",
    "Table",
    "absent_column",
    "in_order",
    "is_categorical",
    "level_codes",
    "listed",
    "missing_mask",
    "numbers",
    "too_many_levels",
]

Level: TypeAlias = str | int | float | bool
"""One value of a categorical column, as plain Python."""

_MAX_LISTED = 12
_REAL = (int, float, np.integer, np.floating, np.bool_)


def listed(names: Iterable[object]) -> str:
    """Write names as one line for a message, the rest of a long list as a count."""
    everything = [repr(name) for name in names]
    shown = ", ".join(everything[:_MAX_LISTED])
    rest = len(everything) - _MAX_LISTED
    return f"{shown} and {rest} more" if rest > 0 else shown or "none"


def absent_column(name: object, existing: Sequence[object], where: str) -> DataError:
    """Say that a column is not there, which ones are, and which one may have been meant."""
    close = difflib.get_close_matches(str(name), [str(other) for other in existing], n=1)
    remedy = f"did you mean {close[0]!r}?" if close else "name a column that is there"
    return DataError(
        f"{where} has no column {name!r}",
        f"one of its columns: {listed(existing)}",
        "the design cannot be built without it",
        remedy,
        column=name,
    )


class Table:
    """A data frame whose columns can be had by name as pandas Series; it copies nothing itself.

    Raises
    ------
    DataError
        When ``frame`` is no table that narwhals or Arrow knows; a lazy one is collected, once.
    """

    def __init__(self, frame: object) -> None:
        pandas = sys.modules.get("pandas")
        self._pandas: Any = None
        self._other: Any = None
        if pandas is not None and isinstance(frame, pandas.DataFrame):
            self._pandas = frame
            self.names: tuple[object, ...] = tuple(self._pandas.columns)
        else:
            self._other = _eager(frame)
            self.names = tuple(self._other.columns)
        self._codes: dict[object, tuple[NDArray[np.int32], tuple[Level, ...]]] = {}
        self._places: dict[object, list[int]] = {}
        for place, name in enumerate(self.names):
            self._places.setdefault(name, []).append(place)
        self.n_rows: int = len(self._pandas if self._other is None else self._other)

    def column(self, name: object) -> Any:
        """Return one column as a pandas Series.

        Raises
        ------
        DataError
            When no column, or more than one, has this name.
        MissingDependencyError
            When a column can only be converted by pyarrow and it is not installed.
        """
        places = self._places.get(name)
        if not places:
            raise absent_column(name, self.names, "the data frame")
        if len(places) > 1:
            raise DataError(
                f"{len(places)} columns are named {name!r} (at positions {listed(places)})",
                "one column of that name",
                "it is not clear which one is meant",
                "rename or drop the others",
                column=name,
            )
        if self._pandas is not None:
            return self._pandas.iloc[:, places[0]]
        try:
            column = self._other.get_column(name)
            native = column.to_native()
            if str(getattr(native, "type", "")).startswith("dictionary"):
                # pandas.Series(native), which narwhals calls, fills gaps with some other level
                return native.to_pandas().rename(name)
            return column.to_pandas()
        except ModuleNotFoundError as problem:
            raise MissingDependencyError(
                f"column {name!r} of this frame cannot be converted: {problem}",
                "pyarrow to be installed",
                "polars hands its columns over through it",
                "pip install pyarrow",
            ) from problem

    def codes(
        self, name: object, max_levels: int | None = None
    ) -> tuple[NDArray[np.int32], tuple[Level, ...]]:
        """Return ``level_codes`` of one column, formed at the first call and then kept."""
        if name not in self._codes:
            self._codes[name] = level_codes(self.column(name), max_levels)
        return self._codes[name]

    def used_levels(self, name: object, rows: Any, max_levels: int) -> tuple[Level, ...]:
        """The sorted values that a column holds in some rows; an error where it holds too many."""
        codes, every = self.codes(name, max_levels)
        used = np.bincount(codes[rows], minlength=len(every))
        return tuple(level for level, count in zip(every, used, strict=True) if count)


def _eager(frame: object) -> Any:
    import narwhals

    try:
        known: Any = narwhals.from_native(frame)  # type: ignore[type-var]
        return known.collect() if isinstance(known, narwhals.LazyFrame) else known
    except TypeError as problem:
        if hasattr(type(frame), "__arrow_c_stream__") and not hasattr(type(frame), "dtype"):
            return narwhals.from_arrow(frame, backend="pyarrow")  # type: ignore[arg-type]
        kind = f"{type(frame).__module__.partition('.')[0]}.{type(frame).__name__}"
        raise DataError(
            f"a {kind} was given as data frame",
            "a pandas or polars frame, a pyarrow Table, or what offers Arrow's stream interface",
            "its columns cannot be had by name",
            "put an array into a DataFrame with column names",
        ) from problem


def is_categorical(series: Any) -> bool:
    """Tell whether a column holds text or categories (True) or numbers and truth values (False).

    Raises
    ------
    DataError
        When it is neither: dates, durations, complex numbers, nested or mixed objects.
    """
    dtype = series.dtype
    if hasattr(dtype, "categories"):
        return True
    kind = getattr(dtype, "kind", "O")
    if kind in "iufb":
        return False
    if kind in "OUS" and not hasattr(dtype, "freq"):
        types = _object_types(series)
        if types <= {str}:
            return bool(types)  # a column of nothing but missing values counts as numbers
        if types <= {bool, np.bool_} or (not types & {bool, np.bool_} and _are(types, _REAL)):
            return False
        if not _are(types, (str, *_REAL)):
            raise _unusable_type(series, types)
        names = sorted({kind.__name__ for kind in types})
        raise DataError(
            f"column {series.name!r} holds values of several types ({', '.join(names)})",
            "text only, or numbers only",
            "'1' and 1 would count as two different levels",
            f"convert it: frame[{series.name!r}].astype(str), or pandas.to_numeric",
            column=series.name,
        )
    raise _unusable_type(series)


def _are(types: set[type], parents: tuple[type, ...]) -> bool:
    return all(issubclass(kind, parents) for kind in types)


def _object_types(series: Any) -> set[type]:
    if str(series.dtype) in ("str", "string") or str(series.dtype).startswith("string["):
        return {str}
    # tolist() of an object column hands out the objects themselves; missing ones are left out.
    return set(map(type, series[series.notna()].tolist()))


def _unusable_type(series: Any, types: Iterable[type] = ()) -> DataError:
    """Say that a column of this type can be no feature."""
    inside = ", ".join(sorted(kind.__name__ for kind in types))
    return DataError(
        f"column {series.name!r} has type {series.dtype}" + (f" holding {inside}" * bool(inside)),
        "numbers, truth values, text or categories",
        "it has no place in a linear predictor as it is",
        "encode it or drop it",
        column=series.name,
        dtype=str(series.dtype),
    )


def numbers(series: Any) -> NDArray[Any]:
    """Return a numeric column as an array, NaN where a value is missing.

    Parameters
    ----------
    series : pandas Series of ``n`` numbers or truth values.

    Returns
    -------
    ndarray of shape (n,), in the unit of the column; the column's own memory wherever possible,
    so it must not be written to.
    """
    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iufb":
        return series.to_numpy()  # type: ignore[no-any-return]
    return series.to_numpy(dtype=np.float64, na_value=np.nan)  # type: ignore[no-any-return]


def missing_mask(series: Any) -> NDArray[np.bool_]:
    """Tell for each of ``n`` rows whether its value is missing (null, None, NaN, NaT)."""
    # A nullable Float64 can hold NaN beside NA, and isna() sees only the latter.
    if getattr(series.dtype, "kind", "O") == "f":
        return np.isnan(numbers(series))  # type: ignore[no-any-return]
    return series.isna().to_numpy(dtype=bool)  # type: ignore[no-any-return]


def level_codes(
    series: Any, max_levels: int | None = None
) -> tuple[NDArray[np.int32], tuple[Level, ...]]:
    """Number the rows of a column by its sorted distinct values.

    Parameters
    ----------
    series : pandas Series of ``n`` values of one type.
    max_levels : more distinct values than this are an error (their list would be of no use).

    Returns
    -------
    codes : int32 array of shape (n,); -1 where missing
    levels : the distinct values, sorted; ``levels[code]`` is a row's value

    Raises
    ------
    DataError
        When values cannot be told apart (lists), are not text or numbers, or are too many.
    """
    try:
        raw, distinct = _factorize(series)
    except TypeError as problem:
        raise _unusable_type(series) from problem
    if max_levels is not None and len(distinct) > max_levels:
        raise too_many_levels(series.name, len(distinct), len(raw), max_levels)
    values = [_plain(value) for value in distinct]
    if not all(isinstance(value, str | int | float) for value in values):
        raise _unusable_type(series, {type(value) for value in values})
    order = in_order(values)
    renumber = np.full(len(values) + 1, -1, dtype=np.int32)  # code -1 reads the last place
    renumber[order] = np.arange(len(values), dtype=np.int32)
    return renumber[raw], tuple(values[i] for i in order)


def in_order(values: Sequence[Any]) -> list[int]:
    """Positions of levels in sort order: numbers before text."""
    return sorted(range(len(values)), key=lambda i: (isinstance(values[i], str), values[i]))


def too_many_levels(name: object, n_levels: int, n_rows: int, most: int) -> DataError:
    """Say that a column is no category."""
    return DataError(
        f"column {name!r} has {n_levels} different values in {n_rows} rows",
        f"a category of at most {most} levels",
        "each level would take a column of its own; this looks like an id, or free text",
        "leave it out of features, or group its values first",
        column=name,
        n_levels=n_levels,
    )


def _factorize(series: Any) -> tuple[NDArray[Any], list[Any]]:
    """Codes and distinct values in any order; -1 where missing."""
    if not hasattr(series.dtype, "categories"):
        raw, distinct = series.factorize()
        return raw, distinct.tolist()
    raw = series.cat.codes.to_numpy()
    counts = np.bincount(raw[raw >= 0], minlength=len(series.cat.categories))
    used = np.flatnonzero(counts)  # a category that no row has is no level
    renumber = np.full(len(counts) + 1, -1, dtype=np.int64)
    renumber[used] = np.arange(len(used))
    return renumber[raw], series.cat.categories[used].tolist()


def _plain(value: Any) -> Any:
    """Plain Python values; 2.0 becomes 2, because missing values turn whole numbers to floats."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
