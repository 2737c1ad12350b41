"""Do the model's assumptions hold? The checks, and the figures behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..design import Design
from ..diagnostics import (
    Assumptions,
    HosmerLemeshow,
    InfluenceSummary,
    assumptions,
    box_tidwell,
    hosmer_lemeshow,
    influence_summary,
    vif,
)
from ..inference import adjust
from ..result import LogitFit

__all__ = ["Checks", "check_model"]


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


def check_model(
    design: Design, fit: LogitFit, wide: Design, wide_fit: LogitFit, positions: NDArray[np.intp]
) -> Checks:
    """Run the checks on the model (design, fit), whose rows are at ``positions`` in the frame, and
    its VIFs beside those of the model with likes (wide, wide_fit)."""
    bends = box_tidwell(fit, design)
    influence = influence_summary(fit, design)
    worst = influence.largest.index[0]
    return Checks(
        assumptions=assumptions(fit, design),
        vif=_both_vifs(design, fit),
        vif_with_likes=_both_vifs(wide, wide_fit),
        condition_number=fit.condition_number,
        hosmer_lemeshow=hosmer_lemeshow(fit, design),
        box_tidwell=bends[["power", "p_value"]].assign(p_adjusted=adjust(bends["p_value"])),
        influence=influence,
        largest_cook=float(influence.largest["cooks_distance"].iloc[0]),
        largest_cook_row=int(positions[worst]),
    )


def _both_vifs(design: Design, fit: LogitFit) -> pd.DataFrame:
    """By the fit's information, and by least squares: the diagonal of the inverse correlations."""
    columns = np.linalg.inv(np.corrcoef(design.X, rowvar=False)).diagonal()
    return vif(fit).set_axis(["fit"], axis=1).assign(columns=columns)
