"""How good are the predictions on rows that do not fit into memory? All of it in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..blocks import Blocks, sum_over
from ..errors import DataError
from ..fitted_rows import FittedRows, blame_rows, match_blocks
from ..named_blocks import NamedBlocks
from ..option_checks import check_options
from ..proportions import wilson_interval
from ..result import LogitFit
from ..sampling import SAMPLE
from .at_threshold import AtThreshold
from .block_sums import Judgement, Tally, judge
from .rank_bounds import Bounded, bin_edges

__all__ = ["BlockEvaluation", "evaluate_blocks"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BlockEvaluation:
    """The rows' verdict on a fit, from sums over blocks.

    classes: (negative, positive); n_rows: rows of positive weight; weight_sum: their weight;
    at: confusion matrix and its rates at the threshold; loglik: log-likelihood of the rows under
    the fit; brier: mean of (y - mu)^2; observed, predicted: overall rates; auc,
    average_precision: each with bounds between which it lies, equal where it is exact.
    """

    classes: tuple[Any, Any]
    n_rows: int
    weight_sum: float
    at: AtThreshold
    loglik: float
    brier: float
    observed: float
    predicted: float
    auc: Bounded
    average_precision: Bounded
    _table: Floats = field(repr=False)
    _ends: Floats = field(repr=False)

    @property
    def accuracy(self) -> float:
        """Share of rows called right."""
        return self.at.accuracy

    @property
    def log_loss(self) -> float:
        """Mean surprise, in nats a row: -loglik / weight_sum; nothing is clipped."""
        return -self.loglik / self.weight_sum

    @property
    def confusion_matrix(self) -> NDArray[Any]:
        """[[true negative, false positive], [false negative, true positive]]."""
        at = self.at
        return np.array(
            [[at.true_negative, at.false_positive], [at.false_negative, at.true_positive]]
        )

    @property
    def calibration_error(self) -> float:
        """Mean over the rows of |observed - predicted| of their bin (probability)."""
        _, _, success, expected = self._table
        return float(np.abs(success - expected).sum()) / self.weight_sum

    def calibration_table(self, level: float = 0.95) -> pd.DataFrame:
        """What share came true, in bins of equal width of the probability?

        A row a bin that holds rows, the columns of `diagnostics.calibration_table`: rows, weight,
        lower and upper (range of the probabilities), predicted, observed, Wilson's interval
        observed_lower, observed_upper, and inside.
        """
        check_options(level=level)
        held = np.flatnonzero(self._table[1] > 0.0)
        rows, weight, success, expected = self._table[:, held]
        low, high = wilson_interval(np.minimum(success, weight), weight, level)
        predicted = expected / weight
        columns = {
            "rows": rows.astype(np.int64), "weight": weight,
            "lower": self._ends[0, held], "upper": self._ends[1, held],
            "predicted": predicted, "observed": success / weight,
            "observed_lower": low, "observed_upper": high,
            "inside": (low <= predicted) & (predicted <= high),
        }  # fmt: skip
        return pd.DataFrame(columns, index=pd.Index(held + 1, name="bin"))

    def __str__(self) -> str:
        at = self.at
        return "\n".join(
            [
                f"{self.n_rows:,} rows, weight {self.weight_sum:,.10g}: observed rate "
                f"{self.observed:.4g}, predicted {self.predicted:.4g}",
                f"log loss {self.log_loss:.6g}, Brier score {self.brier:.6g}, calibration error "
                f"{self.calibration_error:.4g} ({self._table.shape[1]} bins)",
                f"AUC {_said(self.auc)}, average precision {_said(self.average_precision)}",
                f"from {at.threshold:g} on: accuracy {at.accuracy:.6g}, precision "
                f"{at.precision:.6g}, recall {at.recall:.6g}, specificity {at.specificity:.6g}",
            ]
        )


def _said(found: Bounded) -> str:
    if found.exact:
        return f"{found.value:.6g}"
    return f"{found.value:.6g} (between {found.lower:.6g} and {found.upper:.6g})"


def evaluate_blocks(
    fit: LogitFit,
    blocks: Blocks,
    *,
    threshold: float = 0.5,
    n_bins: int = 10,
    exact_rows: int = 1_000_000,
    rank_bins: int = 16_384,
    threads: int | None = None,
) -> BlockEvaluation:
    """How good are a fit's predictions on the rows of a block source, its own or others?

    Parameters
    ----------
    fit : any fit.
    blocks : a stream, a cluster's parts, or `ArrayBlocks`; named columns are matched by name.
        Weights are frequencies; weights and offsets are those of the source.
    threshold : probability from which a row is called positive (>=).
    n_bins : bins of the calibration table, of equal width; an inner edge belongs to the bin below.
    exact_rows : up to so many rows the log-odds are kept and sorted, and AUC and average precision
        are exact; it takes some 70 bytes a row, 90 with weights. Beyond, rows are counted in bins
        of log-odds, in constant memory, and both lie between proven bounds.
    rank_bins : how many; half the share of pairs that share a bin is the error bound of the AUC,
        some 1 / (2 rank_bins).

    Returns
    -------
    BlockEvaluation

    Raises
    ------
    DataError
        Columns or classes that do not match; a value that is NaN or infinite.

    Notes
    -----
    One pass. AUC and average precision are those of the log-odds, which tell rows apart that
    probabilities rounded to 1 do not; of rows of one class they are NaN. Same bits for any number
    of threads; a source of the same rows in other parts agrees to 1e-12 and within the bounds.

    Examples
    --------
    >>> import logreg_core as lc
    >>> from logreg_core.blocks import ArrayBlocks
    >>> X, y = np.arange(8.0)[:, None], np.array([0, 0, 1, 0, 1, 0, 1, 1], np.uint8)
    >>> print(evaluate_blocks(lc.fit(X, y), ArrayBlocks(X, y)))
    8 rows, weight 8: observed rate 0.5, predicted 0.5
    log loss 0.528099, Brier score 0.182753, calibration error 0.3578 (10 bins)
    AUC 0.8125, average precision 0.854167
    from 0.5 on: accuracy 0.75, precision 0.75, recall 0.75, specificity 0.75
    """
    check_options(threshold=threshold, threads=threads)
    for name, value, least in (
        ("n_bins", n_bins, 1), ("exact_rows", exact_rows, 0), ("rank_bins", rank_bins, 2)
    ):  # fmt: skip
        if not isinstance(value, int) or value < least:
            raise DataError(
                f"{name} is {value!r:.60}",
                f"a whole number, {least} or more",
                "the call cannot be meant so",
                f"correct {name}",
                option=name,
                value=value,
            )
    if not (hasattr(blocks, "n_columns") and hasattr(blocks, "sample")):
        raise DataError(
            f"blocks is {type(blocks).__name__}, which holds no outcomes",
            "a block source: ParquetBlocks, CsvBlocks, ... or ArrayBlocks(X, y)",
            "predictions cannot be judged without what came true",
            "pass logreg_core.blocks.ArrayBlocks(X, y), or the source of the fit",
        )
    rows = match_blocks(fit, blocks)
    edges = None if blocks.n_rows <= exact_rows else _rank_edges(rows, rank_bins)
    inner = np.linspace(0.0, 1.0, n_bins + 1)[1:-1]
    how = Judgement(rows.scorer, float(threshold), inner, edges)
    with rows.workers(threads) as workers:
        found = sum_over(blocks, partial(judge, how), workers)
    if not np.isfinite(found.loglik):
        blame_rows(rows)
    classes = blocks.classes if isinstance(blocks, NamedBlocks) else fit.classes
    return _evaluation(found, float(threshold), classes)


def _rank_edges(rows: FittedRows[Blocks], n_bins: int) -> Floats:
    return bin_edges(rows.scorer.log_odds(rows.blocks.sample(SAMPLE)), n_bins)


def _evaluation(found: Tally, threshold: float, classes: tuple[Any, Any]) -> BlockEvaluation:
    table = found.table
    weight = float(table[1].sum())
    if not weight > 0.0:
        raise DataError(
            "no row has a positive weight",
            "rows to judge by",
            "every rate is 0/0",
            "check the rows selected and their weights",
        )
    cells = found.cells.astype(np.int64) if found.counted_once else found.cells
    (tn, fp), (fn, tp) = cells.tolist()
    return BlockEvaluation(
        classes, int(table[0].sum()), weight, AtThreshold(threshold, "given", tn, fp, fn, tp),
        found.loglik, found.squares / weight, float(table[2].sum()) / weight,
        float(table[3].sum()) / weight, found.ranks.area(), found.ranks.precision(),
        table, found.ends,
    )  # fmt: skip
