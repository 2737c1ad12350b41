"""How far off may a row's log-odds be?  std error = sqrt(x' C x), with C the covariance.

In columns less their centre, never in the columns as given: far from zero the terms of x' C x
cancel, and a column offset by 1e6 standard deviations would leave no digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .blas_threads import one_blas_thread
from .blocks import ArrayBlocks
from .cholesky_kernels import invert_triangle
from .errors import DataError, LogregError
from .fit_scores import columns_of_x, places_in

if TYPE_CHECKING:
    from .result import LogitFit

__all__ = ["as_covariance", "log_odds_errors"]

Floats = NDArray[np.float64]
ROWS = 1 << 13


def log_odds_errors(fit: LogitFit, X: Any, covariance: Any = None) -> Floats:
    """(m,) standard errors of the log-odds of the rows of X, in log-odds.

    Parameters
    ----------
    X : rows, as for ``fit.log_odds``; they are not searched for NaN here.
    covariance : (k, k) another covariance of the coefficients (a robust one), intercept first;
        by default the fit's own, taken from the factor of its information.

    Raises
    ------
    LogregError
        A separated fit, or one without covariance.

    Notes
    -----
    Some thousand rows a time: memory for m numbers; m k^2 operations.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> log_odds_errors(fit, [[2.5], [4.0]]).round(6)
    array([1.118243, 1.974883])
    """
    kept = ~np.isnan(fit.centered_coef)
    own = fit.covariance[np.ix_(kept, kept)]
    if fit.separation is not None and fit.separation.kind != "none":
        raise LogregError(
            f"the fit ended with the status {fit.status.word!r}",
            "a fit whose coefficients are all finite",
            "the log-odds of some rows are infinite, and their errors have no meaning",
            "read fit.separation.explain(); use penalty='firth' or l2 for finite errors",
        )
    array, names, named = columns_of_x(X, fit.encoding)
    columns = places_in(names, fit, named=named)
    center = fit.center[kept]
    if covariance is not None:
        given = as_covariance(covariance, len(kept))[np.ix_(kept, kept)]
        half = _centred_half(given, center, fit.fit_intercept)
    elif fit.root is not None:
        half = _half_of_root(fit.root, own, fit.fit_intercept)
    else:
        half = _centred_half(own, center, fit.fit_intercept)
    return _lengths(array, columns[kept], center, half)


def as_covariance(covariance: Any, k: int) -> Floats:
    """A covariance (k, k) of the coefficients: an array, a frame, or a `RobustCovariance`."""
    array = np.asarray(getattr(covariance, "covariance", covariance), dtype=np.float64)
    if array.shape != (k, k):
        raise DataError(
            f"covariance has shape {array.shape}",
            f"({k}, {k}), a row a coefficient, the intercept first",
            "variances and coefficients cannot be matched",
            "pass the covariance of robust_covariance(fit, X, y), or none",
            shape=array.shape,
        )
    _check_covariance(array)
    return array


def _check_covariance(array: Floats) -> None:
    """NaN stands for coefficients that are not determined; the rest has to be a covariance."""
    known = ~np.isnan(array.diagonal())
    inside = array[np.ix_(known, known)]
    size = np.sqrt(np.abs(inside.diagonal()))
    scaled = inside / np.where(np.outer(size, size) > 0.0, np.outer(size, size), 1.0)
    finite = known.any() and np.isfinite(scaled).all() and (inside.diagonal() >= 0.0).all()
    if finite and np.abs(scaled - scaled.T).max() <= 1e-8:
        return
    raise DataError(
        "covariance is not finite, not symmetric or has negative variances",
        "the covariance of the coefficients: symmetric, its diagonal not negative",
        "no standard error follows from it",
        "pass the covariance of robust_covariance(fit, X, y), or none",
    )


def _half_of_root(root: Floats, covariance: Floats, intercept: bool) -> Floats:
    """H (k, k) with H H' the covariance in centred columns, from R'R the information there.

    R belongs to centred columns in units of their scale, a power of two each, which the
    covariance of the columns as given still tells. The scale of the intercept is 1.
    """
    inverse = invert_triangle(np.ascontiguousarray(root.T)).T
    inside = (inverse**2).sum(axis=1)
    with np.errstate(all="ignore"):
        scale = np.exp2(np.rint(0.5 * np.log2(covariance.diagonal() / inside)))
    if intercept:
        scale[0] = 1.0
    return np.asarray(inverse * scale[:, None], dtype=np.float64)


def _centred_half(covariance: Floats, center: Floats, intercept: bool) -> Floats:
    """H (k, k) with H H' the covariance in columns less ``center``."""
    jacobian = np.eye(len(center))
    if intercept:
        jacobian[0, 1:] = center[1:]
    inside = jacobian @ covariance @ jacobian.T
    values, vectors = np.linalg.eigh((inside + inside.T) / 2.0)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)


def _lengths(X: NDArray[Any], columns: NDArray[np.int64], center: Floats, half: Floats) -> Floats:
    """(n,) lengths of (x - center)' H."""
    out, blocks, inner = np.empty(len(X)), ArrayBlocks(X), columns >= 0
    with one_blas_thread():
        for first in range(0, len(X), ROWS):
            where = slice(first, first + ROWS)
            part = blocks.rows(where).X
            rows = np.ones((len(part), len(columns)))
            rows[:, inner] = part[:, columns[inner]] - center[inner]
            turned = rows @ half
            out[where] = np.sqrt(np.einsum("ij,ij->i", turned, turned))
    return out
