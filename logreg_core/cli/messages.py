"""What goes to stderr, and the exit codes: errors and warnings of the library as plain text."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ..errors import LogregError, LogregWarning
from ..report.plain_text import printable

if TYPE_CHECKING:
    from ..result import LogitFit

__all__ = ["BAD_INPUT", "DISAGREE", "NOT_CONVERGED", "leave", "readable"]

BAD_INPUT = 2
NOT_CONVERGED = 3
DISAGREE = 4
_PARTS = (
    ("expected", "Expected:   "),
    ("meaning", "This means: "),
    ("remedy", "What to do: "),
)


def _four_parts(kind: str, message: LogregError | LogregWarning) -> str:
    lines = [f"{kind}: {message.found}"]
    lines += [
        f"  {label}{getattr(message, part)}" for part, label in _PARTS if getattr(message, part)
    ]
    return printable("\n".join(lines))


def _show_warning(message: Any, category: type[Warning], *_place: Any) -> None:
    is_ours = isinstance(message, LogregWarning)
    text = _four_parts("Warning", message) if is_ours else printable(f"Warning: {message}")
    click.echo(text, err=True)


@contextmanager
def readable() -> Iterator[None]:
    """Errors and warnings as text on stderr; characters that cannot be encoded, as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        warnings.simplefilter("always", LogregWarning)
        warnings.showwarning = _show_warning  # type: ignore[assignment]
        try:
            yield
        except LogregError as problem:
            click.echo(_four_parts("Error", problem), err=True)
            raise SystemExit(BAD_INPUT) from problem


def leave(fitted: LogitFit) -> None:
    """Exit with 3 where there is no maximum to report."""
    if not fitted.converged:
        click.echo(f"Status: {fitted.status.word}; the summary says why. Exit code 3.", err=True)
        raise SystemExit(NOT_CONVERGED)
