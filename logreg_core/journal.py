"""A journal of the sums of a fit, so that a fit that was killed goes on where it was.

A climb is deterministic: from the same sums it takes the same steps, to the last bit. So the sums
over all rows are written down as they are found, and a later fit of the same rows under the same
options takes them from there, in order, for as long as it asks for the very same ones; the rest it
sums up itself, and writes down. Nothing else is kept, and nothing in the file is executed.

The file is a line of JSON a sum, each with the sha256 of itself and of the line before; its first
line says of which rows and options. What was cut off or damaged is not used, nor what follows it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from .blocks import Blocks, Terms
from .errors import DataChangedError, DataError, LogregError

__all__ = ["PassJournal", "digest"]

FORMAT, VERSION = "logreg_core checkpoint", 1
_SEAL = "sha256"


class PassJournal:
    """The sums of one fit, on disk: a context manager.

    Parameters
    ----------
    path : the file; made where there is none, continued where there is one
    blocks : all rows of the fit
    identity : what says which rows and columns they are, as plain values
    options : what the climb depends on, as plain values

    Raises
    ------
    DataChangedError
        The file is of other rows or options; it names what differs, and is left as it is.
    DataError
        The file is no checkpoint.
    LogregError
        The file cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        blocks: Blocks,
        identity: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> None:
        self.blocks, self.path = blocks, os.fspath(path)
        header = {"format": FORMAT, "version": VERSION, "rows": identity, "options": options}
        self._header = json.loads(json.dumps(header))  # as it reads back
        self._known: list[dict[str, Any]] = []
        self._seal, self.calls, self.replayed = "", 0, 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> PassJournal:
        if os.path.exists(self.path) and not os.path.isfile(self.path):
            raise self._no_file()
        try:
            self._file = open(self.path, "r+b" if os.path.exists(self.path) else "x+b")
            _lock(self._file)
            self._begin(self._file)
        except OSError as problem:
            self.__exit__()
            raise self._unwritable(problem) from problem
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            with suppress(OSError):  # a full disk: what could not be written was told before
                file.close()

    def covers(self, blocks: Blocks) -> bool:
        """Whether these are the rows of the fit, with or without their offset."""
        return blocks is self.blocks or getattr(blocks, "whole", None) is self.blocks

    def terms(
        self, key: tuple[int, ...], where: tuple[NDArray[Any], ...], sums: Callable[[], Terms]
    ) -> Terms:
        """The terms at a point, under coordinates; as they were, where they are known."""
        name = "terms " + digest(key, where)
        known = self._next(name)
        if known is not None:
            loglik, weight_sum, n_rows, change = _floats(known["sums"][0]).tolist()
            gradient, information = (_floats(text) for text in known["sums"][1:])
            k = len(gradient)
            shape = (k, k) if information.size else (0, 0)
            return Terms(
                loglik, weight_sum, int(n_rows), change, gradient, information.reshape(shape)
            )
        found = sums()
        numbers = (found.loglik, found.weight_sum, found.n_rows, found.max_eta_change)
        self._write(name, [np.array(numbers), found.gradient, found.information])
        return found

    def sums(self, name: str, total: Callable[[], Any]) -> Any:
        """A number or a vector that is a sum over all rows; as it was, where it is known.

        Sums of another kind are marked, and added up again.
        """
        known = self._next("sum " + name)
        if known is not None and known["kind"] in ("number", "vector"):
            held = _floats(known["sums"][0])
            return held if known["kind"] == "vector" else float(held[0])
        found = total()
        if known is not None:
            return found
        if isinstance(found, np.ndarray) and found.ndim == 1 and found.dtype == np.float64:
            self._write("sum " + name, [found], "vector")
        elif isinstance(found, float):
            self._write("sum " + name, [np.array([found])], "number")
        else:
            self._write("sum " + name, [], "other")
        return found

    def _next(self, name: str) -> dict[str, Any] | None:
        """The sum written down at this place of the climb, if it is the one asked for."""
        self.calls += 1
        if self.calls > len(self._known):
            return None
        known = self._known[self.calls - 1]
        if known["name"] != name:
            self._forget_from(self.calls - 1)
            return None
        self.replayed += known["kind"] != "other"
        return known

    def _forget_from(self, place: int) -> None:
        """Drop what another climb has left: from here on this one's sums are written."""
        assert self._file is not None
        before = self._known[place - 1] if place else self._header
        self._seal = before[_SEAL]
        self._file.truncate(self._known[place]["at"])
        self._file.seek(0, os.SEEK_END)
        del self._known[place:]

    def _write(self, name: str, arrays: list[NDArray[np.float64]], kind: str = "terms") -> None:
        record = {"name": name, "kind": kind, "sums": [_text(array) for array in arrays]}
        self._known.append(record)
        assert self._file is not None
        try:
            record["at"] = self._file.tell()  # type: ignore[assignment]
            self._append({key: record[key] for key in ("name", "kind", "sums")}, record)
        except OSError as problem:
            raise self._unwritable(problem) from problem

    def _append(self, content: dict[str, Any], record: dict[str, Any]) -> None:
        assert self._file is not None
        self._seal = record[_SEAL] = _sealed(content, self._seal)
        line = json.dumps({**content, _SEAL: self._seal}) + "\n"
        self._file.write(line.encode("ascii"))
        self._file.flush()
        os.fsync(self._file.fileno())

    def _begin(self, file: BinaryIO) -> None:
        lines = file.read().splitlines(keepends=True)
        if not lines or (len(lines) == 1 and not lines[0].endswith(b"\n")):
            file.seek(0)  # new, or killed while its first line was written
            if lines and not lines[0].startswith(b'{"format": "logreg'[: len(lines[0])]):
                raise self._no_checkpoint()
            file.truncate()
            self._append(self._header, self._header)
            return
        self._check_header(_parsed(lines[0], ""))
        at = len(lines[0])
        for line in lines[1:]:
            record = _parsed(line, self._seal)
            if record is None or not _well_formed(record):
                break
            record["at"], at = at, at + len(line)
            self._known.append(record)
            self._seal = record[_SEAL]
        file.truncate(at)
        file.seek(at)

    def _check_header(self, found: dict[str, Any] | None) -> None:
        if found is None or found.get("format") != FORMAT:
            raise self._no_checkpoint()
        self._seal = self._header[_SEAL] = found[_SEAL]
        for part in ("version", "rows", "options"):
            then, now = found.get(part), self._header[part]
            if then != now:
                what, then, now = _difference(part, then, now)
                raise DataChangedError(
                    f"{self.path!r} is the checkpoint of another fit: {what} was {then!r:.200}, "
                    f"and is {now!r:.200}",
                    "the same rows, columns and options",
                    "its sums do not belong to this fit",
                    "name another file, or delete this one to begin anew",
                    path=self.path,
                    changed=what,
                )

    def _no_checkpoint(self) -> DataError:
        return DataError(
            f"{self.path!r} is no checkpoint, or its first line is damaged",
            "a file that fit(..., checkpoint=...) wrote, or none",
            "it cannot be told which fit it belongs to, and it was left as it is",
            "name another file, or delete this one to begin anew",
            path=self.path,
        )

    def _no_file(self) -> DataError:
        return DataError(
            f"{self.path!r} is a folder, a device or a pipe: it cannot be written as a checkpoint",
            "a file that fit(..., checkpoint=...) wrote, or none",
            "the sums of the fit cannot be kept there",
            "name a file",
            path=self.path,
        )

    def _unwritable(self, problem: OSError) -> LogregError:
        return LogregError(
            f"{self.path!r} cannot be written: {problem.strerror or problem}",
            "a file in a folder that exists and can be written, with room for it",
            "the sums of the fit cannot be kept",
            "name another file, or make room: the same call goes on from what was written",
            path=self.path,
        )


