"""A comparison as HTML: no script, nothing loaded from elsewhere, every name escaped."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import numpy as np

from ..summary import number
from .words import cells, digits_text, heading

if TYPE_CHECKING:
    from .comparison import Comparison

__all__ = ["body", "page"]

_STYLE = """
.crosscheck {font: 15px/1.5 system-ui, sans-serif; color: #1c2733; max-width: 75rem}
.crosscheck table {border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums}
.crosscheck th, .crosscheck td {padding: .25rem .7rem; text-align: right; white-space: nowrap}
.crosscheck thead th {border-bottom: 2px solid #8795a1; font-weight: 600}
.crosscheck tbody tr {border-bottom: 1px solid #dde3e8}
.crosscheck .text {text-align: left}
.crosscheck .good {background: #e3f4e7} .crosscheck .bad {background: #fce5e3}
.crosscheck .poor {background: #fff3d6} .crosscheck .none {color: #66727d}
.crosscheck div {overflow-x: auto} .crosscheck li {margin: .4rem 0}
@media print {.crosscheck {font-size: 11px}}
"""
_NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _safe(text: str) -> str:
    return html.escape(_NOT_IN_HTML.sub("\ufffd", text))


def _row(cells: list[tuple[str, str]], tag: str = "td") -> str:
    return "<tr>" + "".join(
        f'<{tag} class="{kind}">{_safe(text)}</{tag}>' for text, kind in cells
    ) + "</tr>"  # fmt: skip


def _main_table(found: Comparison) -> str:
    header, rows = cells(found)
    text = (0, 1, len(header) - 1)
    head = _row([(cell, "text" if j in text else "") for j, cell in enumerate(header)], "th")
    lines = []
    for verdict, row in zip(found.verdicts, rows, strict=True):
        colour = "none" if verdict.agrees is None else "good" if verdict.agrees else "bad"
        lines.append(
            _row(
                [
                    (cell, f"{'text' if j in text else ''} {colour if j in (2, text[-1]) else ''}")
                    for j, cell in enumerate(row)
                ]
            )
        )
    return f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"


def _digits_table(found: Comparison) -> str:
    """A row a coefficient: the maximum, and each answer with its digits."""
    answered = [v for v in found.verdicts if v.coef is not None]
    head = _row(
        [("coefficient", "text"), ("maximum", ""), ("std error", "")]
        + [(f"{v.peer}, {v.setting}", "") for v in answered],
        "th",
    )
    lines = []
    for j, name in enumerate(found.names):
        row = [(name, "text"), (number(found.coef[j]), ""), (number(found.std_error[j]), "")]
        for v in answered:
            assert v.coef is not None
            assert v.digits is not None
            digits = float(v.digits[j])
            colour = "none" if np.isnan(digits) else (
                "good" if digits >= found.asked else "poor" if digits >= 2.0 else "bad"
            )  # fmt: skip
            row.append((f"{number(v.coef[j])} ({digits_text(digits)})", colour))
        lines.append(_row(row))
    return f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"


def body(found: Comparison) -> str:
    """The part of a page, for notebooks."""
    sentences = "".join(f"<li>{_safe(text)}</li>" for text in found.sentences)
    return (
        f'<div class="crosscheck"><style>{_STYLE}</style><p>{_safe(heading(found))}</p>'
        f"<div>{_main_table(found)}</div><ul>{sentences}</ul>"
        f"<p>Each coefficient, and in brackets how many of its digits are right:</p>"
        f"<div>{_digits_table(found)}</div></div>"
    )


def page(found: Comparison) -> str:
    """The whole page."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Cross-check</title></head><body><h1>Cross-check</h1>{body(found)}</body></html>\n"
    )
