"""Make tests/reference: draw the problems, certify them twice, write them down.

    python -m benchmarks.make_reference_suite [FAMILY ...]

Each problem is solved by ``logreg_core.reference.fit`` at two working precisions (110 and 130
digits); a file is written only if both agree in all 50 digits of every number. The files are the
authority, not this script: another NumPy may draw other numbers.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from benchmarks.reference_suite import FOLDER, SCHEMA, Floats, checksum, from_statsmodels
from logreg_core import reference
from logreg_core.errors import SeparationError

Columns = dict[str, Any]
SEEDS = range(1, 6)
DIGITS, MORE_DIGITS = 50, 70
SLOPES = np.array([1.0, -0.7, 0.4, 0.2])


def _columns(X: Floats, y: Floats, **rest: Floats) -> Columns:
    return {"X": X, "y": y, "weight": None, "n_trials": None, "offset": None} | rest


def _outcomes(rng: np.random.Generator, eta: Floats) -> Floats:
    return (rng.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(np.float64)


def _drawn(seed: int, n: int = 200, m: int = 4) -> tuple[np.random.Generator, Floats, Floats]:
    """Standard normal features and binary outcomes that depend on them."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, m))
    return rng, X, _outcomes(rng, 0.3 + X @ SLOPES[:m])


def well_conditioned(seed: int) -> Columns:
    """independent standard normal columns"""
    _, X, y = _drawn(seed)
    return _columns(X, y)


def scaled_1e6(seed: int) -> Columns:
    """columns multiplied by 1e6, 1e-6, 1e6, 1e-6"""
    _, X, y = _drawn(100 + seed)
    return _columns(X * [1e6, 1e-6, 1e6, 1e-6], y)


def scaled_1e12(seed: int) -> Columns:
    """columns multiplied by 1e12, 1e-12, 1e12, 1e-12"""
    _, X, y = _drawn(200 + seed)
    return _columns(X * [1e12, 1e-12, 1e12, 1e-12], y)


def uncentred_1e6(seed: int) -> Columns:
    """columns whose mean is 1e6 of their standard deviations"""
    _, X, y = _drawn(300 + seed)
    return _columns(X + 1e6, y)


def collinear(seed: int) -> Columns:
    """x2 = x1 + 1e-6 times a standard normal on which y depends"""
    _, X, y = _drawn(400 + seed)
    X[:, 1] = X[:, 0] + 1e-6 * X[:, 1]
    return _columns(X, y)


def nearly_separated(seed: int) -> Columns:
    """separated but for the fewest rows nearest to the plane, swapped until a maximum exists"""
    _, X, _ = _drawn(500 + seed)
    eta = 0.3 + X @ SLOPES
    for swapped in range(1, len(eta)):
        y = (eta > 0).astype(np.float64)
        nearest = np.argsort(abs(eta))[:swapped]
        y[nearest] = 1 - y[nearest]
        if _finite(X, y):
            return _columns(X, y)
    raise AssertionError("every swap left the outcomes separated")


def rare(seed: int) -> Columns:
    """3 successes in 200 rows, two columns, the first draw that overlaps"""
    rng, X, _ = _drawn(600 + seed, m=2)
    while True:
        eta = X @ SLOPES[:2]
        chosen = rng.choice(len(X), 3, replace=False, p=np.exp(eta) / np.exp(eta).sum())
        y = np.isin(np.arange(len(X)), chosen).astype(np.float64)
        if _finite(X, y):
            return _columns(X, y)


def weights_1e6(seed: int) -> Columns:
    """weights spread evenly on a logarithmic scale from 1 to 1e6"""
    rng, X, y = _drawn(700 + seed)
    return _columns(X, y, weight=10 ** rng.uniform(0, 6, len(y)))


def imbalance_1e6(seed: int) -> Columns:
    """each failure weighs 1e6, each success 1"""
    _, X, y = _drawn(800 + seed)
    return _columns(X, y, weight=np.where(y == 1, 1.0, 1e6))


def counts_offset(seed: int) -> Columns:
    """binomial counts of 1 to 40 trials, with an offset"""
    rng, X, _ = _drawn(900 + seed, n=60)
    trials = rng.integers(1, 41, len(X))
    offset = rng.normal(0, 1, len(X))
    chance = 1 / (1 + np.exp(-(0.3 + X @ SLOPES + offset)))
    successes = rng.binomial(trials, chance)
    return _columns(X, successes.astype(float), n_trials=trials.astype(float), offset=offset)


def spector() -> Columns:
    """grades under a new way of teaching, 32 students; data stay in statsmodels"""
    return from_statsmodels("statsmodels.datasets.spector")


def star98() -> Columns:
    """pupils above the median in 303 school districts; data stay in statsmodels"""
    return from_statsmodels("statsmodels.datasets.star98")


def five_rows() -> Columns:
    """Newton from zero without halving diverges here"""
    X = [[26.7, -228.1], [0.4, -0.2], [50.8, 271.8], [9.5, -0.3], [-0.3, 0.4]]
    return _columns(np.array(X), np.array([0.0, 1, 0, 0, 0]))


