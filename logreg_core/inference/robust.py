"""Standard errors that do not believe the model's variance: sandwiches, HC0, HC1 and clustered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..blas_threads import one_blas_thread
from ..blocks import NOTHING
from ..errors import DataError
from ..fitted_rows import FittedRows, match
from ..named_blocks import NamedBlocks
from ..option_checks import check_options
from ..result import LogitFit
from ..tails import two_sided, wald_interval
from ..vectors import plain_array
from .refusals import refuse_no_fit, refuse_ridge, refuse_separated
from .rows import Rows, arrange, check_rows, check_terms
from .score_products import sum_products

__all__ = ["RobustCovariance", "robust_covariance"]

Floats = NDArray[np.float64]
KINDS = ("HC0", "HC1", "cluster")


@dataclass(frozen=True, eq=False)
class RobustCovariance:
    """A sandwich covariance of the coefficients, and how it was scaled; np.asarray() gives it.

    names (k,); coef (k,) the fit's; covariance (k, k), NaN for dropped columns; kind: "HC0",
    "HC1" or "cluster"; factor: the finite-sample factor that is in it; rule: that factor in
    words; n_groups: clusters, or None.
    """

    names: tuple[str, ...]
    coef: Floats
    covariance: Floats = field(repr=False)
    kind: str
    factor: float
    rule: str
    n_groups: int | None

    @property
    def std_error(self) -> Floats:
        """(k,) standard errors, in the units of the coefficients."""
        return np.sqrt(self.covariance.diagonal())

    @property
    def z(self) -> Floats:
        """(k,) coef / std_error."""
        with np.errstate(all="ignore"):
            return self.coef / self.std_error

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """coef, std_error, z, p_value, lower, upper by the normal distribution."""
        check_options(level=level)
        lower, upper = wald_interval(self.coef, self.std_error, level)
        columns = {
            "coef": self.coef, "std_error": self.std_error, "z": self.z,
            "p_value": two_sided(self.z), "lower": lower, "upper": upper,
        }  # fmt: skip
        return pd.DataFrame(columns, index=pd.Index(self.names))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.covariance, dtype=dtype)

    def __str__(self) -> str:
        groups = f", {self.n_groups:,} clusters" if self.n_groups is not None else ""
        title = f"Robust covariance {self.kind}{groups}, factor {self.factor:.6g} = {self.rule}"
        return f"{title}\n{self.to_frame()}"


def robust_covariance(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    kind: str = "HC1",
    *,
    groups: Any = None,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
) -> RobustCovariance:
    """How far off may the coefficients be, if rows vary more than, or with, one another?

    c I^-1 M I^-1 with I the information and M the sum of s s', where s is the gradient of a row
    (HC0, HC1) or of all rows of a cluster. The factor c is 1 for HC0, n / (n - k) for HC1, and
    G / (G - 1) * (n - 1) / (n - k) for G clusters; the result states it. n is the weight of all
    rows, k the number of coefficients estimated.

    Parameters
    ----------
    X, y, sample_weight, offset, n_trials : the rows, as they were given to `fit`: a block source
        alone, where the fit was made from one (kinds "HC0" and "HC1"). Weights are
        frequencies: weight 2 is the row twice (in the same cluster). A row of binomial counts is
        one observation, whatever its number of trials, so overdispersion shows.
    kind : "HC0", "HC1" or "cluster".
    groups : (n,) labels of the clusters, for kind "cluster".

    Returns
    -------
    RobustCovariance

    Raises
    ------
    DataError
        Rows that are not the fit's; missing labels, fewer than two clusters.
    LogregError
        Separated or penalised fits.

    Notes
    -----
    If the variance of a binary outcome is not mu (1 - mu), its mean is not mu either: HC says how
    the coefficients of a wrong model vary, it does not right them. Clusters are the case where it
    is needed. One pass, the same bits for any number of threads, and from a stream those from
    memory; a second pass for clusters, and memory for k numbers a cluster.

    References
    ----------
    White, H. (1982), doi:10.2307/1912526. Liang, K.-Y. and Zeger, S. L. (1986),
    doi:10.1093/biomet/73.1.13.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X, y = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], [0, 0, 1, 0, 1, 1]
    >>> fit = lc.fit(X, y)
    >>> robust_covariance(fit, X, y, "HC0").std_error.round(4)
    array([2.0441, 0.4734])
    >>> found = robust_covariance(fit, X, y, "cluster", groups=["a", "a", "b", "b", "c", "c"])
    >>> found.factor, found.rule
    (1.875, 'G / (G - 1) * (n - 1) / (n - k)')
    """
    refuse_no_fit(fit)
    refuse_ridge(fit, "a robust covariance", also_firth=True)
    refuse_separated(fit, "a robust covariance", "use penalty='firth', or drop the columns named")
    if kind not in KINDS or (groups is None) == (kind == "cluster"):
        raise DataError(
            f"kind is {kind!r:.60}, groups {'None' if groups is None else 'given'}",
            "'HC0' or 'HC1' without groups, 'cluster' with groups",
            "it is not clear which rows vary together",
            "choose a kind, and pass groups for 'cluster' alone",
            option="kind",
        )
    if isinstance(X, NamedBlocks):
        _refuse_clusters(X, groups)
        given = match(fit, X, y, sample_weight, offset, n_trials)
        rows: FittedRows[Any] = FittedRows(fit, X, given.places, given.names)
        meat, count, n_groups = _by_row(rows, NOTHING)
    else:
        rows = own = arrange(fit, X, y, sample_weight, offset, n_trials)
        weight = NOTHING if sample_weight is None else _each(sample_weight, own.n_rows)
        if groups is None:
            meat, count, n_groups = _by_row(own, weight if n_trials is not None else NOTHING)
        else:
            meat, count, n_groups = _by_cluster(own, weight, groups)
    rule, factor = _factor(kind, count, len(rows.kept), n_groups)
    return RobustCovariance(
        fit.names, fit.coef, _sandwich(rows, meat) * factor, kind, factor, rule, n_groups
    )


def _factor(kind: str, n: float, k: int, n_groups: int | None) -> tuple[str, float]:
    if kind == "HC0":
        return "1", 1.0
    left = n - k
    if left <= 0.0:
        raise DataError(
            f"{n:g} observations and {k} coefficients",
            "more observations than coefficients",
            "the finite-sample factor divides by their difference",
            "use kind='HC0'",
        )
    if n_groups is None:
        return "n / (n - k)", n / left
    return "G / (G - 1) * (n - 1) / (n - k)", n_groups / (n_groups - 1) * (n - 1.0) / left


def _each(sample_weight: Any, n: int) -> Floats:
    return np.broadcast_to(np.asarray(sample_weight, dtype=np.float64).reshape(-1), (n,))


def _observations(rows: Rows, weight: Floats) -> float:
    """Weight of the rows that count."""
    blocks = rows.blocks
    if blocks.success.size:
        present = (blocks.success + blocks.failure) > 0.0
        return float(weight[present].sum() if weight.size else present.sum())
    return float(rows.fit.weight_sum)


def _refuse_clusters(X: NamedBlocks, groups: Any) -> None:
    if groups is not None:
        raise DataError(
            f"groups, and the rows in a {type(X).__name__}",
            "rows in memory, for kind 'cluster'",
            "a source does not say which of its rows belong together",
            "use kind 'HC0' or 'HC1', or pass X and y as arrays",
            option="groups",
        )


def _by_row(rows: FittedRows[Any], weight: Floats) -> tuple[Floats, float, int | None]:
    """Sum of s s' over the rows, each as often as it weighs, and the weight of the rows."""
    found, scale = sum_products(rows, weight)
    check_terms(rows, found.terms)
    return found.matrix / np.outer(scale, scale), found.n_observations, None


