"""Linear or logistic? A linear probability model of the same rows, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["Approach"]


@dataclass(frozen=True, eq=False)
class Approach:
    """Linear or logistic? What a straight line gives on the same rows and columns.

    Attributes
    ----------
    linear : DataFrame, a row a coefficient: coef (probability per unit of the column), std_error
        (least squares, which takes equal variances for granted), robust_std_error (HC0, which does
        not).
    r_squared : share of the variance of the 0/1 outcome.
    smallest, largest : of the n fitted values, which ought to be probabilities.
    n_below_0, n_above_1, share_outside : fitted values that are none, and their share of n.
    breusch_pagan, df, p_value : Koenker's form, n R^2 of the squared residuals on the columns:
        that their variance is the same everywhere. It cannot be: it is p (1 - p).
    variance_ratio : of the residuals in the highest tenth of fitted values to the lowest.
    residuals : DataFrame, a row a tenth of the fitted values: rows, fitted (mean), observed (share
        verified), variance (of the residuals), implied = observed (1 - observed).
    logistic_smallest, logistic_largest : fitted probabilities of the logistic regression.
    """

    linear: pd.DataFrame
    r_squared: float
    smallest: float
    largest: float
    n_rows: int
    n_below_0: int
    n_above_1: int
    breusch_pagan: float
    df: int
    p_value: float
    variance_ratio: float
    residuals: pd.DataFrame
    logistic_smallest: float
    logistic_largest: float

    @property
    def share_outside(self) -> float:
        """Share of the straight line's fitted values that are no probabilities."""
        return (self.n_below_0 + self.n_above_1) / self.n_rows
