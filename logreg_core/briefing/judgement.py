"""How good the predictions are, and what follows from that, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..report.words import p_words, percent
from .phrases import capital, clear_effects, of_1000, usual_answer
from .relations import claim_is_clear

if TYPE_CHECKING:
    from ..verified_status import CaseStudy

__all__ = ["approach_words", "better_than_chance", "false_alarms", "missing_words", "screens",
           "use_words"]  # fmt: skip


def approach_words(study: CaseStudy) -> str:
    """Linear or logistic, with what the straight line does on these rows."""
    line = study.approach
    outside = line.n_below_0 + line.n_above_1
    if outside:
        found = (
            f"A straight line gives {outside:,} of {line.n_rows:,} videos "
            f"({percent(line.share_outside)}) a “probability” below 0 or above 1"
        )
    else:
        found = (
            "A straight line happens to stay between 0 and 1 on these rows, and nothing keeps it "
            "there on others"
        )
    spread = ""
    if line.p_value < 0.05:
        spread = (
            f"; its errors are not equally large everywhere ({p_words(line.p_value)}: a variance "
            f"{line.variance_ratio:.1f} times as high at the top as at the bottom), so its "
            "usual intervals are wrong"
        )
    return (
        f"Logistic: the outcome is yes or no. {found}{spread}. The logistic probabilities run from "
        f"{percent(line.logistic_smallest)} to {percent(line.logistic_largest)}."
    )


def better_than_chance(study: CaseStudy) -> bool:
    """Whether the area's interval lies above one half."""
    return study.held_out.auc.lower > 0.5


def false_alarms(study: CaseStudy) -> float:
    """Share of false alarms among the flagged test videos."""
    return 1.0 - study.held_out.prevalence.at.precision


def use_words(study: CaseStudy) -> str:
    """What to do with the model, in one or two sentences for leadership."""
    if not better_than_chance(study):
        return (
            "Do not use the predictions: on unseen videos they are not shown to rank better than "
            "chance."
        )
    _, false, missed, found = of_1000(study)
    use = "the relation to understand, and the score" if clear_effects(study) else "the score"
    return (
        f"Use {use} at most to choose videos for a closer look; decide about no account by it. "
        "Of 1,000 unseen videos the screening rule flags "
        f"{found + false} and finds {found} of the {found + missed} by verified authors: "
        f"{percent(false_alarms(study), 0)} of its flags are false alarms."
    )


def screens(study: CaseStudy) -> str:
    """The quality on unseen videos, with intervals, and accuracy beside the no-information rate."""
    held, rule, half = study.held_out, study.held_out.prevalence, study.held_out.half
    area, level = held.auc, study.level
    if half.at.n_flagged:
        at_half = f"{half.at.n_flagged:,} of {held.n_test:,} videos are"
    else:
        at_half = f"nobody (the largest is {percent(held.largest_probability)}) is"
    return (
        "Of one verified and one other unseen video it ranks the verified one higher "
        f"{percent(area.auc, 0)} of the time ({100 * level:g}% interval "
        f"{percent(area.lower, 0)} to {percent(area.upper, 0)}; chance is 50%). "
        f"From a probability of one half on {at_half} "
        f"called verified: an accuracy of {percent(half.accuracy.accuracy)}, where always "
        f"answering “{usual_answer(study)}” has {percent(half.accuracy.no_information_rate)}. From "
        f"{percent(rule.at.threshold)} on it finds {percent(rule.at.recall)} "
        f"({_ends(rule.recall)}) of the verified, and {percent(rule.at.precision)} "
        f"({_ends(rule.precision)}) of those flagged are; accuracy is then "
        f"{percent(rule.accuracy.accuracy)}."
    )


def _ends(ends: tuple[float, float]) -> str:
    return f"{percent(ends[0])} to {percent(ends[1])}"


def missing_words(study: CaseStudy) -> str:
    """What the incomplete rows are like, and whether they could turn the answer."""
    data, gaps = study.data, study.sensitivity.missing
    if not data.n_incomplete:
        return "Every row is complete."
    found = f"{data.n_incomplete:,} incomplete rows are left out"
    if math.isnan(data.missing_p_value) or math.isnan(gaps.least):
        return f"{found}."
    kind = "not at random" if data.missing_p_value < 0.05 else "not demonstrably unlike the rest"
    stands = (
        "even filled in at their worst they leave claim status related"
        if gaps.answer_stands
        else "filled in at their worst they could undo the relation of claim status"
    )
    worst = f" {capital(stands)}." if claim_is_clear(study) else ""
    return (
        f"{found}; {percent(data.incomplete_rate)} of them are verified, against "
        f"{percent(data.prevalence)} of the others ({p_words(data.missing_p_value)}): {kind}."
        f"{worst}"
    )
