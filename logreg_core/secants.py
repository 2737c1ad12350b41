"""A model of the curvature, improved by what the gradients themselves tell."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .cholesky_kernels import solve

__all__ = ["Curvature"]

Floats = NDArray[np.float64]
MOST_PAIRS = 8


@dataclass
class Curvature:
    """A model of the information: a factorised matrix and secant pairs on top of it."""

    factor: Floats
    d: Floats
    pairs: list[tuple[Floats, Floats, float]] = field(default_factory=list)

    def learn(self, step: Floats, fall: Floats) -> None:
        """The gradient fell by ``fall`` over ``step``; kept only if that curves downwards."""
        curved = float(step @ fall)
        if curved > 1e-12 * math.sqrt(float(step @ step) * float(fall @ fall)):
            self.pairs = [*self.pairs[-MOST_PAIRS + 1 :], (step, fall, 1.0 / curved)]

    def solve(self, gradient: Floats) -> Floats:
        """The step to the maximum of the model: L-BFGS in two loops."""
        q, kept = gradient.copy(), []
        for step, fall, rho in reversed(self.pairs):
            a = rho * float(step @ q)
            kept.append(a)
            q -= a * fall
        q = solve(self.factor, self.d, q)
        for (step, fall, rho), a in zip(self.pairs, reversed(kept), strict=True):
            q += (a - rho * float(fall @ q)) * step
        return q
