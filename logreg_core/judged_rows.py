"""A fit and the rows it was made from, arranged for judging: columns in the order of X."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .fitted_rows import match
from .problem import Objective, Problem, sample_coordinates
from .result import LogitFit
from .workers import Workers

__all__ = ["Judged", "arrange", "as_fitted", "refuse_firth"]

Floats = NDArray[np.float64]
SAME = 1e-14  # two roundings of one number


@dataclass(frozen=True)
class Judged:
    """problem: the rows; kept (k',): places of the coefficients that were not dropped, in the
    order of their columns in X; columns (k',): their positions in X, -1 for the intercept."""

    fit: LogitFit
    problem: Problem
    kept: NDArray[np.intp]
    columns: NDArray[np.int64]

    @property
    def coef(self) -> Floats:
        """(k',) coefficients kept, in the order of X."""
        return np.asarray(self.fit.coef[self.kept], dtype=np.float64)

    def workers(self, threads: int | None = None) -> Workers:
        """The threads of one judgement."""
        return Workers(threads, self.problem.blocks.n_rows * len(self.problem.names))

    def objective(self, workers: Workers) -> Objective:
        """What the fit has climbed, in centred and scaled columns without rotation."""
        problem = self.problem
        whole = sample_coordinates(problem.blocks, problem.fit_intercept, problem.names)
        frame = whole.take(self.columns + int(problem.fit_intercept))
        return Objective(problem.blocks, frame, workers, float(self.fit.l2))

    def inside(self, objective: Objective) -> Floats | None:
        """(k',) the fit's own coefficients of centred and scaled columns, which carry more digits
        than those of columns far from 0; None where they are those of another point or centre."""
        c, fit = objective.coordinates, self.fit
        if not np.array_equal(c.center, fit.center[self.kept]):
            return None
        inside = np.asarray(fit.centered_coef[self.kept] / c.scale)
        there = c.from_columns(self.coef)
        same = np.abs(inside - there) <= SAME * (np.abs(there) + np.abs(self.coef / c.scale))
        return inside if same.all() else None

    def spread(self, values: Floats, missing: float = np.nan) -> Floats:
        """Values of the coefficients kept as (k,) in the order of the fit, others ``missing``."""
        out = np.full(len(self.fit.names), missing)
        out[self.kept] = values
        return out


def as_fitted(fit: LogitFit, problem: Problem) -> Judged:
    """The rows that `fit` itself has prepared: columns are in order already."""
    places = np.arange(len(fit.names), dtype=np.int64) - int(fit.fit_intercept)
    return _judged(fit, problem, places)


def arrange(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
) -> Judged:
    """Columns matched with the fit's, by name in a frame; labels matched with its classes.

    Raises
    ------
    DataError
        No fit; Firth's penalty, under which the theory does not hold; columns that do not match.
    """
    if not isinstance(fit, LogitFit):
        raise DataError(
            f"fit is a {type(fit).__name__}",
            "a LogitFit, as fit() returns it",
            "there are no coefficients to judge",
            "call fit(X, y) first and pass its result; for coefficients from elsewhere there is "
            "crosscheck.referee",
        )
    problem, places, _ = match(fit, X, y, sample_weight, offset, n_trials)
    return _judged(fit, problem, places)


def refuse_firth(penalty: str | None) -> None:
    """A certificate is about the maximum of a concave function."""
    if penalty is not None:
        raise DataError(
            f"the fit has penalty={penalty!r}",
            "a maximum of the log-likelihood, with or without a ridge",
            "a certificate needs a concave function, and Firth's is not known to be one",
            "certify a fit without this penalty",
            option="penalty",
            value=penalty,
        )


def _judged(fit: LogitFit, problem: Problem, places: NDArray[np.int64]) -> Judged:
    refuse_firth(fit.penalty)
    kept = np.flatnonzero(~np.isnan(fit.coef))
    kept = kept[np.argsort(places[kept], kind="stable")]
    return Judged(fit, problem, kept, places[kept].astype(np.int64))
