"""Is the log-odds a straight line? Averages of residuals along the predictions and the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..diagnostics.binned import binned_residuals_of
from ..diagnostics.box_tidwell import box_tidwell_of
from ..diagnostics.observed import Observed, observe
from ..errors import DataError
from ..inference import adjust
from .canvas import BLUE, GREY, ORANGE, head, label, new_axes, new_figure, plain, thousands

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import LogitFit

__all__ = ["binned_residuals", "box_tidwell", "draw_binned", "draw_p_values"]

BINS = 12  # of a panel: few enough that an average of rare outcomes is not all noise


def binned_residuals(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    by: Any = None,
    bins: int | None = None,
    ax: Axes | None = None,
    **rows: Any,
) -> Axes:
    """Draw where along the predictions, or along a column, the model is systematically off.

    Parameters
    ----------
    fit, X, y : any fit; rows, new ones or its own
    by : None for the predicted probability, the name of a column, or (n,) values of anything
    bins : how many; None as in `diagnostics.binned_residuals`
    ax : where to draw; None makes a figure (``ax.figure`` is it)
    rows : sample_weight, offset, n_trials

    Returns
    -------
    matplotlib Axes: mean residual (probability) of each bin, with the band of two std errors that
    about 95 % of the bins should lie in; those outside are orange diamonds

    Raises
    ------
    DataError
        As `diagnostics.binned_residuals`.
    MissingDependencyError
        When matplotlib is not installed.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> ax = binned_residuals(lc.fit(X, y), X, y, bins=3)
    >>> ax.lines[-1].get_ydata().round(3)
    array([ 0.062,  0.   , -0.062])
    """
    table = binned_residuals_of(observe(fit, X, y, **rows), by, bins)
    ax = new_axes(ax)
    draw_binned(ax, table)
    if by is not None:
        ax.set_xlabel(f"mean of {label(by)}" if isinstance(by, str) else "mean of the values given")
    inside = int(table["inside"].sum())
    head(ax, "Binned residuals", f"{inside} of {len(table)} bins within two std errors of zero")
    return ax


def draw_binned(ax: Axes, table: pd.DataFrame) -> None:
    """Points and band of a table of `diagnostics.binned_residuals`."""
    mean, residual = table["mean"].to_numpy(), table["residual"].to_numpy()
    band, inside = 2 * table["std_error"].to_numpy(), table["inside"].to_numpy()
    ax.fill_between(mean, -band, band, color=GREY, alpha=0.16, linewidth=0)
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.plot(
        mean[~inside], residual[~inside], color=ORANGE, marker="D", markersize=7, linestyle="none"
    )  # fmt: skip
    ax.plot(mean[inside], residual[inside], color=BLUE, marker="o", markersize=5, linestyle="none")
    ax.set_xlabel("mean predicted probability")
    ax.set_ylabel("mean residual (probability)")


def box_tidwell(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    columns: Sequence[str] | None = None,
    zeros: str = "half",
    axes: Sequence[Axes] | None = None,
    **rows: Any,
) -> tuple[Axes, ...]:
    """Draw, a panel a column, whether the log-odds bends in it, with Box and Tidwell's test.

    Parameters
    ----------
    fit, X, y : a fit by maximum likelihood, and its rows
    columns : names; all of more than two values if None
    zeros : treatment of zeros in the test, as in `diagnostics.box_tidwell`
    axes : one for each column; None makes a figure (``axes[0].figure`` is it)
    rows : sample_weight, offset, n_trials, as the fit was given them

    Returns
    -------
    tuple of matplotlib Axes: the fit's straight line b (x - mean) in log-odds, and in bins of
    equal size the partial residuals b (x - mean) + sum (y - mu) / sum mu (1 - mu), with two std
    errors each way; the p-value and the power suggested in words

    Raises
    ------
    DataError, SeparationError
        As `diagnostics.box_tidwell`; another number of axes than columns.
    MissingDependencyError
        When matplotlib is not installed.

    References
    ----------
    J. M. Landwehr, D. Pregibon, A. C. Shoemaker (1984), doi:10.1080/01621459.1984.10477062

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> len(box_tidwell(lc.fit(X, y), X, y))
    1
    """
    seen = observe(fit, X, y, **rows)
    table = box_tidwell_of(seen, columns, zeros)
    if axes is None:
        across = min(3, max(1, len(table)))
        down = -(-max(1, len(table)) // across)
        figure = new_figure((4.4 * across, 3.7 * down))
        axes = [figure.add_subplot(down, across, i + 1) for i in range(len(table))]
    if len(axes) != len(table):
        raise DataError(
            f"there are {len(axes)} axes for {len(table)} columns", "one for each column",
            "some columns would have no panel", "pass as many axes, or none",
        )  # fmt: skip
    for ax, (name, row) in zip(axes, table.iterrows(), strict=True):
        _panel(new_axes(ax), seen, str(name), row)
    return tuple(axes)


def _panel(ax: Axes, seen: Observed, name: str, row: pd.Series[float]) -> None:
    bins = binned_residuals_of(seen, name, BINS)
    mean, size = bins["mean"].to_numpy(), bins["weight"].to_numpy()
    slope = float(seen.fit.coef[seen.fit.names.index(name)])
    middle = float(np.average(mean, weights=size))
    line = slope * (mean - middle)
    # the table's std error is sqrt(sum w mu (1 - mu)) / sum w
    information = (bins["std_error"].to_numpy() * size) ** 2
    partial = line + bins["residual"].to_numpy() * size / information
    half = 2 / np.sqrt(information)
    # a few extreme values would press all bins together, and the line runs on for nothing there
    room = 0.06 * (mean[-1] - mean[0]) or 1.0
    ends = np.array([mean[0] - room, mean[-1] + room])
    ax.plot(ends, slope * (ends - middle), color=GREY, linestyle="--", linewidth=1.3)
    ax.vlines(mean, partial - half, partial + half, color=BLUE, linewidth=1.6)
    ax.plot(mean, partial, color=BLUE, marker="o", markersize=5, linestyle="none")
    ax.set_xlabel(label(name))
    ax.set_ylabel("part of the log-odds")
    ax.set_xlim(*ends)
    ax.locator_params(axis="x", nbins=5)
    thousands(ax.xaxis)
    if np.isnan(row["p_value"]):
        words = "not tested: it holds values below 0"
    else:
        words = f"bend: p {plain(row['p_value'], 2)}; power suggested {plain(row['power'], 2)}"
    head(ax, label(name, 30), words, width=46)


def draw_p_values(ax: Axes, table: pd.DataFrame) -> None:
    """A bar a column, the longer the smaller the p-value of its Box-Tidwell test; orange and
    hatched where Holm's method, too, leaves it below 0.05."""
    names, p = list(table.index), table["p_value"].to_numpy(dtype=np.float64)
    strength = -np.log10(np.maximum(np.nan_to_num(p, nan=1.0), 1e-30))
    bent = np.asarray(adjust(p)) < 0.05
    ax.barh(
        np.arange(len(p)), strength, height=0.62, edgecolor="white", linewidth=0,
        color=[ORANGE if flag else BLUE for flag in bent],
        hatch=["///" if flag else "" for flag in bent],
    )  # fmt: skip
    end = max(2.2, 1.25 * float(strength.max(initial=0.0)))
    ax.axvline(-np.log10(0.05), color=GREY, linestyle="--", linewidth=1)
    for i, value in enumerate(p.tolist()):
        ax.annotate(
            "not tested" if np.isnan(value) else plain(value, 2), (strength[i], i), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85},
        )  # fmt: skip
    ticks = (1, 0.1, 0.01, 1e-3, 1e-4, 1e-6, 1e-10, 1e-15, 1e-20, 1e-30)
    shown = [t for t in ticks if -np.log10(t) < end][-6:]
    ax.set_xticks([-np.log10(t) for t in shown], [f"{t:g}" for t in shown])
    ax.set_xlim(0, end)
    ax.set_yticks(range(len(p)), [label(name) for name in names])
    ax.set_ylim(len(p) - 0.5, -0.5)
    ax.grid(False, axis="y")
    ax.set_xlabel("p of a bend (dashed: 0.05)")
