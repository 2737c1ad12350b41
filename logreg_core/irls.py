"""Iteratively reweighted least squares, as the textbooks mean it.

Each step regresses the working residual (y - mu) / w on the columns with weights w = mu (1 - mu),
by QR. Newton's method solves the same equations through X'WX: in exact arithmetic the iterates
are equal; here the condition of the columns enters once and not twice, at several times the cost.
The QR runs block by block: two triangles stacked and factorised again are the triangle of both
(TSQR: Demmel et al. 2012, doi:10.1137/080731992).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from .ascent import Direction, direction
from .blocks import LEAF, Span, Terms, pairwise_sum
from .problem import Objective
from .reference import residual, working_weight

__all__ = ["Triangle", "triangle", "weighted_least_squares"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Triangle:
    """R of the QR of some rows, (<= columns, columns); the sum of two is that of all their rows."""

    r: Floats

    def __add__(self, other: Triangle) -> Triangle:
        return Triangle(np.linalg.qr(np.vstack([self.r, other.r]), mode="r"))


def _working_rows(objective: Objective, span: Span, beta: Floats) -> Triangle:
    """The triangle of [sqrt(w) x, sqrt(w) (y - mu) / w] over one span, leaf by leaf."""
    c = objective.coordinates

    def leaf(first: int) -> Triangle:
        rows = slice(first, first + LEAF)
        part = Span(*(a[rows] if a.size else a for a in span))
        X = np.ones((len(part.X), len(c.columns)))
        inside = c.columns >= 0
        X[:, inside] = (part.X[:, c.columns[inside]] - c.center[inside]) * c.scale[inside]
        if c.rotation.size:
            X = X @ c.rotation
        success, failure = part.success, part.failure
        if not success.size:
            success = part.y.astype(np.float64)
            failure = 1.0 - success
            if part.weight.size:
                success, failure = success * part.weight, failure * part.weight
        eta = X @ beta + (part.offset if part.offset.size else 0.0)
        root = np.sqrt(working_weight(eta, success, failure))
        left = residual(eta, success, failure)
        with np.errstate(divide="ignore", invalid="ignore"):
            right = np.where(root > 0.0, left / root, 0.0)
        return Triangle(np.linalg.qr(np.column_stack([X * root[:, None], right]), mode="r"))

    return pairwise_sum(leaf(first) for first in range(0, len(span.X), LEAF))


def triangle(objective: Objective, beta: Floats) -> Floats:
    """R (k + 1, k + 1) of the weighted columns and the working residual at ``beta``."""
    with threadpool_limits(1, user_api="blas"):  # the bits must not depend on BLAS's threads
        spans = objective.blocks.spans()
        parts = objective.workers.map(lambda s: _working_rows(objective, s, beta), spans)
        return pairwise_sum(parts).r


def weighted_least_squares(objective: Objective) -> Callable[[Floats, Terms], Direction]:
    """The direction of one IRLS step at beta, for `newton`."""

    def towards(beta: Floats, terms: Terms) -> Direction:
        k = len(beta)
        whole = triangle(objective, beta)
        whole = whole * np.where(whole.diagonal() < 0.0, -1.0, 1.0)[:, None]
        r, right = whole[:k, :k], whole[:k, k]
        if objective.l2 or (len(r) < k or r.diagonal().min() <= 0.0):
            # a penalty adds to the information, and a singular one needs its diagonal raised
            return direction(terms.information, terms.gradient)
        step = np.linalg.solve(r, right)
        return Direction(
            step, float(terms.gradient @ step), np.ascontiguousarray(r.T), np.ones(k), False
        )

    return towards
