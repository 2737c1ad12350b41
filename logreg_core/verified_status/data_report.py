"""What is in the file, what is missing, and is what is missing like the rest?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["DataReport"]


@dataclass(frozen=True, eq=False)
class DataReport:
    """What is in the file, what is missing, and is what is missing like the rest?

    Attributes
    ----------
    n_rows, n_columns : of the frame as given.
    head : DataFrame, its first five rows.
    columns : DataFrame, a row a column: type (words), missing (rows), distinct (values).
    numbers : DataFrame, a row a numeric column: count, mean, std, min, 25%, 50%, 75%, max.
    n_complete, n_incomplete : rows with a value in every column, and the others. Every model rests
        on the complete ones.
    n_verified, prevalence : complete rows of verified accounts, and their share.
    n_incomplete_verified, incomplete_rate : the same of the incomplete rows.
    missing_p_value : Fisher's exact test, two-sided, that both shares are one: below 0.05 rows
        are not missing at random with respect to the outcome.
    present_when_incomplete : columns that have a value in every incomplete row.
    n_duplicates : rows equal to an earlier one in every column but the row number and video_id.
    n_repeated_ids : rows whose video_id stands earlier in the file.
    account_column : name of a column that tells accounts apart, None where there is none: then
        independence of the rows cannot be checked.
    classes : (negative, positive) labels of the outcome.
    """

    n_rows: int
    n_columns: int
    head: pd.DataFrame
    columns: pd.DataFrame
    numbers: pd.DataFrame
    n_complete: int
    n_incomplete: int
    n_verified: int
    prevalence: float
    n_incomplete_verified: int
    incomplete_rate: float
    missing_p_value: float
    present_when_incomplete: tuple[str, ...]
    n_duplicates: int
    n_repeated_ids: int
    account_column: str | None
    classes: tuple[Any, Any]

    @property
    def no_information_rate(self) -> float:
        """Accuracy of calling every complete row by the more frequent class (share)."""
        return max(self.prevalence, 1.0 - self.prevalence)
