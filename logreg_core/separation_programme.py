"""The linear programme of separation in floating point: scipy's HiGHS on centred, scaled columns.

It proposes a starting basis to the exact method (`separation_proof`), and answers by itself, to
a tolerance and unproven, where whole numbers would take too long (hundreds of columns). Rows are
generated: a programme on few rows first, then the rows it violates join, until none is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FloatingCone", "Verdict", "aliased_columns", "is_zero", "recede"]

Floats = NDArray[np.float64]

_TOLERANCE = 1e-8  # margins below this, in units of the scaled columns, count as zero
_BATCH = 400  # rows that join a round; more makes the programme, fewer the rounds, dominate
_ROUNDS = 200
_SAMPLE = 4096


def recede(
    W: Floats,
    sign: NDArray[np.int8],
    rows: NDArray[Any],
    null: Floats,
    cost: Floats,
    active: NDArray[Any],
) -> tuple[Floats, NDArray[Any], NDArray[Any]]:
    """Maximise cost'd over d = null u, |u| <= 1, with sign_i w_i'd >= 0 for all `rows`.

    Returns d (k,), the rows generated, and those of them that carry weight in the optimum.
    """
    from scipy.optimize import linprog

    if active.size == 0:
        active = rows[np.unique(np.linspace(0, rows.size - 1, _BATCH).astype(np.int64))]
    price = cost @ null
    price = price / (np.max(np.abs(price)) or 1.0)
    d, weights = np.zeros(W.shape[1]), np.zeros(active.size)
    for _ in range(_ROUNDS):
        A = (sign[active, None] * W[active]) @ null
        length = np.maximum(np.max(np.abs(A), axis=1), 1e-300)
        found = linprog(
            -price, A_ub=-A / length[:, None], b_ub=np.zeros(active.size), bounds=(-1, 1)
        )
        if found.x is None:
            break
        d, weights = null @ found.x, -found.ineqlin.marginals / length
        margin = (W @ d)[rows] * sign[rows]
        bad = np.flatnonzero(margin < -_TOLERANCE)
        new = np.setdiff1d(rows[bad[np.argsort(margin[bad], kind="stable")[:_BATCH]]], active)
        if new.size == 0:
            break
        active = np.append(active, new)
    heavy = weights > 1e-9 * (np.max(weights) if weights.size else 0.0)
    return d, active, active[heavy]


def is_zero(cost: Floats, d: Floats) -> bool:
    """Whether cost'd, d an optimum of `recede`, is zero to the tolerance."""
    return float(cost @ d) <= 10 * _TOLERANCE * float(np.max(np.abs(cost)))


@dataclass(frozen=True)
class Verdict:
    """As `separation_proof.Decision`, to a tolerance."""

    inside: bool
    support: NDArray[Any]
    direction: Any
    row_signs: NDArray[np.int8]


class FloatingCone:
    """The questions of `separation_proof.ExactCone`, answered by HiGHS to `_TOLERANCE`."""

    def __init__(self, W: Floats, sign: NDArray[np.int8], functional: Callable[[int], Any]) -> None:
        self.W, self.sign, self.functional = W, sign, functional
        self.null: Floats = np.eye(W.shape[1])
        self.active: NDArray[Any] = np.zeros(0, dtype=np.int64)

    def annihilators(self) -> list[Floats]:
        """A basis of the directions with zero margin on every row absorbed so far."""
        return list(self.null.T)

    def signs(self, rows: NDArray[Any], d: Any) -> NDArray[np.int8]:
        """Signs of the signed margins; zero within the tolerance."""
        side = self.sign[rows]
        value = (self.W @ (d / (np.max(np.abs(d)) or 1.0)))[rows] * np.where(side == 0, 1, side)
        return np.where(np.abs(value) <= 10 * _TOLERANCE, 0, np.sign(value)).astype(np.int8)

    def absorb(self, rows: NDArray[Any]) -> None:
        """From now on these rows have zero margin."""
        for row in rows.tolist():
            part = self.null.T @ self.W[row]
            if self.null.shape[1] and np.linalg.norm(part) > 1e-7 * np.linalg.norm(self.W[row]):
                # Householder: all of the null space but the one direction this row sees.
                basis, _ = np.linalg.qr(np.column_stack([part, np.eye(part.size)]))
                self.null = self.null @ basis[:, 1:]

    def combine(self, d: Any, other: Any) -> Any:
        """A direction strictly inside both."""
        other = other / np.max(np.abs(other))
        return other if d is None else d / np.max(np.abs(d)) + other

    def coefficient_sign(self, d: Any, j: int) -> int:
        """Sign of coefficient j (original coordinates) of d; zero within the tolerance."""
        g = _unit(self.functional(j))
        value = float(g @ d) / (np.max(np.abs(d)) or 1.0)
        return 0 if abs(value) <= 10 * _TOLERANCE else int(np.sign(value))

    def decide_rows(self, rows: NDArray[Any], some: NDArray[Any]) -> Verdict:
        """Do all of `some` have zero margin wherever all margins are >= 0? (inside: yes)"""
        self.active = np.union1d(self.active, some)
        return self._decide(rows, (self.sign[some] @ self.W[some]) / some.size)

    def decide_coefficient(self, rows: NDArray[Any], j: int, sign: int) -> Verdict:
        """Is sign * coefficient j >= 0 in every direction with all margins >= 0? (inside: yes)"""
        return self._decide(rows, -sign * _unit(self.functional(j)))

    def _decide(self, rows: NDArray[Any], cost: Floats) -> Verdict:
        active = np.intersect1d(self.active, rows)
        d, self.active, support = recede(self.W, self.sign, rows, self.null, cost, active)
        if is_zero(cost, d):
            return Verdict(True, support, None, np.zeros(0, np.int8))
        return Verdict(False, support[:0], d, self.signs(rows, d))


def _unit(values: Any) -> Floats:
    top = max(abs(int(v)) for v in values)
    return np.array([int(v) / top for v in values], dtype=np.float64)


def aliased_columns(W: Floats, size: Floats, anchor: int) -> list[int]:
    """Columns that are combinations of columns to their left, up to rounding of the data.

    Parameters
    ----------
    W : (n, k) centred and scaled columns.
    size : (k,) max |column| before centring, in the same scale: its rounding unit is the noise.
    anchor : the constant column that centring used, counted as leftmost; -1 for none.
    """
    n, k = W.shape
    order = sorted(range(k), key=lambda j: (j != anchor, j))
    spread = np.linspace(0, n - 1, min(n, _SAMPLE)).astype(np.int64)
    rows = np.unique(np.concatenate([spread, W.argmax(axis=0), W.argmin(axis=0)]))
    sample = W[rows]
    pivots = np.zeros(k)
    diagonal = np.diag(np.linalg.qr(sample[:, order])[1])
    pivots[: diagonal.size] = np.abs(diagonal)
    kept: list[int] = []
    for pivot, j in zip(pivots, order, strict=True):
        if pivot <= 1e-6 * np.linalg.norm(sample[:, j]):
            v = np.zeros(k)
            v[j] = -1.0
            for _ in range(2 if kept else 0):  # the second round refines the first
                v[kept] -= np.linalg.lstsq(sample[:, kept], sample @ v)[0]
            # A column rounded once from an exact combination is off by half a unit of `size`.
            noise = 16 * np.finfo(np.float64).eps * float(size @ np.abs(v))
            if np.max(np.abs(W @ v)) <= noise:
                continue
        kept.append(j)
    return sorted(set(range(k)) - set(kept))
