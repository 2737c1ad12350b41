"""Exports, run by the tools they are for.

Tolerances: SQL within 1e-12 of fit.probability (SQLite and DuckDB add in another order, and their
exp is libm's); ONNX within 1e-12 too, as its graph is in doubles (1e-6 was asked for);
scikit-learn 1e-12 where columns are not far from zero, as it scores without centres.
"""

from __future__ import annotations

import pickle
import sqlite3
import sys
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.encoding import Encoding
from logreg_core.errors import DataError, MissingDependencyError
from logreg_core.terms import Factor, Term

TOLERANCE = 1e-12
RNG = np.random.default_rng(3)
N = 400
FRAME = pd.DataFrame(
    {
        "age": RNG.integers(20, 80, N),
        'si"ze': RNG.normal(1e6, 3.0, N),
        "ci'ty": RNG.choice(["Rome", "Oslo", "O'Brien", 'a"b', "x\\'; DROP", "", "=1"], N),
        "grade": RNG.choice([1, 2, 3], N),
        "half": RNG.choice([0.5, 1.5, -1e-7], N),
        "fit": RNG.random(N) < 0.5,
        "views": RNG.lognormal(-15.0, 9.0, N),
    }
)
ETA = (FRAME["age"] - 50) / 9 + (FRAME["ci'ty"] == "Rome") + FRAME['si"ze'] - 1e6
FRAME["ill"] = np.where(RNG.random(N) < 1 / (1 + np.exp(-ETA)), "yes", "no")
FIRST = list(FRAME.columns[:-2])


def of_design(**options):
    made = lc.Design.from_frame(
        FRAME, "ill", features=FIRST, categorical=["grade", "half", "fit"], **options
    )
    return lc.fit(made)


def of_formula():
    """age + ci'ty:age + log1p(views) + sqrt(age) + log(views):grade, as a formula's terms."""
    cities = tuple(sorted(set(FRAME["ci'ty"])))
    terms = (
        Term("age", ((Factor("age"),),)),
        Term("city", ((Factor("ci'ty", levels=cities),),)),
        Term("city:age", ((Factor("ci'ty", levels=cities), Factor("age")),)),
        Term("log1p(views)", ((Factor("views", "log1p"),),)),
        Term("sqrt(age)", ((Factor("age", "sqrt"),),)),
        Term("g:l", ((Factor("grade", levels=(1, 2, 3), full=True), Factor("views", "log")),)),
    )
    rule = Encoding(terms, "ill", ("no", "yes"))
    y = rule.encode_target(FRAME)
    fit = lc.fit(pd.DataFrame(rule.transform(FRAME), columns=list(rule.names)), y)
    return replace(fit, encoding=rule, classes=rule.classes)


def of_separated():
    frame = FRAME.assign(ill=np.where(FRAME["age"] > 50, "yes", "no"))
    return quietly(lc.Design.from_frame(frame, "ill", features=["age", "ci'ty"]))


def of_aliased():
    frame = FRAME.assign(twice=2 * FRAME["age"])
    return quietly(lc.Design.from_frame(frame, "ill", features=["age", "twice", "fit"]))


def quietly(*arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lc.fit(*arguments, **options)


FITS = {
    "design": of_design,
    "other class": lambda: of_design(positive="no"),
    "formula": of_formula,
    "separated": of_separated,
    "aliased": of_aliased,
    "ridge, no intercept": lambda: lc.fit(
        lc.Design.from_frame(FRAME, "ill", features=["age", "fit"]), l2=2.0, fit_intercept=False
    ),
}
# far beyond the data: log-odds of hundreds of either sign
FAR = (
    pd.concat([FRAME, FRAME.assign(age=FRAME["age"] * 90), FRAME.assign(age=0)])
    .assign(twice=lambda frame: 2 * frame["age"])
    .reset_index(drop=True)
)


@pytest.fixture(scope="module", params=list(FITS))
def fit(request):
    return FITS[request.param]()


# -- scikit-learn --------------------------------------------------------------------------------
def test_scikit_learn_gives_the_same_probabilities(fit):
    from sklearn.base import clone
    from sklearn.utils.validation import check_is_fitted

    model = fit.to_sklearn()
    check_is_fitted(model)
    X = pd.DataFrame(fit.encoding.transform(FRAME.assign(twice=2 * FRAME["age"])),
                     columns=list(fit.encoding.names))  # fmt: skip
    expected = fit.probability(X)
    positive = list(model.classes_).index(fit.classes[1])
    found = model.predict_proba(X)
    # si"ze lies 3e5 standard deviations from zero: five of sixteen digits go
    tolerance = 1e-8 if 'si"ze' in fit.names else TOLERANCE
    assert np.abs(found[:, positive] - expected).max() <= tolerance
    assert list(model.classes_) == ["no", "yes"]
    clear = np.abs(expected - 0.5) > 1e-6
    assert (model.predict(X) == fit.predict(X))[clear].all()
    assert list(model.feature_names_in_) == list(fit.encoding.names)
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict_proba(X) == found).all()
    strength = 1 / fit.l2 if fit.l2 else np.inf
    assert strength == clone(model).C


