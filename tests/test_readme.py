"""The README says what the code does: its example is run, its tables are made from what was
measured, and our own row of the accuracy table is measured again.

Tolerance: half a digit in the accuracy table, since rounding differs between machines.
"""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import click.testing
import pytest

from benchmarks import accuracy, readme
from benchmarks.contenders import CONTENDERS
from benchmarks.reference_suite import load, names
from logreg_core.cli import main

TEXT = readme.README.read_text(encoding="utf-8")


def test_the_example_prints_what_the_readme_shows() -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    example = re.search(r"```python\n(.*?)```", TEXT, flags=re.S)
    assert example is not None
    test = doctest.DocTestParser().get_doctest(example.group(1), {}, "README", "README.md", 0)
    assert test.examples
    runner.run(test)
    assert runner.failures == 0


def test_the_accuracy_table_is_the_recorded_one() -> None:
    assert readme.accuracy_block() in TEXT


@pytest.mark.parametrize("family", ["scaled_1e6", "collinear", "rare", "imbalance_1e6"])
def test_our_digits_are_measured_again(family: str) -> None:
    recorded = json.loads((readme.RESULTS / "accuracy.json").read_text(encoding="utf-8"))["scores"]
    ours = next(c for c in CONTENDERS if c.name == "logreg_core")
    for name in names(family):
        then = next(r for r in recorded if r["contender"] == ours.name and r["problem"] == name)
        now = accuracy.score(ours, load(name))
        assert now.coef is not None
        assert now.coef > min(then["coef"], 14.5) - 0.5


@pytest.mark.real_data
def test_the_verdicts_on_the_course_file(real_data_dir: Path) -> None:
    """Library, setting and verdict, row by row; digits and times are the machine's."""
    block = TEXT.split("<!-- crosscheck -->")[1].split("<!-- /crosscheck -->")[0]
    shown = re.findall(r"^(.{29}) +(default|tight) .*?(agrees|differs: .*)$", block, flags=re.M)
    against = "sklearn-lbfgs,sklearn-newton-cholesky,statsmodels-logit"
    found = click.testing.CliRunner().invoke(
        main, ["crosscheck", str(real_data_dir / "tiktok_dataset.csv"), "--against", against]
    )
    assert found.exit_code == 4
    rows = re.findall(r"^(.{29}) +(default|tight) .*?(agrees|differs: .*?) *$", found.output, re.M)
    assert rows
    assert [tuple(cell.strip() for cell in row) for row in rows] == [
        tuple(cell.strip() for cell in row) for row in shown
    ]


def test_every_link_leads_somewhere() -> None:
    root = Path(readme.ROOT)
    links = [link for link in re.findall(r"\]\(([^)#]+)", TEXT) if "://" not in link]
    assert links
    assert [link for link in links if not (root / link).exists()] == []
