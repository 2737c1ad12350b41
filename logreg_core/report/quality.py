"""How sure is a report of its numbers? Intervals, tests of each column, assumptions, digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import LogregError

if TYPE_CHECKING:
    from ..certificate import Certificate
    from ..design import Design
    from ..diagnostics import Assumptions
    from ..evaluation import AtThreshold, AucInterval
    from ..result import LogitFit

__all__ = ["Quality", "Term", "quality", "rates"]


@dataclass(frozen=True)
class Term:
    """A column of the file as a whole, against the model without it.

    statistic: of the likelihood-ratio test with df degrees of freedom; p_adjusted: Holm's, for as
    many tests as there are columns.
    """

    name: str
    df: int
    statistic: float
    p_value: float
    p_adjusted: float


@dataclass(frozen=True, eq=False)
class Quality:
    """area: None where the test rows hold too few of a class for an interval. terms: empty, with
    the reason in no_terms, where the fit allows no likelihood-ratio tests."""

    area: AucInterval | None
    terms: tuple[Term, ...]
    no_terms: str
    assumptions: Assumptions
    certificate: Certificate | None


def quality(
    fit: LogitFit,
    design: Design,
    y: NDArray[np.uint8],
    probability: NDArray[np.float64],
    *,
    level: float = 0.95,
    threads: int | None = None,
) -> Quality:
    """Judge the fit of a design, and its predictions (n,) of outcomes y (n,) that it has not seen.

    Notes
    -----
    Some five passes a column for the tests, a dozen and four a number for the assumptions, six
    for the certificate.

    Examples
    --------
    >>> import pandas as pd
    >>> from logreg_core import fit
    >>> from logreg_core.design import Design
    >>> frame = pd.DataFrame({"x": range(12), "y": [0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1]})
    >>> design = Design.from_frame(frame, target="y")
    >>> fitted = fit(design)
    >>> found = quality(fitted, design, design.y, fitted.probability(design.X))
    >>> found.terms[0].name, round(found.terms[0].p_value, 3), found.certificate.status
    ('x', 0.121, 'proven')
    """
    import warnings

    from ..certificate import certify
    from ..diagnostics import assumptions
    from ..errors import LogregWarning
    from ..evaluation import auc_interval

    with warnings.catch_warnings():
        # areas of 0 and 1, groups too small: the tables say so themselves
        warnings.simplefilter("ignore", LogregWarning)
        area = _tried(lambda: auc_interval(y, probability, level=level))
        checks = assumptions(fit, design, level=level, threads=threads)
        certificate = _tried(lambda: certify(fit, design, threads=threads))
        terms, no_terms = _terms(fit, design)
    return Quality(area, terms, no_terms, checks, certificate)


def _tried(compute: Any) -> Any:
    try:
        return compute()
    except LogregError:
        return None


def _terms(fit: LogitFit, design: Design) -> tuple[tuple[Term, ...], str]:
    from ..inference import drop1

    try:
        table = drop1(fit, design)
    except LogregError as refused:
        return (), f"{refused.found}: {refused.meaning}"
    columns = ("df", "statistic", "p_value", "p_adjusted")
    rows = zip(table.index, *(table[column].tolist() for column in columns), strict=True)
    return tuple(Term(str(name), int(df), *rest) for name, df, *rest in rows), ""


def rates(at: AtThreshold, level: float) -> dict[str, tuple[float, float]]:
    """Wilson intervals of accuracy, precision, recall and specificity; NaN ends where 0/0.

    >>> from logreg_core.evaluation import at_threshold
    >>> found = rates(at_threshold([0, 0, 0, 1], [0.1, 0.2, 0.4, 0.3], 0.25), 0.95)
    >>> [round(end, 3) for end in found["precision"]]
    [0.095, 0.905]
    """
    from ..evaluation import wilson_interval

    tp, fp, fn, tn = at.true_positive, at.false_positive, at.false_negative, at.true_negative
    parts = {
        "accuracy": (tp + tn, at.n_rows),
        "precision": (tp, tp + fp),
        "recall": (tp, tp + fn),
        "specificity": (tn, tn + fp),
    }
    nan = (float("nan"), float("nan"))
    return {
        name: wilson_interval(hits, n, level) if n else nan for name, (hits, n) in parts.items()
    }
