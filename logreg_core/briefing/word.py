"""Summary and PACE document as DOCX, by python-docx (extra `docx`): the same text as the pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import MissingDependencyError
from ..summary import inert

if TYPE_CHECKING:
    from .drawings import Drawing
    from .pace import Pace
    from .summary import Summary

__all__ = ["pace_docx", "summary_docx"]

_ACCENT = "0B6B6F"


def _open(date: str, title: str, points: float, margin_cm: float) -> Any:
    """An A4 document whose properties name nobody, with one plain style."""
    try:
        import docx
    except ImportError as problem:
        raise MissingDependencyError(
            "python-docx is not installed",
            "the packages of the extra 'docx'",
            "no DOCX file can be written",
            'pip install "logreg-core[docx]"',
        ) from problem
    from docx.shared import Cm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(margin_cm)
    section.top_margin = section.bottom_margin = Cm(min(margin_cm, 1.6))
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(points)
    style.paragraph_format.space_after = Pt(3)
    style.paragraph_format.line_spacing = 1.0
    about = document.core_properties
    about.author, about.title, about.comments = "logreg_core", inert(title), ""
    about.last_modified_by = "logreg_core"
    about.created = about.modified = datetime.fromisoformat(date)
    return document


def _say(place: Any, text: str, *, bold: str = "", points: float | None = None) -> Any:
    """A paragraph of inert text: one line, no control character, no field."""
    from docx.shared import Pt

    paragraph = place.add_paragraph()
    if bold:
        paragraph.add_run(f"{inert(bold)} ").bold = True
    paragraph.add_run(inert(text))
    for run in paragraph.runs:
        if points is not None:
            run.font.size = Pt(points)
    return paragraph


def _head(place: Any, text: str, points: float, before: float = 6.0) -> Any:
    from docx.shared import Pt, RGBColor

    paragraph = place.add_paragraph()
    run = paragraph.add_run(inert(text))
    run.bold, run.font.size, run.font.color.rgb = True, Pt(points), RGBColor.from_string(_ACCENT)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = (
        Pt(before),
        Pt(2),
    )
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def _bytes(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def summary_docx(summary: Summary, pictures: Sequence[Drawing], date: str) -> bytes:
    """The executive summary as a page of DOCX.

    Parameters
    ----------
    summary, pictures : text and figures
    date : ISO date for the document's properties

    Raises
    ------
    MissingDependencyError
        When python-docx is not installed.
    """
    from io import BytesIO

    document = _open(date, summary.title, 8.5, 1.7)
    from docx.shared import Cm

    _say(document, summary.kicker, points=8)
    _head(document, summary.title, 17, 0)
    if summary.warning:
        _say(document, summary.warning).runs[0].italic = True
    for point in summary.answers:
        _say(document, point.text, bold=point.title)
    _head(document, "Key insights", 10.5)
    for i, point in enumerate(summary.insights, 1):
        _say(document, point.text, bold=f"{i}. {point.title}.")
    table = document.add_table(rows=1, cols=len(pictures))
    for cell, picture in zip(table.rows[0].cells, pictures, strict=True):
        cell.paragraphs[0].add_run().add_picture(BytesIO(picture.png), width=Cm(8.3))
        _say(cell, picture.caption, bold=f"{picture.title}.", points=7.5)
    for title, parts in (
        ("Limits", summary.limits),
        ("Recommendations", summary.recommendations),
        ("Next steps", summary.next_steps),
    ):
        _head(document, title, 9.5, 3)
        for text in parts:
            paragraph = document.add_paragraph(style="List Bullet")
            paragraph.add_run(inert(text))
            paragraph.paragraph_format.space_after = 0
    _say(document, summary.line, points=7)
    return _bytes(document)


def pace_docx(pace: Pace, date: str) -> bytes:
    """The PACE document as DOCX, with real headings, so that Word lists its contents.

    Raises
    ------
    MissingDependencyError
        When python-docx is not installed.
    """
    document = _open(date, pace.title, 10.5, 2.2)
    document.add_heading(inert(pace.title), 0)
    if pace.warning:
        _say(document, pace.warning).runs[0].italic = True
    for stage in pace.stages:
        document.add_heading(inert(stage.title), 1)
        for answer in stage.answers:
            document.add_heading(inert(answer.question), 2)
            for text in answer.paragraphs:
                _say(document, text)
    _say(document, pace.line, points=8)
    return _bytes(document)
