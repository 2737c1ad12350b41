"""The exact pass as a whole: the same bits for any threads, the ridge, what overflows.

Sums are compared as fractions, without tolerance; the ridge's share is exact rational arithmetic.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from logreg_core.blocks import ArrayBlocks
from logreg_core.coordinates import Coordinates
from logreg_core.exact_terms import Point, exact_terms
from logreg_core.problem import Objective
from logreg_core.workers import Workers


def objective(n: int, workers: Workers, layout: str = "C") -> Objective:
    random = np.random.default_rng(n)
    X = np.asarray(random.normal(size=(n, 3)), order=layout)  # type: ignore[call-overload]
    blocks = ArrayBlocks(X, y=(random.random(n) < 0.4).astype(np.uint8))
    return Objective(blocks, Coordinates(np.arange(-1, 3), np.zeros(4), np.ones(4)), workers)


POINT = Point.of(np.array([0.1, -0.5, 0.25, 2.0]))


def test_the_same_sums_for_any_threads_and_layout() -> None:
    n = 150_000  # more than one span, and work enough for a pool
    with Workers(1, 0) as one, Workers(3, n * 4) as three:
        first = exact_terms(objective(n, one), POINT, loglik=True)
        second = exact_terms(objective(n, three), POINT, loglik=True)
        third = exact_terms(objective(n, one, "F"), POINT, loglik=True)
    assert first is not None
    for other in (second, third):
        assert other is not None
        assert (other.gradient, other.loglik) == (first.gradient, first.loglik)


def test_halves_add_up_to_the_whole() -> None:
    with Workers(1, 0) as one:
        whole = objective(5000, one)
        span = whole.blocks.rows(slice(None))  # type: ignore[attr-defined]
        halves = [
            replace(whole, blocks=ArrayBlocks(span.X[part], y=span.y[part]))
            for part in (slice(0, 1234), slice(1234, None))
        ]
        found, *parts = (exact_terms(o, POINT) for o in (whole, *halves))
    assert found is not None
    for j in range(4):
        total = sum((p.gradient[j] for p in parts if p), Fraction(0))
        assert abs(total - found.gradient[j]) <= 2 * Fraction(float(found.sum_error[j]))


def test_a_ridge_is_taken_off_exactly_and_never_from_the_intercept() -> None:
    with Workers(1, 0) as one:
        plain = objective(300, one)
        without = exact_terms(plain, POINT, loglik=True)
        found = exact_terms(replace(plain, l2=0.3), POINT, loglik=True)
    assert without is not None
    assert found is not None
    exact = [Fraction(v) for v in POINT.high]
    assert found.gradient[0] == without.gradient[0]
    for j in (1, 2, 3):
        assert without.gradient[j] - found.gradient[j] == Fraction(0.3) * exact[j]
    lost = Fraction(0.3) / 2 * sum((b * b for b in exact[1:]), Fraction(0))
    assert without.loglik - found.loglik == lost


def test_what_overflows_gives_nothing() -> None:
    with Workers(1, 0) as one, np.errstate(all="ignore"):
        far = Point.of(np.full(4, 1e308))
        assert exact_terms(objective(50, one), far) is None


def test_points_move_in_twice_the_precision() -> None:
    point = Point.of(np.array([1.0, 1e10]))
    for _ in range(1024):
        point = point.moved(np.array([2.0**-60, 2.0**-30]))
    assert point.high[0] + point.low[0] == 1.0 + 2.0**-50
    assert Fraction(point.high[1]) + Fraction(point.low[1]) == 10**10 + Fraction(1, 2**20)
    assert (np.abs(point.low) <= np.spacing(point.high)).all()


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_bad_value_gives_nothing(value: float) -> None:
    with Workers(1, 0) as one, np.errstate(all="ignore"):
        whole = objective(50, one)
        X = np.array(whole.blocks.rows(slice(None)).X)  # type: ignore[attr-defined]
        X[3, 1] = value
        bad = replace(whole, blocks=replace(whole.blocks, X=X))  # type: ignore[type-var]
        assert exact_terms(bad, POINT) is None
