"""IRLS by blockwise QR: the same iterates as Newton, and the same answer from other arithmetic.

Tolerances: on columns of condition near 1 both directions agree to 1e-12. The triangle is unique
up to the signs of its rows; R'R is the information to 1e-12 of its size.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernel_cases import make, terms

import logreg_core as lc
from logreg_core.ascent import direction
from logreg_core.blocks import Workers
from logreg_core.irls import Triangle, triangle, weighted_least_squares
from logreg_core.kernels import LEAF
from logreg_core.problem import Objective


def seen(case, l2=0.0):
    return Objective(case.blocks, case.coordinates, Workers(1, 0), l2)


@pytest.mark.parametrize("outcome", ["plain", "weighted", "offset", "counts"])
@pytest.mark.parametrize("rotated", [False, True])
def test_the_triangle_is_the_root_of_the_information(outcome, rotated):
    case = make(2 * LEAF + 9, 4, outcome=outcome, rotated=rotated)
    r, found = triangle(seen(case), case.beta), terms(case)
    size = np.abs(found.information).max()
    np.testing.assert_allclose(r.T @ r, found.information, atol=1e-12 * size)


@pytest.mark.parametrize("outcome", ["plain", "weighted", "offset", "counts"])
def test_a_step_is_the_regression_of_the_working_residual(outcome):
    case = make(LEAF + 9, 4, outcome=outcome)
    found = terms(case)
    step = weighted_least_squares(seen(case))(case.beta, found)
    by_newton = direction(found.information, found.gradient)
    np.testing.assert_allclose(step.vector, by_newton.vector, rtol=1e-11, atol=1e-13)
    assert step.decrement == pytest.approx(by_newton.decrement, rel=1e-11)


def test_triangles_add_up():
    A = np.random.default_rng(0).normal(size=(60, 4))
    whole = np.linalg.qr(A, mode="r")
    parts = sum((Triangle(np.linalg.qr(A[i : i + 20], mode="r")) for i in (20, 40)),
                Triangle(np.linalg.qr(A[:20], mode="r")))  # fmt: skip
    np.testing.assert_allclose(np.abs(parts.r), np.abs(whole), atol=1e-13)


def test_fewer_rows_than_columns_is_left_to_the_damped_step():
    case = make(3, 5, outcome="counts")
    toward = weighted_least_squares(seen(case))(case.beta, terms(case))
    assert toward.damped
    assert np.isfinite(toward.vector).all()


def test_a_ridge_is_part_of_the_step():
    case = make(300, 4)
    objective = seen(case, l2=3.0)
    found = objective(case.beta, 2)
    step = weighted_least_squares(objective)(case.beta, found)
    np.testing.assert_allclose(
        found.information @ step.vector, found.gradient, rtol=1e-10, atol=1e-10
    )


@pytest.mark.parametrize(
    "settings", [{}, {"l2": 2.0}, {"penalty": "firth"}, {"fit_intercept": False}]
)
def test_the_iterates_are_newtons(settings):
    random = np.random.default_rng(3)
    X = random.normal(size=(400, 3)) * [1, 1e3, 1e-3]
    y = random.random(400) < 0.4
    a, b = (lc.fit(X, y, solver=s, **settings) for s in ("newton", "irls"))
    assert len(a.steps) == len(b.steps)
    np.testing.assert_allclose(a.trace["loglik"], b.trace["loglik"], rtol=1e-13)
    np.testing.assert_allclose(a.trace["decrement"], b.trace["decrement"], rtol=1e-6, atol=1e-14)
    np.testing.assert_allclose(a.coef, b.coef, rtol=1e-12)


def test_an_imbalance_of_a_million_keeps_its_digits():
    # the working residual of a success is 1e6 there: Q' of it left 12 digits, and once 5
    random = np.random.default_rng(802)
    X = random.normal(size=(200, 4))
    y = (random.random(200) < 0.5) * 1
    weight = np.where(y == 1, 1.0, 1e6)
    a, b = (lc.fit(X, y, sample_weight=weight, solver=s) for s in ("newton", "irls"))
    np.testing.assert_allclose(b.coef, a.coef, rtol=1e-13)
    assert len(a.steps) == len(b.steps)


def test_bits_do_not_depend_on_threads(monkeypatch):
    from logreg_core import workers

    monkeypatch.setattr(workers, "SERIAL_WORK", 0)
    monkeypatch.setattr(workers, "SERIAL_PASS", 0)
    random = np.random.default_rng(5)
    X = random.normal(size=(20_000, 3))
    y = random.random(20_000) < 0.4
    one, two = (lc.fit(X, y, solver="irls", threads=t) for t in (1, 4))
    assert (one.coef == two.coef).all()
    assert (one.std_error == two.std_error).all()
