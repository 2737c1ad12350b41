"""How many decimal digits of a number are right?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MOST", "agreed_digits", "worst"]

Floats = NDArray[np.float64]
MOST = 15.0  # a double holds 15.95


def agreed_digits(found: ArrayLike, truth: ArrayLike) -> Floats:
    """The log relative error, -log10(|found - truth| / |truth|), from 0 to 15 (McCullough 1998).

    Of a true 0 the absolute error counts; of a true infinity, whether it was said. NaN where the
    truth is NaN: a coefficient that the data do not determine has no digits.

    References
    ----------
    McCullough, B. D. (1998), Assessing the reliability of statistical software: Part I, The
    American Statistician 52, 358-366, doi:10.1080/00031305.1998.10480589.

    Examples
    --------
    >>> agreed_digits([1.001, 0.0, np.inf, 5.0], [1.0, 0.0, np.inf, np.nan]).round(6)
    array([ 3., 15., 15., nan])
    """
    found, truth = np.asarray(found, np.float64), np.asarray(truth, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.abs(found - truth) / np.where(truth == 0.0, 1.0, np.abs(truth))
        digits = np.clip(-np.log10(error), 0.0, MOST)
    digits = np.where(found == truth, MOST, digits)
    digits = np.where(np.isfinite(truth) & np.isfinite(found) | (found == truth), digits, 0.0)
    return np.asarray(np.where(np.isnan(truth), np.nan, digits))


def worst(digits: Floats) -> float:
    """The least of some digits, those without a truth left out; NaN where there are none.

    >>> worst(np.array([3.0, np.nan])), worst(np.array([np.nan]))
    (3.0, nan)
    """
    known = digits[~np.isnan(digits)]
    return float(known.min()) if known.size else float("nan")
