"""Iteratively reweighted least squares, as the textbooks mean it.

Each step regresses the working residual (y - mu) / w on the columns with weights w = mu (1 - mu):

    R' R step = X' W (y - mu) / w = X' (y - mu),      R from the QR of sqrt(W) X

Newton's method solves the same equations through X'WX: in exact arithmetic the iterates are equal;
here the information is never formed, whose rounding hides columns that differ by less than 1e-8,
at several times the cost. The right-hand side is the gradient as it stands and not Q' of the
working residual: a row of weight 1e-6 has a working residual of 1e6, and Q' would leave rounding
of that size in the step (12 digits where Newton has 15, at an imbalance of a million to one).
The QR runs block by block: two triangles stacked and factorised again are the triangle of both
(TSQR: Demmel et al. 2012, doi:10.1137/080731992).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .ascent import Direction, direction
from .blocks import Coordinates, Span, Terms, pairwise_sum, sum_over
from .cholesky_kernels import solve
from .formulas import working_weight
from .problem import Objective
from .spans import Packs, packed, seen_under

__all__ = ["Triangle", "triangle", "weighted_least_squares"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Triangle:
    """R of the QR of some rows, (<= columns, columns); the sum of two is that of all their rows."""

    r: Floats

    def __add__(self, other: Triangle) -> Triangle:
        return Triangle(_upper(np.vstack([self.r, other.r])))


def _upper(rows: Floats) -> Floats:
    return np.asarray(np.linalg.qr(rows, mode="r"), dtype=np.float64)


def _working_rows(c: Coordinates, beta: Floats, span: Span) -> Triangle:
    """The triangle of sqrt(w) x over one span, leaf by leaf."""

    def rows(leaf: Packs) -> Triangle:
        success, failure = leaf.success, leaf.failure
        if not success.size:
            success = leaf.y.astype(np.float64)
            failure = 1.0 - success
        eta = leaf.X @ beta + (leaf.offset if leaf.offset.size else 0.0)
        root = np.sqrt(working_weight(eta, success, failure))
        return Triangle(_upper((leaf.X * root[:, None])[: leaf.n_rows_held]))

    return pairwise_sum(rows(leaf) for packs in packed(span) for leaf in seen_under(packs, c))


def triangle(objective: Objective, beta: Floats) -> Floats:
    """R (k, k) of the weighted columns at ``beta``; fewer rows where the data have fewer."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):  # the bits must not depend on BLAS's threads
        rows = partial(_working_rows, objective.coordinates, beta)
        return sum_over(objective.blocks, rows, objective.workers).r


def weighted_least_squares(objective: Objective) -> Callable[[Floats, Terms], Direction]:
    """The direction of one IRLS step at beta, for `newton`."""

    def towards(beta: Floats, terms: Terms) -> Direction:
        k = len(beta)
        r = triangle(objective, beta)
        lengths = np.sqrt(np.square(r).sum(axis=0))
        singular = len(r) < k or (np.abs(r.diagonal()) <= np.finfo(float).eps * lengths).any()
        if objective.l2 or singular:
            # a ridge adds to the information, and a singular one needs its diagonal raised
            return direction(terms.information, terms.gradient)
        factor, d = np.ascontiguousarray(r.T), np.ones(k)
        step = solve(factor, d, terms.gradient)
        return Direction(step, float(terms.gradient @ step), factor, d, False)

    return towards
