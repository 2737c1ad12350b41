"""Do the assumptions of a logistic regression hold? Every check, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..design import Design
from ..encoding import Encoding
from ..errors import LogregError
from ..option_checks import check_options
from ..result import LogitFit
from .assumption_checks import (
    binary_outcome,
    collinear_columns,
    collinear_combination,
    enough_events,
    influential_rows,
    no_separation,
    repeated_rows,
    unexplained_rows,
)
from .assumption_table import Assumptions, Check
from .linearity_checks import bends, bins_off, link_holds, model_fits
from .observed import Observed, observe

__all__ = ["assumptions"]


def assumptions(
    fit: LogitFit,
    X: Any,
    y: Any = None,
    *,
    groups: Design | Encoding | Mapping[Any, Iterable[str]] | None = None,
    level: float = 0.95,
    sample_weight: Any = None,
    offset: Any = None,
    n_trials: Any = None,
    threads: int | None = None,
) -> Assumptions:
    """Which assumptions hold, which do not, and which can the data not decide?

    Parameters
    ----------
    fit : any fit; what its kind does not allow (tests of a penalised or separated fit) is said in
        the table.
    X, y, sample_weight, offset, n_trials : the rows that were fitted.
    groups : columns that belong to one category, for the generalised VIF: a `Design`, or name ->
        names of columns. A fit made from a `Design` knows its own.
    level : a test is held against 1 - level.

    Returns
    -------
    Assumptions
        .table has the columns assumption, check, figure, verdict and what_to_do, in words;
        .checks the numbers; print it, or show it in a notebook.

    Raises
    ------
    DataError
        Rows that are not those of the fit.

    Notes
    -----
    Limits, by assumption: VIF 5 and 10, condition index 30, Cook's distance 0.5 and 1, events
    per variable 10 with an expected shrinkage of 0.9, at least nine in ten bins within two
    standard errors. They are conventions to draw the eye, not tests. Of several columns tested at
    once the p-values are adjusted by Holm. The test of a good model fails once in twenty. Cost: a
    dozen passes and four for each numeric column.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i)] for i in range(30)]
    >>> y = [int(c) for c in "001000001001010101101111011111"]
    >>> found = lc.diagnostics.assumptions(lc.fit(X, y), X, y)
    >>> found.headline
    '11 of 12 checks hold, 1 undecided'
    >>> found.table[["check", "figure"]].head(3)
               check                         figure
    0        classes  16 of 30 rows are '1' (0.533)
    1  repeated rows                        0 of 30
    2     separation                           none
    """
    check_options(level=level)
    seen = observe(
        fit, X, y, sample_weight=sample_weight, offset=offset, n_trials=n_trials, threads=threads
    )
    seen.need_own_rows("assumptions")
    if groups is None:
        groups = X if isinstance(X, Design) else fit.encoding
    alpha = 1.0 - level
    steps: tuple[tuple[str, str, Callable[[Observed], Check]], ...] = (
        ("binary outcome", "classes", binary_outcome),
        ("independent rows", "repeated rows", repeated_rows),
        ("finite estimates", "separation", no_separation),
        ("enough rows", "events per variable", enough_events),
        ("no multicollinearity", "VIF", lambda s: collinear_columns(s, groups)),
        ("no multicollinearity", "condition index", collinear_combination),
        ("linear in the log-odds", "Box-Tidwell", lambda s: bends(s, alpha)),
        ("linear in the log-odds", "binned residuals", bins_off),
        ("linear in the log-odds", "link test", lambda s: link_holds(s, alpha)),
        ("no undue influence", "Cook's distance", influential_rows),
        ("no undue influence", "residuals", unexplained_rows),
        ("calibrated shape", "sum of squares", lambda s: model_fits(s, alpha)),
    )
    return Assumptions(tuple(_tried(seen, *step) for step in steps))


def _tried(seen: Observed, assumption: str, name: str, check: Callable[[Observed], Check]) -> Check:
    """A check that this kind of fit does not allow says so, and the others go on."""
    try:
        return check(seen)
    except LogregError as refused:
        return Check(
            assumption, name, "-", float("nan"), None,
            f"not judged: {refused.found}; {refused.meaning}", refused.remedy,
        )  # fmt: skip
