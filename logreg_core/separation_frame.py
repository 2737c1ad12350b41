"""Which side of a hyperplane does every row lie on: decided exactly, not to a tolerance.

A float64 is a whole number times a power of two, so the data *are* exact rational numbers and the
sign of a margin can be known for certain: in floating point where an error bound allows it, in
whole numbers near zero. Everything is done on centred and scaled columns, whose centre is a data
value and whose scale is a power of two: the map back is exact too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Frame", "floating", "make_frame", "whole_direction"]

Integers = NDArray[Any]  # dtype object: Python integers of any length

_CHUNK = 1 << 16
_SAMPLE = 4096
_UNIT_ROUNDOFF = 2.0**-53


@dataclass(frozen=True)
class Frame:
    """The same rows twice: as given (exact) and centred and scaled (floating point).

    W[:, j] = (Z[:, j] - centre[j]) / 2**exponent[j], each entry rounded once; the constant column
    `anchor` (or -1: no centring) becomes 1. `reach[j]` is max |W[:, j]|. Directions of these
    columns ("frame coordinates") are vectors of Python integers: only the ray matters.
    """

    Z: NDArray[np.float64]
    W: NDArray[np.float64]
    centre: NDArray[np.float64]
    exponent: NDArray[np.int64]
    anchor: int
    reach: NDArray[np.float64]

    def functional(self, j: int) -> Integers:
        """The whole-number vector g with g'd > 0 exactly where coefficient j of d is > 0."""
        k = self.W.shape[1]
        g = [Fraction(0)] * k
        g[j] = Fraction(1)
        if j == self.anchor:
            shifts = zip(self.centre.tolist(), self.exponent.tolist(), strict=True)
            g = [-Fraction(c) * Fraction(2) ** -e for c, e in shifts]
            g[j] = Fraction(1)
            if self.Z[0, j] < 0:  # the constant itself may be negative
                g = [-v for v in g]
        return whole_direction(g)

    def original(self, d: Integers) -> list[Fraction]:
        """A direction of these coordinates in the coordinates of Z, exactly."""
        exponents = self.exponent.tolist()
        back = [Fraction(int(v)) * Fraction(2) ** -e for v, e in zip(d, exponents, strict=True)]
        if self.anchor >= 0:
            a, constant = self.anchor, Fraction(float(self.Z[0, self.anchor]))
            moved = sum(
                (Fraction(c) * b for c, b in zip(self.centre.tolist(), back, strict=True)),
                Fraction(0),
            )
            back[a] = (Fraction(int(d[a])) - moved) / constant
        return back

    def take(self, kept: list[int]) -> Frame:
        """The same rows with some columns only; the anchor has to be among them."""
        anchor = kept.index(self.anchor) if self.anchor >= 0 else -1
        Z, W = self.Z[:, kept], self.W[:, kept]
        return Frame(Z, W, self.centre[kept], self.exponent[kept], anchor, self.reach[kept])

    def digits(self) -> int:
        """Columns times the binary digits of a typical row: the length of the numbers ahead."""
        n, k = self.W.shape
        sample = self.integer_rows(np.unique(np.linspace(0, n - 1, 64).astype(np.int64)))
        reduced = sample // np.maximum(np.gcd.reduce(sample, axis=1), 1)[:, None]
        longest = int(np.max(np.abs(reduced)))
        return int(k) * longest.bit_length()

    def margins(self, d: Integers, rows: NDArray[Any]) -> tuple[NDArray[np.float64], float]:
        """Floating margins of `rows` under d / 2**s, one s for all, and how far off they can be."""
        e = floating(d)
        # One rounding each for W, e and the product, k for the sum in any order, some to spare.
        roundings = 1.01 * (e.size + 6) * _UNIT_ROUNDOFF
        bound = roundings * float(self.reach @ np.abs(e)) + 1e-290
        few = rows.size < self.W.shape[0] // 4
        return self.W[rows] @ e if few else (self.W @ e)[rows], bound

    def signs(self, d: Integers, rows: NDArray[Any]) -> NDArray[np.int8]:
        """The sign of z_i'd for each of `rows`, exact: floats first, whole numbers near zero."""
        value, bound = self.margins(d, rows)
        out = np.sign(value).astype(np.int8)
        doubtful = np.flatnonzero(np.abs(value) <= bound)
        for start in range(0, doubtful.size, _CHUNK):
            part = doubtful[start : start + _CHUNK]
            out[part] = self._whole_signs(d, rows[part])
        return out

    def integer_rows(self, rows: NDArray[Any]) -> Integers:
        """The exact centred and scaled rows times one common power of two: (m, k) integers."""
        columns = [self._column(rows, j) for j in range(self.W.shape[1])]
        unit = min(u for _, u in columns)
        return np.stack([whole.astype(object) << (u - unit) for whole, u in columns], axis=1)

    def _column(self, rows: NDArray[Any], j: int) -> tuple[NDArray[Any], int]:
        """Column j of the exact centred and scaled rows, as whole numbers and their unit."""
        if j == self.anchor:
            return np.ones(rows.size, dtype=np.int64), 0
        whole, unit = _column_integers(np.append(self.Z[rows, j], self.centre[j]))
        return whole[:-1] - whole[-1], unit - int(self.exponent[j])

    def _whole_signs(self, d: Integers, rows: NDArray[Any]) -> NDArray[np.int8]:
        columns = [(*self._column(rows, j), int(d[j])) for j in range(d.size) if d[j]]
        if not columns:
            return np.zeros(rows.size, dtype=np.int8)
        unit = min(u for _, u, _ in columns)
        terms = [(whole, factor << (u - unit)) for whole, u, factor in columns]
        size = sum(int(np.max(np.abs(whole))) * abs(factor) for whole, factor in terms)
        fits = size < 2**62
        total: NDArray[Any] = np.zeros(rows.size, dtype=np.int64 if fits else object)
        for whole, factor in terms:
            if whole.any():
                total = total + (whole if fits else whole.astype(object)) * factor
        return (total > 0).astype(np.int8) - (total < 0).astype(np.int8)


