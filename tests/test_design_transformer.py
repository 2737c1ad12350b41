"""The design as a step of a pipeline: the very columns of `Design`, and scikit-learn's checks."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import logreg_core as lc
from logreg_core.design_transformer import DesignTransformer
from logreg_core.errors import DataError

RNG = np.random.default_rng(6)
N = 200
FRAME = pd.DataFrame(
    {
        "age": RNG.integers(20, 60, N),
        "city": RNG.choice(["Bern", "Oslo", "Rome"], N),
        "dose": RNG.exponential(size=N),
        "ill": RNG.choice(["no", "yes"], N),
    }
)
X = FRAME.drop(columns="ill")


def test_scikit_learns_checks_pass_without_exception() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(DesignTransformer(), on_skip=None)
    assert {r["check_name"] for r in results if r["status"] not in ("passed", "skipped")} == set()
    assert sum(r["status"] == "passed" for r in results) > 35


def test_columns_are_the_designs() -> None:
    for formula in (
        "city * log(dose) + age",
        "0 + city",
        "C(city, ref='Rome')",
    ):
        design = lc.Design.from_formula(f"ill ~ {formula}", FRAME)
        for text in (formula, f"ill ~ {formula}", f"~ {formula}"):
            rule = DesignTransformer(text)
            assert rule.fit_transform(X).tobytes() == design.X.tobytes()
            assert tuple(rule.get_feature_names_out()) == design.names
            assert rule.transform(X.iloc[:3]).tobytes() == design.X[:3].tobytes()
    options: dict[str, Any] = {
        "features": ["city", "age"], "categorical": ["age"], "reference": {"city": "Oslo"}
    }  # fmt: skip
    design = lc.Design.from_frame(FRAME, "ill", **options)
    assert DesignTransformer(**options).fit_transform(X).tobytes() == design.X.tobytes()
    assert DesignTransformer().fit(X).encoding_.names == ("age", "city_Oslo", "city_Rome", "dose")


def test_other_frames_and_outputs() -> None:
    plain = DesignTransformer("city + dose").fit(X).transform(X)
    for make in (pl.from_pandas, pa.Table.from_pandas, lambda f: pl.from_pandas(f).lazy()):
        rule = DesignTransformer("city + dose").fit(make(X))
        assert rule.transform(make(X)).tobytes() == plain.tobytes()
        assert list(rule.feature_names_in_) == list(X.columns)
    shown = DesignTransformer("city + dose").set_output(transform="pandas").fit_transform(X)
    assert list(shown.columns) == ["city_Oslo", "city_Rome", "dose"]
    assert (shown.index == X.index).all()
    polars = DesignTransformer("city").set_output(transform="polars").fit_transform(X)
    assert isinstance(polars, pl.DataFrame)


def test_in_pipelines() -> None:
    pipe = make_pipeline(DesignTransformer(), lc.LogisticRegression()).set_output(
        transform="pandas"
    )
    pipe.fit(X, FRAME["ill"])
    fit = lc.fit(lc.Design.from_frame(FRAME, "ill"))
    assert pipe[-1].result_.names == fit.names
    assert pipe[-1].result_.coef.tobytes() == fit.coef.tobytes()
    again = pickle.loads(pickle.dumps(pipe))
    assert again.predict_proba(X).tobytes() == pipe.predict_proba(X).tobytes()
    search = GridSearchCV(
        clone(pipe), {"designtransformer__formula": ["age", "city + log1p(dose)"]}, cv=3,
        scoring="neg_log_loss",
    ).fit(X, FRAME["ill"])  # fmt: skip
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    both = make_column_transformer((DesignTransformer(), ["city"]), (StandardScaler(), ["age"]))
    assert both.fit_transform(X).shape == (N, 3)
    assert both.get_feature_names_out()[0] == "designtransformer__city_Oslo"


@pytest.mark.parametrize(
    "wrong",
    [{"formula": "nix"}, {"formula": "exec(age)"}, {"formula": "age", "features": ["city"]},
     {"features": ["nix"]}, {"features": ["age"], "categorical": ["city"]},
     {"reference": {"nix": 1}}],
    ids=str,
)  # fmt: skip
def test_refusals(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        DesignTransformer(**wrong).fit(X)


def test_new_rows_are_held_to_the_rule() -> None:
    rule = DesignTransformer().fit(X)
    with pytest.raises(DataError, match="'Paris' in row 0"):
        rule.transform(X.assign(city="Paris"))
    with pytest.raises(DataError, match="missing value in row 2"):
        rule.transform(X.assign(dose=X["dose"].mask(X.index == 2)))
    with pytest.raises(ValueError, match=r"(?i)feature names"):
        rule.transform(X.drop(columns="age"))
