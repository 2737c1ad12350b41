"""What a sample of the rows tells about all of them: where the maximum is, and how it curves.

The maximum of m of n rows is within sqrt(k / m) of that of all (log-odds, root mean square), and
the information of the sample, blown up, is that of all rows to the same share: its ``error``. A
sample that has a finite maximum proves that all rows have one, and a sample of full rank that all
rows are: both properties only grow with rows. A sample that is singular, separated or too small
says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .array_blocks import SampledBlocks
from .blocks import NOTHING, Terms
from .cholesky_kernels import factorise, solve
from .plan import single
from .problem import Objective
from .sampling import sample_of, sample_rows
from .secants import Curvature

__all__ = ["SampleModel", "decrement_of", "newton_step", "sample_model"]

Floats = NDArray[np.float64]

FIRST_ROWS_A_COLUMN = 15
RUNG = 16  # times more rows, at least, from the maximum of some rows to the next
MOST_FIRST_STEPS, MOST_TILTED_STEPS = 12, 6
SLOW = 0.4  # a decrement that falls by less: the information is taken anew
EVENTS_A_COLUMN = 6
DOUBTFUL = 1e-5  # scaled pivots below: the plain loop rotates
BELOW = 0.3  # an error this much smaller than another one does not count


def newton_step(information: Floats, gradient: Floats) -> tuple[Floats, Curvature] | None:
    """The step and the factorised information; None where that is singular."""
    factor, pivots, d = factorise(information)
    if not pivots.min() >= DOUBTFUL:
        return None
    return solve(factor, d, gradient), Curvature(factor, d)


@dataclass
class SampleModel:
    """A sample as a model of all rows; ``correction`` is what it lacks of their information.

    growth: what makes its weight that of all rows; beta (k,): the sample's maximum, nearly;
    cheap: whether its information may be looked at again and again.
    """

    objective: Objective
    growth: float
    beta: Floats
    cheap: bool
    correction: Floats | None = None
    seen: tuple[Floats, Terms] | None = None

    @property
    def n_rows(self) -> int:
        """Rows of the sample."""
        return self.objective.blocks.n_rows

    @property
    def error(self) -> float:
        """sqrt(k / m): how far the sample's information and maximum are from those of all rows."""
        return math.sqrt(len(self.beta) / self.n_rows)

    def terms(self, beta: Floats) -> Terms:
        """The sample's terms at beta, blown up to the weight of all rows."""
        if self.seen is not None and self.seen[0] is beta:
            return self.seen[1]
        terms = self.objective(beta, 2, single=single(len(beta)))
        terms = replace(
            terms,
            weight_sum=terms.weight_sum * self.growth,
            gradient=terms.gradient * self.growth,
            information=terms.information * self.growth,
        )
        self.seen = beta, terms
        return terms

    def gradient(self, beta: Floats) -> Terms:
        """The sample's terms at beta without information, blown up to the weight of all rows."""
        terms = self.objective(beta, 1)
        return replace(terms, gradient=terms.gradient * self.growth)

    def tilted(
        self, here: Terms, beta: Floats, model: bool = True
    ) -> tuple[Floats, Curvature] | None:
        """The maximum of the tilted sample, and the curvature there; None where it has none.

        The sample's log-likelihood, tilted so that its gradient at beta is that of all rows
        (``here``) and, where ``here`` has it, bent so that its information is theirs, too. That
        carries the change of curvature along the way, which a quadratic does not. Where the
        curvature is not wanted as a ``model``, that at beta serves all the way.
        """
        there = self.terms(beta)
        if here.information.size:
            self.correction = here.information - there.information
        bend = np.zeros_like(there.information) if self.correction is None else self.correction
        tilt, below = here.gradient - there.gradient, BELOW if self.cheap else 1.0
        end, gradient, first = beta, here.gradient, 0.0
        found: tuple[Floats, Curvature] | None = None
        for _ in range(MOST_TILTED_STEPS):
            if found and not model:
                found = found[1].solve(gradient), found[1]
            else:
                found = newton_step(there.information + bend, gradient)
            if found is None or not there.finite:
                return None
            move, curvature = found
            decrement = decrement_of(gradient, move, here.weight_sum)
            end, first = end + move, first or decrement
            # The share of its information that a step of this length leaves unknown.
            share = self.error * (1.0 if self.correction is None else first)
            left = decrement * (decrement if model else first)
            if left <= below * share * first and (decrement <= share or not model):
                return end - beta, curvature
            there = self.terms(end) if model else self.gradient(end)
            gradient = there.gradient + tilt - np.einsum("ij,j->i", bend, end - beta)
        return None


def sample_model(objective: Objective, log_odds: float, cheap: bool) -> SampleModel | None:
    """None where the sample tells too little: few events, repeated columns, no maximum in sight."""
    blocks = objective.blocks
    assert isinstance(blocks, SampledBlocks)
    k = len(objective.coordinates.columns)
    chosen = sample_of(blocks, sample_rows(blocks.n_rows, k))
    events = chosen.totals()
    if min(events) < EVENTS_A_COLUMN * k:
        return None
    whole = replace(objective, blocks=chosen)
    rows, beta = FIRST_ROWS_A_COLUMN * k, whole.null(log_odds)
    while True:
        few = replace(objective, blocks=chosen.thinned(rows))
        terms = few(beta, 2, single=single(k))
        found = newton_step(terms.information, terms.gradient) if terms.finite else None
        near = found and _climb(few, beta, found[1], terms.weight_sum, terms)
        rows = few.blocks.n_rows * RUNG
        last = rows * RUNG > chosen.n_rows
        near = near and (_climb(whole, *near, terms.weight_sum) if last else near)
        if not near:
            return None
        beta = near[0]
        if last:
            return SampleModel(whole, sum(blocks.totals()) / sum(events), beta, cheap)


def _climb(
    rows: Objective, beta: Floats, curvature: Curvature, weight: float, here: Terms | None = None
) -> tuple[Floats, Curvature] | None:
    """Near the maximum of some rows, by the curvature of others whose weight is ``weight``; their
    terms at beta are ``here`` where they are known.

    Gradients are a tenth of the price of the information at 100 columns; it is taken anew where
    they fall slowly. None where no maximum is in sight.
    """
    k, decrement = len(beta), math.inf
    enough = BELOW * math.sqrt(k / rows.blocks.n_rows)
    step, before = NOTHING, NOTHING
    for _ in range(MOST_FIRST_STEPS):
        terms, here = here or rows(beta, 1), None
        if not terms.finite:
            return None
        gradient, last = terms.gradient * (weight / terms.weight_sum), decrement
        if before.size:
            curvature.learn(step, before - gradient)
        step, before = curvature.solve(gradient), gradient
        decrement = decrement_of(gradient, step, weight)
        if decrement > SLOW * last:
            there = rows(beta, 2, single=single(k))
            found = newton_step(there.information * (weight / there.weight_sum), gradient)
            if found is None:
                return None
            step, curvature = found
            decrement = decrement_of(gradient, step, weight)
        beta = beta + step
        if decrement * min(decrement / last if math.isfinite(last) else SLOW, 1.0) <= enough:
            return beta, curvature
    return None


def decrement_of(gradient: Floats, step: Floats, weight_sum: float) -> float:
    """The root of the Newton decrement per unit weight (log-odds)."""
    return math.sqrt(max(float(gradient @ step), 0.0) / weight_sum)
