"""What relates to `verified_status`? The case study, from a frame to every number it reports.

    study = lc.verified_status.case_study(lc.datasets.verified_status())
    study.effects.claim.odds_ratio, study.held_out.prevalence.at.precision

One function; its result is frozen and holds no rows but the test rows' outcomes and predictions.
"""

from __future__ import annotations

from .answers import QUESTIONS, answer
from .approach import Approach
from .checks import Checks
from .columns import words
from .data_report import DataReport
from .effects import Effect, Effects, Term
from .exploration import Exploration
from .held_out import HeldOut, Judged
from .models import Model, Models
from .published import PUBLISHED, Published
from .sensitivity import MissingRows, Run, Sensitivity
from .study import CaseStudy, case_study
from .usual import UsualRecipe

__all__ = [
    "PUBLISHED",
    "QUESTIONS",
    "Approach",
    "CaseStudy",
    "Checks",
    "DataReport",
    "Effect",
    "Effects",
    "Exploration",
    "HeldOut",
    "Judged",
    "MissingRows",
    "Model",
    "Models",
    "Published",
    "Run",
    "Sensitivity",
    "Term",
    "UsualRecipe",
    "answer",
    "case_study",
    "words",
]


def __dir__() -> list[str]:
    return sorted(__all__)
