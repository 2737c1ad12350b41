"""Scoring CSV files. Tolerance: none: the probabilities written are those of `fit.probability`."""

from __future__ import annotations

import json
import tracemalloc

import click.testing
import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core import progress
from logreg_core.cli import main
from logreg_core.csv_files import read_csv
from logreg_core.csv_predictions import predict_csv
from logreg_core.errors import DataError, LogregError

RNG = np.random.default_rng(5)
N = 600
FRAME = pd.DataFrame(
    {
        "id": [f"={i}+1" if i % 3 else f"-{i}" for i in range(N)],
        "age": RNG.integers(20, 80, N),
        "code": RNG.choice(["7", "07", "x", "a,b", 'c"d'], N),
        "grade": RNG.choice([1, 2, 3], N),
        "fit": RNG.random(N) < 0.5,
        "note": ["line\nbreak"] * N,
    }
)
FRAME["ill"] = np.where(RNG.random(N) < 1 / (1 + np.exp(-(FRAME["age"] - 50) / 9)), "=yes", "no")
FEATURES = ["age", "code", "grade", "fit"]


@pytest.fixture(scope="module")
def fit():
    return lc.fit(
        lc.Design.from_frame(
            FRAME, "ill", "=yes", features=FEATURES, categorical=["grade", "fit"]
        )
    )  # fmt: skip


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    FRAME.to_csv(path, index=False)
    return path


def run(*arguments):
    return click.testing.CliRunner().invoke(main, [str(a) for a in arguments])


# -- what is written -----------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1_500, 8_000, 1 << 22])
def test_probabilities_are_the_fits_own_whatever_the_chunks(fit, data, tmp_path, size):
    out, shares = tmp_path / "out.csv", []
    done = predict_csv(fit, data, out, threshold=0.4, chunk_bytes=size, callback=shares.append)
    found = pd.read_csv(out)
    expected = fit.probability(FRAME)
    assert list(found.columns) == ["row", "probability", "predicted"]
    assert found["row"].tolist() == list(range(N))
    # a last block of fewer than 256 rows may differ by a unit in the last place of its log-odds
    np.testing.assert_allclose(found["probability"], expected, rtol=1e-14)
    labels = np.where(expected >= 0.4, "'=yes", "no")  # inert in a spreadsheet
    assert (found["predicted"] == labels).all()
    assert (done.n_rows, done.n_incomplete) == (N, 0)
    assert done.n_positive == (expected >= 0.4).sum()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_columns_can_be_kept_and_are_inert(fit, data, tmp_path):
    out = tmp_path / "out.csv"
    predict_csv(fit, data, out, keep=["note", "id"], chunk_bytes=5_000)
    found = pd.read_csv(out, dtype=str)
    assert list(found.columns) == ["row", "note", "id", "probability", "predicted"]
    assert (found["note"] == "line\nbreak").all()
    assert found["id"].tolist() == [("'" if i[0] == "=" else "") + i for i in FRAME["id"]]


def test_columns_are_taken_by_name_and_others_ignored(fit, data, tmp_path):
    turned = FRAME[["grade", "code", "fit", "age"]].assign(more=1)
    turned.to_csv(tmp_path / "turned.csv", index=False)
    predict_csv(fit, data, tmp_path / "one.csv")
    predict_csv(fit, tmp_path / "turned.csv", tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_a_fit_of_a_frame_takes_its_columns(data, tmp_path):
    fit = lc.fit(FRAME[["age", "grade"]], FRAME["ill"])
    predict_csv(fit, data, tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv")["probability"].to_numpy()
    assert found.tobytes() == fit.probability(FRAME[["age", "grade"]]).tobytes()


def test_incomplete_rows_stay_empty_and_are_counted(fit, tmp_path):
    frame = FRAME.astype({"age": float, "fit": object})
    frame.loc[[0, 7, 8], "age"] = np.nan
    frame.loc[8, "code"] = np.nan
    frame.loc[599, "fit"] = None
    frame.to_csv(tmp_path / "gaps.csv", index=False)
    out = tmp_path / "out.csv"
    for size in (2_000, 1 << 22):
        done = predict_csv(fit, tmp_path / "gaps.csv", out, chunk_bytes=size)
        found = pd.read_csv(out)
        assert done.n_incomplete == 4
        gaps = found["probability"].isna()
        assert np.flatnonzero(gaps).tolist() == [0, 7, 8, 599]
        assert (found["predicted"].isna() == gaps).all()
        assert done.n_positive == (found["probability"] >= 0.5).sum()
    with pytest.raises(DataError, match="line 2: column 'age' has a missing value") as caught:
        predict_csv(fit, tmp_path / "gaps.csv", out, missing="raise")
    assert caught.value.line == 2
    assert len(pd.read_csv(out)) == N  # as before


# -- what is refused -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("code", "new", "holds 'new'"),
        ("age", "old", "holds 'old'"),
        ("age", "inf", "holds inf"),
        ("grade", "second", "holds 'second'"),
        ("grade", 9, "holds 9"),
        ("fit", "maybe", "holds 'maybe'"),
    ],
)
@pytest.mark.parametrize("size", [4_000, 1 << 22])
def test_errors_name_the_line_and_leave_nothing(fit, tmp_path, column, value, words, size):
    frame = FRAME.astype({column: object}).copy()
    frame.loc[411, column] = value
    path = tmp_path / "bad.csv"
    frame.to_csv(path, index=False)
    with pytest.raises(DataError, match=words) as caught:
        predict_csv(fit, path, tmp_path / "out.csv", chunk_bytes=size)
    line = 2 + 2 * 411  # a note takes two lines
    assert caught.value.line == line
    assert caught.value.row == 411
    assert caught.value.found.startswith(f"{path}, line {line}: column {column!r} ")
    assert " in row" not in caught.value.found
    assert [p.name for p in tmp_path.iterdir()] == ["bad.csv"]


