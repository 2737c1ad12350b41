"""What a test of a hypothesis says: statistic, degrees of freedom, p-value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["HypothesisTest", "chi_square_tail"]


def chi_square_tail(statistic: float, df: int) -> float:
    """P(chi-square with df degrees of freedom >= statistic), right far out; NaN for df 0.

    >>> round(chi_square_tail(3.841458820694124, 1), 12), chi_square_tail(2000.0, 1) < 1e-300
    (0.05, True)
    """
    from scipy.special import chdtrc

    if df < 1 or np.isnan(statistic):
        return float("nan")
    return float(chdtrc(df, max(statistic, 0.0)))


@dataclass(frozen=True)
class HypothesisTest:
    """The test that some coefficients are 0; str() says it in words.

    kind: "Wald", "likelihood ratio" or "score"; columns: the coefficients held to be 0;
    statistic: chi-square; df: how many of them the data determine; p_value: its upper tail.

    Examples
    --------
    >>> print(HypothesisTest("Wald", ("age", "sex"), 7.3, 2, chi_square_tail(7.3, 2)))
    Wald test that age, sex are 0: chi-square 7.3, df 2, p = 0.02599
    """

    kind: str
    columns: tuple[str, ...]
    statistic: float
    df: int
    p_value: float

    def __str__(self) -> str:
        verb = "is" if len(self.columns) == 1 else "are"
        kind = self.kind[0].upper() + self.kind[1:]
        return (
            f"{kind} test that {', '.join(self.columns)} {verb} 0: chi-square "
            f"{self.statistic:.6g}, df {self.df}, p = {self.p_value:.4g}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: statistic, df, p_value."""
        numbers = {"statistic": self.statistic, "df": self.df, "p_value": self.p_value}
        return pd.DataFrame([numbers], index=pd.Index([", ".join(self.columns)]))
