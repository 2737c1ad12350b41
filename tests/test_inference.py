"""The old names of the floor below are found in `lc.inference` too."""

from __future__ import annotations

import logreg_core as lc
from logreg_core import tails


def test_names_of_the_tails_module_are_offered_here_too() -> None:
    for name in tails.__all__:
        assert getattr(lc.inference, name) is getattr(tails, name)
