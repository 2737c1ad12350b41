"""The case study: one call from a frame to every number that the documents use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from ..certificate import Certificate
from .approach import Approach
from .checks import Checks
from .data_report import DataReport
from .effects import Effects
from .exploration import Exploration
from .held_out import HeldOut
from .models import Models
from .sensitivity import Sensitivity
from .usual import UsualRecipe

__all__ = ["CaseStudy", "case_study"]


@dataclass(frozen=True, eq=False)
class CaseStudy:
    """Everything the notebook, the report, the summary and the PACE document say in figures.

    Attributes
    ----------
    data : `DataReport`; exploration : `Exploration`; approach : `Approach`, linear or logistic.
    models : `Models`, five fits of the complete rows; ``models.seven.fit`` is the model.
    effects : `Effects`, inference with Holm; checks : `Checks`, assumptions.
    held_out : `HeldOut`, the test rows' verdict at three thresholds.
    sensitivity : `Sensitivity`; usual : `UsualRecipe`.
    certificate : of the seven-feature fit: right digits of its coefficients.
    seed, test_size, level : of the split, and of intervals.
    versions : package -> version.
    """

    data: DataReport
    exploration: Exploration
    approach: Approach
    models: Models
    effects: Effects
    checks: Checks
    held_out: HeldOut
    sensitivity: Sensitivity
    usual: UsualRecipe
    certificate: Certificate
    seed: int
    test_size: float
    level: float
    versions: Mapping[str, str]


def case_study(
    frame: pd.DataFrame,
    *,
    seed: int = 0,
    test_size: float = 0.25,
    level: float = 0.95,
    callback: Callable[[int, int, str], None] | None = None,
) -> CaseStudy:
    """What relates to verified status? From a frame to every number that the documents use."""
    raise NotImplementedError
