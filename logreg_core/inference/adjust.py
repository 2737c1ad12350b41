"""p-values of several tests made at once, raised so that one false alarm stays unlikely."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import DataError

__all__ = ["adjust"]


def adjust(p: Any, method: str = "holm") -> Any:
    """Which of these p-values remain small, given how many tests were made?

    Both hold the probability of any false alarm at the level, whatever the dependence between
    tests. Bonferroni multiplies each p by the number of tests m; Holm (1979) the smallest by m,
    the next by m - 1 and so on, and lets none fall below an earlier one: never larger than
    Bonferroni's.

    Parameters
    ----------
    p : (m,) probabilities; NaN (no test was made) stays NaN and does not count. A Series keeps
        its index.
    method : "holm" or "bonferroni".

    Returns
    -------
    (m,) array, or a Series where p is one; at most 1.

    Raises
    ------
    DataError
        Values that are no probabilities; another method.

    References
    ----------
    Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal
    of Statistics 6, 65-70.

    Examples
    --------
    >>> adjust([0.01, 0.04, 0.03]).round(3)
    array([0.03, 0.06, 0.06])
    >>> adjust([0.01, 0.04, 0.03], "bonferroni").round(3)
    array([0.03, 0.12, 0.09])
    """
    if method not in ("holm", "bonferroni"):
        raise DataError(
            f"method is {method!r:.60}",
            "'holm' or 'bonferroni'",
            "no other correction is offered: these hold without assumptions on the tests",
            "choose one of the two",
            option="method",
        )
    values = np.array(p, dtype=np.float64)
    outside = (values < 0.0) | (values > 1.0)
    if values.ndim != 1 or outside.any():
        found = f"p = {values[outside][0]:g}" if outside.any() else f"p has shape {values.shape}"
        raise DataError(
            found,
            "a list of probabilities",
            "what is not in [0, 1] is no p-value",
            "pass the p-values of the tests, a number each",
        )
    adjusted = _adjusted(values, method)
    return pd.Series(adjusted, p.index, name=p.name) if isinstance(p, pd.Series) else adjusted


def _adjusted(values: NDArray[np.float64], method: str) -> NDArray[np.float64]:
    known = np.flatnonzero(~np.isnan(values))
    result = np.full(len(values), np.nan)
    if method == "bonferroni":
        result[known] = np.minimum(1.0, values[known] * len(known))
        return result
    order = known[np.argsort(values[known], kind="stable")]
    left = np.arange(len(order), 0, -1)
    result[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * left))
    return result
