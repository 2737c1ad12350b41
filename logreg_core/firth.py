"""Firth's penalty: finite coefficients for every data set, and less bias in small ones.

    l*(beta) = loglik(beta) + 1/2 log |I(beta)|,    g* = g + sum h (1/2 - mu) x

with h the leverages (Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002,
doi:10.1002/sim.1047). The information stands in for the curvature of l*; secant pairs of the exact
gradients make up for what it misses, or the climb would be linear. Standard errors are the roots of
the diagonal of I(beta)^-1 at the maximum of l*, without a term for the penalty, as R's logistf
reports them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .ascent import Direction, direction
from .blocks import NOTHING, Scratch, Span, Terms, sum_over
from .cholesky_kernels import factorise, invert_triangle
from .coordinates import Coordinates
from .leverage_kernels import leverage_span
from .problem import Objective
from .secants import Curvature
from .spans import packed, seen_under

__all__ = ["FirthObjective", "secant_steps"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FirthObjective(Objective):
    """The penalised log-likelihood: two passes over the data, one for the leverages."""

    @property
    def penalised(self) -> bool:
        return True

    def __call__(
        self,
        beta: Floats,
        order: int,
        step: Floats | None = None,
        single: bool = False,
    ) -> Terms:
        terms = super().__call__(beta, 2, step)
        factor, pivots, d = factorise(terms.information)
        if not terms.finite or not pivots[-1] > 0.0:
            return terms if order < 1 else replace(terms, loglik=-math.inf)
        c = self.coordinates
        turned = np.log(np.abs(c.rotation.diagonal())).sum() if c.rotation.size else 0.0
        # of the information in the columns' own units, whatever the coordinates of the pass
        units = float(np.log(c.scale).sum() + turned)
        log_determinant = float(np.log(pivots).sum() + 2.0 * (np.log(d).sum() - units))
        terms = replace(terms, loglik=terms.loglik + 0.5 * log_determinant)
        if order < 1:
            return terms
        return replace(terms, gradient=terms.gradient + self._correction(beta, factor, d))

    def _correction(self, beta: Floats, factor: Floats, d: Floats) -> Floats:
        """sum h (1/2 - mu) x, by a pass in columns whose information is the identity."""
        turn = np.triu((invert_triangle(factor) / d).T)
        inside = factor.T @ (d * beta)
        part = partial(_corrections, self.coordinates.rotated(turn), inside)
        total = sum_over(self.blocks, part, self.workers)
        return d * (factor @ total)


def _corrections(c: Coordinates, beta: Floats, span: Span) -> Floats:
    """sum h (1/2 - mu) x over a span; a module's function, as it may travel to where rows lie."""
    own, sums = Scratch(6).take()[:6], np.zeros(len(beta))
    for leaf in (leaf for packs in packed(span) for leaf in seen_under(packs, c)):
        total = np.empty(len(beta))
        leverage_span(*leaf.arrays, np.zeros(len(beta)), beta, *own, total, NOTHING)
        sums += total
    return sums


def secant_steps() -> Callable[[Floats, Terms], Direction]:
    """Directions for `newton`: the information, improved by the pairs seen on the way."""
    pairs = Curvature(NOTHING, NOTHING)
    last: list[tuple[Floats, Floats]] = []

    def towards(beta: Floats, terms: Terms) -> Direction:
        plain = direction(terms.information, terms.gradient)
        if last:
            pairs.learn(beta - last[0][0], last[0][1] - terms.gradient)
        last[:] = [(beta.copy(), terms.gradient.copy())]
        pairs.factor, pairs.d = plain.factor, plain.d
        vector = pairs.solve(terms.gradient)
        decrement = float(terms.gradient @ vector)
        usable = np.isfinite(decrement) and decrement > 0.0 and not plain.damped
        return plain._replace(vector=vector, decrement=decrement) if usable else plain

    return towards
