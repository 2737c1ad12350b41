"""How good the predictions are, and what may be said: answers of the Execute stage."""

from __future__ import annotations

from ..evaluation import AucInterval
from .columns import words
from .effects import Effect
from .phrasing import interval, listing, p_words, percent, plural
from .study import CaseStudy

__all__ = [
    "coefficients",
    "confusion",
    "predictions",
    "present",
    "ranking",
    "report",
    "sensitivity",
    "takeaways",
]


def predictions(study: CaseStudy) -> str:
    """What the test rows are given, at the usual threshold and at one that makes sense."""
    held = study.held_out
    half = held.half.at
    called = (
        "so at the usual threshold of 0.5 **nobody is called verified**: recall 0, and an accuracy "
        f"of {percent(half.accuracy)} that is the no-information rate itself"
        if not half.n_flagged
        else f"so at the usual threshold of 0.5 {plural(int(half.n_flagged), 'row')} are called "
        "verified"
    )
    alike = (
        "On these rows that rule is the same as asking whether the video is an opinion"
        if held.claim_agreement == 1.0
        else f"On {percent(held.claim_agreement)} of these rows that rule says what asking whether "
        "the video is an opinion would say"
    )
    return (
        f"Predicted probabilities run from {held.smallest_probability:.3f} to "
        f"{held.largest_probability:.3f}, {called}. A fair threshold for a rare outcome is its "
        f"share in training, {held.train_prevalence:.4f}. {alike}. It is a rule for screening, "
        "never a verdict on one account."
    )


def confusion(study: CaseStudy) -> str:
    """The four quadrants, and the accuracy worked out by hand."""
    judged, held = study.held_out.prevalence, study.held_out
    at = judged.at
    low, high = judged.accuracy.lower, judged.accuracy.upper
    return (
        f"At the threshold {at.threshold:.4f}, of {held.n_test:,} test rows:\n\n"
        f"- upper left, **true negatives**: {at.true_negative:,} not verified and called so;\n"
        f"- upper right, **false positives**: {at.false_positive:,} not verified but flagged;\n"
        f"- lower left, **false negatives**: {at.false_negative:,} verified but missed;\n"
        f"- lower right, **true positives**: {at.true_positive:,} verified and flagged.\n\n"
        f"Accuracy by hand: ({at.true_negative:,} + {at.true_positive:,}) / {held.n_test:,} = "
        f"{at.accuracy:.4f} (95% interval {percent(low)} to {percent(high)}). Always answering "
        f"“not verified” has {percent(held.no_information_rate)}: "
        + (
            "**accuracy is the wrong measure here**. "
            if at.accuracy < held.no_information_rate
            else "the rule does better. "
        )
        + f"Of 1,000 videos the rule flags {at.flagged_per_1000:.0f} and catches "
        f"{at.found_per_1000:.0f} of the {1000 * held.base_precision:.0f} of verified accounts."
    )


def report(study: CaseStudy) -> str:
    """Precision and recall in words."""
    judged, held = study.held_out.prevalence, study.held_out
    at = judged.at
    return (
        f"Of the flagged videos {percent(at.precision)} ({_ends(judged.precision)}) are of "
        f"verified accounts: {at.lift:.1f} times the share among all "
        f"({percent(held.base_precision)}). Of the verified ones {percent(at.recall)} "
        f"({_ends(judged.recall)}) are found, and {percent(at.specificity)} "
        f"({_ends(judged.specificity)}) of the others are left alone. "
        + (
            f"Each hit is bought with {at.false_positive / at.true_positive:.1f} false alarms."
            if at.true_positive
            else "Nothing is found."
        )
    )


def ranking(study: CaseStudy) -> str:
    """Area, average precision, Brier score and calibration."""
    held = study.held_out
    crossed, calibration = held.cross_validation, held.calibration
    fair = calibration.p_value >= 1 - study.level
    return (
        f"A verified row is ranked above another {percent(held.auc.auc)} of the time (AUC "
        f"{held.auc.auc:.3f}, {interval(held.auc.lower, held.auc.upper, 3)}; 0.5 is chance); over "
        f"five folds {crossed.auc:.3f}, so this split is "
        + ("typical. " if crossed.lower <= held.auc.auc <= crossed.upper else "not typical. ")
        + f"Average precision {held.average_precision:.3f} against {held.base_precision:.3f} by "
        f"chance; Brier score {held.brier:.4f} against {held.base_brier:.4f} for giving everyone "
        "the same probability. "
        + (
            "The probabilities agree with what happened on these rows"
            if fair
            else "The probabilities do not agree with what happened on these rows"
        )
        + f" (calibration slope {calibration.slope:.2f}, {p_words(calibration.p_value)})."
    )


def coefficients(study: CaseStudy) -> str:
    """Each feature's coefficient in words; only what survives Holm is called a relation."""
    effects = study.effects
    kept = [_in_words(effect) for effect in effects.effects if effect.significant]
    rest = [
        f"{words(term.name)} ({p_words(term.p_adjusted)})"
        for term in effects.terms
        if not term.significant
    ]
    tried = len(effects.terms)
    return (
        f"{_number(tried)} columns are tested at once, so the p-values are corrected (Holm). "
        + ("What survives: " + " ".join(kept) if kept else "No column survives.")
        + (
            f" No demonstrable relation: {listing(rest)}. That is no proof that there is none; but "
            f"{tried} tests without correction find something by chance every so often."
            if rest
            else ""
        )
        + _one_by_one(study)
    )


