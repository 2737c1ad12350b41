"""Whose coefficients are right? Any program's, ranked by distance to the certified maximum."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..ascent import Status
from ..certificate import Certificate, judge
from ..certificate_result import right_digits
from ..errors import DataError, LogregWarning, SeparationError
from ..evidence import evidence
from ..exact_terms import Point, exact_terms
from ..fitting import fit as fit_maximum
from ..judged_rows import Judged, arrange
from ..metric import metric_at
from ..polishing import Peak, find_peak, polished
from ..problem import Objective
from ..result import LogitFit
from ..workers import Workers

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ranking", "referee"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Coefficients from several programs, held against the maximum.

    Attributes
    ----------
    table : a row a program, best first: digits (right digits of its worst coefficient, 0 to
        15.95), worst (which that is), std_errors (the farthest coefficient, in standard errors of
        the maximum), loglik_lost (log-likelihood below the maximum or supremum), score (Newton
        decrement at its point: the length of the gradient in the metric of the information there,
        0 at a maximum, as estimated distance in standard errors).
    digits : (programs, k) right digits of every coefficient.
    gradient : (programs, k) derivative of the log-likelihood at each point, per unit of the
        coefficient; 0 at a maximum.
    maximum : the polished fit, None where there is no finite maximum.
    certificate : how well the maximum itself is known, or the proof that there is none.
    """

    table: pd.DataFrame
    digits: pd.DataFrame
    gradient: pd.DataFrame
    maximum: LogitFit | None
    certificate: Certificate = field(repr=False)

    def __str__(self) -> str:
        return f"{self.table.to_string()}\nThe maximum itself: {self.certificate.explain()}"

    def _repr_html_(self) -> str:
        return str(self.table.to_html())


def referee(
    X: Any,
    y: Any,
    coefficients: Mapping[str, Any],
    *,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    fit_intercept: bool = True,
    l2: float = 0.0,
    threads: int | None = None,
) -> Ranking:
    """Which of these coefficients are right, and to how many digits?

    No truth has to be given: the maximum is found, polished to the last bit and certified here,
    and each set of coefficients is held against it.

    Parameters
    ----------
    X, y, sample_weight, offset, n_trials, fit_intercept, l2 : the problem, as for `fit`.
    coefficients : program -> (k,) coefficients, the intercept's first, in the columns' own units;
        or a mapping or Series of them by name. NaN stands for a column left out.
    threads : at most so many.

    Returns
    -------
    Ranking

    Raises
    ------
    DataError
        None given; another number of coefficients than columns, or other names; infinities.

    Notes
    -----
    Where a column is a combination of others, its coefficient is first added to theirs: what is
    judged is the same predictor. Where no finite maximum exists nobody has right digits; the
    order is that of the log-likelihood lost. Cost: a fit, its polish, and per program two passes.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> mine = lc.fit(X, y).coef
    >>> found = lc.crosscheck.referee(X, y, {"mine": mine, "short": mine.round(3)})
    >>> found.table["digits"].round(1).to_dict()        # doctest: +ELLIPSIS
    {'mine': 1..., 'short': 3...}
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)
        fit = fit_maximum(
            X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials,
            fit_intercept=fit_intercept, l2=l2, threads=threads,
        )  # fmt: skip
    given = {str(name): _in_order(str(name), c, fit.names) for name, c in coefficients.items()}
    if not given:
        raise DataError(
            "no coefficients are given", "at least one set", "there is nothing to rank",
            'pass a dict such as {"mine": coef}',
        )  # fmt: skip
    rows = arrange(fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials)
    with rows.workers(threads) as workers:
        return _ranked(rows, given, workers)


def _ranked(rows: Judged, given: dict[str, Floats], workers: Workers) -> Ranking:
    import pandas as pd

    peak = _peak(rows, workers)
    if isinstance(peak, Peak):
        maximum: LogitFit | None = polished(rows, peak)
        assert maximum is not None
        certificate, objective = maximum.certificate, peak.objective
    else:
        maximum, certificate, objective = None, peak, rows.objective(workers)
    assert certificate is not None
    found = {
        name: _judged(rows, objective, coef, peak if isinstance(peak, Peak) else None, certificate)
        for name, coef in given.items()
    }
    names = list(rows.fit.names)
    table = pd.DataFrame(
        {name: seen.row(names) for name, seen in found.items()}, index=_Seen.COLUMNS
    ).T.infer_objects()
    order = (
        table.assign(least=-table["digits"])
        .sort_values(["least", "loglik_lost", "score"], kind="stable", na_position="last")
        .index
    )
    digits = pd.DataFrame({n: s.digits for n, s in found.items()}, index=names).T
    gradient = pd.DataFrame({n: s.gradient for n, s in found.items()}, index=names).T
    return Ranking(table.loc[order], digits.loc[order], gradient.loc[order], maximum, certificate)


def _peak(rows: Judged, workers: Workers) -> Peak | Certificate:
    """The maximum, or the certificate that there is none."""
    fit = rows.fit
    if fit.status is Status.SEPARATED:
        return judge(rows, workers)
    try:
        return find_peak(rows, workers)
    except SeparationError:
        return judge(rows, workers)


@dataclass(frozen=True)
class _Seen:
    """One program's answer, judged; (k,) in the order of the fit, NaN where nothing can be said."""

    digits: Floats
    std_errors: float
    loglik_lost: float
    score: float
    gradient: Floats
    COLUMNS: ClassVar[tuple[str, ...]] = ("digits", "worst", "std_errors", "loglik_lost", "score")

    def row(self, names: list[str]) -> list[Any]:
        """As `Ranking.table` shows it."""
        known = not np.isnan(self.digits).all()
        at = int(np.nanargmin(self.digits)) if known else 0
        least = [float(self.digits[at]), names[at]] if known else [math.nan, ""]
        return [*least, self.std_errors, self.loglik_lost, self.score]


