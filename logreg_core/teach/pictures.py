"""The pictures of the lessons: curves, hills, regressions and line searches, one call each.

Like `lc.plots`: matplotlib Axes come back, ``ax`` draws into a figure of your own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..formulas import climb as climbing
from ..formulas import log_likelihood, outcome_weights, sigmoid
from ..plots.canvas import BLUE, GREEN, GREY, ORANGE, PURPLE, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import LogitFit
    from ..steps import Step

__all__ = [
    "climb", "curves", "digits", "growth", "line_search", "profile", "regression", "roofline",
]  # fmt: skip

Floats = NDArray[np.float64]
DROPS = (0.1, 0.5, 1.5, 2.996, 6.0, 12.0, 25.0, 50.0, 100.0)


def _columns(X: ArrayLike) -> Floats:
    """The columns with a column of ones first."""
    given = np.asarray(X, dtype=np.float64).reshape(len(np.asarray(X)), -1)
    return np.column_stack([np.ones(len(given)), given])


def curves(
    X: Any, y: Any, betas: Any, *, labels: Sequence[str] = (), ax: Axes | None = None
) -> Axes:
    """Draw outcomes over one column, and the probability that each (intercept, slope) gives.

    >>> ax = curves([[1.0], [2.0], [3.0]], [0, 1, 1], [(-2.0, 1.0)], labels=["a guess"])
    >>> ax.get_ylabel()
    'outcome, probability'
    """
    ax = new_axes(ax)
    x, y = np.asarray(X, dtype=np.float64).reshape(-1), np.asarray(y)
    pad = 0.08 * (x.max() - x.min() or 1.0)
    along = np.linspace(x.min() - pad, x.max() + pad, 200)
    ax.plot(x[y == 1], y[y == 1], "o", color=ORANGE, label="it happened")
    ax.plot(x[y == 0], y[y == 0], "s", color=BLUE, mfc="white", label="it did not")
    for i, beta in enumerate(betas):
        line = ("-", "--", "-.", ":")[i % 4]
        label = labels[i] if i < len(labels) else None
        ax.plot(along, sigmoid(beta[0] + beta[1] * along), line, color=GREY, lw=2, label=label)
    ax.set(xlabel="x", ylabel="outcome, probability")
    ax.legend(frameon=False, fontsize=9)
    return ax


def climb(X: Any, y: Any, paths: dict[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw the log-likelihood over intercept and slope, and paths (n, 2) on it by name.

    The window holds all paths; the thick contour is the joint 95 % region.

    >>> ax = climb([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], {"Newton": [[0, 0], [-2, 0.8]]})
    >>> len(ax.lines)
    1
    """
    ax = new_axes(ax)
    Z = _columns(X)
    success, failure = outcome_weights(y)
    spots = np.vstack([np.asarray(path, dtype=np.float64) for path in paths.values()])
    low, high = spots.min(axis=0), spots.max(axis=0)
    pad = 0.35 * np.where(high > low, high - low, 1.0)
    first, second = (np.linspace(low[j] - pad[j], high[j] + pad[j], 90) for j in (0, 1))
    heights = np.array(
        [[log_likelihood(Z, success, failure, np.array([a, b])) for a in first] for b in second]
    )
    top = heights.max()
    levels = [top - drop for drop in reversed(DROPS)]
    widths = [2.2 if drop == 2.996 else 0.8 for drop in reversed(DROPS)]
    ax.contour(
        first, second, heights, levels=levels, colors=GREY, linewidths=widths, linestyles="-"
    )
    marks = (("-o", BLUE), ("--", ORANGE), (":^", GREEN), ("-.s", PURPLE))
    for (name, path), (mark, colour) in zip(paths.items(), marks, strict=False):
        ax.plot(*np.asarray(path, dtype=np.float64).T, mark, color=colour, ms=5, label=name)
    ax.set(xlabel="intercept", ylabel="slope")
    ax.legend(frameon=False, fontsize=9)
    return ax


def regression(X: Any, y: Any, step: Step, *, ax: Axes | None = None) -> Axes:
    """Draw a step as IRLS: working responses sized by weight, the line now and the next one.

    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> ax = regression(X, y, next(lc.newton_steps(X, y)))
    >>> len(ax.lines)
    2
    """
    ax = new_axes(ax)
    x, y = np.asarray(X, dtype=np.float64).reshape(-1), np.asarray(y)
    weight, response = np.asarray(step.working_weight), np.asarray(step.working_response)
    for outcome, mark, colour in ((1, "o", ORANGE), (0, "s", BLUE)):
        rows = y == outcome
        ax.scatter(
            x[rows], response[rows], s=20 + 500 * weight[rows], marker=mark, color=colour,
            alpha=0.6, label=f"working response, y = {outcome}",
        )  # fmt: skip
    ends = np.array([x.min(), x.max()])
    goal = step.beta + step.direction
    ax.plot(ends, step.beta[0] + step.beta[1] * ends, "--", color=GREY, label="the line now")
    ax.plot(ends, goal[0] + goal[1] * ends, "-", color=BLUE, lw=2, label="weighted regression")
    ax.set(xlabel="x", ylabel="log-odds")
    ax.legend(
        frameon=False, fontsize=9, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=2,
        markerscale=0.5,
    )  # fmt: skip
    return ax


