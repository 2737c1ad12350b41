"""A page in a browser that forgives no error, for the tests of the explorer."""

from __future__ import annotations

import os
import shutil

from logreg_core.learn import PRESETS

PRESET = {preset.name: preset for preset in PRESETS}
SEPARATED = ("quasi", "complete")
N_PANELS = 9


def executable():
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("LOGREG_BROWSER") or next(filter(None, map(shutil.which, names)), None)


class Visit:
    """A page of its own; at the end no error may have been printed and nothing asked for."""

    def __init__(self, browser, address, width=1280, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page, self.address, self.problems = self.context.new_page(), address, []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda e: self.problems.append(f"error: {e}"))
        self.page.on("request", self._request)
        self.open()

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _request(self, request):
        if request.url.split("#")[0] not in (self.address, "about:blank", "data:,"):
            self.problems.append(f"request: {request.url}")

    def open(self, moment=""):
        self.page.goto("about:blank")
        self.page.goto(self.address + moment)
        self.settled()

    def wait(self, condition):
        """Until the condition holds: Playwright's own waiting is forbidden by the page's policy."""
        for _ in range(400):
            if self.page.evaluate(f"() => Boolean({condition})"):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"never: {condition}")

    def run(self, script, value=None):
        return self.page.evaluate(f"(value) => {{ const e = window.explorer; {script} }}", value)

    def state(self, name):
        return self.run(f"return e.state.{name}")

    def settled(self):
        self.page.evaluate("window.explorer && explorer.drawRest()")
        self.wait("window.explorer && explorer.panels.every((p) => !p.stale)")

    def update(self, **patch):
        self.run("e.update(value)", patch)
        self.settled()

    def box(self, panel):
        self.page.locator(f"#panel-{panel}").scroll_into_view_if_needed()
        svg = self.page.locator(f"#panel-{panel} > svg")
        svg.scroll_into_view_if_needed()
        return svg.bounding_box()

    def place(self, panel, x, y):
        """Where on the screen a point of a plot lies."""
        box = self.box(panel)
        at = self.run(
            f"const p = e.panels.find((q) => q.id === '{panel}').plot;"
            "return [p.sx(value[0]), p.sy(value[1])]",
            [x, y],
        )
        return box["x"] + at[0], box["y"] + at[1]

    def check_drawn(self):
        blank = self.run(
            """return e.panels.filter((p) => {
              const words = p.said.textContent, marks = p.svg
                ? p.svg.querySelectorAll("path, circle, rect").length
                : p.body.querySelectorAll("tbody tr").length;
              const spoilt = /NaN|undefined|Infinity/.test(p.section.innerHTML);
              return marks < (p.svg ? 8 : 2) || words.length < 20 || spoilt;
            }).map((p) => p.id + ": " + p.said.textContent)"""
        )
        assert blank == []

    def close(self):
        self.context.close()
        assert self.problems == []
