"""Five models of one question, fitted to the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from ..design import Design
from ..evaluation import AucDifference, AucInterval, auc_difference, auc_interval
from ..fitting import fit
from ..result import LogitFit
from ..split import Split
from .columns import BAN, CLAIM, COUNTS, MODELS, POSITIVE, TARGET

__all__ = ["Model", "Models", "design_of", "fit_models"]


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
    without claim status; with log(1 + count) for counts; with likes.

    gain: AucDifference of the seven features less claim status alone, on the test rows."""

    claim_only: Model
    seven: Model
    without_claim: Model
    log1p: Model
    with_likes: Model
    gain: AucDifference

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


REFERENCE = {CLAIM: "claim", BAN: "active"}


def design_of(frame: pd.DataFrame, features: tuple[str, ...], log_counts: bool = False) -> Design:
    """X and y of a model: categories against claim and active, counts raw or as log(1 + count)."""
    if not log_counts:
        reference = {name: level for name, level in REFERENCE.items() if name in features}
        return Design.from_frame(
            frame, target=TARGET, positive=POSITIVE, features=features, reference=reference
        )
    terms = [
        f"C({name}, ref='{REFERENCE[name]}')" if name in REFERENCE
        else f"log1p({name})" if name in COUNTS else name
        for name in features
    ]  # fmt: skip
    return Design.from_formula(f"{TARGET} ~ {' + '.join(terms)}", frame, positive=POSITIVE)


def fit_models(
    frame: pd.DataFrame, split: Split, level: float, done: Callable[[str], None]
) -> Models:
    """Fit the five models to all complete rows, and judge each on the test rows."""
    found, scores = {}, {}
    for key, (title, features, log_counts) in MODELS.items():
        done(title)
        design = design_of(frame, features, log_counts)
        trained = fit(design.take(split.train), inference=False)
        scores[key] = trained.probability(design.X[split.test])
        y = design.y[split.test]
        auc = auc_interval(y, scores[key], level=level)
        found[key] = Model(key, title, features, log_counts, fit(design), auc)
    gain = auc_difference(y, scores["seven"], scores["claim_only"], level=level)
    return Models(**found, gain=gain)
