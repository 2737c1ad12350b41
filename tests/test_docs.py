"""The documentation: every example on its pages is run, the site builds without a warning (which
checks its internal links), and the reference names every public name.

Examples are compared as text, blanks apart; figures in them are rounded to what is portable.
"""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import logreg_core as lc

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"```python\n(.*?)```", flags=re.S)
PEERS = ("statsmodels",)
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def examples(page: Path) -> str:
    """The examples of a page, each on the line where it stands."""
    text, out, end = page.read_text(encoding="utf-8"), "", 0
    for block in BLOCK.finditer(text):
        out += "\n" * text.count("\n", end, block.start(1)) + block.group(1)
        end = block.end(1)
    return out


PAGES = [page for page in sorted(DOCS.rglob("*.md")) if ">>>" in examples(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_the_examples_print_what_the_page_shows(page: Path) -> None:
    text, name = examples(page), page.relative_to(ROOT).as_posix()
    for peer in PEERS:
        if peer in text:
            pytest.importorskip(peer, reason=f"{name} compares with {peer}")
    test = doctest.DocTestParser().get_doctest(text, {}, name, str(page), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_the_pages_asked_for_are_among_them() -> None:
    names = {page.relative_to(DOCS).as_posix() for page in PAGES}
    how_to = {"weights", "categories", "separation", "thresholds", "models_on_disk", "large_data"}
    assert names >= {"tutorial.md", *(f"how_to/{name}.md" for name in how_to)}
    assert names >= {f"coming_from/{name}.md" for name in ("scikit_learn", "statsmodels", "r")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for package in ("sphinx", "furo", "myst_parser"):
        pytest.importorskip(package, reason="the site is not built: pip install .[docs]")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [*command, "-d", str(out / "trees"), str(DOCS), str(out / "html")],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out / "html"


def test_the_site_builds_without_a_warning(site: Path) -> None:
    assert "Tutorial" in (site / "index.html").read_text(encoding="utf-8")


def test_the_site_asks_nobody_for_anything(site: Path) -> None:
    """No font, script or style from elsewhere: it works offline and tells no one."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(?:script|img|iframe)[^>]*src=\"(?:https?:)?//", text), page
        assert not re.search(r"<link[^>]*rel=\"stylesheet\"[^>]*href=\"(?:https?:)?//", text), page


def test_the_reference_names_everything_public(site: Path) -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in (site / "reference").glob("*.html"))
    missing = []
    for name in lc.__all__:
        if name == "__version__":
            continue
        is_module = f'id="module-logreg_core.{name}"' in text
        if not is_module and f'id="logreg_core.{name}"' not in text:
            missing.append(name)
        if is_module:
            public = import_module(f"logreg_core.{name}").__all__
            missing += [
                f"{name}.{inner}"
                for inner in public
                if f'id="logreg_core.{name}.{inner}"' not in text
                and f'id="module-logreg_core.{name}.{inner}"' not in text
            ]
    assert missing == []


@pytest.fixture
def plain_docstrings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(DOCS))
    return import_module("plain_docstrings")


def test_the_docstring_reader_does_what_its_examples_say(plain_docstrings) -> None:
    tested = doctest.testmod(plain_docstrings)
    assert tested.attempted
    assert tested.failed == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a", "    x = 1", "b"], ["a", "", "::", "", "        x = 1", "", "b", ""]),
        (["- one", "  more", "  and more"], ["- one", "  more", "  and more", ""]),
        (["a *word*, x * y * z"], ["a *word*, x \\* y \\* z", ""]),
        ([">>> 1", "1", "", "(n) rows"], [">>> 1", "1", "", "\\(n) rows", ""]),
        (["see :func:`fit`."], ["see ``fit``.", ""]),
    ],
)
def test_plain_words_stay_plain(plain_docstrings, given, expected) -> None:
    assert plain_docstrings.as_rst(given) == expected
