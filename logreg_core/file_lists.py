"""Which files are meant, in which order, and whether they are still the same."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .column_fill import in_batch
from .csv_files import no_file
from .errors import DataChangedError, DataError

__all__ = [
    "FileMark",
    "FilePaths",
    "changed",
    "listed_files",
    "marked",
    "natural",
    "placed",
    "unchanged",
]

FilePaths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True)
class FileMark:
    """A file as it was found: size in bytes, time of its last change in nanoseconds."""

    path: str
    size: int
    mtime_ns: int


def natural(path: str) -> list[Any]:
    """What to sort by so that part-2 comes before part-10.

    >>> sorted(["part-10.csv", "part-2.csv"], key=natural)
    ['part-2.csv', 'part-10.csv']
    """
    parts = re.split(r"(\d+)", path)
    return [(int(part), part) if i % 2 else (0, part) for i, part in enumerate(parts)]


def listed_files(paths: FilePaths, ending: str, kind: str) -> tuple[FileMark, ...]:
    """The files that a path, a folder, a pattern or a list of these stands for.

    Parameters
    ----------
    paths : a file; a folder, for all files below it whose names end with ``ending``, but those
        whose names, or whose folders' names, start with "_" or "."; a pattern with *, ? or [...]
        (** for any folders); or a list of these. Of a folder and a pattern the files come in
        natural order of their paths; a list keeps its own.
    kind : what they should be, such as "a Parquet file"

    Raises
    ------
    DataError
        Where nothing is found, a file cannot be read, or one is listed twice.
    """
    given = _given(paths, kind)
    found = [file for path in given for file in _files(path, ending, kind)]
    if not found:
        raise _nothing("an empty list of paths was given", kind)
    twice = next((file for file in found if found.count(file) > 1), None)
    if twice is not None:
        raise DataError(
            f"{twice!r} is listed {found.count(twice)} times",
            "each file once",
            "its rows would count as often",
            "take it from the list",
            path=twice,
        )
    return tuple(marked(file, kind) for file in found)


def _given(paths: Any, kind: str) -> list[str]:
    single = isinstance(paths, str | os.PathLike) or not isinstance(paths, Iterable)
    several = [paths] if single else list(paths)
    wrong = [p for p in several if not isinstance(p, str | os.PathLike)]
    if wrong:
        raise DataError(
            f"paths {'is' if single else 'holds'} {wrong[0]!r:.60}, a {type(wrong[0]).__name__}",
            f"the name of {kind}, of a folder or a pattern of such files, or a list of these",
            "no file can be found by it",
            'pass a str or a pathlib.Path, such as "data/*"',
        )
    return [os.fsdecode(p) for p in several]


def _files(path: str, ending: str, kind: str) -> list[str]:
    if os.path.isdir(path):
        inside = [str(file) for file in Path(path).rglob(f"*{ending}") if file.is_file()]
        shown = [f for f in inside if not _hidden(os.path.relpath(f, path))]
        if not shown:
            raise _nothing(f"the folder {path!r} holds no file named *{ending}", kind, path)
        return sorted(shown, key=natural)
    if os.path.exists(path) or not glob.has_magic(path):
        return [path]
    matches = [file for file in glob.glob(path, recursive=True) if os.path.isfile(file)]
    if not matches:
        raise _nothing(f"no file matches {path!r}", kind, path)
    return sorted(matches, key=natural)


def _hidden(path: str) -> bool:
    return any(part.startswith(("_", ".")) for part in Path(path).parts)


def _nothing(found: str, kind: str, path: str | None = None) -> DataError:
    return DataError(
        found,
        f"{kind}, a folder or a pattern of such files",
        f"nothing was read (relative paths start at {os.getcwd()!r})",
        "check the path; in a shell, put a pattern into quotes",
        path=path,
    )


def marked(path: str, kind: str) -> FileMark:
    """The file as it is now."""
    try:
        with open(path, "rb"):
            pass  # a file that is there and may not be read is refused before any pass
        status = os.stat(path)
    except OSError as problem:
        raise no_file(path, problem, kind) from problem
    return FileMark(path, status.st_size, status.st_mtime_ns)


def unchanged(file: FileMark) -> None:
    """Refuse to go on with a file that is no longer what it was.

    Raises
    ------
    DataChangedError
        Naming the file.
    """
    try:
        status = os.stat(file.path)
    except OSError as problem:
        raise changed(file, "is not there any more") from problem
    if status.st_size != file.size:
        raise changed(file, f"has {status.st_size} bytes and had {file.size}")
    if status.st_mtime_ns != file.mtime_ns:
        raise changed(file, "was written to since the first reading")


def changed(file: FileMark, how: str) -> DataChangedError:
    """Say that a file is no longer what it was."""
    return DataChangedError(
        f"{file.path!r} {how}",
        "the same file at every reading",
        "sums over rows before and after do not belong together",
        "fit again when nothing writes to the files, or fit a copy",
        path=file.path,
    )


def placed(problem: DataError, where: str, **evidence: Any) -> DataError:
    """The error of some rows, with the place in a file in front and as evidence.

    >>> error = DataError("column 'a' holds NaN in row 2", row=2)
    >>> str(placed(error, "a.csv, line 9", line=9))
    "a.csv, line 9: column 'a' holds NaN."
    """
    problem = in_batch(problem)
    row = problem.evidence.get("row")
    found = problem.found.replace(f" in row {row} ()", "").replace(f" in row {row}", "", 1)
    return DataError(
        f"{where}: {found}", problem.expected, problem.meaning, problem.remedy,
        **problem.evidence | evidence,
    )  # fmt: skip
