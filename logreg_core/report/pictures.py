"""Plots as pieces of a page: SVG without scripts, links or ids that could meet."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .document import Predictions, Report

__all__ = ["Picture", "bare_axes", "inline_svg", "judgement_pictures"]

# Inches; a phone shows so many at about their own size, so that labels stay readable.
SIZE = (4.1, 3.7)
_UNWANTED = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_VIEW_BOX = re.compile(r'viewBox="([\d. -]+)"')
_REFERENCE = re.compile(r'(\bid="|href="#|url\(#)')


@dataclass(frozen=True)
class Picture:
    """svg: markup; title, caption: plain text for the page to escape."""

    svg: str
    title: str
    caption: str


def bare_axes(size: tuple[float, float] = SIZE) -> Axes:
    """Axes of a new figure."""
    from ..plots.canvas import new_figure

    return new_figure(size).add_subplot()


def inline_svg(figure: Figure, prefix: str, words: str) -> str:
    """Write a figure as an svg element for a page: text as outlines, nothing but shapes.

    Parameters
    ----------
    figure : of matplotlib
    prefix : of letters, put before every id, so that several pictures share a page
    words : what a reader hears who does not see it

    Examples
    --------
    >>> ax = bare_axes()
    >>> text = inline_svg(ax.figure, "a", 'x "<y>"')
    >>> text[:4], "xmlns" in text, "&lt;y&gt;" in text
    ('<svg', False, True)
    """
    from matplotlib import rc_context

    stream = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with rc_context({"svg.fonttype": "path", "svg.hashsalt": prefix}):
        figure.savefig(stream, format="svg", metadata=nothing)
    text = _UNWANTED.sub("", stream.getvalue().decode("utf-8"))
    root = _ROOT.search(text)
    view = _VIEW_BOX.search(root[0]) if root else None
    if root is None or view is None:
        raise ValueError("matplotlib wrote no svg element")
    body = text[root.end() :].replace("xlink:href", "href")
    body = re.sub(r"\n\s*", "\n", _REFERENCE.sub(rf"\g<1>{prefix}-", body)).strip()
    return f'<svg viewBox="{view[1]}" role="img" aria-label="{html.escape(words)}">{body}'


def plain_head(ax: Axes) -> None:
    """Take title and note away: the page says both in its own type."""
    ax.set_title("", loc="left")
    for text in [text for text in ax.texts if text.get_gid() == "note"]:
        text.remove()


def judgement_pictures(report: Report, predictions: Predictions) -> tuple[Picture, ...]:
    """ROC, precision and recall, and calibration of the rows set aside."""
    from ..plots import calibration, precision_recall, roc
    from .quality import rates

    judged = report.evaluation
    positive = judged.classes[1]
    y = np.array([int(actual == positive) for actual in predictions.actual], dtype=np.uint8)
    p, at = predictions.probability, judged.at[-1]
    shown = at if at.n_flagged else None
    ends = rates(at, report.level)["recall"]
    drawn: list[Picture] = []

    def add(prefix: str, title: str, caption: str, draw: Any) -> None:
        ax = draw(bare_axes())
        ax.set_aspect("auto")
        plain_head(ax)
        drawn.append(Picture(inline_svg(ax.figure, prefix, f"{title}. {caption}"), title, caption))

    area = report.quality.area
    said = f"Area {judged.auc:.3f}"
    if area is not None and not np.isnan(area.lower):
        said += f", {report.level:.0%} interval {area.lower:.3f} to {area.upper:.3f} (DeLong)"
    add(
        "roc", "ROC curve",
        f"{said}; the dashed line is chance. The dot is the threshold {at.threshold:.3g}: recall "
        f"{at.recall:.1%} ({ends[0]:.1%} to {ends[1]:.1%}).",
        lambda ax: roc(y, p, at=shown, level=report.level, ax=ax),
    )  # fmt: skip
    add(
        "pr", "Precision and recall",
        f"Average precision {judged.average_precision:.3f}, against {judged.prevalence:.3f} for "
        "rows picked at random (dashed).",
        lambda ax: precision_recall(y, p, at=shown, ax=ax),
    )  # fmt: skip
    add(
        "cal", "Calibration",
        f"Groups of test rows by predicted probability, with {report.level:.0%} Wilson intervals; "
        "on the dashed line what was predicted came true.",
        lambda ax: calibration(y, p, level=report.level, ax=ax),
    )  # fmt: skip
    return tuple(drawn)
