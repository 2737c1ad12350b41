"""Layouts, types and labels that fit as they are: equal bits, inputs untouched, no whole copy."""

from __future__ import annotations

import decimal
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bad_input_cases import (
    FIT,
    FRAME,
    NAMES,
    TEXT,
    WHOLE,
    N,
    X,
    Y,
    arrow,
    polars,
    refused,
    same_bits,
    spoilt,
    untouched,
)

import logreg_core as lc
from logreg_core.arrays import as_matrix, as_outcome, as_vector, blame


# -- layouts and types: same bits, inputs untouched --
def read_only() -> np.ndarray:
    Z = X.copy()
    Z.flags.writeable = False
    return Z


def unaligned() -> np.ndarray:
    raw = np.empty(X.nbytes + 1, np.uint8)
    Z = raw[1:].view(np.float64).reshape(X.shape)
    Z[:] = X
    return Z


LAYOUTS: dict[str, Callable[[], Any]] = {
    "Fortran": lambda: np.asfortranarray(X),
    "strided columns": lambda: np.repeat(X, 2, axis=1)[:, ::2],
    "strided rows": lambda: np.repeat(X, 3, axis=0)[::3],
    "reversed": lambda: X[::-1].copy()[::-1],
    "read-only": read_only,
    "unaligned": unaligned,
    "big-endian": lambda: X.astype(">f8"),
    "longdouble": lambda: X.astype(np.longdouble),
    "objects": lambda: X.astype(object),
    "matrix": lambda: X.view(np.matrix),
    "nested lists": X.tolist,
    "tuples": lambda: tuple(map(tuple, X)),
    "pandas": lambda: FRAME,
    "pandas by column": lambda: pd.DataFrame({name: FRAME[name] for name in NAMES}),
    "pandas other index": lambda: FRAME.set_index(np.arange(N)[::-1]),
    "pandas Float64": lambda: FRAME.astype("Float64"),
    "pandas Arrow": lambda: FRAME.astype("float64[pyarrow]"),
    "pandas object": lambda: FRAME.astype(object),
    "pandas mixed": lambda: FRAME.astype({"b": "Float64", "c": object}),
    "polars": lambda: polars({name: FRAME[name].to_numpy() for name in NAMES}),
    "Arrow table": lambda: arrow({name: FRAME[name].to_numpy() for name in NAMES}),
    "Arrow chunks": lambda: arrow(FRAME[:80].to_dict("list")).schema and _chunks(),
    "Arrow record batch": lambda: pytest.importorskip("pyarrow").record_batch(FRAME),
}


def _chunks() -> Any:
    parts = [arrow(FRAME[a : a + 70].to_dict("list")) for a in range(0, N, 70)]
    return pytest.importorskip("pyarrow").concat_tables(parts)


TYPES: dict[str, Callable[[], Any]] = {
    **{name: lambda name=name: WHOLE.astype(name)
       for name in ("float32", "float16", "int64", "int32", "int16", "int8", ">i4", ">f4",
                    "object")},
    "Fortran int": lambda: np.asfortranarray(WHOLE),
    "strided int": lambda: np.repeat(WHOLE, 2, axis=1)[:, ::2],
    "Decimal": lambda: np.array([[decimal.Decimal(int(v)) for v in row] for row in WHOLE]),
    "pandas int64": lambda: pd.DataFrame(WHOLE),
    "pandas int8": lambda: pd.DataFrame(WHOLE.astype(np.int8)),
    "pandas Int64": lambda: pd.DataFrame(WHOLE).astype("Int64"),
    "pandas Arrow int": lambda: pd.DataFrame(WHOLE).astype("int32[pyarrow]"),
    "pandas several": lambda: pd.DataFrame(WHOLE).astype({0: "int8", 1: "float32", 2: "Int16"}),
    "polars several": lambda: polars(
        {"a": WHOLE[:, 0].astype("i1"), "b": WHOLE[:, 1].astype("f4"), "c": WHOLE[:, 2]}
    ),
    "Arrow several": lambda: arrow(
        {"a": WHOLE[:, 0].astype("i1"), "b": WHOLE[:, 1].astype("f4"), "c": WHOLE[:, 2]}
    ),
}  # fmt: skip
TRUTH = WHOLE > 5
BOOLEANS: dict[str, Callable[[], Any]] = {
    "bool": lambda: TRUTH,
    "bool objects": lambda: TRUTH.astype(object),
    "uint8": lambda: TRUTH.astype(np.uint8),
    "pandas bool": lambda: pd.DataFrame(TRUTH),
    "pandas boolean": lambda: pd.DataFrame(TRUTH).astype("boolean"),
    "pandas Arrow bool": lambda: pd.DataFrame(TRUTH).astype("bool[pyarrow]"),
    "pandas bool and int": lambda: pd.DataFrame(TRUTH).astype({1: int, 2: float}),
    "polars bool": lambda: polars(dict(zip(NAMES, TRUTH.T, strict=True))),
    "Arrow bool": lambda: arrow(dict(zip(NAMES, TRUTH.T, strict=True))),
}
CASES = [
    pytest.param(make, values, id=name)
    for values, table in (
        (X, LAYOUTS),
        (WHOLE.astype(float), TYPES),
        (TRUTH.astype(float), BOOLEANS),
    )
    for name, make in table.items()
]


