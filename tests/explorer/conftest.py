"""A browser for the tests of the explorer, or a word why there is none."""

from __future__ import annotations

import pytest
from explorer_browser import Visit, executable

from logreg_core.learn import explorer_page


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: the explorer is not checked"
    )
    path = executable()
    if path is None:
        pytest.skip("no Chromium on this machine: the explorer is not checked")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer_page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def shared(browser, address):
    visit = Visit(browser, address)
    yield visit
    visit.close()


@pytest.fixture
def visit(shared):
    """The page, newly opened."""
    shared.page.emulate_media(media="null")
    shared.open()
    yield shared
    assert shared.problems == []
