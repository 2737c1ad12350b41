"""Some of the rows, spread evenly over all of them and read where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .blocks import ArrayBlocks
from .kernels import PACK
from .spans import Span

__all__ = ["SampleBlocks", "sample_of"]

SEED = 20_260_101
MOST_STRETCHES = 32  # enough to be even and to share among threads
LEAST_ELEMENTS = 1 << 15  # of X in a stretch: fewer take less time than the call does


@dataclass(frozen=True)
class SampleBlocks(ArrayBlocks):
    """Stretches of ``length`` rows, a whole number of packs, from each of ``starts`` on."""

    starts: tuple[int, ...] = ()
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


def sample_of(blocks: ArrayBlocks, rows: int) -> SampleBlocks:
    """About so many rows: a stretch at a random place in each of equal parts, seeded."""
    least = -(-LEAST_ELEMENTS // blocks.n_columns)
    stretches = max(1, min(MOST_STRETCHES, rows // max(least, PACK)))
    length = max(PACK, rows // stretches // PACK * PACK)
    room = blocks.n_rows // stretches - length
    places = np.random.default_rng(SEED).random(stretches) * room
    starts = np.arange(stretches) * (blocks.n_rows // stretches) + places.astype(np.int64)
    return sample_at(blocks, tuple(starts.tolist()), length)


def sample_at(blocks: ArrayBlocks, starts: tuple[int, ...], length: int) -> SampleBlocks:
    """The sample of ``length`` rows from each start on."""
    return SampleBlocks(
        blocks.X, blocks.y, blocks.weight, blocks.success, blocks.failure, blocks.offset,
        starts, length,
    )  # fmt: skip
