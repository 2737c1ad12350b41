"""Good data to be spoilt, and what a refusal owes the user: shared by the tests of bad input."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.errors import DataError

N = 200
RNG = np.random.default_rng(20240229)
WHOLE = RNG.integers(-40, 40, (N, 3))  # values every type down to int8 and float16 holds exactly
X = WHOLE / 16.0
Y = (RNG.random(N) < 1 / (1 + np.exp(-X @ [1.0, -0.5, 0.25]))).astype(np.int64)
TEXT = np.where(Y == 1, "yes", "no")
NAMES = ("a", "b", "c")
FRAME = pd.DataFrame(X, columns=list(NAMES))
FIT = lc.fit(X, Y)
FRAME_FIT = lc.fit(FRAME, Y)


def spoilt(value: Any, row: int = 5, column: int = 1, dtype: Any = None) -> np.ndarray:
    Z = X.astype(dtype) if dtype else X.copy()
    Z[row, column] = value
    return Z


def polars(columns: Any) -> Any:
    return pytest.importorskip("polars").DataFrame(columns)


def arrow(columns: Any) -> Any:
    return pytest.importorskip("pyarrow").table(columns)


def refused(call: Callable[[], Any], **evidence: Any) -> DataError:
    """The DataError that a call raises: in four parts, with its evidence."""
    with pytest.raises(DataError) as caught:
        call()
    error = caught.value
    assert all((error.found, error.expected, error.meaning, error.remedy)), str(error)
    text = str(error)
    labels = ("Expected:", "This means:", "What to do:")
    assert [text.index(label) for label in labels] == sorted(text.index(v) for v in labels)
    for name, value in evidence.items():
        assert getattr(error, name) == value, (name, text)
        if name in ("column", "row"):
            assert str(value) in error.found
    return error


def same_bits(one: lc.LogitFit, other: lc.LogitFit) -> None:
    assert np.array_equal(one.coef, other.coef)
    assert np.array_equal(one.covariance, other.covariance)
    assert (one.loglik, one.null_loglik) == (other.loglik, other.null_loglik)


def memory(value: Any) -> tuple[Any, ...]:
    if isinstance(value, np.ndarray):
        flags = value.flags
        layout = (flags.writeable, flags.c_contiguous, flags.f_contiguous, flags.owndata)
        return (value.dtype, value.shape, value.strides, layout, value.tobytes())
    if hasattr(value, "copy") and hasattr(value, "equals"):
        return (Same(value),)
    return (pickle.dumps(value),)


class Same:
    """A pandas object equals its own deep copy of before; its pickle may hold caches."""

    def __init__(self, value: Any) -> None:
        self.value, self.before = value, copy.deepcopy(value)

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Same)
        return bool(other.value.equals(self.before))


@contextmanager
def untouched(*inputs: Any) -> Iterator[None]:
    before = [memory(value) for value in inputs]
    yield
    assert [memory(value) for value in inputs] == before


FIGURES = (
    "coef", "std_error", "covariance", "z", "p_value", "loglik", "null_loglik", "deviance", "aic",
    "bic", "pseudo_r2", "weight_sum", "df_residual", "n_parameters", "condition_number",
)  # fmt: skip


def agree(one: lc.LogitFit, other: lc.LogitFit, without: tuple[str, ...] = ()) -> None:
    for name in FIGURES:
        if name not in without:
            np.testing.assert_allclose(
                getattr(one, name), getattr(other, name), rtol=1e-11, atol=1e-300, err_msg=name
            )
