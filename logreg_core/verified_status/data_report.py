"""What is in the file, what is missing, and is what is missing like the rest?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..design_report import fisher_exact
from .columns import POSITIVE, TARGET, USED

__all__ = ["DataReport", "complete_rows", "report_data"]


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
    missing_p_value : Fisher's exact test, two-sided, that both shares are one: below 0.05 values
        are not missing completely at random.
    present_when_incomplete : columns that have a value in every incomplete row.
    n_duplicates : complete rows equal to an earlier one in every column but the row number and
        video_id.
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


ROW_LABELS = ("#", "video_id")
ACCOUNTS = ("account_id", "author_id", "user_id", "creator_id", "author")


def complete_rows(frame: pd.DataFrame) -> NDArray[np.intp]:
    """Positions of the rows with a value in every column of the case study.

    >>> complete_rows(pd.DataFrame({name: [1.0, None] for name in USED})).tolist()
    [0]
    """
    return np.flatnonzero(frame[list(USED)].notna().all(axis=1).to_numpy())


def report_data(frame: pd.DataFrame) -> DataReport:
    """Count what is there, what is missing, and what is there twice."""
    rows = complete_rows(frame)
    verified = (frame[TARGET] == POSITIVE).to_numpy()
    known = frame[TARGET].notna().to_numpy()
    inside = np.zeros(len(frame), dtype=bool)
    inside[rows] = True
    outside = known & ~inside
    n_verified, n_outside = int(verified[inside].sum()), int(outside.sum())
    n_outside_verified = int(verified[outside].sum())
    others = [name for name in frame.columns if name not in ROW_LABELS]
    always = [name for name in USED if frame.loc[~inside, name].notna().all()]
    labels = frame.loc[inside, TARGET]
    return DataReport(
        n_rows=len(frame),
        n_columns=frame.shape[1],
        head=frame.head().copy(),
        columns=_columns(frame),
        numbers=frame.describe().T,
        n_complete=len(rows),
        n_incomplete=len(frame) - len(rows),
        n_verified=n_verified,
        prevalence=n_verified / len(rows),
        n_incomplete_verified=n_outside_verified,
        incomplete_rate=n_outside_verified / n_outside if n_outside else float("nan"),
        missing_p_value=fisher_exact(n_outside_verified, n_outside, n_verified, len(rows))
        if n_outside
        else float("nan"),
        present_when_incomplete=tuple(always) if n_outside else (),
        n_duplicates=int(frame.iloc[rows].duplicated(subset=others).sum()),
        n_repeated_ids=int(frame["video_id"].duplicated().sum()) if "video_id" in frame else 0,
        account_column=next((name for name in ACCOUNTS if name in frame.columns), None),
        classes=(next(iter(labels[labels != POSITIVE]), None), POSITIVE),
    )


def _columns(frame: pd.DataFrame) -> pd.DataFrame:
    kinds = [
        "text" if not pd.api.types.is_numeric_dtype(frame[name])
        else "whole number" if pd.api.types.is_integer_dtype(frame[name]) else "number"
        for name in frame.columns
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "type": kinds,
            "missing": frame.isna().sum().to_numpy(),
            "distinct": frame.nunique().to_numpy(),
        },
        index=frame.columns,
    )
