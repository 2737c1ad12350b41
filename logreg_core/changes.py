"""Over which change of a column is an odds ratio worth reading?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["typical_changes"]


def typical_changes(X: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Per unit, the odds ratio of a count in thousands is always 1.000.

    Parameters
    ----------
    X : (n, columns)

    Returns
    -------
    change : (columns,) 1 for columns of 0 and 1, else a standard deviation (n - 1), in the
        columns' units
    indicator : (columns,) whether the column holds only 0 and 1

    Notes
    -----
    Column by column: memory for one at a time.

    Examples
    --------
    >>> typical_changes(np.array([[0.0, 10.0], [1.0, 20.0], [1.0, 30.0]]))
    (array([ 1., 10.]), array([ True, False]))
    """
    change, indicator = np.ones(X.shape[1]), np.ones(X.shape[1], dtype=bool)
    for j in range(X.shape[1]):
        x = np.asarray(X[:, j], dtype=np.float64)
        indicator[j] = bool(((x == 0) | (x == 1)).all())
        if not indicator[j] and len(x) > 1:
            change[j] = x.std(ddof=1)
    return change, indicator
