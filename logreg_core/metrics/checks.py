"""Is this input usable? What every metric asks of its arrays, and how it says no."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, LogregWarning
from .count_kernels import all_usable

__all__ = [
    "Array",
    "UndefinedMetricWarning",
    "check_choice",
    "check_lengths",
    "column",
    "float_block",
    "no_weight",
    "score_column",
    "undefined",
    "weight_block",
    "weight_column",
]

Array = NDArray[Any]
_LARGEST_EXACT = 2**53  # integers beyond it collide as float64


class UndefinedMetricWarning(LogregWarning):
    """A metric is 0/0 on this input and was given a conventional value."""


def undefined(found: str, meaning: str, remedy: str) -> None:
    """Warn that a metric has no value here and which one it was given."""
    warnings.warn(
        UndefinedMetricWarning(found, "a non-zero denominator", meaning, remedy), stacklevel=4
    )


def column(values: Any, name: str) -> Array:
    """A label or score argument as a one-dimensional array; (n, 1) is flattened."""
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(
            f"{name} has shape {array.shape}",
            "one value a row: shape (n,) or (n, 1)",
            "several outcomes a row (multilabel) are not scored here",
            "pass one column",
            argument=name,
            shape=array.shape,
        )
    if array.size == 0:
        raise DataError(
            f"{name} is empty", "at least one row", "no metric is defined on no rows",
            "pass the rows to score", argument=name,
        )  # fmt: skip
    is_list = not hasattr(values, "dtype")
    if is_list and array.dtype.kind == "U" and not all(isinstance(item, str) for item in values):
        raise DataError(
            f"{name} mixes text and numbers",
            "labels of one kind",
            "NumPy would turn the number 1 into the text '1', another label",
            "convert all labels to text or all to numbers",
            argument=name,
        )
    return array


def check_lengths(**columns: Any) -> int:
    """The common number of rows."""
    lengths = {name: len(values) for name, values in columns.items() if values is not None}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length} rows" for name, length in lengths.items())
        raise DataError(
            listed, "the same number of rows in each", "rows cannot be paired",
            "pass columns of the same rows in the same order", lengths=lengths,
        )  # fmt: skip
    return next(iter(lengths.values()))


def check_choice(value: Any, choices: tuple[Any, ...], name: str) -> None:
    """Refuse an option that is not one of the known ones."""
    if not any(value is choice or (value == choice) is True for choice in choices):
        raise DataError(
            f"{name} is {value!r}",
            "one of " + ", ".join(repr(choice) for choice in choices),
            "the question is not defined",
            f"choose one of the values of {name}",
            argument=name,
            value=value,
        )


def weight_column(sample_weight: Any) -> Array | None:
    """Weights as a real column, integers kept as integers so that counts stay exact."""
    if sample_weight is None:
        return None
    weight = column(sample_weight, "sample_weight")
    if weight.dtype.kind == "O":
        with contextlib.suppress(TypeError, ValueError):  # said below, with the type
            weight = weight.astype(np.float64)
    if weight.dtype.kind not in "biuf":
        raise DataError(
            f"sample_weight has type {weight.dtype}", "non-negative numbers",
            "rows cannot be weighed with it", "pass numbers", argument="sample_weight",
        )  # fmt: skip
    return weight


def no_weight(meaning: str) -> DataError:
    """The error of columns whose rows all count nothing."""
    return DataError(
        "all weights are zero", "at least one positive weight", meaning,
        "pass weights that keep some rows", argument="sample_weight",
    )  # fmt: skip


def weight_block(weight: Array, start: int, stop: int) -> Array:
    """Rows ``start:stop`` of the weights as contiguous int64 or float64, checked."""
    kind = np.float64 if weight.dtype.kind == "f" else np.int64
    block = np.ascontiguousarray(weight[start:stop], dtype=kind)
    if not all_usable(block):
        row = int(np.argmax(~((block >= 0) & (block < np.inf))))
        raise DataError(
            f"sample_weight is {block[row]} in row {start + row}", "finite numbers, zero or more",
            "a row cannot count that much", "drop the row or mend its weight",
            argument="sample_weight", row=start + row, value=block[row],
        )  # fmt: skip
    return block


def score_column(values: Any, name: str) -> Array:
    """Scores or probabilities as a real column."""
    array = column(values, name)
    if array.dtype.kind == "O":
        with contextlib.suppress(TypeError, ValueError):  # said below, with the type
            array = array.astype(np.float64)
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise DataError(
            f"{name} has type {array.dtype}", "real numbers of at most 64 bits",
            "rows cannot be ranked by it", "pass the scores as numbers", argument=name,
        )  # fmt: skip
    return array


def _too_far(integers: Array) -> Array:
    """Which of them float64 does not tell from their neighbours."""
    return (integers > _LARGEST_EXACT) | (integers < -_LARGEST_EXACT)


def float_block(
    values: Array, start: int, stop: int, name: str, low: float = -np.inf, high: float = np.inf
) -> NDArray[np.float64]:
    """Rows ``start:stop`` as contiguous float64, finite and within ``low`` to ``high``."""
    block = np.ascontiguousarray(values[start:stop], dtype=np.float64)
    least, most = block.min(), block.max()
    far = values.dtype.kind in "iu" and _too_far(values[start:stop])
    if np.any(far) or not (-np.inf < least and most < np.inf and low <= least and most <= high):
        good = np.isfinite(block) & (block >= low) & (block <= high)
        row = int(np.argmax(far if good.all() else ~good))
        limits = "finite numbers" if low == -np.inf else f"numbers from {low:g} to {high:g}"
        raise DataError(
            f"{name} is {values[start + row]} in row {start + row}",
            f"{limits}; integers up to 2**53",
            "the row can be neither ranked nor scored",
            "drop the row or mend it; rank large integers: np.unique(..., return_inverse=True)",
            argument=name,
            row=start + row,
            value=values[start + row],
        )
    return block
