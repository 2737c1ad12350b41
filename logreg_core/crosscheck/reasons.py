"""Why does an answer differ from the maximum? Each cause is tested on the data and the answer.

- separation: proved by `separation.detect`; then no number is right, and the finite one given
  tells where the library stopped.
- penalised, intercept penalised, Firth penalty: see `penalties`.
- default ridge: at the answer, the step with the library's ridge is less than half of the step
  without it; and, where it can be asked, the library without its ridge does better.
- stopped early: the score at the answer is not zero, by more than rounding; diverged: and the
  likelihood is below that of coefficients of 0.
- scale, uncentred: the error lies where the columns' units flatten the likelihood by 1e4 or more;
  and, where it can be asked, the library does better on standardised columns.
- collinear: the error lies where even standardised columns leave the likelihood flat.
- rounding: the score is zero to rounding, and the coefficients differ all the same.
- split, dropped: columns are combinations of others; the predictor is the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..certificate_result import digits_words
from .arbiter import Arbiter
from .digits import agreed_digits, worst
from .geometry import Columns, Error
from .peers import Said
from .penalties import firth, penalty
from .surface import Point
from .verdict import Reason, small

__all__ = ["Differs", "aliasing", "coefficient_reasons"]

Floats = NDArray[np.float64]

FLATTENED = 1e4  # by the units: a raw gradient then ends four digits earlier
UNEQUAL = 1e3  # sizes of columns, or means in spreads, that a reader should hear of
COLLINEAR_FLATNESS = 1e-6
COLLINEAR_CONDITION = 1e3
BETTER = 1.0  # digits that an experiment must win before it counts as the cause
NEARER = 0.1  # what it may leave of the Newton decrement
NOTICEABLE = 1e-3  # log-likelihood below which a Newton method's last step may lie


@dataclass(frozen=True, eq=False)
class Differs:
    """An answer that lacks digits, and what may be asked about it.

    said : what the library told of itself, None for results that came in as a file;
    coef : folded on the kept columns; point : the surface there, None where that is not finite;
    experiment(setting, standardised) : the library's coefficients in another run, or None.
    """

    arbiter: Arbiter
    said: Said | None
    coef: Floats
    point: Point | None
    fewest: float
    warned: bool
    experiment: Callable[[str, bool], Floats | None]

    @property
    def lost(self) -> float:
        """Log-likelihood below the maximum."""
        return self.arbiter.loglik - self.there.loglik

    @property
    def there(self) -> Point:
        """The surface at the answer, which is finite."""
        assert self.point is not None
        return self.point


def coefficient_reasons(differs: Differs) -> tuple[Reason, ...]:
    """The causes that the tests find; "unexplained" where they find none."""
    found: list[Reason | None] = []
    arbiter = differs.arbiter
    if arbiter.separated:
        found = [_separation(differs), _penalised(differs)]
    elif differs.point is None:
        missing = int(np.flatnonzero(~np.isfinite(differs.coef))[0])
        name = arbiter.names[arbiter.surface.kept[missing]]
        found = [Reason("unexplained", f"it gives no finite number for `{name}`, and there is one")]
    else:
        cause = _penalised(differs) or _ridge(differs)
        found = [cause] if cause else [_early(differs), *_shape(differs)]
    reasons = tuple(reason for reason in found if reason)
    return reasons or (Reason("unexplained", "none of the causes tested explains it"),)


def _separation(differs: Differs) -> Reason:
    separation = differs.arbiter.fit.separation
    assert separation is not None
    to = [f"`{name}` -> {value:+}" for name, value in separation.infinite.items()]
    to += [f"`{name}` undetermined" for name in separation.undetermined]
    words = (
        f"{separation.kind} separation{' (proven)' if separation.proven else ''}: no maximum "
        f"exists ({', '.join(to)}), a finite number only tells where it stopped"
    )
    return Reason("separation", words, {"kind": separation.kind, "proven": separation.proven})


def _penalised(differs: Differs) -> Reason | None:
    said, arbiter, point = differs.said, differs.arbiter, differs.point
    if point is None:
        return None
    if said is None:
        return penalty(arbiter, point) or firth(arbiter, point)
    if said.firth:
        return firth(arbiter, point)
    return penalty(arbiter, point, said.penalty, said.penalises_intercept)


def _ridge(differs: Differs) -> Reason | None:
    """Whether what a library adds to its Hessian's diagonal kept it from the maximum."""
    if differs.said is None or not differs.said.ridge:
        return None
    surface, weight = differs.arbiter.surface, differs.arbiter.task.total
    information = differs.there.information / weight
    gradient = differs.there.gradient / weight
    jacobian = surface.jacobian
    ridged = information + differs.said.ridge * jacobian.T @ jacobian
    plain = np.linalg.lstsq(information, gradient, rcond=None)[0]
    damped = np.linalg.lstsq(ridged, gradient, rcond=None)[0]
    share = math.sqrt(abs(damped @ information @ damped) / abs(plain @ information @ plain))
    if not share < 0.5:
        return None
    without = differs.experiment("without ridge", False)
    digits = None
    if without is not None:
        digits = worst(agreed_digits(without, differs.arbiter.coef[surface.kept]))
        if digits < differs.fewest + BETTER:
            return None
    words = (
        f"its Newton step adds {differs.said.ridge:g} to the diagonal of the Hessian of columns as "
        f"they come, which cuts the last step to {share:.2g} of what is needed"
    )
    if digits is not None:
        words += f"; without that it has {digits_words(digits)} digits"
    return Reason("default ridge", words, {"share": share, "digits_without": digits})


