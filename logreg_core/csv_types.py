"""What the columns of a CSV file hold, and its pieces parsed by pyarrow with these types.

A column of a frame is text where any of its values is. A piece alone cannot know that, so types
are settled before anything is fitted: by an encoding, or by a reading of all files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .arrow_columns import pyarrow
from .columns import Table, is_categorical
from .csv_chunks import CsvText, parse, read_texts
from .encoding import Encoding
from .errors import DataError
from .file_lists import FileMark, placed, unchanged
from .streamed_design import Asked, SeenColumns
from .terms import Term

__all__ = [
    "MISSING_WORDS",
    "NUMBER",
    "TEXT",
    "TRUTH",
    "Kinds",
    "kinds_of",
    "parsed",
    "seen_in",
    "text_among_numbers",
    "told",
    "values_of",
]

Kinds = Mapping[Any, str]
NUMBER, TEXT, TRUTH = "number", "text", "truth"
# What pandas, and so `read_csv`, takes for a missing value.
MISSING_WORDS = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
TRUE, FALSE = ("True", "TRUE", "true"), ("False", "FALSE", "false")
PORTION = 1 << 20  # bytes that a thread of pyarrow parses at a time


def kinds_of(encoding: Encoding) -> dict[Any, str]:
    """What each column must hold for an encoding.

    >>> from logreg_core.encoding import Feature
    >>> kinds_of(Encoding((Feature("age"), Feature("sex", ("f", "m"))), "ill", (0, 1)))
    {'age': 'number', 'sex': 'text', 'ill': 'number'}
    """
    levels: dict[Any, tuple[Any, ...]] = {}
    for feature in encoding.features:
        if isinstance(feature, Term):
            levels |= {f.column: f.levels for part in feature.parts for f in part}
        else:
            levels[feature.name] = feature.levels
    levels[encoding.target] = encoding.classes
    return {name: _kind_of(values) for name, values in levels.items()}


def _kind_of(levels: tuple[Any, ...]) -> str:
    if any(isinstance(level, str) for level in levels):
        return TEXT
    return TRUTH if levels and isinstance(levels[0], bool) else NUMBER


def parsed(text: CsvText, kinds: Kinds) -> Any:
    """The columns of a piece as an Arrow table; None where a value is of another kind.

    Numbers are the nearest float64, missing values those of `MISSING_WORDS`, quoted or not.
    """
    arrow, csv = pyarrow(), pyarrow("pyarrow.csv")
    types = {
        NUMBER: arrow.float64(), TRUTH: arrow.bool_(),
        TEXT: arrow.dictionary(arrow.int32(), arrow.string()),
    }  # fmt: skip
    try:
        table = csv.read_csv(
            arrow.BufferReader(text.head + text.data),
            read_options=csv.ReadOptions(block_size=max(PORTION, 2 * len(text.head))),
            parse_options=csv.ParseOptions(
                newlines_in_values=b'"' in text.data, ignore_empty_lines=False
            ),
            convert_options=csv.ConvertOptions(
                column_types={name: types[kind] for name, kind in kinds.items()},
                include_columns=list(kinds),
                null_values=list(MISSING_WORDS),
                true_values=list(TRUE),
                false_values=list(FALSE),
                strings_can_be_null=True,
            ),
        )
    except arrow.ArrowInvalid:
        return None
    return table if text.n_rows is None or table.num_rows == text.n_rows else None


def seen_in(
    files: Sequence[FileMark], header: Sequence[str], names: Sequence[str], asked: Asked
) -> tuple[SeenColumns, dict[Any, str]]:
    """What a reading of all files shows of some columns, and their kinds.

    Where a column turns out to be text further down, the reading begins again.
    """
    kinds: dict[Any, str] = {}
    while True:
        seen = SeenColumns(header)
        if _read_all(files, names, asked, seen, kinds):
            return seen, kinds


def _read_all(
    files: Sequence[FileMark], names: Sequence[str], asked: Asked, seen: SeenColumns,
    kinds: dict[Any, str],
) -> bool:  # fmt: skip
    """False where a column holds text that was taken for numbers; its kind is then corrected."""
    for file in files:
        for text in read_texts(file.path, names):
            table = parsed(text, kinds) if kinds else None
            if table is None:
                texts = {name: str for name, kind in kinds.items() if kind == TEXT}
                frame = Table(parse(text, names, texts))
                found = {name: _kind(frame, name) for name in names}
                if not kinds:
                    kinds.update(found)
                wrong = [n for n in names if found[n] != kinds[n] and kinds[n] != TEXT]
                if wrong:
                    kinds.update(dict.fromkeys(wrong, TEXT))
                    return False
                table = frame
            try:
                seen.see(table if isinstance(table, Table) else Table(table), names, asked)
            except DataError as problem:
                raise told(problem, text) from problem
        unchanged(file)
    return True


def _kind(table: Table, name: str) -> str:
    series = table.column(name)
    if is_categorical(series):
        return TEXT
    values = series.dropna()
    return TRUTH if len(values) and isinstance(values.iloc[0], bool | np.bool_) else NUMBER


def text_among_numbers(files: Sequence[FileMark], problem: DataError, asked: Asked) -> DataError:
    """Of a column with too many levels, the first text, where most values are numbers.

    Any other problem as it is. Costs a reading.
    """
    import pandas as pd

    name = problem.evidence.get("column")
    name = problem.evidence.get("column")
    if not isinstance(name, str) or "n_levels" not in problem.evidence or asked.category(name):
        return problem
    balance, first = 0, None
    for file in files:
        for text in read_texts(file.path, [name]):
            series = parse(text, [name], {name: str})[name]
            numeric = pd.to_numeric(series, errors="coerce").notna().to_numpy()
            odd = series.notna().to_numpy() & ~numeric
            balance += int(numeric.sum()) - int(odd.sum())
            if first is None and odd.any():
                row = int(np.argmax(odd))
                first = text, row, series.iloc[row]
    if first is None or balance <= 0:
        return problem
    text, row, value = first
    error = DataError(
        f"column {name!r} holds {value!r} among numbers in row {row}",
        "numbers throughout, or a category of few levels",
        "one value of text makes text of the column, and each number a level of its own",
        "correct the value or leave the field empty; or leave the column out of features",
        column=name,
        row=row,
        value=value,
    )
    return told(error, text)


def told(problem: DataError, text: CsvText, row: int | None = None) -> DataError:
    """The error of a piece, told by its file and line; ``row``: in the piece."""
    row = problem.evidence.get("row") if row is None else row
    if row is None:
        return problem
    line = text.line(row)
    number = None if text.n_rows is None else text.first_row + row
    return placed(problem, f"{text.path}, line {line}", path=text.path, line=line, row=number)


def values_of(series: Any, truths: bool) -> Any:
    """A column that pandas took for text, as numbers or truth values.

    Raises
    ------
    DataError
        For the first value that is none, with its row.
    """
    import pandas as pd

    words = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)
    values = series.map(words) if truths else pd.to_numeric(series, errors="coerce")
    wrong = (values.isna() & series.notna()).to_numpy()
    if not wrong.any():
        return values
    row = int(np.argmax(wrong))
    raise DataError(
        f"column {series.name!r} holds {series.iloc[row]!r} in row {row}",
        f"{'True or False' if truths else 'a number'}, as in the data of the fit",
        "it has no place in the linear predictor",
        "correct the value, or leave the field empty",
        column=series.name,
        row=row,
        value=series.iloc[row],
    )
