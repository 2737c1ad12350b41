"""Scores in falling order, positives and negatives apart: what every ranking score starts from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checks import Array, float_block, weight_block
from .rank_kernels import (
    count_cells,
    count_wins,
    fill_cells,
    sort_cells,
    trace_curve,
    weigh_wins,
)
from .threads import map_blocks, map_tasks, pairwise, row_blocks, thread_count

__all__ = ["Ranking", "rank"]

Floats = NDArray[np.float64]

# Enough buckets that a cell of 10 million scores fits in cache, few enough that the open ends of
# all cells do too. A binary exponent is at most 1024 buckets wide: scores crowd in the highest.
_MOST_BUCKET_BITS = 18
_LEAST_BUCKET_BITS = 11
_EXPONENT_SHIFT = 42
# Sorting is handed out in at most this many parts, whatever the number of threads.
_PARTS = 64


@dataclass(frozen=True)
class Ranking:
    """Scores (and weights) in cells: cell 2b holds bucket b's negatives, 2b + 1 its positives.

    ``starts`` (cells + 1,) delimits them; every cell falls, and so do the buckets.
    ``weights`` is empty where rows count once. Rows of weight zero are not in it.
    """

    values: Floats
    weights: Floats
    starts: NDArray[np.int64]
    parts: list[tuple[int, int]]

    def wins(self) -> tuple[Any, Any, Any]:
        """(positives, negatives, twice the won pairs), integers where rows count once."""
        whole = len(self.weights) == 0

        def work(first: int, last: int) -> tuple[Any, ...]:
            if whole:
                return tuple(map(int, count_wins(self.values, self.starts, first, last)))
            return tuple(weigh_wins(self.values, self.weights, self.starts, first, last))

        def add(high: tuple[Any, ...], low: tuple[Any, ...]) -> tuple[Any, ...]:
            # Every positive of the higher part beats every negative of the lower one.
            return high[0] + low[0], high[1] + low[1], high[2] + low[2] + 2 * high[0] * low[1]

        parts = map_tasks(work, self.parts, len(self.values))
        positives, negatives, twice = pairwise(parts, add)
        return positives, negatives, twice

    def curve(self) -> tuple[Floats, Floats, Floats]:
        """(false positives, true positives, score) at every distinct score, falling."""
        fps, tps, cuts = (np.empty(len(self.values)) for _ in range(3))
        n_cuts = trace_curve(self.values, self.weights, self.starts, fps, tps, cuts)
        return fps[:n_cuts], tps[:n_cuts], cuts[:n_cuts]


def rank(positive: NDArray[np.uint8], score: Array, name: str, weight: Array | None) -> Ranking:
    """Sort the scores of both classes; three passes over the rows and one over the cells."""
    n = len(score)
    scores, weights = _usable(score, name, weight)
    top, shift = _bucket_rule(scores)
    n_cells = 2 * (((top - _ordered(float(scores.min()))) >> shift) + 1)
    bits = scores.view(np.int64)
    # One part a thread: cells are filled in row order whatever the number of parts.
    share = -(-n // thread_count()) if n_cells < n else n
    parts = row_blocks(n, share)
    counts = np.zeros((len(parts), n_cells), dtype=np.int64)

    def count(start: int, stop: int) -> None:
        count_cells(bits, positive, weights, start, stop, top, shift, counts[start // share])

    map_tasks(count, parts, n)
    starts = np.zeros(n_cells + 1, dtype=np.int64)
    np.cumsum(counts.sum(axis=0), out=starts[1:])
    places = starts[:-1] + np.cumsum(counts, axis=0) - counts
    values = np.empty(starts[-1])
    cell_weights = np.empty(starts[-1] if len(weights) else 0)
    value_bits = values.view(np.int64)

    def fill(start: int, stop: int) -> None:
        place = places[start // share]
        fill_cells(
            bits, positive, weights, start, stop, top, shift, place, value_bits, cell_weights
        )

    map_tasks(fill, parts, n)
    ranking = Ranking(values, cell_weights, starts, _even_parts(starts))

    def sort(first: int, last: int) -> None:
        sort_cells(values, cell_weights, starts, first, last)

    map_tasks(sort, ranking.parts, n)
    return ranking


def _usable(score: Array, name: str, weight: Array | None) -> tuple[Floats, Floats]:
    """Checked float64 columns; copies only where the type asks for one."""
    scores = np.ascontiguousarray(score, dtype=np.float64)
    weights = np.empty(0) if weight is None else np.ascontiguousarray(weight, dtype=np.float64)

    def work(start: int, stop: int) -> None:
        float_block(score, start, stop, name)
        if weight is not None:
            weight_block(weight, start, stop)

    map_blocks(work, len(score))
    return scores, weights


def _ordered(value: float) -> int:
    """The integer of a float64 that keeps the order, as the kernels compute it."""
    bits = int(np.float64(value).view(np.int64))
    return bits if bits >= 0 else -(bits & 0x7FFFFFFFFFFFFFFF)


def _bucket_rule(scores: Floats) -> tuple[int, int]:
    """Integer of the highest score, and by how much distances from it are shifted."""
    top, bottom = _ordered(float(scores.max())), _ordered(float(scores.min()))
    width = (top - bottom).bit_length()
    bits = max(0, len(scores).bit_length() - 6)  # a small input is one bucket or a few
    shift = max(
        width - min(_MOST_BUCKET_BITS, bits), min(_EXPONENT_SHIFT, width - _LEAST_BUCKET_BITS)
    )
    return top, min(max(shift, 0), 63)


def _even_parts(starts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of whole buckets with about the same number of rows each."""
    by_bucket = starts[::2]
    wanted = np.linspace(0, starts[-1], _PARTS + 1)[1:-1]
    cuts = np.unique(np.searchsorted(by_bucket, wanted))
    edges = [0, *(2 * int(cut) for cut in cuts if 0 < cut < len(by_bucket) - 1), len(starts) - 1]
    return list(itertools.pairwise(edges))
