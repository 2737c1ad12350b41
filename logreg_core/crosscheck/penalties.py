"""Did a penalty make the difference? Read from the score at the answer, then proved by a fit.

Where loglik - l2/2 sum p_j b_j^2 has its maximum, the score of the log-likelihood is
g_j = l2 p_j b_j. So a score that points along b (its slopes, or the intercept too, or slopes
times variances) tells the penalty and its strength; a fit with that penalty must then agree with
the answer better than the maximum does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..certificate_result import digits_words
from .arbiter import Arbiter
from .digits import agreed_digits, worst
from .geometry import mean_and_spread
from .surface import Point
from .verdict import Reason

__all__ = ["firth", "penalty"]

Floats = NDArray[np.float64]

CHANCE = 1e-3  # that a score of no cause points so closely along the penalty's
CLOSER = 0.5  # digits by which the penalised fit must agree better than the maximum
MOST_WORK = 20_000_000  # elements of X above which no fit is made on a changed copy of it


@dataclass(frozen=True)
class _Form:
    code: str
    what: str


_FORMS = {
    "slopes": _Form("penalised", "a ridge penalty on the coefficients"),
    "all": _Form("intercept penalised", "a ridge penalty on the coefficients and the intercept"),
    "standardised": _Form(
        "penalised", "a ridge penalty on the coefficients of standardised columns"
    ),
}


def penalty(
    arbiter: Arbiter, point: Point, known: float | None = None, intercept_too: bool = False
) -> Reason | None:
    """The ridge penalty that the answer at a point maximises under, where it differs from the
    task's.

    known : the l2 that the library was in fact given, and whether on the intercept too; then
    only that is tested. Otherwise strength and form are read from the score: as one slope's
    score always points along its coefficient, nothing is said of a single column.
    """
    if arbiter.fit.aliased or arbiter.task.X.size > MOST_WORK:
        return None
    forms = _directions(arbiter, point)
    if known is not None:
        form = "all" if intercept_too else "slopes"
        if known <= 1e-9 or (known == arbiter.task.l2 and form == "slopes"):
            return None
        return _confirmed(arbiter, point, form, known)
    best: tuple[float, str, float] | None = None
    for form, direction in forms.items():
        extra, miss = _strength(arbiter, point, direction)
        if best is None or miss < best[0]:
            best = (miss, form, extra)
    assert best is not None
    miss, form, extra = best
    free = len(point.coef) - int(arbiter.task.intercept)
    # a random direction lies within an angle of a line with probability about sin^(free - 1)
    if free < 2 or miss > 0.1 or miss ** (free - 1) > CHANCE:
        return None
    l2 = arbiter.task.l2 + extra
    return _confirmed(arbiter, point, form, l2) if l2 > -1e-9 else None


def _directions(arbiter: Arbiter, point: Point) -> dict[str, Floats]:
    """The score that each form of penalty leaves, per unit of l2."""
    first = int(arbiter.task.intercept)
    slopes = point.coef.copy()
    slopes[:first] = 0.0
    variance = mean_and_spread(arbiter.task.X)[1] ** 2
    spread = np.concatenate([np.ones(first), variance[arbiter.surface.kept[first:] - first]])
    forms = {"slopes": slopes, "standardised": slopes * spread}
    if first:
        forms["all"] = point.coef
    return forms


def _strength(arbiter: Arbiter, point: Point, direction: Floats) -> tuple[float, float]:
    """The l2 beyond the task's that explains the score best, and the share it leaves (a sine)."""
    metric = np.linalg.pinv(arbiter.top.information)
    along = arbiter.surface.jacobian.T @ direction
    size = float(along @ metric @ along)
    whole = float(point.gradient @ metric @ point.gradient)
    if not (size > 0.0 and whole > 0.0 and math.isfinite(whole)):
        return 0.0, 1.0
    extra = float(along @ metric @ point.gradient) / size
    left = point.gradient - extra * along
    return extra, math.sqrt(max(0.0, float(left @ metric @ left)) / whole)


def _confirmed(arbiter: Arbiter, point: Point, form: str, l2: float) -> Reason | None:
    """The reason, if the fit with this penalty agrees with the answer better than the maximum."""
    found = _fit(arbiter, form, max(0.0, l2))
    digits = worst(agreed_digits(point.coef, found))
    plain = worst(agreed_digits(point.coef, arbiter.coef))
    if not digits >= plain + CLOSER:
        return None
    said = _FORMS[form]
    what = f"it maximises under {said.what} (l2 = {l2:.4g}, C = {1.0 / l2:.4g})" if l2 > 1e-9 else (
        "it does not penalise, and was asked to"
    )  # fmt: skip
    words = f"{what}: a fit with that agrees with it to {digits_words(digits)} digits"
    return Reason(said.code, words, {"l2": l2, "form": form, "digits_of_that_fit": digits})


def _fit(arbiter: Arbiter, form: str, l2: float) -> Floats:
    X = arbiter.task.X
    if form == "slopes":
        return arbiter.refit(l2=l2).coef
    if form == "all":
        ones = np.column_stack([np.ones(len(X)), X])
        return arbiter.refit(ones, l2=l2, fit_intercept=False).coef
    scale = mean_and_spread(X)[1]
    scale[scale == 0.0] = 1.0
    coef = arbiter.refit(X / scale, l2=l2).coef.copy()
    coef[int(arbiter.task.intercept) :] /= scale
    return coef


def firth(arbiter: Arbiter, point: Point, limit: int = MOST_WORK) -> Reason | None:
    """Whether the answer is the maximum of Firth's penalised likelihood instead."""
    if arbiter.task.l2 or arbiter.fit.aliased or arbiter.task.X.size > limit:
        return None
    found = arbiter.refit(penalty="firth").coef
    digits = worst(agreed_digits(point.coef, found))
    plain = worst(agreed_digits(point.coef, arbiter.coef))
    if not digits >= max(2.0, plain + 1.0):
        return None
    words = (
        "it maximises Firth's penalised likelihood: a fit with that penalty agrees with it to "
        f"{digits_words(digits)} digits"
    )
    return Reason("Firth penalty", words, {"digits_of_that_fit": digits})
