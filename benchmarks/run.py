"""How long does a fit take, ours and other libraries', at equal digits?

    python -m benchmarks.run [--quick] [--json FILE] [--problems ..] [--contenders ..] [--rounds N]

Each contender has a process of its own; rounds are interleaved in a new random order each time;
every call of a contender is scored against the certified maximum. With --json the results are
kept as they come, and a run that was interrupted goes on behind the last finished problem.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import startup
from benchmarks.certified import Certified, certified
from benchmarks.machine import describe, pinned
from benchmarks.problems import QUICK, Problem, Unavailable, make, names
from benchmarks.speed_contenders import AGAIN, BLAS, CONTENDERS, Contender, named
from benchmarks.tolerances import TARGETS, library_version, save_data, settings_for
from benchmarks.worker import Failed, Worker

__all__ = ["Plan", "measure", "quick", "session"]

Row = dict[str, Any]
Say = Callable[[str], None]
# Calls a round, the same for every contender: one call of a small fit says little.
FEW_ENTRIES, MANY_CALLS = 500_000, 5
QUICK_CONTENDERS = (
    "nothing",
    "logreg_core",
    "logreg_core, inference",
    "scikit-learn newton-cholesky",
    "scikit-learn lbfgs",
    "glum",
    "firthmodels, inference",
    "statsmodels Logit, inference",
)


@dataclass(frozen=True)
class Plan:
    """What to measure, and how much patience there is.

    share: seconds that the rounds of one cell may take together; slower contenders get fewer
    rounds, at least one. budget: seconds after which a call is ended ("over budget").
    """

    problems: tuple[str, ...]
    contenders: tuple[Contender, ...]
    rounds: int = 9
    threads: int = 2
    share: float = 3.0
    budget: float = 60.0
    startup: bool = True


@dataclass
class Cell:
    """One row of the table while it is measured."""

    contender: Contender
    target: int | None
    tol: float
    worker: Worker | None
    rounds: int = 0
    seconds: list[float] = field(default_factory=list)
    digits: list[float] = field(default_factory=list)
    facts: Row = field(default_factory=dict)

    def call(self, calls: int, budget: float, answer: Certified) -> list[float]:
        """Fit; keep the digits and facts; the seconds are the caller's to keep."""
        if self.worker is None:
            return []
        try:
            reply = self.worker.call(self.tol, calls, budget * calls)
        except Failed as failure:
            self.worker, self.facts["word"] = None, str(failure)
            return []
        self.worker.wait_until_quiet()
        coef, seconds = reply.pop("coef"), reply.pop("seconds")
        if len(coef):
            self.digits.append(answer.digits_of(coef))
        for key, value in reply.items():
            # the peak belongs to the first call: later ones find the process's memory used
            self.facts.setdefault(key, value)
        return [float(s) for s in seconds]

    def row(self, problem: str) -> Row:
        """As it is written down."""
        return {
            "kind": "cell",
            "problem": problem,
            "contender": self.contender.name,
            "ours": self.contender.ours,
            "inference": self.contender.inference,
            "target": self.target,
            "tol": self.tol if self.contender.tuned else None,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "digits": min(self.digits, default=None),
            **self.facts,
        }


def measure(name: str, plan: Plan, say: Say) -> list[Row]:
    """All rows of one problem. On Ctrl-C what was measured so far, marked as partial."""
    problem = make(name)
    say(f"{name}: certified answer")
    answer = certified(problem)
    facts: Row = {"kind": "problem", "problem": name, "n": problem.n, "k": problem.k}
    facts |= {"megabytes": problem.X.nbytes / 1e6, "proven_digits": answer.digits}
    facts |= {"score": answer.score, "checksum": answer.checksum, "load": os.getloadavg()[0]}
    cells: list[Cell] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        save_data(problem, Path(folder))
        calls = MANY_CALLS if problem.n * problem.k <= FEW_ENTRIES else 1
        try:
            blas = [_yardstick(folder, plan, calls, say, name)]
            cells += _cells(problem, answer, Path(folder), plan, stack, say)
            _rounds(cells, answer, plan, calls, say, name)
            blas.append(_yardstick(folder, plan, calls, say, name))
        except KeyboardInterrupt:
            return [facts | {"partial": True}, *(c.row(name) for c in cells)]
    yardstick = Cell(BLAS, None, 0.0, None, plan.rounds * 2, sum(blas, []))
    return [facts, yardstick.row(name), *(cell.row(name) for cell in cells)]


def _yardstick(folder: str, plan: Plan, calls: int, say: Say, name: str) -> list[float]:
    """X'X in a process of its own, before and after the race: its threads spin when it is done."""
    say(f"{name}: BLAS X'X")
    with Worker(BLAS.name, Path(folder)) as worker:
        worker.receive(plan.budget)
        worker.call(0.0, 1, plan.budget)
        found = [worker.call(0.0, calls, plan.budget)["seconds"] for _ in range(plan.rounds)]
        worker.wait_until_quiet()
    return [float(s) for seconds in found for s in seconds]


