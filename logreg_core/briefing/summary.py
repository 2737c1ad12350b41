"""The executive summary: one page, for readers who know no statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..report.words import percent
from .judgement import (
    approach_words,
    better_than_chance,
    missing_words,
    screens,
    use_words,
)
from .phrases import capital, clear_effects, joined, rate_words, rates_of
from .relations import claim_alone, claim_is_clear, others_words, relates, sure, unrelated

if TYPE_CHECKING:
    from ..verified_status import CaseStudy
    from .origin import Origin

__all__ = ["Point", "Summary", "summarise"]


@dataclass(frozen=True)
class Point:
    """A heading and what is said under it; plain text."""

    title: str
    text: str


@dataclass(frozen=True)
class Summary:
    """Plain text in the order of the page; `html`, `docx` and `pdf` lay it out.

    answers: the first ten lines: linear or logistic, what relates, how sure, what to do.
    """

    title: str
    kicker: str
    warning: str
    answers: tuple[Point, ...]
    insights: tuple[Point, ...]
    limits: tuple[str, ...]
    recommendations: tuple[str, ...]
    next_steps: tuple[str, ...]
    line: str

    @property
    def text(self) -> str:
        """Everything it says, a line each, for reading and for tests."""
        points = [f"{point.title} {point.text}" for point in (*self.answers, *self.insights)]
        rest = (*self.limits, *self.recommendations, *self.next_steps)
        return "\n".join([self.title, self.warning, *points, *rest, self.line])


def summarise(study: CaseStudy, origin: Origin) -> Summary:
    """Say in one page what leadership needs to know.

    Parameters
    ----------
    study : `verified_status.case_study` of a frame
    origin : the file it was read from
    """
    return Summary(
        title="What relates to verified status?",
        kicker="Executive summary, for review before it goes out",
        warning=origin.warning,
        answers=(
            Point("What relates to it?", relates(study)),
            Point("How sure are we?", sure(study)),
            Point("What to do?", use_words(study)),
            Point("Linear or logistic?", approach_words(study)),
        ),
        insights=_insights(study),
        limits=_limits(study),
        recommendations=_recommendations(study),
        next_steps=_next_steps(study),
        line=origin.line,
    )


def _insights(study: CaseStudy) -> tuple[Point, ...]:
    shares = rates_of(study, "claim_status")["rate"]
    rates = f"Verified are {rate_words(study, 'claim_status', ends=True)}."
    if claim_is_clear(study):
        way = "more" if shares["opinion"] > shares["claim"] else "less"
        first = Point(
            f"Opinions come from verified authors {way} often than claims",
            f"{rates} {claim_alone(study)}",
        )
    else:
        first = Point("Claim status shows no demonstrable relation", rates)
    left, clear = unrelated(study), clear_effects(study)
    others = sorted({effect.term for effect in clear} - {"claim_status"})
    if others:
        labels = [term.label for term in study.effects.terms if term.name in others]
        title = f"{capital(joined(labels))} {'relates' if len(labels) == 1 else 'relate'} to it too"
    else:
        title = f"The other {len(left)} features show nothing demonstrable"
        if len(left) == len(study.effects.terms):
            title = f"None of the {len(left)} features shows a demonstrable relation"
    second = Point(title, others_words(study))
    title = (
        "The model can screen videos; it cannot tell who is verified"
        if better_than_chance(study)
        else "The predictions are not shown to be better than chance"
    )
    return first, second, Point(title, screens(study))


def _limits(study: CaseStudy) -> tuple[str, ...]:
    said = ["Associations only: nothing shows that verifying authors would change what they post."]
    if study.data.account_column is None:
        said.append("Without an account number the independence of videos cannot be checked.")
    said.append(missing_words(study))
    return tuple(said)


def _recommendations(study: CaseStudy) -> tuple[str, ...]:
    said = ["Adopt the logistic model as a description, quoted with its intervals."]
    if claim_is_clear(study):
        said.append(
            "Feed no predicted verified status into the coming model of claim status: it would be "
            "built on what is to be predicted."
        )
    if study.held_out.half.at.recall == 0.0:
        said.append(
            f"Do not quote accuracy alone: {percent(study.held_out.half.accuracy.accuracy)} is "
            "reached by finding no verified author at all."
        )
    return tuple(said)


def _next_steps(study: CaseStudy) -> tuple[str, ...]:
    said = []
    if study.data.account_column is None:
        said.append("Obtain an account number and repeat the tests with videos grouped by author.")
    if study.data.n_incomplete:
        said.append(f"Find out why {study.data.n_incomplete:,} rows are incomplete.")
    said.append(
        "Give the claim model the recorded verified status as an input, and check it on new videos."
        if claim_is_clear(study)
        else "Repeat the tests on new videos before anything is built on them."
    )
    return tuple(said)
