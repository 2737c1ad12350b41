"""Terms of a formula: columns of a frame, transformed, coded by level, and multiplied.

A term is remembered with its levels and its coding, so other rows become the same columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .column_fill import Rows, first_row, missing_value
from .columns import Level, Table, is_categorical, listed, numbers
from .errors import DataError

__all__ = ["FUNCTIONS", "Factor", "Term", "level_positions", "numbers_of"]

Floats = NDArray[np.float64]

# name: (function, the lowest number it takes, whether that number itself is taken)
FUNCTIONS: dict[str, tuple[Callable[[Floats], Floats], float, bool]] = {
    "log": (np.log, 0.0, False),
    "log1p": (np.log1p, -1.0, False),
    "sqrt": (np.sqrt, 0.0, True),
}


@dataclass(frozen=True)
class Factor:
    """One column of a frame inside a term.

    Parameters
    ----------
    column : its name
    function : "" for the numbers as they are, or a name in `FUNCTIONS`
    levels : of a category, the reference first; empty for numbers
    full : a category gives a 0/1 column for its reference too

    Examples
    --------
    >>> Factor("views", "log1p").columns
    ('log1p(views)',)
    >>> Factor("city", levels=("Bern", "Oslo")).columns
    ('city_Oslo',)
    """

    column: Any
    function: str = ""
    levels: tuple[Level, ...] = ()
    full: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that the factor alone becomes."""
        if self.levels:
            return tuple(f"{self.column}_{level}" for level in self.coded)
        return (f"{self.function}({self.column})" if self.function else str(self.column),)

    @property
    def coded(self) -> tuple[Level, ...]:
        """The levels that get a column."""
        return self.levels if self.full else self.levels[1:]

    def values(self, table: Table, rows: Rows) -> list[Floats]:
        """The columns (n,) of the rows taken.

        Raises
        ------
        DataError
            For a value that is missing, unseen, of another type, or that the function has no
            value at, naming column and first row.
        """
        if self.levels:
            positions = level_positions(table, self.column, self.levels, rows)
            first = 0 if self.full else 1
            return [(positions == i).astype(np.float64) for i in range(first, len(self.levels))]
        values = numbers_of(table, self.column)
        taken = np.asarray(values if rows is None else values[rows], dtype=np.float64)
        missing = np.isnan(taken)
        if missing.any():
            raise missing_value(self.column, missing, rows)
        if not self.function:
            return [taken]
        function, lowest, included = FUNCTIONS[self.function]
        outside = taken < lowest if included else taken <= lowest
        if outside.any():
            row, value = first_row(outside, rows), taken[int(np.argmax(outside))]
            raise DataError(
                f"column {self.column!r} holds {value:g} in row {row}",
                f"numbers {'of at least' if included else 'above'} {lowest:g}",
                f"{self.function} of it is not a finite number",
                "correct or drop such rows" + ", or use log1p" * (self.function == "log"),
                column=self.column,
                row=row,
                value=float(value),
            )
        return [function(taken)]


@dataclass(frozen=True)
class Term:
    """A product of factors, as it stands between two plus signs of a formula.

    Parameters
    ----------
    name : as in the formula, such as "city:log1p(views)"
    parts : what its columns are: each part is the products of its factors' columns. There is one
        part but where a category's coding depends on the terms before it.

    Examples
    --------
    >>> Term("city:age", ((Factor("city", levels=("Bern", "Oslo"), full=True), Factor("age")),)
    ...      ).columns
    ('city_Bern:age', 'city_Oslo:age')
    """

    name: str
    parts: tuple[tuple[Factor, ...], ...]

    @property
    def levels(self) -> tuple[Level, ...]:
        """Of a category that stands alone, its levels, the reference first."""
        alone = len(self.parts) == 1 and len(self.parts[0]) == 1
        return self.parts[0][0].levels if alone and not self.parts[0][0].full else ()

    @property
    def variables(self) -> tuple[Any, ...]:
        """The columns of the frame it is made of."""
        return tuple(dict.fromkeys(f.column for part in self.parts for f in part))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of X that the term becomes; the first factor changes fastest."""
        names: list[str] = []
        for part in self.parts:
            grown = [""]
            for factor in part:
                grown = [f"{old}:{new}" if old else new for new in factor.columns for old in grown]
            names += grown
        return tuple(names)

    def values(self, table: Table, rows: Rows) -> list[Floats]:
        """The columns of X (n,) for the rows taken, in the order of ``columns``."""
        found: list[Floats] = []
        for part in self.parts:
            grown = part[0].values(table, rows)
            for factor in part[1:]:
                grown = [old * new for new in factor.values(table, rows) for old in grown]
            found += grown
        return found

    def to_dict(self) -> dict[str, Any]:
        """As plain lists, numbers and text, ready for JSON."""
        return {
            "name": self.name,
            "parts": [
                [
                    {
                        "column": f.column,
                        "function": f.function,
                        "levels": list(f.levels),
                        "full": f.full,
                    }
                    for f in part
                ]
                for part in self.parts
            ],
        }

    @classmethod
    def from_dict(cls, content: object) -> Term:
        """Read back what ``to_dict`` gave; ValueError where it is anything else."""
        match content:
            case {"name": str() as name, "parts": [*parts], **rest} if not rest and parts:
                return cls(name, tuple(_part(part) for part in parts))
        raise ValueError(f"term {content!r:.100} is not a name and its parts")


def _part(content: object) -> tuple[Factor, ...]:
    match content:
        case [_, *_] as factors:
            return tuple(_factor(factor) for factor in factors)
    raise ValueError(f"{content!r:.100} are not the factors of a term")


def _factor(content: object) -> Factor:
    match content:
        case {"column": str() | int() as column, "function": str() as function,
              "levels": [*levels], "full": bool() as full, **rest} if not rest:  # fmt: skip
            known = all(isinstance(level, str | int | float) for level in levels)
            distinct = known and len(set(levels)) == len(levels) != 1
            if distinct and (function == "" or (function in FUNCTIONS and not levels)):
                return Factor(column, function, tuple(levels), full)
    raise ValueError(f"factor {content!r:.100} is not a column with its function or levels")


def numbers_of(table: Table, name: object) -> NDArray[Any]:
    """The values (n,) of a column that must be numeric; DataError where it is text."""
    series = table.column(name)
    if is_categorical(series):
        raise DataError(
            f"column {name!r} has type {series.dtype}, which is text",
            "numbers, as in the data the design was made from",
            "it cannot take the place of the numeric column",
            "convert it with pandas.to_numeric",
            column=name,
        )
    return numbers(series)


def level_positions(
    table: Table, name: object, known: tuple[Level, ...], rows: Rows
) -> NDArray[np.int32]:
    """Position of each row's value in ``known``; DataError for a missing or unknown one."""
    codes, levels = table.codes(name)
    if rows is not None:
        codes = codes[rows]
    if codes.size and codes.min() < 0:
        raise missing_value(name, codes < 0, rows)
    place = {level: i for i, level in enumerate(known)}
    # One more place than levels: an empty column has none, and take() needs something to read.
    positions = np.array([place.get(level, -1) for level in levels] + [-1], dtype=np.int32)[codes]
    if positions.size and positions.min() < 0:
        row = first_row(positions < 0, rows)
        level = levels[int(codes[np.argmin(positions)])]
        raise DataError(
            f"column {name!r} holds {level!r} in row {row}",
            f"one of {listed(known)}",
            "the design was made without this level, so there is no coefficient for it",
            "correct the value, drop the row, or make the design from data that holds it",
            column=name,
            level=level,
            row=row,
        )
    return positions
