"""What is true: the maximum that everybody's answer is held against, and its own digits."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks import ArrayBlocks
from ..certificate import certify
from ..errors import LogregError, LogregWarning
from ..fitting import fit as fit_maximum
from ..polishing import polish
from ..problem import Objective, Problem, prepare, sample_coordinates
from ..result import LogitFit
from ..workers import Workers
from .digits import MOST
from .surface import Point, Surface, decrement
from .task import Task

__all__ = ["Arbiter", "arbitrate"]

Floats = NDArray[np.float64]


def _truth(X: Any, task: Task, threads: int | None) -> tuple[LogitFit, Floats]:
    """The fit that everybody is held against, and how many digits (k,) of it are right."""
    rows: dict[str, Any] = {
        "sample_weight": task.weight, "offset": task.offset, "threads": threads,
    }  # fmt: skip
    with quiet():
        found = fit_maximum(X, task.y, fit_intercept=task.intercept, l2=task.l2, **rows)
        if found.separation is not None and found.separation.kind != "none":
            return found, np.full(len(found.names), MOST)  # its infinities are proven
        with suppress(LogregError):  # not found from there: the certificate will say so
            found = polish(found, X, task.y, **rows)
        return found, np.minimum(certify(found, X, task.y, **rows).digits, MOST)


@dataclass(frozen=True, eq=False)
class Arbiter:
    """A problem with its maximum. Holds the data: it lives as long as a comparison runs.

    coef (k,) as `LogitFit.coef`: +-inf where separated, NaN where dropped or undetermined;
    digits (k,) how many of its digits are right.
    """

    task: Task
    fit: LogitFit
    digits: Floats
    surface: Surface
    levels: dict[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the coefficients, "intercept" first where there is one."""
        return self.fit.names

    @property
    def coef(self) -> Floats:
        """(k,) at the maximum."""
        return self.fit.coef

    @property
    def separated(self) -> bool:
        """Whether no maximum exists."""
        return self.fit.separation is not None and self.fit.separation.kind != "none"

    @cached_property
    def null(self) -> Point:
        """The surface at the intercept's log-odds alone, or at 0."""
        coef = np.zeros(len(self.surface.kept))
        if self.task.intercept:
            weight = np.ones(len(self.task.y)) if self.task.weight is None else self.task.weight
            mean = float(weight @ self.task.y / weight.sum())
            coef[0] = math.log(mean / (1.0 - mean))
        return self.surface.at(coef)

    @cached_property
    def top(self) -> Point:
        """The surface at the maximum; where there is none, at the intercept alone."""
        return self.null if self.separated else self.surface.at(self.coef[self.surface.kept])

    @property
    def loglik(self) -> float:
        """The log-likelihood at its maximum (the supremum, where separated), penalty taken off."""
        return self.fit.loglik if self.separated else self.top.loglik

    @cached_property
    def rounding(self) -> float:
        """The decrement that coefficients rounded to float64 leave: no answer need be better."""
        if self.separated:
            return 0.0
        return 100.0 * self.decrement(self.top) + 1e-12

    def decrement(self, point: Point) -> float:
        """Of a point, in the metric of the maximum."""
        return decrement(point.gradient, self.top.information, self.task.total)

    @cached_property
    def probability(self) -> Floats:
        """(n,) at the maximum, or within rounding of the limit."""
        return self.fit.probability(self._columns(), offset=self.task.offset)

    def _columns(self) -> Any:
        import pandas as pd

        features = self.names[1:] if self.task.intercept else self.names
        return pd.DataFrame(self.task.X, columns=list(features), copy=False)

    def folded(self, coef: Floats) -> Floats:
        """Coefficients of the kept columns alone, for the same predictor: what stood on a column
        that is a combination of others goes to those others; NaN (dropped) is 0."""
        if not self.fit.aliased:
            return coef
        whole = np.where(np.isnan(coef), 0.0, coef)
        place = {name: j for j, name in enumerate(self.names)}
        for relation in reversed(self.fit.aliased):
            share = whole[place[relation.name]]
            for other, factor in relation.terms:
                whole[place[other]] += factor * share
            if self.task.intercept:
                whole[0] += relation.constant * share
            whole[place[relation.name]] = 0.0
        return whole[self.surface.kept]

    def refit(self, columns: Floats | None = None, **options: Any) -> LogitFit:
        """Our fit of the task with other options: to test what a peer may have maximised."""
        task = self.task
        given = {
            "sample_weight": task.weight, "offset": task.offset, "fit_intercept": task.intercept,
            "l2": task.l2, "inference": False,
        }  # fmt: skip
        with quiet():
            return fit_maximum(task.X if columns is None else columns, task.y, **given | options)


@contextmanager
def quiet() -> Iterator[None]:
    """What our fits warn of is said by the comparison itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        yield


@contextmanager
def arbitrate(
    task: Task,
    names: tuple[str, ...],
    levels: dict[str, tuple[str, ...]] | None = None,
    threads: int | None = None,
) -> Iterator[Arbiter]:
    """Find the maximum of a task.

    names : of the columns, without the intercept's; levels : of the categories among them, by
    the name of their column, the baseline first.
    """
    import pandas as pd

    frame = pd.DataFrame(task.X, columns=list(names), copy=False)
    problem = prepare(frame, task.y, task.weight, task.offset, None, task.intercept)
    found, digits = _truth(frame, task, threads)
    with Workers(threads, task.X.size) as workers:
        surface = _surface(problem, found, task, workers)
        yield Arbiter(task, found, digits, surface, levels or {})


def _surface(problem: Problem, found: LogitFit, task: Task, workers: Workers) -> Surface:
    dropped = {relation.name for relation in found.aliased}
    kept = np.array([j for j, name in enumerate(found.names) if name not in dropped], np.intp)
    assert isinstance(problem.blocks, ArrayBlocks)
    whole = sample_coordinates(problem.blocks, task.intercept, problem.names)
    return Surface(problem, Objective(problem.blocks, whole.take(kept), workers, task.l2), kept)
