"""The speed benchmark runs, scores and summarises. No time is asserted: machines differ.

Digits: a fit at double precision has 12 or more right digits on the small, well-conditioned
problem used here; the certified answer must prove 14.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import certified, race, run, tolerances
from benchmarks.claims import MOST_TIMES_BLAS, claims, claims_table
from benchmarks.plots import digits_plot, rows_plot
from benchmarks.problems import GRID, Problem, Unavailable, make
from benchmarks.results_file import Results, read
from benchmarks.run import session
from benchmarks.speed_contenders import CONTENDERS, named
from benchmarks.summarise import problem_table, report
from benchmarks.worker import Failed, Worker

SMALL = "2000x10"


def cell(problem: str, contender: str, seconds: list[float], **rest: Any) -> dict[str, Any]:
    """A row of a results file."""
    row = {
        "kind": "cell", "problem": problem, "contender": contender, "inference": False,
        "ours": contender.startswith("logreg_core"), "target": None, "tol": None,
        "rounds": len(seconds), "seconds": seconds, "digits": 14.0, "peak_mb": 1.0,
    }  # fmt: skip
    return row | rest


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """A recorded run: one large problem and one small, a loser, a stopper and a failure."""
    machine = {
        "kind": "machine", "started": "then", "cpu": "a CPU", "cores": [0, 1], "threads": 2,
        "load": 0.1, "platform": "p", "python": "3", "versions": {"numpy": "2"}, "blas": ["b"],
        "commit": "c",
    }  # fmt: skip
    facts = {"kind": "problem", "load": 0.2}
    big, small = "1000000x20", "100000x20"
    lbfgs, cholesky = "scikit-learn lbfgs", "scikit-learn newton-cholesky"
    return [
        machine,
        facts | {"problem": small, "n": 100_000, "k": 20},
        cell(small, "logreg_core", [0.004, 0.005]),
        facts | {"problem": big, "n": 1_000_000, "k": 20},
        cell(big, "BLAS X'X", [0.020, 0.030], digits=None),
        cell(big, "logreg_core", [0.036, 0.040, 0.044]),
        cell(big, "logreg_core, 1 thread", [0.072]),
        cell(big, cholesky, [0.5, 0.4], target=6, tol=1e-6, digits=10.5),
        cell(big, cholesky, [0.5, 0.4], target=10, tol=1e-6, digits=10.5),
        cell(big, lbfgs, [0.1], target=6, tol=1e-4, digits=4.1),
        cell(big, "glum", [], target=6, tol=1e-4, digits=None, word="over budget"),
    ]


@pytest.fixture
def results(rows: list[dict[str, Any]]) -> Results:
    """The same, read."""
    return read(rows)


def test_unequal_answers_get_no_ratio_and_stay_in_the_table(results: Results) -> None:
    lines = problem_table(results, "1000000x20").splitlines()
    (lbfgs,) = [line for line in lines if "lbfgs" in line]
    assert "4.1" in lbfgs
    assert lbfgs.count("| - |") == 1
    assert " - | - " in lbfgs
    assert any("glum" in line and "over budget" in line for line in lines)


def test_targets_that_one_tolerance_serves_share_a_row(results: Results) -> None:
    (line,) = [x for x in problem_table(results, "1000000x20").splitlines() if "cholesky" in x]
    assert "| 6, 10 | 10.5 |" in line
    assert "| 20.00 | 11.11 |" in line  # by X'X 0.4 / 0.020, by ours 0.4 / 0.036


def test_claims_are_minimum_by_minimum_and_pass_over_wrong_answers(results: Results) -> None:
    by_text = {c.claim: c for c in claims(results)}
    blas = by_text["fit without inference / BLAS X'X, 1000000x20"]
    assert blas.measured == pytest.approx(0.036 / 0.020)
    assert blas.reached == (blas.measured <= MOST_TIMES_BLAS)
    (peer,) = [c for text, c in by_text.items() if "newton-cholesky" in text]
    assert peer.measured == pytest.approx(0.4 / 0.036)
    assert peer.reached
    assert by_text["time of 1 thread / of 2, 1000000x20"].measured == pytest.approx(2.0)
    assert by_text["time of 1,000,000 rows / of 100,000, 20 columns"].measured == pytest.approx(9.0)
    assert "not measured" in claims_table(results)


def test_a_wrong_answer_of_ours_counts_for_nothing(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row.get("contender") == "logreg_core":
            row["digits"] = 5.0
    blas = next(c for c in claims(read(rows)) if "without inference / BLAS" in c.claim)
    assert blas.measured is None


@pytest.mark.parametrize("draw", [digits_plot, rows_plot])
def test_plots_are_written(draw: Any, results: Results, tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"
    draw(results).savefig(path)
    assert path.read_text(encoding="utf-8").count("<path") > 10


def test_the_certified_answer_does_not_depend_on_the_start() -> None:
    problem = make(SMALL)
    first = certified.certify(problem, np.zeros(11))
    other = certified.certify(problem, np.full(11, 0.01))
    assert first.digits > 14
    assert first.digits_of(np.array([float(text) for text in other.coef])) > 14
    assert first.digits_of(np.array([float(text) for text in first.coef]) + 1e-4) < 5


def test_the_certified_answer_is_that_of_sixty_digits(
    real_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGREG_DATA_DIR", str(real_data_dir))
    problem = make("tiktok")
    exact = [-3.6757198180299544, -0.00252716441305751, 1.6189870393304728, -0.17702255651957202]
    exact += [-0.11055611271933656, -9.397156562915548e-08, 4.346699803186821e-06]
    exact += [-0.00015069212938699123, 0.0002686675463693481]
    assert problem.n == 19_084
    found = [float(text) for text in certified.certify(problem, np.array(exact)).coef]
    np.testing.assert_allclose(found, exact, rtol=1e-14)


def test_separated_data_cannot_be_certified() -> None:
    X = np.arange(6.0).reshape(-1, 1)
    problem = Problem("separated", 6, 1, X, (X[:, 0] > 2).astype(float))
    with pytest.raises(ArithmeticError, match="separated"):
        certified.certify(problem, np.zeros(2))


def test_the_course_file_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOGREG_DATA_DIR", raising=False)
    with pytest.raises(Unavailable, match="LOGREG_DATA_DIR"):
        make("tiktok")


def test_a_run_scores_is_written_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tolerances, "STORE", tmp_path / "tolerances.json")
    monkeypatch.setattr(tolerances, "GRID", (1e-1, 1e-9))
    monkeypatch.delenv("LOGREG_DATA_DIR", raising=False)
    contenders = tuple(map(named, ("logreg_core", "scikit-learn newton-cholesky")))
    plan = race.Plan((SMALL, "tiktok"), contenders, rounds=1, threads=1, startup=False)
    said: list[str] = []
    path = tmp_path / "run.jsonl"
    found = read(session(plan, path, said.append))
    ours, peer = found.cell(SMALL, "logreg_core"), found.cell(SMALL, contenders[1].name)
    assert ours is not None
    assert peer is not None
    assert ours.digits is not None
    assert ours.digits > 12
    assert peer.right
    assert "LOGREG_DATA_DIR" in report(path)
    stored = json.loads((tmp_path / "tolerances.json").read_text())
    assert stored[SMALL][contenders[1].name]["reached"] == {"6": 1e-9, "10": 1e-9}
    monkeypatch.setattr(run, "measure", lambda *_: pytest.fail("measured again"))
    plan_without = race.Plan((SMALL,), contenders, rounds=1, threads=1, startup=False)
    assert len(session(plan_without, path, said.append)) == len(path.read_text().splitlines())


def test_a_contender_over_budget_is_ended_and_stays_ended(tmp_path: Path) -> None:
    tolerances.save_data(make(SMALL), tmp_path)
    with Worker("nothing", tmp_path) as worker:
        worker.receive(60.0)
        with pytest.raises(Failed, match="over budget"):
            worker.receive(0.01)
        with pytest.raises(Failed, match="over budget"):
            worker.call(0.0, 1, 60.0)


def test_names_are_unique_and_every_problem_is_named() -> None:
    names = [c.name for c in CONTENDERS]
    assert len(names) == len(set(names))
    assert all(named(name).name == name for name in names)
    assert SMALL in GRID
