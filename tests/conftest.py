"""Fixtures for the course file, which is not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def real_data_dir() -> Path:
    """Folder of the course file; tests that ask for it are skipped, saying so, without it."""
    folder = os.environ.get("LOGREG_DATA_DIR")
    if not folder:
        pytest.skip("LOGREG_DATA_DIR is not set: the course file is not checked")
    path = Path(folder)
    if not (path / "tiktok_dataset.csv").is_file():
        pytest.fail(f"LOGREG_DATA_DIR={folder} holds no tiktok_dataset.csv")
    return path


@pytest.fixture(scope="session")
def real_frame(real_data_dir: Path) -> pd.DataFrame:
    """All rows of the course file, as pandas reads them; do not change it."""
    return pd.read_csv(real_data_dir / "tiktok_dataset.csv")
