"""Make the README's picture of the explorer: ``python -m benchmarks.explorer_picture``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from logreg_core.learn import explorer_page

from .explorer_frames import executable

GOAL = Path(__file__).resolve().parent.parent / "docs" / "explorer.png"
MOMENT = "#p=overlap&s=2"


def main() -> None:
    """Write docs/explorer.png: the first four panels after two Newton steps."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder) / "explorer.html"
        place.write_text(explorer_page(), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 860}, color_scheme="light")
        page.goto(place.as_uri() + MOMENT)
        page.wait_for_timeout(1_500)
        page.screenshot(path=str(GOAL))
        browser.close()
    print(f"{GOAL}: {GOAL.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
