"""From what a user gives `DaskBlocks` to partitions that can be summed over: the first, light pass.

It counts rows and finds classes and levels, and reads the columns it needs for that only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .arrays import as_outcome
from .columns import Table, absent_column, is_categorical
from .dask_parts import header_of, is_dask, of_arrays, of_files, of_frame
from .dask_places import Parts, located
from .dask_sums import Cluster
from .design_report import DesignReport
from .encoding import Encoding
from .errors import DataError
from .file_lists import listed_files
from .row_rules import MatrixRule, TableRule, complete_rows, labels_of
from .spans import Span
from .streamed_design import Asked, SeenColumns

__all__ = ["Opened", "open_arrays", "open_table"]


Names = tuple[Any, ...]


class _Labels(NamedTuple):
    """Rows of a partition, all of them kept, and the outcomes among them."""

    n_rows: int
    labels: Names
    n_kept: int


@dataclass(frozen=True)
class Opened:
    """parts: make a `Span` each, their lengths counted; report: where levels and classes were
    chosen; see `NamedBlocks` for the others."""

    parts: Parts
    names: tuple[str, ...]
    classes: tuple[Any, Any]
    encoding: Encoding | None = None
    report: DesignReport | None = None


def open_arrays(cluster: Cluster, X: Any, y: Any, weight: Any, offset: Any) -> Opened:
    """A Dask Array or frame of numbers, with outcomes and perhaps weights and offsets.

    Raises
    ------
    DataError
        Outcomes that are not of two classes; collections that are cut differently.
    """
    if getattr(X, "ndim", 2) != 2:
        raise DataError(
            f"X has {X.ndim} dimensions",
            "2: a row an observation, a column a feature",
            "it is not clear which numbers belong to one observation",
            "use X.reshape(-1, 1) for a single column",
        )
    columns = getattr(X, "columns", None)
    names = tuple(map(str, columns)) if columns is not None else tuple(
        f"x{j + 1}" for j in range(int(X.shape[1]))
    )  # fmt: skip
    parts = of_arrays(X, y, weight, offset)
    needed = {part[1] for part in parts.inputs}  # the outcomes, cut as X is
    outcomes = replace(
        parts,
        inputs=tuple((part[1],) for part in parts.inputs),
        given=tuple(part for part in parts.given if part.key in needed),
    )
    seen = cluster.map(_labels, outcomes)
    labels = {label for part in seen for label in part.labels}
    lengths = tuple(part.n_kept for part in seen)
    if not sum(lengths):
        raise DataError(
            "X and y have no rows",
            "rows of both classes",
            "there is nothing to fit",
            "check the step that selects the rows",
        )
    classes = as_outcome(list(labels), len(labels)).classes
    rule = MatrixRule(classes, names)
    return Opened(replace(parts, make=_Made(_together, rule), lengths=lengths), names, classes)


def open_table(cluster: Cluster, data: Any, asked: Asked, weight: Any, offset: Any) -> Opened:
    """A Dask DataFrame or Parquet files, by the rule given or by one that all rows make.

    Raises
    ------
    DataError
        As `Design.from_frame`, with the partition.
    """
    files = () if is_dask(data) else listed_files(data, ".parquet", "a Parquet file")
    header = header_of(data, files)

    def parts_of(columns: Sequence[Any]) -> Parts:
        if is_dask(data):
            return of_frame(data, columns)
        return of_files(files, columns, cluster.retries)

    used, rule = asked.names(header.names), asked.encoding
    beside = tuple(name for name in (weight, offset) if name is not None)
    for name in beside:
        if name not in header.names:
            raise absent_column(name, header.names, "the data")
    looked = list(used)
    if asked.missing == "raise":  # what is not text is looked at when it is encoded
        texts = [n for n in used if asked.category(n) or _is_text(header.column(n))]
        looked = [*(n for n in texts if n != asked.target and rule is None), asked.target]
    both = list(dict.fromkeys([*beside, *looked] if asked.missing == "drop" else looked))
    seen = cluster.map(partial(_seen, asked, tuple(looked), beside), parts_of(both))
    _same_outcomes(seen, asked.target, parts_of(both))
    report = None
    if rule is None:
        whole = SeenColumns(header.names)
        whole.types(header, used)
        first = 0
        for i, part in enumerate(seen):
            try:
                whole.add(part)
            except DataError as problem:
                raise located(problem, i, parts_of(both), first) from problem
            first += part.n_rows
        rule = whole.encoding(asked)
        report = whole.report(rule)
    how = TableRule(rule, weight, offset, asked.missing)
    parts = parts_of(how.columns)
    lengths = tuple(part.n_kept for part in seen)
    parts = replace(parts, make=_Made(parts.make, how), lengths=lengths)
    return Opened(parts, rule.names, rule.classes, rule, report)


def _same_outcomes(seen: Sequence[SeenColumns], target: Any, parts: Parts) -> None:
    """Refuse truth values in some partitions and numbers in others, which only look the same."""
    before = None
    for i, part in enumerate(seen):
        if not part.n_kept:
            continue
        kind = part.column(target).dtype
        if before is not None and (kind.kind == "b") != (before.kind == "b"):
            problem = DataError(
                f"target {target!r} has type {kind} here and {before} before",
                "one type throughout",
                "it is not clear whether True and 1 are one class",
                "convert the column where the data are written",
                column=target,
            )
            raise located(problem, i, parts, None)
        before = before or kind


def _is_text(series: Any) -> bool:
    return getattr(series.dtype, "kind", "O") not in "iufb" or is_categorical(series)


def _seen(asked: Asked, used: Names, beside: Names, frame: Any) -> SeenColumns:
    """What one partition holds; rows without weight or offset count as missing too."""
    table = Table(frame)
    seen = SeenColumns(table.names)
    rows = seen.see(table, used, asked)
    if beside and asked.missing == "drop":
        seen.n_kept = len(np.intersect1d(rows, complete_rows(table, beside)))
    return seen.slim()


@dataclass(frozen=True, eq=False)
class _Made:
    """Read, then encoded."""

    read: Callable[..., Any]
    rule: TableRule | MatrixRule

    def __call__(self, *given: Any) -> Span:
        if isinstance(self.rule, MatrixRule):
            return self.rule.span(*given)
        return self.rule.span(self.read(*given))


def _together(*values: Any) -> tuple[Any, ...]:
    return values


def _labels(given: Names) -> _Labels:
    (y,) = given
    return _Labels(len(y), labels_of(y, len(y)), len(y))
