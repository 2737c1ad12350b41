"""Pictures of a fit, each by one call that returns matplotlib Axes (extra `report`).

    ax = lc.plots.roc(fit, X, y)
    ax.figure.savefig("roc.png")

Figures are made without pyplot, so a notebook shows ``ax.figure`` and not the Axes; pass ``ax``
to draw into a figure of your own.
"""

from .calibration import calibration
from .collinearity import vif
from .confusion import confusion
from .curves import precision_recall, roc
from .forest import coefficients
from .linearity import binned_residuals, box_tidwell
from .model import check_model
from .profile import profile
from .residuals import leverage
from .trace import convergence

__all__ = [
    "binned_residuals",
    "box_tidwell",
    "calibration",
    "check_model",
    "coefficients",
    "confusion",
    "convergence",
    "leverage",
    "precision_recall",
    "profile",
    "roc",
    "vif",
]


def __dir__() -> list[str]:
    return sorted(__all__)
