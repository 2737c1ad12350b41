"""Tolerances: figures of the course file to the digits published (three), counts exactly; what
the program prints is compared as text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import click.testing
import numpy as np
import pandas as pd
import pytest

import logreg_core
from logreg_core import progress
from logreg_core.cli import main

ROOT = Path(__file__).parent.parent
DOCUMENTS = ["coefficients.csv", "metrics.json", "predictions.csv", "report.html"]


def run(*arguments):
    return click.testing.CliRunner().invoke(main, [str(a) for a in arguments])


def process(*arguments, **options):
    command = [sys.executable, "-m", "logreg_core", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, **options)


@pytest.fixture
def patients(tmp_path):
    """A CSV file of another study."""
    rng = np.random.default_rng(11)
    n = 300
    frame = pd.DataFrame(
        {
            "patient_id": rng.permutation(10**6)[:n],
            "age": rng.integers(20, 80, n),
            "dose, mg": rng.normal(50, 9, n).round(1),
            "ward": rng.choice(["east", "north", "west"], n),
            "grade": rng.integers(1, 4, n),
        }
    )
    eta = (frame["age"] - 50) / 20 + (frame["ward"] == "west")
    frame["ill"] = np.where(rng.random(n) < 1 / (1 + np.exp(-eta)), "yes", "no")
    frame.loc[[3, 50], "age"] = np.nan
    path = tmp_path / "patients.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def separated(tmp_path):
    path = tmp_path / "separated.csv"
    path.write_text("x,z,y\n" + "".join(f"{i},{i * i % 7},{int(i > 20)}\n" for i in range(40)))
    return path


# -- fit -----------------------------------------------------------------------------------------
def test_fit_prints_the_summary(patients):
    done = run("fit", patients, "--target", "ill", "--features", "age,ward")
    assert done.exit_code == 0, done.output
    assert "rows: 298 of 300 used, 2 dropped" in done.stdout
    assert "positive class 'yes'" in done.stdout
    assert "ward_west" in done.stdout
    assert "converged" in done.stdout
    assert done.stderr == ""


def test_fit_without_features_uses_what_can_serve_and_says_what_not(patients):
    done = run("fit", patients, "--target", "ill")
    assert done.exit_code == 0, done.output
    assert "left out: 'patient_id'" in done.stdout
    assert "dose, mg" in done.stdout


def test_names_with_commas_go_into_quotes(patients):
    done = run("fit", patients, "--target", "ill", "--features", '"dose, mg",age')
    assert done.exit_code == 0, done.output
    assert "dose, mg" in done.stdout


def test_numbers_can_be_categories(patients):
    done = run(
        "fit", patients, "--target", "ill", "--features", "age,grade", "--categorical", "grade"
    )
    assert "grade_3" in done.stdout


def test_the_positive_class_can_be_chosen(patients):
    done = run("fit", patients, "--target", "ill", "--features", "age", "--positive", "no")
    assert "log-odds of no against yes" in done.stdout


def test_another_level_is_said(patients):
    done = run("fit", patients, "--target", "ill", "--features", "age", "--level", "0.9")
    assert "90% Wald interval" in done.stdout


def test_fit_gives_the_same_text_for_any_threads(patients):
    texts = {
        run("fit", patients, "--target", "ill", "--threads", threads).stdout for threads in (1, 3)
    }
    assert len(texts) == 1


# -- exit codes ----------------------------------------------------------------------------------
def test_separated_data_exit_with_3_and_are_still_shown(separated, tmp_path):
    done = run("fit", separated, "--target", "y", "--features", "x,z")
    assert done.exit_code == 3
    assert "+inf" in done.stdout
    assert done.stderr.startswith("Warning: ")
    assert "What to do: " in done.stderr
    assert "SeparationWarning" not in done.stderr
    out = tmp_path / "out"
    judged = run("report", separated, "--target", "y", "--features", "x,z", "--out", out)
    assert judged.exit_code == 3
    assert sorted(p.name for p in out.iterdir()) == DOCUMENTS
    assert json.loads((out / "metrics.json").read_text())["fit"]["converged"] is False


def test_a_fit_that_may_not_finish_exits_with_3(patients):
    done = run("fit", patients, "--target", "ill", "--max-iter", "1")
    assert done.exit_code == 3
    assert "max iter" in done.stdout
    assert "Status: max iter" in done.stderr


def test_a_redundant_column_is_a_readable_warning(tmp_path):
    path = tmp_path / "sum.csv"
    path.write_text(
        "a,b,total,y\n"
        + "".join(f"{i % 5},{i % 3},{i % 5 + i % 3},{(i * 7) % 11 % 2}\n" for i in range(60))
    )
    done = run("fit", path, "--target", "y")
    assert done.exit_code == 0
    assert "dropped" in done.stdout
    assert done.stderr.startswith("Warning: ")
    assert "total" in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"x,y\n", "no rows"),
        (b"x,y\n1,0\n2\n3,1\n", "line 3"),
        (b"x,x,y\n1,1,0\n", "line 1"),
        (b"x;y\n1;0\n", "semicolon"),
        (b"x,y\nna\xefve,0\n", "line 2"),
    ],
)
def test_bad_files_exit_with_2_and_four_parts(tmp_path, content, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    done = run("fit", path, "--target", "y")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.startswith("Error: ")
    assert "\n  What to do: " in done.stderr
    assert "Traceback" not in done.stderr


def test_another_table_without_options_is_told_what_to_give(patients):
    done = run("report", patients)
    assert done.exit_code == 2
    assert "'age'" in done.stderr
    assert "--target OUTCOME --features" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "{data}", "--target", "nobody"], "no column 'nobody'"),
        (["fit", "{data}", "--target", "ill", "--features", "agee"], "did you mean 'age'"),
        (["fit", "{data}", "--target", "ill", "--positive", "maybe"], "'maybe' does not occur"),
        (["fit", "{data}", "--target", "ill", "--missing", "raise"], "missing value"),
        (["fit", "{data}", "--target", "ill", "--solver", "magic"], "solver is 'magic'"),
        (["fit", "{data}.not"], "does not exist"),
        (["fit", "{data}", "--level", "1"], "--level"),
        (["fit", "{data}", "--features", "a,,b"], "empty name"),
        (["report", "{data}", "--threshold", "1.5"], "neither a probability nor"),
        (["report", "{data}", "--test-size", "0"], "--test-size"),
    ],
)
def test_bad_options_exit_with_2(patients, arguments, words):
    done = run(*(a.format(data=patients) for a in arguments))
    assert done.exit_code == 2
    assert words in done.stderr


# -- report --------------------------------------------------------------------------------------
def test_report_writes_its_documents(patients, tmp_path):
    out = tmp_path / "deep" / "folder"
    done = run("report", patients, "--target", "ill", "--out", out, "--threshold", "prevalence")
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in out.iterdir()) == DOCUMENTS
    for words in ("true yes", "false yes", "true no", "false no", "no-information rate", "AUC"):
        assert words in done.stdout
    rows = pd.read_csv(out / "predictions.csv")
    assert list(rows) == ["row", "actual", "probability", "predicted"]
    data = pd.read_csv(patients)
    assert rows["actual"].tolist() == data["ill"].iloc[rows["row"] - 1].tolist()


def test_report_is_the_same_twice_and_differs_by_seed(patients, tmp_path):
    texts = []
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        run("report", patients, "--target", "ill", "--out", tmp_path / folder, "--seed", seed)
        texts.append([(tmp_path / folder / name).read_text() for name in DOCUMENTS])
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_report_without_data_says_the_sample_is_synthetic(tmp_path):
    done = run("report", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "synthetic" in done.stdout
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Synthetic data" in page
    assert "Why this differs from an earlier draft" in page
    assert "positive among dropped rows: 13.4% against 6.3%" in done.stdout


def test_report_into_a_place_that_is_taken(patients, tmp_path):
    (tmp_path / "taken").write_text("mine")
    done = run("report", patients, "--target", "ill", "--out", tmp_path / "taken")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.real_data
def test_report_on_the_course_file(real_data_dir, tmp_path):
    done = run("report", real_data_dir / "tiktok_dataset.csv", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "metrics.json").read_text())
    half, prevalence = found["test"]["thresholds"]
    assert found["split"] == {
        "train_rows": 14313, "test_rows": 4771, "stratified": True, "seed": 0,
    }  # fmt: skip
    assert round(half["accuracy"], 3) == round(found["test"]["no_information_rate"], 3) == 0.937
    assert half["recall"] == 0.0
    assert half["precision"] is None
    # Of one split in many; the spread over seeds is about 0.013, 0.002, 0.02 and 0.01.
    assert found["test"]["auc"] == pytest.approx(0.67, abs=0.03)
    assert prevalence["precision"] == pytest.approx(0.105, abs=0.006)
    assert prevalence["recall"] == pytest.approx(0.81, abs=0.06)
    assert prevalence["accuracy"] == pytest.approx(0.55, abs=0.03)
    assert found["test"]["largest_probability"] < 0.13
    assert "At this threshold nobody is predicted verified" in done.stdout


@pytest.mark.real_data
def test_fit_on_the_course_file(real_data_dir):
    done = run("fit", real_data_dir / "tiktok_dataset.csv")
    assert done.exit_code == 0, done.output
    assert "-4174.809431" in done.stdout
    assert "19,084" in done.stdout


# -- the process ---------------------------------------------------------------------------------
def test_help_shows_examples():
    for command in ("fit", "report"):
        text = run(command, "--help").stdout
        assert "Examples:" in text
        assert f"logreg {command} tiktok_dataset.csv" in text
    assert "Exit codes:" in run("--help").stdout


def test_the_module_is_the_command(patients):
    assert process("--version").stdout == f"logreg, version {logreg_core.__version__}\n"
    done = process("fit", patients, "--target", "ill")
    assert (done.returncode, done.stderr) == (0, "")
    missing = process("fit", "nowhere.csv")
    assert missing.returncode == 2
    assert missing.stdout == ""
    assert "Traceback" not in missing.stderr


def test_fit_loads_only_what_it_needs(patients):
    program = (
        "import sys; from logreg_core.cli import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "heavy = ('sklearn', 'matplotlib', 'jinja2', 'rich', 'dask', 'scipy.optimize')\n"
        "sys.exit(str([name for name in heavy if name in sys.modules] or ''))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "fit", str(patients), "--target", "ill"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.stderr.strip() == ""


def test_names_that_the_stream_cannot_encode_are_escaped(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(
        "größe ś\x1b[2J,y\n" + "".join(f"{i % 7},{i * 3 % 5 % 2}\n" for i in range(50)), "utf-8"
    )
    done = process(
        "fit", path, "--target", "y",
        encoding="latin-1",
        env={**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "größe \\u015b\\x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout


def test_warning_filters_of_the_caller_survive(patients):
    before, shown = list(warnings.filters), warnings.showwarning
    run("fit", patients, "--target", "ill")
    assert (list(warnings.filters), warnings.showwarning) == (before, shown)


# -- progress ------------------------------------------------------------------------------------
def test_nothing_is_shown_where_stderr_is_no_terminal(capsys):
    with progress.progress() as shown:
        shown.stage("fitting")
    assert capsys.readouterr().err == ""


def test_progress_is_drawn_on_a_terminal_that_waits(monkeypatch, capsys):
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress.progress() as shown:
        shown.stage("fitting")
        for _ in range(200):
            if shown._shown is not None:
                break
            time.sleep(0.02)
        assert shown._shown is not None
    assert shown._shown is None


def test_compiling_is_said_until_the_first_step(monkeypatch):
    shown = progress.Progress()
    assert shown.words() == "reading"
    monkeypatch.setattr(progress, "_compiling", lambda: True)
    shown.stage("fitting")
    assert shown.words() == "compiling kernels (first run only)"
    shown.step(None)
    assert shown.words() == "fitting, step 1"


def test_bench_prints_the_quick_race(monkeypatch):
    from benchmarks import run as race

    asked = {}

    def quick(say, rounds, threads):
        say("racing")
        asked.update(rounds=rounds, threads=threads)
        return "| problem | ms |"

    monkeypatch.setattr(race, "quick", quick)
    result = run("bench", "--rounds", 2, "--threads", 1)
    assert result.exit_code == 0
    assert "| problem | ms |" in result.output
    assert asked == {"rounds": 2, "threads": 1}


def test_bench_without_a_clone_says_what_to_do(monkeypatch, tmp_path):
    from logreg_core.cli import bench

    monkeypatch.setattr(bench, "CLONE", tmp_path)
    result = run("bench")
    assert result.exit_code == 2
    assert "clone" in result.output


def test_fit_with_diagnostics_and_certificate(patients):
    result = run("fit", patients, "--target", "ill", "--diagnostics", "--certify")
    assert result.exit_code == 0, result.output
    assert "Assumptions of the logistic regression" in result.output
    assert "digits of every coefficient are right" in result.output


def test_fit_with_firths_penalty(patients):
    result = run("fit", patients, "--target", "ill", "--penalty", "firth")
    assert result.exit_code == 0, result.output
    assert "Firth penalty" in result.output
