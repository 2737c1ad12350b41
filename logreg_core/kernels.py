"""The compiled pass over the rows: log-likelihood, gradient and information in one reading.

`reference.py` says the same in a few lines of NumPy; this file says it at the machine's speed.
Rows are taken in packs of 256. Linear predictor and gradient read the rows where they lie, four
at a time, centring on the way. For the information a pack is transposed into a scratch panel,
centred, scaled and weighted on the way in; it is then a sum of small tiles of dot products, each
held in registers. docs/kernels.md gives the floor of each part and what the compiler made of it.

Columns that are chosen or rotated, and the last rows, go through a scratch block of 256 rows, to
which the same functions apply.
"""

from __future__ import annotations

import math
from typing import Any

from .jit_kernels import inner, kernel
from .row_kernels import (
    FAILURE,
    N_ROWS,
    PACK,
    RESIDUAL,
    SUCCESS,
    WEIGHT,
    Z,
    _exp_minus_abs,
    _outcome,
    _row_terms,
    _split_exponent,
)

__all__ = ["LEAF", "N_ROWS", "PACK", "STRIDE", "probability_span", "terms_span"]

STRIDE = PACK + 8  # eight more keep the panel's stride off a power of two (cache-set conflicts)
LEAF = 2048  # rows summed one pack after another; leaves are added by a pairwise tree
STRIP = 64  # rows transposed at a time: their cache lines stay in L1 from column to column


@inner()
def _gather(
    X: Any, first: int, n: int, columns: Any, center: Any, scale: Any, rotation: Any,
    line: Any, block: Any,
) -> None:  # fmt: skip
    """Rows of the chosen columns, (x - center) * scale, then rotated if asked; zeros after n.

    Column number -1 is the intercept's column of ones, which is stored nowhere.
    """
    k = columns.shape[0]
    for r in range(PACK):
        for j in range(k):
            block[r, j] = 0.0
    for r in range(n):
        for j in range(k):
            c = columns[j]
            line[j] = (X[first + r, c] - center[j]) * scale[j] if c >= 0 else 1.0
        if rotation.size > 0:
            for i in range(k):  # upper triangular: column i enters those from i on
                value = line[i]
                for j in range(i, k):
                    block[r, j] += value * rotation[i, j]
        else:
            for j in range(k):
                block[r, j] = line[j]


@inner()
def _add_predictor(block: Any, at: int, center: Any, slopes: Any, base: float, out: Any) -> None:
    """out += base + (x - center)' slopes, for the 256 rows from ``at`` on."""
    k = slopes.shape[0]
    for r in range(0, PACK, 4):
        s0 = s1 = s2 = s3 = base
        i = at + r
        for j in range(k):
            c, b = center[j], slopes[j]
            s0 += (block[i, j] - c) * b
            s1 += (block[i + 1, j] - c) * b
            s2 += (block[i + 2, j] - c) * b
            s3 += (block[i + 3, j] - c) * b
        out[r] += s0
        out[r + 1] += s1
        out[r + 2] += s2
        out[r + 3] += s3


@inner()
def _add_gradient(
    block: Any, at: int, center: Any, scale: Any, rows: Any, line: Any,
    sums: Any, level: int, place: int,
) -> None:  # fmt: skip
    """sum of residual * (x - center) * scale, four rows to a load of the sums."""
    k = center.shape[0]
    for j in range(k):
        line[j] = 0.0
    for r in range(0, PACK, 4):
        q0, q1 = rows[RESIDUAL, r], rows[RESIDUAL, r + 1]
        q2, q3 = rows[RESIDUAL, r + 2], rows[RESIDUAL, r + 3]
        i = at + r
        for j in range(k):
            c = center[j]
            line[j] += (q0 * (block[i, j] - c) + q1 * (block[i + 1, j] - c)) + (
                q2 * (block[i + 2, j] - c) + q3 * (block[i + 3, j] - c)
            )
    for j in range(k):
        sums[level, place + j] += line[j] * scale[j]


