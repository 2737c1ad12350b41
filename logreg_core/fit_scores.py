"""New rows scored by a fit: the columns of X, or a raw frame for the fit's own encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .arrays import as_matrix, as_vector, is_frame
from .blocks import NOTHING
from .columns import Table
from .design import Design
from .new_rows import match_columns, refuse_not_finite
from .option_checks import check_options
from .scoring import score

if TYPE_CHECKING:
    from .encoding import Encoding
    from .result import LogitFit

__all__ = ["columns_of_x", "features", "scores"]

Floats = NDArray[np.float64]


def features(fit: LogitFit) -> tuple[str, ...]:
    """Names of the columns of X, without the intercept."""
    return fit.names[1:] if fit.fit_intercept else fit.names


def scores(fit: LogitFit, X: Any, offset: Any, threads: int | None, *, log_odds: bool) -> Floats:
    """(m,) log-odds, or probabilities of the positive class, of the rows of X.

    X may be a `Design`, and for a fit made from one also a frame of raw columns: those are taken
    by name and encoded by the fit's own rule, and other columns are ignored. A frame that holds
    the columns of X and no others is taken as encoded already.

    Raises
    ------
    DataError
        Columns missing, unknown or repeated; a level the fit has not seen; values missing or
        not finite; an offset of another length.
    """
    check_options(threads=threads)
    array, names, named = columns_of_x(X, fit.encoding)
    columns = match_columns(names, features(fit), named=named)
    shift = NOTHING if offset is None else as_vector(offset, len(array), "offset")
    beta = np.where(np.isnan(fit.centered_coef), 0.0, fit.centered_coef)
    if fit.fit_intercept:
        columns = np.concatenate([[-1], columns])
    found = score(
        array, columns, fit.center, beta, log_odds=log_odds, offset=shift, threads=threads
    )
    refuse_not_finite(found, array, names, shift, log_odds=log_odds)
    return found


def columns_of_x(X: Any, encoding: Encoding | None) -> tuple[NDArray[Any], tuple[str, ...], bool]:
    """Rows as columns of X, their names, and whether the names are the user's."""
    if isinstance(X, Design):
        return X.X, X.names, True
    if encoding is not None and is_frame(X):
        table = Table(X)
        if set(map(str, table.names)) != set(encoding.names):
            return as_matrix(encoding.transform(table))[0], encoding.names, True
    array, names = as_matrix(X)
    return array, names, is_frame(X)
