"""Tolerances: measures are ratios of counts, held to the last bit or 1e-12 against
`logreg_core.metrics` and scikit-learn; positions in the forest are rounded to 0.01 on purpose."""

from __future__ import annotations

import builtins
import csv
import html.parser
import io
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from logreg_core.design import Design
from logreg_core.errors import DataError, LogregError, MissingDependencyError
from logreg_core.evaluation import evaluate
from logreg_core.report.description import describe
from logreg_core.report.document import Effect, make_report
from logreg_core.report.files import csv_text, json_text, write_all
from logreg_core.report.forest import forest
from logreg_core.report.headline import clear_terms, conclusions, headline
from logreg_core.report.html import Section, Table, load_page, render_page
from logreg_core.report.pictures import judgement_pictures
from logreg_core.report.plain_text import printable
from logreg_core.report.provenance import provenance
from logreg_core.report.quality import rates
from logreg_core.report.source import Choice, Source, load, usable_features
from logreg_core.report.tables import coefficients_csv, metrics_json, predictions_csv
from logreg_core.report.words import caveats, findings, number, per_1000, quadrants

HOSTILE = ["<script>alert(1)</script>", "=1+1", "$x^2$", "two\nlines", "\u202eשלום", "\x1b[31mred"]


def frame_of(n=400, seed=5, names=tuple("abcdef")):
    """Columns that overlap, an outcome of 30 % 'ill', and a category of three levels."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, len(names)))
    frame = pd.DataFrame(X, columns=list(names))
    frame["ward"] = rng.choice(["<b>east", "north", "=west()"], n)
    eta = X[:, 0] - 0.5 * X[:, 1] - 1
    frame["state"] = np.where(rng.random(n) < 1 / (1 + np.exp(-eta)), "@ill", "-well")
    return frame


def report_of(frame, threshold=0.5, **choices):
    design = Design.from_frame(frame, target="state", positive="@ill", missing="drop", **choices)
    return make_report(Source(Path("some.csv"), False, design, ()), threshold=threshold)


@pytest.fixture(scope="module")
def hostile():
    return report_of(frame_of(names=HOSTILE))


# -- numbers -------------------------------------------------------------------------------------
def test_measures_agree_with_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    y = (rng.random(500) < 0.2).astype(np.uint8)
    p = np.clip(rng.normal(0.2 + 0.2 * y, 0.15), 0.001, 0.999)
    judged = evaluate(y, p, threshold=0.3, train_prevalence=0.2)
    at, called = judged.chosen, (p >= 0.3).astype(int)
    counts = [at.true_negative, at.false_positive, at.false_negative, at.true_positive]
    assert counts == sklearn.confusion_matrix(y, called).ravel().tolist()
    for ours, theirs in (
        (at.accuracy, sklearn.accuracy_score(y, called)),
        (at.precision, sklearn.precision_score(y, called)),
        (at.recall, sklearn.recall_score(y, called)),
        (at.specificity, sklearn.recall_score(y, called, pos_label=0)),
        (at.f1, sklearn.f1_score(y, called)),
        (judged.auc, sklearn.roc_auc_score(y, p)),
        (judged.average_precision, sklearn.average_precision_score(y, p)),
        (judged.brier, sklearn.brier_score_loss(y, p)),
        (judged.log_loss, sklearn.log_loss(y, p)),
    ):
        assert ours == pytest.approx(theirs, rel=1e-12)
    assert len(judged.at) == 1


def test_a_probability_at_the_threshold_counts_as_positive():
    judged = evaluate(np.array([0, 1], np.uint8), np.array([0.2, 0.5]), threshold=0.5,
                      train_prevalence=0.5)  # fmt: skip
    assert judged.chosen.true_positive == 1


def test_where_nobody_is_flagged_the_prevalence_threshold_is_shown_too():
    y, p = np.array([0, 0, 0, 1], np.uint8), np.array([0.1, 0.2, 0.4, 0.3])
    judged = evaluate(y, p, threshold=0.5, train_prevalence=0.25)
    assert [at.is_prevalence for at in judged.at] == [False, True]
    assert math.isnan(judged.chosen.precision)
    assert judged.chosen.recall == 0.0
    assert judged.chosen.accuracy == judged.no_information_rate == 0.75
    asked_for = evaluate(y, p, threshold="prevalence", train_prevalence=0.25)
    assert [at.threshold for at in asked_for.at] == [0.25]


def test_levels_are_counted_as_pandas_counts_them():
    frame = frame_of()
    design = Design.from_frame(frame, target="state", positive="@ill")
    categories, numbers = describe(design)
    counted = frame.groupby("ward")["state"].agg(["size", lambda s: (s == "@ill").sum()])
    found = {level.level: [level.n_rows, level.n_positive] for level in categories[0].levels}
    assert found == {name: list(row) for name, row in counted.iterrows()}
    assert numbers[0].median == pytest.approx(frame["a"].median(), rel=1e-12)
    ill = frame.loc[frame["state"] == "@ill", "a"]
    assert numbers[0].positive_mean == pytest.approx(ill.mean(), rel=1e-12)


def test_the_report_is_of_rows_the_fit_has_not_seen():
    frame = frame_of()
    frame.loc[[0, 7, 100], "a"] = np.nan
    report, predictions = report_of(frame)
    assert report.n_train + report.n_test == 397 == report.judged_fit.n_rows + len(predictions.row)
    assert report.fit.n_rows == 397
    assert not set(predictions.row) & {1, 8, 101}
    assert list(predictions.actual) == frame["state"].iloc[predictions.row - 1].tolist()
    expected = np.where(predictions.probability >= 0.5, "@ill", "-well")
    assert list(predictions.predicted) == expected.tolist()


def test_effects_are_over_a_standard_deviation_or_against_the_reference():
    frame = frame_of()
    frame["flag"] = (frame["c"] > 0).astype(int)
    report, _ = report_of(frame)
    by_name = {effect.name: effect for effect in report.effects}
    assert by_name["flag"].comparison == "1 against 0"
    assert by_name["ward_north"].comparison == "against <b>east"
    assert by_name["ward_north"].change == 1.0
    effect, place = by_name["a"], report.fit.names.index("a")
    assert effect.odds_ratio == pytest.approx(
        math.exp(report.fit.coef[place] * effect.change), rel=1e-12
    )
    assert 0.8 < effect.change < 1.2


def test_the_positive_class_may_sort_first():
    frame = frame_of()
    design = Design.from_frame(frame, target="state", positive="-well")
    report, predictions = make_report(Source(Path("some.csv"), False, design, ()))
    other, others = report_of(frame)
    assert report.fit.classes == ("@ill", "-well")
    np.testing.assert_allclose(report.fit.coef, -other.fit.coef, rtol=1e-9)
    assert predictions.row.tolist() == others.row.tolist()


# -- words ---------------------------------------------------------------------------------------
def test_quadrants_are_named_by_class(hostile):
    report, _ = hostile
    names = [name for name, _, _ in quadrants(report, report.evaluation.chosen)]
    assert names == ["true -well", "false @ill", "false -well", "true @ill"]


def test_sentences_carry_the_numbers_of_the_fit(hostile):
    report, _ = hostile
    text = "\n".join([*findings(report), *caveats(report)])
    assert f"AUC {report.evaluation.auc:.3f}" in text
    strongest = min(report.effects, key=lambda effect: effect.p_value)
    assert f"{number(strongest.odds_ratio)} times as high" in text


def test_a_class_that_is_a_number_is_named_with_its_column():
    frame = frame_of()
    frame["state"] = (frame["state"] == "@ill").astype(int)
    design = Design.from_frame(frame, target="state")
    report, _ = make_report(Source(Path("some.csv"), False, design, ()))
    assert quadrants(report, report.evaluation.chosen)[3][0] == "true state = 1"


def test_the_headline_tells_only_of_columns_that_survive_holm(hostile):
    report, _ = hostile
    clear = {term.name for term in clear_terms(report)}
    assert HOSTILE[0] in clear, "column a of the truth"
    assert all(term.p_adjusted < 0.05 for term in report.quality.terms if term.name in clear)
    told = " ".join(answer for _, answer in headline(report))
    assert "raises the odds of @ill" in told
    assert "lowers the odds of @ill" in told
    for sentence in conclusions(report):
        if "the odds of" in sentence:
            assert any(name in sentence for name in clear)


def test_raises_becomes_lowers_when_the_positive_class_is_the_other():
    frame = frame_of()
    design = Design.from_frame(frame, target="state", positive="-well")
    report, _ = make_report(Source(Path("some.csv"), False, design, ()))
    other, _ = report_of(frame)
    told, others = (dict(headline(r))["What relates?"] for r in (report, other))
    assert "a, 1." in told or "a, 0." in told
    assert "lowers the odds of -well" in told.split(";")[0]
    assert "raises the odds of @ill" in others.split(";")[0]


def test_noise_is_called_no_relation():
    frame = frame_of()
    frame["state"] = np.random.default_rng(3).permutation(frame["state"].to_numpy())
    report, _ = report_of(frame)
    answers = dict(headline(report))
    assert "none is clearly related" in answers["What relates?"]
    assert "raises" not in "".join(answers.values())
    assert answers["What to do?"].startswith("Do not use the predictions")
    assert "No column is shown to relate to @ill." in conclusions(report)


def test_intervals_and_tests_are_those_of_the_modules(hostile):
    import logreg_core as lc

    report, predictions = hostile
    y = np.array([int(actual == "@ill") for actual in predictions.actual])
    area = lc.evaluation.auc_interval(y, predictions.probability)
    assert (report.quality.area.lower, report.quality.area.upper) == (area.lower, area.upper)
    at = report.evaluation.chosen
    hits = at.true_positive + at.true_negative
    assert rates(at, 0.95)["accuracy"] == lc.evaluation.wilson_interval(hits, at.n_rows)
    table = lc.inference.drop1(report.fit, report.source.design)
    assert [term.p_adjusted for term in report.quality.terms] == table["p_adjusted"].tolist()
    assert report.quality.certificate.status == "proven"


def test_cells_of_1000_add_up(hostile):
    assert sum(per_1000(hostile[0].evaluation.chosen)) == 1000


def test_every_level_has_a_row_the_reference_too(hostile):
    report, _ = hostile
    rows = [row for row in report.coefficients if row.column == "ward"]
    assert [(row.level, row.is_reference) for row in rows] == [
        ("<b>east", True), ("=west()", False), ("north", False)
    ]  # fmt: skip
    found = report.fit.coef[report.fit.names.index("ward_north")]
    assert (rows[2].coef, rows[2].odds_ratio) == (found, pytest.approx(math.exp(found)))


def test_provenance_names_the_file_and_no_folder(tmp_path, monkeypatch):
    import hashlib

    path = tmp_path / "data.csv"
    path.write_bytes(b"a,b\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    found = provenance(path)
    assert found.sha256 == hashlib.sha256(b"a,b\n").hexdigest()
    assert (found.file, found.n_bytes, found.date) == ("data.csv", 4, "1970-01-02")
    assert str(tmp_path) not in str(found.facts)
    assert provenance(tmp_path / "none.csv").sha256 == ""


# -- pages ---------------------------------------------------------------------------------------
class Reader(html.parser.HTMLParser):
    """Collects tags, whatever could load or run, and text."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.loads, self.text = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.loads += [
            a for a in attrs
            if (a[0] in ("src", "href") and not a[1].startswith("#")) or a[0].startswith("on")
        ]  # fmt: skip
        if tag not in ("meta", "br", "wbr", "img", "link", "input", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_is_inert_whole_and_self_contained(hostile):
    pictures = judgement_pictures(*hostile)
    table = Table(HOSTILE[0], ("", HOSTILE[1]), ((HOSTILE[2], HOSTILE[0]),))
    section = Section(HOSTILE[0], (HOSTILE[3],), (table,))
    page = render_page(load_page(), hostile[0], pictures, [section])
    assert page.count("<svg") == 3
    reader = Reader()
    reader.feed(page)
    assert not reader.open, "every element is closed"
    assert not reader.loads
    assert not reader.tags & {"script", "img", "link", "iframe", "object", "image", "a"}
    assert "url(" not in page.replace("url(#", "")
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert "<b>east" not in page
    assert not any(ord(c) < 32 and c not in "\n\t" for c in page)
    text = "".join(reader.text)
    for name in HOSTILE[:5]:
        assert name in text
    assert "default-src 'none'" in page


def test_the_page_is_the_same_every_time(hostile):
    assert render_page(load_page(), hostile[0]) == render_page(load_page(), hostile[0])


def test_without_jinja2_the_command_to_install_it_is_named(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "jinja2":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingDependencyError, match=r"pip install \"logreg-core\[report\]\""):
        load_page()


def test_the_forest_holds_every_interval_and_one():
    effects = [
        Effect("up", "", 1.0, 5.0, 3.0, 8.0, 0.0),
        Effect("dropped", "", 1.0, math.nan, math.nan, math.nan, math.nan),
        Effect("infinite", "", 1.0, math.inf, math.nan, math.nan, math.nan),
    ]
    drawn = forest(effects)
    up, dropped, infinite = drawn.rows
    assert 0 < drawn.one < up.start < up.point < up.end < 100
    assert up.excludes_one
    assert (dropped.point, dropped.start) == (None, None)
    assert (infinite.point, infinite.start) == (100.0, None)
    assert ("1", drawn.one) in drawn.ticks


# -- files ---------------------------------------------------------------------------------------
def test_csv_cells_cannot_become_formulas(hostile):
    report, predictions = hostile
    for text in (coefficients_csv(report.fit, 0.95), predictions_csv(predictions)):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        for cell in (cell for row in rows[1:] for cell in row):
            if cell.startswith(("=", "+", "-", "@")):
                float(cell)  # a number may start so, a text may not
    assert "'=1+1" in coefficients_csv(report.fit, 0.95)
    assert ",'@ill," in predictions_csv(predictions)


def test_coefficients_come_back_to_the_last_bit(hostile):
    fit = hostile[0].fit
    read = pd.read_csv(io.StringIO(coefficients_csv(fit, 0.95)))
    assert read["coef"].tolist() == fit.coef.tolist()
    assert read["odds_ratio_upper"].tolist() == fit.odds_ratio()["upper"].tolist()


def test_metrics_are_strict_json(hostile):
    report, _ = hostile
    content = json.loads(metrics_json(report), parse_constant=pytest.fail)
    assert content["test"]["auc"] == report.evaluation.auc
    assert content["test"]["thresholds"][0]["threshold"] == 0.5
    assert content["fit"]["converged"] is True
    assert content["outcome"] == {"column": "state", "negative": "-well", "positive": "@ill"}


def test_json_spells_out_what_json_cannot_hold():
    assert json.loads(json_text({"a": np.float64("nan"), "b": -math.inf, "c": [np.int64(3)]})) == {
        "a": None,
        "b": "-inf",
        "c": [3],
    }


def test_negative_numbers_stay_numbers_in_csv():
    assert csv_text(["x"], [[-1.5], ["-1.5"], [" =A1"], [None]]) == "x\n-1.5\n'-1.5\n' =A1\n\"\"\n"


def test_files_are_replaced_whole(tmp_path):
    folder = tmp_path / "a" / "b"
    assert write_all(folder, {"one.txt": "first\n"}) == (folder / "one.txt",)
    write_all(folder, {"one.txt": "second\n", "two.txt": "\udcff"})
    assert (folder / "one.txt").read_bytes() == b"second\n"
    assert sorted(p.name for p in folder.iterdir()) == ["one.txt", "two.txt"]
    plain = tmp_path / "plain"
    plain.write_text("")
    assert (folder / "one.txt").stat().st_mode == plain.stat().st_mode


def test_a_file_in_the_way_is_an_error_and_changes_nothing(tmp_path):
    (tmp_path / "taken").write_text("mine")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(LogregError, match="cannot be written"):
            write_all(folder, {"one.txt": "1"})
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_later_failure_leaves_the_earlier_files_alone(tmp_path):
    (tmp_path / "one.txt").write_text("old")
    (tmp_path / "two.txt").mkdir()
    with pytest.raises(LogregError, match="folder is in its place"):
        write_all(tmp_path, {"one.txt": "new", "two.txt": "new"})
    assert (tmp_path / "one.txt").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.txt", "two.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file size are a POSIX matter")
def test_a_full_disk_leaves_nothing_behind(tmp_path):
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from logreg_core.report.files import write_all\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_all(Path(sys.argv[1]), {'small.txt': 'x', 'large.txt': 'x' * 100_000})\n"
    )
    out = tmp_path / "new" / "folder"
    done = subprocess.run(
        [sys.executable, "-c", program, str(out)],
        capture_output=True, text=True, cwd=Path(__file__).parent.parent,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, check=False,
    )  # fmt: skip
    assert "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_terminal_commands_in_names_are_written_as_escapes():
    assert printable("a\x1b]0;x\x07\u202eb\nc é") == "a\\x1b]0;x\\x07\\u202eb\nc é"


