"""The path of L-BFGS as the best-known libraries run it, for comparison with Newton's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks import Coordinates
from ..option_checks import check_options
from ..problem import Objective, prepare
from ..row_checks import as_start
from ..workers import Workers

__all__ = ["LbfgsPath", "lbfgs_path"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LbfgsPath:
    """Every point an L-BFGS run accepted, and why it stopped.

    beta (steps + 1, k): coefficients, log-odds per unit of the column; loglik (steps + 1,), the
    penalty not counted; message: the optimiser's own word; evaluations: of log-likelihood and
    gradient together.
    """

    beta: Floats
    loglik: Floats
    message: str
    evaluations: int


def lbfgs_path(
    X: Any,
    y: Any = None,
    *,
    start: Any = None,
    l2: float = 0.0,
    tol: float = 1e-4,
    max_iter: int = 100,
    fit_intercept: bool = True,
) -> LbfgsPath:
    """Where does L-BFGS go, and where does it stop?

    SciPy's L-BFGS-B on the mean of minus the log-likelihood, on the columns as given, started at
    zero and stopped as scikit-learn's default solver does: at a gradient of tol, or where a step
    gains less than 64 units of rounding.

    Parameters
    ----------
    X, y, l2, fit_intercept : as in ``fit``.
    start : (k,) coefficients to start from; zeros where omitted, as in scikit-learn.
    tol : largest entry of the mean gradient at which to stop; it depends on the columns' units.
    max_iter : most steps.

    Returns
    -------
    LbfgsPath

    Raises
    ------
    DataError, as ``fit`` does.

    References
    ----------
    Byrd, Lu, Nocedal and Zhu (1995), doi:10.1137/0916069.

    Examples
    --------
    >>> path = lbfgs_path([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> path.beta[-1].round(3)                             # the maximum is (-2.270461, 0.908184)
    array([-2.27 ,  0.908])
    """
    from scipy.optimize import minimize

    check_options(l2=l2, tol=tol, max_iter=max_iter, fit_intercept=fit_intercept)
    problem = prepare(X, y, None, None, None, fit_intercept)
    given = as_start(start, len(problem.names))
    k, first = len(problem.names), -1 if fit_intercept else 0
    with Workers(None, problem.blocks.n_rows * k) as workers:
        plain = Coordinates(np.arange(first, first + k), np.zeros(k), np.ones(k))
        objective = Objective(problem.blocks, plain, workers, float(l2))
        bare = Objective(problem.blocks, plain, workers)

        def height(beta: Floats) -> tuple[float, Floats]:
            terms = objective(beta, 1)
            return -terms.loglik / terms.weight_sum, -terms.gradient / terms.weight_sum

        path = [np.zeros(k) if given is None else given]
        found: Any = minimize(
            height, path[0], method="L-BFGS-B", jac=True,
            callback=lambda beta: path.append(beta.copy()),
            options={
                "maxiter": max_iter, "maxls": 50, "gtol": tol,
                "ftol": 64 * np.finfo(float).eps,
            },
        )  # fmt: skip
        heights = np.array([bare(beta, 0).loglik for beta in path])
    return LbfgsPath(np.array(path), heights, str(found.message), int(found.nfev))
