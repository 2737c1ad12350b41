"""Columns laid side by side: each entry where `np.column_stack` has it, in any kernel."""

from __future__ import annotations

import numpy as np
import pytest

from logreg_core.column_fill import Source
from logreg_core.span_filling import Columns, empty_span, span_of, write

N = 37


def columns(k: int) -> tuple[Columns, np.ndarray]:
    """Numbers of several types and, each third, a level; and the matrix they make."""
    random = np.random.default_rng(k)
    kinds = [np.float64, np.int32, np.float32]
    values = [random.integers(0, 4, N).astype(kinds[j % 3]) for j in range(k)]
    sources = [Source(f"x{j}", j, v, 2 if j % 3 == 1 else None) for j, v in enumerate(values)]
    X = [(v == 2 if j % 3 == 1 else v).astype(np.float64) for j, v in enumerate(values)]
    y = np.arange(N) % 2 == 0
    return Columns(N, sources, y, np.arange(float(N)), None), np.column_stack(X)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 7, 8, 10, 11, 15, 23])
def test_all_widths(k: int) -> None:
    given, X = columns(k)
    span = span_of(given, k)
    assert span.X.tobytes() == X.tobytes()
    assert span.y.tolist() == [1, 0] * (N // 2) + [1]
    assert (span.weight.tolist(), span.offset.size) == (list(range(N)), 0)


@pytest.mark.parametrize("skipped", [{0}, {3}, {8}, {1, 2, 9}])
def test_some_rows_and_some_columns_and_nothing_beside_them(skipped: set[int]) -> None:
    given, X = columns(12)
    part = [source for source in given.sources if source.column not in skipped]
    span = empty_span(20, 12, True, False)
    for array in span:
        array[:] = 9
    write(Columns(N, part, None, given.weight, None), 5, 15, span, 4)
    wanted = np.full((20, 12), 9.0)
    wanted[4:14] = X[5:15]
    wanted[:, list(skipped)] = 9.0
    assert span.X.tobytes() == wanted.tobytes()
    assert span.weight.tolist() == [9.0] * 4 + list(range(5, 15)) + [9.0] * 6
    assert (span.y == 9).all()
