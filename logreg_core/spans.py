"""A stretch of rows as the kernels take them: whole packs, native doubles, weights by outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .coordinates import Coordinates
from .kernels import LEAF, PACK
from .rotation_kernels import rotate_rows

__all__ = [
    "NOTHING",
    "NO_BYTES",
    "Packs",
    "Span",
    "aligned",
    "native",
    "packed",
    "read_only",
    "seen_under",
]

Floats = NDArray[np.float64]

NOTHING: Floats = np.empty(0)
NO_BYTES: NDArray[np.uint8] = np.empty(0, np.uint8)
FEW_ROWS = 4 * LEAF  # so many are copied whole to pad them; of more, the last leaf only


class Span(NamedTuple):
    """Some rows as they were given; an empty array stands for "none".

    X (n, columns) float64; y (n,) uint8, with weight (n,), or success and failure (n,), the weights
    on each outcome; offset (n,).
    """

    X: NDArray[Any]
    y: NDArray[np.uint8]
    weight: Floats
    success: Floats
    failure: Floats
    offset: Floats


class Packs(NamedTuple):
    """Some rows as the kernels take them; an empty array stands for "none".

    X (n, columns) float64, n a multiple of a pack; y (n,) uint8, or success and failure (n,), the
    weights on each outcome; offset (n,). The first n_rows_held rows are data, the rest padding
    without weight. n_rows of them have weight, weight_sum in all.
    """

    X: NDArray[Any]
    y: NDArray[np.uint8]
    success: Floats
    failure: Floats
    offset: Floats
    n_rows_held: int
    n_rows: int
    weight_sum: float

    @property
    def arrays(self) -> tuple[NDArray[Any], NDArray[np.uint8], Floats, Floats, Floats]:
        """X, y, success, failure, offset: what kernels take first."""
        return self[:5]


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view with one compiled signature for writeable and read-only input."""
    view = array.view()
    view.flags.writeable = False
    return view


def aligned(n: int, dtype: Any = np.float64) -> NDArray[Any]:
    """(n,) zeros at the start of a cache line: no vector of a kernel straddles two."""
    size = n * np.dtype(dtype).itemsize
    raw = np.zeros(size + 64, np.uint8)
    first = -raw.ctypes.data % 64
    return raw[first : first + size].view(dtype)


def native(X: NDArray[Any]) -> Floats:
    """X itself where kernels can read it in place, else a copy in C order."""
    if X.dtype == np.float64 and X.dtype.isnative and X.flags.aligned and X.flags.c_contiguous:
        return X
    return np.ascontiguousarray(X, dtype=np.float64)


def packed(span: Span) -> Iterator[Packs]:
    """The rows of a span as packs: as they lie where that is whole packs or many, padded else.

    Few rows are copied to be padded, of more the last leaf only: the most of X is never copied.
    """
    n, y = len(span.X), span.y
    success, failure = span.success, span.failure
    if span.weight.size:
        success = np.where(y != 0, span.weight, 0.0)
        failure = span.weight - success
    whole = n if n % PACK == 0 else 0 if n <= FEW_ROWS else n // LEAF * LEAF
    for rows in (slice(0, whole), slice(whole, n)):
        if rows.start < rows.stop:
            yield _packs(span.X[rows], y[rows], success[rows], failure[rows], span.offset[rows])


def _packs(
    X: NDArray[Any], y: NDArray[np.uint8], success: Floats, failure: Floats, offset: Floats
) -> Packs:
    n, spare = len(X), -len(X) % PACK
    rows, weight = n, float(n)
    if success.size:
        both = success + failure
        rows, weight = int(np.count_nonzero(both)), float(both.sum())
    if spare:
        if y.size and not success.size:
            success, failure = (y != 0).astype(np.float64), (y == 0).astype(np.float64)
        X, y = np.concatenate([X, np.zeros((spare, X.shape[1]))]), NO_BYTES
        nothing = np.zeros(spare)
        success, failure, offset = (
            np.concatenate([part, nothing]) if part.size else part
            for part in (success, failure, offset)
        )
    # read-only, all of them: another kind of array would be another compilation
    y, success, failure, offset = (read_only(part) for part in (y, success, failure, offset))
    return Packs(read_only(native(X)), y, success, failure, offset, n, rows, weight)


def seen_under(packs: Packs, coordinates: Coordinates) -> Iterator[Packs]:
    """The packs leaf by leaf, with X (n, k) replaced by the columns of the coordinates.

    For chosen and rotated columns, which the pass cannot read in place.
    """
    c, k = coordinates, len(coordinates.columns)
    for first in range(0, len(packs.X), LEAF):
        rows = slice(first, first + LEAF)
        X = packs.X[rows]
        inside = np.empty((len(X), k))
        rotate_rows(X, c.columns, c.center, c.scale, c.rotation, np.empty(k), np.empty(k), inside)
        yield packs._replace(
            X=read_only(inside),
            y=packs.y[rows],
            success=packs.success[rows],
            failure=packs.failure[rows],
            offset=packs.offset[rows],
            n_rows_held=max(0, min(LEAF, packs.n_rows_held - first)),
        )
