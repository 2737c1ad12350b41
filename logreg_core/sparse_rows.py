"""A sparse matrix as rows to be read: what is asked for becomes dense, never the whole.

scipy is not imported for it: the matrix that comes in does the work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .row_sources import RowSource
from .vectors import not_numeric

__all__ = ["SparseRows", "distinct_rows", "is_sparse"]


def is_sparse(X: Any) -> bool:
    """Whether X is a scipy sparse matrix or array, whatever its format.

    >>> import scipy.sparse
    >>> is_sparse(scipy.sparse.eye(2)), is_sparse(np.eye(2))
    (True, False)
    """
    return hasattr(X, "tocsr") and hasattr(X, "nnz")


class SparseRows(RowSource):
    """The rows of a scipy sparse matrix (n, columns).

    Other formats than CSR are converted, at the memory of their entries. Entries that are stored
    twice count as their sum, as everywhere in scipy.

    Raises
    ------
    DataError
        Entries that are no real numbers.

    Examples
    --------
    >>> import scipy.sparse
    >>> rows = SparseRows(scipy.sparse.csr_array([[0.0, 2.0], [3.0, 0.0], [0.0, 0.0]]))
    >>> rows.shape, rows[1:]
    ((3, 2), array([[3., 0.],
           [0., 0.]]))
    """

    def __init__(self, X: Any) -> None:
        if X.dtype.kind not in "fiub":
            raise not_numeric(X.dtype.type(0), X.dtype, "x1")
        self.csr = X.tocsr()
        self.shape = (int(X.shape[0]), int(X.shape[1]))

    def dense(self, where: slice) -> NDArray[np.float64]:
        """The rows of a slice (m, columns), C-contiguous."""
        with np.errstate(over="ignore"):  # a long double too large becomes inf, which is found
            rows = self.csr[where].toarray(order="C").astype(np.float64, copy=False)
        return np.asarray(rows)


def distinct_rows(
    rows: SparseRows, success: NDArray[np.bool_], failure: NDArray[np.bool_]
) -> tuple[SparseRows, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.intp]]:
    """Every different row once, with the outcomes seen in it: all that separation depends on.

    Parameters
    ----------
    success, failure : (n,) whether a row holds that outcome at positive weight; rows with
        neither are left out.

    Returns
    -------
    rows (m, columns), success (m,), failure (m,), and for each of the n rows its place among the
    m, -1 where it was left out. Cost: a pass over the entries, a few bytes an entry.

    Examples
    --------
    >>> import scipy.sparse
    >>> X = SparseRows(scipy.sparse.csr_array([[1.0], [0.0], [1.0]]))
    >>> yes = np.array([True, False, False])
    >>> few, success, failure, place = distinct_rows(X, yes, ~yes)
    >>> few[:].ravel(), success, failure, place
    (array([1., 0.]), array([ True, False]), array([ True,  True]), array([0, 1, 0]))
    """
    tidy = rows.csr.copy()
    tidy.sum_duplicates()
    tidy.eliminate_zeros()
    tidy.sort_indices()
    starts, indices, data = tidy.indptr.tolist(), tidy.indices, tidy.data
    seen: dict[tuple[bytes, bytes], int] = {}
    place = np.full(len(rows), -1, dtype=np.intp)
    for i in np.flatnonzero(success | failure).tolist():
        part = slice(starts[i], starts[i + 1])
        place[i] = seen.setdefault((indices[part].tobytes(), data[part].tobytes()), len(seen))
    counted = place >= 0
    first = np.full(len(seen), -1, dtype=np.intp)
    first[place[counted][::-1]] = np.flatnonzero(counted)[::-1]  # the last to be written is first
    wins, losses = np.zeros(len(seen), np.bool_), np.zeros(len(seen), np.bool_)
    wins[place[success & counted]] = True
    losses[place[failure & counted]] = True
    return SparseRows(tidy[first]), wins, losses, place
