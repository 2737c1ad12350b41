"""Which columns say nothing new, and what they repeat.

Columns are judged left to right by their residual on the columns before them, in the metric of
the rows that count. The Gram matrix shows a residual only down to 1e-8 of the column, so where a
pivot is doubtful the pass is repeated under a rotation that replaces each column by its residual
(the second sweep of Cholesky QR: Yamamoto et al. 2015, doi:10.1553/etna_vol44s306). Two such
passes resolve residuals down to rounding, for any block source, at no memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .blocks import Terms
from .cholesky_kernels import factorise, invert_triangle
from .coordinates import Coordinates

__all__ = ["Independent", "Relation", "independent_columns", "whitened"]

Floats = NDArray[np.float64]

DOUBTFUL = 1e-5  # a scaled pivot below this costs five digits: rotate
CLIP = 1e-10  # the smallest pivot the Gram matrix can vouch for (noise is about k * 1e-16)
REPEATED = 1e-8  # a residual (not squared) below this share may be rounding: look closer
SLACK = 16.0  # units of rounding a residual may have and still count as zero


@dataclass(frozen=True)
class Relation:
    """An aliased column as a combination of columns left of it.

    name = constant + sum of factor * other, in the columns' own units.
    """

    name: str
    constant: float
    terms: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        """
        >>> str(Relation("total", 0.0, (("a", 1.0), ("b", 1.0))))
        '`total` = `a` + `b`'
        >>> str(Relation("c", 5.0, ()))
        '`c` is constant (5)'
        >>> str(Relation("d", 1.0, (("a", -1.0), ("b", -2.5))))
        '`d` = 1 - `a` - 2.5 `b`'
        """
        if not self.terms:
            return f"`{self.name}` is constant ({self.constant:g})"
        text = f"{self.constant:g}" if self.constant else ""
        for other, factor in self.terms:
            sign = "-" if factor < 0 else "+"
            size = "" if abs(factor) == 1.0 else f"{abs(factor):.6g} "
            if text:
                text += f" {sign} {size}`{other}`"
            else:
                text = f"{'-' if factor < 0 else ''}{size}`{other}`"
        return f"`{self.name}` = {text}"


@dataclass(frozen=True)
class Independent:
    """kept: positions of the columns that stay; relations of the others; where to go on."""

    kept: NDArray[np.intp]
    relations: tuple[Relation, ...]
    coordinates: Coordinates
    terms: Terms


def whitened(coordinates: Coordinates, information: Floats) -> Coordinates:
    """The map after which this information is close to the identity.

    Any map is exact, so the rotation need not be: it only has to be close.
    """
    k = len(information)
    diagonal = information.diagonal()
    # A repeated column is all noise in rotated coordinates: scaled to 1 it would spoil the others.
    floor = CLIP * float(diagonal.max()) if coordinates.rotation.size else 0.0
    d = np.sqrt(np.where(diagonal > floor, diagonal, floor or 1.0))
    scaled = information / np.outer(d, d)
    factor = np.zeros((k, k))
    for j in range(k):
        column = scaled[j:, j] - factor[j:, :j] @ factor[j, :j]
        pivot = max(column[0], CLIP)
        factor[j:, j] = column / math.sqrt(pivot)
        factor[j, j] = math.sqrt(pivot)
        if column[0] < CLIP:
            factor[j + 1 :, j] = 0.0  # a direction of noise must not spread to later columns
    inverse = invert_triangle(factor) / d
    return coordinates.rotated(np.triu(inverse.T))


def independent_columns(
    evaluate: Callable[[Coordinates], Terms],
    coordinates: Coordinates,
    terms: Terms,
    names: Sequence[str],
) -> Independent:
    """Find the columns to keep, leftmost first.

    ``evaluate(coordinates)`` gives the terms of the null model under a map; ``terms`` are those of
    ``coordinates``; ``names`` are the names of its columns. Cost: nothing where no pivot is
    doubtful, else two passes, and two more once columns are dropped.
    """
    everything = np.arange(len(names))
    _, pivots, _ = factorise(terms.information, 0.0)
    if pivots.min() >= DOUBTFUL:
        return Independent(everything, (), coordinates, terms)
    turned, seen = coordinates, terms
    for _ in range(2):
        turned = whitened(turned, seen.information)
        seen = evaluate(turned)
    aliased = _repeated(coordinates, terms, turned.rotation, seen.information)
    if not aliased.any():
        return Independent(everything, (), turned, seen)
    relations = tuple(
        _relation(
            j, aliased, coordinates, _combination(j, aliased, turned, seen.information), names
        )
        for j in np.flatnonzero(aliased).tolist()
    )
    kept = np.flatnonzero(~aliased)
    reduced = coordinates.take(kept)
    rest = independent_columns(
        evaluate, reduced, evaluate(reduced), [names[j] for j in kept.tolist()]
    )
    return Independent(kept[rest.kept], relations + rest.relations, rest.coordinates, rest.terms)


def _repeated(
    plain: Coordinates, terms: Terms, rotation: Floats, seen: Floats
) -> NDArray[np.bool_]:
    """Columns whose residual on the kept columns before them is rounding."""
    k = len(seen)
    total = max(float(terms.information.diagonal().max()), 1e-300)
    weight = float(terms.information[0, 0]) if plain.columns[0] < 0 else total
    rms = np.sqrt(terms.information.diagonal() / weight)
    raw = rms + np.abs(plain.center) * plain.scale  # the size whose last bit is the noise
    if plain.columns[0] < 0:
        raw[0] = 1.0
    aliased = np.zeros(k, dtype=bool)
    for j in range(k):
        before = np.flatnonzero(~aliased[:j])
        own = rotation[j, j]
        residual = float(seen[j, j])
        if len(before):
            block, cross = seen[np.ix_(before, before)], seen[before, j]
            residual -= float(cross @ np.linalg.lstsq(block, cross, rcond=1e-14)[0])
        size = math.sqrt(max(residual, 0.0) / weight) / abs(own)
        noise = float(np.abs(rotation[: j + 1, j] / own) @ raw[: j + 1])
        aliased[j] = rms[j] == 0.0 or (
            size <= SLACK * np.finfo(float).eps * noise and size <= REPEATED * rms[j]
        )
    return aliased


def _combination(j: int, aliased: NDArray[np.bool_], turned: Coordinates, seen: Floats) -> Floats:
    """Factors of the kept columns before j that give column j, in centred and scaled columns."""
    before = np.flatnonzero(~aliased[:j])
    left = np.zeros(len(seen))
    left[j] = 1.0
    block, cross = seen[np.ix_(before, before)], seen[before, j]
    left[before] = -np.linalg.lstsq(block, cross, rcond=1e-14)[0]
    whole = turned.rotation @ left
    return np.asarray(-whole[:j] / whole[j], dtype=np.float64)


def _relation(
    j: int, aliased: NDArray[np.bool_], plain: Coordinates, inside: Floats, names: Sequence[str]
) -> Relation:
    has_intercept = plain.columns[0] < 0
    constant = float(plain.center[j])
    terms: list[tuple[str, float]] = []
    if has_intercept and j > 0:
        constant += float(inside[0]) / float(plain.scale[j])
    for i in range(1 if has_intercept else 0, j):
        factor = float(inside[i] * plain.scale[i] / plain.scale[j])
        if aliased[i] or abs(inside[i]) < 1e-7:
            continue
        constant -= factor * float(plain.center[i])
        terms.append((names[i], _neat(factor)))
    size = abs(plain.center[j]) + 1.0 / plain.scale[j]
    constant = 0.0 if abs(constant) < 1e-7 * size else _neat(constant)
    return Relation(names[j], constant, tuple(terms))


def _neat(value: float) -> float:
    """The short decimal a computed factor stands for, where one is near."""
    short = float(f"{value:.6g}")
    return short if abs(short - value) <= 1e-6 * abs(value) else value
