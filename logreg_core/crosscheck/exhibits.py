"""Small problems with known truth, on each of which some library goes wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..csv_files import read_csv
from ..datasets import VERIFIED_STATUS
from ..datasets import path as bundled
from ..design import Design

__all__ = ["EXHIBITS", "Exhibit", "Problem"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Problem:
    """X (n, p) with the names of its columns, y (n,), and where they come from."""

    X: Floats
    y: NDArray[Any]
    names: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Exhibit:
    """A problem of the gallery.

    truth : what is right; why : what goes wrong, and why; settings : at which it shows.
    """

    name: str
    title: str
    truth: str
    why: str
    make: Callable[[], Problem]
    settings: tuple[str, ...] = ("default", "tight")
    digits: float = 6.0


def _data_folder() -> Path | None:
    """The folder of the course file and of the endometrial data, where it is named and there."""
    folder = os.environ.get("LOGREG_DATA_DIR")
    return Path(folder) if folder and Path(folder).is_dir() else None


def _noise(n: int, p: int, seed: int) -> Floats:
    return np.random.default_rng(seed).normal(size=(n, p))


def _outcomes(X: Floats, slopes: list[float], intercept: float, seed: int) -> NDArray[Any]:
    chance = np.random.default_rng(seed).random(len(X))
    positive = chance < 1.0 / (1.0 + np.exp(-intercept - X @ np.array(slopes)))
    return np.asarray(positive, dtype=np.int64)


def _names(X: Floats) -> tuple[str, ...]:
    return tuple(f"x{j + 1}" for j in range(X.shape[1]))


def _plain(X: Any, y: Any, source: str = "made for this gallery") -> Problem:
    X = np.asarray(X, dtype=np.float64)
    return Problem(X, np.asarray(y), _names(X), source)


def _tiktok() -> Problem:
    """Upsampled to equal classes, as the usual solution of the course does it."""
    folder = _data_folder()
    file = folder / "tiktok_dataset.csv" if folder else None
    real = file is not None and file.is_file()
    path = file if real and file is not None else bundled("verified_status")
    target = VERIFIED_STATUS["target"]
    frame = read_csv(path, [*VERIFIED_STATUS["features"], target])
    design = Design.from_frame(frame, **VERIFIED_STATUS, missing="drop")
    X, y = np.asarray(design.X, dtype=np.float64), np.asarray(design.y)
    rare, common = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    drawn = np.random.default_rng(0).choice(rare, len(common))
    rows = np.concatenate([common, drawn])
    source = "the course file" if real else "the bundled sample, which is synthetic"
    return Problem(X[rows], y[rows], tuple(design.names), source)


def _six_rows() -> Problem:
    X = [[0, 0], [0, 0], [0, 1], [0, 1], [1, 0], [1, 0]]
    return _plain(X, [0, 0, 0, 1, 0, 1])


def _endometrial() -> Problem:
    folder = _data_folder()
    if folder and (folder / "endometrial.csv").is_file():
        frame = read_csv(folder / "endometrial.csv")
        X = frame[["NV", "PI", "EH"]].to_numpy(dtype=np.float64)
        source = "endometrial cancer, 79 patients (Heinze and Schemper 2002)"
        return Problem(X, frame["HG"].to_numpy(), ("NV", "PI", "EH"), source)
    X = _noise(79, 3, 79)
    X[:, 0] = np.arange(79) % 6 == 0
    y = _outcomes(X, [0.0, 0.5, -1.2], -0.5, 97)
    y[X[:, 0] == 1] = 1  # every exposed row is a case
    names = ("exposed", "pulse", "thickness")
    source = "79 rows made for this gallery, in the manner of the endometrial data"
    return Problem(X, y, names, source)


def _complete() -> Problem:
    return _plain([[x, x * x % 7] for x in range(20)], [int(x > 10) for x in range(20)])


def _aliased() -> Problem:
    X = _noise(300, 2, 5)
    y = _outcomes(X, [1.0, -0.5], 0.3, 6)
    return Problem(np.column_stack([X, X.sum(axis=1)]), y, ("a", "b", "total"),
                   "made for this gallery")  # fmt: skip


def _scaled() -> Problem:
    X = _noise(400, 3, 7)
    return _plain(X * [1e6, 1.0, 1e-6], _outcomes(X, [1.0, -0.5, 0.3], 0.4, 8))


def _uncentred() -> Problem:
    X = _noise(400, 2, 9)
    y = _outcomes(X, [1.0, -0.5], 0.4, 10)
    X[:, 0] += 1e6
    return _plain(X, y)


def _divergence() -> Problem:
    X = [[26.7, -228.1], [0.4, -0.2], [50.8, 271.8], [9.5, -0.3], [-0.3, 0.4]]
    return _plain(X, [0, 1, 0, 0, 0])


def _nearly_separated() -> Problem:
    X = _noise(200, 2, 11)
    y = (X[:, 0] + 0.3 * X[:, 1] > 0).astype(int)
    close = np.argsort(np.abs(X[:, 0] + 0.3 * X[:, 1]))[:3]
    y[close] = 1 - y[close]
    return _plain(X, y)


def _hauck_donner() -> Problem:
    X = np.repeat([0.0, 1.0], 100)[:, None]
    y = np.concatenate([np.repeat([0, 1], [75, 25]), np.repeat([0, 1], [1, 99])])
    return _plain(X, y)


EXHIBITS = (
    Exhibit(
        "tiktok", "TikTok as published: upsampled, raw columns",
        "A finite, well determined maximum that Newton reaches in a few steps.",
        "View counts run to a million and other columns are 0 or 1: a method that takes the "
        "columns as they are moves along the counts and has to stop before the others have "
        "arrived. Published solutions of this case print such coefficients. Accuracy hides it.",
        _tiktok, ("untouched", "default", "tight"),
    ),
    Exhibit(
        "six-rows", "Six rows, two of them enough",
        "x1 and x2 -> +inf, intercept -> -inf; the supremum of the log-likelihood is -4 log 2.",
        "Among x1 = x2 = 0 nobody is positive, so the likelihood rises for ever as the intercept "
        "falls. Whatever finite number is printed only tells the tolerance: compare the settings.",
        _six_rows,
    ),
    Exhibit(
        "endometrial", "A column whose 1 always means a case",
        "Its coefficient is +inf, the others are finite: those of the rows where it is 0.",
        "Quasi-complete separation as it comes in practice. Standard errors of the infinite "
        "coefficient are in the hundreds or thousands, and its Wald test says p = 1 for the "
        "strongest effect there is. Firth's penalty gives finite estimates and says so.",
        _endometrial, ("untouched", "default", "tight"),
    ),
    Exhibit(
        "complete-separation", "A threshold that never errs",
        "No maximum: every row's probability tends to 0 or 1, the log-likelihood to 0.",
        "x1 > 10 tells the outcome. Libraries differ in what they call it: some raise, some warn, "
        "some return numbers as if nothing were.",
        _complete,
    ),
    Exhibit(
        "aliased", "total = a + b",
        "The predictor is determined, the three coefficients are not: only a + total and "
        "b + total are.",
        "Some libraries split the effect among the three, some give garbage of opposite signs, "
        "some drop a column. The probabilities agree; a table of coefficients means nothing.",
        _aliased,
    ),
    Exhibit(
        "scaled", "Columns of size 1e6 and 1e-6",
        "The same model as in columns of size 1: coefficients change by the inverse factor.",
        "A gradient tolerance in raw units is met at once for the small column. statsmodels' "
        "Newton adds 1e-10 to the diagonal of the Hessian, which is more than the small column's "
        "curvature.",
        _scaled,
    ),
    Exhibit(
        "uncentred", "A column around 1,000,000",
        "The same slopes as in centred columns; the intercept takes the shift.",
        "Intercept and column are nearly collinear as numbers (condition 1e12), not as data. "
        "Calendar years and timestamps do this.",
        _uncentred,
    ),
    Exhibit(
        "divergence", "Newton from zero diverges: five rows",
        "-0.055578732846457, -0.342277392695631, -0.011276948120197; log-likelihood -1.5448649.",
        "Undamped Newton or IRLS overshoots on the second step and never returns, although the "
        "maximum is finite. Halving a step that loses likelihood mends it.",
        _divergence,
    ),
    Exhibit(
        "near-separation", "Three rows from separation",
        "A finite maximum far out: coefficients in the tens.",
        "Few rows carry information, so the likelihood is flat and loose tolerances stop early, "
        "while separation tests on large coefficients cry wolf.",
        _nearly_separated,
    ),
    Exhibit(
        "hauck-donner", "The larger the effect, the smaller its z",
        "Log-odds ratio log(99 * 3) = 5.693732; likelihood ratio 142.0, Wald z^2 only 30.5.",
        "Nothing is wrong with any library here: as an effect grows its standard error grows "
        "faster (Hauck and Donner 1977), so a Wald test loses what the likelihood ratio keeps.",
        _hauck_donner,
    ),
)  # fmt: skip
