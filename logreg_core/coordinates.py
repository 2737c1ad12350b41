"""The affine map under which a pass sees the columns, and the way back to the columns as given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["NO_ROTATION", "Coordinates"]

Floats = NDArray[np.float64]

NO_ROTATION: Floats = np.empty((0, 0))


@dataclass(frozen=True)
class Coordinates:
    """The affine map under which a pass sees the columns: ((x - center) * scale) @ rotation.

    columns (k,): positions in X, -1 for the intercept; center (k,), in units of the columns;
    scale (k,): powers of two, so that scaling rounds nothing; rotation: upper triangular (k, k),
    or empty for none. The model is the same under every such map; only rounding differs.
    """

    columns: NDArray[np.int64]
    center: Floats
    scale: Floats
    rotation: Floats = field(default_factory=lambda: NO_ROTATION)

    def to_columns(self, beta: Floats) -> Floats:
        """Coefficients for the columns as given (log-odds per unit) from those of the pass."""
        slopes = self.rotation @ beta if self.rotation.size else beta
        slopes = slopes * self.scale
        if self.columns[0] < 0:
            slopes[0] = math.fsum([slopes[0], *(-slopes[1:] * self.center[1:])])
        return slopes

    def from_columns(self, beta: Floats) -> Floats:
        """Coefficients of the pass from those for the columns as given."""
        inside = beta.copy()
        if self.columns[0] < 0:
            inside[0] = math.fsum([beta[0], *(beta[1:] * self.center[1:])])
        inside /= self.scale
        if self.rotation.size:
            inside = np.asarray(np.linalg.solve(self.rotation, inside))
        return inside

    def covariance(self, inside: Floats) -> Floats:
        """Covariance of the coefficients for the columns as given, from that of the pass."""
        # einsum, not BLAS: the bits must not depend on how many threads BLAS was given
        if not self.rotation.size:
            result = inside * self.scale[:, None] * self.scale
            if self.columns[0] < 0:
                result[0] -= np.einsum("j,jk->k", self.center[1:], result[1:])
                result[:, 0] -= np.einsum("j,kj->k", self.center[1:], result[:, 1:])
        else:
            # The intercept's row first: from the product it would lose twice the digits.
            jacobian = self.rotation * self.scale[:, None]
            if self.columns[0] < 0:
                jacobian[0] -= np.einsum("j,jk->k", self.center[1:], jacobian[1:])
            half = np.einsum("ij,jk->ik", jacobian, inside)
            result = np.einsum("ij,kj->ik", half, jacobian)
        return (result + result.T) / 2.0

    def direct(self, n_columns: int) -> int:
        """Columns before those of X where a pass can read X as it is; -1 where it cannot."""
        intercept = int(self.columns[0] < 0)
        whole = len(self.columns) == n_columns + intercept and not self.rotation.size
        return intercept if whole and self._in_order else -1

    @cached_property
    def _in_order(self) -> bool:
        columns = self.columns
        return bool((columns[1:] - columns[:-1] == 1).all())

    def take(self, kept: Sequence[int] | NDArray[np.intp]) -> Coordinates:
        """The same map for some of the columns, in the order given, without rotation."""
        return Coordinates(self.columns[kept], self.center[kept], self.scale[kept])

    def rotated(self, rotation: Floats) -> Coordinates:
        """This map followed by another upper triangular one."""
        whole = self.rotation @ rotation if self.rotation.size else rotation
        return replace(self, rotation=np.ascontiguousarray(whole))
