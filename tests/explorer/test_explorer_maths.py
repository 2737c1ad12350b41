"""The arithmetic of the explorer, in a real browser, against the library.

Page and library do the same sums in another order, so a coefficient may differ by a few roundings
times the condition number of the information (scaled columns): 1e-12 where that is below 100, as it
is near every maximum; far out, where rows are saturated, 1e-14 times the condition. Estimates agree
to 1e-12 from every start. Skipped, saying so, without Playwright and Chromium.
"""

from __future__ import annotations

import json
import math
from importlib.resources import files

import numpy as np
import pytest
from explorer_browser import PRESET, SEPARATED

import logreg_core as lc

# -- the same arithmetic ---------------------------------------------------------------------------
STEPS = """
const m = e.look().model, shown = (t) => ({beta: m.toRaw(t.beta), next: m.toRaw(t.next),
  loglik: t.loglik, decrement: t.decrement, trials: t.trials.length, length: t.length,
  status: t.status});
const path = e.newtonSteps(m.std, value.start ? m.toStd(value.start) : m.nullStart()).map(shown);
const single = value.points.map((b) => shown(e.newtonSteps(m.std, m.toStd(b), {maxIter: 1})[0]));
return {path, single};
"""


def starts(preset):
    """The default, and a dozen about the maximum: near, far, on the wrong side, saturated."""
    random = np.random.default_rng(1)
    scale = preset.X.std(axis=0)
    for size in (0.3, 1.0, 3.0, 10.0) * 3:
        inside = random.normal(0, size, 2)
        if preset.intercept:
            slope = inside[1] / scale[0]
            yield [float(inside[0] - slope * preset.X.mean()), float(slope)]
        else:
            yield [float(v) for v in inside / scale]


@pytest.mark.parametrize("name", PRESET)
def test_newton_on_the_page_is_newton_in_the_library(visit, name):
    """Each step from the very point the library stands at, and the whole path to its end."""
    preset = PRESET[name]
    visit.update(preset=name)
    for start in (None, *starts(preset)):
        ours = list(
            lc.newton_steps(preset.X, preset.y, start=start, fit_intercept=preset.intercept)
        )
        page = visit.run(STEPS, {"start": start, "points": [s.beta.tolist() for s in ours]})
        for mine, theirs in zip(ours, page["single"], strict=True):
            condition = mine.scaled_condition_number
            if mine.damped or condition > 1e12:
                continue  # saturated: the curvature itself is rounding
            goal = _scaled(preset, mine.next_beta)
            reach = np.abs(goal).max() + np.abs(_scaled(preset, mine.beta)).max() + 1.0
            allowed = max(1e-12, 1e-14 * condition) * reach
            where = (start, mine.number)
            assert np.abs(_scaled(preset, np.array(theirs["next"])) - goal).max() <= allowed, where
            assert theirs["loglik"] == pytest.approx(mine.loglik, rel=1e-12), where
            assert theirs["decrement"] == pytest.approx(mine.decrement, abs=allowed), where
            assert theirs["trials"] == len(mine.trials), where
            assert theirs["length"] == pytest.approx(mine.step_length, rel=1e-9), where
        first, last = page["path"][0], page["path"][-1]
        assert last["status"] == ours[-1].status.name.lower()
        assert first["status"] is None
        if name in SEPARATED:
            assert last["status"] == "undecided"
            assert abs(len(page["path"]) - len(ours)) <= 1
        else:
            assert last["status"] == "converged"
            assert len(page["path"]) == len(ours)
            goal = _scaled(preset, ours[-1].next_beta)
            off = np.abs(_scaled(preset, np.array(last["next"])) - goal).max()
            assert off <= 1e-12 * (1 + np.abs(goal).max()), start


def _scaled(preset, beta):
    """Coefficients of columns centred and of unit spread, in which 1e-12 means the same to all."""
    spread = preset.X.std(axis=0)
    if not preset.intercept:
        return beta * spread
    return np.array([beta[0] + beta[1] * preset.X.mean(), beta[1] * spread[0]])


@pytest.mark.parametrize("name", PRESET)
def test_penalised_fits(visit, name):
    preset = PRESET[name]
    visit.update(preset=name)
    for kind, options in (("ridge", {"l2": 1.0}), ("firth", {"penalty": "firth"})):
        page = visit.run("return e.penalisedFit(e.look().model, value)", kind)
        fit = lc.fit(preset.X, preset.y, fit_intercept=preset.intercept, **options)
        goal, got = _scaled(preset, fit.coef), _scaled(preset, np.array(page["beta"]))
        np.testing.assert_allclose(got, goal, rtol=0, atol=1e-9 * (1 + np.abs(goal).max()))
        np.testing.assert_allclose(page["stdError"], fit.std_error, rtol=1e-7)


@pytest.mark.parametrize("name", PRESET)
def test_separation_verdict_is_the_library_s(visit, name):
    preset = PRESET[name]
    visit.update(preset=name)
    page = visit.run("return e.look().separation")
    ours = lc.separation.detect(preset.X, preset.y, fit_intercept=preset.intercept)
    assert page["kind"] == ours.kind
    if ours.kind != "none":
        row = visit.page.locator("#panel-separation .after tbody tr").first.inner_text()
        words = row.replace("maximum likelihood", "").split("\t")[1:]
        expected = {math.inf: "+∞", -math.inf: "−∞"}
        names = ("intercept", "x1")
        assert [w.strip() for w in words] == [
            "not determined" if n in ours.undetermined
            else expected.get(ours.infinite.get(n), "finite")
            for n in names
        ]  # fmt: skip


