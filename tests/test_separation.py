"""Separation: right on data whose answer is known by construction, and proven.

Tolerances. Kind, signs, rows and margins are exact: no tolerance. The limits of the finite
coefficients come from Newton's method on the boundary rows, condition number below 1e3: REFERENCE.
A scipy programme on small whole numbers has margins of 0 or >= 1e-3: LP_ZERO is far from both.
"""

import csv
import math
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreg_core import separation as module
from logreg_core.errors import DataError
from logreg_core.separation import detect, limit_rows

REFERENCE = 1e-12
LP_ZERO = 1e-6

DATA = os.environ.get("LOGREG_DATA_DIR")
real_data = pytest.mark.real_data
needs_data = pytest.mark.skipif(DATA is None, reason="LOGREG_DATA_DIR is not set")


# --- designs whose answer is known ------------------------------------------------------------


def known_design(seed):
    """(X, y, kind, direction (p + 1,) exact, strict rows, decimal) on whole numbers.

    "none": pairs of equal rows with either outcome, of full rank (their signed sum is zero).
    "quasi-complete": such pairs of rank k - 1 on the plane of d, other rows strictly beside it.
    "complete": all rows strictly beside the plane of d.
    """
    rng = np.random.default_rng(seed)
    kind = ("none", "quasi-complete", "complete")[seed % 3]
    p = int(rng.integers(1, 9))
    n = int(rng.integers(25, 90))
    d = rng.integers(-2, 3, p + 1)
    c = int(rng.integers(1, p + 1))
    d[c] = rng.choice([-1, 1])
    decimal = bool(seed % 2)
    if decimal and kind == "quasi-complete":  # rounding spares a plane of one column only
        d = np.where(np.arange(p + 1) == c, d, 0)
    X = rng.integers(-4, 5, (n, p))
    pairs = rng.integers(-4, 5, (4 * p + 4, p))
    if kind == "quasi-complete":
        pairs[:, c - 1] = 0
        pairs[:, c - 1] = -d[c] * (d[0] + pairs @ d[1:])
    margin = d[0] + X @ d[1:]
    X, margin = X[margin != 0], margin[margin != 0]
    y = margin > 0 if kind != "none" else rng.random(len(X)) < 0.5
    strict = np.full(len(X), kind != "none")
    if kind != "complete":
        X = np.vstack([X, pairs, pairs])
        y = np.concatenate([y, np.ones(len(pairs), bool), np.zeros(len(pairs), bool)])
        strict = np.concatenate([strict, np.zeros(2 * len(pairs), bool)])
        Z = np.column_stack([np.ones(len(pairs)), pairs])
        assert np.linalg.matrix_rank(Z) == (p + 1 if kind == "none" else p)
    assert 0 < y.sum() < len(y)
    return X, y, kind, d, strict, decimal


def moved(X, d, seed, decimal):
    """Columns scaled by about 10^-6 to 10^6 and shifted by up to 10^6 of their deviations."""
    rng = np.random.default_rng(seed + 1_000_000)
    p = X.shape[1]
    shift = rng.choice([0, 1, 1_000, 4_000_000], p) * rng.choice([-1, 1], p)
    power = rng.choice([-20, -3, 0, 3, 20], p)
    if decimal:
        return (X + shift) * 10.0 ** np.round(power * 0.3), None
    scaled = np.ldexp((X + shift).astype(float), power)  # exact
    intercept = int(d[0]) - int(d[1:] @ shift)
    return scaled, [Fraction(intercept)] + [
        Fraction(int(v)) / Fraction(2) ** int(e) for v, e in zip(d[1:], power, strict=True)
    ]


def exact_margins(found, X, y):
    """Signed margins of the direction in rational arithmetic, by an obvious loop."""
    d = [Fraction(v) for v in found.exact_direction]
    for row, outcome in zip(np.asarray(X, dtype=float).tolist(), y, strict=True):
        margin = d[0] + sum(Fraction(x) * v for x, v in zip(row, d[1:], strict=True))
        yield margin if outcome else -margin


