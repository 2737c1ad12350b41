"""A fit as a JSON file: bit-exact, with a schema number and a checksum, and never a pickle.

    {"format": "logreg_core model", "schema": 1, "sha256": ..., "model": {...}}

`model_schema` says what is inside, `sealed_json` how it is sealed. A pickle of a fit works too,
but reading one runs whatever its writer put there: it is no format to keep or to pass on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .atomic_files import replacing
from .errors import DataError
from .model_schema import SCHEMA, fields_of, plain
from .sealed_json import seal, unseal

if TYPE_CHECKING:
    from .result import LogitFit

__all__ = ["model_fields", "model_text", "read", "save"]

_KIND = "logreg_core model"


def model_text(fit: LogitFit) -> str:
    """The JSON text of a fit: equal for equal fits, whatever the machine.

    It is read back before it is returned, so no text is made that could not be taken again.

    Raises
    ------
    DataError
        When a label or a column's name is neither text nor a number.
    """
    try:
        text = seal(plain(fit), _KIND, SCHEMA)
        model_fields(text.encode(), "the text")
    except (TypeError, ValueError) as problem:
        cause = problem.found if isinstance(problem, DataError) else problem
        raise DataError(
            f"this fit cannot be saved: {cause}",
            "labels and column names that are text or numbers",
            "it could not be read back as it is",
            "rename the columns or recode the outcome, and fit again",
        ) from problem
    return text


def model_fields(data: bytes, where: str = "the text") -> dict[str, Any]:
    """The arguments of `LogitFit` from a model file's bytes.

    Raises
    ------
    DataError
        For whatever is not the whole, unchanged work of `model_text`.
    """
    content = unseal(data, _KIND, SCHEMA, where)
    try:
        return fields_of(content)
    except (ValueError, OverflowError) as problem:
        raise DataError(
            f"{where}: {problem}",
            "a model as fit.save wrote it, unchanged",
            "no model was made from it, and nothing in it was executed",
            "save the model again from the original fit",
            path=where,
        ) from problem


def save(fit: LogitFit, path: str | os.PathLike[str]) -> None:
    """Write a fit to a file, whole or not at all.

    Raises
    ------
    LogregError
        When the file cannot be written; what was there is unchanged.
    DataError
        When a label or a column's name is neither text nor a number.
    """
    text = model_text(fit)
    with replacing(path) as stream:
        stream.write(text)


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The arguments of `LogitFit` from a model file.

    Raises
    ------
    DataError
        When the file cannot be read, or is not what `save` wrote.
    """
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as problem:
        reasons: dict[type[Exception], str] = {
            FileNotFoundError: "does not exist",
            IsADirectoryError: "is a folder",
            PermissionError: "may not be read by this user",
        }
        reason = reasons.get(type(problem), f"cannot be read ({problem})")
        raise DataError(
            f"{os.fspath(path)!r} {reason}",
            "a model file, as fit.save writes it",
            f"nothing was read (relative paths start at {os.getcwd()!r})",
            "check the path and its permissions",
            path=os.fspath(path),
        ) from problem
    return model_fields(data, os.fspath(path))
