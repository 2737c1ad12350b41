"""From Arrow record batches to rows of X, y, weight and offset.

Numbers, truth values and text without gaps are taken straight from Arrow's buffers; whatever else
a column holds goes through `Encoding.transform`, which knows every type and every refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .batch_checks import sound_column
from .column_fill import Source
from .columns import Level
from .encoding import Encoding, Feature
from .errors import DataError, MissingDependencyError
from .span_filling import Columns
from .terms import Term

__all__ = ["ArrowColumns", "pyarrow"]

Floats = NDArray[np.float64]


def pyarrow(name: str = "pyarrow") -> Any:
    """A module of pyarrow.

    Raises
    ------
    MissingDependencyError
        Where it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as problem:
        raise MissingDependencyError(
            f"{name} cannot be imported: {problem}",
            "pyarrow to be installed",
            "Parquet files, Arrow streams and large CSV files are read by it",
            'pip install "logreg-core[parquet]"',
        ) from problem


@dataclass(frozen=True)
class ArrowColumns:
    """Which columns of a batch become which of X, and whether the outcome is wanted too.

    encoding : of the whole; features : those of it that are taken here, with the place of their
    first column in X; target : take y, and weight and offset where these name columns.
    """

    encoding: Encoding
    features: tuple[tuple[Feature | Term, int], ...]
    target: bool = True
    weight: str | None = None
    offset: str | None = None

    @classmethod
    def of(cls, encoding: Encoding, weight: str | None, offset: str | None) -> ArrowColumns:
        """All of them."""
        widths = [len(feature.columns) for feature in encoding.features]
        first = np.cumsum([0, *widths]).tolist()
        features = tuple(zip(encoding.features, first, strict=False))
        return cls(encoding, features, True, weight, offset)

    def parted(self, parts: int) -> tuple[ArrowColumns, ...]:
        """The same in at most so many parts of about equal work, the outcome in the last."""
        load = np.cumsum([len(feature.variables) for feature, _ in self.features])
        total = load[-1] + len(self.others)
        part_of = np.minimum((load - 1) * parts // total, parts - 1).tolist()
        chosen = [
            tuple(f for f, p in zip(self.features, part_of, strict=True) if p == part)
            for part in range(parts)
        ]
        chosen = [features for features in chosen if features]
        last = ArrowColumns(self.encoding, chosen[-1], True, self.weight, self.offset)
        return (*(ArrowColumns(self.encoding, f, False) for f in chosen[:-1]), last)

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the columns that are no features."""
        if not self.target:
            return ()
        extra = (name for name in (self.weight, self.offset) if name is not None)
        return tuple(dict.fromkeys((self.encoding.target, *extra)))

    @property
    def n_columns(self) -> int:
        """How many columns are made: features, and the outcome with what belongs to it as one."""
        return len(self.features) + self.target

    @cached_property
    def needs(self) -> tuple[Any, ...]:
        """Names of the columns to read, each once."""
        used = [name for feature, _ in self.features for name in feature.variables]
        return tuple(dict.fromkeys([*used, *self.others]))

    @cached_property
    def _single(self) -> tuple[Encoding, ...]:
        return tuple(
            Encoding((feature,), self.encoding.target, self.encoding.classes)
            for feature, _ in self.features
        )

    def read(self, batch: Any, taken: NDArray[np.intp] | None = None) -> Columns:
        """The columns of a record batch or table.

        Parameters
        ----------
        batch : with at least the columns of ``needs``; with dictionaries or without
        taken : positions of the rows to take, in ascending order; None takes all

        Raises
        ------
        DataError
            A missing value, an unseen level, a type that is no feature's, a negative weight, with
            ``row`` counted from the first of the batch. NaN and infinity may pass in X: see
            `NamedBlocks.blame`.
        """
        whole = _Whole(batch)
        sources: list[Source] = []
        for (feature, first), single in zip(self.features, self._single, strict=True):
            quick = _quick(feature, first, whole)
            if quick is None:
                X = single.transform(whole.table, taken)
                sources += [
                    Source(name, first + j, X[:, j], None) for j, name in enumerate(feature.columns)
                ]
            else:
                sources += _rows_of(quick, taken)
        n = batch.num_rows if taken is None else len(taken)
        if not self.target:
            return Columns(n, sources, None, None, None)
        y = _outcomes(whole.column(self.encoding.target), self.encoding.classes)
        if y is None:
            y = self.encoding.encode_target(whole.table, taken)
        elif taken is not None:
            y = y[taken]
        weight = whole.floats(self.weight, taken)
        return Columns(n, sources, y, weight, whole.floats(self.offset, taken, offset=True))


@dataclass
class _Whole:
    """A batch by its columns, and as a table where one is needed."""

    batch: Any
    _seen: dict[Any, Any] = field(default_factory=dict)

    def column(self, name: Any) -> Any:
        """One column as one Arrow array."""
        if name not in self._seen:
            column = self.batch.column(name)
            if hasattr(column, "combine_chunks"):
                column = column.unify_dictionaries().combine_chunks()
            self._seen[name] = column
        return self._seen[name]

    @cached_property
    def table(self) -> Any:
        """What `Encoding` takes."""
        from .columns import Table

        arrow = pyarrow()
        batch = self.batch
        return Table(batch if isinstance(batch, arrow.Table) else arrow.Table.from_batches([batch]))

    def floats(
        self, name: str | None, taken: NDArray[np.intp] | None, *, offset: bool = False
    ) -> Floats | None:
        """A column of weights or offsets; refused where it is no number, or has no likelihood."""
        if name is None:
            return None
        values = _numbers(self.column(name), gaps=True)
        if values is None:
            raise DataError(
                f"column {name!r} has type {self.column(name).type}",
                "a number in every row",
                "it can be neither a weight nor a part of the log-odds",
                "name another column, or convert it",
                column=name,
            )
        return sound_column(name, values, taken, offset=offset)


def _quick(feature: Feature | Term, first: int, whole: _Whole) -> list[Source] | None:
    """What fills the columns of X without another look at the values; None where one is needed."""
    if isinstance(feature, Term):
        return None
    column = whole.column(feature.name)
    if not feature.levels:
        values = _numbers(column)
        return None if values is None else [Source(feature.name, first, values, None)]
    positions = _positions(column, feature.levels)
    if positions is None:
        return None
    width = len(feature.levels) - 1
    return [Source(feature.name, first + i, positions, i + 1) for i in range(width)]


def _rows_of(sources: list[Source], taken: NDArray[np.intp] | None) -> list[Source]:
    if taken is None:
        return sources
    return [source._replace(values=source.values[taken]) for source in sources]


def _numbers(column: Any, gaps: bool = False) -> NDArray[Any] | None:
    """A column of numbers without gaps, in its own memory where that can be; else None."""
    kinds, kind = pyarrow("pyarrow.types"), column.type
    if not (kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)):
        return None
    if column.null_count:
        if not gaps:
            return None
        column = column.cast(pyarrow().float64())
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return values


def _positions(column: Any, levels: Sequence[Level]) -> NDArray[np.intp] | None:
    """Position in levels of each row's text; None for other values, gaps and unseen text."""
    kinds, kind = pyarrow("pyarrow.types"), column.type
    if column.null_count or not all(isinstance(level, str) for level in levels):
        return None
    if not kinds.is_dictionary(kind):
        if not _is_text(kind):
            return None
        column = column.dictionary_encode()
    elif not _is_text(kind.value_type):
        return None
    place = {level: i for i, level in enumerate(levels)}
    known = [place.get(value, -1) for value in column.dictionary.to_pylist()]
    codes = column.indices.to_numpy()
    positions = np.array([*known, -1], dtype=np.int32)[codes]
    return None if positions.size and positions.min() < 0 else positions


def _is_text(kind: Any) -> bool:
    kinds = pyarrow("pyarrow.types")
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))


def _outcomes(column: Any, classes: tuple[Level, Level]) -> NDArray[Any] | None:
    """Where the positive class is, True; None where that takes another look."""
    if isinstance(classes[0], str) or isinstance(classes[1], str):
        positions = _positions(column, classes)
        return None if positions is None else positions == 1
    values = _numbers(column)
    if values is None:
        return None
    positive = values == classes[1]
    return positive if bool((positive | (values == classes[0])).all()) else None
