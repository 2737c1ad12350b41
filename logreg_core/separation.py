"""Does a hyperplane separate the outcomes, and which coefficients are infinite because of it?

Write row i with sign s_i = +1 (success) or -1 (failure). A *direction of recession* is a d with
every signed margin s_i x_i'd >= 0 (x_i'd = 0 for a row with both outcomes): along it the
log-likelihood never falls. If some margin is positive no finite maximum exists (Albert and
Anderson 1984): *complete* separation if one d makes all margins positive, else *quasi-complete*.

Let S be the largest set of rows that one such d makes positive (the union over all d, as
directions add up), B the other rows: the *boundary*, on which every d is zero. Then

- the supremum of the log-likelihood is that of the rows of B alone, and the limits of the finite
  coefficients are the maximum-likelihood fit of those rows (drop the columns that are redundant
  there; every direction that is zero on B is a difference of directions of recession);
- coefficient j is finite exactly if d_j = 0 for every d;
- if d_j >= 0 for every d, but not always 0, then by Farkas' lemma beta_j is a sum of the margins
  of S with weights >= 0, not all 0, plus a combination of the linear predictors of B. Those tend
  to +inf and to finite limits on *every* sequence that approaches the supremum: beta_j -> +inf,
  whatever the algorithm. Likewise -inf;
- if d_j takes both signs, the data do not decide: sequences that approach the supremum exist with
  beta_j -> +inf, -inf or any number. Such a coefficient is *undetermined*, not infinite (example:
  the intercept of x = -1, 1 with y = 0, 1). A programme that prints a sign there prints one
  vertex's, or one path's.

References
----------
Albert, A. and Anderson, J. A. (1984), On the existence of maximum likelihood estimates in logistic
regression models, Biometrika 71, 1-10, doi:10.1093/biomet/71.1.1.
Santner, T. J. and Duffy, D. E. (1986), Biometrika 73, 755-758.
Geyer, C. J. (2009), Likelihood inference in exponential families and directions of recession,
Electronic Journal of Statistics 3, 259-289.
Konis, K. (2007), Linear programming algorithms for detecting separated data in binary logistic
regression models, DPhil thesis, University of Oxford; and the R package detectseparation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import as_matrix, as_outcome, as_vector, blame
from .errors import DataError
from .separation_face import Face, explore
from .separation_frame import Frame, floating, make_frame, whole_direction
from .separation_programme import FloatingCone, aliased_columns, is_zero, recede
from .separation_proof import ExactCone, TooHardError

__all__ = ["Separation", "detect", "limit_rows"]

Kind = Literal["none", "quasi-complete", "complete"]

_EXACT_DIGITS = 3_000  # columns times binary digits of a row; beyond, whole numbers take too long
_SHOWN = 10


@dataclass(frozen=True, eq=False)
class Separation:
    """Whether finite estimates exist, and what is infinite if not.

    Attributes
    ----------
    kind : "none", "quasi-complete" or "complete".
    direction : (k,) a direction of recession d, in the units of the coefficients (log-odds per
        unit of the column), intercept first; largest entry 1; zeros for kind "none". Its signed
        margins are >= 0, and > 0 on as many rows as any direction makes them.
    infinite : name -> inf or -inf, for every coefficient that diverges on every path.
    undetermined : names whose limit depends on the path taken.
    proven : the answer rests on exact rational arithmetic on the float64 data as given: for
        separation, all n signed margins of `exact_direction` have the stated signs, and weights
        > 0 exist under which the signed boundary rows sum to zero (so no direction separates
        more); for "none" such weights exist for rows of full rank. The signs in `infinite` are
        proven likewise, but rest on HiGHS where more than some 20 columns separate together.
        False: HiGHS decided all of it, to a tolerance of 1e-7 (more than some 50 columns).
    exact_direction : d times a positive number as integers (`direction` is rounded to float64).
    limit : (k,) inf, -inf, 0.0 where finite, nan where undetermined or aliased.
    aliased : columns left out as combinations of columns to their left.
    n_rows, n_separated : rows of positive weight, and how many of them have margin > 0.
    separated_rows, boundary_rows : the first few of either, as positions in X.
    boundary : (n,) bool, the rows with x_i'd = 0 for every d (False at weight zero): the fit
        restricted to them gives the limits of the finite coefficients.
    """

    kind: Kind
    direction: NDArray[np.float64]
    infinite: dict[str, float]
    proven: bool
    undetermined: tuple[str, ...]
    names: tuple[str, ...]
    aliased: tuple[str, ...]
    n_rows: int
    n_separated: int
    separated_rows: tuple[int, ...]
    boundary_rows: tuple[int, ...]
    limit: NDArray[np.float64] = field(repr=False)
    exact_direction: tuple[int, ...] = field(repr=False)
    boundary: NDArray[np.bool_] = field(repr=False)

    def explain(self) -> str:
        """The finding in words, with the columns and rows responsible."""
        proof = "proven in exact arithmetic" if self.proven else "to a tolerance of 1e-7, unproven"
        if self.kind == "none":
            return f"No separation ({proof}): every coefficient has a finite estimate."
        used = [n for n, d in zip(self.names, self.exact_direction, strict=True) if d]
        rows = ", ".join(map(str, self.separated_rows))
        rows += ", ..." if self.n_separated > len(self.separated_rows) else ""
        parts = [
            f"{self.kind.capitalize()} separation ({proof}): a combination of {', '.join(used)} "
            f"tells the outcomes of {self.n_separated} of {self.n_rows} rows apart without error "
            f"(rows {rows}), so no finite maximum of the likelihood exists."
        ]
        if self.infinite:
            to = (f"{name} -> {value:+}" for name, value in self.infinite.items())
            parts.append(f"On every path to the supremum {', '.join(to)}.")
        if self.undetermined:
            parts.append(f"Not determined by the data: {', '.join(self.undetermined)}.")
        if self.kind == "quasi-complete":
            parts.append(
                f"The other {self.n_rows - self.n_separated} rows lie on the hyperplane and "
                "determine the limits of the finite coefficients."
            )
        return " ".join(parts)


def detect(
    X: Any,
    y: Any,
    *,
    names: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    fit_intercept: bool = True,
    failures: ArrayLike | None = None,
) -> Separation:
    """Is the data separated, and which coefficients does that make infinite?

    Parameters
    ----------
    X : (n, p) numbers, without the intercept column. `X.columns` gives the names if it exists.
    y : (n,) outcomes of two values (the second in sorted order is the success), or with
        `failures` the number of successes of each row.
    names : p names of the columns; by default those of X, else x1, x2, ...
    sample_weight : (n,) >= 0; rows of weight zero are left out, other weights change nothing.
    fit_intercept : whether a coefficient "intercept" stands before those of X.
    failures : (n,) number of failures of each row, for binomial counts.

    Raises
    ------
    DataError
        NaN or infinity in X, y or the weights; lengths that differ; not exactly two outcomes.

    Notes
    -----
    The data are taken as the exact numbers they are in float64: a column shifted by 1e6 of its
    standard deviations has lost ten digits *before* it comes here, and what was separated exactly
    may be nearly separated now. Cost: two copies of X, ten to a hundred passes over it (each a
    matrix-vector product), and linear programmes on a few hundred rows: with 8 columns and 20,000
    rows well below a second, with 20 columns and 1,000,000 rows 3 to 12 seconds.

    Examples
    --------
    >>> found = detect([[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]], [0, 0, 0, 1, 0, 1])
    >>> found.kind, found.infinite, found.proven
    ('quasi-complete', {'intercept': -inf, 'x1': inf, 'x2': inf}, True)
    >>> found.direction
    array([-1.,  1.,  1.])
    >>> found.boundary
    array([False, False,  True,  True,  True,  True])
    """
    matrix, labels = _design(X, fit_intercept, names)
    n = matrix.shape[0]
    if failures is None:
        success = as_outcome(y, n).codes.astype(np.bool_)
        failure = ~success
    else:
        success, failure = _present(y, n, "y"), _present(failures, n, "failures")
    if sample_weight is not None:
        weighted = _present(sample_weight, n, "sample_weight")
        success, failure = success & weighted, failure & weighted
    if not (success.any() and failure.any()):
        raise DataError(
            "only one outcome among the rows of positive weight",
            "both outcomes",
            "the intercept alone fits them perfectly",
            "check y and the weights",
        )
    return _detect(matrix, success, failure, labels)


def limit_rows(
    separation: Separation, X: Any, success: ArrayLike, failure: ArrayLike
) -> NDArray[np.bool_]:
    """Which rows lie on the separating hyperplane (x_i'd = 0, decided exactly)?

    Parameters
    ----------
    separation : the result of `detect`; only its `exact_direction` is used.
    X : (n, p) columns as given to `detect`.
    success, failure : (n,) counts or weights of either outcome; rows with neither are False.

    Returns
    -------
    (n,) bool. Their fit, with the columns redundant there left out, gives the finite limits.

    Examples
    --------
    >>> found = detect([[0], [0], [1]], [0, 1, 1])
    >>> limit_rows(found, [[0], [0], [1]], [0, 1, 1], [1, 0, 0])
    array([ True,  True, False])
    """
    intercept = len(separation.exact_direction) == np.shape(X)[1] + 1
    matrix = _design(X, intercept, None)[0]
    n = matrix.shape[0]
    present = _present(success, n, "success") | _present(failure, n, "failure")
    d = np.array(separation.exact_direction, dtype=object)
    k = d.size
    plain = Frame(matrix, matrix, np.zeros(k), np.zeros(k, np.int64), -1, np.abs(matrix).max(0))
    return np.asarray(present & (plain.signs(d, np.arange(n)) == 0))


def _design(
    X: Any, fit_intercept: bool, names: Sequence[str] | None
) -> tuple[NDArray[np.float64], list[str]]:
    """X in float64 with its intercept column, if any, and the names of all columns."""
    matrix, own = as_matrix(X)
    n, p = matrix.shape
    labels = tuple(own if names is None else map(str, names))
    if len(labels) != p:
        raise DataError(f"{len(labels)} names for {p} columns", "a name for every column of X")
    blame(matrix, labels, only_if_found=True)
    if not fit_intercept:
        return np.asarray(matrix, dtype=np.float64), [*labels]
    design = np.empty((n, p + 1))
    design[:, 0], design[:, 1:] = 1.0, matrix
    return design, ["intercept", *labels]


def _present(values: ArrayLike, n: int, name: str) -> NDArray[np.bool_]:
    """Where a count or weight is positive."""
    vector = as_vector(values, n, name)
    blame(vector[:, None], (name,), only_if_found=True)
    if (vector < 0).any():
        row = int(np.argmax(vector < 0))
        raise DataError(f"{name} holds {vector[row]:g} in row {row}", "numbers >= 0", row=row)
    return np.asarray(vector > 0)


def _detect(
    Z: NDArray[np.float64], success: NDArray[np.bool_], failure: NDArray[np.bool_],
    names: Sequence[str], exact: bool = True,
) -> Separation:  # fmt: skip
    """`detect` on a checked design Z (n, k) that holds its intercept column, if any.

    Rows with neither outcome are left out; a row with both has to lie on every hyperplane.
    """
    used = np.flatnonzero(success | failure)
    sign = success[used].astype(np.int8) - failure[used].astype(np.int8)
    frame, kept = _independent(make_frame(Z if used.size == Z.shape[0] else Z[used]))

    def guess(rows: Any, null: Any, cost: Any, active: Any) -> tuple[Any, Any, bool]:
        plane = np.linalg.qr(np.stack([floating(v) for v in null], axis=1))[0]
        price = plane @ (floating(cost) @ plane)
        d, active, support = recede(frame.W, sign, rows, plane, price, active)
        return active, support, is_zero(price, d)

    proven = exact and frame.digits() <= _EXACT_DIGITS
    if proven:
        try:
            face = explore(ExactCone(frame, sign, guess), sign, len(kept))
        except TooHardError:
            proven = False
    if not proven:
        face = explore(FloatingCone(frame.W, sign, frame.functional), sign, len(kept))
    return _result(face, frame, kept, used, Z.shape, list(names), proven)


def _independent(frame: Frame) -> tuple[Frame, list[int]]:
    """The frame without columns that are combinations of others, and the columns kept."""
    size = np.ldexp(np.max(np.abs(frame.Z), axis=0), -frame.exponent)
    dropped = aliased_columns(frame.W, size, frame.anchor)
    kept = [j for j in range(frame.W.shape[1]) if j not in dropped]
    return (frame.take(kept) if dropped else frame), kept


def _result(
    face: Face, frame: Frame, kept: list[int], used: NDArray[Any], shape: tuple[int, ...],
    names: list[str], proven: bool,
) -> Separation:  # fmt: skip
    k = shape[1]
    whole = np.array([0] * k, dtype=object)
    if face.direction is not None:
        whole[kept] = whole_direction(frame.original(face.direction))
    top = max(abs(int(v)) for v in whole) or 1
    limit = np.full(k, np.nan)
    limit[kept] = face.limits
    unique = [f"{v} (column {j})" if names.count(v) > 1 else v for j, v in enumerate(names)]
    strict, boundary = used[face.strict], np.zeros(shape[0], dtype=np.bool_)
    boundary[used[~face.strict]] = True
    kind: Kind = "complete" if face.strict.all() else "quasi-complete"
    return Separation(
        kind=kind if face.strict.any() else "none",
        direction=np.array([int(v) / top for v in whole]),
        infinite={unique[j]: float(limit[j]) for j in range(k) if np.isinf(limit[j])},
        proven=proven,
        undetermined=tuple(unique[j] for j in kept if np.isnan(limit[j])),
        names=tuple(unique),
        aliased=tuple(unique[j] for j in range(k) if j not in kept),
        n_rows=used.size,
        n_separated=strict.size,
        separated_rows=tuple(strict[:_SHOWN].tolist()),
        boundary_rows=tuple(np.flatnonzero(boundary)[:_SHOWN].tolist()),
        limit=limit,
        exact_direction=tuple(int(v) for v in whole),
        boundary=boundary,
    )


def __dir__() -> list[str]:
    return sorted(__all__)
