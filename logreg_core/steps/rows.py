"""What a step shows of the rows themselves: log-odds, probabilities, IRLS weights and responses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..blocks import Blocks, Coordinates, Span
from ..formulas import sigmoid

__all__ = ["row_details", "survey"]

Floats = NDArray[np.float64]
CHUNK = 1 << 14  # rows looked at together: temporaries stay small beside the data


def _parts(blocks: Blocks) -> Iterator[Span]:
    for span in blocks.spans():
        for first in range(0, len(span.X), CHUNK):
            yield Span._make(part[first : first + CHUNK] for part in span)


def _product(span: Span, coordinates: Coordinates, beta: Floats) -> Floats:
    """x' beta of each row, in the coordinates of the pass (no rotation)."""
    slopes, center, columns = beta * coordinates.scale, coordinates.center, coordinates.columns
    first = int(columns[0] < 0)
    inside: Floats = np.einsum(
        "ij,j->i", span.X[:, columns[first:]] - center[first:], slopes[first:]
    )
    if first:
        inside += slopes[0]
    return inside


def survey(
    blocks: Blocks, coordinates: Coordinates, beta: Floats, direction: Floats
) -> tuple[float, float, float]:
    """Smallest and largest log-odds of a row at beta, and max |x' direction|: one slow pass."""
    lows, highs, changes = [], [], []
    for span in _parts(blocks):
        eta = _product(span, coordinates, beta)
        if span.offset.size:
            eta = eta + span.offset
        lows.append(eta.min())
        highs.append(eta.max())
        changes.append(np.abs(_product(span, coordinates, direction)).max())
    return float(min(lows)), float(max(highs)), float(max(changes))


def row_details(
    blocks: Blocks, coordinates: Coordinates, beta: Floats
) -> tuple[Floats, Floats, Floats]:
    """mu, working weight and working response (n,) of every row: IRLS's regression.

    The response is written from eta, so that it is right where mu rounds to 0 or 1:
    eta + share (1 + exp(-eta)) - (1 - share)(1 + exp(eta)), the offset left out.
    """
    parts = []
    for span in _parts(blocks):
        linear = _product(span, coordinates, beta)
        eta = linear + span.offset if span.offset.size else linear
        share, weight = _outcome(span)
        with np.errstate(over="ignore", invalid="ignore"):  # 0 times inf, not taken
            up = np.where(share > 0.0, share * (1.0 + np.exp(-eta)), 0.0)
            down = np.where(share < 1.0, (1.0 - share) * (1.0 + np.exp(eta)), 0.0)
        mu = sigmoid(eta)
        parts.append((mu, weight * mu * sigmoid(-eta), linear + up - down))
    mus, weights, responses = (np.concatenate(column) for column in zip(*parts, strict=True))
    return mus, weights, responses


def _outcome(span: Span) -> tuple[Floats, Floats]:
    """Share of successes and weight of each row."""
    if span.success.size:
        weight = span.success + span.failure
        return span.success / np.where(weight > 0.0, weight, 1.0), weight
    weight = span.weight if span.weight.size else np.ones(len(span.X))
    return (span.y != 0).astype(np.float64), weight
