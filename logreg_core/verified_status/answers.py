"""The notebook's questions, answered in sentences that are made from a `CaseStudy`."""

from __future__ import annotations

from collections.abc import Callable

from ..columns import listed
from ..errors import DataError
from . import answers_analyze, answers_construct, answers_execute, answers_usual
from .study import CaseStudy

__all__ = ["QUESTIONS", "answer"]

_ORDER = {
    answers_analyze: "first_look missing duplicates outliers balance rates transcripts "
    "correlations",
    answers_construct: "features approach split encoding fitted assumptions models",
    answers_execute: "predictions confusion report ranking coefficients sensitivity takeaways "
    "present",
    answers_usual: "usual",
}
_ANSWERS: dict[str, Callable[[CaseStudy], str]] = {
    name: getattr(stage, name) for stage, names in _ORDER.items() for name in names.split()
}
QUESTIONS = tuple(_ANSWERS)
"""What `answer` can be asked."""


def answer(study: CaseStudy, question: str) -> str:
    """Answer one of the notebook's questions, in Markdown.

    Every figure, every direction and every "is related" is taken from the study: other data give
    other sentences. A relation is only spoken of where it survives Holm's correction.

    Parameters
    ----------
    study : of any frame with the course file's columns
    question : one of ``QUESTIONS``, such as "missing" or "takeaways"

    Raises
    ------
    DataError
        For another question.

    Examples
    --------
    >>> "missing" in QUESTIONS
    True
    """
    if question not in _ANSWERS:
        raise DataError(
            f"there is no question {question!r:.60}",
            f"one of {listed(QUESTIONS)}",
            "nothing else is answered",
            "see QUESTIONS",
            question=question,
        )
    return _ANSWERS[question](study)
