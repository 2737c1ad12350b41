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
@click.option("--penalty", type=click.Choice(["none", "firth"]), default="none", show_default=True,
              help="firth: finite coefficients for separated data too.")  # fmt: skip
@click.option("--diagnostics", is_flag=True,
              help="Check the assumptions too, and say what to do.")  # fmt: skip
@click.option("--certify", is_flag=True,
              help="Say how many digits of each coefficient are right.")  # fmt: skip
@click.option("--save", type=FILE, metavar="MODEL",
              help="JSON file to write the fit to, for logreg predict.")  # fmt: skip
@threads
def command(
    data: Path,
    level: float,
    solver: str,
    max_iter: int,
    penalty: str,
    diagnostics: bool,
    certify: bool,
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
      logreg fit patients.csv --target ill --diagnostics --certify
    """
    from ..fitting import fit
    from ..progress import progress
    from ..report.source import load
    from ..report.words import data_words

    with progress() as shown:
        source = load(data, choice(columns))
        shown.stage("fitting")
        fitted = fit(
            source.design, solver=solver, max_iter=max_iter, threads=threads, certify=certify,
            penalty=None if penalty == "none" else penalty, callback=shown.step,
        )  # fmt: skip
        checked = None
        if diagnostics:
            from ..diagnostics import assumptions  # not loaded where nobody asks

            shown.stage("checking assumptions")
            checked = assumptions(fitted, source.design)
    click.echo(printable(f"{data_words(source)}\n\n{fitted.summary(level)}"))
    for more in (fitted.certificate, checked):
        if more is not None:
            click.echo(printable(f"\n{more}"))
    if save is not None:
        fitted.save(save)
        click.echo(printable(f"\nwritten: {save}"))
    leave(fitted)
