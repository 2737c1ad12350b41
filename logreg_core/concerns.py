"""What a fit warns of, or raises: redundant columns, separation, too few digits, no convergence."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .ascent import Status
from .errors import (
    ConvergenceWarning,
    IllConditionedWarning,
    LogregWarning,
    SeparationError,
    SeparationWarning,
    SingularError,
    SingularWarning,
)
from .rank import Relation
from .result import LogitFit

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["raise_or_warn", "warn_of_quality"]

# Columns that differ from a combination of others by less than this share keep under 7 digits.
THIN = 1e-9
SHOWN = 8  # relations or names in a message; all of them are in its evidence


def raise_or_warn(finding: tuple[Relation, ...] | Separation, choice: str) -> None:
    """Say what was found: as an exception where ``choice`` is "raise", else as a warning."""
    error: type[SingularError] | type[SeparationError]
    warning: type[LogregWarning]
    if not isinstance(finding, tuple):
        error, warning = SeparationError, SeparationWarning
        parts = (
            finding.explain(),
            "outcomes that overlap in every direction",
            "the coefficients named have no finite estimate; every finite number a program shows "
            "for them depends on when it stopped",
            "drop or merge the columns named, or use penalty='firth' or l2",
        )
        evidence: dict[str, Any] = {
            "separation": finding,
            "columns": (*finding.infinite, *finding.undetermined),
        }
    else:
        error, warning = SingularError, SingularWarning
        parts = (
            _listed([str(relation) for relation in finding], "; "),
            "columns none of which is a combination of others",
            f"the coefficients of {_listed([r.name for r in finding], ', ')} are not determined",
            "keep these columns out; the fit goes on without them, the leftmost kept"
            if choice == "drop"
            else "keep these columns out, or use on_singular='drop' or l2",
        )
        evidence = {"aliased": finding, "columns": tuple(r.name for r in finding)}
    if choice == "raise":
        raise error(*parts, **evidence)
    _warn(warning(*parts, **evidence))


def _listed(words: list[str], joint: str) -> str:
    rest = len(words) - SHOWN
    return joint.join(words[:SHOWN]) + (f"{joint}and {rest} more" if rest > 0 else "")


def _warn(warning: LogregWarning) -> None:
    """Warn at the line of the user's call, however deep inside the library it was found."""
    package = __name__.partition(".")[0]
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    warnings.warn(warning, stacklevel=level)


def warn_of_quality(result: LogitFit) -> None:
    """Warn where the criteria were not met, or where few digits are right."""
    if result.status in (Status.MAX_ITER, Status.STALLED, Status.UNDECIDED):
        last = result.steps[-1] if result.steps else None
        decrement = last.decrement if last else np.inf
        change = last.max_eta_change if last else np.inf
        _warn(
            ConvergenceWarning(
                f"the fit ended after {len(result.steps)} steps, the last of which had a decrement "
                f"of {decrement:.3g} and changed a log-odds by {change:.3g}"
                if last
                else "the fit ended before its first step",
                f"a decrement of at most {result.tol:g}",
                str(result.status),
                "see fit.trace",
                decrement=decrement,
                max_eta_change=change,
                status=result.status,
            )
        )
    if result.root is None or not result.converged or result.l2:
        return
    # The diagonal of R is what a column adds to those before it.
    share = np.abs(result.root.diagonal()) / np.sqrt((result.root**2).sum(axis=0))
    if share.min() < THIN:
        kept = [n for n, c in zip(result.names, result.coef, strict=True) if not np.isnan(c)]
        name, digits = kept[int(share.argmin())], max(0, int(15.5 + np.log10(share.min())))
        _warn(
            IllConditionedWarning(
                f"column {name!r} is a combination of the columns before it up to a share of "
                f"{share.min():.1e}",
                "columns that differ by more than rounding",
                f"about {digits} digits of its coefficient are right",
                "drop or merge columns, or use l2",
                column=name,
                condition_number=result.condition_number,
            )
        )