@pytest.mark.parametrize("name", [n for n in PRESET if n not in SEPARATED])
def test_inference_on_the_page(visit, name):
    from scipy.optimize import brentq, minimize_scalar

    preset = PRESET[name]
    visit.update(preset=name)
    fit = lc.fit(preset.X, preset.y, fit_intercept=preset.intercept)
    top = visit.run("return e.look().top")
    np.testing.assert_allclose(top["stdError"], fit.std_error, rtol=1e-9)
    assert top["loglik"] == pytest.approx(fit.loglik, rel=1e-13)
    page = visit.run("const v = e.look(); return e.threeTests(v.model, v.top, 1, 0)")
    assert page["wald"] == pytest.approx(fit.z[1] ** 2, rel=1e-8)
    X = np.column_stack([np.ones(len(preset.y)), preset.X]) if preset.intercept else preset.X
    if preset.intercept:
        null = fit.null_loglik
        held = math.log(preset.y.mean() / (1 - preset.y.mean()))
    else:
        alone = lc.fit(preset.X[:, :1], preset.y, fit_intercept=False)
        null, held = alone.loglik, alone.coef[0]
    assert page["lr"] == pytest.approx(2 * (fit.loglik - null), rel=1e-9)
    mu = 1 / (1 + np.exp(-X[:, 0] * held))
    w, r = mu * (1 - mu), preset.y - mu
    x, u = X[:, 1], X[:, 0]
    rest = x - u * (w * u * x).sum() / (w * u * u).sum()
    assert page["score"] == pytest.approx((rest @ r) ** 2 / (w * rest**2).sum(), rel=1e-7)
    # an end of the profile interval, by SciPy on the log-likelihood itself
    end = visit.run("const v = e.look(); return e.profileEnd(v.model, v.top, 1, 1, 1.92072941)")

    def height(slope):
        def fall(other):
            eta = other * u + slope * (x - x.mean() * preset.intercept)
            return -np.where(preset.y, -np.logaddexp(0, -eta), -np.logaddexp(0, eta)).sum()

        return -minimize_scalar(fall, bracket=(-1, 1), tol=1e-10).fun

    sd = fit.std_error[1]
    goal = brentq(lambda b: height(b) - fit.loglik + 1.92072941, fit.coef[1], fit.coef[1] + 12 * sd)
    assert end == pytest.approx(goal, abs=1e-5 * sd)


def test_tails(visit):
    values = [-3.0, -0.1, 0.0, 1e-9, 0.3, 1.0, 1.99, 2.0, 2.01, 3.5, 6.0, 15.0, 25.0]
    page = visit.run("return value.map(e.erfc)", values)
    np.testing.assert_allclose(page, [math.erfc(v) for v in values], rtol=2e-13)


def test_prevalence_turns_a_precision_of_61_into_9_percent(visit):
    visit.update(source="course")
    assert visit.page.locator("#precision").inner_text() == "0.609"
    visit.page.get_by_role("button", name="6.29 %").click()
    visit.settled()
    assert visit.page.locator("#precision").inner_text() == "0.094"


# -- the record ------------------------------------------------------------------------------------
def test_replay_is_what_it_says(real_frame):
    replay = json.loads((files("logreg_core.learn") / "replay.json").read_text("utf-8"))
    design = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    assert replay["names"] == ["intercept", *design.names]
    assert replay["n_rows"] == len(design.y)
    steps = list(lc.newton_steps(design))
    np.testing.assert_allclose(
        replay["newton"]["beta"], [s.beta for s in steps], rtol=1e-6, atol=1e-12
    )
    np.testing.assert_allclose(replay["newton"]["loglik"], [s.loglik for s in steps], rtol=1e-12)
    fit = lc.fit(design)
    np.testing.assert_allclose(replay["top"]["beta"], fit.coef, rtol=1e-6)
    np.testing.assert_allclose(replay["top"]["std_error"], fit.std_error, rtol=1e-6)
    # where L-BFGS went depends on the machine; how high it was there does not
    for beta, height in list(zip(*(replay["lbfgs"][k] for k in ("beta", "loglik")), strict=True))[
        ::25
    ]:
        eta = beta[0] + design.X @ np.array(beta[1:])
        loglik = np.where(design.y, -np.logaddexp(0, -eta), -np.logaddexp(0, eta)).sum()
        assert loglik == pytest.approx(height, abs=0.02)
    last = np.array(replay["lbfgs"]["beta"][-1])
    assert abs(last[3] - fit.coef[3]) > fit.std_error[3]  # "banned": wrong by over a standard error
    assert replay["lbfgs"]["beta"][100][2] < 0 < fit.coef[2]  # "opinion": wrong sign
    assert np.mean((last[0] + design.X @ last[1:] > 0) == design.y) == pytest.approx(
        0.937, abs=5e-4
    )
