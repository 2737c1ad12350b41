"""Sources of rows for what is added up by blocks: a stream, and parts that lie elsewhere."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from logreg_core.array_blocks import ArrayBlocks, PartedBlocks, Starts
from logreg_core.arrays import blame
from logreg_core.named_blocks import NamedBlocks
from logreg_core.spans import Span
from logreg_core.workers import pairwise_sum


class Stream(NamedBlocks):
    """Rows that only come span by span, each a copy."""

    def __init__(self, names: Any, classes: Any = (0, 1), **columns: Any) -> None:
        self._rows = ArrayBlocks(**columns)
        self.names, self.classes = tuple(names), classes
        self.weighted = bool(self._rows.weight.size)
        self.with_offset = bool(self._rows.offset.size)
        self.readings = 0

    @property
    def n_rows(self) -> int:
        return self._rows.n_rows

    def spans(self) -> Iterator[Span]:
        self.readings += 1
        for span in self._rows.spans():
            yield Span(*(np.array(part) for part in span))

    def sample(self, n_rows: int) -> Span:
        return self._rows.sample(n_rows)

    def totals(self) -> tuple[float, float]:
        return self._rows.totals()

    def stretches(self, starts: Starts, length: int) -> tuple[ArrayBlocks, Starts]:
        return self._rows, starts

    def mean_offset(self) -> float:
        return float(self._rows.offset.mean()) if self.with_offset else 0.0

    def blame(self) -> None:
        blame(self._rows.X, self.names)


class Parts(Stream, PartedBlocks):
    """The same in parts that work is sent to, as bytes, and whose sums come back as bytes."""

    def __init__(self, names: Any, n_parts: int, **columns: Any) -> None:
        super().__init__(names, **columns)
        self.n_parts = n_parts

    def total(self, function: Callable[[ArrayBlocks], Any]) -> Any:
        self.readings += 1
        edges = np.linspace(0, self.n_rows, self.n_parts + 1).astype(int)
        sent = pickle.dumps(function)
        return pairwise_sum(
            pickle.loads(pickle.dumps(pickle.loads(sent)(self._part(a, b))))
            for a, b in itertools.pairwise(edges)
        )

    def _part(self, first: int, last: int) -> ArrayBlocks:
        return replace(self._rows, **self._rows.rows(slice(first, last))._asdict())
