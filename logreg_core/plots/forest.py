"""Which coefficients differ from nothing, and by how much? A point and an interval a column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..changes import typical_changes
from ..errors import DataError
from ..fit_scores import columns_of_x, features
from ..new_rows import match_columns
from ..option_checks import check_options
from .canvas import BLUE, GREY, class_label, head, label, new_axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import LogitFit

__all__ = ["coefficients"]

Floats = NDArray[np.float64]
# Odds ratios beyond this leave the picture, with an arrow: one of them would flatten all others.
WIDEST = math.log(100.0)


def coefficients(
    fit: LogitFit,
    X: Any = None,
    *,
    odds: bool = True,
    level: float = 0.95,
    intervals: pd.DataFrame | None = None,
    intercept: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the odds ratios (or the coefficients) with their intervals.

    Parameters
    ----------
    fit : any fit with its covariance
    X : the rows fitted, to show a column's odds ratio over one standard deviation of it (columns
        of 0 and 1 over 1); without them it is per unit of the column, which for a count in
        thousands is 1.000 whatever it does
    odds : False draws log-odds
    level : of the Wald intervals
    intervals : DataFrame lower, upper (log-odds per unit, a row a name), such as
        `inference.profile_intervals` gives; Wald's if None
    intercept : whether to draw it
    ax : where to draw; None makes a figure (``ax.figure`` is it)

    Returns
    -------
    matplotlib Axes, a row a column in the order of the fit; a filled point where the interval
    excludes no effect, an arrow where it leaves the picture, and the numbers on the right

    Raises
    ------
    DataError
        X without the columns of the fit, or intervals without its names.
    LogregError
        A fit made with inference=False.
    MissingDependencyError
        When matplotlib is not installed.

    Examples
    --------
    >>> import logreg_core as lc
    >>> ax = coefficients(lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['x1']
    """
    check_options(level=level)
    ends = fit.conf_int(level) if intervals is None else _checked(intervals, fit)
    first = 1 if fit.fit_intercept and not intercept and len(fit.names) > 1 else 0
    change = np.ones(len(fit.names))
    if X is not None:
        change[int(fit.fit_intercept) :] = _changes(fit, X)
    with np.errstate(invalid="ignore"):
        table = np.column_stack([fit.coef, ends["lower"], ends["upper"]]) * change[:, None]
    rows, names = table[first:], fit.names[first:]
    ax = new_axes(ax, (7.6, 1.5 + 0.42 * len(rows)))
    _draw(ax, rows, odds)
    drawn = [label(name) for name in names]
    if X is not None:
        drawn = [
            name if size == 1 else f"{name}\nper {plain(size)} (1 std dev)"
            for name, size in zip(drawn, change[first:].tolist(), strict=True)
        ]
    ax.set_yticks(range(len(rows)), drawn)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.grid(False, axis="y")
    ax.set_xlabel("odds ratio" if odds else "change of the log-odds")
    kind = "Wald" if intervals is None else "given"
    positive = class_label(fit.classes[1], 24)
    head(
        ax, "Odds ratios" if odds else "Coefficients",
        f"of {positive}, {level:.0%} intervals ({kind}); filled where they exclude no effect",
        width=60,
    )  # fmt: skip
    return ax


def _checked(intervals: pd.DataFrame, fit: LogitFit) -> pd.DataFrame:
    if {"lower", "upper"} <= set(intervals) and set(fit.names) <= set(intervals.index):
        return intervals.loc[list(fit.names)]
    raise DataError(
        f"intervals has the columns {list(intervals)} and {len(intervals)} rows",
        "lower and upper, a row for each coefficient of the fit",
        "some coefficients would have no interval",
        "pass what inference.profile_intervals returns",
    )


def _changes(fit: LogitFit, X: Any) -> Floats:
    array, names, named = columns_of_x(X, fit.encoding)
    columns = match_columns(names, features(fit), named=named)
    return typical_changes(array)[0][columns]


def _draw(ax: Axes, rows: Floats, odds: bool) -> None:
    """Rows (m, 3) of estimate, lower, upper on the log-odds scale."""
    if odds:
        ax.set_xscale("log")
    low, high = _limits(rows, odds)

    def place(value: float) -> float:
        return math.exp(value) if odds else value

    ax.axvline(place(0.0), color=GREY, linewidth=1)
    for i, (estimate, lower, upper) in enumerate(rows.tolist()):
        if not math.isnan(lower) and not math.isnan(upper):
            ends = [place(min(max(end, low), high)) for end in (lower, upper)]
            ax.plot(ends, [i, i], color=BLUE, linewidth=2, solid_capstyle="butt", gid="interval")
            for end, edge, marker in ((lower, low, "<"), (upper, high, ">")):
                if end < low or end > high:
                    ax.plot(place(edge), i, marker=marker, color=BLUE, markersize=7)
        if low <= estimate <= high:
            excludes = lower > 0 or upper < 0
            ax.plot(
                place(estimate), i, marker="o", markersize=7, color=BLUE, gid="estimate",
                markerfacecolor=BLUE if excludes else "white", markeredgewidth=1.5,
            )  # fmt: skip
        ax.annotate(
            _numbers(estimate, lower, upper, odds), (1, i), xytext=(8, 0), va="center",
            xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=9,
        )  # fmt: skip
    ax.set_xlim(place(low), place(high))
    if odds:
        _ratio_ticks(ax, math.exp(low), math.exp(high))


def _limits(rows: Floats, odds: bool) -> tuple[float, float]:
    """Ends of the scale, which hold every finite interval and no effect."""
    inside = rows[np.isfinite(rows)]
    low, high = min(inside.min(initial=0.0), 0.0), max(inside.max(initial=0.0), 0.0)
    if odds:
        low, high = max(min(low, -0.25), -WIDEST), min(max(high, 0.25), WIDEST)
    room = 0.04 * (high - low) or 1.0
    return float(low - room), float(high + room)


def _ratio_ticks(ax: Axes, low: float, high: float) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    wide = high / low > 30
    steps = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100) if wide else (
        0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 7, 10, 20,
    )  # fmt: skip
    shown = [t for t in steps if low <= t <= high]
    kept = [1.0]
    for tick in sorted(shown, key=lambda t: abs(math.log(t))):
        apart = [abs(math.log(tick / other)) for other in kept]
        if min(apart) >= 0.07 * math.log(high / low):
            kept.append(float(tick))
    ax.xaxis.set_major_locator(FixedLocator(sorted(kept)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _numbers(estimate: float, lower: float, upper: float, odds: bool) -> str:
    if math.isnan(estimate):
        return "not determined"

    def written(value: float) -> str:
        if not odds:
            return plain(value)
        # with trailing zeros: an end of 1.00 is not quite 1
        ratio = math.exp(value) if value < 700 else math.inf
        return f"{ratio:#.3g}" if 0.001 <= ratio < 100 else plain(ratio)

    if math.isnan(lower):
        return written(estimate)
    return f"{written(estimate)}  [{written(lower)}, {written(upper)}]"
