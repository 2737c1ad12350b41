"""Some of the rows, spread evenly over all of them and read where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .array_blocks import ArrayBlocks, Blocks, SampledBlocks, Starts
from .kernels import PACK
from .spans import Span

__all__ = ["SampleBlocks", "places_of", "sample_of", "sample_rows"]

SEED = 20_260_101
MOST_STRETCHES = 32  # enough to be even and to share among threads
SHARE = 0.1  # of the rows
WANTED_ROWS_A_COLUMN = 100
MOST_ELEMENTS = 1 << 22  # of X, unless the columns want more: a stream holds them in memory
LEAST_ELEMENTS = 1 << 15  # of X in a stretch: fewer take less time than the call does


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

    def totals(self) -> tuple[float, float]:
        success = failure = 0.0
        for start in self.starts:
            rows = slice(start, start + self.length)
            weight, successes, failures = self.weight[rows], self.success[rows], self.failure[rows]
            here = ArrayBlocks(
                self.X[rows], self.y[rows], weight, successes, failures
            ).totals()  # fmt: skip
            success, failure = success + here[0], failure + here[1]
        return success, failure

    def thinned(self, rows: int) -> SampleBlocks:
        """The beginning of every stretch, about so many rows in all."""
        length = max(PACK, rows // len(self.starts) // PACK * PACK)
        return sample_at(self, self.starts, min(length, self.length))


def sample_rows(n: int, k: int) -> int:
    """How many of n rows tell enough about k coefficients.

    >>> sample_rows(100_000, 21), sample_rows(200_000_000, 11)
    (10000, 381300)
    """
    enough = WANTED_ROWS_A_COLUMN * k
    return min(n // 4, max(min(int(SHARE * n), MOST_ELEMENTS // k), enough))


def places_of(blocks: Blocks, rows: int) -> tuple[Starts, int]:
    """Where about so many rows begin, a random place in each of equal parts, and their length."""
    least = -(-LEAST_ELEMENTS // blocks.n_columns)
    stretches = max(1, min(MOST_STRETCHES, rows // max(least, PACK)))
    length = max(PACK, rows // stretches // PACK * PACK)
    room = blocks.n_rows // stretches - length
    places = np.random.default_rng(SEED).random(stretches) * room
    starts = np.arange(stretches) * (blocks.n_rows // stretches) + places.astype(np.int64)
    return tuple(starts.tolist()), length


def sample_of(blocks: SampledBlocks, rows: int) -> SampleBlocks:
    """About so many rows, the same for the same numbers of rows and columns."""
    starts, length = places_of(blocks, rows)
    return sample_at(*blocks.stretches(starts, length), length)


def sample_at(blocks: ArrayBlocks, starts: Starts, length: int) -> SampleBlocks:
    """The sample of ``length`` rows from each start on."""
    return SampleBlocks(
        blocks.X, blocks.y, blocks.weight, blocks.success, blocks.failure, blocks.offset,
        starts, length,
    )  # fmt: skip
