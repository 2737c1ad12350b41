"""The lessons: executed by nbclient as they stand, each exercise right by its solution.

Needs nbclient and ipykernel; skipped, saying so, without them. About a minute for all eight.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import logreg_core as lc

HERE = Path(__file__).resolve().parent.parent / "notebooks"
SOURCES = sorted((HERE / "sources").glob("*.py"))
NAMES = [path.stem for path in SOURCES]


@pytest.fixture(scope="module")
def build():
    for package in ("nbformat", "nbclient", "ipykernel"):
        pytest.importorskip(package, reason=f"{package} is not installed: lessons are not checked")
    spec = importlib.util.spec_from_file_location("build_lessons", HERE / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_eight_and_every_exercise_has_its_place():
    assert [name[:2] for name in NAMES] == [f"{i:02d}" for i in range(1, 9)]
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        asked = re.findall(r"\*\*Exercise (\d\d-\d)\.\*\*", text)
        ours = [name for name in lc.teach.EXERCISES if name.startswith(path.stem[:2])]
        assert sorted(asked) == ours
        for name in asked:  # once to be answered, once in the solution
            assert text.count(f'lc.teach.check("{name}"') == 2
        assert text.count("# %% solution") == len(asked)
        assert "**Goal.**" in text
        assert "**Question.**" in text
        assert "**Taken along.**" in text


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_the_notebook_kept_is_that_of_the_source(build, path):
    import nbformat

    kept = nbformat.read(HERE / f"{path.stem}.ipynb", as_version=4)
    made = build.notebook(path.read_text(encoding="utf-8"))
    assert [(c.cell_type, c.source) for c in kept.cells] == [
        (c.cell_type, c.source) for c in made.cells
    ]
    code = [
        c for c in kept.cells if c.cell_type == "code" and not c.source.startswith("%matplotlib")
    ]
    assert all(c.execution_count for c in code)


@pytest.mark.filterwarnings("ignore")  # of the notebook machinery, not of ours
@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_lesson_runs_and_its_solutions_are_right(build, path):
    book = build.executed(build.notebook(path.read_text(encoding="utf-8")))
    said = {"solution": [], "exercise": []}
    pictures = 0
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
            pictures += "image/png" in output.get("data", {})
        if "lc.teach.check" in cell.source:
            kind = "solution" if "solution" in cell.metadata.get("tags", []) else "exercise"
            said[kind].append(cell.outputs[-1]["data"]["text/plain"])
    assert pictures > 0
    assert len(said["solution"]) == len(said["exercise"]) >= 3
    assert all(words.startswith("Right.") for words in said["solution"])
    assert all(words.startswith("Not yet. Give an answer") for words in said["exercise"])
