"""The report on a terminal: tables by rich, text that cannot move the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .plain_text import printable
from .words import (
    caveats,
    class_names,
    data_words,
    findings,
    number,
    percent,
    quadrants,
    threshold_words,
)

if TYPE_CHECKING:
    from ..evaluation import AtThreshold, Evaluation
    from .document import Report

__all__ = ["write_report"]

# Into a pipe or file: as wide as the summary, where rich would assume 80.
_PIPE_WIDTH = 110


def write_report(report: Report, stream: IO[str]) -> None:
    """Write the report to a terminal, or as plain text into a pipe."""
    plain = Console(file=stream)
    console = Console(
        file=stream,
        width=None if plain.is_terminal else _PIPE_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )
    _heading(console, "Data")
    _text(console, data_words(report.source))
    for category in report.categories:
        rows = [
            [str(level.level), f"{level.n_rows:,}", f"{level.n_positive:,}", percent(level.rate, 2)]
            for level in category.levels
        ]
        positive = class_names(report)[1]
        _table(console, category.name, ["level", "rows", positive, "share"], rows)
    _heading(console, f"Model, of all {report.fit.n_rows:,} rows used")
    _text(console, str(report.fit.summary(report.level)))
    _heading(
        console,
        f"Judged: a fit of {report.n_train:,} training rows on {report.n_test:,} test rows",
    )
    for at in report.evaluation.at:
        _confusion(console, report, at)
    _measures(console, report.evaluation)
    _heading(console, "In words")
    for sentence in (*findings(report), *caveats(report)):
        _text(console, f"- {sentence}")


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(printable(text), style="bold"))


def _text(console: Console, text: str) -> None:
    console.print(Text(printable(text)), soft_wrap=True)


def _table(
    console: Console, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    _text(console, f"\n{title}")
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    for i, name in enumerate(header):
        table.add_column(Text(printable(name)), justify="right" if i else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print(table)


def _confusion(console: Console, report: Report, at: AtThreshold) -> None:
    """The matrix, each cell with its name."""
    tn, fp, fn, tp = (f"{n_rows:,}  {name}" for name, n_rows, _ in quadrants(report, at))
    negative, positive = class_names(report)
    _table(
        console,
        f"Confusion matrix at the threshold {threshold_words(at)} (positive where p >= threshold)",
        ["actual", f"predicted {negative}", f"predicted {positive}"],
        [[negative, tn, fp], [positive, fn, tp]],
    )
    if not at.n_flagged:
        largest = number(report.evaluation.largest_probability)
        _text(
            console,
            f"At this threshold nobody is predicted {positive}: the largest probability is "
            f"{largest}. The prevalence threshold shows what the model can do.",
        )


def _measures(console: Console, judged: Evaluation) -> None:
    columns = [f"at {threshold_words(at)}" for at in judged.at]
    rows = [
        ["accuracy", *(percent(at.accuracy) for at in judged.at)],
        ["no-information rate", *([percent(judged.no_information_rate)] * len(judged.at))],
        ["precision", *(number(at.precision) for at in judged.at)],
        ["recall", *(number(at.recall) for at in judged.at)],
        ["F1", *(number(at.f1) for at in judged.at)],
        ["AUC (any threshold)", *([f"{judged.auc:.4f}"] * len(judged.at))],
    ]
    _table(console, "Measures", ["", *columns], rows)
