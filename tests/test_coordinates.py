"""The affine map of the columns: there and back, and the covariance that goes with it.

Scales are powers of two, so the round trip loses only what the centre costs: 1e-13 here.
"""

from __future__ import annotations

import numpy as np

from logreg_core.coordinates import Coordinates


def some(rotated: bool) -> Coordinates:
    rotation = np.triu(np.random.default_rng(0).normal(size=(3, 3))) + 2.0 * np.eye(3)
    return Coordinates(
        np.array([-1, 0, 1]),
        np.array([0.0, 5.0, -3.0]),
        np.array([1.0, 0.25, 8.0]),
        rotation if rotated else np.empty((0, 0)),
    )


def test_there_and_back() -> None:
    beta = np.array([0.3, -1.2, 4.5])
    for rotated in (False, True):
        c = some(rotated)
        np.testing.assert_allclose(c.to_columns(c.from_columns(beta)), beta, rtol=1e-13)


def test_the_model_is_the_same_under_the_map() -> None:
    X = np.random.default_rng(1).normal(size=(6, 2))
    inside = np.array([0.1, 0.7, -0.4])
    for rotated in (False, True):
        c = some(rotated)
        Z = np.column_stack([np.ones(6), (X - c.center[1:]) * c.scale[1:]])
        Z = Z @ c.rotation if rotated else Z
        beta = c.to_columns(inside)
        np.testing.assert_allclose(beta[0] + X @ beta[1:], Z @ inside, rtol=1e-12)


def test_covariance_is_that_of_the_linear_map() -> None:
    root = np.random.default_rng(2).normal(size=(3, 3))
    inside = root @ root.T
    for rotated in (False, True):
        c = some(rotated)
        jacobian = np.column_stack([c.to_columns(unit) for unit in np.eye(3)])
        np.testing.assert_allclose(c.covariance(inside), jacobian @ inside @ jacobian.T, rtol=1e-12)


def test_columns_read_in_place_only_where_all_are_wanted() -> None:
    assert some(False).direct(2) == 1
    assert some(False).direct(3) == -1
    assert some(True).direct(2) == -1
    assert some(False).take([1, 2]).direct(2) == 0
