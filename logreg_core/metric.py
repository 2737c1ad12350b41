"""The metric of the information at a point: coordinates in which it is the identity, provably so.

With T such that A = T' H T is close to the identity, ||v||_H is the length of T^-1 v, and a
gradient g has the Newton decrement |T' g|. T is a computed matrix, taken as it is; what must be
known is how far the true A may be from I, with the rounding of the pass counted in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .blocks import Terms
from .cholesky_kernels import factorise
from .coordinates import Coordinates
from .exact_terms import UNIT, ExactTerms, Point, pair
from .extremes import largest_entries
from .kernels import LEAF
from .named_blocks import largest_offset
from .problem import Objective
from .rank import DOUBTFUL, whitened

__all__ = ["Metric", "inside_of", "metric_at"]

Floats = NDArray[np.float64]

# Relative error of a row's working weight at given log-odds, in units of rounding; measured: 6.
WEIGHT_UNITS = 64.0
MOST_PASSES = 3
LOST_BELOW = 1e-300  # e^-708 and the kernels' weight there, per unit of weight


@dataclass(frozen=True)
class Metric:
    """Where distances are measured, k coefficients.

    turn (k, k): T, upper triangular, from here to the centred and scaled columns of ``frame``;
    jacobian (k, k): from here to the columns' own units, jacobian_error its rounding;
    information (k, k): A as computed; rounding: bound on the error of A (spectral norm); noise
    (k,): its likely size, column by column; slack: bound on ||A - I||, below 1 or infinite;
    reach: bound on |T' x| over the rows that count; away (k,): from the point of the pass to the
    coefficients judged, in the metric; passes: readings of the data.
    """

    frame: Coordinates
    turn: Floats
    jacobian: Floats
    jacobian_error: Floats
    information: Floats
    rounding: float
    noise: Floats
    slack: float
    reach: float
    away: Floats
    passes: int

    @property
    def row_norm(self) -> float:
        """R: at least the largest ||x||_(H^-1) of a row; infinite where H is not bounded."""
        return self.reach / math.sqrt(1.0 - self.slack) if self.slack < 1.0 else math.inf

    def lengths(self) -> Floats:
        """(k,) bounds: a coefficient changes by no more than this for a step of length 1."""
        return (1.0 + 4.0 * len(self.turn) * UNIT) * np.asarray(
            np.sqrt((self.jacobian**2).sum(axis=1)) + np.sqrt((self.jacobian_error**2).sum(axis=1))
        )

    def variances(self) -> Floats:
        """(k,) diagonal of the inverse information, in the columns' own units, squared."""
        half = np.linalg.solve(np.linalg.cholesky(self.information), self.jacobian.T)
        return np.asarray((half**2).sum(axis=0))

    def seen(self, step: Floats) -> Floats:
        """A step (k,) in the columns' own units, seen from here."""
        inside = inside_of(self.frame, Point.of(step))
        return np.asarray(np.linalg.solve(self.turn, inside))

    def away_of(self, point: Point) -> Floats:
        """From the point of the pass to a point whose high part was judged, in the metric."""
        return self.away + self.seen(point.low)

    def gradient(self, terms: ExactTerms) -> tuple[Floats, float]:
        """T' g (k,), and a bound on the length of its error."""
        c, exact = self.frame, list(terms.gradient)
        error = terms.sum_error.copy()
        if c.columns[0] < 0:
            exact[1:] = [
                g - _fraction(m) * exact[0] for g, m in zip(exact[1:], c.center[1:], strict=True)
            ]
            error[1:] += np.abs(c.center[1:]) * error[0]
        inside = np.array([_rounded(g * _fraction(s)) for g, s in zip(exact, c.scale, strict=True)])
        error = error * c.scale + 2.0 * len(inside) * UNIT * np.abs(inside)
        found = np.einsum("ij,i->j", self.turn, inside)
        lost = np.einsum("ij,i->j", np.abs(self.turn), error)
        # A row's error moves the gradient by error * T' x, of length at most reach.
        rows = terms.weight_sum * terms.row_error * self.reach
        return found, 1.01 * (float(np.sqrt(lost @ lost)) + rows)


