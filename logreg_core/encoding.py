"""How named columns of a data frame become the columns of X: the rule, without any data.

An ``Encoding`` is made once (by ``Design.from_frame``, or by hand) and then applied to any frame:
to whole ones, to blocks of rows, to new ones at prediction. It learns nothing from the rows it is
applied to, so blocks stacked equal the whole. Columns are taken by name; others may be there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .column_fill import Rows, Source, fill
from .columns import Level, Table, missing_mask
from .errors import DataError
from .terms import Term, level_positions, numbers_of

__all__ = ["Encoding", "Feature"]

_GROUP = 8  # columns of X written together: one cache line of a row


@dataclass(frozen=True)
class Feature:
    """One column of the data frame and what it becomes.

    Parameters
    ----------
    name : the column's name
    levels : for a category its levels, the reference first: every other one becomes a 0/1
        column. Empty for a number, which is taken as it is, in its own unit.

    Examples
    --------
    >>> Feature("status", ("active", "banned", "under review")).columns
    ('status_banned', 'status_under review')
    >>> Feature("age").columns
    ('age',)
    """

    name: Any
    levels: tuple[Level, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of X that this feature becomes."""
        if not self.levels:
            return (str(self.name),)
        return tuple(f"{self.name}_{level}" for level in self.levels[1:])

    @property
    def variables(self) -> tuple[Any, ...]:
        """The columns of the frame it is made of: itself."""
        return (self.name,)


