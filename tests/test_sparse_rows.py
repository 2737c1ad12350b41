"""Sparse matrices and large frames, read a slice at a time: the bits of the dense matrix.

Everything is compared for equality: the floats a pass sees are the same, and so is their order.
"""

from __future__ import annotations

import tracemalloc
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import logreg_core as lc
from logreg_core import frames
from logreg_core.arrays import as_matrix
from logreg_core.errors import LogregWarning
from logreg_core.row_sources import ColumnRows, RowSource
from logreg_core.separation import detect
from logreg_core.sparse_rows import SparseRows, distinct_rows

RNG = np.random.default_rng(4)


def problem(n: int, k: int) -> tuple[Any, Any]:
    X = np.where(RNG.random((n, k)) < 0.3, RNG.standard_normal((n, k)), 0.0)
    y = RNG.random(n) < 1 / (1 + np.exp(-(X.sum(1) - 0.5)))
    return X, y.astype(int)


def same(a: lc.LogitFit, b: lc.LogitFit) -> None:
    assert a.solver == b.solver
    assert a.coef.tobytes() == b.coef.tobytes()
    assert a.covariance.tobytes() == b.covariance.tobytes()
    assert (a.loglik, a.n_rows, str(a.status)) == (b.loglik, b.n_rows, str(b.status))


@pytest.mark.parametrize("kind", ["csr_array", "csc_array", "coo_array", "lil_matrix", "bsr_array"])
def test_any_format_gives_the_bits_of_the_dense_matrix(kind: str) -> None:
    X, y = problem(3_000, 5)
    weight = RNG.integers(0, 3, len(y))
    S = getattr(scipy.sparse, kind)(X)
    same(lc.fit(X, y), lc.fit(S, y))
    same(lc.fit(X, y, sample_weight=weight, l2=1.0), lc.fit(S, y, sample_weight=weight, l2=1.0))
    same(lc.fit(X, y, solver="irls"), lc.fit(S, y, solver="irls"))
    same(lc.fit(X, y, penalty="firth"), lc.fit(S, y, penalty="firth"))
    assert lc.fit(X, y).probability(X).tobytes() == lc.fit(S, y).probability(S).tobytes()


@pytest.mark.parametrize("dtype", ["f4", "i2", "u1", "?", ">f8"])
def test_other_types(dtype: str) -> None:
    X, y = problem(500, 3)
    X = np.abs(X * 4).round().astype(dtype)
    same(lc.fit(X, y), lc.fit(scipy.sparse.csr_array(X.astype(X.dtype.newbyteorder("="))), y))


