"""Whether a partition that is made anew is what it was when all rows were surveyed."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

from .errors import DataChangedError
from .spans import Span

__all__ = ["Facts", "check_facts", "facts_of"]

WHAT = (
    "number of rows",
    "checksum of the outcomes",
    "checksum of the weights and offsets",
    "checksum of the first and the last row of X",
)


class Facts(NamedTuple):
    """What is quickly told of a partition; checksums (CRC-32) are of bytes."""

    n_rows: int
    outcomes: int
    beside: int
    ends: int


def facts_of(span: Span) -> Facts:
    """The facts of some rows: one reading of all but X.

    >>> import numpy as np
    >>> from .spans import NOTHING
    >>> y = np.array([0, 1], dtype=np.uint8)
    >>> facts_of(Span(np.ones((2, 1)), y, NOTHING, NOTHING, NOTHING, NOTHING)).n_rows
    2
    """
    beside = 0
    for part in (span.weight, span.success, span.failure, span.offset):
        beside = crc32(part.tobytes(), beside)
    ends = crc32(span.X[-1:].tobytes(), crc32(span.X[:1].tobytes()))
    return Facts(len(span.X), crc32(span.y.tobytes()), beside, ends)


def check_facts(span: Span, number: int, known: Facts) -> None:
    """Refuse a partition that is not what it was. (Another value inside X goes unseen.)

    Raises
    ------
    DataChangedError
        With the number of the partition.
    """
    for what, now, before in zip(WHAT, facts_of(span), known, strict=True):
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
