"""Largest sizes over rows, wherever these lie: what is added is compared, so no order matters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .array_blocks import Blocks
from .blocks import sum_over
from .coordinates import Coordinates
from .spans import Span, packed, seen_under
from .workers import Workers

__all__ = ["Largest", "largest_entries"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Largest:
    """Sizes (m,) to which others are added by taking the larger of each; NaN stays.

    >>> (Largest(np.array([1.0, 5.0])) + Largest(np.array([2.0, 3.0]))).sizes.tolist()
    [2.0, 5.0]
    """

    sizes: Floats

    def __add__(self, other: Largest) -> Largest:
        return Largest(np.maximum(self.sizes, other.sizes))


def largest_entries(blocks: Blocks, coordinates: Coordinates, workers: Workers) -> Floats:
    """(k,) largest |entry| of each column of a pass over the rows that have weight, by NumPy.

    >>> from .array_blocks import ArrayBlocks
    >>> rows = ArrayBlocks(np.array([[1.0], [-3.0]]), np.array([0, 1], dtype=np.uint8))
    >>> seen = Coordinates(np.arange(-1, 1), np.zeros(2), np.ones(2))
    >>> largest_entries(rows, seen, Workers(1, 0)).tolist()
    [1.0, 3.0]
    """
    return sum_over(blocks, partial(_largest_of_span, coordinates), workers).sizes


def _largest_of_span(coordinates: Coordinates, span: Span) -> Largest:
    found = np.zeros(len(coordinates.columns))
    for leaf in (leaf for packs in packed(span) for leaf in seen_under(packs, coordinates)):
        X = leaf.X[leaf.success + leaf.failure > 0.0] if leaf.success.size else leaf.X
        np.maximum(found, np.abs(X).max(axis=0, initial=0.0), out=found)
    return Largest(found)
