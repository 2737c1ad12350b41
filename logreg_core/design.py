"""From a data frame to X and y: which rows, which classes, which levels, and a report of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .columns import Level, Table, absent_column, missing_mask
from .contrasts import terms_of, variables_of
from .design_report import DesignReport, fisher_exact
from .encoding import Encoding, Feature
from .errors import DataError
from .formula import parse
from .levels import choose_classes, choose_levels
from .terms import Term

__all__ = ["Design", "check_known", "chosen_features"]

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Design:
    """A data frame made ready for a fit: X, y, and how they came about.

    Attributes
    ----------
    X : C-contiguous float64 array of shape (n, k), without intercept; each column in the unit of
        its data column, 0/1 for a level against its category's reference
    y : uint8 array of shape (n,), 1 for the positive class
    rows : positions in the frame (from 0) of the n rows kept
    encoding : the rule, which can be applied to other frames and saved
    report : what was dropped and chosen; ``print(design.report)``

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [30, 41, 29, 60], "city": ["Rome", "Oslo", None, "Rome"],
    ...                       "ill": ["no", "yes", "no", "yes"]})
    >>> design = Design.from_frame(frame, target="ill", missing="drop")
    >>> design.names
    ('age', 'city_Rome')
    >>> design.X
    array([[30.,  1.],
           [41.,  0.],
           [60.,  1.]])
    >>> design.y
    array([0, 1, 1], dtype=uint8)
    >>> print(design.report)
    rows: 3 of 4 used, 1 dropped
    outcome 'ill': positive class 'yes' (2 rows, 66.67%), negative class 'no' (1 rows)
    missing values: 'city' in 1 rows
    positive among dropped rows: 0.0% against 66.7% of those used (Fisher's exact test p = 1)
    category 'city': reference 'Oslo', against it 'Rome'
    """

    X: NDArray[np.float64]
    y: NDArray[np.uint8]
    rows: Rows
    encoding: Encoding
    report: DesignReport

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the k columns of X, such as 'age' or 'city_Rome'."""
        return self.encoding.names

    def take(self, rows: Rows) -> Design:
        """The same design for some of its rows, by position in X: a training set, a fold."""
        return replace(self, X=self.X[rows], y=self.y[rows], rows=self.rows[rows])

    def transform(self, frame: object, rows: Rows | None = None) -> NDArray[np.float64]:
        """Encode another frame's features by the same rule: see ``Encoding.transform``."""
        return self.encoding.transform(frame, rows)

    def encode_target(self, frame: object, rows: Rows | None = None) -> NDArray[np.uint8]:
        """Encode another frame's outcome by the same rule: see ``Encoding.encode_target``."""
        return self.encoding.encode_target(frame, rows)

    def complete_rows(self, frame: object, with_target: bool = False) -> Rows:
        """Find the rows of another frame that lack nothing: see ``Encoding.complete_rows``."""
        return self.encoding.complete_rows(frame, with_target)

    @classmethod
    def from_frame(
        cls,
        frame: object,
        target: Any,
        positive: Level | None = None,
        features: Sequence[Any] | None = None,
        categorical: Sequence[Any] | None = None,
        reference: Mapping[Any, Level] | None = None,
        missing: Literal["raise", "drop"] = "raise",
    ) -> Design:
        """Choose rows, classes and levels from a frame and encode it.

        Parameters
        ----------
        frame : pandas or polars DataFrame or pyarrow Table of ``n`` rows; it is not changed
        target : name of the outcome column, which must hold two different values
        positive : the value that counts as 1; by default the last of the two in sort order
        features : names of the columns to use, in the order they take in X; all others if None
        categorical : names of numeric features to treat as categories (text always is)
        reference : level of a category that the others are compared with; by default its first
            level in sort order
        missing : what to do when a used column has a missing value: "raise", or "drop" the row

        Returns
        -------
        Design

        Raises
        ------
        DataError
            When a name is absent or doubled, a value missing (with "raise") or infinite, a type
            unusable, a category constant or id-like, or the outcome has not two classes.

        Notes
        -----
        Rows with missing values are seldom a random part: look at the report's outcome rates.
        Two passes over the used columns; memory: X, four bytes a row for each category.
        """
        table = Table(frame)
        names = chosen_features(table, target, features)
        as_category = (categorical,) if isinstance(categorical, str) else categorical or ()
        check_known("categorical", as_category, names)
        check_known("reference", reference or {}, names)
        rows, counts = _kept_rows(table, [*names, target], missing)
        bases = reference or {}
        chosen = tuple(
            Feature(name, choose_levels(table, name, rows, name in as_category, bases.get(name)))
            for name in names
        )
        return cls._encoded(table, chosen, target, positive, rows, counts)

    @classmethod
    def from_formula(
        cls,
        formula: str,
        frame: object,
        positive: Level | None = None,
        missing: Literal["raise", "drop"] = "raise",
    ) -> Design:
        """Choose rows, classes and levels from a frame by a formula, which is read and never run.

        Parameters
        ----------
        formula : "outcome ~ terms". Terms are names (in backticks where they are no words), C(name)
            for numbers that are categories, C(name, ref="level") for another reference than the
            first level, log(), log1p() and sqrt() of a name; joined by + and -, : for products,
            a*b for a + b + a:b; "0 +" or "- 1" for no intercept. Text is a category always.
        frame, positive, missing : as in ``from_frame``

        Returns
        -------
        Design; its columns stand and are coded as patsy's (see `contrasts`). `fit` leaves the
        intercept out where the formula does.

        Raises
        ------
        DataError
            As ``from_frame``; for anything outside the grammar, with its ``place`` in the text.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"age": [30, 41, 29, 60], "city": ["Rome", "Oslo", "Bern", "Rome"],
        ...                       "ill": ["no", "yes", "no", "yes"]})
        >>> Design.from_formula("ill ~ C(city, ref='Rome') + age", frame).names
        ('city_Bern', 'city_Oslo', 'age')
        """
        table, asked = Table(frame), parse(formula)
        if asked.outcome is None:
            raise DataError(
                f"at position 0 of the formula: no outcome: {'>>>' + formula[:24]!r}",
                "a name before the '~'",
                "there is nothing to relate the terms to",
                'write it like "outcome ~ a + b"',
                formula=formula,
                place=0,
            )
        target = chosen_features(table, None, (asked.outcome,))[0]
        names = chosen_features(table, target, variables_of(asked))
        rows, counts = _kept_rows(table, [*names, target], missing)
        terms = terms_of(asked, table, rows)
        return cls._encoded(table, terms, target, positive, rows, counts, asked.intercept)

    @classmethod
    def _encoded(
        cls,
        table: Table,
        features: tuple[Feature | Term, ...],
        target: Any,
        positive: Level | None,
        rows: Rows,
        counts: tuple[tuple[Any, int], ...],
        intercept: bool = True,
    ) -> Design:
        codes, classes = table.codes(target)
        both = choose_classes(target, codes[rows], classes, positive)
        encoding = Encoding(features, target, both, intercept)
        X = encoding.transform(table, rows if len(rows) < table.n_rows else None)
        y = (codes[rows] == classes.index(encoding.positive)).astype(np.uint8)
        outcome = _dropped_outcomes(codes, rows, classes.index(encoding.positive))
        return cls(X, y, rows, encoding, _report(table, encoding, y, counts, outcome))


def chosen_features(table: Any, target: Any, features: Sequence[Any] | None) -> tuple[Any, ...]:
    """Names of the features: asked for, or every column but the target."""
    if target is not None and target not in table.names:
        raise absent_column(target, table.names, "the data frame")
    if isinstance(features, str):
        features = (features,)
    names = tuple(name for name in table.names if name != target) if features is None else features
    times = Counter(names)
    for name in names:
        if name not in table.names:
            raise absent_column(name, table.names, "the data frame")
        if name == target or times[name] > 1:
            role = "both target and feature" if name == target else "more than once a feature"
            raise DataError(
                f"column {name!r} is {role}",
                "each column in one role, once",
                "the fit would be separated or singular for no other reason",
                "leave it out of features; where the frame itself holds it twice, rename one",
                column=name,
            )
    if not names:
        raise DataError(
            "there are no features",
            "at least one column beside the target",
            "there is nothing to relate the outcome to",
            "name the columns to use in features",
        )
    return tuple(names)


def check_known(argument: str, given: Sequence[Any] | Mapping[Any, Level], names: Any) -> None:
    for name in given:
        if name not in names:
            raise absent_column(name, names, f"the list of features that {argument} refers to")


def _kept_rows(
    table: Table, names: list[Any], missing: str
) -> tuple[Rows, tuple[tuple[Any, int], ...]]:
    """Positions of the rows to keep, and how many values each column lacks."""
    if missing not in ("raise", "drop"):
        raise DataError(f"missing is {missing!r}", "'raise' or 'drop'", "", "choose one of the two")
    incomplete = np.zeros(table.n_rows, dtype=bool)
    counts = []
    first: tuple[Any, int] | None = None
    for name in names:
        mask = missing_mask(table.column(name))
        count = int(np.count_nonzero(mask))
        if count:
            counts.append((name, count))
            incomplete |= mask
            first = first or (name, int(np.argmax(mask)))
    rows = np.flatnonzero(~incomplete)
    if first and missing == "raise":
        raise DataError(
            f"column {first[0]!r} has a missing value in row {first[1]} (rows count from 0); "
            f"{table.n_rows - len(rows)} of {table.n_rows} rows lack some used column",
            "a value in every row",
            "a row without it has no likelihood",
            'fill the values, or pass missing="drop" and read the report on the rows dropped',
            column=first[0],
            row=first[1],
            n_rows=table.n_rows - len(rows),
        )
    if not len(rows):
        raise DataError(
            f"none of the {table.n_rows} rows has a value in every used column",
            "complete rows of both classes",
            "there is nothing to fit",
            f"leave out the columns that are missing most: {dict(counts)}" * bool(counts)
            or "give a frame with rows",
        )
    return rows, tuple(counts)


def _dropped_outcomes(codes: NDArray[np.int32], rows: Rows, positive: int) -> tuple[int, int]:
    """Of the dropped rows: how many have an outcome, and how many a positive one."""
    dropped = np.delete(codes, rows)
    return int(np.count_nonzero(dropped >= 0)), int(np.count_nonzero(dropped == positive))


def _report(
    table: Table,
    encoding: Encoding,
    y: NDArray[np.uint8],
    missing: tuple[tuple[Any, int], ...],
    dropped: tuple[int, int],
) -> DesignReport:
    n_positive = int(np.count_nonzero(y))
    (negative, positive), (n_known, n_dropped_positive) = encoding.classes, dropped
    p_value = fisher_exact(n_dropped_positive, n_known, n_positive, len(y)) if n_known else None
    used = {name for f in encoding.features for name in f.variables} | {encoding.target}
    return DesignReport(
        n_rows_total=table.n_rows,
        n_rows=len(y),
        missing=missing,
        target=encoding.target,
        class_counts=((negative, len(y) - n_positive), (positive, n_positive)),
        n_dropped_with_outcome=n_known,
        n_dropped_positive=n_dropped_positive,
        dropped_p_value=p_value,
        levels=tuple((f.name, f.levels) for f in encoding.features if f.levels),
        excluded=tuple(name for name in table.names if name not in used),
    )
