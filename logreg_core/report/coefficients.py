"""The rows of the coefficient table: every level of a category has one, the reference too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..design import Design
    from ..result import LogitFit

__all__ = ["CoefficientRow", "coefficient_rows"]

_NAN = float("nan")


@dataclass(frozen=True)
class CoefficientRow:
    """column: of the file; level: of a category, or empty; is_reference: nothing was estimated.

    Log-odds per unit of the column, and the odds ratio with its interval.
    """

    column: str
    level: str
    is_reference: bool
    coef: float
    std_error: float
    z: float
    p_value: float
    odds_ratio: float
    lower: float
    upper: float


def coefficient_rows(
    fit: LogitFit, design: Design, level: float = 0.95
) -> tuple[CoefficientRow, ...]:
    """Lay out the coefficients of a fit in the order of the file's columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from logreg_core import fit
    >>> from logreg_core.design import Design
    >>> frame = pd.DataFrame({"city": ["Oslo", "Rome"] * 4, "y": [0, 0, 1, 1, 1, 0, 0, 1]})
    >>> design = Design.from_frame(frame, target="y")
    >>> [(row.column, row.level, row.is_reference) for row in coefficient_rows(fit(design), design)]
    [('intercept', '', False), ('city', 'Oslo', True), ('city', 'Rome', False)]
    """
    odds = fit.odds_ratio(level).to_numpy()
    columns = (fit.coef, fit.std_error, fit.z, fit.p_value, *odds.T)
    numbers = np.column_stack(columns).tolist()
    rows = [CoefficientRow("intercept", "", False, *numbers[0])]
    place = 1
    for feature in design.encoding.features:
        name = str(feature.name)
        if not feature.levels:
            rows.append(CoefficientRow(name, "", False, *numbers[place]))
            place += 1
            continue
        reference, *others = map(str, feature.levels)
        rows.append(CoefficientRow(name, reference, True, 0.0, _NAN, _NAN, _NAN, 1.0, _NAN, _NAN))
        for other in others:
            rows.append(CoefficientRow(name, other, False, *numbers[place]))
            place += 1
    return tuple(rows)