@pytest.mark.parametrize(("make", "values"), CASES)
def test_layout_and_type_same_bits(make: Callable[[], Any], values: np.ndarray) -> None:
    pytest.importorskip("pyarrow")
    Z = make()
    plain = lc.fit(values, Y)
    with untouched(Z):
        fit = lc.fit(Z, Y)
        same_bits(fit, plain)
        assert np.array_equal(fit.probability(Z), plain.probability(values))
        assert np.array_equal(fit.log_odds(Z), plain.log_odds(values))
        assert np.array_equal(fit.predict(Z), plain.predict(values))


def test_memmap_same_bits(tmp_path: Any) -> None:
    for order in ("C", "F"):
        file = np.memmap(tmp_path / order, np.float64, "w+", shape=X.shape, order=order)
        file[:] = X
        same_bits(lc.fit(file, Y), FIT)
        del file
        kept = np.memmap(tmp_path / order, np.float64, "r", shape=X.shape, order=order)
        same_bits(lc.fit(kept, Y), FIT)


@pytest.mark.parametrize("columns", [1, 2, 5, 8, 13, 21])
@pytest.mark.parametrize("rows", [300, 2049, 9000])
def test_layout_same_bits_for_any_shape(rows: int, columns: int) -> None:
    rng = np.random.default_rng(rows + columns)
    Z = rng.normal(size=(rows, columns))
    y = rng.random(rows) < 1 / (1 + np.exp(-Z[:, 0]))
    plain = lc.fit(Z, y)
    for other in (np.asfortranarray(Z), np.repeat(Z, 2, axis=1)[:, ::2], pd.DataFrame(Z)):
        fit = lc.fit(other, y)
        same_bits(fit, plain)
        assert np.array_equal(fit.probability(other), plain.probability(Z))


def test_read_only_inputs_of_every_argument() -> None:
    parts = [X.copy(), Y.copy(), np.ones(N), np.zeros(N), np.zeros(4)]
    for part in parts:
        part.flags.writeable = False
    Z, y, weight, offset, start = parts
    with untouched(*parts):
        fit = lc.fit(Z, y, sample_weight=weight, offset=offset, start=start)
        fit.log_odds(Z, offset=offset)
    np.testing.assert_allclose(fit.coef, FIT.coef, rtol=1e-12)


