"""What relates to verified status, in sentences: every branch that the data can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..report.words import number, p_words, percent
from .phrases import (
    capital,
    clear_effects,
    effect_sentence,
    interval,
    joined,
    no_relation,
    odds_words,
    rarely,
    rate_words,
    rates_of,
    term_words,
)

if TYPE_CHECKING:
    from ..verified_status import CaseStudy, Term

__all__ = [
    "claim_alone",
    "claim_is_clear",
    "others_words",
    "re_runs",
    "relates",
    "sure",
    "unrelated",
]


def claim_is_clear(study: CaseStudy) -> bool:
    """Whether claim status may be called related."""
    return any(effect.term == "claim_status" for effect in clear_effects(study))


def unrelated(study: CaseStudy) -> tuple[Term, ...]:
    """The columns whose test does not survive Holm's correction."""
    return tuple(term for term in study.effects.terms if not term.significant)


def relates(study: CaseStudy) -> str:
    """The answer to "what relates to it?" in at most three sentences."""
    clear, level = clear_effects(study), study.effects.level
    said = []
    if claim_is_clear(study):
        claim = study.effects.claim
        said.append(
            "Whether the video states a claim or an opinion. "
            f"{capital(claim.label)} {odds_words(claim, level)}, other features equal: "
            f"{percent(study.effects.rate_if_opinion)} against "
            f"{percent(study.effects.rate_if_claim)} verified."
        )
    others = [effect for effect in clear if effect.term != "claim_status"]
    also = "Also: " if said else ""
    for effect in others[:2]:
        said.append(f"{also}{effect_sentence(effect, level)}")
        also = ""
    if len(others) > 2:
        said.append(f"{len(others) - 2} more are listed in the report.")
    told = {effect.term for effect in clear}
    vague = [term_words(term) for term in study.effects.significant if term.name not in told]
    if vague:
        said.append(f"{also}{joined(vague)}: levels differ, though none clearly by itself.")
    if not clear and not vague:
        n = len(study.effects.terms)
        return f"Nothing that can be shown: none of the {n} features has a demonstrable relation."
    left = unrelated(study)
    if left:
        n_all = len(study.effects.terms)
        said.append(
            f"Of the {n_all} features, the other {len(left)} add{'s' * (len(left) == 1)} "
            "nothing demonstrable."
        )
    return " ".join(said)


def sure(study: CaseStudy) -> str:
    """How sure that is, for readers who know no statistics."""
    clear = clear_effects(study)
    least = min(study.effects.terms, key=lambda term: term.p_value)
    if not least.significant:
        return (
            f"The strongest hint ({term_words(least)}) is what chance alone shows "
            f"{rarely(least.p_adjusted)}, allowing for {len(study.effects.terms)} tests: too often "
            "to be called a relation."
        )
    label, p = (clear[0].label, clear[0].p_adjusted) if clear else (least.label, least.p_adjusted)
    text = (
        f"If there were no relation, chance would show one as strong as that of {label} "
        f"{rarely(p)}, allowing for {len(study.effects.terms)} tests. "
    )
    if clear and clear[0].term == "claim_status":
        text += re_runs(study) + " "
    if study.data.account_column is None:
        text += (
            "One thing cannot be checked: the file has no account number, and several videos of "
            "one author would make the intervals too narrow."
        )
    return text.strip()


def re_runs(study: CaseStudy) -> str:
    """How the odds ratio of opinion moves when choices are made the other way."""
    runs = study.sensitivity.runs[1:]
    ratios = [run.odds_ratio for run in runs]
    sides = {run.lower > 1 for run in runs} | {not run.upper < 1 for run in runs}
    same = len(sides) == 1
    verdict = "the relation stays" if same else "the relation does not stay clear in all of them"
    return (
        f"In {len(runs)} re-runs with one choice made the other way {verdict}: odds "
        f"{number(min(ratios))} to {number(max(ratios))} times."
    )


def others_words(study: CaseStudy) -> str:
    """The columns that add nothing demonstrable, and what that does not mean."""
    left = unrelated(study)
    if not left:
        return "Every feature has a demonstrable relation; the report lists them."
    least = min(left, key=lambda term: term.p_adjusted)
    text = (
        f"{capital(no_relation(left))} once the others are held equal: the strongest, "
        f"{term_words(least)}, has {p_words(least.p_adjusted)} after Holm’s correction. That is no "
        "proof of none."
    )
    ban = next((term for term in left if term.name == "author_ban_status"), None)
    if ban is not None and claim_is_clear(study) and _differs(study, ban.name):
        text += (
            f" Taken alone, ban status seems to matter (verified: {rate_words(study, ban.name)}); "
            "among videos alike in everything else no difference is demonstrable "
            f"({p_words(ban.p_value)})."
        )
    return text


def _differs(study: CaseStudy, column: str) -> bool:
    """Whether the shares of verified rows differ by more than their intervals, taken alone."""
    rates = rates_of(study, column)
    return bool(rates["lower"].max() > rates["upper"].min())


def claim_alone(study: CaseStudy) -> str:
    """The model of claim status alone beside that of seven features."""
    alone, seven = study.models.claim_only.fit, study.models.seven.fit
    row = study.effects.claim_only.iloc[0]
    verdict = "no worse than" if alone.aic <= seven.aic else "worse than"
    return (
        f"Claim status alone gives an odds ratio of {number(row['odds_ratio'])} "
        f"({interval(row['lower'], row['upper'], study.effects.level)}) and a model {verdict} that "
        f"of all seven features (AIC {alone.aic:,.1f} against {seven.aic:,.1f})."
    )
