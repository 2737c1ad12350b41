"""The maximum of each problem's likelihood, verified in higher precision.

Any solver's coefficients will do as a start: what is kept is checked by the score vector in
extended precision (64 bits of mantissa), summed by a pairwise tree, in a few lines of NumPy that
share no code with the library measured. Newton's method for the residual gives both the last
correction and the bound: |error| <= |H^-1| (|score| + rounding of the score).
"""

from __future__ import annotations

import json
import math
import os
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.problems import Problem
from benchmarks.reference_suite import Floats, lre

__all__ = ["Certified", "cache_folder", "certified", "certify"]

Extended = NDArray[np.longdouble]
EPSILON = float(np.finfo(np.longdouble).eps)
CHUNK = 256  # rows whose terms are added one after another; above them a pairwise tree
HESSIAN_ROWS = 65_536
ROUNDS = 30


@dataclass(frozen=True)
class Certified:
    """coef: (k + 1,) as decimal strings, intercept first; digits: proven for the worst of them."""

    coef: tuple[str, ...]
    digits: float
    score: float  # largest |score| in standard errors: |H^-1 score| / sqrt(diag H^-1)
    checksum: str

    def digits_of(self, coef: Floats) -> float:
        """Right digits of the worst coefficient; never more than are proven."""
        if len(coef) != len(self.coef):
            return 0.0
        return min(float(lre(coef, self.coef).min()), self.digits)


def cache_folder() -> Path:
    """Where certified answers are kept between runs; not in the repository."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "logreg_core" / "benchmarks"


def certified(problem: Problem) -> Certified:
    """From the cache if these very data were certified before, else computed and kept."""
    path = cache_folder() / f"{problem.name}-{problem.checksum[:16]}.json"
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Certified(tuple(kept["coef"]), kept["digits"], kept["score"], kept["checksum"])
    import logreg_core

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = logreg_core.fit(problem.X, problem.y, solver="newton", inference=False).coef
    result = certify(problem, start)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(result), indent=1) + "\n", encoding="utf-8")
    return result


def certify(problem: Problem, start: Floats) -> Certified:
    """Newton's method with the score in extended precision, from ``start``.

    Raises
    ------
    ArithmeticError : it does not settle, so no answer could be called certified.
    """
    beta = start.astype(np.longdouble)
    with np.errstate(over="ignore", divide="ignore"):
        for _ in range(ROUNDS):
            inverse = _inverse_information(problem, beta.astype(np.float64))
            score, rounding = _score(problem, beta)
            step = inverse @ score
            if not np.isfinite(step).all():
                break
            if (np.abs(score) <= rounding).all():
                # twice: H^-1 itself is good to some ten digits only
                error = 2.0 * np.abs(inverse) @ (np.abs(score).astype(np.float64) + rounding)
                digits = -math.log10(float((error / np.abs(beta)).max()))
                in_errors = np.abs(step).astype(np.float64) / np.sqrt(inverse.diagonal())
                texts = (np.format_float_scientific(b, precision=20, unique=False) for b in beta)
                return Certified(tuple(texts), digits, float(in_errors.max()), problem.checksum)
            beta = beta + step
    raise ArithmeticError(f"{problem.name}: no maximum could be certified from this start")


def _score(problem: Problem, beta: Extended) -> tuple[Extended, Floats]:
    """The gradient of the log-likelihood, and a bound of the rounding in it."""
    X, y = problem.X, problem.y
    size = np.abs(beta).astype(np.float64)
    parts, bound = [], np.zeros(len(beta))
    for first in range(0, len(y), CHUNK):
        rows = slice(first, first + CHUNK)
        x = X[rows].astype(np.longdouble)
        eta = beta[0] + x @ beta[1:]
        sign = np.where(y[rows] > 0, -1.0, 1.0)
        # y - mu without cancellation: 1 / (1 + e^eta) for y = 1, -1 / (1 + e^-eta) for y = 0
        residual = -sign / (1.0 + np.exp(-sign * eta))
        parts.append(np.concatenate([[residual.sum()], residual @ x]))
        plain = np.abs(X[rows])
        left = np.abs(residual).astype(np.float64)
        # rounding of eta moves the residual by at most its derivative, which is below left
        moved = left * ((len(beta) + 2) * (size[0] + plain @ size[1:]) + 8.0 + CHUNK)
        bound += np.concatenate([[moved.sum()], moved @ plain])
    while len(parts) > 1:
        parts = [sum(parts[i : i + 2][1:], parts[i]) for i in range(0, len(parts), 2)]
    levels = math.log2(len(y) / CHUNK + 1) + 2
    return parts[0], EPSILON * bound * (1.0 + levels / CHUNK)


def _inverse_information(problem: Problem, beta: Floats) -> Floats:
    """(-H)^-1 in double precision: columns centred and scaled first, so that it keeps digits."""
    X = problem.X
    center, scale = X.mean(axis=0), X.std(axis=0)
    k = len(beta)
    total = np.zeros((k, k))
    for first in range(0, len(X), HESSIAN_ROWS):
        rows = X[first : first + HESSIAN_ROWS]
        z = np.exp(-np.abs(beta[0] + rows @ beta[1:]))
        design = np.column_stack([np.ones(len(rows)), (rows - center) / scale])
        total += design.T @ (design * (z / (1.0 + z) ** 2)[:, None])
    back = np.diag(np.concatenate([[1.0], 1.0 / scale]))
    back[0, 1:] = -center / scale
    return back @ np.linalg.inv(total) @ back.T
