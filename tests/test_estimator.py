"""The estimator: scikit-learn's own checks, compositions, and answers where penalties match.

Ours and scikit-learn's coefficients are held together to a relative 1e-7: what scikit-learn's
newton-cholesky keeps at tol=1e-12 on these well-scaled problems. Scores of a search on the course
file agree to 1e-6, the figure asked for. Ours against ours is exact.
"""

from __future__ import annotations

import copy
import math
import pickle
import subprocess
import sys
import warnings
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.linear_model import LogisticRegression as Theirs
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import logreg_core as lc
from logreg_core.errors import (
    DataError,
    LogregWarning,
    SeparationError,
    SeparationWarning,
    SingularError,
    SingularWarning,
)
from logreg_core.estimator import LogisticRegression
from logreg_core.estimator_input import threads_of

RNG = np.random.default_rng(8)
N, NAMES = 400, ["a", "b", "c"]
X = RNG.standard_normal((N, 3)) * [1.0, 10.0, 0.1] + [0.0, 5.0, 0.0]
Y = (RNG.random(N) < 1 / (1 + np.exp(-(X @ [0.8, 0.1, -3.0] - 0.7)))).astype(int)
WEIGHT = RNG.integers(0, 4, N).astype(float)
FRAME = pd.DataFrame(X, columns=NAMES)
TIGHT = {"solver": "newton-cholesky", "tol": 1e-12, "max_iter": 500}


@pytest.mark.parametrize(
    "options", [{}, {"C": 0.5}, {"penalty": "firth"}, {"solver": "newton"}], ids=str
)
def test_scikit_learns_checks_pass_without_exception(options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks' tiny data are separated and singular
        results = check_estimator(LogisticRegression(**options), on_skip=None)
    assert len(results) > 50
    assert {r["check_name"] for r in results if r["status"] not in ("passed", "skipped")} == set()
    skipped = {r["check_name"] for r in results if r["status"] == "skipped"}
    assert skipped <= {"check_array_api_input"}, "needs SCIPY_ARRAY_API set"


def test_the_fit_behind_it_is_the_same_fit() -> None:
    model = LogisticRegression().fit(FRAME, Y)
    fit = lc.fit(FRAME, Y)
    assert model.result_.names == ("intercept", *NAMES)
    assert model.intercept_.tobytes() + model.coef_.tobytes() == fit.coef.tobytes()
    assert model.result_.covariance.tobytes() == fit.covariance.tobytes()
    assert str(model.summary()) == str(fit.summary())
    assert model.decision_function(FRAME).tobytes() == fit.log_odds(FRAME).tobytes()
    assert model.n_iter_.tolist() == [len(fit.steps)]
    assert list(model.feature_names_in_) == NAMES
    assert "LogisticRegression" in model._repr_html_()


@pytest.mark.parametrize("C", [1e-3, 1.0, 1e4, math.inf])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_C_means_what_it_means_in_scikit_learn(C: float, intercept: bool, weighted: bool) -> None:
    weight = WEIGHT if weighted else None
    Z = (X - X.mean(0)) / X.std(0)
    ours = LogisticRegression(C=C, fit_intercept=intercept).fit(Z, Y, weight)
    theirs = Theirs(C=C, fit_intercept=intercept, **TIGHT).fit(Z, Y, weight)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-7)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(ours.predict_proba(Z), theirs.predict_proba(Z), rtol=1e-7)
    np.testing.assert_allclose(
        ours.predict_log_proba(Z), theirs.predict_log_proba(Z), rtol=1e-6, atol=1e-9
    )
    assert (ours.predict(Z) == theirs.predict(Z)).all()
    assert ours.score(Z, Y) == theirs.score(Z, Y)
    assert ours.result_.l2 == (0.0 if math.isinf(C) else 1.0 / C)


