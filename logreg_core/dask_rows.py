"""Some rows of partitions, brought to where the fit runs: by their numbers in the whole.

What runs on a worker here is a module's function of one partition's `Span`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from .array_blocks import ArrayBlocks, Starts
from .arrays import blame
from .dask_facts import Facts, compare, facts_of
from .dask_places import Parts, located
from .dask_sums import Cluster
from .errors import DataError
from .spans import Span

__all__ = ["Surveyed", "Where", "blame_first", "joined", "rows_at", "stretches_of", "survey"]


class Where(NamedTuple):
    """Rows by their numbers in the whole, as a slice, which has no hash."""

    start: int
    stop: int
    step: int = 1


Slices = tuple[Where, ...]


class Surveyed(NamedTuple):
    """success, failure: weight of the outcomes; offset: its sum; n_bytes: of the rows; facts: of
    each partition; pieces: of the slices asked for, by number."""

    success: float
    failure: float
    offset: float
    n_bytes: int
    facts: tuple[Facts | None, ...]
    pieces: dict[int, Span]


def stretches_of(starts: Starts, length: int) -> Slices:
    """The slices of ``length`` rows from each start on."""
    return tuple(Where(start, start + length) for start in starts)


def rows_at(cluster: Cluster, parts: Parts, wanted: Slices) -> list[Span]:
    """The rows of each slice; only partitions that hold some are read."""
    tasks = {i: partial(_take, share) for i, share in _shares(parts, wanted).items() if share}
    return _joined(cluster.map(tasks, parts), len(wanted))


def survey(cluster: Cluster, parts: Parts, wanted: Slices) -> tuple[Surveyed, list[Span]]:
    """One reading of all rows: sums, and the rows of each slice.

    Raises
    ------
    DataError
        The first in the order of rows, with its partition.
    DataChangedError
        A partition that has not the rows that were counted.
    """
    n_rows, shares = parts.lengths or (), _shares(parts, wanted)
    how = partial(_surveyed, not parts.watched)
    tasks = {i: partial(how, i, n_rows[i], share) for i, share in shares.items()}
    found = cluster.map(tasks, parts)
    success, failure, offset = (math.fsum(part[j] for part in found) for j in range(3))
    facts = dict(zip(tasks, (part.facts[0] for part in found), strict=True))
    every = tuple(facts.get(i) for i in range(len(n_rows)))
    sums = Surveyed(success, failure, offset, sum(part.n_bytes for part in found), every, {})
    return sums, _joined([part.pieces for part in found], len(wanted))


def blame_first(cluster: Cluster, parts: Parts, names: tuple[str, ...]) -> None:
    """Name the first value that is NaN or infinite, or else the largest of all.

    Raises
    ------
    DataError
        Always, with column, partition and row.
    """
    held = [i for i, n in enumerate(parts.lengths or ()) if n]
    found = cluster.map(dict.fromkeys(held, partial(_blamed, names)), parts)
    sizes = np.abs([error.value for (error,) in found])
    bad = np.flatnonzero(~np.isfinite(sizes))
    worst = int(bad[0] if len(bad) else sizes.argmax())
    raise located(found[worst][0], held[worst], parts, parts.firsts[held[worst]])


def _shares(parts: Parts, wanted: Slices) -> dict[int, dict[int, slice]]:
    """For each partition that has rows: what it holds of each slice, as slices of its own."""
    shares: dict[int, dict[int, slice]] = {}
    for i, (first, rows) in enumerate(zip(parts.firsts, parts.lengths or (), strict=True)):
        if not rows:
            continue
        shares[i] = {}
        for j, (start, stop, step) in enumerate(wanted):
            begin = start - first if start >= first else (start - first) % step
            end = min(rows, stop - first)
            if begin < end:
                shares[i][j] = slice(begin, end, step)
    return shares


def _take(share: dict[int, slice], span: Span) -> dict[int, Span]:
    blocks = ArrayBlocks(*span)
    # copied: a view would keep, and send, the whole partition
    return {j: joined([blocks.rows(where)]) for j, where in share.items()}


def _surveyed(
    whole: bool, number: int, n_rows: int, share: dict[int, slice], span: Span
) -> Surveyed:
    facts = facts_of(span, whole)
    compare(facts, number, facts._replace(n_rows=n_rows))
    success, failure = ArrayBlocks(*span).totals()
    n_bytes = sum(part.nbytes for part in span)
    offset = float(span.offset.sum())
    return Surveyed(success, failure, offset, n_bytes, (facts,), _take(share, span))


def _joined(found: Sequence[dict[int, Span]], n: int) -> list[Span]:
    """The pieces of each slice one after another, in the order of partitions."""
    return [joined([part[j] for part in found if j in part]) for j in range(n)]


def joined(pieces: Sequence[Span]) -> Span:
    """The rows of several spans, one after another."""
    return Span(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))


def _blamed(names: tuple[str, ...], span: Span) -> tuple[DataError]:
    try:
        blame(span.X, names)
    except DataError as problem:
        return (problem,)
    raise AssertionError  # it always finds something to blame
