"""The usual answer to this case, done again: what it reports, and what is at the maximum of the
same rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..crosscheck.usual_recipe import Stopped, Upsampled, stopped_early, upsample_then_split
from ..evaluation import AtPrevalence, AtThreshold, at_threshold
from ..fitting import fit
from ..formulas import gradient, hessian, log_likelihood, sigmoid
from ..result import LogitFit
from .columns import BAN, CLAIM, LIKES
from .models import design_of
from .published import PUBLISHED, Matrix, Published, matrix_of

__all__ = ["UsualRecipe", "cap", "usual_recipe"]

Floats = NDArray[np.float64]
VIEWS = "video_view_count"
CAPPED = (LIKES, "video_comment_count")
# the order of the recipe's columns: where lbfgs stops depends on it
ORDER = (
    "video_duration_sec", "video_view_count", "video_share_count", "video_download_count",
    "video_comment_count", CLAIM, BAN,
)  # fmt: skip
MAX_ITER = 800


@dataclass(frozen=True, eq=False)
class UsualRecipe:
    """Likes and comments capped, verified rows repeated until the classes are even, then split,
    then scikit-learn's defaults (lbfgs, ridge C = 1) on raw columns.

    Attributes
    ----------
    scikit_learn : version installed, by which it was done again.
    n_iter, max_iter : of lbfgs; n_warnings : warnings it gave.
    n_train, n_test : rows after repetition.
    n_test_verified, n_seen : verified test rows, and those of them whose original is also in the
        training set.
    memory_accuracy : accuracy, on that test set, of a rule that knows nothing but the training
        rows by heart: verified where the same row was verified there, else not.
    reported : AtThreshold of the test rows at 0.5: .accuracy, .precision, .recall, counts.
    at_maximum : the same, by the maximum of the same training rows.
    coefficients : DataFrame, a row a coefficient, intercept first: reported (lbfgs), score (the
        gradient of the log-likelihood there per standard deviation of the column: 0 at a maximum),
        maximum, std_error (at the maximum), published (NaN: not printed),
        published_score (intercept 0).
    loglik, maximum_loglik, ridge_loglik, published_loglik : of the training rows at the reported
        point, at the maximum, at the maximum of the ridge lbfgs was given, at the published point.
    decrement : Newton decrement per row at the reported point, about its distance from the
        maximum (this library stops at 1e-10).
    maximum : LogitFit of the same training rows.
    std_error_ratio : (smallest, largest) std error of the slopes on all repeated rows over that on
        the same rows without repetition: how much certainty repetition feigns.
    published : `Published`; published_here : AtThreshold of its coefficients on these test rows.
    published_at_prevalence, at_prevalence : what the published rates, and the reported ones, mean
        at the true share of verified rows: .precision, .accuracy.
    capped : DataFrame, a row a capped column: fence, share_claim, share_opinion (of rows changed).
    heat_map_r : Pearson's r of views and likes on the capped and repeated rows, which is what the
        recipe's heat map shows; `Exploration.correlations` has that of the rows as they are.
    """

    scikit_learn: str
    n_iter: int
    max_iter: int
    n_warnings: int
    n_train: int
    n_test: int
    n_test_verified: int
    n_seen: int
    memory_accuracy: float
    reported: AtThreshold
    at_maximum: AtThreshold
    coefficients: pd.DataFrame
    loglik: float
    maximum_loglik: float
    ridge_loglik: float
    published_loglik: float
    decrement: float
    maximum: LogitFit
    std_error_ratio: tuple[float, float]
    published: Published
    published_here: AtThreshold
    published_at_prevalence: AtPrevalence
    at_prevalence: AtPrevalence
    capped: pd.DataFrame
    heat_map_r: float

    @property
    def shortfall(self) -> float:
        """Log-likelihood units between the reported point and the maximum."""
        return self.maximum_loglik - self.loglik

    @property
    def published_shortfall(self) -> float:
        """The same of the published point; of no meaning unless ``is_published_file``."""
        return self.maximum_loglik - self.published_loglik

    @property
    def is_maximum(self) -> bool:
        """Whether the reported point is the maximum, to six digits of the log-likelihood."""
        return self.shortfall < 1e-6 * abs(self.maximum_loglik)

    @property
    def matrix(self) -> Matrix:
        """((tn, fp), (fn, tp)) as reported."""
        return matrix_of(self.reported)

    @property
    def maximum_matrix(self) -> Matrix:
        """((tn, fp), (fn, tp)) at the maximum."""
        return matrix_of(self.at_maximum)

    @property
    def accuracy(self) -> float:
        """As reported, on its own test rows."""
        return self.reported.accuracy

    @property
    def precision(self) -> float:
        """As reported, on its own test rows."""
        return self.reported.precision

    @property
    def recall(self) -> float:
        """As reported, on its own test rows."""
        return self.reported.recall

    @property
    def maximum_accuracy(self) -> float:
        """On the same test rows, at the maximum."""
        return self.at_maximum.accuracy

    @property
    def is_published_file(self) -> bool:
        """Whether the published coefficients give the published matrix on these test rows: then
        these are the rows of the published answer."""
        return matrix_of(self.published_here) == self.published.matrix

    @property
    def reproduces_published(self) -> bool:
        """Whether the scikit-learn installed reports the published matrix."""
        return self.matrix == self.published.matrix


def usual_recipe(frame: pd.DataFrame, prevalence: float) -> UsualRecipe:
    """Follow the usual recipe on the complete rows, and look at where it ends.

    Parameters
    ----------
    frame : complete rows
    prevalence : their share of verified rows
    """
    table, capped = cap(frame)
    design = design_of(table, ORDER)
    found = upsample_then_split(design.y)
    seen, asked = found.rows[found.train], found.rows[found.test]
    X, y = design.X[seen], design.y[seen]
    stopped = stopped_early(X, y, MAX_ITER)
    maximum = fit(design.take(seen))
    ridge = fit(design.take(seen), l2=1.0, inference=False)  # C = 1, as lbfgs was given
    published = np.array([PUBLISHED.coef.get(name, 0.0) for name in maximum.names])
    ratio = (fit(design.take(found.rows)).std_error / fit(design).std_error)[1:]
    reported = _at_half(stopped.coef, design.X[asked], design.y[asked])
    ends = {name: _at_point(coef, X, y) for name, coef in
            (("reported", stopped.coef), ("published", published))}  # fmt: skip
    leak = _leak(design.y, found)
    return UsualRecipe(
        scikit_learn=stopped.version,
        n_iter=stopped.n_iter,
        max_iter=MAX_ITER,
        n_warnings=stopped.n_warnings,
        n_train=len(seen),
        n_test=len(asked),
        n_test_verified=leak[0],
        n_seen=leak[1],
        memory_accuracy=leak[2],
        reported=reported,
        at_maximum=_at_half(maximum.coef, design.X[asked], design.y[asked]),
        coefficients=_coefficients(stopped, maximum, published, ends),
        loglik=ends["reported"].loglik,
        maximum_loglik=maximum.loglik,
        ridge_loglik=ridge.loglik,
        published_loglik=ends["published"].loglik,
        decrement=ends["reported"].decrement,
        maximum=maximum,
        std_error_ratio=(float(ratio.min()), float(ratio.max())),
        published=PUBLISHED,
        published_here=_at_half(published, design.X[asked], design.y[asked]),
        published_at_prevalence=PUBLISHED.at_prevalence(prevalence),
        at_prevalence=reported.at_prevalence(prevalence),
        capped=capped,
        heat_map_r=float(
            np.corrcoef(table[[VIEWS, LIKES]].to_numpy(dtype=np.float64)[found.rows].T)[0, 1]
        ),
    )


def cap(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with likes and comments cut at Q3 + 1.5 IQR, and what that changed."""
    table, rows = frame.copy(), {}
    for name in CAPPED:
        values = frame[name].astype(np.float64)
        q1, q3 = values.quantile([0.25, 0.75])
        fence = q3 + 1.5 * (q3 - q1)
        above = values > fence
        table[name] = values.clip(upper=fence)
        shares = {
            f"share_{level}": float(above[frame[CLAIM] == level].mean())
            for level in ("claim", "opinion")
        }
        rows[name] = {"fence": fence, **shares}
    return table, pd.DataFrame.from_dict(rows, orient="index")


