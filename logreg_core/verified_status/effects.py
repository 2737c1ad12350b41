"""Which columns relate to verified status, how strongly, and how sure is that?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..changes import typical_changes
from ..design import Design
from ..inference import (
    HypothesisTest,
    drop1,
    likelihood_ratio,
    marginal_effects,
    profile_intervals,
)
from ..result import LogitFit
from .columns import CLAIM, words

__all__ = ["Effect", "Effects", "Term", "find_effects"]


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


def find_effects(design: Design, fit: LogitFit, alone: LogitFit, level: float) -> Effects:
    """Test, correct for the number of tests, and put sizes into words.

    Parameters
    ----------
    design, fit : rows and fit of the seven features
    alone : the fit of claim status alone, to the same rows
    level : of intervals; tests are held against 1 - level
    """
    tests = drop1(fit, design)
    columns = ["df", "statistic", "p_value", "p_adjusted"]
    terms = tuple(
        Term(
            str(name), words(str(name)), int(df), statistic, p_value, p_adjusted,
            p_adjusted < 1.0 - level,
        )
        for name, (df, statistic, p_value, p_adjusted) in zip(
            tests.index, tests[columns].to_numpy(dtype=np.float64).tolist(), strict=True
        )
    )  # fmt: skip
    claim = next(f for f in design.encoding.features if f.name == CLAIM)
    place = design.names.index(claim.columns[0])
    X = design.X.copy()
    X[:, place] = 0.0
    if_claim = float(fit.probability(X).mean())
    X[:, place] = 1.0
    if_opinion = float(fit.probability(X).mean())
    return Effects(
        effects=_effects(design, fit, terms, level),
        terms=terms,
        whole=likelihood_ratio(fit, design),
        claim_only=alone.odds_ratio(level).iloc[1:],
        marginal=marginal_effects(fit, design, level=level),
        profile=profile_intervals(fit, design, level=level, columns=fit.names[1:]),
        rate_if_claim=if_claim,
        rate_if_opinion=if_opinion,
        level=level,
    )


def _effects(
    design: Design, fit: LogitFit, terms: tuple[Term, ...], level: float
) -> tuple[Effect, ...]:
    ends = fit.conf_int(level).to_numpy()
    changes, _ = typical_changes(design.X)
    by_name = {term.name: term for term in terms}
    owners = [(feature, i) for feature in design.encoding.features
              for i in range(len(feature.columns))]  # fmt: skip
    found = []
    for j, (feature, i) in enumerate(owners, start=1):
        term = by_name[str(feature.name)]
        change = 1.0 if feature.levels else one_figure(float(changes[j - 1]))
        ratio, lower, upper = np.exp(change * np.array([fit.coef[j], *ends[j]]))
        found.append(
            Effect(
                name=fit.names[j], term=term.name, label=_label(feature, i, change, term.label),
                change=change, coef=float(fit.coef[j]), std_error=float(fit.std_error[j]),
                odds_ratio=float(ratio), lower=float(lower), upper=float(upper),
                p_value=float(fit.p_value[j]), p_adjusted=term.p_adjusted,
                significant=term.significant,
            )
        )  # fmt: skip
    return tuple(found)


def _label(feature: Any, i: int, change: float, name: str) -> str:
    if feature.levels:
        return f"{feature.levels[1 + i]} (against {feature.levels[0]})"
    if name.endswith(" (seconds)"):
        return f"{name.removesuffix(' (seconds)')}, {change:,g} s more"
    return f"{name}, {change:,.10g} more"


def one_figure(value: float) -> float:
    """A positive number rounded to one figure: a change that a reader can picture.

    >>> one_figure(322893.3), one_figure(16.2)
    (300000.0, 20.0)
    """
    return float(f"{value:.0e}")
