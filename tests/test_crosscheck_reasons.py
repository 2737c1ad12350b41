"""Each reason is provoked by what causes it, and withheld from what only looks like it.

The answers are those of the libraries themselves, asked in this process, or vectors made to be
wrong in one way; nothing is read from a name. Tolerances: a penalty read from a converged score is
known to about the digits of the answer, 1 % is asked; a convention of standard errors is
recognised at three digits and here agrees to six or more.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import logreg_core as lc
from logreg_core.crosscheck.arbiter import arbitrate
from logreg_core.crosscheck.conventions import candidates
from logreg_core.crosscheck.foreign import Foreign
from logreg_core.crosscheck.judging import judge, judge_foreign
from logreg_core.crosscheck.peers import Said, named
from logreg_core.crosscheck.process import Answer
from logreg_core.crosscheck.task import Task, standardised, unstandardised

pytest.importorskip("statsmodels")
pytest.importorskip("glum")
pytest.importorskip("firthmodels")


def drawn(n=400, slopes=(1.0, -0.5, 0.3), seed=3, intercept=0.4):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, len(slopes)))
    y = (random.random(n) < 1 / (1 + np.exp(-intercept - X @ np.array(slopes)))) * 1.0
    return X, y


def ask(task, key, setting="default", scaled=False, **changes):
    """A peer's answer, given in this process."""
    given = standardised(task) if scaled else task
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        said = named(key).solve(given, setting)
    fields = {name: getattr(said, name) for name in Said.__dataclass_fields__}
    fields["coef"] = unstandardised(task, said.coef) if scaled else said.coef
    found = Answer(fields | changes)
    found.warned = tuple((w.category.__name__, str(w.message)) for w in caught)
    return found


def names_of(task):
    return tuple(f"x{j + 1}" for j in range(task.X.shape[1]))


def verdict(task, key, setting="default", digits=6.0, answer=None):
    with arbitrate(task, names_of(task)) as arbiter:
        found = answer or ask(task, key, setting)

        def again(other, scaled):
            return ask(task, key, other, scaled)

        return judge(arbiter, named(key), setting, found, digits, again)


def given(task, coef, std_error=None, digits=6.0, names=None, title="a paper"):
    """The verdict on numbers from elsewhere."""
    names = names or ("intercept", *names_of(task))
    with arbitrate(task, names_of(task)) as arbiter:
        return judge_foreign(arbiter, Foreign(title, names, coef, std_error), digits)


def stopped(task, steps, key="sklearn-lbfgs"):
    """Coefficients of scikit-learn stopped on the way, without any penalty."""
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(C=np.inf, max_iter=steps, tol=1e-14).fit(task.X, task.y)
    return np.concatenate([model.intercept_, model.coef_[0]])


# -- agreement -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "key", ["sklearn-lbfgs", "sklearn-newton-cholesky", "sklearn-newton-cg", "sklearn-liblinear",
            "statsmodels-logit", "statsmodels-glm", "glum", "firthmodels"],
)  # fmt: skip
def test_all_agree_on_an_easy_problem_when_tight(key):
    found = verdict(Task(*drawn()), key, "tight", digits=5.0)
    assert found.agrees
    assert not [code for code in found.codes if code != "covariance"]


# -- stopped early, and why there ----------------------------------------------------------------
SIZES = np.array([1e6, 1.0, 1e-6])


def test_stopped_early_on_plain_columns_is_nothing_else():
    found = verdict(Task(*drawn()), "sklearn-lbfgs")
    assert found.codes == ("stopped early",)
    assert found.reasons[0].evidence["decrement"] == pytest.approx(found.decrement)
    assert found.decrement > 1e-6
    assert "without a warning" in found.reasons[0].words


def test_a_library_that_warned_is_said_to_have_said_so():
    task = Task(*drawn())
    answer = ask(task, "sklearn-lbfgs")
    answer.warned = (("ConvergenceWarning", "too few steps"),)
    assert "and said so" in verdict(task, "sklearn-lbfgs", answer=answer).reasons[0].words


def test_columns_of_unequal_scale_are_the_cause():
    X, y = drawn()
    found = verdict(Task(X * SIZES, y), "sklearn-lbfgs")
    assert found.codes == ("stopped early", "scale")
    assert "`x1` varies by 1e+06" in found.reasons[1].words
    assert found.reasons[1].evidence["decrement_standardised"] < 0.1 * found.decrement


def test_an_early_stop_that_standardising_does_not_mend_is_no_matter_of_scale():
    X, y = drawn()
    task = Task(X * SIZES, y)
    found = verdict(task, "glum")  # Newton: free of units, stopped by its tolerance alone
    assert not found.agrees
    assert found.codes[0] == "stopped early"
    assert "scale" not in found.codes


