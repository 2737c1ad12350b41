"""Steps as a learner sees them: whoever has the page and NumPy can compute the next one.

Tolerances: what is shown is in the columns as given, the step was computed in centred and
scaled ones; by hand it loses the digits of the condition number shown, and 1e-15 times that (with
room for 20 roundings) is what the comparison by hand allows. Against `fit(solver="newton")` nothing
may differ: the loop is the same, bit for bit.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import logreg_core as lc
from logreg_core import formulas
from logreg_core.ascent import Status

FIVE_X = np.array([[26.7, -228.1], [0.4, -0.2], [50.8, 271.8], [9.5, -0.3], [-0.3, 0.4]])
FIVE_Y = np.array([0, 1, 0, 0, 0])


def drawn(n=120, columns=2, seed=0, shift=3.0):
    random = np.random.default_rng(seed)
    X = random.normal(shift, 2.0, size=(n, columns))
    eta = (X - shift) @ random.normal(0, 1, columns) - 0.5
    return X, (random.random(n) < 1 / (1 + np.exp(-eta))).astype(int)


def with_ones(X):
    return np.column_stack([np.ones(len(X)), X])


PROBLEMS = {
    "overlap": drawn(),
    "five rows": (FIVE_X, FIVE_Y),
    "one column": drawn(40, 1, 3),
    "rare": drawn(200, 1, 5, shift=0.0),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_next_step_follows_by_hand_from_what_is_shown(name):
    X, y = PROBLEMS[name]
    Z = with_ones(X)
    steps = list(lc.newton_steps(X, y))
    assert len(steps) > 3
    for step, after in itertools.pairwise(steps):
        rtol = 2e-14 * step.condition_number
        by_hand = step.beta + step.step_length * np.linalg.solve(step.information, step.gradient)
        scale = np.abs(step.beta).max() + np.abs(by_hand).max()
        np.testing.assert_allclose(by_hand, after.beta, rtol=0, atol=rtol * scale)
        np.testing.assert_array_equal(step.next_beta, after.beta)
        # and what is shown is what the formulas say of beta
        success, failure = formulas.outcome_weights(y)
        eta = Z @ step.beta
        slack = 1e-12 * max(1.0, np.abs(eta).max())
        assert step.loglik == pytest.approx(
            float(formulas.log_likelihood(Z, success, failure, step.beta)), rel=1e-11
        )
        np.testing.assert_allclose(step.mu, formulas.sigmoid(eta), rtol=slack, atol=0)
        np.testing.assert_allclose(
            step.gradient,
            formulas.gradient(Z, success, failure, step.beta),
            rtol=0,
            atol=1e-12 * np.abs(Z).sum(axis=0).max(),
        )
        np.testing.assert_allclose(
            step.hessian,
            formulas.hessian(Z, success, failure, step.beta),
            rtol=1e-10,
            atol=1e-12 * np.abs(step.information).max(),
        )
        assert step.eta_range == pytest.approx((eta.min(), eta.max()), abs=slack)
        assert step.max_eta_change == pytest.approx(np.abs(Z @ step.direction).max(), rel=1e-9)
        share = [t.step_length for t in step.trials]
        assert share == [0.5**i for i in range(len(share))]
        for trial in step.trials:
            point = step.beta + trial.step_length * step.direction
            height = float(formulas.log_likelihood(Z, success, failure, point))
            assert trial.loglik == pytest.approx(height, rel=1e-9)
        assert step.trials[-1].loglik == after.loglik
        assert all(trial.loglik < step.loglik for trial in step.trials[:-1])
    assert steps[-1].status is Status.CONVERGED


@pytest.mark.parametrize("name", PROBLEMS)
def test_weights_and_response_give_the_full_step_by_least_squares(name):
    """Newton is IRLS: the regression of the response on the columns ends where Newton's does."""
    X, y = PROBLEMS[name]
    for step in lc.newton_steps(X, y):
        if step.working_weight.min() < 1e-6:
            continue  # five rows on the way: the response is 1e6 log-odds there
        root = np.sqrt(step.working_weight)
        Z = with_ones(X)
        beta, *_ = np.linalg.lstsq(Z * root[:, None], step.working_response * root, rcond=None)
        goal = step.beta + step.direction
        np.testing.assert_allclose(beta, goal, rtol=0, atol=1e-10 * max(1, np.abs(goal).max()))


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_climb_is_that_of_fit_to_the_bit(name):
    X, y = PROBLEMS[name]
    trace = lc.fit(X, y, solver="newton").steps
    steps = list(lc.newton_steps(X, y))
    shown = [(s.loglik, s.decrement, s.step_length, s.halvings) for s in steps]
    climbed = [(r.loglik, r.decrement, r.step_length, r.halvings) for r in trace]
    assert shown == climbed[: len(shown)]
    assert climbed[len(shown) :] == [] or name == "five rows"  # ended in rotated columns


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.booleans())
def test_a_climb_never_falls_and_its_digits_are_right(seed, columns, intercept):
    X, y = drawn(60, columns, seed, shift=0.0)
    if not 5 < y.sum() < 55:
        return
    steps = list(lc.newton_steps(X, y, fit_intercept=intercept))
    heights = [s.loglik for s in steps]
    assert all(b >= a - 1e-12 * abs(a) for a, b in itertools.pairwise(heights))
    if steps[-1].status is not Status.CONVERGED:
        return  # separated by chance
    Z = with_ones(X) if intercept else X
    top = steps[-1].next_beta
    for step in steps:
        # the decimals shown are those of the distance to the top, once Newton is near it
        left = np.abs(Z @ (top - step.beta)).max()
        if 1.0 <= step.digits <= 12.0:
            assert step.digits == pytest.approx(-math.log10(left), abs=0.15)


