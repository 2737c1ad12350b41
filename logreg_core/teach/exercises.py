"""The exercises of the lessons: what is right is computed when asked for, never written down."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..fitting import fit
from ..steps import Step, newton_steps

__all__ = ["EXERCISES", "FALSE_RATE", "FIVE", "FOUR", "PREVALENCE", "RECALL", "SIX", "Exercise"]

# Rows used again and again: columns and outcomes.
FOUR = ([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
FIVE = (
    [[26.7, -228.1], [0.4, -0.2], [50.8, 271.8], [9.5, -0.3], [-0.3, 0.4]],
    [0, 1, 0, 0, 0],
)
SIX = ([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [0, 0, 0, 1, 0, 1])
# The course's published rates: 3,758 of 4,483 verified and 2,415 of 4,459 others were flagged.
RECALL, FALSE_RATE, PREVALENCE = 3758 / 4483, 2415 / 4459, 1200 / 19084

Slips = tuple[tuple[Callable[[], Any], str], ...]


@dataclass(frozen=True)
class Exercise:
    """An exercise: its solution, why it is that, a hint, and slips with what to say of each."""

    solution: Callable[[], Any]
    why: str
    hint: str
    slips: Slips = ()
    tolerance: float = 2e-3


@cache
def _four() -> Any:
    return fit(*FOUR)


@cache
def _steps(name: str = "four") -> tuple[Step, ...]:
    if name == "five":
        return tuple(newton_steps(*FIVE, start=[0.0, 0.0, 0.0]))
    return tuple(newton_steps(*FOUR))


def _precision(prevalence: float) -> float:
    hits, alarms = RECALL * prevalence, FALSE_RATE * (1 - prevalence)
    return hits / (hits + alarms)


_ODDS = {
    "01-1": Exercise(
        lambda: 1 / (1 + math.exp(-2)),
        "sigmoid(2) = 1 / (1 + exp(-2)) = 0.8808.",
        "A probability is odds / (1 + odds), and the odds are exp(log-odds).",
        (
            (
                lambda: math.exp(2),
                "These are the odds, exp(2): turn them into a probability, odds / (1 + odds).",
            ),
            (lambda: 1 / (1 + math.exp(2)), "That is the probability of the other outcome."),
        ),
    ),
    "01-2": Exercise(
        lambda: math.exp(2 * 0.8),
        "Two units multiply the odds twice: exp(0.8) * exp(0.8) = exp(1.6) = 4.95.",
        "Each unit multiplies the odds by exp(0.8).",
        (
            (lambda: 2 * math.exp(0.8), "Odds multiply, they do not add: not 2 exp(0.8)."),
            (lambda: 1.6, "1.6 is the change of the log-odds; the question is about the odds."),
        ),
    ),
    "01-3": Exercise(
        lambda: _steps()[1].loglik,
        "Each row gives the log of the probability of what happened; they add up to -2.3526.",
        "eta = -2 + 0.8 x. A success gives log sigmoid(eta), a failure log sigmoid(-eta).",
        (
            (lambda: -_steps()[1].loglik, "The logarithm of a probability is negative."),
            (lambda: math.exp(_steps()[1].loglik), "That is the probability; take its log."),
        ),
    ),
}
_NEWTON = {
    "02-1": Exercise(
        lambda: [0.0, 1.0],
        "The residuals are -1/2, 1/2, -1/2, 1/2; X'r = (0, -0.5 + 1 - 1.5 + 2) = (0, 1).",
        "At zero every mu is 1/2. The gradient is X' (y - mu), with a column of ones first.",
        ((lambda: [0.0, -1.0], "The sign: it is y - mu, not mu - y."),),
    ),
    "02-2": Exercise(
        lambda: _steps()[0].next_beta,
        "The information is X'X / 4, and solving with the gradient gives (-2, 0.8).",
        "Solve information @ step = gradient; the information is X' W X, and every weight is 1/4.",
        (
            (lambda: _steps()[0].next_beta / 4, "The weights: mu (1 - mu) is 1/4 in every row."),
            (lambda: -_steps()[0].next_beta, "The sign: the step is + information^-1 gradient."),
        ),
    ),
    "02-3": Exercise(
        lambda: _steps()[1].promised_gain,
        "The parabola at (-2, 0.8) promises a rise of g' I^-1 g / 2 = 0.0050.",
        "Half of gradient @ step, both taken at the second point.",
        (
            (lambda: 2 * _steps()[1].promised_gain, "Half of that: the parabola bends on the way."),
            (lambda: _steps()[0].promised_gain, "That is the promise at the start, not here."),
        ),
        tolerance=2e-2,
    ),
}
_IRLS = {
    "03-1": Exercise(
        lambda: 2.0,
        "eta + (y - mu) / w = 0 + 0.5 / 0.25 = 2.",
        "The working response is eta + (y - mu) / (mu (1 - mu)), and mu = 1/2 at eta = 0.",
        ((lambda: 0.5, "That is the residual y - mu; divide it by the weight 1/4."),),
    ),
    "03-2": Exercise(
        lambda: _steps()[1].next_beta,
        "Weighted least squares of the responses lands on Newton's next point.",
        "Multiply rows and responses by the root of the weight, then np.linalg.lstsq; both at "
        "(-2, 0.8).",
        (
            (lambda: _steps()[0].next_beta, "This is where the rows were taken: go one step on."),
            (lambda: _four().coef, "That is the maximum; one regression does not get there."),
        ),
        tolerance=1e-6,
    ),
    "03-3": Exercise(
        lambda: 0.09,
        "mu (1 - mu) = 0.9 * 0.1.",
        "The weight is the variance of the outcome, mu (1 - mu).",
        ((lambda: 0.9, "That is mu itself."), (lambda: 0.25, "1/4 is its largest value, at 1/2.")),
    ),
}
_SAFE = {
    "04-1": Exercise(
        lambda: max(step.halvings for step in _steps("five")),
        "Seen in the steps: the highest number of halvings of any of them.",
        "newton_steps from zero; every Step has .halvings.",
        ((lambda: 1.0, "That is how many steps were halved; how often was that one?"),),
    ),
    "04-2": Exercise(
        lambda: 4.0,
        "Condition numbers of X'WX grow with the square of a factor between columns.",
        "Multiply the column by 100 and look at condition_number: its entry in X'WX has x squared.",
        ((lambda: 2.0, "The column enters the information twice, as x times x."),),
    ),
    "04-3": Exercise(
        lambda: "decrement",
        "It does not change when a column is measured in other units; the other two do.",
        "Which of the three has no units?",
        (
            (lambda: "gradient", "A gradient is per unit of the coefficient: rescale, it changes."),
            (lambda: "coefficient", "A coefficient has the unit 1 / column."),
        ),
    ),
}
_INFERENCE = {
    "05-1": Exercise(
        lambda: float(_four().std_error[1]),
        "The root of the second diagonal entry of the inverse information at the maximum.",
        "np.sqrt(np.linalg.inv(information)[1, 1]), at the maximum.",
        (
            (lambda: float(_four().covariance[1, 1]), "That is the variance; take the root."),
            (
                lambda: 1 / math.sqrt(_steps()[-1].information[1, 1]),
                "Invert the whole matrix first: 1 / I[1, 1] takes the intercept as known.",
            ),
        ),
    ),
    "05-2": Exercise(
        lambda: 2 * (_four().loglik - _four().null_loglik),
        "Twice the drop of the log-likelihood when the slope is held at zero.",
        "2 (fit.loglik - fit.null_loglik).",
        ((lambda: _four().loglik - _four().null_loglik, "Twice that."),),
    ),
    "05-3": Exercise(
        lambda: 2.0,
        "Standard errors fall with the root of the rows: four times the rows, half as large.",
        "Information adds up over the rows, and the standard error is one over its root.",
        ((lambda: 4.0, "The variance falls by 4; the standard error by its root."),),
    ),
}
_SEPARATION = {
    "06-1": Exercise(
        lambda: math.inf,
        "Every steeper curve is better: there is no largest.",
        "What happens to the log-likelihood when the slope doubles?",
    ),
    "06-3": Exercise(
        lambda: 4 * math.log(0.5),
        "Two rows are predicted without error and give 0; four are left at 1/2: -4 log 2.",
        "Which rows can no coefficient tell apart? Each of these gives log(1/2) at best.",
        (
            (lambda: 6 * math.log(0.5), "Two rows end with probability 1: their log is 0."),
            (lambda: 4 * math.log(2.0), "The sign: logs of probabilities are negative."),
        ),
    ),
    "06-2": Exercise(
        lambda: 0.0,
        "The standard error outgrows the coefficient, so z tends to zero: the best predictor there "
        "is looks insignificant.",
        "Take Step.beta[1] over the root of the inverse information, for later and later steps.",
        ((lambda: math.inf, "The coefficient grows, but its standard error grows faster."),),
    ),
}
_KERNELS = {
    "07-1": Exercise(
        lambda: 20 * 21.0,
        "k (k + 1) / 2 entries, each a product and a sum: k (k + 1) = 420.",
        "The matrix is symmetric: k (k + 1) / 2 entries, two operations each.",
        (
            (lambda: 800.0, "It is symmetric: half of the k^2 entries need no work."),
            (lambda: 210.0, "Each entry costs a product and a sum."),
        ),
    ),
    "07-2": Exercise(
        lambda: 420 / 160,
        "420 operations for 160 bytes: 2.6 operations a byte.",
        "A row of 20 doubles has 160 bytes.",
        ((lambda: 420 / 20, "A double has 8 bytes."),),
    ),
    "07-3": Exercise(
        lambda: False,
        "1 - sigmoid(40) is 0 in floating point; sigmoid(-40) is 4e-18, and right.",
        "Compare 1 - sigmoid(40) with sigmoid(-40).",
    ),
}
_DECISIONS = {
    "08-1": Exercise(
        lambda: _precision(PREVALENCE),
        "recall * 0.0629 / (recall * 0.0629 + false rate * 0.9371) = 0.094.",
        "Of 1,000 cases 63 are positive: how many of these are flagged, how many of the other 937?",
        (
            (
                lambda: _precision(4483 / 8942),
                "That is the precision in the half-and-half test set.",
            ),
        ),
    ),
    "08-2": Exercise(
        lambda: 1 - PREVALENCE,
        "Whoever calls every video not verified is right in 93.7 % of the cases.",
        "What accuracy does a rule have that never says verified?",
        ((lambda: PREVALENCE, "That is the share it gets wrong."),),
    ),
    "08-3": Exercise(
        lambda: 1 / 11,
        "Flag where p * 10 > (1 - p) * 1, that is from p = 1/11 on.",
        "Flag where the expected loss of not flagging, 10 p, exceeds that of flagging, 1 - p.",
        (
            (lambda: 1 / 10, "Nearly: at p = 1/10 the loss of not flagging is 1, of flagging 0.9."),
            (lambda: 0.5, "0.5 is right only where both errors cost the same."),
        ),
    ),
}
_ALL = (_ODDS, _NEWTON, _IRLS, _SAFE, _INFERENCE, _SEPARATION, _KERNELS, _DECISIONS)
EXERCISES: dict[str, Exercise] = {name: lesson[name] for lesson in _ALL for name in sorted(lesson)}
