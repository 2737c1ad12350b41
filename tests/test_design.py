"""Design, Encoding, their report: the same X whatever the frame, and every refusal with evidence.

No tolerances for X and y: they are copies and indicators, so equality is exact. Fisher's p-value
is held to scipy's at a relative 1e-9, which is what scipy's own sums of log-gammas are good for.
"""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal
from itertools import pairwise

import narwhals
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact as scipy_fisher_exact

from logreg_core.datasets import VERIFIED_STATUS
from logreg_core.design import Design
from logreg_core.design_report import fisher_exact
from logreg_core.encoding import Encoding, Feature
from logreg_core.errors import DataError


def small() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": [30, 41, 29, 60, 35, 52],
            "dose": [0.5, 1.25, 0.0, 2.0, 1.0, 0.75],
            "smokes": [True, False, True, True, False, False],
            "city": ["Rome", "Oslo", "Bern", "Rome", "Oslo", "Bern"],
            "ill": ["no", "yes", "no", "yes", "yes", "no"],
        }
    )


X_SMALL = np.column_stack(
    [
        [30, 41, 29, 60, 35, 52],
        [0.5, 1.25, 0.0, 2.0, 1.0, 0.75],
        [1, 0, 1, 1, 0, 0],
        [0, 1, 0, 0, 1, 0],
        [1, 0, 0, 1, 0, 0],
    ]
).astype(float)
Y_SMALL = np.array([0, 1, 0, 1, 1, 0])
NAMES = ("age", "dose", "smokes", "city_Oslo", "city_Rome")

FRAMES = {
    "pandas": lambda f: f,
    "pandas object": lambda f: f.astype({"city": object, "ill": object}),
    "pandas nullable": lambda f: f.convert_dtypes(),
    "pandas categorical": lambda f: f.astype({"city": "category", "ill": "category"}),
    "pandas unused category": lambda f: f.assign(
        city=pd.Categorical(f["city"], ["Zug", "Rome", "Oslo", "Bern", "Aix"])
    ),
    "pandas Arrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "pandas Arrow dictionary": lambda f: f.assign(
        city=f["city"].astype(pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())))
    ),
    "pandas large string": lambda f: f.assign(
        city=f["city"].astype(pd.ArrowDtype(pa.large_string()))
    ),
    "pandas float32": lambda f: f.astype({"dose": "float32", "age": "int8"}),
    "pandas big-endian": lambda f: f.astype({"dose": ">f8", "age": ">i4"}),
    "pandas object numbers": lambda f: f.astype({"age": object, "dose": object, "smokes": object}),
    "pandas sparse": lambda f: f.assign(dose=pd.arrays.SparseArray(f["dose"])),
    "pandas odd index": lambda f: f.set_index(pd.Index([5, 5, 3, 1, 1, 0])),
    "pandas reordered": lambda f: f[f.columns[::-1]],
    "polars": pl.from_pandas,
    "polars categorical": lambda f: pl.from_pandas(f).cast({"city": pl.Categorical}),
    "polars float32": lambda f: pl.from_pandas(f).cast({"dose": pl.Float32}),
    "pyarrow": pa.Table.from_pandas,
    "pyarrow dictionary": lambda f: pa.Table.from_pandas(f.astype({"city": "category"})),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_frame_gives_the_same_arrays(kind):
    frame = FRAMES[kind](small())
    before = copy.deepcopy(frame) if isinstance(frame, pd.DataFrame) else None
    design = Design.from_frame(frame, target="ill", features=list(small())[:-1])
    assert design.names == NAMES
    np.testing.assert_array_equal(design.X, X_SMALL)
    np.testing.assert_array_equal(design.y, Y_SMALL)
    assert design.X.dtype == np.float64
    assert design.X.flags.c_contiguous
    assert design.y.dtype == np.uint8
    np.testing.assert_array_equal(design.transform(frame), X_SMALL)
    np.testing.assert_array_equal(design.encode_target(frame), Y_SMALL)
    if before is not None:
        pd.testing.assert_frame_equal(frame, before)


def with_gaps() -> pd.DataFrame:
    frame = small().astype({"age": float, "city": object})
    frame.loc[1, "age"] = np.nan
    frame.loc[4, ["age", "city"]] = [np.nan, None]
    return frame


GAPS = {
    "pandas": lambda f: f,
    "pandas nullable": lambda f: f.convert_dtypes(),
    "pandas Arrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "pandas categorical": lambda f: f.astype({"city": "category"}),
    "pandas object": lambda f: f.astype(object),
    "polars": pl.from_pandas,
    "polars NaN": lambda f: pl.from_pandas(f, nan_to_null=False),
    "pyarrow": lambda f: pa.Table.from_pandas(f, preserve_index=False),
}


