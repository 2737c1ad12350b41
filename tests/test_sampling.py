"""Samples: which rows, and that nothing is counted twice or lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreg_core.blocks import ArrayBlocks
from logreg_core.kernels import PACK
from logreg_core.sampling import GROUPS, sample_of, sample_rows, sampled_places


def numbered(n: int, columns: int) -> ArrayBlocks:
    """Rows that hold their own number."""
    X = np.repeat(np.arange(float(n))[:, None], columns, axis=1)
    return ArrayBlocks(X, y=(np.arange(n) % 3 == 0).astype(np.uint8))


@given(n=st.integers(20_000, 10**10), columns=st.integers(1, 400))
def test_stretches_lie_within_the_rows_and_apart(n, columns):
    starts, length = sampled_places(n, columns, columns + 1)
    assert length % PACK == 0
    ends = np.array(starts) + length
    assert starts[0] >= 0
    assert ends[-1] <= n
    assert (ends[:-1] <= starts[1:]).all()


@pytest.mark.parametrize(("n", "columns"), [(30_000, 40), (100_003, 12), (60_000, 100)])
def test_a_sample_is_those_stretches_in_order(n, columns):
    blocks = numbered(n, columns)
    sample = sample_of(blocks, sample_rows(n, columns + 1))
    starts, length = sampled_places(n, columns, columns + 1)
    expected = np.concatenate([np.arange(s, s + length) for s in starts])
    seen = np.concatenate([span.X[:, 0] for span in sample.spans()])
    np.testing.assert_array_equal(seen, expected)
    assert sample.n_rows == len(expected)
    groups = list(sample.groups())
    assert len(groups) <= GROUPS
    packed = [p.X[: p.n_rows_held, 0] for group in groups for p in group]
    np.testing.assert_array_equal(np.concatenate(packed), expected)
    successes = float((expected % 3 == 0).sum())
    assert sample.totals() == (successes, len(expected) - successes)


@pytest.mark.parametrize("rows", [1, 1000, 5000, 10**9])
def test_a_thinner_sample_holds_rows_of_the_sample(rows):
    sample = sample_of(numbered(100_003, 12), 12_000)
    thin = sample.thinned(rows)
    own = {x for span in sample.spans() for x in span.X[:, 0]}
    assert {x for span in thin.spans() for x in span.X[:, 0]} <= own
    assert thin.n_rows <= max(rows, 8 * PACK)
    assert (sample.n_rows, len(sample.starts)) >= (thin.n_rows, len(thin.starts))


def test_columns_that_need_no_copy_are_read_where_they_lie():
    blocks = numbered(100_000, 12)
    assert all(np.shares_memory(span.X, blocks.X) for span in sample_of(blocks, 9000).spans())
