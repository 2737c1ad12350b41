"""Every document of the case study, made from one `CaseStudy` and one `Report` of the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import MissingDependencyError
from ..report.html import load_page, render_page
from ..report.pictures import judgement_pictures
from .browser import page_pdf, page_png
from .drawings import drawings
from .earlier import earlier_section
from .pace import pace
from .pages import pace_page, summary_page
from .summary import summarise
from .word import pace_docx, summary_docx

if TYPE_CHECKING:
    from ..report.document import Predictions, Report
    from ..verified_status import CaseStudy
    from .origin import Origin

__all__ = ["Deliverables", "deliver"]


@dataclass(frozen=True)
class Deliverables:
    """documents: file name to content; missing: a word for each that could not be made."""

    documents: dict[str, str | bytes]
    missing: tuple[str, ...]


def deliver(
    study: CaseStudy,
    origin: Origin,
    report: Report,
    predictions: Predictions,
    *,
    callback: Callable[[str], None] | None = None,
) -> Deliverables:
    """Make summary (HTML, PDF, DOCX, PNG), PACE document (HTML, DOCX) and report (HTML).

    What needs a program that is not there (Chromium, python-docx) is left out and named.

    Raises
    ------
    MissingDependencyError
        When jinja2 or matplotlib is not installed: nothing could be made.
    """
    say = callback or (lambda _: None)
    say("drawing")
    pictures = drawings(study)
    summary, answers = summarise(study, origin), pace(study, origin)
    say("writing pages")
    sheet = summary_page(summary, pictures)
    section = earlier_section(study.usual, study.data.prevalence, study.held_out.prevalence.at)
    documents: dict[str, str | bytes] = {
        "summary.html": sheet,
        "pace.html": pace_page(answers),
        "report.html": render_page(
            load_page(), report, judgement_pictures(report, predictions), (section,)
        ),
    }
    date = origin.provenance.date
    makers: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("summary.docx", lambda: summary_docx(summary, pictures, date)),
        ("pace.docx", lambda: pace_docx(answers, date)),
        ("summary.pdf", lambda: page_pdf(sheet)),
        ("summary.png", lambda: page_png(sheet)),
    )
    missing = []
    for name, make in makers:
        say(f"writing {name}")
        try:
            documents[name] = make()
        except MissingDependencyError as problem:
            missing.append(f"{name} was not made: {problem.found}; {problem.remedy}")
    return Deliverables(documents, tuple(missing))