def test_scale_is_not_claimed_where_the_same_call_fails_on_standardised_columns():
    X, y = drawn()
    task = Task(X * SIZES, y)
    answer = ask(task, "sklearn-lbfgs")
    with arbitrate(task, names_of(task)) as arbiter:
        found = judge(arbiter, named("sklearn-lbfgs"), "default", answer, 6.0, lambda *_: answer)
    assert found.codes == ("stopped early",)


def test_an_error_where_the_units_do_not_flatten_is_no_matter_of_scale():
    """The largest column's coefficient is wrong: that is where raw curvature is greatest."""
    X, y = drawn()
    coef = lc.fit(X * SIZES, y).coef * [1.0, 1.2, 1.0, 1.0]
    found = given(Task(X * SIZES, y), coef)
    assert found.loglik_lost > 0.01
    assert found.codes == ("stopped early",)
    small = lc.fit(X * SIZES, y).coef * [1.0, 1.0, 1.0, 0.0]
    assert given(Task(X * SIZES, y), small).codes == ("stopped early", "scale")


def test_columns_far_from_zero_are_the_cause():
    X, y = drawn()
    X[:, 0] += 1e5
    found = verdict(Task(X, y), "sklearn-lbfgs")
    assert found.codes == ("stopped early", "uncentred")
    assert "`x1` has mean 1e+05" in found.reasons[1].words


def test_nearly_collinear_columns_are_the_cause():
    X, y = drawn()
    X[:, 2] = X[:, 0] + 1e-4 * X[:, 2]
    found = verdict(Task(X, y), "sklearn-lbfgs")
    assert found.codes == ("stopped early", "collinear")
    assert found.reasons[1].evidence["condition"] > 1e3


def test_an_error_across_the_flat_direction_is_not_blamed_on_collinearity():
    X, y = drawn()
    X[:, 2] = X[:, 0] + 1e-4 * X[:, 2]
    coef = lc.fit(X, y).coef.copy()
    coef[0] += 0.01  # the intercept has nothing to do with it
    found = given(Task(X, y), coef)
    assert found.codes == ("stopped early",)


def test_no_digits_to_be_had_is_rounding():
    X, y = drawn()
    X[:, 2] = X[:, 0] + 1e-7 * X[:, 2]
    coef = lc.fit(X, y).coef.copy()
    coef[1] += 1e-8 * abs(coef[1])
    coef[3] -= 1e-8 * abs(coef[1])  # a step along which nothing is seen
    found = given(Task(X, y), coef, digits=11.0)
    assert found.codes == ("rounding", "collinear")
    assert found.decrement < 1e-9


def test_the_score_itself_is_looked_at():
    """Newton's last step undone by hand: few digits, a score that is not zero, no other cause."""
    X, y = drawn()
    task = Task(X, y)
    coef = lc.fit(X, y).coef * (1 + 1e-4)
    found = given(task, coef)
    assert found.codes == ("stopped early",)
    assert given(task, lc.fit(X, y).coef).codes == ()


# -- penalties -----------------------------------------------------------------------------------
def test_the_beginners_call_is_penalised():
    found = verdict(Task(*drawn()), "sklearn-newton-cholesky", "untouched")
    assert found.codes == ("penalised",)
    assert found.reasons[0].evidence["l2"] == 1.0
    assert found.reasons[0].evidence["digits_of_that_fit"] > found.fewest + 1


def test_a_known_penalty_is_not_blamed_for_what_it_does_not_explain():
    """C = 1 is set, but the answer given is another one: the fit with it agrees no better."""
    task = Task(*drawn())
    other = ask(task, "sklearn-lbfgs", "untouched", coef=lc.fit(task.X, task.y).coef * 1.5)
    found = verdict(task, "sklearn-lbfgs", "untouched", answer=other)
    assert "penalised" not in found.codes


@pytest.mark.parametrize("l2", [0.3, 2.0, 40.0])
def test_a_penalty_is_read_from_the_coefficients_alone(l2):
    X, y = drawn()
    found = given(Task(X, y), lc.fit(X, y, l2=l2).coef)
    assert found.codes == ("penalised",)
    assert found.reasons[0].evidence["l2"] == pytest.approx(l2, rel=1e-2)
    assert found.reasons[0].evidence["form"] == "slopes"


def test_a_penalty_on_standardised_columns_is_told_from_one_on_the_columns():
    X, y = drawn()
    X = X * [1.0, 5.0, 0.2]
    scale = X.std(axis=0)
    coef = lc.fit(X / scale, y, l2=3.0).coef.copy()
    coef[1:] /= scale
    found = given(Task(X, y), coef)
    assert found.codes == ("penalised",)
    assert found.reasons[0].evidence["form"] == "standardised"
    assert found.reasons[0].evidence["l2"] == pytest.approx(3.0, rel=1e-2)


