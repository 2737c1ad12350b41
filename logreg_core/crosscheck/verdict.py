"""What is said of one answer: its digits, whether it agrees, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .digits import worst

__all__ = ["Reason", "Verdict", "small"]

Floats = NDArray[np.float64]


def small(value: float | None) -> str:
    """A distance in a few characters: by its power of ten where it is small.

    >>> small(775.52), small(0.00012), small(-1e-17), small(None)
    ('776', '1.2e-04', '0', '-')
    """
    if value is None or value != value:
        return "-"
    return "0" if abs(value) < 1e-12 else f"{value:.1e}" if abs(value) < 0.01 else f"{value:.3g}"


@dataclass(frozen=True)
class Reason:
    """A cause that a test has found, and the numbers the test went by.

    code : "separation", "penalised", "intercept penalised", "Firth penalty", "default ridge",
    "stopped early", "diverged", "scale", "uncentred", "collinear", "rounding", "split", "dropped",
    "covariance", "class order", "baseline" or "unexplained".
    """

    code: str
    words: str
    evidence: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, eq=False)
class Verdict:
    """One answer of one peer, judged.

    kind : "answered", or "failed", "crashed", "time limit", "unsupported", "not installed", and
        then `failure` says what happened.
    coef, digits : (k,) the answer, in our order, and how many digits of it are right; folded on
        the independent columns where some are combinations of others. std_error,
        std_error_digits : the same of its standard errors, or None.
    loglik_lost : how far its coefficients lie below the maximum, in log-likelihood.
    loglik_digits : right digits of the log-likelihood it states, or None.
    probability_difference : the largest difference of a row's probability.
    decrement : of its score, sqrt(g' I^-1 g / weight): zero at a maximum (log-odds).
    seconds, steps, converged, warned : of the call, the last two as it claims itself.
    agrees : whether every coefficient has the digits asked for; None where there is no answer to
        judge (not installed, or cannot be asked).
    """

    peer: str
    setting: str
    kind: str
    agrees: bool | None
    failure: str = ""
    coef: Floats | None = None
    digits: Floats | None = None
    std_error: Floats | None = None
    std_error_digits: Floats | None = None
    loglik_lost: float | None = None
    loglik_digits: float | None = None
    probability_difference: float | None = None
    decrement: float | None = None
    seconds: float | None = None
    steps: int | None = None
    converged: bool | None = None
    warned: tuple[tuple[str, str], ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def fewest(self) -> float:
        """Right digits of its worst coefficient; NaN where it gave none."""
        return float("nan") if self.digits is None else worst(self.digits)

    @property
    def fewest_of_std_errors(self) -> float:
        """Right digits of its worst standard error; NaN where it gave none."""
        return float("nan") if self.std_error_digits is None else worst(self.std_error_digits)

    @property
    def codes(self) -> tuple[str, ...]:
        """The reasons in short."""
        return tuple(reason.code for reason in self.reasons)
