"""Small data sets and their peers' fits, shared by the tests of `lc.inference`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

import logreg_core as lc

Floats = NDArray[np.float64]
CHI_95 = 3.841458820694124


@cache
def spector() -> tuple[pd.DataFrame, pd.Series, lc.LogitFit]:
    """32 students: GPA, TUCE, PSI and whether the grade improved."""
    data = sm.datasets.spector.load()
    X, y = data.exog[["GPA", "TUCE", "PSI"]], data.endog
    return X, y, lc.fit(X, y)


@cache
def mixed() -> tuple[pd.DataFrame, Floats, Floats, Floats]:
    """240 rows of numbers, a dummy and a category of three levels; y, weights, an offset."""
    rng = np.random.default_rng(31)
    n = 240
    level = rng.integers(0, 3, n)
    X = pd.DataFrame(
        {
            "age": rng.normal(50.0, 8.0, n),
            "dose": rng.exponential(2.0, n),
            "sex": rng.integers(0, 2, n).astype(float),
            "site_b": (level == 1).astype(float),
            "site_c": (level == 2).astype(float),
        }
    )
    offset = rng.normal(0.0, 0.3, n)
    eta = 0.05 * (X.age - 50) - 0.4 * X.dose + 0.7 * X.sex + 0.5 * X.site_c + 0.4 + offset
    y = (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(float).to_numpy()
    return X, y, rng.integers(1, 4, n).astype(float), offset


def peer(
    X: Any, y: Any, weight: Any = None, offset: Any = None, intercept: bool = True, **options: Any
) -> Any:
    """statsmodels' GLM of the same model, to its last digits."""
    exog = sm.add_constant(np.asarray(X, float), has_constant="add") if intercept else np.asarray(X)
    model = sm.GLM(y, exog, family=sm.families.Binomial(), freq_weights=weight, offset=offset)
    return model.fit(tol=1e-14, tol_criterion="params", maxiter=50, **options)


def endometrial(folder: Path) -> tuple[pd.DataFrame, pd.Series]:
    """79 patients, quasi-completely separated by NV."""
    path = folder / "endometrial.csv"
    if not path.is_file():
        pytest.skip(f"{folder} holds no endometrial.csv")
    frame = pd.read_csv(path)
    return frame[["NV", "PI", "EH"]], frame["HG"]


def quiet_fit(X: Any, y: Any, **options: Any) -> lc.LogitFit:
    """A fit whose warnings are expected and not the subject."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.errors.LogregWarning)
        return lc.fit(X, y, **options)


def refused(call: Any, kind: type[Exception] = lc.errors.DataError) -> Any:
    """The error of a call, which must say all four parts."""
    with pytest.raises(kind) as caught:
        call()
    error: Any = caught.value
    assert error.found
    assert error.expected
    assert error.meaning
    assert error.remedy
    return error
