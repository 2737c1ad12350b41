"""Small dense algebra on k x k matrices: factorise, solve, invert.

Compiled here rather than called from LAPACK for two reasons: on ten columns a LAPACK call through
NumPy costs as much as the pass over the data, and its bits depend on the number of BLAS threads.
Columns are eliminated left to right without pivoting, so a pivot tells what its column adds to
the columns left of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit_kernels import kernel

__all__ = ["factorise", "invert", "invert_triangle", "solve"]


@kernel()
def factorise(information: Any, ridge: float) -> Any:
    """L with L L' = D^-1 A D^-1 for A's lower triangle, D = sqrt(diag A); and its pivots and D.

    The pivots are those of the scaled matrix, so 1 means orthogonal to all columns before it and
    0 a combination of them. ``ridge`` is added to the scaled diagonal. A pivot that is not
    positive stops the factorisation: it and those behind it are left at 0.
    """
    k = information.shape[0]
    factor = np.zeros((k, k))
    pivots = np.zeros(k)
    d = np.empty(k)
    for i in range(k):
        diagonal = information[i, i]
        d[i] = np.sqrt(diagonal) if diagonal > 0.0 else 1.0
    for i in range(k):
        for j in range(i):
            total = information[i, j] / (d[i] * d[j])
            for m in range(j):
                total -= factor[i, m] * factor[j, m]
            factor[i, j] = total / factor[j, j]
        total = information[i, i] / (d[i] * d[i]) + ridge
        for m in range(i):
            total -= factor[i, m] * factor[i, m]
        if not total > 0.0:
            return factor, pivots, d
        pivots[i] = total
        factor[i, i] = np.sqrt(total)
    return factor, pivots, d


@kernel()
def solve(factor: Any, d: Any, right: Any) -> Any:
    """x with A x = right, from `factorise`."""
    k = right.shape[0]
    x = np.empty(k)
    for i in range(k):
        total = right[i] / d[i]
        for m in range(i):
            total -= factor[i, m] * x[m]
        x[i] = total / factor[i, i]
    for i in range(k - 1, -1, -1):
        x[i] /= factor[i, i]
        value = x[i]
        for m in range(i):
            x[m] -= factor[i, m] * value
    for i in range(k):
        x[i] /= d[i]
    return x


@kernel()
def invert_triangle(factor: Any) -> Any:
    """L^-1 of a lower triangle, row by row."""
    k = factor.shape[0]
    inverse = np.zeros((k, k))
    for i in range(k):
        for j in range(i):
            value = factor[i, j]
            for m in range(j + 1):
                inverse[i, m] -= value * inverse[j, m]
        value = 1.0 / factor[i, i]
        for m in range(i):
            inverse[i, m] *= value
        inverse[i, i] = value
    return inverse


@kernel()
def invert(factor: Any, d: Any) -> Any:
    """A^-1, whole and symmetric to the last bit, from `factorise`."""
    k = factor.shape[0]
    triangle = invert_triangle(factor)
    result = np.zeros((k, k))
    for r in range(k):
        for i in range(r + 1):
            value = triangle[r, i]
            for j in range(i + 1):
                result[i, j] += value * triangle[r, j]
    for i in range(k):
        for j in range(i + 1):
            value = result[i, j] / (d[i] * d[j])
            result[i, j] = value
            result[j, i] = value
    return result
