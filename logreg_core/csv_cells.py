"""Values as the cells of a CSV file that no spreadsheet runs."""

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ["cell", "kept_cell"]

# A spreadsheet runs a cell that starts with one of these as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def cell(value: Any) -> Any:
    """A value for the csv module: text that could run gets an apostrophe in front; NaN is empty.

    >>> cell("=1+1"), cell("-x"), cell(-0.5), cell(float("nan"))
    ("'=1+1", "'-x", -0.5, '')
    """
    if isinstance(value, str):
        return "'" + value if value.lstrip(" \n").startswith(_FORMULA_STARTS) else value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value


def kept_cell(text: str) -> str:
    """The text of another file's cell; one that is a number stays as it is, whatever its sign.

    >>> kept_cell("-5"), kept_cell("+1e3"), kept_cell("-5+1"), kept_cell("a-5")
    ('-5', '+1e3', "'-5+1", 'a-5')
    """
    return text if _NUMBER.fullmatch(text) else str(cell(text))
