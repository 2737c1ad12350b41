"""What a fit returns: coefficients, their quality, and how they came about. It holds no data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import inference
from .arrays import as_matrix, as_vector, is_frame
from .ascent import Status, TraceRow
from .blocks import NOTHING
from .errors import LogregError
from .new_rows import match_columns, refuse_not_finite
from .option_checks import check_options
from .rank import Relation
from .scoring import score
from .summary import Summary

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["LogitFit"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LogitFit:
    """A fitted binary logistic regression.

    Attributes
    ----------
    names : (k,) coefficient names, "intercept" first where there is one.
    coef : (k,) log-odds per unit of the column; +-inf where separated, NaN for
        dropped columns and where separated data leave it open.
    classes : (negative, positive) labels.
    loglik, null_loglik : log-likelihood of this model and of the model without columns.
    n_rows, weight_sum : rows of positive weight, and their weight.
    status : `Status`; str() of it says what happened and what to do.
    aliased : dropped columns with the relation that makes them redundant.
    separation : `Separation`, or None where nothing was suspected.
    root : (k', k') upper triangular R, R'R the information in centred and scaled columns.
    """

    names: tuple[str, ...]
    coef: Floats
    classes: tuple[Any, Any]
    loglik: float
    null_loglik: float
    n_rows: int
    weight_sum: float
    status: Status
    aliased: tuple[Relation, ...]
    separation: Separation | None
    fit_intercept: bool
    center: Floats = field(repr=False)
    centered_coef: Floats = field(repr=False)
    root: Floats | None = field(repr=False)
    covariance_or_none: Floats | None = field(repr=False)
    steps: tuple[TraceRow, ...] = field(repr=False)
    solver: str = "newton"
    tol: float = 1e-10
    l2: float = 0.0
    penalty: str | None = None
    penalised_loglik: float | None = None
    weighted: bool = False

    # -- coefficients and their quality ---------------------------------------------------------
    @property
    def converged(self) -> bool:
        """Whether the maximum was found: never true for separated data."""
        return self.status is Status.CONVERGED

    @property
    def covariance(self) -> Floats:
        """(k, k) inverse information of the coefficients; NaN for those that are not determined."""
        if self.covariance_or_none is None:
            raise LogregError(
                "this fit was made with inference=False",
                "a fit with its covariance",
                "no standard errors, tests or intervals were computed",
                "fit again with inference=True (the default)",
            )
        return self.covariance_or_none

    @cached_property
    def std_error(self) -> Floats:
        """(k,) standard errors, in the units of the coefficients."""
        return np.sqrt(self.covariance.diagonal())

    @property
    def z(self) -> Floats:
        """(k,) Wald statistics, coef / std_error."""
        with np.errstate(invalid="ignore"):
            return self.coef / self.std_error

    @property
    def p_value(self) -> Floats:
        """(k,) two-sided p-values of the Wald statistics, by the normal distribution."""
        return inference.two_sided(self.z)

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Wald intervals of the coefficients, in log-odds: columns lower, upper."""
        check_options(level=level)
        lower, upper = inference.wald_interval(self.coef, self.std_error, level)
        return pd.DataFrame({"lower": lower, "upper": upper}, index=pd.Index(self.names))

    def odds_ratio(self, level: float = 0.95) -> pd.DataFrame:
        """exp(coef) with its Wald interval: columns odds_ratio, lower, upper."""
        ends = self.conf_int(level)
        with np.errstate(over="ignore"):
            ratios = {"odds_ratio": np.exp(self.coef), **{c: np.exp(ends[c]) for c in ends}}
        return pd.DataFrame(ratios, index=pd.Index(self.names))

    # -- the fit as a whole ---------------------------------------------------------------------
    @property
    def n_parameters(self) -> int:
        """Coefficients estimated: dropped columns do not count."""
        return len(self.names) - len(self.aliased)

    @property
    def df_residual(self) -> float:
        """Weight (rows, for unit weights) less parameters."""
        return self.weight_sum - self.n_parameters

    @property
    def deviance(self) -> float:
        """-2 loglik: the residual deviance of 0/1 outcomes."""
        return -2.0 * self.loglik

    @property
    def aic(self) -> float:
        """Akaike's criterion, -2 loglik + 2 parameters."""
        return self.deviance + 2.0 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, -2 loglik + parameters log(weight)."""
        return self.deviance + self.n_parameters * math.log(self.weight_sum)

    @property
    def pseudo_r2(self) -> float:
        """McFadden's: 1 - loglik / null_loglik."""
        return 1.0 - self.loglik / self.null_loglik if self.null_loglik else math.nan

    @cached_property
    def condition_number(self) -> float:
        """Condition of the weighted columns, centred and each scaled to length 1.

        As many decimal digits as this number has may be lost, on top of rounding.
        """
        if self.root is None:
            raise LogregError(
                "this fit has no information matrix",
                "a fit with its covariance",
                "its conditioning is not known",
                "fit again with inference=True (the default), unless the data are separated",
            )
        # What is right of the intercept's row is centred at the weighted mean, exactly; the whole
        # would depend on the centre that a sample of the rows suggested.
        first = int(self.fit_intercept and len(self.root) > 1)
        root = self.root[first:, first:]
        lengths = np.sqrt((root**2).sum(axis=0))
        values = np.linalg.svd(root / np.where(lengths > 0, lengths, 1.0), compute_uv=False)
        return float(values[0] / values[-1]) if values[-1] > 0 else math.inf

    @property
    def trace(self) -> pd.DataFrame:
        """A row a step: loglik, decrement, max_eta_change, step_length, halvings, passes, s."""
        return pd.DataFrame(list(self.steps), columns=list(TraceRow._fields))

    # -- new rows -------------------------------------------------------------------------------
    def log_odds(self, X: Any, *, offset: Any = None, threads: int | None = None) -> Floats:
        """(m,) log-odds of the positive class."""
        return self._score(X, offset, threads, log_odds=True)

    def probability(self, X: Any, *, offset: Any = None, threads: int | None = None) -> Floats:
        """(m,) probabilities of the positive class."""
        return self._score(X, offset, threads, log_odds=False)

    def predict(self, X: Any, threshold: float = 0.5, *, offset: Any = None) -> NDArray[Any]:
        """(m,) labels: positive where probability >= threshold."""
        check_options(threshold=threshold)
        above = self.probability(X, offset=offset) >= threshold
        return np.asarray(self.classes)[above.astype(np.intp)]

    def _score(self, X: Any, offset: Any, threads: int | None, *, log_odds: bool) -> Floats:
        check_options(threads=threads)
        array, names = as_matrix(X)
        columns = match_columns(names, self._features, named=is_frame(X))
        shift = NOTHING if offset is None else as_vector(offset, len(array), "offset")
        beta = np.where(np.isnan(self.centered_coef), 0.0, self.centered_coef)
        if self.fit_intercept:
            columns = np.concatenate([[-1], columns])
        scores = score(
            array, columns, self.center, beta, log_odds=log_odds, offset=shift, threads=threads
        )
        refuse_not_finite(scores, array, names, shift, log_odds=log_odds)
        return scores

    @property
    def _features(self) -> tuple[str, ...]:
        return self.names[1:] if self.fit_intercept else self.names

    # -- words ----------------------------------------------------------------------------------
    def summary(self, level: float = 0.95) -> Summary:
        """The table of coefficients, with what the fit as a whole says."""
        k = len(self.names)
        have = self.covariance_or_none is not None
        blank = pd.DataFrame({"lower": np.full(k, np.nan), "upper": np.full(k, np.nan)})
        ends = self.conf_int(level) if have else blank
        nan = np.full(k, np.nan)
        with np.errstate(over="ignore"):
            odds = np.exp(self.coef)
        table = pd.DataFrame(
            {
                "coef": self.coef,
                "std_error": self.std_error if have else nan,
                "z": self.z if have else nan,
                "p_value": self.p_value if have else nan,
                "lower": ends["lower"].to_numpy(),
                "upper": ends["upper"].to_numpy(),
                "odds_ratio": odds,
            },
            index=pd.Index(self.names, name="name"),
        )
        title = "Logistic regression, maximum likelihood" + self._penalty_words()
        # a dropped column has no part in the predictor either
        undetermined = np.flatnonzero(np.isnan(self.coef) & ~np.isnan(self.centered_coef))
        return Summary(
            title, self._facts(), table, self._notes(level), tuple(undetermined.tolist())
        )

    def _penalty_words(self) -> str:
        if self.penalty:
            return f", {self.penalty.capitalize()} penalty"
        return f", ridge l2 = {self.l2:g}" if self.l2 else ""

    def _facts(self) -> tuple[tuple[str, str], ...]:
        condition = "-" if self.root is None else f"{self.condition_number:.3g}"
        return (
            ("rows", f"{self.n_rows:,}"),
            ("parameters", f"{self.n_parameters}"),
            ("positive class", str(self.classes[1])),
            ("status", self.status.word),
            ("steps", f"{len(self.steps)} ({self.solver})"),
            ("condition number", condition),
            ("log-likelihood", f"{self.loglik:.10g}"),
            ("null log-likelihood", f"{self.null_loglik:.10g}"),
            ("AIC", f"{self.aic:.10g}"),
            ("BIC", f"{self.bic:.10g}"),
            ("pseudo-R2 (McFadden)", f"{self.pseudo_r2:.6g}"),
            ("weight", f"{self.weight_sum:,g}"),
        )

    def _notes(self, level: float) -> tuple[str, ...]:
        negative, positive = self.classes
        notes = [
            f"Coefficients are log-odds of {positive!s} against {negative!s}; z and p are Wald's; "
            f"lower and upper end the {level:.0%} Wald interval of the coefficient."
        ]
        if self.weighted:
            notes.append("Weights are frequencies: weight 2 is the row twice.")
        notes += [f"Dropped: {relation}." for relation in self.aliased]
        if not self.converged:
            notes.append(f"Status: {self.status}.")
        if self.separation is not None and self.separation.kind != "none":
            notes.append(self.separation.explain())
        return tuple(notes)

    def __str__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()
