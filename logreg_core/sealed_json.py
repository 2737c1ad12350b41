"""JSON with a seal: a format's name, its schema number, and a checksum over both and the content.

A file is taken only if it is what it says, to the letter; nothing in it is ever executed. The
checksum is the sha256 of the canonical text (keys sorted, no blanks, ASCII), so it tells damage
and edits, and not the white space or the order of keys. It is no signature: who can write the
file can write its checksum.

Floats are written by ``repr``, the shortest decimal that reads back as the same 64 bits
(zeros of either sign and subnormals too); ``plain_values`` spells infinities and NaN as text.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

from .errors import DataError

__all__ = ["seal", "unseal"]

_KEYS = {"format", "schema", "sha256", "model"}
_FORMATS = {
    b"\x80": "a pickle",
    b"PK\x03\x04": "a zip file",
    b"\x1f\x8b": "a gzip file",
    b"\xef\xbb\xbf": "text with a byte-order mark",
}


def seal(model: dict[str, Any], kind: str, schema: int) -> str:
    """Plain values as sealed JSON, a line a key.

    Raises
    ------
    ValueError, TypeError
        Where a value is not plain: NaN, infinity, an object.

    Examples
    --------
    >>> print(seal({"coef": [0.1, -0.0]}, "example", 1), end="")
    {"format": "example",
    "schema": 1,
    "sha256": "0bb88a6cfdbf59e77c841b11d6ce6eb6c0c718341ebb073a36d604b0a9a7e394",
    "model": {
    "coef": [0.1, -0.0]}}
    """
    lines = ",\n".join(f"{_line(name)}: {_line(value)}" for name, value in model.items())
    return (
        f'{{"format": {_line(kind)},\n"schema": {schema},\n'
        f'"sha256": "{_checksum(model, kind, schema)}",\n"model": {{\n{lines}}}}}\n'
    )


def unseal(data: bytes, kind: str, schema: int, where: str) -> dict[str, Any]:
    """The plain values of sealed JSON.

    Parameters
    ----------
    data : the file's bytes
    kind, schema : the format's name, and the newest schema that is understood
    where : the file, for messages

    Raises
    ------
    DataError
        Whatever is not the whole and unchanged work of `seal`: other bytes, doubled keys, NaN,
        deep nesting, a newer schema, another checksum.

    Examples
    --------
    >>> unseal(seal({"n": 3}, "example", 1).encode(), "example", 1, "a.json")
    {'n': 3}
    """
    content = _parse(data, where)
    if not isinstance(content, dict) or content.get("format") != kind:
        _refuse(where, f"is JSON, but no {kind} file")
    number = content.get("schema")
    if type(number) is not int or number < 1:
        _refuse(where, f"has the schema {number!r:.40}")
    if number > schema:
        raise DataError(
            f"{where} has schema {number}",
            f"a schema up to {schema}",
            "a newer logreg_core wrote it, and this one would misread it",
            "upgrade logreg_core: pip install --upgrade logreg-core",
            path=where,
            schema=number,
        )
    if content.keys() != _KEYS or not isinstance(content["model"], dict):
        _refuse(where, f"has the keys {', '.join(sorted(map(repr, content)))[:200]}")
    model: dict[str, Any] = content["model"]
    try:
        same = content["sha256"] == _checksum(model, kind, number)
    except (ValueError, RecursionError):
        same = False
    if not same:
        _refuse(where, "does not match its checksum: it was changed or damaged")
    return model


def _checksum(model: dict[str, Any], kind: str, schema: int) -> str:
    sealed = {"format": kind, "schema": schema, "model": model}
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _line(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _parse(data: bytes, where: str) -> Any:
    if not data.strip():
        _refuse(where, f"is empty ({len(data)} bytes)")
    for start, name in _FORMATS.items():
        if data.startswith(start):
            _refuse(where, f"is {name} by its first bytes")
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as problem:
        reason = "its brackets nest too deep" if isinstance(problem, RecursionError) else problem
        _refuse(where, f"is no JSON that can be taken: {str(reason)[:200]}", problem)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return content


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _refuse(where: str, found: str, problem: BaseException | None = None) -> NoReturn:
    raise DataError(
        f"{where} {found}",
        "a model as fit.save wrote it, unchanged",
        "no model was made from it, and nothing in it was executed",
        "save the model again from the original fit",
        path=where,
    ) from problem
