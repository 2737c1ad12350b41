"""Columns of numbers and of levels written into one C-contiguous matrix, all finite."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .errors import DataError

__all__ = ["Rows", "Source", "fill", "first_row", "in_batch", "missing_value"]

Rows: TypeAlias = NDArray[np.intp] | None
"""Positions of rows in a data frame; None for all of them."""

_BLOCK = 4096  # rows of X written together


class Source(NamedTuple):
    """What fills one column of X."""

    name: Any
    column: int
    values: NDArray[Any]  # numbers of all rows, or positions of levels in the rows taken
    level: int | None  # the position that becomes 1; None for numbers
    of_taken: bool = False  # numbers of the rows taken, not of all


def fill(X: NDArray[np.float64], group: list[Source], rows: Rows) -> None:
    """Write some columns of X (n, k), refusing what is not finite.

    Parameters
    ----------
    X : array of shape (n, k), written to
    group : what fills it, in ascending order of columns; with the columns between they are
        checked
    rows : positions of the n rows in ``values`` of numbers; None takes all

    Raises
    ------
    DataError
        For the first column with a missing or infinite value, naming its first row.

    Notes
    -----
    Row block by row block: X written column by column takes three times as long, as each
    column touches every cache line of it.
    """
    if not group:
        return
    counted = [source for source in group if source.level is None]
    for start in range(0, len(X), _BLOCK):
        stop = min(start + _BLOCK, len(X))
        taken = slice(start, stop) if rows is None else rows[start:stop]
        for source in group:
            if source.level is not None:
                X[start:stop, source.column] = source.values[start:stop] == source.level
            else:
                part = slice(start, stop) if source.of_taken else taken
                X[start:stop, source.column] = source.values[part]
        if not np.isfinite(X[start:stop, group[0].column : group[-1].column + 1]).all():
            for source in counted:
                _refuse_not_finite(source, rows)


def first_row(mask: NDArray[np.bool_], rows: Rows) -> int:
    """Return the position in the frame of the first row that a mask of taken rows marks."""
    place = int(np.argmax(mask))
    return place if rows is None else int(rows[place])


def missing_value(name: object, mask: NDArray[np.bool_], rows: Rows) -> DataError:
    """Say which column lacks a value, in which row first and in how many."""
    row = first_row(mask, rows)
    return DataError(
        f"column {name!r} has a missing value in row {row}{_total(int(mask.sum()))}",
        "a value in every row",
        "a row without it has no likelihood and no prediction",
        "drop those rows (complete_rows finds the others) or fill them",
        column=name,
        row=row,
        n_missing=int(mask.sum()),
    )


def _total(count: int) -> str:
    return f" ({count} rows in all)"


def in_batch(
    problem: DataError, remedy: str = 'leave such rows out with missing="drop", or fill them'
) -> DataError:
    """A missing value's error where the rows are one batch of many: their number is not known.

    Any other problem, and one told so already, as it is.
    """
    evidence = dict(problem.evidence)
    if "n_missing" not in evidence:
        return problem
    found = problem.found.replace(_total(evidence.pop("n_missing")), "", 1)
    return DataError(found, problem.expected, problem.meaning, remedy, **evidence)


def _refuse_not_finite(source: Source, rows: Rows) -> None:
    """DataError for the first missing, else the first infinite value, if there is any."""
    name = source.name
    values = source.values if rows is None or source.of_taken else source.values[rows]
    missing = np.isnan(values)
    if missing.any():
        raise missing_value(name, missing, rows)
    finite = np.isfinite(values)
    if not finite.all():
        row = first_row(~finite, rows)
        raise DataError(
            f"column {name!r} holds {values[np.argmin(finite)]} in row {row}",
            "finite numbers",
            "no linear predictor can be formed from infinity",
            "correct or drop that row",
            column=name,
            row=row,
        )
