"""Checked answers: right ones pass in every form a learner may type, wrong ones get their hint.

What is right is computed by the library; here it is held against NumPy, or a number worked out by
hand, to the three digits that an answer needs.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import logreg_core as lc
from logreg_core.teach import EXERCISES, FIVE, FOUR, SIX, check

# by hand and by NumPy; lessons 04-1 and 05-x below
BY_HAND = {
    "01-1": 0.8807970779778823,
    "01-2": 4.953032424395115,
    "01-3": -2.352595,
    "02-1": [0, 1],
    "02-2": (-2, 0.8),
    "03-1": 2,
    "03-3": 0.09,
    "04-1": 2,
    "04-2": 4,
    "04-3": "decrement",
    "05-3": 2.0,
    "06-1": math.inf,
    "06-2": 0,
    "06-3": -2.772588722,
    "07-1": 420,
    "07-2": 2.625,
    "07-3": False,
    "08-1": 0.0941,
    "08-2": 0.93712,
    "08-3": 0.0909,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_answers_by_hand_are_right(name):
    verdict = check(name, BY_HAND[name])
    assert verdict.right, verdict
    assert repr(verdict).startswith("Right. ")


def test_answers_by_numpy_are_right():
    Z, y = np.column_stack([np.ones(4), FOUR[0]]), np.array(FOUR[1])
    points, beta = [], np.zeros(2)
    for _ in range(8):
        mu = 1 / (1 + np.exp(-Z @ beta))
        information, gradient = (Z.T * (mu * (1 - mu))) @ Z, Z.T @ (y - mu)
        step = np.linalg.solve(information, gradient)
        points.append((beta, gradient @ step / 2))
        beta = beta + step
    assert check("02-3", points[1][1])
    assert check("03-2", points[2][0])
    assert check("05-1", np.linalg.inv(information)[1, 1] ** 0.5)
    loglik = np.log(np.where(y, mu, 1 - mu)).sum()
    assert check("05-2", 2 * (loglik - 4 * math.log(0.5)))
    assert not check("03-2", points[2][0] * (1 + 1e-4))  # that one asks for more digits


def test_rows_of_the_lessons_are_what_they_say():
    assert lc.separation.detect(*FOUR).kind == "none"
    assert lc.separation.detect(*FIVE).kind == "none"
    six = lc.separation.detect(*SIX)
    assert six.kind == "quasi-complete"
    with pytest.warns(lc.errors.SeparationWarning):
        fit = lc.fit(*SIX)
    assert fit.loglik == pytest.approx(4 * math.log(0.5), rel=1e-12)


@pytest.mark.parametrize("name", EXERCISES)
def test_wrong_answers_get_a_hint_and_slips_their_own(name):
    exercise = EXERCISES[name]
    assert check(name, exercise.solution())
    hint = repr(check(name, ...))
    assert hint.startswith("Not yet. Give an answer first.")
    assert exercise.hint in hint
    for wrong, words in exercise.slips:
        verdict = check(name, wrong())
        assert not verdict
        assert words in repr(verdict)
    for odd in (
        None,
        "",
        "2 apples",
        object(),
        [],
        [1, 2, 3, 4, 5],
        {"a": 1},
        True,
        float("nan"),
        17.3,
    ):
        if isinstance(exercise.solution(), bool) and odd is exercise.solution():
            continue
        verdict = check(name, odd)
        assert not verdict, odd
        assert exercise.hint in repr(verdict)
    assert repr(exercise.solution()) not in exercise.hint


def test_answers_may_be_arrays_lists_and_numpy_numbers():
    for answer in ([-2, 0.8], (-2.0, 0.8), np.array([-2, 0.8]), [np.float32(-2), np.float32(0.8)]):
        assert check("02-2", answer)
    assert "2 number(s)" in repr(check("02-2", 0.8))
    assert "not text" in repr(check("01-1", "0.88"))
    assert check("07-3", np.False_)
    assert not check("07-3", 0)


def test_an_exercise_that_does_not_exist():
    with pytest.raises(lc.errors.DataError, match="09-1"):
        check("09-1", 1)


def test_pictures_take_given_axes():
    pictures = lc.teach.pictures
    X, y = FOUR
    steps = list(lc.newton_steps(X, y))
    ax = pictures.curves(X, y, [(0, 1)])
    assert pictures.digits(steps, ax=ax) is ax
    # heights of the profile: zero at the top, the likelihood ratio at zero
    fit = lc.fit(X, y)
    curve = pictures.profile(X, y, fit).lines[0].get_xydata()
    top = curve[np.argmax(curve[:, 1])]
    assert top == pytest.approx([fit.coef[1], 0.0], abs=0.05)
    at_zero = np.interp(0.0, curve[:, 0], curve[:, 1])
    assert at_zero == pytest.approx(fit.null_loglik - fit.loglik, abs=2e-3)
    line = pictures.line_search(X, y, steps[0]).lines[0].get_xydata()
    whole = np.interp(1.0, line[:, 0], line[:, 1])
    assert whole == pytest.approx(steps[1].loglik - steps[0].loglik, abs=1e-4)
