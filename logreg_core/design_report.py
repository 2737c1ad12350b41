"""What became of a data frame on its way to X and y: rows dropped, classes, levels, columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import Level, listed

__all__ = ["DesignReport", "fisher_exact"]


@dataclass(frozen=True)
class DesignReport:
    """What a ``Design`` did to its data frame; ``str()`` gives it as lines of text.

    Attributes
    ----------
    n_rows_total, n_rows, n_dropped : rows of the frame, rows kept, rows dropped
    missing : (column, rows in which it is missing) for the used columns that have any
    target : name of the outcome column
    class_counts : (class, kept rows) of the negative and of the positive class
    n_dropped_with_outcome, n_dropped_positive : of the dropped rows, those whose outcome is
        known, and the positive ones among them
    dropped_p_value : Fisher's exact test, two-sided, of equal outcome rates in kept and dropped
        rows; None where no dropped row has an outcome
    levels : (column, levels) of each category, its reference first
    excluded : columns of the frame that are neither feature nor outcome
    """

    n_rows_total: int
    n_rows: int
    missing: tuple[tuple[Any, int], ...]
    target: Any
    class_counts: tuple[tuple[Level, int], tuple[Level, int]]
    n_dropped_with_outcome: int
    n_dropped_positive: int
    dropped_p_value: float | None
    levels: tuple[tuple[Any, tuple[Level, ...]], ...]
    excluded: tuple[Any, ...]

    @property
    def n_dropped(self) -> int:
        """Rows left out because a used column is missing in them."""
        return self.n_rows_total - self.n_rows

    @property
    def positive(self) -> Level:
        """The class whose probability is modelled."""
        return self.class_counts[1][0]

    @property
    def outcome_rate(self) -> float:
        """Share of positive rows among the kept ones (probability)."""
        return self.class_counts[1][1] / self.n_rows

    @property
    def dropped_outcome_rate(self) -> float | None:
        """Share of positive rows among the dropped ones whose outcome is known."""
        if not self.n_dropped_with_outcome:
            return None
        return self.n_dropped_positive / self.n_dropped_with_outcome

    def __str__(self) -> str:
        (negative, n_negative), (positive, n_positive) = self.class_counts
        lines = [
            f"rows: {self.n_rows} of {self.n_rows_total} used, {self.n_dropped} dropped",
            f"outcome {self.target!r}: positive class {positive!r} ({n_positive} rows, "
            f"{self.outcome_rate:.2%}), negative class {negative!r} ({n_negative} rows)",
        ]
        if self.missing:
            counts = ", ".join(f"{name!r} in {count}" for name, count in self.missing)
            lines.append(f"missing values: {counts} rows")
        if self.dropped_outcome_rate is not None and self.dropped_p_value is not None:
            lines.append(
                f"positive among dropped rows: {self.dropped_outcome_rate:.1%} against "
                f"{self.outcome_rate:.1%} of those used (Fisher's exact test p = "
                f"{self.dropped_p_value:.2g})"
            )
        lines += [
            f"category {name!r}: reference {levels[0]!r}, against it {listed(levels[1:])}"
            for name, levels in self.levels
        ]
        if self.excluded:
            lines.append(f"columns not used: {listed(self.excluded)}")
        return "\n".join(lines)


def fisher_exact(positive: int, n: int, other_positive: int, other_n: int) -> float:
    """Test whether two groups have the same rate: Fisher's exact two-sided p-value.

    The sum of the hypergeometric probabilities that do not exceed that of the table seen, with
    all margins held. Probabilities are built outward from the largest by their ratios, so no
    factorial is formed and nothing overflows.

    Parameters
    ----------
    positive, n : positive rows and rows of the first group
    other_positive, other_n : the same of the second group

    Returns
    -------
    float, a probability; relative error about 1e-12

    Notes
    -----
    Time and memory: proportional to the smaller margin. ``scipy.stats.fisher_exact`` gives the
    same, for 0.3 s of import.

    Examples
    --------
    >>> f"{fisher_exact(8, 10, 1, 6):.6f}"
    '0.034965'
    """
    total, hits = n + other_n, positive + other_positive
    low, high = max(0, hits - other_n), min(n, hits)
    x = np.arange(low, high, dtype=np.float64)  # the step from x to x + 1
    ratio = (hits - x) * (n - x) / ((x + 1) * (other_n - hits + x + 1))
    mode = min(max((n + 1) * (hits + 1) // (total + 2), low), high) - low
    upward = np.cumprod(ratio[mode:])
    downward = np.cumprod(1 / ratio[:mode][::-1])[::-1]
    weight = np.concatenate([downward, [1.0], upward])
    # Ties with the table seen count, whichever way rounding went: scipy and R allow 1e-7 too.
    as_rare = weight <= weight[positive - low] * (1 + 1e-7)
    return float(min(1.0, weight[as_rare].sum() / weight.sum()))
