"""``logreg fit``: all rows of a CSV file, or of many files of any size, and the summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import DataError
from ..report.plain_text import printable
from .messages import leave
from .options import FILE, choice, columns_options, level, threads

__all__ = ["command"]


@click.command("fit", short_help="Fit all rows of a CSV file, or of Parquet or CSV files.")
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
@click.option("--stream", is_flag=True,
              help="Read DATA anew in every pass instead of holding it in memory.")  # fmt: skip
@click.option("--checkpoint", type=FILE, metavar="FILE",
              help="Where to note what each pass finds: run again, a fit that was killed goes on "
              "from there, to the same result.")  # fmt: skip
@click.option("--keep", type=FILE, metavar="FOLDER",
              help="Decode DATA once and keep its rows there, 8 bytes a number, for the passes "
              "that follow; they are gone when the fit is done.")  # fmt: skip
@click.option("--dask", metavar="ADDRESS",
              help="Fit Parquet files on the Dask cluster at tcp://host:port, or on one of this "
              "machine's cores: local.")  # fmt: skip
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
    stream: bool,
    checkpoint: Path | None,
    keep: Path | None,
    dask: str | None,
    threads: int | None,
    **columns: Any,
) -> None:
    """Fit all rows of DATA and print the summary.

    DATA is a CSV file; or a Parquet file, a pattern in quotes, or a folder of Parquet or CSV
    files, which may be larger than memory: they are read anew in every pass, with the same result
    to the last bit, and need pyarrow.

    \b
    Examples:
      logreg fit tiktok_dataset.csv
      logreg fit patients.csv --target ill --positive yes --features age,sex
      logreg fit patients.csv --target ill --categorical ward --missing raise
      logreg fit patients.csv --target ill --save model.json
      logreg fit patients.csv --target ill --diagnostics --certify
      logreg fit 'data/*.parquet' --target ill --checkpoint fit.journal
      logreg fit large.csv --target ill --keep /var/tmp
      logreg fit 'data/*.parquet' --target ill --dask tcp://10.0.0.5:8786
    """
    from ..dask_client import connected
    from ..fitting import fit
    from ..kept_blocks import KeptBlocks
    from ..progress import Counted, progress
    from ..report.source import load
    from ..report.streamed import is_streamed, load_stream
    from ..report.words import data_words
    from ..stream_blocks import StreamBlocks

    if keep is not None and dask is not None:
        raise _elsewhere(keep, dask)
    streamed = stream or keep is not None or is_streamed(data) or dask is not None
    if streamed and diagnostics:
        raise _in_memory(data)
    with connected(dask) as client, progress() as shown:
        chosen = choice(columns)
        source = load_stream(data, chosen, client) if streamed else load(data, chosen)
        shown.stage("fitting")
        rows: Any = source.design
        if isinstance(rows, StreamBlocks):
            rows = rows if keep is None else KeptBlocks(rows, keep)
            rows.source = Counted(rows.source, shown.rows)
        fitted = fit(
            rows, checkpoint=checkpoint, solver=solver, max_iter=max_iter,
            threads=threads, certify=certify,
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


def _in_memory(data: Path) -> DataError:
    return DataError(
        f"--diagnostics and {str(data)!r}, which is read anew in every pass",
        "one CSV file, held in memory",
        "the checks go over the rows in other ways than a fit does",
        "leave out --diagnostics, or check a sample of the rows",
        option="diagnostics",
    )


def _elsewhere(keep: Path, dask: str) -> DataError:
    return DataError(
        f"--keep {str(keep)!r} and --dask {dask!r}",
        "one of them",
        "a cluster's rows lie in the memory of its workers",
        "leave out --keep",
        option="keep",
    )
