"""The plan of the fast climb: whatever it says, a wrong one would cost time only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreg_core.plan import MOST_ELEMENTS, MOST_SHARE, NEVER, plan, single

SIZES = [(100_000, 21), (1_000_000, 21), (200_000, 101), (50_000, 301), (5_000_000, 9)]


@given(n=st.integers(20_000, 10**10), k=st.integers(2, 1000))
def test_a_sample_fits_into_memory_and_is_a_part_of_the_rows(n, k):
    found = plan(n, k)
    assert 0 < found.rows <= MOST_SHARE * n
    assert found.rows * k <= max(MOST_ELEMENTS, 50 * k * k)
    assert found.whole == NEVER or 0 <= found.whole <= 3
    assert found.cost > 0.0


@pytest.mark.parametrize(("n", "k"), SIZES)
def test_the_information_of_all_rows_is_taken_once(n, k):
    assert plan(n, k).whole <= 3


@pytest.mark.parametrize(("n", "k"), SIZES)
def test_a_looser_target_costs_no_more(n, k):
    assert plan(n, k, 1e-6).cost <= plan(n, k, 3e-12).cost


def test_a_sample_of_many_columns_is_not_asked_again():
    assert plan(1_000_000, 21).cheap
    assert not plan(50_000, 301).cheap


def test_single_precision_is_for_many_columns():
    assert not single(21)
    assert single(101)
