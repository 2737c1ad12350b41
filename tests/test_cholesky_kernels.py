"""Small dense algebra against NumPy's LAPACK.

Tolerances: a Cholesky solve is within about k eps cond of the exact answer; on matrices with a
condition near 10 that is 1e-13, and 1e-12 leaves room for other rounding in LAPACK.
"""

from __future__ import annotations

import numpy as np
import pytest

from logreg_core.cholesky_kernels import factorise, invert, invert_triangle, solve

CLOSE = 1e-12


def positive(k, seed=0, spread=0.0):
    random = np.random.default_rng([k, seed])
    A = random.normal(size=(3 * k + 2, k)) * 10 ** random.uniform(-spread, spread, k)
    return A.T @ A, random.normal(size=k)


@pytest.mark.parametrize("k", range(1, 13))
@pytest.mark.parametrize("spread", [0.0, 6.0])
def test_factorise_solve_and_invert(k, spread):
    A, right = positive(k, spread=spread)
    factor, pivots, d = factorise(A)
    scaled = A / np.outer(d, d)
    np.testing.assert_allclose(factor @ factor.T, scaled, atol=CLOSE)
    assert (np.triu(factor, 1) == 0).all()
    np.testing.assert_allclose(pivots, factor.diagonal() ** 2, rtol=CLOSE)
    assert ((pivots > 0) & (pivots <= 1 + CLOSE)).all()
    x = solve(factor, d, right)
    np.testing.assert_allclose(
        scaled @ (d * x), right / d, rtol=1e-10, atol=1e-10 * max(abs(right / d))
    )
    inverse = invert(factor, d)
    assert (inverse == inverse.T).all()
    np.testing.assert_allclose(
        inverse * np.outer(d, d), np.linalg.inv(scaled), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(invert_triangle(factor) @ factor, np.eye(k), atol=1e-11)


def test_solve_takes_the_signs_of_a_qr_as_they_come():
    # IRLS hands over R' of a QR, whose diagonal may be negative
    A, right = positive(5)
    R = np.linalg.qr(np.linalg.cholesky(A).T, mode="r")
    x = solve(np.ascontiguousarray(R.T), np.ones(5), right)
    np.testing.assert_allclose(A @ x, right, rtol=1e-10)


def test_only_the_lower_triangle_is_read():
    A, _ = positive(4)
    spoiled = np.tril(A) + np.triu(np.full((4, 4), np.nan), 1)
    assert (factorise(spoiled)[0] == factorise(A)[0]).all()


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_a_pivot_that_is_not_positive_stops(bad):
    A, _ = positive(4)
    A[2, 2] = bad
    factor, pivots, _ = factorise(A)
    assert (pivots[:2] > 0).all()
    assert (pivots[2:] == 0).all()
    assert np.isfinite(factor[:2]).all()


def test_a_repeated_column_has_no_pivot_and_a_ridge_gives_it_one():
    A = np.ones((3, 3))
    assert factorise(A)[1].tolist() == [1.0, 0.0, 0.0]
    assert (factorise(A, 1e-3)[1] > 0).all()


def test_input_is_left_alone():
    A, right = positive(4)
    A.flags.writeable = right.flags.writeable = False
    factor, _, d = factorise(A)
    solve(factor, d, right)
