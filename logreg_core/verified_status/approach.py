"""Linear or logistic? A linear probability model of the same rows, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..design import Design
from ..inference.hypothesis import chi_square_tail
from ..result import LogitFit

__all__ = ["Approach", "linear_or_logistic"]


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


Floats = NDArray[np.float64]
GROUPS = 10


def linear_or_logistic(design: Design, fit: LogitFit) -> Approach:
    """Fit a straight line to the 0/1 outcomes of the fit's rows, and look at what it predicts.

    References
    ----------
    Koenker (1981), Journal of Econometrics 17, 107-112, doi:10.1016/0304-4076(81)90062-2;
    White (1980), Econometrica 48, 817-838, doi:10.2307/1912934.
    """
    y = design.y.astype(np.float64)
    n, k = len(y), design.X.shape[1] + 1
    center, scale = design.X.mean(axis=0), design.X.std(axis=0)
    Z = np.column_stack([np.ones(n), (design.X - center) / scale])
    Q, R = np.linalg.qr(Z)
    fitted = Q @ (Q.T @ y)
    residual = y - fitted
    back = np.diag(np.concatenate([[1.0], 1.0 / scale]))  # from scaled columns to raw ones
    back[0, 1:] = -center / scale
    root = back @ np.linalg.inv(R)
    squares = residual**2
    spread = squares - squares.mean()
    statistic = n * float(((Q.T @ spread) ** 2).sum() / (spread**2).sum())
    meat = Q.T @ (Q * squares[:, None])
    classic = np.sqrt((root @ root.T).diagonal() * squares.sum() / (n - k))
    table = _tenths(fitted, y, squares)
    ends = fit.probability(design.X)
    return Approach(
        linear=pd.DataFrame(
            {
                "coef": root @ (Q.T @ y),
                "std_error": classic,
                "robust_std_error": np.sqrt((root @ meat @ root.T).diagonal()),
            },
            index=pd.Index(["intercept", *design.names]),
        ),
        r_squared=1.0 - float(squares.sum() / ((y - y.mean()) ** 2).sum()),
        smallest=float(fitted.min()),
        largest=float(fitted.max()),
        n_rows=n,
        n_below_0=int((fitted < 0.0).sum()),
        n_above_1=int((fitted > 1.0).sum()),
        breusch_pagan=statistic,
        df=k - 1,
        p_value=chi_square_tail(statistic, k - 1),
        variance_ratio=float(table["variance"].iloc[-1] / table["variance"].iloc[0]),
        residuals=table,
        logistic_smallest=float(ends.min()),
        logistic_largest=float(ends.max()),
    )


def _tenths(fitted: Floats, y: Floats, squares: Floats) -> pd.DataFrame:
    parts = np.array_split(np.argsort(fitted, kind="stable"), GROUPS)
    rows = [(len(i), fitted[i].mean(), y[i].mean(), squares[i].mean()) for i in parts]
    table = pd.DataFrame(rows, columns=["rows", "fitted", "observed", "variance"])
    table["implied"] = table["observed"] * (1.0 - table["observed"])
    return table
