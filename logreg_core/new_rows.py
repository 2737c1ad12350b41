"""Rows to be scored: are they of the columns of the fit, and are they numbers throughout?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .vectors import blame

__all__ = ["match_columns", "refuse_not_finite"]

Floats = NDArray[np.float64]
SHOWN = 8


def match_columns(
    names: tuple[str, ...], wanted: tuple[str, ...], *, named: bool
) -> NDArray[np.int64]:
    """Positions in X of the columns of a fit: by name in a frame, by place in an array.

    A frame is taken by place where the fit came from an array (its names are x1, x2, ...) and
    the frame has none of those names.

    Raises
    ------
    DataError
        Another number of columns; names missing, unknown or repeated.

    Examples
    --------
    >>> match_columns(("b", "a"), ("a", "b"), named=True)
    array([1, 0])
    """
    unnamed = not set(names) & set(wanted) and wanted == tuple(
        f"x{j + 1}" for j in range(len(wanted))
    )
    if not named or names == wanted or unnamed:
        if len(names) != len(wanted):
            raise DataError(
                f"X has {len(names)} columns",
                f"{len(wanted)}, as in the fit",
                "columns and coefficients cannot be matched",
                "pass the columns of the fit: " + _listed(wanted),
                n_columns=len(names),
            )
        return np.arange(len(wanted), dtype=np.int64)
    missing = [name for name in wanted if name not in names]
    extra = [name for name in names if name not in wanted]
    repeated = sorted({name for name in names if names.count(name) > 1})
    faults = (
        ("columns missing", missing),
        ("columns not in the fit", extra),
        ("columns of the same name in another order", repeated),
    )
    if any(found for _, found in faults):
        raise DataError(
            "; ".join(f"{what}: {_listed(found)}" for what, found in faults if found),
            "the columns of the fit, in any order: " + _listed(wanted),
            "a coefficient would meet the wrong column",
            "select the columns of the fit by name, or rename",
            missing=missing,
            extra=extra,
            repeated=repeated,
        )
    return np.array([names.index(name) for name in wanted], dtype=np.int64)


def _listed(names: tuple[str, ...] | list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(map(repr, names[:SHOWN])) + (f" and {rest} more" if rest > 0 else "")


def refuse_not_finite(
    scores: Floats, X: NDArray[Any], names: tuple[str, ...], offset: Floats, *, log_odds: bool
) -> None:
    """Blame the first NaN or infinity in X or the offset, if the scores show one.

    NaN comes through to them; infinity ends as a probability of exactly 1 or next to 0. So only
    rows at those ends cost a second look.
    """
    low, high = scores.min(), scores.max()
    inside = np.isfinite(low) and np.isfinite(high) if log_odds else low > 1e-300 and high < 1.0
    if inside:
        return
    blame(X, names, only_if_found=True)
    if offset.size:
        blame(offset[:, None], ("offset",), only_if_found=True)
    if np.isnan(low):
        blame(X, names)
