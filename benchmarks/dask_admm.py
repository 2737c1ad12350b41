"""dask-glm's admm at every setting worth trying, and ours, side by side on one LocalCluster.

``python -m benchmarks.dask_admm [--json FILE] [--page docs/scale.md]`` writes JSON lines:

- ``ours``: seconds of whole fits at a tolerance, between the runs of the other; their digits.
- ``admm``: a setting, and for 3, 5 and 6 digits the seconds and iterations after which an iterate
  had them, in every coefficient; None where none had within 100 times ours, or 250 iterations.

The clock stops for admm at the first iterate that is right, found by comparison with the fit in
memory at its tightest: no choice of its own abstol and reltol could stop it sooner. Columns are
standard normal, partitions lie in the workers' memory, and the column of ones is made before.
``solver``: "own" is L-BFGS-B as dask-glm calls it; "tight" the same with factr=10, pgtol=1e-12,
which dask-glm has no option for: its own stops inner fits at 2e-9 of the loss.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from .cluster_model import filled
from .dask_race import Problem, Row, cluster_of, ours
from .machine import describe

MARKS = (3.0, 5.0, 6.0)  # digits
MOST = 100  # times ours that admm is given
TOLS = (1e-2, 1e-8, 1e-10)  # ours: the loosest that has so many digits
SETTINGS = tuple(
    f"{rho}:{relax}:{kind}"
    for kind in ("own", "tight") for rho in (1000, 2000, 4000) for relax in (1, 1.3, 1.6)
)  # fmt: skip


class Enough(Exception):
    """The iterate is right, or time is up."""


class Watched:
    """A penalty of nothing, at whose every call dask-glm shows its iterate."""

    name = "watched"

    def __init__(self, problem: Problem, budget: float) -> None:
        self._problem, self._budget = problem, budget
        self.reached: dict[float, tuple[float, int]] = {}
        self.best, self.iterations, self._start = 0.0, 0, time.perf_counter()

    def proximal_operator(self, beta: np.ndarray, _t: float) -> np.ndarray:
        """beta itself: lamduh is 0."""
        seconds = time.perf_counter() - self._start
        self.iterations += 1
        digits = self._problem.digits(beta)
        self.best = max(self.best, digits)
        for mark in MARKS:
            if digits >= mark:
                self.reached.setdefault(mark, (round(seconds, 4), self.iterations))
        if MARKS[-1] in self.reached or seconds > self._budget:
            raise Enough
        return beta


@contextmanager
def inner_solver(kind: str) -> Iterator[None]:
    """The tolerance of the fits inside a partition."""
    from dask_glm import algorithms
    from scipy.optimize import fmin_l_bfgs_b

    before = algorithms.local_update
    if kind == "tight":
        solver = partial(fmin_l_bfgs_b, factr=10.0, pgtol=1e-12)
        algorithms.local_update = partial(before, solver=solver)
    try:
        yield
    finally:
        algorithms.local_update = before


def admm(problem: Problem, rho: float, relax: float, kind: str, budget: float) -> Row:
    """One run, until an iterate has all digits or time is up."""
    from dask_glm import algorithms
    from dask_glm.regularizers import Regularizer

    watched = type("Penalty", (Watched, Regularizer), {})(problem, budget)
    with problem.client.as_current(), inner_solver(kind), suppress(Enough):
        algorithms.admm(
            problem.X1, problem.y1, regularizer=watched, lamduh=0.0, rho=rho, over_relax=relax,
            abstol=0.0, reltol=0.0, max_iter=250, normalize=False,
        )  # fmt: skip
    marks = {f"{mark:g}": watched.reached.get(mark) for mark in MARKS}
    return {"kind": "admm", "rho": rho, "over_relax": relax, "solver": kind, "reached": marks,
            "best": round(watched.best, 2), "iterations": watched.iterations,
            "budget": round(budget, 2)}  # fmt: skip


def our_row(problem: Problem, tol: float) -> Row:
    """One of our fits."""
    start = time.perf_counter()
    coef = ours(problem, tol)
    seconds = time.perf_counter() - start
    return {"kind": "ours", "tol": tol, "seconds": round(seconds, 4),
            "digits": round(problem.digits(coef), 2)}  # fmt: skip


def right(problem: Problem) -> float:
    """Our loosest tolerance with the most digits asked for; the first fits are not counted."""
    return next(tol for tol in TOLS if our_row(problem, tol)["digits"] >= MARKS[-1])


def setting_of(text: str) -> tuple[float, float, str]:
    """rho, over_relax and inner solver.

    >>> setting_of("2000:1.6:tight")
    (2000.0, 1.6, 'tight')
    """
    rho, relax, kind = text.split(":")
    return float(rho), float(relax), kind


def measure(problem: Problem, settings: Any, show: Callable[[Row], None]) -> None:
    """Every setting once, ours before each of them and at the end."""
    tol, own = right(problem), list[float]()
    for setting in settings:
        row = our_row(problem, tol)
        show(row)
        own.append(row["seconds"])
        show(admm(problem, *setting, MOST * median(own)))
    show(our_row(problem, tol))


def table(rows: list[Row]) -> str:
    """Seconds to so many digits, and times ours."""
    own = [row for row in rows if row["kind"] == "ours"]
    base = median(row["seconds"] for row in own)
    digits = min(row["digits"] for row in own)
    head = " | ".join(f"{mark:g} digits" for mark in MARKS)
    lines = [
        f"| rho | over_relax | inner solver | {head} | best digits |",
        "|---:|---:|---|" + "---:|" * (len(MARKS) + 1),
        f"| | | ours: whole fit | {f'{base:.2f} s | ' * len(MARKS)}{digits:.1f} |",
    ]

    def cell(found: Any) -> str:
        if found is None:
            return "-"
        return f"{found[0]:.1f} s in {found[1]}: {found[0] / base:.0f}"

    for row in (row for row in rows if row["kind"] == "admm"):
        cells = " | ".join(cell(row["reached"][f"{mark:g}"]) for mark in MARKS)
        lines.append(
            f"| {row['rho']:,.0f} | {row['over_relax']:g} | {row['solver']} | {cells} "
            f"| {row['best']:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--json", type=Path, help="file that takes the lines, after those it has")
    parser.add_argument("--page", type=Path, help="a page to write the table into")
    parser.add_argument("--settings", nargs="*", default=SETTINGS, help="rho:over_relax:solver")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    lines: list[Row] = []
    if given.json and given.json.exists():
        lines = [json.loads(line) for line in given.json.read_text().splitlines()]

    def show(row: Row) -> None:
        lines.append(row)
        print(json.dumps(row), flush=True)
        if given.json:
            given.json.write_text("".join(json.dumps(line) + "\n" for line in lines))

    if given.settings:
        show(describe(2, [0, 1]))
        with cluster_of(2) as client:
            measure(Problem(200_000, 20, 8, client), map(setting_of, given.settings), show)
    text = table(lines)
    print(text)
    if given.page:
        page = given.page.read_text(encoding="utf-8")
        given.page.write_text(filled(page, {"admm": text}), encoding="utf-8")


if __name__ == "__main__":
    main()
