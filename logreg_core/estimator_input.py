"""What scikit-learn users pass, as `fit` takes it: switches, tables, weights, threads."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.validation import check_consistent_length, column_or_1d, validate_data

from .arrays import as_matrix, is_frame
from .errors import DataError
from .row_checks import as_weights
from .row_sources import RowSource

__all__ = ["check_switches", "read", "threads_of", "weights_of"]

Floats = NDArray[np.float64]

# NaN and infinity show up in the sums of the first pass; other dtypes are converted by the block.
READING: dict[str, Any] = {"accept_sparse": "csr", "dtype": "numeric", "ensure_all_finite": False}

# They climb to the same maximum, so a search over them must not fail.
ELSEWHERE = ("lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga")

# switch of scikit-learn: (the values that ask for this model, what another would ask for)
FOREIGN: dict[str, tuple[tuple[Any, ...], str]] = {
    "l1_ratio": ((None, 0), "an L1 penalty"),
    "dual": ((False,), "the dual problem of a ridge penalty"),
    "intercept_scaling": ((1,), "a penalty on the intercept"),
    "penalty": ((None, "l2", "firth"), "another penalty than ridge or Firth's"),
}


def check_switches(estimator: Any) -> dict[str, Any]:
    """The arguments of `logreg_core.fit` that an estimator's parameters stand for.

    Raises
    ------
    DataError
        For the first that asks for another model, naming it.
    """
    for name, (allowed, meaning) in FOREIGN.items():
        value = getattr(estimator, name)
        if not any(value is a or (a is not None and value == a) for a in allowed):
            raise DataError(
                f"{name} is {value!r:.60}",
                " or ".join(map(repr, allowed)),
                f"it asks for {meaning}, which this estimator does not have",
                "leave it out, or use scikit-learn's LogisticRegression",
                option=name,
                value=value,
            )
    C, penalty = estimator.C, estimator.penalty
    if not isinstance(C, numbers.Real) or isinstance(C, bool) or not float(C) > 0.0:
        raise DataError(
            f"C is {C!r:.60}",
            "a number above 0, or inf for no penalty",
            "the ridge penalty is 1 / C",
            "correct C",
            option="C",
            value=C,
        )
    if penalty != "l2" and not math.isinf(C):
        raise DataError(
            f"C is {C!r} and penalty {penalty!r}",
            "an infinite C wherever penalty is not 'l2'",
            "it is not clear whether a ridge penalty is wanted",
            "leave out one of the two",
            option="penalty",
            value=penalty,
        )
    return {
        "l2": 0.0 if math.isinf(C) else 1.0 / float(C),
        "penalty": "firth" if penalty == "firth" else None,
        "solver": "auto" if estimator.solver in ELSEWHERE else estimator.solver,
        "tol": estimator.tol,
        "max_iter": estimator.max_iter,
        "fit_intercept": estimator.fit_intercept,
        "threads": threads_of(estimator.n_jobs),
        "on_separation": estimator.on_separation,
        "on_singular": estimator.on_singular,
    }


def threads_of(n_jobs: int | None) -> int | None:
    """The threads for a number of jobs; None takes all cores.

    Inside a job of joblib one is enough: the cores are at work already. The bits do not depend
    on it.

    >>> threads_of(-1), threads_of(2)
    (None, 2)
    """
    from joblib.parallel import get_active_backend

    if n_jobs is None and getattr(get_active_backend()[0], "nesting_level", None):
        return 1
    if n_jobs is None or n_jobs == -1:
        return None
    if isinstance(n_jobs, bool) or not isinstance(n_jobs, numbers.Integral) or n_jobs == 0:
        raise DataError(
            f"n_jobs is {n_jobs!r:.60}",
            "None, a number of threads, or -1 for all cores",
            "it is not clear how many threads are wanted",
            "correct n_jobs",
            option="n_jobs",
            value=n_jobs,
        )
    # as in joblib, -2 is all cores but one
    return int(n_jobs) if n_jobs > 0 else max(1, (os.cpu_count() or 1) + 1 + int(n_jobs))


NEW_ROWS = object()  # in place of y: rows to be scored, held to what the fit has seen


def read(estimator: Any, X: Any, y: Any = NEW_ROWS) -> tuple[Any, Any]:
    """X and y as scikit-learn takes them; a call with y sets what later ones are held to.

    Frames of any library keep their names; what is one matrix of numbers, in C or in Fortran
    order, is not copied. NaN and infinity are left to the first pass.

    Returns
    -------
    An array, a sparse CSR matrix, a pandas frame of one block or a `RowSource`; y (n,), or None.
    """
    first, X = y is not NEW_ROWS, _table(X)
    if isinstance(X, RowSource):  # too large to be copied for scikit-learn, and checked already
        header = pd.DataFrame(np.empty((0, X.shape[1])), columns=list(X.names or ()))
        validate_data(estimator, header, reset=first, skip_check_array=True)
        if first:
            y = column_or_1d(y, warn=True)
            check_consistent_length(X, y)
        return X, y
    if not first:
        return validate_data(estimator, X, reset=False, **READING), None
    X, y = validate_data(estimator, X, y, **READING)
    names = getattr(estimator, "feature_names_in_", None)
    if names is not None and isinstance(X, np.ndarray):
        X = pd.DataFrame(X, columns=list(names), copy=False)
    return X, y


def _table(X: Any) -> Any:
    """A frame of any library as a pandas frame of numbers, or as the rows of its columns."""
    if not is_frame(X):
        return X
    array, names = as_matrix(X)
    if isinstance(array, RowSource):
        return array
    labels = list(X.columns) if isinstance(X, pd.DataFrame) else list(names)
    return pd.DataFrame(array, columns=labels, copy=False)


def weights_of(
    codes: NDArray[np.uint8],
    classes: NDArray[Any],
    sample_weight: Any,
    class_factors: Callable[[NDArray[np.uint8], Floats | None], Floats | None],
) -> Floats | None:
    """The weights of the rows times those of their classes, or None where all are 1.

    Raises
    ------
    DataError
        Weights that are negative, not finite, of another shape, or leave only one class.
    """
    weight = None if sample_weight is None else as_weights(sample_weight, len(codes))
    if weight is not None:
        sums = np.bincount(codes, weights=weight, minlength=2)
        if not sums.all():
            only, none = classes[::-1] if sums[1] else classes
            raise DataError(
                f"every row of positive weight is of class {only!s}, none of class {none!s}",
                "both classes among the rows of positive weight",
                "there is nothing to tell apart",
                "check the weights",
                classes=(only,),
            )
    factors = class_factors(codes, weight)
    if factors is None:
        return weight
    each = factors[codes]
    return each if weight is None else weight * each
