"""What cannot be fitted as it is: a test a row, or a cell, of the table of bad input.

The rows on layouts, types and labels are in test_arrays.py, those on scoring and names in
test_result.py, those on weights, counts and options in test_fitting.py.

Tolerances: predictions without a dropped column differ by the order of sums, 1e-12 relative;
scaled and shifted columns are held to 12 digits of the 50-digit reference.
"""

from __future__ import annotations

import datetime
import fractions
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from bad_input_cases import (
    FIT,
    FRAME,
    FRAME_FIT,
    NAMES,
    RNG,
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
from logreg_core.errors import (
    ConvergenceWarning,
    SeparationError,
    SeparationWarning,
    SingularError,
    SingularWarning,
)


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
    "dates": (lambda: np.array(["2020-01-01", "2021-01-01"], "M8[D]")[Y], 0),
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
    ids=["short", "two columns", "a row", "number", "None", "text", "set", "dict", "ragged",
         "sparse"],
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


def test_lazy_frame_is_collected() -> None:
    lazy = polars({"a": X[:, 0]}).lazy()
    assert lc.fit(lazy, Y).coef.tobytes() == lc.fit(X[:, :1], Y).coef.tobytes()


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
def test_values_of_sparse_matrices_refused(kind: str) -> None:
    def make(Z: Any) -> Any:
        return getattr(scipy.sparse, kind)(Z)

    Z = X.copy()
    Z[7, 1] = np.nan
    refused(lambda: lc.fit(make(Z), Y), column="x2", row=7)
    refused(lambda: FIT.probability(make(Z)), column="x2", row=7)
    refused(lambda: lc.fit(make(X * 1j), Y), column="x1")
    refused(lambda: lc.fit(make(X[:0]), Y), shape=(0, X.shape[1]))
    refused(lambda: lc.fit(X, Y, sample_weight=make(X[:, :1])))


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
    assert str(fit.summary()).count("dropped") == 25
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
    with pytest.raises(SeparationError, match=kind[1:5]) as raised:
        lc.fit(Z, y, on_separation="raise")
    assert raised.value.separation.kind == kind


# -- scales and shifts --
RESCALED: dict[str, np.ndarray] = {
    "times 1e12": X * [1e12, 1, 1],
    "times 1e-12": X * [1, 1e-12, 1],
    "both": X * [1e12, 1e-12, 1],
    "offset by 1e6 standard deviations": X + np.array([1e6 * X[:, 0].std(), 0, -1e6]),
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
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is type(error)
    assert type(error).__name__ in kind
    assert str(twin) == str(error)
    parts = ("found", "expected", "meaning", "remedy")
    assert all(getattr(twin, part) == getattr(error, part) != "" for part in parts)
    assert twin.evidence.keys() == error.evidence.keys()
    assert all(hasattr(twin, name) for name in error.evidence)


def _fit_with_nan(row: int) -> Any:
    return lc.fit(spoilt(np.nan, row), Y)


def test_exceptions_cross_process_borders() -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        refused(pool.submit(_fit_with_nan, 17).result, column="x2", row=17)
