"""What do the columns look like, one by one, two by two, and by verified status?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..proportions import wilson_interval
from .columns import BAN, CLAIM, NUMBERS, POSITIVE, TARGET, TEXT

__all__ = ["Exploration", "explore"]


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


N_BINS = 30


def explore(frame: pd.DataFrame, level: float = 0.95) -> Exploration:
    """Describe the complete rows (a frame that holds no others).

    The transcript's length joins the numbers as ``text_length``.
    """
    numbers = frame[list(NUMBERS)].assign(text_length=frame[TEXT].str.len()).astype(np.float64)
    verified = frame[TARGET] == POSITIVE
    lengths = numbers["text_length"]
    correlations = numbers.corr()
    counts = frame[TARGET].value_counts()
    return Exploration(
        balance=pd.DataFrame({"rows": counts, "share": counts / len(frame)}),
        rates=_rates(frame, verified, level),
        numbers=pd.DataFrame({name: _number(numbers[name], frame[CLAIM]) for name in NUMBERS}).T,
        medians=numbers.groupby(frame[TARGET]).median().T,
        transcripts=_lengths(lengths, frame[TARGET]),
        transcripts_by_claim=_lengths(lengths, frame[CLAIM]),
        transcript_histogram=_histogram(lengths, frame[TARGET]),
        correlations=correlations,
        pairs=_pairs(correlations),
        claim_by_ban=verified.groupby([frame[CLAIM], frame[BAN]])
        .agg(["size", "sum", "mean"])
        .set_axis(["rows", "verified", "rate"], axis=1),
    )


def _rates(frame: pd.DataFrame, verified: pd.Series[bool], level: float) -> pd.DataFrame:
    parts = {
        name: verified.groupby(frame[name]).agg(["size", "sum", "mean"]) for name in (CLAIM, BAN)
    }
    table = pd.concat(parts, names=["column", "level"])
    table.columns = pd.Index(["rows", "verified", "rate"])
    table["lower"], table["upper"] = wilson_interval(table["verified"], table["rows"], level)
    return table


def _number(values: pd.Series[float], claim: pd.Series[str]) -> dict[str, float]:
    """Of one column: quantiles, and what a box plot draws."""
    q1, median, q3 = values.quantile([0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    above = values > q3 + reach
    inside = values[(values >= q1 - reach) & ~above]
    return {
        "minimum": values.min(), "q1": q1, "median": median, "q3": q3, "maximum": values.max(),
        "mean": values.mean(), "skewness": pd.to_numeric(values.skew()), "fence": q3 + reach,
        "whisker_low": inside.min(), "whisker_high": inside.max(),
        "above": float(above.sum()), "share_above": above.mean(),
        **{f"share_above_{level}": above[claim == level].mean() for level in ("claim", "opinion")},
    }  # fmt: skip


def _lengths(lengths: pd.Series[float], by: pd.Series[str]) -> pd.DataFrame:
    table = lengths.groupby(by).agg(["size", "mean", "std", "median"])
    return table.rename(columns={"size": "rows"})


def _histogram(lengths: pd.Series[float], by: pd.Series[str]) -> pd.DataFrame:
    edges = np.histogram_bin_edges(lengths, N_BINS)
    counts = {level: np.histogram(part, edges)[0] for level, part in lengths.groupby(by)}
    return pd.DataFrame({"left": edges[:-1], "right": edges[1:], **counts})


def _pairs(correlations: pd.DataFrame) -> pd.DataFrame:
    names = correlations.columns
    first, second = np.triu_indices(len(names), 1)
    table = pd.DataFrame(
        {
            "first": names[first],
            "second": names[second],
            "r": correlations.to_numpy()[first, second],
        }
    )
    return table.sort_values("r", key=np.abs, ascending=False, ignore_index=True)
