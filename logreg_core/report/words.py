"""The sentences of a report, each made from the numbers it speaks of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..summary import inert

if TYPE_CHECKING:
    from ..evaluation import AtThreshold
    from .document import Effect, Report
    from .source import Source
    from .streamed import Streamed

__all__ = [
    "caveats",
    "class_names",
    "count_words",
    "data_words",
    "findings",
    "number",
    "p_words",
    "per_1000",
    "percent",
    "quadrants",
    "threshold_words",
]

# Effects are named where the interval excludes "no effect"; more than this many tire the reader.
_MOST_EFFECTS = 4


def percent(share: float, digits: int = 1) -> str:
    """Write a share as a percentage; a dash where it is 0/0.

    >>> percent(0.93712), percent(float("nan"))
    ('93.7%', '–')
    """
    return "–" if math.isnan(share) else f"{share:.{digits}%}"


def number(value: float, digits: int = 3) -> str:
    """Write a number to some significant digits, without an exponent where that is readable.

    >>> number(5.0479), number(5.0), number(1234567.0), number(0.0000123), number(float("inf"))
    ('5.05', '5', '1,234,567', '1.23e-05', '∞')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if abs(value) >= 1e12 or 0 < abs(value) < 1e-4:
        return f"{value:.{digits}g}"
    if abs(value) >= 10 ** (digits - 1) or value == int(value):
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}"


def p_words(p: float) -> str:
    """Write a p-value into a sentence.

    >>> p_words(0.034), p_words(0.51), p_words(1e-20)
    ('p = 0.034', 'p = 0.51', 'p < 0.0001')
    """
    if math.isnan(p):
        return "not tested"
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}" if p < 0.995 else "p = 1"


def count_words(n: int, noun: str) -> str:
    """Write a number of things.

    >>> count_words(1, "column"), count_words(1200, "row")
    ('1 column', '1,200 rows')
    """
    return f"{n:,} {noun}" + "s" * (n != 1)


def per_1000(at: AtThreshold) -> tuple[int, int, int, int]:
    """The four cells of a confusion matrix, of 1,000 rows, as whole numbers that add up to it.

    True negatives, false positives, false negatives, true positives; what rounding down leaves
    goes to the largest remainders.

    >>> from logreg_core.evaluation import AtThreshold
    >>> per_1000(AtThreshold(0.5, "given", 1, 1, 1, 0))
    (334, 333, 333, 0)
    """
    cells = (at.true_negative, at.false_positive, at.false_negative, at.true_positive)
    exact = [1000 * cell / at.n_rows for cell in cells]
    whole = [math.floor(value) for value in exact]
    order = sorted(range(4), key=lambda i: whole[i] - exact[i])
    for i in order[: 1000 - sum(whole)]:
        whole[i] += 1
    return whole[0], whole[1], whole[2], whole[3]


def class_names(report: Report) -> tuple[str, str]:
    """Name the negative and the positive class as a sentence can use them.

    Text stands for itself; a bare 1 would not be understood and is named with its column.
    """
    target = report.source.design.report.target
    negative, positive = (
        level if isinstance(level, str) else f"{target} = {level}"
        for level in report.evaluation.classes
    )
    return negative, positive


def data_words(source: Source | Streamed) -> str:
    """Say what the data are, what was used of them and what was not."""
    lines = [f"data: {source.description}", str(source.design.report)]
    lines += [f"left out: {column.name!r} {column.reason}" for column in source.left_out]
    return "\n".join(lines)


def threshold_words(at: AtThreshold) -> str:
    """Name a threshold, and say where it comes from."""
    if at.is_prevalence:
        return f"{number(at.threshold)} (prevalence)"
    return f"{at.threshold:g}"


def quadrants(report: Report, at: AtThreshold) -> tuple[tuple[str, int, str], ...]:
    """Name the four cells of a confusion matrix by class: name, rows, what it means.

    In the order true negative, false positive, false negative, true positive.
    """
    negative, positive = class_names(report)
    return (
        (f"true {negative}", at.true_negative, f"is {negative} and was called so"),
        (f"false {positive}", at.false_positive, f"is {negative} but was called {positive}"),
        (f"false {negative}", at.false_negative, f"is {positive} but was called {negative}"),
        (f"true {positive}", at.true_positive, f"is {positive} and was called so"),
    )


