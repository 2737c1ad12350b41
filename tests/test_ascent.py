"""One safeguarded step: the direction, the halving, the way back from a plateau.

Tolerances: directions solve 3 x 3 systems, 1e-12; the rules about accepting a step are exact.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernel_cases import make, terms

from logreg_core.ascent import MOST_HALVINGS, Clock, Status, ascend, direction, retreat
from logreg_core.blocks import Terms

NONE = np.empty(0)


def point(loglik, gradient=0.0, information=1.0):
    """Terms of one coefficient."""
    return Terms(loglik, 1.0, 1, 0.0, np.array([float(gradient)]), np.array([[information]]))


class Curve:
    """evaluate of a function of one coefficient, with a list of where it was asked."""

    def __init__(self, value, slope, curvature=lambda x: 1.0):
        self.value, self.slope, self.curvature, self.asked = value, slope, curvature, []

    def __call__(self, beta, order=2, step=None):
        self.asked.append(float(beta[0]))
        x = float(beta[0])
        return point(self.value(x), self.slope(x), self.curvature(x))


def test_direction_is_newtons():
    found = terms(make(300, 3))
    toward = direction(found.information, found.gradient)
    np.testing.assert_allclose(found.information @ toward.vector, found.gradient, rtol=1e-12)
    assert toward.decrement == pytest.approx(found.gradient @ toward.vector, rel=1e-12)
    assert not toward.damped


@pytest.mark.parametrize(
    "information",
    [np.zeros((2, 2)), np.ones((2, 2)), np.diag([1.0, 0.0]), np.array([[1.0, 2.0], [2.0, 1.0]])],
)
def test_a_singular_information_still_gives_a_way_up(information):
    gradient = np.array([1.0, -2.0])
    toward = direction(information, gradient)
    assert toward.damped
    assert np.isfinite(toward.vector).all()
    assert gradient @ toward.vector > 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_information_that_is_not_finite_gives_no_direction(bad):
    toward = direction(np.array([[1.0, 0.0], [0.0, bad]]), np.array([1.0, np.nan]))
    assert np.isnan(toward.decrement)
    assert toward.damped


def test_vanishing_curvature_does_not_overflow_into_a_warning():
    direction(np.eye(2) * 1e-306, np.array([1e3, 1e3]))


def test_a_full_step_where_it_climbs():
    curve = Curve(lambda x: -((x - 1) ** 2) / 2, lambda x: 1 - x)
    here = curve(np.zeros(1))
    taken = ascend(curve, np.zeros(1), here, direction(here.information, here.gradient))
    assert (taken.step_length, taken.halvings, taken.beta[0]) == (1.0, 0, 1.0)


def test_halving_until_it_climbs():
    # far too long a step: log cosh seen from 3 has next to no curvature
    curve = Curve(lambda x: -np.log(np.cosh(x)), lambda x: -np.tanh(x), lambda x: np.cosh(x) ** -2)
    here = curve(np.array([3.0]))
    taken = ascend(curve, np.array([3.0]), here, direction(here.information, here.gradient))
    assert taken.halvings > 0
    assert taken.step_length == 0.5**taken.halvings
    assert taken.terms.loglik > here.loglik


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_a_failure(bad):
    curve = Curve(lambda x: bad if x > 0.3 else x, lambda x: 1.0)
    here = curve(np.zeros(1))
    taken = ascend(curve, np.zeros(1), here, direction(here.information, here.gradient))
    assert taken.beta[0] == 0.25
    assert taken.terms.finite


def test_a_change_below_rounding_is_taken_if_the_gradient_shrank():
    flat_curve = Curve(lambda x: -100.0, lambda x: 1e-9 * (1 - x))
    here = flat_curve(np.zeros(1))
    toward = direction(here.information, here.gradient)
    toward = toward._replace(vector=np.ones(1))
    assert ascend(flat_curve, np.zeros(1), here, toward).beta[0] == 1.0


def test_nowhere_to_go():
    peak = Curve(lambda x: -abs(x), lambda x: 1.0)
    here = peak(np.zeros(1))
    assert ascend(peak, np.zeros(1), here, direction(here.information, here.gradient)) is None
    assert len(peak.asked) == 1 + MOST_HALVINGS


def test_retreat_only_where_zero_is_higher():
    curve = Curve(lambda x: -abs(x - 1), lambda x: 1.0)
    far, near = np.array([9.0]), np.array([1.5])
    taken = retreat(curve, far, curve(far))
    assert taken.beta[0] == 0.0
    assert taken.terms.loglik == -1.0
    assert retreat(curve, near, curve(near)) is None


def test_the_clock_counts_passes():
    clock = Clock(Curve(lambda x: x, lambda x: 1.0))
    clock(np.zeros(1), 2)
    clock(np.zeros(1), 2)
    assert clock.passes == 2
    assert clock.seconds() >= 0


def test_every_status_says_what_to_do():
    for status in Status:
        assert str(status) == status.value
        assert status.word.islower()
        if status is not Status.CONVERGED:
            assert "Likely causes: (a)" in str(status)
