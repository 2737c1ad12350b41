"""Some of the rows, spread evenly over all of them and read where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .array_blocks import ArrayBlocks, SampledBlocks, Starts, outcome_totals
from .kernels import PACK
from .plan import plan
from .spans import Packs, Span, packed

__all__ = ["SAMPLE", "SampleBlocks", "sample_of", "sample_rows", "sampled_places"]

SAMPLE = 256  # rows, evenly spread, that choose centre and scale of every column
SEED = 20_260_101
GROUPS = 8  # of stretches: for as many threads
FEWEST_STRETCHES = 8  # however few the rows
MOST_STRETCHES = 32  # enough to be even and to share among threads
LEAST_ELEMENTS = 1 << 15  # of X in a stretch: fewer take less time than the call
# does, and fewer rows than columns less than to add up their information


@dataclass(frozen=True)
class SampleBlocks(ArrayBlocks):
    """Stretches of ``length`` rows, a whole number of packs, from each of ``starts`` on."""

    starts: Starts = ()
    length: int = 0

    @property
    def n_rows(self) -> int:
        return len(self.starts) * self.length

    def spans(self) -> Iterator[Span]:
        for start in self.starts:
            yield self.rows(slice(start, start + self.length))

    def groups(self) -> Iterable[tuple[Packs, ...]]:
        return self._groups if self.X.dtype == np.float64 else self._few(super().groups())

    @cached_property
    def _groups(self) -> tuple[tuple[Packs, ...], ...]:
        return tuple(self._few((packs,) for span in self.spans() for packs in packed(span)))

    @staticmethod
    def _few(groups: Iterable[tuple[Packs, ...]]) -> Iterator[tuple[Packs, ...]]:
        """Some stretches a group: a sum of k x k entries for each would cost more than its rows."""
        packs = [packs for group in groups for packs in group]
        for first in range(0, len(packs), size := -(-len(packs) // GROUPS)):
            yield tuple(packs[first : first + size])

    def totals(self) -> tuple[float, float]:
        success = failure = 0.0
        for start in self.starts:
            rows = slice(start, start + self.length)
            here = outcome_totals(
                self.y[rows], self.weight[rows], self.success[rows], self.failure[rows]
            )
            success, failure = success + here[0], failure + here[1]
        return success, failure

    def thinned(self, rows: int) -> SampleBlocks:
        """About so many of the rows: fewer stretches, and where these get too few shorter ones."""
        number = min(len(self.starts), max(FEWEST_STRETCHES, rows // self.length))
        length = max(PACK, min(self.length, rows // number // PACK * PACK))
        starts = tuple(self.starts[i * len(self.starts) // number] for i in range(number))
        return sample_at(self, starts, length)


def sample_rows(n: int, k: int) -> int:
    """How many of n rows tell enough about k coefficients: no more however many rows there are.

    >>> sample_rows(100_000, 21) < 25_000, sample_rows(10**9, 11) == sample_rows(10**12, 11)
    (True, True)
    """
    return plan(n, k).rows


def sampled_places(n_rows: int, n_columns: int, k: int) -> tuple[Starts, int]:
    """The places `sample_of` asks for where k coefficients are fitted; none among too few rows.

    >>> sampled_places(100, 3, 4)
    ((), 0)
    """
    starts, length = _places(n_rows, n_columns, sample_rows(n_rows, k))
    return (starts, length) if length <= n_rows // len(starts) else ((), 0)


def _places(n_rows: int, n_columns: int, rows: int) -> tuple[Starts, int]:
    """Where about so many rows begin, a random place in each of equal parts, and their length."""
    least = max(-(-LEAST_ELEMENTS // n_columns), 3 * n_columns // 2)
    stretches = max(1, min(MOST_STRETCHES, rows // max(least, PACK)))
    length = max(PACK, -(-rows // (stretches * PACK)) * PACK)
    length = max(PACK, min(length, n_rows // stretches // PACK * PACK))
    room = n_rows // stretches - length
    places = np.random.default_rng(SEED).random(stretches) * room
    starts = np.arange(stretches) * (n_rows // stretches) + places.astype(np.int64)
    return tuple(starts.tolist()), length


def sample_of(blocks: SampledBlocks, rows: int) -> SampleBlocks:
    """About so many rows, the same for the same numbers of rows and columns."""
    starts, length = _places(blocks.n_rows, blocks.n_columns, rows)
    return sample_at(*blocks.stretches(starts, length), length)


def sample_at(blocks: ArrayBlocks, starts: Starts, length: int) -> SampleBlocks:
    """The sample of ``length`` rows from each start on."""
    return SampleBlocks(
        blocks.X, blocks.y, blocks.weight, blocks.success, blocks.failure, blocks.offset,
        starts, length,
    )  # fmt: skip