@inner()
def _add_extremes(
    block: Any, at: int, center: Any, scale: Any, rows: Any, largest: Any, place: int
) -> None:
    """Largest |entry| of each column over the rows that count: it bounds max |x' step|."""
    for r in range(PACK):
        if not rows[WEIGHT, r] > 0.0:
            continue
        for j in range(center.shape[0]):
            size = abs((block[at + r, j] - center[j]) * scale[j])
            largest[place + j] = size if size > largest[place + j] else largest[place + j]


@inner()
def _pack(block: Any, at: int, center: Any, scale: Any, rows: Any, panel: Any, place: int) -> None:
    """Weighted columns as rows of the panel: sqrt(w) (x - center) scale; sqrt(w) is left in Z."""
    for r in range(PACK):
        rows[Z, r] = math.sqrt(rows[WEIGHT, r])
    for strip in range(0, PACK, STRIP):
        for j in range(center.shape[0]):
            c, s = center[j], scale[j]
            for r in range(strip, strip + STRIP):
                panel[place + j, r] = (block[at + r, j] - c) * s * rows[Z, r]


@inner()
def _add_information(panel: Any, k: int, sums: Any, level: int) -> None:
    """Lower triangle of panel panel', in 4 x 3 tiles: twelve sums, four and one inputs.

    That is as many as sixteen vector registers hold; 4 x 4 spills and runs at a third.
    """
    at = 4 + k
    for i in range(0, k - k % 4, 4):
        for j in range(0, i + 4, 3):
            if j + 3 > k:
                break
            s00 = s01 = s02 = s10 = s11 = s12 = 0.0
            s20 = s21 = s22 = s30 = s31 = s32 = 0.0
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
            c = at + i * k + j
            sums[level, c] += s00
            sums[level, c + 1] += s01
            sums[level, c + 2] += s02
            sums[level, c + k] += s10
            sums[level, c + k + 1] += s11
            sums[level, c + k + 2] += s12
            sums[level, c + 2 * k] += s20
            sums[level, c + 2 * k + 1] += s21
            sums[level, c + 2 * k + 2] += s22
            sums[level, c + 3 * k] += s30
            sums[level, c + 3 * k + 1] += s31
            sums[level, c + 3 * k + 2] += s32
    for i in range(k):  # what the tiles leave out: the last rows, and the end of a row
        reached = i - i % 4 + 4
        done = reached + (-reached) % 3
        done = done if done < k - k % 3 else k - k % 3
        done = done if i < k - k % 4 else 0
        for j in range(done, i + 1):
            total = 0.0
            for r in range(PACK):
                total += panel[i, r] * panel[j, r]
            sums[level, at + i * k + j] += total


