"""Summary and PACE document as HTML: no script, nothing loaded, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import __version__
from ..report.html import environment, finished

if TYPE_CHECKING:
    from .drawings import Drawing
    from .pace import Pace
    from .summary import Summary

__all__ = ["pace_page", "summary_page"]


def summary_page(summary: Summary, pictures: Sequence[Drawing]) -> str:
    """One sheet of A4 on paper and wide screens; one column on a phone.

    Raises
    ------
    MissingDependencyError
        When jinja2 is not installed.
    """
    template = environment("briefing").get_template("summary.html.jinja")
    text: str = template.render(summary=summary, pictures=pictures, version=__version__)
    return finished(text)


def pace_page(pace: Pace) -> str:
    """The PACE document, with its questions as headings.

    Raises
    ------
    MissingDependencyError
        When jinja2 is not installed.
    """
    template = environment("briefing").get_template("pace.html.jinja")
    return finished(template.render(pace=pace, version=__version__))