def test_the_fast_climb_and_its_memory() -> None:
    X, y = problem(150_000, 16)
    S = scipy.sparse.csr_array(X)
    dense = lc.fit(X, y, threads=2)
    tracemalloc.start()
    sparse = lc.fit(S, y, threads=2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sparse.solver == "fast"
    same(dense, sparse)
    assert peak < 0.75 * X.nbytes, "the whole was made dense"


def test_entries_stored_twice_count_as_their_sum() -> None:
    rows, columns, values = [0, 0, 1, 3], [0, 0, 1, 0], [1.0, 2.0, 5.0, -1.0]
    S = scipy.sparse.csr_array(scipy.sparse.coo_array((values, (rows, columns)), shape=(4, 2)))
    assert SparseRows(S)[:].tolist() == [[3, 0], [0, 5], [0, 0], [-1, 0]]
    assert SparseRows(S)[3, 0] == -1.0
    assert SparseRows(S)[::2].tolist() == [[3, 0], [0, 0]]
    assert len(SparseRows(S)) == 4
    assert SparseRows(S).size == 8


def test_redundant_columns_and_names() -> None:
    X, y = problem(400, 3)
    X = np.column_stack([X, X[:, 0] - X[:, 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        dense, sparse = lc.fit(X, y), lc.fit(scipy.sparse.csr_array(X), y)
    assert dense.aliased == sparse.aliased
    assert sparse.names == ("intercept", "x1", "x2", "x3", "x4")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 3).flatmap(
        lambda k: st.lists(
            st.tuples(*[st.integers(-1, 1)] * k, st.integers(0, 1), st.integers(0, 2)),
            min_size=4,
            max_size=30,
        )
    )
)
def test_separation_is_found_in_the_distinct_rows(rows: list[tuple[int, ...]]) -> None:
    table = np.array(rows, dtype=float)
    X, y, weight = table[:, :-2], table[:, -2], table[:, -1]
    if len(set(y[weight > 0])) < 2:
        return
    whole = detect(X, y, sample_weight=weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        fit = lc.fit(scipy.sparse.csr_array(X), y, sample_weight=weight)
        dense = lc.fit(X, y, sample_weight=weight)
    np.testing.assert_array_equal(np.isinf(fit.coef), np.isinf(dense.coef))
    if fit.separation is None:
        assert whole.kind == "none"
        return
    found = fit.separation
    assert (found.kind, found.infinite) == (whole.kind, whole.infinite)
    assert (found.undetermined, found.aliased) == (whole.undetermined, whole.aliased)
    assert (found.n_rows, found.n_separated) == (whole.n_rows, whole.n_separated)
    assert found.boundary.tolist() == whole.boundary.tolist()
    if found.kind != "none":
        assert found.separated_rows == whole.separated_rows
        assert found.boundary_rows == whole.boundary_rows
        assert fit.loglik == dense.loglik


def test_distinct_rows() -> None:
    X = scipy.sparse.csr_array([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    yes = np.array([True, False, False, False, False])
    no = np.array([False, True, True, False, True])
    few, wins, losses, place = distinct_rows(SparseRows(X), yes, no)
    assert few[:].tolist() == [[1, 0], [0, 0]]
    assert (wins.tolist(), losses.tolist()) == ([True, False], [True, True])
    assert place.tolist() == [0, 1, 0, -1, 1]


def test_too_many_different_rows_are_not_made_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logreg_core.separated.MOST_DENSE", 5)
    with pytest.warns(LogregWarning):
        fit = lc.fit(
            scipy.sparse.csr_array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]), [0, 0, 0, 1, 1, 1]
        )
    assert fit.separation is None
    assert not fit.converged


# -- frames that are read column by column --
def columns_of(frame: Any) -> list[Any]:
    rows, names = as_matrix(frame)
    assert isinstance(rows, ColumnRows)
    assert names == ("a", "b")
    return list(rows.columns)


def address(values: Any) -> int:
    return int(values.__array_interface__["data"][0])


@pytest.mark.parametrize(
    "kind", ["pandas", "pandas nullable", "pandas arrow", "polars", "pyarrow", "capsule"]
)
def test_contiguous_columns_are_not_copied(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOST_COPIED", 0)
    a, b = RNG.standard_normal(1000), RNG.integers(0, 9, 1000).astype(float)
    arrow = pa.table({"a": a, "b": b})  # itself a view of both
    expected = [address(a), address(b)]
    if kind == "pandas":
        frame = pd.concat(
            [pd.Series(a, name="a", copy=False), pd.Series(b, name="b", copy=False)], axis=1
        )
        frame = pd.DataFrame({"a": pd.Series(a, copy=False), "b": b.astype("i8")}, copy=False)
        assert address(columns_of(frame)[0]) == expected[0]
        return
    if kind == "pandas nullable":
        whole = np.zeros(1000, bool)
        parts = {n: pd.arrays.FloatingArray(v, whole) for n, v in (("a", a), ("b", b))}
        frame = pd.DataFrame(parts, copy=False)
        expected = [address(frame[n].array._data) for n in "ab"]
    elif kind == "pandas arrow":
        frame = pd.DataFrame({n: pd.arrays.ArrowExtensionArray(arrow[n]) for n in "ab"}, copy=False)
    elif kind == "polars":
        frame = pl.from_arrow(arrow)
        expected = [address(frame[n].to_numpy()) for n in "ab"]
    elif kind == "pyarrow":
        frame = arrow
    else:
        frame = type(
            "Capsule", (), {"__arrow_c_stream__": lambda _, s=None: arrow.__arrow_c_stream__(s)}
        )()
    assert [address(part) for part in columns_of(frame)] == expected


@pytest.mark.parametrize("make", [pl.from_pandas, pa.Table.from_pandas])
def test_large_frames_give_the_bits_of_the_array(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = problem(60_000, 18)
    table = make(pd.DataFrame(X, columns=[f"c{j}" for j in range(18)]))
    copied = lc.fit(table, y)
    monkeypatch.setattr(frames, "MOST_COPIED", 0)
    assert isinstance(as_matrix(table)[0], RowSource)
    read = lc.fit(table, y)
    same(copied, read)
    same(lc.fit(X, y), read)
    assert read.names[1] == "c0"
    assert read.probability(table).tobytes() == copied.probability(X).tobytes()
    model = lc.LogisticRegression().fit(table, y)
    assert list(model.feature_names_in_) == list(read.names[1:])
    assert model.coef_[0].tobytes() == read.coef[1:].tobytes()
    assert model.decision_function(table).tobytes() == read.log_odds(X).tobytes()
    with pytest.raises(ValueError, match=r"(?i)feature names"):
        model.predict(make(pd.DataFrame(X)))
    with pytest.raises(ValueError, match="inconsistent"):
        model.fit(table, y[:-1])
