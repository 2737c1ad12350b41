"""The case study's notebook: executed top to bottom on the bundled sample, and kept as it is made.

Needs nbclient and ipykernel; skipped, saying so, without them. About half a minute.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from logreg_core.verified_status import QUESTIONS

HERE = Path(__file__).resolve().parent.parent / "notebooks"
ASKED = (
    "Why explore", "resources", "Load", "Head, shape, types", "missing", "duplicates", "outliers",
    "balanced", "transcripts", "correlated", "Which outcome", "Linear or logistic", "split",
    "encoded", "Fit", "assumptions", "predict", "confusion matrix", "four quadrants",
    "classification report", "coefficients", "takeaways", "presented",
)  # fmt: skip


@pytest.fixture(scope="module")
def build():
    for package in ("nbformat", "nbclient", "ipykernel"):
        pytest.importorskip(package, reason=f"{package} is not installed: it is not checked")
    name = "build_verified_status"
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before
    sys.modules.pop("build", None)


@pytest.fixture(scope="module")
def kept(build):
    import nbformat

    return nbformat.read(HERE / "verified_status.ipynb", as_version=4)


def headings(book) -> list[str]:
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    return re.findall(r"^#+ (.*)$", text, flags=re.M)


def test_every_question_stands_in_a_heading_in_the_order_of_the_stages(build):
    found = headings(build.book(None))
    for question in ASKED:
        assert any(question.lower() in heading.lower() for heading in found), question
    stages = [
        heading for heading in found if heading in ("Plan", "Analyze", "Construct", "Execute")
    ]
    assert stages == ["Plan", "Analyze", "Construct", "Execute"]


def test_every_answer_is_given_once_and_folded(build):
    book = build.book(None)
    cells = [cell for cell in book.cells if "answer" in cell.metadata.get("tags", [])]
    assert {re.search(r'"(\w+)"', cell.source).group(1) for cell in cells} == set(QUESTIONS)
    assert len(cells) == len(QUESTIONS)
    for cell in cells:
        assert cell.source.startswith("answer(")
        assert cell.metadata["jupyter"]["source_hidden"]


def test_public_names_only(build):
    for cell in build.book(None).cells:
        if cell.cell_type == "code":
            assert "from logreg_core" not in cell.source
            assert not re.search(r"\blc(\.\w+)*\._", cell.source)
            assert not re.search(r"\bstudy(\.\w+)*\._", cell.source)


def test_the_notebook_kept_is_that_of_the_source_on_the_course_file(build, kept):
    made = build.book(None)
    assert [c.source for c in kept.cells[1:]] == [c.source for c in made.cells[1:]]
    first = kept.cells[0].source
    assert "**Executed on the course file**" in first
    assert "19,382 rows" in first
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert "5.05 (3.81 to 6.69)" in str(kept)
    assert not re.search(r"/(work|home|tmp|root)/", str(kept))


@pytest.mark.filterwarnings("ignore")  # of the notebook machinery, not of ours
def test_it_runs_on_the_bundled_sample(build, monkeypatch):
    monkeypatch.delenv("LOGREG_DATA_DIR", raising=False)
    book = build.executed(build.book(None))
    assert "bundled sample, which is synthetic" in book.cells[0].source
    pictures = answers = 0
    for cell in book.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text
            pictures += "image/png" in output.get("data", {})
            answers += "text/markdown" in output.get("data", {})
    assert pictures == 8
    assert answers == len(QUESTIONS)
    text = str(book)
    assert "bundled sample, synthetic" in text
    assert "5.05 (3.81 to 6.69)" not in text
