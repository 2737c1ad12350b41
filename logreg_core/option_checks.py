"""The options of a call, checked before any work begins."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Callable
from typing import Any

from .errors import DataError

__all__ = ["check_options"]

CHOICES: dict[str, tuple[str | None, ...]] = {
    "solver": ("auto", "fast", "newton", "irls"),
    "penalty": (None, "firth"),
    "on_separation": ("warn", "raise"),
    "on_singular": ("drop", "raise"),
}
SWITCHES = ("certify", "fit_intercept", "inference")


def _is_real(value: Any) -> bool:
    return isinstance(value, numbers.Real) and math.isfinite(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_thread_count(value: Any) -> bool:
    return _is_count(value) and value > 0


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike) and "\0" not in os.fspath(value)


# option: what it takes, in words and as a test
RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "l2": ("a finite number, 0 or more", lambda v: _is_real(v) and v >= 0),
    "tol": ("a finite number above 0", lambda v: _is_real(v) and v > 0),
    "max_iter": ("a whole number, 0 or more", lambda v: _is_count(v) and v >= 0),
    "threads": ("None or a whole number, 1 or more", lambda v: v is None or _is_thread_count(v)),
    "threshold": ("a number from 0 to 1", lambda v: _is_real(v) and 0 <= v <= 1),
    "level": ("a number between 0 and 1, such as 0.95", lambda v: _is_real(v) and 0 < v < 1),
    "callback": ("None or a function", lambda v: v is None or callable(v)),
    "checkpoint": ("None or a file's name", lambda v: v is None or _is_path(v)),
}


def check_options(**given: Any) -> None:
    """Refuse the first option, by name, that cannot be meant as it is.

    >>> check_options(solver="newton", tol=1e-8, threads=None)
    >>> check_options(max_iter=2.5)
    Traceback (most recent call last):
        ...
    logreg_core.errors.DataError: max_iter is 2.5. Expected: a whole number, 0 or more. \
This means: the call cannot be meant so. What to do: correct max_iter.
    """
    for name, value in given.items():
        if name in CHOICES:
            good = (value is None or isinstance(value, str)) and value in CHOICES[name]
            expected = "one of " + ", ".join(repr(choice) for choice in CHOICES[name])
        elif name in SWITCHES:
            good, expected = _is_switch(value), "True or False"
        else:
            expected, test = RULES[name]
            good = bool(test(value))
        if not good:
            raise DataError(
                f"{name} is {value!r:.60}",
                expected,
                "the call cannot be meant so",
                f"correct {name}",
                option=name,
                value=value,
            )


def _is_switch(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_") or (_is_count(value) and value in (0, 1))
