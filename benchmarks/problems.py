"""The problems of the speed benchmark: drawn from fixed seeds, or the course file.

Sizes run from what fits a cache to what does not; three problems are awkward on purpose
(correlated columns, columns of very different size, few positives).
"""

from __future__ import annotations

import csv
import hashlib
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.reference_suite import Floats

__all__ = ["GRID", "QUICK", "Problem", "Unavailable", "make", "names"]

# (rows, columns); the names follow from them.
SIZES = (
    (2_000, 10),
    (20_000, 10),
    (100_000, 20),
    (1_000_000, 20),
    (200_000, 100),
    (50_000, 300),
    (5_000_000, 8),
)
ROWS_A_DRAW = 65_536  # fixed: the numbers drawn depend on it
TIKTOK = "tiktok"


class Unavailable(Exception):
    """The data of this problem are not on this machine."""


@dataclass(frozen=True)
class Problem:
    """n rows of k columns (without the ones), and an outcome of 0.0 or 1.0."""

    name: str
    n: int
    k: int
    X: Floats  # (n, k), C-contiguous
    y: Floats  # (n,)

    @property
    def checksum(self) -> str:
        """SHA-256 of X and y: another NumPy may draw other numbers."""
        digest = hashlib.sha256(np.ascontiguousarray(self.X).data)
        digest.update(self.y.data)
        return digest.hexdigest()


def _draw(
    name: str, n: int, k: int, *, rho: float = 0.0, positives: float = 0.4, scale: Floats | None
) -> Problem:
    """Normal columns (pairwise correlation rho), slopes away from 0, a log-odds of spread 1.5.

    No slope is near zero, where a relative error would say nothing.
    """
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    slopes = rng.choice([-1.0, 1.0], k) * rng.uniform(0.5, 1.5, k)
    slopes *= 1.5 / np.sqrt((1.0 - rho) * (slopes @ slopes) + rho * slopes.sum() ** 2)
    # Log-odds of spread 1.5 flatten the curve: E sigmoid(a + 1.5 Z) is about sigmoid(0.75 a).
    intercept = np.log(positives / (1.0 - positives)) / 0.75
    X, y = np.empty((n, k)), np.empty(n)
    for first in range(0, n, ROWS_A_DRAW):
        rows = X[first : first + ROWS_A_DRAW]
        rng.standard_normal(out=rows)
        if rho:
            rows *= np.sqrt(1.0 - rho)
            rows += np.sqrt(rho) * rng.standard_normal((len(rows), 1))
        eta = intercept + rows @ slopes
        y[first : first + ROWS_A_DRAW] = rng.random(len(rows)) < 1.0 / (1.0 + np.exp(-eta))
        if scale is not None:
            rows *= scale
    return Problem(name, n, k, X, y)


def _sized(n: int, k: int) -> Callable[[str], Problem]:
    return lambda name: _draw(name, n, k, scale=None)


def _correlated(name: str) -> Problem:
    return _draw(name, 200_000, 50, rho=0.5, scale=None)


def _unscaled(name: str) -> Problem:
    return _draw(name, 100_000, 20, scale=np.tile([1e6, 1e-6], 10))


def _rare(name: str) -> Problem:
    return _draw(name, 500_000, 20, positives=0.05, scale=None)


def _tiktok(name: str) -> Problem:
    """The complete rows of the course file, its columns as they are, raw."""
    folder = os.environ.get("LOGREG_DATA_DIR")
    path = Path(folder or "") / "tiktok_dataset.csv"
    if not folder or not path.is_file():
        raise Unavailable("LOGREG_DATA_DIR names no folder with tiktok_dataset.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if all(row.values())]
    words = {
        "claim_status": ("opinion",),
        "author_ban_status": ("banned", "under review"),
    }
    counts = ("view", "share", "download", "comment")
    columns = [[float(row["video_duration_sec"]) for row in rows]]
    columns += [
        [float(row[key] == word) for row in rows] for key, said in words.items() for word in said
    ]
    columns += [[float(row[f"video_{what}_count"]) for row in rows] for what in counts]
    X = np.ascontiguousarray(np.array(columns).T)
    y = np.array([float(row["verified_status"] == "verified") for row in rows])
    return Problem(name, *X.shape, X, y)


GRID: dict[str, Callable[[str], Problem]] = {f"{n}x{k}": _sized(n, k) for n, k in SIZES} | {
    "correlated": _correlated,
    "unscaled": _unscaled,
    "rare": _rare,
    TIKTOK: _tiktok,
}
QUICK = ("2000x10", "20000x10", TIKTOK)


def names() -> list[str]:
    """Every problem, in the order of the tables."""
    return list(GRID)


def make(name: str) -> Problem:
    """Draw or read one problem.

    Raises
    ------
    Unavailable : it is the course file and that is not here.

    >>> make("2000x10").X.shape
    (2000, 10)
    """
    return GRID[name](name)
