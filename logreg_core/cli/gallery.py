"""``logreg gallery``: problems on which libraries fail, with the truth and the reason."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..report.plain_text import printable
from .options import FILE, Names

__all__ = ["command"]


@click.command("gallery", short_help="Show problems on which libraries fail, and why.")
@click.argument("name", required=False)
@click.option("--against", type=Names(), default="all", show_default=True, metavar="A,B",
              help="Libraries or single solvers, as for crosscheck.")  # fmt: skip
@click.option("--markdown", type=FILE, metavar="FILE",
              help="Write all exhibits as a page, instead of showing one.")  # fmt: skip
def command(name: str | None, against: tuple[str, ...], markdown: Path | None) -> None:
    """Show what each installed library answers on the exhibit NAME, what is true, and why.

    Without NAME the exhibits are listed. LOGREG_DATA_DIR may name the folder of the course file
    and of the endometrial data; data of the same shape are used without it.

    \b
    Examples:
      logreg gallery
      logreg gallery six-rows
      logreg gallery --markdown docs/gallery.md
    """
    from ..crosscheck import gallery
    from ..progress import progress

    if markdown is not None:
        from ..report.files import write_all

        with progress() as shown:
            text = gallery.page(against, callback=shown.stage)
        write_all(markdown.parent, {markdown.name: text})
        click.echo(printable(f"written: {markdown}"))
    elif name is None:
        width = max(map(len, gallery.names()))
        for each in gallery.EXHIBITS:
            click.echo(f"{each.name:{width}}  {each.title}")
        click.echo("\nlogreg gallery NAME shows one.")
    else:
        from .comparison_table import write_comparison

        with progress() as shown:
            found = gallery.show(name, against, callback=shown.stage)
        e = found.exhibit
        for line in (
            e.title, "", f"Data: {found.problem.source}; {len(found.problem.y):,} rows.",
            f"True: {e.truth}", f"Here: {found.maximum}.", f"Why:  {e.why}",
        ):  # fmt: skip
            click.echo(printable(line))
        write_comparison(found.comparison, sys.stdout)