@dataclass(frozen=True, eq=False)
class _Point:
    """What the log-likelihood looks like at a point: score (k,) per standard deviation."""

    loglik: float
    score: Floats
    decrement: float


def _at_point(coef: Floats, X: Floats, y: NDArray[np.uint8]) -> _Point:
    center, scale = X.mean(axis=0), X.std(axis=0)
    Z = np.column_stack([np.ones(len(X)), (X - center) / scale])
    beta = np.concatenate([[coef[0] + center @ coef[1:]], coef[1:] * scale])
    success = y.astype(np.float64)
    parts = (Z, success, 1.0 - success, beta)
    score = gradient(*parts)
    step = np.linalg.solve(-hessian(*parts), score)
    loglik = float(log_likelihood(*parts))
    return _Point(loglik, score, float(np.sqrt(score @ step / len(X))))


def _at_half(coef: Floats, X: Floats, y: NDArray[np.uint8]) -> AtThreshold:
    return at_threshold(y, sigmoid(coef[0] + X @ coef[1:]), 0.5)


def _leak(y: NDArray[np.uint8], found: Upsampled) -> tuple[int, int, float]:
    seen, asked = found.rows[found.train], found.rows[found.test]
    verified = y[asked] == 1
    known = np.isin(asked, seen[y[seen] == 1])
    right = np.where(verified, known, ~known)
    n_seen = int((verified & np.isin(asked, seen)).sum())
    return int(verified.sum()), n_seen, float(right.mean())


def _coefficients(
    stopped: Stopped, maximum: LogitFit, published: Floats, ends: dict[str, _Point]
) -> pd.DataFrame:
    columns = {
        "reported": stopped.coef, "score": ends["reported"].score, "maximum": maximum.coef,
        "std_error": maximum.std_error, "published": published,
        "published_score": ends["published"].score,
    }  # fmt: skip
    table = pd.DataFrame(columns, index=pd.Index(maximum.names))
    table.loc["intercept", "published"] = np.nan  # it was not printed
    return table