def test_the_estimator_fits_to_the_same_maximum():
    """A clone that is fitted anew comes to the same coefficients: C and intercept were right."""
    X = RNG.standard_normal((300, 3))
    y = (RNG.random(300) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
    for options in ({}, {"l2": 3.0}, {"fit_intercept": False}):
        fit = lc.fit(X, y, **options)
        model = fit.to_sklearn()
        before = np.r_[model.intercept_, model.coef_[0]]
        expected = fit.coef if fit.fit_intercept else np.r_[0.0, fit.coef]
        np.testing.assert_allclose(before, expected, rtol=1e-13)
        assert not hasattr(model, "feature_names_in_")
        model.set_params(tol=1e-10, max_iter=1000).fit(X, y)
        after = np.r_[model.intercept_, model.coef_[0]]
        np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-6)  # lbfgs stops there


def test_infinite_and_dropped_coefficients_become_finite():
    for name in ("separated", "aliased"):
        fit = FITS[name]()
        assert not np.isfinite(fit.coef).all()
        model = fit.to_sklearn()
        assert np.isfinite(model.coef_).all()
        assert np.isfinite(model.intercept_).all()


def test_a_missing_package_is_named(monkeypatch):
    fit = FITS["aliased"]()
    for package, export in (("sklearn.linear_model", fit.to_sklearn), ("onnx", fit.to_onnx)):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(MissingDependencyError, match="not installed"):
            export()


# -- ONNX ----------------------------------------------------------------------------------------
def run_onnx(model, inputs):
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    session = runtime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(["log_odds", "probability"], inputs)


def onnx_inputs(fit, frame):
    pytest.importorskip("onnx", reason="onnx is not installed")
    model = fit.to_onnx()
    inputs = {}
    for item in model.graph.input:
        text = item.type.tensor_type.elem_type == 8
        values = frame[item.name].to_numpy()
        inputs[item.name] = values.astype(object if text else np.float64)[:, None]
    return model, inputs


def test_onnxruntime_gives_the_same_probabilities(fit):
    model, inputs = onnx_inputs(fit, FAR)
    log_odds, probability = run_onnx(model, inputs)
    expected = fit.log_odds(FAR)
    assert probability.dtype == np.float64
    np.testing.assert_allclose(log_odds, expected, rtol=1e-11, atol=1e-11)
    assert np.abs(probability - fit.probability(FAR)).max() <= TOLERANCE
    assert probability.shape == (len(FAR),)
    props = {item.key: item.value for item in model.metadata_props}
    assert props["positive"] == f'"{fit.classes[1]}"'


def test_onnx_of_encoded_columns_and_of_arrays():
    pytest.importorskip("onnx", reason="onnx is not installed")
    fit = of_design()
    X = fit.encoding.transform(FRAME)
    plain = lc.fit(X, FRAME["ill"] == "yes")
    for model in (fit.to_onnx(encoded=True), plain.to_onnx()):
        _, probability = run_onnx(model, {"X": X})
        assert np.abs(probability - fit.probability(X)).max() <= TOLERANCE


def test_onnx_gives_nan_for_what_the_fit_has_not_seen():
    for name, unknown in (
        ("design", {"ci'ty": "Paris", "grade": 4, "half": 0.25, "age": np.nan}),
        ("formula", {"ci'ty": "Paris", "grade": 0, "views": 0.0, "age": -1.0}),
        ("formula", {"views": -1.0}),
    ):
        fit = FITS[name]()
        for column, value in unknown.items():
            frame = FRAME.head(3).astype({column: object})
            frame.loc[1, column] = value
            model, inputs = onnx_inputs(fit, frame)
            probability = run_onnx(model, inputs)[1]
            assert np.isnan(probability).tolist() == [False, True, False], column


def test_onnx_names_that_would_meet_are_refused():
    pytest.importorskip("onnx", reason="onnx is not installed")
    frame = FRAME.rename(columns={"age": "probability"})
    fit = lc.fit(lc.Design.from_frame(frame, "ill", features=["probability", "fit"]))
    with pytest.raises(DataError, match="named 'probability'"):
        fit.to_onnx()
    assert [item.name for item in fit.to_onnx(encoded=True).graph.input] == ["X"]


# -- SQL -----------------------------------------------------------------------------------------
def in_sqlite(statement, frame, table="videos"):
    with sqlite3.connect(":memory:") as base:
        try:
            base.execute("SELECT EXP(1.0), LN(1.0), SQRT(1.0)")
        except sqlite3.OperationalError:
            pytest.skip("this SQLite was compiled without its mathematical functions")
        frame.to_sql(table, base, index=False)
        return pd.read_sql_query(statement, base)


def in_duckdb(statement, frame, table="videos"):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    with duckdb.connect(":memory:") as base:
        base.register("given", frame)
        quoted = '"' + table.replace('"', '""') + '"'
        base.execute(f"CREATE TABLE {quoted} AS SELECT * FROM given")
        done = base.execute(statement)
        return pd.DataFrame(done.fetchall(), columns=[column[0] for column in done.description])


