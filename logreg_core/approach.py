"""How near a point is to the maximum, and the way there where it is not near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .ascent import Status
from .evidence import Evidence, evidence
from .exact_terms import Point, exact_terms
from .judged_rows import Judged
from .maximise import Options, go_on, maximise, refine
from .metric import Metric, metric_at
from .problem import Objective, null_log_odds
from .separated import find_separation

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["FAR", "NEAR", "climb", "look"]

Floats = NDArray[np.float64]

# R nu at a point: the share of the error that a step with one and the same information leaves.
NEAR = 1e-4  # refine from here; beyond, Newton's own steps are the shorter way
FAR = 0.25  # refine from here if there is no other way


def look(
    objective: Objective, coef: Floats, inside: Floats | None = None
) -> tuple[Metric | None, Evidence | None, int]:
    """Metric and evidence at coefficients (k,), and the passes it took; None where a sum overflows.

    ``inside`` as for `metric_at`.

    Cost: one plain pass (two or three for nearly collinear columns) and an exact one.
    """
    point = Point.of(coef)
    terms = exact_terms(objective, point)
    if terms is None:
        return None, None, 1
    metric = metric_at(objective, coef, terms.farthest, inside)
    if metric is None:
        return None, None, 2
    return metric, evidence(metric, terms, point), metric.passes + 1


def climb(rows: Judged, objective: Objective) -> tuple[Floats | None, Separation | None, int]:
    """From the fit's coefficients to the maximum, or to the proof that there is none.

    Returns (k',) coefficients or None, the separation or None, and the passes.
    """
    problem = rows.problem
    names = tuple(rows.fit.names[i] for i in rows.kept)
    options = Options(solver="newton", start=rows.coef)
    found = maximise(objective, names, null_log_odds(problem.blocks), options)
    if found.run.status is not Status.CONVERGED and not objective.penalised:
        separation = find_separation(problem)
        if separation is not None and separation.kind != "none":
            return None, separation, len(found.run.trace) + 1
    found = refine(go_on(found, options), options)
    passes = int(found.run.trace[-1].passes) if found.run.trace else 1
    if found.run.status is not Status.CONVERGED or len(found.independent.kept) < len(names):
        return None, None, passes
    return found.objective.coordinates.to_columns(found.run.beta), None, passes