def test_class_weights() -> None:
    for given in ({0: 1.0, 1: 3.0}, {1: 0.25}, "balanced"):
        ours = LogisticRegression(class_weight=given).fit(X, Y)
        theirs = Theirs(C=np.inf, class_weight=given, **TIGHT).fit(X, Y)
        np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-7)
    labels = np.where(Y == 1, "yes", "no")
    named = LogisticRegression(class_weight={"no": 1.0, "yes": 3.0}).fit(X, labels)
    plain = LogisticRegression(class_weight={0: 1.0, 1: 3.0}).fit(X, Y)
    assert named.coef_.tobytes() == plain.coef_.tobytes()
    assert named.predict(X[:3]).tolist() == [("no", "yes")[c] for c in plain.predict(X[:3])]
    # weights are frequencies, so classes are as large as they weigh
    balanced = LogisticRegression(class_weight="balanced")
    rows = np.repeat(np.arange(N), WEIGHT.astype(int))
    repeated = clone(balanced).fit(X[rows], Y[rows])
    np.testing.assert_allclose(balanced.fit(X, Y, WEIGHT).coef_, repeated.coef_, rtol=1e-10)
    with pytest.raises(ValueError, match="class"):
        LogisticRegression(class_weight={2: 1.0, 0: 2.0}).fit(X, Y)


def test_metadata_routing() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        model = LogisticRegression().set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        pipe = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), model)
        pipe.fit(X, Y, sample_weight=WEIGHT)
        routed = GridSearchCV(model, {"C": [1.0]}, cv=3)
        routed.fit(X, Y, sample_weight=WEIGHT)
    direct = LogisticRegression().fit(StandardScaler().fit_transform(X), Y, WEIGHT)
    assert pipe[-1].coef_.tobytes() == direct.coef_.tobytes()
    assert routed.best_estimator_.result_.weighted


def test_warm_start_takes_fewer_steps_and_ends_at_the_same_maximum() -> None:
    model = LogisticRegression(warm_start=True).fit(X, Y)
    cold, first = model.coef_, int(model.n_iter_[0])
    model.fit(X, Y)
    assert model.n_iter_[0] < first
    np.testing.assert_allclose(model.coef_, cold, rtol=1e-12)
    model.fit(X[:, :2], Y)  # another shape: from the beginning
    assert model.coef_.shape == (1, 2)
    fresh = LogisticRegression().fit(X, Y)
    assert fresh.fit(X, Y).n_iter_[0] == first


# -- frames, sparse matrices --
CAPSULE = type("Capsule", (), {
    "__init__": lambda self, table: setattr(self, "table", table),
    "__arrow_c_stream__": lambda self, schema=None: self.table.__arrow_c_stream__(schema),
})  # fmt: skip
FRAMES = {
    "pandas": lambda f: f,
    "pandas in columns": lambda f: pd.concat([f[[c]] for c in f], axis=1),
    "pandas Float64": lambda f: f.astype("Float64"),
    "pandas arrow": lambda f: f.astype(pd.ArrowDtype(pa.float64())),
    "polars": pl.from_pandas,
    "polars lazy": lambda f: pl.from_pandas(f).lazy(),
    "pyarrow": lambda f: pa.Table.from_pandas(f, preserve_index=False),
    "capsule": lambda f: CAPSULE(pa.Table.from_pandas(f, preserve_index=False)),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_any_frame_gives_the_bits_of_the_array(kind: str) -> None:
    frame = FRAMES[kind](FRAME)
    array, model = LogisticRegression().fit(X, Y), LogisticRegression().fit(frame, Y)
    assert model.coef_.tobytes() == array.coef_.tobytes()
    assert list(model.feature_names_in_) == NAMES
    assert model.result_.names == ("intercept", *NAMES)
    assert model.predict_proba(frame).tobytes() == array.predict_proba(X).tobytes()
    with pytest.raises(ValueError, match="same order"):
        model.predict(FRAMES[kind](FRAME[["b", "a", "c"]]))
    with pytest.raises(ValueError, match=r"(?i)feature names"):
        model.predict(FRAMES[kind](FRAME.rename(columns={"a": "z"})))


@pytest.mark.parametrize("kind", ["csr_array", "csr_matrix", "csc_array", "coo_matrix"])
def test_sparse_gives_the_bits_of_the_dense_matrix(kind: str) -> None:
    Z = np.where(RNG.random(X.shape) < 0.5, X, 0.0)
    sparse = getattr(scipy.sparse, kind)(Z)
    dense, model = LogisticRegression().fit(Z, Y), LogisticRegression().fit(sparse, Y)
    assert model.coef_.tobytes() == dense.coef_.tobytes()
    assert model.predict_proba(sparse).tobytes() == dense.predict_proba(Z).tobytes()


# -- what scikit-learn composes --
def test_compositions() -> None:
    frame = FRAME.assign(group=np.where(X[:, 0] + RNG.standard_normal(N) > 0, "u", "v"))
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), make_column_selector(dtype_include=float)),
            ("groups", OneHotEncoder(drop="first", sparse_output=False), ["group"]),
        ],
        verbose_feature_names_out=False,
    )
    pipe = Pipeline([("columns", columns), ("model", LogisticRegression())])
    theirs = Pipeline([("columns", columns), ("model", Theirs(C=np.inf, **TIGHT))])
    np.testing.assert_allclose(
        cross_val_score(pipe, frame, Y, scoring="neg_log_loss"),
        cross_val_score(theirs, frame, Y, scoring="neg_log_loss"),
        rtol=1e-9,
    )
    for method in ("sigmoid", "isotonic"):
        calibrated = [
            CalibratedClassifierCV(p, method=method, cv=3).fit(frame, Y).predict_proba(frame)
            for p in (pipe, theirs)
        ]
        np.testing.assert_allclose(*calibrated, rtol=1e-6, atol=1e-12)  # isotonic gives zeros
    kept = pipe.set_output(transform="pandas").fit(frame, Y)[-1]
    assert kept.result_.names == ("intercept", *NAMES, "group_v")


