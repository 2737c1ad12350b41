"""Is the certificate right?  Thousands of random problems against fits of forty digits.

    python -m benchmarks.certificate [--problems 3000] [--seed 0] [--write]

Every problem is drawn from a hard family with random sizes and random scales, solved in mpmath,
and judged at three points: our fit, the fit stopped early, the fit with one coefficient bent in a
random digit. What is counted: how often the estimated digits are more than one too high (must be
never) or more than two too low (rarely), and how often a proven bound is violated (must be never).
Separated draws must be named so. A second table says what it costs. ``--write`` puts both into
docs/certificate.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import logreg_core as lc
from benchmarks.hard_draws import Draw, draws
from benchmarks.reference_suite import MOST_DIGITS, lre
from logreg_core.blocks import ArrayBlocks
from logreg_core.certificate import Certificate
from logreg_core.errors import LogregError
from logreg_core.exact_terms import Point, exact_terms
from logreg_core.problem import Objective, sample_coordinates
from logreg_core.workers import Workers

__all__ = ["Judgement", "judge", "main", "table"]

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "certificate.md"
DIGITS = 40
TOO_HIGH, TOO_LOW = 1.0, 2.0
SIZES = ((200_000, 5), (200_000, 20), (40_000, 100), (10_000, 300))


@dataclass
class Judgement:
    """What came of a draw. over, under: the worst coefficient of each point judged, in digits."""

    family: str
    number: int
    separated: bool = False
    unsolved: bool = False
    statuses: list[str] = field(default_factory=list)
    over: list[float] = field(default_factory=list)
    under: list[float] = field(default_factory=list)
    error_over: list[float] = field(default_factory=list)
    error_under: list[float] = field(default_factory=list)
    violations: int = 0
    polished: float = MOST_DIGITS
    problems: list[str] = field(default_factory=list)


def judge(draw: Draw) -> Judgement:
    """Fit, solve exactly, and hold every certificate against the exact solution."""
    found = Judgement(draw.family, draw.number)
    rows = {key: value for key, value in draw.rest.items() if key != "l2"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lc.fit(draw.X, draw.y, **draw.rest)
        if not draw.rest.get("l2") and _separated(draw):
            found.separated = True
            status = lc.certify(fit, draw.X, draw.y, **rows).status
            early = lc.fit(draw.X, draw.y, max_iter=2, **draw.rest)
            other = lc.certify(early, draw.X, draw.y, **rows).status
            for word in {status, other} - {"no finite maximum"}:
                found.problems.append(f"separated, but {word}")
            return found
        try:
            exact = lc.reference.fit(draw.X, draw.y, DIGITS, **draw.rest)
        except LogregError:  # a maximum at log-odds of thousands is out of the reference's reach
            found.unsolved = True
            return found
        points = {"fit": fit, "early": _early(draw), "bent": _bent(draw, fit)}
        for name, point in points.items():
            _hold(found, name, point, lc.certify(point, draw.X, draw.y, **rows), exact)
        better = lc.polish(fit, draw.X, draw.y, **rows)
        found.polished = float(lre(better.coef, exact.coef_digits).min())
    return found


def _separated(draw: Draw) -> bool:
    rest, failures = draw.rest, None
    if "n_trials" in rest:
        failures = rest["n_trials"] - draw.y
    found = lc.separation.detect(
        draw.X, draw.y, failures=failures, sample_weight=rest.get("sample_weight")
    )
    return found.kind != "none"


def _early(draw: Draw) -> lc.LogitFit:
    random = np.random.default_rng([1, draw.number])
    return lc.fit(draw.X, draw.y, max_iter=int(random.integers(0, 6)), tol=1e-14, **draw.rest)


def _bent(draw: Draw, fit: lc.LogitFit) -> lc.LogitFit:
    random = np.random.default_rng([2, draw.number])
    coef = fit.coef.copy()
    coef[random.integers(len(coef))] *= 1.0 + 10.0 ** random.uniform(-14.0, -0.5)
    return dataclasses.replace(fit, coef=coef)


def _hold(found: Judgement, name: str, fit: lc.LogitFit, said: Certificate, exact: Any) -> None:
    found.statuses.append(f"{name}: {said.status}")
    right = lre(fit.coef, exact.coef_digits)
    claimed = np.minimum(said.digits, MOST_DIGITS)
    found.over.append(float((claimed - right).max()))
    found.under.append(float((right - claimed).max()))
    if name == "fit":
        right = lre(fit.std_error, exact.std_error_digits)
        claimed = np.minimum(said.std_error_digits, MOST_DIGITS)
        found.error_over.append(float((claimed - right).max()))
        found.error_under.append(float((right - claimed).max()))
    wrong = [
        abs(Fraction(float(value)) - Fraction(text))
        for value, text in zip(fit.coef, exact.coef_digits, strict=True)
    ]
    if said.proven:
        bounds = map(float, said.coef_bound)
        beyond = any(w > Fraction(b) for w, b in zip(wrong, bounds, strict=True))
        # the std errors are the maximum's, the metric that of a point within its reach
        far = max(float(w) / s for w, s in zip(wrong, exact.std_error, strict=True))
        found.violations += beyond or far > 1.1 * said.bound
    for word, value, most in (("high", found.over, TOO_HIGH), ("low", found.under, TOO_LOW)):
        if value[-1] > most:
            found.problems.append(f"{name}, {said.status}: {value[-1]:.1f} digits too {word}")


def table(judgements: list[Judgement]) -> str:
    """Families down, counts across, in Markdown."""
    heads = (
        "family", "problems", "separated", "judged", "proven", "digits > 1 too high",
        "worst", "> 2 too low", "worst", "bounds violated", "std error digits > 1 too high",
        "> 2 too low", "polished below 15 digits",
    )  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    names = list(dict.fromkeys(j.family for j in judgements))
    for name in [*names, "all"]:
        own = [j for j in judgements if name in (j.family, "all")]
        over, under = [v for j in own for v in j.over], [v for j in own for v in j.under]
        statuses = [s for j in own for s in j.statuses]
        cells = (
            name, len(own), sum(j.separated for j in own), len(statuses),
            sum(s.endswith(": proven") for s in statuses),
            sum(v > TOO_HIGH for v in over), f"{max(over, default=0):.2f}",
            sum(v > TOO_LOW for v in under), f"{max(under, default=0):.2f}",
            sum(j.violations for j in own),
            sum(v > TOO_HIGH for j in own for v in j.error_over),
            sum(v > TOO_LOW for j in own for v in j.error_under),
            sum(j.polished < MOST_DIGITS for j in own),
        )  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def costs(sizes: tuple[tuple[int, int], ...] = SIZES, rounds: int = 9) -> str:
    """What certify costs in plain passes (log-likelihood, gradient, information), one thread."""
    heads = ("rows", "coefficients", "readings", "exact pass", "certify", "plain pass")
    lines = ["| " + " | ".join(heads) + " |", "|---:" * len(heads) + "|"]
    for n, k in sizes:
        readings, plain, exact, whole = cost(n, k, rounds)
        cells = (
            f"{n:,}", k, readings, f"{exact / plain:.1f} plain passes",
            f"{whole / plain:.1f} plain passes", f"{1e3 * plain:.1f} ms",
        )  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def cost(n: int, k: int, rounds: int) -> tuple[int, float, float, float]:
    """Readings of the data by certify, and seconds of a plain pass, an exact one, and certify.

    Processor time of one thread, the least of some rounds: others' work must not count.
    """
    random = np.random.default_rng([n, k])
    X = random.standard_normal((n, k - 1))
    y = (random.random(n) < 1.0 / (1.0 + np.exp(-X[:, 0] - 0.5))).astype(np.uint8)
    fit = lc.fit(X, y, threads=1)
    passes = lc.certify(fit, X, y, threads=1).passes
    blocks = ArrayBlocks(X, y=y)
    objective = Objective(blocks, sample_coordinates(blocks, True), Workers(1, 0))
    inside, point = objective.coordinates.from_columns(fit.coef), Point.of(fit.coef)
    work: tuple[Callable[[], Any], ...] = (
        lambda: objective(inside, 2),
        lambda: exact_terms(objective, point),
        lambda: lc.certify(fit, X, y, threads=1),
    )
    seconds = [math.inf] * 3
    with threadpool_limits(1):
        for _ in range(rounds):
            for i, run in enumerate(work):
                begun = time.process_time()
                run()
                seconds[i] = min(seconds[i], time.process_time() - begun)
    return passes, *seconds


def write(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Replace what stands between the marks ``<!-- name -->`` and ``<!-- /name -->``."""
    page = document.read_text(encoding="utf-8")
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, after = page.partition(first)[0], page.partition(last)[2]
    if first not in page or last not in page:
        raise ValueError(f"{document} has no marks for {name}")
    document.write_text(f"{before}{first}\n{text}\n{last}{after}", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Judge, print, write; 1 where a digit was claimed or a bound proven that was not so."""
    parser = argparse.ArgumentParser(prog="benchmarks.certificate", description=__doc__)
    parser.add_argument("--problems", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-costs", action="store_true", help="leave the second table out")
    parser.add_argument("--write", action="store_true", help="put the tables into the document")
    chosen = parser.parse_args(arguments)
    begun = time.perf_counter()
    judgements = [judge(draw) for draw in draws(chosen.problems, chosen.seed)]
    seconds = time.perf_counter() - begun
    text = table(judgements) + (
        f"\n\n{chosen.problems:,} problems, seed {chosen.seed}, {seconds:.0f} s; the reference "
        f"itself could not solve {sum(j.unsolved for j in judgements)} of them; "
        f"logreg-core {lc.__version__}, numpy {np.__version__}."
    )
    print(text)
    for judgement in judgements:
        for problem in judgement.problems:
            print(f"- {judgement.family} {judgement.number}: {problem}")
    if chosen.write:
        write("experiment", text)
    if not chosen.no_costs:
        print(prices := costs())
        if chosen.write:
            write("cost", prices)
    high = any(value > TOO_HIGH for j in judgements for value in j.over)
    unnamed = any(j.separated and j.problems for j in judgements)
    return int(high or unnamed or any(j.violations for j in judgements))


if __name__ == "__main__":
    raise SystemExit(main())
