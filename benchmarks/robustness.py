"""Does every climb reach the maximum?  ``python -m benchmarks.robustness`` prints the table.

Heavy-tailed columns (Cauchy, lognormal(3), Student t with 1.5 degrees of freedom, one outlier of
1e6), 20 to 200 rows, 1 to 6 columns, balanced and rare outcomes. Each design is asked four ways:

- `separation.detect` says whether a maximum exists, and `fit` must end with that status;
- `fit` must reach the maximum from its own start, by Newton and by IRLS;
- `newton` must reach the same log-likelihood from random starts, drawn in [-10, 10] for the
  centred and scaled columns, and in [-10, 10] for the columns as they are;
- no step of any climb may lower the log-likelihood by more than its rounding.

Newton's method without halving fails on a good part of these.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import logreg_core
from logreg_core import separation
from logreg_core.ascent import Run, Status, TraceRow
from logreg_core.blocks import Coordinates
from logreg_core.maximise import Maximum, Options, refine
from logreg_core.newton import newton
from logreg_core.problem import Objective, prepare, sample_coordinates
from logreg_core.rank import Independent
from logreg_core.workers import Workers

__all__ = ["DESIGNS", "Case", "Verdict", "cases", "judge", "main"]

Floats = NDArray[np.float64]

# A log-likelihood of n rows is rounded at about n units in the last place of its largest term;
# log-odds that are sums of parts as large as 1e6 carry 1e-10 each.
LOGLIK_TOLERANCE = 1e-9
# sqrt(g' H^-1 g / weight) at the end: what is left to climb, free of units.
DECREMENT_TOLERANCE = 1e-7
# Starts may be so far off that every row is saturated: each halving and each step costs a pass.
MAX_ITER = 200


def _outlier(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
    X = random.standard_normal(shape)
    X[random.integers(shape[0]), random.integers(shape[1])] = 1e6
    return X


DESIGNS: dict[str, Callable[[np.random.Generator, tuple[int, int]], Floats]] = {
    "cauchy": lambda random, shape: random.standard_cauchy(shape),
    "lognormal(3)": lambda random, shape: random.lognormal(0.0, 3.0, shape),
    "t(1.5)": lambda random, shape: random.standard_t(1.5, shape),
    "one outlier 1e6": _outlier,
}


@dataclass(frozen=True)
class Case:
    """One design, and where to start: scaled (s, k) for `newton`'s coordinates, raw (r, k)."""

    design: str
    outcomes: str
    seed: int
    X: Floats
    y: Floats
    scaled: Floats
    raw: Floats


@dataclass
class Verdict:
    """What came of a case; ``problems`` is empty where all went well."""

    case: Case
    separated: bool = False
    climbs: int = 0
    most_steps: int = 0
    most_halvings: int = 0
    problems: list[str] = field(default_factory=list)


def cases(count: int, seed: int = 0, scaled: int = 3, raw: int = 1) -> Iterator[Case]:
    """So many designs, each with so many starts of both kinds."""
    kinds = [(d, o) for d in DESIGNS for o in ("balanced", "rare")]
    for number in range(count):
        design, outcomes = kinds[number % len(kinds)]
        random = np.random.default_rng([seed, number])
        n, columns = int(random.integers(20, 201)), int(random.integers(1, 7))
        X = DESIGNS[design](random, (n, columns))
        middle = (X - np.median(X, axis=0)) / np.median(np.abs(X - np.median(X, axis=0)), axis=0)
        eta = np.clip(middle, -5, 5) @ random.normal(0, 0.7, columns)
        eta -= np.median(eta) + (2.5 if outcomes == "rare" else 0.0)
        y = (random.random(n) < 1 / (1 + np.exp(-eta))).astype(np.float64)
        if y.min() == y.max():
            y[random.integers(n)] = 1.0 - y[0]
        yield Case(
            design,
            outcomes,
            number,
            X,
            y,
            random.uniform(-10, 10, (scaled, columns + 1)),
            random.uniform(-10, 10, (raw, columns + 1)),
        )


def _falls(steps: tuple[TraceRow, ...], last: float, rounding: float) -> bool:
    """Whether some step lowers the log-likelihood by more than its rounding."""
    logliks = np.array([row.loglik for row in steps] + [last])
    return bool((np.diff(logliks) < -1e-12 * np.abs(logliks[:-1]) - rounding).any())


def _rounding(coordinates: Coordinates, X: Floats, beta: Floats) -> float:
    """What rounding makes of a sum over the rows at ``beta``: on nearly collinear columns a
    log-odds is the small difference of large parts, and moves by the last bit of these."""
    inside = np.abs((X - coordinates.center[1:]) * coordinates.scale[1:])
    parts = np.abs(beta[0]) + inside @ np.abs(beta[1:])
    return float(np.finfo(float).eps * parts.sum())


