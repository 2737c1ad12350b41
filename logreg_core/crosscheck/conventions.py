"""Which covariance do these standard errors belong to, when the coefficients agree?

Inverse expected information is ours. Others: divided by n - k instead of n; multiplied by an
estimated dispersion (Pearson's chi-square over n - k); the sandwich, with and without n / (n - k)
(White 1982, Econometrica 50, 1-25, doi:10.2307/1912526); outer products of the scores (Berndt,
Hall, Hall and Hausman 1974); or the information one IRLS step before the end, as R's glm leaves.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..blocks import ArrayBlocks
from .arbiter import Arbiter
from .digits import agreed_digits, worst
from .verdict import Reason

__all__ = ["candidates", "convention"]

Floats = NDArray[np.float64]

RECOGNISED = 3.0  # digits to which a convention must give the std errors
CHUNK = 1 << 15
STALE_TOLERANCE = 1e-8  # glm.control(epsilon) of R
MOST_STEPS = 25


def convention(
    arbiter: Arbiter, std_error: Floats, transform: Floats | None = None, better: float = 1.0
) -> Reason | None:
    """The convention that gives these standard errors of the kept columns best.

    transform (k, k) : from our coefficients to those the standard errors belong to.
    """
    if arbiter.separated or arbiter.fit.aliased or not np.isfinite(std_error).all():
        return None
    plain: float | None = None
    best: tuple[float, str] | None = None
    for words, covariance in candidates(arbiter):
        whole = covariance if transform is None else transform @ covariance @ transform.T
        digits = worst(agreed_digits(std_error, np.sqrt(whole.diagonal())))
        if plain is None:
            plain = digits  # ours comes first
        elif best is None or digits > best[0]:
            best = digits, words
    assert plain is not None
    assert best is not None
    if best[0] >= max(RECOGNISED, plain + better):
        words = f"its std errors are {best[1]}"
        return Reason("covariance", words, {"convention": best[1], "digits": best[0]})
    words = f"its std errors agree to {plain:.1f} digits and follow no convention that was tried"
    return Reason("covariance", words, {"convention": "", "digits": plain})


def candidates(arbiter: Arbiter) -> Iterator[tuple[str, Floats]]:
    """(words, covariance in the columns' units), ours first."""
    inverse: Floats = np.asarray(np.linalg.inv(arbiter.top.information))
    n, k = arbiter.task.total, len(inverse)
    meat, chi_square = _meat(arbiter)
    sandwich: Floats = np.asarray(inverse @ meat @ inverse)
    corrected = n / (n - k) if n > k else np.nan
    back = arbiter.surface.covariance
    yield "expected information", back(inverse)
    yield "divided by n - k instead of n", back(inverse) * corrected
    dispersion = f"multiplied by an estimated dispersion ({chi_square / (n - k):.4g})"
    yield dispersion, back(inverse) * (chi_square / (n - k))
    yield "robust (sandwich, HC0)", back(sandwich)
    yield "robust (sandwich with n / (n - k), HC1)", back(sandwich) * corrected
    yield "from outer products of the scores (OPG)", back(np.asarray(np.linalg.inv(meat)))
    stale = _one_step_before(arbiter)
    if stale is not None:
        yield "one IRLS step old, as R's glm leaves them", back(stale)


def _meat(arbiter: Arbiter) -> tuple[Floats, float]:
    """Sum of w (y - mu)^2 z z' in centred and scaled columns, and Pearson's chi-square."""
    surface, task = arbiter.surface, arbiter.task
    blocks, c = surface.problem.blocks, surface.objective.coordinates
    assert isinstance(blocks, ArrayBlocks)
    slopes = c.columns >= 0
    total, chi_square = np.zeros((len(c.columns), len(c.columns))), 0.0
    for first in range(0, len(task.y), CHUNK):
        rows = slice(first, first + CHUNK)
        design = np.ones((len(task.y[rows]), len(c.columns)))
        design[:, slopes] = (task.X[rows][:, c.columns[slopes]] - c.center[slopes]) * c.scale[
            slopes
        ]
        mean = arbiter.probability[rows]
        weight = np.ones(len(mean)) if task.weight is None else task.weight[rows]
        squares = weight * (task.y[rows] - mean) ** 2
        total += design.T @ (design * squares[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            chi_square += float(np.nansum(squares / (mean * (1.0 - mean))))
    return total, chi_square


def _one_step_before(arbiter: Arbiter) -> Floats | None:
    """The inverse information with which R's glm ends: Newton from fitted values (y + 1/2) / 2,
    until the deviance changes by less than 1e-8 of itself. For unit weights and no offset."""
    task = arbiter.task
    if task.weight is not None or task.offset is not None or task.l2:
        return None
    surface = arbiter.surface
    zero = surface.at(np.zeros(len(surface.kept)))
    # The first step is a regression of log 3 + 4 / 3 times +-1 on the columns; at 0 the score is
    # the half, and the information the quarter, of what that takes.
    first = 2.0 * (np.log(3.0) + 4.0 / 3.0) * zero.gradient
    inside = np.linalg.solve(4.0 * zero.information, first)
    objective = surface.objective
    before: tuple[float, Floats] | None = None
    for _ in range(MOST_STEPS):
        terms = objective(inside, 2)
        deviance = -2.0 * terms.loglik
        if (
            before is not None
            and abs(deviance - before[0]) / (abs(deviance) + 0.1) < STALE_TOLERANCE
        ):
            return np.asarray(np.linalg.inv(before[1]))
        before = deviance, terms.information
        inside = inside + np.linalg.solve(terms.information, terms.gradient)
    return None