@pytest.mark.parametrize("seed", range(300))
def test_known_designs(seed):
    X, y, kind, d, strict, decimal = known_design(seed)
    X, truth = moved(X, d, seed, decimal)
    found = detect(X, y)
    assert (found.kind, found.proven) == (kind, True)
    assert np.array_equal(found.boundary, ~strict)
    margins = list(exact_margins(found, X, y))
    assert [m > 0 for m in margins] == strict.tolist()
    assert all(m == 0 for m, inside in zip(margins, strict, strict=True) if not inside)
    names = found.names
    if kind == "none":
        assert not found.infinite
        assert not found.undetermined
        assert not found.direction.any()
    elif kind == "quasi-complete" and truth is not None:
        # The boundary has rank k - 1, so d is the only direction: its signs are the answer.
        expected = {v: math.copysign(math.inf, t) for v, t in zip(names, truth, strict=True) if t}
        assert found.infinite == expected
        assert not found.undetermined
    elif kind == "quasi-complete":
        column = int(np.flatnonzero(d)[-1])
        assert found.infinite[names[column]] == math.copysign(math.inf, d[column])
        assert set(found.infinite) <= {"intercept", names[column]}
    else:
        design = np.column_stack([np.ones(len(X)), X])
        assert (np.where(y, 1, -1) * (design @ found.direction) > 0).all()
    if kind == "complete" and truth is not None:
        # d is interior: a coefficient of one sign only has the sign it has in d.
        for name, value in found.infinite.items():
            assert value * truth[names.index(name)] > 0


def programme(Z, success, failure):
    """The same answer from plain linear programmes, for whole numbers of one size."""
    from scipy.optimize import linprog

    sign = success.astype(int) - failure.astype(int)
    A, E = (sign[:, None] * Z)[sign != 0], Z[sign == 0]
    (m, k), e = A.shape, len(E)
    found = linprog(
        np.r_[np.zeros(k), -np.ones(m)],
        A_ub=np.c_[-A, np.eye(m)],
        b_ub=np.zeros(m),
        A_eq=np.c_[E, np.zeros((e, m))],
        b_eq=np.zeros(e),
        bounds=[(None, None)] * k + [(0, 1)] * m,
    )
    strict = np.zeros(len(Z), bool)
    strict[np.flatnonzero(sign)[found.x[k:] > 0.5]] = True
    limits = []
    for j in range(k):
        reach = []
        for side in (1, -1):
            cost = -side * np.eye(k)[j]
            best = linprog(
                cost, A_ub=-A, b_ub=np.zeros(m), A_eq=E, b_eq=np.zeros(e), bounds=(-1, 1)
            )
            reach.append(-best.fun > LP_ZERO)
        up, down = reach
        limits.append(math.nan if up and down else math.inf * (up - down) if up or down else 0.0)
    return strict, np.array(limits)


def small_design(seed, mixed=True):
    rng = np.random.default_rng(seed)
    while True:
        k, n = int(rng.integers(1, 6)), int(rng.integers(3, 25))
        Z = rng.integers(-2, 3, (n, k)).astype(float)
        if rng.random() < 0.7:
            Z[:, 0] = 1
        noise = rng.logistic(size=n) * (rng.random() < 0.5)
        success = Z @ rng.integers(-2, 3, k) + noise > 0
        failure = ~success
        if mixed and rng.random() < 0.3:
            both = rng.random(n) < 0.15
            success, failure = success | both, failure | both
        if np.linalg.matrix_rank(Z) == k and (success != failure).any():
            return Z, success, failure


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_plain_programmes(seed, exact):
    # Both outcomes in a row, no intercept, undetermined limits; `exact=False` is HiGHS alone.
    Z, success, failure = small_design(seed)
    names = [f"c{j}" for j in range(Z.shape[1])]
    found = module._detect(Z, success, failure, names, exact)
    strict, limits = programme(Z, success, failure)
    assert found.proven == exact
    assert np.array_equal(found.boundary, ~strict)
    assert found.n_separated == strict.sum()
    if strict.any():
        np.testing.assert_array_equal(found.limit, limits)


def test_an_exact_method_out_of_breath_hands_over(monkeypatch):
    monkeypatch.setattr("logreg_core.separation_proof._MAX_PIVOTS", 1)
    found = detect(*SIX)
    assert (found.kind, found.proven) == ("quasi-complete", False)
    assert "unproven" in found.explain()
    assert found.infinite == {"intercept": -math.inf, "x1": math.inf, "x2": math.inf}


