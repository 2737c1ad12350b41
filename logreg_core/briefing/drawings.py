"""The two figures of the executive summary: what relates, and what a rule does to 1,000 videos."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..report.pictures import bare_axes, inline_svg
from ..report.words import number
from .phrases import clear_effects, of_1000

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..verified_status import CaseStudy

__all__ = ["Drawing", "drawings"]

SIZE = (4.3, 2.45)  # inches: half a page wide
_DPI = 220
_WIDEST = 100.0


@dataclass(frozen=True)
class Drawing:
    """svg: markup for a page; png: the same picture for a document; title, caption: plain text."""

    svg: str
    png: bytes
    title: str
    caption: str


def drawings(study: CaseStudy) -> tuple[Drawing, Drawing]:
    """Draw both.

    Raises
    ------
    MissingDependencyError
        When matplotlib is not installed.
    """
    level = f"{100 * study.effects.level:g}%"
    clear = {effect.name for effect in clear_effects(study)}
    told = "filled: demonstrable after Holm’s correction" if clear else "none is demonstrable"
    _, false, missed, found = of_1000(study)
    return (
        _drawing(
            _relations(study, clear), "fig1", "How the odds of “verified” differ by feature",
            f"Odds ratios with {level} intervals, other features equal; 1 is no difference; "
            f"{told}.",
        ),
        _drawing(
            _dots(of_1000(study)), "fig2", "What the screening rule does to 1,000 unseen videos",
            f"It flags {found + false}: {found} by verified authors, {false} false alarms; "
            f"{missed} verified ones are missed.",
        ),
    )  # fmt: skip


def _drawing(ax: Axes, prefix: str, title: str, caption: str) -> Drawing:
    stream = io.BytesIO()
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("axes without a figure")
    figure.savefig(stream, format="png", dpi=_DPI, metadata={"Software": None})
    svg = inline_svg(figure, prefix, f"{title}. {caption}")
    return Drawing(svg, stream.getvalue(), title, caption)


def _relations(study: CaseStudy, clear: set[str]) -> Axes:
    from ..plots.canvas import BLUE, GREY, label, new_axes

    effects = study.effects.effects
    ax = new_axes(bare_axes(SIZE))
    ax.set_xscale("log")
    ax.axvline(1.0, color=GREY, linewidth=1)
    for i, effect in enumerate(effects):
        ends = [min(max(end, 1 / _WIDEST), _WIDEST) for end in (effect.lower, effect.upper)]
        point = min(max(effect.odds_ratio, 1 / _WIDEST), _WIDEST)
        is_clear = effect.name in clear
        ax.plot(ends, [i, i], color=BLUE if is_clear else GREY, linewidth=2)
        ax.plot(
            point, i, marker="o", markersize=6.5, markeredgewidth=1.4,
            color=BLUE if is_clear else GREY, markerfacecolor=BLUE if is_clear else "white",
        )  # fmt: skip
        ax.annotate(
            number(effect.odds_ratio), (1, i), xytext=(5, 0), va="center", fontsize=9,
            xycoords=("axes fraction", "data"), textcoords="offset points",
            fontweight="bold" if is_clear else "normal",
        )  # fmt: skip
    ax.set_yticks(range(len(effects)), [label(effect.label, 30) for effect in effects])
    ax.set_ylim(len(effects) - 0.5, -0.5)
    ax.grid(False, axis="y")
    _ratio_axis(ax)
    ax.set_xlabel("odds ratio (log scale)", fontsize=9)
    return ax


def _ratio_axis(ax: Axes) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    low, high = ax.get_xlim()
    low, high = min(low, 0.6), max(high, 1.7)
    ax.set_xlim(low, high)
    wide = math.log(high / low) > math.log(20)
    ticks = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100) if wide else (0.2, 0.5, 1, 2, 5, 10)
    ax.xaxis.set_major_locator(FixedLocator([t for t in ticks if low <= t <= high]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _dots(counts: tuple[int, int, int, int]) -> Axes:
    """A dot a video: found, missed, false alarms, left alone; 50 in a row."""
    from ..plots.canvas import BLUE, ORANGE, SKY

    alone, false, missed, found = counts
    kinds = (
        (found, BLUE, f"verified and flagged: {found}"),
        (missed, ORANGE, f"verified and missed: {missed}"),
        (false, SKY, f"flagged by mistake: {false}"),
        (alone, "#D9D9D9", f"rightly left alone: {alone}"),
    )
    ax = bare_axes(SIZE)
    ax.axis("off")
    first = 0
    for n, colour, words in kinds:
        places = np.arange(first, first + n)
        ax.plot(
            places % 50, -(places // 50), linestyle="none", marker="o", markersize=3.7,
            markeredgewidth=0, color=colour, label=words,
        )  # fmt: skip
        first += n
    ax.set(xlim=(-0.7, 49.7), ylim=(-19.7, 0.7))
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, frameon=False, fontsize=9,
        handletextpad=0.2, columnspacing=1.2, markerscale=1.9,
    )  # fmt: skip
    return ax
