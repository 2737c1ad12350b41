"""The usual recipe for a rare outcome, as tutorials have it: repeat the rare rows, then split, then
scikit-learn's defaults on raw columns. Run here so that what it reports can be judged."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blas_threads import one_blas_thread

__all__ = ["Stopped", "Upsampled", "stopped_early", "upsample_then_split"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Upsampled:
    """rows: positions of the original rows, the frequent class first, then the rare one drawn with
    replacement until both are as many; train, test: positions in ``rows``."""

    rows: Rows
    train: Rows
    test: Rows


@dataclass(frozen=True, eq=False)
class Stopped:
    """Where lbfgs stopped: coef (k,), intercept first; its steps; the warnings it gave; version of
    scikit-learn."""

    coef: Floats
    n_iter: int
    n_warnings: int
    version: str


def upsample_then_split(y: NDArray[Any], seed: int = 0) -> Upsampled:
    """Repeat the rarer class until the classes are even, and only then split 75/25.

    With scikit-learn's ``resample`` and ``train_test_split``, as the recipe has it: whatever is
    drawn more than once ends up on both sides.

    Examples
    --------
    >>> found = upsample_then_split(np.array([0] * 30 + [1] * 2))
    >>> len(found.rows), len(found.train), len(found.test)
    (60, 45, 15)
    """
    from sklearn.model_selection import train_test_split
    from sklearn.utils import resample

    rare, common = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    if len(rare) > len(common):
        rare, common = common, rare
    drawn = resample(rare, replace=True, n_samples=len(common), random_state=seed)
    rows = np.concatenate([common, drawn])
    train, test = train_test_split(np.arange(len(rows)), test_size=0.25, random_state=seed)
    return Upsampled(rows, train, test)


def stopped_early(X: Floats, y: NDArray[Any], max_iter: int = 800) -> Stopped:
    """Fit scikit-learn's ``LogisticRegression`` with its defaults to raw columns (n, k - 1).

    Its ridge (C = 1) is part of the defaults. One BLAS thread: its path depends on rounding.
    """
    import sklearn
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings(record=True) as said, one_blas_thread():
        warnings.simplefilter("always")
        model = LogisticRegression(random_state=0, max_iter=max_iter).fit(X, y)
    coef = np.concatenate([model.intercept_, model.coef_[0]])
    return Stopped(coef, int(model.n_iter_[0]), len(said), str(sklearn.__version__))
