"""One problem: every contender in a process of its own, in interleaved rounds, every call scored.

The yardstick (one BLAS X'X) is timed before and after the race, not within it. Slow contenders get
fewer rounds, and that is written down; those within twelve times of ours get all of them.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.certified import Certified, certified
from benchmarks.problems import Problem, make
from benchmarks.speed_contenders import BLAS, Contender
from benchmarks.tolerances import TARGETS, save_data, settings_for
from benchmarks.worker import Failed, Worker

__all__ = ["Plan", "Row", "Say", "measure"]

Row = dict[str, Any]
Say = Callable[[str], None]
# Calls a round, the same for every contender: one call of a small fit says little.
FEW_ENTRIES, MANY_CALLS = 500_000, 5
NEAR = 12.0  # times the time of our default: contenders up to here get every round


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
    """One contender at one tolerance, which serves every target in ``targets``."""

    contender: Contender
    targets: tuple[int | None, ...]
    tol: float
    worker: Worker | None
    facts: Row
    rounds: int = 0
    seconds: list[float] = field(default_factory=list)
    digits: list[float] = field(default_factory=list)

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

    def first_call(self, plan: Plan, calls: int, answer: Certified) -> None:
        """Fixes how many rounds there will be; of a slow contender it is the measurement."""
        seconds = self.call(1, plan.budget, answer)
        if not seconds:
            return
        self.facts["first"] = seconds[0]
        if seconds[0] > plan.share:
            self.seconds = seconds
        else:
            self.rounds = max(1, min(plan.rounds, int(plan.share / (seconds[0] * calls))))

    def rows(self, problem: str) -> list[Row]:
        """As it is written down, a row a target."""
        same = {
            "kind": "cell",
            "problem": problem,
            "contender": self.contender.name,
            "ours": self.contender.ours,
            "inference": self.contender.inference,
            "tol": self.tol if self.contender.tuned else None,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "digits": min(self.digits, default=None),
            **self.facts,
        }
        return [same | {"target": target} for target in self.targets]


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
            say(f"{name}: BLAS X'X")
            yardstick = Cell(BLAS, (None,), 0.0, None, {}, rounds=2 * plan.rounds)
            yardstick.seconds += _yardstick(folder, plan, calls)
            cells += _cells(problem, answer, Path(folder), plan, stack, say)
            _race(cells, answer, plan, calls, say, name)
            yardstick.seconds += _yardstick(folder, plan, calls)
            cells.append(yardstick)
        except KeyboardInterrupt:
            facts["partial"] = True
    return [facts, *(row for cell in cells for row in cell.rows(name))]


def _yardstick(folder: str, plan: Plan, calls: int) -> list[float]:
    """X'X in a process of its own: its threads go on spinning when it is done."""
    with Worker(BLAS.name, Path(folder)) as worker:
        worker.receive(plan.budget)
        worker.call(0.0, 1, plan.budget)
        found = [worker.call(0.0, calls, plan.budget)["seconds"] for _ in range(plan.rounds)]
        worker.wait_until_quiet()
    return [float(s) for seconds in found for s in seconds]


def _cells(
    problem: Problem, answer: Certified, folder: Path, plan: Plan, stack: ExitStack, say: Say
) -> list[Cell]:
    """A process a contender, all started at once; a cell for each tolerance."""
    entered = [c for c in plan.contenders if c.takes_part(problem.name, problem.n, problem.k)]
    found = {c.name: settings_for(problem, c, answer, folder, say) for c in entered if c.tuned}
    say(f"{problem.name}: starting {len(entered)} processes")
    workers = {
        c.name: stack.enter_context(Worker(c.name, folder))
        for c in entered
        if c.name not in found or not found[c.name].word
    }
    cells = []
    for contender in entered:
        settings, worker = found.get(contender.name), workers.get(contender.name)
        facts: Row = {"word": settings.word} if settings and settings.word else {}
        if worker is not None:
            try:
                facts = worker.receive(2 * plan.budget)
                worker.wait_until_quiet()
            except Failed as failure:
                if str(failure) == "Unavailable":
                    say(f"{problem.name}: SKIPPED {contender.name}: not in this version")
                    continue
                worker, facts = None, {"word": str(failure)}
        by_tolerance: dict[float, tuple[int | None, ...]] = {} if settings else {0.0: (None,)}
        for target in TARGETS if settings else ():
            tol = settings.tolerance(target) if settings else None
            by_tolerance[tol or 0.0] = (*by_tolerance.get(tol or 0.0, ()), target)
        cells += [Cell(contender, t, tol, worker, dict(facts)) for tol, t in by_tolerance.items()]
    return cells


def _race(
    cells: list[Cell], answer: Certified, plan: Plan, calls: int, say: Say, name: str
) -> None:
    """A first call each, then rounds in an order drawn anew for each."""
    for cell in cells:
        say(f"{name}: first call of {cell.contender.name}")
        cell.first_call(plan, calls, answer)
    _all_rounds_for_the_near(cells, plan)
    order = random.Random(1)
    for number in range(plan.rounds):
        racing = [c for c in cells if c.rounds > number and c.worker is not None]
        order.shuffle(racing)
        for place, cell in enumerate(racing, 1):
            say(f"{name}: round {number + 1}/{plan.rounds}, {place}/{len(racing)}")
            cell.seconds += cell.call(calls, plan.budget, answer)


def _all_rounds_for_the_near(cells: list[Cell], plan: Plan) -> None:
    """A least time over fewer rounds than ours would be an advantage to us where it is close."""
    firsts = {
        inference: min(
            (c.facts["first"] for c in cells
             if c.contender.ours and c.contender.inference == inference and "first" in c.facts),
            default=0.0,
        ) for inference in (False, True)
    }  # fmt: skip
    for cell in cells:
        if 0.0 < cell.facts.get("first", 0.0) <= NEAR * firsts[cell.contender.inference]:
            cell.rounds = plan.rounds
            cell.seconds.clear()  # a first call that was to stand for all
