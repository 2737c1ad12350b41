"""Is a vector a sum, with weights >= 0, of the signed rows? Answered with a proof either way.

The simplex method in whole numbers (phase one of `target = sum of weight_i * sign_i * z_i`):
floating point only proposes which row enters the basis next. Either the final basis shows the
weights, or (Farkas) it shows a direction d with every signed margin >= 0 and target'd < 0. No
tolerance is involved, so nearly separated and just separated data are told apart.

References: Bareiss (1968), doi:10.1090/S0025-5718-1968-0226829-0, for pivots whose divisions are
exact. Ties in the ratio test are broken lexicographically (Dantzig, Orden and Wolfe 1955), which
makes cycling impossible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Decision", "ExactCone", "TooHardError"]

Integers = NDArray[Any]  # dtype object: Python integers of any length
# guess(rows, null, cost, active) -> (active, support, zero) for the linear programme: maximise
# cost'd over d = null'u in a box with the signed margins of `rows` >= 0. The rows it looked at,
# those that are tight at the optimum, and whether the optimum is zero, all to a tolerance.
Guess = Callable[
    [NDArray[Any], Integers, Integers, NDArray[Any]],
    tuple[NDArray[Any], NDArray[Any], bool],
]

_ARTIFICIAL, _FREE = -1, -2
_MAX_PIVOTS = 5_000
_BATCH = 50  # rows a full pricing pass adds to the short list that is priced first
_GUESS_FROM = 7  # in fewer dimensions the exact method alone is faster than calling HiGHS
_SIGN_DIGITS = 30_000  # dimensions left times digits: some 20 columns of full-precision numbers


class TooHardError(Exception):
    """The exact method used up its allowance; the caller falls back to floating point."""


class Rows(Protocol):
    """What is asked of `separation_frame.Frame`: exact signs, whole numbers, fast floats."""

    def margins(self, d: Integers, rows: NDArray[Any]) -> tuple[NDArray[np.float64], float]: ...
    def signs(self, d: Integers, rows: NDArray[Any]) -> NDArray[np.int8]: ...
    def integer_rows(self, rows: NDArray[Any]) -> Integers: ...
    def functional(self, j: int) -> Integers: ...
    def digits(self) -> int: ...


@dataclass(frozen=True)
class Decision:
    """`inside`: by positive weights on `support`; otherwise `direction` proves that it is not."""

    inside: bool
    support: NDArray[Any]
    direction: Any
    row_signs: NDArray[np.int8]


def _reduced(vector: Integers) -> Integers:
    divisor = int(np.gcd.reduce(vector)) if vector.size else 0
    return vector // divisor if divisor > 1 else vector


class _Basis:
    """det(B) B^-1 of a simplex basis, in whole numbers; unfilled places hold unit columns."""

    def __init__(self, k: int) -> None:
        self.inverse: Integers = np.array(np.eye(k, dtype=np.int64), dtype=object)
        self.scale = 1
        self.label = [_ARTIFICIAL] * k

    def copy(self) -> _Basis:
        other = _Basis(0)
        other.inverse, other.scale, other.label = self.inverse.copy(), self.scale, [*self.label]
        return other

    def artificial(self) -> NDArray[Any]:
        return np.flatnonzero(np.array(self.label) == _ARTIFICIAL)

    def pivot(self, alpha: Integers, r: int, label: int) -> None:
        """The column with inverse @ column == alpha takes place r (Edmonds: every // is exact)."""
        kept = self.inverse[r].copy()
        self.inverse = (alpha[r] * self.inverse - np.outer(alpha, kept)) // self.scale
        self.inverse[r] = kept
        self.scale, self.label[r] = alpha[r], label
        if self.scale < 0:
            self.inverse, self.scale = -self.inverse, -self.scale

    def insert(self, column: Integers, label: int) -> bool:
        """Put a column on any unfilled place; False where it depends on the columns there."""
        alpha = self.inverse @ column
        open_places = [r for r in self.artificial() if alpha[r] != 0]
        if not open_places:
            return False
        self.pivot(alpha, min(open_places, key=lambda r: abs(alpha[r])), label)
        return True


def _turned(basis: _Basis, values: Integers) -> tuple[_Basis, Integers]:
    """Turn unit columns round so that every one starts lexicographically positive."""
    for r in basis.artificial():
        leading = next((v for v in (values[r], *basis.inverse[r]) if v != 0), 1)
        if leading < 0:
            basis.inverse[r], values[r] = -basis.inverse[r], -values[r]
    return basis, values


def _leaving(basis: _Basis, values: Integers, alpha: Integers) -> int:
    """Ratio test; ties go to the lexicographically smallest row, so no basis ever comes back."""
    best = -1
    for r, label in enumerate(basis.label):
        if label == _FREE or alpha[r] <= 0:
            continue
        if best < 0:
            best = r
            continue
        pairs = zip(
            (values[r], *basis.inverse[r]), (values[best], *basis.inverse[best]), strict=True
        )
        gap = next((d for x, y in pairs if (d := x * alpha[best] - y * alpha[r]) != 0), 1)
        if gap < 0:
            best = r
    return best


class ExactCone:
    """The cone of signed rows z_i * sign_i, exactly; `guess` may propose a basis (a warm start).

    Cost of a decision: about 2 k to 5 k pivots of k^2 products of numbers of k * bits binary
    digits, and one float pass over the rows for every few pivots.
    """

    def __init__(self, frame: Rows, sign: NDArray[np.int8], guess: Guess | None = None) -> None:
        self.frame, self.sign, self.guess = frame, sign, guess
        self.digits = frame.digits()
        self.basis = _Basis(frame.functional(0).size)
        self.active: NDArray[Any] = np.zeros(0, dtype=np.int64)

    def annihilators(self) -> list[Integers]:
        """A basis of the directions with zero margin on every row absorbed so far."""
        return [_reduced(self.basis.inverse[r]) for r in self.basis.artificial()]

    def signs(self, rows: NDArray[Any], d: Any) -> NDArray[np.int8]:
        """Signed margins' signs, sign_i * z_i'd; plain z_i'd for rows of sign 0 (both outcomes)."""
        side = self.sign[rows]
        return self.frame.signs(d, rows) * np.where(side == 0, np.int8(1), side)

    def absorb(self, rows: NDArray[Any]) -> None:
        """From now on these rows have zero margin: directions are sought in their null space."""
        for column in self.frame.integer_rows(rows):
            if not self.basis.artificial().size:
                return
            self.basis.insert(_reduced(column), _FREE)

    def combine(self, d: Any, other: Any) -> Any:
        """A direction strictly inside both: their sum, at equal lengths up to a power of two."""
        if d is None:
            return other
        lengths = [max(int(v).bit_length() for v in vector) for vector in (d, other)]
        top = max(lengths)
        return _reduced((d << (top - lengths[0])) + (other << (top - lengths[1])))

    def coefficient_sign(self, d: Any, j: int) -> int:
        """Sign of coefficient j (original coordinates) of d."""
        value = int(self.frame.functional(j) @ d)
        return (value > 0) - (value < 0)

    def decide_rows(self, rows: NDArray[Any], some: NDArray[Any]) -> Decision:
        """Do all of `some` have zero margin wherever all margins are >= 0? (inside: yes)"""
        signed = self.frame.integer_rows(some) * self.sign[some, None].astype(object)
        return self.decide(rows, -signed.sum(axis=0), some)

    def decide_coefficient(self, rows: NDArray[Any], j: int, sign: int) -> Decision:
        """Is sign * coefficient j >= 0 in every direction with all margins >= 0? (inside: yes)

        With many columns this rests on `guess`: the question comes once a column, unlike the rest.
        """
        target = sign * self.frame.functional(j)
        null = self.basis.inverse[self.basis.artificial()]
        if self.guess is not None and len(null) * self.digits > _SIGN_DIGITS:
            self.active, support, zero = self.guess(rows, null, -target, self.active)
            return Decision(zero, support, None, np.zeros(0, np.int8))
        return self.decide(rows, target, self.active[:0])

    def decide(self, rows: NDArray[Any], target: Integers, first: NDArray[Any]) -> Decision:
        """Phase one of the simplex method for target = sum of weights >= 0 times signed `rows`."""
        self.active = np.union1d(self.active, first)
        basis, values = self._start(rows, target)
        for _ in range(_MAX_PIVOTS):
            places = basis.artificial()
            if not any(values[r] for r in places):
                used = [i for i, v in zip(basis.label, values, strict=True) if i >= 0 and v > 0]
                return Decision(True, np.array(used, dtype=np.int64), None, np.zeros(0, np.int8))
            d = _reduced(-basis.inverse[places].sum(axis=0))
            entering = self._violated(rows, d)
            if entering is None:
                return Decision(False, self.active[:0], d, self.signs(rows, d))
            alpha = basis.inverse @ self._column(entering)
            r = _leaving(basis, values, alpha)
            updated = (alpha[r] * values - alpha * values[r]) // basis.scale
            updated[r], values = values[r], updated
            basis.pivot(alpha, r, entering)
        raise TooHardError(f"no decision in {_MAX_PIVOTS} pivots")

    def _start(self, rows: NDArray[Any], target: Integers) -> tuple[_Basis, Integers]:
        """The unit basis, or the one that floating point proposes if it is exactly feasible."""
        places = self.basis.artificial()
        if self.guess is not None and places.size >= _GUESS_FROM:
            null = self.basis.inverse[places]
            self.active, support, _ = self.guess(rows, null, -target, self.active)
            basis = self.basis.copy()
            for row in support.tolist():
                basis.insert(self._column(row), row)
            values = basis.inverse @ target
            if all(v > 0 for i, v in zip(basis.label, values, strict=True) if i >= 0):
                return _turned(basis, values)
        basis = self.basis.copy()
        return _turned(basis, basis.inverse @ target)

    def _column(self, row: int) -> Integers:
        return _reduced(self.frame.integer_rows(np.array([row]))[0]) * int(self.sign[row])

    def _violated(self, rows: NDArray[Any], d: Integers) -> int | None:
        """A row with a negative margin, among the active rows first; None: there is none."""
        if self.active.size:
            margin, bound = self.frame.margins(d, self.active)
            margin = margin * self.sign[self.active]
            if margin.min() < -bound:
                return int(self.active[np.argmin(margin)])
        margin, bound = self.frame.margins(d, rows)
        margin = margin * self.sign[rows]
        bad = np.flatnonzero(margin < -bound)
        if bad.size == 0:
            doubtful = rows[np.abs(margin) <= bound]
            bad = np.flatnonzero(self.signs(doubtful, d) < 0)
            return int(doubtful[bad[0]]) if bad.size else None
        worst = rows[bad[np.argsort(margin[bad], kind="stable")[:_BATCH]]]
        self.active = np.union1d(self.active, worst)
        return int(worst[0])
