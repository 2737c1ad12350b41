"""Five models of one question, fitted to the same rows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..evaluation import AucInterval
from ..result import LogitFit

__all__ = ["Model", "Models"]


@dataclass(frozen=True, eq=False)
class Model:
    """One model.

    Attributes
    ----------
    key, title : its attribute of `Models`, and its name in words.
    features : columns of the frame it uses.
    log_counts : whether counts enter as log(1 + count).
    fit : LogitFit of all complete rows: what inference rests on.
    auc : AucInterval on the test rows, of a fit to the training rows alone.
    """

    key: str
    title: str
    features: tuple[str, ...]
    log_counts: bool
    fit: LogitFit
    auc: AucInterval


@dataclass(frozen=True, eq=False)
class Models:
    """The five: claim status alone; the seven features (the model of the case study); those
    without claim status; with log(1 + count) for counts; with likes."""

    claim_only: Model
    seven: Model
    without_claim: Model
    log1p: Model
    with_likes: Model

    @property
    def all(self) -> tuple[Model, ...]:
        """In the order above."""
        return (self.claim_only, self.seven, self.without_claim, self.log1p, self.with_likes)

    @property
    def least_aic(self) -> Model:
        """The model of least AIC."""
        return min(self.all, key=lambda model: model.fit.aic)

    @property
    def table(self) -> pd.DataFrame:
        """A row a model, index its title: parameters, loglik, aic, bic, auc, auc_lower, auc_upper
        (test rows)."""
        rows = [
            (m.fit.n_parameters, m.fit.loglik, m.fit.aic, m.fit.bic, m.auc.auc, m.auc.lower,
             m.auc.upper)
            for m in self.all
        ]  # fmt: skip
        columns = ["parameters", "loglik", "aic", "bic", "auc", "auc_lower", "auc_upper"]
        return pd.DataFrame(rows, columns=columns, index=pd.Index([m.title for m in self.all]))