def test_digits_double_near_the_top():
    X, y = PROBLEMS["overlap"]
    digits = [s.digits for s in lc.newton_steps(X, y)]
    near = [(a, b) for a, b in itertools.pairwise(digits) if a >= 1.0 and b <= 13.0]
    assert near
    assert all(b > 1.6 * a for a, b in near)


def test_halvings_are_shown_with_their_heights():
    steps = list(lc.newton_steps(FIVE_X, FIVE_Y, start=np.zeros(3)))
    halved = [s for s in steps if s.halvings]
    assert halved
    for step in halved:
        assert step.step_length == 0.5**step.halvings
        assert len(step.trials) == step.halvings + 1
        assert "overshoots" in step.explain()
    np.testing.assert_allclose(
        steps[-1].next_beta,
        [-0.055578732846457002, -0.34227739269563073, -0.011276948120196824],
        rtol=1e-11,
    )


def test_weights_offset_counts_and_ridge():
    X, y = drawn(50, 2, 8)
    random = np.random.default_rng(0)
    weight, offset = random.integers(1, 4, 50).astype(float), random.normal(size=50)
    options = {"sample_weight": weight, "offset": offset, "l2": 0.7}
    *_, last = lc.newton_steps(X, y, **options)
    fit = lc.fit(X, y, **options)
    np.testing.assert_allclose(last.next_beta, fit.coef, rtol=1e-12)
    # IRLS with weights: the response is without the offset, the weights carry the rows'
    first = next(lc.newton_steps(X, y, sample_weight=weight, offset=offset))
    root = np.sqrt(first.working_weight)
    Z = with_ones(X)
    beta, *_ = np.linalg.lstsq(Z * root[:, None], first.working_response * root, rcond=None)
    np.testing.assert_allclose(beta, first.beta + first.direction, rtol=1e-11)
    trials = random.integers(2, 9, 50)
    counts = random.binomial(trials, 0.4)
    *_, last = lc.newton_steps(X, counts, n_trials=trials)
    fit = lc.fit(X, counts, n_trials=trials)
    np.testing.assert_allclose(last.next_beta, fit.coef, rtol=1e-12)
    assert last.loglik == pytest.approx(fit.loglik, rel=1e-13)