@pytest.mark.parametrize("kind", GAPS)
def test_missing_values_are_dropped_and_reported(kind):
    frame = GAPS[kind](with_gaps())
    features = ["age", "dose", "smokes", "city"]
    with pytest.raises(DataError, match="column 'age' has a missing value in row 1") as caught:
        Design.from_frame(frame, "ill", features=features)
    assert (caught.value.column, caught.value.row, caught.value.n_rows) == ("age", 1, 2)
    design = Design.from_frame(frame, "ill", features=features, missing="drop")
    np.testing.assert_array_equal(design.rows, [0, 2, 3, 5])
    np.testing.assert_array_equal(design.y, Y_SMALL[design.rows])
    # Oslo was only in dropped rows: it is no level.
    assert design.names == ("age", "dose", "smokes", "city_Rome")
    np.testing.assert_array_equal(design.X, X_SMALL[np.ix_(design.rows, [0, 1, 2, 4])])
    report = design.report
    assert (report.n_rows_total, report.n_rows, report.n_dropped) == (6, 4, 2)
    assert report.missing == (("age", 2), ("city", 1))
    assert (report.n_dropped_with_outcome, report.n_dropped_positive) == (2, 2)
    assert (report.outcome_rate, report.dropped_outcome_rate) == (0.25, 1.0)
    assert "2 dropped" in str(report)
    np.testing.assert_array_equal(design.complete_rows(frame), [0, 2, 3, 5])
    np.testing.assert_array_equal(design.transform(frame, design.complete_rows(frame)), design.X)
    with pytest.raises(DataError, match="row 1") as caught:
        design.transform(frame)
    assert (caught.value.column, caught.value.row) == ("age", 1)


def test_a_nan_inside_a_nullable_column_is_missing_too():
    inside = pd.array([0.0, 1.0, 2.0], dtype="Float64") / pd.array([0.0, 1.0, 1.0], dtype="Float64")
    frame = pd.DataFrame({"x": inside, "y": [0, 1, 0]})
    assert Design.from_frame(frame, "y", missing="drop").rows.tolist() == [1, 2]


def test_a_missing_outcome_drops_the_row():
    frame = small().assign(ill=["no", None, "no", "yes", "yes", "no"])
    design = Design.from_frame(frame, "ill", missing="drop")
    assert design.rows.tolist() == [0, 2, 3, 4, 5]
    assert design.report.dropped_p_value is None
    assert design.report.dropped_outcome_rate is None
    assert design.complete_rows(frame).tolist() == [0, 1, 2, 3, 4, 5]
    assert design.complete_rows(frame, with_target=True).tolist() == [0, 2, 3, 4, 5]
    with pytest.raises(DataError, match="'ill' has a missing value in row 1"):
        design.encode_target(frame)


def test_reference_level_and_positive_class_can_be_chosen():
    design = Design.from_frame(small(), "ill", "no", ["city"], reference={"city": "Oslo"})
    assert design.names == ("city_Bern", "city_Rome")
    np.testing.assert_array_equal(design.y, 1 - Y_SMALL)
    assert design.encoding.classes == ("yes", "no")
    assert design.report.positive == "no"
    assert design.report.levels == (("city", ("Oslo", "Bern", "Rome")),)
    assert "reference 'Oslo'" in str(design.report)
    assert design.report.excluded == ("age", "dose", "smokes")


OUTCOMES = {
    "0/1": ([0, 1, 0, 1, 1, 0], 1),
    "1/2": ([1, 2, 1, 2, 2, 1], 2),
    "-1/1": ([-1, 1, -1, 1, 1, -1], 1),
    "bool": ([False, True, False, True, True, False], True),
    "float": ([0.0, 1.0, 0.0, 1.0, 1.0, 0.0], 1),
    "text": (["a", "b", "a", "b", "b", "a"], "b"),
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_any_two_classes_will_do(kind):
    values, positive = OUTCOMES[kind]
    design = Design.from_frame(small().assign(ill=values), "ill")
    np.testing.assert_array_equal(design.y, Y_SMALL)
    assert design.report.positive == positive
    by_text = Design.from_frame(small().assign(ill=values), "ill", str(positive))
    np.testing.assert_array_equal(by_text.y, Y_SMALL)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([1, 1, 1, 1, 1, 1], "1 different value"),
        (["a", "b", "c", "a", "b", "c"], "'a', 'b', 'c'"),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "continuous"),
    ],
)
def test_outcomes_without_two_classes_are_refused(values, word):
    with pytest.raises(DataError, match=word) as caught:
        Design.from_frame(small().assign(ill=values), "ill")
    assert caught.value.column == "ill"


