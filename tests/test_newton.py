"""Newton's loop: where it stops, what it records, and where undamped Newton fails.

Tolerances: DESIGN's reference values have 17 digits; a converged run squares its last error, and
1e-12 relative leaves room for the condition (about 20) of the five rows.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from logreg_core.ascent import ETA_TOLERANCE, Status
from logreg_core.blocks import ArrayBlocks, Coordinates, Workers, sum_terms
from logreg_core.newton import newton
from logreg_core.problem import Objective

FIVE_X = np.array([[26.7, -228.1], [0.4, -0.2], [50.8, 271.8], [9.5, -0.3], [-0.3, 0.4]])
FIVE_Y = np.array([0, 1, 0, 0, 0], np.uint8)
FIVE_BETA = [-0.055578732846457002, -0.34227739269563073, -0.011276948120196824]


def objective(X, y, **parts):
    """The columns as they are, with an intercept: nothing centred, nothing scaled."""
    X = np.asarray(X, float)
    columns = np.arange(-1, X.shape[1])
    k = len(columns)
    blocks = ArrayBlocks(X, np.asarray(y, np.uint8), **parts)
    return Objective(blocks, Coordinates(columns, np.zeros(k), np.ones(k)), Workers(1, 0))


def drawn(n=200, columns=3, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, columns))
    y = random.random(n) < 1 / (1 + np.exp(-(0.3 + X @ random.normal(0, 1, columns))))
    return objective(X, y)


def undamped(evaluate, beta, steps=30):
    """Newton's method as first written: every step in full."""
    for _ in range(steps):
        t = evaluate(beta, 2)
        beta = beta + np.linalg.pinv(t.information) @ t.gradient
        if not (np.abs(beta) < 1e10).all():
            return None
    return beta


def test_five_rows_on_which_undamped_newton_diverges():
    seen = objective(FIVE_X, FIVE_Y)
    assert undamped(seen, np.zeros(3)) is None
    run = newton(seen, np.zeros(3))
    assert run.status is Status.CONVERGED
    np.testing.assert_allclose(run.beta, FIVE_BETA, rtol=1e-12)
    assert run.terms.loglik == pytest.approx(-1.5448649305812975, rel=1e-14)
    assert max(row.halvings for row in run.trace) > 0


def test_an_intercept_from_a_start_that_undamped_newton_overshoots():
    seen = objective(np.empty((4, 0)), [1, 1, 1, 0])
    assert undamped(seen, np.array([-2.3])) is None
    for start in (-1.81, -2.3, -30.0, 40.0):
        run = newton(seen, np.array([start]))
        assert run.status is Status.CONVERGED
        assert run.beta[0] == pytest.approx(math.log(3), rel=1e-14)


def test_it_needs_no_data():
    # maximise -x^4/4 - x^2/2 + x: the real root of x^3 + x = 1
    from test_ascent import Curve

    curve = Curve(
        lambda x: -(x**4) / 4 - x * x / 2 + x, lambda x: 1 - x - x**3, lambda x: 1 + 3 * x * x
    )
    run = newton(curve, np.array([5.0]))
    assert run.beta[0] == pytest.approx(0.6823278038280193273694838, rel=1e-15)


def test_the_trace_of_an_ordinary_climb():
    seen = drawn()
    rows = []
    run = newton(seen, np.zeros(4), callback=rows.append)
    assert run.status is Status.CONVERGED
    assert all(row in run.trace for row in rows)
    logliks, decrements = ([getattr(r, f) for r in run.trace] for f in ("loglik", "decrement"))
    assert (np.diff(logliks) >= 0).all()
    assert decrements[-1] <= 1e-10
    assert run.trace[-1].max_eta_change <= ETA_TOLERANCE
    # quadratic: once below 0.1, each decrement is of the order of the last one's square
    pairs = [(a, b) for a, b in itertools.pairwise(decrements) if a < 0.1]
    assert pairs
    assert all(b <= 2 * a * a for a, b in pairs)
    assert [r.passes for r in run.trace] == sorted(r.passes for r in run.trace)


def test_the_last_steps_record_is_true():
    seen = drawn()
    run = newton(seen, np.zeros(4))
    for row, before in zip(run.trace[1:], run.trace, strict=False):
        assert row.loglik >= before.loglik
    free = seen(run.beta, 2)
    assert np.abs(free.gradient).max() < 1e-12 * 200


@pytest.mark.parametrize("most", [0, 1, 3])
def test_max_iter(most):
    run = newton(drawn(), np.zeros(4), max_iter=most)
    assert run.status is Status.MAX_ITER
    assert len(run.trace) == most


def test_max_iter_just_enough():
    needed = len(newton(drawn(), np.zeros(4)).trace)
    assert newton(drawn(), np.zeros(4), max_iter=needed - 1).status is Status.CONVERGED


def test_separated_rows_look_suspicious_and_never_converge():
    seen = objective([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1])
    run = newton(seen, np.zeros(2))
    assert run.status is Status.UNDECIDED
    assert run.trace[-1].max_eta_change > 0.25
    on = newton(seen, np.zeros(2), suspicious=False, max_iter=400)
    assert on.status is not Status.CONVERGED


def test_from_a_plateau_where_every_row_is_saturated():
    # curvature underflows at |eta| of 1e5: no Newton step, however often halved, leads anywhere
    seen = drawn()
    best = newton(seen, np.zeros(4))
    for size in (1e3, 1e5, 1e8):
        run = newton(seen, size * np.array([1.0, -1.0, 1.0, -1.0]), max_iter=100)
        assert run.status is Status.CONVERGED
        np.testing.assert_allclose(run.beta, best.beta, rtol=1e-12)


def test_a_start_at_the_maximum_takes_one_step():
    seen = drawn()
    best = newton(seen, np.zeros(4))
    again = newton(seen, best.beta)
    assert again.status is Status.CONVERGED
    assert len(again.trace) == 1


def test_terms_given_cost_no_pass():
    seen = drawn()
    first = seen(np.zeros(4), 2)
    with_terms = newton(seen, np.zeros(4), terms=first)
    without = newton(seen, np.zeros(4))
    assert with_terms.trace[-1].passes == without.trace[-1].passes - 1
    assert (with_terms.beta == without.beta).all()


def test_sum_terms_is_what_it_climbs():
    seen = drawn()
    direct = sum_terms(
        seen.blocks, np.ones(4), 2, coordinates=seen.coordinates, workers=seen.workers
    )
    assert direct.loglik == seen(np.ones(4), 2).loglik
