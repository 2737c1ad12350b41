"""``logreg bench``: a quick race of complete fits, ours and the installed libraries'."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ..errors import MissingDependencyError
from ..report.plain_text import printable

__all__ = ["command"]

CLONE = Path(__file__).resolve().parents[2]


def _race() -> Any:
    """The benchmarks, which live beside the package in a clone and are no part of it."""
    if not (CLONE / "benchmarks" / "run.py").is_file():
        raise MissingDependencyError(
            "the folder benchmarks/ is not beside the package",
            "a clone of the repository",
            "an installed package holds no benchmarks",
            "clone it, then: make bench",
        )
    if str(CLONE) not in sys.path:
        sys.path.insert(0, str(CLONE))
    return import_module("benchmarks.run")


@click.command("bench", short_help="Race small fits against other libraries, within a minute.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True,
              help="Interleaved rounds of each problem.")  # fmt: skip
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True,
              help="Threads of every contender.")  # fmt: skip
def command(rounds: int, threads: int) -> None:
    """Time complete fits on small problems and print the table.

    Every contender has a process of its own, and a time counts only where six digits are right.
    ``python -m benchmarks.run`` in a clone makes the whole measurement.
    """
    from ..progress import progress

    race = _race()
    with progress() as shown:
        table = race.quick(shown.stage, rounds=rounds, threads=threads)
    click.echo(printable(table))
