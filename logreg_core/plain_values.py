"""Arrays, infinities and long integers as what JSON can hold, and back with every type checked.

Readers take a value and what it is called, and raise ValueError where it is not what it should be.
"""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "bits",
    "fields",
    "matrix",
    "plain_bits",
    "plain_number",
    "plain_numbers",
    "real",
    "reals",
    "text",
    "texts",
    "truth",
    "whole",
    "wholes",
]

Floats = NDArray[np.float64]
_WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def plain_number(value: float) -> float | str:
    """A float; NaN and infinities as words.

    >>> plain_number(0.1), plain_number(float("-inf"))
    (0.1, '-inf')
    """
    number = float(value)
    return number if math.isfinite(number) else str(number)


def plain_numbers(values: Floats) -> list[Any]:
    """An array of one or two dimensions as lists."""
    return [plain_numbers(v) if v.ndim else plain_number(v) for v in np.asarray(values)]


def plain_bits(values: NDArray[np.bool_]) -> dict[str, Any]:
    """(n,) truth values as n and their bits in base64.

    >>> plain_bits(np.array([True, False, True]))
    {'length': 3, 'bits': 'oA=='}
    """
    packed = base64.b64encode(np.packbits(values).tobytes()).decode("ascii")
    return {"length": len(values), "bits": packed}


def fields(content: Any, names: set[str], what: str) -> dict[str, Any]:
    """A mapping with these keys and no others."""
    if not isinstance(content, dict) or content.keys() != names:
        given = ", ".join(map(repr, content)) if isinstance(content, dict) else f"{content!r}"
        raise ValueError(f"{what} holds {given[:200]} where {', '.join(sorted(names))} belong")
    return content


def text(value: Any, what: str, among: tuple[str, ...] = ()) -> str:
    """A text, one of ``among`` if given."""
    if type(value) is not str or (among and value not in among):
        raise ValueError(f"{what} is {value!r:.60}, not {' or '.join(among) or 'a text'}")
    return value


def texts(value: Any, what: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(part, what) for part in _list(value, what))


def truth(value: Any, what: str) -> bool:
    """True or False."""
    if type(value) is not bool:
        raise ValueError(f"{what} is {value!r:.60}, not true or false")
    return value


def whole(value: Any, what: str) -> int:
    """A whole number of at least 0 that fits 63 bits."""
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise ValueError(f"{what} is {value!r:.60}, not a count")
    return value


def wholes(value: Any, what: str) -> tuple[int, ...]:
    """A list of whole numbers of at least 0."""
    return tuple(whole(part, what) for part in _list(value, what))


def real(value: Any, what: str) -> float:
    """A float64, NaN and infinities included."""
    if type(value) is float:
        return value
    if type(value) is str and value in _WORDS:
        return _WORDS[value]
    raise ValueError(f"{what} is {value!r:.60}, not a number with a decimal point")


def reals(value: Any, what: str, length: int) -> Floats:
    """An array (length,)."""
    found = np.array([real(part, what) for part in _list(value, what)], dtype=np.float64)
    if len(found) != length:
        raise ValueError(f"{what} has {len(found)} numbers, not {length}")
    return found


def matrix(value: Any, what: str, most: int, *, least: int = 1) -> Floats:
    """A square array of ``least`` to ``most`` rows."""
    rows = _list(value, what)
    k = len(rows)
    if not least <= k <= most:
        raise ValueError(f"{what} has {k} rows, not {most}")
    return np.array([reals(row, what, k) for row in rows])


def bits(value: Any, what: str) -> NDArray[np.bool_]:
    """What `plain_bits` wrote: (length,) truth values."""
    given = fields(value, {"length", "bits"}, what)
    length = whole(given["length"], what)
    try:
        packed = base64.b64decode(text(given["bits"], what), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ValueError(f"the bits of {what} are no base64") from problem
    if len(packed) != -(-length // 8):
        raise ValueError(f"{what} has {len(packed)} bytes for {length} bits")
    return np.unpackbits(np.frombuffer(packed, np.uint8), count=length).astype(np.bool_)


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{what} is {value!r:.60}, not a list")
    return value
