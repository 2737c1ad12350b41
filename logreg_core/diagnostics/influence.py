"""How much does each row move the fit? One-step deletion, without fitting again.

With I the information, w a row's working weight and r = a - m mu (see `residuals`):

    leverage         h = w x' I^-1 x
    change           beta - beta without the row = I^-1 x r / (1 - h)      one Newton step
    dfbetas          change / standard error of the whole fit
    Cook's distance  change' I change / parameters = pearson^2 h / ((1 - h)^2 parameters)
    standardised     pearson, deviance / sqrt(1 - h)

Pregibon (1981), Logistic regression diagnostics, Annals of Statistics 9, 705-724,
doi:10.1214/aos/1176345513.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..blocks import Span
from ..cholesky_kernels import factorise, invert_triangle
from ..problem import Objective
from ..rank import DOUBTFUL, whitened
from ..result import LogitFit
from .influence_kernels import PACK, STRIDE, influence_span
from .observed import Observed, observe
from .residuals import deviance_residuals, pearson_residuals

__all__ = ["Turn", "influence", "rows_influence", "turn"]

Floats = NDArray[np.float64]

FIGURES = (
    "leverage", "cooks_distance", "pearson", "deviance",
    "standardised_pearson", "standardised_deviance",
)  # fmt: skip


class Turn(NamedTuple):
    """matrix (k, k): centred columns times it have information 1. effect (k, k): its rows, times
    those columns of a row and r / (1 - h), are the row's DFBETAS. beta (k,): per centred column."""

    matrix: Floats
    effect: Floats
    beta: Floats


def turn(seen: Observed) -> Turn:
    """The map under which the information is the identity; a pass more where columns are nearly
    collinear, so that leverages lose one power of the condition number and not two."""
    coordinates, beta, terms = seen.coordinates, seen.beta, seen.terms
    factor, pivots, d = factorise(terms.information)
    with seen.workers() as workers:
        for _ in range(2):
            if pivots.min() >= DOUBTFUL:
                break
            coordinates = whitened(coordinates, terms.information)
            beta = np.asarray(np.linalg.solve(coordinates.rotation, seen.beta), dtype=np.float64)
            terms = Objective(seen.blocks, coordinates, workers, seen.fit.l2)(beta, 2)
            factor, pivots, d = factorise(terms.information)
    inside = np.triu((invert_triangle(factor) / d).T)
    if coordinates.rotation.size:
        inside = np.triu(coordinates.rotation @ inside)
    matrix = np.ascontiguousarray(inside * coordinates.scale[:, None])
    effect = matrix.copy()
    if coordinates.columns[0] < 0:
        effect[0] -= coordinates.center[1:] @ matrix[1:]
    effect /= np.sqrt((effect**2).sum(axis=1))[:, None]  # the rows' lengths are standard errors
    return Turn(matrix, effect, seen.beta * seen.coordinates.scale)


def rows_influence(
    seen: Observed, how: Turn, span: Span, out: Floats, dfbetas: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """One span: out (rows, 3) takes log-odds, leverage and Cook's distance, dfbetas (rows, k) or
    (0, k) the changes; the largest |DFBETAS| of each coefficient and its row are returned."""
    k, c = len(how.beta), seen.coordinates
    largest, where = np.zeros(k), np.zeros(k, np.int64)
    influence_span(
        *span, c.columns, c.center, how.beta, how.matrix, how.effect, seen.fit.penalty == "firth",
        np.empty((k, STRIDE)), np.empty(PACK), np.empty((2, PACK)), out, dfbetas, largest, where,
    )  # fmt: skip
    return largest, where


def span_outcome(span: Span) -> tuple[Floats, Floats]:
    """Weights of success and failure of the rows of a span."""
    if span.success.size:
        return span.success, span.failure
    success = span.y.astype(np.float64)
    if span.weight.size:
        return success * span.weight, (1.0 - success) * span.weight
    return success, 1.0 - success


def span_figures(span: Span, out: Floats) -> tuple[Floats, Floats, Floats]:
    """Pearson and deviance residuals of the rows of a span, and what standardises them."""
    success, failure = span_outcome(span)
    eta, remain = out[:, 0], 1.0 - out[:, 1]
    root = np.sqrt(np.where(remain > 1e-12, remain, np.nan))
    return (
        pearson_residuals(eta, success, failure),
        deviance_residuals(eta, success, failure),
        root,
    )


def influence(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    dfbetas: bool = True,
    threads: int | None = None,
) -> pd.DataFrame:
    """Which rows does the fit hang on?

    Parameters
    ----------
    fit : a fit with a finite maximum, penalised or not.
    X, y, sample_weight, offset, n_trials : the rows that were fitted.
    dfbetas : False leaves the columns dfbetas_<name> out.

    Returns
    -------
    DataFrame of n rows: leverage (sums to the number of parameters), cooks_distance, pearson,
    deviance, standardised_pearson, standardised_deviance, and for each coefficient estimated
    dfbetas_<name>: by how many standard errors it would be lower without the row.

    Raises
    ------
    DataError
        Rows that are not those of the fit.
    SeparationError
        No finite maximum exists.

    Notes
    -----
    One Newton step from the whole fit, not a fit without the row: exact to first order, and too
    small for rows of very large influence. Cook's distance divides by the number of parameters,
    as R's and statsmodels' GLM does; SAS's C does not. DFBETAS take the standard errors of the
    whole fit, R's those without the row. A row of weight m is deleted with all its copies. With
    l2 the information holds the penalty: the step is Newton's for the penalised likelihood, and
    leverages sum to the effective number of parameters. For Firth's penalty the residual is
    y - mu + h (1/2 - mu), the leverages of the other rows kept. Rows of leverage 1 have no
    deletion: NaN. Cost: two passes; memory n (6 + k) numbers, so for millions of rows see
    `influence_summary`.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [9.0]], [0, 1, 0, 1, 1]
    >>> rows = lc.diagnostics.influence(lc.fit(X, y), X, y)
    >>> rows[["leverage", "cooks_distance", "dfbetas_x1"]].round(3)
       leverage  cooks_distance  dfbetas_x1
    0     0.594           0.450       0.772
    1     0.366           0.722      -0.518
    2     0.356           0.685      -0.475
    3     0.573           0.391       0.713
    4     0.111           0.000       0.018
    """
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    seen.need_maximum("influence", penalised=True)
    seen.need_own_rows("influence")
    how, k, fixed = turn(seen), len(seen.beta), len(FIGURES)
    table = np.empty((seen.n_rows, fixed + (k if dfbetas else 0)))

    def part(item: tuple[int, Span]) -> None:
        first, span = item
        n = len(span.X)
        out, changes = np.empty((n, 3)), np.empty((n if dfbetas else 0, k))
        rows_influence(seen, how, span, out, changes)
        pearson, deviance, root = span_figures(span, out)
        rows = table[first : first + n]
        rows[:, :2] = out[:, 1:]
        for j, values in enumerate((pearson, deviance, pearson / root, deviance / root)):
            rows[:, 2 + j] = values
        if dfbetas:
            rows[:, fixed:] = changes[:, np.argsort(seen.order)]

    with seen.workers() as workers:
        for _ in workers.map(part, seen.numbered_spans()):
            pass
    kept = [fit.names[i] for i in np.sort(seen.order).tolist()]
    columns = [*FIGURES, *(f"dfbetas_{name}" for name in kept if dfbetas)]
    return pd.DataFrame(table, columns=columns, index=seen.index)
