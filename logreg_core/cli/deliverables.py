"""``logreg deliverables``: the case study's summary, PACE document and report."""

from __future__ import annotations

from pathlib import Path

import click

from ..report.plain_text import printable
from .messages import leave
from .options import FILE

__all__ = ["command"]


@click.command("deliverables", short_help="Write the case study's summary, PACE and report.")
@click.argument("data", type=FILE, required=False)
@click.option("--out", type=FILE, default=Path("deliverables"), show_default=True,
              metavar="FOLDER", help="Folder for the documents.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Of the split into training and test rows.")  # fmt: skip
def command(data: Path | None, out: Path, seed: int) -> None:
    """Run the case study on the CSV file DATA and write every document of it.

    FOLDER then holds the executive summary (HTML, PDF, DOCX and a picture of the page), the PACE
    document (HTML, DOCX) and the report (HTML). Every sentence with a figure is made from the
    fitted model. PDF and picture need a Chromium, DOCX the extra `docx`: what cannot be made is
    named, and the rest is written. Without DATA the bundled sample is used, which is synthetic.

    \b
    Examples:
      logreg deliverables tiktok_dataset.csv --out docs/verified_status
      logreg deliverables
    """
    from ..progress import progress

    with progress() as shown:
        from ..briefing import origin_of
        from ..briefing.deliver import deliver
        from ..csv_files import read_csv
        from ..report.document import make_report
        from ..report.files import write_all
        from ..report.source import Choice, load
        from ..verified_status import case_study

        source = load(data, Choice())
        frame = read_csv(source.path)
        origin = origin_of(source.path, synthetic=source.synthetic)

        def step(done: int, total: int, title: str) -> None:
            shown.stage(title)
            shown.share(done / total)

        study = case_study(frame, seed=seed, callback=step)
        shown.stage("the report")
        report, predictions = make_report(source, seed=seed)
        made = deliver(study, origin, report, predictions, callback=shown.stage)
        written = write_all(out, made.documents)
    for words in made.missing:
        click.echo(printable(f"Warning: {words}"), err=True)
    click.echo(printable("written: " + ", ".join(str(path) for path in written)))
    leave(report.fit)
