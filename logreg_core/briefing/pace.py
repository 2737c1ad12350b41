"""The PACE document: seventeen questions of plan, analyse, construct and execute, answered from
the fitted object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pace_early import analyze, plan
from .pace_late import construct, execute

if TYPE_CHECKING:
    from ..verified_status import CaseStudy
    from .origin import Origin

__all__ = ["Answer", "Pace", "Stage", "pace"]


@dataclass(frozen=True)
class Answer:
    """A question and its answer in paragraphs of plain text."""

    question: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """One of the four stages, with its questions."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Pace:
    """Plain text in the order of the document."""

    title: str
    kicker: str
    warning: str
    stages: tuple[Stage, ...]
    line: str

    @property
    def text(self) -> str:
        """Everything it says, a line each."""
        lines = [self.title, self.warning]
        for stage in self.stages:
            lines.append(stage.title)
            for answer in stage.answers:
                lines += [answer.question, *answer.paragraphs]
        return "\n".join([*lines, self.line])


def pace(study: CaseStudy, origin: Origin) -> Pace:
    """Answer the seventeen questions of the strategy document.

    Parameters
    ----------
    study : `verified_status.case_study` of a frame
    origin : the file it was read from
    """
    parts = (
        ("Plan", plan(study)),
        ("Analyze", analyze(study)),
        ("Construct", construct(study)),
        ("Execute", execute(study)),
    )
    stages = tuple(
        Stage(title, tuple(Answer(question, tuple(said)) for question, *said in answers))
        for title, answers in parts
    )
    return Pace(
        "PACE strategy document: verified status",
        "Decisions and reflections, stage by stage",
        origin.warning,
        stages,
        origin.line,
    )
