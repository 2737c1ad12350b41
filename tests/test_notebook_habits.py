"""What notebooks, terminals and completion show: the same words, readable on any background."""

from __future__ import annotations

import io
import re
from types import ModuleType

import numpy as np
import pytest
from rich.console import Console

import logreg_core as lc

RNG = np.random.default_rng(3)
X, Y = RNG.standard_normal((60, 2)), np.arange(60) % 2
FIT = lc.fit(X, Y)


def test_html_brings_no_colours_of_its_own() -> None:
    page = FIT._repr_html_()
    assert page == FIT.summary()._repr_html_()
    for setting in re.findall(r"(?:color|background|border[a-z-]*)\s*:\s*([^;\"]+)", page):
        assert setting in ("inherit", "transparent", "collapse", "1px solid currentColor")
    assert not re.search(r"<(style|script|link)\b", page)
    assert "bgcolor" not in page


def test_html_holds_what_the_text_holds() -> None:
    cells = re.findall(r"<t[dh][^>]*>([^<]*)<", FIT._repr_html_())
    for line in str(FIT).splitlines()[2:]:
        for word in re.split(r"\s{2,}", line.strip()):
            if word and not word.startswith(("-----", "Coefficients")):
                assert word in cells


def test_rich_shows_the_same_words_and_no_markup() -> None:
    fit = lc.fit(X, np.where(Y, "[red]yes[/red]", "no"))
    console = Console(width=160, record=True, file=io.StringIO())

    console.print(fit)
    shown = console.export_text()
    for line in str(fit).splitlines():
        for word in re.split(r"\s{2,}", line.strip()):
            if word and not word.startswith("-----") and len(word) < 60:
                assert word in shown
    assert "[red]yes[/red]" in shown


def test_repr_is_one_line() -> None:
    line = repr(FIT)
    assert line.startswith("<LogitFit converged: 3 coefficients, 60 rows, log-likelihood ")
    assert "\n" not in line


def test_completion_offers_what_a_user_may_want() -> None:
    public = [name for name in dir(FIT) if not name.startswith("_")]
    assert {"coef", "std_error", "trace", "summary", "probability", "save"} <= set(public)
    assert not {"center", "centered_coef", "root", "covariance_or_none", "steps"} & set(public)
    for name in public:
        assert getattr(type(FIT), name, None) is not None or name in FIT.__dataclass_fields__


@pytest.mark.parametrize("name", [n for n in lc.__all__ if isinstance(getattr(lc, n), ModuleType)])
def test_modules_offer_their_public_names_only(name: str) -> None:
    module = getattr(lc, name)
    assert dir(module) == sorted(module.__all__)
    assert {"np", "annotations", "Any"}.isdisjoint(dir(module))


def test_the_package_offers_its_public_names_only() -> None:
    assert dir(lc) == sorted(lc.__all__)
    assert "import_module" not in dir(lc)
