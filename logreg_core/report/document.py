"""From a `Source` to everything a report says: fit, split, judge. It orchestrates, and lays out
nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..changes import typical_changes
from ..errors import LogregWarning
from ..fitting import fit
from ..split import stratified_split
from .coefficients import CoefficientRow, coefficient_rows
from .description import CategoryColumn, NumberColumn, describe
from .provenance import Provenance, provenance
from .quality import Quality, quality
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
    deviation for other numbers; comparison: that in words; term: the column of the file.
    odds_ratio, lower, upper: over that change.
    """

    name: str
    comparison: str
    change: float
    odds_ratio: float
    lower: float
    upper: float
    p_value: float
    term: str = ""

    @property
    def label(self) -> str:
        """The column, and for a category its level: 'city: Rome'."""
        level = self.name.removeprefix(f"{self.term}_")
        return f"{self.term}: {level}" if self.term and level != self.name else self.name


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
    """Everything the documents say; the rows themselves are only in `Predictions`.

    fit: of all rows used, which tells how the columns relate to the outcome; judged_fit: of the
    training rows, whose predictions of the test rows `evaluation` judges.
    """

    source: Source
    categories: tuple[CategoryColumn, ...]
    numbers: tuple[NumberColumn, ...]
    n_train: int
    n_test: int
    seed: int
    level: float
    fit: LogitFit
    judged_fit: LogitFit
    effects: tuple[Effect, ...]
    coefficients: tuple[CoefficientRow, ...]
    quality: Quality
    evaluation: Evaluation
    provenance: Provenance


def make_report(
    source: Source,
    *,
    threshold: float | str = 0.5,
    test_size: float = 0.25,
    seed: int = 0,
    level: float = 0.95,
    threads: int | None = None,
    callback: Callable[[TraceRow], None] | None = None,
    stage: Callable[[str], None] | None = None,
) -> tuple[Report, Predictions]:
    """Fit all rows for the relations, the training rows for the judgement, and gather the rest.

    stage: told what begins, in a word.

    Raises
    ------
    DataError
        When the rows cannot be split or fitted.
    """
    from ..evaluation import evaluate

    design = source.design
    train, test = stratified_split(design.y, test_size, seed)
    fitted = fit(design, threads=threads, callback=callback)
    judged_fit = _judged_fit(design.take(train), fitted, threads)
    probability = judged_fit.probability(design.X[test], threads=threads)
    evaluation = evaluate(
        design.y[test],
        probability,
        threshold=threshold,
        train_prevalence=float(design.y[train].mean()),
        classes=design.encoding.classes,
    )
    if stage is not None:
        stage("testing columns and assumptions")
    categories, numbers = describe(design)
    report = Report(
        source, categories, numbers, len(train), len(test), seed, level, fitted, judged_fit,
        _effects(fitted, design, level), coefficient_rows(fitted, design, level),
        quality(fitted, design, design.y[test], probability, level=level, threads=threads),
        evaluation, provenance(source.path),
    )  # fmt: skip
    classes = design.encoding.classes
    flagged = probability >= evaluation.chosen.threshold
    predictions = Predictions(
        design.rows[test] + 1,
        tuple(classes[int(outcome)] for outcome in design.y[test]),
        probability,
        tuple(classes[int(flag)] for flag in flagged),
    )
    return report, predictions


def _judged_fit(design: Design, whole: LogitFit, threads: int | None) -> LogitFit:
    """The fit of the training rows; what the fit of all rows has warned of is not said again."""
    with warnings.catch_warnings():
        if not whole.converged or whole.aliased:
            warnings.simplefilter("ignore", LogregWarning)
        return fit(design, threads=threads)


def _effects(fitted: LogitFit, design: Design, level: float) -> tuple[Effect, ...]:
    """Odds ratios over changes of a size that occurs: per unit, a count's is always 1.000."""
    ends = fitted.conf_int(level).to_numpy()[1:]
    change, indicator = typical_changes(design.X)
    with np.errstate(over="ignore", invalid="ignore"):
        ratio, lower, upper = np.exp(change * np.vstack([fitted.coef[1:], ends.T]))
    features = [feature for feature in design.encoding.features for _ in feature.columns]
    numbers = np.column_stack([change, ratio, lower, upper, fitted.p_value[1:]]).tolist()
    rows = zip(fitted.names[1:], features, indicator.tolist(), numbers, strict=True)
    made = []
    for name, feature, flag, (size, odds, low, high, p) in rows:
        words = _comparison(feature.levels[:1], flag, size)
        made.append(Effect(name, words, size, odds, low, high, p, str(feature.name)))
    return tuple(made)


def _comparison(reference: tuple[Any, ...], indicator: bool, change: float) -> str:
    if reference:
        return f"against {reference[0]}"
    return "1 against 0" if indicator else f"{number(change)} more (one standard deviation)"
