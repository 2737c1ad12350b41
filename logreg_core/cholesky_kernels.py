"""Small dense algebra on k x k matrices: factorise, solve, invert.

Compiled here rather than called from LAPACK for two reasons: on ten columns a LAPACK call through
NumPy costs as much as the pass over the data, and its bits depend on the number of BLAS threads.
Columns are eliminated left to right without pivoting, so a pivot tells what its column adds to
the columns left of it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit_kernels import kernel
from .vector_kernels import dot, subtract

__all__ = ["factorise", "invert", "invert_triangle", "solve"]

Floats = NDArray[np.float64]


@kernel()
def _factorise(information: Any, ridge: float, factor: Any, pivots: Any, d: Any) -> None:
    """All matrices row by row in one vector, (k * k,)."""
    k = d.size
    for i in range(k):
        diagonal = information[i * k + i]
        d[i] = math.sqrt(diagonal) if diagonal > 0.0 else 1.0
    for i in range(k):
        row = i * k
        for j in range(i):
            entry = information[row + j] / (d[i] * d[j]) - dot(factor, row, factor, j * k, j)
            factor[row + j] = entry / factor[j * k + j]
        diagonal = information[row + i] / (d[i] * d[i])
        pivot = diagonal + ridge - dot(factor, row, factor, row, i)
        if not pivot > 0.0:
            break
        pivots[i] = pivot
        factor[row + i] = math.sqrt(pivot)


@kernel()
def _solve(factor: Any, d: Any, right: Any, first: int, x: Any) -> None:
    """The entries from the ``first`` on, where those of right before it are 0."""
    k = d.size
    for j in range(k - first):
        i = first + j
        x[j] = (right[i] / d[i] - dot(factor, i * k + first, x, 0, j)) / factor[i * k + i]
    for j in range(k - first - 1, -1, -1):
        i = first + j
        value = x[j] / factor[i * k + i]
        subtract(x, factor, i * k + first, value, j)
        x[j] = value / d[i]


@kernel()
def _invert(factor: Any, d: Any, unit: Any, result: Any) -> None:
    """The upper triangle of A^-1, row by row in one vector; unit (k,) zeros."""
    k = d.size
    for i in range(k):
        unit[i] = 1.0
        _solve(factor, d, unit, i, result[i * k + i : (i + 1) * k])
        unit[i] = 0.0


def factorise(information: Floats, ridge: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """L with L L' = D^-1 A D^-1 for A's lower triangle, D = sqrt(diag A); its pivots; and D.

    The pivots are those of the scaled matrix, so 1 means orthogonal to all columns before it and
    0 a combination of them. ``ridge`` is added to the scaled diagonal. A pivot that is not
    positive stops the factorisation: it and those behind it are left at 0.
    """
    k = len(information)
    factor, pivots, d = np.zeros((k, k)), np.zeros(k), np.ones(k)
    _factorise(np.ascontiguousarray(information).ravel(), ridge, factor.ravel(), pivots, d)
    return factor, pivots, d


def solve(factor: Floats, d: Floats, right: Floats) -> Floats:
    """x (k,) with A x = right, from `factorise`."""
    x = np.empty(len(right))
    _solve(np.ascontiguousarray(factor).ravel(), d, right, 0, x)
    return x


def invert_triangle(factor: Floats) -> Floats:
    """L^-1 of a lower triangle, row by row; einsum, because BLAS's bits depend on its threads."""
    inverse = np.zeros_like(factor)
    for i in range(len(factor)):
        inverse[i, :i] = -np.einsum("j,jm->m", factor[i, :i], inverse[:i, :i])
        inverse[i, i] = 1.0
        inverse[i] /= factor[i, i]
    return inverse


def invert(factor: Floats, d: Floats) -> Floats:
    """A^-1, whole and symmetric to the last bit, from `factorise`.

    By k solutions, each for what is on and above the diagonal: k^3 / 2 operations.
    """
    result = np.zeros_like(factor)
    _invert(factor.ravel(), d, np.zeros(len(factor)), result.ravel())
    return result + np.triu(result, 1).T
