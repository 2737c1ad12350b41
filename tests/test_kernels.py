"""The compiled pass, held against its slow twin, against arithmetic of more digits, and itself.

Tolerances. Sums of a few thousand terms of size one, added by a tree and in vectors of four, are
within 1e-13 of any other order of adding, relative to the sum of sizes. exp and log1p are
polynomials: one to three units in the last place are what a good libm loses too. Plain Python
runs the same operations in the order written, so it differs by rounding only. Layouts and bounds
checking change no operation: the layouts' bits must be equal.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from kernel_cases import KernelCase, flat, make, small_cases, terms

from benchmarks import polynomials
from logreg_core import formulas, kernels, vector_kernels
from logreg_core.blocks import ArrayBlocks, Coordinates, sum_terms
from logreg_core.extremes import largest_entries
from logreg_core.kernels import LEAF, PACK
from logreg_core.workers import Workers

ROOT = Path(__file__).resolve().parents[1]
CLOSE = 1e-13
ULP = np.finfo(float).eps


def design(case: KernelCase) -> np.ndarray:
    """The columns a pass sees, by NumPy."""
    c, X = case.coordinates, np.asarray(case.blocks.X, dtype=float)
    Z = np.ones((len(X), len(c.columns)))
    own = c.columns >= 0
    Z[:, own] = (X[:, c.columns[own]] - c.center[own]) * c.scale[own]
    return Z @ c.rotation if c.rotation.size else Z


def outcomes(case: KernelCase) -> tuple[np.ndarray, np.ndarray]:
    b = case.blocks
    if b.success.size:
        return b.success, b.failure
    weight = b.weight if b.weight.size else np.ones(b.n_rows)
    return weight * b.y, weight * (1.0 - b.y)


def assert_right(case: KernelCase) -> None:
    """Every sum of the pass against the formulas of the slow twin."""
    Z, (success, failure) = design(case), outcomes(case)
    shift = case.blocks.offset if case.blocks.offset.size else np.zeros(len(Z))
    found = terms(case)
    eta = Z @ case.beta + shift
    unit = formulas.residual(eta, success, failure)
    weight = formulas.working_weight(eta, success, failure)
    loglik = formulas.log_likelihood(Z, success, failure, case.beta, shift)
    assert found.loglik == pytest.approx(loglik, rel=CLOSE, abs=1e-300)
    slack = CLOSE * (1 + np.abs(Z).T @ np.abs(unit))
    assert (np.abs(found.gradient - Z.T @ unit) <= slack).all()
    sizes = CLOSE * (1e-280 + np.abs(Z).T @ (weight[:, None] * np.abs(Z)))
    assert (np.abs(found.information - Z.T @ (weight[:, None] * Z)) <= sizes).all()
    assert (found.information == found.information.T).all()
    assert (found.hessian == -found.information).all()
    counts = success + failure > 0
    assert found.n_rows == counts.sum()
    assert found.weight_sum == pytest.approx((success + failure).sum(), rel=CLOSE)
    change = np.abs(Z @ case.step)[counts].max(initial=0.0)
    assert found.max_eta_change == pytest.approx(change, rel=CLOSE)
    with Workers(1, 0) as one:
        largest = largest_entries(case.blocks, case.coordinates, one)
    np.testing.assert_allclose(largest, np.abs(Z)[counts].max(axis=0, initial=0.0), rtol=CLOSE)


@pytest.mark.parametrize("k", range(1, 13))
@pytest.mark.parametrize("rotated", [False, True])
def test_every_number_of_columns(k, rotated):
    assert_right(make(PACK + 77, k, rotated=rotated))
    assert_right(make(PACK, k, intercept=False, rotated=rotated))


@pytest.mark.parametrize(
    "n", [1, 2, PACK - 1, PACK, PACK + 1, LEAF - 1, LEAF, LEAF + 1, 2 * LEAF + 3, 7 * LEAF - 5]
)
def test_every_number_of_rows(n):
    assert_right(make(n, 5))
    assert_right(make(n, 4, chosen=True))


@pytest.mark.parametrize("outcome", ["plain", "weighted", "offset", "counts"])
@pytest.mark.parametrize("rotated", [False, True])
def test_every_kind_of_outcome(outcome, rotated):
    assert_right(make(LEAF + 300, 4, outcome=outcome, rotated=rotated))


@pytest.mark.parametrize("outcome", ["plain", "weighted", "offset", "counts"])
@pytest.mark.parametrize("layout", ["F", "strided", "reversed", "read-only"])
def test_layout_leaves_the_bits_alone(layout, outcome):
    plain = flat(terms(make(LEAF + 300, 5, outcome=outcome)))
    other = make(LEAF + 300, 5, outcome=outcome, layout=layout)
    before = other.blocks.X.copy()
    assert (flat(terms(other)) == plain).all()
    assert (before == other.blocks.X).all()


def test_lower_orders_are_the_same_sums():
    case = make(LEAF + 300, 5, outcome="weighted")
    whole, first, value = (terms(case, order) for order in (2, 1, 0))
    assert whole.loglik == first.loglik == value.loglik
    assert (whole.gradient == first.gradient).all()
    assert whole.max_eta_change == first.max_eta_change == value.max_eta_change


def test_a_span_without_rows_adds_nothing():
    class WithGaps(ArrayBlocks):
        def spans(self):
            for first in range(0, self.n_rows, LEAF):
                yield self.rows(slice(0, 0))
                yield self.rows(slice(first, first + LEAF))

    case = make(2 * LEAF + 5, 3)
    gaps = replace(case, blocks=WithGaps(case.blocks.X, case.blocks.y))
    np.testing.assert_allclose(flat(terms(gaps)), flat(terms(case)), rtol=CLOSE, atol=CLOSE)


def test_every_kind_of_input_is_one_compilation():
    # each further one would cost a first call seconds
    for outcome in ("plain", "weighted", "offset", "counts"):
        for layout in ("C", "F", "strided"):
            for n in (100, PACK, 5 * LEAF + 3):
                terms(make(n, 3, outcome=outcome, layout=layout, rotated=n == 100))
    assert len(kernels.terms_span.signatures) <= 2  # float64 and, where it pays, float32


def test_the_polynomials_are_as_good_as_they_say():
    pytest.importorskip("mpmath")
    for name, worst in (("EXP", 2e-17), ("ATANH", 3e-18)):
        made, found = polynomials.measured()[name]
        assert found <= worst
        assert made == getattr(vector_kernels, name)


# --- extreme log-odds -----------------------------------------------------------------------------


def at(
    eta: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None, order: int = 2
) -> np.ndarray:
    """Log-likelihood, gradient and information of one column of ones, a row at a time."""
    nothing = np.empty(0)
    out = []
    with Workers(1, 0) as workers:
        for i in range(len(eta)):
            blocks = ArrayBlocks(
                np.ones((1, 1)), y[i : i + 1], offset=eta[i : i + 1],
                weight=nothing if weight is None else weight[i : i + 1],
            )  # fmt: skip
            c = Coordinates(np.array([0]), np.zeros(1), np.ones(1))
            t = sum_terms(blocks, np.zeros(1), order, coordinates=c, workers=workers)
            out.append((t.loglik, t.gradient[0], t.information[0, 0]))
    return np.array(out)


ETA = np.concatenate([
    np.linspace(-800, 800, 401), np.linspace(-40, 40, 321), np.linspace(-1, 1, 101),
    [1e-8, -1e-8, 1e-300, 36.9, 37.5, -37.5, 700.0, -708.5, 709.8, -745.2, 745.2],
])  # fmt: skip


@pytest.mark.parametrize("y", [0, 1])
def test_every_term_to_units_in_the_last_place(y):
    mp = pytest.importorskip("mpmath").mp.clone()
    mp.dps = 50
    # A rest of weight one half takes the branch of single terms, weight one that of the product.
    found = at(ETA, np.full(len(ETA), y, np.uint8))
    half = at(ETA, np.full(len(ETA), y, np.uint8), np.full(len(ETA), 0.5))
    for eta, (loglik, gradient, information), (by_half, _, _) in zip(ETA, found, half, strict=True):
        x = mp.mpf(float(eta)) * (1 if y else -1)
        z = mp.exp(-abs(x))
        exact = -(mp.log1p(z) + max(-x, 0))
        if abs(eta) < 708:  # beyond, z is held at the smallest normal double
            assert abs(loglik - exact) <= 4 * ULP * abs(exact)
            assert abs(by_half - exact / 2) <= 4 * ULP * abs(exact / 2)
            residual = mp.mpf(1) / (1 + mp.exp(x)) * (1 if y else -1)
            assert abs(gradient - residual) <= 4 * ULP * abs(residual)
            assert abs(information - z / (1 + z) ** 2) <= 6 * ULP * z / (1 + z) ** 2
        else:
            assert abs(loglik - exact) <= 1e-300 + 4 * ULP * abs(exact)
            assert abs(gradient) <= 4e-308 or abs(abs(gradient) - 1) <= ULP
            assert 0 <= information <= 4e-308


def test_a_whole_pack_of_unit_weights_takes_the_logarithm_of_a_product():
    mp = pytest.importorskip("mpmath").mp.clone()
    mp.dps = 40
    random = np.random.default_rng(1)
    for spread in (0.01, 1.0, 5.0, 30.0, 200.0):
        eta = random.normal(0, spread, PACK)
        y = (eta > 0).astype(np.uint8)  # all right: only log1p terms are left, however small
        c = Coordinates(np.array([-1]), np.zeros(1), np.ones(1))
        blocks = ArrayBlocks(np.ones((PACK, 1)), y, offset=eta)
        with Workers(1, 0) as workers:
            found = sum_terms(blocks, np.zeros(1), 0, coordinates=c, workers=workers).loglik
        exact = -sum(mp.log1p(mp.exp(-abs(mp.mpf(float(v))))) for v in eta)
        assert abs(found - exact) <= 30 * ULP * abs(exact)


@pytest.mark.parametrize("eta", [37.0, 40.0, 500.0, 800.0, 1e10, 1e300])
def test_extreme_log_odds_are_finite_and_right(eta):
    # 1 - mu by subtraction gives 0 at eta = 37, and log(0) is -inf: four peers do.
    (agree, _, _), (contradict, slope, _) = at(np.array([eta, eta]), np.array([1, 0], np.uint8))
    assert contradict == -eta
    assert slope == -1.0
    assert -math.exp(-min(eta, 700.0)) <= agree <= 0.0
    assert agree < 0.0 or eta > 700.0


def test_nan_and_infinity_show_up_in_the_sums():
    for value in (np.nan, np.inf, -np.inf):
        case = make(300, 3)
        X = case.blocks.X.copy()
        X[5, 1] = value
        assert not terms(replace(case, blocks=replace(case.blocks, X=X))).finite


def test_huge_weights_do_not_cancel():
    # sum w |eta| less sum (a - b) eta has lost six digits on an imbalance of a million to one
    n = 1000
    y = (np.arange(n) % 2).astype(np.uint8)
    weight = np.where(y == 1, 1.0, 1e6)
    eta = np.full(n, -13.8)
    c = Coordinates(np.array([-1]), np.zeros(1), np.ones(1))
    with Workers(1, 0) as workers:
        blocks = ArrayBlocks(np.ones((n, 1)), y, weight=weight, offset=eta)
        found = sum_terms(blocks, np.zeros(1), 0, coordinates=c, workers=workers).loglik
    z = math.log1p(math.exp(-13.8))
    assert found == pytest.approx(-500 * (13.8 + z) - 500e6 * z, rel=1e-14)


# --- the same code, run otherwise -----------------------------------------------------------------


def run_elsewhere(tmp_path: Path, **environment: str) -> list[np.ndarray]:
    out = tmp_path / "sums.npz"
    subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "tests" / "kernel_cases.py"), str(out)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=300,
    )
    with np.load(out) as saved:
        return [saved[name] for name in saved.files]


@pytest.mark.parametrize("switch", ["NUMBA_DISABLE_JIT", "LOGREG_BOUNDSCHECK"])
def test_as_plain_python_and_with_every_index_checked(tmp_path, switch):
    others = run_elsewhere(tmp_path, **{switch: "1"})
    for case, other in zip(small_cases(), others, strict=True):
        here = flat(terms(case))
        scale = np.abs(here) + np.abs(here[4:]).max(initial=1e-300)
        assert (np.abs(here - other) <= CLOSE * scale).all()


def test_small_cases_are_right():
    for case in list(small_cases())[:-1]:  # the last one's overflow the slow twin
        assert_right(case)
