"""Fits that the tests of diagnostics share, each beside statsmodels' own fit of the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

import logreg_core as lc

STATSMODELS = Path(sm.__file__).parent


@dataclass(frozen=True)
class Case:
    """Rows, our fit of them, and statsmodels' GLM fitted to the last digit."""

    X: Any
    y: Any
    fit: lc.LogitFit
    glm: Any
    rows: dict[str, Any]


def spector() -> Case:
    data = sm.datasets.spector.load_pandas()
    X, y = data.exog[["GPA", "TUCE", "PSI"]], data.endog
    return case(X, y)


def finney() -> Case:
    """Vaso-constriction: Finney (1947), the example of Pregibon (1981)."""
    frame = pd.read_csv(STATSMODELS / "stats/tests/results/binary_constrict.csv", index_col=0)
    return case(frame[["log_rate", "log_volumne"]], frame["constrict"])


def low_birth_weight() -> Case:
    frame = pd.read_csv(STATSMODELS / "genmod/tests/results/stata_lbw_glm.csv")
    frame["race_black"] = (frame["race"] == "black").astype(float)
    frame["race_other"] = (frame["race"] == "other").astype(float)
    names = ["age", "lwt", "race_black", "race_other", "smoke", "ptl", "ht", "ui"]
    return case(frame[names].astype(float), frame["low"])


def random_rows(n: int = 400, k: int = 3, seed: int = 0, **given: Any) -> Case:
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, k)) @ (np.eye(k) + 0.4) + 2.0
    eta = (X - 2.0) @ np.linspace(1.0, -0.5, k) - 0.3
    y = (random.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(float)
    return case(X, y, **given)


def case(X: Any, y: Any, **rows: Any) -> Case:
    design = sm.add_constant(np.asarray(X, dtype=float), has_constant="add")
    options = {}
    if "sample_weight" in rows:
        options["freq_weights"] = rows["sample_weight"]
    if "offset" in rows:
        options["offset"] = rows["offset"]
    outcome = np.asarray(y, dtype=float)
    if "n_trials" in rows:
        outcome = np.column_stack([outcome, rows["n_trials"] - outcome])
    model = sm.GLM(outcome, design, family=sm.families.Binomial(), **options)
    return Case(X, y, lc.fit(X, y, **rows), model.fit(tol=1e-15, maxiter=200), rows)
