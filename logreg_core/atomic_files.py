"""Write a file so that a reader finds the whole of it, or what was there before, never a part."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from .errors import DataError, LogregError

__all__ = ["replacing"]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """A stream to a temporary file that takes the name of ``path`` when the block has succeeded.

    The text is UTF-8 with line feeds as they are. The temporary file lies in the same folder and
    is brought to the disk first; where the block or the disk fails it is removed, and what was at
    ``path`` is unchanged.

    Raises
    ------
    LogregError
        When the file cannot be written; an OSError inside the block counts as that.
    DataError
        When ``path`` can be no file's name.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replacing(place) as stream:
    ...     _ = stream.write("whole")
    ...     place.exists()
    False
    >>> place.read_text(), len(list(place.parent.iterdir()))
    ('whole', 1)
    """
    if "\0" in os.fspath(path):
        raise DataError(f"{path!r} holds a NUL", "a file's name", "no file can be named so", "")
    temporary: Path | None = None
    try:
        goal = Path(os.path.realpath(path))  # a link stays, and what it leads to is replaced
        if goal.exists() and not goal.is_file():
            raise OSError(None, "a folder or device is in its place", os.fspath(path))
        temporary = goal.with_name(f".{secrets.token_hex(8)}.tmp")
        # Half a surrogate pair (from a file name that is no UTF-8) is written as its escape.
        with temporary.open("x", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())  # a full disk may only be noticed here
        os.replace(temporary, goal)
    except OSError as problem:
        raise LogregError(
            f"{os.fspath(path)!r} cannot be written: {problem.strerror or problem}",
            "a file in a folder that exists and can be written, with room for it",
            "nothing was written, and what was there is unchanged",
            "name another file, or make room",
            path=os.fspath(path),
        ) from problem
    finally:
        if temporary is not None and temporary.exists():
            temporary.unlink()
