"""How far may a share seen in n rows lie from the truth?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import DataError
from .tails import critical_value

__all__ = ["upper_tail", "wilson_interval"]

Floats = NDArray[np.float64]


def wilson_interval(
    successes: ArrayLike, n_rows: ArrayLike, level: float = 0.95
) -> tuple[Any, Any]:
    """Which true shares would make the share seen no surprise?

    The shares p whose score statistic (successes - n p)^2 / (n p (1 - p)) is at most q^2, q the
    normal quantile: with f = successes / n and c = q^2 / n,

    upper = (f + c/2 + sqrt(c f (1 - f) + c^2 / 4)) / (1 + c),   lower = f^2 / ((1 + c) upper)

    Parameters
    ----------
    successes, n_rows : whole numbers or arrays of them, 0 <= successes <= n_rows, n_rows > 0
    level : probability with which the interval is to hold the truth

    Returns
    -------
    lower, upper : shares, inside 0 to 1, of the shape of the arguments

    Raises
    ------
    DataError
        When a count is negative, no number, or more than its rows.

    Notes
    -----
    Unlike the Wald interval it never has length zero, and it is right about often enough with
    few rows. Rows must be independent: weights, copies and clusters make it too short.

    References
    ----------
    E. B. Wilson (1927), doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> lower, upper = wilson_interval(0, 20)
    >>> lower, round(upper, 4)
    (0.0, 0.1611)
    """
    hits, n = np.asarray(successes, dtype=np.float64), np.asarray(n_rows, dtype=np.float64)
    if not np.all((hits >= 0) & (hits <= n) & (n > 0) & np.isfinite(n)):
        raise DataError(
            f"{successes!r:.60} successes in {n_rows!r:.60} rows",
            "counts with 0 <= successes <= rows, and at least one row",
            "there is no such share",
            "pass counts of rows, not rates",
            successes=successes,
            n_rows=n_rows,
        )
    q2 = critical_value(level) ** 2
    f, c = hits / n, q2 / n
    # each end from the sum that has no cancellation, the other from the product of the roots
    root = np.sqrt(c * f * (n - hits) / n + c * c / 4)
    upper = np.where(hits == n, 1.0, (f + c / 2 + root) / (1 + c))
    lower = f * f / ((1 + c) * upper)
    return (lower[()], upper[()]) if lower.ndim else (float(lower), float(upper))


def upper_tail(successes: int, n_rows: int, rate: float) -> float:
    """P(X >= successes) for a binomial X of n_rows trials at a rate: never from 1 - cdf.

    >>> upper_tail(2, 2, 0.25)
    0.0625
    """
    from scipy.special import betainc

    if successes <= 0:
        return 1.0
    return float(betainc(successes, n_rows - successes + 1, rate))
