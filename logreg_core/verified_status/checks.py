"""Do the model's assumptions hold? The checks, and the figures behind them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..diagnostics import Assumptions, HosmerLemeshow, InfluenceSummary

__all__ = ["Checks"]


@dataclass(frozen=True, eq=False)
class Checks:
    """Do the assumptions of the seven-feature model hold?

    Attributes
    ----------
    assumptions : `diagnostics.Assumptions`: .table in words, .headline, .checks.
    vif : DataFrame, a row a column: fit (from the fit's information, rows weighted by p (1 - p)),
        columns (by least squares on the columns, all rows alike, as heat maps see them).
    vif_with_likes : the same of the model with likes.
    condition_number : of the weighted, centred and scaled columns.
    hosmer_lemeshow : `diagnostics.HosmerLemeshow`, ten groups.
    box_tidwell : DataFrame, a row a number: power, p_value (likelihood ratio), and p_adjusted
        (Holm).
    influence : `diagnostics.InfluenceSummary`; rows number the complete rows from 0.
    largest_cook, largest_cook_row : largest Cook's distance, and its row's position in the frame.
    """

    assumptions: Assumptions
    vif: pd.DataFrame
    vif_with_likes: pd.DataFrame
    condition_number: float
    hosmer_lemeshow: HosmerLemeshow
    box_tidwell: pd.DataFrame
    influence: InfluenceSummary
    largest_cook: float
    largest_cook_row: int
