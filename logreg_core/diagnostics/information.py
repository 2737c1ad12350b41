"""The information of a fit's slopes as a correlation-like matrix: what collinearity is read from.

S = X' W X of the columns, less what the intercept explains (the weighted means), without any
penalty: the inverse of the slopes' covariance for a fit by maximum likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..result import LogitFit

__all__ = ["SlopeInformation", "slope_information"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SlopeInformation:
    """correlation (p, p): S scaled to a unit diagonal; inverse: of it; names of its p columns;
    scale (p,): roots of the diagonal of S."""

    names: tuple[str, ...]
    correlation: Floats
    inverse: Floats
    scale: Floats


def slope_information(fit: LogitFit) -> SlopeInformation:
    """S of the slopes that have a finite estimate, from the fit's covariance.

    Raises
    ------
    LogregError
        A fit made with inference=False.
    DataError
        No slope has a finite estimate.
    """
    covariance = fit.covariance
    finite = np.isfinite(covariance.diagonal()) & np.isfinite(fit.coef)
    finite[: int(fit.fit_intercept)] = False
    places = np.flatnonzero(finite)
    if not len(places):
        raise DataError(
            "no column of this fit has a finite estimate with a standard error",
            "at least one",
            "there is no information to read collinearity from",
            "see fit.status",
        )
    names = tuple(fit.names[i] for i in places.tolist())
    block = covariance[np.ix_(places, places)]
    first, root = int(fit.fit_intercept), fit.root
    if root is not None and len(root) - first == len(places) and not fit.l2:
        # A triangle keeps the digits that the inverse of a covariance loses.
        triangle = root[first:, first:]
        triangle = triangle / np.sqrt((triangle**2).sum(axis=0))
        half = np.linalg.inv(triangle)
        correlation, back = triangle.T @ triangle, half @ half.T
        scale = np.sqrt(back.diagonal() / block.diagonal())
    else:
        d = np.sqrt(block.diagonal())
        inverse = np.linalg.inv(block / np.outer(d, d)) / np.outer(d, d)
        # a ridge fit's covariance is (S + l2)^-1: what is asked for is the columns' own S
        inverse -= fit.l2 * np.eye(len(places))
        scale = np.sqrt(np.maximum(inverse.diagonal(), np.finfo(float).tiny))
        correlation = inverse / np.outer(scale, scale)
        back = np.linalg.pinv(correlation, hermitian=True)
    np.fill_diagonal(correlation, 1.0)
    return SlopeInformation(names, correlation, (back + back.T) / 2.0, scale)