def _lock(file: BinaryIO) -> None:
    """Keep other processes from writing to it; released when the file is closed, or by a kill."""
    try:
        import fcntl
    except ImportError:  # not on this system
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise OSError(None, "another fit is using it") from problem


def digest(key: tuple[int, ...], arrays: tuple[NDArray[Any], ...]) -> str:
    """sha256 of some whole numbers and of the bits of some arrays.

    >>> digest((2,), (np.zeros(2),))[:8] == digest((2,), (np.array([0.0, -0.0]),))[:8]
    False
    """
    seal = hashlib.sha256(repr([int(i) for i in key]).encode())
    for array in arrays:
        seal.update(f"{array.dtype.str}{array.shape}".encode())
        seal.update(np.ascontiguousarray(array).tobytes())
    return seal.hexdigest()


def _sealed(content: Mapping[str, Any], before: str) -> str:
    text = json.dumps({k: v for k, v in content.items() if k != _SEAL}, sort_keys=True)
    return hashlib.sha256((before + text).encode()).hexdigest()


def _parsed(line: bytes, before: str) -> dict[str, Any] | None:
    """A line's content; None where it is not whole."""
    try:
        record = json.loads(line.decode("ascii"))
    except ValueError:
        return None
    if not isinstance(record, dict) or not line.endswith(b"\n"):
        return None
    return record if record.get(_SEAL) == _sealed(record, before) else None


def _well_formed(record: Mapping[str, Any]) -> bool:
    sizes = {"terms": 3, "number": 1, "vector": 1, "other": 0}
    sums = record.get("sums")
    return isinstance(sums, list) and len(sums) == sizes.get(str(record.get("kind")), -1)


def _difference(part: str, then: Any, now: Any) -> tuple[str, Any, Any]:
    if isinstance(then, dict) and isinstance(now, dict):
        for name in (*now, *then):
            if then.get(name) != now.get(name):
                return str(name), then.get(name), now.get(name)
    return part, then, now


def _text(array: NDArray[np.float64]) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f8").tobytes()).decode("ascii")


def _floats(text: str) -> NDArray[np.float64]:
    return np.frombuffer(base64.b64decode(text), dtype="<f8").astype(np.float64)