def _judged(
    rows: Judged, objective: Objective, coef: Floats, peak: Peak | None, certificate: Certificate
) -> _Seen:
    own = _folded(rows.fit, coef)[rows.kept]
    digits, far = np.full(len(coef), np.nan), math.nan
    with np.errstate(all="ignore"):
        point = Point.of(own)
        terms = exact_terms(objective, point, loglik=True)
        metric = None if terms is None else metric_at(objective, own, terms.farthest)
        if peak is not None:
            top = peak.end.point
            error = np.abs((own - top.high) - top.low)
            sure = error + certificate.coef_bound[rows.kept] * certificate.proven
            digits = rows.spread(right_digits(sure, np.abs(top.high)))
            far = float((error / np.sqrt(peak.metric.variances())).max())
        if metric is None or terms is None:
            nan = np.full(len(coef), np.nan)
            return _Seen(digits, far, math.inf, math.inf, nan)
        best = (
            peak.end.terms.loglik
            if peak is not None
            else Fraction(rows.fit.loglik) - Fraction(rows.problem.constant)
        )
        score = evidence(metric, terms, point).length
    gradient = rows.spread(np.array([float(g) for g in terms.gradient]))
    lost = max(0.0, float(best - terms.loglik))  # below 1e-28 it is rounding
    return _Seen(digits, far, lost, score, gradient)


def _in_order(program: str, given: Any, names: tuple[str, ...]) -> Floats:
    """(k,) coefficients in the order of ``names``, NaN as 0: a column left out counts for 0."""
    if hasattr(given, "to_dict"):
        given = given.to_dict()
    if isinstance(given, Mapping):
        wrong = set(map(str, given)) ^ set(names)
        if wrong:
            raise DataError(
                f"{program!r} names other coefficients: {', '.join(map(repr, sorted(wrong)))}",
                "the coefficients " + ", ".join(map(repr, names)),
                "they cannot be matched with the columns",
                "rename them, or pass an array in this order",
                program=program,
            )
        given = [given[name] for name in names]
    coef = np.asarray(given, dtype=np.float64).reshape(-1)
    if len(coef) != len(names) or np.isinf(coef).any():
        raise DataError(
            f"{program!r} gives {len(coef)} coefficients, {int(np.isinf(coef).sum())} infinite",
            f"{len(names)} finite numbers: {', '.join(names)}",
            "there is no point to judge",
            "pass one for every column, the intercept's first; NaN for a column left out",
            program=program,
        )
    return np.where(np.isnan(coef), 0.0, coef)


def _folded(fit: LogitFit, coef: Floats) -> Floats:
    """The same predictor without the columns that are combinations of others."""
    whole, place = coef.copy(), {name: j for j, name in enumerate(fit.names)}
    for relation in reversed(fit.aliased):
        share = whole[place[relation.name]]
        for other, factor in relation.terms:
            whole[place[other]] += factor * share
        if fit.fit_intercept:
            whole[0] += relation.constant * share
    return whole
