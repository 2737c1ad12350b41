"""The inner loops over a pack of rows, written out for the vector unit.

Each has its definition in plain Python and, above it, the same written out: `emission_kernels`
says how, docs/kernels.md what it brought. A pack is 128 rows; X (rows, columns) is read where it
lies, centred on the way, so that a row is needed in registers only.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from .emission_kernels import DOUBLE, INT, SINGLE, VECTOR_BYTES, Emitter, vector, written_out

__all__ = [
    "PACK",
    "add_gradient",
    "add_gram",
    "add_predictor",
    "dot",
    "exp_minus",
    "log1p_ratio",
    "pack",
    "subtract",
]

PACK = 128  # rows taken at a time: with twenty columns they stay in the first-level cache
ROWS = 4  # read together: enough sums in flight to hide the latency of one
STRIP = 3  # vectors in a tile of four columns: twelve sums, three inputs, one factor: 16 registers

LOG2E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # the upper 33 bits of ln 2: n * LN2_HIGH is exact
LN2_LOW = 1.90821492927058770002e-10
MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
LOWEST = -708.0  # below it exp is subnormal; the log-likelihood takes |eta| from elsewhere
# exp on |x| <= ln(2) / 2 to 1.7e-17 and atanh(sqrt q) / sqrt q on q <= 1/9 to 2.4e-18, relative:
# interpolated in Chebyshev nodes (``python -m benchmarks.polynomials`` makes and checks them).
EXP = (
    2.5110049204818658e-08, 2.763265472252779e-07, 2.755724088722987e-06, 2.4801485441561313e-05,
    0.00019841269890076403, 0.0013888888952352863, 0.008333333333319589, 0.04166666666648795,
    0.1666666666666668, 0.5000000000000019, 1.0, 1.0,
)  # fmt: skip
ATANH = (
    0.08522081781390699, 0.0416225325593041, 0.06055084364034609, 0.06650187016337313,
    0.07693307021152004, 0.09090870416252403, 0.11111112040373837, 0.14285714272727057,
    0.20000000000092874, 0.33333333333333076, 1.0,
)  # fmt: skip


def _emit_exp_minus(e: Emitter) -> Any:
    b = e.builder
    t = b.fsub(DOUBLE(-0.0), e.arguments[0])
    t = b.select(b.fcmp_ordered("<", t, DOUBLE(LOWEST)), DOUBLE(LOWEST), t)
    shifted = b.fadd(b.fmul(t, DOUBLE(LOG2E)), DOUBLE(MAGIC))
    n = b.fsub(shifted, DOUBLE(MAGIC))
    x = b.fsub(b.fsub(t, b.fmul(n, DOUBLE(LN2_HIGH))), b.fmul(n, DOUBLE(LN2_LOW)))
    power = b.shl(b.add(b.bitcast(shifted, INT), INT(1023)), INT(52))
    return b.fmul(e.polynomial(x, EXP), b.bitcast(power, DOUBLE))


@written_out(_emit_exp_minus)
def exp_minus(size: float) -> float:
    """exp(-size) for size >= 0, to one unit in the last place: libm's would be called row by row.

    The order of its operations is the algorithm: for functions compiled as `EXACT` only.
    """
    return math.exp(-size if -size > LOWEST else LOWEST) if size == size else size


def _emit_log1p_ratio(e: Emitter) -> Any:
    q = e.builder.fmul(e.arguments[0], e.arguments[0])
    return e.builder.fmul(e.arguments[0], e.polynomial(q, ATANH))


@written_out(_emit_log1p_ratio)
def log1p_ratio(s: float) -> float:
    """atanh(s) for 0 <= s <= 1/3: with s = z / (2 + z) it is half of log1p(z)."""
    return math.atanh(s)


def _prefetched(e: Emitter, X: Any, ahead: Any, lines: Any, r: Any) -> None:
    """``lines`` cache lines of X from element ``ahead`` on, the r-th share of them."""
    first = e.add(ahead, e.times(e.times(e.builder.udiv(r, INT(ROWS)), lines), 8))
    e.loop(0, lines, 1, lambda i: e.prefetch(X, e.add(first, e.times(i, 8))))


def _emit_add_predictor(e: Emitter) -> None:
    X, center, slopes, out = (e.data(i) for i in (0, 2, 3, 4))
    k, first = e.columns(0), e.arguments[1]

    def rows(r: Any) -> None:
        starts = [e.times(e.add(first, r, t), k) for t in range(ROWS)]
        sums = [{lanes: e.variable(DOUBLE, lanes) for lanes in (4, 1)} for _ in starts]

        def part(j: Any, lanes: int) -> None:
            c, b = e.load(center, j, lanes), e.load(slopes, j, lanes)
            for start, register in zip(starts, sums, strict=True):
                x = e.builder.fsub(e.load(X, e.add(start, j), lanes), c)
                e.accumulate(register[lanes], x, b)

        e.elements(k, part)
        for t, register in enumerate(sums):
            whole = e.across(e.builder.load(register[4]), 4)
            total = e.builder.fadd(whole, e.builder.load(register[1]))
            place = e.add(r, t)
            e.store(e.builder.fadd(e.load(out, place), total), out, place)
        _prefetched(e, X, e.arguments[5], e.arguments[6], r)

    e.loop(0, PACK, ROWS, rows)


@written_out(_emit_add_predictor)
def add_predictor(
    X: Any, first: int, center: Any, slopes: Any, out: Any, ahead: int, lines: int
) -> None:
    """out[r] += (X[first + r] - center)' slopes for the rows of a pack.

    On the way the memory is asked for 32 ``lines`` of X, from element number ``ahead`` on.
    """
    for r in range(PACK):
        total = 0.0
        for j in range(X.shape[1]):
            total += (X[first + r, j] - center[j]) * slopes[j]
        out[r] += total


def _emit_add_gradient(e: Emitter) -> None:
    X, center, residual, out = (e.data(i) for i in (0, 2, 3, 4))
    k, first, place = e.columns(0), e.arguments[1], e.arguments[5]

    def rows(r: Any) -> None:
        starts = [e.times(e.add(first, r, t), k) for t in range(ROWS)]
        factors = [e.load(residual, e.add(r, t)) for t in range(ROWS)]

        def part(j: Any, lanes: int) -> None:
            c, where = e.load(center, j, lanes), e.add(place, j)
            total = e.load(out, where, lanes)
            for start, factor in zip(starts, factors, strict=True):
                x = e.builder.fsub(e.load(X, e.add(start, j), lanes), c)
                total = e.fused(e.splat(factor, lanes), x, total)
            e.store(total, out, where, lanes)

        e.elements(k, part)
        _prefetched(e, X, e.arguments[6], e.arguments[7], r)

    e.loop(0, PACK, ROWS, rows)


@written_out(_emit_add_gradient)
def add_gradient(
    X: Any, first: int, center: Any, residual: Any, out: Any, place: int, ahead: int, lines: int
) -> None:
    """out[place:] += sum of residual[r] (X[first + r] - center) over the rows of a pack.

    The scale is left to the caller, who has it to apply once. ``ahead`` and ``lines`` as above.
    """
    for r in range(PACK):
        for j in range(X.shape[1]):
            out[place + j] += residual[r] * (X[first + r, j] - center[j])


def _lanes(panel: Any) -> int:
    """Columns of a group of the panel: a vector."""
    return VECTOR_BYTES // (4 if panel.type.pointee == SINGLE else 8)


def _emit_pack(e: Emitter) -> None:
    X, center, scale, root, panel = (e.data(i) for i in (0, 2, 3, 4, 5))
    k, first, width = e.columns(0), e.arguments[1], _lanes(panel)

    def rows(r: Any) -> None:
        starts = [e.times(e.add(first, r, t), k) for t in range(ROWS)]
        roots = [e.load(root, e.add(r, t)) for t in range(ROWS)]

        def part(j: Any, lanes: int) -> None:
            c, s = e.load(center, j, lanes), e.load(scale, j, lanes)
            group = e.times(e.builder.and_(j, INT(-width)), PACK)
            place = e.add(group, e.builder.and_(j, INT(width - 1)), e.times(r, width))
            for t, (start, w) in enumerate(zip(starts, roots, strict=True)):
                x = e.builder.fsub(e.load(X, e.add(start, j), lanes), c)
                x = e.builder.fmul(e.builder.fmul(x, s), e.splat(w, lanes))
                if panel.type.pointee == SINGLE:
                    x = e.builder.fptrunc(x, SINGLE if lanes == 1 else vector(SINGLE, lanes))
                e.store(x, panel, e.add(place, t * width), lanes)

        e.elements(k, part)

    e.loop(0, PACK, ROWS, rows)


@written_out(_emit_pack)
def pack(X: Any, first: int, center: Any, scale: Any, root: Any, panel: Any) -> None:
    """Weighted rows of a pack, root (x - center) scale, into the panel that `add_gram` reads.

    The panel (elements,), float64 or float32, holds the columns in groups of 32 bytes, each group
    row after row: column j of row r lies at (j // width * 128 + r) * width + j % width.
    """
    width = 32 // panel.itemsize
    for r in range(PACK):
        for j in range(X.shape[1]):
            value = (X[first + r, j] - center[j]) * scale[j] * root[r]
            panel[(j // width * PACK + r) * width + j % width] = value


def _emit_tile(e: Emitter, rows: int, across: int, left: Any, right: Any, place: Any) -> None:
    """A tile of ``rows`` columns times ``across`` vectors of them: all its sums in registers."""
    panel, stride, out = e.data(0), e.arguments[2], e.data(3)
    element, lanes = panel.type.pointee, _lanes(panel)
    unroll = max(1, 8 // (rows * across))
    tile = [(i, v) for i in range(rows) for v in range(across)]
    lines = [e.add(place, e.times(stride, i)) for i in range(rows)]
    for line in lines if across == STRIP else ():
        for first in range(0, across * lanes, 8):
            e.prefetch(out, e.add(line, first))
    sums = [{at: e.variable(element, lanes) for at in tile} for _ in range(unroll)]

    def step(r: Any) -> None:
        for u, registers in enumerate(sums):
            row = e.times(e.add(r, u), lanes)
            a, b = e.add(left, row), e.add(right, row)
            inputs = [e.load(panel, e.add(b, v * lanes * PACK), lanes) for v in range(across)]
            for i in range(rows):
                factor = e.splat(e.load(panel, e.add(a, i)), lanes)
                for v in range(across):
                    e.accumulate(registers[i, v], factor, inputs[v])

    e.loop(0, PACK, unroll, step)
    for i, v in tile:
        total = e.builder.load(sums[0][i, v])
        for registers in sums[1:]:
            total = e.builder.fadd(total, e.builder.load(registers[i, v]))
        if element == SINGLE:
            total = e.builder.fpext(total, vector(DOUBLE, lanes))
        where = e.add(lines[i], v * lanes)
        e.store(e.builder.fadd(e.load(out, where, lanes), total), out, where, lanes)


def _emit_add_gram(e: Emitter) -> None:
    k, stride, place = (e.arguments[i] for i in (1, 2, 4))
    lanes = _lanes(e.data(0))
    whole = e.builder.and_(k, INT(-ROWS))

    def tile(i: Any, j: Any, rows: int, across: int) -> None:
        group = e.times(e.builder.and_(i, INT(-lanes)), PACK)
        left = e.add(group, e.builder.and_(i, INT(lanes - 1)))
        where = e.add(place, e.times(i, stride), j)
        _emit_tile(e, rows, across, left, e.times(j, PACK), where)

    def strip(j: Any) -> None:  # it stays in the first-level cache while the rows go by
        for across in range(1, STRIP + 1):  # to the vector that crosses the diagonal
            first, last = e.add(j, (across - 1) * lanes), whole
            if across < STRIP:
                last = e.least(e.add(j, across * lanes), whole)
            e.loop(first, last, ROWS, partial(tile, j=j, rows=ROWS, across=across))

    e.loop(0, whole, STRIP * lanes, strip)
    e.loop(whole, k, 1, lambda i: e.loop(0, e.add(i, 1), lanes, lambda j: tile(i, j, 1, 1)))


@written_out(_emit_add_gram)
def add_gram(panel: Any, k: int, stride: int, out: Any, place: int) -> None:
    """Lower triangle of the panel's k columns times themselves, added to ``out`` from ``place`` on.

    Entry (i, j) is at place + i * stride + j; the group that crosses the diagonal is written
    whole, so stride is at least k rounded up to whole groups.
    """
    width = 32 // panel.itemsize
    for i in range(k):
        left = i // width * PACK * width + i % width
        for j in range(i + 1):
            right = j // width * PACK * width + j % width
            total = 0.0
            for r in range(PACK):
                total += panel[left + r * width] * panel[right + r * width]
            out[place + i * stride + j] += total


def _emit_dot(e: Emitter) -> Any:
    a, i, b, j, n = e.data(0), e.arguments[1], e.data(2), e.arguments[3], e.arguments[4]
    sums = {lanes: e.variable(DOUBLE, lanes) for lanes in (4, 1)}

    def part(m: Any, lanes: int) -> None:
        e.accumulate(sums[lanes], e.load(a, e.add(i, m), lanes), e.load(b, e.add(j, m), lanes))

    e.elements(n, part)
    return e.builder.fadd(e.across(e.builder.load(sums[4]), 4), e.builder.load(sums[1]))


@written_out(_emit_dot)
def dot(a: Any, i: int, b: Any, j: int, n: int) -> float:
    """sum of a[i + m] b[j + m] over m < n."""
    total = 0.0
    for m in range(n):
        total += a[i + m] * b[j + m]
    return total


def _emit_subtract(e: Emitter) -> None:
    x, a, i, factor, n = e.data(0), e.data(1), e.arguments[2], e.arguments[3], e.arguments[4]
    minus = e.builder.fsub(DOUBLE(-0.0), factor)

    def part(m: Any, lanes: int) -> None:
        product = e.fused(e.splat(minus, lanes), e.load(a, e.add(i, m), lanes), e.load(x, m, lanes))
        e.store(product, x, m, lanes)

    e.elements(n, part)


@written_out(_emit_subtract)
def subtract(x: Any, a: Any, i: int, factor: float, n: int) -> None:
    """x[m] -= factor a[i + m] for m < n."""
    for m in range(n):
        x[m] -= factor * a[i + m]
