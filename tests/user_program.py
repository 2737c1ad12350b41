"""A program as a user writes it, for mypy --strict: every public call once, each type stated.

`test_types.py` type-checks it and runs it; it is no test itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import logreg_core as lc
from logreg_core.errors import DataError, SeparationWarning

Floats = NDArray[np.float64]


def report(folder: Path) -> str:
    frame = lc.datasets.verified_status()
    assert_type(frame, pd.DataFrame)
    design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    assert_type(design.X, Floats)
    assert_type(design.y, NDArray[np.uint8])
    assert_type(design.names, tuple[str, ...])

    fit = lc.fit(design, threads=1)
    assert_type(fit, lc.LogitFit)
    assert_type(fit.coef, Floats)
    assert_type(fit.std_error, Floats)
    assert_type(fit.p_value, Floats)
    assert_type(fit.names, tuple[str, ...])
    assert_type(fit.loglik, float)
    assert_type(fit.converged, bool)
    assert_type(fit.status, lc.Status)
    assert_type(fit.conf_int(0.9), pd.DataFrame)
    assert_type(fit.odds_ratio(), pd.DataFrame)
    assert_type(fit.trace, pd.DataFrame)
    assert_type(fit.probability(design.X), Floats)
    assert_type(fit.log_odds(design.X), Floats)
    assert_type(fit.predict(design.X, threshold=0.3), NDArray[Any])
    if fit.separation is not None:
        assert_type(fit.separation.infinite, dict[str, float])

    fit.save(folder / "model.json")
    again = lc.load(folder / "model.json")
    assert_type(again, lc.LogitFit)
    if again.encoding is not None:
        assert_type(again.encoding.transform(frame.dropna()), Floats)
    assert_type(again.to_sql("videos", probability="score"), str)

    found = lc.separation.detect(design.X, design.y)
    assert_type(found.proven, bool)
    matrix = lc.metrics.confusion_matrix(design.y, fit.probability(design) >= 0.5)
    share = lc.metrics.accuracy_score(design.y, fit.probability(design) >= 0.5)
    return f"{fit.summary()}\n{matrix}\n{share:.4f}"


def careful(X: list[list[float]], y: list[int]) -> lc.LogitFit | None:
    try:
        return lc.fit(X, y, l2=1.0, on_separation="raise", callback=lambda row: None)
    except DataError as problem:
        assert_type(problem.found, str)
        return None


def is_ours(warning: Warning) -> bool:
    return isinstance(warning, SeparationWarning)