def test_numbers_can_be_made_categories():
    frame = pd.DataFrame({"grade": [3, 1, 2, 1], "y": [0, 1, 1, 0]})
    design = Design.from_frame(frame, "y", categorical=["grade"])
    assert design.names == ("grade_2", "grade_3")
    # With a gap pandas makes the numbers floats: still grade_2, not grade_2.0.
    gap = pd.DataFrame({"grade": [3, 1, None, 2, 1], "y": [0, 1, 1, 1, 0]})
    again = Design.from_frame(gap, "y", categorical=["grade"], missing="drop")
    assert again.encoding == design.encoding
    np.testing.assert_array_equal(again.X, design.X)


def test_new_frames_are_put_right_by_name():
    design = Design.from_frame(small(), "ill")
    new = pd.DataFrame(
        {"id": ["x"], "city": ["Oslo"], "smokes": [True], "dose": [1], "age": [20.0]}
    )
    np.testing.assert_array_equal(design.transform(new), [[20, 1, 1, 1, 0]])
    np.testing.assert_array_equal(design.transform(pl.from_pandas(new)), [[20, 1, 1, 1, 0]])
    assert design.transform(new.iloc[:0]).shape == (0, 5)


def refusal(frame: object, **options) -> DataError:
    with pytest.raises(DataError) as caught:
        Design.from_frame(frame, **({"target": "ill"} | options))
    error = caught.value
    assert error.found
    assert error.expected
    assert error.remedy
    return error


def test_new_frames_that_do_not_fit_are_refused():
    design = Design.from_frame(small(), "ill")
    unseen = small().assign(city=["Rome", "Oslo", "Bern", "Lima", "Oslo", "Lima"])
    with pytest.raises(DataError, match="column 'city' holds 'Lima' in row 3") as caught:
        design.transform(unseen)
    assert (caught.value.column, caught.value.level, caught.value.row) == ("city", "Lima", 3)
    with pytest.raises(DataError, match="in row 5"):
        design.transform(unseen, np.array([0, 5, 3]))
    with pytest.raises(DataError, match=r"no column 'dose'.*did you mean 'Dose'"):
        design.transform(small().rename(columns={"dose": "Dose"}))
    with pytest.raises(DataError, match=r"'age' has type .* which is text"):
        design.transform(small().astype({"age": str}))
    with pytest.raises(DataError, match="'ill' holds 'maybe' in row 2"):
        design.encode_target(small().assign(ill=["no", "yes", "maybe", "no", "no", "no"]))


@pytest.mark.parametrize("to_frame", [lambda f: f, pl.from_pandas])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_is_refused_with_its_row(value, to_frame):
    frame = small()
    frame.loc[4, "dose"] = value
    error = refusal(to_frame(frame))
    assert (error.column, error.row) == ("dose", 4)
    assert "inf in row 4" in error.found
    gap = small().astype({"age": float})
    gap.loc[0, "age"], gap.loc[4, "dose"] = np.nan, value
    assert refusal(to_frame(gap), missing="drop").row == 4  # the row of the frame as given


def test_the_first_wrong_column_is_named_first():
    design = Design.from_frame(small(), "ill")
    wrong = small().assign(city="Lima")
    wrong.loc[2, "dose"] = np.nan
    with pytest.raises(DataError) as caught:
        design.transform(wrong)
    assert (caught.value.column, caught.value.row) == ("dose", 2)