DATABASES = pytest.mark.parametrize("database", [in_sqlite, in_duckdb], ids=["sqlite", "duckdb"])


@DATABASES
def test_databases_give_the_same_probabilities(fit, database):
    found = database(fit.to_sql("videos"), FAR)
    assert list(found.columns) == [*FAR.columns, "log_odds", "probability"]
    probability = found["probability"].to_numpy(dtype=float)
    assert np.abs(probability - fit.probability(FAR)).max() <= TOLERANCE
    log_odds = found["log_odds"].to_numpy(dtype=float)
    np.testing.assert_allclose(log_odds, fit.log_odds(FAR), rtol=1e-11, atol=1e-11)
    assert np.abs(log_odds).max() > 100 or fit.l2  # the branches were all taken


@DATABASES
def test_every_branch_is_stable(database):
    fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    x = np.concatenate([np.linspace(-900, 900, 1801), [1e250, -1e250]])
    frame = pd.DataFrame({"x1": x})
    found = database(fit.to_sql("videos"), frame)["probability"].to_numpy(dtype=float)
    expected = fit.probability(x[:, None])
    assert np.abs(found - expected).max() <= TOLERANCE
    small = expected > 1e-304
    np.testing.assert_allclose(found[small], expected[small], rtol=1e-12)


@DATABASES
def test_unknown_and_missing_values_give_null(database):
    for name, unknown in (
        ("design", {"ci'ty": "Paris", "grade": 4, "age": None}),
        ("formula", {"ci'ty": None, "grade": 0, "views": 0.0, "age": -1.0}),
        ("formula", {"views": -1.0}),
    ):
        fit = FITS[name]()
        for column, value in unknown.items():
            frame = FRAME.head(3).copy()
            if frame[column].dtype.kind in "iu":
                frame[column] = frame[column].astype(float)
            frame.loc[1, column] = value
            found = database(fit.to_sql("videos"), frame)["probability"]
            assert found.isna().tolist() == [False, True, False], column


def test_nan_and_infinity_give_null_in_duckdb():
    """DuckDB, as PostgreSQL, orders NaN above every number."""
    fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    with duckdb.connect(":memory:") as base:
        base.execute(
            "CREATE TABLE v AS SELECT * FROM (VALUES ('nan'::DOUBLE), ('inf'), ('-inf'), (1.0)) "
            "t(x1)"
        )
        rows = base.execute(fit.to_sql("v")).fetchall()
    assert [row[2] is None for row in rows] == [True, True, True, False]


@DATABASES
def test_hostile_names_are_only_names(database):
    names = ['x"; DROP TABLE videos; --', "a'b", "--", "/*", "\n", "ä ü", "select", "given"]
    frame = pd.DataFrame(RNG.standard_normal((60, len(names))), columns=names)
    fit = lc.fit(frame, RNG.random(60) < 0.5)
    table = 'v"; DROP TABLE w; --'
    statement = fit.to_sql(table, log_odds='l"o', probability="scored")
    found = database(statement, frame, table)
    assert list(found.columns) == [*names, 'l"o', "scored"]
    assert np.abs(found["scored"].to_numpy(float) - fit.probability(frame)).max() <= TOLERANCE


def test_a_column_that_is_not_there_is_an_error_and_no_text():
    """SQLite takes "name" for a text where there is no such column; given."name" it refuses."""
    fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    with pytest.raises(pd.errors.DatabaseError, match="no such column"):
        in_sqlite(fit.to_sql("videos"), pd.DataFrame({"x2": [1.0]}))


def test_a_schema_goes_before_the_table():
    fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    found = in_sqlite(fit.to_sql(("main", "videos")), pd.DataFrame({"x1": [2.5]}))
    assert found["probability"][0] == pytest.approx(0.5, abs=1e-12)
    assert 'FROM "main.videos" given' in fit.to_sql("main.videos")


def test_encoded_columns_can_be_scored_too():
    fit = of_design()
    X = pd.DataFrame(fit.encoding.transform(FRAME), columns=list(fit.encoding.names))
    found = in_sqlite(fit.to_sql("videos", encoded=True), X)["probability"]
    assert np.abs(found - fit.probability(X)).max() <= TOLERANCE


def test_mysql_quotes_by_back_ticks_and_escapes_backslashes():
    statement = of_design().to_sql("a`b", dialect="mysql")
    assert "FROM `a``b` given" in statement
    assert "WHEN 'x\\\\''; DROP' THEN" in statement
    assert "AS DOUBLE)" in statement
    assert '"' not in statement.replace("'a\"b'", "").replace('`si"ze`', "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"table": ""}, "cannot be written in SQL"),
        ({"table": "a\0b"}, "cannot be written in SQL"),
        ({"table": "\ud800"}, "cannot be written in SQL"),
        ({"log_odds": "AGE"}, "is taken"),
        ({"probability": "log_odds"}, "is taken"),
        ({"dialect": "cobol"}, "dialect is 'cobol'"),
    ],
)
def test_what_cannot_be_quoted_is_refused(options, words):
    with pytest.raises(DataError, match=words):
        of_design().to_sql(**{"table": "videos"} | options)
