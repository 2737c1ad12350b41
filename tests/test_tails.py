"""Tails and intervals: right far out, where 1 - cdf is 0. Against SciPy's survival functions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from logreg_core import tails


def test_two_sided_tails() -> None:
    z = np.array([0.0, 0.5, -1.96, 5.0, -12.0, 30.0, np.nan])
    np.testing.assert_allclose(tails.two_sided(z), 2 * stats.norm.sf(np.abs(z)), rtol=1e-12)
    assert tails.two_sided(np.array([30.0]))[0] > 0.0


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99, 0.9999])
def test_critical_values(level: float) -> None:
    expected = stats.norm.isf((1 - level) / 2)
    assert tails.critical_value(level) == pytest.approx(expected, rel=1e-12)


def test_wald_interval_is_symmetric() -> None:
    lower, upper = tails.wald_interval(np.array([1.0, -2.0]), np.array([0.5, 3.0]), 0.95)
    np.testing.assert_allclose((lower + upper) / 2, [1.0, -2.0], rtol=1e-15)
    np.testing.assert_allclose(upper - lower, 2 * 1.959963984540054 * np.array([0.5, 3.0]))


def test_null_loglik() -> None:
    assert tails.null_loglik(30, 70, True) == pytest.approx(
        30 * np.log(0.3) + 70 * np.log(0.7), rel=1e-15
    )
    assert tails.null_loglik(30, 70, False) == pytest.approx(-100 * np.log(2), rel=1e-15)
