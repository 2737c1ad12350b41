"""Would the answer be another, had a choice been made the other way?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..result import LogitFit

__all__ = ["MissingRows", "Run", "Sensitivity"]


@dataclass(frozen=True, eq=False)
class Run:
    """The seven-feature model with one choice made the other way.

    key, title, why: its name, what was done, and what for, in words. n_rows; fit: LogitFit;
    odds_ratio, lower, upper: of opinion against claim, with its interval. largest_shift: the
    largest change of any other slope in standard errors of the baseline (NaN where columns or
    their units differ), of the coefficient named by largest_shift_name.
    """

    key: str
    title: str
    why: str
    n_rows: int
    fit: LogitFit
    odds_ratio: float
    lower: float
    upper: float
    largest_shift: float
    largest_shift_name: str


@dataclass(frozen=True, eq=False)
class MissingRows:
    """What the incomplete rows could do to the answer, whatever they hold.

    n_rows: incomplete rows, n_verified of them verified. They lack claim status, so the odds ratio
    of opinion against claim (claim status alone) is bounded by filling it in at its worst: least,
    least_lower, least_upper when every verified row among them was a claim and every other an
    opinion; greatest, greatest_lower, greatest_upper the other way round. observed: without them.
    ban_status: DataFrame, odds ratios of the columns that are always there (duration, ban status):
    complete, all_rows.
    """

    n_rows: int
    n_verified: int
    observed: float
    least: float
    least_lower: float
    least_upper: float
    greatest: float
    greatest_lower: float
    greatest_upper: float
    always_there: pd.DataFrame

    @property
    def answer_stands(self) -> bool:
        """Whether the interval stays on one side of 1 at both extremes."""
        return self.least_lower > 1.0 or self.greatest_upper < 1.0


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Would the answer be another, had a choice been made the other way?

    runs: `Run`, the baseline first: log(1 + count); the ten rows of largest Cook's distance out;
    rows of high leverage out; robust standard errors; Firth's penalty; counts capped at the fence.
    missing: `MissingRows`.
    """

    runs: tuple[Run, ...]
    missing: MissingRows

    def __getitem__(self, key: str) -> Run:
        """The run of this key."""
        return next(run for run in self.runs if run.key == key)

    @property
    def table(self) -> pd.DataFrame:
        """A row a run: rows, odds_ratio, lower, upper, largest_shift, largest_shift_name."""
        columns = [
            "n_rows", "odds_ratio", "lower", "upper", "largest_shift", "largest_shift_name",
        ]  # fmt: skip
        rows = [[getattr(run, name) for name in columns] for run in self.runs]
        return pd.DataFrame(rows, columns=columns, index=pd.Index([run.title for run in self.runs]))
