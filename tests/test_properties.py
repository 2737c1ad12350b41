"""What must hold of every fit, whatever the data.

Tolerances. Sums over another partition or order of rows differ by rounding, 1e-12 at most on the
condition numbers drawn here (below 100); the maximum then moves by as much, in units of the
standard error: coefficients are compared to 1e-11 of |coef| + std_error. Scaling a column by a
power of two rounds nothing: bits are compared. By any other factor the column itself is rounded
once, at 1e-16, and the coefficients follow to 1e-13. Threads, order of completion and layout
never change a bit. Complex steps have no truncation error, central differences keep nine digits.
"""

from __future__ import annotations

import itertools
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from kernel_cases import laid_out

import logreg_core as lc
from benchmarks import robustness
from logreg_core import array_blocks, blocks, reference, workers
from logreg_core.blocks import ArrayBlocks, sum_terms
from logreg_core.kernels import LEAF
from logreg_core.problem import Objective, sample_coordinates
from logreg_core.workers import Workers

CLOSE = 1e-11
few = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(30, 150)
widths = st.integers(1, 5)
solvers = st.sampled_from(["auto", "newton", "irls"])


def drawn(seed, n, columns):
    """Columns of many units and origins, outcomes that depend on them and overlap."""
    random = np.random.default_rng(seed)
    scale = 10.0 ** random.integers(-4, 5, columns)
    X = random.normal(random.normal(0, 3, columns), 1.0, (n, columns)) * scale
    eta = ((X / scale) - (X / scale).mean(0)) @ random.normal(0, 0.6, columns) + random.normal(
        0, 0.5
    )
    y = (random.random(n) < 1 / (1 + np.exp(-eta))).astype(int)
    return X, y


