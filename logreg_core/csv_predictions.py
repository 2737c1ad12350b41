"""Probabilities for the rows of a CSV file of any size, written as they are found."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from .atomic_files import replacing
from .columns import Level, Table, is_categorical
from .csv_cells import cell, kept_cell
from .csv_chunks import CHUNK, CsvChunk, read_chunks
from .csv_types import values_of
from .encoding import Encoding, Feature
from .errors import DataError
from .export.rule import scoring_rule
from .option_checks import check_options

if TYPE_CHECKING:
    from .result import LogitFit

__all__ = ["CsvPredictions", "predict_csv"]

_RESULTS = ("row", "probability", "predicted")


@dataclass(frozen=True)
class CsvPredictions:
    """What was written: rows, those of them without a probability, those called positive."""

    n_rows: int
    n_incomplete: int
    n_positive: int


def predict_csv(
    fit: LogitFit,
    data: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    threshold: float = 0.5,
    keep: Sequence[str] = (),
    missing: Literal["empty", "raise"] = "empty",
    threads: int | None = None,
    chunk_bytes: int = CHUNK,
    callback: Callable[[float], None] | None = None,
) -> CsvPredictions:
    """Score every row of a CSV file.

    Parameters
    ----------
    fit : made from a `Design`, or from columns whose names the file has
    data : a comma-separated file with the fit's raw columns; others are ignored
    out : the file to write: row (from 0, header not counted), the columns kept, probability (in
        full, so that it reads back as the same float64), predicted (the label)
    threshold : a row is predicted positive where its probability is at least this
    keep : columns of ``data`` to copy, as the text they are
    missing : rows that lack a used value get empty cells ("empty"), or are an error ("raise")
    callback : called with the share of the file that is done

    Raises
    ------
    DataError
        For whatever `read_csv` refuses, a column that is absent, a value that is no number, a
        level the fit has not seen; with the line of the file.
    LogregError
        When ``out`` cannot be written. In either case ``out`` is as it was before.

    Notes
    -----
    One pass over the file; memory: a chunk of 4 MiB and its parsed rows, whatever its size. Text
    that a spreadsheet would run gets an apostrophe in front.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import logreg_core as lc
    >>> fit = lc.fit(pd.DataFrame({"age": [30, 41, 29, 60]}), ["no", "yes", "yes", "no"])
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "new.csv").write_text("id,age\\n=1,35\\nb,\\n")
    >>> predict_csv(fit, folder / "new.csv", folder / "out.csv", keep=["id"])
    CsvPredictions(n_rows=2, n_incomplete=1, n_positive=1)
    >>> print((folder / "out.csv").read_text())  # doctest: +ELLIPSIS
    row,id,probability,predicted
    0,'=1,0.5...,yes
    1,b,,
    <BLANKLINE>
    """
    check_options(threshold=threshold, threads=threads)
    _check_names(keep, missing)
    _check_places(data, out)
    scorer = _Scorer(fit, missing, threads)
    labels = [cell(str(label)) for label in fit.classes]
    n_rows = n_incomplete = n_positive = 0
    with replacing(out) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["row", *map(cell, keep), "probability", "predicted"])
        chunks = read_chunks(
            data, scorer.header, as_text=scorer.as_text, keep=keep, chunk_bytes=chunk_bytes
        )
        for chunk in chunks:
            rows, found = scorer(chunk)
            n = len(chunk.frame)
            probability, predicted = [""] * n, [""] * n
            for i, p in zip(rows.tolist(), found.tolist(), strict=True):
                probability[i] = repr(p)
                predicted[i] = labels[p >= threshold]
            kept = [map(kept_cell, chunk.texts[name]) for name in keep]
            numbers = range(chunk.first_row, chunk.first_row + n)
            writer.writerows(zip(numbers, *kept, probability, predicted, strict=True))
            n_rows, n_incomplete = n_rows + n, n_incomplete + n - len(rows)
            n_positive += int(np.count_nonzero(found >= threshold))
            if callback is not None:
                callback(chunk.share)
    return CsvPredictions(n_rows, n_incomplete, n_positive)


class _Scorer:
    """Probabilities of the complete rows of a chunk; errors with the line of the file."""

    def __init__(self, fit: LogitFit, missing: str, threads: int | None) -> None:
        self._fit, self._missing, self._threads = fit, missing, threads
        names = fit.names[1:] if fit.fit_intercept else fit.names
        plain = Encoding(tuple(map(Feature, names)), "", fit.classes)
        self._encoding = fit.encoding or plain
        self._levels: dict[Any, tuple[Level, ...]] = scoring_rule(fit, encoded=False).variables
        self.header = [str(name) for name in self._levels]
        self.as_text = [
            str(name)
            for name, levels in self._levels.items()
            if levels and isinstance(levels[0], str)
        ]

    def __call__(self, chunk: CsvChunk) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        frame = chunk.frame.set_axis(list(self._levels), axis=1)  # their names need not be text
        for name, levels in self._levels.items():
            if str(name) not in self.as_text and is_categorical(frame[name]):
                truths = bool(levels) and isinstance(levels[0], bool)
                try:
                    frame[name] = values_of(frame[name], truths)
                except DataError as problem:
                    raise _with_line(problem, chunk) from problem
        table = Table(frame)
        try:
            rows = self._encoding.complete_rows(table)
            if self._missing == "raise" and len(rows) < len(frame):
                rows = np.arange(len(frame))
            if not len(rows):
                return rows, np.empty(0)
            X = self._encoding.transform(table, rows)
        except DataError as problem:
            raise _with_line(problem, chunk) from problem
        return rows, self._fit.probability(X, threads=self._threads)


def _with_line(problem: DataError, chunk: CsvChunk) -> DataError:
    """The same error, with the place in the file in front."""
    row = problem.evidence.get("row")
    if row is None:
        return problem
    line = chunk.line(row)
    found = problem.found.replace(f" in row {row}", "", 1)
    evidence = problem.evidence | {
        "row": chunk.first_row + row, "line": line, "path": chunk.path
    }  # fmt: skip
    return DataError(
        f"{chunk.path}, line {line}: {found}",
        problem.expected,
        problem.meaning,
        problem.remedy,
        **evidence,
    )


def _check_names(keep: Sequence[str], missing: str) -> None:
    if missing not in ("empty", "raise"):
        raise DataError(f"missing is {missing!r}", "'empty' or 'raise'", "", "choose one of them")
    for name in keep:
        if name in _RESULTS or list(keep).count(name) > 1:
            raise DataError(
                f"the column {name!r} is to be kept, and the output has one of that name",
                f"other columns than {', '.join(_RESULTS)}, each once",
                "two columns would bear one name",
                "leave it out, or rename it in the file",
                column=name,
            )


def _check_places(data: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    if os.path.realpath(data) == os.path.realpath(out):
        raise DataError(
            f"{os.fspath(out)!r} is both the data and the output",
            "another file to write to",
            "the data would be replaced by their predictions",
            "name another file with --out",
            path=os.fspath(out),
        )
