"""Would the answer be another, had a choice been made the other way?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..design import Design
from ..diagnostics import influence
from ..fitting import fit
from ..inference import robust_covariance
from ..result import LogitFit
from ..tails import wald_interval
from .columns import BAN, CLAIM, DURATION, POSITIVE, TARGET
from .models import design_of
from .usual import cap

__all__ = ["MissingRows", "Run", "Sensitivity", "vary"]


@dataclass(frozen=True, eq=False)
class Run:
    """The seven-feature model with one choice made the other way.

    key, title, why: its name, what was done, and what for, in words. n_rows; fit: LogitFit;
    odds_ratio, lower, upper: of opinion against claim, with its interval. largest_shift: the
    largest change of any other slope in standard errors of the baseline (NaN where columns or
    their units differ), of the coefficient named by largest_shift_name.
    """

    key: str
    title: str
    why: str
    n_rows: int
    fit: LogitFit
    odds_ratio: float
    lower: float
    upper: float
    largest_shift: float
    largest_shift_name: str


@dataclass(frozen=True, eq=False)
class MissingRows:
    """What the incomplete rows could do to the answer, whatever they hold.

    n_rows: incomplete rows, n_verified of them verified. They lack claim status, so the odds ratio
    of opinion against claim (claim status alone) is bounded by filling it in at its worst: least,
    least_lower, least_upper when every verified row among them was a claim and every other an
    opinion; greatest, greatest_lower, greatest_upper the other way round. observed: without them.
    always_there: DataFrame, a row a coefficient of a model of the columns that no row lacks
    (duration, ban status): complete, all_rows (log-odds per unit), shift (in std errors of the
    former).
    """

    n_rows: int
    n_verified: int
    observed: float
    least: float
    least_lower: float
    least_upper: float
    greatest: float
    greatest_lower: float
    greatest_upper: float
    always_there: pd.DataFrame

    @property
    def answer_stands(self) -> bool:
        """Whether the interval stays on one side of 1 at both extremes."""
        return self.least_lower > 1.0 or self.greatest_upper < 1.0


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Would the answer be another, had a choice been made the other way?

    runs: `Run`, the baseline first: log(1 + count); the ten rows of largest Cook's distance out;
    rows of high leverage out; robust standard errors; Firth's penalty; counts capped at the fence.
    missing: `MissingRows`.
    """

    runs: tuple[Run, ...]
    missing: MissingRows

    def __getitem__(self, key: str) -> Run:
        """The run of this key."""
        return next(run for run in self.runs if run.key == key)

    @property
    def table(self) -> pd.DataFrame:
        """A row a run: rows, odds_ratio, lower, upper, largest_shift, largest_shift_name."""
        columns = [
            "n_rows", "odds_ratio", "lower", "upper", "largest_shift", "largest_shift_name",
        ]  # fmt: skip
        rows = [[getattr(run, name) for name in columns] for run in self.runs]
        return pd.DataFrame(rows, columns=columns, index=pd.Index([run.title for run in self.runs]))


def vary(frame: pd.DataFrame, rows: NDArray[np.intp], design: Design, base: LogitFit,
         log1p: LogitFit, alone: LogitFit, level: float) -> Sensitivity:  # fmt: skip
    """Make each choice the other way, and fit again.

    Parameters
    ----------
    frame, rows : all rows, and the positions of the complete ones
    design, base : the seven features of the complete rows, and their fit
    log1p, alone : the fits with log(1 + count), and of claim status alone
    """
    seen = influence(base, design)
    cook, leverage = seen["cooks_distance"].to_numpy(), seen["leverage"].to_numpy()
    without_worst = np.sort(np.argsort(-cook, kind="stable")[N_WORST:])
    ordinary = np.flatnonzero(leverage <= 3.0 * leverage.mean())
    sandwich = robust_covariance(base, design)
    sturdy = replace(base, covariance_or_none=np.asarray(sandwich))
    capped = design_of(cap(frame.iloc[rows])[0], _features(design))
    entries = (
        ("baseline", "the model as it is", "what the others are compared with", base),
        ("log1p", "counts as log(1 + count)", "counts are very skewed", log1p),
        ("influential", f"the {N_WORST} rows of largest Cook's distance left out",
         "whether a few rows carry the answer", fit(design.take(without_worst))),
        ("leverage", "rows of more than three times the mean leverage left out",
         "whether rows of extreme columns carry it, whatever their outcome",
         fit(design.take(ordinary))),
        ("robust", "standard errors that do not trust the model's variance (HC1)",
         "whether the intervals rest on the model being right", sturdy),
        ("firth", "Firth's penalty", "whether few verified rows bias the maximum",
         fit(design, penalty="firth")),
        ("capped", "likes and comments cut at Q3 + 1.5 IQR, as the usual recipe does",
         "whether that makes a difference", fit(capped)),
    )  # fmt: skip
    runs = tuple(_run(*entry, base, level) for entry in entries)
    return Sensitivity(runs, _missing(frame, rows, alone, level))


