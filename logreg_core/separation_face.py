"""The largest set of rows that a direction can separate, and the signs of its coefficients.

The search asks a cone (`separation_proof.ExactCone`, or `separation_programme.FloatingCone`) one
question over and over: must these rows have zero margin? Yes closes rows, no opens rows; each
answer raises a dimension, so there are at most 2 k questions, however many rows there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cone", "Face", "explore"]

Indices = NDArray[Any]


class Answer(Protocol):
    """`inside`: yes, shown by `support`; else `direction` says no, with the signs it gives."""

    @property
    def inside(self) -> bool: ...
    @property
    def support(self) -> Indices: ...
    @property
    def direction(self) -> Any: ...
    @property
    def row_signs(self) -> NDArray[np.int8]: ...


class Cone(Protocol):
    """What the search needs to ask."""

    def annihilators(self) -> list[Any]: ...
    def signs(self, rows: Indices, d: Any) -> NDArray[np.int8]: ...
    def absorb(self, rows: Indices) -> None: ...
    def combine(self, d: Any, other: Any) -> Any: ...
    def coefficient_sign(self, d: Any, j: int) -> int: ...
    def decide_rows(self, rows: Indices, some: Indices) -> Answer: ...
    def decide_coefficient(self, rows: Indices, j: int, sign: int) -> Answer: ...


@dataclass(frozen=True)
class Face:
    """`strict` (n,): rows with margin > 0 under `direction` (None: no such row). `limits` (k,)."""

    strict: NDArray[np.bool_]
    direction: Any
    limits: NDArray[np.float64]


def explore(cone: Cone, sign: NDArray[np.int8], k: int) -> Face:
    """The maximal face of the cone of directions.

    Parameters
    ----------
    sign : (n,) 1 success, -1 failure, 0 both (zero margin by definition).
    k : number of columns.
    """
    rows = np.arange(sign.size)
    _absorb_all(cone, rows[sign == 0])
    undecided = undetached = _outside(cone, rows[sign != 0])
    strict = np.zeros(sign.size, dtype=np.bool_)
    direction: Any = None
    pool: list[Any] = []
    while undecided.size:
        before = undecided.size
        some = _spread(undecided, sign, 4 * k)
        answer = cone.decide_rows(undetached, some)
        if answer.inside:
            cone.absorb(np.concatenate([some, answer.support]))
            undetached, undecided = _outside(cone, undetached), _outside(cone, undecided)
        else:
            direction = cone.combine(direction, answer.direction)
            pool.append(answer.direction)
            strict[undetached[answer.row_signs > 0]] = True
            undecided = undecided[~strict[undecided]]
        if undecided.size == before:  # only rounding can do this, so never the exact cone
            break
    limits = np.zeros(k)
    if direction is not None:
        limits = _limits(cone, undetached, direction, pool, k)
    return Face(strict, direction, limits)


def _limits(cone: Cone, rows: Indices, direction: Any, pool: list[Any], k: int) -> NDArray[Any]:
    """inf, -inf, 0 (finite) or nan (undetermined) for every coefficient.

    `direction` is interior to the cone: a coefficient that is never negative there (nor always
    zero) is positive in it, so only one sign has to be tried.
    """
    null = cone.annihilators()
    limits = np.zeros(k)
    for j in range(k):
        if not any(cone.coefficient_sign(v, j) for v in null):
            continue
        side = cone.coefficient_sign(direction, j)
        decided = side != 0 and all(side * cone.coefficient_sign(d, j) >= 0 for d in pool)
        if decided and len(null) > 1:
            answer = cone.decide_coefficient(rows, j, side)
            decided = answer.inside
            if answer.direction is not None:
                pool.append(answer.direction)
        limits[j] = side * np.inf if decided else np.nan
    return limits


def _absorb_all(cone: Cone, rows: Indices) -> None:
    """Give every one of `rows` zero margin: absorb one at a time that still sees a direction."""
    left = len(cone.annihilators()) + 1
    while rows.size and len(null := cone.annihilators()) < left:  # only rounding can stop a fall
        left = len(null)
        for v in null:
            seen = np.flatnonzero(cone.signs(rows, v))
            if seen.size:
                cone.absorb(rows[seen[:1]])
                break


def _outside(cone: Cone, rows: Indices) -> Indices:
    """Those of `rows` whose margin is not zero in every direction left."""
    seen = np.zeros(rows.size, dtype=np.bool_)
    for v in cone.annihilators():
        rest = np.flatnonzero(~seen)
        if rest.size == 0:
            break
        seen[rest] = cone.signs(rows[rest], v) != 0
    return rows[seen]


def _spread(rows: Indices, sign: NDArray[np.int8], size: int) -> Indices:
    """About `size` rows, half from each outcome where there are enough, evenly spread."""
    parts = []
    for side in (1, -1):
        pool = rows[sign[rows] == side]
        if pool.size:
            parts.append(
                pool[np.linspace(0, pool.size - 1, min(pool.size, size // 2 + 1)).astype(int)]
            )
    return np.unique(np.concatenate(parts))
