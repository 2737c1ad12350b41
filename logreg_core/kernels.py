"""The compiled pass over the rows: log-likelihood, gradient and information in one reading.

`reference.py` says the same in a few lines of NumPy; this file says it at the machine's speed.
Rows are taken in packs of 256. A pack is transposed into a scratch panel, centred and scaled on
the way in, so that every later loop runs over rows and vectorises; the information matrix is then
a sum of small tiles of dot products, each held in registers. docs/kernels.md gives the floor of
each part and what the compiler made of it.

Constants live here and not in another module: numba's cache does not notice an edit elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit_kernels import EXACT, VECTOR, kernel

__all__ = ["LEAF", "PACK", "probability_span", "terms_span"]

PACK = 256  # rows transposed at a time: the panel of 20 columns stays in the second-level cache
STRIDE = PACK + 8  # eight more keep the panel's stride off a power of two (cache-set conflicts)
LEAF = 2048  # rows summed one pack after another; leaves are added by a pairwise tree
STRIP = 64  # rows read down a column of C-ordered X before the next column: lines stay in L1

LOG2E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # the upper 33 bits of ln 2: n * LN2_HIGH is exact
LN2_LOW = 1.90821492927058770002e-10
MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
LOWEST = -708.0  # below it exp is subnormal; the log-likelihood takes |eta| from elsewhere
# A product of 256 terms 1 + z loses z below 1e-16: fine while the terms are not all tiny.
PRODUCT_FLOOR = PACK / 64.0


@kernel(EXACT)
def _split_exponent(eta: Any, reduced: Any, exponent: Any) -> None:
    """-|eta| = n ln 2 + reduced; n is left in the low bits of exponent."""
    for r in range(PACK):
        t = -abs(eta[r])
        t = LOWEST if t < LOWEST else t
        shifted = t * LOG2E + MAGIC
        n = shifted - MAGIC
        exponent[r] = shifted
        reduced[r] = (t - n * LN2_HIGH) - n * LN2_LOW


@kernel()
def _exp_minus_abs(eta: Any, z: Any, exponent: Any, exponent_bits: Any) -> None:
    """z = exp(-|eta|) to one unit in the last place. libm's exp would be called row by row."""
    _split_exponent(eta, z, exponent)
    for r in range(PACK):
        exponent_bits[r] = (exponent_bits[r] + 1023) << 52
    for r in range(PACK):
        x = z[r]
        p = 1.6059043836821613e-10
        p = p * x + 2.08767569878681e-09
        p = p * x + 2.505210838544172e-08
        p = p * x + 2.755731922398589e-07
        p = p * x + 2.7557319223985893e-06
        p = p * x + 2.48015873015873e-05
        p = p * x + 0.0001984126984126984
        p = p * x + 0.001388888888888889
        p = p * x + 0.008333333333333333
        p = p * x + 0.041666666666666664
        p = p * x + 0.16666666666666666
        p = p * x + 0.5
        p = p * x + 1.0
        p = p * x + 1.0
        z[r] = p * exponent[r]


@kernel()
def _sum_log1p(z: Any, total: Any) -> float:
    """sum of total * log1p(z), every term to full relative accuracy, by 2 atanh(z / (2 + z))."""
    result = 0.0
    for r in range(PACK):
        s = z[r] / (2.0 + z[r])
        q = s * s
        p = 1.0 / 35.0
        p = p * q + 1.0 / 33.0
        p = p * q + 1.0 / 31.0
        p = p * q + 1.0 / 29.0
        p = p * q + 1.0 / 27.0
        p = p * q + 1.0 / 25.0
        p = p * q + 1.0 / 23.0
        p = p * q + 1.0 / 21.0
        p = p * q + 1.0 / 19.0
        p = p * q + 1.0 / 17.0
        p = p * q + 1.0 / 15.0
        p = p * q + 1.0 / 13.0
        p = p * q + 1.0 / 11.0
        p = p * q + 1.0 / 9.0
        p = p * q + 1.0 / 7.0
        p = p * q + 1.0 / 5.0
        p = p * q + 1.0 / 3.0
        p = p * q + 1.0
        result += total[r] * (2.0 * s * p)
    return result