def intercept_only() -> Columns:
    """three successes in four rows: log 3"""
    return _columns(np.empty((4, 0)), np.array([1.0, 1, 1, 0]))


FAMILIES: tuple[Callable[[int], Columns], ...] = (
    well_conditioned,
    scaled_1e6,
    scaled_1e12,
    uncentred_1e6,
    collinear,
    nearly_separated,
    rare,
    weights_1e6,
    imbalance_1e6,
    counts_offset,
)
CLASSICS: tuple[Callable[[], Columns], ...] = (spector, star98, five_rows, intercept_only)


def _finite(X: Floats, y: Floats) -> bool:
    """Does a maximum exist?"""
    try:
        reference.fit(X, y, 15)
    except SeparationError:
        return False
    return True


def condition_number(X: Floats) -> float:
    """2-norm condition of the ones and the centred columns of unit standard deviation."""
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    return float(np.linalg.cond(np.column_stack([np.ones(len(X)), Z])))


def certify(columns: Columns, names: list[str]) -> dict[str, Any]:
    """The maximum to 50 digits, found at two precisions that must agree in all of them."""
    keywords = {key: columns[key] for key in ("n_trials", "offset")}
    first, second = (
        reference.fit(
            columns["X"],
            columns["y"],
            digits,
            sample_weight=columns["weight"],
            names=names,
            **keywords,
        )
        for digits in (DIGITS, MORE_DIGITS)
    )
    for key in ("coef_digits", "std_error_digits"):
        for a, b in zip(getattr(first, key), getattr(second, key), strict=True):
            _agree(a, b)
    _agree(first.loglik_digits, second.loglik_digits)
    return {
        "digits": DIGITS,
        "working_digits": [DIGITS + 60, MORE_DIGITS + 60],
        "names": list(first.names),
        "coef": list(first.coef_digits),
        "std_error": list(first.std_error_digits),
        "loglik": first.loglik_digits,
        "gradient_norm": float(f"{first.gradient_norm:.1e}"),
        "last_step": float(f"{first.last_step:.1e}"),
    }


def _agree(a: str, b: str) -> None:
    unit = Decimal(a).copy_abs().adjusted() - DIGITS + 1 if Decimal(a) else -DIGITS
    if abs(Decimal(a) - Decimal(b)) > Decimal(1).scaleb(unit):
        raise AssertionError(f"two precisions disagree: {a} and {b}")


def record(name: str, family: str, seed: int | None, made: str, columns: Columns) -> dict[str, Any]:
    """What is written down of one problem; docs/reference_suite.md explains each field."""
    X = columns["X"]
    external = family == "classic" and name in ("spector", "star98")
    if external:
        from statsmodels import datasets

        names = list(getattr(datasets, name).load_pandas().exog.columns)
    else:
        names = [f"x{j}" for j in range(1, X.shape[1] + 1)]
    data: dict[str, Any] = {
        "source": f"statsmodels.datasets.{name}" if external else "inline",
        "sha256": checksum(columns),
        "names": names,
    }
    if not external:
        data["X"] = {key: X[:, j].tolist() for j, key in enumerate(names)}
        for key in ("y", "weight", "n_trials", "offset"):
            data[key] = None if columns[key] is None else columns[key].tolist()
    return {
        "schema": SCHEMA,
        "name": name,
        "family": family,
        "seed": seed,
        "made": made,
        "n_rows": len(X),
        "n_features": X.shape[1],
        "condition_number": float(f"{condition_number(X):.4g}") if X.shape[1] else 1.0,
        "data": data,
        "certified": certify(columns, names),
    }


def _text(value: Any, indent: int = 0) -> str:
    """JSON with a key a line and each list on one line."""
    if not isinstance(value, dict):
        return json.dumps(value, allow_nan=False)
    pad = " " * (indent + 1)
    lines = [f"{pad}{json.dumps(key)}: {_text(item, indent + 1)}" for key, item in value.items()]
    return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}" if lines else "{}"


def main(wanted: list[str]) -> None:
    """Write the families wanted (all where none is named) and the index."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    plan = [(f"{make.__name__}_{s}", make.__name__, s, make) for make in FAMILIES for s in SEEDS]
    index: dict[str, list[str]] = {}
    for name, family, *_ in plan:
        index.setdefault(family, []).append(name)
    index["classic"] = [make.__name__ for make in CLASSICS]
    (FOLDER / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    jobs = [(n, f, s, (make.__doc__ or ""), lambda m=make, s=s: m(s)) for n, f, s, make in plan]
    jobs += [(make.__name__, "classic", None, make.__doc__ or "", make) for make in CLASSICS]
    for name, family, seed, made, make in jobs:
        if wanted and family not in wanted:
            continue
        begun = time.perf_counter()
        text = _text(record(name, family, seed, made, make())) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"{name:22} {len(text):8,} bytes {time.perf_counter() - begun:6.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
