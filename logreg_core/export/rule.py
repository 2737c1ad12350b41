"""The scoring rule of a fit as plain numbers: what every export writes in its own language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..columns import Level
from ..terms import Factor, Term

if TYPE_CHECKING:
    from ..encoding import Feature
    from ..result import LogitFit

__all__ = ["Category", "Product", "Rule", "raw_coefficients", "scoring_rule"]


@dataclass(frozen=True)
class Category:
    """A column of text or codes: what each of its levels adds, in their order."""

    column: Any
    levels: tuple[Level, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Product:
    """slope * (product of the factors - center); a factor with a level is 1 there, else 0."""

    factors: tuple[tuple[Factor, Level | None], ...]
    center: float
    slope: float


@dataclass(frozen=True)
class Rule:
    """log-odds = intercept + sum over the parts; every number is finite.

    Numbers keep the centres that the fit scores by: expanded to slope * value, a column far from
    zero would cancel against the intercept and cost its digits.
    """

    intercept: float
    parts: tuple[Category | Product, ...]

    @property
    def variables(self) -> dict[Any, tuple[Level, ...]]:
        """The raw columns, each with its levels; none for numbers."""
        found: dict[Any, tuple[Level, ...]] = {}
        for part in self.parts:
            if isinstance(part, Category):
                found[part.column] = part.levels
            else:
                found |= {factor.column: factor.levels for factor, _ in part.factors}
        return found


def scoring_rule(fit: LogitFit, encoded: bool) -> Rule:
    """The rule that ``fit.log_odds`` follows.

    Parameters
    ----------
    encoded : the rows will hold the columns of X, although the fit knows a raw frame's encoding

    Notes
    -----
    Dropped columns have the slope 0. Infinite coefficients enter by the last finite iterate, as
    in the fit's own scores: probabilities are within rounding of their limits.
    """
    beta = np.where(np.isnan(fit.centered_coef), 0.0, fit.centered_coef)
    first = int(fit.fit_intercept)
    slopes, centers = beta[first:].tolist(), fit.center[first:].tolist()
    raw = fit.encoding is not None and not encoded
    runs = _runs(fit.encoding.features) if raw and fit.encoding else _columns(fit.names[first:])
    parts: list[Category | Product] = []
    intercept, place = float(beta[0]) if first else 0.0, 0
    for run in runs:
        options = [(None,) if not f.levels else f.coded for f in run]
        width = int(np.prod([len(choices) for choices in options]))
        at = range(place, place + width)
        place += width
        if len(run) == 1 and run[0].levels:
            intercept -= sum(slopes[j] * centers[j] for j in at)  # 0 or 1: nothing cancels
            values = [0.0] * (not run[0].full) + [slopes[j] for j in at]
            parts.append(Category(run[0].column, run[0].levels, tuple(values)))
            continue
        grown: list[tuple[tuple[Factor, Level | None], ...]] = [()]
        for factor, choices in zip(run, options, strict=True):
            grown = [(*old, (factor, level)) for level in choices for old in grown]
        parts += [Product(f, centers[j], slopes[j]) for f, j in zip(grown, at, strict=True)]
    return Rule(intercept, tuple(parts))


def _columns(names: tuple[str, ...]) -> Iterator[tuple[Factor, ...]]:
    return ((Factor(name),) for name in names)


def _runs(features: tuple[Feature | Term, ...]) -> Iterator[tuple[Factor, ...]]:
    """The factors whose products are the columns of X, run by run."""
    for feature in features:
        if isinstance(feature, Term):
            yield from feature.parts
        else:
            yield (Factor(feature.name, levels=feature.levels),)


def raw_coefficients(fit: LogitFit) -> tuple[float, NDArray[Any]]:
    """Intercept and slopes of the columns of X as they are, all finite: 0.0 where dropped."""
    beta = np.where(np.isnan(fit.centered_coef), 0.0, fit.centered_coef)
    first = int(fit.fit_intercept)
    slopes = beta[first:]
    shift = float(np.einsum("i,i->", slopes, fit.center[first:]))
    return (float(beta[0]) if first else 0.0) - shift, slopes