@kernel()
def _row_terms(eta: Any, success: Any, failure: Any, z: Any, residual: Any, weight: Any) -> float:
    """Log-likelihood of a pack; its residuals y - mu and working weights mu (1 - mu) on the way.

    Everything is a function of eta through z = exp(-|eta|); nothing is a function of mu.
    ``weight`` comes in holding success + failure.
    """
    linear = 0.0
    z_sum = 0.0
    product = 1.0
    for r in range(PACK):
        # a max(-eta, 0) + b max(eta, 0), written so that NaN comes through
        linear += weight[r] * abs(eta[r]) + (failure[r] - success[r]) * eta[r]
        z_sum += z[r]
        product *= 1.0 + z[r]
    unit = True
    for r in range(PACK):
        unit &= weight[r] == 1.0
    log_terms = 0.0
    if unit and z_sum > PRODUCT_FLOOR:
        log_terms = np.log(product)
    else:
        log_terms = _sum_log1p(z, weight)
    for r in range(PACK):
        inverse = 1.0 / (1.0 + z[r])
        near = z[r] * inverse
        upper = inverse if eta[r] >= 0.0 else near  # mu
        lower = near if eta[r] >= 0.0 else inverse  # 1 - mu, never by subtraction
        residual[r] = success[r] * lower - failure[r] * upper
        weight[r] = weight[r] * near * inverse
    return -0.5 * linear - log_terms


@kernel()
def _outcome(
    y: Any, weight: Any, success: Any, failure: Any, first: int, n: int, a: Any, b: Any, w: Any
) -> None:
    """Weights on success (a) and failure (b) of each row of a pack, and their sum."""
    if success.size > 0:
        for r in range(n):
            a[r] = success[first + r]
            b[r] = failure[first + r]
    else:
        for r in range(n):
            one = float(y[first + r])
            a[r] = one
            b[r] = 1.0 - one
        if weight.size > 0:
            for r in range(n):
                a[r] *= weight[first + r]
                b[r] *= weight[first + r]
    for r in range(n, PACK):
        a[r] = 0.0
        b[r] = 0.0
    for r in range(PACK):
        w[r] = a[r] + b[r]


@kernel(EXACT)
def _pack(
    X: Any, columns: Any, center: Any, scale: Any, rotation: Any, first: int, n: int, panel: Any
) -> None:
    """Columns of a pack as rows of the panel, (x - center) * scale, then rotated if asked.

    Column number -1 is the intercept's column of ones, which is stored nowhere.
    """
    k = panel.shape[0]
    if n < PACK:
        panel[:, :] = 0.0
    for strip in range(0, n, STRIP):
        stop = min(strip + STRIP, n)
        for j in range(k):
            column = columns[j]
            if column < 0:
                for r in range(strip, stop):
                    panel[j, r] = 1.0
            else:
                c, s = center[j], scale[j]
                for r in range(strip, stop):
                    panel[j, r] = (X[first + r, column] - c) * s
    if rotation.size > 0:
        for j in range(k - 1, -1, -1):  # upper triangular: column j needs only those left of it
            t = rotation[j, j]
            for r in range(PACK):
                panel[j, r] *= t
            for i in range(j):
                t = rotation[i, j]
                for r in range(PACK):
                    panel[j, r] += t * panel[i, r]


@kernel()
def _linear_predictor(panel: Any, beta: Any, out: Any) -> None:
    k = panel.shape[0]
    j = 0
    while j + 4 <= k:
        b0, b1, b2, b3 = beta[j], beta[j + 1], beta[j + 2], beta[j + 3]
        for r in range(PACK):
            out[r] += (b0 * panel[j, r] + b1 * panel[j + 1, r]) + (
                b2 * panel[j + 2, r] + b3 * panel[j + 3, r]
            )
        j += 4
    while j < k:
        b0 = beta[j]
        for r in range(PACK):
            out[r] += b0 * panel[j, r]
        j += 1


@kernel()
def _add_gradient(panel: Any, residual: Any, gradient: Any) -> None:
    for j in range(panel.shape[0]):
        total = 0.0
        for r in range(PACK):
            total += panel[j, r] * residual[r]
        gradient[j] += total


@kernel()
def _add_information(panel: Any, weight: Any, root: Any, information: Any) -> None:
    """Lower triangle of sum w x x', in 3 x 3 tiles: nine sums, six inputs, sixteen registers."""
    k = panel.shape[0]
    for r in range(PACK):
        root[r] = np.sqrt(weight[r])
    for j in range(k):
        for r in range(PACK):
            panel[j, r] *= root[r]
    whole = k - k % 3
    for i in range(0, whole, 3):
        for j in range(0, i + 3, 3):
            s00 = s01 = s02 = s10 = s11 = s12 = s20 = s21 = s22 = 0.0
            for r in range(PACK):
                a0, a1, a2 = panel[i, r], panel[i + 1, r], panel[i + 2, r]
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
            information[i, j] += s00
            information[i, j + 1] += s01
            information[i, j + 2] += s02
            information[i + 1, j] += s10
            information[i + 1, j + 1] += s11
            information[i + 1, j + 2] += s12
            information[i + 2, j] += s20
            information[i + 2, j + 1] += s21
            information[i + 2, j + 2] += s22
    for i in range(whole, k):
        for j in range(i + 1):
            total = 0.0
            for r in range(PACK):
                total += panel[i, r] * panel[j, r]
            information[i, j] += total


