"""The case study: one call from a frame to every number that the documents use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError

import pandas as pd

from ..certificate import Certificate, certify
from ..columns import absent_column, listed
from ..errors import DataError
from ..split import stratified_split
from .approach import Approach, linear_or_logistic
from .checks import Checks, check_model
from .columns import FEATURES, LABELS, MODELS, USED
from .data_report import DataReport, complete_rows, report_data
from .effects import Effects, find_effects
from .exploration import Exploration, explore
from .held_out import HeldOut, judge
from .models import Models, design_of, fit_models
from .sensitivity import Sensitivity, vary
from .usual import UsualRecipe, usual_recipe

__all__ = ["CaseStudy", "case_study"]

N_STEPS = 9 + len(MODELS)


@dataclass(frozen=True, eq=False)
class CaseStudy:
    """Everything the notebook, the report, the summary and the PACE document say in figures.

    Attributes
    ----------
    data : `DataReport`; exploration : `Exploration`; approach : `Approach`, linear or logistic.
    models : `Models`, five fits of the complete rows; ``models.seven.fit`` is the model.
    effects : `Effects`, inference with Holm; checks : `Checks`, assumptions.
    held_out : `HeldOut`, the test rows' verdict at three thresholds.
    sensitivity : `Sensitivity`; usual : `UsualRecipe`.
    certificate : of the seven-feature fit: right digits of its coefficients.
    seed, test_size, level : of the split, and of intervals.
    versions : package -> version.
    """

    data: DataReport
    exploration: Exploration
    approach: Approach
    models: Models
    effects: Effects
    checks: Checks
    held_out: HeldOut
    sensitivity: Sensitivity
    usual: UsualRecipe
    certificate: Certificate
    seed: int
    test_size: float
    level: float
    versions: Mapping[str, str]


def case_study(
    frame: pd.DataFrame,
    *,
    seed: int = 0,
    test_size: float = 0.25,
    level: float = 0.95,
    callback: Callable[[int, int, str], None] | None = None,
) -> CaseStudy:
    """What relates to verified status? From a frame to every number that the documents use.

    Parameters
    ----------
    frame : DataFrame with the columns of the course file; it is not changed. Models rest on the
        rows that have a value in all of them.
    seed, test_size : of the stratified split into training and test rows
    level : of intervals; tests are held against 1 - level
    callback : called with (step, steps in all, what is done next) before each

    Returns
    -------
    CaseStudy

    Raises
    ------
    DataError
        A column is absent, no row is complete, the labels are others than the course file's.

    Notes
    -----
    Most of the time is scikit-learn's, on its way to where it stops. The compiled kernels are
    cached: the first call on a machine takes longer.

    Examples
    --------
    >>> import logreg_core as lc
    >>> study = lc.verified_status.case_study(lc.datasets.verified_status().iloc[::8])
    >>> study.effects.claim.direction, [term.label for term in study.effects.significant]
    ('higher', ['claim status'])
    >>> study.held_out.half.at.n_flagged  # nobody is called verified at one half
    0
    """
    _check(frame)
    say = _Steps(callback)
    say("the data")
    data, rows = report_data(frame), complete_rows(frame)
    complete = frame.iloc[rows]
    say("exploration")
    exploration = explore(complete, level)
    design = design_of(complete, FEATURES)
    split = stratified_split(design.y, test_size, seed)
    models = fit_models(complete, split, level, say)
    model = models.seven.fit
    say("linear or logistic")
    approach = linear_or_logistic(design, model)
    say("tests and intervals")
    effects = find_effects(design, model, models.claim_only.fit, level)
    say("assumptions")
    wide = design_of(complete, models.with_likes.features)
    checks = check_model(design, model, wide, models.with_likes.fit, rows)
    say("the test rows")
    held_out = judge(design, split, rows, seed, level)
    say("other choices")
    sensitivity = vary(
        frame, rows, design, model, models.log1p.fit, models.claim_only.fit, level
    )  # fmt: skip
    say("the usual recipe")
    usual = usual_recipe(complete, data.prevalence)
    say("certificate")
    return CaseStudy(
        data=data, exploration=exploration, approach=approach, models=models, effects=effects,
        checks=checks, held_out=held_out, sensitivity=sensitivity, usual=usual,
        certificate=certify(model, design), seed=seed, test_size=test_size, level=level,
        versions=_versions(usual.scikit_learn),
    )  # fmt: skip


class _Steps:
    """Counts the steps as they are announced."""

    def __init__(self, callback: Callable[[int, int, str], None] | None) -> None:
        self.callback, self.done = callback, 0

    def __call__(self, title: str) -> None:
        if self.callback is not None:
            self.callback(self.done, N_STEPS, title)
        self.done += 1


def _check(frame: pd.DataFrame) -> None:
    for name in USED:
        if name not in frame.columns:
            raise absent_column(name, list(frame.columns), "the data frame")
    rows = complete_rows(frame)
    for name, levels in LABELS.items():
        found = set(frame[name].iloc[rows])
        if found != set(levels):
            raise DataError(
                f"column {name!r} holds {listed(sorted(map(str, found)))} in the complete rows",
                f"each of {listed(levels)}, and nothing else",
                "this is not the case study's table, and its sentences would be wrong",
                "use logreg_core.fit, or the command `logreg report --target`, for other tables",
                column=name,
            )


def _versions(scikit_learn: str) -> dict[str, str]:
    from importlib.metadata import version

    names = ("logreg-core", "numpy", "scipy", "pandas", "numba")
    found = {}
    for name in names:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return {**found, "scikit-learn": scikit_learn}
