"""The log-likelihood along one coefficient, all others at their best for each of its values.

    profile(b) = max over the other coefficients of loglik, with this one held at b

A coefficient is held by climbing in the other coordinates alone. Where columns are nearly
collinear they are turned first, until the information at the maximum is the identity: the
coefficient is put last, and as the turn is upper triangular, the last coordinate is this
coefficient but for a factor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..ascent import Status, direction
from ..blocks import Terms
from ..errors import LogregError
from ..firth import FirthObjective, secant_steps
from ..newton import newton
from ..problem import Objective
from ..rank import whitened

__all__ = ["Pinned", "Point", "turn"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """A place on the profile.

    t: the coefficient in standard errors at the maximum; drop: 2 (top - profile); slope: its
    derivative by t; rest (k - 1,): the other coordinates; tangent: how they change with t.
    """

    t: float
    drop: float
    slope: float
    rest: Floats
    tangent: Floats


@dataclass(frozen=True)
class Pinned:
    """objective: in some coordinates; index: the coordinate held; width: of it per unit of t;
    top: the highest log-likelihood; name: of the coefficient."""

    objective: Objective
    index: int
    width: float
    top: float
    name: str

    @property
    def unit(self) -> float:
        """Coefficient per unit of t, in log-odds per unit of the column."""
        c = self.objective.coordinates
        turned = c.rotation[-1, -1] if c.rotation.size else 1.0
        return float(self.width * turned * c.scale[self.index])

    def at(self, t: float, near: Floats) -> Point:
        """The profile at t, climbed from other coordinates near its maximum."""
        seen: list[Terms] = []

        def evaluate(beta: Floats, order: int, step: Floats | None = None) -> Terms:
            move = None if step is None else np.insert(step, self.index, 0.0)
            whole = self.objective(self._whole(t, beta), order, move)
            if order == 2:
                seen[:] = [whole]
            return self._others(whole)

        if not len(near):
            whole = self.objective(self._whole(t, near), 2)
            return self._point(t, whole.loglik, near, whole)
        firth = isinstance(self.objective, FirthObjective)
        # Newton's error is the square of its last step: the log-likelihood is then right to 1e-14
        run = newton(
            evaluate, near, suspicious=False, max_iter=100,
            towards=secant_steps() if firth else None,
            eta_tolerance=1e-7 if firth else 1e-4,
        )  # fmt: skip
        if run.status not in (Status.CONVERGED, Status.STALLED):
            raise LogregError(
                f"the profile of {self.name!r} was not climbed at {t * self.unit:g}",
                "a maximum over the other coefficients",
                str(run.status),
                "look for nearly separated columns; use the Wald interval, fit.conf_int()",
                column=self.name,
            )
        return self._point(t, run.terms.loglik, run.beta, seen[0])

    def start(self, beta: Floats, terms: Terms) -> Point:
        """The maximum itself, from all coordinates there and the terms of order 2."""
        t = float(beta[self.index] / self.width)
        return self._point(t, self.top, np.delete(beta, self.index), terms)

    def _whole(self, t: float, rest: Floats) -> Floats:
        return np.insert(rest, self.index, t * self.width)

    def _others(self, terms: Terms) -> Terms:
        i, information = self.index, terms.information
        if information.size:
            information = np.delete(np.delete(information, i, axis=0), i, axis=1)
        return replace(
            terms,
            gradient=np.delete(terms.gradient, i),
            information=np.ascontiguousarray(information),
        )

    def _point(self, t: float, loglik: float, rest: Floats, terms: Terms) -> Point:
        tangent = rest
        if len(rest):
            cross = np.delete(terms.information[:, self.index], self.index)
            tangent = direction(self._others(terms).information, -self.width * cross).vector
        drop = max(0.0, 2.0 * (self.top - loglik))
        return Point(t, drop, -2.0 * self.width * float(terms.gradient[self.index]), rest, tangent)

    def along(self, here: Point, t: float) -> Point:
        """The profile at t, climbed from another point of it."""
        return self.at(t, here.rest + (t - here.t) * here.tangent)

    def end(self, start: Point, side: int, target: float) -> Point:
        """Where, on this side of ``start``, the drop is ``target``.

        Newton's method on the root of the drop, which is nearly a straight line, inside a
        bracket. The drop is convex and that of ``start`` is below the target, so there is one
        such place or none: the caller knows, from the separation.
        """
        tolerance = 1e-10 * max(1.0, target) + 4e-15 * abs(self.top)
        here, low, high = start, start.t, math.inf * side
        step = side * (math.sqrt(target) - math.sqrt(start.drop))
        for _ in range(100):
            t = here.t + step
            outside = (t - high) * side >= 0.0 or (t - low) * side <= 0.0
            if outside and math.isfinite(high):
                t = 0.5 * (low + high)
            elif outside:
                t = low + 4.0 * side * max(1.0, abs(low - start.t))
            here = self.along(here, t)
            if abs(here.drop - target) <= tolerance or t in (low, high):
                break
            if here.drop < target:
                low = t
            else:
                high = t
            step = _root_step(here, target)
            if not math.isfinite(high):  # a flat place must not send the next trial too far
                most = 8.0 * max(1.0, abs(t - start.t))
                step = side * min(abs(step), most) if math.isfinite(step) else side * most
        return here


def _root_step(here: Point, target: float) -> float:
    """Newton's step for sqrt(drop) = sqrt(target)."""
    root = math.sqrt(here.drop)
    if not here.slope or not root:
        return math.inf
    return (math.sqrt(target) - root) * 2.0 * root / here.slope


def turn(objective: Objective, beta: Floats) -> tuple[Objective, Floats]:
    """The objective in columns whose information at beta is the identity, and beta there."""
    terms = objective(beta, 2)
    for _ in range(2):  # the second time for what cancelled in the first
        before = objective.coordinates
        after = whitened(before, terms.information)
        own = after.rotation
        if before.rotation.size:
            own = np.asarray(np.linalg.solve(before.rotation, own), dtype=np.float64)
        beta = np.asarray(np.linalg.solve(own, beta))
        objective = replace(objective, coordinates=after)
        terms = objective(beta, 2)
    return objective, beta