def test_more_classes_go_through_one_versus_rest() -> None:
    three = np.where(X[:, 0] > 1, 2, Y)
    with pytest.raises(DataError, match="Only binary classification is supported"):
        LogisticRegression().fit(X, three)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        assert OneVsRestClassifier(LogisticRegression(C=1.0)).fit(X, three).score(X, three) > 0.7


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_joblib_threads_and_processes(backend: str) -> None:
    with joblib.parallel_config(backend=backend, n_jobs=2):
        found = cross_val_score(LogisticRegression(), X, Y, scoring="neg_log_loss", n_jobs=2)
    alone = cross_val_score(LogisticRegression(), X, Y, scoring="neg_log_loss")
    assert found.tobytes() == alone.tobytes()


def test_threads_of_jobs() -> None:
    assert [threads_of(n) for n in (None, -1, 1, 3)] == [None, None, 1, 3]
    inside = joblib.Parallel(n_jobs=2, backend="threading")(
        joblib.delayed(threads_of)(None) for _ in range(2)
    )
    assert inside == [1, 1]


def test_clone_copy_and_pickle() -> None:
    model = LogisticRegression(C=2.0, class_weight="balanced", n_jobs=1).fit(FRAME, Y)
    assert clone(model).get_params() == model.get_params()
    assert not hasattr(clone(model), "result_")
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other.predict_proba(FRAME).tobytes() == model.predict_proba(FRAME).tobytes()
        assert other.result_.names == model.result_.names


# -- no maximum, no unique maximum --
def test_separated_data_warn_and_predict() -> None:
    Z, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    with pytest.warns(SeparationWarning):
        model = LogisticRegression().fit(Z, y)
    assert np.isfinite(model.coef_).all()
    assert np.isinf(model.result_.coef[1])
    assert np.isfinite(model.predict_proba(Z)).all()
    assert np.isfinite(model.predict_log_proba([[1e6], [-1e6]])).all()
    assert model.predict(Z).tolist() == y
    np.testing.assert_allclose(
        model.decision_function(Z), (Z @ model.coef_.T + model.intercept_).ravel(), rtol=1e-10
    )
    with pytest.raises(SeparationError):
        LogisticRegression(on_separation="raise").fit(Z, y)
    assert np.isfinite(LogisticRegression(penalty="firth").fit(Z, y).result_.coef).all()


def test_dropped_columns_are_named_and_zero() -> None:
    doubled = FRAME.assign(total=FRAME["a"] + FRAME["b"])
    with pytest.warns(SingularWarning, match="total"):
        model = LogisticRegression().fit(doubled, Y)
    assert model.aliased_ == ("total",)
    assert model.coef_[0, 3] == 0.0
    assert np.isnan(model.result_.coef[4])
    reduced = LogisticRegression().fit(FRAME, Y)
    np.testing.assert_allclose(
        model.predict_proba(doubled), reduced.predict_proba(FRAME), rtol=1e-12
    )
    np.testing.assert_allclose(
        model.decision_function(doubled),
        (doubled.to_numpy() @ model.coef_.T + model.intercept_).ravel(),
        rtol=1e-9,
    )
    with pytest.raises(SingularError):
        LogisticRegression(on_singular="raise").fit(doubled, Y)


