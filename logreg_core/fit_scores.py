"""New rows scored by a fit: the columns of X, or a raw frame for the fit's own encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .arrays import as_matrix, as_vector, is_frame
from .blocks import NOTHING
from .columns import Table
from .design import Design
from .errors import DataError
from .named_blocks import NamedBlocks
from .new_rows import match_columns, refuse_not_finite
from .option_checks import check_options
from .scoring import score

if TYPE_CHECKING:
    from .encoding import Encoding
    from .result import LogitFit

__all__ = ["columns_of_x", "features", "places_in", "scores"]

Floats = NDArray[np.float64]


def features(fit: LogitFit) -> tuple[str, ...]:
    """Names of the columns of X, without the intercept."""
    return fit.names[1:] if fit.fit_intercept else fit.names


def places_in(
    names: tuple[str, ...], fit: LogitFit, *, named: bool = True, wider: bool = False
) -> NDArray[np.int64]:
    """(k,) position of each coefficient among the columns of X, -1 for the intercept.

    ``named``: the names are the user's; ``wider``: X may hold other columns too.
    """
    wanted = features(fit)
    if wider and set(wanted) <= set(names) and len(set(names)) == len(names):
        places = np.array([names.index(name) for name in wanted], dtype=np.int64)
    else:
        places = match_columns(names, wanted, named=named)
    return np.concatenate([[-1], places]) if fit.fit_intercept else places


def scores(fit: LogitFit, X: Any, offset: Any, threads: int | None, *, log_odds: bool) -> Floats:
    """(m,) log-odds, or probabilities of the positive class, of the rows of X.

    X may be a block source, read once, with the offset it holds; or a `Design`, and for a fit made
    from one also a frame of raw columns: those are taken by name and encoded by the fit's own
    rule, and other columns are ignored. A frame that holds the columns of X and no others is taken
    as encoded already.

    Raises
    ------
    DataError
        Columns missing, unknown or repeated; a level the fit has not seen; values missing or
        not finite; an offset of another length.
    """
    check_options(threads=threads)
    if isinstance(X, NamedBlocks):
        return _of_blocks(fit, X, offset, threads, log_odds=log_odds)
    array, names, named = columns_of_x(X, fit.encoding)
    columns = places_in(names, fit, named=named)
    shift = NOTHING if offset is None else as_vector(offset, len(array), "offset")
    beta = np.where(np.isnan(fit.centered_coef), 0.0, fit.centered_coef)
    found = score(
        array, columns, fit.center, beta, log_odds=log_odds, offset=shift, threads=threads
    )
    refuse_not_finite(found, array, names, shift, log_odds=log_odds)
    return found


def _of_blocks(
    fit: LogitFit, blocks: NamedBlocks, offset: Any, threads: int | None, *, log_odds: bool
) -> Floats:
    if offset is not None:
        raise DataError(
            f"a {type(blocks).__name__} and another offset",
            "the block source alone: it holds the offset",
            "two sources of one thing may differ",
            "name the column of offsets where the source is made",
        )
    columns = places_in(blocks.names, fit)
    beta = np.where(np.isnan(fit.centered_coef), 0.0, fit.centered_coef)
    found, first = np.empty(blocks.n_rows), 0
    for span in blocks.spans():
        if not np.isfinite(span.X).all():
            blocks.blame()
        found[first : first + len(span.X)] = score(
            span.X, columns, fit.center, beta,
            log_odds=log_odds, offset=span.offset, threads=threads,
        )  # fmt: skip
        first += len(span.X)
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
