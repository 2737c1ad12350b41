"""Do columns say the same? Variance inflation as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..diagnostics.collinearity import vif as inflation
from .canvas import BLUE, GREY, ORANGE, head, label, new_axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import LogitFit

__all__ = ["draw_vif", "vif", "worst"]

LIMITS = (5.0, 10.0)


def vif(fit: LogitFit, *, ax: Axes | None = None) -> Axes:
    """Draw by how much the other columns inflate the variance of each coefficient.

    Parameters
    ----------
    fit : any fit with its covariance
    ax : where to draw; None makes a figure (``ax.figure`` is it)

    Returns
    -------
    matplotlib Axes, a bar a column from 1 (orthogonal) on, on a logarithmic scale, with the
    customary limits 5 and 10; beyond the first it is orange and hatched

    Raises
    ------
    LogregError
        A fit made with inference=False.
    MissingDependencyError
        When matplotlib is not installed.

    Notes
    -----
    The figures are those of `diagnostics.vif`.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[1, 2], [2, 1], [3, 5], [4, 4], [3, 3], [5, 6], [2, 2], [4, 5]]
    >>> fit = lc.fit(X, [0, 1, 0, 1, 0, 1, 1, 0])
    >>> [round(float(bar.get_width()) + 1, 2) for bar in vif(fit).patches]
    [17.22, 17.22]
    """
    table = inflation(fit)
    ax = new_axes(ax, (6.4, 1.6 + 0.34 * len(table)))
    draw_vif(ax, table)
    name, largest = worst(table)
    head(ax, "Collinearity", f"largest: {written(largest)}, {label(name, 24)}" if name else "")
    return ax


def worst(table: pd.DataFrame) -> tuple[str, float]:
    """The column of largest inflation, and that; no name where there is no column."""
    values = np.nan_to_num(table["vif"].to_numpy(dtype=np.float64), nan=0.0, posinf=np.inf)
    if not len(values):
        return "", 0.0
    at = int(np.argmax(values))
    return str(table.index[at]), float(values[at])


def written(value: float) -> str:
    """A factor with its hundredths: 1.00 is not quite 1."""
    return f"{value:.2f}" if value < 100 else plain(value)


def draw_vif(ax: Axes, table: pd.DataFrame) -> None:
    """Bars of a table of `diagnostics.vif`."""
    names, numbers = list(table.index), table["vif"].to_numpy(dtype=np.float64)
    finite = np.where(np.isfinite(numbers), numbers, 1.0)
    end = max(12.0, 1.6 * float(finite.max(initial=1.0)))
    widths = np.where(np.isinf(numbers), end, finite) - 1
    high = np.nan_to_num(numbers, nan=0.0, posinf=end) > LIMITS[0]
    ax.barh(
        np.arange(len(names)), widths, left=1, height=0.62,
        color=[ORANGE if flag else BLUE for flag in high],
        hatch=["///" if flag else "" for flag in high], edgecolor="white", linewidth=0,
    )  # fmt: skip
    ax.set_xscale("log")
    for limit in LIMITS:
        ax.axvline(limit, color=GREY, linestyle="--", linewidth=1)
    for i, value in enumerate(numbers.tolist()):
        words = "dropped" if np.isinf(value) else "none" if np.isnan(value) else written(value)
        place = min(value, end) if value == value and not np.isinf(value) else 1
        ax.annotate(
            words, (place, i), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85},
        )  # fmt: skip
    ticks = [t for t in (1, 2, 5, 10, 20, 50, 100, 1e3, 1e4, 1e6, 1e9, 1e12) if t < end]
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.minorticks_off()
    ax.set_xlim(1, end)
    ax.set_yticks(range(len(names)), [label(name) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(False, axis="y")
    ax.set_xlabel("variance inflation factor")
