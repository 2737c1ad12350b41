"""How many frames a second does the explorer draw while a point is dragged?

    python -m benchmarks.explorer_frames [--preset crowd] [--frames 240] [--width 1280]

Presses a real mouse button on a point of 200, moves the pointer once a frame, and prints frames a
second, the processor time of the page's thread a frame (script, style, layout, paint; what other
programs take does not count), and script and layout by the clock. Needs Playwright and Chromium
(LOGREG_BROWSER names another executable). A browser without a screen draws at most 60 a second.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from logreg_core.learn import explorer_page

DRAG = """
async ({frames, x, y}) => {
  const svg = document.querySelector("#panel-data > svg"), gaps = [];
  const next = () => new Promise((done) => requestAnimationFrame(done));
  let last = await next();
  const started = last;
  for (let i = 0; i < frames; i++) {
    const at = x + 60 * Math.sin(i / 12);
    svg.dispatchEvent(new PointerEvent("pointermove", {clientX: at, clientY: y, bubbles: true}));
    const now = await next();      // the page's own frame ran before this one
    gaps.push(now - last);
    last = now;
  }
  return {seconds: (last - started) / 1000, gaps};
}
"""
WORK = """
({frames, x, y}) => {
  const svg = document.querySelector("#panel-data > svg"), work = [];
  const later = window.requestAnimationFrame;
  let render = null;
  window.requestAnimationFrame = (f) => { render = f; return 1; };
  for (let i = 0; i < frames; i++) {
    const begin = performance.now();
    svg.dispatchEvent(new PointerEvent("pointermove",
      {clientX: x + 60 * Math.sin(i / 12 + 1), clientY: y, bubbles: true}));
    if (render) render(begin);
    svg.getBoundingClientRect();   // layout belongs to the frame
    work.push(performance.now() - begin);
    render = null;
  }
  window.requestAnimationFrame = later;
  return work;
}
"""


def executable() -> str | None:
    """The browser to drive; None leaves it to Playwright."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("LOGREG_BROWSER") or next(filter(None, map(shutil.which, names)), None)


def measure(preset: str, frames: int, width: int) -> dict[str, Any]:
    """Frames a second over a drag, and milliseconds of script and layout of each frame."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder) / "explorer.html"
        place.write_text(explorer_page(), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{place.as_uri()}#p={preset}")
        page.wait_for_timeout(1_000)
        box = page.locator("#panel-data > svg").bounding_box()
        at = page.evaluate(
            "(() => { const p = explorer.look().points[0], q = explorer.panels[0].plot;"
            " return [q.sx(p.x), q.sy(p.y)]; })()"
        )
        assert box is not None
        x, y = box["x"] + at[0], box["y"] + at[1]
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 8, y)
        given = {"frames": frames, "x": x, "y": y}
        page.evaluate(DRAG, {**given, "frames": 30})  # let the compiler warm up
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = _busy(session)
        found = page.evaluate(DRAG, given)
        found["cpu"] = 1000 * (_busy(session) - before) / frames
        found["work"] = page.evaluate(WORK, given)
        found["points"] = page.evaluate("explorer.look().points.length")
        browser.close()
    return dict(found)


def _busy(session: Any) -> float:
    """Seconds of processor time that the page's own thread has used."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="crowd")
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--width", type=int, default=1280)
    options = parser.parse_args()
    found = measure(options.preset, options.frames, options.width)
    work = sorted(found["work"])
    late = sum(gap > 1000 / 45 for gap in found["gaps"])
    print(
        f"{found['points']} points, {options.width} pixels: "
        f"{options.frames / found['seconds']:.1f} frames a second while dragging "
        f"({late} of {options.frames} late); processor time of the page "
        f"{found['cpu']:.1f} ms a frame, enough for {1000 / found['cpu']:.0f} a second; "
        "script and layout by the clock "
        f"{work[0]:.1f} ms a frame at least, {statistics.median(work):.1f} in the middle, "
        f"{work[int(0.95 * len(work))]:.1f} for 95 %; "
        f"load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