@pytest.mark.parametrize("seed", range(8))
def test_signs_by_highs_where_many_columns_separate(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    X = rng.integers(-5, 6, (150, 8)).astype(float)
    y = X @ rng.integers(-3, 4, 8) + 0.5 > 0
    exact = detect(X, y)
    monkeypatch.setattr("logreg_core.separation_proof._SIGN_DIGITS", 0)
    guessed = detect(X, y)
    assert (guessed.kind, guessed.proven) == ("complete", True)
    assert (guessed.infinite, guessed.undetermined) == (exact.infinite, exact.undetermined)


@pytest.mark.parametrize("kind", ["none", "quasi-complete", "complete"])
def test_many_rows(kind):
    # Rows are generated: of 200,000 the programmes see a few hundred.
    rng = np.random.default_rng(5)
    X = rng.standard_normal((200_000, 9))
    eta = X @ np.arange(-4, 5) / 4
    y = rng.random(len(X)) < 1 / (1 + np.exp(-eta)) if kind != "complete" else eta > 0.3
    if kind == "quasi-complete":
        X[:, 2] = y & (rng.random(len(X)) < 0.01)
        X[:, 6] = ~y & (rng.random(len(X)) < 0.01)
    found = detect(X, y)
    assert (found.kind, found.proven) == (kind, True)
    if kind == "quasi-complete":
        assert found.infinite == {"x3": math.inf, "x7": -math.inf}
        assert np.array_equal(found.boundary, (X[:, 2] == 0) & (X[:, 6] == 0))


def test_many_columns_are_answered_unproven():
    rng = np.random.default_rng(6)
    X = rng.standard_normal((3_000, 70))
    y = rng.random(3_000) < 0.5
    assert detect(X, y).kind == "none"
    X[:, 11] = y & (rng.random(3_000) < 0.1)
    found = detect(X, y)
    assert (found.kind, found.proven, found.infinite) == (
        "quasi-complete",
        False,
        {"x12": math.inf},
    )


# --- the cases of DESIGN section 8 ------------------------------------------------------------


def newton(Z, y, steps=60):
    """Undamped maximum likelihood, enough for the tame boundary rows."""
    beta = np.zeros(Z.shape[1])
    for _ in range(steps):
        mu = 1 / (1 + np.exp(-Z @ beta))
        beta += np.linalg.solve(Z.T @ (Z * (mu * (1 - mu))[:, None]), Z.T @ (y - mu))
    return beta


@real_data
@needs_data
def test_endometrial():
    with open(Path(DATA) / "endometrial.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ["NV", "PI", "EH"]
    X = np.array([[float(row[name]) for name in names] for row in rows])
    y = np.array([int(row["HG"]) for row in rows])
    found = detect(X, y, names=names)
    assert (found.kind, found.proven, found.infinite) == ("quasi-complete", True, {"NV": math.inf})
    assert found.direction.tolist() == [0, 1, 0, 0]
    assert np.array_equal(found.boundary, X[:, 0] == 0)
    assert "NV -> +inf" in found.explain()
    rest = found.boundary
    beta = newton(np.column_stack([np.ones(rest.sum()), X[rest, 1:]]), y[rest])
    expected = [4.30451778305782, -0.042183403256789973, -2.9026056137775759]
    np.testing.assert_allclose(beta, expected, rtol=REFERENCE)


SIX = (np.array([[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]]), np.array([0, 0, 0, 1, 0, 1]))


def test_six_rows():
    X, y = SIX
    found = detect(X, y)
    assert (found.kind, found.proven) == ("quasi-complete", True)
    # Two rows of x = 0 without a success: the intercept falls, x1 and x2 rise against it.
    assert found.infinite == {"intercept": -math.inf, "x1": math.inf, "x2": math.inf}
    assert found.boundary.tolist() == [False, False, True, True, True, True]


def test_six_rows_path():
    # At intercept -t the best slopes are t (either group has one success in two), and the
    # log-likelihood -4 ln 2 - 2 log(1 + e^-t) rises with t: its supremum is at t = inf.
    X, y = SIX
    levels = []
    for t in (0.0, 1.0, 5.0, 20.0, 36.0):
        eta = -t + t * X.sum(axis=1)
        levels.append(-float(np.sum(np.logaddexp(0, np.where(y == 1, -eta, eta)))))
        mu = 1 / (1 + np.exp(-eta))
        np.testing.assert_allclose((y - mu) @ X, 0, atol=1e-15)
    assert levels == sorted(levels)
    assert math.isclose(levels[-1], -4 * math.log(2), rel_tol=REFERENCE)


def test_complete_although_a_vertex_has_zero_margins():
    Z = np.array([[1, -1, 2], [1, -1, -2], [1, -2, -2], [1, 2, 2]])
    for found in (
        detect(Z[:, 1:], [0, 1, 1, 1]),
        detect(Z, [0, 1, 1, 1], names=["intercept", "x1", "x2"], fit_intercept=False),
    ):
        assert (found.kind, found.proven) == ("complete", True)
        assert found.infinite == {"intercept": math.inf, "x1": math.inf, "x2": -math.inf}
        assert all(m > 0 for m in exact_margins(found, Z[:, 1:], [0, 1, 1, 1]))


# --- exactness --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("third", "kind"),
    [(np.nextafter(1, 0), "none"), (1.0, "quasi-complete"), (np.nextafter(1, 2), "complete")],
)
def test_one_rounding_unit_decides(third, kind):
    found = detect([[0.0], [1.0], [third], [2.0]], [0, 0, 1, 1])
    assert (found.kind, found.proven) == (kind, True)


def test_undetermined_is_not_infinite():
    found = detect([[-1.0], [1.0]], [0, 1])
    assert found.kind == "complete"
    assert found.infinite == {"x1": math.inf}
    assert found.undetermined == ("intercept",)  # by symmetry it is 0 all along the path
    assert np.isnan(found.limit[0])
    assert "Not determined by the data: intercept" in found.explain()


@pytest.mark.parametrize("extra", ["constant", "duplicate", "sum", "rounded sum", "zero"])
@pytest.mark.parametrize("kind", ["none", "quasi-complete", "complete"])
def test_dependent_columns_are_not_separation(kind, extra):
    rng = np.random.default_rng(3)
    X = rng.standard_normal((60, 3))
    y = X[:, 0] > 0 if kind == "complete" else rng.random(60) < 0.5
    if kind == "quasi-complete":
        X[:, 1] = y & (rng.random(60) < 0.3)
    column = {
        "constant": np.full(60, 3.7),
        "duplicate": X[:, 0],
        "sum": np.round(X[:, 0] * 8) / 8,
        "rounded sum": 0.1 * X[:, 0] + 0.7 * X[:, 2],
        "zero": np.zeros(60),
    }[extra]
    if extra == "sum":
        X[:, 0] = column
        column = column + 2 * X[:, 1]
    plain, found = detect(X, y), detect(np.column_stack([X, column]), y)
    assert found.aliased == ("x4",)
    assert plain.kind == found.kind == kind
    assert (found.infinite, found.undetermined) == (plain.infinite, plain.undetermined)
    assert found.exact_direction[:-1] == plain.exact_direction
    assert np.array_equal(found.boundary, plain.boundary)


def test_dummy_trap_without_intercept_and_fewer_rows_than_columns():
    y = np.array([0, 1, 0, 1, 1, 1])
    level = np.repeat(np.eye(3), 2, axis=0)
    found = detect(np.column_stack([level, np.full(6, -2.0)]), y, fit_intercept=False)
    assert (found.kind, found.proven, len(found.aliased)) == ("quasi-complete", True, 1)
    wide = np.random.default_rng(0).standard_normal((4, 9))
    assert detect(wide, [0, 1, 1, 0]).kind == "complete"


# --- rows, outcomes, weights ------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_rows_columns_and_outcomes_may_be_rearranged(seed, random):
    Z, success, failure = small_design(seed)
    n, k = Z.shape
    names = [f"c{j}" for j in range(k)]
    found = module._detect(Z, success, failure, names)
    rows, columns = random.sample(range(n), n), random.sample(range(k), k)
    again = module._detect(Z[rows], success[rows], failure[rows], names)
    assert (again.kind, again.infinite) == (found.kind, found.infinite)
    assert np.array_equal(again.boundary, found.boundary[rows])
    across = module._detect(Z[:, columns], success, failure, [names[j] for j in columns])
    assert (across.kind, across.infinite) == (found.kind, found.infinite)
    assert set(across.undetermined) == set(found.undetermined)
    flipped = module._detect(Z, failure, success, names)
    assert flipped.kind == found.kind
    assert flipped.infinite == {name: -value for name, value in found.infinite.items()}
    assert np.array_equal(flipped.boundary, found.boundary)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_weight_zero_drops_a_row_and_other_weights_change_nothing(seed):
    Z, success, _ = small_design(seed, mixed=False)
    weight = np.random.default_rng(seed).choice([0.0, 0.5, 3.0], len(Z))
    keep = weight > 0
    if len(set(success[keep])) < 2:
        return
    whole = detect(Z, success, sample_weight=weight, fit_intercept=False)
    part = detect(Z[keep], success[keep], fit_intercept=False)
    assert (whole.kind, whole.infinite, whole.n_rows) == (part.kind, part.infinite, part.n_rows)
    assert np.array_equal(whole.boundary[keep], part.boundary)
    assert not whole.boundary[~keep].any()
    assert all(keep[row] for row in whole.separated_rows + whole.boundary_rows)


def test_counts_equal_repeated_rows():
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    success, failure = [0, 0, 2, 3], [2, 1, 1, 0]
    counts = detect(X, success, failures=failure)
    long = detect(X[[0, 1, 2, 2, 3]], [0, 0, 0, 1, 1])
    assert counts.kind == long.kind == "quasi-complete"
    assert counts.infinite == long.infinite == {"intercept": -math.inf, "x1": math.inf}
    assert counts.boundary.tolist() == [False, False, True, False]
    assert limit_rows(counts, X, success, failure).tolist() == counts.boundary.tolist()
    assert limit_rows(counts, [[2.0], [2.5]], [1, 1], [0, 0]).tolist() == [True, False]


@pytest.mark.parametrize("labels", [(0, 1), (1, 2), (-1, 1), (False, True), ("no", "yes")])
def test_labels(labels):
    y = np.array(labels)[SIX[1]]
    assert detect(SIX[0], y).infinite == detect(*SIX).infinite


def test_frames_give_names():
    import pandas as pd

    frame = pd.DataFrame({"a": [0, 1, 0, 1], "b": [0, 0, 1, 1]})
    assert detect(frame, [0, 1, 0, 1]).infinite == {"intercept": -math.inf, "a": math.inf}
    twice = pd.concat([frame["b"], frame["b"] ** 2 + frame["a"]], axis=1, keys=["b", "b"])
    assert detect(twice, [0, 1, 0, 1]).names == ("intercept", "b (column 1)", "b (column 2)")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([[1.0], [math.nan]], [0, 1]), "'x1' holds NaN.* in row 1"),
        (([[1.0], [2.0]], [1, 1]), "1 class"),
        (([[1.0], [2.0]], [0, 1, 1]), "shape"),
        (([[1.0], [2.0], [3.0]], [0, 1, 2]), "3 classes"),
    ],
)
def test_bad_input(arguments, words):
    with pytest.raises(DataError, match=words):
        detect(*arguments)


def test_bad_weights_and_names():
    with pytest.raises(DataError, match="only one outcome"):
        detect([[1.0], [2.0]], [0, 1], sample_weight=[1, 0])
    with pytest.raises(DataError, match=r"sample_weight holds -1 in row 1"):
        detect([[1.0], [2.0]], [0, 1], sample_weight=[1, -1])
    with pytest.raises(DataError, match="2 names for 1 columns"):
        detect([[1.0], [2.0]], [0, 1], names=["a", "b"])


def test_input_is_not_changed_and_result_is_small():
    X, y = np.asfortranarray(np.arange(12.0).reshape(6, 2) ** 2), np.array([0, 0, 1, 0, 1, 1])
    X.setflags(write=False)
    y.setflags(write=False)
    before = X.copy()
    found = detect(X, y)
    assert np.array_equal(X, before)
    assert "array" not in repr(found).replace("direction=array", "")
