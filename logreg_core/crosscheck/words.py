"""The sentences and cells of a comparison, each made from the numbers it speaks of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..certificate_result import digits_words
from ..summary import inert
from ..summary import number as coefficient
from .verdict import Verdict, small

if TYPE_CHECKING:
    from .comparison import Comparison

__all__ = ["cells", "digits_text", "heading", "mark", "sentence"]

HEADER = ("library", "setting", "digits", "std err.", "loglik lost", "prob. off", "claims", "ms",
          "verdict")  # fmt: skip
# Causes of a difference; the others say what was converted, or speak of std errors.
_NOTES = ("baseline", "class order", "covariance")


def digits_text(digits: float | None) -> str:
    """Digits with one decimal, rounded down: 5.96 does not pass for 6.0.

    >>> digits_text(5.96), digits_text(float("nan")), digits_text(None)
    ('5.9', '-', '-')
    """
    if digits is None or math.isnan(digits):
        return "-"
    return digits_words(digits)


def heading(found: Comparison) -> str:
    """What everything is held against, and how good that is."""
    own = digits_text(float(np.nanmin(found.own_digits)))
    state = (
        f"the maximum (its own digits: {own})" if found.status == "converged"
        else f"a fit that is {found.status}"
    )  # fmt: skip
    return (
        f"{found.n_rows:,} rows, {len(found.names)} coefficients, log-likelihood "
        f"{found.loglik:.10g}: answers held against {state}; {found.asked:g} digits agree"
    )


def mark(verdict: Verdict) -> str:
    """The verdict in a word or two."""
    if verdict.agrees is None:
        return verdict.kind
    if verdict.kind != "answered":
        return verdict.kind
    if verdict.agrees:
        return "agrees"
    return "differs: " + ", ".join(code for code in verdict.codes if code not in _NOTES)


def claims(verdict: Verdict) -> str:
    """What the library says of itself."""
    if verdict.coef is None or verdict.setting == "as given":
        return "-"
    if verdict.warned:
        return "warned"
    return "-" if verdict.converged is None else "converged" if verdict.converged else "not conv."


def cells(found: Comparison) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The table as text: its header and its rows."""
    rows: list[tuple[str, ...]] = []
    for v in found.verdicts:
        lost = None if v.loglik_lost is None else max(0.0, v.loglik_lost)
        if lost is not None and lost < 1e-9 * abs(found.loglik):
            lost = 0.0  # the rounding of the log-likelihood itself
        rows.append(
            (
                inert(v.peer),
                v.setting,
                digits_text(v.fewest),
                digits_text(v.fewest_of_std_errors),
                small(lost),
                small(v.probability_difference),
                claims(v),
                "-" if v.seconds is None else f"{v.seconds * 1e3:.3g}",
                mark(v),
            )
        )
    return HEADER, rows


def sentence(found: Comparison, verdicts: Sequence[Verdict]) -> str:
    """One library in one plain sentence: told by its most telling answer, the others in brackets.

    Most telling is an answer that differs without a warning, then any that differs.
    """
    first = verdicts[0]
    title = inert(first.peer)
    if first.agrees is None:
        lack = "not installed" if first.kind == "not installed" else first.failure
        return f"{title}: not compared, {inert(lack)}."
    order = sorted(verdicts, key=lambda v: (v.agrees is not False, bool(v.warned)))
    told, rest = order[0], [v for v in verdicts if v is not order[0]]
    if told.agrees:
        said = " and ".join(_digits_at(v) for v in verdicts)
        notes = dict.fromkeys(reason.words for v in verdicts for reason in v.reasons)
        return inert("; ".join([f"{title} agrees: {said}", *notes])) + "."
    text = f"{title} {_difference(found, told)}"
    if rest:
        text += f". Also {'; '.join(_short(v, told, found) for v in rest)}"
    return inert(text) + "."


def _digits_at(v: Verdict) -> str:
    at = "" if v.setting == "as given" else f" ({v.setting})"
    return f"{digits_text(v.fewest)} digits{at}"


def _short(v: Verdict, told: Verdict, found: Comparison) -> str:
    """The answer at another setting."""
    if v.coef is None:
        return f"{v.setting}: {v.kind}"
    if "separation" in v.codes and "separation" in told.codes:
        j = found.names.index(found.worst_name(told))
        return f"{v.setting}: {coefficient(v.coef[j])}"
    notes = ["it warned"] if v.warned and not v.agrees else []
    notes += [] if v.agrees else list(v.codes)
    return f"{v.setting}: {digits_text(v.fewest)} digits" + f" ({', '.join(notes)})" * bool(notes)


def _difference(found: Comparison, v: Verdict) -> str:
    at = "" if v.setting == "as given" else f"at {v.setting} settings "
    if v.kind != "answered":
        how = "reached the time limit" if v.kind == "time limit" else v.kind
        return f"{at}{how}: {v.failure}"
    j = found.names.index(found.worst_name(v))
    assert v.coef is not None
    there = "the maximum is at" if math.isfinite(found.coef[j]) else "the truth is"
    how = "is wrong" if v.fewest < 1.0 else "is short of digits"
    text = (
        f"{at}{how} ({digits_text(v.fewest)} digits): `{found.names[j]}` is "
        f"{coefficient(v.coef[j])}, {there} {coefficient(found.coef[j])}"
    )
    return "; ".join([text, *(reason.words for reason in v.reasons)])
