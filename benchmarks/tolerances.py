"""The loosest tolerance with which each peer reaches 6, and 10, right digits on each problem.

    python -m benchmarks.tolerances [--problems NAME ...] [--contenders NAME ...]

A peer at its default may stop too early or work longer than it must; either would make a race
unfair. Tolerances mean another thing in every library, so they are searched for, half a decade a
step, and kept in results/tolerances.json with the versions and data they were found for. Only
digits matter here, not times: the machine need not be quiet.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.certified import Certified, certified
from benchmarks.machine import pinned
from benchmarks.problems import Problem, Unavailable, make, names
from benchmarks.speed_contenders import CONTENDERS, Contender
from benchmarks.worker import Failed, Worker

__all__ = ["STORE", "TARGETS", "Settings", "installed", "save_data", "settings_for"]

STORE = Path(__file__).parent / "results" / "tolerances.json"
TARGETS = (6, 10)
GRID = tuple(10.0 ** (3.0 - i / 2.0) for i in range(37))  # 1e3 to 1e-15
# A library whose sums depend on its threads' order may lose a little of what it reached here.
MARGIN = 0.05
TIMEOUT = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What the search found: for each target the tolerance, or the best there is.

    reached: tolerances by target; best: (tolerance, digits) for targets beyond reach; word: why
    there is neither.
    """

    version: str
    checksum: str
    reached: dict[str, float]
    best: tuple[float, float] | None
    word: str | None = None

    def tolerance(self, target: int) -> float | None:
        """Loosest that reaches the target; else the one with the most digits; else None."""
        best = None if self.best is None else self.best[0]
        return self.reached.get(str(target), best)


def library_version(contender: Contender) -> str:
    """Version of the distribution the contender comes from; "" where nothing tells."""
    package = contender.modules[0].partition(".")[0]
    try:
        return version(packages_distributions().get(package, [package.replace("_", "-")])[0])
    except PackageNotFoundError:
        return ""


def installed(contender: Contender) -> bool:
    """Whether its library is on this machine."""
    return all(find_spec(module.partition(".")[0]) for module in contender.modules)


def save_data(problem: Problem, folder: Path) -> None:
    """X and y where the contenders' processes read them."""
    np.save(folder / "X.npy", problem.X)
    np.save(folder / "y.npy", problem.y)


def settings_for(
    problem: Problem, contender: Contender, answer: Certified, folder: Path, say: Say
) -> Settings:
    """From the store where version and data are the same, else searched for and stored."""
    store = json.loads(STORE.read_text(encoding="utf-8")) if STORE.is_file() else {}
    key = contender.searched_as or contender.name
    kept = store.get(problem.name, {}).get(key)
    now = library_version(contender)
    if kept and (kept["version"], kept["checksum"]) == (now, answer.checksum):
        return Settings(**kept | {"best": kept["best"] and tuple(kept["best"])})
    say(f"{problem.name}: tolerance of {contender.name}")
    found = search(contender, answer, folder, now)
    store = json.loads(STORE.read_text(encoding="utf-8")) if STORE.is_file() else {}
    store.setdefault(problem.name, {})[key] = asdict(found)
    STORE.parent.mkdir(exist_ok=True)
    text = json.dumps(store, indent=1, sort_keys=True) + "\n"
    part = STORE.with_suffix(f".{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(STORE)
    return found


def search(contender: Contender, answer: Certified, folder: Path, now: str) -> Settings:
    """Bisect the grid for each target: tighter is assumed not to be worse."""
    trial = Trial(contender.name, answer, folder)
    low, reached = 0, {}
    for target in TARGETS:
        high = len(GRID)
        while low < high:
            middle = (low + high) // 2
            if trial(middle) >= target + MARGIN:
                high = middle
            else:
                low = middle + 1
        if low == len(GRID):
            # Over budget or noise at the tight end: what was seen to be enough still counts.
            enough = [i for i, d in trial.digits.items() if d >= target + MARGIN]
            low = min(enough, default=len(GRID))
        if low == len(GRID):
            break
        reached[str(target)] = GRID[low]
    trial.close()
    most = max(trial.digits.values())
    first = min(i for i, d in trial.digits.items() if d >= most - 0.3)
    best = (GRID[first], most) if most >= 0.0 else None
    return Settings(now, answer.checksum, reached, best, trial.word if most < 0.0 else None)


class Trial:
    """Digits at a place of the grid, each tried once; -1 where there is no answer."""

    def __init__(self, contender: str, answer: Certified, folder: Path) -> None:
        self.digits: dict[int, float] = {}
        self.word = ""
        self._start = partial(Worker, contender, folder)
        self._answer = answer
        self._worker: Worker | None = None

    def __call__(self, i: int) -> float:
        if i not in self.digits:
            try:
                if self._worker is None:
                    self._worker = self._start()
                    self._worker.receive(TIMEOUT)
                coef = self._worker.call(GRID[i], 1, TIMEOUT)["coef"]
                self.digits[i] = self._answer.digits_of(coef)
            except Failed as failure:
                self.word, self.digits[i] = str(failure), -1.0
                self.close()
        return self.digits[i]

    def close(self) -> None:
        """End the process, if there is one."""
        if self._worker is not None:
            self._worker.close()
        self._worker = None


def main(arguments: list[str] | None = None) -> None:
    """Search for every pair that is not in the store yet."""
    parser = argparse.ArgumentParser(prog="benchmarks.tolerances", description=__doc__)
    tuned = [c.name for c in CONTENDERS if c.tuned]
    parser.add_argument("--problems", nargs="+", choices=names(), default=names())
    parser.add_argument("--contenders", nargs="+", choices=tuned, default=tuned)
    chosen = parser.parse_args(arguments)
    for name in chosen.problems:
        try:
            problem = make(name)
        except Unavailable as reason:
            print(f"SKIPPED {name}: {reason}")
            continue
        with pinned(1), tempfile.TemporaryDirectory() as folder:
            save_data(problem, Path(folder))
            answer = certified(problem)
            for contender in CONTENDERS:
                if contender.name not in chosen.contenders or not installed(contender):
                    continue
                found = settings_for(problem, contender, answer, Path(folder), lambda _: None)
                print(
                    f"{name:14} {contender.name:32} {found.reached} best {found.best}", flush=True
                )


if __name__ == "__main__":
    main()
