"""Does the model fit, and do its assumptions hold? Numbers, with words that say what they mean.

Every function takes a fit and rows: arrays, a frame (columns by name) or a `Design`. `assumptions`
runs the checks and tells what to do; the others give each check in full.
"""

from __future__ import annotations

from .assumption_table import Assumptions, Check
from .assumptions import assumptions
from .binned import binned_residuals
from .box_tidwell import box_tidwell
from .brier import BrierDecomposition, brier_decomposition
from .calibration import Calibration, calibration, calibration_table
from .calibration_curve import CalibrationCurve, calibration_curve
from .collinearity import condition_indices, generalised_vif, vif
from .duplicates import DuplicateRows, duplicate_rows
from .goodness import (
    LinkTest,
    StukelTest,
    SumOfSquaresTest,
    link_test,
    stukel_test,
    sum_of_squares_test,
)
from .hosmer_lemeshow import HosmerLemeshow, hosmer_lemeshow
from .influence import influence
from .influence_summary import InfluenceSummary, influence_summary
from .residuals import residuals
from .sample_size import EventsPerVariable, events_per_variable

__all__ = [
    "Assumptions",
    "BrierDecomposition",
    "Calibration",
    "CalibrationCurve",
    "Check",
    "DuplicateRows",
    "EventsPerVariable",
    "HosmerLemeshow",
    "InfluenceSummary",
    "LinkTest",
    "StukelTest",
    "SumOfSquaresTest",
    "assumptions",
    "binned_residuals",
    "box_tidwell",
    "brier_decomposition",
    "calibration",
    "calibration_curve",
    "calibration_table",
    "condition_indices",
    "duplicate_rows",
    "events_per_variable",
    "generalised_vif",
    "hosmer_lemeshow",
    "influence",
    "influence_summary",
    "link_test",
    "residuals",
    "stukel_test",
    "sum_of_squares_test",
    "vif",
]


def __dir__() -> list[str]:
    return sorted(__all__)