N_WORST = 10


def _features(design: Design) -> tuple[str, ...]:
    return tuple(str(feature.name) for feature in design.encoding.features)


def _run(key: str, title: str, why: str, found: LogitFit, base: LogitFit, level: float) -> Run:
    opinion = next(name for name in found.names if name.startswith(f"{CLAIM}_"))
    ratio, lower, upper = found.odds_ratio(level).to_numpy()[found.names.index(opinion)].tolist()
    shift, where = float("nan"), ""
    if found.names == base.names:
        moved = np.abs((found.coef - base.coef) / base.std_error)
        moved[[0, base.names.index(opinion)]] = 0.0
        where = base.names[int(moved.argmax())]
        shift = float(moved.max())
    return Run(key, title, why, found.n_rows, found, ratio, lower, upper, shift, where)


def _missing(
    frame: pd.DataFrame, rows: NDArray[np.intp], alone: LogitFit, level: float
) -> MissingRows:
    whole = frame.loc[frame[TARGET].notna(), [TARGET, CLAIM, BAN, DURATION]]
    complete = frame.iloc[rows]
    verified, claim = complete[TARGET] == POSITIVE, complete[CLAIM] == "claim"
    counts = np.array(
        [[(verified == hit)[claim == is_claim].sum() for hit in (True, False)]
         for is_claim in (False, True)],
        dtype=np.float64,
    )  # fmt: skip
    n_verified = int((whole[TARGET] == POSITIVE).sum() - verified.sum())
    n_other = len(whole) - len(complete) - n_verified
    against = np.array([[0.0, n_other], [n_verified, 0.0]])
    least, greatest = (_odds_ratio(counts + extra, level) for extra in (against, against[::-1]))
    return MissingRows(
        len(frame) - len(rows),
        n_verified,
        float(np.exp(alone.coef[1])),
        *least,
        *greatest,
        _always_there(frame, rows),
    )


def _odds_ratio(counts: NDArray[np.float64], level: float) -> tuple[float, float, float]:
    """With Woolf's interval: what logistic regression on one 0/1 column gives. counts: rows
    opinion, claim; columns verified, not."""
    (a, b), (c, d) = counts
    log_ratio, error = np.log(a * d / (b * c)), np.sqrt((1.0 / counts).sum())
    lower, upper = wald_interval(np.array([log_ratio]), np.array([error]), level)
    return float(np.exp(log_ratio)), float(np.exp(lower[0])), float(np.exp(upper[0]))


def _always_there(frame: pd.DataFrame, rows: NDArray[np.intp]) -> pd.DataFrame:
    columns = (DURATION, BAN)
    known = frame[frame[[*columns, TARGET]].notna().all(axis=1)]
    part = fit(design_of(frame.iloc[rows], columns))
    whole = fit(design_of(known, columns))
    return pd.DataFrame(
        {
            "complete": part.coef,
            "all_rows": whole.coef,
            "shift": (whole.coef - part.coef) / part.std_error,
        },
        index=pd.Index(part.names),
    )