UNUSABLE = {
    "dates": (pd.date_range("2024-01-01", periods=6), "datetime64"),
    "dates with zone": (pd.date_range("2024-01-01", periods=6, tz="UTC"), "datetime64"),
    "durations": (pd.to_timedelta(range(6), "D"), "timedelta64"),
    "periods": (pd.period_range("2024-01", periods=6, freq="M"), "period"),
    "intervals": (pd.interval_range(0, 6), "interval"),
    "complex": (np.arange(6) * 1j, "complex128"),
    "lists": ([[1], [2], [3], [4], [5], [6]], "list"),
    "decimals": ([Decimal(i) for i in range(6)], "Decimal"),
    "text and numbers": (["a", 1, "b", 2, "c", 3], "several types"),
    "truth values and numbers": ([True, 1, 2, False, 0, 3], "several types"),
    "Arrow dates": (
        pd.array(pd.date_range("2024", periods=6).date, dtype=pd.ArrowDtype(pa.date32())),
        "date32",
    ),
    "categories of dates": (pd.Categorical(pd.date_range("2024", periods=6)), "category"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_columns_of_other_types_are_refused(kind):
    values, word = UNUSABLE[kind]
    frame = small()
    frame["t"] = pd.Series(values, dtype=object) if isinstance(values, list) else values
    error = refusal(frame)
    assert error.column == "t"
    assert word in str(error)
    # The column does not disturb where it is not used.
    assert Design.from_frame(frame, "ill", features=["age"]).names == ("age",)


def test_polars_dates_are_refused():
    days = pl.Series("t", list(range(6))).cast(pl.Date)
    frame = pl.from_pandas(small()).with_columns(days)
    assert "datetime64" in refusal(frame).found


def test_names_that_do_not_fit_are_refused():
    assert "did you mean 'ill'" in refusal(small(), target="il").remedy
    assert refusal(small(), features=["age", "doze"]).column == "doze"
    assert "both target and feature" in refusal(small(), features=["age", "ill"]).found
    assert "more than once" in refusal(small(), features=["age", "age"]).found
    assert refusal(small(), features=[]).found == "there are no features"
    assert refusal(small(), categorical=["town"]).column == "town"
    assert refusal(small(), reference={"town": "a"}).column == "town"
    assert refusal(small(), reference={"city": "Lima"}).level == "Lima"
    assert refusal(small(), reference={"age": 30}).column == "age"
    assert "'no', 'yes'" in refusal(small(), positive="ja").expected
    assert "'raise' or 'drop'" in refusal(small(), missing="skip").expected
    doubled = pd.concat([small(), small()[["age"]]], axis=1)
    assert "more than once" in refusal(doubled).found
    assert "2 columns are named 'age'" in refusal(doubled, features=["age"]).found
    assert Design.from_frame(doubled, "ill", features=["dose"]).names == ("dose",)
    clash = small().assign(city_Rome=1.0)
    assert refusal(clash).column == "city_Rome"


def test_constant_and_id_like_categories_are_refused():
    assert "nothing but 'Rome'" in refusal(small().assign(city="Rome")).found
    n = 2002
    ids = [f"u{i}" for i in range(n)]
    frame = pd.DataFrame({"id": ids, "y": [0, 1] * (n // 2)})
    error = refusal(frame, target="y")
    assert (error.column, error.n_levels) == ("id", n)
    assert "id" in error.meaning
    half = pd.DataFrame({"id": ids[:30] * 2, "y": [0, 1] * 30})
    assert Design.from_frame(half, "y").X.shape == (60, 29)


def test_frames_that_are_none_are_refused():
    for wrong in (np.zeros((3, 2)), {"a": [1]}, [1, 2], None, pl.from_pandas(small())["age"]):
        assert "was given as data frame" in refusal(wrong).found
    assert "none of the 0 rows" in refusal(small().iloc[:0]).found
    nothing = small().assign(age=np.nan)
    assert "'age': 6" in refusal(nothing, missing="drop").remedy


def test_unusual_column_names_pass():
    frame = small().rename(columns={"age": "<script>", "dose": "=1+1\n$x", "city": 7})
    design = Design.from_frame(frame, "ill")
    assert design.names == ("<script>", "=1+1\n$x", "smokes", "7_Oslo", "7_Rome")
    assert "\n" not in refusal(frame, features=["=1+1\n$x", "nix\n"]).found


def test_encoding_survives_json_and_refuses_anything_else():
    encoding = Design.from_frame(small(), "ill", categorical=["smokes"]).encoding
    content = json.loads(json.dumps(encoding.to_dict()))
    assert Encoding.from_dict(content) == encoding
    np.testing.assert_array_equal(
        Encoding.from_dict(content).transform(small())[:, 3:], X_SMALL[:, 3:]
    )
    first = content["features"][0]
    for wrong in (
        None, [], {}, content | {"extra": 1}, content | {"classes": ["a"]},
        content | {"classes": [["a"], "b"]}, content | {"target": None},
        content | {"features": [first | {"levels": ["one"]}]},
        content | {"features": [first | {"levels": ["a", "a"]}]},
        content | {"features": [first | {"levels": [None, "a"]}]},
        content | {"features": [{"name": "age"}]}, content | {"features": "age"},
    ):  # fmt: skip
        with pytest.raises(DataError, match="no encoding"):
            Encoding.from_dict(wrong)
    with pytest.raises(DataError, match="both be named 'a'"):
        Encoding.from_dict(content | {"features": [{"name": "a", "levels": []}] * 2})


def test_designs_can_be_sent_to_other_processes():
    design = Design.from_frame(small(), "ill")
    again = pickle.loads(pickle.dumps(design))
    assert again.encoding == design.encoding
    assert again.report == design.report
    np.testing.assert_array_equal(again.X, design.X)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 60), max_size=4))
def test_blocks_stacked_equal_the_whole(cuts):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=60),
            "c": rng.choice(["p", "q", "r"], 60),
            "y": rng.integers(0, 2, 60),
        }
    )
    design = Design.from_frame(frame, "y")
    edges = [0, *sorted(cuts), 60]
    blocks = [frame.iloc[a:b] for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.vstack([design.transform(b) for b in blocks]), design.X)
    stacked = np.concatenate([design.encode_target(b) for b in blocks])
    np.testing.assert_array_equal(stacked, design.y)


