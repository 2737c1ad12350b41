"""One answer against the maximum: digits, what was lost, and the reasons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .arbiter import Arbiter
from .conventions import convention
from .digits import MOST, agreed_digits, worst
from .foreign import Foreign, align
from .peers import Peer, Said
from .process import Answer
from .reasons import Differs, aliasing, coefficient_reasons
from .verdict import Reason, Verdict

__all__ = ["judge", "judge_foreign"]

Floats = NDArray[np.float64]
Ask = Callable[[str, bool], Answer]

_NOT_ASKED = ("unsupported", "not installed")


def judge(
    arbiter: Arbiter, peer: Peer, setting: str, answer: Answer, asked: float, ask: Ask | None = None
) -> Verdict:
    """What is to be said of a peer's answer.

    asked : digits that every coefficient must have; ask(setting, standardised) runs the peer
    again, for the experiments that some reasons rest on.
    """
    if answer.said is None:
        agrees = None if answer.kind in _NOT_ASKED else False
        return Verdict(
            peer.title, setting, answer.kind, agrees, answer.failure, seconds=answer.seconds,
            warned=answer.warned,
        )  # fmt: skip
    said = answer.said
    if len(said.coef) != len(arbiter.names):
        failure = f"{len(said.coef)} coefficients for {len(arbiter.names)}"
        return Verdict(peer.title, setting, "failed", False, failure)

    def experiment(other: str, standardised: bool) -> Floats | None:
        if ask is None or (other and other != peer.experiment):
            return None
        found = ask(other or setting, standardised).said
        return None if found is None else arbiter.folded(found.coef)

    return _verdict(arbiter, peer.title, setting, answer, said.coef, said, asked, experiment)


def judge_foreign(arbiter: Arbiter, foreign: Foreign, asked: float) -> Verdict:
    """What is to be said of coefficients that another program printed."""
    aligned = align(foreign, arbiter.names, arbiter.levels)
    coef, notes = aligned.coef, [Reason(*note) for note in aligned.notes]
    ours = np.where(np.isfinite(arbiter.coef), arbiter.coef, np.nan)
    flipped = np.nan_to_num(agreed_digits(-coef, ours), nan=MOST)
    if np.median(flipped) >= 2.0 + np.median(np.nan_to_num(agreed_digits(coef, ours), nan=MOST)):
        coef = -coef
        words = "it models the other class: all signs are turned, and were turned back"
        notes.append(Reason("class order", words, {"digits": worst(flipped)}))
    answer = Answer({"coef": coef.tolist(), "std_error": None})
    theirs = Said(coef, aligned.std_error)
    verdict = _verdict(
        arbiter, foreign.title, "as given", answer, coef, None, asked, lambda *_: None,
        theirs, aligned.transform, tuple(notes),
    )  # fmt: skip
    return verdict


def _verdict(
    arbiter: Arbiter,
    title: str,
    setting: str,
    answer: Answer,
    raw: Floats,
    said: Said | None,
    asked: float,
    experiment: Callable[[str, bool], Floats | None],
    theirs: Said | None = None,
    transform: Floats | None = None,
    notes: tuple[Reason, ...] = (),
) -> Verdict:
    kept, stated = arbiter.surface.kept, theirs or said
    assert stated is not None
    coef = arbiter.folded(raw)
    digits = np.full(len(raw), np.nan)
    digits[kept] = agreed_digits(coef, arbiter.coef[kept])
    finite = bool(np.isfinite(coef).all())
    point = arbiter.surface.at(coef) if finite else None
    fewest = worst(digits)
    agrees = bool(fewest >= asked)
    reasons = list(notes)
    alias = aliasing(arbiter, raw, asked)
    if alias:
        reasons.append(alias)
    if not agrees:
        differs = Differs(arbiter, said, coef, point, fewest, bool(answer.warned), experiment)
        reasons += coefficient_reasons(differs)
    std_error = stated.std_error
    spread = None if std_error is None else _std_error_digits(arbiter, std_error, transform)
    if std_error is not None and spread is not None and fewest >= 3.0 and worst(spread) < asked:
        given = std_error[kept]
        part = None if transform is None else transform[np.ix_(kept, kept)]
        other = convention(arbiter, given, part)
        reasons += [other] if other else []
    apart = None
    if finite:
        apart = float(np.abs(arbiter.surface.probability(coef) - arbiter.probability).max())
    return Verdict(
        title, setting, "answered", agrees,
        coef=raw, digits=digits, std_error=std_error, std_error_digits=spread,
        loglik_lost=None if point is None else float(arbiter.loglik - point.loglik),
        loglik_digits=_loglik_digits(arbiter, stated),
        probability_difference=apart,
        decrement=None if point is None else arbiter.decrement(point),
        seconds=answer.seconds, steps=stated.steps, converged=stated.converged,
        warned=answer.warned, reasons=tuple(reasons),
    )  # fmt: skip


def _std_error_digits(arbiter: Arbiter, std_error: Floats, transform: Floats | None) -> Floats:
    covariance = arbiter.fit.covariance
    if transform is not None and not np.array_equal(transform, np.eye(len(transform))):
        covariance = transform @ covariance @ transform.T
    return agreed_digits(std_error, np.sqrt(covariance.diagonal()))


def _loglik_digits(arbiter: Arbiter, said: Said) -> float | None:
    return None if said.loglik is None else float(agreed_digits(said.loglik, arbiter.fit.loglik))
