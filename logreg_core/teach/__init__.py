"""Exercises with answers that can be checked, and the pictures of the lessons in ``notebooks/``.

lc.teach.check("02-1", answer)          # right, or a hint
"""

from . import pictures
from .check import Verdict, check
from .exercises import EXERCISES, FIVE, FOUR, SIX

__all__ = ["EXERCISES", "FIVE", "FOUR", "SIX", "Verdict", "check", "pictures"]


def __dir__() -> list[str]:
    return sorted(__all__)