def _by_cluster(rows: Rows, weight: Floats, groups: Any) -> tuple[Floats, float, int | None]:
    """Sum of S S' over the clusters, S the gradient of a cluster; weight of the rows; clusters."""
    check_rows(rows)
    codes, n_groups = _codes(groups, rows)
    sums = np.zeros((int(codes.max()) + 1, len(rows.kept)))
    with one_blas_thread():
        for chunk in rows.chunks():
            np.add.at(sums, codes[chunk.where], chunk.Z * chunk.residual[:, None])
        return np.asarray(sums.T @ sums), _observations(rows, weight), n_groups


def _codes(groups: Any, rows: Rows) -> tuple[NDArray[np.intp], int]:
    """Numbers of the clusters, and how many of them have rows of positive weight."""
    labels = plain_array(groups, "groups")
    labels = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if labels.shape != (rows.n_rows,):
        raise DataError(
            f"groups has shape {labels.shape}",
            f"({rows.n_rows},), a label a row",
            "rows and clusters cannot be matched",
            "check that groups and X come from the same rows",
            shape=labels.shape,
        )
    codes, distinct = pd.factorize(labels)
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise DataError(
            f"groups has no label in row {row}",
            "a label for every row",
            "it is not clear with which rows it varies",
            "give such rows a label of their own, or drop them before the fit",
            column="groups",
            row=row,
        )
    blocks = rows.blocks
    weight = blocks.success + blocks.failure if blocks.success.size else blocks.weight
    used = len(distinct) if not weight.size else len(np.unique(codes[weight > 0.0]))
    if used < 2:
        raise DataError(
            f"groups has {used} cluster",
            "two clusters or more, better forty",
            "the gradients of all rows sum to 0: one cluster has no variance",
            "check the labels",
            column="groups",
        )
    return codes.astype(np.intp), used


def _sandwich(rows: FittedRows[Any], meat: Floats) -> Floats:
    """I^-1 M I^-1 in the columns as given; the bread is taken in centred columns."""
    fit, kept = rows.fit, rows.kept
    k, n_kept = len(fit.names), len(kept)
    to_columns = np.eye(n_kept)
    if fit.fit_intercept:
        to_columns[0, 1:] = -fit.center[kept][1:]
    half = to_columns @ rows.centred(fit.covariance)
    inside = half @ meat @ half.T
    whole = np.full((k, k), np.nan)
    whole[np.ix_(kept, kept)] = (inside + inside.T) / 2.0
    return whole
