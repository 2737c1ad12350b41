"""A comparison on a terminal: a coloured table, and a sentence for each library."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..crosscheck import Comparison

__all__ = ["write_comparison"]

_PIPE_WIDTH = 140  # into a file, where rich would assume 80
_COLOURS = {True: "green", False: "red", None: "dim"}


def write_comparison(found: Comparison, stream: IO[str]) -> None:
    """Write the table and the verdicts: coloured to a terminal, plain into a pipe."""
    from rich.console import Console

    console = Console(file=stream, markup=False, emoji=False, highlight=False)
    if console.is_terminal:
        _write(found, console)
        return
    console.width = _PIPE_WIDTH
    with console.capture() as caught:
        _write(found, console)
    stream.write("".join(f"{line.rstrip()}\n" for line in caught.get().splitlines()))


def _write(found: Comparison, console: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    from ..crosscheck.words import heading
    from ..report.plain_text import printable

    console.print()
    console.print(Text(printable(heading(found)), style="bold"))
    console.print(_table(found))
    console.print()
    said = Table.grid(padding=(0, 1))
    for text in found.sentences:
        said.add_row(Text("-"), Text(printable(text), overflow="fold"))
    console.print(said)


def _table(found: Comparison) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from ..crosscheck.words import cells
    from ..report.plain_text import printable

    header, rows = cells(found)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for j, name in enumerate(header):
        left = j in (0, 1, len(header) - 1)
        table.add_column(Text(name), justify="left" if left else "right", overflow="fold")
    before = ""
    for verdict, row in zip(found.verdicts, rows, strict=True):
        title = "" if verdict.peer == before else row[0]
        before = verdict.peer
        styled = [Text(printable(cell)) for cell in (title, *row[1:])]
        for j in (2, len(row) - 1):
            styled[j].stylize(_COLOURS[verdict.agrees])
        table.add_row(*styled)
    return table
