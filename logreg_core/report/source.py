"""From a file's name and a choice of columns to a `Design`: what a command line gives, checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..columns import Table, is_categorical, missing_mask, numbers
from ..csv_files import read_csv
from ..datasets import VERIFIED_STATUS, path
from ..design import Design
from ..errors import DataError
from ..levels import choose_levels

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Choice", "LeftOut", "Source", "load"]

SYNTHETIC = (
    "the bundled sample, which is synthetic: a script made it up, and no row of it was observed"
)
# `Id`, `user_id`, `userID` and `#`, but not `valid` or `paid`.
_ID_NAME = re.compile(r"#|id|.*([_\W](id|ID|Id)|[a-z](ID|Id))", re.DOTALL)
_LIST_SEEN = 20  # rows below which all values being different says nothing


@dataclass(frozen=True)
class Choice:
    """Which columns to use, and how; None where the user said nothing."""

    target: str | None = None
    positive: str | None = None
    features: tuple[str, ...] | None = None
    categorical: tuple[str, ...] = ()
    missing: Literal["raise", "drop"] = "drop"

    @property
    def is_case_study(self) -> bool:
        """Whether neither outcome nor features were named."""
        return self.target is None and self.features is None


@dataclass(frozen=True)
class LeftOut:
    """A column that was there, was not named by the user, and cannot serve as it is."""

    name: str
    reason: str


@dataclass(frozen=True)
class Source:
    """The data a command works on, made ready: where they came from, and what was left out."""

    path: Path
    synthetic: bool
    design: Design
    left_out: tuple[LeftOut, ...]

    @property
    def description(self) -> str:
        """The file, or the bundled sample and that it is synthetic."""
        return SYNTHETIC if self.synthetic else str(self.path)


def load(data: Path | None, choice: Choice) -> Source:
    """Read a CSV file (None: the bundled sample) and make X and y from it.

    Without target and features the columns are the case study's. With a target and no features,
    every other column that can serve is used; the result names those left out, with the reason.

    Raises
    ------
    DataError
        When the file cannot be read, a column is absent or unusable, or (missing="raise") a
        value is missing.
    """
    file = path("verified_status") if data is None else data
    target = choice.target or VERIFIED_STATUS["target"]
    positive, features = choice.positive, choice.features
    if choice.target is None and positive is None:
        positive = VERIFIED_STATUS["positive"]
    left_out: tuple[LeftOut, ...] = ()
    if choice.is_case_study:
        features = VERIFIED_STATUS["features"]
        frame = _read_case_study(file, [*VERIFIED_STATUS["features"], target])
    elif features is not None:
        frame = read_csv(file, [*features, target])
    else:
        frame = read_csv(file)
        features, left_out = usable_features(frame, target, choice.categorical)
    design = Design.from_frame(
        frame,
        target=target,
        positive=positive,
        features=features,
        categorical=choice.categorical,
        missing=choice.missing,
    )
    return Source(file, data is None, design, left_out)


def _read_case_study(file: Path, columns: list[str]) -> pd.DataFrame:
    try:
        return read_csv(file, columns)
    except DataError as problem:
        if getattr(problem, "column", None) not in columns:
            raise
        there = problem.expected.removeprefix("one of its columns: ")
        raise DataError(
            f"{file} has no column {problem.column!r}; its columns are {there}",
            f"the case study's columns: {', '.join(columns)}",
            "without --target and --features those are assumed, and this is another table",
            "name its outcome and what to relate it to: --target OUTCOME --features COLUMN,COLUMN "
            "(without --features, every column that can serve)",
            column=problem.column,
            path=str(file),
        ) from problem


def usable_features(
    frame: pd.DataFrame, target: str, categorical: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """Which columns beside the outcome can serve, and why can the others not?

    Left out are columns that are empty, constant, id-like or of an unusable type.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"user_id": range(30), "age": [31, 40] * 15, "country": ["it"] * 30,
    ...                       "ill": ["no", "yes"] * 15})
    >>> usable_features(frame, "ill")[0]
    ('age',)
    """
    table = Table(frame)
    used, left_out = [], []
    for name in map(str, table.names):
        if name == target:
            continue
        reason = _obstacle(table, name, name in categorical)
        if reason:
            left_out.append(LeftOut(name, reason))
        else:
            used.append(name)
    if not used and len(table.names) > 1 and target in table.names:
        raise none_can_serve(left_out)
    return tuple(used), tuple(left_out)


def none_can_serve(left_out: Sequence[LeftOut]) -> DataError:
    """Say that nothing is left to relate the outcome to."""
    return DataError(
        "no column beside the outcome can serve: "
        + "; ".join(f"{column.name!r} {column.reason}" for column in left_out),
        "at least one column that varies from row to row and is no id",
        "there is nothing to relate the outcome to",
        "name the columns to use anyway with --features",
    )


def _obstacle(table: Table, name: str, as_category: bool) -> str:
    """Why a column cannot be a feature; empty where it can."""
    series: Any = table.column(name)
    rows = np.flatnonzero(~missing_mask(series))
    if not len(rows):
        return "holds no value"
    try:
        if is_categorical(series) or as_category:
            choose_levels(table, name, rows, as_category, None)
            return ""
    except DataError as problem:
        return problem.found.removeprefix(f"column {name!r} ")
    values = numbers(series)[rows]
    if values.min() == values.max():
        return f"holds nothing but {values[0]}"
    if len(np.unique(values)) == len(values) and bool((values == np.floor(values)).all()):
        return row_number(name, len(values), values.min(), values.max())
    return ""


def row_number(name: str, n: int, low: float, high: float) -> str:
    """Why n different whole numbers from low to high are no feature; empty where they may be.

    >>> row_number("age", 30, 18, 90), row_number("age", 30, 1, 30)
    ('', 'numbers the rows: a different whole number in each')
    """
    if n > _LIST_SEEN and (high - low + 1 == n or _ID_NAME.fullmatch(name)):
        return "numbers the rows: a different whole number in each"
    return ""
