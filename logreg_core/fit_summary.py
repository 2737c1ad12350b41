"""What a fit says of itself: its table of coefficients, its facts, and its notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .summary import Summary

if TYPE_CHECKING:
    from .result import LogitFit

__all__ = ["summarise"]


def summarise(fit: LogitFit, level: float) -> Summary:
    """The summary of a fit, with Wald intervals at ``level``."""
    k = len(fit.names)
    have = fit.covariance_or_none is not None
    blank = pd.DataFrame({"lower": np.full(k, np.nan), "upper": np.full(k, np.nan)})
    ends = fit.conf_int(level) if have else blank
    nan = np.full(k, np.nan)
    with np.errstate(over="ignore"):
        odds = np.exp(fit.coef)
    table = pd.DataFrame(
        {
            "coef": fit.coef,
            "std_error": fit.std_error if have else nan,
            "z": fit.z if have else nan,
            "p_value": fit.p_value if have else nan,
            "lower": ends["lower"].to_numpy(),
            "upper": ends["upper"].to_numpy(),
            "odds_ratio": odds,
        },
        index=pd.Index(fit.names, name="name"),
    )
    title = "Logistic regression, maximum likelihood" + _penalty_words(fit)
    # a dropped column has no part in the predictor either
    undetermined = np.flatnonzero(np.isnan(fit.coef) & ~np.isnan(fit.centered_coef))
    return Summary(title, _facts(fit), table, _notes(fit, level), tuple(undetermined.tolist()))


def _penalty_words(fit: LogitFit) -> str:
    if fit.penalty:
        return f", {fit.penalty.capitalize()} penalty"
    return f", ridge l2 = {fit.l2:g}" if fit.l2 else ""


def _facts(fit: LogitFit) -> tuple[tuple[str, str], ...]:
    condition = "-" if fit.root is None else f"{fit.condition_number:.3g}"
    return (
        ("rows", f"{fit.n_rows:,}"),
        ("parameters", f"{fit.n_parameters}"),
        ("positive class", str(fit.classes[1])),
        ("status", fit.status.word),
        ("steps", f"{len(fit.steps)} ({fit.solver})"),
        ("condition number", condition),
        ("log-likelihood", f"{fit.loglik:.10g}"),
        ("null log-likelihood", f"{fit.null_loglik:.10g}"),
        ("AIC", f"{fit.aic:.10g}"),
        ("BIC", f"{fit.bic:.10g}"),
        ("pseudo-R2 (McFadden)", f"{fit.pseudo_r2:.6g}"),
        ("weight", f"{fit.weight_sum:,g}"),
    )


def _notes(fit: LogitFit, level: float) -> tuple[str, ...]:
    negative, positive = fit.classes
    notes = [
        f"Coefficients are log-odds of {positive!s} against {negative!s}; z and p are Wald's; "
        f"lower and upper end the {level:.0%} Wald interval of the coefficient."
    ]
    if fit.l2:
        notes.append(
            "A ridge pulls coefficients towards 0: z, p and the interval describe the penalised "
            "estimate, and are no test of the true coefficient."
        )
    if fit.weighted:
        notes.append("Weights are frequencies: weight 2 is the row twice.")
    if fit.with_offset:
        notes.append(
            "Fitted with an offset: predictions without offset= are those of rows where it is 0."
        )
    notes += [f"Dropped: {relation}." for relation in fit.aliased]
    if not fit.converged:
        notes.append(f"Status: {fit.status}.")
    if fit.separation is not None and fit.separation.kind != "none":
        notes.append(fit.separation.explain())
    return tuple(notes)
