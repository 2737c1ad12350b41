"""Loops that number labels and count pairs of them.

Label codes are bytes, so a 10-million-row column of codes is read at memory speed. Where both
columns hold at most two labels the codes are 0 and 1, and eight rows are added by one 64-bit
addition; no byte can overflow within 255 of them. Signed and unsigned 64-bit integers must not
meet in one expression: numba answers float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..jit_kernels import EXACT, VECTOR, kernel

__all__ = [
    "all_usable",
    "count_bits",
    "count_pairs",
    "number_keys",
    "number_words",
    "weigh_pairs",
    "weigh_right",
    "weigh_two",
]

_EVEN_BYTES = np.uint64(0x00FF00FF00FF00FF)
_EVEN_PAIRS = np.uint64(0x0001000100010001)
_EIGHT = np.uint64(8)
_TOP_PAIR = np.uint64(48)
_ZERO, _THREE = np.uint64(0), np.uint64(3)


@kernel(EXACT)
def _number_two(keys: Any, first: Any, second: Any, codes: Any) -> Any:
    """Code 0 where the key is ``first``, else 1; False where some key is neither."""
    strange = np.uint8(0)
    for i in range(keys.shape[0]):  # from 0 and without an early exit, or it does not vectorise
        not_first = np.uint8(keys[i] != first)
        codes[i] = not_first
        strange |= not_first & np.uint8(keys[i] != second)
    return strange == 0


@kernel(EXACT)
def number_keys(keys: Any, known: Any, codes: Any, start: int) -> int:
    """Code of every key from ``start`` on; the first row whose key is unknown, or -1."""
    n, n_known = keys.shape[0], known.shape[0]
    if n_known == 0:
        return start if start < n else -1
    if n_known <= 2 and _number_two(keys[start:], known[0], known[n_known - 1], codes[start:]):
        return -1
    for i in range(start, n):
        code = 0
        while code < n_known and known[code] != keys[i]:
            code += 1
        if code == n_known:
            return i
        codes[i] = code
    return -1


@kernel(EXACT)
def number_words(words: Any, known: Any, codes: Any, start: int) -> int:
    """As :func:`number_keys`, for rows of several 32-bit words (fixed-width text)."""
    n, width, n_known = words.shape[0], words.shape[1], known.shape[0]
    if n_known == 0:
        return start if start < n else -1
    tell = 0  # the word that tells the first two labels apart: one load guesses the label
    while n_known > 1 and tell < width - 1 and known[0, tell] == known[1, tell]:
        tell += 1
    for i in range(start, n):
        code = int(n_known > 1 and words[i, tell] != known[0, tell])
        different = np.uint32(0)
        for j in range(width):
            different |= words[i, j] ^ known[code, j]
        if different != 0:
            code = 0
            while code < n_known:
                different = np.uint32(0)
                for j in range(width):
                    different |= words[i, j] ^ known[code, j]
                if different == 0:
                    break
                code += 1
            if code == n_known:
                return i
        codes[i] = code
    return -1


@kernel(EXACT)
def _byte_sum(word: Any) -> Any:
    pairs = (word & _EVEN_BYTES) + ((word >> _EIGHT) & _EVEN_BYTES)
    return (pairs * _EVEN_PAIRS) >> _TOP_PAIR


@kernel(EXACT)
def count_bits(true: Any, predicted: Any) -> Any:
    """Ones in ``true``, in ``predicted`` and in both, for bytes 0/1 read eight at a time."""
    n = true.shape[0]
    n_true, n_predicted, n_both = _ZERO, _ZERO, _ZERO
    for start in range(0, n, 255):
        t, p, b = _ZERO, _ZERO, _ZERO
        some_true, some_predicted = true[start : start + 255], predicted[start : start + 255]
        for i in range(some_true.shape[0]):
            t += some_true[i]
            p += some_predicted[i]
            b += some_true[i] & some_predicted[i]
        n_true += _byte_sum(t)
        n_predicted += _byte_sum(p)
        n_both += _byte_sum(b)
    return np.int64(n_true), np.int64(n_predicted), np.int64(n_both)


@kernel(EXACT)
def count_pairs(true: Any, predicted: Any, table: Any) -> None:
    """``table[t, p]`` grows by one for every row with codes t and p."""
    for i in range(true.shape[0]):
        table[true[i], predicted[i]] += 1


@kernel(EXACT)
def weigh_pairs(true: Any, predicted: Any, weight: Any, tables: Any) -> None:
    """``tables[i % 4, t, p]`` grows by the weight of row i.

    Four tables, for one sum waits on itself. Each cell is summed in row order, so its bits do not
    depend on how labels are numbered.
    """
    for i in range(weight.shape[0]):
        tables[np.uint64(i) & _THREE, true[i], predicted[i]] += weight[i]


@kernel(VECTOR)
def weigh_two(true: Any, predicted: Any, weight: Any) -> Any:
    """Sums of float64 weights by codes 0 and 1: of (0, 0), (0, 1), (1, 0) and (1, 1).

    Every term is a weight or 0, exactly, and all four sums have one order, so the bits do not
    depend on how labels are numbered. 0.44 ns a row, where `weigh_pairs` takes 1.0; conditions in
    the place of the products do not become vectors.
    """
    neither = fewer = more = both = 0.0
    for i in range(weight.shape[0]):
        t, p = np.float64(true[i]), np.float64(predicted[i])
        under = weight[i] * t
        rest = weight[i] - under
        both += under * p
        more += under - under * p
        fewer += rest * p
        neither += rest - rest * p
    return neither, fewer, more, both


@kernel(VECTOR)
def weigh_right(right: Any, weight: Any) -> Any:
    """Weight of the rows that are right (bytes 0/1), and of all."""
    hits = weight[0] * 0
    total = weight[0] * 0
    for i in range(right.shape[0]):
        hits += weight[i] * right[i]
        total += weight[i]
    return hits, total


@kernel(EXACT)
def all_usable(weight: Any) -> Any:
    """Is every weight zero or more, and finite? NaN fails both comparisons."""
    strange = np.uint8(0)
    for i in range(weight.shape[0]):
        strange |= np.uint8(not (weight[i] >= 0)) | np.uint8(not (weight[i] < np.inf))
    return strange == 0
