"""The usual answer to this case, done again: what it reports, and what is at the maximum of the
same rows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..evaluation import AtPrevalence
from ..result import LogitFit

__all__ = ["PUBLISHED", "Published", "UsualRecipe"]


@dataclass(frozen=True)
class Published:
    """Figures of the usual answer as it was published; matrix ((tn, fp), (fn, tp))."""

    accuracy: float
    precision: float
    recall: float
    matrix: tuple[tuple[int, int], tuple[int, int]]
    duration: float
    opinion: float


PUBLISHED = Published(0.65, 0.61, 0.84, ((2044, 2415), (725, 3758)), 0.0086, 0.0004)


@dataclass(frozen=True, eq=False)
class UsualRecipe:
    """Likes and comments capped, verified rows repeated until the classes are even, then split,
    then lbfgs on raw columns: done with the scikit-learn installed.

    Attributes
    ----------
    scikit_learn : its version.
    n_iter, max_iter : of lbfgs; n_warnings : warnings it gave.
    n_train, n_test : rows after repetition.
    n_test_verified, n_seen : verified test rows, and those of them whose original is also in the
        training set.
    matrix : ((tn, fp), (fn, tp)); accuracy, precision, recall : of the test rows at 0.5.
    coefficients : DataFrame, a row a coefficient, intercept first: reported (lbfgs), score (the
        gradient of the log-likelihood there, which is 0 at a maximum, per unit of the column),
        score_in_sd (the same for columns scaled to standard deviation 1), maximum, std_error (at
        the maximum of the same rows), published (NaN where unknown).
    loglik, maximum_loglik : at the reported point, and at the maximum of the same rows; shortfall.
    decrement : Newton decrement per row at the reported point: how far off it is in likelihood
        (0 at a maximum; this library stops at 1e-10).
    maximum : LogitFit of the same training rows.
    maximum_matrix : confusion matrix at the maximum; maximum_accuracy.
    std_error_ratio : (smallest, largest) std error on the repeated training rows over that of the
        complete rows as they are.
    published : `Published`, what the usual answer printed; published_at_prevalence and
        at_prevalence : what those rates, and those found here, mean at the true share of verified
        rows.
    capped : DataFrame, a row a capped column: fence, share_claim, share_opinion (of rows changed).
    """

    scikit_learn: str
    n_iter: int
    max_iter: int
    n_warnings: int
    n_train: int
    n_test: int
    n_test_verified: int
    n_seen: int
    matrix: tuple[tuple[int, int], tuple[int, int]]
    accuracy: float
    precision: float
    recall: float
    coefficients: pd.DataFrame
    loglik: float
    maximum_loglik: float
    decrement: float
    maximum: LogitFit
    maximum_matrix: tuple[tuple[int, int], tuple[int, int]]
    maximum_accuracy: float
    std_error_ratio: tuple[float, float]
    published: Published
    published_at_prevalence: AtPrevalence
    at_prevalence: AtPrevalence
    capped: pd.DataFrame

    @property
    def shortfall(self) -> float:
        """Log-likelihood units between the reported point and the maximum."""
        return self.maximum_loglik - self.loglik

    @property
    def is_maximum(self) -> bool:
        """Whether the reported point is one, to six digits of the log-likelihood's scale."""
        return self.shortfall < 1e-6 * abs(self.maximum_loglik)
