"""``logreg report``: fit, judge on rows set aside, and write the documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..report.plain_text import printable
from .messages import leave
from .options import FILE, Threshold, choice, columns_options, level, threads

if TYPE_CHECKING:
    from ..report.html import Section

__all__ = ["command"]


@click.command("report", short_help="Fit, judge on rows set aside, and write a report.")
@click.argument("data", type=FILE, required=False)
@click.option("--out", type=FILE, default=Path("report"), show_default=True,
              metavar="FOLDER", help="Folder for the documents.")  # fmt: skip
@columns_options
@click.option("--threshold", type=Threshold(), default=0.5, show_default=True,
              metavar="0.5|prevalence|NUMBER",
              help="Probability from which a row is called positive; prevalence: the share of "
              "positive training rows.")  # fmt: skip
@click.option("--test-size", type=click.FloatRange(0, 1, min_open=True, max_open=True),
              default=0.25, show_default=True, help="Share of the rows set aside.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Of the split.")  # fmt: skip
@level
@threads
def command(data: Path | None, out: Path, **options: Any) -> None:
    """Fit the rows of the CSV file DATA, judge on rows set aside, write a report.

    How columns relate to the outcome is told from all rows; predictions are judged by a fit of
    three quarters of them on the rest. The split is stratified by outcome. Without DATA the
    bundled sample is used, which is synthetic. FOLDER then holds report.html (to read or print),
    metrics.json, coefficients.csv and predictions.csv (the rows set aside).

    \b
    Examples:
      logreg report
      logreg report tiktok_dataset.csv --out report --threshold prevalence
      logreg report patients.csv --target ill --positive yes --test-size 0.3 --seed 7
    """
    from ..progress import progress
    from ..report.document import make_report
    from ..report.files import write_all
    from ..report.html import load_page, render_page
    from ..report.pictures import bare_axes, judgement_pictures
    from ..report.tables import coefficients_csv, metrics_json, predictions_csv

    page, _ = load_page(), bare_axes()  # first: a missing package must not cost a fit
    judged = {name: options.pop(name) for name in ("threshold", "test_size", "seed", "level")}
    threads = options.pop("threads")
    with progress() as shown:
        from ..report.source import load

        chosen = choice(options)
        source = load(data, chosen)
        shown.stage("fitting")
        report, predictions = make_report(
            source, threads=threads, callback=shown.step, stage=shown.stage, **judged
        )
        sections: tuple[Section, ...] = ()
        if chosen.is_case_study:
            from ..briefing.earlier_rows import earlier_sections

            shown.stage("the usual recipe, for comparison")
            sections = earlier_sections(report)
        shown.stage("drawing")
        pictures = judgement_pictures(report, predictions)
        shown.stage("writing")
        documents = {
            "report.html": render_page(page, report, pictures, sections),
            "metrics.json": metrics_json(report),
            "coefficients.csv": coefficients_csv(report.fit, report.level),
            "predictions.csv": predictions_csv(predictions),
        }
    from ..report.console import write_report

    write_report(report, sys.stdout)
    written = write_all(out, documents)
    click.echo(printable("\nwritten: " + ", ".join(str(path) for path in written)))
    leave(report.fit)
