"""The command line: ``logreg`` and ``python -m logreg_core``.

Commands read options, call the library and print; nothing is computed here. What a command needs
is imported inside it, so that ``--help`` and ``fit`` pay for nothing they do not use.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from . import __version__
from .errors import LogregError, LogregWarning
from .report.plain_text import printable

if TYPE_CHECKING:
    from .report.source import Choice
    from .result import LogitFit

__all__ = ["main"]

BAD_INPUT = 2
NOT_CONVERGED = 3
_F = TypeVar("_F", bound=Callable[..., Any])
_PARTS = (
    ("found", ""),
    ("expected", "Expected:   "),
    ("meaning", "This means: "),
    ("remedy", "What to do: "),
)


def _four_parts(kind: str, message: LogregError | LogregWarning) -> str:
    lines = [f"{kind}: {message.found}"]
    lines += [
        f"  {label}{getattr(message, part)}" for part, label in _PARTS[1:] if getattr(message, part)
    ]
    return printable("\n".join(lines))


def _show_warning(message: Any, category: type[Warning], *_place: Any) -> None:
    is_ours = isinstance(message, LogregWarning)
    text = _four_parts("Warning", message) if is_ours else printable(f"Warning: {message}")
    click.echo(text, err=True)


@contextmanager
def _readable() -> Iterator[None]:
    """Errors and warnings as text on stderr; characters that cannot be encoded, as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        warnings.simplefilter("always", LogregWarning)
        warnings.showwarning = _show_warning  # type: ignore[assignment]
        try:
            yield
        except LogregError as problem:
            click.echo(_four_parts("Error", problem), err=True)
            raise SystemExit(BAD_INPUT) from problem


class _Commands(click.Group):
    """Commands whose errors are those of the library."""

    def invoke(self, ctx: click.Context) -> Any:
        with _readable():
            return super().invoke(ctx)


class _Names(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.5 on
    """Column names with commas between them; one that holds a comma goes into double quotes."""

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


class _Threshold(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.5 on
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


def _columns_options(command: _F) -> _F:
    """The options that say which columns are used, and how; shared by all commands on data."""
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
            type=_Names(),
            default=(),
            metavar="C,D",
            help="Columns of numbers to treat as categories (text always is one).",
        ),
        click.option(
            "--features",
            type=_Names(),
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


_threads = click.option(
    "--threads", type=click.IntRange(min=1), help="At most so many; the result is the same."
)
_level = click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Of the confidence intervals.",
)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="logreg")
def main() -> None:
    """Binary logistic regression: maximum likelihood, with its quality stated.

    Without column options a command assumes the case study's columns (verified_status in the
    claims data); --target and --features name those of any other CSV file.

    \b
    Exit codes: 0 fitted; 2 bad input; 3 not converged or separated.
    """


@main.command("fit", short_help="Fit all rows of a CSV file and print the summary.")
@click.argument("data", type=click.Path(path_type=Path))
@_columns_options
@_level
@click.option("--solver", default="auto", show_default=True, help="auto, fast, newton or irls.")
@click.option("--max-iter", type=click.IntRange(min=0), default=50, show_default=True,
              help="Most steps.")  # fmt: skip
@_threads
def fit_command(
    data: Path, level: float, solver: str, max_iter: int, threads: int | None, **columns: Any
) -> None:
    """Fit all rows of the CSV file DATA and print the summary.

    \b
    Examples:
      logreg fit tiktok_dataset.csv
      logreg fit patients.csv --target ill --positive yes --features age,sex
      logreg fit patients.csv --target ill --categorical ward --missing raise
    """
    from .fitting import fit
    from .progress import progress
    from .report.source import load
    from .report.words import data_words

    with progress() as shown:
        source = load(data, _choice(columns))
        shown.stage("fitting")
        fitted = fit(
            source.design, solver=solver, max_iter=max_iter, threads=threads, callback=shown.step
        )
    click.echo(printable(f"{data_words(source)}\n\n{fitted.summary(level)}"))
    _end(fitted)


@main.command("report", short_help="Fit, judge on rows set aside, and write a report.")
@click.argument("data", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True,
              metavar="FOLDER", help="Folder for the documents.")  # fmt: skip
@_columns_options
@click.option("--threshold", type=_Threshold(), default=0.5, show_default=True,
              metavar="0.5|prevalence|NUMBER",
              help="Probability from which a row is called positive; prevalence: the share of "
              "positive training rows.")  # fmt: skip
@click.option("--test-size", type=click.FloatRange(0, 1, min_open=True, max_open=True),
              default=0.25, show_default=True, help="Share of the rows set aside.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Of the split.")  # fmt: skip
@_level
@_threads
def report_command(data: Path | None, out: Path, **options: Any) -> None:
    """Fit three quarters of the rows of the CSV file DATA, judge on the rest, write a report.

    The split is stratified by outcome and made before anything is learnt. Without DATA the
    bundled sample is used, which is synthetic. FOLDER then holds report.html (to read or print),
    metrics.json, coefficients.csv and predictions.csv (the rows set aside).

    \b
    Examples:
      logreg report
      logreg report tiktok_dataset.csv --out report --threshold prevalence
      logreg report patients.csv --target ill --positive yes --test-size 0.3 --seed 7
    """
    from .progress import progress
    from .report.document import make_report
    from .report.files import write_all
    from .report.html import load_page, render_page
    from .report.tables import coefficients_csv, metrics_json, predictions_csv

    page = load_page()  # before the work: a missing package must not cost a fit
    judged = {name: options.pop(name) for name in ("threshold", "test_size", "seed", "level")}
    threads = options.pop("threads")
    with progress() as shown:
        from .report.source import load

        source = load(data, _choice(options))
        shown.stage("fitting")
        report, predictions = make_report(source, threads=threads, callback=shown.step, **judged)
        shown.stage("writing")
        documents = {
            "report.html": render_page(page, report),
            "metrics.json": metrics_json(report),
            "coefficients.csv": coefficients_csv(report.fit, report.level),
            "predictions.csv": predictions_csv(predictions),
        }
    from .report.console import write_report

    write_report(report, sys.stdout)
    written = write_all(out, documents)
    click.echo(printable("\nwritten: " + ", ".join(str(path) for path in written)))
    _end(report.fit)


def _choice(columns: dict[str, Any]) -> Choice:
    from .report.source import Choice

    return Choice(**columns)


def _end(fitted: LogitFit) -> None:
    """Leave with 3 where there is no maximum to report."""
    if not fitted.converged:
        click.echo(f"Status: {fitted.status.word}; the summary says why. Exit code 3.", err=True)
        raise SystemExit(NOT_CONVERGED)
