"""How long does a fit take, ours and other libraries', at equal digits?

    python -m benchmarks.run [--quick] [--json FILE] [--problems ..] [--contenders ..] [--rounds N]

Each contender has a process of its own; rounds are interleaved in a new random order each time;
every call is scored against the certified maximum. With --json the results are kept as they come,
and a run that was interrupted goes on behind the last finished problem.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import startup
from benchmarks.machine import describe, pinned
from benchmarks.problems import QUICK, Unavailable, names
from benchmarks.race import Plan, Row, Say, measure
from benchmarks.results_file import read
from benchmarks.speed_contenders import AGAIN, CONTENDERS, named
from benchmarks.summarise import report
from benchmarks.tolerances import installed

__all__ = ["quick", "session"]

BUSY = 0.5  # processes running beside us, over the last minute, that make times doubtful
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


def session(plan: Plan, path: Path | None, say: Say) -> list[Row]:
    """Run the plan, write rows to ``path`` as problems finish, return all of them."""
    rows: list[Row] = []
    with pinned(plan.threads) as cores:
        machine = describe(len(cores), cores)
        if machine["load"] > BUSY:
            say(f"BUSY machine (load {machine['load']}): these times are not to be trusted")
        rows, done = _resume(path, machine, say)
        plan = _installed(plan, say)
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


def _installed(plan: Plan, say: Say) -> Plan:
    """Without contenders that are not on this machine."""
    here = tuple(c for c in plan.contenders if installed(c))
    for contender in plan.contenders:
        if contender not in here:
            say(f"SKIPPED {contender.name}: not installed")
    return replace(plan, contenders=here)


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
    chosen = tuple(named(name) for name in QUICK_CONTENDERS)
    plan = Plan(QUICK, chosen, rounds, threads, share=0.5, budget=20.0, startup=False)
    return report(session(plan, None, say), claims_too=False)


def say_on_stderr(text: str) -> None:
    """A line that is overwritten on a terminal, else a line each."""
    if sys.stderr.isatty():
        loud = "SKIPPED" in text or "BUSY" in text
        print(f"\r\033[K{text[:110]}", end="\n" if loud else "", file=sys.stderr, flush=True)
    elif "round" not in text:
        print(text, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Measure, write down, print the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    offered = [c.name for c in CONTENDERS]
    parser.add_argument("--problems", nargs="+", choices=names(), default=names())
    parser.add_argument("--contenders", nargs="+", choices=offered, default=offered)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds a call may take")
    parser.add_argument("--share", type=float, default=3.0, help="seconds for a cell's rounds")
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
        tuple(chosen.problems),
        contenders,
        chosen.rounds,
        chosen.threads,
        chosen.share,
        chosen.budget,
    )
    rows = session(plan, chosen.json, say_on_stderr)
    print("\n" + report(rows))
    if any(facts.get("partial") for facts in read(rows).problems.values()):
        sys.exit(130)  # as a shell reports Ctrl-C: what follows with && must not run


if __name__ == "__main__":
    main()
