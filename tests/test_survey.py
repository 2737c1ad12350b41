"""What is known of a stream after one reading, and the comparison of later readings with it.

Tolerance: none: totals and rows are those of the same rows in memory, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from logreg_core.array_blocks import ArrayBlocks
from logreg_core.errors import DataChangedError
from logreg_core.sampling import SAMPLE, sampled_places
from logreg_core.spans import NOTHING, Span
from logreg_core.survey import Survey, survey, watched

N, K = 70_001, 4
RANDOM = np.random.default_rng(11)
WHOLE = ArrayBlocks(
    RANDOM.normal(size=(N, K)),
    (RANDOM.random(N) < 0.4).astype(np.uint8),
    RANDOM.random(N),
    offset=RANDOM.normal(size=N),
)


@pytest.fixture(scope="module")
def known() -> Survey:
    return survey(WHOLE.spans(), N, K)


def test_totals_and_sample_are_those_of_memory(known: Survey) -> None:
    assert known.n_rows == N
    assert known.totals == WHOLE.totals()
    assert known.largest_offset == np.abs(WHOLE.offset).max()
    assert known.offset == pytest.approx(WHOLE.offset.sum(), rel=1e-12)
    for part, same in zip(known.sample, WHOLE.sample(SAMPLE), strict=True):
        assert part.tobytes() == same.tobytes()
    starts, length = sampled_places(N, K, K + 1)
    assert starts == known.starts
    assert known.stretches is not None
    wanted = np.concatenate([WHOLE.X[s : s + length] for s in starts])
    assert known.stretches.X.tobytes() == wanted.tobytes()


def test_rows_that_can_be_picked_are_not_looked_at(known: Survey) -> None:
    asked = []

    def pick(starts: object, length: int) -> Span:
        asked.append(length)
        places = np.concatenate([np.arange(s, s + length) for s in starts])  # type: ignore[attr-defined]
        return Span(*(part[places] if part.size else part for part in WHOLE.rows(slice(None))))

    blind = (span._replace(X=np.empty((len(span.X), 0))) for span in WHOLE.spans())
    light = survey(blind, N, K, pick)
    assert asked == [1, known.length]
    assert light.totals == known.totals
    assert light.seals == known.seals
    assert light.sample.X.tobytes() == known.sample.X.tobytes()


def test_the_same_rows_pass(known: Survey) -> None:
    passed = list(watched(WHOLE.spans(), known))
    assert b"".join(span.X.tobytes() for span in passed) == WHOLE.X.tobytes()


def changed(part: str, row: int) -> Iterator[Span]:
    first = 0
    for span in WHOLE.spans():
        if first <= row < first + len(span.X):
            values = getattr(span, part).copy()
            values[row - first] = 1 - values[row - first]
            span = span._replace(**{part: values})
        first += len(span.X)
        yield span


@pytest.mark.parametrize(
    ("part", "row", "word"),
    [
        ("y", 40_000, "outcomes"),
        ("weight", N - 1, "weights"),
        ("offset", 0, "offsets"),
        ("X", 3 * (N // SAMPLE), "columns"),
    ],
)
def test_each_part_that_changes_is_told(known: Survey, part: str, row: int, word: str) -> None:
    with pytest.raises(DataChangedError) as caught:
        list(watched(changed(part, row), known))
    assert caught.value.changed == word


def test_columns_between_sampled_rows_need_the_seal(known: Survey) -> None:
    between = 3 * (N // SAMPLE) + 1
    assert len(list(watched(changed("X", between), known))) == len(known.seals)
    sealed = survey(WHOLE.spans(), N, K, whole=True)
    with pytest.raises(DataChangedError, match="columns of rows 0 to"):
        list(watched(changed("X", between), sealed))


@pytest.mark.parametrize("n", [N - 1, N + 1])
def test_other_numbers_of_rows_are_told(known: Survey, n: int) -> None:
    rows = np.arange(n) % N
    other = ArrayBlocks(WHOLE.X[rows], WHOLE.y[rows], WHOLE.weight[rows], offset=WHOLE.offset[rows])
    for reading in (
        lambda: survey(other.spans(), N, K),
        lambda: list(watched(other.spans(), known)),
    ):
        with pytest.raises(DataChangedError) as caught:
            reading()
        assert caught.value.changed in ("rows", "outcomes")


def test_no_offset_is_none() -> None:
    few = survey([Span(np.ones((3, 1)), np.array([0, 1, 1], np.uint8), *[NOTHING] * 4)], 3, 1)
    assert (few.totals, few.offset, few.largest_offset, few.stretches) == (
        (2.0, 1.0),
        0.0,
        0.0,
        None,
    )
