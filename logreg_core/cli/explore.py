"""``logreg explore``: the page that shows every step of a small fit."""

from __future__ import annotations

from pathlib import Path

import click

from ..report.plain_text import printable

__all__ = ["command"]


@click.command("explore", short_help="Write the explorer, a page to learn with.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("explorer.html"),
              show_default=True, metavar="FILE", help="The page to write.")  # fmt: skip
def command(out: Path) -> None:
    """Write one HTML file that shows Newton's method, step by step, on points you can drag.

    Open it in any browser: it needs no server and makes no request. A guided tour of twelve stops
    begins with the button Tour; the address of the page holds the moment shown, to be linked.

    \b
    Examples:
      logreg explore
      logreg explore --out lecture.html
    """
    from ..learn import explorer_page
    from ..report.files import write_all

    written = write_all(out.parent, {out.name: explorer_page()})
    click.echo(printable(f"written: {written[0]} (open it in a browser)"))
