"""Which rows does the fit hang on? Residuals against leverage, with contours of Cook's distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..diagnostics import influence
from .canvas import BLUE, GREY, ORANGE, head, new_axes, plain, thinned

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import LogitFit

__all__ = ["draw_leverage", "leverage"]

Floats = NDArray[np.float64]

NAMED = 3  # rows of largest Cook's distance that are given their number
# Of these, the contours that rows come near to are drawn; 0.5 and 1 are the customary limits.
LEVELS = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def leverage(fit: LogitFit, X: Any, y: Any = None, *, ax: Axes | None = None, **rows: Any) -> Axes:
    """Draw how far each row is from its prediction, against how much it could pull on the fit.

    Parameters
    ----------
    fit, X, y : a fit with a finite maximum and the rows that were fitted
    ax : where to draw; None makes a figure (``ax.figure`` is it)
    rows : sample_weight, offset, n_trials, as the fit was given them

    Returns
    -------
    matplotlib Axes: leverage, and Pearson residual divided by its standard deviation (a 0/1
    outcome leaves two clouds: successes above, failures below); lines of equal Cook's distance;
    the rows of largest distance by their number in X, from 0

    Raises
    ------
    DataError, SeparationError
        As `diagnostics.influence`.
    MissingDependencyError
        When matplotlib is not installed.

    Notes
    -----
    Of more than 20,000 rows, those that would be drawn over others are left out.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [9.0]], [0, 1, 0, 1, 1]
    >>> ax = leverage(lc.fit(X, y), X, y)
    >>> len(ax.collections[0].get_offsets())
    5
    """
    table = influence(fit, X, y, dfbetas=False, **rows)
    ax = new_axes(ax, (6.2, 4.8))
    draw_leverage(ax, table, fit.n_parameters)
    largest = float(np.nanmax(table["cooks_distance"], initial=0.0))
    head(
        ax, "Influence",
        f"largest Cook's distance {plain(largest)}; from about 0.5 on, look at the row",
    )  # fmt: skip
    return ax


def draw_leverage(ax: Axes, table: pd.DataFrame, n_parameters: int) -> None:
    """Points, contours and the rows to name, of a table of `diagnostics.influence`."""
    h = table["leverage"].to_numpy()
    residual = table["standardised_pearson"].to_numpy()
    distance = table["cooks_distance"].to_numpy()
    usable = np.flatnonzero(np.isfinite(residual) & np.isfinite(distance))
    drawn = usable[thinned(h[usable], residual[usable])]
    many = len(drawn) > 1000
    ax.scatter(
        h[drawn], residual[drawn], s=9 if many else 16, alpha=0.35 if many else 0.6, color=BLUE,
        linewidths=0, rasterized=True,
    )  # fmt: skip
    ax.axhline(0, color=GREY, linewidth=0.8)
    top = usable[np.argsort(-distance[usable], kind="stable")[:NAMED]]
    ax.scatter(h[top], residual[top], s=34, facecolors="none", edgecolors=ORANGE, linewidths=1.5)
    right = 1.08 * float(h[usable].max(initial=0.0)) or 1.0
    reach = 1.12 * float(np.abs(residual[usable]).max(initial=1.0))
    low = min(float(residual[usable].min(initial=0.0)), -1.0)
    ax.set(xlim=(0, right), ylim=(1.18 * low, reach if residual[usable].max() > 0 else 1))
    _contours(ax, n_parameters, float(distance[usable].max(initial=0.0)))
    _name_rows(ax, h, residual, top)
    ax.set_xlabel("leverage")
    ax.set_ylabel("standardised Pearson residual")


def _name_rows(ax: Axes, h: Floats, residual: Floats, top: NDArray[np.intp]) -> None:
    """Row numbers beside their points, moved up where they would cover one another."""
    (left, right), (bottom, height) = ax.get_xlim(), ax.get_ylim()
    placed: list[tuple[float, float]] = []
    for row in top[np.argsort(residual[top], kind="stable")].tolist():
        across = float((h[row] - left) / (right - left))
        up = float((residual[row] - bottom) / (height - bottom)) + 0.02
        while any(abs(across - x) < 0.28 and abs(up - y) < 0.055 for x, y in placed):
            up += 0.02
        placed.append((across, up))
        near = across < 0.7
        ax.annotate(
            f"row {row:,}", (h[row], residual[row]), color=ORANGE, fontsize=8.5, va="center",
            xytext=(across + (0.035 if near else -0.035), up), textcoords="axes fraction",
            ha="left" if near else "right",
            arrowprops={"arrowstyle": "-", "color": ORANGE, "linewidth": 0.8, "shrinkB": 3},
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )  # fmt: skip


def _contours(ax: Axes, n_parameters: int, largest: float) -> None:
    """|residual| = sqrt(D parameters (1 - h) / h): where Cook's distance is D."""
    below = [level for level in LEVELS if level <= largest]
    shown = sorted({*below[-1:], *(level for level in LEVELS if level > largest)})[:2]
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    h = np.linspace(max(right / 2000, 1e-9), min(right, 1 - 1e-9), 800)
    for level in shown:
        curve = np.sqrt(level * n_parameters * (1 - h) / h)
        for sign, edge in ((1, top), (-1, -bottom)):
            inside = curve <= edge
            if not inside.any():
                continue
            ax.plot(
                h[inside], sign * curve[inside], color=GREY, linestyle="--", linewidth=1,
                gid=f"cook {level:g}",
            )  # fmt: skip
            ax.annotate(
                f"{level:g}", (h[inside][-1], sign * curve[inside][-1]), xytext=(3, 0),
                textcoords="offset points", fontsize=8.5, color=GREY, va="center",
                annotation_clip=False,
            )  # fmt: skip
    ax.set(xlim=(left, right), ylim=(bottom, top))
