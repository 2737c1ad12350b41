"""How good is a classifier? scikit-learn's scores by their names, arguments and results.

Own code on NumPy and numba: counts are exact, sums are float64 and have the same bits for any
number of threads, and bad input is refused with a reason (:class:`logreg_core.errors.DataError`).
Two classes are the mission; the counting scores take any number.

>>> from logreg_core import metrics
>>> metrics.confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
array([[1, 0],
       [1, 2]])
"""

from .agreement import balanced_accuracy_score, matthews_corrcoef
from .calibration import calibration_curve
from .checks import UndefinedMetricWarning
from .counts import accuracy_score, confusion_matrix
from .curves import precision_recall_curve, roc_curve
from .probability import brier_score_loss, log_loss
from .ranking import average_precision_score, roc_auc_score
from .report import classification_report
from .scores import f1_score, precision_score, recall_score

__all__ = [
    "UndefinedMetricWarning",
    "accuracy_score",
    "average_precision_score",
    "balanced_accuracy_score",
    "brier_score_loss",
    "calibration_curve",
    "classification_report",
    "confusion_matrix",
    "f1_score",
    "log_loss",
    "matthews_corrcoef",
    "precision_recall_curve",
    "precision_score",
    "recall_score",
    "roc_auc_score",
    "roc_curve",
]


def __dir__() -> list[str]:
    return sorted(__all__)
