"""The certified problems of tests/reference, and the score against them.

The format is documented in docs/reference_suite.md for readers in other languages.

>>> problem = load("intercept_only")
>>> problem.coef_digits[0][:22]
'1.09861228866810969139'
>>> lre([1.0986], problem.coef_digits).round(2)
array([4.95])
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FOLDER", "SCHEMA", "Problem", "checksum", "families", "load", "lre", "names"]

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "reference"
SCHEMA = "logreg-reference/1"
# A double holds 15.95 digits; the last is luck, as in NIST's own scores.
MOST_DIGITS = 15.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """Data, read as doubles, and the maximum of their likelihood to 50 digits, intercept first."""

    name: str
    family: str
    seed: int | None
    X: Floats  # (n, m) without the intercept
    y: Floats  # (n,) 0 or 1, or successes out of n_trials
    weight: Floats | None
    n_trials: Floats | None
    offset: Floats | None
    feature_names: tuple[str, ...]
    coef: Floats  # (m + 1,)
    std_error: Floats
    loglik: float  # with log C(n_trials, y) where there are trials
    coef_digits: tuple[str, ...]
    std_error_digits: tuple[str, ...]
    loglik_digits: str
    condition: float  # of the centred and scaled columns with their ones, 2-norm


def names(family: str | None = None) -> list[str]:
    """Which problems are there (of this family)?"""
    return [name for name, of in _index().items() if family in (None, of)]


def families() -> list[str]:
    """Which families are there, easiest first?"""
    return list(dict.fromkeys(_index().values()))


@cache
def _index() -> dict[str, str]:
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    return {name: family for family, members in index.items() for name in members}


def load(name: str) -> Problem:
    """One problem, its data checked against their checksum.

    Raises
    ------
    KeyError : no such problem.
    ValueError : another schema, or data that are not those that were certified.
    ImportError : the data are statsmodels' and it is not installed.
    """
    family = _index()[name]
    record = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if record["schema"] != SCHEMA:
        raise ValueError(f"{name}: schema {record['schema']}, expected {SCHEMA}")
    data = record["data"]
    columns = _inline(data) if data["source"] == "inline" else from_statsmodels(data["source"])
    if checksum(columns) != data["sha256"]:
        raise ValueError(f"{name}: the data are not those that were certified")
    certified = record["certified"]
    return Problem(
        name=name,
        family=family,
        seed=record["seed"],
        **columns,
        feature_names=tuple(data["names"]),
        coef=np.array([float(text) for text in certified["coef"]]),
        std_error=np.array([float(text) for text in certified["std_error"]]),
        loglik=float(certified["loglik"]),
        coef_digits=tuple(certified["coef"]),
        std_error_digits=tuple(certified["std_error"]),
        loglik_digits=certified["loglik"],
        condition=record["condition_number"],
    )


def _inline(data: dict[str, Any]) -> dict[str, Floats | None]:
    y = np.array(data["y"], dtype=np.float64)
    X = np.empty((len(y), len(data["names"])))
    for j, name in enumerate(data["names"]):
        X[:, j] = data["X"][name]
    rest = {key: data[key] for key in ("weight", "n_trials", "offset")}
    return {
        "X": X,
        "y": y,
        **{k: None if v is None else np.array(v, dtype=np.float64) for k, v in rest.items()},
    }


def from_statsmodels(source: str) -> dict[str, Floats | None]:
    """Data that stay in statsmodels: their authors keep the rights, so no copy here."""
    from statsmodels import datasets

    table = getattr(datasets, source.rpartition(".")[2]).load_pandas()
    X, y = np.array(table.exog, dtype=np.float64), np.array(table.endog, dtype=np.float64)
    trials = None
    if y.ndim == 2:  # successes and failures
        y, trials = y[:, 0], y.sum(axis=1)
    return {"X": X, "y": y, "weight": None, "n_trials": trials, "offset": None}


def checksum(columns: dict[str, Floats | None]) -> str:
    """SHA-256 of X by columns, y, weight, n_trials, offset, as little-endian doubles."""
    digest = hashlib.sha256()
    for key in ("X", "y", "weight", "n_trials", "offset"):
        values = columns[key]
        if values is not None:
            digest.update(np.asarray(values, dtype="<f8").tobytes(order="F"))
    return digest.hexdigest()


def lre(estimate: ArrayLike, exact: Sequence[str] | str) -> Floats:
    """How many leading digits of each estimate are right?  -log10(|estimate - exact| / |exact|).

    Calculated in exact fractions, so that rounding in the score itself cannot hide or invent a
    digit. Between 0 and 15; against an exact 0 the error is absolute; NaN and infinity have 0.

    >>> lre([3.1416, np.nan], ["3.14159265358979323846", "1"]).round(1)
    array([5.6, 0. ])
    """
    texts = [exact] if isinstance(exact, str) else list(exact)
    values = np.atleast_1d(np.asarray(estimate, dtype=np.float64))
    return np.array([_digits(float(v), Fraction(t)) for v, t in zip(values, texts, strict=True)])


def _digits(value: float, exact: Fraction) -> float:
    if not math.isfinite(value):
        return 0.0
    error = abs(Fraction(value) - exact) / (abs(exact) or 1)
    if error == 0:
        return MOST_DIGITS
    # log10 of each integer: the fraction itself may underflow as a float.
    return min(MOST_DIGITS, max(0.0, math.log10(error.denominator) - math.log10(error.numerator)))