@dataclass(frozen=True)
class Encoding:
    """The rule from a data frame to X (n, k) and y (n,); it holds no rows.

    Parameters
    ----------
    features : in the order of the columns of X; the `Term`s of a formula are features too
    target : name of the outcome column
    classes : (negative, positive); ``y`` is 1 for the positive one
    intercept : False where a formula asks for none; X never holds it

    Raises
    ------
    DataError
        When two columns of X would bear the same name.

    Examples
    --------
    >>> import pandas as pd
    >>> rule = Encoding((Feature("age"), Feature("sex", ("f", "m"))), "ill", ("no", "yes"))
    >>> rule.names
    ('age', 'sex_m')
    >>> rule.transform(pd.DataFrame({"sex": ["m", "f"], "age": [30, 41]}))
    array([[30.,  1.],
           [41.,  0.]])
    """

    features: tuple[Feature | Term, ...]
    target: Any
    classes: tuple[Level, Level]
    intercept: bool = True

    def __post_init__(self) -> None:
        repeated = [name for name, times in Counter(self.names).items() if times > 1]
        if repeated:
            raise DataError(
                f"two columns of X would both be named {repeated[0]!r}",
                "a different name for each",
                "a category's columns are named column_level, which meets another column's name",
                "rename one of the columns of the data frame",
                column=repeated[0],
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the k columns of X, without intercept."""
        return tuple(name for feature in self.features for name in feature.columns)

    @property
    def positive(self) -> Level:
        """The class whose probability is modelled."""
        return self.classes[1]

    def transform(self, frame: object, rows: Rows = None) -> NDArray[np.float64]:
        """Encode the features of a frame; the target need not be there.

        Columns are taken by name: their order does not matter, and other columns are ignored.

        Parameters
        ----------
        frame : pandas or polars DataFrame or pyarrow Table of ``n`` rows; it is not changed
        rows : positions of the rows to take, in this order; None takes all

        Returns
        -------
        C-contiguous float64 array of shape (n or len(rows), k), without intercept

        Raises
        ------
        DataError
            For a missing column, missing or infinite value, unseen level or unusable type,
            naming column, level and first row (rows count from 0).

        Notes
        -----
        One pass; memory: the result and eight columns.
        """
        table = frame if isinstance(frame, Table) else Table(frame)
        n = table.n_rows if rows is None else len(rows)
        X = np.empty((n, len(self.names)))
        first = 0
        group: list[Source] = []
        for feature in self.features:
            try:
                group += _sources(table, feature, first, rows)
            except DataError:
                fill(X, group, rows)  # what is wrong in an earlier column is to be said first
                raise
            first += len(feature.columns)
            if len(group) >= _GROUP:
                fill(X, group, rows)
                group = []
        fill(X, group, rows)
        return X

    def encode_target(self, frame: object, rows: Rows = None) -> NDArray[np.uint8]:
        """Encode the outcome of a frame: 1 for the positive class, 0 for the other.

        Returns
        -------
        uint8 array of shape (n or len(rows),)

        Raises
        ------
        DataError
            When the column is absent, or a value is missing or in neither class.
        """
        table = frame if isinstance(frame, Table) else Table(frame)
        return level_positions(table, self.target, self.classes, rows).astype(np.uint8)

    def complete_rows(self, frame: object, with_target: bool = False) -> NDArray[np.intp]:
        """Find the rows in which no feature (and, if asked, no outcome) is missing.

        Returns
        -------
        positions from 0, ascending; hand them to ``transform`` as ``rows``
        """
        table = frame if isinstance(frame, Table) else Table(frame)
        missing = np.zeros(table.n_rows, dtype=bool)
        used = dict.fromkeys(name for feature in self.features for name in feature.variables)
        for name in [*used] + [self.target] * with_target:
            missing |= missing_mask(table.column(name))
        return np.flatnonzero(~missing)

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as plain lists, numbers and text, ready for JSON."""
        return {
            "target": self.target,
            "classes": list(self.classes),
            "features": [
                f.to_dict() if isinstance(f, Term) else {"name": f.name, "levels": list(f.levels)}
                for f in self.features
            ],
            **({} if self.intercept else {"intercept": False}),
        }

    @classmethod
    def from_dict(cls, content: object) -> Encoding:
        """Read back what ``to_dict`` gave.

        Raises
        ------
        DataError
            When anything is missing, superfluous or of the wrong type.
        """
        try:
            match content:
                case {"target": str() | int() as target, "classes": [negative, positive],
                      "features": [*features], **rest} if _only_intercept(rest):  # fmt: skip
                    parts = tuple(_feature(part) for part in features)
                    classes = (_level(negative), _level(positive))
                    return cls(parts, target, classes, not rest)
            raise ValueError("its keys are not target, two classes and features")
        except ValueError as problem:
            raise DataError(
                f"this is no encoding: {problem}",
                "what Encoding.to_dict() wrote",
                "the columns of X cannot be made from it",
                "save the model again from the original fit",
            ) from problem


def _only_intercept(rest: dict[Any, Any]) -> bool:
    return not rest or (len(rest) == 1 and rest.get("intercept") is False)


def _feature(content: object) -> Feature | Term:
    match content:
        case {"parts": _}:
            return Term.from_dict(content)
        case {"name": str() | int() as name, "levels": [*levels], **rest} if not rest:
            checked = tuple(_level(level) for level in levels)
            if len(checked) != 1 and len(set(checked)) == len(checked):
                return Feature(name, checked)
    raise ValueError(f"feature {content!r} is not a name and its different levels")


def _level(value: object) -> Level:
    if isinstance(value, str | int | float):
        return value
    raise ValueError(f"{value!r} is neither text nor a number")


def _sources(table: Table, feature: Feature | Term, first: int, rows: Rows) -> list[Source]:
    """What fills the columns of X, from the ``first``, that a feature becomes."""
    if isinstance(feature, Term):
        columns = feature.values(table, rows)
        names = feature.columns
        return [Source(names[i], first + i, columns[i], None, True) for i in range(len(columns))]
    if not feature.levels:
        return [Source(feature.name, first, numbers_of(table, feature.name), None)]
    positions = level_positions(table, feature.name, feature.levels, rows)
    width = len(feature.columns)
    return [Source(feature.name, first + i, positions, i + 1) for i in range(width)]