def test_not_penalising_where_it_was_asked_for():
    X, y = drawn()
    found = given(Task(X, y, l2=5.0), lc.fit(X, y).coef)
    assert found.codes == ("penalised",)
    assert "does not penalise" in found.reasons[0].words


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("steps", [2, 3, 4])
def test_a_climb_cut_short_is_not_called_a_penalty(seed, steps):
    """What a guess from shrunken coefficients would say: they are too small here, too."""
    task = Task(*drawn(seed=seed))
    coef = stopped(task, steps)
    found = given(task, coef)
    assert "stopped early" in found.codes
    assert not {"penalised", "intercept penalised", "Firth penalty"} & set(found.codes)


def test_one_slope_is_never_called_penalised_from_its_score():
    X, y = drawn(slopes=(1.0,))
    found = given(Task(X, y), lc.fit(X, y, l2=4.0).coef)
    assert found.codes == ("stopped early",)


def test_liblinear_penalises_the_intercept_too():
    found = verdict(Task(*drawn(intercept=2.0)), "sklearn-liblinear", "untouched")
    assert found.codes == ("intercept penalised",)


def test_a_penalised_intercept_is_read_from_the_coefficients_alone():
    X, y = drawn(intercept=2.0)
    ones = np.column_stack([np.ones(len(y)), X])
    found = given(Task(X, y), lc.fit(ones, y, fit_intercept=False, l2=3.0).coef)
    assert found.codes == ("intercept penalised",)
    assert found.reasons[0].evidence["l2"] == pytest.approx(3.0, rel=1e-2)


def test_firths_penalty():
    X, y = drawn(n=60)
    task = Task(X, y)
    assert verdict(task, "firthmodels", "untouched").codes[0] == "Firth penalty"
    firth = lc.fit(X, y, penalty="firth").coef
    assert given(task, firth).codes == ("Firth penalty",)
    assert "Firth penalty" not in given(task, firth * 1.05).codes


# -- the ridge inside statsmodels' Newton --------------------------------------------------------
def test_the_default_ridge_is_the_cause_on_columns_of_small_values():
    X, y = drawn()
    task = Task(X * 1e-6, y)
    found = verdict(task, "statsmodels-logit")
    assert found.codes == ("default ridge",)
    assert found.reasons[0].evidence["share"] < 0.5
    assert found.reasons[0].evidence["digits_without"] > 10


def test_the_default_ridge_is_not_blamed_for_a_climb_cut_short():
    X, y = drawn()
    task = Task(X, y)
    coef = ask(task, "statsmodels-logit").said.coef * (1 - 1e-3)
    found = verdict(task, "statsmodels-logit", answer=ask(task, "statsmodels-logit", coef=coef))
    assert found.codes == ("stopped early",)


def test_the_default_ridge_is_not_blamed_where_the_library_fails_without_it_too():
    X, y = drawn()
    task = Task(X * 1e-6, y)
    answer = ask(task, "statsmodels-logit")
    with arbitrate(task, names_of(task)) as arbiter:
        peer = named("statsmodels-logit")
        found = judge(arbiter, peer, "default", answer, 6.0, lambda *_: answer)
    assert "default ridge" not in found.codes


# -- no maximum, or many -------------------------------------------------------------------------
SIX = np.array([[0, 0], [0, 0], [0, 1], [1, 1], [1, 0], [1, 0]], float)
SIX_X = np.array([[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]], float)
SIX_Y = np.array([0, 0, 0, 1, 0, 1], float)


@pytest.mark.parametrize("key", ["sklearn-lbfgs", "sklearn-newton-cholesky", "statsmodels-glm"])
def test_separation_is_the_reason_whatever_number_is_given(key):
    found = verdict(Task(SIX_X, SIX_Y), key)
    assert found.agrees is False
    assert found.codes[0] == "separation"
    assert found.reasons[0].evidence["proven"]
    assert np.nanmin(found.digits) == 0.0
    assert found.loglik_lost > 0


def test_a_program_that_says_infinite_is_right():
    found = given(Task(SIX_X, SIX_Y), np.array([-np.inf, np.inf, np.inf]))
    assert found.agrees
    assert found.codes == ()


def test_large_coefficients_alone_are_no_separation():
    X, y = drawn(n=300, slopes=(9.0, -6.0, 4.0))
    found = verdict(Task(X, y), "sklearn-lbfgs")
    assert "separation" not in found.codes
    assert found.codes[0] == "stopped early"


def aliased():
    X, y = drawn()
    return Task(np.column_stack([X, X[:, 0] + X[:, 1]]), y)


def test_a_split_effect_is_the_same_predictor():
    found = verdict(aliased(), "sklearn-newton-cg", "tight")
    assert found.codes == ("split",)
    assert found.agrees
    assert found.reasons[0].evidence["digits_folded"] > 6
    assert found.probability_difference < 1e-8