@kernel()
def terms_span(
    X: Any, y: Any, weight: Any, success: Any, failure: Any, offset: Any,
    columns: Any, center: Any, scale: Any, rotation: Any,
    direct: int, middle: Any, unit: Any, zeros: Any, ones: Any,
    beta: Any, slopes: Any, step: Any, step_slopes: Any, order: int, extremes: bool,
    block: Any, block_view: Any, line: Any, panel: Any, eta: Any, rows: Any,
    exponent: Any, bits: Any, sums: Any, largest: Any,
) -> None:  # fmt: skip
    """Sums over the rows of one span, leaf by leaf, the leaves added by a pairwise tree.

    order 0: log-likelihood; 1: and gradient; 2: and information. Empty arrays stand for "none":
    weight, (success, failure), offset, rotation, step. direct: 1 or 0 columns (the intercept)
    before those of X where whole packs are read from X itself, -1 where columns are chosen or
    rotated; for the former middle, unit, slopes and step_slopes: centre, scale, and beta and step
    times scale, of the columns of X. Scratch: block (PACK, k) and its
    read-only view, line (k,), panel (k, STRIDE), eta (PACK,), rows (N_ROWS, PACK), exponent
    (PACK,) and its int64 view bits. largest (1 + k,), zeros, takes max |x' step| and, if
    ``extremes``, the largest |entry| of each column. sums (depth, 4 + k + k k), with depth above
    log2 of the leaves, is a binary counter of waiting partials; row 0 ends as the total:
    log-likelihood, weight sum, rows of positive weight, unused, gradient (k,), information
    (k * k).
    """
    n_rows, size, k = X.shape[0], sums.shape[1], beta.shape[0]
    top = n_rows - n_rows  # 0, but no literal, for which numba would compile callees twice
    for i in range(size):
        sums[0, i] = 0.0  # also where there is no row
    for leaf in range((n_rows + LEAF - 1) // LEAF):
        for i in range(size):
            sums[top, i] = 0.0
        end = (leaf + 1) * LEAF if (leaf + 1) * LEAF < n_rows else n_rows
        for first in range(leaf * LEAF, end, PACK):
            n = PACK if first + PACK <= n_rows else n_rows - first
            plain = _outcome(y, weight, success, failure, offset, first, n, eta, rows, sums, top)
            whole = direct >= 0 and n == PACK
            shift = direct if whole else 0
            if whole:
                source, at, mid, by, tilt = X, first, middle, unit, slopes
            else:
                _gather(X, first, n, columns, center, scale, rotation, line, block)
                source, at, mid, by, tilt = block_view, 0, zeros, ones, beta
            _add_predictor(source, at, mid, tilt, beta[0] if shift > 0 else 0.0, eta)
            if step.size > 0:
                for r in range(PACK):
                    exponent[r] = 0.0
                tilt = step_slopes if whole else step
                _add_predictor(source, at, mid, tilt, step[0] if shift > 0 else 0.0, exponent)
                extreme = largest[0]
                for r in range(PACK):
                    moved = abs(exponent[r]) if rows[WEIGHT, r] > 0.0 else 0.0
                    extreme = moved if moved > extreme else extreme
                largest[0] = extreme
            if extremes:
                largest[1] = 1.0 if shift > 0 else largest[1]
                _add_extremes(source, at, mid, by, rows, largest, 1 + shift)
            _split_exponent(eta, rows, exponent, bits)
            sums[top, 0] += _row_terms(eta, rows, exponent, plain)
            if order >= 1:
                for r in range(PACK if shift > 0 else 0):
                    sums[top, 4] += rows[RESIDUAL, r]
                _add_gradient(source, at, mid, by, rows, line, sums, top, 4 + shift)
            if order >= 2:
                _pack(source, at, mid, by, rows, panel, shift)
                for r in range(PACK if shift > 0 else 0):
                    panel[0, r] = rows[Z, r]
                _add_information(panel, k, sums, top)
        top += 1
        count = leaf + 1
        while top > 1 and (count % 2 == 0 or end == n_rows):
            # two equal subtrees wait side by side, or the rows are at an end: join them
            for i in range(size):
                sums[top - 2, i] += sums[top - 1, i]
            top -= 1
            count //= 2
    for i in range(k if order >= 2 else 0):
        for j in range(i):
            sums[0, 4 + k + j * k + i] = sums[0, 4 + k + i * k + j]


@kernel()
def probability_span(
    X: Any, offset: Any, columns: Any, center: Any, scale: Any, rotation: Any,
    direct: int, middle: Any, zeros: Any, beta: Any, slopes: Any, log_odds: bool,
    block: Any, block_view: Any, line: Any, eta: Any, rows: Any, exponent: Any, bits: Any, out: Any,
) -> None:  # fmt: skip
    """Log-odds or probabilities of the rows of a span, without a temporary of its size."""
    n_rows = X.shape[0]
    for r in range(PACK):
        rows[SUCCESS, r] = 0.0
        rows[FAILURE, r] = 0.0
    for first in range(0, n_rows, PACK):
        n = PACK if first + PACK <= n_rows else n_rows - first
        for r in range(PACK):
            eta[r] = 0.0
        if offset.size > 0:
            for r in range(n):
                eta[r] = offset[first + r]
        if direct >= 0 and n == PACK:
            _add_predictor(X, first, middle, slopes, beta[0] if direct > 0 else 0.0, eta)
        else:
            _gather(X, first, n, columns, center, scale, rotation, line, block)
            _add_predictor(block_view, 0, zeros, beta, 0.0, eta)
        if log_odds:
            for r in range(n):
                out[first + r] = eta[r]
        else:
            _split_exponent(eta, rows, exponent, bits)
            _exp_minus_abs(rows, exponent)
            for r in range(n):
                upper = 1.0 / (1.0 + rows[Z, r])
                out[first + r] = upper if eta[r] >= 0.0 else rows[Z, r] * upper
