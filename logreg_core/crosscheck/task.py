"""The problem as the other libraries get it: plain arrays in a folder, no pickle."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Task", "load", "save", "standardised", "unstandardised"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """Maximise sum w [y eta - log(1 + exp(eta))] - l2/2 sum coef^2, the intercept left free.

    X (n, p), y (n,) of 0 and 1, weight and offset (n,) or None.
    """

    X: Floats
    y: Floats
    weight: Floats | None = None
    offset: Floats | None = None
    intercept: bool = True
    l2: float = 0.0

    @property
    def total(self) -> float:
        """The sum of the weights: the rows, where there are none."""
        return float(len(self.y) if self.weight is None else self.weight.sum())


_ARRAYS = ("X", "y", "weight", "offset")


def save(task: Task, folder: Path) -> None:
    """Write a task to a folder, for `load` in another process."""
    for name in _ARRAYS:
        array = getattr(task, name)
        if array is not None:
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
    rest = {"intercept": task.intercept, "l2": task.l2}
    (folder / "task.json").write_text(json.dumps(rest), encoding="utf-8")


def load(folder: Path) -> Task:
    """Read what `save` wrote.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> save(Task(np.zeros((2, 1)), np.array([0.0, 1.0]), l2=2.0), folder)
    >>> load(folder).l2, load(folder).weight
    (2.0, None)
    """
    X, y, weight, offset = (
        np.load(file, allow_pickle=False) if file.is_file() else None
        for file in (folder / f"{name}.npy" for name in _ARRAYS)
    )
    assert X is not None
    assert y is not None
    rest = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    return Task(X, y, weight, offset, **rest)


def _center_and_scale(task: Task) -> tuple[Floats, Floats]:
    center = task.X.mean(axis=0) if task.intercept else np.zeros(task.X.shape[1])
    scale = np.sqrt(np.mean((task.X - center) ** 2, axis=0))
    return center, np.where(scale > 0.0, scale, 1.0)


def standardised(task: Task) -> Task:
    """The same problem in columns of mean 0 and variance 1: for the experiment on scale."""
    center, scale = _center_and_scale(task)
    return replace(task, X=(task.X - center) / scale)


def unstandardised(task: Task, coef: Floats) -> Floats:
    """Coefficients for a task's own columns from those of `standardised`.

    >>> task = Task(np.array([[1.0], [3.0]]), np.array([0.0, 1.0]))
    >>> unstandardised(task, np.array([0.5, 2.0]))
    array([-3.5,  2. ])
    """
    center, scale = _center_and_scale(task)
    if not task.intercept:
        return coef / scale
    slopes = coef[1:] / scale
    return np.concatenate([[coef[0] - slopes @ center], slopes])
