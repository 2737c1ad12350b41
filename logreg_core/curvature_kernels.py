"""The information in single precision: curvature good to six digits at half the price.

Never for gradients or standard errors: only to point a step whose length exact gradients decide.
"""

from __future__ import annotations

import math
from typing import Any

from .jit_kernels import inner, kernel
from .kernels import STRIP, _add_predictor
from .row_kernels import PACK, WEIGHT, Z, _outcome, _row_terms, _split_exponent

__all__ = ["curvature_span"]


@inner()
def _pack_single(
    block: Any, at: int, center: Any, scale: Any, rows: Any, panel: Any, place: int
) -> None:
    for r in range(PACK):
        rows[Z, r] = math.sqrt(rows[WEIGHT, r])
    for strip in range(0, PACK, STRIP):
        for j in range(center.shape[0]):
            c, s = center[j], scale[j]
            for r in range(strip, strip + STRIP):
                panel[place + j, r] = (block[at + r, j] - c) * s * rows[Z, r]


@inner()
def _add_tiles(panel: Any, k: int, total: Any) -> None:
    """Lower triangle of panel panel', in 4 x 3 tiles; k is padded to a multiple of 12."""
    zero = panel[k, 0]  # a float32 zero: a literal would make the sums double
    for i in range(0, k, 4):
        for j in range(0, i + 4, 3):
            s00 = s01 = s02 = s10 = s11 = s12 = zero
            s20 = s21 = s22 = s30 = s31 = s32 = zero
            for r in range(PACK):
                a0, a1, a2, a3 = panel[i, r], panel[i + 1, r], panel[i + 2, r], panel[i + 3, r]
                b0, b1, b2 = panel[j, r], panel[j + 1, r], panel[j + 2, r]
                s00 += a0 * b0
                s01 += a0 * b1
                s02 += a0 * b2
                s10 += a1 * b0
                s11 += a1 * b1
                s12 += a1 * b2
                s20 += a2 * b0
                s21 += a2 * b1
                s22 += a2 * b2
                s30 += a3 * b0
                s31 += a3 * b1
                s32 += a3 * b2
            total[i, j] += s00
            total[i, j + 1] += s01
            total[i, j + 2] += s02
            total[i + 1, j] += s10
            total[i + 1, j + 1] += s11
            total[i + 1, j + 2] += s12
            total[i + 2, j] += s20
            total[i + 2, j + 1] += s21
            total[i + 2, j + 2] += s22
            total[i + 3, j] += s30
            total[i + 3, j + 1] += s31
            total[i + 3, j + 2] += s32


@kernel()
def curvature_span(
    X: Any, y: Any, weight: Any, success: Any, failure: Any, offset: Any,
    shift: int, middle: Any, unit: Any, beta: Any, slopes: Any,
    panel: Any, eta: Any, rows: Any, exponent: Any, bits: Any, counts: Any, total: Any,
) -> None:  # fmt: skip
    """sum w x x' over the whole packs of a span, into total (padded k, padded k), lower triangle.

    panel (padded k + 1, STRIDE) float32 comes in as zeros. Rows that do not fill a pack are left
    out: this is an estimate. counts (1, 3) is scratch. The other arguments are those of
    `kernels.terms_span`.
    """
    for first in range(0, X.shape[0] - PACK + 1, PACK):
        plain = _outcome(y, weight, success, failure, offset, first, PACK, eta, rows, counts, 0)
        _add_predictor(X, first, middle, slopes, beta[0] if shift > 0 else 0.0, eta)
        _split_exponent(eta, rows, exponent, bits)
        _row_terms(eta, rows, exponent, plain)
        _pack_single(X, first, middle, unit, rows, panel, shift)
        for r in range(PACK if shift > 0 else 0):
            panel[0, r] = rows[Z, r]
        _add_tiles(panel, total.shape[0], total)
