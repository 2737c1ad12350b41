"""Where the odds ratios and their intervals lie on a common log scale, in percent of its width."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .document import Effect

__all__ = ["Forest", "ForestRow", "forest"]

_TICKS = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9,
    1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0,
)  # fmt: skip
_WIDEST = 100.0  # odds ratios beyond this, either way, leave the picture


@dataclass(frozen=True)
class ForestRow:
    """An effect and the places (0 to 100) of its point and interval; None where it has none."""

    effect: Effect
    point: float | None
    start: float | None
    end: float | None

    @property
    def excludes_one(self) -> bool:
        """Whether the interval lies on one side of an odds ratio of 1."""
        return self.effect.lower > 1 or self.effect.upper < 1


@dataclass(frozen=True)
class Forest:
    """Rows, ticks as (odds ratio, place), and the place of an odds ratio of 1."""

    rows: tuple[ForestRow, ...]
    ticks: tuple[tuple[str, float], ...]
    one: float


def forest(effects: Sequence[Effect]) -> Forest:
    """Place every effect on a log scale that holds all finite intervals and 1."""
    ends = [
        min(max(value, 1 / _WIDEST), _WIDEST)
        for effect in effects
        for value in (effect.odds_ratio, effect.lower, effect.upper)
        if math.isfinite(value)
    ]
    low = math.log(min([0.8, *ends])) - 0.08
    high = math.log(max([1.25, *ends])) + 0.08

    def place(ratio: float) -> float:
        inside = min(max(ratio, math.exp(low)), math.exp(high))
        return round(100 * (math.log(inside) - low) / (high - low), 2)

    rows = []
    for effect in effects:
        point = None if math.isnan(effect.odds_ratio) else place(effect.odds_ratio)
        bare = math.isnan(effect.lower)
        start, end = (None, None) if bare else (place(effect.lower), place(effect.upper))
        rows.append(ForestRow(effect, point, start, end))
    shown = [tick for tick in _TICKS if low < math.log(tick) < high]
    return Forest(tuple(rows), tuple((f"{t:g}", place(t)) for t in _spread(shown, place)), place(1))


def _spread(ticks: list[float], place: Callable[[float], float]) -> list[float]:
    """Drop ticks whose labels would touch, 1 never."""
    kept: list[float] = [1.0]
    for tick in sorted(ticks, key=lambda t: abs(math.log(t))):
        if all(abs(place(tick) - place(other)) >= 9 for other in kept):
            kept.append(tick)
    return sorted(kept)
