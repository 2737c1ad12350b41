"""The grid, and the map of coordinates.

Tolerances: the grid is exact, bits are compared. Coefficients taken through a map
and back lose a few units in the last place of their largest part: 1e-12.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernel_cases import make

from logreg_core import array_blocks
from logreg_core.blocks import ArrayBlocks, Coordinates, span_rows
from logreg_core.kernels import LEAF, PACK


@pytest.mark.parametrize("n", [1, LEAF, LEAF + 1, 64 * LEAF, 64 * LEAF + 1, 10**6, 10**9])
@pytest.mark.parametrize("columns", [0, 1, 8, 300, 70_000])
def test_spans_are_powers_of_two_leaves_neither_short_nor_long(n, columns):
    size = span_rows(n, columns)
    leaves = size // LEAF
    assert size % LEAF == 0
    assert leaves & (leaves - 1) == 0
    assert leaves <= array_blocks.MOST_LEAVES
    assert leaves == 1 or size * columns <= array_blocks.MOST_ELEMENTS
    longest = leaves == array_blocks.MOST_LEAVES or 2 * size * columns > array_blocks.MOST_ELEMENTS
    assert longest or -(-n // size) <= array_blocks.SPANS + 5
    assert longest or leaves == 1 or size * columns >= array_blocks.LEAST_ELEMENTS


@pytest.mark.parametrize("n", [1, PACK, PACK + 1, LEAF, 4 * LEAF + 1, 9 * LEAF, 9 * LEAF + 130])
@pytest.mark.parametrize("outcome", ["plain", "weighted", "counts"])
def test_packs_hold_every_row_and_copy_the_last_leaf_at_most(n, outcome):
    case = make(n, 4, outcome=outcome, seed=1)
    packs = [packs for group in case.blocks.groups() for packs in group]
    assert sum(p.n_rows_held for p in packs) == n
    assert all(len(p.X) % PACK == 0 for p in packs)
    assert (np.concatenate([p.X[: p.n_rows_held] for p in packs]) == case.blocks.X).all()
    for p in packs:
        assert not p.X.flags.writeable
        assert (p.success + p.failure)[p.n_rows_held :].sum() == 0
        if p.success.size:
            assert p.n_rows == np.count_nonzero(p.success + p.failure)
    assert sum(p.weight_sum for p in packs) == pytest.approx(sum(case.blocks.totals()))
    copied = [p for p in packs if not np.shares_memory(p.X, case.blocks.X)]
    assert sum(len(p.X) for p in copied) <= 4 * LEAF


def test_spans_are_views_of_every_row():
    case = make(3 * LEAF + 1, 4, outcome="weighted")
    spans = list(case.blocks.spans())
    assert sum(len(s.X) for s in spans) == case.blocks.n_rows
    assert all(np.shares_memory(s.X, case.blocks.X) for s in spans)
    assert not any(s.X.flags.writeable for s in spans)


@pytest.mark.parametrize("dtype", ["f4", "f2", "i8", "i1", "u2", "?", ">f8"])
def test_dtypes_are_converted_span_by_span(dtype):
    case = make(LEAF + 10, 3)
    X = np.round(case.blocks.X).astype(dtype)
    same = ArrayBlocks(X.astype(np.float64), case.blocks.y)
    a = list(ArrayBlocks(X, case.blocks.y).spans())
    assert all((p.X == q.X).all() for p, q in zip(a, same.spans(), strict=True))
    assert {p.X.dtype for p in a} == {np.dtype(np.float64)}


def test_sample_and_totals():
    case = make(1000, 3, outcome="weighted")
    assert 90 <= len(case.blocks.sample(100).X) <= 112
    weight, y = case.blocks.weight, case.blocks.y
    assert case.blocks.totals() == pytest.approx((weight @ y, weight @ (1 - y)), rel=1e-12)
    counts = make(50, 3, outcome="counts").blocks
    assert counts.totals() == (counts.success.sum(), counts.failure.sum())
    plain = make(50, 3).blocks
    assert plain.totals() == (plain.y.sum(), 50 - plain.y.sum())


@pytest.mark.parametrize("rotated", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
def test_coefficients_go_through_a_map_and_back(rotated, intercept):
    case = make(20, 4, rotated=rotated, intercept=intercept)
    c, X = case.coordinates, case.blocks.X
    if not intercept:  # without an intercept there is nothing to take up a centre
        c = Coordinates(c.columns, np.zeros(4), c.scale, c.rotation)
    Z = np.ones((20, 4))
    Z[:, c.columns >= 0] = (X - c.center[c.columns >= 0]) * c.scale[c.columns >= 0]
    Z = Z @ c.rotation if rotated else Z
    coef = c.to_columns(case.beta)
    eta = coef[0] + X @ coef[1:] if intercept else X @ coef
    np.testing.assert_allclose(eta, Z @ case.beta, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(c.from_columns(coef), case.beta, rtol=1e-12, atol=1e-12)
    units = np.stack([c.to_columns(unit) for unit in np.eye(4)], axis=1)
    random = np.random.default_rng(1).normal(size=(6, 4))
    inside = random.T @ random
    np.testing.assert_allclose(
        c.covariance(inside), units @ inside @ units.T, rtol=1e-11, atol=1e-11
    )


def test_maps_compose():
    case = make(20, 4, rotated=True)
    twice = case.coordinates.rotated(case.coordinates.rotation)
    inside = case.coordinates.rotation @ case.beta
    np.testing.assert_allclose(
        twice.to_columns(case.beta), case.coordinates.to_columns(inside), rtol=1e-12, atol=1e-12
    )
    assert case.coordinates.take([0, 2]).columns.tolist() == [-1, 1]
