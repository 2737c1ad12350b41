"""How well does the model fit as a whole?  Pseudo-R2 of four kinds, and information criteria."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..blas_threads import one_blas_thread
from ..formulas import sigmoid
from ..result import LogitFit
from .rows import Rows, bring

__all__ = ["FitStatistics", "fit_statistics"]


@dataclass(frozen=True)
class FitStatistics:
    """What `fit_statistics` found; criteria are smaller for better models of the same rows.

    mcfadden, cox_snell, nagelkerke, tjur: pseudo-R2, 0 for no better than the rate alone; aic,
    aicc, bic: criteria (log units), NaN for penalised fits, which have no count of parameters;
    loglik, null_loglik; n_parameters; weight: n in these formulas.
    """

    mcfadden: float
    cox_snell: float
    nagelkerke: float
    tjur: float
    aic: float
    aicc: float
    bic: float
    loglik: float
    null_loglik: float
    n_parameters: int
    weight: float

    def to_series(self) -> pd.Series[float]:
        """The same by name."""
        return pd.Series(asdict(self), dtype=np.float64)


def fit_statistics(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
) -> FitStatistics:
    """How much better than the rate alone is the model, and at what price in parameters?

    With l and l0 the log-likelihoods of the model and of the model without columns (which keeps
    the offset), n the weight of the rows and p the number of parameters:

    - McFadden: 1 - l / l0
    - Cox and Snell: 1 - exp(2 (l0 - l) / n), at most 1 - exp(2 l0 / n) < 1
    - Nagelkerke: the former by its maximum
    - Tjur: mean fitted probability of the positive rows less that of the negative rows
    - AIC = 2 p - 2 l; AICc = AIC + 2 p (p + 1) / (n - p - 1); BIC = p log n - 2 l

    Parameters
    ----------
    X, y, sample_weight, offset, n_trials : the rows, as they were given to `fit`.

    Returns
    -------
    FitStatistics

    Raises
    ------
    DataError
        Rows that are not the fit's.
    LogregError
        A fit that did not converge.

    Notes
    -----
    A pseudo-R2 is no share of variance explained: .2 to .4 by McFadden is an excellent fit, and
    all depend on the rate of the outcome. n counts trials and weights. For binomial counts
    Nagelkerke's leaves out the binomial constant, which McFadden's has. Two passes.

    References
    ----------
    McFadden, D. (1974), in Frontiers in Econometrics, 105-142. Nagelkerke, N. J. D. (1991),
    doi:10.1093/biomet/78.3.691. Tjur, T. (2009), doi:10.1198/tast.2009.08210. Hurvich, C. M. and
    Tsai, C.-L. (1989), doi:10.1093/biomet/76.2.297.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> fit_statistics(lc.fit(X, y), X, y).to_series()[["mcfadden", "tjur", "aicc"]].round(4)
    mcfadden     0.4042
    tjur         0.4450
    aicc        12.9560
    dtype: float64
    """
    rows = bring(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)
    n, count = fit.weight_sum, fit.n_parameters
    gain = 2.0 * (fit.null_loglik - fit.loglik) / n
    ceiling = -math.expm1(2.0 * (fit.null_loglik - rows.constant) / n)
    cox_snell = -math.expm1(gain)
    penalised = bool(fit.l2 or fit.penalty)
    left = n - count - 1.0
    correction = 2.0 * count * (count + 1.0) / left if left > 0.0 else math.nan
    nan = math.nan
    return FitStatistics(
        mcfadden=fit.pseudo_r2,
        cox_snell=cox_snell,
        nagelkerke=cox_snell / ceiling,
        tjur=_tjur(rows),
        aic=nan if penalised else fit.aic,
        aicc=nan if penalised else fit.aic + correction,
        bic=nan if penalised else fit.bic,
        loglik=fit.loglik,
        null_loglik=fit.null_loglik,
        n_parameters=count,
        weight=n,
    )


def _tjur(rows: Rows) -> float:
    """Mean probability of the positive rows less that of the negative rows."""
    sums = np.zeros(4)
    with one_blas_thread():
        for chunk in rows.chunks():
            p, success, failure = sigmoid(chunk.eta), chunk.success, chunk.failure
            sums += (success @ p, success.sum(), failure @ p, failure.sum())
    return float(sums[0] / sums[1] - sums[2] / sums[3])