def test_structure_is_checked_in_every_chunk(fit, data, tmp_path):
    with data.open("a") as stream:
        stream.write("1,2,3\n")
    with pytest.raises(DataError, match=f"line {2 + 2 * N}: the row has 3 fields"):
        predict_csv(fit, data, tmp_path / "out.csv", chunk_bytes=4_000)
    assert not (tmp_path / "out.csv").exists()


def test_places_and_names_that_cannot_be(fit, data, tmp_path):
    out = tmp_path / "out.csv"
    link = tmp_path / "link.csv"
    link.symlink_to(data)
    before = data.read_bytes()
    for bad in (data, link):
        with pytest.raises(DataError, match="both the data and the output"):
            predict_csv(fit, data, bad)
    for keep, words in ((["row"], "one of that name"), (["id", "id"], "each once|that name")):
        with pytest.raises(DataError, match=words):
            predict_csv(fit, data, out, keep=keep)
    with pytest.raises(DataError, match="no column 'idd'"):
        predict_csv(fit, data, out, keep=["idd"])
    with pytest.raises(DataError, match="missing is 'drop'"):
        predict_csv(fit, data, out, missing="drop")
    with pytest.raises(LogregError, match="cannot be written"):
        predict_csv(fit, data, tmp_path / "no" / "out.csv")
    assert data.read_bytes() == before
    assert not out.exists()


# -- the command ---------------------------------------------------------------------------------
def test_fit_saves_and_predict_scores(data, tmp_path):
    model, out = tmp_path / "model.json", tmp_path / "out.csv"
    done = run("fit", data, "--target", "ill", "--features", "age,code", "--save", model)
    assert done.exit_code == 0, done.output
    assert f"written: {model}" in done.stdout
    done = run("predict", model, data, "--out", out, "--keep", "id", "--threshold", "0.3")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("600 rows, ")
    assert "predicted no (probability >= 0.3)" in done.stdout
    assert f"written: {out}" in done.stdout
    expected = lc.load(model).probability(read_csv(data))
    assert pd.read_csv(out)["probability"].to_numpy().tobytes() == expected.tobytes()


def test_predict_exits_with_2_and_four_parts(data, tmp_path):
    model, out = tmp_path / "model.json", tmp_path / "out.csv"
    run("fit", data, "--target", "ill", "--features", "age", "--save", model)
    content = json.loads(model.read_text())
    for change, words in (
        (lambda: model.write_bytes(b"\x80\x04."), "is a pickle"),
        (lambda: model.write_text(json.dumps(content | {"schema": 99})), "schema 99"),
        (lambda: model.unlink(), "does not exist"),
    ):
        change()
        done = run("predict", model, data, "--out", out)
        assert done.exit_code == 2
        assert words in done.stderr
        assert "\n  What to do: " in done.stderr
    assert not out.exists()
    assert run("predict", model, data).exit_code == 2  # --out is missing
    assert run("predict", model, data, "--out", out, "--threshold", "2").exit_code == 2


def test_a_separated_model_scores_and_exits_with_3(tmp_path):
    path, model, out = tmp_path / "s.csv", tmp_path / "model.json", tmp_path / "out.csv"
    path.write_text("x,y\n" + "".join(f"{i},{int(i > 20)}\n" for i in range(40)))
    done = run("fit", path, "--target", "y", "--features", "x", "--save", model)
    assert done.exit_code == 3, done.output
    done = run("predict", model, path, "--out", out)
    assert done.exit_code == 3
    assert "separated" in done.stderr
    assert pd.read_csv(out)["predicted"].tolist() == [int(i > 20) for i in range(40)]


def test_a_model_cannot_be_saved_where_nothing_can_be_written(data, tmp_path):
    done = run("fit", data, "--target", "ill", "--features", "age", "--save", tmp_path / "n" / "m")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_progress_has_a_share():
    watched = progress.Progress()
    watched.stage("scoring")
    watched.show()
    try:
        watched.share(0.25)
        (task,) = watched._shown.tasks
        assert (task.total, task.completed, task.description) == (1.0, 0.25, "scoring")
        watched.stage("writing")
        assert watched._shown.tasks[0].completed == 0.0
    finally:
        watched.hide()


def test_the_course_file_is_scored_as_a_frame_is(real_data_dir, tmp_path):
    path = real_data_dir / "tiktok_dataset.csv"
    model, out = tmp_path / "model.json", tmp_path / "out.csv"
    assert run("fit", path, "--save", model).exit_code == 0
    done = run("predict", model, path, "--out", out)
    assert "298 lack a value and have no probability" in done.stdout
    fit, frame = lc.load(model), read_csv(path)
    found = pd.read_csv(out)
    rows = fit.encoding.complete_rows(frame)
    assert found["probability"].notna().sum() == len(rows) == 19_084
    expected = fit.probability(frame.iloc[rows])
    assert found["probability"].to_numpy()[rows].tobytes() == expected.tobytes()


def test_memory_does_not_grow_with_the_file(fit, tmp_path):
    head, body = FRAME.drop(columns="note").to_csv(index=False).split("\n", 1)
    path, peaks = tmp_path / "long.csv", []
    for copies in (4, 30):
        path.write_text(head + "\n" + body * copies)
        tracemalloc.start()
        predict_csv(fit, path, tmp_path / "out.csv", chunk_bytes=1 << 14)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + 50_000, peaks  # the file is 0.5 MB
