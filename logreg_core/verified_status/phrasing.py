"""Numbers as a sentence wants them."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["interval", "listing", "p_words", "percent", "plural"]


def percent(share: float, digits: int = 1) -> str:
    """A share in percent; "undefined" where it is 0/0.

    >>> percent(0.06288), percent(0.06288, 2), percent(float("nan"))
    ('6.3%', '6.29%', 'undefined')
    """
    return "undefined" if math.isnan(share) else f"{100 * share:.{digits}f}%"


def interval(lower: float, upper: float, digits: int = 2) -> str:
    """Two ends of an interval.

    >>> interval(3.8063, 6.6946)
    '3.81 to 6.69'
    """
    return f"{lower:.{digits}f} to {upper:.{digits}f}"


def p_words(p: float) -> str:
    """A p-value: two figures, and none below 0.0001.

    >>> p_words(0.0253), p_words(1e-38)
    ('p = 0.025', 'p < 0.0001')
    """
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


def plural(n: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "row"), plural(2, "row"), plural(1200, "copy", "copies")
    ('1 row', '2 rows', '1,200 copies')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listing(parts: Sequence[str]) -> str:
    """Words in a row.

    >>> listing(["a", "b", "c"]), listing(["a"]), listing([])
    ('a, b and c', 'a', 'none')
    """
    if not parts:
        return "none"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
