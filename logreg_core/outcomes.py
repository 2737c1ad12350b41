"""The outcome as 0 and 1, or as counts of successes and failures.

Any two labels will do; the positive class is the last in sort order, which for an ordered
Categorical too is the order of its values, as in `Design`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .vectors import CHUNK, as_vector, blame, is_missing, plain_array

__all__ = ["Outcome", "as_counts", "as_outcome"]

Floats = NDArray[np.float64]


class Outcome(NamedTuple):
    """codes (n,) uint8, 1 for the positive class; classes (negative, positive)."""

    codes: NDArray[np.uint8]
    classes: tuple[Any, Any]


def as_outcome(y: Any, n_rows: int) -> Outcome:
    """Which class does each row belong to? One pass over y, in pieces.

    Parameters
    ----------
    y : (n_rows,) or (n_rows, 1) numbers, truth values or text, with two distinct values.

    Raises
    ------
    DataError
        Another shape, a missing value, other than two classes, labels that are neither numbers
        nor text, or both.

    Examples
    --------
    >>> as_outcome(["yes", "no", "yes"], 3)
    Outcome(codes=array([1, 0, 1], dtype=uint8), classes=('no', 'yes'))
    """
    array = plain_array(y, "y")
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or len(array) != n_rows:
        raise DataError(
            f"y has shape {array.shape}" if array.ndim else f"y is a {type(y).__name__}",
            f"({n_rows},), one outcome a row of X",
            "rows and outcomes cannot be matched",
            "check that X and y come from the same rows",
            shape=array.shape,
        )
    if array.dtype.kind in "fiub":
        return _numeric(array)
    if array.dtype.kind in "OUT":
        return _labels(array)
    raise DataError(
        f"y has type {array.dtype}, {str(array[0])!r:.60} in row 0",
        "two numbers, truth values or texts",
        "values of this type are no labels of classes",
        "choose one class against the rest, y = (y == value), or decode bytes by y.astype(str)",
        column="y",
        row=0,
        dtype=str(array.dtype),
    )


def _numeric(array: NDArray[Any]) -> Outcome:
    """Whatever differs from the first value has to equal the second."""
    codes = np.empty(len(array), np.uint8)
    same = np.empty(min(CHUNK, len(array)), np.bool_)
    one, other = array[0], None
    for first in range(0, len(array), CHUNK):
        part = array[first : first + CHUNK]
        differs = codes[first : first + CHUNK].view(np.bool_)
        np.not_equal(part, one, out=differs)
        if other is None:
            at = int(differs.argmax())
            if not differs[at]:
                continue
            other = part[at]
        np.equal(part, other, out=same[: len(part)])
        if differs.tobytes() != same[: len(part)].tobytes():
            blame(array[:, None], ("y",), only_if_found=True)
            raise _not_binary(np.unique(array).tolist())
    classes = [one] if other is None else sorted((one, other))
    if not all(np.isfinite(value) for value in classes):
        blame(array[:, None], ("y",), only_if_found=True)
    if other is None:
        raise _not_binary([one.item()])
    if classes[0] is other:
        np.logical_not(codes, out=codes.view(np.bool_))
    low, high = (float(c) if array.dtype.kind == "f" else c.item() for c in classes)
    return Outcome(codes, (low, high))


def _labels(array: NDArray[Any]) -> Outcome:
    """Text, or Python objects: the few distinct ones are checked, not every row."""
    values = array.tolist()
    try:
        distinct = set(values)
    except TypeError:
        distinct = {None}  # lists and the like: the search below names the first
    kinds = {_kind(value) for value in distinct}
    if not kinds <= {"text"} and not kinds <= {"number"}:
        raise _not_labels(values, kinds)
    classes = sorted(distinct)
    if len(classes) != 2:
        raise _not_binary(classes)
    codes = np.asarray(array == classes[1]).astype(np.uint8)
    negative, positive = (c.item() if isinstance(c, np.generic) else c for c in classes)
    return Outcome(codes, (negative, positive))


def _kind(value: Any) -> str:
    if is_missing(value):
        return "missing"
    if isinstance(value, str):
        return "text"
    real = isinstance(value, bool | int | float | np.bool_ | np.integer | np.floating)
    return "number" if real and not isinstance(value, np.timedelta64) else type(value).__name__


def _not_labels(values: list[Any], kinds: set[str]) -> DataError:
    def first(good: tuple[str, ...]) -> int | None:
        return next((i for i, v in enumerate(values) if _kind(v) not in good), None)

    row = next((i for i, v in enumerate(values) if is_missing(v)), None)
    if row is not None:
        count = sum(map(is_missing, values))
        return DataError(
            f"y holds {values[row]!r} in row {row} ({count} missing values in all)",
            "an outcome in every row",
            "a row without it has no likelihood",
            "drop these rows from X and y",
            column="y",
            row=row,
        )
    row = first(("text", "number"))
    if row is not None:
        found = f"y holds {values[row]!r:.60} ({type(values[row]).__name__}) in row {row}"
    else:
        row = first((_kind(values[0]),)) or 0
        found = f"y holds {values[0]!r:.60} in row 0 and {values[row]!r:.60} in row {row}"
    return DataError(
        found,
        "two numbers, truth values or texts",
        "it is not clear which labels are the same class",
        "choose one class against the rest, y = (y == value), or convert with astype",
        column="y",
        row=row,
    )


def _not_binary(classes: list[Any]) -> DataError:
    shown = ", ".join(f"{c!r:.40}" for c in classes[:5]) + (" and more" if len(classes) > 5 else "")
    one = len(classes) == 1
    fractions = any(isinstance(c, float) and not c.is_integer() for c in classes)
    if not one and fractions:
        found = f"y is continuous: {len(classes)} different values, {shown}"
        remedy = "choose a threshold, y = (y > value); counts of successes need n_trials"
    else:
        found = f"y has {len(classes)} class{'es' * (not one)}: {shown}"
        remedy = "check the rows selected" if one else "choose one class, y = (y == value)"
    return DataError(
        found,
        "exactly two classes",
        "there is nothing to tell apart" if one else "this is not a binary outcome",
        remedy,
        column="y",
        classes=tuple(classes[:20]),
    )


def as_counts(y: Any, n_trials: Any, n_rows: int) -> tuple[Floats, Floats]:
    """Successes and failures of each row, from successes and numbers of trials.

    Parameters
    ----------
    y : (n_rows,) whole numbers of successes.
    n_trials : (n_rows,) whole numbers of trials, or one for all; a row of 0 trials counts nothing.

    Raises
    ------
    DataError
        Other than 0 <= y <= n_trials, or numbers that are not whole: for fractions of a row use
        0/1 outcomes and sample_weight.

    Examples
    --------
    >>> as_counts([1, 3], 4, 2)
    (array([1., 3.]), array([3., 1.]))
    """
    success = as_vector(y, n_rows, "y")
    single = isinstance(n_trials, int | float | np.number)
    trials = as_vector(np.full(n_rows, n_trials) if single else n_trials, n_rows, "n_trials")
    for values, name in ((success, "y"), (trials, "n_trials")):
        blame(values[:, None], (name,), only_if_found=True)
    failure = trials - success
    impossible = (success < 0) | (failure < 0)
    broken = (success != np.floor(success)) | (trials != np.floor(trials))
    wrong = impossible | broken
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            f"y = {success[row]:g} of n_trials = {trials[row]:g} in row {row}",
            "whole numbers, 0 <= y <= n_trials",
            "successes cannot be negative or more than the trials"
            if impossible[row]
            else "part of a trial has no binomial probability",
            "check the two columns; proportions have to be multiplied by n_trials",
            column="y",
            row=row,
        )
    return success, failure
