"""A fit of the same outcomes on a few new columns: what tests of calibration and link rest on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..blocks import ArrayBlocks
from ..finishing import finish
from ..maximise import Options, at_the_end, go_on, maximise, refine
from ..problem import Objective, Problem, null_log_odds, sample_coordinates
from ..result import LogitFit
from ..tails import null_loglik
from ..workers import Workers

__all__ = ["refit", "shift"]

Floats = NDArray[np.float64]


def refit(columns: dict[str, Floats], success: Floats, failure: Floats) -> LogitFit:
    """Maximum likelihood of the outcomes (n,) on some columns (n,) and an intercept.

    A separated climb is taken to its last step and says so in ``status``; nothing warns.
    """
    X = np.column_stack(list(columns.values()))
    blocks = ArrayBlocks(X, success=success, failure=failure)
    names = ("intercept", *columns)
    options = Options()
    with Workers(None, X.size) as workers:
        objective = Objective(blocks, sample_coordinates(blocks, True), workers)
        found = maximise(objective, names, null_log_odds(blocks), options)
        found = at_the_end(refine(go_on(found, options), options))
        problem = Problem(blocks, names, (0, 1), True, False)
        null = null_loglik(*blocks.totals(), fit_intercept=True) if min(blocks.totals()) else 0.0
        return finish(problem, found, None, None, null, options, True)


def shift(eta: Floats, success: Floats, failure: Floats) -> tuple[float, float]:
    """The constant that, added to the log-odds, makes expected successes equal the observed, and
    its standard error: the maximum-likelihood intercept at offset eta."""
    total = float(success.sum())
    weight = success + failure
    if not 0.0 < total < float(weight.sum()):
        return math.copysign(math.inf, total - 0.5), math.nan
    low, high = -60.0 - float(eta.max()), 60.0 - float(eta.min())
    value = 0.0
    for _ in range(200):
        z = np.exp(-np.abs(eta + value))
        mu = np.where(eta + value >= 0.0, 1.0, z) / (1.0 + z)
        curve = float(np.sum(weight * z / (1.0 + z) ** 2))
        slope = total - float(np.sum(weight * mu))
        low, high = (value, high) if slope > 0.0 else (low, value)
        step = slope / curve if curve > 0.0 else math.inf
        if abs(step) <= 1e-13 * (1.0 + abs(value)):
            break
        # Newton where it stays inside what is known, else the middle
        value = value + step if low < value + step < high else 0.5 * (low + high)
    return value, 1.0 / math.sqrt(curve) if curve > 0.0 else math.inf