def test_another_column_left_out_is_the_same_predictor():
    task = aliased()
    theirs = lc.fit(task.X[:, [0, 2, 3]], task.y).coef
    coef = np.array([theirs[0], theirs[1], np.nan, theirs[2], theirs[3]])
    found = given(task, coef)
    assert found.codes == ("dropped",)
    assert found.agrees
    assert "leaves out `x2` where we leave out `x4`" in found.reasons[0].words


def test_a_split_that_changes_the_predictor_does_not_pass():
    task = aliased()
    coef = np.append(lc.fit(task.X[:, :3], task.y).coef, 0.2)
    coef[1] += 0.3
    found = given(task, coef)
    assert not found.agrees
    assert "split" in found.codes
    assert len(found.codes) > 1


# -- standard errors -----------------------------------------------------------------------------
def errors_by_statsmodels(task, **options):
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(task.y)), task.X])
    model = sm.GLM(task.y, design, family=sm.families.Binomial())
    return model.fit(tol=1e-14, **options).bse


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cov_type": "HC0"}, "HC0"),
        ({"scale": "X2"}, "estimated dispersion"),
    ],
)
def test_conventions_of_standard_errors_are_recognised(options, words):
    X, y = drawn(n=150)
    y[:8] = 1 - y[:8]  # so that the model is a little wrong, and conventions differ
    task = Task(X, y)
    found = given(task, lc.fit(X, y).coef, errors_by_statsmodels(task, **options))
    assert found.agrees
    assert found.codes == ("covariance",)
    assert words in found.reasons[0].words
    assert found.reasons[0].evidence["digits"] > 6


def test_outer_products_of_scores_are_recognised():
    X, y = drawn(n=150)
    fit = lc.fit(X, y)
    scores = np.column_stack([np.ones(len(y)), X]) * (y - fit.probability(X))[:, None]
    spread = np.sqrt(np.linalg.inv(scores.T @ scores).diagonal())
    assert "OPG" in given(Task(X, y), fit.coef, spread).reasons[0].words


def test_glums_two_conventions():
    from glum import GeneralizedLinearRegressor

    X, y = drawn(n=150)
    model = GeneralizedLinearRegressor(family="binomial", alpha=0, gradient_tol=1e-13).fit(X, y)
    robust = given(Task(X, y), np.r_[model.intercept_, model.coef_], model.std_errors(X, y))
    assert robust.codes == ("covariance",)
    assert "HC1" in robust.reasons[0].words
    tight = verdict(Task(X, y), "glum", "tight")
    assert tight.agrees
    assert tight.codes == ("covariance",)
    assert "n - k" in tight.reasons[0].words


def test_errors_one_step_old_are_recognised():
    """statsmodels' GLM is IRLS as R's: what it prints belongs to the iterate before the last."""
    X, y = drawn(n=60, slopes=(2.5, -1.0, 0.5), seed=8)
    task = Task(X, y)
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(y)), X])
    model = sm.GLM(y, design, family=sm.families.Binomial())
    theirs = model.fit(tol=1e-8, tol_criterion="deviance")
    with arbitrate(task, names_of(task)) as arbiter:
        found = dict(candidates(arbiter))
    stale = np.sqrt(found["one IRLS step old, as R's glm leaves them"].diagonal())
    plain = np.sqrt(found["expected information"].diagonal())
    np.testing.assert_allclose(stale, theirs.bse, rtol=1e-9)
    assert np.abs(plain / theirs.bse - 1).max() > 1e-8


def test_errors_of_no_known_convention_are_said_to_be_so():
    X, y = drawn()
    fit = lc.fit(X, y)
    found = given(Task(X, y), fit.coef, fit.std_error * [1.0, 1.3, 0.8, 1.1])
    assert found.codes == ("covariance",)
    assert "no convention" in found.reasons[0].words


# -- results from elsewhere ----------------------------------------------------------------------
def test_another_model_is_unexplained_and_not_explained_away():
    X, y = drawn()
    found = given(Task(X, y), np.array([5.0, -4.0, 3.0, 2.0]))
    assert found.codes == ("unexplained",)
    assert "below that of coefficients of 0" in found.reasons[0].words


def test_a_number_that_is_missing_is_said():
    X, y = drawn()
    coef = lc.fit(X, y).coef.copy()
    coef[2] = np.nan
    found = given(Task(X, y), coef)
    assert not found.agrees
    assert "`x2`" in found.reasons[0].words


def test_the_other_class_is_turned_back():
    X, y = drawn()
    found = given(Task(X, y), -lc.fit(X, y).coef)
    assert found.codes == ("class order",)
    assert found.agrees