def _objective(X: Floats, y: Floats) -> Objective:
    problem = prepare(X, y, None, None, None, True)
    return Objective(problem.blocks, sample_coordinates(problem.blocks, True), Workers(1, 0))


def _wrong_end(verdict: Verdict, name: str, run: Run, best: float, rounding: float) -> None:
    """Note a climb that did not end at the maximum, or fell on its way."""
    verdict.climbs += 1
    verdict.most_steps = max(verdict.most_steps, len(run.trace))
    verdict.most_halvings = max(verdict.most_halvings, *(row.halvings for row in run.trace))
    gap = best - run.terms.loglik
    if run.status is not Status.CONVERGED:
        verdict.problems.append(f"{name}: {run.status.word}, {gap:.1e} below the maximum")
    elif abs(gap) > LOGLIK_TOLERANCE * max(1.0, abs(best)):
        verdict.problems.append(f"{name}: converged {gap:.1e} below the maximum")
    if _falls(run.trace, run.terms.loglik, rounding):
        verdict.problems.append(f"{name}: the log-likelihood fell")


def judge(case: Case) -> Verdict:
    """Climb from every start and compare the ends."""
    verdict = Verdict(case)
    fits = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for solver in ("newton", "irls"):
            fits[solver] = logreg_core.fit(case.X, case.y, solver=solver, max_iter=MAX_ITER)
    verdict.separated = separation.detect(case.X, case.y).kind != "none"
    expected = Status.SEPARATED if verdict.separated else Status.CONVERGED
    best = max(fit.loglik for fit in fits.values())
    objective = _objective(case.X, case.y)
    inside = objective.coordinates.from_columns
    coef = fits["newton"].coef
    rounding = 0.0 if verdict.separated else _rounding(objective.coordinates, case.X, inside(coef))
    for solver, fit in fits.items():
        verdict.climbs += 1
        last = fit.steps[-1]
        if fit.status is not expected:
            verdict.problems.append(f"fit, {solver}: {fit.status.word}, not {expected.word}")
        elif best - fit.loglik > LOGLIK_TOLERANCE * max(1.0, abs(best)):
            verdict.problems.append(f"fit, {solver}: {best - fit.loglik:.1e} below the maximum")
        if _falls(fit.steps, last.loglik, rounding):
            verdict.problems.append(f"fit, {solver}: the log-likelihood fell")
        if fit.converged and last.decrement > DECREMENT_TOLERANCE:
            verdict.problems.append(f"fit, {solver}: decrement {last.decrement:.1e}")
    if not verdict.separated:
        starts = [("scaled start", beta) for beta in case.scaled]
        starts += [("raw start", inside(beta)) for beta in case.raw]
        for name, beta in starts:
            run = _climb(objective, beta)
            wander = rounding + _rounding(objective.coordinates, case.X, beta)
            _wrong_end(verdict, name, run, best, wander)
    return verdict


def _climb(objective: Objective, beta: Floats) -> Run:
    """Newton from exactly this start; `fit` would prefer its own where that is higher."""
    k = len(beta)
    run = newton(objective, beta, max_iter=MAX_ITER, suspicious=False)
    everything = Independent(np.arange(k), (), objective.coordinates, run.terms)
    return refine(Maximum(objective, run, everything), Options(max_iter=MAX_ITER)).run


def table(verdicts: list[Verdict], seconds: float) -> str:
    """Designs down, counts across, in Markdown; then every problem."""
    lines = [
        "| columns | outcomes | designs | separated | climbs | most steps | most halvings "
        "| failures |",
        "|---" * 8 + "|",
    ]
    for key in dict.fromkeys((v.case.design, v.case.outcomes) for v in verdicts):
        own = [v for v in verdicts if (v.case.design, v.case.outcomes) == key]
        numbers = (
            len(own),
            sum(v.separated for v in own),
            sum(v.climbs for v in own),
            max(v.most_steps for v in own),
            max(v.most_halvings for v in own),
            sum(len(v.problems) for v in own),
        )
        lines.append("| " + " | ".join(map(str, (*key, *numbers))) + " |")
    climbs = sum(v.climbs for v in verdicts)
    lines += ["", f"{len(verdicts)} designs, {climbs} climbs, {seconds:.0f} s"]
    lines += [f"- {v.case.design} {v.case.seed}: {p}" for v in verdicts for p in v.problems]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Judge the cases and print; 1 where a climb went wrong."""
    parser = argparse.ArgumentParser(prog="benchmarks.robustness", description=__doc__)
    parser.add_argument("--designs", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    begun = time.perf_counter()
    verdicts = [judge(case) for case in cases(chosen.designs, chosen.seed)]
    print(table(verdicts, time.perf_counter() - begun))
    return int(any(verdict.problems for verdict in verdicts))


if __name__ == "__main__":
    raise SystemExit(main())
