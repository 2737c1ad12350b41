"""Pairs of doubles, held against exact fractions and 60 digits.

Two-sum, two-product and the fused multiply-add are exact or rounded once: no tolerance. A product
of pairs is within 5 u^2, exp within 2^-99 of itself where |t| is small, and 2^-96 where t is so
large that the rounding of its low part shows.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreg_core import double_double_kernels as dd

UNIT = 2.0**-53
numbers = st.floats(-1e100, 1e100).filter(lambda v: v == 0 or abs(v) > 1e-100)


@numba.njit
def compiled_fma(a: float, b: float, c: float) -> float:
    return dd.fma(a, b, c)


@given(numbers, numbers, numbers)
@settings(max_examples=100, deadline=None)
def test_the_instruction_rounds_once(a: float, b: float, c: float) -> None:
    exact = float(Fraction(a) * Fraction(b) + Fraction(c))
    assert compiled_fma(a, b, c) == exact == dd.fma(a, b, c)
    assert compiled_fma(a, b, -(a * b)) == float(Fraction(a) * Fraction(b) - Fraction(a * b))


def test_what_is_not_finite_comes_through() -> None:
    assert math.isnan(dd.fma(math.inf, 0.0, 1.0))
    assert math.isnan(compiled_fma(math.inf, 0.0, 1.0))
    assert dd.fma(math.inf, 1.0, 1.0) == compiled_fma(math.inf, 1.0, 1.0) == math.inf


@given(numbers, numbers)
@settings(max_examples=100, deadline=None)
def test_sums_are_exact(a: float, b: float) -> None:
    high, low = dd.total(a, b)
    assert high == a + b
    assert Fraction(high) + Fraction(low) == Fraction(a) + Fraction(b)


@given(st.floats(1.0, 2.0), st.floats(-1.0, 1.0), st.floats(1.0, 2.0), st.floats(-1.0, 1.0))
@settings(max_examples=100, deadline=None)
def test_products_of_pairs(a: float, c: float, b: float, d: float) -> None:
    a_low, b_low = UNIT * c, UNIT * d
    high, low = dd.product(a, a_low, b, b_low)
    exact = (Fraction(a) + Fraction(a_low)) * (Fraction(b) + Fraction(b_low))
    assert abs(Fraction(high) + Fraction(low) - exact) <= 5 * Fraction(UNIT) ** 2 * exact


def exp_of(high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(high)
    rows, exponent = np.concatenate([high, low]), np.empty(n)
    dd.exp_rows(rows, 0, n, exponent, exponent.view(np.int64))
    return rows[:n], rows[n:]


@pytest.mark.parametrize(("most", "bits"), [(1.0, 99), (40.0, 99), (700.0, 96)])
def test_exp_against_sixty_digits(most: float, bits: int) -> None:
    mpmath = pytest.importorskip("mpmath")
    random = np.random.default_rng(int(most))
    high = -np.sort(random.uniform(0.0, most, 600))
    high[:3] = 0.0, -(2.0**-60), -0.34657359
    low = UNIT * high * random.uniform(-1.0, 1.0, len(high))
    found = exp_of(high, low)
    with mpmath.workdps(60):
        for t, t_low, z, z_low in zip(high, low, *found, strict=True):
            exact = mpmath.exp(mpmath.mpf(t) + mpmath.mpf(t_low))
            error = abs(mpmath.mpf(z) + mpmath.mpf(z_low) - exact)
            assert error <= exact * mpmath.mpf(2) ** -bits + mpmath.mpf(2) ** -1073


def test_exp_of_very_negative_numbers_is_next_to_nothing() -> None:
    found, low = exp_of(np.array([-709.0, -1e5, -1e308]), np.array([0.0, 1e-12, 1e290]))
    assert (found > 0.0).all()
    assert (found <= 1e-307).all()
    assert (np.abs(low) <= 1e-307).all()
