"""Which rows are called right and wrong, in rows and of 1,000."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .canvas import BLUE, ORANGE, class_label, head, new_axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..evaluation import AtThreshold

__all__ = ["confusion"]


def confusion(
    at: AtThreshold, *, classes: tuple[Any, Any] = ("negative", "positive"), ax: Axes | None = None
) -> Axes:
    """Draw the four cells of a confusion matrix: rows, of 1,000 rows, and share of their class.

    Parameters
    ----------
    at : the counts, as `evaluation.at_threshold` and `choose_threshold` return them
    classes : names of the negative and the positive class
    ax : where to draw; None makes a figure (``ax.figure`` is it)

    Returns
    -------
    matplotlib Axes, a row an actual class, a column a predicted one; the depth of a cell's colour
    is its share of the actual class, blue where it is called right and orange where it is not

    Raises
    ------
    MissingDependencyError
        When matplotlib is not installed.

    Examples
    --------
    >>> from logreg_core.evaluation import at_threshold
    >>> ax = confusion(at_threshold([0, 0, 0, 1], [0.1, 0.2, 0.4, 0.3], 0.25))
    >>> ax.texts[0].get_text().splitlines()[:2]
    ['2', '500 of 1,000']
    """
    ax = new_axes(ax, (5.2, 4.6))
    counts = (
        (at.true_negative, at.false_positive),
        (at.false_negative, at.true_positive),
    )
    drawn = [class_label(name, 22) for name in classes]
    names = (("true negative", "false positive"), ("false negative", "true positive"))
    for row, cells in enumerate(counts):
        total = sum(cells)
        for column, count in enumerate(cells):
            share = count / total if total else 0.0
            ax.fill(
                [column - 0.48, column + 0.48, column + 0.48, column - 0.48],
                [row - 0.48, row - 0.48, row + 0.48, row + 0.48],
                color=BLUE if row == column else ORANGE,
                alpha=0.08 + 0.8 * share,
                linewidth=0,
            )
            words = [
                f"{count:,g}" if isinstance(count, float) else f"{count:,}",
                f"{plain(1000 * count / at.n_rows)} of 1,000",
                f"{share:.1%} of {drawn[row]}",
                names[row][column],
            ]
            ax.text(
                column, row, "\n".join(words), ha="center", va="center", fontsize=10,
                linespacing=1.35, color="black",
            )  # fmt: skip
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.set_xticks([0, 1], drawn)
    ax.set_yticks([0, 1], drawn, rotation=90, va="center")
    ax.tick_params(length=0, labelsize=10)
    ax.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5))
    ax.set_xlabel("called")
    ax.set_ylabel("is")
    baseline = max(at.n_positive, at.n_rows - at.n_positive) / at.n_rows
    head(
        ax, f"Called positive from {at.threshold:.3g} on",
        f"accuracy {at.accuracy:.1%}; the larger class alone gives {baseline:.1%}", width=60,
    )  # fmt: skip
    return ax
