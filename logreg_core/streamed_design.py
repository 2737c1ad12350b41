"""The rules of `Design` for rows that come in batches: levels, classes and a report from counts.

One light reading counts the values of categories and outcomes; `choose_levels`, `choose_classes`
and `terms_of` then decide as they do for a frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .column_fill import in_batch, missing_value
from .columns import Level, Table, in_order, is_categorical, missing_mask, too_many_levels
from .contrasts import terms_of, variables_of
from .design import check_known, chosen_features
from .design_report import DesignReport, fisher_exact
from .encoding import Encoding, Feature
from .errors import DataError
from .formula import Formula, parse
from .levels import MOST_LEVELS, choose_classes, choose_levels

__all__ = ["Asked", "SeenColumns", "asked_for"]

Missing = Literal["raise", "drop"]
FEW = 1000  # values kept of a column, for what messages say of its type


@dataclass(frozen=True)
class Asked:
    """What a caller wants of the columns: an encoding he has, or how to choose one."""

    encoding: Encoding | None = None
    formula: Formula | None = None
    target: Any = None
    positive: Level | None = None
    features: Sequence[Any] | None = None
    categorical: tuple[Any, ...] = ()
    reference: Mapping[Any, Level] = field(default_factory=dict)
    missing: Missing = "raise"

    def names(self, header: Sequence[Any]) -> tuple[Any, ...]:
        """The columns it needs of those that are there, the outcome last.

        Raises
        ------
        DataError
            For a column that is absent, doubled or in two roles.
        """
        table = SeenColumns(header)
        wanted = self.features
        if self.encoding is not None:
            used = [name for feature in self.encoding.features for name in feature.variables]
            wanted = tuple(dict.fromkeys(used))
        elif self.formula is not None:
            chosen_features(table, None, (self.target,))
            wanted = variables_of(self.formula)
        names = chosen_features(table, self.target, wanted)
        check_known("categorical", self.categorical, names)
        check_known("reference", self.reference, names)
        return (*names, self.target)

    def category(self, name: Any) -> bool:
        """Whether a column of numbers is to be taken for a category."""
        terms = () if self.formula is None else self.formula.terms
        return name in self.categorical or any(
            v.category and v.column == name for term in terms for v in term
        )


def asked_for(
    design: object,
    *,
    target: Any = None,
    positive: Level | None = None,
    features: Sequence[Any] | None = None,
    categorical: Sequence[Any] = (),
    reference: Mapping[Any, Level] | None = None,
    missing: Missing = "raise",
) -> Asked:
    """Read the arguments of a block source.

    Parameters
    ----------
    design : an `Encoding`, a `Design` or a fit that has one, a formula, or None with a target
    target, positive, features, categorical, reference, missing : as in `Design.from_frame`

    Raises
    ------
    DataError
        For arguments that contradict each other, and for neither a design nor a target.

    Examples
    --------
    >>> asked_for("ill ~ age", missing="drop").target
    'ill'
    """
    if missing not in ("raise", "drop"):
        raise DataError(f"missing is {missing!r}", "'raise' or 'drop'", "", "choose one of the two")
    encoding = design if isinstance(design, Encoding) else getattr(design, "encoding", None)
    chosen = {"target": target, "features": features, "categorical": categorical or None,
              "reference": reference or None}  # fmt: skip
    given = [name for name, value in chosen.items() if value is not None]
    if design is not None and (given or (encoding is not None and positive is not None)):
        raise _contradiction(design, given or ["positive"])
    if isinstance(encoding, Encoding):
        return Asked(encoding, None, encoding.target, missing=missing)
    if isinstance(design, str):
        formula = parse(design)
        if formula.outcome is not None:
            return Asked(None, formula, formula.outcome, positive, missing=missing)
    if design is not None or target is None:
        raise DataError(
            f"design is {design!r:.80} and target {target!r}",
            'a Design, an Encoding, a formula such as "ill ~ age + city", or target=...',
            "it is not known what is to be explained by what",
            "name the outcome's column as target",
        )
    as_category = (categorical,) if isinstance(categorical, str) else tuple(categorical or ())
    return Asked(None, None, target, positive, features, as_category, reference or {}, missing)


def _contradiction(design: object, given: list[str]) -> DataError:
    return DataError(
        f"a design ({type(design).__name__}) and {', '.join(given)}",
        "either of them",
        "the design names its outcome and its columns already",
        f"leave out {', '.join(given)}, or the design",
    )


class SeenColumns:
    """What was seen of some columns, batch by batch: to the rules of a design it is a table.

    names : of all columns that are there.
    """

    def __init__(self, names: Sequence[Any]) -> None:
        self.names = tuple(names)
        self.n_rows = self.n_kept = 0
        self.missing: Counter[Any] = Counter()
        self._values: dict[Any, Counter[Level]] = {}
        self._dropped: Counter[Level] = Counter()
        self._series: dict[Any, Any] = {}

    def types(self, table: Table, used: Sequence[Any]) -> None:
        """Take the columns' types from a table that may be empty."""
        for name in used:
            self._series[name] = table.column(name)

    def see(self, table: Table, used: Sequence[Any], asked: Asked) -> NDArray[np.intp]:
        """Count some rows; ``used`` are the columns to look at, the outcome last.

        Returns
        -------
        positions of the rows to keep

        Raises
        ------
        DataError
            A missing value (with ``missing="raise"``), an unusable type, more levels than a
            category has, more than two outcomes.
        """
        incomplete = np.zeros(table.n_rows, dtype=bool)
        for name in used:
            mask = missing_mask(table.column(name))
            count = int(np.count_nonzero(mask))
            if count and asked.missing == "raise":
                raise in_batch(missing_value(name, mask, None))
            self.missing[name] += count
            incomplete |= mask
        rows = np.flatnonzero(~incomplete)
        self.n_rows += table.n_rows
        self.n_kept += len(rows)
        for name in used:
            self._count(table, name, rows, asked)
        return rows

    def _count(self, table: Table, name: Any, rows: NDArray[np.intp], asked: Asked) -> None:
        series = table.column(name)
        known = self._series.get(name)
        if known is None or (not len(known) and len(series)):
            self._series[name] = series.iloc[:FEW].copy()
        is_target = name == asked.target
        if not is_target and (
            asked.encoding is not None or not (asked.category(name) or is_categorical(series))
        ):
            return
        codes, levels = table.codes(name)
        counts = np.bincount(codes[rows], minlength=len(levels)).tolist()
        values = self._values.setdefault(name, Counter())
        before = set(values)
        values.update({v: n for v, n in zip(levels, counts, strict=True) if n})
        if is_target:
            every = np.bincount(codes[codes >= 0], minlength=len(levels)).tolist()
            both = zip(levels, every, counts, strict=True)
            self._dropped.update({v: n - kept for v, n, kept in both if n > kept})
            if len(values) > 2 and asked.encoding is None:
                row = _third_class(codes, levels, rows, before)
                self._refuse_classes(asked, row)  # no use in reading on
        elif len(values) > MOST_LEVELS:
            raise too_many_levels(name, len(values), self.n_kept, MOST_LEVELS)

    def _refuse_classes(self, asked: Asked, row: int) -> None:
        try:
            self.classes(asked)
        except DataError as problem:
            raise DataError(
                problem.found, problem.expected, problem.meaning, problem.remedy,
                **problem.evidence | {"row": row},
            ) from problem  # fmt: skip

    def add(self, other: SeenColumns) -> None:
        """Count what was seen of other rows, which come after these.

        Raises
        ------
        DataError
            A column that is text there and numbers here, or the other way round.
        """
        for name, series in other._series.items():
            known = self._series.get(name)
            if known is None or (not len(known) and len(series)):
                self._series[name] = series
            elif len(series) and is_categorical(known) != is_categorical(series):
                raise DataError(
                    f"column {name!r} has type {series.dtype} here and {known.dtype} before",
                    "numbers throughout, or text throughout",
                    "it is not clear whether it is a category",
                    "convert the column where the data are written",
                    column=name,
                )
        self.n_rows += other.n_rows
        self.n_kept += other.n_kept
        self.missing.update(other.missing)
        self._dropped.update(other._dropped)
        for name, values in other._values.items():
            self._values.setdefault(name, Counter()).update(values)

    def slim(self) -> SeenColumns:
        """The same with one value of each column, to be sent elsewhere."""
        self._series = {name: kept.dropna().iloc[:1] for name, kept in self._series.items()}
        return self

    def column(self, name: Any) -> Any:
        """A few of a column's values, for its type."""
        return self._series[name]

    def used_levels(self, name: Any, rows: Any, max_levels: int) -> tuple[Level, ...]:
        """The sorted values that a column held in the rows kept; see `Table.used_levels`."""
        values = list(self._values.get(name, ()))
        if len(values) > max_levels:
            raise too_many_levels(name, len(values), self.n_kept, max_levels)
        return tuple(values[i] for i in in_order(values))

    def classes(self, asked: Asked) -> tuple[Level, Level]:
        """The negative and the positive class: see `choose_classes`."""
        every = self.used_levels(asked.target, None, len(self._values.get(asked.target, ())))
        return choose_classes(
            asked.target, np.arange(len(every), dtype=np.int32), every, asked.positive
        )

    def encoding(self, asked: Asked) -> Encoding:
        """The rule that `Design.from_frame` or `from_formula` would choose for all rows."""
        *names, target = asked.names(self.names)
        if not self.n_kept:
            raise DataError(
                f"none of the {self.n_rows} rows has a value in every used column",
                "complete rows of both classes",
                "there is nothing to fit",
                f"leave out the columns that are missing most: {dict(self.missing)}"
                if self.n_rows
                else "check how the files were written",
            )
        rows = range(self.n_kept)
        if asked.formula is not None:
            terms = terms_of(asked.formula, self, rows)
            return Encoding(terms, target, self.classes(asked), asked.formula.intercept)
        features = []
        for name in names:
            as_category, base = name in asked.categorical, asked.reference.get(name)
            features.append(Feature(name, choose_levels(self, name, rows, as_category, base)))
        return Encoding(tuple(features), target, self.classes(asked))

    def report(self, encoding: Encoding) -> DesignReport:
        """What was dropped and chosen, as a `Design` reports it."""
        negative, positive = encoding.classes
        counts = self._values[encoding.target]
        n_positive, lost = counts[positive], self._dropped[positive]
        known = sum(self._dropped.values())
        used = {name for f in encoding.features for name in f.variables} | {encoding.target}
        p_value = fisher_exact(lost, known, n_positive, self.n_kept) if known else None
        return DesignReport(
            n_rows_total=self.n_rows,
            n_rows=self.n_kept,
            missing=tuple((name, count) for name, count in self.missing.items() if count),
            target=encoding.target,
            class_counts=((negative, counts[negative]), (positive, n_positive)),
            n_dropped_with_outcome=known,
            n_dropped_positive=lost,
            dropped_p_value=p_value,
            levels=tuple((f.name, f.levels) for f in encoding.features if f.levels),
            excluded=tuple(name for name in self.names if name not in used),
        )


def _third_class(
    codes: NDArray[np.int32], levels: tuple[Level, ...], rows: NDArray[np.intp], before: set[Level]
) -> int:
    """The row with which an outcome that had some values before has more than two."""
    used, first = np.unique(codes[rows], return_index=True)
    new = [int(at) for code, at in zip(used, first, strict=True) if levels[code] not in before]
    return int(rows[sorted(new)[max(0, 2 - len(before))]])
