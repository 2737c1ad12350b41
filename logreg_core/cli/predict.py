"""``logreg predict``: a saved model, a CSV file of any size, and its probabilities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..report.plain_text import printable
from .messages import leave
from .options import FILE, Names, threads

__all__ = ["command"]


@click.command("predict", short_help="Score the rows of a CSV file by a saved model.")
@click.argument("model", type=FILE)
@click.argument("data", type=FILE)
@click.option("--out", type=FILE, required=True, metavar="FILE", help="CSV file to write.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True,
              help="Probability from which a row is predicted positive.")  # fmt: skip
@click.option("--keep", type=Names(), default=(), metavar="A,B",
              help="Columns of DATA to copy, such as an id.")  # fmt: skip
@click.option("--missing", type=click.Choice(["empty", "raise"]), default="empty",
              show_default=True, help="Rows with a missing value in a used column: leave their "
              "probability empty and say so, or stop.")  # fmt: skip
@threads
def command(model: Path, data: Path, out: Path, **options: Any) -> None:
    """Score every row of the CSV file DATA by MODEL, as `logreg fit --save MODEL` wrote it.

    FILE then holds the number of each row (from 0), the columns kept, the probability of the
    positive class and the predicted class. DATA is read chunk by chunk, so its size does not
    matter; FILE is written whole or not at all.

    \b
    Examples:
      logreg predict model.json videos.csv --out scores.csv
      logreg predict model.json patients.csv --out scores.csv --keep patient_id --threshold 0.2
    """
    from ..csv_predictions import predict_csv
    from ..loading import load
    from ..progress import progress

    with progress() as shown:
        fit = load(model)
        shown.stage("scoring")
        done = predict_csv(fit, data, out, callback=shown.share, **options)
    text = (
        f"{done.n_rows:,} rows, {done.n_positive:,} of them predicted {fit.classes[1]} "
        f"(probability >= {options['threshold']:g})"
    )
    if done.n_incomplete:
        text += f"; {done.n_incomplete:,} lack a value and have no probability"
    click.echo(printable(f"{text}\nwritten: {out}"))
    leave(fit)
