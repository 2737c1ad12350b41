"""What the reference fit takes, checked: exact doubles, no row without weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .errors import DataError
from .formulas import Array

__all__ = ["ReferenceData", "checked", "labels"]


class ReferenceData(NamedTuple):
    """The caller's arrays as float64, without the rows that weigh nothing."""

    X: Array
    y: Array
    weight: Array
    trials: Array
    shift: Array


def checked(
    X: ArrayLike,
    y: ArrayLike,
    sample_weight: ArrayLike | None,
    n_trials: ArrayLike | None,
    offset: ArrayLike | None,
    l2: float,
) -> ReferenceData:
    design = _finite("X", X, None)
    n = len(design)
    data = ReferenceData(
        design,
        _finite("y", y, n),
        _finite("sample_weight", np.ones(n) if sample_weight is None else sample_weight, n),
        _finite("n_trials", np.ones(n) if n_trials is None else n_trials, n),
        _finite("offset", np.zeros(n) if offset is None else offset, n),
    )
    whole = (data.y == np.floor(data.y)) & (data.y >= 0) & (data.y <= data.trials)
    for name, good, expected in (
        ("y", whole, "0 or 1, or whole successes up to n_trials"),
        ("sample_weight", data.weight >= 0, "weights of 0 or more"),
        ("l2", np.array([l2 >= 0]), "a penalty of 0 or more"),
    ):
        if not good.all():
            row = int(np.argmin(good))
            raise DataError(f"{name} cannot be used, first in row {row}", expected, row=row)
    kept = data.weight * data.trials > 0
    data = ReferenceData(*(part[kept] for part in data))
    if not (data.y.any() and (data.y < data.trials).any()):
        raise DataError("y holds one outcome only", "both", "no slope can be estimated", "check y")
    return data


def _finite(name: str, values: ArrayLike, length: int | None) -> Array:
    """The values as finite float64: (n, m) where no length is given, (length,) otherwise."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise DataError(f"{name} cannot be read as numbers: {problem}", "numbers") from problem
    if array.ndim != 2 if length is None else array.shape != (length,):
        expected = "(rows, columns)" if length is None else f"({length},)"
        raise DataError(f"{name} has shape {array.shape}", f"shape {expected}")
    if not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0, 0])
        raise DataError(f"{name} is not finite in row {row}", "finite numbers", row=row)
    return array


def labels(names: Sequence[str] | None, m: int, fit_intercept: bool) -> tuple[str, ...]:
    features = tuple(f"x{j}" for j in range(1, m + 1)) if names is None else tuple(names)
    if len(features) != m or m + fit_intercept == 0:
        raise DataError(f"{len(features)} names for {m} columns", "a name a column, and a column")
    return ("intercept", *features) if fit_intercept else features
