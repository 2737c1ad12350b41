"""The log-likelihood with linear predictors in twice the precision, against 50 digits.

Coefficients of 1e8 cancel to log-odds near 1: plain doubles keep eight digits of them, the
compensated sum all but the last (1e-14).
"""

from __future__ import annotations

import numpy as np
import pytest

from logreg_core.blocks import ArrayBlocks
from logreg_core.compensated_kernels import compensated_loglik


def test_terms_that_cancel() -> None:
    mpmath = pytest.importorskip("mpmath")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 2)) + 1e3
    X[:, 1] = X[:, 0] + 1e-8 * rng.normal(size=50)
    y = (rng.random(50) < 0.5).astype(np.uint8)
    center, slopes = np.array([0.0, 1e3, 1e3]), np.array([0.2, 1e8, -1e8])
    span = ArrayBlocks(X, y=y).rows(slice(None))
    found = compensated_loglik(*span, np.array([-1, 0, 1]), center, slopes, 0, 50)
    with mpmath.workdps(50):
        exact = mpmath.mpf(0)
        for row, outcome in zip(X, y, strict=True):
            eta = mpmath.mpf(0.2)
            for j in range(2):
                eta += mpmath.mpf(slopes[j + 1]) * (mpmath.mpf(row[j]) - 1000)
            exact -= mpmath.log1p(mpmath.exp(-eta if outcome else eta))
    assert found == pytest.approx(float(exact), rel=1e-14)
    plain = 0.2 + (X - 1e3) @ slopes[1:]
    naive = -np.logaddexp(0.0, np.where(y, -plain, plain)).sum()
    assert abs(naive / float(exact) - 1.0) > 1e-12