@pytest.mark.parametrize(
    "wrong",
    [{"penalty": "l1"}, {"penalty": "elasticnet"}, {"l1_ratio": 0.5}, {"dual": True}, {"C": 0.0},
     {"C": -1.0}, {"C": "1"}, {"C": math.nan}, {"C": True}, {"penalty": None, "C": 1.0},
     {"penalty": "firth", "C": 1.0}, {"intercept_scaling": 2.0}, {"solver": "adam"},
     {"tol": 0.0}, {"max_iter": 1.5}, {"fit_intercept": "yes"}, {"n_jobs": 0},
     {"class_weight": "heavy"}],
    ids=str,
)  # fmt: skip
def test_what_this_model_is_not_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LogisticRegression(**wrong).fit(X, Y)


@pytest.mark.parametrize(
    "solver", ["lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"]
)
def test_names_of_other_solvers_lead_to_the_same_maximum(solver: str) -> None:
    model = LogisticRegression(solver=solver, random_state=0, verbose=0).fit(X, Y)
    assert model.coef_.tobytes() == LogisticRegression().fit(X, Y).coef_.tobytes()


def test_outcomes_of_other_kinds_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="Unknown label type"):
        LogisticRegression().fit(X, X[:, 0])
    with pytest.raises(DataError, match="1 class"):
        LogisticRegression().fit(X, np.ones(N))
    with pytest.raises(DataError, match="class"):
        LogisticRegression().fit(X, Y, sample_weight=Y)
    for labels in (Y.astype(bool), Y.astype(str), Y * 2 - 1, pd.Series(Y), pd.Categorical(Y)):
        model = LogisticRegression().fit(X, labels)
        assert model.coef_.tobytes() == LogisticRegression().fit(X, Y).coef_.tobytes()
        assert set(model.predict(X)) == set(np.asarray(labels))


def test_import_of_the_package_does_not_import_scikit_learn() -> None:
    code = "import sys, logreg_core; logreg_core.fit; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- the course file --
COUNTS = ["video_duration_sec", "video_view_count", "video_share_count", "video_download_count",
          "video_comment_count"]  # fmt: skip
GROUPS = ["claim_status", "author_ban_status"]


def _pipelines(model: Any) -> dict[str, tuple[Any, dict[str, list[Any]]]]:
    both = ColumnTransformer(
        [("counts", StandardScaler(), COUNTS), ("groups", OneHotEncoder(drop="first"), GROUPS)]
    )
    squares = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False))
    columns = ColumnTransformer([("counts", squares, COUNTS[:2])])
    C = [0.01, 1.0, 100.0]
    return {
        "counts and groups": (Pipeline([("x", both), ("m", clone(model))]), {"m__C": C}),
        "groups": (
            Pipeline([("x", OneHotEncoder()), ("m", clone(model))]),
            {"m__C": C, "m__class_weight": [None, "balanced"]},
        ),
        "squares": (
            Pipeline([("x", columns), ("m", clone(model))]),
            {"m__C": [0.001, 1.0], "m__fit_intercept": [True, False]},
        ),
    }


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["counts and groups", "groups", "squares"])
def test_a_search_on_the_course_file_finds_what_scikit_learn_finds(
    real_frame: pd.DataFrame, name: str
) -> None:
    frame = real_frame.dropna()
    y = (frame["verified_status"] == "verified").to_numpy()
    frame = frame[GROUPS] if name == "groups" else frame
    found = []
    for model in (LogisticRegression(), Theirs(**TIGHT)):
        pipe, grid = _pipelines(model)[name]
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        found.append(GridSearchCV(pipe, grid, cv=folds, scoring="neg_log_loss").fit(frame, y))
    ours, theirs = found
    assert ours.best_params_ == theirs.best_params_
    for key in ("mean_test_score", *(f"split{i}_test_score" for i in range(5))):
        np.testing.assert_allclose(ours.cv_results_[key], theirs.cv_results_[key], rtol=1e-6)