def make_frame(Z: NDArray[np.float64]) -> Frame:
    """Centre on a data value near the mean (its bits cancel) and scale by a power of two (exact).

    Parameters
    ----------
    Z : (n, k) finite, n >= 1. Centring needs a constant column; without one only the scale changes.
    """
    n, k = Z.shape
    sample = Z[np.unique(np.linspace(0, n - 1, min(n, _SAMPLE)).astype(np.int64))]
    anchor = _constant_column(Z, sample)
    centre, exponent = np.zeros(k), np.zeros(k, dtype=np.int64)
    if anchor >= 0:
        distance = np.abs(sample - np.mean(sample / n, axis=0) * n)
        centre = np.take_along_axis(sample, distance.argmin(axis=0)[None], axis=0)[0]
        centre[anchor] = 0.0
    W = Z - centre
    reach = np.maximum(W.max(axis=0), -W.min(axis=0))
    for j in range(k):
        typical = float(np.mean(np.abs(sample[:, j] - centre[j]) / (reach[j] or 1.0)))
        exponent[j] = np.frexp((typical or 1.0) * reach[j])[1]
    scale = np.ldexp(1.0, -exponent)
    W *= scale
    reach *= scale
    if anchor >= 0:
        W[:, anchor], exponent[anchor], reach[anchor] = 1.0, 0, 1.0
    return Frame(Z, W, centre, exponent, anchor, reach)


def _constant_column(Z: NDArray[np.float64], sample: NDArray[np.float64]) -> int:
    """The first column that is one value throughout, not zero; -1 if there is none."""
    for j in np.flatnonzero((sample == sample[0]).all(axis=0) & (sample[0] != 0)):
        if (Z[:, j] == Z[0, j]).all():
            return int(j)
    return -1


def floating(d: Integers) -> NDArray[np.float64]:
    """Whole numbers of any length, divided by one power of two, each rounded once."""
    scale = 1 << max((int(v).bit_length() for v in d), default=0)
    return np.array([int(v) / scale for v in d], dtype=np.float64)


def whole_direction(values: list[Fraction]) -> Integers:
    """The shortest whole-number vector on the same ray."""
    denominator = math.lcm(*(v.denominator for v in values))
    whole = [int(v * denominator) for v in values]
    divisor = max(math.gcd(*whole), 1)
    return np.array([v // divisor for v in whole], dtype=object)


def _column_integers(values: NDArray[np.float64]) -> tuple[NDArray[Any], int]:
    """Whole numbers m and one unit u with values == m * 2**u; int64 where they fit, else Python."""
    mantissa, exponent = np.frexp(values)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    trailing = np.frexp((whole & -whole).astype(np.float64))[1] - 1
    used = whole != 0
    if not used.any():
        return whole, 0
    whole = np.where(used, whole >> np.where(used, trailing, 0), 0)
    exponent = exponent.astype(np.int64) - 53 + trailing
    unit = int(exponent[used].min())
    shift = np.where(used, exponent - unit, 0)
    if float(np.max(np.log2(np.maximum(np.abs(whole), 1)) + shift)) < 60:
        return whole << shift, unit
    return whole.astype(object) << shift.astype(object), unit