@pytest.mark.parametrize("n", [1, 7, 4096, 4097, 10_000])
def test_wide_and_long_frames_are_filled_right(n):
    rng = np.random.default_rng(n)
    columns = {f"x{j}": rng.normal(size=n) for j in range(19)}
    columns["x5"] = rng.integers(0, 9, n)
    cities = rng.choice(["a", "b", "c"], n)
    rule = Encoding(
        (*(Feature(f"x{j}") for j in range(19)), Feature("c", ("a", "b", "c"))), "y", (0, 1)
    )
    frame = pd.DataFrame(columns | {"c": cities})
    expected = np.column_stack([*columns.values(), cities == "b", cities == "c"]).astype(float)
    np.testing.assert_array_equal(rule.transform(frame), expected)
    rows = rng.permutation(n)[: n // 2 + 1]
    np.testing.assert_array_equal(rule.transform(frame, rows), expected[rows])
    frame.loc[n - 1, "x17"] = np.inf
    with pytest.raises(DataError, match=f"'x17' holds inf in row {n - 1}"):
        rule.transform(frame)


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 300), st.integers(1, 3000), st.data())
def test_fisher_agrees_with_scipy(n, other_n, data):
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, other_n))
    expected = scipy_fisher_exact([[a, n - a], [b, other_n - b]]).pvalue
    assert fisher_exact(a, n, b, other_n) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_polars_without_pyarrow_says_what_to_install(monkeypatch):
    def refuse(self: object) -> None:
        raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")

    monkeypatch.setattr(narwhals.Series, "to_pandas", refuse)
    with pytest.raises(ImportError, match="pip install pyarrow"):
        Design.from_frame(pl.from_pandas(small()), "ill")


@pytest.mark.real_data
def test_the_course_file(real_frame):
    design = Design.from_frame(real_frame, **VERIFIED_STATUS, missing="drop")
    assert design.X.shape == (19084, 8)
    assert design.names == (
        "video_duration_sec",
        "claim_status_opinion",
        "author_ban_status_banned",
        "author_ban_status_under review",
        "video_view_count",
        "video_share_count",
        "video_download_count",
        "video_comment_count",
    )
    report = design.report
    assert (report.n_dropped, report.n_dropped_positive) == (298, 40)
    assert report.class_counts == (("not verified", 17884), ("verified", 1200))
    assert round(report.dropped_outcome_rate, 3) == 0.134
    assert 0.9e-5 < report.dropped_p_value < 1.2e-5
    assert report.excluded == ("#", "video_id", "video_transcription_text", "video_like_count")
    complete = real_frame.dropna()
    np.testing.assert_array_equal(design.X[:, 1], complete["claim_status"] == "opinion")
    np.testing.assert_array_equal(design.X[:, 4], complete["video_view_count"])
    np.testing.assert_array_equal(design.y, complete["verified_status"] == "verified")
    for other in (pl.from_pandas(real_frame), pa.Table.from_pandas(real_frame)):
        same = Design.from_frame(other, **VERIFIED_STATUS, missing="drop")
        assert same.report == report
        np.testing.assert_array_equal(same.X, design.X)


@pytest.mark.real_data
def test_the_text_of_the_course_file_is_refused_as_a_category(real_frame):
    error = refusal(real_frame, target="verified_status", features=["video_transcription_text"],
                    missing="drop")  # fmt: skip
    assert error.n_levels > 1000


def test_features_have_plain_columns():
    assert Feature("x").columns == ("x",)
    assert Encoding((Feature("x"),), "y", (0, 1)).positive == 1
