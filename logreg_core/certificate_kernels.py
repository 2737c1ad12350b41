"""One reading of the rows in twice the working precision: gradient and log-likelihood.

As in `kernels`, rows are taken in packs of 256 and everything is a function of the log-odds
through z = exp(-|eta|), but every number is a pair of doubles (`double_double_kernels`). Columns
are read as they are, neither centred nor scaled: the point judged is that of the coefficients in
the columns' own units, and a hundred bits have room for a large mean.
"""

from __future__ import annotations

import math
from typing import Any

from .double_double_kernels import AS_WRITTEN, exp_rows, fma, normal, product, total
from .jit_kernels import inner, kernel

__all__ = ["PACK", "SCRATCH", "exact_span"]

PACK = 256

# Where a pack's vectors begin in the scratch. One flat array and constant places: only so does
# the compiler know that they do not overlap, without which nothing here is vectorised.
ETA, ETA_LOW, Z, Z_LOW = 0, PACK, 2 * PACK, 3 * PACK
SUCCESS, FAILURE, LEFT, LEFT_LOW = 4 * PACK, 5 * PACK, 6 * PACK, 7 * PACK
TERM, TERM_LOW, LOG, LOG_LOW = 8 * PACK, 9 * PACK, 10 * PACK, 11 * PACK
SCRATCH = 12 * PACK


@inner(AS_WRITTEN)
def _read(
    X: Any, y: Any, weight: Any, success: Any, failure: Any, offset: Any, columns: Any,
    center: Any, first: int, n: int, rows: Any, panel: Any,
) -> None:  # fmt: skip
    """A pack's columns as rows of the panel, its weights on both outcomes, and its offset.

    A row of weight 0, as those that fill up the last pack, holds the centre: no sum and no
    extreme must see what it held.
    """
    for r in range(PACK):
        rows[SUCCESS + r] = 0.0
        rows[FAILURE + r] = 0.0
        rows[ETA + r] = 0.0
        rows[ETA_LOW + r] = 0.0
    for r in range(n):
        if success.size > 0:
            rows[SUCCESS + r], rows[FAILURE + r] = success[first + r], failure[first + r]
        else:
            one = weight[first + r] if weight.size > 0 else 1.0
            rows[SUCCESS + r] = one if y[first + r] else 0.0
            rows[FAILURE + r] = 0.0 if y[first + r] else one
        if offset.size > 0:
            rows[ETA + r] = offset[first + r]
    for r in range(PACK):
        if rows[SUCCESS + r] + rows[FAILURE + r] > 0.0:
            for j in range(columns.shape[0]):
                panel[j, r] = X[first + r, columns[j]] if columns[j] >= 0 else 1.0
        else:
            for j in range(columns.shape[0]):
                panel[j, r] = center[j]


@inner(AS_WRITTEN)
def _extremes(panel: Any, center: Any, farthest: Any) -> None:
    """The largest |x - center| of each column, in as many lanes as a pack has rows."""
    for j in range(center.shape[0]):
        c = center[j]
        for r in range(PACK):
            size = abs(panel[j, r] - c)
            farthest[j, r] = size if size > farthest[j, r] else farthest[j, r]


@inner(AS_WRITTEN)
def _predict(panel: Any, beta: Any, beta_low: Any, rows: Any) -> None:
    """eta += x' (beta + beta_low): the sum of high parts with its errors gathered below."""
    for j in range(beta.shape[0]):
        b, b_low = beta[j], beta_low[j]
        for r in range(PACK):
            p = panel[j, r] * b
            e = fma(panel[j, r], b, -p) + panel[j, r] * b_low
            s, t = total(rows[ETA + r], p)
            rows[ETA + r] = s
            rows[ETA_LOW + r] += t + e
    for r in range(PACK):
        counts = rows[SUCCESS + r] + rows[FAILURE + r] > 0.0
        h, low = total(rows[ETA + r], rows[ETA_LOW + r])
        h = h if counts else 0.0  # an offset, or a centre of 1e300, must not come through
        low = low if counts else 0.0
        rows[ETA + r], rows[ETA_LOW + r] = h, low
        rows[Z + r] = -h if h > 0.0 else h
        rows[Z_LOW + r] = -low if h > 0.0 else low


