"""Fits known to fifty digits: what fast code, ours and others', is held against.

The formulas are those of ``logreg_core.formulas`` (offered here too), evaluated on mpmath numbers
instead of doubles; the method is the textbook's, Newton with step-halving. Nothing here is fast,
and nothing is clever.

References
----------
McCullough, "Assessing the reliability of statistical software: Part I", The American Statistician
52 (1998) 358-366 (why references need more digits than doubles hold, and how to score by them).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logreg_core.errors import (
    DataError,
    LogregError,
    MissingDependencyError,
    SeparationError,
    SingularError,
)
from logreg_core.formulas import (
    Array,
    climb,
    dependent_columns,
    elementwise,
    gradient,
    hessian,
    log_likelihood,
    log_sigmoid,
    newton_step,
    outcome_weights,
    residual,
    sigmoid,
    solve,
    working_weight,
)
from logreg_core.reference_data import checked, labels

__all__ = [
    "ReferenceFit",
    "fit",
    "gradient",
    "hessian",
    "log_likelihood",
    "log_sigmoid",
    "newton_step",
    "outcome_weights",
    "residual",
    "sigmoid",
    "working_weight",
]

# Carried beyond the digits asked for: conditioning costs 2 log10(cond), and a relation between
# columns of doubles that holds to the last bit has cond = 1e16; the rest is comfort.
_GUARD_DIGITS = 60
# A column within this relative distance of the ones before it depends on them exactly: doubles
# that are independent come no closer than about 1e-32, and rounding here stays below 1e-70.
_DEPENDENT = 1e-40
# On separated data each Newton step moves eta by about 1, for ever. A finite maximum of doubles
# lies at |eta| of about log(weight ratio / overlap), in practice below 75.
_STEPS_BEFORE_SEPARATION = 100


@dataclass(frozen=True)
class ReferenceFit:
    """A maximum known to ``digits`` digits, intercept first.

    The strings carry all digits; ``coef``, ``std_error`` and ``loglik`` are the nearest doubles.
    """

    names: tuple[str, ...]
    coef: NDArray[np.float64]  # (k,) log-odds per unit of the column
    std_error: NDArray[np.float64]  # (k,) same unit, from the inverse information (ridge included)
    loglik: float  # nats, without the penalty, with log C(trials, successes) for counts
    coef_digits: tuple[str, ...]
    std_error_digits: tuple[str, ...]
    loglik_digits: str
    digits: int
    n_iter: int  # Newton steps taken in high precision
    gradient_norm: float  # largest slope left, per unit of weight, columns centred and scaled
    last_step: float  # largest relative change of a coefficient in the last step


def fit(
    X: ArrayLike,
    y: ArrayLike,
    digits: int = 50,
    *,
    sample_weight: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    fit_intercept: bool = True,
    n_trials: ArrayLike | None = None,
    l2: float = 0.0,
    names: Sequence[str] | None = None,
    max_iter: int = 200,
) -> ReferenceFit:
    """What are the coefficients, to 50 digits, of exactly these doubles?

    Newton's method with step-halving in mpmath, started from a float64 run and stopped when no
    coefficient changes by more than one part in 10^digits. Newton doubles the right digits with
    each step, so the answer is better than that.

    Parameters
    ----------
    X : (n, m) features, without the intercept; taken as exact.
    y : (n,) outcomes 0 or 1, or successes out of ``n_trials``.
    digits : significant digits of the answer, 15 or more.
    sample_weight, n_trials : (n,) see ``outcome_weights``; rows that weigh nothing are dropped.
    offset : (n,) known part of the log-odds.
    l2 : ridge 0.5 * l2 * sum(coef^2) in the columns' own units, never on the intercept.
    names : (m,) names of the features; x1, x2, ... when omitted.

    Raises
    ------
    DataError : shapes, values or classes that cannot be used.
    SingularError : a column is an exact combination of those before it (attribute ``columns``).
    SeparationError : no finite maximum (attributes ``kind`` and ``direction``).
    LogregError : no convergence within ``max_iter`` steps.
    MissingDependencyError : mpmath is not installed.

    Notes
    -----
    Complete separation is proven; quasi-complete separation is inferred from log-odds that still
    grow after 100 steps. Cost: half a second for 200 x 4, a minute or two for 20,000 x 8.

    >>> import numpy as np
    >>> fit(np.empty((4, 0)), [1, 1, 1, 0], digits=30).coef_digits       # log 3
    ('1.09861228866810969139524523692',)
    """
    mp = _high_precision(digits)
    data = checked(X, y, sample_weight, n_trials, offset, l2)
    all_names = labels(names, data.X.shape[1], fit_intercept)
    Z, back = _standardised(mp, data.X, fit_intercept)
    _, y, weight, trials, shift = (_exact(mp, part) for part in data)
    success, failure = outcome_weights(y, weight, trials)
    ridge = np.where(np.arange(len(all_names)) < int(fit_intercept), 0.0, l2)
    rows = _Rows(Z, success, failure, shift, _exact(mp, ridge) * np.diag(back) ** 2)
    if l2 == 0 and (dependent := dependent_columns(Z, _DEPENDENT)):
        _refuse_dependent([all_names[j] for j in dependent])
    beta, n_iter, last_step = _converge(mp, rows, back, digits, max_iter)

    loglik = log_likelihood(Z, success, failure, beta, shift)
    if n_trials is not None:
        loglik += (weight * elementwise("log", elementwise("binomial", trials, y))).sum()
    slope = gradient(Z, success, failure, beta, shift) - rows.penalty * beta
    information = -hessian(Z, success, failure, beta, shift) + np.diag(rows.penalty)
    units = _exact(mp, np.eye(len(all_names)))
    covariance = back @ np.column_stack([solve(information, unit) for unit in units]) @ back.T
    std_error = elementwise("sqrt", np.diag(covariance))
    coef = back @ beta
    coef[abs(coef) <= _floor(mp, back) * mp.mpf(10) ** -digits] = mp.zero  # rounding, not a value
    return ReferenceFit(
        names=all_names,
        coef=coef.astype(np.float64),
        std_error=std_error.astype(np.float64),
        loglik=float(loglik),
        coef_digits=tuple(mp.nstr(value, digits, strip_zeros=False) for value in coef),
        std_error_digits=tuple(mp.nstr(value, digits, strip_zeros=False) for value in std_error),
        loglik_digits=mp.nstr(loglik, digits, strip_zeros=False),
        digits=digits,
        n_iter=n_iter,
        gradient_norm=float(max(abs(slope)) / (success + failure).sum()),
        last_step=last_step,
    )


class _Rows(NamedTuple):
    """What the penalised likelihood is made of; columns centred and scaled, with the ones."""

    Z: Array
    success: Array
    failure: Array
    shift: Array
    penalty: Array

    def climb(self, start: Array, slack: Any) -> Iterator[tuple[Array, Array]]:
        return climb(*self[:3], start, self.shift, self.penalty, slack)


def _float_start(rows: _Rows) -> Array:
    """A float64 run as far as doubles are safe: any start would do, this one saves slow steps."""
    floats = _Rows(*(part.astype(np.float64) for part in rows))
    start = np.zeros(floats.Z.shape[1])
    if (floats.Z[:, 0] == 1.0).all():
        start[0] = -floats.shift.mean()  # from 0 a large offset saturates every row
    with np.errstate(all="ignore"), suppress(SingularError):
        for beta, step in islice(floats.climb(start, 1e-12), 50):
            eta = floats.Z @ beta + floats.shift
            if not abs(eta).max() < 25:  # NaN too; weights beyond are near rounding
                break
            start = beta
            if abs(floats.Z @ step).max() < 1e-6:
                break
    return start


def _converge(
    mp: Any, rows: _Rows, back: Array, digits: int, max_iter: int
) -> tuple[Array, int, float]:
    """Newton until no coefficient moves by one part in 10^digits: beta, steps, last change."""
    floor, slack = _floor(mp, back), mp.mpf(10) ** (10 - mp.dps)
    path = rows.climb(_exact(mp, _float_start(rows)), slack)
    change = mp.inf
    for n_iter, (beta, step) in enumerate(islice(path, max_iter), 1):
        change = max(abs(back @ step) / np.maximum(abs(back @ beta), floor))
        if change <= mp.mpf(10) ** -digits:
            return beta, n_iter, float(change)
        if not any(rows.penalty):
            _refuse_separated(rows, n_iter, beta, step, back)
    raise LogregError(
        f"a coefficient still changed by {float(change):.1e} of itself in step {max_iter}",
        f"less than 1e-{digits}",
        "the maximum is far away or does not exist",
        "raise max_iter, or look for separation with logreg_core.separation.detect",
    )


def _refuse_separated(rows: _Rows, n_iter: int, beta: Array, step: Array, back: Array) -> None:
    """Raise where beta tells the outcomes apart, or where eta still runs after very many steps."""
    margin = rows.Z @ beta  # without the offset: only then is beta itself a separating direction
    apart = np.where(rows.failure == 0, margin > 0, (margin < 0) & (rows.success == 0)).all()
    running = n_iter >= _STEPS_BEFORE_SEPARATION and max(abs(rows.Z @ step)) > 0.5
    if apart or running:
        direction = (back @ (beta if apart else step)).astype(np.float64)
        kind = "complete" if apart else "quasi-complete"
        raise SeparationError(
            f"{kind} separation along the coefficients {direction.tolist()}",
            "outcomes that overlap",
            "the log-likelihood rises for ever in that direction and has no finite maximum",
            "use a penalty (l2 > 0, or Firth's), or drop what separates",
            kind=kind,
            direction=direction,
        )


def _refuse_dependent(columns: list[str]) -> None:
    raise SingularError(
        f"exact combinations of the columns before them: {', '.join(columns)}",
        "linearly independent columns",
        "their coefficients are not determined",
        "leave them out, or give l2 > 0",
        columns=tuple(columns),
    )


def _standardised(mp: Any, X: Array, fit_intercept: bool) -> tuple[Array, Array]:
    """Z = (X - centre) / scale behind its ones, and the matrix that takes beta back to X."""
    middle = X.mean(axis=0) if fit_intercept else np.zeros(X.shape[1])
    # The smallest power of two above the spread, so that 1 / scale is exact.
    spread = np.frexp(abs(X - middle).max(axis=0, initial=0.0))[1]
    centre, scale = _exact(mp, middle), _exact(mp, np.ldexp(1.0, spread))
    Z = (_exact(mp, X) - centre) / scale
    if not fit_intercept:
        return Z, np.diag(1 / scale)
    back = np.diag(np.concatenate([[mp.one], 1 / scale]))
    back[0, 1:] = -centre / scale
    return np.column_stack([_exact(mp, np.ones(len(X))), Z]), back


def _floor(mp: Any, back: Array) -> Array:
    """The size below which a coefficient is measured absolutely: it moves eta by about 1e-20."""
    return np.asarray(abs(back).sum(axis=1) * mp.mpf(10) ** -20)


def _exact(mp: Any, values: Array) -> Array:
    """The same numbers as mpmath objects, nothing rounded."""
    return np.asarray(np.frompyfunc(mp.mpf, 1, 1)(values), dtype=object)


def _high_precision(digits: int) -> Any:
    """A fresh mpmath context, so that the caller's own precision is left alone."""
    try:
        import mpmath
    except ImportError as problem:
        raise MissingDependencyError(
            "mpmath is not installed",
            "mpmath 1.3 or later",
            "nothing here can calculate beyond doubles",
            'pip install "logreg-core[peers]"',
        ) from problem
    if not digits >= 15:
        raise DataError(f"digits is {digits}", "15 or more", "doubles hold more", "ask for more")
    mp = mpmath.mp.clone()
    mp.dps = digits + _GUARD_DIGITS
    return mp


def __dir__() -> list[str]:
    return sorted(__all__)
