"""Which levels a category has, which is its reference, and which class is the positive one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Level, Table, is_categorical, listed
from .errors import DataError

__all__ = ["MOST_LEVELS", "choose_classes", "choose_levels"]

# More levels than this, or than half the rows, and a column is an id or free text, not a category.
MOST_LEVELS = 1000
_FEW_LEVELS = 20  # never refused, however few the rows: small examples must work


def choose_levels(
    table: Table | Any,
    name: object,
    rows: NDArray[np.intp] | range,
    as_category: bool,
    reference: Level | None,
) -> tuple[Level, ...]:
    """Decide which levels a feature's column has, the reference first; a number has none.

    Parameters
    ----------
    table, name : the data frame of ``n`` rows (or what was `SeenColumns` of it), and the column
    rows : positions of the rows kept; levels that occur in no other rows are left out
    as_category : treat numbers as categories too
    reference : level the others are compared with; None takes the first in sort order

    Raises
    ------
    DataError
        When the column's type is unusable, it is constant or id-like, or has no such reference.
    """
    series = table.column(name)
    if not is_categorical(series) and not as_category:
        if reference is not None:
            raise DataError(
                f"column {name!r} has type {series.dtype} and a reference level",
                "a reference level only for categories",
                "a number enters as it is, with no levels",
                f"add {name!r} to categorical, or drop its reference",
                column=name,
            )
        return ()
    limit = min(MOST_LEVELS, max(_FEW_LEVELS, len(rows) // 2))
    levels = table.used_levels(name, rows, limit)
    if len(levels) < 2:
        raise DataError(
            f"column {name!r} holds nothing but {levels[0]!r}",
            "a category of at least two levels",
            "it is constant and cannot be told from the intercept",
            "leave it out of features",
            column=name,
        )
    base = levels[0] if reference is None else reference
    if base not in levels:
        raise DataError(
            f"the reference level {base!r} of column {name!r} does not occur",
            f"one of {listed(levels)}",
            "there is nothing to compare the other levels with",
            "name a level that occurs",
            column=name,
            level=base,
        )
    base = levels[levels.index(base)]
    return (base, *(level for level in levels if level != base))


def choose_classes(
    target: Any, codes: NDArray[np.int32], every: tuple[Level, ...], positive: Level | None
) -> tuple[Level, Level]:
    """Decide which of the outcome's two values is the negative and which the positive class.

    Parameters
    ----------
    target : name of the outcome
    codes : int array of shape (n,), positions in ``every``
    every : the sorted values of the column
    positive : the value to count as 1; None takes the last in sort order. As a command line can
        only give text, "1" also stands for 1 where no class is that very text.

    Raises
    ------
    DataError
        When the rows do not hold two classes, or none is ``positive``.
    """
    counts = np.bincount(codes, minlength=len(every))
    classes = tuple(level for level, count in zip(every, counts, strict=True) if count)
    if len(classes) != 2:
        continuous = any(isinstance(level, float) for level in classes)  # whole floats became int
        kind = "continuous" if continuous else "not binary"
        raise DataError(
            f"the outcome {target!r} is {kind}: it has {len(classes)} different values "
            f"in the rows used ({listed(classes)})",
            "two classes",
            "with one class the maximum is at infinity; with more, this is another model",
            "check the column and the rows dropped, or define a two-valued outcome",
            column=target,
            classes=classes,
        )
    if positive is None:
        return classes[0], classes[1]
    same = [c for c in classes if c == positive] or [c for c in classes if str(c) == str(positive)]
    if not same:
        raise DataError(
            f"the positive class {positive!r} does not occur in outcome {target!r}",
            f"one of {listed(classes)}",
            "no probability can be modelled for it",
            "name a class that occurs, or leave positive out to take the last one",
            column=target,
            classes=classes,
        )
    return (classes[1], classes[0]) if same[0] == classes[0] else (classes[0], classes[1])
