"""One figure that says whether the model may be trusted, and where to look if not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..design import Design
from ..diagnostics import influence
from ..diagnostics.assumption_checks import collinear_columns, influential_rows
from ..diagnostics.binned import binned_residuals_of
from ..diagnostics.box_tidwell import box_tidwell_of
from ..diagnostics.calibration import calibration_table_of
from ..diagnostics.collinearity import vif
from ..diagnostics.hosmer_lemeshow import hosmer_lemeshow_of
from ..diagnostics.linearity_checks import bends, bins_off
from ..diagnostics.observed import Observed, observe
from ..errors import DataError, LogregError
from .calibration import draw_calibration
from .canvas import BLUE, GREY, ORANGE, class_label, head, label, new_axes, new_figure
from .collinearity import draw_vif
from .curves import area_words, roc
from .linearity import draw_binned, draw_p_values
from .residuals import draw_leverage
from .verdicts import LEVEL, Verdict, calibration_verdict, verdict_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..result import LogitFit

__all__ = ["check_model"]

SIZE = (13.0, 8.6)  # inches


def check_model(fit: LogitFit, X: Any, y: Any = None, **rows: Any) -> Figure:
    """Draw six panels, each with a verdict: may this model be trusted, and where not?

    Linearity along the predictions (binned residuals) and in each column (Box-Tidwell),
    collinearity (variance inflation), influence (leverage and Cook's distance), calibration (with
    Hosmer and Lemeshow's test), and discrimination (ROC).

    Parameters
    ----------
    fit, X, y : a fit and the rows it was made from
    rows : sample_weight, offset, as the fit was given them

    Returns
    -------
    matplotlib Figure; a panel whose figures do not exist, such as the influence of rows on an
    infinite coefficient, says so

    Raises
    ------
    DataError
        Rows that are not those of the fit.
    MissingDependencyError
        When matplotlib is not installed.

    Notes
    -----
    The verdicts are those of `diagnostics.assumptions`, by its limits; calibration holds unless
    its test rejects at 0.05 or more groups miss than chance explains. They are conventions that
    draw the eye. Independence of the rows cannot be seen in any picture. The area under the curve
    is that of the rows that made the fit, and flatters.

    Examples
    --------
    >>> import logreg_core as lc
    >>> X = [[float(i), float(i % 5)] for i in range(40)]
    >>> y = [int(i % 3 == 0 or i > 30) for i in range(40)]
    >>> figure = check_model(lc.fit(X, y), X, y)
    >>> len(figure.axes)
    6
    """
    seen = observe(fit, X, y, **rows)
    seen.need_own_rows("a check of the model")
    figure = new_figure(SIZE)
    # the panels with names of columns stand below one another: one margin for both
    panels: tuple[tuple[str, Callable[[Axes], Verdict]], ...] = (
        ("Columns that say the same", lambda ax: _collinearity(ax, seen, X)),
        ("Linear along the predictions", lambda ax: _binned(ax, seen)),
        ("Calibrated", lambda ax: _calibration(ax, seen)),
        ("Linear in each column", lambda ax: _bends(ax, seen)),
        ("Rows the fit hangs on", lambda ax: _influence(ax, seen, X, y, rows)),
        ("Tells the classes apart", lambda ax: _discrimination(ax, seen)),
    )
    verdicts = []
    for i, (title, draw) in enumerate(panels):
        ax = new_axes(figure.add_subplot(2, 3, i + 1))
        verdict = _drawn(ax, draw)
        colour = {True: BLUE, False: ORANGE, None: GREY}[verdict.holds]
        width = 44 if i % 3 == 2 else 52  # beside the last panels there is no gap to run into
        head(ax, title, str(verdict), colour=colour, width=width, lines=2)
        verdicts.append(verdict)
    figure.suptitle(_summary(fit, verdicts), fontsize=13, x=0.008, ha="left")
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(hspace=0.05, wspace=0.04)  # type: ignore[call-arg]
    return figure


def _drawn(ax: Axes, draw: Callable[[Axes], Verdict]) -> Verdict:
    try:
        return draw(ax)
    except LogregError as problem:
        ax.clear()
        ax.axis("off")
        # what was found may quote names
        return Verdict(None, f"not available: {label(problem.found, 150)}", judged=False)


def _summary(fit: LogitFit, verdicts: list[Verdict]) -> str:
    judged = [verdict for verdict in verdicts if verdict.judged]
    holding = sum(verdict.holds is True for verdict in judged)
    open_ones = sum(verdict.holds is None for verdict in judged)
    return (
        f"Model of {class_label(fit.classes[1], 30)}: {fit.n_rows:,} rows, {fit.n_parameters} "
        f"coefficients, {fit.status.word}; {holding} of {len(judged)} checks hold"
        + f", {open_ones} undecided"
        * bool(open_ones)
    )


def _binned(ax: Axes, seen: Observed) -> Verdict:
    draw_binned(ax, binned_residuals_of(seen))
    return verdict_of(bins_off(seen))


def _bends(ax: Axes, seen: Observed) -> Verdict:
    table = box_tidwell_of(seen)
    if not len(table):
        raise DataError("no column takes more than two values")
    draw_p_values(ax, table)
    return verdict_of(bends(seen, 1 - LEVEL))


def _collinearity(ax: Axes, seen: Observed, X: Any) -> Verdict:
    draw_vif(ax, vif(seen.fit))
    groups = X if isinstance(X, Design) else seen.fit.encoding
    return verdict_of(collinear_columns(seen, groups))


def _influence(ax: Axes, seen: Observed, X: Any, y: Any, rows: dict[str, Any]) -> Verdict:
    table = influence(seen.fit, X, y, dfbetas=False, **rows)
    draw_leverage(ax, table, seen.fit.n_parameters)
    return verdict_of(influential_rows(seen))


def _calibration(ax: Axes, seen: Observed) -> Verdict:
    table = calibration_table_of(seen)
    draw_calibration(ax, table)
    return calibration_verdict(table, hosmer_lemeshow_of(seen))


def _discrimination(ax: Axes, seen: Observed) -> Verdict:
    if seen.blocks.success.size or seen.blocks.weight.size:
        raise DataError("the rows have weights or trials, and the curve counts rows")
    roc(seen.blocks.y, seen.probability, ax=ax)
    ax.set_aspect("auto")
    words = area_words(seen.blocks.y, seen.probability, LEVEL)
    return Verdict(None, f"{words}; on these rows", judged=False)
