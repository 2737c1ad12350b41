"""How did the fit get there, step by step?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .canvas import BLUE, GREEN, GREY, ORANGE, head, new_axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import LogitFit

__all__ = ["convergence"]


def convergence(fit: LogitFit, *, ax: Axes | None = None) -> Axes:
    """Draw what was left to climb before each step, and how far each went.

    Parameters
    ----------
    fit : any fit
    ax : where to draw; None makes a figure (``ax.figure`` is it)

    Returns
    -------
    matplotlib Axes, a logarithmic scale against steps: the Newton decrement (log-odds, root mean
    square), the largest change of a row's log-odds, and what the log-likelihood still lacked of
    its last value. Values of 0 have no place on the scale and are left out.

    Raises
    ------
    MissingDependencyError
        When matplotlib is not installed.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> ax = convergence(fit)
    >>> len(ax.lines[0].get_xdata()) == len(fit.trace)
    True
    """
    ax = new_axes(ax)
    trace = fit.trace
    steps = np.arange(1, len(trace) + 1)
    gap = fit.loglik - trace["loglik"].to_numpy(dtype=np.float64)
    shown = (
        ("Newton decrement", trace["decrement"], BLUE, "o"),
        ("largest change of a row's log-odds", trace["max_eta_change"], ORANGE, "s"),
        ("log-likelihood to go", gap, GREEN, "^"),
    )
    for name, values, colour, marker in shown:
        numbers = np.asarray(values, dtype=np.float64)
        usable = np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)
        ax.plot(
            steps, usable, color=colour, marker=marker, markersize=6, linewidth=1.5, label=name
        )  # fmt: skip
    ax.axhline(fit.tol, color=GREY, linestyle="--", linewidth=1)
    ax.annotate(
        f"tolerance of the decrement: {plain(fit.tol)}", (0, fit.tol), xytext=(4, 3),
        xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=8.5, color=GREY,
    )  # fmt: skip
    ax.set_yscale("log")
    ax.set_xticks(steps if len(steps) <= 15 else steps[:: len(steps) // 10])
    ax.set_xlim(0.7, max(len(steps), 1) + 0.3)
    ax.set_xlabel("step")
    halvings = int(trace["halvings"].sum()) if len(trace) else 0
    words = f"{fit.status.word} after {len(steps)} steps ({fit.solver})"
    if halvings:
        words += f", {halvings} halvings"
    head(ax, "Convergence", words)
    ax.legend(fontsize=9, frameon=False, loc="best")
    return ax
