"""Which columns relate to verified status, how strongly, and how sure is that?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..inference import HypothesisTest

__all__ = ["Effect", "Effects", "Term"]


@dataclass(frozen=True)
class Effect:
    """One coefficient of the seven-feature model, over a change that a reader can picture.

    Attributes
    ----------
    name, term : the coefficient ("claim_status_opinion") and the column it belongs to.
    label : in words, "opinion (against claim)" or "views, 100,000 more".
    change : column units of that change: 1 for a level against its reference, one standard
        deviation, rounded to one figure, for a number.
    coef, std_error : log-odds per unit of the column.
    odds_ratio, lower, upper : over ``change``, with the Wald interval.
    p_value : Wald's, of this coefficient alone.
    p_adjusted : of its term: likelihood-ratio test, adjusted by Holm over the terms.
    significant : whether p_adjusted < 1 - level. Only then may prose speak of a relation.
    """

    name: str
    term: str
    label: str
    change: float
    coef: float
    std_error: float
    odds_ratio: float
    lower: float
    upper: float
    p_value: float
    p_adjusted: float
    significant: bool

    @property
    def direction(self) -> str:
        """ "higher", "lower", or "no demonstrable difference" where it is not significant."""
        if not self.significant:
            return "no demonstrable difference"
        return "higher" if self.coef > 0 else "lower"


@dataclass(frozen=True)
class Term:
    """One column (with all its levels) left out of the seven-feature model: likelihood-ratio test.

    name: the column; label: it in words; df; statistic (chi-square); p_value; p_adjusted (Holm);
    significant: p_adjusted < 1 - level.
    """

    name: str
    label: str
    df: int
    statistic: float
    p_value: float
    p_adjusted: float
    significant: bool


@dataclass(frozen=True, eq=False)
class Effects:
    """Which columns relate to verified status, how strongly, and how sure is that?

    Attributes
    ----------
    effects : `Effect` of every coefficient but the intercept, in the order of the fit.
    terms : `Term` of every column, in the order of the fit.
    whole : HypothesisTest that all slopes are 0 (likelihood ratio).
    claim_only : DataFrame of one row: odds_ratio, lower, upper of opinion against claim, in the
        model of claim status alone.
    marginal : DataFrame `inference.marginal_effects`, average over the rows, in probability: for
        a level the difference to its reference, everything else as it is.
    profile : DataFrame lower, upper: profile-likelihood intervals of the coefficients (log-odds),
        without the intercept.
    rate_if_claim, rate_if_opinion : mean predicted probability if every row were a claim, or an
        opinion, its other columns left as they are.
    level : of intervals and, as 1 - level, of tests.
    """

    effects: tuple[Effect, ...]
    terms: tuple[Term, ...]
    whole: HypothesisTest
    claim_only: pd.DataFrame
    marginal: pd.DataFrame
    profile: pd.DataFrame
    rate_if_claim: float
    rate_if_opinion: float
    level: float

    def __getitem__(self, name: str) -> Effect:
        """The effect of a coefficient: ``effects["claim_status_opinion"]``."""
        return next(effect for effect in self.effects if effect.name == name)

    @property
    def claim(self) -> Effect:
        """Opinion against claim: the first coefficient of claim status."""
        return next(effect for effect in self.effects if effect.term == "claim_status")

    @property
    def significant(self) -> tuple[Term, ...]:
        """The terms that survive Holm's correction, smallest p-value first."""
        return tuple(sorted((t for t in self.terms if t.significant), key=lambda t: t.p_value))

    @property
    def table(self) -> pd.DataFrame:
        """The effects, a row each, index the coefficient's name."""
        columns = [name for name in Effect.__dataclass_fields__ if name != "name"]
        rows = [[getattr(effect, name) for name in columns] for effect in self.effects]
        return pd.DataFrame(rows, columns=columns, index=pd.Index([e.name for e in self.effects]))

    @property
    def term_table(self) -> pd.DataFrame:
        """The tests, a row a column, index the column's name."""
        columns = [name for name in Term.__dataclass_fields__ if name != "name"]
        rows = [[getattr(term, name) for name in columns] for term in self.terms]
        return pd.DataFrame(rows, columns=columns, index=pd.Index([t.name for t in self.terms]))
