"""Two ways to say what to judge: outcomes and scores, or a fit and rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..diagnostics.observed import observe
from ..errors import DataError
from ..metrics.checks import check_lengths, column, score_column
from ..metrics.outcome import positive_rows
from ..result import LogitFit

__all__ = ["outcomes_and_scores"]


def outcomes_and_scores(
    first: Any, second: Any, third: Any
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """(n,) 0/1 outcomes and (n,) scores from (y, score), (fit, X, y) or (fit, design)."""
    if isinstance(first, LogitFit):
        seen = observe(first, second, third)
        return seen.blocks.y, seen.probability
    if third is not None:
        raise DataError(
            f"three arguments, the first a {type(first).__name__}",
            "(y, score), or (fit, X, y) with a LogitFit",
            "it is not clear what is to be judged",
            "call fit(X, y) first, and pass its result",
        )
    true, score = column(first, "y_true"), score_column(second, "y_score")
    check_lengths(y_true=true, y_score=score)
    return positive_rows(true, None)[1], np.asarray(score, dtype=np.float64)
