"""The documents in a real browser: nothing overflows, nothing is cut or blank, nothing is asked
for, and the summary is one page. Skipped, saying so, where there is no Chromium."""

from __future__ import annotations

import re
import warnings

import pytest

import logreg_core as lc
from logreg_core import briefing
from logreg_core.briefing.browser import find_browser, page_pdf, page_png
from logreg_core.briefing.drawings import drawings
from logreg_core.briefing.pages import pace_page, summary_page
from logreg_core.errors import LogregError, LogregWarning
from logreg_core.report.document import make_report
from logreg_core.report.html import load_page, render_page
from logreg_core.report.pictures import judgement_pictures
from logreg_core.report.source import Choice, load
from logreg_core.verified_status import case_study

NAMES = ("summary", "pace", "report", "hostile")
# What sticks out of the window, or of its own box, where no scrolling was meant.
OVERFLOW = """() => [...document.querySelectorAll('main, main *')]
  .filter((e) => !e.closest('svg') && !e.closest('.scroll'))
  .filter((e) => getComputedStyle(e).display !== 'inline')
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1
    || e.scrollWidth > e.clientWidth + 1)
  .map((e) => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 60))"""
# Pictures smaller than a thumb, or with nothing drawn; shapes outside the picture are cut.
BLANK = """() => [...document.querySelectorAll('figure svg')].map((svg) => {
  const box = svg.getBoundingClientRect();
  const cut = [...svg.querySelectorAll('[id*="text_"]')].filter((e) => {
    const b = e.getBoundingClientRect();
    return b.width && (b.left < box.left - 1 || b.right > box.right + 1
      || b.top < box.top - 1 || b.bottom > box.bottom + 1);
  }).length;
  return [box.width, box.height, svg.querySelectorAll('path, use').length, cut];
})"""


def patients(folder):
    """Names and levels that would break a careless page."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(4)
    n = 300
    frame = pd.DataFrame({
        "<script>alert(1)</script>": rng.normal(size=n),
        "=1+1 and a name that is very long and has no end_in_sight_at_all_" + "x" * 60: rng.normal(
            size=n
        ),
        "$x^2$": rng.normal(size=n),
        "\u202eשלום": rng.normal(size=n),
        "ward": rng.choice(["<img src=x onerror=alert(1)>", "north " * 12, "west"], n),
    })  # fmt: skip
    eta = frame.iloc[:, 0] - frame.iloc[:, 1]
    frame["state"] = np.where(rng.random(n) < 1 / (1 + np.exp(-eta)), "<b>ill</b>", "well")
    frame.to_csv(folder / "patients.csv", index=False)
    return folder / "patients.csv"


def page_of_report(source, sections=()):
    report, predictions = make_report(source)
    return render_page(load_page(), report, judgement_pictures(report, predictions), sections)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    frame = lc.datasets.verified_status().iloc[::5].reset_index(drop=True)
    frame.to_csv(folder / "videos.csv", index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        study = case_study(frame)
        origin = briefing.origin_of(lc.datasets.path("verified_status"), synthetic=True)
        held = study.held_out.prevalence.at
        section = briefing.earlier_section(study.usual, study.data.prevalence, held)
        texts = {
            "summary": summary_page(briefing.summarise(study, origin), drawings(study)),
            "pace": pace_page(briefing.pace(study, origin)),
            "report": page_of_report(load(folder / "videos.csv", Choice()), (section,)),
            "hostile": page_of_report(load(patients(folder), Choice(target="state"))),
        }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: the documents are not looked at"
    )
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium on this machine: the documents are not looked at")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_overflows_is_cut_or_asked_for(chromium, pages, name, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page, problems, asked = context.new_page(), [], []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    address = (pages / f"{name}.html").as_uri()
    page.goto(address)
    try:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(OVERFLOW) == []
        pictures = page.evaluate(BLANK)
        assert len(pictures) == {"summary": 2, "pace": 0}.get(name, 3)
        for wide, high, shapes, cut in pictures:
            assert wide > 240
            assert high > 120
            assert shapes > 20
            assert cut == 0
        assert asked == [address]
        assert problems == []
    finally:
        context.close()


@pytest.fixture(scope="module")
def printed(pages):
    if find_browser() is None:
        pytest.skip("no Chromium on this machine: nothing is printed")
    return page_pdf((pages / "summary.html").read_text(encoding="utf-8"))


def test_the_summary_is_one_page_and_names_no_folder(printed, pages):
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    assert str(pages).encode() not in printed
    assert b"page-" not in printed


def test_the_picture_of_the_summary_is_a_sheet(printed, pages):
    content = page_png((pages / "summary.html").read_text(encoding="utf-8"), scale=1)
    width, height = (int.from_bytes(content[i : i + 4], "big") for i in (16, 20))
    assert (width, height) == (794, 1123)
    assert len(content) > 50_000, "not an empty sheet"


def test_a_browser_that_fails_is_an_error_in_words(monkeypatch, tmp_path):
    monkeypatch.setenv("LOGREG_BROWSER", str(tmp_path / "none"))
    with pytest.raises(LogregError, match="made no file"):
        page_pdf("<p>x</p>")
