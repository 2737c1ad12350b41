"""Draw the pictures of the documents from the course file: python -m benchmarks.pictures

LOGREG_DATA_DIR names the folder of tiktok_dataset.csv. Pictures have 128 colours, which keeps
them small and shows no difference in lines and text.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path

import pandas as pd

import logreg_core as lc

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
DPI = 100


def check_model(frame: pd.DataFrame) -> bytes:
    """The six panels for the case study's fit, as PNG."""
    from PIL import Image

    design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    figure = lc.plots.check_model(lc.fit(design), design)
    drawn, packed = io.BytesIO(), io.BytesIO()
    # without the version of matplotlib: the same picture, the same bytes
    figure.savefig(drawn, format="png", dpi=DPI, metadata={"Software": None})
    picture = Image.open(drawn).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(packed, format="PNG", optimize=True)
    return packed.getvalue()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    out: Path = parser.parse_args(arguments).out
    folder = os.environ.get("LOGREG_DATA_DIR")
    if not folder:
        print("LOGREG_DATA_DIR is not set: it names the folder of tiktok_dataset.csv")
        return 2
    out.mkdir(parents=True, exist_ok=True)
    content = check_model(pd.read_csv(Path(folder) / "tiktok_dataset.csv"))
    (out / "check_model.png").write_bytes(content)
    print(f"{out / 'check_model.png'}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
