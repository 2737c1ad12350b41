"""From the shell prompt to the printed coefficients: our whole process against scikit-learn's.

``python -m benchmarks.whole_process DATA [--rounds N]`` starts each contender as a process of its
own, in interleaved rounds (every round runs all of them, in an order that rotates), and writes a
Markdown table. Caches are warm: one uncounted round comes first. One contender does nothing but
start Python: the harness's own cost. Ours is there twice: the difference is the noise. A ratio is
given only where the coefficients agree with ours to the six digits printed; an answer that
differs gets none.

Warm rounds need a warm kernel cache: run it on a checkout that nobody is editing.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER = str(Path(__file__).with_name("whole_process_peer.py"))
AGREEMENT = 5e-6  # relative; the summary prints six digits, and no more can be compared


@dataclass
class Contender:
    """A command, its wall and processor seconds round by round, and what it printed last."""

    name: str
    command: list[str]
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    output: str = ""


def contenders(data: str) -> list[Contender]:
    """All processes to time, ours first."""
    python, ours = sys.executable, [sys.executable, "-m", "logreg_core", "fit", data]
    return [
        Contender("logreg fit", ours),
        Contender("logreg fit, again (noise)", ours),
        Contender("scikit-learn, newton-cholesky", [python, PEER, data, "newton-cholesky"]),
        Contender("scikit-learn, lbfgs", [python, PEER, data, "lbfgs"]),
        Contender("python alone (harness)", [python, "-c", "pass"]),
    ]


def run(contender: Contender) -> tuple[float, float]:
    """Run once; wall seconds, and processor seconds of the process and its threads."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(contender.command, cwd=ROOT, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise SystemExit(f"{contender.name} failed ({done.returncode}):\n{done.stderr}")
    contender.output = done.stdout
    used = after.children_user + after.children_system
    return wall, used - before.children_user - before.children_system


def coefficients(output: str) -> dict[str, float]:
    """Read name and coefficient from what either side prints."""
    rows = re.findall(
        r"^(intercept|(?:video|claim|author)_[\w ]*?\w)\s{2,}(\S+)", output, re.MULTILINE
    )
    return {name: float(value) for name, value in rows}


def agrees(output: str, expected: dict[str, float]) -> str:
    """Say how the coefficients compare with ours, by the worst relative difference."""
    found = coefficients(output)
    if found.keys() != expected.keys() or not found:
        return "-"
    worst = max(abs(found[name] / value - 1) for name, value in expected.items())
    return "yes" if worst <= AGREEMENT else f"no, off by {worst:.1g}"


def table(entries: list[Contender]) -> str:
    """Write seconds and ratios as Markdown."""
    ours = entries[0]
    expected = coefficients(ours.output)
    lines = [
        "| process | min s | median s | ratio of medians | processor s (median) | same answer |",
        "|:---|---:|---:|---:|---:|:---|",
    ]
    for entry in entries:
        same = agrees(entry.output, expected)
        ratio = "-"
        if same == "yes":
            ratio = f"{statistics.median(entry.wall) / statistics.median(ours.wall):.2f}"
        lines.append(
            f"| {entry.name} | {min(entry.wall):.3f} | {statistics.median(entry.wall):.3f} "
            f"| {ratio} | {statistics.median(entry.processor):.3f} | {same} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Time the contenders and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=lambda text: str(Path(text).resolve()))
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    entries = contenders(options.data)
    for entry in entries:
        run(entry)
    for turn in range(options.rounds):
        for entry in entries[turn % len(entries) :] + entries[: turn % len(entries)]:
            wall, processor = run(entry)
            entry.wall.append(wall)
            entry.processor.append(processor)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(
        f"{options.rounds} interleaved rounds, {os.cpu_count()} cores, load at the end "
        f"{load:.1f}, Python {platform.python_version()}, {platform.machine()}\n"
    )
    print(table(entries))


if __name__ == "__main__":
    main()
