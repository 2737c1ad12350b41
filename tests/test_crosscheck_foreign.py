"""Coefficients of other programs: names, baselines and classes of their own. Alignment is exact
algebra: 1e-12 relative."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.crosscheck import Foreign, compare, read_coefficients
from logreg_core.crosscheck.foreign import align
from logreg_core.errors import DataError

LEVELS = {"ban": ("active", "banned", "under review"), "claim": ("claim", "opinion")}
NAMES = ("intercept", "age", "ban_banned", "ban_under review", "claim_opinion")


def frame(n=600):
    random = np.random.default_rng(2)
    ban = random.choice(["active", "banned", "under review"], n, p=[0.6, 0.2, 0.2])
    claim = random.choice(["claim", "opinion"], n)
    age = random.normal(40, 10, n).round(1)
    eta = 0.05 * (age - 40) + (ban == "banned") - 0.8 * (claim == "opinion")
    y = np.where(random.random(n) < 1 / (1 + np.exp(-eta)), "yes", "no")
    return pd.DataFrame({"age": age, "ban": ban, "claim": claim, "ill": y})


@pytest.mark.parametrize(
    "names",
    [
        ("intercept", "age", "ban_banned", "ban_under review", "claim_opinion"),
        ("(Intercept)", "age", "banbanned", "banunder review", "claimopinion"),  # R
        ("Intercept", "AGE", "ban banned", "ban under review", "claim opinion"),  # SAS
        ("_cons", "age", "ban_banned", "ban_under_review", "claim_opinion"),  # Stata
        ("Intercept", "age", "C(ban)[T.banned]", "C(ban)[T.under review]", "claim[T.opinion]"),
        ("const", "age", "ban_banned", "ban_under review", "claim_opinion"),  # statsmodels
    ],
)
def test_names_of_other_programs(names):
    order = [3, 0, 4, 1, 2]
    values = np.arange(5.0)
    found = align(Foreign("x", tuple(names[j] for j in order), values[order]), NAMES, LEVELS)
    assert found.coef.tolist() == values.tolist()


@pytest.mark.parametrize("base", ["banned", "under review"])
def test_another_baseline_is_converted(base):
    """Their fit is a fit of ours on the other design: coefficients and errors must agree."""
    data = frame()
    ours = lc.Design.from_frame(data, target="ill", reference={"ban": "active"})
    theirs = lc.fit(lc.Design.from_frame(data, target="ill", reference={"ban": base}))
    printed = Foreign("SAS", theirs.names, theirs.coef, theirs.std_error)
    found = compare(ours, None, (), coefficients=printed, digits=11)
    verdict = found.verdicts[0]
    assert verdict.agrees
    assert verdict.codes == ("baseline",)
    assert f"its baseline of ban is {base}" in verdict.reasons[0].words
    np.testing.assert_allclose(verdict.coef, found.coef, rtol=1e-11)
    assert verdict.std_error_digits.min() > 11


def test_robust_errors_under_another_baseline_are_recognised():
    import statsmodels.api as sm

    data = frame()
    ours = lc.Design.from_frame(data, target="ill", reference={"ban": "active"})
    design = lc.Design.from_frame(data, target="ill", reference={"ban": "banned"})
    columns = np.column_stack([np.ones(len(design.y)), design.X])
    family = sm.families.Binomial()
    model = sm.GLM(np.asarray(design.y, float), columns, family=family)
    result = model.fit(tol=1e-13, cov_type="HC0")
    printed = Foreign("x", ("intercept", *design.names), result.params, result.bse)
    verdict = compare(ours, None, (), coefficients=printed).verdicts[0]
    assert verdict.codes == ("baseline", "covariance")
    assert "HC0" in verdict.reasons[1].words


def test_the_other_class_and_another_baseline_at_once():
    data = frame()
    ours = lc.Design.from_frame(data, target="ill", reference={"ban": "active"})
    other = lc.fit(
        lc.Design.from_frame(data, target="ill", positive="no", reference={"ban": "banned"})
    )
    printed = Foreign("SAS", other.names, other.coef, other.std_error)
    verdict = compare(ours, None, (), coefficients=printed, digits=10).verdicts[0]
    assert verdict.agrees
    assert verdict.codes == ("baseline", "class order")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("intercept", "age", "ban_banned", "claim_opinion"), "'ban_under review'"),
        ((*NAMES, "height"), "'height'"),
        (("age", "ban_banned", "ban_under review", "claim_opinion"), "'intercept'"),
    ],
)
def test_another_model_is_refused_by_name(names, words):
    with pytest.raises(DataError, match=words):
        align(Foreign("x", names, np.zeros(len(names))), NAMES, LEVELS)


def test_a_file_may_leave_a_coefficient_out(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("Parameter,Estimate,StdErr\nIntercept,1.5,0.5\nx1,NA,NA\nx2,-2,0.25\n")
    found = read_coefficients(path)
    assert np.isnan(found.coef[1])
    assert found.std_error[2] == 0.25
    assert found.title == "r.csv"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "columns a, b"),
        ("name,coef\nx,1\nx,2\n", "'x' 2 times"),
        ("name,coef\nx,1.5***\ny,2\n", "no number"),
        ("name,coef\n", "no rows"),
    ],
)
def test_files_that_cannot_be_meant(tmp_path, content, words):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=words.replace("*", r"\*")):
        read_coefficients(path)
