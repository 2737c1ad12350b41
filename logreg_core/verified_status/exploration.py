"""What do the columns look like, one by one, two by two, and by verified status?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["Exploration"]


@dataclass(frozen=True, eq=False)
class Exploration:
    """What do the complete rows look like? Nothing here is a model.

    Attributes
    ----------
    balance : DataFrame, a row a class of the outcome: rows, share.
    rates : DataFrame, a row a level, index (column, level) of claim_status and author_ban_status:
        rows, verified (rows), rate (share verified), lower, upper (Wilson, 95 %).
    numbers : DataFrame, a row a number: minimum, q1, median, q3, maximum, mean, skewness; fence =
        Q3 + 1.5 IQR; whisker_low, whisker_high (of a box plot); above (rows beyond the fence),
        share_above; share_above_claim, share_above_opinion (of claims, of opinions).
    medians : DataFrame, a row a number: its median in either class of the outcome.
    transcripts : DataFrame, a row a class of the outcome: rows, mean, std, median (characters).
    transcripts_by_claim : the same, a row a level of claim_status.
    transcript_histogram : DataFrame, a row a bin: left, right (characters) and a column of rows
        for each class of the outcome.
    correlations : DataFrame, square: Pearson's r of the numbers and the transcript's length.
    pairs : DataFrame, a row a pair of those columns: first, second, r; largest |r| first.
    claim_by_ban : DataFrame, index (claim_status, author_ban_status): rows, verified, rate.
    """

    balance: pd.DataFrame
    rates: pd.DataFrame
    numbers: pd.DataFrame
    medians: pd.DataFrame
    transcripts: pd.DataFrame
    transcripts_by_claim: pd.DataFrame
    transcript_histogram: pd.DataFrame
    correlations: pd.DataFrame
    pairs: pd.DataFrame
    claim_by_ban: pd.DataFrame
