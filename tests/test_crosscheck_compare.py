"""The comparison as a whole: processes that crash or hang, problems brought to one, tables, pages.

Coefficients: what a peer gives in its process is what it gives here, to the bit (JSON writes floats
so that they come back). Agreement of different libraries at tight settings: six digits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import click.testing
import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.cli import main
from logreg_core.crosscheck import Foreign, compare
from logreg_core.crosscheck.peers import GROUPS, PEERS, chosen, named
from logreg_core.crosscheck.pool import Pool
from logreg_core.crosscheck.process import PeerProcess
from logreg_core.crosscheck.task import Task, load, save
from logreg_core.errors import DataError, MissingDependencyError

ROOT = Path(__file__).parent.parent
pytest.importorskip("statsmodels")


def drawn(n=250, seed=4):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 2))
    return X, (random.random(n) < 1 / (1 + np.exp(-0.3 - X @ [1.0, -0.5]))) * 1.0


READY = "import sys, json, os; print(json.dumps({'ready': True}), flush=True); input(); "


@pytest.mark.parametrize(
    ("program", "kind", "words"),
    [
        (READY + "os.abort()", "crashed", "SIGABRT"),
        (READY + "sys.exit(3)", "crashed", "exit code 3"),
        (READY + "print('no json', flush=True)", "crashed", "no JSON"),
        (READY + "sys.stderr.write('out of memory\\n'); sys.exit(1)", "crashed", "out of memory"),
        ("import sys; sys.exit(1)", "crashed", "exit code 1"),
        (READY + "print(json.dumps({'error': 'ValueError', 'message': 'no'}))", "failed", "no"),
    ],
)
def test_what_goes_wrong_in_a_process_is_an_answer(tmp_path, program, kind, words):
    command = (sys.executable, "-c", program)
    with PeerProcess(named("glum"), tmp_path, command=command) as process:
        answer = process.ask(tmp_path, "default", 30.0)
    assert answer.kind == kind
    assert words in answer.failure
    assert answer.said is None


def test_a_process_that_hangs_is_ended_in_time(tmp_path):
    command = (sys.executable, "-c", READY + "import time; time.sleep(60)")
    with PeerProcess(named("glum"), tmp_path, command=command) as process:
        process._next(60.0)  # it has started
        process._ready = True
        start = time.monotonic()
        answer = process.ask(tmp_path, "default", 0.3)
        assert time.monotonic() - start < 5
        assert process._process.wait(10) != 0
    assert answer.kind == "time limit"
    assert "0.3 s" in answer.failure


def test_a_new_process_takes_the_place_of_one_that_ended(tmp_path):
    with Pool.open(1) as pool:
        first = pool.start(named("statsmodels-logit"))
        first._end("time limit", "")
        second = pool.start(named("statsmodels-logit"))
        assert second is not first
        assert pool.start(named("statsmodels-logit")) is second


def test_a_task_survives_its_folder(tmp_path):
    X, y = drawn()
    task = Task(X, y, np.arange(250.0), None, False, 2.5)
    save(task, tmp_path)
    again = load(tmp_path)
    assert np.array_equal(again.X, X)
    assert np.array_equal(again.weight, task.weight)
    assert (again.offset, again.intercept, again.l2) == (None, False, 2.5)
    assert not [p for p in tmp_path.iterdir() if p.suffix not in (".npy", ".json")]


@pytest.mark.parametrize(
    ("options", "refusing"),
    [
        ({}, set()),
        ({"weight": True}, {"statsmodels-logit"}),
        ({"offset": True}, {"sklearn-lbfgs", "sklearn-newton-cholesky", "sklearn-newton-cg",
                            "sklearn-liblinear", "sklearnex"}),
        ({"intercept": False}, set()),
        ({"l2": 3.0}, {"statsmodels-logit", "statsmodels-glm", "firthmodels"}),
    ],
)  # fmt: skip
def test_every_peer_is_asked_the_same_problem(options, refusing):
    """Penalty (C, alpha, l2), weights, offset and intercept, in each library's own words."""
    from logreg_core.crosscheck.peers import Unsupported

    X, y = drawn()
    random = np.random.default_rng(0)
    given = {
        "weight": random.integers(1, 5, len(y)) * 1.0 if "weight" in options else None,
        "offset": random.normal(size=len(y)) if "offset" in options else None,
        "intercept": options.get("intercept", True),
        "l2": options.get("l2", 0.0),
    }
    truth = lc.fit(X, y, sample_weight=given["weight"], offset=given["offset"],
                   fit_intercept=given["intercept"], l2=given["l2"]).coef  # fmt: skip
    refused = set()
    for peer in PEERS:
        if not peer.installed or peer.key == "sklearnex":  # it has a process of its own below
            refused |= {peer.key} & refusing
            continue
        try:
            found = peer.solve(Task(X, y, **given), "tight").coef
        except Unsupported:
            refused.add(peer.key)
            continue
        # liblinear's tolerance is relative to its start's gradient
        rtol = 1e-4 if peer.key == "sklearn-liblinear" else 1e-6
        np.testing.assert_allclose(found, truth, rtol=rtol, err_msg=peer.key)
    assert refused == refusing