def test_separated_rows_end_undecided_or_grow_without_end():
    x, y = [[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1]
    *_, last = lc.newton_steps(x, y)
    assert last.status is Status.UNDECIDED
    assert "separation" in last.explain()
    steps = list(lc.newton_steps(x, y, endless=True, max_iter=25))
    assert steps[-1].status is Status.MAX_ITER
    assert len(steps) == 26
    slopes = [s.beta[1] for s in steps]
    # each step adds about the same log-odds to the nearest rows: the slope grows linearly
    assert all(1.5 < b - a < 2.5 for a, b in itertools.pairwise(slopes[3:25]))
    errors = [float(np.sqrt(np.linalg.inv(s.information)[1, 1])) for s in steps[3:20]]
    assert all(b > 1.5 * a for a, b in itertools.pairwise(errors))


def test_a_bad_start_is_obeyed():
    steps = lc.newton_steps([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], start=[5.0, 5.0])
    np.testing.assert_array_equal(next(steps).beta, [5.0, 5.0])
    *_, last = steps
    np.testing.assert_allclose(last.next_beta, [-2.270461, 0.908184], atol=1e-6)


def test_working_response_where_probabilities_round_to_one():
    step = next(lc.newton_steps([[0.0], [40.0], [60.0]], [1, 1, 0], start=[0.0, 1.0]))
    # eta = 40 with a success: 40 + 1 + exp(-40); eta = 60 with a failure: 60 - 1 - exp(60)
    expected = [2.0, 41.0 + math.exp(-40), 59.0 - math.exp(60)]
    np.testing.assert_allclose(step.working_response, expected, rtol=1e-13)


def test_many_rows_show_no_rows_but_their_range():
    X, y = drawn(3_000, 3, 1)
    for step in lc.newton_steps(np.asfortranarray(X, np.float32), y):
        assert step.mu is None
        eta = with_ones(np.asarray(X, np.float32).astype(float)) @ step.beta
        assert step.eta_range == pytest.approx((eta.min(), eta.max()), abs=1e-11)


def test_bad_input_is_refused_before_the_first_step():
    with pytest.raises(lc.errors.DataError, match="max_iter"):
        lc.newton_steps([[1.0], [2.0]], [0, 1], max_iter=-1)
    with pytest.raises(lc.errors.DataError, match="1 class"):
        lc.newton_steps([[1.0], [2.0]], [1, 1])
    with pytest.raises(lc.errors.DataError, match="NaN"):
        next(lc.newton_steps([[1.0], [np.nan], [3.0]], [0, 1, 0]))
    with pytest.raises(lc.errors.DataError, match="rate"):
        lc.gradient_descent_steps([[1.0], [2.0]], [0, 1], rate=-1.0)


def test_gradient_descent_follows_by_hand_and_is_slow():
    X, y = PROBLEMS["one column"]
    Z = with_ones(X)
    steps = list(lc.gradient_descent_steps(X, y, max_iter=200))
    success, failure = formulas.outcome_weights(y)
    largest = float(np.linalg.eigvalsh(Z.T @ Z)[-1])
    assert steps[0].rate == pytest.approx(4 * len(y) / largest, rel=1e-12)
    for step, after in itertools.pairwise(steps):
        slope = formulas.gradient(Z, success, failure, step.beta)
        np.testing.assert_allclose(step.gradient, slope, rtol=1e-10, atol=1e-11)
        np.testing.assert_array_equal(
            after.beta, step.beta + step.rate * step.gradient / step.weight_sum
        )
        assert after.loglik >= step.loglik - 1e-12
    top = lc.fit(X, y)
    newton = len(list(lc.newton_steps(X, y)))
    assert np.abs(steps[-1].beta - top.coef).max() > 1e-3 > 1e-10
    assert newton < 10
    # in standard units the same rate rule gets there
    *_, last = lc.gradient_descent_steps(X, y, max_iter=200, standardise=True)
    assert last.loglik == pytest.approx(top.loglik, rel=1e-9)


def test_lbfgs_ends_where_scikit_learns_does():
    from sklearn.linear_model import LogisticRegression

    X, y = drawn(300, 3, 4)
    path = lc.lbfgs_path(X, y, l2=1.0)
    theirs = LogisticRegression(C=1.0).fit(X, y)
    ends = [*theirs.intercept_, *theirs.coef_[0]]
    np.testing.assert_allclose(path.beta[-1], ends, rtol=1e-6)
    assert len(path.beta) - 1 == theirs.n_iter_[0]
    assert path.loglik[-1] <= lc.fit(X, y).loglik
    assert path.beta.shape == (len(path.loglik), 4)
