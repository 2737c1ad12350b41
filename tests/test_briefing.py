"""The summary and the PACE document say what the data say: every figure is compared with the
`CaseStudy` it comes from as text, so there are no tolerances. Data are changed and the words
followed: labels swapped (the sign flips), the outcome shuffled (nothing is left to tell).

The studies are of every fifth row of the bundled sample: sentences, not digits, are at stake.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import click.testing
import numpy as np
import pytest

import logreg_core as lc
from logreg_core import briefing
from logreg_core.briefing import browser, word
from logreg_core.briefing.drawings import drawings
from logreg_core.briefing.earlier_rows import earlier_sections
from logreg_core.briefing.origin import _TEACHING
from logreg_core.briefing.pages import pace_page, summary_page
from logreg_core.briefing.phrases import effect_sentence, rarely
from logreg_core.briefing.summary import Point
from logreg_core.cli import main
from logreg_core.errors import LogregWarning, MissingDependencyError
from logreg_core.report.words import number, per_1000, percent
from logreg_core.verified_status import case_study

HOSTILE = ["<script>alert(1)</script>", "=1+1", "$x^2$", "two\nlines", "\u202eשלום", "\x1b[31m\x00"]
RELATION = re.compile(r"\b(raises|lowers)\b")


def sample():
    return lc.datasets.verified_status().iloc[::5].reset_index(drop=True)


def study_of(frame):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        return case_study(frame)


@pytest.fixture(scope="module")
def study():
    return study_of(sample())


@pytest.fixture(scope="module")
def swapped():
    """Claims called opinions and opinions claims."""
    frame = sample()
    frame["claim_status"] = frame["claim_status"].map({"claim": "opinion", "opinion": "claim"})
    return study_of(frame)


@pytest.fixture(scope="module")
def shuffled():
    """The outcome handed out anew: nothing relates to it."""
    frame = sample()
    order = np.random.default_rng(1).permutation(len(frame))
    frame["verified_status"] = frame["verified_status"].to_numpy()[order]
    return study_of(frame)


@pytest.fixture(scope="module")
def origin():
    return briefing.origin_of(lc.datasets.path("verified_status"), synthetic=True)


def texts(study, origin):
    return briefing.summarise(study, origin).text, briefing.pace(study, origin).text


# -- words follow the data -----------------------------------------------------------------------
def test_raises_becomes_lowers_when_the_sign_flips(study, swapped, origin):
    assert study.effects.claim.odds_ratio > 1 > swapped.effects.claim.odds_ratio
    for before, after in zip(texts(study, origin), texts(swapped, origin), strict=True):
        assert "Opinion (against claim) raises the odds" in before
        assert "Opinion (against claim) lowers the odds" in after
        assert "raises" not in after
        assert "lowers" not in before
    assert "more often than claims" in texts(study, origin)[0]
    assert "less often than claims" in texts(swapped, origin)[0]


def test_what_is_not_significant_is_never_called_a_relation(shuffled, origin):
    assert not shuffled.effects.significant
    for text in texts(shuffled, origin):
        assert not RELATION.search(text)
        assert "none of the 7 features has a demonstrable relation" in text
        assert "Feed no predicted" not in text
    summary = briefing.summarise(shuffled, origin)
    assert summary.insights[0].title == "Claim status shows no demonstrable relation"


def test_a_sentence_speaks_of_a_relation_only_where_test_and_interval_agree(study):
    claim = study.effects.claim
    assert RELATION.search(effect_sentence(claim, 0.95))
    for other in (
        replace(claim, significant=False),
        replace(claim, lower=0.9),  # a level of a significant column that is unclear by itself
    ):
        assert not RELATION.search(effect_sentence(other, 0.95))
        assert "no demonstrable relation" in effect_sentence(other, 0.95)


def test_another_column_that_becomes_significant_is_told(study, origin):
    views = next(e for e in study.effects.effects if e.term == "video_view_count")
    strong = replace(views, odds_ratio=0.5, lower=0.4, upper=0.6, p_value=1e-9, p_adjusted=1e-8,
                     significant=True)  # fmt: skip
    changed = replace(
        study,
        effects=replace(
            study.effects,
            effects=tuple(strong if e is views else e for e in study.effects.effects),
            terms=tuple(
                replace(t, significant=True, p_value=1e-9, p_adjusted=1e-8)
                if t.name == "video_view_count" else t
                for t in study.effects.terms
            ),
        ),
    )  # fmt: skip
    summary = briefing.summarise(changed, origin)
    assert re.search(r"Also: Views, [\d,]+ more lowers the odds .* 0\.500 times", summary.text)
    assert summary.insights[1].title == "Views relates to it too"
    assert "the other 5 add nothing" in summary.text


def test_a_column_whose_levels_are_unclear_one_by_one_is_not_given_a_direction(study, origin):
    effects = tuple(
        replace(e, lower=0.5, upper=2.0) if e.term == "claim_status" else e
        for e in study.effects.effects
    )
    changed = replace(study, effects=replace(study.effects, effects=effects))
    for text in texts(changed, origin):
        assert not RELATION.search(text)
        assert "levels differ, though none clearly by itself" in text


def test_every_figure_of_the_first_lines_is_that_of_the_fit(study, origin):
    claim, held = study.effects.claim, study.held_out
    first = " ".join(point.text for point in briefing.summarise(study, origin).answers)
    for figure in (
        f"to {number(claim.odds_ratio)} times",
        f"95% interval {number(claim.lower)} to {number(claim.upper)}",
        percent(study.effects.rate_if_opinion),
        percent(study.effects.rate_if_claim),
        f"{100 * (1 - held.prevalence.at.precision):.0f}% of its flags are false alarms",
    ):
        assert figure in first
    tn, fp, fn, tp = per_1000(held.prevalence.at)
    assert tn + fp + fn + tp == 1000
    assert f"flags {tp + fp} and finds {tp} of the {tp + fn}" in first


def test_the_first_answers_are_what_relates_how_sure_and_what_to_do(study, origin):
    questions = [point.title for point in briefing.summarise(study, origin).answers]
    assert questions == [
        "What relates to it?", "How sure are we?", "What to do?", "Linear or logistic?"
    ]  # fmt: skip


def test_accuracy_never_stands_without_the_no_information_rate(study, origin):
    for text in texts(study, origin):
        for line in text.splitlines():
            if "an accuracy of" in line and "published" not in line:
                assert percent(study.held_out.no_information_rate) in line


def test_predictions_no_better_than_chance_are_not_recommended(shuffled, origin):
    assert shuffled.held_out.auc.lower < 0.5
    summary = briefing.summarise(shuffled, origin)
    assert summary.answers[2].text.startswith("Do not use the predictions")
    assert "not shown to be better than chance" in summary.insights[2].title


def test_incomplete_rows_are_told_with_what_they_could_change(study, origin):
    gaps = study.sensitivity.missing
    doubtful = replace(
        study,
        sensitivity=replace(
            study.sensitivity, missing=replace(gaps, least_lower=0.8, greatest_upper=9.0)
        ),
    )
    assert "leave claim status related" in briefing.summarise(study, origin).text
    assert "could undo the relation" in briefing.summarise(doubtful, origin).text


def test_seventeen_questions_are_answered(study, origin):
    stages = briefing.pace(study, origin).stages
    assert [(stage.title, len(stage.answers)) for stage in stages] == [
        ("Plan", 4), ("Analyze", 2), ("Construct", 3), ("Execute", 8),
    ]  # fmt: skip
    for stage in stages:
        for answer in stage.answers:
            assert answer.question.endswith("?")
            assert all(len(text) > 30 and text.endswith((".", ")")) for text in answer.paragraphs)


def test_no_figure_is_missing_or_spoilt(study, swapped, shuffled, origin):
    for one in (study, swapped, shuffled):
        section = briefing.earlier_section(
            one.usual, one.data.prevalence, one.held_out.prevalence.at
        )
        for text in (*texts(one, origin), " ".join(section.sentences)):
            assert not re.search(r"\bnan\b|\binf\b|None(?! of)|–%|\.\.|  ", text), text


def test_what_chance_does_is_said_in_counts():
    assert rarely(1e-9) == "less than once in 10,000 times"
    assert rarely(0.02) == "about once in 50 times"
    assert rarely(1.0) == "almost always"


# -- where the data come from --------------------------------------------------------------------
def test_synthetic_and_fictional_data_are_named_first(study, origin, tmp_path):
    assert briefing.summarise(study, origin).warning.startswith("Synthetic data")
    path = tmp_path / "own.csv"
    path.write_text("a\n1\n")
    own = briefing.origin_of(path)
    assert own.warning == ""
    course = replace(own, provenance=replace(own.provenance, sha256=_TEACHING))
    assert "fictional" in course.warning
    assert str(tmp_path) not in own.line


# -- pages ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def pictures(study):
    return drawings(study)


def hostile_summary(study, origin):
    summary = briefing.summarise(study, origin)
    points = tuple(Point(text, text) for text in HOSTILE)
    return replace(
        summary, title=HOSTILE[0], answers=points, insights=points, limits=tuple(HOSTILE)
    )


def test_pages_are_inert_and_self_contained(study, origin, pictures):
    for page in (
        summary_page(hostile_summary(study, origin), pictures),
        summary_page(briefing.summarise(study, origin), pictures),
        pace_page(briefing.pace(study, origin)),
    ):
        assert "<script" not in page
        assert "http" not in page.replace("http-equiv", "")
        assert not re.search(r"url\((?!#)|(?<!-)\bsrc=|href=\"(?!#)|@import", page)
        assert not any(ord(c) < 32 and c not in "\n\t" for c in page)
        assert "default-src 'none'" in page
    page = summary_page(hostile_summary(study, origin), pictures)
    assert "&lt;script&gt;" in page
    assert "<bdi>\u202eשלום</bdi>" in page


def test_ids_of_two_pictures_do_not_meet(study, origin, pictures):
    page = summary_page(briefing.summarise(study, origin), pictures)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 10
    for used in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page):
        assert "".join(used) in ids


def test_pictures_show_what_they_are_about(pictures):
    relations, dots = pictures
    assert relations.png.startswith(b"\x89PNG")
    assert relations.svg.count("<path") > 30
    assert len(dots.png) > 5000
    assert dots.svg.count("<use") >= 1000


def test_hostile_labels_are_drawn_inert(study):
    claim = study.effects.claim
    effects = tuple(
        replace(e, label=HOSTILE[i % len(HOSTILE)], significant=e is claim)
        for i, e in enumerate(study.effects.effects)
    )
    changed = replace(study, effects=replace(study.effects, effects=effects))
    picture = drawings(changed)[0]
    assert "<script" not in picture.svg
    assert picture.png.startswith(b"\x89PNG")


# -- DOCX ----------------------------------------------------------------------------------------
def test_docx_says_the_same_and_names_nobody(study, origin, pictures):
    docx = pytest.importorskip("docx", reason="python-docx is not installed: DOCX is not checked")
    summary = briefing.summarise(study, origin)
    made = docx.Document(io.BytesIO(word.summary_docx(summary, pictures, "2026-01-31")))
    said = "\n".join(paragraph.text for paragraph in made.paragraphs)
    for point in (*summary.answers, *summary.insights):
        assert point.text in said
    assert len(made.inline_shapes) == 2
    assert made.core_properties.author == "logreg_core"
    assert made.core_properties.created.date().isoformat() == "2026-01-31"
    pace = briefing.pace(study, origin)
    made = docx.Document(io.BytesIO(word.pace_docx(pace, "2026-01-31")))
    headings = [p.text for p in made.paragraphs if p.style.name == "Heading 2"]
    assert headings == [a.question for stage in pace.stages for a in stage.answers]


def test_docx_with_hostile_text_is_inert(study, origin, pictures):
    pytest.importorskip("docx", reason="python-docx is not installed: DOCX is not checked")
    content = word.summary_docx(hostile_summary(study, origin), pictures, "2026-01-31")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
        names = archive.namelist()
    assert "&lt;script&gt;" in body
    assert "\u202e" not in body
    assert "fldSimple" not in body
    assert "instrText" not in body
    assert not [name for name in names if "vba" in name.lower()]


def test_without_python_docx_the_command_to_install_it_is_named(study, origin, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(MissingDependencyError, match=r"logreg-core\[docx\]"):
        word.pace_docx(briefing.pace(study, origin), "2026-01-31")


# -- an earlier draft ----------------------------------------------------------------------------
def test_the_earlier_draft_is_explained_by_its_own_figures(study):
    usual = study.usual
    at = study.held_out.prevalence.at
    section = briefing.earlier_section(usual, study.data.prevalence, at)
    said = " ".join(section.sentences)
    assert f"scikit-learn {usual.scikit_learn}" in said
    assert f"{usual.n_seen:,} of the {usual.n_test_verified:,}" in said
    measures = section.tables[0].rows
    assert measures[0][1] == "[[2,044, 2,415], [725, 3,758]]"
    assert measures[-1][2] == percent(at.accuracy)


def test_the_earlier_draft_is_told_only_of_the_case_study(tmp_path):
    from logreg_core.report.document import make_report
    from logreg_core.report.source import Choice, load

    path = tmp_path / "patients.csv"
    rng = np.random.default_rng(0)
    lines = [f"{a:.2f},{b}\n" for a, b in zip(rng.normal(size=80), rng.integers(0, 2, 80),
                                               strict=True)]  # fmt: skip
    path.write_text("age,ill\n" + "".join(lines))
    report, _ = make_report(load(path, Choice(target="ill")))
    assert earlier_sections(report) == ()


# -- the command ---------------------------------------------------------------------------------
def run(*arguments):
    return click.testing.CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "=cmd <b>.csv"
    sample().to_csv(path, index=False)
    return path


def test_the_command_writes_every_document_and_names_what_it_could_not(
    small, tmp_path, monkeypatch
):
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    done = run("deliverables", small, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"summary.html", "pace.html", "report.html"} <= names
    assert "summary.pdf" not in names
    assert "summary.pdf was not made: there is no Chromium" in done.stderr
    for name in ("summary.html", "pace.html", "report.html"):
        page = (tmp_path / "out" / name).read_text()
        assert str(tmp_path) not in page
        assert "<b>.csv" not in page
    report = (tmp_path / "out" / "report.html").read_text()
    assert "Why this differs from an earlier draft" in report


def test_another_table_is_refused_in_words(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("age,ill\n1,0\n2,1\n")
    done = run("deliverables", path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "What to do: " in done.stderr
    assert not (tmp_path / "out").exists()


# -- the real file -------------------------------------------------------------------------------
@pytest.mark.real_data
def test_the_documents_kept_are_those_of_the_course_file(real_data_dir):
    """docs/verified_status/ is what `make deliverables` writes today, but for day and versions."""
    folder = Path(__file__).parent.parent / "docs" / "verified_status"
    path = real_data_dir / "tiktok_dataset.csv"
    study = study_of(lc.csv_files.read_csv(path))
    origin = briefing.origin_of(path)
    kept = (folder / "summary.html").read_text(encoding="utf-8")
    summary = briefing.summarise(study, origin)
    assert "5.05 times (95% interval 3.81 to 6.69)" in summary.text
    from markupsafe import escape

    for point in (*summary.answers, *summary.insights):
        assert str(escape(point.text)) in kept
    answers = (folder / "pace.html").read_text(encoding="utf-8")
    versions = "open software"
    for stage in briefing.pace(study, origin).stages:
        for answer in stage.answers:
            for text in answer.paragraphs:
                assert versions in text or str(escape(text)) in answers
    for name in ("summary.html", "pace.html", "report.html"):
        page = (folder / name).read_text(encoding="utf-8")
        assert not re.search(r"/(work|home|tmp|Users|root)/", page)
    assert {path.name for path in folder.iterdir()} >= {
        "summary.html", "summary.pdf", "summary.docx", "summary.png", "pace.html", "pace.docx",
        "report.html",
    }  # fmt: skip
