"""The metric and its bounds, against the information in 50 digits.

The bound on the rounding of A must hold, whatever the columns do; it must also say something: it
stays below 1e-6 here, and ||A - I|| below 1e-2, so that nothing of a proof is lost to it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import logreg_core as lc
from logreg_core.evidence import evidence
from logreg_core.exact_terms import Point, exact_terms
from logreg_core.judged_rows import Judged, arrange
from logreg_core.metric import Metric, inside_of, metric_at
from logreg_core.problem import Objective
from logreg_core.workers import Workers

pytestmark = pytest.mark.filterwarnings("ignore::logreg_core.errors.LogregWarning")
KINDS = ("plain", "scaled", "uncentred", "collinear", "both", "weights", "offset", "ridge", "bent")


def case(kind: str) -> Judged:
    random = np.random.default_rng(KINDS.index(kind))
    X = random.normal(size=(60, 3))
    y = (random.random(60) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
    rest: dict[str, Any] = {}
    if kind == "scaled":
        X *= [1e9, 1e-9, 1.0]
    if kind in ("collinear", "both"):
        X[:, 1] = X[:, 0] + 1e-6 * X[:, 1]
    if kind in ("uncentred", "both"):
        X += 10.0 ** (6 if kind == "uncentred" else 3)
    if kind == "weights":
        rest["sample_weight"] = 10 ** random.uniform(-2, 5, 60)
    if kind == "offset":
        rest["offset"] = random.normal(0, 5, 60)
    fit = lc.fit(X, y, l2=2.0 if kind == "ridge" else 0.0, **rest)
    if kind == "bent":
        fit = lc.fit(X, y, max_iter=1)
    return arrange(fit, X, y, **rest)


def seen(objective: Objective, coef: np.ndarray, inside: Any = None) -> Metric | None:
    terms = exact_terms(objective, Point.of(coef))
    return None if terms is None else metric_at(objective, coef, terms.farthest, inside)


def exact_information(rows: Judged, turn: Any, mpmath: Any) -> tuple[Any, list[Any]]:
    """T' H T and the lengths |T' x| of the rows that count, for a T of doubles."""
    with Workers(1, 0) as workers:
        c = rows.objective(workers).coordinates
    span = rows.problem.blocks.rows(slice(None))  # type: ignore[attr-defined]
    exact = np.frompyfunc(lambda v: mpmath.mpf(float(v)), 1, 1)
    design = np.column_stack([np.ones(len(span.X)), span.X])
    eta = exact(design) @ exact(rows.coef)
    if span.offset.size:
        eta = eta + exact(span.offset)
    weight = exact(span.weight if span.weight.size else np.ones(len(span.X)))
    curve = [w / (2 + mpmath.exp(e) + mpmath.exp(-e)) for w, e in zip(weight, eta, strict=True)]
    Z = ((exact(design) - exact(c.center)) * exact(c.scale)) @ exact(turn)
    information = (Z.T * np.array(curve)) @ Z
    if rows.fit.l2:
        jacobian = exact(np.diag(np.where(c.columns < 0, 0.0, c.scale))) @ exact(turn)
        information = information + rows.fit.l2 * (jacobian.T @ jacobian)
    return information, [mpmath.sqrt(z @ z) for z in Z]


@pytest.mark.parametrize("kind", KINDS)
def test_rounding_is_bounded(kind: str) -> None:
    mpmath = pytest.importorskip("mpmath")
    rows = case(kind)
    with Workers(1, 0) as workers, np.errstate(all="ignore"):
        objective = rows.objective(workers)
        metric = seen(objective, rows.coef, rows.inside(objective))
    assert metric is not None
    with mpmath.workdps(50):
        exact, lengths = exact_information(rows, metric.turn, mpmath)
        error = np.array((exact - metric.information).astype(float))
        away = np.array((exact - np.eye(4)).astype(float))
        assert float(max(lengths)) <= metric.reach
    assert np.linalg.norm(error, 2) <= metric.rounding < 1e-6
    assert np.linalg.norm(away, 2) <= metric.slack < 1e-2
    assert metric.reach <= 20 * float(max(lengths))
    if kind != "uncentred":  # there the pass has seen a better point than the coefficients
        assert (np.linalg.norm(error, axis=0) <= 20 * metric.noise).all()


def test_rotated_passes_where_columns_are_collinear() -> None:
    with Workers(1, 0) as workers, np.errstate(all="ignore"):
        for kind, passes in (("plain", 1), ("collinear", 2), ("both", 2)):
            rows = case(kind)
            metric = seen(rows.objective(workers), rows.coef)
            assert metric is not None
            assert metric.passes in (passes, passes + (kind != "plain"))


def test_lengths_are_standard_errors() -> None:
    rows = case("plain")
    with Workers(1, 0) as workers:
        metric = seen(rows.objective(workers), rows.coef)
    assert metric is not None
    np.testing.assert_allclose(np.sqrt(metric.variances()), rows.fit.std_error, rtol=1e-12)
    np.testing.assert_allclose(metric.lengths(), rows.fit.std_error, rtol=1e-6)


def test_a_step_is_seen_with_its_digits() -> None:
    rows = case("both")
    with Workers(1, 0) as workers, np.errstate(all="ignore"):
        objective = rows.objective(workers)
        metric = seen(objective, rows.coef)
        assert metric is not None
        step = metric.jacobian @ np.array([1.0, 2.0, -1.0, 0.5])
        np.testing.assert_allclose(metric.seen(step), [1.0, 2.0, -1.0, 0.5], rtol=1e-6)
        frame = objective.coordinates
        near = frame.from_columns(rows.coef)
        np.testing.assert_allclose(inside_of(frame, Point.of(rows.coef)), near, rtol=1e-8)


def test_what_overflows_has_no_metric() -> None:
    rows = case("plain")
    with Workers(1, 0) as workers, np.errstate(all="ignore"):
        assert metric_at(rows.objective(workers), np.full(4, 1e308), np.ones(4)) is None


def test_noise_as_large_as_the_information_is_no_proof() -> None:
    rows = case("plain")
    with Workers(1, 0) as workers, np.errstate(all="ignore"):
        objective = rows.objective(workers)
        far = rows.coef + np.array([0.0, 1e17, 0.0, 0.0])
        metric = metric_at(objective, far, np.full(4, 5.0))
        if metric is not None:
            assert metric.row_norm == np.inf
            point = Point.of(far)
            terms = exact_terms(objective, point)
            assert terms is None or evidence(metric, terms, point).bound == np.inf
