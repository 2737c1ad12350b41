"""The exact pass against 60 digits, and against itself as plain Python.

The error of every sum stays within the bound that `exact_terms` states for it, which is some
1e-29 of the sum of sizes here. Nothing is contracted or reordered, so compiled code, plain Python
and code with every index checked must agree in every bit.
"""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from logreg_core.blocks import ArrayBlocks
from logreg_core.coordinates import Coordinates
from logreg_core.exact_terms import Point, exact_terms
from logreg_core.problem import Objective
from logreg_core.workers import Workers

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("plain", "weighted", "counts", "offset", "saturated", "uncentred", "no intercept")


def case(kind: str, n: int = 300) -> tuple[Objective, Point]:
    random = np.random.default_rng(KINDS.index(kind))
    X = random.normal(size=(n, 3))
    beta, parts = random.normal(size=4), {"y": (random.random(n) < 0.4).astype(np.uint8)}
    given: dict[str, Any] = parts
    if kind == "weighted":
        weight = np.where(random.random(n) < 0.3, 0.0, 10 ** random.uniform(-3, 6, n))
        X[weight == 0.0] = 1e300  # what a row of weight 0 holds must not come through
        given = {**parts, "weight": weight}
    if kind == "counts":
        given = {"success": random.integers(0, 9, n) * 1.0, "failure": random.random(n)}
    if kind == "offset":
        given = {**parts, "offset": random.normal(0, 30, n)}
    if kind == "saturated":
        beta = np.array([300.0, -400.0, 90.0, 1e-9])
    if kind == "uncentred":
        X += 1e7
        beta[0] = -float(X.mean(axis=0) @ beta[1:])
    columns = np.arange(0 if kind == "no intercept" else -1, 3)
    k = len(columns)
    frame = Coordinates(columns, np.zeros(k), np.ones(k))
    point = Point(beta[-k:].copy(), 1e-17 * random.normal(size=k) * beta[-k:])
    return Objective(ArrayBlocks(X, **given), frame, Workers(1, 0)), point


def exact_sums(objective: Objective, point: Point, mpmath: Any) -> list[Any]:
    """Log-likelihood and gradient, row by row in mpmath."""
    blocks, columns = objective.blocks, objective.coordinates.columns
    span = blocks.rows(slice(None))
    sums = [mpmath.mpf(0)] * (1 + len(columns))
    for i, row in enumerate(span.X):
        if span.success.size:
            a, b = float(span.success[i]), float(span.failure[i])
        else:
            weight = float(span.weight[i]) if span.weight.size else 1.0
            a, b = (weight, 0.0) if span.y[i] else (0.0, weight)
        if a + b == 0.0:
            continue
        x = [mpmath.mpf(float(row[c])) if c >= 0 else mpmath.mpf(1) for c in columns]
        eta = mpmath.mpf(float(span.offset[i])) if span.offset.size else mpmath.mpf(0)
        for value, high, low in zip(x, point.high, point.low, strict=True):
            eta += value * (mpmath.mpf(float(high)) + mpmath.mpf(float(low)))
        sums[0] -= a * mpmath.log1p(mpmath.exp(-eta)) + b * mpmath.log1p(mpmath.exp(eta))
        left = a / (1 + mpmath.exp(eta)) - b / (1 + mpmath.exp(-eta))
        for j, value in enumerate(x):
            sums[1 + j] += left * value
    return sums


@pytest.mark.parametrize("kind", KINDS)
def test_every_sum_within_its_bound(kind: str) -> None:
    mpmath = pytest.importorskip("mpmath")
    objective, point = case(kind)
    span = objective.blocks.rows(slice(None))  # type: ignore[attr-defined]
    weight = span.success + span.failure if span.success.size else span.weight
    weight = weight if weight.size else np.ones(len(span.X))
    largest = np.ones(len(point.high))
    own = objective.coordinates.columns >= 0
    largest[own] = np.abs(span.X[weight > 0.0]).max(axis=0)
    found = exact_terms(objective, point, loglik=True)
    assert found is not None
    center = objective.coordinates.center
    expected = np.where(own, np.abs(largest - center), 1.0)  # the centres are 0 here
    np.testing.assert_array_equal(found.farthest, expected)
    bound = found.sum_error + weight.sum() * found.row_error * largest
    with mpmath.workdps(60):
        loglik, *gradient = exact_sums(objective, point, mpmath)
        for value, exact, most in zip(found.gradient, gradient, bound, strict=True):
            assert abs(Fraction(str(exact)) - value) <= Fraction(float(most))
            assert most <= 1e-20 * max(1.0, weight.sum() * largest.max())  # it says something
        slack = weight.sum() * (found.eta_error + 1e-29) + 1e-29 * abs(float(loglik))
        assert abs(float(Fraction(str(loglik)) - found.loglik)) <= slack


def places() -> np.ndarray:
    random = np.random.default_rng(5)
    return np.concatenate([random.uniform(-m, m, 250) for m in (2.0, 60.0, 690.0)])


def test_the_residual_of_a_row_to_four_units() -> None:
    """`exact_terms.ROW` allows 256 u^2: a constant of every proof."""
    mpmath = pytest.importorskip("mpmath")
    frame, worst = Coordinates(np.array([0]), np.zeros(1), np.ones(1)), 0.0
    for outcome in (0, 1):
        blocks = ArrayBlocks(np.ones((1, 1)), y=np.array([outcome], np.uint8))
        objective = Objective(blocks, frame, Workers(1, 0))
        for eta in places():
            found = exact_terms(objective, Point.of(np.array([eta])))
            assert found is not None
            with mpmath.workdps(50):
                exact = mpmath.sign(outcome - 0.5) / (1 + mpmath.exp(eta if outcome else -eta))
                error = abs(Fraction(str(exact)) - found.gradient[0])
            worst = max(worst, float(error * 2**106))
    assert worst <= 8.0


def test_the_weight_of_a_row_to_a_few_units() -> None:
    """`metric.WEIGHT_UNITS` allows 64 u in the plain pass: the other constant of every proof."""
    mpmath = pytest.importorskip("mpmath")
    frame = Coordinates(np.array([0]), np.zeros(1), np.ones(1))
    blocks = ArrayBlocks(np.ones((1, 1)), y=np.array([1], np.uint8))
    objective, worst = Objective(blocks, frame, Workers(1, 0)), 0.0
    for eta in places():
        found = objective(np.array([eta]), 2).information[0, 0]
        with mpmath.workdps(30):
            exact = 1 / (2 + mpmath.exp(eta) + mpmath.exp(-eta))
            worst = max(worst, float(abs(found / exact - 1) * 2**53))
    assert worst <= 16.0


SCRIPT = """
import numpy as np, sys
sys.path.insert(0, "tests")
from test_certificate_kernels import case
from logreg_core.exact_terms import exact_terms
for kind, n in (("weighted", 20), ("counts", 260), ("saturated", 20)):
    objective, point = case(kind, n)
    found = exact_terms(objective, point, loglik=True)
    print(kind, *found.gradient, found.loglik, found.farthest.tolist())
"""


def run(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_compiled_plain_and_checked_agree_in_every_bit() -> None:
    compiled = run()
    assert len(compiled.splitlines()) == 3
    assert run(NUMBA_DISABLE_JIT="1") == compiled
    assert run(LOGREG_BOUNDSCHECK="1") == compiled
