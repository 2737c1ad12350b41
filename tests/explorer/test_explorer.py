"""The explorer in a real browser: everything a visitor can do.

Needs Playwright and a Chromium; skipped, saying so, where either is missing. LOGREG_BROWSER names
another executable. No test here times anything: `python -m benchmarks.explorer_frames` does.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from explorer_browser import N_PANELS, PRESET, Visit

import logreg_core as lc
from logreg_core.learn import explorer_page


# -- the file --------------------------------------------------------------------------------------
def test_the_page_is_one_small_file_that_asks_for_nothing():
    page = explorer_page()
    assert len(page.encode()) < 500_000
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "default-src 'none'" in page
    assert "{{" not in page.replace("=> ({", "").split("<script>")[0]
    assert page.count("<section") == 0  # panels are made by the script, from one list


def test_command_writes_the_page(tmp_path):
    from click.testing import CliRunner

    from logreg_core.cli import main

    goal = tmp_path / "pages" / "lecture.html"
    done = CliRunner().invoke(main, ["explore", "--out", str(goal)])
    assert done.exit_code == 0, done.output
    assert goal.read_text(encoding="utf-8") == explorer_page()
    assert str(goal) in done.output.replace("\n", "")


def test_presets_are_what_they_say():
    kinds = {name: lc.separation.detect(p.X, p.y, fit_intercept=p.intercept).kind
             for name, p in PRESET.items()}  # fmt: skip
    expected = dict.fromkeys(PRESET, "none") | {"quasi": "quasi-complete", "complete": "complete"}
    assert kinds == expected
    assert PRESET["rare"].y.mean() < 0.1
    near = lc.fit(PRESET["near"].X, PRESET["near"].y)
    assert near.converged
    assert near.coef[1] > 5 * lc.fit(PRESET["overlap"].X, PRESET["overlap"].y).coef[1] / 2
    assert np.corrcoef(PRESET["collinear"].X.T)[0, 1] > 0.98
    once, four = (lc.fit(PRESET[name].X, PRESET[name].y) for name in ("overlap", "duplicated"))
    np.testing.assert_allclose(four.coef, once.coef, rtol=1e-10)
    np.testing.assert_allclose(four.std_error, once.std_error / 2, rtol=1e-10)
    raw = next(lc.newton_steps(PRESET["unscaled"].X, PRESET["unscaled"].y))
    assert raw.condition_number > 1e15 * raw.scaled_condition_number / 1e6


# -- what a visitor does ---------------------------------------------------------------------------
@pytest.mark.parametrize("name", PRESET)
def test_every_preset_at_every_step_draws_every_panel(visit, name):
    visit.page.select_option("#preset", name)
    visit.settled()
    steps = visit.run("return e.look().steps.length")
    for step in (0, 1, steps // 2, steps):
        frame, penalty = ("std", "raw")[step % 2], ("none", "firth", "ridge")[step % 3]
        visit.update(step=step, frame=frame, penalty=penalty, coefficient=step % 2)
        visit.check_drawn()


def test_stepping_by_buttons_and_keys(visit):
    page = visit.page
    for _ in range(3):
        page.click("#step")
    assert visit.state("step") == 3
    page.click("#back")
    assert visit.state("step") == 2
    page.click("#last")
    visit.settled()
    assert visit.state("step") == visit.run("return e.look().steps.length")
    assert page.locator("#where").inner_text().endswith("converged")
    page.click("#first")
    assert visit.state("step") == 0
    page.locator("h1").click()
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("Home", 0)):
        page.keyboard.press(key)
        assert visit.state("step") == step
    page.keyboard.press("End")
    assert visit.state("step") > 5
    assert "log-likelihood" in page.locator("#live").inner_text()
    page.locator("#panel-ledger button[data-step='2']").click()
    assert visit.state("step") == 2


def test_a_table_is_not_drawn_anew_under_a_pressed_pointer(visit):
    """A redraw between press and release took the button away, and with it the click."""
    page = visit.page
    visit.update(step=8)
    button = page.locator("#panel-ledger button[data-step='2']")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    visit.run("e.update({step: 5}); e.drawRest()")
    page.mouse.up()
    visit.settled()
    assert visit.state("step") == 2
    assert page.evaluate("document.activeElement.dataset.step") == "2"  # the focus stays, too


def test_dragging_flipping_adding_and_deleting_points(visit):
    page = visit.page
    visit.update(preset="complete")
    points = visit.run("return e.look().points")
    first = points[0]
    x, y = visit.place("data", first["x"], first["y"])
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 5, steps=4)
    page.mouse.move(x + 80, y - 5, steps=4)
    page.mouse.up()
    moved = visit.run("return e.look().points")
    assert moved[0]["x"] > first["x"] + 0.3
    assert moved[0]["y"] == first["y"]
    assert moved[1:] == points[1:]
    # across the middle: the outcome flips, and separation is gone
    x, y = visit.place("data", moved[0]["x"], 0)
    _, over = visit.place("data", 0, 1)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, over, steps=6)
    page.mouse.up()
    visit.settled()
    assert visit.run("return e.look().points[0].y") == 1
    assert visit.run("return e.look().separation.kind") == "none"
    # a click flips it back
    x, y = visit.place("data", visit.run("return e.look().points[0].x"), 1)
    page.mouse.click(x, y)
    assert visit.run("return e.look().points[0].y") == 0
    page.click("button[data-mode='add']")
    page.mouse.click(*visit.place("data", 0.0, 0.9))
    added = visit.run("return e.look().points")
    assert len(added) == len(points) + 1
    assert added[-1]["y"] == 1
    assert abs(added[-1]["x"]) < 0.05
    page.click("button[data-mode='delete']")
    page.mouse.click(*visit.place("data", added[-1]["x"], 1))
    assert visit.run("return e.look().points.length") == len(points)
    page.click("#reset")
    visit.settled()
    assert visit.state("points") is None
    visit.check_drawn()


def test_points_by_keyboard(visit):
    page = visit.page
    page.locator("#panel-data > svg").focus()
    page.keyboard.press("ArrowRight")
    chosen = visit.state("selected")
    before = visit.run("return e.look().points[e.state.selected]")
    assert before["x"] == min(p["x"] for p in visit.run("return e.look().points"))
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Space")
    after = visit.run("return e.look().points[e.state.selected]")
    assert after["x"] > before["x"]
    assert after["y"] == 1 - before["y"]
    assert "outcome" in page.locator("#live").inner_text()
    page.keyboard.press("a")
    assert visit.run("return e.look().points.length") == 41
    page.keyboard.press("Delete")
    assert visit.run("return e.look().points.length") == 40
    assert visit.state("step") == 0
    assert chosen >= 0


def test_pair_of_columns_is_dragged_in_both(visit):
    visit.update(preset="collinear")
    p = visit.run("return e.look().points[0]")
    x, y = visit.place("data", p["x"], p["x2"])
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 30, y + 30, steps=5)
    visit.page.mouse.up()
    visit.settled()
    q = min(visit.run("return e.look().points"), key=lambda r: abs(r["x"] - p["x"] - 1e9))
    moved = [r for r in visit.run("return e.state.points") or [] if r not in _points("collinear")]
    assert len(moved) == 1
    assert q
    visit.check_drawn()


def _points(name):
    preset = PRESET[name]
    return [
        {"x": float(x[0]), "x2": float(x[1]), "y": int(y)}
        for x, y in zip(preset.X, preset.y, strict=True)
    ]


@pytest.mark.parametrize("frame", ["std", "raw"])
def test_a_click_on_the_hill_starts_there(visit, frame):
    visit.update(frame=frame, step=4)
    x, y = visit.run(
        "const {x, y} = e.panels[1].plot;return [0.3 * x[0] + 0.7 * x[1], 0.8 * y[0] + 0.2 * y[1]]"
    )
    visit.page.mouse.click(*visit.place("surface", x, y))
    visit.settled()
    start = visit.state("start")
    shown = start if frame == "raw" else visit.run("return e.look().model.toStd(value)", start)
    assert shown == pytest.approx([x, y], abs=0.02 * (abs(x) + abs(y) + 1))
    assert visit.state("step") == 0
    preset = PRESET["overlap"]
    *_, last = lc.newton_steps(preset.X, preset.y, start=start)
    assert visit.run("return e.look().steps.length") == last.number + 1
    visit.check_drawn()
    visit.page.locator("#panel-surface > svg").focus()
    visit.page.keyboard.press("Shift+ArrowUp")
    assert visit.state("start")[1] > start[1]


def test_sliders_by_keyboard(visit):
    page = visit.page
    for slider, name, key in (
        ("#rate", "rate", "ArrowLeft"),
        ("#threshold", "threshold", "ArrowRight"),
        ("#prevalence", "prevalence", "ArrowLeft"),
        ("#iteration", "iteration", "ArrowRight"),
    ):
        before = visit.state(name)
        page.locator(slider).focus()
        for _ in range(5):
            page.keyboard.press(key)
        visit.settled()
        now = visit.state(name)
        assert now != before
        # the grip stays under the keys, and arrows on a slider are no Newton steps
        assert page.evaluate("document.activeElement.id") == slider[1:]
        assert visit.state("step") == 0
        visit.check_drawn()
    page.select_option("#column", "3")
    visit.settled()
    assert "author ban status banned" in page.locator("#panel-replay .say").inner_text()


def test_gradient_descent_runs_away_at_a_large_rate(visit):
    visit.update(preset="unscaled", frame="raw", rate=3.9)
    visit.check_drawn()
    visit.update(preset="crowd", rate=3.9)
    visit.check_drawn()


def test_an_address_holds_the_moment(visit):
    visit.update(
        preset="leverage", start=[0.5, -1.25], step=3, rate=0.5, frame="raw", threshold=0.35,
        prevalence=0.2, penalty="firth", coefficient=0, column=4, iteration=200,
    )  # fmt: skip
    visit.run("e.drawRest()")
    moment = visit.page.evaluate("location.hash")
    kept = visit.run("return JSON.stringify(e.state)")
    beta = visit.run("return e.here().raw")
    visit.open(moment)
    assert visit.run("return JSON.stringify(e.state)") == kept
    assert visit.run("return e.here().raw") == beta
    # edited points too, and moving within the page by a link
    visit.update(preset="complete", points=[{"x": 1, "x2": 0, "y": 0}, {"x": 2, "x2": 0, "y": 1},
                 {"x": 3, "x2": 0, "y": 0}, {"x": 4.5, "x2": 0, "y": 1}])  # fmt: skip
    visit.run("e.drawRest()")
    moment = visit.page.evaluate("location.hash")
    points = visit.run("return e.look().points")
    visit.page.evaluate("location.hash = '#p=rare&s=2'")
    visit.wait("explorer.state.preset === 'rare'")
    assert visit.state("step") == 2
    visit.open(moment)
    assert visit.run("return e.look().points") == points


@pytest.mark.parametrize(
    "moment",
    ["#p=nonsense&s=-4", "#s=1e99&r=NaN&t=7", "#d=1:2&b=1", "#d=a:b:c;;", "#b=Infinity,1",
     "#tour=40&c=99&i=9999", "#p=%3Cscript%3E", "#d=1:0:1;2:0:1;3:0:1", "#=&&=",
     "#p=overlap&b=900,900"],
)  # fmt: skip
def test_a_bad_address_does_no_harm(visit, moment):
    visit.open(moment)
    assert visit.state("preset") == "overlap"
    assert visit.page.locator(".panel").count() == N_PANELS
    assert "NaN" not in visit.page.locator("main").inner_html()


def test_link_button_and_one_outcome_only(visit):
    visit.page.click("#link")
    visit.wait("/Copied|See/.test(document.getElementById('link').textContent)")
    visit.update(points=[{"x": i, "x2": 0, "y": 1} for i in range(5)])
    assert "nothing to fit" in visit.page.locator("#where").inner_text()
    assert "both outcomes" in visit.page.locator("#panel-surface .say").inner_text()
    visit.page.click("#reset")
    visit.settled()
    visit.check_drawn()


def test_tour_of_twelve_stops(visit):
    page = visit.page
    page.click("#tour")
    titles = set()
    for number in range(12):
        visit.settled()
        assert page.locator("#card-count").inner_text() == f"Stop {number + 1} of 12"
        titles.add(page.locator("#card-title").inner_text())
        lit = page.locator(".panel.lit")
        assert lit.count() == 1
        box = lit.bounding_box()
        assert 0 < box["y"] < 300
        visit.check_drawn()
        page.click("#card-next")
    visit.settled()
    assert len(titles) == 12
    assert page.locator("#card").is_hidden()
    # what the stops say of the numbers
    halved = visit.run("e.visit(5); return e.look().steps[0].trials.length - 1")
    assert halved >= 1
    visit.run("e.visit(10)")
    visit.settled()
    assert page.locator("#precision").inner_text() == "0.094"
    visit.run("e.visit(11)")
    visit.settled()
    assert "Its sign is wrong" in page.locator("#panel-replay .say").inner_text()
    page.keyboard.press("Escape")
    assert visit.state("tour") is None


def test_tour_words_about_digits_and_tests_hold():
    preset = PRESET["overlap"]
    digits = [s.digits for s in lc.newton_steps(preset.X, preset.y)]
    near = [d for d in digits if d > 1]
    assert all(b > 1.7 * a for a, b in itertools.pairwise(near))
    near = lc.fit(PRESET["near"].X, PRESET["near"].y)
    assert near.z[1] ** 2 < 3.84 < 2 * (near.loglik - near.null_loglik)


# -- who visits ------------------------------------------------------------------------------------
def test_a_phone_shows_it_without_scrolling_sideways(browser, address):
    visit = Visit(browser, address, width=390, has_touch=True, is_mobile=True)
    try:
        for name in PRESET:
            visit.update(preset=name)
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
            visit.check_drawn()
        points = visit.run("return e.look().points")
        visit.page.touchscreen.tap(*visit.place("data", points[0]["x"], points[0]["y"]))
        assert visit.run("return e.look().points[0].y") == 1 - points[0]["y"]
    finally:
        visit.close()


def test_everything_has_a_name_for_screen_readers(visit):
    unnamed = visit.run(
        """const named = (el) => el.getAttribute("aria-label") || el.textContent.trim()
             || el.closest("label") || el.getAttribute("aria-labelledby");
           return [...document.querySelectorAll("button, select, input, svg[role], [role=region]")]
             .filter((el) => !named(el)).map((el) => el.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []
    broken = visit.run(
        """const kinds = ["aria-labelledby", "aria-describedby"];
           return kinds.flatMap((kind) => [...document.querySelectorAll(`[${kind}]`)]
             .map((el) => el.getAttribute(kind))).filter((id) => !document.getElementById(id))"""
    )
    assert broken == []
    ids = visit.run("return [...document.querySelectorAll('[id]')].map((el) => el.id)")
    assert len(ids) == len(set(ids))
    assert visit.page.locator("[aria-live=polite]").count() == 1
    # the two outcomes differ in shape, the lines in dashes: nothing rests on colour alone
    one = visit.page.locator("#panel-data path.one").first.get_attribute("d")
    zero = visit.page.locator("#panel-data path.zero").first.get_attribute("d")
    assert one.count("a") == 2 * 16  # sixteen discs, of two arcs each
    assert zero.count("h") == 2 * 24  # twenty-four squares
    dashes = visit.run(
        """const line = (k) => document.querySelector("#panel-surface svg ." + k);
           return ["newton", "gradient", "lbfgs", "ellipse"]
             .map((k) => getComputedStyle(line(k)).strokeDasharray)"""
    )
    assert len(set(dashes)) == 4


def test_text_has_contrast_in_light_and_dark(browser, address):
    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for scheme in ("light", "dark"):
        visit = Visit(browser, address, color_scheme=scheme)
        try:
            colours = visit.run(
                """const probe = document.createElement("i"); document.body.append(probe);
                   const colour = (n) => { probe.style.color = `var(--${n})`;
                     const shown = getComputedStyle(probe).color.match(/[0-9.]+/g);
                     return shown.slice(0, 3).map((v) => v / 255); };
                   const names = "ink soft accent paper plot blue orange green purple".split(" ");
                   return Object.fromEntries(names.map((n) => [n, colour(n)]))"""
            )
            paper, plot = luminance(colours["paper"]), luminance(colours["plot"])
            text = (("ink", 7.0, paper), ("soft", 4.5, paper), ("accent", 4.5, paper))
            lines = tuple((name, 3.0, plot) for name in ("blue", "orange", "green", "purple"))
            for name, least, ground in text + lines:
                a, b = sorted((luminance(colours[name]), ground))
                assert (b + 0.05) / (a + 0.05) >= least, (scheme, name)
        finally:
            visit.close()


def test_printing_shows_the_panels_and_not_the_controls(visit):
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".bar").is_hidden()
    assert visit.page.locator("#card").is_hidden()
    assert visit.page.locator("#panel-replay > svg").is_visible()
    assert len(visit.page.pdf()) > 50_000
