"""The outcomes of rows that come in batches: their two classes, and each row's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .outcomes import as_outcome
from .vectors import is_missing, plain_array

__all__ = ["ClassesSeen", "outcome_codes"]

ENOUGH = 6  # different values: two too many, and a few for the message


class ClassesSeen:
    """The different labels of some batches.

    >>> seen = ClassesSeen()
    >>> seen.see(np.array(["no", "no"]), 2)
    >>> seen.see(["yes"], 1)
    >>> seen.classes
    ('no', 'yes')
    """

    def __init__(self) -> None:
        self._found: dict[Any, None] = {}

    def see(self, y: Any, m: int) -> None:
        """Take the outcomes of m rows.

        Raises
        ------
        DataError
            Another shape; a missing value, with its row among these.
        """
        array = _vector(y, m)
        missing = _first_missing(array)
        if missing is not None:
            raise _missing(array, missing)
        if array.dtype.kind not in "fiub":
            self._found.update(dict.fromkeys(array.tolist()))
            return
        for label in self._found:
            array = array[array != label]
        while array.size and len(self._found) < ENOUGH:
            label = array[0].item()
            self._found[label] = None
            array = array[array != label]

    @property
    def classes(self) -> tuple[Any, Any]:
        """The negative and the positive one: see `outcomes.as_outcome`, also for its errors."""
        labels = list(self._found)
        plain = all(isinstance(label, bool | int | float) for label in labels)
        given = np.array(labels, dtype=None if plain else object)
        return as_outcome(given, len(given)).classes


def outcome_codes(y: Any, m: int, classes: tuple[Any, Any]) -> NDArray[np.uint8]:
    """(m,) 1 for the positive class of the two, the last.

    Raises
    ------
    DataError
        Another shape; a value that is missing or neither class, with its row among these.

    Examples
    --------
    >>> outcome_codes([2, 1, 2], 3, (1, 2))
    array([1, 0, 1], dtype=uint8)
    """
    array = _vector(y, m)
    positive = np.asarray(array == classes[1])
    known = positive | np.asarray(array == classes[0])
    if known.all():
        return positive.astype(np.uint8)
    row = _first_missing(array)
    if row is not None:
        raise _missing(array, row)
    row = int(np.argmin(known))
    value = array[row].item() if isinstance(array[row], np.generic) else array[row]
    raise DataError(
        f"y holds {value!r:.60} in row {row}",
        f"{classes[0]!r} or {classes[1]!r}",
        "the row belongs to neither class",
        "select the rows of two classes, or choose one against the rest, y = (y == value)",
        column="y",
        row=row,
        value=value,
    )


def _vector(y: Any, m: int) -> NDArray[Any]:
    array = plain_array(y, "y")
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or len(array) != m:
        raise DataError(
            f"y has shape {array.shape}" if array.ndim else f"y is a {type(y).__name__}",
            f"({m},), one outcome a row of X",
            "rows and outcomes cannot be matched",
            "check how the batches are made",
            shape=array.shape,
        )
    return array


def _first_missing(array: NDArray[Any]) -> int | None:
    if array.dtype.kind == "f":
        gone = np.isnan(array)
    elif array.dtype.kind == "O":
        gone = np.array([is_missing(value) for value in array.tolist()], dtype=bool)
    else:
        return None
    return int(gone.argmax()) if gone.any() else None


def _missing(array: NDArray[Any], row: int) -> DataError:
    return DataError(
        f"y holds {array[row]!r} in row {row}",
        "an outcome in every row",
        "a row without it has no likelihood",
        "drop these rows from X and y",
        column="y",
        row=row,
    )
