"""Is an answer right? If not, a hint, and the slip it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..columns import listed
from ..errors import DataError
from .exercises import EXERCISES, Exercise

__all__ = ["Verdict", "check"]


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and what to say about it; a notebook shows the words."""

    right: bool
    words: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.words


def check(name: str, answer: Any) -> Verdict:
    """Check the answer to an exercise of the lessons.

    Parameters
    ----------
    name : the lesson and the exercise, as "03-2".
    answer : a number, several, a word or True or False, as the exercise asks; three right digits
        are enough.

    Returns
    -------
    Verdict : true if the answer is right; its words say so, or give a hint.

    Raises
    ------
    DataError
        When there is no such exercise.

    Examples
    --------
    >>> check("01-1", 0.8808)
    Right. sigmoid(2) = 1 / (1 + exp(-2)) = 0.8808.
    >>> check("01-1", 7.389)
    Not yet. These are the odds, exp(2): turn them into a probability, odds / (1 + odds).
    """
    if name not in EXERCISES:
        raise DataError(
            f"there is no exercise {name!r}",
            f"one of {listed(EXERCISES)}",
            "nothing can be checked",
            "take the name from the lesson",
            name=name,
        )
    exercise = EXERCISES[name]
    if _same(answer, exercise.solution(), exercise.tolerance):
        return Verdict(True, f"Right. {exercise.why}")
    for wrong, words in exercise.slips:
        if _same(answer, wrong(), exercise.tolerance):
            return Verdict(False, f"Not yet. {words}")
    return Verdict(False, f"Not yet. {_hint(exercise, answer)}")


def _hint(exercise: Exercise, answer: Any) -> str:
    if answer is None or answer is Ellipsis:
        return f"Give an answer first. {exercise.hint}"
    goal = exercise.solution()
    if not isinstance(goal, str) and isinstance(answer, str):
        return f"A number is asked for, not text. {exercise.hint}"
    if np.shape(answer) != np.shape(goal):
        return f"{max(1, np.size(goal))} number(s) are asked for. {exercise.hint}"
    return exercise.hint


def _same(answer: Any, goal: Any, tolerance: float) -> bool:
    if isinstance(goal, str):
        return isinstance(answer, str) and answer.strip().lower() == goal
    if isinstance(goal, bool):
        return isinstance(answer, bool | np.bool_) and bool(answer) == goal
    if isinstance(answer, bool | np.bool_ | str | None) or answer is Ellipsis:
        return False
    try:
        given = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    wanted = np.asarray(goal, dtype=np.float64)
    if given.shape != wanted.shape:
        return False
    size = np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
    return bool(np.isclose(given, wanted, rtol=tolerance, atol=tolerance * size).all())