def fitted(X, y, **options):
    """A fit, or an example to pass over where it has no maximum."""
    assume(0 < np.sum(y) < len(y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lc.fit(X, y, **options)
    assume(fit.converged)
    return fit


def assert_close(found, expected, errors, tolerance=CLOSE):
    assert (np.abs(found - expected) <= tolerance * (np.abs(expected) + errors)).all()


def assert_same_bits(fit, other):
    for name in ("coef", "covariance", "loglik", "null_loglik"):
        assert np.array_equal(getattr(fit, name), getattr(other, name), equal_nan=True), name


# --- rows, in any order, cut anywhere -------------------------------------------------------------


@few
@given(seeds, st.integers(1, 6), st.lists(st.integers(0, 3 * LEAF), max_size=6))
def test_another_partition_agrees(seed, columns, cuts):
    X, y = drawn(seed, 3 * LEAF + 17, columns)
    edges = [0, *sorted(cuts), len(X)]

    class Cut(ArrayBlocks):
        def spans(self):
            yield from (self.rows(slice(a, b)) for a, b in itertools.pairwise(edges) if b > a)

    beta = np.random.default_rng(seed).normal(0, 0.5, columns + 1)
    found = []
    for kind in (ArrayBlocks, Cut):
        source = kind(X, y.astype(np.uint8))
        coordinates = sample_coordinates(source, True)
        with Workers(1, 0) as pool:
            found.append(sum_terms(source, beta, 2, coordinates=coordinates, workers=pool))
    a, b = found
    assert a.loglik == pytest.approx(b.loglik, rel=1e-12)
    size = np.sqrt(a.information.diagonal() * len(X))
    assert (np.abs(a.gradient - b.gradient) <= 1e-12 * size).all()
    assert (np.abs(a.information - b.information) <= 1e-12 * np.outer(size, size) / len(X)).all()


@few
@given(seeds, sizes, widths, solvers)
def test_order_of_rows_and_columns(seed, n, columns, solver):
    X, y = drawn(seed, n, columns)
    fit, random = fitted(X, y, solver=solver), np.random.default_rng(seed)
    rows, places = random.permutation(n), random.permutation(columns)
    turned = fitted(X[rows], y[rows], solver=solver)
    assert_close(turned.coef, fit.coef, fit.std_error)
    assert_close(turned.std_error, fit.std_error, 0.0)
    moved = fitted(X[:, places], y, solver=solver)
    assert_close(moved.coef[1:], fit.coef[1:][places], fit.std_error[1:][places])
    assert_close(moved.coef[0], fit.coef[0], fit.std_error[0])


@few
@given(seeds, sizes, widths, solvers)
def test_weight_two_is_the_row_twice_and_zero_is_no_row(seed, n, columns, solver):
    X, y = drawn(seed, n, columns)
    times = np.random.default_rng(seed).integers(0, 4, n)
    assume(0 < y[times > 0].sum() < (times > 0).sum())
    weighted = fitted(X, y, sample_weight=times, solver=solver)
    repeated = fitted(np.repeat(X, times, axis=0), np.repeat(y, times), solver=solver)
    assert_close(weighted.coef, repeated.coef, repeated.std_error)
    assert_close(weighted.std_error, repeated.std_error, 0.0)
    assert weighted.loglik == pytest.approx(repeated.loglik, rel=1e-12)
    assert weighted.weight_sum == repeated.weight_sum
    assert weighted.df_residual == repeated.df_residual


@few
@given(seeds, sizes, widths)
def test_counts_are_rows_added_up(seed, n, columns):
    X, y = drawn(seed, n, columns)
    cells = X[np.arange(n) % (n // 2)]
    rows = fitted(cells, y)
    half = n // 2
    success = np.bincount(np.arange(n) % half, y, minlength=half)
    trials = np.bincount(np.arange(n) % half, minlength=half)
    counts = fitted(X[:half], success, n_trials=trials)
    assert_close(counts.coef, rows.coef, rows.std_error)
    assert_close(counts.std_error, rows.std_error, 0.0)


# --- units and signs ------------------------------------------------------------------------------


@few
@given(seeds, sizes, widths, st.integers(-40, 40), solvers)
def test_a_power_of_two_scales_its_coefficient_and_nothing_else(seed, n, columns, power, solver):
    X, y = drawn(seed, n, columns)
    fit = fitted(X, y, solver=solver)
    wide = X.copy()
    wide[:, 0] *= 2.0**power
    other = fitted(wide, y, solver=solver)
    factor = np.ones(columns + 1)
    factor[1] = 2.0**-power
    assert (other.coef == fit.coef * factor).all()
    assert (other.std_error == fit.std_error * factor).all()
    assert other.loglik == fit.loglik
    assert (other.trace["decrement"] == fit.trace["decrement"]).all()


@few
@given(seeds, sizes, widths, st.floats(1e-6, 1e6), solvers)
def test_any_factor_scales_its_coefficient_and_nothing_else(seed, n, columns, factor, solver):
    X, y = drawn(seed, n, columns)
    fit = fitted(X, y, solver=solver)
    other = fitted(X * factor, y, solver=solver)
    scales = np.r_[1.0, np.full(columns, factor)]
    assert_close(other.coef * scales, fit.coef, fit.std_error, 1e-13)
    assert_close(other.std_error * scales, fit.std_error, 0.0, 1e-12)


@few
@given(seeds, sizes, widths, solvers)
def test_flipping_the_outcome_flips_the_coefficients(seed, n, columns, solver):
    X, y = drawn(seed, n, columns)
    fit, flipped = fitted(X, y, solver=solver), fitted(X, 1 - y, solver=solver)
    assert_close(flipped.coef, -fit.coef, fit.std_error)
    assert_close(flipped.std_error, fit.std_error, 0.0)
    assert flipped.loglik == pytest.approx(fit.loglik, rel=1e-13)


@few
@given(seeds, sizes, widths)
def test_a_shifted_column_shifts_the_intercept_only(seed, n, columns):
    X, y = drawn(seed, n, columns)
    fit, shifted = fitted(X, y), fitted(X + 1024.0 * X.std(axis=0), y)
    # the shift itself rounds the columns at 1e-13 of their spread
    assert_close(shifted.coef[1:], fit.coef[1:], fit.std_error[1:], 1e-10)


# --- derivatives ----------------------------------------------------------------------------------


def complex_loglik(Z, y, beta):
    """The log-likelihood as an analytic function, right at moderate log-odds."""
    eta = Z @ beta
    return (y * eta - np.log(1 + np.exp(eta))).sum()


@few
@given(seeds, sizes, widths, st.booleans())
def test_gradient_and_hessian_are_derivatives(seed, n, columns, rotated):
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(n, columns)), (random.random(n) < 0.5).astype(np.uint8)
    source = ArrayBlocks(X, y)
    coordinates = sample_coordinates(source, True)
    k = columns + 1
    if rotated:
        coordinates = coordinates.rotated(np.eye(k) + np.triu(random.normal(0, 0.3, (k, k)), 1))
    beta = random.normal(0, 0.7, k)
    with Workers(1, 0) as pool:
        found = Objective(source, coordinates, pool)(beta, 2)
    Z = np.column_stack([np.ones(n), (X - coordinates.center[1:]) * coordinates.scale[1:]])
    Z = Z @ coordinates.rotation if rotated else Z
    units, size = np.eye(k), np.abs(Z).sum(axis=0)
    h = 1e-30
    for j in range(k):
        by_complex = complex_loglik(Z, y, beta + 1j * h * units[j]).imag / h
        assert abs(found.gradient[j] - by_complex) <= 1e-12 * size[j]
    value = lambda b: reference.log_likelihood(Z, y * 1.0, 1.0 - y, b)  # noqa: E731
    slope = lambda b: reference.gradient(Z, y * 1.0, 1.0 - y, b)  # noqa: E731
    d = 1e-5
    for j in range(k):
        central = (value(beta + d * units[j]) - value(beta - d * units[j])) / (2 * d)
        assert abs(found.gradient[j] - central) <= 1e-7 * size[j]
        row = (slope(beta + d * units[j]) - slope(beta - d * units[j])) / (2 * d)
        assert (np.abs(found.hessian[j] - row) <= 1e-7 * (size + size[j])).all()


# --- the maximum ----------------------------------------------------------------------------------


@few
@given(seeds, sizes, widths, solvers)
def test_the_log_likelihood_never_falls_and_its_mean_is_met(seed, n, columns, solver):
    X, y = drawn(seed, n, columns)
    fit = fitted(X, y, solver=solver)
    logliks = [*fit.trace["loglik"], fit.loglik]
    assert (np.diff(logliks) >= -1e-13 * np.abs(fit.null_loglik)).all()
    assert fit.loglik >= fit.null_loglik * (1 + 1e-13)
    mu = fit.probability(X)
    assert mu.mean() == pytest.approx(y.mean(), rel=1e-12)
    slopes = (y - mu) @ ((X - X.mean(axis=0)) / X.std(axis=0))
    assert np.abs(slopes).max() <= 1e-11 * n


@few
@given(seeds, st.integers(6, 80), widths, st.sampled_from(["complete", "quasi", "level"]), solvers)
def test_separated_data_never_yield_converged(seed, n, columns, kind, solver):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, columns))
    margin = X @ random.normal(size=columns)
    margin -= np.median(margin)
    y = margin > 0
    if kind == "quasi":  # a pair on the plane, one of either outcome
        X = np.vstack([X - X.mean(0), np.zeros((2, columns))])
        y = np.r_[X[:n] @ np.linalg.lstsq(X[:n], margin, rcond=None)[0] > 0, True, False]
    elif kind == "level":
        member = np.arange(n) < max(2, n // 5)
        y = random.random(n) < 0.5
        y[member] = True
        X = np.column_stack([X, member])
    assume(0 < y.sum() < len(y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lc.fit(X, y, solver=solver, max_iter=300)
    assert lc.separation.detect(X, y).kind != "none"
    assert not fit.converged
    assert fit.status.word == "separated"
    assert not np.isfinite(fit.coef).all()  # infinite, or NaN where not even that is determined


# --- the same bits --------------------------------------------------------------------------------


@few
@given(seeds, sizes, widths, st.sampled_from(["F", "strided", "reversed", "read-only"]), solvers)
def test_layout_never_changes_a_bit(seed, n, columns, layout, solver):
    X, y = drawn(seed, n, columns)
    assert_same_bits(fitted(X, y, solver=solver), fitted(laid_out(X, layout), y, solver=solver))


def many_rows(n=200_000, columns=4):
    random = np.random.default_rng(11)
    X = random.normal(size=(n, columns)) * [1, 10, 1e-3, 1e4]
    return X, random.random(n) < 1 / (1 + np.exp(1 - X[:, 0] + X[:, 1] / 20))


@pytest.mark.parametrize("solver", ["auto", "fast", "newton"])
def test_any_number_of_threads(solver):
    X, y = many_rows()
    fits = [lc.fit(X, y, threads=threads, solver=solver) for threads in (1, 2, 8)]
    for other in fits[1:]:
        assert_same_bits(fits[0], other)


@pytest.mark.parametrize("solver", ["newton", "irls"])
def test_any_order_of_completion(monkeypatch, solver):
    monkeypatch.setattr(array_blocks, "LEAST_ELEMENTS", 1)
    X, y = many_rows(11 * LEAF + 50)
    alone = lc.fit(X, y, threads=1, solver=solver)
    kernel, random = blocks.terms_span, np.random.default_rng(3)
    threads = set()

    def late(*parts):
        time.sleep(random.choice([0.0, 0.002, 0.006]))
        threads.add(threading.get_ident())
        kernel(*parts)

    monkeypatch.setattr(workers, "SERIAL_WORK", 0)
    monkeypatch.setattr(workers, "SERIAL_PASS", 0)
    monkeypatch.setattr(blocks, "terms_span", late)
    assert_same_bits(alone, lc.fit(X, y, threads=4, solver=solver))
    assert len(threads) > 1


def test_four_python_threads_fitting_at_once_agree():
    X, y = many_rows()
    with ThreadPoolExecutor(4) as pool:
        fits = list(pool.map(lambda _: lc.fit(X, y, threads=2), range(4)))
    for other in fits[1:]:
        assert_same_bits(fits[0], other)


def test_the_fast_climb_is_the_plain_one():
    X, y = many_rows(400_000)
    fast, plain = lc.fit(X, y), lc.fit(X, y, solver="newton")
    assert fast.solver == "fast"
    assert fast.status is plain.status
    assert_close(fast.coef, plain.coef, plain.std_error, 1e-10)
    assert_close(fast.std_error, plain.std_error, 0.0, 1e-10)
    assert fast.loglik == pytest.approx(plain.loglik, rel=1e-13)


# --- robustness -----------------------------------------------------------------------------------


def test_every_climb_on_heavy_tailed_columns_reaches_the_maximum():
    # `python -m benchmarks.robustness` takes two thousand and more
    verdicts = [robustness.judge(case) for case in robustness.cases(64, seed=1)]
    assert sum(v.climbs for v in verdicts) > 350
    assert any(v.separated for v in verdicts)
    assert not [problem for v in verdicts for problem in v.problems]


def test_heavy_tailed_maxima_against_fifty_digits():
    pytest.importorskip("mpmath")
    kinds = set()
    for case in robustness.cases(24, seed=2):
        if len(case.y) > 90 or case.design in kinds:
            continue
        if lc.separation.detect(case.X, case.y).kind != "none":
            continue
        kinds.add(case.design)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = lc.fit(case.X, case.y, max_iter=200)
        exact = reference.fit(case.X, case.y, 20)
        # A centre pulled away by an outlier rounds the other rows at the last bit of itself.
        pulled = np.abs(case.X.mean(axis=0)) / np.median(np.abs(case.X), axis=0)
        digits = 1e-14 * max(fit.condition_number, 10.0) + 1e-15 * pulled.max()
        assert fit.loglik == pytest.approx(exact.loglik, rel=digits)
        assert_close(fit.coef, exact.coef, exact.std_error, digits)
        assert_close(fit.std_error, exact.std_error, 0.0, 100 * digits)
    assert len(kinds) >= 3
