"""The bad-input table of docs and DESIGN section 7, a test a row or a cell, read off by name.

Tolerances: "same bits" means equal arrays. Integer weights against repeated rows, and predictions
without a dropped column, differ by the order of sums: 1e-12 relative. Scaled and shifted columns
are held to 12 digits of the 50-digit reference.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import pickle
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import logreg_core as lc
from logreg_core.errors import (
    ConvergenceWarning,
    DataError,
    SeparationError,
    SeparationWarning,
    SingularError,
    SingularWarning,
)

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
    copy = X.astype(dtype) if dtype else X.copy()
    copy[row, column] = value
    return copy


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
    return (pickle.dumps(value),)


@contextmanager
def untouched(*inputs: Any) -> Iterator[None]:
    before = [memory(value) for value in inputs]
    yield
    assert [memory(value) for value in inputs] == before


# -- NaN or infinity in X, y, weights --
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 5, N - 1])
@pytest.mark.parametrize(
    "convert",
    [np.asarray, np.asfortranarray, lambda Z: np.repeat(Z, 2, axis=1)[:, ::2],
     lambda Z: Z.astype(np.float32), lambda Z: Z.astype(">f8"), lambda Z: Z.astype(object),
     np.ndarray.tolist],
    ids=["C", "Fortran", "strided", "float32", "big-endian", "object", "list"],
)  # fmt: skip
def test_not_finite_in_array(value: float, row: int, convert: Any) -> None:
    Z = convert(spoilt(value, row))
    with untouched(Z):
        error = refused(lambda: lc.fit(Z, Y), column="x2", row=row)
    assert "NaN" in error.found if np.isnan(value) else str(value) in error.found
    scored = (FIT.probability, FIT.predict, FIT.log_odds)
    for score in scored:
        refused(lambda score=score: score(Z), column="x2", row=row)


def with_gap(make: Callable[[list[Any]], Any], filler: Any) -> Any:
    values: list[Any] = [filler] * N
    values[7] = None
    return make(values)


GAPS: dict[str, Callable[[], Any]] = {
    "pandas float64": lambda: FRAME.assign(t=with_gap(pd.Series, 1.5)),
    "pandas Float64": lambda: FRAME.assign(t=with_gap(lambda v: pd.array(v, "Float64"), 1.5)),
    "pandas Int64": lambda: FRAME.assign(t=with_gap(lambda v: pd.array(v, "Int64"), 3)),
    "pandas boolean": lambda: FRAME.assign(t=with_gap(lambda v: pd.array(v, "boolean"), True)),
    "pandas object": lambda: FRAME.assign(t=with_gap(lambda v: np.array(v, object), 3)),
    "pandas Arrow": lambda: FRAME.assign(t=with_gap(lambda v: pd.array(v, "int64[pyarrow]"), 3)),
    "polars float": lambda: polars({"a": X[:, 0], "t": with_gap(list, 1.5)}),
    "polars int": lambda: polars({"a": X[:, 0], "t": with_gap(list, 3)}),
    "polars bool": lambda: polars({"a": X[:, 0], "t": with_gap(list, True)}),
    "Arrow int": lambda: arrow({"a": X[:, 0], "t": with_gap(list, 3)}),
    "Arrow bool": lambda: arrow({"a": X[:, 0], "t": with_gap(list, True)}),
}


@pytest.mark.parametrize("kind", GAPS)
def test_missing_in_frame(kind: str) -> None:
    pytest.importorskip("pyarrow")
    refused(lambda: lc.fit(GAPS[kind](), Y), column="t", row=7)


def test_column_of_nothing_but_nan() -> None:
    refused(lambda: lc.fit(np.column_stack([X, np.full(N, np.nan)]), Y), column="x4", row=0)


def test_masked_entry_in_array_is_missing() -> None:
    mask = np.zeros(X.shape, bool)
    mask[4, 2] = True
    masked = np.ma.array(X, mask=mask)
    refused(lambda: lc.fit(masked, Y), column="x3", row=4)
    refused(lambda: FIT.probability(masked), column="x3", row=4)
    refused(lambda: lc.fit(X, np.ma.array(Y, mask=mask[:, 2])), column="y", row=4)
    refused(lambda: lc.fit(X, Y, sample_weight=np.ma.array(X[:, 0], mask=mask[:, 2])), row=4)
    same_bits(lc.fit(np.ma.array(X), np.ma.array(Y)), FIT)


def test_nan_far_down_many_rows_is_found() -> None:
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(60_000, 4))
    y = rng.random(len(Z)) < 0.3
    Z[59_001, 3] = np.nan
    refused(lambda: lc.fit(Z, y), column="x4", row=59_001)
    refused(lambda: lc.fit(Z, y, solver="newton"), column="x4", row=59_001)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["y", "sample_weight", "offset", "n_trials"])
def test_not_finite_beside_X(name: str, value: float) -> None:
    column = np.ones(N)
    column[9] = value
    if name == "y":
        column = Y.astype(float)
        column[9] = value
        refused(lambda: lc.fit(X, column), column="y", row=9)
    else:
        refused(lambda: lc.fit(X, Y, **{name: column}), column=name, row=9)
    if name == "offset":
        refused(lambda: FIT.probability(X, offset=column), column="offset", row=9)
        refused(lambda: FIT.log_odds(X, offset=column), column="offset", row=9)


def test_nan_in_row_of_weight_zero_is_refused_all_the_same() -> None:
    weight = np.ones(N)
    weight[5] = 0.0
    refused(lambda: lc.fit(spoilt(np.nan), Y, sample_weight=weight), column="x2", row=5)


# -- the outcome --
def test_outcome_of_one_class() -> None:
    error = refused(lambda: lc.fit(X, np.ones(N)), column="y", classes=(1.0,))
    assert "1 class: 1.0" in error.found
    refused(lambda: lc.fit(X, np.zeros(N, bool)), classes=(False,))
    refused(lambda: lc.fit(X, ["yes"] * N), classes=("yes",))


def test_outcome_of_three_classes() -> None:
    error = refused(lambda: lc.fit(X, np.arange(N) % 3), classes=(0, 1, 2))
    assert "3 classes: 0, 1, 2" in error.found
    refused(lambda: lc.fit(X, [f"c{i % 4}" for i in range(N)]), classes=("c0", "c1", "c2", "c3"))


def test_outcome_continuous() -> None:
    error = refused(lambda: lc.fit(X, RNG.normal(size=N)), column="y")
    assert "continuous" in error.found
    assert len(error.classes) == 20  # a million distinct values are not carried along


def test_outcome_of_one_class_after_zero_weights() -> None:
    error = refused(lambda: lc.fit(X, Y, sample_weight=Y), classes=(1,))
    assert "none 0" in error.found
    refused(lambda: lc.fit(X, TEXT, sample_weight=1 - Y), classes=("no",))


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


OUTCOMES_REFUSED: dict[str, tuple[Callable[[], Any], int | None]] = {
    "None in list of text": (lambda: [None, *TEXT[1:].tolist()], 0),
    "NaN in list of text": (lambda: [*TEXT[:9].tolist(), np.nan, *TEXT[10:].tolist()], 9),
    "pandas.NA in string": (lambda: pd.Series(TEXT, dtype="string").mask(np.arange(N) == 3), 3),
    "NA in boolean": (lambda: pd.Series(Y == 1, dtype="boolean").mask(np.arange(N) == 3), 3),
    "NA in Int64": (lambda: pd.Series(Y, dtype="Int64").mask(np.arange(N) == 3), 3),
    "NaN in category": (lambda: pd.Series(TEXT, dtype="category").mask(np.arange(N) == 3), 3),
    "null in polars int": (lambda: polars({"y": [None, *Y[1:].tolist()]})["y"], 0),
    "null in polars text": (lambda: polars({"y": [None, *TEXT[1:].tolist()]})["y"], 0),
    "null in Arrow bool": (lambda: arrow({"y": [None, *(Y[1:] == 1).tolist()]})["y"], 0),
    "NaT among dates": (lambda: pd.Series(pd.to_datetime([None] + ["2020-01-01"] * (N - 1))), 0),
    "dates": (lambda: np.where(Y == 1, np.datetime64("2020-01-01"), np.datetime64("2021-01-01")), 0),
    "date objects": (lambda: [datetime.date(2020, 1, 1 + int(v)) for v in Y], 0),
    "complex": (lambda: Y * 1j, 0),
    "bytes": (lambda: TEXT.astype(bytes), 0),
    "text beside numbers": (lambda: [*TEXT[:6].tolist(), 1, *TEXT[7:].tolist()], 6),
    "lists": (lambda: np.array([[1], *TEXT[1:]], dtype=object), 0),
    "fractions": (lambda: [fractions.Fraction(int(v), 3) for v in Y], 0),
}  # fmt: skip


@pytest.mark.parametrize("kind", OUTCOMES_REFUSED)
def test_outcome_labels_refused(kind: str) -> None:
    make, row = OUTCOMES_REFUSED[kind]
    refused(lambda: lc.fit(X, make()), column="y", row=row)


@pytest.mark.parametrize(
    "y",
    [Y[:-1], np.column_stack([Y, Y]), Y[None], 1, None, "abc", {0, 1}, {"y": 1}, [[1], [0, 1]],
     scipy.sparse.csr_array(Y[:, None])],
    ids=["short", "two columns", "a row", "number", "None", "text", "set", "dict", "ragged", "sparse"],
)  # fmt: skip
def test_outcome_of_wrong_shape(y: Any) -> None:
    refused(lambda: lc.fit(X, y))


# -- empty, 1-D, 0 columns, length mismatch --
@pytest.mark.parametrize(
    "Z",
    [3.0, None, "abc", {"a": [1]}, X[:, 0], X[None], X[:0], X[:, :0], [], [[1, 2], [3]],
     pd.Series(X[:, 0]), FRAME[:0], FRAME[[]], (row for row in X)],
    ids=["number", "None", "text", "dict", "1-D", "3-D", "0 rows", "0 columns", "empty list",
         "ragged list", "Series", "frame 0 rows", "frame 0 columns", "generator"],
)  # fmt: skip
def test_shape_of_X(Z: Any) -> None:
    refused(lambda: lc.fit(Z, Y))
    refused(lambda: FIT.probability(Z))


def test_shape_of_frames_of_other_libraries() -> None:
    for make in (polars, arrow):
        refused(lambda make=make: lc.fit(make({}), Y), shape=(0, 0))
        refused(lambda make=make: lc.fit(make({"a": X[:0, 0]}), Y), shape=(0, 1))
        refused(lambda make=make: lc.fit(make({"a": X[:, 0]})["a"], Y), shape=(N,))


def test_lazy_frame_is_not_collected_unasked() -> None:
    lazy = polars({"a": X[:, 0]}).lazy()
    assert "LazyFrame" in refused(lambda: lc.fit(lazy, Y)).found


@pytest.mark.parametrize("name", ["sample_weight", "offset", "n_trials"])
@pytest.mark.parametrize(
    "value",
    [np.ones(5), np.ones((N, 2)), np.ones((1, N)), "balanced", ["a"] * N, np.ones(N) * 1j, {},
     [[1], [1, 2]], np.full(N, "2020", "M8[Y]"), [1.0] * (N - 1) + [None]],
    ids=["short", "two columns", "a row", "text", "texts", "complex", "dict", "ragged", "dates",
         "None inside"],
)  # fmt: skip
def test_shape_and_type_beside_X(name: str, value: Any) -> None:
    error = refused(lambda: lc.fit(X, Y, **{name: value}))
    assert name in error.found


# -- redundant columns --
GROUP = np.arange(N) % 3
REDUNDANT: dict[str, tuple[Callable[[], Any], str, str]] = {
    "constant": (lambda: np.full(N, 7.5), "`t` is constant (7.5)", ""),
    "zero": (lambda: np.zeros(N), "`t` is constant (0)", ""),
    "duplicate": (lambda: X[:, 0], "`t` = `a`", ""),
    "scaled": (lambda: -3 * X[:, 1], "`t` = -3 `b`", ""),
    "sum": (lambda: X[:, 0] + X[:, 1], "`t` = `a` + `b`", ""),
    "sum and constant": (lambda: 2 - X[:, 2], "`t` = 2 - `c`", ""),
}


@pytest.mark.parametrize("kind", REDUNDANT)
def test_redundant_column(kind: str) -> None:
    make, relation, _ = REDUNDANT[kind]
    wide = FRAME.assign(t=make())
    with pytest.warns(SingularWarning) as caught, untouched(wide):
        fit = lc.fit(wide, Y)
    warning = caught[0].message
    assert relation in str(warning)
    assert warning.columns == ("t",)
    assert str(warning.aliased[0]) == relation
    assert caught[0].filename == __file__  # the user's line, not the library's
    assert np.isnan(fit.coef).tolist() == [False, False, False, False, True]
    np.testing.assert_allclose(fit.coef[:4], FRAME_FIT.coef, rtol=1e-12)
    np.testing.assert_allclose(fit.std_error[:4], FRAME_FIT.std_error, rtol=1e-12)
    np.testing.assert_allclose(fit.probability(wide), FRAME_FIT.probability(FRAME), rtol=1e-12)
    assert fit.df_residual == FRAME_FIT.df_residual
    assert "dropped" in str(fit.summary())
    with pytest.raises(SingularError, match="t") as raised:
        lc.fit(wide, Y, on_singular="raise")
    assert raised.value.columns == ("t",)


def test_dummy_trap() -> None:
    dummies = pd.DataFrame({f"g{i}": (i == GROUP).astype(float) for i in range(3)})
    with pytest.warns(SingularWarning, match="`g2` = 1 - `g0` - `g1`"):
        fit = lc.fit(dummies, Y)
    reduced = lc.fit(dummies[["g0", "g1"]], Y)
    np.testing.assert_allclose(
        fit.probability(dummies), reduced.probability(dummies[["g0", "g1"]]), rtol=1e-12
    )


def test_fewer_rows_than_columns() -> None:
    rng = np.random.default_rng(3)
    Z = rng.normal(size=(6, 30))
    with pytest.warns(SingularWarning) as caught, pytest.warns(SeparationWarning):
        fit = lc.fit(Z, [0, 1, 0, 1, 1, 0])
    (singular,) = [w.message for w in caught if isinstance(w.message, SingularWarning)]
    assert singular.columns == tuple(f"x{j}" for j in range(6, 31))
    assert "and 17 more" in str(singular)  # a message is read, its evidence is complete
    assert fit.n_parameters == 6
    assert not fit.converged
    with pytest.raises(SingularError):
        lc.fit(Z, [0, 1, 0, 1, 1, 0], on_singular="raise")


# -- separation --
SIX = pd.DataFrame({"p": [0, 0, 1, 1, 0, 0], "q": [0, 0, 0, 0, 1, 1]})
SIX_Y = [0, 0, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("Z", "y", "kind", "signs"),
    [
        (SIX, SIX_Y, "quasi-complete", {"intercept": -np.inf, "p": np.inf, "q": np.inf}),
        (pd.DataFrame({"p": [1.0, 2, 3, 4]}), [0, 0, 1, 1], "complete", {"p": np.inf}),
        (pd.DataFrame({"p": [1.0, 2, 3, 4]}), [1, 1, 0, 0], "complete", {"p": -np.inf}),
    ],
    ids=["quasi-complete", "complete +", "complete -"],
)
def test_separation(Z: Any, y: Any, kind: str, signs: dict[str, float]) -> None:
    with pytest.warns(SeparationWarning) as caught:
        fit = lc.fit(Z, y)
    warning = caught[0].message
    assert warning.separation.kind == kind
    assert signs.items() <= warning.separation.infinite.items()
    for name, value in signs.items():
        assert f"{name} -> {value:+}" in str(warning)
        assert name in warning.columns
        assert fit.coef[fit.names.index(name)] == value
        line = next(x for x in str(fit.summary()).splitlines() if x.startswith(name + " "))
        assert f" {value:+} " in line
    assert caught[0].filename == __file__
    assert not fit.converged
    assert "converged" not in str(fit.summary())
    assert fit.status.word == "separated"
    assert np.isfinite(fit.probability(Z)).all()
    with pytest.raises(SeparationError, match=kind[:5]) as raised:
        lc.fit(Z, y, on_separation="raise")
    assert raised.value.separation.kind == kind


# -- scales and shifts --
RESCALED: dict[str, np.ndarray] = {
    "times 1e12": X * [1e12, 1, 1],
    "times 1e-12": X * [1, 1e-12, 1],
    "both": X * [1e12, 1e-12, 1],
    "offset by 1e6 standard deviations": X + [1e6 * X[:, 0].std(), 0, -1e6],
    "all of it": X * [1e12, 1e-12, 1] + [1e18, 1e-6, 1e6],
    "times 1e100": X * [1e100, 1e-100, 1],
}


@pytest.mark.parametrize("kind", RESCALED)
def test_scaled_and_shifted_columns_keep_12_digits(kind: str) -> None:
    pytest.importorskip("mpmath")
    Z = RESCALED[kind]
    fit, exact = lc.fit(Z, Y), lc.reference.fit(Z, Y)
    assert fit.converged
    np.testing.assert_allclose(fit.coef, exact.coef, rtol=1e-12)
    np.testing.assert_allclose(fit.std_error, exact.std_error, rtol=1e-10)
    np.testing.assert_allclose(fit.loglik, exact.loglik, rtol=1e-13)


@pytest.mark.parametrize("factor", [1e300, 1e150, 1e-150, 1e-300, 1e-310])
def test_columns_whose_variance_leaves_float64(factor: float) -> None:
    refused(lambda: lc.fit(X * [1, factor, 1], Y), column="x2")


@pytest.mark.parametrize("row", [5, 1999])
def test_one_value_near_overflow(row: int) -> None:
    rng = np.random.default_rng(5)
    Z = rng.normal(size=(2001, 3))
    Z[row, 2] = 1e300
    refused(lambda: lc.fit(Z, rng.random(2001) < 0.5), column="x3")


def test_huge_and_subnormal_values_that_carry_no_information() -> None:
    for constant in (1e300, 5e-324, -1e-310):
        with pytest.warns(SingularWarning, match="`x4` is constant"):
            fit = lc.fit(np.column_stack([X, np.full(N, constant)]), Y)
        np.testing.assert_allclose(fit.coef[:4], FIT.coef, rtol=1e-12)
    same_bits(lc.fit(np.where(X == 0, 5e-324, X), Y), FIT)


def test_huge_integers() -> None:
    top = np.iinfo(np.int64).max - (WHOLE - WHOLE.min()) * 2**50
    fit = lc.fit(top, Y)
    assert fit.converged
    same_bits(fit, lc.fit(top.astype(float), Y))
    refused(lambda: lc.fit(spoilt(10**400, dtype=object), Y), column="x2", row=5)


# -- weights --
def test_weights_negative() -> None:
    weight = np.ones(N)
    weight[11] = -0.5
    error = refused(
        lambda: lc.fit(X, Y, sample_weight=weight), column="sample_weight", row=11, value=-0.5
    )
    assert "-0.5" in error.found


def test_weights_all_zero() -> None:
    refused(lambda: lc.fit(X, Y, sample_weight=np.zeros(N)), column="sample_weight")


def test_weights_beyond_range() -> None:
    refused(lambda: lc.fit(X, Y, sample_weight=np.full(N, 1e308)), column="sample_weight")


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


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.float32, np.uint8, object, "Int64"])
def test_integer_weights_equal_repeated_rows(dtype: Any) -> None:
    times = np.random.default_rng(8).integers(1, 5, N)
    weight = pd.array(times, dtype) if dtype == "Int64" else times.astype(dtype)
    weighted = lc.fit(X, Y, sample_weight=weight)
    repeated = lc.fit(np.repeat(X, times, axis=0), np.repeat(Y, times))
    agree(weighted, repeated)
    assert (weighted.n_rows, repeated.n_rows) == (N, times.sum())  # rows as given; df go by weight


def test_zero_weights_equal_dropped_rows() -> None:
    keep = np.random.default_rng(9).random(N) < 0.7
    weighted, dropped = lc.fit(X, Y, sample_weight=keep), lc.fit(X[keep], Y[keep])
    agree(weighted, dropped)
    assert weighted.n_rows == dropped.n_rows == keep.sum()


def test_what_rows_of_weight_zero_hold_changes_no_digit() -> None:
    weight = np.ones(N)
    weight[:20] = 0.0
    Z = X.copy()
    Z[:20] = 1e9
    agree(lc.fit(Z, Y, sample_weight=weight), lc.fit(X[20:], Y[20:]))


def test_one_weight_for_all_rows() -> None:
    agree(lc.fit(X, Y, sample_weight=3), lc.fit(np.repeat(X, 3, axis=0), np.repeat(Y, 3)))


# -- counts --
@pytest.mark.parametrize(
    ("y", "trials"),
    [(Y * 2, 1), (Y - 1, 3), (Y * 0.5, 1), (Y, 1.5), (Y, -1), (np.where(Y == 1, 2, 0), Y)],
    ids=["more than trials", "negative", "fraction", "fraction of a trial", "negative trials",
         "more than its own"],
)  # fmt: skip
def test_counts_refused(y: Any, trials: Any) -> None:
    error = refused(lambda: lc.fit(X, y, n_trials=trials), column="y")
    assert f"row {error.row}" in error.found


def test_counts_equal_their_rows() -> None:
    trials = np.random.default_rng(2).integers(0, 4, N)
    success = np.minimum(trials, Y + (trials > 2))
    counted = lc.fit(X, success, n_trials=trials)
    rows = np.repeat(np.arange(N), trials)
    y = np.concatenate([[1] * s + [0] * (t - s) for s, t in zip(success, trials, strict=True)])
    agree(
        counted, lc.fit(X[rows], y),
        ("loglik", "null_loglik", "deviance", "aic", "bic", "pseudo_r2"),
    )  # fmt: skip
    assert counted.classes == ("failure", "success")
    assert counted.n_rows == np.count_nonzero(trials)


def test_counts_of_one_trial_are_outcomes() -> None:
    same_bits(lc.fit(X, Y, n_trials=1), FIT)
    same_bits(lc.fit(X, Y == 1, n_trials=np.ones(N, int)), FIT)


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
    "matrix": lambda: np.matrix(X),
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
       for name in ("float32", "float16", "int64", "int32", "int16", "int8", ">i4", ">f4", "object")},
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


# -- types refused as features --
DATES = pd.date_range("2020-01-01", periods=N)
FEATURES_REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "strings": (lambda: FRAME.assign(t=TEXT), "str"),
    "string": (lambda: FRAME.assign(t=pd.Series(TEXT, dtype="string")), "string"),
    "category": (lambda: FRAME.assign(t=pd.Categorical(TEXT)), "category"),
    "category of numbers": (lambda: FRAME.assign(t=pd.Categorical(Y)), "category"),
    "datetime64": (lambda: FRAME.assign(t=DATES.as_unit("ns")), "datetime64[ns]"),
    "datetime64 with zone": (lambda: FRAME.assign(t=DATES.tz_localize("UTC")), "datetime64"),
    "timedelta64": (lambda: FRAME.assign(t=DATES - DATES[0]), "timedelta64"),
    "period": (lambda: FRAME.assign(t=DATES.to_period("D")), "period"),
    "complex": (lambda: FRAME.assign(t=X[:, 0] * 1j), "complex128"),
    "sparse": (lambda: FRAME.assign(t=pd.arrays.SparseArray(X[:, 0])), "Sparse"),
    "polars text": (lambda: polars({"a": X[:, 0], "t": TEXT.tolist()}), "String"),
    "polars date": (lambda: polars({"a": X[:, 0], "t": [datetime.date(2020, 1, 1)] * N}), "Date"),
    "polars list": (lambda: polars({"a": X[:, 0], "t": [[1.0]] * N}), "List"),
    "Arrow text": (lambda: arrow({"a": X[:, 0], "t": TEXT.tolist()}), "string"),
    "Arrow timestamp": (lambda: arrow({"a": X[:, 0], "t": DATES.to_numpy()}), "timestamp"),
    "Arrow dictionary": (
        lambda: arrow({"t": arrow({"t": TEXT.tolist()})["t"].dictionary_encode()}), "dictionary"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FEATURES_REFUSED)
def test_feature_type_refused(kind: str) -> None:
    make, dtype = FEATURES_REFUSED[kind]
    error = refused(lambda: lc.fit(make(), Y), column="t")
    assert f"column 't' has type {dtype}" in error.found
    assert error.dtype.startswith(dtype)
    if kind != "sparse":
        assert "encode it" in error.remedy
        assert "drop it" in error.remedy


@pytest.mark.parametrize(
    "dtype",
    [complex, str, bytes, "M8[s]", "m8[s]", [("a", "f8")], np.dtypes.StringDType()],
    ids=str,
)
def test_array_type_refused(dtype: Any) -> None:
    Z = np.zeros((N, 2)).astype(dtype) if not isinstance(dtype, list) else np.zeros((N, 2), dtype)
    refused(lambda: lc.fit(Z, Y), column="x1", row=0, dtype=str(Z.dtype))


@pytest.mark.parametrize(
    "value",
    ["abc", "1.5", b"1", None, pd.NA, pd.NaT, 1j, [1], np.timedelta64(3, "s"), 10**400,
     np.datetime64("2020-01-01"), datetime.date(2020, 1, 1), object()],
    ids=lambda v: f"{type(v).__name__} {str(v)[:12]}",
)  # fmt: skip
def test_object_among_numbers_is_named(value: Any) -> None:
    Z = X.astype(object)
    Z[3, 1] = value
    error = refused(lambda: lc.fit(Z, Y), column="x2", row=3)
    assert error.value is value
    assert repr(value)[:20] in error.found
    frame = pd.DataFrame(Z, columns=list(NAMES))
    refused(lambda: lc.fit(frame, Y), column="b", row=3)
    refused(lambda: FIT.probability(Z), column="x2", row=3)


@pytest.mark.parametrize("kind", ["csr_array", "csc_matrix", "coo_array"])
def test_sparse_matrix_refused(kind: str) -> None:
    error = refused(lambda: lc.fit(getattr(scipy.sparse, kind)(X), Y))
    assert kind in error.found
    assert "toarray" in error.remedy


# -- columns at prediction --
def test_predict_missing_column() -> None:
    refused(lambda: FRAME_FIT.predict(FRAME[["a", "c"]]), missing=["b"], extra=[], repeated=[])


def test_predict_extra_column() -> None:
    refused(lambda: FRAME_FIT.log_odds(FRAME.assign(d=1.0)), missing=[], extra=["d"])


def test_predict_repeated_column() -> None:
    error = refused(lambda: FRAME_FIT.probability(FRAME[["a", "b", "c", "c"]]), repeated=["c"])
    assert "'c'" in error.found


def test_predict_wrong_number_of_array_columns() -> None:
    refused(lambda: FRAME_FIT.probability(X[:, :2]), n_columns=2)
    refused(lambda: FIT.predict(np.column_stack([X, X])), n_columns=6)


@pytest.mark.parametrize("names", [NAMES, ("x1", "x2", "x3"), ("0", "1", "2")], ids=str)
@pytest.mark.parametrize("order", [[2, 0, 1], [1, 0, 2]], ids=str)
def test_predict_reordered_columns_are_put_right(names: tuple[str, ...], order: list[int]) -> None:
    frame = FRAME.set_axis(list(names), axis=1)
    fit = lc.fit(frame, Y)
    turned = frame.iloc[:, order]
    assert np.array_equal(fit.probability(turned), FIT.probability(X))
    assert np.array_equal(fit.predict(polars(turned.to_dict("list"))), FIT.predict(X))


def test_predict_by_place_where_the_fit_had_no_names() -> None:
    assert np.array_equal(FIT.probability(FRAME), FIT.probability(X))
    assert np.array_equal(FRAME_FIT.probability(X), FIT.probability(X))
    refused(lambda: FIT.probability(FRAME.set_axis(["x1", "x2", "other"], axis=1)), missing=["x3"])


@pytest.mark.parametrize("threshold", [np.nan, -0.1, 1.1, "0.5", None, np.inf])
def test_predict_threshold(threshold: Any) -> None:
    refused(lambda: FIT.predict(X, threshold), option="threshold")


# -- names --
def test_duplicate_names_fit_and_predict() -> None:
    twice = FRAME.set_axis(["a", "a", "b"], axis=1)
    fit = lc.fit(twice, Y)
    same_bits(fit, FIT)
    assert fit.names == ("intercept", "a", "a", "b")
    assert np.array_equal(fit.probability(twice), FIT.probability(X))
    refused(lambda: fit.probability(twice.iloc[:, [2, 0, 1]]), repeated=["a"])
    arrays = [pytest.importorskip("pyarrow").array(column) for column in X.T]
    table = pytest.importorskip("pyarrow").table(arrays, names=["a", "a", "b"])
    same_bits(lc.fit(table, Y), FIT)


def test_names_that_are_no_text() -> None:
    for labels in ([1, 2.5, None], [("a", 1), ("a", 2), ("b", 1)], [DATES[0], True, b"x"]):
        frame = FRAME.set_axis(pd.Index(labels, dtype=object, tupleize_cols=False), axis=1)
        fit = lc.fit(frame, Y)
        same_bits(fit, FIT)
        assert fit.names[1:] == tuple(str(label) for label in labels)
        assert np.array_equal(fit.probability(frame.iloc[:, ::-1]), FIT.probability(X))


NASTY = [
    "<script>alert(1)</script>", "=1+1", "$x^2$", "a\nb", "a\r\n\tb", "|", "`code`", "**bold**",
    "[link](javascript:alert(1))", "\u05d0\u05d1\u05d2", "\u202eabc", "\x1b[31mred", "\x00", "", " ",
    "&lt;", '"><img src=x onerror=alert(1)>', "intercept", "\ud800", "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_names_are_inert_in_every_summary(name: str) -> None:
    fit = lc.fit(FRAME.set_axis([name, "b", "c"], axis=1), Y)
    same_bits(fit, FIT)
    summary = fit.summary()
    plain, text = lc.fit(FRAME, Y).summary(), str(summary)
    assert len(text.splitlines()) == len(str(plain).splitlines())
    assert text.replace("\n", "").isprintable()
    page = summary._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<") == plain._repr_html_().count("<")
    assert "mathjax_ignore" in page
    table = summary.to_markdown()
    assert "<" not in table
    assert table.count("\n") == plain.to_markdown().count("\n")
    assert table.replace("\\|", "").count("|") == plain.to_markdown().count("|")
    assert "$" not in table.replace("\\$", "")
    assert "](" not in table


def test_labels_are_inert_in_every_summary() -> None:
    fit = lc.fit(X, np.where(Y == 1, "yes<script>\n$x$", "no"))
    assert fit.classes == ("no", "yes<script>\n$x$")
    assert "<script" not in fit.summary()._repr_html_()
    assert "<script" not in fit.summary().to_markdown()
    assert len(str(fit.summary()).splitlines()) == len(str(FIT.summary()).splitlines())


def test_dropped_names_are_inert_in_notes() -> None:
    with pytest.warns(SingularWarning):
        fit = lc.fit(FRAME.assign(**{"<b>\n$": X[:, 0]}), Y)
    assert "<b>" not in fit.summary()._repr_html_()
    assert "<b>" not in fit.summary().to_markdown()
    assert "Dropped: `<b> $` = `a`." in str(fit.summary())


# -- not converged --
@pytest.mark.parametrize("max_iter", [0, 1, 2])
def test_max_iter_reached(max_iter: int) -> None:
    with pytest.warns(ConvergenceWarning) as caught:
        fit = lc.fit(X, Y, max_iter=max_iter)
    warning = caught[0].message
    assert not fit.converged
    assert fit.status.word == "max iter"
    assert warning.status is fit.status
    assert warning.decrement > fit.tol
    assert warning.max_eta_change > 0
    assert len(fit.trace) == max_iter
    assert all((warning.found, warning.expected, warning.meaning, warning.remedy))
    assert caught[0].filename == __file__


# -- options --
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("solver", "lbfgs"), ("solver", None), ("solver", ["auto"]), ("solver", np.array(["a", "b"])),
        ("penalty", "l1"), ("penalty", 1), ("l2", -1), ("l2", np.nan), ("l2", np.inf), ("l2", "1"),
        ("l2", None), ("l2", np.ones(3)), ("tol", np.nan), ("tol", 0), ("tol", -1e-8), ("tol", "a"),
        ("tol", None), ("tol", np.inf), ("max_iter", -1), ("max_iter", 2.5), ("max_iter", "9"),
        ("max_iter", None), ("max_iter", True), ("threads", 0), ("threads", -2), ("threads", 1.5),
        ("threads", "2"), ("threads", True), ("on_separation", "drop"), ("on_singular", "warn"),
        ("on_singular", None), ("fit_intercept", "no"), ("fit_intercept", None),
        ("inference", "no"), ("certify", 2), ("callback", 3),
    ],
    ids=lambda v: str(v)[:12],
)  # fmt: skip
def test_option_refused(option: str, value: Any) -> None:
    error = refused(lambda: lc.fit(X, Y, **{option: value}), option=option)
    assert option in error.found


@pytest.mark.parametrize(
    "start",
    [[0.0, 1.0], np.zeros(5), [0, 0, 0, np.nan], [0, np.inf, 0, 0], "abc", ["a"] * 4, {}, 1.0],
    ids=["short", "long", "NaN", "infinity", "text", "texts", "dict", "number"],
)
def test_start_refused(start: Any) -> None:
    refused(lambda: lc.fit(X, Y, start=start), option="start")


def test_options_of_numpy_types_are_taken() -> None:
    fit = lc.fit(
        X, Y, max_iter=np.int64(50), tol=np.float64(1e-10), threads=np.int32(1), l2=np.float32(0),
        fit_intercept=np.True_,
    )  # fmt: skip
    same_bits(fit, FIT)


@pytest.mark.parametrize("level", [0, 1, 1.5, np.nan, "0.95"])
def test_level_refused(level: Any) -> None:
    refused(lambda: FIT.conf_int(level), option="level")


# -- exceptions travel --
def raised_by(call: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            call()
        except Exception as problem:
            return problem
    raise AssertionError("nothing was raised")


TRAVELLERS: dict[str, Callable[[], Any]] = {
    "DataError": lambda: lc.fit(spoilt(np.nan), Y),
    "DataError of an object": lambda: lc.fit(spoilt("abc", dtype=object), Y),
    "SingularError": lambda: lc.fit(X[:, [0, 0]], Y, on_singular="raise"),
    "SeparationError": lambda: lc.fit(SIX, SIX_Y, on_separation="raise"),
    "SingularWarning": lambda: lc.fit(X[:, [0, 0]], Y),
    "SeparationWarning": lambda: lc.fit(SIX, SIX_Y),
    "ConvergenceWarning": lambda: lc.fit(X, Y, max_iter=1),
}


@pytest.mark.parametrize("kind", TRAVELLERS)
def test_exceptions_survive_pickling(kind: str) -> None:
    error = raised_by(TRAVELLERS[kind])
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert type(error).__name__ in kind
    assert str(copy) == str(error)
    parts = ("found", "expected", "meaning", "remedy")
    assert all(getattr(copy, part) == getattr(error, part) != "" for part in parts)
    assert copy.evidence.keys() == error.evidence.keys()
    assert all(hasattr(copy, name) for name in error.evidence)


def _fit_with_nan(row: int) -> Any:
    return lc.fit(spoilt(np.nan, row), Y)


def test_exceptions_cross_process_borders() -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        refused(pool.submit(_fit_with_nan, 17).result, column="x2", row=17)
