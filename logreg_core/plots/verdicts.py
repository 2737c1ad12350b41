"""What a panel of `check_model` shows, in a sentence that begins with whether it holds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..diagnostics.assumption_table import MARKS, Check
from ..diagnostics.hosmer_lemeshow import OVERPOWERED, HosmerLemeshow
from ..proportions import upper_tail
from .canvas import label, plain

__all__ = ["Verdict", "calibration_verdict", "verdict_of"]

LEVEL = 0.95
RARE = 0.01  # so many groups outside happen in fewer than one right model of a hundred


class Verdict(NamedTuple):
    """holds: True, False, or None where that is not decided; words: why. judged: whether an
    assumption was looked at, and not only a figure given."""

    holds: bool | None
    words: str
    judged: bool = True

    def __str__(self) -> str:
        return f"{MARKS[self.holds].capitalize()}. {self.words}" if self.judged else self.words


def verdict_of(check: Check) -> Verdict:
    """A check of `diagnostics.assumptions`, whose limits are the panel's.

    >>> str(verdict_of(Check("no undue influence", "Cook's distance", "0.9 (row 3)", 0.9, False,
    ...                      "the fit hangs on it")))
    "Does not hold. Cook's distance: 0.9 (row 3)"
    """
    name = check.check[:1].upper() + check.check[1:]
    return Verdict(check.holds, label(f"{name}: {check.figure}", 110))


def calibration_verdict(table: pd.DataFrame, test: HosmerLemeshow) -> Verdict:
    """Of `diagnostics.calibration_table` and the Hosmer-Lemeshow test, which is left out where it
    would reject any model.

    It holds unless p is below 0.05, or more intervals miss their prediction than happens once in
    a hundred where it does.
    """
    inside, n = int(table["inside"].sum()), len(table)
    holds = upper_tail(n - inside, n, 1 - LEVEL) >= RARE
    words = f"Calibration: {inside} of {n} intervals hold the prediction"
    if float(table["weight"].sum()) <= OVERPOWERED and not np.isnan(test.p_value):
        holds = holds and test.p_value >= 1 - LEVEL
        words += f"; Hosmer-Lemeshow p {plain(test.p_value, 2)}"
    return Verdict(holds, words)
