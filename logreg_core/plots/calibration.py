"""Do rows given 30 % come true in 30 % of the cases? Groups of rows, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from ..diagnostics.calibration import calibration_table, calibration_table_of
from ..diagnostics.observed import Observed
from ..metrics.checks import float_block
from ..option_checks import check_options
from ..result import LogitFit
from .canvas import BLUE, GREY, head, new_axes
from .judged import outcomes_and_scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["calibration", "draw_calibration"]


def calibration(
    y_or_fit: Any,
    probability_or_X: Any,
    y: Any = None,
    *,
    groups: int | Sequence[float] = 10,
    level: float = 0.95,
    ax: Axes | None = None,
    **rows: Any,
) -> Axes:
    """Draw the share that came true against the share predicted, in groups of equal size.

    Parameters
    ----------
    y_or_fit, probability_or_X, y : outcomes and probabilities, (n,) each; or a fit, X and y; or a
        fit and a `Design`; rows that took no part in the fit say more
    groups : how many, by quantiles of the probability (equal ones stay together), or their sizes
    level : of Wilson's intervals
    ax : where to draw; None makes a figure (``ax.figure`` is it)
    rows : sample_weight, offset, n_trials, with a fit

    Returns
    -------
    matplotlib Axes: a point a group on the scale that the predictions take up, so that
    probabilities below 0.1 can be read; on the dashed line prediction and outcome agree

    Raises
    ------
    DataError
        Probabilities outside 0 to 1; as `diagnostics.calibration_table`.
    MissingDependencyError
        When matplotlib is not installed.

    Notes
    -----
    The figures are those of `diagnostics.calibration_table`.

    Examples
    --------
    >>> ax = calibration([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], groups=2)
    >>> ax.lines[-1].get_ydata().round(3)
    array([0.333, 0.667])
    """
    if isinstance(y_or_fit, LogitFit):
        table = calibration_table(
            y_or_fit, probability_or_X, y, groups=groups, level=level, **rows
        )  # fmt: skip
    else:
        check_options(level=level)
        outcome, share = outcomes_and_scores(y_or_fit, probability_or_X, y)
        float_block(share, 0, len(share), "probability", 0.0, 1.0)
        success = outcome.astype(np.float64)
        seen = SimpleNamespace(probability=share, outcome=(success, 1.0 - success))
        table = calibration_table_of(cast(Observed, seen), groups, level)
    ax = new_axes(ax, (5.2, 4.8))
    draw_calibration(ax, table)
    inside, total = int(table["inside"].sum()), len(table)
    head(
        ax, "Calibration",
        f"the {level:.0%} interval holds the prediction in {inside} of {total} groups", width=58,
    )  # fmt: skip
    return ax


def draw_calibration(ax: Axes, table: pd.DataFrame) -> None:
    """Points and intervals of a table of `diagnostics.calibration_table`."""
    predicted, observed = table["predicted"].to_numpy(), table["observed"].to_numpy()
    lower, upper = table["observed_lower"].to_numpy(), table["observed_upper"].to_numpy()
    low = min(predicted.min(), lower.min())
    high = max(predicted.max(), upper.max())
    room = 0.05 * (high - low) or 0.05
    ends = max(low - room, -0.02), min(high + room, 1.02)
    ax.plot(ends, ends, color=GREY, linestyle="--", linewidth=1)
    ax.vlines(predicted, lower, upper, color=BLUE, linewidth=1.8)
    ax.plot(predicted, observed, color=BLUE, marker="o", markersize=6, linestyle="none")
    ax.set(xlim=ends, ylim=ends)
    ax.set_xlabel("predicted share (mean of the group)")
    ax.set_ylabel("share that came true")