def metric_at(
    objective: Objective,
    coef: Floats,
    farthest: Floats,
    inside: Floats | None = None,
    least: float = DOUBTFUL,
) -> Metric | None:
    """The metric at coefficients (k,) in the columns' own units; None where a sum is not finite.

    objective is seen through unrotated coordinates. ``farthest`` (k,): largest |x - center| of each
    column, which an exact pass finds on its way. ``inside`` (k,): the same coefficients in
    these, where they are known to more digits: with a mean of 1e6 the intercept in the columns'
    own units is rounded to 1e-10. Its distance from ``coef`` is counted as an error. ``least``:
    scaled pivot below which the columns are seen again, rotated; each power of ten in it costs the
    covariance a digit.

    Cost: one pass with the information, and one or two in rotated columns where the first shows
    them to be nearly collinear.

    Notes
    -----
    The bound on the error of A. A pass computes B = sum w z z', z = C'(x - center) scale, with C
    the rotation (or I), at the point b_C. Let M be the largest |(x - center) scale| of each
    column, b the point in centred and scaled columns, gamma_m = m u / (1 - m u). The log-odds of
    the pass are off by delta <= gamma_(2k+8) (M' |C| |b_C| + max |offset|) + M' |b - C b_C|, the
    weights by a factor exp(delta) (1 + 64 u); z_j by gamma_(k+4) (|C|' |(x - center) scale|)_j,
    the mean square of which over the rows is bounded by the diagonal of the unrotated B. Terms
    are added in leaves of 2,048 rows, at most 32 leaves one after another, and a tree above them:
    gamma_(leaf + 64). By Cauchy-Schwarz
    |B_ij - exact| <= error sqrt(B_ii B_jj), so for A = E' B E the length of A - exact is at most
    error (sum_j |E_j| sqrt(B_jj))^2 with E_j the rows of E.
    """
    frame, k = objective.coordinates, len(coef)
    with np.errstate(all="ignore"):
        if inside is None:
            inside = frame.from_columns(coef)
        if not np.isfinite(inside).all():
            return None
        away = _difference(frame, coef, inside)
        seen = _Seen(np.eye(k), inside, 0.0)
        largest = farthest * frame.scale * (1.0 + 4.0 * UNIT)
        plain = terms = objective(inside, 2)
        rotated = largest
        turned, passes = objective, 1
        while terms.finite and passes < MOST_PASSES:
            if factorise(terms.information)[1].min() >= least:
                break
            turned = objective.at(whitened(turned.coordinates, terms.information))
            seen = _turned(turned.coordinates.rotation, inside, largest)
            terms, passes = turned(seen.point, 2), passes + 1
            rotated = largest_entries(turned.blocks, turned.coordinates, turned.workers)
        if not terms.finite:
            return None
        return _assemble(objective, plain, terms, seen, away, (largest, rotated), passes)


@dataclass(frozen=True)
class _Seen:
    """The rotation of a pass, its point, and how much the rounding of that moves log-odds."""

    rotation: Floats
    point: Floats
    mismatch: float


def inside_of(frame: Coordinates, point: Point) -> Floats:
    """A point in the frame's centred and scaled columns, each coefficient rounded once."""
    return np.array([_rounded(value) for value in _exactly_inside(frame, point)])


def _exactly_inside(frame: Coordinates, point: Point) -> list[Fraction]:
    exact = [pair(*entry) for entry in zip(point.high, point.low, strict=True)]
    if frame.columns[0] < 0:
        centers = map(_fraction, frame.center[1:])
        exact[0] += sum((c * b for c, b in zip(centers, exact[1:], strict=True)), Fraction(0))
    return [b / _fraction(s) for b, s in zip(exact, frame.scale, strict=True)]


def _difference(frame: Coordinates, coef: Floats, inside: Floats) -> Floats:
    """coef seen from the frame, less inside, rounded once: (k,) in centred and scaled columns."""
    exact = _exactly_inside(frame, Point.of(coef))
    return np.array([_rounded(b - _fraction(i)) for b, i in zip(exact, inside, strict=True)])


def _turned(rotation: Floats, inside: Floats, largest: Floats) -> _Seen:
    point = np.asarray(np.linalg.solve(rotation, inside))
    sizes = np.abs(inside) + np.abs(rotation) @ np.abs(point)
    left = np.abs(inside - rotation @ point) + _gamma(len(point) + 2) * sizes
    return _Seen(rotation, point, float(largest @ left))