def findings(report: Report) -> tuple[str, ...]:
    """Say what the report found, most important first."""
    return (*_judgement(report), *_effects(report))


def _judgement(report: Report) -> list[str]:
    judged = report.evaluation
    positive = class_names(report)[1]
    said = []
    for at in judged.at:
        where = "at the threshold " + threshold_words(at)
        if not at.n_flagged:
            said.append(
                f"Nobody is predicted {positive} {where}: the largest of the {judged.n_rows:,} "
                f"test probabilities is {number(judged.largest_probability)}. The accuracy of "
                f"{percent(at.accuracy)} is the share of the larger class, and recall is 0."
            )
            continue
        scale = 1000 / judged.n_rows
        comparison = _compared(at.accuracy, judged.no_information_rate)
        said.append(
            f"Of 1,000 test rows, {round(judged.n_positive * scale)} are {positive}; {where} the "
            f"model flags {round(at.n_flagged * scale)} and finds "
            f"{round(at.true_positive * scale)} of them (precision {percent(at.precision)}, "
            f"recall {percent(at.recall)}). Its accuracy of {percent(at.accuracy)} is "
            f"{comparison} the {percent(judged.no_information_rate)} that calling every row by "
            "the larger class gives."
        )
    said.append(
        f"Given one row of each class, the model ranks the {positive} one higher "
        f"{percent(judged.auc, 0)} of the time (AUC {judged.auc:.3f}; 0.5 is chance). Average "
        f"precision is {judged.average_precision:.3f}, against {judged.prevalence:.3f} by chance."
    )
    return said


def _compared(first: float, second: float) -> str:
    return "the same as" if first == second else "above" if first > second else "below"


def _effects(report: Report) -> list[str]:
    """The associations whose column survives Holm's correction, strongest evidence first."""
    positive = class_names(report)[1]
    tests = {term.name: term.p_adjusted for term in report.quality.terms}
    clear = [
        effect for effect in report.effects
        if (effect.lower > 1 or effect.upper < 1)
        and tests.get(effect.term, math.nan) < 1 - report.level
    ]  # fmt: skip
    clear.sort(key=lambda effect: effect.p_value)
    said = [_effect(effect, positive, report.level) for effect in clear[:_MOST_EFFECTS]]
    infinite = [e.name for e in report.effects if e.odds_ratio in (0.0, math.inf)]
    if infinite:
        said.append(
            f"No finite coefficient exists for {', '.join(infinite)}: the data are separated."
        )
    if len(clear) > _MOST_EFFECTS:
        said.append(f"{len(clear) - _MOST_EFFECTS} more intervals exclude no effect.")
    if not clear and not infinite:
        said.append(
            f"No column's relation is clear at {100 * report.level:g}% once as many tests as "
            "there are columns are allowed for (Holm)."
        )
    return said


def _effect(effect: Effect, positive: str, level: float) -> str:
    return (
        f"{inert(effect.label)}, {inert(effect.comparison)}: the odds of {positive} are "
        f"{number(effect.odds_ratio)} times as high ({100 * level:g}% interval "
        f"{number(effect.lower)} to {number(effect.upper)}), other columns equal."
    )


def caveats(report: Report) -> tuple[str, ...]:
    """Say what a reader must not read into the report."""
    said = []
    data = report.source.design.report
    if report.source.synthetic:
        said.append(
            "The data are the bundled synthetic sample: nothing here says anything about real "
            "videos or accounts."
        )
    if data.dropped_outcome_rate is not None and data.dropped_p_value is not None:
        said.append(
            f"{data.n_dropped:,} incomplete rows were dropped; "
            f"{percent(data.dropped_outcome_rate)} of them are {class_names(report)[1]}, against "
            f"{percent(data.outcome_rate)} of those used (Fisher's exact test, "
            f"p = {data.dropped_p_value:.2g})"
            + (", so they are no random part." if data.dropped_p_value < 0.05 else ".")
        )
    if not report.fit.converged:
        said.append(f"The fit has no maximum to show: {report.fit.status.word} (see the model).")
    said.append(
        "These are associations in the rows at hand, not effects: no row was changed to see what "
        "follows."
    )
    return tuple(said)
