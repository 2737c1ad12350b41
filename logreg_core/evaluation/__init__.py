"""How good are the predictions, how sure is that, and from where on should a row be flagged?

>>> from logreg_core import evaluation
>>> y, p = [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
>>> evaluation.choose_threshold(y, p, "youden").threshold
0.5

Intervals and tests take frequencies as weights or none; nothing here resamples classes, and
every rate that depends on the share of positive rows can be carried over to another share
(`at_prevalence`).
"""

from ..proportions import wilson_interval
from .accuracy import Accuracy, accuracy_test
from .area import AucDifference, AucInterval, auc_difference, auc_interval
from .area_bootstrap import auc_bootstrap
from .at_threshold import AtThreshold, at_threshold
from .by_blocks import BlockEvaluation, evaluate_blocks
from .cross_validation import CrossValidation, cross_validate
from .held_out import Evaluation, evaluate
from .prevalence import AtPrevalence, at_prevalence
from .rank_bounds import Bounded
from .thresholds import choose_threshold, threshold_table

__all__ = [
    "Accuracy",
    "AtPrevalence",
    "AtThreshold",
    "AucDifference",
    "AucInterval",
    "BlockEvaluation",
    "Bounded",
    "CrossValidation",
    "Evaluation",
    "accuracy_test",
    "at_prevalence",
    "at_threshold",
    "auc_bootstrap",
    "auc_difference",
    "auc_interval",
    "choose_threshold",
    "cross_validate",
    "evaluate",
    "evaluate_blocks",
    "threshold_table",
    "wilson_interval",
]


def __dir__() -> list[str]:
    return sorted(__all__)