def _cells(
    problem: Problem, answer: Certified, folder: Path, plan: Plan, stack: ExitStack, say: Say
) -> list[Cell]:
    """A process a contender; a cell for each tolerance, which two targets may share."""
    wanted: list[tuple[Contender, dict[int | None, float], str | None]] = []
    for contender in plan.contenders:
        if not contender.takes_part(problem.name, problem.n, problem.k):
            continue
        if contender.modules and not library_version(contender):
            continue
        if not contender.tuned:
            wanted.append((contender, {None: 0.0}, None))
            continue
        found = settings_for(problem, contender, answer, folder, say)
        tolerances = {t: tol for t in TARGETS if (tol := found.tolerance(t)) is not None}
        wanted.append((contender, dict(tolerances) or {TARGETS[0]: 0.0}, found.word))
    say(f"{problem.name}: starting {len(wanted)} processes")
    workers = [
        None if word else stack.enter_context(Worker(contender.name, folder))
        for contender, _, word in wanted
    ]
    cells = []
    for (contender, tolerances, word), worker in zip(wanted, workers, strict=True):
        facts: Row = {"word": word} if word else {}
        if worker is not None:
            try:
                facts = worker.receive(plan.budget * 2)
                worker.wait_until_quiet()
            except Failed as failure:
                if str(failure) == "Unavailable":
                    say(f"{problem.name}: SKIPPED {contender.name}: not in this version")
                    continue
                worker, facts = None, {"word": str(failure)}
        cells += [Cell(contender, t, tol, worker, facts=dict(facts)) for t, tol in tolerances.items()]
    return cells


def _rounds(
    cells: list[Cell], answer: Certified, plan: Plan, calls: int, say: Say, name: str
) -> None:
    """A first call each, which fixes the number of rounds; then rounds in random order."""
    for cell in cells:
        twin = next((c for c in cells if c.worker is cell.worker and c.tol == cell.tol), cell)
        if twin is not cell and cell.worker is not None:
            continue  # the same call reaches both targets
        say(f"{name}: first call of {cell.contender.name}")
        first = cell.call(1, plan.budget, answer)
        if not first:
            continue
        cell.facts["first"] = first[0]
        cell.rounds = max(1, min(plan.rounds, int(plan.share / (first[0] * calls))))
        if first[0] > plan.share:
            cell.seconds, cell.rounds = first, 0  # the first call is the measurement
    order = random.Random(1)
    for number in range(plan.rounds):
        race = [c for c in cells if c.rounds > number and c.worker is not None]
        order.shuffle(race)
        for place, cell in enumerate(race, 1):
            say(f"{name}: round {number + 1}/{plan.rounds}, {place}/{len(race)}")
            cell.seconds += cell.call(calls, plan.budget, answer)
    for cell in cells:
        twin = next((c for c in cells if c.worker is cell.worker and c.tol == cell.tol), cell)
        if twin is not cell and cell.worker is not None:
            cell.seconds, cell.digits, cell.rounds = twin.seconds, twin.digits, twin.rounds
            cell.facts = twin.facts
        cell.rounds = max(1, cell.rounds) if cell.seconds else 0


def session(plan: Plan, path: Path | None, say: Say) -> list[Row]:
    """Run the plan, write rows to ``path`` as problems finish, return all of them."""
    rows: list[Row] = []
    with pinned(plan.threads) as cores:
        rows, done = _resume(path, describe(len(cores), cores), say)
        if plan.startup and not any(row["kind"] == "startup" for row in rows):
            say("import, compilation, first call of each library")
            _keep(rows, startup.rows(plan.contenders), path)
        for name in plan.problems:
            if name in done:
                continue
            try:
                found = measure(name, plan, say)
            except Unavailable as reason:
                say(f"SKIPPED {name}: {reason}")
                _keep(rows, [{"kind": "skipped", "problem": name, "word": str(reason)}], path)
                continue
            _keep(rows, found, path)
            if found[0].get("partial"):
                say("interrupted; the same command goes on from here")
                break
    return rows


def _resume(path: Path | None, machine: Row, say: Say) -> tuple[list[Row], set[str]]:
    """Rows of an earlier run of the same code on the same machine, and its finished problems."""
    if path is not None and path.is_file():
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        same = ("cpu", "threads", "versions", "commit")
        if rows and all(rows[0].get(key) == machine[key] for key in same):
            whole = [r["problem"] for r in rows if r["kind"] == "problem" and "partial" not in r]
            say(f"going on behind {len(whole)} problems in {path}")
            return rows, set(whole)
        say(f"{path} is of another commit or machine: written anew")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    rows = []
    _keep(rows, [machine], path)
    return rows, set()


def _keep(rows: list[Row], more: list[Row], path: Path | None) -> None:
    rows += more
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in more)


def quick(say: Say, rounds: int = 5, threads: int = 2) -> str:
    """Small problems and the main contenders, within a minute: tables in Markdown."""
    from benchmarks.summarise import report

    chosen = tuple(named(name) for name in QUICK_CONTENDERS)
    plan = Plan(QUICK, chosen, rounds, threads, share=0.5, budget=20.0)
    return report(session(plan, None, say), claims_too=False)


def say_on_stderr(text: str) -> None:
    """A line that is overwritten on a terminal, else a line each."""
    if sys.stderr.isatty():
        loud = text.startswith("SKIPPED") or "SKIPPED" in text
        print(f"\r\033[K{text[:110]}", end="\n" if loud else "", file=sys.stderr, flush=True)
    elif "round" not in text:
        print(text, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Measure, write down, print the tables."""
    from benchmarks.summarise import report

    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    offered = [c.name for c in CONTENDERS]
    parser.add_argument("--problems", nargs="+", choices=names(), default=names())
    parser.add_argument("--contenders", nargs="+", choices=offered, default=offered)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds a call may take")
    parser.add_argument("--quick", action="store_true", help="small problems, under a minute")
    parser.add_argument("--noise", action="store_true", help="ourselves twice")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep results; resume from them")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        print("\n" + quick(say_on_stderr, threads=chosen.threads))
        return
    contenders = tuple(c for c in CONTENDERS if c.name in chosen.contenders)
    contenders += (AGAIN,) if chosen.noise else ()
    plan = Plan(
        tuple(chosen.problems), contenders, chosen.rounds, chosen.threads, budget=chosen.budget
    )
    print("\n" + report(session(plan, chosen.json, say_on_stderr)))


if __name__ == "__main__":
    main()
