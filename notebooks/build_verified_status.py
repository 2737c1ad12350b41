"""Make the case study's notebook: ``LOGREG_DATA_DIR=folder python build_verified_status.py``.

The notebook kept in the repository is executed on the course file, which the variable names; its
first cell says so, and its plots go to docs/verified_status/figures. Without the variable it is
executed on the bundled sample and says that.
"""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent))
from build import HERE, executed, notebook

SOURCE = HERE / "case" / "verified_status.py"
GOAL = HERE / "verified_status.ipynb"
FIGURES = HERE.parent / "docs" / "verified_status" / "figures"


def state(folder: str | None) -> str:
    """Which data the notebook was executed on, in words."""
    if not folder:
        return (
            "**Executed on the bundled sample, which is synthetic**: no sentence below is about "
            "real, or even the course's, videos. Set `LOGREG_DATA_DIR` to the folder of "
            "`tiktok_dataset.csv` and run it again for those."
        )
    content = (Path(folder) / "tiktok_dataset.csv").read_bytes()
    n_rows = len(content.splitlines()) - 1
    return (
        f"**Executed on the course file**, `tiktok_dataset.csv` ({n_rows:,} rows, sha256 "
        f"{hashlib.sha256(content).hexdigest()[:16]}...), which is not part of the repository. "
        "Run without it (no `LOGREG_DATA_DIR`), the same cells use the bundled sample, which is "
        "synthetic, and say other things."
    )


def book(folder: str | None) -> Any:
    """The notebook, not executed, with the data it is to be executed on in its first cell."""
    text = SOURCE.read_text(encoding="utf-8").replace("@STATE@", state(folder))
    made = notebook(text)
    heads = [line for line in text.splitlines() if line.startswith("# %%")]
    order = [1, 0, *range(2, len(made.cells))]  # the title went in front of the imports
    for head, place in zip(["imports", *heads], order, strict=True):
        if "answer" in head:  # what is to be read is the answer, not the question to the study
            made.cells[place].metadata.update(
                {"tags": ["answer"], "jupyter": {"source_hidden": True}}
            )
    return made


def pictures(made: Any) -> list[bytes]:
    """The plots of an executed notebook (PNG), in their order."""
    outputs = (output for cell in made.cells for output in cell.get("outputs", ()))
    shown = (output.get("data", {}).get("image/png") for output in outputs)
    return [base64.b64decode(png) for png in shown if png]


def main() -> None:
    folder = os.environ.get("LOGREG_DATA_DIR")
    made = executed(book(folder))
    nbformat.write(made, GOAL)
    print(f"{GOAL.name}: {len(made.cells)} cells, {GOAL.stat().st_size:,} bytes")
    if folder:
        FIGURES.mkdir(parents=True, exist_ok=True)
        for number, png in enumerate(pictures(made), 1):
            (FIGURES / f"figure_{number}.png").write_bytes(png)


if __name__ == "__main__":
    main()