def test_the_whole_comparison_in_processes():
    X, y = drawn()
    seen = []
    frame = pd.DataFrame(X, columns=["dose", "age"])
    found = compare(
        frame, np.where(y == 1, "yes", "no"), ("sklearn-newton-cholesky", "statsmodels-logit"),
        callback=seen.append, time_limit=60,
    )  # fmt: skip
    assert found.classes == ("no", "yes")
    assert [v.peer for v in found.verdicts] == [
        "scikit-learn newton-cholesky", "scikit-learn newton-cholesky",
        "statsmodels Logit", "statsmodels Logit",
    ]  # fmt: skip
    table = found.table.set_index(["peer", "setting"])
    assert table.loc[("statsmodels Logit", "default"), "digits"] > 13
    assert table.loc[("statsmodels Logit", "tight"), "std_error_digits"] > 12
    assert table.loc[("statsmodels Logit", "default"), "loglik_digits"] > 13
    assert table.loc[("scikit-learn newton-cholesky", "tight"), "agrees"]
    here = named("statsmodels-logit").solve(Task(X, y), "default").coef
    there = found.coefficients["statsmodels Logit, default"].to_numpy()
    np.testing.assert_allclose(there, here, rtol=1e-13)
    assert list(found.coefficients.index) == ["intercept", "dose", "age"]
    assert seen[0] == "the maximum"
    assert "statsmodels Logit, tight (2 of 2)" in seen