def _one_by_one(study: CaseStudy) -> str:
    tempting = [
        words(effect.term) for effect in study.effects.effects
        if not effect.significant and not effect.lower <= 1.0 <= effect.upper
    ]  # fmt: skip
    if not tempting:
        return ""
    return (
        f" (Taken one by one, as in the picture, the intervals of {listing(tempting)} exclude an "
        "odds ratio of 1; with so many looks at the data that is not enough.)"
    )


def _in_words(effect: Effect) -> str:
    size = f"{effect.odds_ratio:.2f}"
    if effect.odds_ratio < 0.995:
        size += f" (that is, divided by {1 / effect.odds_ratio:.2f})"
    return (
        f"**{effect.label}**: the odds of a verified account are {effect.direction}, multiplied by "
        f"{size}, interval {interval(effect.lower, effect.upper)}, with the other columns held "
        "equal."
    )


def _number(n: int) -> str:
    names = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return names[n] if n < len(names) else str(n)


def sensitivity(study: CaseStudy) -> str:
    """Whether the answer depends on a choice."""
    runs = study.sensitivity.runs
    lowest = min(runs, key=lambda run: run.odds_ratio)
    highest = max(runs, key=lambda run: run.odds_ratio)
    same = all(run.lower > 1 for run in runs) or all(run.upper < 1 for run in runs)
    never = all(run.lower <= 1 <= run.upper for run in runs)
    return (
        f"With each choice made the other way, the odds ratio of opinion against claim runs from "
        f"{lowest.odds_ratio:.2f} ({lowest.title}) to {highest.odds_ratio:.2f} ({highest.title}). "
        + (
            "Every interval stays on the same side of 1: **the answer does not hang on a choice**."
            if same
            else "No interval excludes 1, whichever is made: **that nothing is demonstrable does "
            "not hang on a choice**."
            if never
            else "**Not every interval excludes 1: the answer hangs on a choice.**"
        )
    )


def takeaways(study: CaseStudy) -> str:
    """The few sentences that matter."""
    effect, alone = study.effects.claim, study.effects.claim_only.iloc[0]
    at, held = study.held_out.prevalence.at, study.held_out
    related = (
        f"Opinions come from verified accounts at {effect.direction} odds than claims: odds ratio "
        f"{effect.odds_ratio:.2f} ({interval(effect.lower, effect.upper)}); on its own "
        f"{alone['odds_ratio']:.2f} ({interval(alone['lower'], alone['upper'])})"
        if effect.significant
        else "No demonstrable relation between claim status and verified status"
    )
    others = [term for term in study.effects.significant if term.name != effect.term]
    beside = (
        f"Beside it {listing([words(term.name) for term in others])} matter"
        if others
        else "Nothing else is demonstrably related once claim status is known"
    )
    return (
        f"1. {related}.\n"
        f"2. {beside}.\n"
        f"3. The model {_strength(held.auc)} (AUC {held.auc.auc:.2f})"
        f"{' and can only screen' if held.largest_probability < 0.5 else ''}: of 1,000 videos it "
        f"flags {at.flagged_per_1000:.0f} to catch {at.found_per_1000:.0f} of "
        f"{1000 * held.base_precision:.0f}.\n"
        "4. All of it is association. Claim status is what the next phase wants to predict, so a "
        "verified score built on it would be circular."
    )


def present(study: CaseStudy) -> str:
    """What can be shown to whom, and with which words."""
    effect, rates = study.effects.claim, study.effects
    shown = (
        f"opinions are likelier than claims to come from verified accounts "
        f"({percent(rates.rate_if_opinion)} against {percent(rates.rate_if_claim)}, the other "
        "columns held equal)"
        if effect.significant and effect.coef > 0
        else f"claims are likelier than opinions to come from verified accounts "
        f"({percent(rates.rate_if_claim)} against {percent(rates.rate_if_opinion)}, the other "
        "columns held equal)"
        if effect.significant
        else "claim status and verified status are not demonstrably related"
    )
    return (
        f"To leadership: that {shown}; {_beside(study)}; the "
        "numbers per 1,000 videos; and that accuracy says nothing about a rare outcome. Not: that "
        "one causes the other, that the model can verify an account, or a coefficient that did "
        "not survive the correction. With it belongs what is unknown: whether several videos "
        "share an account, and why rows lack values."
    )


def _beside(study: CaseStudy) -> str:
    others = [t for t in study.effects.significant if t.name != study.effects.claim.term]
    if not others:
        return "that nothing else was found to matter"
    return f"that {listing([words(term.name) for term in others])} matter beside it"


def _strength(area: AucInterval) -> str:
    """In words, by the customary steps."""
    if area.lower <= 0.5:
        return "does not demonstrably rank better than chance"
    return f"ranks {'weakly' if area.auc < 0.7 else 'fairly' if area.auc < 0.8 else 'well'}"


def _ends(ends: tuple[float, float]) -> str:
    return f"{percent(ends[0])} to {percent(ends[1])}"
