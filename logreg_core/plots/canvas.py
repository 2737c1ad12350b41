"""Figures without global state, colours that all readers tell apart, and text that does nothing.

Figures are made by hand and not by pyplot: nothing is registered, no backend chosen, and a plot
drawn in a thread or a server leaves no trace. matplotlib is imported when the first one is drawn.
"""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingDependencyError
from ..summary import inert

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = [
    "BLUE", "GREEN", "GREY", "ORANGE", "PURPLE", "SKY",
    "class_label", "head", "label", "new_axes", "new_figure", "plain", "short", "thinned",
    "thousands",
]  # fmt: skip

# Okabe and Ito's colours: https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, SKY, PURPLE = "#0072B2", "#D55E00", "#009E73", "#56B4E9", "#CC79A7"
GREY = "#5F5F5F"
GRID = "#DDDDDD"
LONGEST = 34  # characters of a name: longer ones lose their middle, or would crowd out the data
MOST_POINTS = 20_000
SIZE = (5.6, 4.4)  # inches
NOTE = "note"  # marks the words under a title


def _missing(problem: ImportError) -> MissingDependencyError:
    return MissingDependencyError(
        "matplotlib is not installed",
        "the packages of the extra 'report'",
        "nothing can be drawn",
        'pip install "logreg-core[report]"',
    )


def new_figure(size: tuple[float, float] = SIZE) -> Figure:
    """An empty figure of so many inches that keeps its labels inside.

    Raises
    ------
    MissingDependencyError
        When matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as problem:
        raise _missing(problem) from problem
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.09, h_pad=0.09)  # type: ignore[call-arg]  # inches to the edge
    FigureCanvasAgg(figure)
    return figure


def new_axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """The axes given, or those of a new figure; dressed either way."""
    if ax is None:
        ax = new_figure(size).add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(GREY)
    ax.grid(True, color=GRID, linewidth=0.7)
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=9, color=GREY)
    return ax


def head(
    ax: Axes, title: str, note: str = "", *, colour: str = GREY, width: int = 68, lines: int = 0
) -> None:
    """A title, and under it what the picture shows in words, in place of any earlier ones.

    width: characters of a line of the note; lines: room for so many at least, so that titles side
    by side stand on one height. Names in either are to be made inert by `label` before.
    """
    for earlier in [text for text in ax.texts if text.get_gid() == NOTE]:
        earlier.remove()
    wrapped = textwrap.wrap(note, width, break_on_hyphens=False) if note else []
    wrapped += [""] * (lines - len(wrapped))
    ax.set_title(title, loc="left", fontsize=11, fontweight="bold", pad=8 + 12.5 * len(wrapped))
    if wrapped:
        words = ax.annotate(
            "\n".join(wrapped), (0, 1), xytext=(0, 5 + 12.5 * len(wrapped)),
            xycoords="axes fraction", textcoords="offset points", va="top", fontsize=9,
            color=colour, linespacing=1.15, gid=NOTE, wrap=True,  # at the figure's edge, at last
        )  # fmt: skip
        # the title's pad holds its room; counted again, a long note would narrow the axes
        words.set_in_layout(False)


def short(text: str, longest: int = LONGEST) -> str:
    """Keep both ends of a long text.

    >>> short("video_download_count_of_the_last_week", 20)
    'video_down…last_week'
    """
    if len(text) <= longest:
        return text
    tail = longest // 2 - 1
    return text[: longest - tail - 1] + "…" + text[-tail:]


def label(text: Any, longest: int = LONGEST) -> str:
    """A name from the data as matplotlib may draw it: one line, no formula, no character that the
    font lacks or that turns the direction of writing.

    >>> label("cost in $x_1$")
    'cost in \\\\$x_1\\\\$'
    >>> label("two\\nlines")
    'two lines'
    """
    line = short(inert(str(text)), longest)
    families = _families()
    drawn = "".join(c if c.isascii() or _known(c, families) else _spelled(c) for c in line)
    # an unescaped pair of dollars would start a formula
    return drawn.replace("$", r"\$")


def class_label(value: Any, longest: int = LONGEST) -> str:
    """The name of a class: text as it is, a number with its kind, as a bare 1 says nothing.

    >>> class_label("verified"), class_label(1.0)
    ('verified', 'class 1')
    """
    if isinstance(value, str):
        return label(value, longest)
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return label(f"class {value:g}" if number else f"class {value}", longest)


def _families() -> tuple[str, ...]:
    try:
        from matplotlib import rcParams
    except ImportError as problem:
        raise _missing(problem) from problem
    settings: Any = rcParams
    families: list[str] = []
    for name in settings["font.family"]:  # "sans-serif" stands for a list of its own
        key = f"font.{name}"
        families += settings[key] if key in settings else [name]  # noqa: SIM401
    return tuple(families)


@lru_cache(maxsize=4096)
def _known(character: str, families: tuple[str, ...]) -> bool:
    """Whether the first font found, which text is drawn with, holds a character."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font: Any = get_font(findfont(FontProperties(family=list(families))))
    return bool(font.get_char_index(ord(character)))


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode()


def plain(value: float, digits: int = 3) -> str:
    """A number for a label: some significant digits, no exponent where it is readable.

    >>> plain(0.0628), plain(1234567.0), plain(3.2e-9), plain(float("inf"))
    ('0.0628', '1,234,567', '3.2e-09', '∞')
    """
    if np.isnan(value):
        return "–"
    if np.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0 or 1e-4 <= abs(value) < 10 ** (digits - 1):
        return f"{value:.{digits}g}"
    if abs(value) < 1e-4 or abs(value) >= 1e12:
        return f"{value:.{digits - 1}g}" if digits > 1 else f"{value:.1g}"
    return f"{value:,.0f}"


def thousands(axis: Axis) -> None:
    """Write ticks as numbers with commas, without a factor such as 1e6 at the end of the axis."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))


def thinned(x: NDArray[Any], y: NDArray[Any], most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Rows to draw so that the picture is that of all rows: where there are more than `most`, the
    first of each cell of a grid finer than a marker."""
    if len(x) <= most:
        return np.arange(len(x))
    cells = []
    for values in (x, y):
        low, high = values.min(), values.max()
        share = (values - low) / (high - low) if high > low else np.zeros(len(values))
        cells.append(np.minimum(share * 500, 499).astype(np.int64))
    return np.sort(np.unique(cells[0] * 500 + cells[1], return_index=True)[1])
