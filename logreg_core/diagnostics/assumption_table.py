"""The checks of a model's assumptions as a table: what was found, what it says, what to do."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass

import pandas as pd

from ..summary import inert

__all__ = ["Assumptions", "Check"]

WIDTH = 100
MARKS = {True: "holds", False: "does not hold", None: "undecided"}


@dataclass(frozen=True)
class Check:
    """One check. figure and verdict are words; value is the number behind them (NaN for none);
    holds: True, False, or None where the data cannot say, or a figure
    lies between two conventions."""

    assumption: str
    check: str
    figure: str
    value: float
    holds: bool | None
    verdict: str
    what_to_do: str = ""

    def __post_init__(self) -> None:
        for name in ("assumption", "check", "figure", "verdict", "what_to_do"):
            object.__setattr__(self, name, inert(getattr(self, name)))

    @property
    def words(self) -> str:
        """Whether it holds, and the verdict."""
        return f"{MARKS[self.holds]}: {self.verdict}"


@dataclass(frozen=True)
class Assumptions:
    """str() is the text; notebooks show HTML; .table the same as a DataFrame.

    checks: one `Check` each, in the order of the table.
    """

    checks: tuple[Check, ...]

    @property
    def table(self) -> pd.DataFrame:
        """Columns assumption, check, figure, verdict, what_to_do: all in words."""
        columns = ["assumption", "check", "figure", "verdict", "what_to_do"]
        rows = [[c.assumption, c.check, c.figure, c.words, c.what_to_do] for c in self.checks]
        return pd.DataFrame(rows, columns=columns)

    @property
    def doubtful(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.checks if check.holds is False)

    @property
    def headline(self) -> str:
        """How many checks hold, do not, and could not be decided."""
        states = [check.holds for check in self.checks]
        parts = [f"{states.count(True)} of {len(states)} checks hold"]
        wrong = states.count(False)
        parts += [f"{wrong} {'does' if wrong == 1 else 'do'} not"] * (wrong > 0)
        parts += [f"{states.count(None)} undecided"] * (None in states)
        return ", ".join(parts)

    def __str__(self) -> str:
        lines = [f"Assumptions of the logistic regression: {self.headline}", "-" * WIDTH]
        left = max((len(check.check) for check in self.checks), default=0)
        assumption = ""
        for check in self.checks:
            if check.assumption != assumption:
                assumption = check.assumption
                lines.append(assumption)
            lines.append(f"  {check.check:<{left}}  {check.figure}")
            lines += _wrapped(check.words)
            if check.what_to_do:
                lines += _wrapped(f"What to do: {check.what_to_do}")
        lines.append("-" * WIDTH)
        return "\n".join(lines)

    def to_markdown(self) -> str:
        """A GitHub table, with names escaped."""
        from ..summary import markdown

        table = self.table
        rows = [list(table.columns), *table.to_numpy().tolist()]
        rows[0] = [name.replace("_", " ") for name in rows[0]]
        lines = ["| " + " | ".join(markdown(str(cell)) for cell in row) + " |" for row in rows]
        lines.insert(1, "|" + "---|" * len(rows[0]))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        def row(cells: list[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"

        table = self.table
        head = row([name.replace("_", " ") for name in table.columns], "th")
        body = "".join(row([str(cell) for cell in cells], "td") for cells in table.to_numpy())
        return (
            '<div class="tex2jax_ignore mathjax_ignore">'
            f"<h4>Assumptions: {html.escape(self.headline)}</h4>"
            f"<table><thead>{head}</thead><tbody>{body}</tbody></table></div>"
        )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
