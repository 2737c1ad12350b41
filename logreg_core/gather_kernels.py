"""Columns laid side by side: rows of a matrix from columns that lie in memory of their own.

Column by column every line of the matrix would be fetched once a column; eight at a time it is
written as a whole, in half the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit_kernels import kernel

__all__ = ["gather_eight", "gather_four", "gather_two"]


@kernel()
def gather_eight(
    a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any, flat: Any, place: int, k: int
) -> None:
    """flat[place + i k ... + 7] = a[i] ... h[i]: eight columns (n,) of a matrix of k columns."""
    at, stride = np.uint64(place), np.uint64(k)  # unsigned: no test for a negative index
    for i in range(np.uint64(a.size)):
        flat[at] = a[i]
        flat[at + np.uint64(1)] = b[i]
        flat[at + np.uint64(2)] = c[i]
        flat[at + np.uint64(3)] = d[i]
        flat[at + np.uint64(4)] = e[i]
        flat[at + np.uint64(5)] = f[i]
        flat[at + np.uint64(6)] = g[i]
        flat[at + np.uint64(7)] = h[i]
        at += stride


@kernel()
def gather_four(a: Any, b: Any, c: Any, d: Any, flat: Any, place: int, k: int) -> None:
    """The same for four columns."""
    at, stride = np.uint64(place), np.uint64(k)
    for i in range(np.uint64(a.size)):
        flat[at] = a[i]
        flat[at + np.uint64(1)] = b[i]
        flat[at + np.uint64(2)] = c[i]
        flat[at + np.uint64(3)] = d[i]
        at += stride


@kernel()
def gather_two(a: Any, b: Any, flat: Any, place: int, k: int) -> None:
    """The same for two columns."""
    at, stride = np.uint64(place), np.uint64(k)
    for i in range(np.uint64(a.size)):
        flat[at] = a[i]
        flat[at + np.uint64(1)] = b[i]
        at += stride
