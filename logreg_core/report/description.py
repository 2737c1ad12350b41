"""What are the columns like, and how often is the outcome positive within each level?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..design import Design

__all__ = ["CategoryColumn", "LevelRate", "NumberColumn", "describe"]


@dataclass(frozen=True)
class LevelRate:
    """One level of a category: its rows, and the positive ones among them."""

    level: Any
    n_rows: int
    n_positive: int

    @property
    def rate(self) -> float:
        """Share of positive rows (probability)."""
        return self.n_positive / self.n_rows


@dataclass(frozen=True)
class CategoryColumn:
    """A category's levels, the reference first."""

    name: str
    levels: tuple[LevelRate, ...]


@dataclass(frozen=True)
class NumberColumn:
    """A number's distribution, in its own unit; means are those of either class."""

    name: str
    minimum: float
    median: float
    maximum: float
    negative_mean: float
    positive_mean: float


def describe(design: Design) -> tuple[tuple[CategoryColumn, ...], tuple[NumberColumn, ...]]:
    """Describe the columns of the rows used: categories and numbers.

    Notes
    -----
    One pass over X, and a partial sort of each number.

    Examples
    --------
    >>> import pandas as pd
    >>> from logreg_core.design import Design
    >>> frame = pd.DataFrame({"age": [30, 41, 60], "city": ["Oslo", "Rome", "Rome"],
    ...                       "ill": ["no", "no", "yes"]})
    >>> categories, numbers = describe(Design.from_frame(frame, target="ill"))
    >>> [(level.level, level.rate) for level in categories[0].levels]
    [('Oslo', 0.0), ('Rome', 0.5)]
    >>> numbers[0].median, numbers[0].positive_mean
    (41.0, 60.0)
    """
    X, positive = design.X, design.y != 0
    n_rows, n_positive = len(positive), int(np.count_nonzero(positive))
    categories, numbers, j = [], [], 0
    for feature in design.encoding.features:
        columns = X[:, j : j + len(feature.columns)]
        j += columns.shape[1]
        name = str(feature.name)
        if feature.levels:
            rows = columns.sum(axis=0).astype(int).tolist()
            hits = columns[positive].sum(axis=0).astype(int).tolist()
            rows, hits = [n_rows - sum(rows), *rows], [n_positive - sum(hits), *hits]
            parts = zip(feature.levels, rows, hits, strict=True)
            categories.append(CategoryColumn(name, tuple(LevelRate(*part) for part in parts)))
        else:
            x = columns[:, 0]
            numbers.append(
                NumberColumn(
                    name,
                    float(x.min()),
                    float(np.median(x)),
                    float(x.max()),
                    float(x[~positive].mean()),
                    float(x[positive].mean()),
                )
            )
    return tuple(categories), tuple(numbers)
