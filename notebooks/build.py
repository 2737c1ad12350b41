"""Make the lessons from their sources: ``python notebooks/build.py`` executes and writes them all.

A source in ``sources/`` is Python with cells: ``# %% [markdown]`` (its comment lines are the text),
``# %%`` (code) and ``# %% solution`` (code, folded away). A cell of imports is put in front. The
notebooks are kept executed in the repository, so that they can be read without being run.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
SETUP = "%matplotlib inline\nimport numpy as np\n\nimport logreg_core as lc"
SECONDS = 120  # for one cell


def notebook(source: str) -> Any:
    """A notebook, not executed, from the text of a source."""
    cells = [nbformat.v4.new_code_cell(SETUP)]
    for head, body in re.findall(r"^# %%(.*)\n((?:(?!# %%).*\n?)*)", source, flags=re.M):
        text = body.strip("\n")
        if "markdown" in head:
            lines = [line.removeprefix("#").removeprefix(" ") for line in text.split("\n")]
            cells.append(nbformat.v4.new_markdown_cell("\n".join(lines).strip()))
        else:
            cells.append(nbformat.v4.new_code_cell(text))
            if "solution" in head:
                hidden = {"tags": ["solution"], "jupyter": {"source_hidden": True}}
                cells[-1].metadata.update(hidden)
    cells[0], cells[1] = cells[1], cells[0]  # the title first
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:02d}"  # the same file for the same source
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def executed(book: Any) -> Any:
    """The notebook with its outputs."""
    client = NotebookClient(book, timeout=SECONDS, kernel_name="python3", record_timing=False)
    client.execute(cwd=str(HERE))
    return book


def main(names: list[str]) -> None:
    for path in sorted(SOURCES.glob("*.py")):
        if names and not any(path.stem.startswith(name) for name in names):
            continue
        book = executed(notebook(path.read_text(encoding="utf-8")))
        goal = HERE / f"{path.stem}.ipynb"
        nbformat.write(book, goal)
        print(f"{goal.name}: {len(book.cells)} cells, {goal.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
