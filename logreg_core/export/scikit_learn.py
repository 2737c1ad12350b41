"""A fit as a fitted scikit-learn LogisticRegression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingDependencyError
from .rule import raw_coefficients

if TYPE_CHECKING:
    from ..result import LogitFit

__all__ = ["to_sklearn"]


def to_sklearn(fit: LogitFit) -> Any:
    """The same model as an estimator of scikit-learn, fitted, without a fit.

    Parameters
    ----------
    fit : any fit; columns dropped get the coefficient 0, infinite coefficients the finite value
        that the fit's own scores use

    Returns
    -------
    sklearn.linear_model.LogisticRegression for the columns of X (a raw frame has to go through
    ``fit.encoding.transform`` first), with C = 1 / l2, or infinite without a ridge

    Raises
    ------
    MissingDependencyError
        When scikit-learn is not installed.

    Notes
    -----
    As always in scikit-learn ``classes_`` is sorted: where the fit's positive class is the first
    of them, ``coef_`` has the opposite signs. A row at 0.5 exactly is negative there and positive
    here. An offset is no part of the estimator, and neither is Firth's penalty (for a new fit).
    Scores add x * coef without centres: a column 1e6 standard deviations from zero loses six
    digits that ``fit.probability`` keeps.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> model = fit.to_sklearn()
    >>> model.coef_.round(6), model.intercept_.round(6)
    (array([[0.908184]]), array([-2.270461]))
    >>> model.predict_proba([[2.5]]).round(6)
    array([[0.5, 0.5]])
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as problem:
        raise MissingDependencyError(
            "scikit-learn is not installed",
            "scikit-learn",
            "there is no estimator to hand over",
            "pip install scikit-learn",
        ) from problem
    intercept, slopes = raw_coefficients(fit)
    negative, positive = fit.classes
    sign = 1.0 if negative < positive else -1.0
    model = LogisticRegression(
        C=1.0 / fit.l2 if fit.l2 else np.inf, fit_intercept=fit.fit_intercept
    )
    model.classes_ = np.asarray(sorted(fit.classes))
    model.coef_ = sign * slopes[None, :] + 0.0
    model.intercept_ = np.array([sign * intercept + 0.0])
    model.n_features_in_ = len(slopes)
    model.n_iter_ = np.array([len(fit.steps)], dtype=np.int32)
    names = fit.names[1:] if fit.fit_intercept else fit.names
    if names != tuple(f"x{j + 1}" for j in range(len(names))):
        model.feature_names_in_ = np.array(names, dtype=object)
    return model