@inner(AS_WRITTEN)
def _residuals(rows: Any) -> None:
    """success * sigmoid(-eta) - failure * sigmoid(eta), and 1 + z for the logarithm."""
    for r in range(PACK):
        z, z_low = rows[Z + r], rows[Z_LOW + r]
        s, e = normal(1.0, z)
        s, e = normal(s, e + z_low)
        rows[LOG + r], rows[LOG_LOW + r] = s, e
        q = 1.0 / s
        q, q_low = normal(q, (fma(-q, s, 1.0) - q * e) * q)
        near, near_low = product(z, z_low, q, q_low)
        positive = rows[ETA + r] >= 0.0
        lower = near if positive else q  # 1 - mu, never by subtraction
        lower_low = near_low if positive else q_low
        upper = q if positive else near
        upper_low = q_low if positive else near_low
        a, b = rows[SUCCESS + r], -rows[FAILURE + r]
        p = a * lower
        e = fma(a, lower, -p) + a * lower_low
        q = b * upper
        e += fma(b, upper, -q) + b * upper_low
        s, t = total(p, q)
        rows[LEFT + r], rows[LEFT_LOW + r] = normal(s, t + e)


@inner(AS_WRITTEN)
def _fold(rows: Any, sums: Any, place: int) -> None:
    """The 256 terms added by a tree, then to the pair of sums at ``place``."""
    half = PACK // 2
    while half > 0:
        for r in range(half):
            s, e = total(rows[TERM + r], rows[TERM + r + half])
            rows[TERM + r] = s
            rows[TERM_LOW + r] += rows[TERM_LOW + r + half] + e
        half //= 2
    s, e = total(sums[0, place], rows[TERM])
    s, e = total(s, e + (sums[1, place] + rows[TERM_LOW]))
    sums[0, place] = s
    sums[1, place] = e


@inner(AS_WRITTEN)
def _add_gradient(panel: Any, k: int, rows: Any, sums: Any) -> None:
    for j in range(k):
        for r in range(PACK):
            p = panel[j, r] * rows[LEFT + r]
            rows[TERM + r] = p
            rows[TERM_LOW + r] = (
                fma(panel[j, r], rows[LEFT + r], -p) + panel[j, r] * rows[LEFT_LOW + r]
            )
        _fold(rows, sums, 1 + j)


@inner(AS_WRITTEN)
def _add_loglik(rows: Any, exponent: Any, bits: Any, sums: Any) -> None:
    """-(success max(-eta, 0) + failure max(eta, 0) + (success + failure) log(1 + z)).

    The logarithm is libm's, corrected once: log v = g + t - t^2 / 2, t = v exp(-g) - 1.
    """
    for r in range(PACK):
        rows[TERM + r] = math.log1p(rows[Z + r])
    for r in range(PACK):
        rows[Z + r] = -rows[TERM + r]
        rows[Z_LOW + r] = 0.0
    exp_rows(rows, Z, Z_LOW, exponent, bits)
    for r in range(PACK):
        v, v_low = product(rows[LOG + r], rows[LOG_LOW + r], rows[Z + r], rows[Z_LOW + r])
        t = (v - 1.0) + v_low
        g, g_low = normal(rows[TERM + r], t - 0.5 * t * t)
        a, b = rows[SUCCESS + r], rows[FAILURE + r]
        both, both_low = total(a, b)
        g, g_low = product(g, g_low, both, both_low)
        against = a if rows[ETA + r] < 0.0 else b
        size = abs(rows[ETA + r])
        size_low = -rows[ETA_LOW + r] if rows[ETA + r] < 0.0 else rows[ETA_LOW + r]
        p = against * size
        e = fma(against, size, -p) + against * size_low
        s, t = total(g, p)
        s, t = total(s, t + (g_low + e))
        rows[TERM + r], rows[TERM_LOW + r] = -s, -t
    _fold(rows, sums, 0)


@kernel(AS_WRITTEN)
def exact_span(
    X: Any, y: Any, weight: Any, success: Any, failure: Any, offset: Any,
    columns: Any, center: Any, beta: Any, beta_low: Any, with_loglik: bool,
    panel: Any, rows: Any, exponent: Any, bits: Any, sums: Any, farthest: Any,
) -> None:  # fmt: skip
    """Log-likelihood and gradient (1 + k,) of the rows of a span, as pairs: sums (2, 1 + k).

    beta + beta_low (k,) per unit of the columns as they are; column -1 is the intercept's.
    farthest (k, PACK) takes the largest |x - center| of each column, in lanes, of which the caller
    takes the largest. sums and farthest come in as zeros. Scratch: panel (k, PACK), rows
    (SCRATCH,), exponent (PACK,) and its int64 view bits.
    """
    n_rows, k = X.shape[0], columns.shape[0]
    for first in range(0, n_rows, PACK):
        n = PACK if first + PACK <= n_rows else n_rows - first
        _read(X, y, weight, success, failure, offset, columns, center, first, n, rows, panel)
        _extremes(panel, center, farthest)
        _predict(panel, beta, beta_low, rows)
        exp_rows(rows, Z, Z_LOW, exponent, bits)
        _residuals(rows)
        _add_gradient(panel, k, rows, sums)
        if with_loglik:
            _add_loglik(rows, exponent, bits, sums)
