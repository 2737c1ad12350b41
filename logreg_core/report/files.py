"""Write documents so that a reader finds all of them whole, or the old ones, never a part."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..csv_cells import cell
from ..errors import LogregError

__all__ = ["csv_text", "json_text", "write_all"]


def write_all(folder: Path, documents: Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write files to a folder, which is made where it does not exist.

    Everything is first written to temporary files in the same folder and brought to the disk;
    only when all of that has succeeded do they take their names.

    Parameters
    ----------
    folder : where to; files of the same names there are replaced
    documents : file name to bytes, or to text, written as UTF-8 with line feeds as they are

    Returns
    -------
    the paths written, in the order given

    Raises
    ------
    LogregError
        When the folder or a file cannot be written, or the disk is full: nothing has changed
        then, and no temporary file is left.
    """
    waiting: dict[Path, Path] = {}
    ours: list[Path] = []
    try:
        ours = _missing_folders(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in documents.items():
            goal = folder / name
            if goal.is_dir():
                raise IsADirectoryError(None, "a folder is in its place", str(goal))
            waiting[goal] = goal.with_name(f".{name}.{secrets.token_hex(4)}.tmp")
            _write(waiting[goal], text)
        for goal, temporary in waiting.items():
            os.replace(temporary, goal)
    except OSError as problem:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)
        for made in ours:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()
        raise _unwritable(folder, problem) from problem
    return tuple(waiting)


def _missing_folders(folder: Path) -> list[Path]:
    """The folders that do not exist yet, innermost first."""
    return [place for place in (folder, *folder.parents) if not place.exists()]


def _write(path: Path, content: str | bytes) -> None:
    # Half a surrogate pair (from a file name that is no UTF-8) is written as its escape.
    if isinstance(content, str):
        content = content.encode("utf-8", "backslashreplace")
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())  # a full disk may only be noticed here


def _unwritable(folder: Path, problem: OSError) -> LogregError:
    where = problem.filename or folder
    return LogregError(
        f"{str(where)!r} cannot be written: {problem.strerror or problem}",
        "a folder that can be written, with room for the report",
        f"nothing was written to {str(folder)!r}, and what was there is unchanged",
        "name another folder with --out, or make room",
        path=str(folder),
    )


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write a table as CSV: numbers in full, text so that no spreadsheet runs it.

    A text that starts with = + - @ (or a tab or carriage return) gets an apostrophe in front;
    numbers, negative ones too, stay as they are. NaN and None are empty fields.

    >>> print(csv_text(["name", "coef"], [["=1+1", -0.5], ["age", float("nan")]]), end="")
    name,coef
    '=1+1,-0.5
    age,
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return stream.getvalue()


def json_text(content: Any) -> str:
    """Write plain values as strict JSON: NaN becomes null, infinity the text "+inf" or "-inf".

    >>> print(json_text({"precision": float("nan"), "coef": float("-inf")}), end="")
    {
      "precision": null,
      "coef": "-inf"
    }
    """
    return json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("+inf" if value > 0 else "-inf")
    return value