def _assemble(
    objective: Objective, plain: Terms, terms: Terms, seen: _Seen, away: Floats,
    ends: tuple[Floats, Floats], passes: int,
) -> Metric:  # fmt: skip
    """ends: the largest entries (k,) of the unrotated columns and of those of ``terms``."""
    largest, turned_largest = ends
    frame, k = objective.coordinates, len(seen.point)
    bare = Coordinates(frame.columns, frame.center, np.ones(k))
    extra = whitened(bare, terms.information).rotation
    turn = np.einsum("ij,jk->ik", seen.rotation, extra)
    half = np.einsum("ij,jk->ik", terms.information, extra)
    information = np.einsum("ji,jk->ik", extra, half)
    information = (information + information.T) / 2.0

    rotated = passes > 1
    size = np.sqrt(plain.information.diagonal())
    spread = np.sqrt(terms.information.diagonal())
    blur = (np.abs(seen.rotation).T @ size / spread) * rotated
    apart = 1.001 * float(largest @ np.abs(away))
    error, eta_error = _entry_error(objective, largest, seen, float(blur.max()), apart)
    total = float(np.sqrt((extra**2).sum(axis=1)) @ spread)
    reach = np.abs(extra).T @ (
        turned_largest + (_gamma(k + 4) * np.abs(seen.rotation).T @ largest) * rotated
    )
    farthest = 1.001 * float(np.sqrt(reach @ reach))
    product = np.abs(seen.rotation) @ np.abs(extra)
    rounding = 1.1 * (
        (error + _gamma(3 * k + 8)) * total**2
        + 2.0 * _gamma(k) * float(np.sqrt((product**2).sum(axis=1)) @ size) * rotated
        + terms.weight_sum * farthest**2 * LOST_BELOW
    )
    slack = float(np.linalg.norm(information - np.eye(k))) * 1.001 + rounding
    stretch = np.abs(extra).T @ spread
    noise = 4.0 * stretch**2 + 0.15 * np.abs(extra).T @ (spread * blur)
    noise = UNIT * (noise + _weight_noise(plain, seen))
    jacobian, jacobian_error = _jacobian(frame, turn)
    return Metric(
        frame=frame,
        turn=turn,
        jacobian=jacobian,
        jacobian_error=jacobian_error,
        information=information,
        rounding=rounding,
        noise=noise,
        slack=slack if eta_error < 0.5 and slack < 1.0 else math.inf,
        reach=farthest,
        away=np.linalg.solve(turn, away),
        passes=passes,
    )


def _entry_error(
    objective: Objective, largest: Floats, seen: _Seen, blur: float, apart: float
) -> tuple[float, float]:
    """Bounds: relative error of an entry of B against its diagonal; error of the log-odds."""
    k = len(seen.point)
    sizes = float(largest @ (np.abs(seen.rotation) @ np.abs(seen.point)))
    sizes += largest_offset(objective.blocks)
    eta = apart + seen.mismatch + _gamma(2 * k + 8) * sizes
    if not eta < 1.0:
        return math.inf, math.inf
    column = 0.51 * math.expm1(eta) + (WEIGHT_UNITS + 4.0) * UNIT + 1.1 * _gamma(k + 4) * blur
    leaf = min(objective.blocks.n_rows, LEAF) + 64
    ridge = _gamma(k + 4) * blur**2 if objective.l2 else 0.0
    return 2.0 * column + column**2 + _gamma(leaf + 8) + ridge, eta


def _weight_noise(plain: Terms, seen: _Seen) -> float:
    """Likely relative error of the weights, in roundings: that of a typical row's log-odds."""
    size = np.sqrt(plain.information.diagonal())
    weight = math.sqrt(min(0.25 * plain.weight_sum, float(plain.information[0, 0])))
    sizes = np.abs(seen.rotation) @ np.abs(seen.point)
    return float(size @ sizes) / max(weight, 1e-300)


def _jacobian(frame: Coordinates, turn: Floats) -> tuple[Floats, Floats]:
    """From the metric's coordinates to the columns' own units, and a bound on its rounding."""
    jacobian, error = turn * frame.scale[:, None], np.zeros_like(turn)
    if frame.columns[0] < 0:
        center = frame.center[1:]
        jacobian[0] -= np.einsum("j,jk->k", center, jacobian[1:])
        sizes = np.abs(turn[0]) + np.einsum("j,jk->k", np.abs(center), np.abs(jacobian[1:]))
        error[0] = _gamma(len(turn) + 2) * sizes
    return jacobian, error


def _gamma(m: int) -> float:
    """Bound on the relative error of m roundings (Higham 2002, doi:10.1137/1.9780898718027)."""
    return m * UNIT / (1.0 - m * UNIT)


def _rounded(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _fraction(value: float) -> Fraction:
    return Fraction(float(value))