def line_search(X: Any, y: Any, step: Step, *, ax: Axes | None = None) -> Axes:
    """Draw the log-likelihood along a step, the parabola it is taken for, and the points tried.

    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> line_search(X, y, next(lc.newton_steps(X, y))).get_xlabel()
    'share of the full step'
    """
    ax = new_axes(ax)
    Z = _columns(X)
    success, failure = outcome_weights(y)
    share = np.linspace(-0.05, 1.2, 200)
    height = [log_likelihood(Z, success, failure, step.beta + t * step.direction) for t in share]
    parabola = step.promised_gain * (2 * share - share**2)
    ax.plot(share, np.array(height) - step.loglik, color=BLUE, lw=2, label="log-likelihood")
    ax.plot(share, parabola, "-.", color=PURPLE, label="the parabola")
    ax.axhline(0.0, color=GREY, lw=0.8)
    for trial in step.trials:
        taken = trial is step.trials[-1]
        ax.plot(
            trial.step_length, trial.loglik - step.loglik, "o" if taken else "x",
            color=BLUE if taken else ORANGE, ms=9, mew=2.5,
            label="taken" if taken else "refused" if trial is step.trials[0] else None,
        )  # fmt: skip
    ax.set(xlabel="share of the full step", ylabel="gain of log-likelihood")
    ax.legend(frameon=False, fontsize=9)
    return ax


def digits(steps: Iterable[Step], *, ax: Axes | None = None) -> Axes:
    """Draw how many decimals of the log-odds are right at each step.

    >>> import logreg_core as lc
    >>> ax = digits(lc.newton_steps([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]))
    >>> len(ax.patches)
    5
    """
    ax = new_axes(ax)
    shown = list(steps)
    bars = ax.bar([s.number for s in shown], [s.digits for s in shown], color=BLUE)
    ax.bar_label(bars, fmt="%.1f", fontsize=9)
    ax.set(xlabel="step", ylabel="right decimals of the log-odds")
    ax.set_xticks([s.number for s in shown])
    return ax


def growth(steps: Iterable[Step], column: int = 1, *, ax: Axes | None = None) -> Axes:
    """Draw a coefficient, its standard error and Wald's z over the steps.

    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1]
    >>> ax = growth(lc.newton_steps(X, y, endless=True, max_iter=10))
    >>> [line.get_label() for line in ax.lines]
    ['coefficient', 'standard error', 'z']
    """
    ax = new_axes(ax)
    shown = list(steps)
    coefficient = np.array([abs(s.beta[column]) for s in shown])
    error = np.sqrt([np.linalg.inv(s.information)[column, column] for s in shown])
    at = [s.number for s in shown]
    with np.errstate(divide="ignore"):
        for values, mark, colour, name in (
            (coefficient, "-o", BLUE, "coefficient"),
            (error, "--s", ORANGE, "standard error"),
            (coefficient / error, ":^", GREEN, "z"),
        ):
            usable = np.where(values > 0, values, np.nan)
            ax.plot(at, usable, mark, color=colour, ms=4, label=name)
    ax.set_yscale("log")
    ax.set(xlabel="step", ylabel="size")
    ax.legend(frameon=False, fontsize=9)
    return ax


def profile(X: Any, y: Any, fit: LogitFit, *, ax: Axes | None = None) -> Axes:
    """Draw the best log-likelihood with the slope of one column held, and Wald's parabola.

    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> [line.get_label() for line in profile(X, y, lc.fit(X, y)).lines][:2]
    ['profile likelihood', "Wald's parabola"]
    """
    ax = new_axes(ax)
    x = np.asarray(X, dtype=np.float64).reshape(-1)
    slope, error = float(fit.coef[1]), float(fit.std_error[1])
    slopes = np.linspace(slope - 3.5 * error, slope + 3.5 * error, 121)
    success, failure = outcome_weights(y)
    ones, height = np.ones((len(x), 1)), []
    beta = fit.coef[:1] + slope * x.mean()
    for held in slopes:
        offset = held * (x - x.mean())
        steps = islice(climbing(ones, success, failure, beta, offset), 12)
        for beta, _ in steps:  # noqa: B007  # the next slope starts where this one ended
            pass
        height.append(log_likelihood(ones, success, failure, beta, offset) - fit.loglik)
    ax.plot(slopes, height, color=BLUE, lw=2, label="profile likelihood")
    wald = -(((slopes - slope) / error) ** 2) / 2
    ax.plot(slopes, wald, "-.", color=PURPLE, label="Wald's parabola")
    ax.axhline(-1.9207294103470624, color=GREY, ls="--", lw=1, label="95 %")
    ax.set(xlabel="slope", ylabel="log-likelihood below the top")
    ax.legend(frameon=False, fontsize=9)
    return ax


def roofline(
    points: dict[str, tuple[float, float]], peak: float, bandwidth: float, *, ax: Axes | None = None
) -> Axes:
    """Draw kernels under their roof: (operations a byte, GFLOP/s) by name.

    peak : GFLOP/s that arithmetic allows; bandwidth : GB/s that memory allows.

    >>> ax = roofline({"fused": (2.6, 14.0)}, peak=40.0, bandwidth=12.0)
    >>> ax.get_yscale()
    'log'
    """
    ax = new_axes(ax)
    intensity = np.logspace(-1.5, 2.0, 100)
    ax.plot(intensity, np.minimum(peak, bandwidth * intensity), color=GREY, lw=2)
    for (name, (at, rate)), mark in zip(points.items(), "osD^vP", strict=False):
        ax.plot(at, rate, mark, ms=9, label=name)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set(xlabel="operations a byte", ylabel="GFLOP/s")
    ax.legend(frameon=False, fontsize=9)
    return ax
