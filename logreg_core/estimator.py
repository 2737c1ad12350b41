"""`LogisticRegression`: `fit` as a scikit-learn estimator, with standard errors behind it.

Thin on purpose: scikit-learn checks what comes in and remembers names, `lc.fit` computes, and
`result_` keeps everything it found.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .arrays import as_outcome
from .dask_parts import is_dask
from .errors import DataError
from .estimator_input import check_switches, read, threads_of, weights_of
from .fitting import fit
from .result import LogitFit
from .summary import Summary

__all__ = ["LogisticRegression"]

Floats = NDArray[np.float64]


class LogisticRegression(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Binary logistic regression for scikit-learn's pipelines, at the maximum, with inference.

    Minimises C sum w [log(1 + exp(eta)) - y eta] + 1/2 sum coef^2 as scikit-learn does, so that
    l2 = 1 / C; the intercept is never penalised. Unlike scikit-learn's, no penalty is the default.

    Parameters
    ----------
    penalty : "l2" (none while C is infinite), None, or "firth" (finite for separated data too).
    C : inverse of the ridge penalty, 1 / l2; `inf` for none.
    l1_ratio, dual, intercept_scaling : taken where they ask for nothing else than this model.
    tol : root of the Newton decrement per unit weight at which to stop (log-odds).
    fit_intercept : put an intercept first.
    class_weight : {label: factor of its weights}, "balanced" (total weight / (2 weight of the
        class)), or None.
    random_state, verbose : not needed: the answer holds no chance and nothing is printed.
    solver : "auto" | "fast" | "newton" | "irls", see `fit`. scikit-learn's names mean "auto": the
        maximum they look for is the same; `result_.solver` says which climbed.
    max_iter : most steps.
    warm_start : start from the coefficients of the previous `fit`.
    n_jobs : threads; None or -1 takes all cores, or one where joblib already works in parallel.
    on_separation, on_singular : "warn" or "drop" go on with a warning, "raise" raises.

    Attributes
    ----------
    coef_ : (1, columns) log-odds per unit of the column; 0.0 for columns that were dropped; where
        the data are separated the last finite iterate (`result_.coef` holds the infinities).
    intercept_ : (1,) log-odds.
    classes_ : (2,) labels, the positive class last.
    result_ : the `LogitFit`: standard errors, tests, intervals, status, trace.
    aliased_ : names of the columns dropped as combinations of others.
    n_iter_ : (1,) steps.
    n_features_in_, feature_names_in_ : as in every scikit-learn estimator.

    Raises
    ------
    DataError (a ValueError), SeparationError, SingularError

    Notes
    -----
    predict takes the positive class where the log-odds are above 0, as scikit-learn does.
    CSR matrices are taken in blocks of rows and give the same bits as the dense matrix. Dask
    Arrays and DataFrames of numbers are fitted where they lie (see `DaskBlocks`), and predictions
    for them are Dask Arrays.

    Examples
    --------
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], ["no", "yes", "no", "yes"]
    >>> model = LogisticRegression().fit(X, y)
    >>> model.coef_.round(6), model.intercept_.round(6)
    (array([[0.908184]]), array([-2.270461]))
    >>> model.predict([[0.0], [9.0]])
    array(['no', 'yes'], dtype='<U3')
    >>> model.result_.std_error.round(6)
    array([2.934405, 1.085192])
    """

    def __init__(
        self,
        penalty: str | None = "l2",
        *,
        C: float = math.inf,
        l1_ratio: float | None = 0.0,
        dual: bool = False,
        tol: float = 1e-10,
        fit_intercept: bool = True,
        intercept_scaling: float = 1.0,
        class_weight: dict[Any, float] | str | None = None,
        random_state: Any = None,
        solver: str = "auto",
        max_iter: int = 100,
        verbose: int = 0,
        warm_start: bool = False,
        n_jobs: int | None = None,
        on_separation: str = "warn",
        on_singular: str = "drop",
    ) -> None:
        self.penalty = penalty
        self.C = C
        self.l1_ratio = l1_ratio
        self.dual = dual
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
        self.class_weight = class_weight
        self.random_state = random_state
        self.solver = solver
        self.max_iter = max_iter
        self.verbose = verbose
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.on_separation = on_separation
        self.on_singular = on_singular

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LogisticRegression:
        """Fit the columns X (n, columns) to the outcomes y (n,): see `logreg_core.fit`.

        sample_weight : (n,) frequencies: weight 2 is the row twice, 0 is no row.
        """
        options = check_switches(self)
        before = getattr(self, "result_", None) if self.warm_start else None
        if is_dask(X):
            return self._fit_there(X, y, sample_weight, before, options)
        X, y = read(self, X, y)
        self.classes_, codes = _classes(y)
        weight = weights_of(codes, self.classes_, sample_weight, self._class_weight)
        start = _start(before, self.classes_, self.n_features_in_ + bool(self.fit_intercept))
        self.result_ = fit(X, y, sample_weight=weight, start=start, **options)
        self._read(self.result_)
        return self

    def _fit_there(
        self, X: Any, y: Any, sample_weight: Any, before: LogitFit | None, options: dict[str, Any]
    ) -> LogisticRegression:
        """The fit of rows in the partitions of a Dask cluster: sums come here, rows do not."""
        from .dask_estimator import open_blocks

        blocks = open_blocks(X, y, sample_weight, self.class_weight)
        header = pd.DataFrame(np.empty((0, blocks.n_columns)), columns=list(blocks.names))
        named = hasattr(X, "columns")
        validate_data(self, header if named else header.to_numpy(), skip_check_array=True)
        self.classes_ = np.array(blocks.classes, dtype=y.dtype)
        start = _start(before, self.classes_, self.n_features_in_ + bool(self.fit_intercept))
        self.result_ = fit(blocks, start=start, **options)
        self._read(self.result_)
        return self

    def _class_weight(self, y: NDArray[Any], weight: Floats | None) -> Floats | None:
        """The two factors of the classes' weights, or None."""
        if self.class_weight is None:
            return None
        if isinstance(self.class_weight, str) and self.class_weight == "balanced":
            # A weight is a frequency: the classes are as large as their rows weigh.
            sums = np.bincount(y, weights=weight, minlength=2)
            return np.asarray(sums.sum() / (2.0 * sums))
        labels = self.classes_[y]
        factors = compute_class_weight(self.class_weight, classes=self.classes_, y=labels)
        return np.asarray(factors, dtype=np.float64)

    def _read(self, result: LogitFit) -> None:
        """scikit-learn's attributes from the fit."""
        slopes = np.where(np.isnan(result.centered_coef), 0.0, result.centered_coef)
        if np.isfinite(result.coef[~np.isnan(result.coef)]).all() and result.converged:
            slopes = np.where(np.isnan(result.coef), 0.0, result.coef)
        elif result.fit_intercept:
            slopes[0] = math.fsum([slopes[0], *(-slopes[1:] * result.center[1:])])
        first = int(result.fit_intercept)
        self.coef_ = slopes[None, first:].copy()
        self.intercept_ = slopes[:first].copy() if first else np.zeros(1)
        self.aliased_ = tuple(relation.name for relation in result.aliased)
        self.n_iter_ = np.array([len(result.steps)], dtype=np.int32)

    def decision_function(self, X: Any) -> Floats:
        """(m,) log-odds of the positive class, `classes_[1]`."""
        check_is_fitted(self)
        if is_dask(X):
            return _lazily(self.decision_function, X)
        X, _ = read(self, X)
        return self.result_.log_odds(X, threads=threads_of(self.n_jobs))

    def predict(self, X: Any) -> NDArray[Any]:
        """(m,) labels: the positive class where its log-odds are above 0."""
        if is_dask(X):
            check_is_fitted(self)
            return _lazily(self.predict, X, self.classes_.dtype)
        above = self.decision_function(X) > 0.0
        return np.asarray(self.classes_[above.astype(np.intp)])

    def predict_proba(self, X: Any) -> Floats:
        """(m, 2) probabilities of the two classes, each from its own tail."""
        from scipy.special import expit

        if is_dask(X):
            return _lazily(self.predict_proba, X, columns=2)
        eta = self.decision_function(X)
        return np.column_stack([expit(-eta), expit(eta)])

    def predict_log_proba(self, X: Any) -> Floats:
        """(m, 2) log-probabilities of the two classes, finite however sure the model is."""
        from scipy.special import log_expit

        if is_dask(X):
            return _lazily(self.predict_log_proba, X, columns=2)
        eta = self.decision_function(X)
        return np.column_stack([log_expit(-eta), log_expit(eta)])

    def summary(self, level: float = 0.95) -> Summary:
        """The table of coefficients: see `LogitFit.summary`."""
        check_is_fitted(self)
        return self.result_.summary(level)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.sparse = True
        return tags


def _lazily(method: Any, X: Any, dtype: Any = np.float64, columns: int = 0) -> NDArray[Any]:
    from .dask_estimator import lazily  # not loaded where Dask is not

    found: NDArray[Any] = lazily(method, X, dtype, columns)  # Dask's, which is used like one
    return found


def _classes(y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """The two labels in y's own type, and 1 for the rows of the last."""
    try:
        codes, classes = as_outcome(y, len(y))
    except DataError as problem:
        check_classification_targets(y)  # scikit-learn's words for an outcome that is continuous
        if len(getattr(problem, "classes", ())) > 2:
            raise DataError(
                f"Only binary classification is supported. The type of the target is multiclass: "
                f"{problem.found}",
                problem.expected,
                problem.meaning,
                f"{problem.remedy}, or wrap this in sklearn.multiclass.OneVsRestClassifier",
                **problem.evidence,
            ) from problem
        raise
    return np.array(classes, dtype=y.dtype), codes


def _start(before: LogitFit | None, classes: NDArray[Any], k: int) -> Floats | None:
    """The coefficients of an earlier fit of the same shape, where they are all finite."""
    same = before is not None and len(before.coef) == k and before.classes == tuple(classes)
    return before.coef if same and before and np.isfinite(before.coef).all() else None
