"""The sum of s s' over rows, s the gradient of a row: what stands between the two halves of a
sandwich, in one pass over rows that lie anywhere.

s = r x with r the residual, so the sum is X' diag(r^2) X. That is the information of the same rows
at log-odds 0 with the weights 4 r^2 (its working weight there is a quarter of the weight), so the
kernel that adds up information adds up this too, in the same order on any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blocks import NOTHING, ArrayBlocks, Span, Terms, sum_over, sum_terms
from ..coordinates import Coordinates
from ..fitted_rows import FittedRows, Scorer, outcome_of
from ..formulas import residual
from ..spans import NO_BYTES
from ..workers import Workers

__all__ = ["Products", "sum_products"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Products:
    """Sums over rows. terms: log-likelihood, rows and weight, at the fit's coefficients; matrix
    (k, k): of s s' in centred and scaled columns, a row as often as it weighs; n_observations:
    weight of the rows that count, a row of binomial counts being one."""

    terms: Terms
    matrix: Floats
    n_observations: float

    def __add__(self, other: Products) -> Products:
        return Products(
            self.terms + other.terms,
            self.matrix + other.matrix,
            self.n_observations + other.n_observations,
        )


def sum_products(rows: FittedRows[Any], weight: Floats = NOTHING) -> tuple[Products, Floats]:
    """The sums over all rows, and the scale (k,) of the columns that ``matrix`` belongs to.

    weight : (n,) frequencies of rows of binomial counts, which their blocks do not hold.
    """
    blocks, coordinates = rows.blocks, rows.coordinates(rows.kept)
    if weight.size and isinstance(blocks, ArrayBlocks):
        blocks = replace(blocks, weight=weight)
    products = partial(_of_span, rows.scorer, coordinates, rows.beta(coordinates))
    with rows.workers() as workers:
        return sum_over(blocks, products, workers), coordinates.scale


def _of_span(scorer: Scorer, coordinates: Coordinates, beta: Floats, span: Span) -> Products:
    success, failure = outcome_of(span)
    weight = span.weight if span.weight.size else np.ones(len(success))
    present = success + failure > 0.0
    with np.errstate(all="ignore"):  # NaN in X is to arrive in the sums: it is blamed there
        r = residual(scorer.log_odds(span), success, failure)
        # w times the square of the residual of one row, whose w-fold is r
        square = np.divide(r * r, weight, out=np.zeros_like(r), where=weight > 0.0)
    rows = ArrayBlocks(span.X, success=success, failure=failure, offset=span.offset)
    squares = ArrayBlocks(span.X, NO_BYTES, success=4.0 * square, failure=np.zeros_like(r))
    with Workers(1, 0) as workers:
        add = partial(sum_terms, coordinates=coordinates, workers=workers)
        terms, products = add(rows, beta, 0), add(squares, np.zeros_like(beta), 2)
    return Products(terms, products.information, float(weight[present].sum()))
