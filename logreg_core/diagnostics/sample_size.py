"""Are there enough rows of the rarer outcome for so many coefficients?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..result import LogitFit
from .observed import Observed, observe

__all__ = ["EventsPerVariable", "events_per_variable"]


@dataclass(frozen=True)
class EventsPerVariable:
    """events: weight of the rarer outcome; parameters: slopes estimated; per_variable: their
    ratio (inf without slopes); shrinkage: 1 - parameters / likelihood-ratio statistic, by which
    predictions are expected to be too extreme on new rows (NaN for penalised fits)."""

    events: float
    parameters: int
    per_variable: float
    shrinkage: float


def events_per_variable(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> EventsPerVariable:
    """Are there enough rows of the rarer outcome?

    Ten for each slope is the old rule (Peduzzi et al. 1996, Journal of Clinical Epidemiology 49,
    1373-1379, doi:10.1016/S0895-4356(96)00236-3), twenty a safer one; what matters is the
    expected shrinkage, to be 0.9 or more (van Houwelingen and le Cessie 1990, Statistics in
    Medicine 9, 1303-1325, doi:10.1002/sim.4780091109; Riley et al. 2019, 38, 1276-1296,
    doi:10.1002/sim.7992). Frequency weights count as rows.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(12)]
    >>> y = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> found = lc.diagnostics.events_per_variable(lc.fit(X, y), X, y)
    >>> found.events, found.parameters, round(found.shrinkage, 3)
    (6.0, 1, 0.732)
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    return events_per_variable_of(seen)


def events_per_variable_of(seen: Observed) -> EventsPerVariable:
    """The same for rows already matched with their fit."""
    fit = seen.fit
    events = min(seen.blocks.totals())
    slopes = fit.n_parameters - int(fit.fit_intercept)
    ratio = 2.0 * (fit.loglik - fit.null_loglik)
    penalised = bool(fit.l2 or fit.penalty)
    shrinkage = 1.0 - slopes / ratio if ratio > 0.0 and not penalised else float("nan")
    return EventsPerVariable(events, slopes, events / slopes if slopes else float("inf"), shrinkage)