def _early(differs: Differs) -> Reason:
    arbiter = differs.arbiter
    size = arbiter.decrement(differs.there)
    evidence = {"decrement": size, "loglik_lost": differs.lost, "warned": differs.warned}
    if size <= arbiter.rounding:
        words = (
            f"its score is zero to rounding (decrement {size:.1e}): float64 holds no more digits "
            "of this in these columns"
        )
        return Reason("rounding", words, evidence)
    zero = arbiter.surface.at(np.zeros(len(differs.coef)))
    if differs.there.loglik < zero.loglik:
        words = (
            f"its log-likelihood lies {small(differs.lost)} below the maximum, and below that of "
            "coefficients of 0: "
        )
        if differs.said is None:
            return Reason("unexplained", words + "it belongs to another model or data", evidence)
        return Reason("diverged", words + "it ran away", evidence)
    score = f"its score is not zero (log-likelihood {small(differs.lost)} below the maximum)"
    if differs.said is None:
        words = f"not a maximum for these data: {score}; it stopped early or saw other rows"
    else:
        how = "and said so" if differs.warned else "without a warning"
        steps = f" after {differs.said.steps} steps" if differs.said.steps else ""
        words = f"it stopped early{steps}, {how}: {score}"
    return Reason("stopped early", words, evidence)


def _shape(differs: Differs) -> list[Reason]:
    """What in the columns made it stop there."""
    arbiter = differs.arbiter
    error = Error(arbiter, differs.coef - arbiter.coef[arbiter.surface.kept])
    found: list[Reason] = []
    scale = _units(differs, error)
    if scale:
        found.append(scale)
    condition = arbiter.fit.condition_number if arbiter.fit.root is not None else 1.0
    if error.own_flatness <= COLLINEAR_FLATNESS and condition >= COLLINEAR_CONDITION:
        words = (
            f"columns are nearly collinear (condition {condition:.1e}): along its error the "
            f"likelihood is {error.own_flatness:.0e} as curved as elsewhere"
        )
        evidence = {"condition": condition, "flatness": error.own_flatness}
        found.append(Reason("collinear", words, evidence))
    return found


def _units(differs: Differs, error: Error) -> Reason | None:
    columns = Columns.of(differs.arbiter)
    unequal, far = columns.size_ratio >= UNEQUAL, columns.largest_offset >= UNEQUAL
    if error.hidden < FLATTENED or not (unequal or far):
        return None
    if differs.said is None and differs.lost < NOTICEABLE:
        return None
    left = None
    if differs.said is not None:
        scaled = differs.experiment("", True)
        if scaled is None:
            return None
        other = differs.arbiter.surface.at(scaled)
        left = differs.arbiter.decrement(other)
        if not left <= NEARER * differs.arbiter.decrement(differs.there):
            return None
    code = "scale" if unequal else "uncentred"
    words = (
        f"the columns are of unequal scale ({columns.size_words()})"
        if unequal
        else f"a column lies far from zero ({columns.offset_words()})"
    )
    if left is None:
        words += f" and its error lies where that flattens the likelihood {error.hidden:.0e} times"
    else:
        lost = max(0.0, differs.arbiter.loglik - other.loglik)
        words += f": standardised, the same call ends only {small(lost)} below"
    evidence = {"hidden": error.hidden, "size_ratio": columns.size_ratio,
                "offset": columns.largest_offset, "decrement_standardised": left}  # fmt: skip
    return Reason(code, words, evidence)


def aliasing(arbiter: Arbiter, raw: Floats, digits_asked: float) -> Reason | None:
    """Whether coefficients differ only because columns are combinations of others."""
    if not arbiter.fit.aliased:
        return None
    ours = np.where(np.isnan(arbiter.coef), 0.0, arbiter.coef)
    theirs = np.where(np.isnan(raw), 0.0, raw)
    if worst(agreed_digits(theirs, ours)) >= digits_asked:
        return None
    moved = [r for r in arbiter.fit.aliased if theirs[arbiter.names.index(r.name)] != 0.0]
    if not moved:
        return None
    folded = arbiter.folded(raw)
    digits = worst(agreed_digits(folded, arbiter.coef[arbiter.surface.kept]))
    group = {name for r in moved for name in (r.name, *(other for other, _ in r.terms))}
    left_out = [n for n in arbiter.names if n in group and theirs[arbiter.names.index(n)] == 0.0]
    relations = "; ".join(map(str, moved))
    same = (
        f"the predictor is the same to {digits_words(digits)} digits" if digits >= digits_asked
        else f"with that folded back it has {digits_words(digits)} digits"
    )  # fmt: skip
    how = (
        f"it leaves out {', '.join(f'`{n}`' for n in left_out)} where we leave out "
        f"{', '.join(f'`{r.name}`' for r in moved)}"
        if left_out
        else "it splits the effect among them"
    )
    code = "dropped" if left_out else "split"
    words = f"collinear columns ({relations}) have no coefficients of their own: {how}; {same}"
    return Reason(code, words, {"digits_folded": digits})
