"""From a `Source` to everything a report says: split, fit, judge. It orchestrates, and lays out
nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..changes import typical_changes
from ..fitting import fit
from ..split import stratified_split
from .description import CategoryColumn, NumberColumn, describe
from .words import number

if TYPE_CHECKING:
    from ..ascent import TraceRow
    from ..design import Design
    from ..evaluation import Evaluation
    from ..result import LogitFit
    from .source import Source

__all__ = ["Effect", "Predictions", "Report", "make_report"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Effect:
    """A coefficient over a change that a reader can picture.

    change: column units: 1 for a level against its reference and for 0/1 columns, one standard
    deviation of the training rows for other numbers; comparison: that in words. odds_ratio,
    lower, upper: over that change.
    """

    name: str
    comparison: str
    change: float
    odds_ratio: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True, eq=False)
class Predictions:
    """The test rows: row number in the file (from 1, the header not counted), class, probability,
    predicted class."""

    row: Rows
    actual: tuple[Any, ...]
    probability: Floats
    predicted: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Report:
    """Everything the documents say; the rows themselves are only in `Predictions`."""

    source: Source
    categories: tuple[CategoryColumn, ...]
    numbers: tuple[NumberColumn, ...]
    n_train: int
    n_test: int
    seed: int
    level: float
    fit: LogitFit
    effects: tuple[Effect, ...]
    evaluation: Evaluation


def make_report(
    source: Source,
    *,
    threshold: float | str = 0.5,
    test_size: float = 0.25,
    seed: int = 0,
    level: float = 0.95,
    threads: int | None = None,
    callback: Callable[[TraceRow], None] | None = None,
) -> tuple[Report, Predictions]:
    """Fit the training rows, judge on the test rows, and gather what the documents say.

    Raises
    ------
    DataError
        When the rows cannot be split or fitted.
    """
    from ..evaluation import evaluate

    design = source.design
    train, test = stratified_split(design.y, test_size, seed)
    fitted = fit(design.take(train), threads=threads, callback=callback)
    probability = fitted.probability(design.X[test], threads=threads)
    evaluation = evaluate(
        design.y[test],
        probability,
        threshold=threshold,
        train_prevalence=float(design.y[train].mean()),
        classes=design.encoding.classes,
    )
    categories, numbers = describe(design)
    effects = _effects(fitted, design, train, level)
    report = Report(
        source, categories, numbers, len(train), len(test), seed, level, fitted, effects, evaluation
    )
    classes = design.encoding.classes
    flagged = probability >= evaluation.chosen.threshold
    predictions = Predictions(
        design.rows[test] + 1,
        tuple(classes[int(outcome)] for outcome in design.y[test]),
        probability,
        tuple(classes[int(flag)] for flag in flagged),
    )
    return report, predictions


def _effects(fitted: LogitFit, design: Design, train: Rows, level: float) -> tuple[Effect, ...]:
    """Odds ratios over changes of a size that occurs: per unit, a count's is always 1.000."""
    ends = fitted.conf_int(level).to_numpy()[1:]
    change, indicator = typical_changes(design.X[train])
    with np.errstate(over="ignore", invalid="ignore"):
        ratio, lower, upper = np.exp(change * np.vstack([fitted.coef[1:], ends.T]))
    references = [f.levels[:1] for f in design.encoding.features for _ in f.columns]
    rows = zip(references, indicator, change, ratio, lower, upper, fitted.p_value[1:], strict=True)
    return tuple(
        Effect(name, _comparison(reference, flag, size), float(size), *map(float, rest))
        for name, (reference, flag, size, *rest) in zip(fitted.names[1:], rows, strict=True)
    )


def _comparison(reference: tuple[Any, ...], indicator: bool, change: float) -> str:
    if reference:
        return f"against {reference[0]}"
    return "1 against 0" if indicator else f"{number(change)} more (one standard deviation)"
