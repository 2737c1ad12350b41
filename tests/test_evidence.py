"""The theorem, where the distance to the maximum is known: never below it, and close to it.

Distances are compared without tolerance: a bound is a bound. Sharpness: near the maximum it is
within 1 % of the distance; at R nu = 1/2, where the curvature may have changed by a factor of
two, within that factor.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import logreg_core as lc
from logreg_core.evidence import Evidence, evidence, refined
from logreg_core.exact_terms import Point, exact_terms
from logreg_core.judged_rows import Judged, arrange
from logreg_core.metric import Metric, metric_at
from logreg_core.problem import Objective
from logreg_core.workers import Workers


def problem(seed: int, columns: int = 2) -> Judged:
    random = np.random.default_rng(seed)
    X = random.standard_t(3, (40, columns)) + 1.0
    y = (random.random(40) < 1 / (1 + np.exp(0.4 - X[:, 0]))).astype(float)
    return arrange(lc.polish(lc.fit(X, y), X, y), X, y)


def look(rows: Judged, coef: np.ndarray) -> tuple[Metric, Evidence]:
    with Workers(1, 0) as workers:
        objective = rows.objective(workers)
        point = Point.of(coef)
        terms = exact_terms(objective, point)
        assert terms is not None
        metric = metric_at(objective, coef, terms.farthest)
    assert metric is not None
    return metric, evidence(metric, terms, point)


def seen(objective: Objective, coef: np.ndarray) -> Metric | None:
    terms = exact_terms(objective, Point.of(coef))
    return None if terms is None else metric_at(objective, coef, terms.farthest)


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_holds_and_is_close(seed: int) -> None:
    rows = problem(seed)
    random, top = np.random.default_rng([seed, 1]), rows.coef
    reaches = []
    for size in 10.0 ** np.linspace(-9, 0, 28):
        away = size * random.normal(size=len(top)) * rows.fit.std_error
        metric, found = look(rows, top + away)
        gone = top - (top + away)  # exactly: their difference is a double
        distance = float(np.linalg.norm(metric.seen(gone)))
        if math.isfinite(found.bound):
            reaches.append(found.reach)
            assert distance * math.sqrt(1.0 - metric.slack) <= found.bound
            assert (np.abs(gone) <= found.coef_bound).all()
            assert found.bound <= -math.log1p(-found.reach) / found.reach * distance * 2.2
            if found.reach < 1e-4:
                assert found.bound <= 1.01 * distance
                np.testing.assert_allclose(found.step, gone, atol=2e-4 * np.abs(away).max())
        else:
            assert found.reach >= 1.0
            assert np.isinf(found.coef_bound).all()
    assert min(reaches) < 1e-7
    assert max(reaches) > 0.25


def test_the_constant_is_not_slack() -> None:
    """One saturated-looking row moves as far as the theorem lets it, but for a factor below 2."""
    y, X = np.array([1.0] * 9 + [0.0]), np.ones((10, 1))
    rows = arrange(lc.fit(X, y, fit_intercept=False), X, y)
    coef = np.array([math.log(9.0) + 0.4])  # from above: there the curvature is smaller
    metric, found = look(rows, coef)
    distance = abs(float(metric.seen(coef - math.log(9.0))[0]))
    assert 0.4 < found.reach < 1.0
    assert distance <= found.bound <= 2.0 * distance


def test_refinement_shrinks_to_nothing() -> None:
    rows = problem(3)
    with Workers(1, 0) as workers:
        objective = rows.objective(workers)
        start = rows.coef * (1.0 + 1e-6)
        metric = seen(objective, start)
        assert metric is not None
        end = refined(objective, metric, Point.of(start))
    assert end is not None
    assert end.settled
    assert 2 <= end.passes <= 6
    np.testing.assert_array_equal(end.point.high, rows.coef)


def test_refinement_says_when_it_does_not_settle() -> None:
    rows = problem(4)
    with Workers(1, 0) as workers:
        objective = rows.objective(workers)
        far = rows.coef + 20.0 * rows.fit.std_error
        metric = seen(objective, far)
        assert metric is not None
        end = refined(objective, metric, Point.of(far))
    assert end is None or not end.settled


def test_sharp_means_that_the_step_is_the_error() -> None:
    rows = problem(5)
    _, near = look(rows, rows.coef * (1.0 + 1e-9))
    assert near.sharp(rows.coef)
    bent = rows.coef.copy()
    bent[1] += 0.01 * rows.fit.std_error[1]
    assert not look(rows, bent)[1].sharp(bent)
