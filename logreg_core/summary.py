"""The table a fit prints: coefficients with their quality, and what the fit as a whole says."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["Summary"]

COLUMNS = (
    ("coef", "coef"),
    ("std_error", "std error"),
    ("z", "z"),
    ("p_value", "p"),
    ("lower", "lower"),
    ("upper", "upper"),
    ("odds_ratio", "odds ratio"),
)


def number(value: float) -> str:
    """Six significant digits; infinities and missing values as words.

    >>> number(0.00012345678), number(float("inf")), number(float("nan"))
    ('0.000123457', '+inf', 'dropped')
    """
    if np.isnan(value):
        return "dropped"
    if np.isinf(value):
        return "+inf" if value > 0 else "-inf"
    return f"{value:.6g}"


def probability(p: float) -> str:
    """A p-value: four decimals, or its power of ten.

    >>> probability(0.04567), probability(3e-40), probability(float("nan"))
    ('0.0457', '3.0e-40', '-')
    """
    if np.isnan(p):
        return "-"
    return f"{p:.4f}" if p >= 0.0001 else f"{p:.1e}"


def inert(text: str) -> str:
    """A name or label on one line, with what would not be seen (or would turn the line) escaped.

    >>> inert("a\\nb"), inert("x\\u202ey"), inert("\\N{HEBREW LETTER ALEF}b")
    ('a b', 'x\\\\u202ey', 'אb')
    """
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


# Nothing but the page's own colours, so that light and dark themes both stay readable.
PLAIN = "color:inherit;background:transparent;border-collapse:collapse"
LEFT = "text-align:left;color:inherit;background:transparent;padding:.1em .6em;white-space:nowrap;"
RIGHT = LEFT.replace("left", "right") + "font-variant-numeric:tabular-nums;"
RULE = "border-bottom:1px solid currentColor;"
NOTE = "opacity:.8;margin:.3em 0"

MARKUP = {ord(c): f"\\{c}" for c in "\\`*[]|$~"} | {ord("<"): "&lt;", ord(">"): "&gt;"}


def markdown(text: str) -> str:
    """The same text in Markdown: no tag, link, formula or cell border.

    >>> print(markdown("<b>|$x$"))
    &lt;b&gt;\\|\\$x\\$
    """
    return text.replace("&", "&amp;").translate(MARKUP)


@dataclass(frozen=True)
class Summary:
    """str() is the text table; notebooks show HTML; .to_markdown() and .to_frame() as named.

    facts: label and value pairs about the whole fit; table: a row a coefficient; notes: sentences;
    undetermined: rows of the table whose NaN means that separated data leave them open.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    table: pd.DataFrame
    notes: tuple[str, ...]
    undetermined: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        facts = tuple((label, inert(value)) for label, value in self.facts)
        object.__setattr__(self, "facts", facts)
        object.__setattr__(self, "notes", tuple(map(inert, self.notes)))

    def to_frame(self) -> pd.DataFrame:
        """The coefficient table as numbers."""
        return self.table.copy()

    def _cells(self) -> list[list[str]]:
        rows = [["", *(label for _, label in COLUMNS)]]
        numbers = self.table.to_numpy(dtype=float)
        for i, (name, values) in enumerate(zip(self.table.index, numbers, strict=True)):
            cells = ["undetermined" if i in self.undetermined else number(values[0])]
            for (key, _), value in zip(COLUMNS[1:], values[1:], strict=True):
                if np.isnan(value):
                    cells.append("-")
                else:
                    cells.append(probability(value) if key == "p_value" else number(value))
            rows.append([inert(str(name)) or repr(name), *cells])
        return rows

    def __str__(self) -> str:
        rows = self._cells()
        widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        lines = [self.title, rule]
        half = (len(self.facts) + 1) // 2
        left = max(len(label) for label, _ in self.facts[:half]) + 2
        middle = max(len(value) for _, value in self.facts[:half]) + 4
        right = max(len(label) for label, _ in self.facts[half:]) + 2
        for i in range(half):
            line = f"{self.facts[i][0]:<{left}}{self.facts[i][1]:<{middle}}"
            if half + i < len(self.facts):
                label, value = self.facts[half + i]
                line += f"{label:<{right}}{value}"
            lines.append(line.rstrip())
        lines.append(rule)
        for i, row in enumerate(rows):
            cells = [row[0].ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            lines.append("  ".join(cells))
            if i == 0:
                lines.append(rule)
        lines.append(rule)
        lines += self.notes
        return "\n".join(lines)

    def to_markdown(self) -> str:
        """A GitHub table, with names escaped."""
        rows = [[markdown(cell) for cell in row] for row in self._cells()]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        lines.insert(1, "|" + ":---|" + "---:|" * (len(rows[0]) - 1))
        return "\n".join([f"**{self.title}**", "", *lines, "", *map(markdown, self.notes)])

    def __rich__(self) -> Any:
        """For terminals that print by rich: facts, the table of coefficients, notes."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        facts = Table.grid(padding=(0, 2))
        half = (len(self.facts) + 1) // 2
        for i in range(half):
            pairs = self.facts[i::half]
            facts.add_row(*(Text(word) for pair in pairs for word in pair))
        rows = self._cells()
        table = Table(box=None, pad_edge=False, header_style="bold")
        for j, label in enumerate(rows[0]):
            table.add_column(label, justify="right" if j else "left", no_wrap=True)
        for cells in rows[1:]:
            table.add_row(*map(Text, cells))  # Text: names are no markup
        notes = (Text(note, style="dim") for note in self.notes)
        return Group(Text(self.title, style="bold"), facts, "", table, "", *notes)

    def _repr_html_(self) -> str:
        def row(cells: list[str], tag: str, *styles: str) -> str:
            last = styles[-1]
            inside = zip(cells, [*styles, *[last] * len(cells)], strict=False)
            return (
                "<tr>"
                + "".join(f'<{tag} style="{s}">{html.escape(c)}</{tag}>' for c, s in inside)
                + "</tr>"
            )

        rows = self._cells()
        facts = "".join(row([*pair], "td", LEFT, RIGHT) for pair in self.facts)
        notes = "".join(f'<p style="{NOTE}">{html.escape(note)}</p>' for note in self.notes)
        body = "".join(row(cells, "td", LEFT, RIGHT) for cells in rows[1:])
        head = row(rows[0], "th", LEFT + RULE, RIGHT + RULE)
        # MathJax would set what stands between two dollar signs as a formula
        return (
            f'<div class="tex2jax_ignore mathjax_ignore" style="{PLAIN}">'
            f"<h4>{html.escape(self.title)}</h4>"
            f'<table style="{PLAIN}">{facts}</table>'
            f'<table style="{PLAIN}"><thead>{head}</thead><tbody>{body}</tbody></table>'
            f"{notes}</div>"
        )