# -- sources -------------------------------------------------------------------------------------
def test_the_bundled_sample_says_that_it_is_synthetic():
    source = load(None, Choice())
    assert source.synthetic
    assert "synthetic" in source.description
    assert source.design.report.positive == "verified"


def test_columns_that_cannot_serve_are_left_out_with_the_reason():
    frame = frame_of(60).drop(columns=["d", "e", "f"])
    frame["user_id"] = np.random.default_rng(0).permutation(10**6)[:60]
    frame["row"] = range(100, 160)
    frame["salary"] = np.random.default_rng(2).permutation(10**6)[:60]
    frame["note"] = [f"note {i}" for i in range(60)]
    frame["empty"], frame["same"], frame["one"] = np.nan, "x", 1.0
    used, left_out = usable_features(frame, "state")
    assert used == ("a", "b", "c", "ward", "salary")
    assert {column.name for column in left_out} == {
        "user_id", "row", "note", "empty", "same", "one"
    }  # fmt: skip
    assert all(column.reason for column in left_out)


def test_a_table_with_nothing_to_use_is_refused():
    frame = pd.DataFrame({"y": [0, 1] * 15, "same": [1] * 30})
    with pytest.raises(DataError, match="no column beside the outcome can serve"):
        usable_features(frame, "y")
