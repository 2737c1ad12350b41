"""A stretch of rows as the kernels take them: whole packs, native doubles, weights by outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .coordinates import Coordinates
from .kernels import LEAF, PACK
from .rotation_kernels import rotate_rows

__all__ = ["NOTHING", "NO_BYTES", "Span", "aligned", "cut", "read_only", "seen_under"]

Floats = NDArray[np.float64]

NOTHING: Floats = np.empty(0)
NO_BYTES: NDArray[np.uint8] = np.empty(0, np.uint8)
FEW_ROWS = 4 * LEAF  # so many are copied whole to pad them; of more, the last leaf only


class Span(NamedTuple):
    """Some rows; an empty array stands for "none".

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


def _native(X: NDArray[Any]) -> Floats:
    if X.dtype == np.float64 and X.dtype.isnative and X.flags.aligned and X.flags.c_contiguous:
        return X
    return np.ascontiguousarray(X, dtype=np.float64)


def cut(
    X: NDArray[Any], y: NDArray[np.uint8], success: Floats, failure: Floats, offset: Floats
) -> Iterator[Span]:
    """The rows given, as one span where they are whole packs or few, else as two.

    X (n, columns) of any real dtype and layout is converted; y, success, failure and offset are
    (n,) or empty, all of them where only scores are wanted. Few rows are copied to be padded, of
    more the last leaf only: the most of X is never copied.
    """
    n = len(X)
    whole = n if n % PACK == 0 else 0 if n <= FEW_ROWS else n // LEAF * LEAF
    if whole:
        yield _span(X[:whole], y[:whole], success[:whole], failure[:whole], offset[:whole])
    if whole < n:
        yield _padded(X[whole:], y[whole:], success[whole:], failure[whole:], offset[whole:])


def _span(
    X: NDArray[Any], y: NDArray[np.uint8], success: Floats, failure: Floats, offset: Floats
) -> Span:
    n = len(X)
    rows, weight = n, float(n)
    if success.size:
        both = success + failure
        rows, weight = int(np.count_nonzero(both)), float(both.sum())
    return Span(
        read_only(_native(X)),
        read_only(np.ascontiguousarray(y)),
        read_only(np.ascontiguousarray(success)),
        read_only(np.ascontiguousarray(failure)),
        read_only(np.ascontiguousarray(offset)),
        n,
        rows,
        weight,
    )


def _padded(
    X: NDArray[Any], y: NDArray[np.uint8], success: Floats, failure: Floats, offset: Floats
) -> Span:
    n, columns = X.shape
    if y.size and not success.size:
        success = y.astype(np.float64)
        failure = 1.0 - success
    room = -(-n // PACK) * PACK
    wide = np.zeros((room, columns))
    wide[:n] = X

    def longer(part: Floats) -> Floats:
        if not part.size:
            return part
        out = np.zeros(room)
        out[:n] = part
        return out

    span = _span(wide, NO_BYTES, longer(success), longer(failure), longer(offset))
    return span._replace(n_rows_held=n)


def seen_under(span: Span, coordinates: Coordinates) -> Iterator[Span]:
    """The span leaf by leaf, with X (n, k) replaced by the columns of the coordinates.

    For chosen and rotated columns, which the pass cannot read in place.
    """
    c, k = coordinates, len(coordinates.columns)
    for first in range(0, len(span.X), LEAF):
        rows = slice(first, first + LEAF)
        X = span.X[rows]
        inside = np.empty((len(X), k))
        rotate_rows(X, c.columns, c.center, c.scale, c.rotation, np.empty(k), np.empty(k), inside)
        yield span._replace(
            X=read_only(inside),
            y=span.y[rows],
            success=span.success[rows],
            failure=span.failure[rows],
            offset=span.offset[rows],
            n_rows_held=max(0, min(LEAF, span.n_rows_held - first)),
        )
