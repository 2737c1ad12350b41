"""The certified suite, solver by solver, and two peers on problems that suit them.

Tolerances, in digits right (LRE, 15 at most). A double holds 15.95 and a fit ends within a few
units in the last place: 13 leaves two digits for the sums. Nearly collinear columns lose
log10(condition), once: 14 less that. A standard error is a root of an inverse, and may lose two
digits more. The log-likelihood is flat at the maximum and keeps 12; where a log-odds is the small
difference of parts 1e6 times as large, its own rounding (16 less log10(condition)) shows in it.
Peers are stopped as tight as they go; what they leave is their own rounding, see benchmarks.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import logreg_core as lc
from benchmarks import reference_suite as suite

SOLVERS = ("auto", "newton", "irls")
DIGITS = 13.0
LOGLIK_DIGITS = 12.0
ERROR_LOSS = 2.0


def fit(problem, solver):
    """Our fit of a problem; one without columns is a column of ones."""
    X, intercept = (
        (problem.X, True) if problem.X.shape[1] else (np.ones((len(problem.y), 1)), False)
    )
    return lc.fit(
        X,
        problem.y,
        fit_intercept=intercept,
        sample_weight=problem.weight,
        n_trials=problem.n_trials,
        offset=problem.offset,
        solver=solver,
    )


def required(problem):
    """Digits asked of the coefficients."""
    hard = problem.family == "collinear" or problem.name == "star98"
    return 14.0 - math.log10(problem.condition) if hard else DIGITS


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", suite.names())
def test_every_problem_to_its_digits(name, solver):
    problem = suite.load(name)
    found = fit(problem, solver)
    assert found.converged
    digits = required(problem)
    assert suite.lre(found.coef, problem.coef_digits).min() >= digits
    assert suite.lre(found.std_error, problem.std_error_digits).min() >= digits - ERROR_LOSS
    loglik = min(LOGLIK_DIGITS, 16.0 - math.log10(problem.condition))
    assert suite.lre(found.loglik, problem.loglik_digits).min() >= loglik


@pytest.mark.parametrize("name", suite.names())
def test_the_solvers_agree(name):
    problem = suite.load(name)
    newton, irls = fit(problem, "newton"), fit(problem, "irls")
    close = 10.0 ** -(required(problem) - 0.5)
    np.testing.assert_allclose(irls.coef, newton.coef, rtol=close)
    np.testing.assert_allclose(irls.std_error, newton.std_error, rtol=100 * close)


@pytest.mark.parametrize("name", [n for n in suite.names() if not n.startswith("collinear")])
def test_irls_takes_newtons_iterates(name):
    problem = suite.load(name)
    newton, irls = (fit(problem, solver).trace for solver in ("newton", "irls"))
    assert len(newton) == len(irls)
    np.testing.assert_allclose(irls["loglik"], newton["loglik"], rtol=1e-11)
    seen = newton["decrement"] > 1e-8  # below, it is the rounding of the gradient
    np.testing.assert_allclose(irls["decrement"][seen], newton["decrement"][seen], rtol=1e-6)
    assert (irls["step_length"] == newton["step_length"]).all()


@pytest.mark.parametrize("name", suite.names())
def test_the_log_likelihood_never_falls(name):
    problem = suite.load(name)
    trace = fit(problem, "newton").trace
    slack = 10.0 ** -min(13.0, 16.5 - math.log10(problem.condition))
    assert (np.diff(trace["loglik"]) >= -slack * abs(trace["loglik"].iloc[-1])).all()


def drawn(seed, n=500, columns=4):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, columns))
    y = (random.random(n) < 1 / (1 + np.exp(-0.3 - X @ random.normal(0, 0.8, columns)))) * 1
    return X, y, random.uniform(0.5, 2.0, n)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("solver", SOLVERS)
def test_scikit_learn_agrees(seed, solver):
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y, weight = drawn(seed)
    theirs = linear_model.LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(X, y, sample_weight=weight)
    ours = lc.fit(X, y, sample_weight=weight, solver=solver)
    np.testing.assert_allclose(ours.coef, np.r_[theirs.intercept_, theirs.coef_[0]], rtol=1e-9)
    np.testing.assert_allclose(ours.probability(X), theirs.predict_proba(X)[:, 1], rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_scikit_learns_ridge_is_ours(seed):
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y, _ = drawn(seed)
    theirs = linear_model.LogisticRegression(C=0.25, solver="newton-cholesky", tol=1e-12).fit(X, y)
    ours = lc.fit(X, y, l2=4.0)
    np.testing.assert_allclose(ours.coef, np.r_[theirs.intercept_, theirs.coef_[0]], rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("solver", SOLVERS)
def test_statsmodels_agrees(seed, solver):
    api = pytest.importorskip("statsmodels.api")
    X, y, weight = drawn(seed)
    design = np.column_stack([np.ones(len(X)), X])
    theirs = api.Logit(y, design).fit(disp=0, tol=1e-14)
    ours = lc.fit(X, y, solver=solver)
    np.testing.assert_allclose(ours.coef, theirs.params, rtol=1e-11)
    np.testing.assert_allclose(ours.std_error, theirs.bse, rtol=1e-9)
    np.testing.assert_allclose(ours.p_value, theirs.pvalues, rtol=1e-8)
    assert ours.loglik == pytest.approx(theirs.llf, rel=1e-13)
    # theirs is another fit, of an intercept, stopped at its default tolerance
    assert ours.null_loglik == pytest.approx(theirs.llnull, rel=1e-9)
    family = api.families.Binomial()
    glm = api.GLM(y, design, family=family, freq_weights=weight).fit(tol=1e-14)
    weighted = lc.fit(X, y, sample_weight=weight, solver=solver)
    np.testing.assert_allclose(weighted.coef, glm.params, rtol=1e-11)
    np.testing.assert_allclose(weighted.std_error, glm.bse, rtol=1e-9)
    assert weighted.loglik == pytest.approx(glm.llf, rel=1e-13)


def test_the_courses_raw_columns(real_frame):
    frame = real_frame.dropna()
    counts = [f"video_{what}_count" for what in ("view", "share", "download", "comment")]
    X = np.column_stack([
        frame["video_duration_sec"],
        frame["claim_status"] == "opinion",
        frame["author_ban_status"] == "banned",
        frame["author_ban_status"] == "under review",
        *(frame[name] for name in counts),
    ])  # fmt: skip
    expected = [
        -3.6757198180299544, -0.00252716441305751, 1.6189870393304728, -0.17702255651957202,
        -0.11055611271933656, -9.397156562915548e-08, 4.346699803186821e-06,
        -0.00015069212938699123, 0.0002686675463693481,
    ]  # fmt: skip
    for solver in SOLVERS:
        found = lc.fit(X.astype(float), frame["verified_status"] == "verified", solver=solver)
        np.testing.assert_allclose(found.coef, expected, rtol=1e-12)
