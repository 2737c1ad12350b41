"""What a fit says of the world: tests, intervals, effects and predictions with their errors.

Numbers come from a `LogitFit` and, where the rows are needed again, from `(fit, X, y)`. Rows that
are not the fit's are refused. docs/statistics.md lists each statistic's formula and convention.
"""

from __future__ import annotations

from ..tails import critical_value, null_loglik, two_sided, wald_interval
from .adjust import adjust
from .drop1 import drop1
from .fit_statistics import FitStatistics, fit_statistics
from .hypothesis import HypothesisTest
from .likelihood_ratio import likelihood_ratio
from .margins import marginal_effects
from .predictions import predict_interval
from .profile import profile_curve, profile_intervals
from .robust import RobustCovariance, robust_covariance
from .score import score_test
from .wald import wald

__all__ = [
    "FitStatistics",
    "HypothesisTest",
    "RobustCovariance",
    "adjust",
    "critical_value",
    "drop1",
    "fit_statistics",
    "likelihood_ratio",
    "marginal_effects",
    "null_loglik",
    "predict_interval",
    "profile_curve",
    "profile_intervals",
    "robust_covariance",
    "score_test",
    "two_sided",
    "wald",
    "wald_interval",
]


def __dir__() -> list[str]:
    return sorted(__all__)
