"""Whether a partition that is made anew is what it was when all rows were surveyed."""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakValueDictionary
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .errors import DataChangedError
from .spans import Span

__all__ = ["Facts", "check_facts", "compare", "facts_of"]

WHAT = (
    "number of rows",
    "checksum of the outcomes",
    "checksum of the weights and offsets",
    "checksum of the first and the last row of X",
    "checksum of X",
)
# What was read once and still lies in this process, by its place and checksum: partitions that are
# kept are read for it once, and once more wherever they had to be made anew.
_READ: WeakValueDictionary[tuple[int, int], NDArray[Any]] = WeakValueDictionary()


class Facts(NamedTuple):
    """What is told of a partition; checksums (CRC-32) are of bytes. columns: of all X, which takes
    0.4 ns a byte; None where the source itself tells that it has changed, as files do."""

    n_rows: int
    outcomes: int
    beside: int
    ends: int
    columns: int | None = None


def facts_of(span: Span, whole: bool = False) -> Facts:
    """The facts of some rows: one reading of all but X, and with ``whole`` of X too.

    >>> import numpy as np
    >>> from .spans import NOTHING
    >>> y = np.array([0, 1], dtype=np.uint8)
    >>> facts_of(Span(np.ones((2, 1)), y, NOTHING, NOTHING, NOTHING, NOTHING)).n_rows
    2
    """
    beside = 0
    for part in (span.weight, span.success, span.failure, span.offset):
        beside = _sealed(part, beside)
    ends = _sealed(span.X[-1:], _sealed(span.X[:1]))
    columns = None
    if whole:
        columns = _sealed(span.X)
        _READ[id(span.X), columns] = span.X
    return Facts(len(span.X), _sealed(span.y), beside, ends, columns)


def check_facts(span: Span, number: int, known: Facts) -> None:
    """Refuse a partition that is not what it was. X is read where that is known of it, and where
    the very same array was not read before.

    Raises
    ------
    DataChangedError
        With the number of the partition.
    """
    key = id(span.X), known.columns or 0
    whole = known.columns is not None and _READ.get(key) is not span.X
    now = facts_of(span, whole)
    compare(now if whole else now._replace(columns=known.columns), number, known)


def compare(found: Facts, number: int, known: Facts) -> None:
    """Refuse facts of a partition that are not those known. Raises as `check_facts` does."""
    for what, now, before in zip(WHAT, found, known, strict=True):
        if now != before:
            raise DataChangedError(
                f"the {what} is {now}",
                f"{before}, as in the first reading",
                "the rows are not the same whenever they are made, so sums over them do not belong "
                "together",
                "seed what is random, and keep the order of the rows; or keep what was made once: "
                "persist=True",
                changed=what,
                partition=number,
            )


def _sealed(part: NDArray[Any], before: int = 0) -> int:
    return crc32(np.ascontiguousarray(part), before)
