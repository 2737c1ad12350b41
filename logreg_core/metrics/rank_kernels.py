"""Loops that put scores in falling order, class by class, and count who stands above whom.

A comparison sort of 10 million scores takes half a second. Here the leading bits of a score's
order-preserving integer choose its bucket, each bucket holds its negatives and its positives in
two cells of their own (so the label needs no room beside the score), and a cell, which fits in
cache, is spread linearly over as many slots as it has scores and finished by insertion. Cells
whose scores crowd are merge sorted: no input takes more than n log n. Every step is stable, so
the order, and with it every weighted sum, is the same for any number of threads.

Loops stand where slices could: an assignment of slices costs numba a second of compilation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..jit_kernels import EXACT, kernel

__all__ = ["count_cells", "count_wins", "fill_cells", "sort_cells", "trace_curve", "weigh_wins"]

_SHORT = 24  # insertion beats spreading up to here
_CROWDED = 48  # and merging beats insertion from here on


@kernel(EXACT)
def _cell(bits: Any, top: Any, shift: Any, positive: Any) -> Any:
    """Cell of a score from its bits; 0 is the negatives of the highest bucket."""
    if bits < 0:
        # Negative floats fall as their bits grow; -0.0 comes out as 0, like 0.0.
        bits = -(bits & np.int64(0x7FFFFFFFFFFFFFFF))
    # The distance may need all 64 bits: subtract and shift as unsigned.
    below = np.uint64(top) - np.uint64(bits)
    return np.int64(below >> np.uint64(shift)) * 2 + positive


@kernel(EXACT)
def count_cells(
    bits: Any, positive: Any, weight: Any, start: int, stop: int, top: int, shift: int, counts: Any
) -> None:
    """How many rows of ``start:stop`` go to each cell; rows of weight zero go to none."""
    weighted = weight.shape[0] > 0
    for i in range(start, stop):
        if weighted and weight[i] == 0.0:
            continue
        counts[_cell(bits[i], top, shift, positive[i])] += 1


@kernel(EXACT)
def fill_cells(
    bits: Any, positive: Any, weight: Any, start: int, stop: int, top: int, shift: int,
    places: Any, values: Any, weights: Any,
) -> None:  # fmt: skip
    """Put scores (as bits) and weights in their cells, in row order; ``places`` moves along."""
    weighted = weight.shape[0] > 0
    for i in range(start, stop):
        if weighted and weight[i] == 0.0:
            continue
        cell = _cell(bits[i], top, shift, positive[i])
        place = places[cell]
        places[cell] = place + 1
        values[place] = bits[i]
        if weighted:
            weights[place] = weight[i]


@kernel(EXACT)
def _insert(values: Any, weights: Any) -> None:
    """Stable insertion sort, falling."""
    weighted = weights.shape[0] > 0
    for i in range(1, values.shape[0]):
        value = values[i]
        if values[i - 1] >= value:
            continue
        j = i
        if weighted:
            moved = weights[i]
            while j > 0 and values[j - 1] < value:
                values[j] = values[j - 1]
                weights[j] = weights[j - 1]
                j -= 1
            weights[j] = moved
        else:
            while j > 0 and values[j - 1] < value:
                values[j] = values[j - 1]
                j -= 1
        values[j] = value


@kernel(EXACT)
def _merge(values: Any, weights: Any, spare: Any, spare_weights: Any) -> None:
    """Stable bottom-up merge sort, falling."""
    n, weighted = values.shape[0], weights.shape[0] > 0
    width = 1
    while width < n:
        for left in range(0, n, 2 * width):
            middle, end = min(left + width, n), min(left + 2 * width, n)
            if middle >= end or values[middle - 1] >= values[middle]:
                continue
            for i in range(left, middle):
                spare[i] = values[i]
                if weighted:
                    spare_weights[i] = weights[i]
            i, j, k = left, middle, left
            while i < middle:
                if j < end and values[j] > spare[i]:
                    values[k] = values[j]
                    if weighted:
                        weights[k] = weights[j]
                    j += 1
                else:
                    values[k] = spare[i]
                    if weighted:
                        weights[k] = spare_weights[i]
                    i += 1
                k += 1
        width *= 2


@kernel(EXACT)
def _sort(values: Any, weights: Any, spare: Any, spare_weights: Any, ends: Any) -> None:
    """Sort one cell, falling and stable: spread linearly, then finish."""
    n, weighted = values.shape[0], weights.shape[0] > 0
    if n <= _SHORT:
        _insert(values, weights)
        return
    low, high = values[0], values[0]
    for i in range(n):
        low, high = min(low, values[i]), max(high, values[i])
        ends[i + 1] = 0
    ends[0] = 0
    if low == high:
        return
    scale = (n - 1) / (high - low)
    if not (0.0 < scale < np.inf):  # a spread beyond float64 or among denormal numbers
        _merge(values, weights, spare, spare_weights)
        return
    for i in range(n):
        ends[min(np.int64((high - values[i]) * scale), n - 1) + 1] += 1
    crowd = 0
    for i in range(n):
        crowd = max(crowd, ends[i + 1])
        ends[i + 1] += ends[i]
        spare[i] = values[i]
        if weighted:
            spare_weights[i] = weights[i]
    for i in range(n):
        slot = min(np.int64((high - spare[i]) * scale), n - 1)
        place = ends[slot]
        ends[slot] = place + 1
        values[place] = spare[i]
        if weighted:
            weights[place] = spare_weights[i]
    if crowd > _CROWDED:
        start = 0
        for slot in range(n):
            end = ends[slot]
            if end - start > _CROWDED:
                some = weights[start:end] if weighted else weights
                _merge(values[start:end], some, spare, spare_weights)
            start = end
    _insert(values, weights)


@kernel(EXACT)
def sort_cells(values: Any, weights: Any, starts: Any, first: int, last: int) -> None:
    """Sort cells ``first:last``; ``starts`` holds where each cell begins."""
    largest = 0
    for cell in range(first, last):
        largest = max(largest, starts[cell + 1] - starts[cell])
    weighted = weights.shape[0] > 0
    spare = np.empty(largest)
    spare_weights = np.empty(largest if weighted else 0)
    ends = np.empty(largest + 1, dtype=np.int64)
    for cell in range(first, last):
        a, b = starts[cell], starts[cell + 1]
        if b - a > 1:
            _sort(values[a:b], weights[a:b] if weighted else weights, spare, spare_weights, ends)


@kernel(EXACT)
def count_wins(values: Any, starts: Any, first: int, last: int) -> Any:
    """Positives, negatives, and twice the pairs in which the positive scores higher.

    Only pairs within cells ``first:last``; a tied pair counts once, that is one half.
    """
    n_positive, n_negative, twice = np.int64(0), np.int64(0), np.int64(0)
    for cell in range(first, last, 2):
        i, i_end = starts[cell], starts[cell + 1]
        j, j_end = i_end, starts[cell + 2]
        above = n_positive + (j_end - j)
        if j == j_end:  # no positive here: every negative has the same ones above it
            twice += 2 * above * (i_end - i)
        else:
            above = n_positive
            while i < i_end:
                value = values[i]
                while j < j_end and values[j] > value:
                    j += 1
                    above += 1
                tied = 0
                while j + tied < j_end and values[j + tied] == value:
                    tied += 1
                same = i
                while i < i_end and values[i] == value:
                    i += 1
                twice += (i - same) * (2 * above + tied)
        n_negative += starts[cell + 1] - starts[cell]
        n_positive += starts[cell + 2] - starts[cell + 1]
    return n_positive, n_negative, twice


@kernel(EXACT)
def weigh_wins(values: Any, weights: Any, starts: Any, first: int, last: int) -> Any:
    """As :func:`count_wins`, with every row counting as much as its weight."""
    positive, negative, twice = 0.0, 0.0, 0.0
    for cell in range(first, last, 2):
        i, i_end = starts[cell], starts[cell + 1]
        j, j_end = i_end, starts[cell + 2]
        while i < i_end or j < j_end:
            if i == i_end or (j < j_end and values[j] > values[i]):
                positive += weights[j]
                j += 1
                continue
            value, tied, same = values[i], 0.0, 0.0
            while j < j_end and values[j] == value:
                tied += weights[j]
                j += 1
            while i < i_end and values[i] == value:
                same += weights[i]
                i += 1
            twice += same * (2.0 * positive + tied)
            positive += tied
            negative += same
    return positive, negative, twice


@kernel(EXACT)
def trace_curve(values: Any, weights: Any, starts: Any, fps: Any, tps: Any, cuts: Any) -> int:
    """Negatives and positives at or above each distinct score, falling; how many there are.

    Sums run row by row in falling order, which is what makes them rise without exception.
    """
    weighted = weights.shape[0] > 0
    n_cuts, fp, tp = 0, 0.0, 0.0
    for cell in range(0, starts.shape[0] - 1, 2):
        i, i_end = starts[cell], starts[cell + 1]
        j, j_end = i_end, starts[cell + 2]
        while i < i_end or j < j_end:
            positive_next = i == i_end or (j < j_end and values[j] > values[i])
            value = values[j] if positive_next else values[i]
            while i < i_end and values[i] == value:
                fp += weights[i] if weighted else 1.0
                i += 1
            while j < j_end and values[j] == value:
                tp += weights[j] if weighted else 1.0
                j += 1
            fps[n_cuts], tps[n_cuts], cuts[n_cuts] = fp, tp, value
            n_cuts += 1
    return n_cuts
