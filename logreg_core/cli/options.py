"""The options that commands share, and the kinds of values they take."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ..report.source import Choice

__all__ = ["FILE", "Names", "Threshold", "choice", "columns_options", "level", "threads"]

FILE = click.Path(path_type=Path)
_F = TypeVar("_F", bound=Callable[..., Any])


class Names(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.5 on
    """Names with commas between them; one that holds a comma goes into double quotes."""

    name = "names"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        try:
            rows = list(csv.reader([value], strict=True, skipinitialspace=True))
        except csv.Error as problem:
            self.fail(f"{value!r} is no list of names: {problem}", param, ctx)
        names = tuple(name for row in rows for name in row)
        if not all(names):
            self.fail(f"{value!r} holds an empty name", param, ctx)
        return names


class Threshold(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.5 on
    """A probability, or the word prevalence."""

    name = "threshold"

    def convert(self, value: Any, param: Any, ctx: Any) -> float | str:
        if value == "prevalence":
            return "prevalence"
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            self.fail(f"{value!r} is neither a probability nor the word prevalence", param, ctx)
        return number


def columns_options(command: _F) -> _F:
    """The options that say which columns are used, and how; `choice` takes their values."""
    for option in (
        click.option(
            "--missing",
            type=click.Choice(["drop", "raise"]),
            default="drop",
            show_default=True,
            help="Rows with a missing value in a used column: drop them and say so, or stop.",
        ),
        click.option(
            "--categorical",
            type=Names(),
            default=(),
            metavar="C,D",
            help="Columns of numbers to treat as categories (text always is one).",
        ),
        click.option(
            "--features",
            type=Names(),
            metavar="A,B",
            help="Columns to relate the outcome to. Default: the case study's; with --target, "
            "every other column that can serve.",
        ),
        click.option(
            "--positive",
            metavar="VALUE",
            help="The outcome whose probability is modelled. Default: the last in sort "
            "order; in the case study verified.",
        ),
        click.option(
            "--target", metavar="COLUMN", help="The outcome: a column of two values. "
            "Default: verified_status.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def choice(columns: dict[str, Any]) -> Choice:
    """The values of `columns_options` as the library takes them."""
    from ..report.source import Choice

    return Choice(**columns)


threads = click.option(
    "--threads", type=click.IntRange(min=1), help="At most so many; the result is the same."
)
level = click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Of the confidence intervals.",
)
