"""The report as one page: no script, nothing loaded from elsewhere, every name escaped."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import MissingDependencyError
from ..summary import number as coefficient
from ..summary import probability as p_value
from .forest import forest
from .words import caveats, class_names, findings, number, percent, quadrants, threshold_words

if TYPE_CHECKING:
    from .document import Report

__all__ = ["load_page", "render_page"]

_TEMPLATE = "page.html.jinja"
# Control characters that no HTML document may hold, however they are written.
_NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def load_page() -> Any:
    """Load the page's template.

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
            "report.html cannot be written",
            'pip install "logreg-core[report]"',
        ) from problem

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("logreg_core", "report"),
        autoescape=True,  # names come from files and may hold markup
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent,
        number=number,
        coefficient=coefficient,
        p_value=p_value,
        breakable=_breakable,
    )
    return environment.get_template(_TEMPLATE)


def _breakable(name: str) -> Any:
    """Let a long name be broken after its underscores; the name itself is escaped."""
    from markupsafe import Markup, escape

    return escape(name).replace("_", Markup("_<wbr>"))


def render_page(page: Any, report: Report) -> str:
    """Fill the template of `load_page` with a report."""
    fit, judged = report.fit, report.evaluation
    negative, positive = class_names(report)
    ends = fit.conf_int(report.level).to_numpy().tolist()
    rows = zip(fit.names, fit.coef.tolist(), fit.std_error.tolist(), fit.z.tolist(),
               fit.p_value.tolist(), ends, strict=True)  # fmt: skip
    text: str = page.render(
        report=report,
        data=report.source.design.report,
        source=report.source,
        fit=fit,
        judged=judged,
        negative=negative,
        positive=positive,
        findings=findings(report),
        caveats=caveats(report),
        matrices=[(at, threshold_words(at), quadrants(report, at)) for at in judged.at],
        coefficients=list(rows),
        forest=forest(report.effects),
        notes=fit.summary(report.level).notes,
        facts=fit.summary(report.level).facts,
        isnan=math.isnan,
        version=__version__,
    )
    return _NOT_IN_HTML.sub("\ufffd", text) + "\n"
