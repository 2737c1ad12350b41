"""What a fit returns: coefficients, their quality, and how they came about. It holds no data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .ascent import Status, TraceRow
from .errors import LogregError
from .fit_scores import scores
from .fit_summary import summarise
from .log_odds_error import log_odds_errors
from .model_file import save
from .option_checks import check_options
from .rank import Relation
from .summary import Summary
from .tails import two_sided, wald_interval

if TYPE_CHECKING:
    from os import PathLike

    from .certificate import Certificate
    from .encoding import Encoding
    from .separation import Separation

__all__ = ["LogitFit"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
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
    encoding : the rule from raw columns to X, where the fit was made from a `Design`.
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
    with_offset: bool = False
    encoding: Encoding | None = field(default=None, repr=False)

    # -- coefficients and their quality ---------------------------------------------------------
    @property
    def certificate(self) -> Certificate | None:
        """What `certify` found of this fit, last; None before. No part of it: it is not saved."""
        found: Certificate | None = self.__dict__.get("_certificate")
        return found

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
        return two_sided(self.z)

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Wald intervals of the coefficients, in log-odds: columns lower, upper."""
        check_options(level=level)
        lower, upper = wald_interval(self.coef, self.std_error, level)
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
    @overload
    def log_odds(
        self, X: Any, se: Literal[False] = False, *, offset: Any = None, threads: int | None = None
    ) -> Floats: ...
    @overload
    def log_odds(
        self, X: Any, se: Literal[True], *, offset: Any = None, threads: int | None = None
    ) -> tuple[Floats, Floats]: ...
    def log_odds(
        self, X: Any, se: bool = False, *, offset: Any = None, threads: int | None = None
    ) -> Floats | tuple[Floats, Floats]:
        """(m,) log-odds of the positive class, and with ``se`` their (m,) standard errors.

        X as for `probability`. An offset is taken as known: the errors do not depend on it.
        """
        found = scores(self, X, offset, threads, log_odds=True)
        return (found, log_odds_errors(self, X)) if se else found

    def probability(self, X: Any, *, offset: Any = None, threads: int | None = None) -> Floats:
        """(m,) probabilities of the positive class.

        X holds the columns of the fit or, for a fit made from a `Design`, raw columns by name.
        """
        return scores(self, X, offset, threads, log_odds=False)

    def predict(self, X: Any, threshold: float = 0.5, *, offset: Any = None) -> NDArray[Any]:
        """(m,) labels: positive where probability >= threshold."""
        check_options(threshold=threshold)
        above = self.probability(X, offset=offset) >= threshold
        return np.asarray(self.classes)[above.astype(np.intp)]

    # -- elsewhere ------------------------------------------------------------------------------
    def save(self, path: str | PathLike[str]) -> None:
        """Write the fit to a JSON file, whole or not at all; `load` reads it back bit by bit."""
        save(self, path)

    def to_sklearn(self) -> Any:
        """A fitted scikit-learn LogisticRegression: see `export.scikit_learn`."""
        from .export import to_sklearn

        return to_sklearn(self)

    def to_onnx(self, *, encoded: bool = False) -> Any:
        """An ONNX model in double precision: see `export.onnx_model`."""
        from .export import to_onnx

        return to_onnx(self, encoded=encoded)

    def to_sql(
        self,
        table: str | tuple[str, ...],
        *,
        log_odds: str = "log_odds",
        probability: str = "probability",
        encoded: bool = False,
        dialect: str = "standard",
    ) -> str:
        """A SELECT statement that scores the rows of a table: see `export.sql`."""
        from .export import to_sql

        names = {"log_odds": log_odds, "probability": probability}
        return to_sql(self, table, **names, encoded=encoded, dialect=dialect)

    # -- words ----------------------------------------------------------------------------------
    def summary(self, level: float = 0.95) -> Summary:
        """The table of coefficients, with what the fit as a whole says."""
        return summarise(self, level)

    def __str__(self) -> str:
        return str(self.summary())

    def __repr__(self) -> str:
        """One line: a list of fits stays readable, print(fit) gives the table."""
        return (
            f"<LogitFit {self.status.word}: {self.n_parameters} coefficients, "
            f"{self.n_rows:,} rows, log-likelihood {self.loglik:.6g}>"
        )

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def __rich__(self) -> Any:
        return self.summary().__rich__()

    def __dir__(self) -> list[str]:
        """Without what the other attributes are made from: they stay, out of tab completion."""
        inner = ("center", "centered_coef", "root", "covariance_or_none", "steps")
        return [name for name in super().__dir__() if name not in inner]
