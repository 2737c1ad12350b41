"""Reading a results file: the last measurement of each cell, and what may be compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

__all__ = ["BASE", "BASE_INFERENCE", "YARDSTICK", "Cell", "Results", "read"]

Row = dict[str, Any]
BASE, BASE_INFERENCE = "logreg_core", "logreg_core, inference"
YARDSTICK = "BLAS X'X"


@dataclass(frozen=True)
class Cell:
    """One contender on one problem, asked for ``target`` digits (None: as it comes)."""

    problem: str
    contender: str
    target: int | None
    ours: bool
    inference: bool
    seconds: tuple[float, ...]
    rounds: int
    digits: float | None
    peak_mb: float | None
    passes: float | None
    word: str | None
    warned: tuple[str, ...]
    tol: float | None

    @property
    def least(self) -> float:
        """Seconds of the fastest call."""
        return min(self.seconds)

    @property
    def middle(self) -> float:
        """Median seconds."""
        return median(self.seconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """First and third quartile of the seconds."""
        if len(self.seconds) < 2:
            return self.least, self.least
        first, _, third = quantiles(self.seconds, n=4, method="inclusive")
        return first, third

    @property
    def right(self) -> bool:
        """Whether it has the digits it was asked for (6 where it was not asked)."""
        return bool(self.seconds) and (self.digits or 0.0) >= (self.target or 6)


@dataclass(frozen=True)
class Results:
    """A results file by its parts."""

    machine: Row
    startup: tuple[Row, ...]
    problems: dict[str, Row]
    skipped: dict[str, str]
    cells: tuple[Cell, ...]

    def of(self, problem: str) -> list[Cell]:
        """The cells of one problem."""
        return [c for c in self.cells if c.problem == problem]

    def cell(self, problem: str, contender: str) -> Cell | None:
        """A cell that has times, or None; of two targets the first."""
        for c in self.of(problem):
            if c.contender == contender and c.seconds:
                return c
        return None

    def fastest_peer(self, problem: str, *, inference: bool, target: int = 6) -> Cell | None:
        """The fastest other library with that many digits."""
        racing = [
            c
            for c in self.of(problem)
            if c.target == target and c.right and c.inference == inference and not c.ours
        ]
        return min(racing, key=lambda c: c.least, default=None)


def read(source: Path | list[Row]) -> Results:
    """From a file of JSON lines, or the rows themselves. Later rows replace earlier ones."""
    rows = source
    if isinstance(source, Path):
        rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    cells = {
        (r["problem"], r["contender"], r["target"]): Cell(
            r["problem"], r["contender"], r["target"], r["ours"], r["inference"],
            tuple(r["seconds"]), r["rounds"], r["digits"], r.get("peak_mb"), r.get("passes"),
            r.get("word"), tuple(r.get("warned", ())), r["tol"],
        )
        for r in rows if r["kind"] == "cell"
    }  # fmt: skip
    return Results(
        next(r for r in rows if r["kind"] == "machine"),
        tuple(r for r in rows if r["kind"] == "startup"),
        {r["problem"]: r for r in rows if r["kind"] == "problem"},
        {r["problem"]: r["word"] for r in rows if r["kind"] == "skipped"},
        tuple(cells.values()),
    )
