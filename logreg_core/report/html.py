"""The report as one page: no script, nothing loaded from elsewhere, every name escaped."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import MissingDependencyError
from ..summary import number as coefficient
from ..summary import probability as p_value
from .forest import forest
from .headline import clear_terms, conclusions, headline, limits
from .quality import rates
from .words import caveats, class_names, number, per_1000, percent, quadrants, threshold_words

if TYPE_CHECKING:
    from .document import Report
    from .pictures import Picture

__all__ = ["Section", "Table", "environment", "finished", "load_page", "render_page"]

_TEMPLATE = "page.html.jinja"
# Control characters that no HTML document may hold, however they are written.
_NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Table:
    """Plain text to lay out: the first cell of a row is its head."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of a page that only some data call for; plain text, which the page escapes."""

    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()


def environment(*packages: str) -> Any:
    """A jinja2 environment that escapes everything, with templates from folders of this package.

    Raises
    ------
    MissingDependencyError
        When jinja2 is not installed.
    """
    try:
        import jinja2
    except ImportError as problem:
        raise MissingDependencyError(
            "jinja2 is not installed",
            "the packages of the extra 'report'",
            "no page can be written",
            'pip install "logreg-core[report]"',
        ) from problem

    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("logreg_core", p) for p in packages]),
        autoescape=True,  # names come from files and may hold markup
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        percent=percent,
        number=number,
        coefficient=coefficient,
        p_value=p_value,
        ratio=_ratio,
        per_1000=per_1000,
        breakable=_breakable,
    )
    return made


def load_page() -> Any:
    """Load the page's template.

    Raises
    ------
    MissingDependencyError
        When jinja2 is not installed.
    """
    return environment("report").get_template(_TEMPLATE)


def finished(text: str) -> str:
    """A page without the control characters that names may hold and HTML may not."""
    return _NOT_IN_HTML.sub("\ufffd", text) + "\n"


def _breakable(name: str) -> Any:
    """Let a long name be broken after its underscores; the name itself is escaped."""
    from markupsafe import Markup, escape

    return escape(name).replace("_", Markup("_<wbr>"))


def _ratio(value: float, of: float) -> str:
    """An odds ratio or an end of its interval; six decimals where the ratio itself is so near to
    1 that three digits would hide on which side."""
    return f"{value:.6f}" if 0 < abs(of - 1) < 0.005 and abs(value) < 10 else number(value)


def render_page(
    page: Any,
    report: Report,
    pictures: Sequence[Picture] = (),
    sections: Sequence[Section] = (),
) -> str:
    """Fill the template of `load_page` with a report, its pictures and further sections."""
    fit, judged = report.fit, report.evaluation
    negative, positive = class_names(report)
    summary, area = fit.summary(report.level), report.quality.area
    text: str = page.render(
        report=report,
        data=report.source.design.report,
        source=report.source,
        fit=fit,
        judged=judged,
        negative=negative,
        positive=positive,
        headline=headline(report),
        clear={term.name for term in clear_terms(report)},
        conclusions=conclusions(report),
        limits=limits(report),
        caveats=caveats(report),
        matrices=[(at, threshold_words(at), quadrants(report, at)) for at in judged.at],
        rates=[rates(at, report.level) for at in judged.at],
        area=None if area is None or math.isnan(area.lower) else (area.lower, area.upper),
        forest=forest(report.effects),
        pictures=pictures,
        sections=sections,
        notes=summary.notes,
        facts=summary.facts,
        isnan=math.isnan,
        version=__version__,
    )
    return finished(text)
