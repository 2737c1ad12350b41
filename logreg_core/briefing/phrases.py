"""Figures in words: the pieces that several sentences share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from ..report.words import number, per_1000, percent
from ..verified_status import words

if TYPE_CHECKING:
    import pandas as pd

    from ..verified_status import CaseStudy, Effect, Term

__all__ = [
    "Per1000", "capital", "clear_effects", "effect_sentence", "interval", "joined", "no_relation",
    "odds_words", "of_1000", "rarely", "rate_words", "rates_of", "term_words", "usual_answer",
]  # fmt: skip

Per1000 = tuple[int, int, int, int]


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def joined(parts: Sequence[str], last: str = "and") -> str:
    """List things in a sentence.

    >>> joined(["views", "shares", "comments"]), joined(["views"]), joined([])
    ('views, shares and comments', 'views', '')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def interval(lower: float, upper: float, level: float) -> str:
    """An interval in brackets' stead.

    >>> interval(3.81, 6.69, 0.95)
    '95% interval 3.81 to 6.69'
    """
    return f"{100 * level:g}% interval {number(lower)} to {number(upper)}"


def rarely(p: float) -> str:
    """How often chance alone gives as much, for readers who know no p-value.

    >>> rarely(1e-20), rarely(0.0123), rarely(0.4)
    ('less than once in 10,000 times', 'about once in 81 times', 'about 4 times in 10')
    """
    if p < 1e-4:
        return "less than once in 10,000 times"
    if p < 0.1:
        return f"about once in {round(1 / p):,} times"
    return "almost always" if p > 0.95 else f"about {round(10 * p)} times in 10"


def clear_effects(study: CaseStudy) -> list[Effect]:
    """Effects that may be called so: the column survives Holm's correction, and the level's own
    interval excludes 1. Smallest p-value first."""
    clear = [e for e in study.effects.effects if e.significant and (e.lower > 1 or e.upper < 1)]
    return sorted(clear, key=lambda effect: effect.p_value)


def odds_words(effect: Effect, level: float) -> str:
    """Which way and how far, for an effect that is clear."""
    verb = "raises" if effect.odds_ratio > 1 else "lowers"
    return (
        f"{verb} the odds of a verified author to {number(effect.odds_ratio)} times "
        f"({interval(effect.lower, effect.upper, level)})"
    )


def effect_sentence(effect: Effect, level: float) -> str:
    """One effect, spoken of as a relation only where it is clear.

    >>> from logreg_core.verified_status import Effect
    >>> from dataclasses import replace
    >>> e = Effect("claim_status_opinion", "claim_status", "opinion (against claim)", 1, 1.6, .14,
    ...            5.05, 3.81, 6.69, 1e-29, 1e-28, True)
    >>> effect_sentence(e, 0.95)
    'Opinion (against claim) raises the odds of a verified author to 5.05 times (95% interval \
3.81 to 6.69).'
    >>> effect_sentence(replace(e, odds_ratio=0.2, lower=0.15, upper=0.26), 0.95)[24:45]
    'lowers the odds of a '
    >>> effect_sentence(replace(e, significant=False), 0.95)[:49]
    'Opinion (against claim): no demonstrable relation'
    """
    if effect.significant and (effect.lower > 1 or effect.upper < 1):
        return f"{capital(effect.label)} {odds_words(effect, level)}."
    return (
        f"{capital(effect.label)}: no demonstrable relation to verified status once the number of "
        f"tests is allowed for (odds {number(effect.odds_ratio)} times, "
        f"{interval(effect.lower, effect.upper, level)} taken alone)."
    )


def term_words(term: Term) -> str:
    """A column in words, without its unit."""
    return term.label.removesuffix(" (seconds)")


def usual_answer(study: CaseStudy) -> str:
    """The more frequent answer, which needs no model."""
    negative, positive = study.data.classes
    return str(positive if study.data.prevalence > 0.5 else negative)


def no_relation(terms: Sequence[Term]) -> str:
    """Name the columns without a demonstrable relation.

    >>> from logreg_core.verified_status import Term
    >>> no_relation([Term("video_view_count", "views", 1, 0.1, 0.7, 1.0, False)])
    'views shows no demonstrable relation'
    """
    names = [term_words(term) for term in terms]
    return f"{joined(names)} {'shows' if len(names) == 1 else 'show'} no demonstrable relation"


def rates_of(study: CaseStudy, column: str) -> pd.DataFrame:
    """A row a level of a category: rows, verified, rate, lower, upper."""
    rates: Any = study.exploration.rates.loc[column]
    return cast("pd.DataFrame", rates)


def rate_words(study: CaseStudy, column: str, ends: bool = False) -> str:
    """Share of verified rows in each level of a category, as counted."""
    told = []
    for level, row in rates_of(study, column).sort_values("rate", ascending=False).iterrows():
        span = f" ({percent(row['lower'])} to {percent(row['upper'])})" if ends else ""
        told.append(f"{percent(row['rate'])}{span} of {_plural(str(level), column)}")
    return joined(told)


def _plural(level: str, column: str) -> str:
    if level in ("claim", "opinion"):
        return f"{level}s"
    if words(column).endswith("ban status"):
        return f"authors {level}" if level.startswith("under ") else f"{level} authors"
    return level


def of_1000(study: CaseStudy) -> Per1000:
    """Of 1,000 test videos at the prevalence threshold: left alone, false alarms, missed, found."""
    return per_1000(study.held_out.prevalence.at)
