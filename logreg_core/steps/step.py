"""One step of Newton's method, as an object that can be read, checked and explained."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ascent import Status

__all__ = ["Step", "Trial"]

Floats = NDArray[np.float64]


class Trial(NamedTuple):
    """A point tried along the direction: how far (share of the Newton step), and its height."""

    step_length: float
    loglik: float


@dataclass(frozen=True, eq=False)
class Step:
    """Where a climb stands, what it sees there, and where it goes.

    All is in the units of the columns as given, the intercept first. The next point follows from
    what is shown:  next_beta = beta + step_length * information^-1 gradient.

    Attributes
    ----------
    number : 0 for the start.
    names : (k,) of the coefficients.
    beta : (k,) coefficients here, log-odds per unit of the column.
    loglik : log-likelihood here (less the ridge penalty, where there is one), in nats.
    eta_range : smallest and largest log-odds of a row.
    mu, working_weight, working_response : (n,) of each row: probability; w mu (1 - mu), in rows;
        eta - offset + (y - mu) / (mu (1 - mu)), in log-odds. None where the rows are many.
    gradient : (k,) slope of loglik, nats per unit of beta.
    information : (k, k) minus the Hessian.
    condition_number : of ``information``: what a solver on the columns as given has to bear.
    scaled_condition_number : of the same matrix in centred and scaled columns, where the step
        is computed.
    direction : (k,) the full Newton step, information^-1 gradient.
    decrement : sqrt(gradient' direction / weight), log-odds; the rise of loglik that a full step
        promises is weight * decrement^2 / 2.
    max_eta_change : most that a row's log-odds would change by a full step.
    trials : points tried along the direction, the last one taken; none at the end of the climb,
        where the step is so small that it is taken unseen.
    step_length : share of ``direction`` taken.
    next_beta : (k,) where the step leads.
    digits : decimals to which every row's log-odds is right, judged by the step still to go.
    digits_gained : by the step that led here; nan at the start.
    damped : the information was singular and its diagonal had to be raised.
    status : why the climb ends here, or None where it goes on.
    """

    number: int
    names: tuple[str, ...]
    beta: Floats
    loglik: float
    eta_range: tuple[float, float]
    gradient: Floats
    information: Floats = field(repr=False)
    condition_number: float
    scaled_condition_number: float
    direction: Floats
    decrement: float
    max_eta_change: float
    weight_sum: float
    trials: tuple[Trial, ...]
    step_length: float
    next_beta: Floats
    digits: float
    digits_gained: float
    damped: bool
    status: Status | None
    mu: Floats | None = field(repr=False, default=None)
    working_weight: Floats | None = field(repr=False, default=None)
    working_response: Floats | None = field(repr=False, default=None)

    @property
    def hessian(self) -> Floats:
        """(k, k) second derivatives of the log-likelihood: minus the information."""
        return -self.information

    @property
    def halvings(self) -> int:
        """How often the step had to be halved."""
        return max(0, len(self.trials) - 1)

    @property
    def promised_gain(self) -> float:
        """Rise of the log-likelihood that the parabola here promises a full step, in nats."""
        return 0.5 * self.weight_sum * self.decrement**2

    def explain(self) -> str:
        """What happens in this step, in words.

        >>> import logreg_core as lc
        >>> first = next(lc.newton_steps([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]))
        >>> print(first.explain())
        Step 0. The coefficients are intercept = 0, x1 = 0; they give the rows log-odds from 0 to 0.
        The log-likelihood is -2.772589.
        Its slope is intercept: 0, x1: 1; where all are zero is the top.
        The parabola that fits here (condition number 55.8) has its top at intercept = -2, x1 = 0.8.
        A full step changes a row's log-odds by up to 1.2 and promises +0.4.
        The full step is taken: the log-likelihood becomes -2.352595 (+0.42).
        """
        return "\n".join(
            [
                f"Step {self.number}. The coefficients are {self._pairs(self.beta, ' = ')}; they "
                f"give the rows log-odds from {self.eta_range[0]:.4g} to {self.eta_range[1]:.4g}.",
                f"The log-likelihood is {self.loglik:.7g}.",
                f"Its slope is {self._pairs(self.gradient, ': ')}; where all are zero is the top.",
                *self._parabola(),
                *self._taken(),
            ]
        )

    def _pairs(self, values: Floats, between: str) -> str:
        # what is rounding beside the largest is shown as the zero it stands for
        floor = 1e-13 * max(1.0, float(np.abs(values).max(initial=0.0)))
        shown = [0.0 if abs(v) <= floor else v for v in values[:6].tolist()]
        more = f", ... ({len(values)} in all)" if len(values) > 6 else ""
        pairs = zip(self.names, shown, strict=False)
        return ", ".join(f"{name}{between}{v:.4g}" for name, v in pairs) + more

    def _parabola(self) -> list[str]:
        if self.damped:
            yielded = "The curvature has vanished along some direction, so its diagonal is raised."
        else:
            top = self._pairs(self.beta + self.direction, " = ")
            yielded = (
                f"The parabola that fits here (condition number {self.condition_number:.3g}) has "
                f"its top at {top}."
            )
        size = f"A full step changes a row's log-odds by up to {self.max_eta_change:.3g}"
        return [yielded, f"{size} and promises +{self.promised_gain:.3g}."]

    def _taken(self) -> list[str]:
        lines = []
        if self.trials and self.step_length > 0.0:
            reached = self.trials[-1].loglik
            gain = reached - self.loglik
            lines += [_trial_words(t, self.loglik) for t in self.trials[:-1]]
            share = "The full step" if self.step_length == 1.0 else f"{self.step_length:g} of it"
            lines.append(
                f"{share} is taken: the log-likelihood becomes {reached:.7g} ({gain:+.4g})."
            )
        if math.isfinite(self.digits_gained) and self.digits >= 1.0:
            lines.append(
                f"About {self.digits:.1f} decimals of the log-odds are right here "
                f"({self.digits_gained:+.1f})."
            )
        if self.status is not None:
            lines.append(
                f"The climb ends here. {self.status.value[0].upper()}{self.status.value[1:]}."
            )
        return lines


def _trial_words(trial: Trial, loglik: float) -> str:
    share = "The full step" if trial.step_length == 1.0 else f"{trial.step_length:g} of it"
    if not math.isfinite(trial.loglik):
        return f"{share} overshoots: the log-likelihood is not finite there. Halve it."
    fall = trial.loglik - loglik
    would = f"the log-likelihood would be {trial.loglik:.7g} ({fall:+.4g})"
    return f"{share} overshoots: {would}. Halve it."