def test_what_is_not_installed_or_unknown_is_said(monkeypatch):
    X, y = drawn()
    with pytest.raises(DataError, match="no way to call 'sas'"):
        compare(X, y, ("sas",))
    monkeypatch.setattr("logreg_core.crosscheck.peers.find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError):
        compare(X, y, ("glum",))
    found = compare(X, y, ("glum",), coefficients=mine(X, y))
    assert [v.kind for v in found.verdicts] == ["answered", "not installed"]
    assert found.agree  # nobody who is there differs
    assert "glum: not compared, not installed." in found.sentences


@pytest.mark.parametrize(
    "options", [{"settings": ("loose",)}, {"settings": "default"}, {"digits": 20}, {"digits": 0},
                {"time_limit": 0}],
)  # fmt: skip
def test_options_that_cannot_be_meant(options):
    with pytest.raises(DataError, match=next(iter(options))):
        compare(*drawn(), (), coefficients=mine(*drawn()), **options)


def test_names_stand_for_solvers():
    assert chosen("all") == PEERS
    assert [p.key for p in chosen(("glum", "sklearn-lbfgs"))] == ["sklearn-lbfgs", "glum"]
    assert {p.group for p in PEERS} == set(GROUPS)


def mine(X, y, names=("intercept", "x1", "x2"), factor=1.0):
    return Foreign("mine", names, lc.fit(X, y).coef * factor)


def test_the_words_round_digits_down_and_name_the_worst():
    X, y = drawn()
    factor = np.array([1.0, 1 + 1.05e-6, 1.0])
    found = compare(X, y, (), coefficients=mine(X, y, factor=factor), digits=6)
    assert not found.agree
    assert "(5.9 digits): `x1` is" in found.sentences[0]
    assert compare(X, y, (), coefficients=mine(X, y, factor=factor), digits=5.9).agree
    text = str(found)
    assert "differs: stopped early" in text
    assert "held against the maximum" in text


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_the_page_stands_alone_and_is_inert(tmp_path):
    X, y = drawn()
    names = ["<script>alert(1)</script>", "a&b\x1b[2J"]
    frame = pd.DataFrame(X, columns=names)
    theirs = Foreign("<img src=x>", ("intercept", *names), lc.fit(X, y).coef * 1.1)
    found = compare(frame, y, (), coefficients=theirs)
    text = found.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == text
    tags = Tags()
    tags.feed(text)
    kinds = {tag for tag, _ in tags.seen}
    assert not kinds & {"script", "img", "link", "iframe"}
    assert not [a for _, attrs in tags.seen for a in attrs if a in ("src", "href", "onload")]
    assert "<script>alert(1)</script>" in tags.text
    assert "\x1b" not in text
    assert "\x1b" not in str(found)
    assert found._repr_html_() in text


def test_importing_the_package_imports_no_library():
    code = (
        "import sys, logreg_core as lc; lc.crosscheck.compare; lc.crosscheck.gallery.names();"
        "names = {m.split('.')[0] for m in sys.modules};"
        "sys.exit(str(names & {'sklearn','statsmodels','glum','firthmodels','rich','matplotlib'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stderr.strip() == "set()"


# -- the command ---------------------------------------------------------------------------------
@pytest.fixture
def patients(tmp_path):
    X, y = drawn()
    frame = pd.DataFrame(X, columns=["dose", "age"]).round(4)
    frame["ward"] = np.array(["east", "north", "west"])[np.arange(len(y)) % 3]
    frame["ill"] = np.where(y == 1, "yes", "no")
    path = tmp_path / "patients.csv"
    frame.to_csv(path, index=False)
    return path


def run(*arguments):
    return click.testing.CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def from_r(patients, tmp_path):
    """What R prints of the same fit, to six digits."""
    frame = pd.read_csv(patients)
    design = lc.Design.from_frame(frame, target="ill")
    fit = lc.fit(design)
    names = ["(Intercept)", *(n.replace("ward_", "ward") for n in fit.names[1:])]
    lines = ["term,estimate,std.error,statistic"]
    lines += [
        f"{n},{b:.7g},{s:.7g},1.0" for n, b, s in zip(names, fit.coef, fit.std_error, strict=True)
    ]
    path = tmp_path / "from_r.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_command_agrees_and_exits_with_0(patients, from_r, tmp_path):
    page = tmp_path / "page.html"
    done = run("crosscheck", patients, "--target", "ill", "--against", "none",
               "--coefficients", from_r, "--html", page)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "from_r.csv agrees: " in done.stdout
    assert page.is_file()
    assert done.stderr == ""
    assert not [line for line in done.stdout.splitlines() if line != line.rstrip()]


def test_the_command_differs_and_exits_with_4(patients, from_r):
    done = run("crosscheck", patients, "--target", "ill", "--against", "none",
               "--coefficients", from_r, "--digits", "9")  # fmt: skip
    assert done.exit_code == 4
    assert "differs: " in done.stdout


def test_a_page_that_cannot_be_written_is_said(patients, from_r, tmp_path):
    done = run("crosscheck", patients, "--target", "ill", "--against", "none",
               "--coefficients", from_r, "--html", tmp_path / "nowhere" / "page.html")  # fmt: skip
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_the_command_refuses_what_it_does_not_know(patients, tmp_path):
    done = run("crosscheck", patients, "--target", "ill", "--against", "stata")
    assert done.exit_code == 2
    assert "no way to call 'stata'" in done.stderr
    other = tmp_path / "other.csv"
    other.write_text("name,coefficient\nintercept,1\nheight,2\n")
    done = run("crosscheck", patients, "--target", "ill", "--against", "none",
               "--coefficients", other)  # fmt: skip
    assert done.exit_code == 2
    assert "'height'" in done.stderr
    assert "'dose'" in done.stderr


@pytest.mark.real_data
def test_the_course_file(real_data_dir):
    """Tight lbfgs is silent and wrong in the first digit; Newton and statsmodels agree."""
    done = subprocess.run(
        [sys.executable, "-m", "logreg_core", "crosscheck",
         str(real_data_dir / "tiktok_dataset.csv"), "--time-limit", "120",
         "--against", "sklearn-lbfgs,sklearn-newton-cholesky,statsmodels-logit"],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    said = {line for line in " ".join(done.stdout.split()).split(" - ") if line}
    lbfgs = next(s for s in said if s.startswith("scikit-learn lbfgs at"))
    assert "is wrong (0.0 digits)" in lbfgs
    assert "its score is not zero" in lbfgs
    assert "without a warning" in lbfgs
    assert "columns are of unequal scale (`video_view_count` varies by" in lbfgs
    assert any(s.startswith("scikit-learn newton-cholesky agrees") for s in said)
    assert any(s.startswith("statsmodels Logit agrees") for s in said)


def test_answers_come_back_to_the_bit():
    values = [0.1, 1e-310, -1.7976931348623157e308, float("inf")]
    assert json.loads(json.dumps(values)) == values
