"""``logreg crosscheck``: other libraries and programs, held against the maximum."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..report.plain_text import printable
from .messages import DISAGREE
from .options import FILE, Names, choice, columns_options, threads

__all__ = ["command"]


@click.command("crosscheck", short_help="Hold other libraries' coefficients against the maximum.")
@click.argument("data", type=FILE, required=False)
@columns_options
@click.option("--against", type=Names(), default="sklearn,statsmodels,glum", show_default=True,
              metavar="A,B", help="Libraries (also firthmodels, sklearnex, all) or single solvers "
              "such as sklearn-lbfgs; none: only --coefficients.")  # fmt: skip
@click.option("--coefficients", type=FILE, multiple=True, metavar="FILE",
              help="Results of R, Stata, SAS or a paper: a CSV of name, coefficient and, if there "
              "is one, std error. May be given more than once.")  # fmt: skip
@click.option("--digits", type=click.FloatRange(1, 15), default=6.0, show_default=True,
              help="Right digits of every coefficient that count as agreement.")  # fmt: skip
@click.option("--settings", type=Names(), default="default,tight", show_default=True,
              metavar="A,B", help="Tolerances as they come, tight ones, and untouched: the "
              "call as a beginner writes it, penalty included.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), default=20.0,
              show_default=True, help="Seconds for one fit of one library.")  # fmt: skip
@click.option("--html", type=FILE, metavar="FILE", help="Write the comparison as a page, too.")
@threads
def command(
    data: Path | None,
    against: tuple[str, ...],
    coefficients: tuple[Path, ...],
    digits: float,
    settings: tuple[str, ...],
    time_limit: float,
    html: Path | None,
    threads: int | None,
    **columns: Any,
) -> None:
    """Fit the rows of the CSV file DATA with other libraries, and say who is right and why.

    Each library runs in a process of its own. Its coefficients are held against the maximum,
    whose own digits are certified; where it differs the cause is tested for: penalty, early stop,
    scale of the columns, separation, collinearity, convention of the standard errors.

    \b
    Exit codes: 0 all agree to --digits; 2 bad input; 4 some do not.

    \b
    Examples:
      logreg crosscheck tiktok_dataset.csv
      logreg crosscheck patients.csv --target ill --against sklearn-lbfgs,statsmodels --html c.html
      logreg crosscheck patients.csv --target ill --against none --coefficients from_r.csv
    """
    from ..crosscheck import compare
    from ..progress import progress
    from ..report.source import load
    from ..report.words import data_words

    with progress() as shown:
        source = load(data, choice(columns))
        found = compare(
            source.design,
            against=() if against == ("none",) else against,
            digits=digits,
            settings=settings,
            coefficients=coefficients,
            time_limit=time_limit,
            threads=threads,
            callback=shown.stage,
        )
    from .comparison_table import write_comparison

    click.echo(printable(data_words(source)))
    write_comparison(found, sys.stdout)
    if html is not None:
        found.to_html(html)
        click.echo(printable(f"\nwritten: {html}"))
    if not found.agree:
        raise SystemExit(DISAGREE)
