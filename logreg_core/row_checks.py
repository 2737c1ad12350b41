"""What accompanies the rows of X: weights, offset, and where to start."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .vectors import as_vector, blame, plain_array

__all__ = ["LARGEST", "SMALLEST", "as_offset", "as_start", "as_weights"]

Floats = NDArray[np.float64]

# Squares of numbers in this range, times weights in this range, stay within float64.
SMALLEST, LARGEST = 1e-130, 1e130


def as_weights(sample_weight: Any, n: int) -> Floats:
    """Finite weights (n,) of at least 0, not all 0; one number stands for all rows."""
    single = isinstance(sample_weight, int | float | np.number)
    weight = as_vector(np.full(n, sample_weight) if single else sample_weight, n, "sample_weight")
    with np.errstate(all="ignore"):
        total, least = float(weight.sum()), float(weight.min())
    if least >= 0.0 and 0.0 < total < LARGEST:
        return weight
    blame(weight[:, None], ("sample_weight",), only_if_found=True)
    if least < 0.0:
        row = int(np.argmax(weight < 0))
        raise DataError(
            f"column 'sample_weight' holds {weight[row]:g} in row {row}",
            "weights of at least 0",
            "a row cannot count less than not at all",
            "drop the row or give it weight 0",
            column="sample_weight",
            row=row,
            value=float(weight[row]),
        )
    found, expected = (
        ("every sample_weight is zero", "a positive weight")
        if total == 0.0
        else (f"sample_weight sums to {total:g}", f"a sum below {LARGEST:g}")
    )
    raise DataError(
        found,
        expected,
        "no row counts" if total == 0.0 else "the log-likelihood overflows",
        "check the weights",
        column="sample_weight",
    )


def as_offset(offset: Any, n: int) -> Floats:
    """A finite offset (n,), in log-odds."""
    shift = as_vector(offset, n, "offset")
    blame(shift[:, None], ("offset",), only_if_found=True)
    row = int(np.abs(shift).argmax())
    if abs(shift[row]) > LARGEST:
        raise DataError(
            f"column 'offset' holds {shift[row]:g} in row {row}",
            f"log-odds below {LARGEST:g} in size",
            "the linear predictor overflows",
            "correct the offset: it is a known part of the log-odds",
            column="offset",
            row=row,
        )
    return shift


def as_start(start: Any, k: int) -> Floats | None:
    """Finite coefficients (k,) to start from, or None."""
    if start is None:
        return None
    given = plain_array(start, "start").reshape(-1)
    if len(given) == k and given.dtype.kind in "fiub" and np.isfinite(given).all():
        return given.astype(np.float64)
    raise DataError(
        f"start is {given.tolist()!r:.80}",
        f"{k} finite numbers, the intercept's first",
        "the fit cannot begin there",
        "pass start=None for the log-odds start",
        option="start",
        value=start,
    )
