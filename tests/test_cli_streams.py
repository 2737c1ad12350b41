"""``logreg fit`` on patterns, folders and large files: the text, to the letter, that one CSV file
in memory gives; and how far a reading is, in words."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import click.testing
import numpy as np
import pandas as pd
import pytest

from logreg_core import progress
from logreg_core.cli import main

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def run(*arguments: Any) -> Any:
    return click.testing.CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    rng = np.random.default_rng(11)
    n = 300
    frame = pd.DataFrame({
        "patient_id": rng.permutation(10**6)[:n],
        "age": rng.integers(20, 80, n),
        "dose, mg": rng.normal(50, 9, n).round(1),
        "ward": rng.choice(["east", "north", "west"], n),
    })  # fmt: skip
    eta = (frame["age"] - 50) / 20 + (frame["ward"] == "west")
    frame["ill"] = np.where(rng.random(n) < 1 / (1 + np.exp(-eta)), "yes", "no")
    frame.loc[[3, 250], "age"] = np.nan
    (tmp_path / "parts").mkdir()
    frame.to_csv(tmp_path / "patients.csv", index=False)
    for i in range(12):
        part = frame.iloc[25 * i : 25 * i + 25]
        part.to_csv(tmp_path / "parts" / f"p{i}.csv", index=False)
        table = pa.Table.from_pandas(part, preserve_index=False)
        pq.write_table(table, tmp_path / "parts" / f"p{i}.parquet")
    return tmp_path


def test_the_text_is_that_of_one_file_in_memory(patients: Path) -> None:
    options = ["--target", "ill", "--features", '"dose, mg",age,ward']
    memory = run("fit", patients / "patients.csv", *options)
    assert memory.exit_code == 0, memory.output
    first, _, rest = memory.stdout.partition("\n")
    assert first == f"data: {patients / 'patients.csv'}"
    assert "298 of 300 used" in rest
    for data, more in (
        (patients / "patients.csv", ["--stream"]),
        (patients / "parts" / "*.csv", []),
        (patients / "parts" / "*.parquet", []),
        (patients / "parts", []),
    ):
        done = run("fit", data, *options, *more)
        assert done.exit_code == 0, done.output
        text = done.stdout.replace("columns not used: 'patient_id'\n", "")
        assert text == f"data: {data}\n{rest}"
        assert done.stderr == ""


def test_a_folder_of_csv_files(patients: Path) -> None:
    for file in (patients / "parts").glob("*.parquet"):
        file.unlink()
    done = run("fit", patients / "parts", "--target", "ill", "--features", "age")
    assert "298 of 300 used" in done.stdout


def test_columns_that_cannot_serve_are_left_out(patients: Path) -> None:
    for data in ("parts/*.parquet", "parts/*.csv"):
        done = run("fit", patients / data, "--target", "ill", "--positive", "no")
        assert "left out: 'patient_id'" in done.stdout
        assert "log-odds of no against yes" in done.stdout


def test_columns_are_judged_by_all_rows(tmp_path: Path) -> None:
    """Constant, empty, id-like or of one row in the first file, and otherwise in the rest."""
    rng = np.random.default_rng(4)
    n = 240
    frame = pd.DataFrame({
        "late": np.r_[np.zeros(41), rng.normal(size=n - 41)],  # constant at first
        "site": np.repeat(["s0", "s1", "s2", "s3"], 60),
        "gap": np.r_[np.full(41, np.nan), rng.normal(size=n - 41)],
        "user_id": np.r_[np.arange(n - 1), 7],  # not all different
        "row": rng.permutation(n) + 5,
        "same": 3,
        "code": [f"c{i}" for i in range(n)],
        "ill": rng.integers(0, 2, n),
    })  # fmt: skip
    whole = tmp_path / "whole.csv"
    frame.to_csv(whole, index=False)
    memory = run("fit", whole, "--target", "ill", "--positive", "1")
    assert "left out: 'row' numbers the rows" in memory.stdout
    assert "left out: 'same' holds nothing but 3" in memory.stdout
    assert "'late'" not in memory.stdout.partition("Logistic")[0]
    for cuts in ([0, 1, 41, n], [0, 41, 100, n]):
        for i, (start, stop) in enumerate(itertools.pairwise(cuts)):
            part = frame.iloc[start:stop]
            part.to_csv(tmp_path / f"p{i}.csv", index=False)
            part.to_parquet(tmp_path / f"p{i}.parquet", index=False)
        for pattern in ("p*.csv", "p*.parquet"):
            done = run("fit", tmp_path / pattern, "--target", "ill", "--positive", "1")
            assert done.exit_code == 0, done.output
            assert done.stdout.partition("\n")[2] == memory.stdout.partition("\n")[2]


def test_what_cannot_be_read_exits_with_2(patients: Path) -> None:
    for data, word in (
        ("parts/*.pq", "no file matches"),
        ("none.parquet", "does not exist"),
    ):
        done = run("fit", patients / data, "--target", "ill")
        assert done.exit_code == 2
        assert word in done.stderr
    (patients / "parts" / "p7.parquet").write_bytes(b"PAR1")
    done = run("fit", patients / "parts" / "*.parquet", "--target", "ill")
    assert done.exit_code == 2
    assert "p7.parquet cannot be read as Parquet" in done.stderr
    done = run("fit", patients / "parts" / "*.csv", "--target", "ill", "--diagnostics")
    assert done.exit_code == 2
    assert "--diagnostics" in done.stderr


def test_a_checkpoint_can_be_gone_on_from(patients: Path) -> None:
    options = [patients / "parts" / "*.parquet", "--target", "ill", "--features", "age,ward"]
    whole, journal = run("fit", *options), patients / "fit.journal"
    assert run("fit", *options, "--checkpoint", journal).stdout == whole.stdout
    if journal.exists():  # kept by a fit that ended: it may be used again
        assert run("fit", *options, "--checkpoint", journal).stdout == whole.stdout


def test_the_case_study_is_assumed(patients: Path) -> None:
    import logreg_core as lc

    (patients / "videos").mkdir()
    shutil.copy(lc.datasets.path("verified_status"), patients / "videos" / "a.csv")
    done = run("fit", patients / "videos", "--solver", "newton")
    assert done.exit_code == 0, done.output
    assert "19084 of 19382 used" in done.stdout


def test_help_speaks_of_patterns() -> None:
    text = run("fit", "--help").stdout
    for word in ("*.parquet", "--checkpoint", "--stream", "larger than memory"):
        assert word in text


def test_the_pace_of_a_reading_in_words() -> None:
    now = [0.0]
    shown = progress.Progress(clock=lambda: now[0])
    shown.stage("fitting")
    shown.rows(0, 10_000_000)
    shown.step(None)
    assert shown.words() == "fitting, step 1, reading 1"
    now[0] = 2.0
    shown.rows(4_000_000, 10_000_000)
    assert shown.words() == "fitting, step 1, reading 1, 2.0 million rows/s, 3 s left"
    assert shown._share == 0.4
    shown.rows(0, 10_000_000)
    now[0] = 3.0
    shown.rows(2_500, 2_500)
    assert shown.words() == "fitting, step 1, reading 2, 2,500 rows/s"
    shown.rows(0, 0)
    assert shown._share is None


def test_every_batch_is_counted(patients: Path) -> None:
    import logreg_core as lc

    told: list[tuple[int, int]] = []
    blocks = lc.ParquetBlocks(
        patients / "parts" / "*.parquet", target="ill", features=["age"], missing="drop"
    )
    blocks.source = progress.Counted(blocks.source, lambda *given: told.append(given))
    fit = lc.fit(blocks)
    assert fit.n_rows == 298
    assert told[:2] == [(0, 298), (298, 298)]
    assert len(told) == 2 * blocks.readings