@kernel()
def _largest(weight: Any, change: Any) -> float:
    """max |x' step| over the rows that count."""
    largest = 0.0
    for r in range(PACK):
        value = abs(change[r])
        if weight[r] > 0.0 and value > largest:
            largest = value
    return largest


@kernel()
def _add_into(target: Any, source: Any) -> None:
    for i in range(target.size):
        target[i] += source[i]


@kernel()
def terms_span(
    X: Any,
    y: Any,
    weight: Any,
    success: Any,
    failure: Any,
    offset: Any,
    columns: Any,
    center: Any,
    scale: Any,
    rotation: Any,
    beta: Any,
    step: Any,
    order: int,
) -> Any:
    """Sums over the rows of one span, leaf by leaf, the leaves added by a pairwise tree.

    order 0: log-likelihood; 1: and gradient; 2: and information. Empty arrays stand for "none":
    weight, (success, failure), offset, rotation, step. Returns one flat array: log-likelihood,
    weight sum, rows of positive weight, max |x' step|, gradient (k), largest |column| (k),
    information (k * k, lower triangle).
    """
    n_rows, k = X.shape[0], beta.shape[0]
    size = 4 + 2 * k + (k * k if order >= 2 else 0)
    n_leaves = max(1, (n_rows + LEAF - 1) // LEAF)
    depth = 1
    while (1 << depth) <= n_leaves:
        depth += 1
    sums = np.zeros((depth + 1, size))  # one waiting partial a level, as in a binary counter
    largest = np.zeros(1 + k)
    panel = np.empty((k, STRIDE))
    rows = np.empty((8, PACK))
    eta, z, exponent, residual = rows[0], rows[1], rows[2], rows[3]
    a, b, w, change = rows[4], rows[5], rows[6], rows[7]
    exponent_bits = exponent.view(np.int64)
    top = 0
    for leaf in range(n_leaves):
        here = sums[top]
        here[:] = 0.0
        for first in range(leaf * LEAF, min((leaf + 1) * LEAF, n_rows), PACK):
            n = min(PACK, n_rows - first)
            _pack(X, columns, center, scale, rotation, first, n, panel)
            _outcome(y, weight, success, failure, first, n, a, b, w)
            eta[:] = 0.0
            for r in range(n if offset.size > 0 else 0):
                eta[r] = offset[first + r]
            _linear_predictor(panel, beta, eta)
            for r in range(PACK):
                here[1] += w[r]
                here[2] += 1.0 if w[r] > 0.0 else 0.0
            if step.size > 0:
                change[:] = 0.0
                _linear_predictor(panel, step, change)
                largest[0] = max(largest[0], _largest(w, change))
            _exp_minus_abs(eta, z, exponent, exponent_bits)
            here[0] += _row_terms(eta, a, b, z, residual, w)
            if order >= 1:
                _add_gradient(panel, residual, here[4 : 4 + k])
                for j in range(k):
                    extreme = largest[1 + j]
                    for r in range(PACK):
                        extreme = max(extreme, abs(panel[j, r]))
                    largest[1 + j] = extreme
            if order >= 2:
                _add_information(panel, w, z, here[4 + 2 * k :].reshape((k, k)))
        top += 1
        count = leaf + 1
        while count % 2 == 0:  # two equal subtrees wait side by side: join them
            _add_into(sums[top - 2], sums[top - 1])
            top -= 1
            count //= 2
    while top > 1:
        _add_into(sums[top - 2], sums[top - 1])
        top -= 1
    sums[0, 3] = largest[0]
    sums[0, 4 + k : 4 + 2 * k] = largest[1:]
    return sums[0]


@kernel()
def probability_span(
    X: Any, offset: Any, columns: Any, center: Any, beta: Any, log_odds: bool, out: Any
) -> None:
    """Log-odds or probabilities of the rows of a span, without a temporary of its size."""
    n_rows, k = X.shape[0], beta.shape[0]
    panel = np.empty((k, STRIDE))
    rows = np.empty((3, PACK))
    eta, z, exponent = rows[0], rows[1], rows[2]
    exponent_bits = exponent.view(np.int64)
    ones = np.ones(k)
    nothing = np.empty((0, 0))
    for first in range(0, n_rows, PACK):
        n = min(PACK, n_rows - first)
        _pack(X, columns, center, ones, nothing, first, n, panel)
        eta[:] = 0.0
        for r in range(n if offset.size > 0 else 0):
            eta[r] = offset[first + r]
        _linear_predictor(panel, beta, eta)
        if log_odds:
            out[first : first + n] = eta[:n]
        else:
            _exp_minus_abs(eta, z, exponent, exponent_bits)
            for r in range(n):
                upper = 1.0 / (1.0 + z[r])
                out[first + r] = upper if eta[r] >= 0.0 else z[r] * upper
