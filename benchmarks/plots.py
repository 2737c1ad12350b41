"""Two pictures of a results file: time against digits, and time against rows.

Colour says the library (Okabe and Ito's colours, told apart by colour-blind readers), the marker
says the solver, so neither is needed alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.results_file import YARDSTICK, Cell, Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["digits_plot", "rows_plot"]

# contender: (colour, marker)
STYLE = {
    "logreg_core": ("#000000", "o"),
    "logreg_core, inference": ("#000000", "s"),
    "logreg_core newton": ("#000000", "x"),
    "scikit-learn newton-cholesky": ("#0072B2", "o"),
    "scikit-learn newton-cg": ("#0072B2", "s"),
    "scikit-learn lbfgs": ("#0072B2", "^"),
    "scikit-learn-intelex lbfgs": ("#56B4E9", "v"),
    "glum": ("#009E73", "o"),
    "glum, inference": ("#009E73", "s"),
    "firthmodels, inference": ("#CC79A7", "D"),
    "statsmodels Logit, inference": ("#D55E00", "o"),
    "statsmodels GLM, inference": ("#D55E00", "P"),
}
YARDSTICK_COLOUR = "#777777"
PANELS = ("100000x20", "1000000x20", "200000x100", "50000x300", "unscaled", "tiktok")
# Few columns, so that rows alone make the difference.
BY_ROWS = ("2000x10", "20000x10", "100000x20", "1000000x20", "5000000x8")


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update({
        "svg.hashsalt": "logreg_core", "font.size": 11, "axes.spines.top": False,
        "axes.spines.right": False, "axes.grid": True, "grid.color": "#dddddd",
        "axes.axisbelow": True, "figure.constrained_layout.use": True,
    })  # fmt: skip
    return pyplot


def _look(name: str) -> dict[str, Any]:
    colour, marker = STYLE[name]
    return {"color": colour, "marker": marker, "markersize": 8 if colour == "#000000" else 6.5}


def _time_axis(axes: Any) -> None:
    """Milliseconds on a logarithmic scale, as numbers a reader can read."""
    from matplotlib.ticker import FuncFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:,.10g}"))


def digits_plot(results: Results) -> Figure:
    """A panel a problem: minimum time of each contender at the digits it gave."""
    pyplot = _pyplot()
    chosen = [p for p in PANELS if p in results.problems] or list(results.problems)[:6]
    n_columns = min(3, max(1, len(chosen)))
    n_rows = -(-max(1, len(chosen)) // n_columns)
    size = (4.2 * n_columns + 1.0, 3.5 * n_rows + 1.6)
    figure, grid = pyplot.subplots(n_rows, n_columns, figsize=size, squeeze=False)
    handles: dict[str, Any] = {}
    for axes, problem in zip(grid.flat, chosen, strict=False):
        facts = results.problems[problem]
        size_words = f"{facts['n']:,} × {facts['k']}"
        title = size_words if problem[0].isdigit() else f"{problem}, {size_words}"
        axes.set_title(title, fontsize=12, loc="left")
        _points(axes, results, problem, handles)
        _time_axis(axes)
        axes.set(xlim=(-0.5, 15.9), xticks=range(0, 16, 3))
    for axes in list(grid.flat)[len(chosen) :]:
        axes.set_visible(False)
    figure.supylabel("milliseconds, fastest call")
    for axes in grid[-1]:
        axes.set_xlabel("right digits of the worst coefficient")
    figure.legend(handles.values(), handles, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _points(axes: Any, results: Results, problem: str, handles: dict[str, Any]) -> None:
    for name in STYLE:
        cells = [c for c in results.of(problem) if c.contender == name and c.seconds]
        points = sorted({(c.digits, 1e3 * c.least) for c in cells if c.digits is not None})
        if points:
            (line,) = axes.plot(*zip(*points, strict=True), linestyle=":", **_look(name))
            handles.setdefault(name, line)
    blas = results.cell(problem, YARDSTICK)
    if blas is not None:
        line = axes.axhline(1e3 * blas.least, color=YARDSTICK_COLOUR, linestyle="--")
        handles.setdefault(f"{YARDSTICK} (no fit)", line)


def rows_plot(results: Results) -> Figure:
    """Minimum time against rows, of contenders at 6 digits; a hollow mark has fewer."""
    pyplot = _pyplot()
    chosen = [p for p in BY_ROWS if p in results.problems] or list(results.problems)
    chosen.sort(key=lambda p: results.problems[p]["n"])
    rows = [results.problems[p]["n"] for p in chosen]
    figure, axes = pyplot.subplots(figsize=(10.5, 6.4))
    for name in (*STYLE, YARDSTICK):
        cells = [_at_six(results, p, name) for p in chosen]
        there = [(n, c) for n, c in zip(rows, cells, strict=True) if c is not None]
        if not there:
            continue
        times = [1e3 * c.least for _, c in there]
        if name == YARDSTICK:
            look: dict[str, Any] = {"color": YARDSTICK_COLOUR, "linestyle": "--"}
        else:
            look = _look(name) | {"linestyle": "-"}
        axes.plot([n for n, _ in there], times, label=name, **look)
        wrong = [(n, 1e3 * c.least) for n, c in there if name != YARDSTICK and not c.right]
        if wrong:
            look |= {"linestyle": "none", "markerfacecolor": "white", "zorder": 3}
            axes.plot(*zip(*wrong, strict=True), **look)
    axes.set_xscale("log")
    _time_axis(axes)
    labels = [f"{n:,}\n× {results.problems[p]['k']}" for p, n in zip(chosen, rows, strict=True)]
    axes.set_xticks(rows, labels)
    axes.minorticks_off()
    axes.set(xlabel="rows × columns", ylabel="milliseconds, fastest call")
    axes.set_title("Time of a fit at 6 right digits (hollow: fewer)", loc="left")
    handles, words = axes.get_legend_handles_labels()
    ends = {line.get_label(): float(line.get_ydata()[-1]) for line in handles}
    order = sorted(range(len(words)), key=lambda i: -ends[words[i]])
    figure.legend(
        [handles[i] for i in order],
        [words[i] for i in order],
        loc="outside right center",
        frameon=False,
    )
    return figure


def _at_six(results: Results, problem: str, name: str) -> Cell | None:
    """The cell asked for 6 digits, or not asked."""
    for c in results.of(problem):
        if c.contender == name and c.target in (None, 6) and c.seconds:
            return c
    return None
