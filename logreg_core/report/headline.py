"""The answer in three sentences: what relates to the outcome, how sure that is, what to do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..summary import inert
from .words import class_names, count_words, number, p_words, per_1000, percent

if TYPE_CHECKING:
    from .document import Effect, Report
    from .quality import Term

__all__ = ["clear_terms", "conclusions", "effect_words", "headline", "limits"]

_MOST = 3  # relations told in the headline; the rest are counted


def headline(report: Report) -> tuple[tuple[str, str], ...]:
    """(question, answer) for what relates, how sure, how good the predictions are, what to do.

    A relation is only spoken of where the likelihood-ratio test of the whole column, adjusted by
    Holm for the number of columns, is below 1 - level.
    """
    if not report.fit.converged:
        return (
            ("What relates?", f"No answer: the fit has no maximum ({report.fit.status.word}). The "
             "summary of the model below says which columns are responsible."),
        )  # fmt: skip
    return (
        ("What relates?", _relates(report)),
        ("How sure?", _sure(report)),
        ("How good is it?", _predicts(report)),
        ("What to do?", _advice(report)),
    )


def clear_terms(report: Report) -> list[Term]:
    """The columns whose test survives Holm's correction, strongest evidence first."""
    clear = [term for term in report.quality.terms if term.p_adjusted < 1 - report.level]
    return sorted(clear, key=lambda term: term.p_value)


def effect_words(effect: Effect, positive: str, level: float) -> str:
    """One coefficient whose column is clearly related: which way, by how much, and how surely.

    >>> from logreg_core.report.document import Effect
    >>> effect_words(Effect("age", "10 more (one standard deviation)", 10, 0.5, 0.4, 0.7, 1e-9),
    ...              "ill", 0.95)
    'age, 10 more (one standard deviation), lowers the odds of ill to 0.500 times (95% interval \
0.400 to 0.700)'
    """
    verb = "raises" if effect.odds_ratio > 1 else "lowers"
    return (
        f"{inert(effect.label)}, {inert(effect.comparison)}, {verb} the odds of {positive} to "
        f"{number(effect.odds_ratio)} times ({100 * level:g}% interval {number(effect.lower)} to "
        f"{number(effect.upper)})"
    )


def _relates(report: Report) -> str:
    positive, terms = class_names(report)[1], report.quality.terms
    if not terms:
        return f"Not tested: {report.quality.no_terms}."
    clear = clear_terms(report)
    if not clear:
        return (
            f"Of {count_words(len(terms), 'column')} none is clearly related to {positive}: each "
            "could be what chance alone gives."
        )
    told = []
    for term in clear[:_MOST]:
        parts = [effect for effect in report.effects if effect.term == term.name]
        parts = [part for part in parts if part.lower > 1 or part.upper < 1]
        if parts:  # of a category's levels the one that stands out most
            told.append(effect_words(min(parts, key=lambda e: e.p_value), positive, report.level))
        else:
            told.append(f"{inert(term.name)}, whose levels differ, though none clearly by itself")
    more = len(clear) - len(told)
    tail = f"; and {count_words(more, 'more column')}" if more else ""
    verb = "is" if len(clear) == 1 else "are"
    return (
        f"Of {count_words(len(terms), 'column')}, {len(clear)} {verb} clearly related to "
        f"{positive}, the others held equal: {'; '.join(told)}{tail}."
    )


def _sure(report: Report) -> str:
    terms, clear = report.quality.terms, clear_terms(report)
    if not terms:
        return "No test was possible."
    said = []
    if clear:
        tests = [f"{inert(term.name)} {p_words(term.p_adjusted)}" for term in clear[:_MOST]]
        said.append(f"Allowing for {count_words(len(terms), 'test')} (Holm): {', '.join(tests)}.")
    left = len(terms) - len(clear)
    if left:
        others = "the other " if clear else ""
        verb = "shows" if left == 1 else "show"
        said.append(
            f"{others.capitalize()}{count_words(left, 'column')} {verb} no demonstrable relation: "
            "that is not proof of none."
        )
    return " ".join(said)


def _predicts(report: Report) -> str:
    judged, at = report.evaluation, report.evaluation.at[-1]
    positive, area = class_names(report)[1], report.quality.area
    _, false, missed, found = per_1000(at)
    ends = ""
    if area is not None and not math.isnan(area.lower):
        ends = f" ({100 * report.level:g}% interval {area.lower:.2f} to {area.upper:.2f})"
    return (
        f"On rows it has not seen it ranks a {positive} row above another "
        f"{percent(judged.auc, 0)} of the time, where chance gives 50%: AUC "
        f"{judged.auc:.2f}{ends}. Flagging rows from a probability of "
        f"{number(at.threshold)} on finds {found} of the {found + missed} {positive} among "
        f"1,000, by flagging {found + false}."
    )


def _advice(report: Report) -> str:
    judged, at = report.evaluation, report.evaluation.at[-1]
    area = report.quality.area
    if area is None or math.isnan(area.lower) or area.lower <= 0.5:
        return "Do not use the predictions: they are not shown to be better than chance."
    wrong = at.false_positive / at.n_flagged if at.n_flagged else math.nan
    if at.accuracy <= judged.no_information_rate:
        return (
            f"Use it to describe, and to choose rows for a closer look: {percent(wrong, 0)} of the "
            "flagged rows are false alarms, so decide on no single row by it."
        )
    return (
        f"Use it where {percent(wrong, 0)} false alarms among the flagged rows are affordable; "
        "choose the threshold by what either error costs."
    )


def conclusions(report: Report) -> tuple[str, ...]:
    """What can be concluded from these rows."""
    positive, judged = class_names(report)[1], report.evaluation
    said = []
    clear = {term.name for term in clear_terms(report)}
    for effect in report.effects:
        excludes = effect.lower > 1 or effect.upper < 1
        if effect.term in clear and excludes:
            text = effect_words(effect, positive, report.level)
            said.append(f"Other columns equal, {text}.")
    if not clear and report.quality.terms:
        said.append(f"No column is shown to relate to {positive}.")
    if report.quality.area is not None and report.quality.area.lower > 0.5:
        said.append(
            f"The model ranks unseen rows better than chance (AUC {judged.auc:.3f}, "
            f"{report.quality.area.lower:.3f} to {report.quality.area.upper:.3f})."
        )
    better = judged.brier < judged.base_brier
    said.append(
        f"Its probabilities are {'better' if better else 'no better'} than giving every row the "
        f"share {percent(judged.train_prevalence)} (Brier score {judged.brier:.4f} against "
        f"{judged.base_brier:.4f})."
    )
    return tuple(said)


def limits(report: Report) -> tuple[str, ...]:
    """What cannot be concluded, beside what `words.caveats` says of the data."""
    positive, judged = class_names(report)[1], report.evaluation
    said = [
        f"That changing a column would change {positive}: nothing was changed to see what follows.",
        "That a column without a demonstrable relation has none: its interval tells how large one "
        "could still be.",
        "That rows are independent: it cannot be read from the columns. Several rows of one person "
        "or account would make every interval too short.",
    ]
    if judged.chosen.accuracy <= judged.no_information_rate:
        said.append(
            f"That an accuracy of {percent(judged.chosen.accuracy)} is an achievement: calling "
            f"every row by the larger class gives {percent(judged.no_information_rate)}."
        )
    return tuple(said)