# -- labels: same bits, positive class stated --
OUTCOMES: dict[str, tuple[Callable[[], Any], tuple[Any, Any]]] = {
    "0 1 int": (lambda: Y, (0, 1)),
    "0 1 float": (lambda: Y.astype(float), (0.0, 1.0)),
    "0 1 float32": (lambda: Y.astype(np.float32), (0.0, 1.0)),
    "0 1 float16": (lambda: Y.astype(np.float16), (0.0, 1.0)),
    "0 1 longdouble": (lambda: Y.astype(np.longdouble), (0.0, 1.0)),
    "0 1 int8": (lambda: Y.astype(np.int8), (0, 1)),
    "0 1 uint64": (lambda: Y.astype(np.uint64), (0, 1)),
    "0 1 big-endian": (lambda: Y.astype(">f8"), (0.0, 1.0)),
    "0 1 strided": (lambda: np.repeat(Y, 2)[::2], (0, 1)),
    "0 1 list": (lambda: Y.tolist(), (0, 1)),
    "0 1 objects": (lambda: Y.astype(object), (0, 1)),
    "0 1 one column": (lambda: Y[:, None], (0, 1)),
    "0 1 frame": (lambda: pd.DataFrame({"y": Y}), (0, 1)),
    "1 2": (lambda: Y + 1, (1, 2)),
    "-1 1": (lambda: 2 * Y - 1, (-1, 1)),
    "0 255 uint8": (lambda: (Y * 255).astype(np.uint8), (0, 255)),
    "huge ints": (lambda: [10**30 if v else 0 for v in Y], (0, 10**30)),
    "bool": (lambda: Y == 1, (False, True)),
    "bool list": (lambda: (Y == 1).tolist(), (False, True)),
    "strings": (lambda: TEXT, ("no", "yes")),
    "strings list": (lambda: TEXT.tolist(), ("no", "yes")),
    "strings object": (lambda: TEXT.astype(object), ("no", "yes")),
    "strings StringDType": (lambda: TEXT.astype(np.dtypes.StringDType()), ("no", "yes")),
    "digits as text": (lambda: Y.astype(str), ("0", "1")),
    "pandas Series": (lambda: pd.Series(Y, index=range(N, 0, -1)), (0, 1)),
    "pandas Categorical": (lambda: pd.Categorical(TEXT), ("no", "yes")),
    "pandas category": (lambda: pd.Series(TEXT, dtype="category"), ("no", "yes")),
    "pandas ordered": (lambda: pd.Categorical(TEXT, ["yes", "no"], ordered=True), ("no", "yes")),
    "pandas string": (lambda: pd.Series(TEXT, dtype="string"), ("no", "yes")),
    "pandas boolean": (lambda: pd.Series(Y == 1, dtype="boolean"), (False, True)),
    "pandas Int64": (lambda: pd.Series(Y, dtype="Int64"), (0, 1)),
    "pandas Arrow int": (lambda: pd.Series(Y, dtype="int64[pyarrow]"), (0, 1)),
    "pandas Arrow bool": (lambda: pd.Series(Y == 1, dtype="bool[pyarrow]"), (False, True)),
    "polars int": (lambda: polars({"y": Y})["y"], (0, 1)),
    "polars bool": (lambda: polars({"y": Y == 1})["y"], (False, True)),
    "polars text": (lambda: polars({"y": TEXT.tolist()})["y"], ("no", "yes")),
    "polars frame": (lambda: polars({"y": Y}), (0, 1)),
    "Arrow int": (lambda: arrow({"y": Y})["y"], (0, 1)),
    "Arrow bool": (lambda: arrow({"y": Y == 1})["y"], (False, True)),
    "Arrow text": (lambda: arrow({"y": TEXT.tolist()})["y"], ("no", "yes")),
    "Arrow dictionary": (
        lambda: arrow({"y": TEXT.tolist()})["y"].dictionary_encode(), ("no", "yes")
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", OUTCOMES)
def test_outcome_labels_same_bits_and_positive_class(kind: str) -> None:
    make, classes = OUTCOMES[kind]
    if "Arrow" in kind:
        pytest.importorskip("pyarrow")
    y = make()
    with untouched(y):
        fit = lc.fit(X, y)
    same_bits(fit, FIT)
    assert fit.classes == classes
    assert [type(label) for label in fit.classes] == [type(label) for label in classes]
    assert dict(fit.summary().facts)["positive class"] == str(classes[1])
    labels = fit.predict(X)
    assert set(labels.tolist()) <= set(classes)
    assert np.array_equal(labels == classes[1], FIT.predict(X) == 1)


# -- nothing is copied whole, nothing is slow --
def peak_bytes(call: Callable[[], Any]) -> int:
    call()  # compiled and imported
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


MANY = np.random.default_rng(12).normal(size=(300_000, 8))
MANY_Y = np.random.default_rng(13).random(len(MANY)) < 1 / (1 + np.exp(-MANY[:, 0]))


@pytest.mark.parametrize(
    "make",
    [np.asarray, np.asfortranarray, lambda Z: np.repeat(Z, 2, axis=1)[:, ::2], pd.DataFrame,
     lambda Z: pd.DataFrame(np.asfortranarray(Z)), lambda Z: Z.astype(np.float32),
     lambda Z: (Z * 100).astype(np.int16), lambda Z: Z.astype(">f8")],
    ids=["C", "Fortran", "strided", "pandas", "pandas Fortran", "float32", "int16", "big-endian"],
)  # fmt: skip
def test_no_whole_copy(make: Any) -> None:
    Z = make(MANY)
    whole = MANY.nbytes
    assert peak_bytes(lambda: as_matrix(Z)) < whole / 100
    # the codes of y, and some of 37 spans at a time as float64 in C order
    peak = peak_bytes(lambda: lc.fit(Z, MANY_Y, solver="newton", threads=2))
    assert peak < (whole / 20 if Z is MANY else whole / 3)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, bool])
def test_matrix_shares_memory(dtype: Any) -> None:
    Z = WHOLE.astype(dtype)
    for other in (Z, Z.T.copy().T, Z[::2], pd.DataFrame(Z), np.ma.array(Z)):
        array, _ = as_matrix(other)
        assert np.shares_memory(array, np.asarray(other))
        assert array.dtype == dtype


def test_vector_shares_memory() -> None:
    weight = np.ones(N)
    for other in (weight, pd.Series(weight), weight[:, None], np.ma.array(weight)):
        assert np.shares_memory(as_vector(other, N, "w"), np.asarray(other))


def test_long_outcomes_are_encoded_in_pieces() -> None:
    y = np.zeros(200_001)
    y[150_000] = -1.0  # the second class appears late, and below the first
    outcome = as_outcome(y, len(y))
    assert outcome.classes == (-1.0, 0.0)
    assert np.array_equal(outcome.codes, y == 0.0)
    y[200_000] = 3.0
    refused(lambda: as_outcome(y, len(y)), classes=(-1.0, 0.0, 3.0))
    y[200_000] = np.nan
    refused(lambda: as_outcome(y, len(y)), column="y", row=200_000)
    assert peak_bytes(lambda: as_outcome(MANY_Y, len(MANY_Y))) < 3 * len(MANY_Y)


def test_blame_names_the_largest_value_when_sums_overflow() -> None:
    Z = spoilt(-1e200, row=8)
    refused(lambda: blame(Z, NAMES), column="b", row=8, value=-1e200)
    blame(Z, NAMES, only_if_found=True)


def test_frame_whose_columns_have_names_of_attributes() -> None:
    names = ["schema", "column", "dtype"]
    same_bits(lc.fit(FRAME.set_axis(names, axis=1), Y), FIT)
