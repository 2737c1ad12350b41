"""Every exception and warning this library raises.

A message has four parts, in this order: what was found (with its value, column and row), what
was expected, what that means, and what to do. The evidence itself travels as attributes, so a
program can act on it without reading prose.

>>> error = DataError("column 'age' holds NaN in row 3", "finite numbers",
...                   "its rows have no likelihood", "drop or fill them", column="age", row=3)
>>> print(error)
column 'age' holds NaN in row 3. Expected: finite numbers. This means: its rows have no \
likelihood. What to do: drop or fill them.
>>> error.column, error.row
('age', 3)
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "ConvergenceWarning",
    "DataChangedError",
    "DataError",
    "IllConditionedWarning",
    "LogregError",
    "LogregWarning",
    "MissingDependencyError",
    "SeparationError",
    "SeparationWarning",
    "SingularError",
    "SingularWarning",
]


class _Message(Exception):
    """The four parts of a message, and its evidence as attributes."""

    found: str
    expected: str
    meaning: str
    remedy: str

    def __init__(
        self, found: str, expected: str = "", meaning: str = "", remedy: str = "", **evidence: Any
    ) -> None:
        self.found, self.expected, self.meaning, self.remedy = found, expected, meaning, remedy
        self.evidence = evidence
        for name, value in evidence.items():
            setattr(self, name, value)
        parts = [found.rstrip(".")]
        for label, text in (
            ("Expected", expected),
            ("This means", meaning),
            ("What to do", remedy),
        ):
            if text:
                parts.append(f"{label}: {text.rstrip('.')}")
        super().__init__(". ".join(parts) + ".")

    def __getattr__(self, name: str) -> Any:
        # Only reached for names not set above; declared so that evidence type-checks.
        raise AttributeError(name)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process borders (joblib, Dask); the default would lose the parts.
        return (
            _rebuild,
            (type(self), self.found, self.expected, self.meaning, self.remedy, self.evidence),
        )


def _rebuild(
    kind: type[Any], found: str, expected: str, meaning: str, remedy: str, evidence: dict[str, Any]
) -> Any:
    return kind(found, expected, meaning, remedy, **evidence)


class LogregError(_Message):
    """Base of every exception of this library."""


class DataError(LogregError, ValueError):
    """The input cannot be used as it is."""


class SeparationError(LogregError):
    """A hyperplane separates the outcomes: no finite maximum exists."""


class SingularError(LogregError):
    """Some columns are exact combinations of others: their coefficients are not determined."""


class DataChangedError(LogregError):
    """The data changed between two passes of one fit."""


class MissingDependencyError(LogregError, ImportError):
    """An optional package is needed for this and is not installed."""


class LogregWarning(_Message, UserWarning):
    """Base of every warning of this library."""


class SeparationWarning(LogregWarning):
    """The fit went on although some coefficients are infinite."""


class SingularWarning(LogregWarning):
    """The fit went on without columns that are combinations of others."""


class IllConditionedWarning(LogregWarning):
    """The answer carries fewer right digits than usual; the message says how many."""


class ConvergenceWarning(LogregWarning):
    """The fit stopped before its criteria were met."""


def __dir__() -> list[str]:
    return sorted(__all__)
