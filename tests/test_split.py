"""Tolerances: none. A split is exact counts and positions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreg_core.errors import DataError
from logreg_core.split import stratified_split


@given(
    n_negative=st.integers(2, 300),
    n_positive=st.integers(2, 300),
    test_size=st.floats(0.01, 0.99),
    seed=st.integers(0, 2**31),
)
def test_every_row_is_in_one_part_and_shares_are_kept(n_negative, n_positive, test_size, seed):
    y = np.random.default_rng(seed).permutation(np.repeat([0, 1], [n_negative, n_positive]))
    train, test = stratified_split(y, test_size, seed)
    assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(len(y)))
    assert np.all(np.diff(train) > 0)
    assert np.all(np.diff(test) > 0)
    for outcome, n in ((0, n_negative), (1, n_positive)):
        count = np.count_nonzero(y[test] == outcome)
        assert 1 <= count < n
        assert abs(count - test_size * n) <= 1


def test_the_total_is_the_share_rounded():
    y = np.repeat([0, 1], [17884, 1200])
    assert len(stratified_split(y, 0.25).test) == 4771
    assert np.count_nonzero(y[stratified_split(y, 0.25).test]) == 300


def test_the_seed_decides_and_nothing_else():
    y = np.repeat([0, 1], [50, 50])
    state = np.random.get_state()[1].copy()  # noqa: NPY002  # that it is not touched
    first, again, other = (stratified_split(y, 0.3, seed).test for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002


def test_the_rows_do_not_depend_on_which_class_is_positive():
    y = np.random.default_rng(4).permutation(np.repeat([0, 1], [33, 12]))
    for one, other in zip(
        stratified_split(y, 0.4, 3), stratified_split(1 - y, 0.4, 3), strict=True
    ):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("test_size", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_that_leaves_a_part_empty_is_refused(test_size):
    with pytest.raises(DataError, match="test_size"):
        stratified_split(np.array([0, 0, 1, 1]), test_size)


def test_a_class_of_one_row_is_refused():
    with pytest.raises(DataError, match="positive class has 1 row"):
        stratified_split(np.array([0, 0, 0, 1]))
