"""Fits that a statistic cannot be asked of, and why."""

from __future__ import annotations

from typing import Any

from ..ascent import Status
from ..errors import DataError, LogregError, SeparationError
from ..result import LogitFit

__all__ = ["refuse_no_fit", "refuse_ridge", "refuse_separated"]


def refuse_no_fit(fit: Any) -> None:
    """The first argument has to be a `LogitFit` that came to an end."""
    if not isinstance(fit, LogitFit):
        raise DataError(
            f"fit is a {type(fit).__name__}",
            "a LogitFit, as fit() returns it",
            "there are no coefficients to ask about",
            "call fit(X, y) first, and pass its result",
        )
    if fit.status not in (Status.CONVERGED, Status.SEPARATED):
        raise LogregError(
            f"the fit has the status {fit.status.word!r}",
            "a fit that reached its maximum, or its limit",
            "tests, intervals and effects belong to the maximum",
            "raise max_iter, read fit.status and fit.trace",
            status=fit.status,
        )


def refuse_ridge(fit: LogitFit, what: str, also_firth: bool = False) -> None:
    """A statistic whose theory is that of the unpenalised maximum."""
    if not (fit.l2 or (also_firth and fit.penalty)):
        return
    kind = f"l2 = {fit.l2:g}" if fit.l2 else f"penalty={fit.penalty!r}"
    raise LogregError(
        f"the fit has {kind}",
        f"a fit without {'a penalty' if also_firth else 'a ridge'}, for {what}",
        "penalised coefficients are biased on purpose, and the statistic has not the "
        "distribution that its p-value would be taken from",
        "fit again without the penalty",
    )


def refuse_separated(fit: LogitFit, what: str, remedy: str) -> None:
    """A statistic that needs every coefficient finite."""
    if fit.status is not Status.SEPARATED:
        return
    separation = fit.separation
    names = (*separation.infinite, *separation.undetermined) if separation else ()
    raise SeparationError(
        f"the fit is separated: no finite estimate of {', '.join(names)}",
        f"finite coefficients, for {what}",
        "the statistic would depend on the step at which the climb stopped",
        remedy,
        columns=names,
        separation=separation,
    )
