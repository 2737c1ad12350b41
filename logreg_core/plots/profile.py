"""Which values of a coefficient are compatible with the data? Its profile likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..inference import profile_curve, profile_intervals
from ..option_checks import check_options
from ..tails import critical_value
from .canvas import BLUE, GREY, ORANGE, head, label, new_axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import LogitFit

__all__ = ["profile"]


def profile(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    column: str = "",
    *,
    level: float = 0.95,
    n_points: int = 41,
    ax: Axes | None = None,
    **rows: Any,
) -> Axes:
    """Draw how fast the likelihood falls as one coefficient leaves its estimate.

    Parameters
    ----------
    fit, X, y : a fit without ridge, and its rows
    column : name of the coefficient
    level : of the interval, whose ends are where the curve crosses the line
    n_points : of the curve
    ax : where to draw; None makes a figure (``ax.figure`` is it)
    rows : sample_weight, offset, n_trials, as the fit was given them

    Returns
    -------
    matplotlib Axes: twice the log-likelihood lost against the coefficient (log-odds per unit);
    dashed, the parabola on which Wald's interval rests

    Raises
    ------
    DataError, LogregError
        As `inference.profile_curve`.
    MissingDependencyError
        When matplotlib is not installed.

    Notes
    -----
    A short climb, of some passes over the rows, a point.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> ax = profile(lc.fit(X, y), X, y, "x1", n_points=9)
    >>> len(ax.lines[-1].get_xdata())
    9
    """
    check_options(level=level)
    cut = critical_value(level) ** 2
    table = profile_curve(fit, X, y, column, n_points=n_points, farthest=2.2 * cut, **rows)
    ends = profile_intervals(fit, X, y, level, columns=column, **rows)
    lower, upper = (float(ends[end].iloc[0]) for end in ("lower", "upper"))
    value, drop = table["value"].to_numpy(), table["drop"].to_numpy()
    ax = new_axes(ax, (5.8, 4.4))
    ax.axhline(cut, color=GREY, linewidth=1)
    ax.annotate(
        f"{level:.0%}", (1, cut), xytext=(3, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", fontsize=9, color=GREY,
    )  # fmt: skip
    wald = table["wald"].to_numpy()
    if np.isfinite(wald).any():
        ax.plot(value, wald, color=GREY, linestyle="--", linewidth=1.3, label="Wald's parabola")
    for end in (lower, upper):
        if np.isfinite(end):
            ax.plot([end, end], [0, cut], color=ORANGE, linewidth=1.3)
    ax.plot(value, drop, color=BLUE, linewidth=2, label="profile")
    ax.set(xlim=(value.min(), value.max()), ylim=(0, 1.05 * 2.2 * cut))
    ax.set_xlabel(f"coefficient of {label(column)} (log-odds)")
    ax.set_ylabel("2 x log-likelihood lost")
    ax.legend(fontsize=9, frameon=False, loc="upper center")
    words = f"{level:.0%} interval {plain(lower)} to {plain(upper)}"
    place = fit.names.index(column)
    if np.isfinite(fit.coef[place]):
        wald_lower, wald_upper = fit.conf_int(level).iloc[place]
        words += f"; Wald's {plain(wald_lower)} to {plain(wald_upper)}"
    head(ax, "Profile likelihood", words)
    return ax
