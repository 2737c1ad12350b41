"""How many digits does each library get right?  Scores against the certified suite.

    python -m benchmarks.accuracy [--families NAME ...] [--contenders NAME ...] [--json FILE]

Prints Markdown tables for coefficients, standard errors and log-likelihoods: families as rows,
contenders as columns. A contender that crashes or refuses gets a word, not a number.
"""

from __future__ import annotations

import argparse
import json
import warnings
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import logreg_core
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.reference_suite import Problem, families, load, lre, names

# Below this a reader of a printed coefficient table would see a wrong figure.
TRUSTED_DIGITS = 6.0
QUANTITIES = ("coef", "std_error", "loglik")
TITLES = {
    "coef": "Coefficients",
    "std_error": "Standard errors",
    "loglik": "Log-likelihood",
}
LEGEND = """\
Right digits (LRE, 0 to 15): the worst coefficient of the worst seed, and in brackets the median
over the seeds of the worst coefficient. "warned 2/5": the contender itself warned in two of five
fits; "silent": fewer than 6 right digits somewhere, and no warning. NaN has no right digit. A word
instead of a number is what the contender raised, or cannot take, and how often; "-": it does not
offer this quantity."""


@dataclass(frozen=True)
class Score:
    """What one contender gave for one problem."""

    contender: str
    problem: str
    family: str
    coef: float | None  # right digits of the worst entry
    std_error: float | None
    loglik: float | None
    word: str | None  # what it raised, or why there is no number
    warned: tuple[str, ...]  # classes of its warnings


def score(contender: Contender, problem: Problem) -> Score:
    """The right digits of one contender on one problem, or a word for what went wrong."""
    digits: dict[str, float | None] = dict.fromkeys(QUANTITIES)
    word: str | None = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = contender.solve(problem)
        except Exception as refusal:  # whatever a peer raises is its result
            word = str(refusal) if isinstance(refusal, NotImplementedError) else None
            word = word or type(refusal).__name__
        else:
            for quantity in QUANTITIES:
                value = getattr(answer, quantity)
                if value is not None:
                    exact = getattr(problem, f"{quantity}_digits")
                    digits[quantity] = float(lre(value, exact).min())
    kinds = tuple(sorted({item.category.__name__ for item in caught}))
    # The classics have nothing in common: a row each.
    row = problem.name if problem.family == "classic" else problem.family
    return Score(contender.name, problem.name, row, **digits, word=word, warned=kinds)


def cell(scores: list[Score], quantity: str) -> str:
    """One cell of the table: worst and median digits, words, warnings."""
    digits = [value for s in scores if (value := getattr(s, quantity)) is not None]
    words = [s.word for s in scores if s.word]
    parts = [f"{min(digits):.1f} ({median(digits):.1f})"] if digits else []
    everywhere = len(words) == len(scores)
    parts += [
        word if everywhere else f"{word} {words.count(word)}/{len(scores)}"
        for word in dict.fromkeys(words)
    ]
    if not parts:
        return "-"
    warned = sum(bool(s.warned) for s in scores)
    if warned:
        parts.append(f"warned {warned}/{len(scores)}")
    elif digits and min(digits) < TRUSTED_DIGITS:
        parts.append("silent")
    return ", ".join(parts)


def table(scores: list[Score], quantity: str) -> str:
    """Families down, contenders across, in Markdown."""
    columns = list(dict.fromkeys(s.contender for s in scores))
    if quantity != "coef":
        columns = [
            c
            for c in columns
            if any(getattr(s, quantity) is not None for s in scores if s.contender == c)
        ]
    if not columns:
        return ""
    lines = ["| family | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for row in dict.fromkeys(s.family for s in scores):
        cells = [
            cell([s for s in scores if s.family == row and s.contender == c], quantity)
            for c in columns
        ]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return f"### {TITLES[quantity]}\n\n" + "\n".join(lines) + "\n"


def versions() -> str:
    """The versions that were measured."""
    found = [f"logreg-core {logreg_core.__version__}"]
    for package in ("numpy", "scipy", "scikit-learn", "statsmodels", "glum"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} absent")
    return ", ".join(found)


def main(arguments: list[str] | None = None) -> None:
    """Score, print, and write down where asked to."""
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--families", nargs="+", choices=families(), default=families())
    offered = [contender.name for contender in CONTENDERS]
    parser.add_argument("--contenders", nargs="+", choices=offered, default=offered)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every score here too")
    chosen = parser.parse_args(arguments)

    problems = [load(name) for family in chosen.families for name in names(family)]
    contenders = [c for c in CONTENDERS if c.name in chosen.contenders]
    scores = [score(contender, problem) for problem in problems for contender in contenders]
    print(LEGEND, versions(), *(table(scores, q) for q in QUANTITIES), sep="\n\n")
    if chosen.json:
        text = json.dumps({"versions": versions(), "scores": [asdict(s) for s in scores]}, indent=1)
        chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
