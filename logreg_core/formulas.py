"""Every formula of logistic regression once, in a few lines of NumPy: the slow, obvious twin.

With eta = X @ beta + offset the log-odds of each row, and success and failure the weights of its
two outcomes (success = w * y and failure = w * (1 - y) for a binary y),

    loglik    = sum  success * log sigmoid(eta) + failure * log sigmoid(-eta)
    gradient  = X' r,     r = success * sigmoid(-eta) - failure * sigmoid(eta)
    hessian   = -X' W X,  W = (success + failure) * z / (1 + z)^2,   z = exp(-|eta|)

Everything is a function of eta and never of mu: 1 - mu is 0 from eta = 37 on, sigmoid(-eta) is
right up to eta = 745. Signs belong to the log-likelihood itself, so the Hessian is negative.

The same lines run in any precision: hand them object arrays of mpmath numbers and they answer to
as many digits, which is how ``logreg_core.reference.fit`` calculates.

References
----------
McCullagh and Nelder, Generalized Linear Models, 2nd ed. 1989, sections 2.5 and 4.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logreg_core.errors import SingularError

__all__ = [
    "climb",
    "dependent_columns",
    "elementwise",
    "gradient",
    "hessian",
    "log_likelihood",
    "log_sigmoid",
    "newton_step",
    "outcome_weights",
    "residual",
    "sigmoid",
    "solve",
    "working_weight",
]

_MAX_HALVINGS = 60  # down to the last bit of a double

Array = NDArray[Any]  # float64, or mpmath numbers in an object array


def outcome_weights(
    y: ArrayLike, sample_weight: ArrayLike | None = None, n_trials: ArrayLike | None = None
) -> tuple[Array, Array]:
    """How much does each row weigh as a success, and how much as a failure?

    success = w * y, failure = w * (n_trials - y); binary outcomes have one trial a row.

    Parameters
    ----------
    y : (n,) outcomes 0 or 1, or successes out of ``n_trials``.
    sample_weight : (n,) weights, in rows; 1 each when omitted.
    n_trials : (n,) trials of each row; 1 each when omitted.

    Returns
    -------
    success, failure : two (n,) arrays, in rows.

    >>> outcome_weights([1, 0], [2.0, 5.0])
    (array([2., 0.]), array([0., 5.]))
    """
    successes = np.asarray(y)
    weight = 1.0 if sample_weight is None else np.asarray(sample_weight)
    trials = 1.0 if n_trials is None else np.asarray(n_trials)
    return weight * successes, weight * (trials - successes)


def sigmoid(eta: Array) -> Array:
    """What probability do these log-odds mean?  1 / (1 + exp(-eta)), without overflow.

    >>> sigmoid(np.array([-800.0, 0.0, 800.0]))
    array([0. , 0.5, 1. ])
    """
    z = elementwise("exp", -abs(eta))
    return np.asarray(np.where(eta >= 0, 1, z) / (1 + z))


def log_sigmoid(eta: Array) -> Array:
    """What is the logarithm of that probability?  -(max(-eta, 0) + log1p(exp(-abs(eta)))).

    >>> log_sigmoid(np.array([-800.0, 0.0, 40.0]))
    array([-8.00000000e+02, -6.93147181e-01, -4.24835426e-18])
    """
    return np.asarray(np.minimum(eta, 0) - elementwise("log1p", elementwise("exp", -abs(eta))))


def residual(eta: Array, success: Array, failure: Array) -> Array:
    """How far is each row from its prediction?  w * (y - mu), in rows, shape (n,).

    A success leaves 1 - mu = sigmoid(-eta), which keeps its digits where 1 - mu is 0.

    >>> residual(np.array([0.0, 50.0]), np.ones(2), np.zeros(2))
    array([5.00000000e-01, 1.92874985e-22])
    """
    return np.asarray(success * sigmoid(-eta) - failure * sigmoid(eta))


def working_weight(eta: Array, success: Array, failure: Array) -> Array:
    """How much does each row tell about beta?  w * mu * (1 - mu), in rows, shape (n,).

    >>> working_weight(np.array([0.0, -50.0]), np.ones(2), np.zeros(2))
    array([2.50000000e-01, 1.92874985e-22])
    """
    z = elementwise("exp", -abs(eta))
    return np.asarray((success + failure) * z / (1 + z) ** 2)


def log_likelihood(
    X: Array, success: Array, failure: Array, beta: Array, offset: ArrayLike = 0.0
) -> Any:
    """How likely are the outcomes under beta?  Its logarithm, in nats: at most 0.

    Parameters
    ----------
    X : (n, k) design, with its column of ones if there is to be an intercept.
    success, failure : (n,) weights of the two outcomes, see ``outcome_weights``.
    beta : (k,) coefficients, log-odds per unit of each column.
    offset : (n,) known part of the log-odds.

    Notes
    -----
    The constant log C(trials, successes) of binomial counts is not in it; ``fit`` adds it.
    Cost: one pass, O(n k).

    >>> log_likelihood(np.ones((2, 1)), np.array([1.0, 0]), np.array([0, 1.0]), np.zeros(1))
    np.float64(-1.3862943611198906)
    """
    eta: Array = X @ beta + offset
    return (success * log_sigmoid(eta) + failure * log_sigmoid(-eta)).sum()


def gradient(
    X: Array, success: Array, failure: Array, beta: Array, offset: ArrayLike = 0.0
) -> Array:
    """Which way does the log-likelihood rise?  X' r, shape (k,), nats per unit of beta.

    Parameters as in ``log_likelihood``. Cost: one pass, O(n k).
    """
    return np.asarray(X.T @ residual(X @ beta + offset, success, failure))


def hessian(
    X: Array, success: Array, failure: Array, beta: Array, offset: ArrayLike = 0.0
) -> Array:
    """How does that slope bend?  -X' W X, shape (k, k), negative semidefinite.

    Parameters as in ``log_likelihood``. Cost: one pass, O(n k^2).
    """
    weight = working_weight(X @ beta + offset, success, failure)
    return np.asarray(-(X.T * weight) @ X)


def newton_step(
    X: Array,
    success: Array,
    failure: Array,
    beta: Array,
    offset: ArrayLike = 0.0,
    penalty: ArrayLike = 0.0,
) -> Array:
    """Where is the top of the parabola that fits here?  Its distance from beta, shape (k,).

    step = (information + P)^-1 (gradient - P beta),  information = -hessian,  P = diag(penalty)

    Parameters as in ``log_likelihood``; ``penalty`` (k,) is the ridge of each coefficient.

    Raises
    ------
    SingularError : the information cannot be inverted at beta.

    Notes
    -----
    Undamped, this step diverges on some data with a finite maximum: halve it while the
    log-likelihood falls. Cost: one pass, O(n k^2 + k^3).
    """
    ridge = np.broadcast_to(np.asarray(penalty), beta.shape)
    information = -hessian(X, success, failure, beta, offset) + np.diag(ridge)
    return solve(information, gradient(X, success, failure, beta, offset) - ridge * beta)


def climb(
    X: Array,
    success: Array,
    failure: Array,
    beta: Array,
    offset: ArrayLike = 0.0,
    penalty: ArrayLike = 0.0,
    slack: Any = 1e-14,
) -> Iterator[tuple[Array, Array]]:
    """How does Newton's method get to the top?  Yields each beta and the step that led there.

    A step that lowers the (penalised) log-likelihood is halved until it does not; ``slack``, a
    relative change, is what rounding may take. Endless: the caller says when to stop. Parameters
    as in ``newton_step``. Cost: two passes a step, and one more for each halving.

    >>> from itertools import islice
    >>> path = climb(np.ones((4, 1)), np.array([1, 1, 1, 0]), np.array([0, 0, 0, 1]), np.zeros(1))
    >>> [round(float(beta[0]), 6) for beta, step in islice(path, 4)]       # to log 3
    [1.0, 1.096339, 1.098611, 1.098612]
    """

    def height(point: Array) -> Any:
        ridge = np.asarray(penalty * point**2).sum() / 2
        return log_likelihood(X, success, failure, point, offset) - ridge

    reached = height(beta)
    while True:
        step = newton_step(X, success, failure, beta, offset, penalty)
        for _ in range(_MAX_HALVINGS):
            trial = height(beta + step)
            if trial >= reached - slack * abs(reached):  # NaN answers False
                break
            step = step / 2
        beta, reached = beta + step, trial
        yield beta, step


def dependent_columns(X: Array, tolerance: float = 1e-8) -> list[int]:
    """Which columns are combinations of those before them?  Gram-Schmidt, leftmost kept.

    Parameters
    ----------
    X : (n, k) design.
    tolerance : length of what a column adds to those before it, relative to its own.

    >>> dependent_columns(np.array([[1.0, 0, 1], [1, 1, 2], [1, 5, 6]]))
    [2]
    """
    basis: list[Array] = []
    dependent = []
    for j, column in enumerate(X.T):
        rest = column
        for unit in basis:
            rest = rest - unit * (unit @ rest)
        length = (rest @ rest) ** 0.5
        if length <= tolerance * (column @ column) ** 0.5:
            dependent.append(j)
        else:
            basis.append(rest / length)
    return dependent


def elementwise(name: str, *values: Array) -> Array:
    """numpy's function for float64, mpmath's for an object array of its numbers."""
    if values[0].dtype != object:
        return np.asarray(getattr(np, name)(*values))
    function = np.frompyfunc(lambda *v: getattr(v[0].context, name)(*v), len(values), 1)
    return np.asarray(function(*values))


def solve(matrix: Array, right: Array) -> Array:
    """matrix^-1 @ right, in the precision of both."""
    try:
        if matrix.dtype != object:
            return np.linalg.solve(matrix, right)
        mp = matrix[0, 0].context
        solution = mp.lu_solve(mp.matrix(matrix.tolist()), mp.matrix(right.tolist()))
        return np.array([*solution], dtype=object)
    except (np.linalg.LinAlgError, ZeroDivisionError) as problem:
        raise SingularError(
            f"the information matrix of {len(right)} columns cannot be inverted",
            "linearly independent columns and fitted probabilities inside (0, 1)",
            "the log-likelihood is flat along some direction",
            "look for dependent columns and for separation, or use a penalty",
        ) from problem
