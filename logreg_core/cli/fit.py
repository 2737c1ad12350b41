"""``logreg fit``: all rows of a CSV file, and the summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..report.plain_text import printable
from .messages import leave
from .options import FILE, choice, columns_options, level, threads

__all__ = ["command"]


@click.command("fit", short_help="Fit all rows of a CSV file and print the summary.")
@click.argument("data", type=FILE)
@columns_options
@level
@click.option("--solver", default="auto", show_default=True, help="auto, fast, newton or irls.")
@click.option("--max-iter", type=click.IntRange(min=0), default=50, show_default=True,
              help="Most steps.")  # fmt: skip
@click.option("--save", type=FILE, metavar="MODEL",
              help="JSON file to write the fit to, for logreg predict.")  # fmt: skip
@threads
def command(
    data: Path,
    level: float,
    solver: str,
    max_iter: int,
    save: Path | None,
    threads: int | None,
    **columns: Any,
) -> None:
    """Fit all rows of the CSV file DATA and print the summary.

    \b
    Examples:
      logreg fit tiktok_dataset.csv
      logreg fit patients.csv --target ill --positive yes --features age,sex
      logreg fit patients.csv --target ill --categorical ward --missing raise
      logreg fit patients.csv --target ill --save model.json
    """
    from ..fitting import fit
    from ..progress import progress
    from ..report.source import load
    from ..report.words import data_words

    with progress() as shown:
        source = load(data, choice(columns))
        shown.stage("fitting")
        fitted = fit(
            source.design, solver=solver, max_iter=max_iter, threads=threads, callback=shown.step
        )
    click.echo(printable(f"{data_words(source)}\n\n{fitted.summary(level)}"))
    if save is not None:
        fitted.save(save)
        click.echo(printable(f"\nwritten: {save}"))
    leave(fitted)
