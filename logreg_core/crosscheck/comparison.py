"""What a comparison found: who agrees, to how many digits, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..atomic_files import replacing
from .verdict import Verdict
from .words import cells, heading, sentence

if TYPE_CHECKING:
    import pandas as pd

    from .arbiter import Arbiter

__all__ = ["Comparison"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Answers of several libraries, held against the maximum.

    names, coef, std_error (k,) : the maximum, intercept first; +-inf where separated, NaN for
        columns that repeat others (`aliased`). own_digits (k,) : how many digits of it are right.
    verdicts : one for each library and setting, in the order they were asked.
    asked : digits that count as agreement. status : of our fit, in a word.
    classes : (negative, positive).
    """

    names: tuple[str, ...]
    coef: Floats
    std_error: Floats
    own_digits: Floats = field(repr=False)
    loglik: float
    status: str
    n_rows: int
    classes: tuple[Any, Any]
    asked: float
    aliased: tuple[str, ...]
    verdicts: tuple[Verdict, ...] = field(repr=False)

    @classmethod
    def of(
        cls, arbiter: Arbiter, verdicts: tuple[Verdict, ...], asked: float, classes: tuple[Any, Any]
    ) -> Comparison:
        """Without the data, which the arbiter holds."""
        fit = arbiter.fit
        return cls(
            fit.names, fit.coef, fit.std_error, arbiter.digits, arbiter.loglik, fit.status.word,
            fit.n_rows, classes, asked, tuple(relation.name for relation in fit.aliased), verdicts,
        )  # fmt: skip

    @property
    def agree(self) -> bool:
        """Whether every answer there is has the digits asked for."""
        return all(verdict.agrees is not False for verdict in self.verdicts)

    @property
    def table(self) -> pd.DataFrame:
        """A row for each library and setting: digits of the worst coefficient and which it is,
        what was lost, what it cost, what the library claimed, and why it differs."""
        import pandas as pd

        return pd.DataFrame([self._row(verdict) for verdict in self.verdicts])

    def _row(self, v: Verdict) -> dict[str, Any]:
        return {
            "peer": v.peer, "setting": v.setting, "agrees": v.agrees, "digits": v.fewest,
            "worst": self.worst_name(v), "std_error_digits": v.fewest_of_std_errors,
            "loglik_lost": v.loglik_lost, "loglik_digits": v.loglik_digits,
            "probability_difference": v.probability_difference, "decrement": v.decrement,
            "seconds": v.seconds, "steps": v.steps, "claims": v.converged,
            "warned": ", ".join(kind for kind, _ in v.warned),
            "reasons": ", ".join(v.codes) or v.kind * (v.kind != "answered"),
        }  # fmt: skip

    @property
    def digits(self) -> pd.DataFrame:
        """Right digits: a row a coefficient, a column for each library and setting."""
        return self._each("digits")

    @property
    def coefficients(self) -> pd.DataFrame:
        """The coefficients: the maximum first, then what each library and setting gave."""
        frame = self._each("coef")
        frame.insert(0, "maximum", self.coef)
        return frame

    def _each(self, what: str) -> pd.DataFrame:
        import pandas as pd

        found = {
            f"{v.peer}, {v.setting}": getattr(v, what) for v in self.verdicts if v.coef is not None
        }
        return pd.DataFrame(found, index=pd.Index(self.names, name="name"))

    def worst_name(self, verdict: Verdict) -> str:
        """The coefficient of fewest right digits."""
        if verdict.digits is None or np.isnan(verdict.digits).all():
            return ""
        return self.names[int(np.nanargmin(verdict.digits))]

    @property
    def sentences(self) -> tuple[str, ...]:
        """One plain sentence of verdict for each library."""
        peers = dict.fromkeys(v.peer for v in self.verdicts)
        return tuple(sentence(self, [v for v in self.verdicts if v.peer == peer]) for peer in peers)

    def to_html(self, path: Path | str | None = None) -> str:
        """The comparison as a page that stands alone, without scripts, names escaped; written to
        a file where one is named."""
        from .page import page

        text = page(self)
        if path is not None:
            with replacing(path) as stream:
                stream.write(text)
        return text

    def _repr_html_(self) -> str:
        from .page import body

        return body(self)

    def __str__(self) -> str:
        header, rows = cells(self)
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if j < 2 or j == len(header) - 1 else cell.rjust(width)
                for j, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (header, *rows)
        ]
        rule = "-" * max(map(len, lines))
        return "\n".join(
            [
                heading(self),
                rule,
                lines[0],
                rule,
                *lines[1:],
                rule,
                *map("- ".__add__, self.sentences),
            ]
        )
