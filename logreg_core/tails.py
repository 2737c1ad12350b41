"""Standard errors, tests and intervals from plain arrays.

Tails come from survival functions (erfc), never from 1 - cdf: a p-value of 1e-40 is 1e-40.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["critical_value", "null_loglik", "two_sided", "wald_interval"]

Floats = NDArray[np.float64]


def two_sided(z: Floats) -> Floats:
    """P(|Z| >= |z|) for a standard normal Z, (k,) probabilities; NaN where z is NaN.

    >>> two_sided(np.array([0.0, 1.959963984540054]))
    array([1.  , 0.05])
    """
    return np.array([math.erfc(abs(value) / math.sqrt(2.0)) for value in z])


def critical_value(level: float) -> float:
    """The normal quantile that leaves (1 - level) / 2 above it.

    >>> round(critical_value(0.95), 12)
    1.95996398454
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}; expected a number between 0 and 1, such as 0.95")
    return -NormalDist().inv_cdf((1.0 - level) / 2.0)


def wald_interval(coef: Floats, std_error: Floats, level: float) -> tuple[Floats, Floats]:
    """coef -+ q * std_error: (k,) lower and (k,) upper ends, in log-odds."""
    q = critical_value(level)
    return coef - q * std_error, coef + q * std_error


def null_loglik(success: float, failure: float, fit_intercept: bool) -> float:
    """Log-likelihood of the model without columns: one probability for all rows, or one half.

    >>> round(null_loglik(3, 1, True), 6)
    -2.249341
    """
    total = success + failure
    if not fit_intercept:
        return -total * math.log(2.0)
    return success * math.log(success / total) + failure * math.log(failure / total)
