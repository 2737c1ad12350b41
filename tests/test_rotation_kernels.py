"""Rotated rows against exact arithmetic: entries right to the last bits though terms cancel."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from logreg_core.rotation_kernels import rotate_rows


def rotated(X, columns, center, scale, rotation):
    k = len(columns)
    out = np.empty((len(X), k))
    given = (np.array(columns), center, scale, rotation)
    rotate_rows(X, *given, np.empty(k), np.empty(k), out)
    return out


def exactly(row, columns, center, scale, rotation):
    """One row in rational arithmetic, rounded once."""
    k = len(columns)
    x = [Fraction(1)] * k
    for i, column in enumerate(columns):
        if column >= 0:
            x[i] = Fraction(row[column]) - Fraction(center[i])
        x[i] *= Fraction(scale[i])
    return [float(sum(x[i] * Fraction(rotation[i, j]) for i in range(j + 1))) for j in range(k)]


@pytest.mark.parametrize("seed", range(5))
def test_cancelling_columns_keep_their_digits(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(200, 3))
    X[:, 2] = X[:, 1] + 1e-9 * X[:, 2]  # nearly the same column
    columns, center, scale = [-1, 1, 2], np.array([0.0, 0.1, 0.1]), np.array([1.0, 0.5, 0.5])
    rotation = np.array([[1.0, 0.3, 0.1], [0.0, 1.0, -1e9], [0.0, 0.0, 1e9]])
    found = rotated(X, columns, center, scale, rotation)
    exact = np.array([exactly(row, columns, center, scale, rotation) for row in X])
    np.testing.assert_allclose(found, exact, rtol=1e-14)
    plain = np.column_stack([np.ones(200), (X[:, 1:] - 0.1) * 0.5]) @ rotation
    assert np.abs(plain / exact - 1.0).max() > 1e-10, "doubles alone would have done"


def test_without_rotation_columns_are_centred_and_scaled():
    X = np.arange(12.0).reshape(4, 3)
    found = rotated(X, [2, -1], np.array([2.0, 0.0]), np.array([4.0, 1.0]), np.empty((0, 0)))
    np.testing.assert_array_equal(found, np.column_stack([(X[:, 2] - 2.0) * 4.0, np.ones(4)]))
