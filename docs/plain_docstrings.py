"""Docstrings of the house, read by Sphinx: their prose is plain text, not reStructuredText.

In a docstring `|eta|` is an absolute value, `x*` a maximum, `name_` a name. Sphinx would take all
three for markup. This extension, which `conf.py` names, hands autodoc the same words as
reStructuredText: sections become rubrics, their entries definitions, indented lines formulas, and
lines that start with `>>>` stay as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from itertools import groupby
from typing import Any

RULE = re.compile(r"-{3,}$")
ENTRY = re.compile(r"(?P<name>[\w*]+(, [\w*]+)*) : (?P<text>.*)$")
ENTRIES = {"Parameters", "Returns", "Yields", "Attributes", "Raises", "Warns"}
BULLET = re.compile(r"- ")
# *Stressed* words, as in Markdown, are meant; any other sign is itself.
MARKUP = re.compile(r"(?P<word>(?<![\w*)])\*[A-Za-z]([^*]*[a-z])?\*(?![\w*(]))|[\\*|`]|_(?!\w)")
LISTLIKE = re.compile(r"(\(?\w{1,4}[.)]|[*+]) ")  # "(n) rows" would begin a numbered list


def escaped(found: re.Match[str]) -> str:
    return found[0] if found["word"] else "\\" + found[0]


def prose(text: str) -> str:
    r"""A line of plain words, with what reStructuredText would read as markup escaped.

    >>> prose("log|I| of `fit`s, x* and name_ are *not* markup")
    'log\\|I\\| of ``fit``\\ s, x\\* and name\\_ are *not* markup'
    """
    parts = re.split(r"(?::\w+:)?`+([^`]+)`+", text)
    for i, part in enumerate(parts):
        parts[i] = f"``{part.strip()}``\\ " if i % 2 else MARKUP.sub(escaped, part)
    line = "".join(parts)
    line = re.sub(r"\\ (?=[\s.,;:)]|$)", "", line)
    return "\\" + line if LISTLIKE.match(line) else line


def paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """Runs of lines between blank ones.

    >>> list(paragraphs(["a", "b", "", "c"]))
    [['a', 'b'], ['c']]
    """
    for blank, run in groupby(lines, key=lambda line: not line.strip()):
        if not blank:
            yield list(run)


def kind(line: str) -> str:
    """What a line begins: "example", "formula" (indented) or "prose"."""
    if line.lstrip().startswith(">>>"):
        return "example"
    return "formula" if line.startswith(" ") else "prose"


def runs(paragraph: list[str]) -> Iterator[tuple[str, list[str]]]:
    """A paragraph cut where its kind changes; what follows `>>>` is its output."""
    current, found = kind(paragraph[0]), [paragraph[0]]
    in_bullet = BULLET.match(paragraph[0])
    for line in paragraph[1:]:
        now = kind(line)
        if now == "prose":
            in_bullet = BULLET.match(line)
        elif now == "formula" and in_bullet:
            now = "prose"
        if now != current and current != "example":
            yield current, found
            current, found = now, []
        found.append(line)
    yield current, found


def block(paragraph: list[str]) -> Iterator[str]:
    """A paragraph as reStructuredText, with a blank line after each part."""
    for name, lines in runs(paragraph):
        if name == "example":
            indent = len(lines[0]) - len(lines[0].lstrip())
            yield from (line[indent:] for line in lines)
        elif name == "formula":
            yield from ("::", "", *("    " + line for line in lines))
        else:
            indented = [len(line) - len(line.lstrip()) for line in lines]
            yield from (" " * n + prose(s.strip()) for n, s in zip(indented, lines, strict=True))
        yield ""


def entries(lines: list[str]) -> Iterator[str]:
    """`name : text`, or a name, and the indented lines under it, as definitions.

    >>> list(entries(["tol : when", "    to stop", "DataError", "    Bad input."]))
    ['', 'tol', '    when', '    to stop', '', 'DataError', '    Bad input.', '']
    """
    for paragraph in paragraphs(lines):
        if not any(ENTRY.match(line) or line.startswith(" ") for line in paragraph):
            yield from block(paragraph)
            continue
        for line in paragraph:
            if line.startswith(" "):
                yield "    " + prose(line.strip())
            elif entry := ENTRY.match(line):
                yield from ("", prose(entry["name"]), "    " + prose(entry["text"]))
            else:
                yield from ("", prose(line))
        yield ""


def sections(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """(title, lines) of each section; the part before the first has no title."""
    title, found = "", []
    for i, line in enumerate(lines):
        if i + 1 < len(lines) and line.strip() and RULE.match(lines[i + 1].strip()):
            yield title, found
            title, found = line.strip(), []
        elif not RULE.match(line.strip()):
            found.append(line)
    yield title, found


def as_rst(lines: list[str]) -> list[str]:
    """A docstring of the house as reStructuredText.

    >>> as_rst(["How far?", "", "Parameters", "----------", "x : (n,) of |eta|"])
    ['How far?', '', '.. rubric:: Parameters', '', '', 'x', '    (n,) of \\\\|eta\\\\|', '']
    """
    out: list[str] = []
    for title, body in sections(lines):
        if title:
            out += [f".. rubric:: {title}", ""]
        if title in ENTRIES:
            out += entries(body)
        else:
            out += [line for paragraph in paragraphs(body) for line in block(paragraph)]
    return out


def convert(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Sphinx's event autodoc-process-docstring: change `lines` in place."""
    lines[:] = as_rst(lines)


def hide_fields(app: Any, what: str, name: str, thing: Any, *signature: Any) -> Any:
    """Sphinx's event autodoc-process-signature: results are not made by hand, so the fields of a
    dataclass are no arguments to show; the docstring states them."""
    return ("", None) if what == "class" and is_dataclass(thing) else None


def setup(app: Any) -> dict[str, bool]:
    app.connect("autodoc-process-signature", hide_fields)
    app.connect("autodoc-process-docstring", convert)
    return {"parallel_read_safe": True}
