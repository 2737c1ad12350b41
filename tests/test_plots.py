"""Tolerances: what is drawn is what was computed, to the last bit; what is recomputed here from a
formula, to 1e-12. Text is held to lie inside the picture by the renderer's own measure."""

from __future__ import annotations

import builtins
import io
import itertools
import math
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("matplotlib")

import logreg_core as lc
from logreg_core import evaluation, plots
from logreg_core.changes import typical_changes
from logreg_core.errors import DataError, MissingDependencyError, SeparationWarning, SingularWarning
from logreg_core.plots import canvas, verdicts
from logreg_core.plots.linearity import draw_p_values

HOSTILE = (
    "$x^2$", "two\nlines", "\u202eשלום", "a" * 200, "中文列名", "\x1b[31mred", "50% & #1_{}\\",
    "<script>", "🙂", "$", "tab\there",
)  # fmt: skip


def rows_of(n=400, seed=3, names=("a", "b", "c"), label=("no", "yes")):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(np.abs(rng.normal(size=(n, len(names)))) + 0.1, columns=list(names))
    eta = 0.9 * X.iloc[:, 0] - 0.5 * X.iloc[:, 1] - 1
    y = np.array(label)[(rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)]
    return X, y


@pytest.fixture(scope="module")
def plain_fit():
    X, y = rows_of()
    return lc.fit(X, y), X, y


@pytest.fixture(scope="module")
def hostile_fit():
    X, y = rows_of(names=HOSTILE, label=("$no$", "\u202e$yes\n$"))
    return lc.fit(X, y), X, y


def every_plot(fit, X, y):
    """name: figure, of each public plot."""
    score, codes = fit.probability(X), (y == fit.classes[1]).astype(int)
    at = evaluation.choose_threshold(codes, score, "youden")
    name = fit.names[1]
    draw = {
        "binned_residuals": lambda: plots.binned_residuals(fit, X, y),
        "binned_by": lambda: plots.binned_residuals(fit, X, y, by=name),
        "box_tidwell": lambda: plots.box_tidwell(fit, X, y)[0],
        "calibration": lambda: plots.calibration(fit, X, y),
        "coefficients": lambda: plots.coefficients(fit),
        "coefficients_changes": lambda: plots.coefficients(fit, X, intercept=True),
        "coefficients_log": lambda: plots.coefficients(fit, odds=False),
        "confusion": lambda: plots.confusion(at, classes=fit.classes),
        "convergence": lambda: plots.convergence(fit),
        "leverage": lambda: plots.leverage(fit, X, y),
        "precision_recall": lambda: plots.precision_recall(fit, X, y, at=at),
        "profile": lambda: plots.profile(fit, X, y, name, n_points=9),
        "roc": lambda: plots.roc(fit, X, y, at=at),
        "vif": lambda: plots.vif(fit),
    }
    for title, make in draw.items():
        yield title, make().figure
    yield "check_model", plots.check_model(fit, X, y)


def cut_off(figure, slack=1.0):
    """What the edge of the picture cuts, in pixels: the whole, or one of the notes."""
    figure.canvas.draw()
    renderer, dpi = figure.canvas.get_renderer(), figure.dpi
    boxes = {"whole": figure.get_tightbbox(renderer).extents * dpi}
    for ax in figure.axes:  # notes are kept out of the layout, and so out of the whole
        for text in ax.texts:
            if text.get_gid() == canvas.NOTE:
                boxes[text.get_text()] = text.get_window_extent(renderer).extents
    width, height = figure.bbox.size
    low = (-slack, -slack, -slack, -slack)
    high = (width + slack, height + slack) * 2
    return {k: v for k, v in boxes.items() if not ((low <= v).all() and (v <= high).all())}


# -- nothing cut, nothing executed ---------------------------------------------------------------
def test_every_plot_is_drawn_whole_and_no_name_does_anything(hostile_fit):
    """No name becomes a formula, another line or a change of direction; and no warning."""
    from matplotlib.text import Text

    named = {
        "box_tidwell", "coefficients", "coefficients_changes", "coefficients_log", "profile",
        "vif", "binned_by", "check_model",
    }  # fmt: skip
    for name, figure in every_plot(*hostile_fit):
        assert cut_off(figure) == {}, name
        drawn = []
        for text in figure.findobj(Text):
            words = text.get_text()
            if words.startswith(r"$\mathdefault{10^"):  # matplotlib's own powers of ten
                continue
            shown, is_formula = text._preprocess_math(words)
            assert not is_formula, (name, words)
            assert not set(words) & {"\x1b", "\u202e", "\t"}
            drawn.append(shown)
        assert any("$x^2$" in words for words in drawn) == (name in named), name


def test_a_picture_is_written_whole(plain_fit):
    fit, X, y = plain_fit
    for ax in (plots.coefficients(fit, X), plots.leverage(fit, X, y), plots.roc(fit, X, y)):
        drawn = io.BytesIO()
        ax.figure.savefig(drawn, format="png", dpi=50)
        assert drawn.getvalue().startswith(b"\x89PNG")
        assert cut_off(ax.figure) == {}


def test_labels_say_what_they_stand_for():
    assert canvas.label("two\nlines") == "two lines"
    assert canvas.label("$a$") == r"\$a\$"
    assert canvas.label("\u202eab") == "\\u202eab"
    assert canvas.label("a" * 100).count("a") == canvas.LONGEST - 1
    assert canvas.label("naïve Größe λ") == "naïve Größe λ"
    assert canvas.label("\U0001f9ff") == "\\U0001f9ff"  # in no font of matplotlib's


def test_nothing_global_is_touched():
    code = (
        "import sys, logreg_core as lc\n"
        "import matplotlib; before = dict(matplotlib.rcParams.copy())\n"
        "lc.plots.roc([0, 1, 0, 1], [1, 2, 3, 4]).figure.canvas.draw()\n"
        "lc.plots.calibration([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], groups=2).figure.canvas.draw()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert dict(matplotlib.rcParams.copy()) == before\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_without_matplotlib_the_extra_is_named(plain_fit, monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    fit, X, y = plain_fit
    for draw in (
        lambda: plots.roc(fit, X, y),
        lambda: plots.vif(fit),
        lambda: plots.check_model(fit, X, y),
        lambda: plots.convergence(fit),
    ):
        with pytest.raises(MissingDependencyError, match=r"logreg-core\[report\]"):
            draw()


def test_axes_given_are_drawn_into(plain_fit):
    fit, X, y = plain_fit
    figure = canvas.new_figure((8, 8))
    axes = figure.subplots(2, 2).ravel()
    for ax, draw in zip(
        axes, (plots.roc, plots.precision_recall, plots.calibration, plots.leverage), strict=True
    ):
        assert draw(fit, X, y, ax=ax) is ax
    assert list(figure.axes) == list(axes)


# -- what is drawn is what was computed ----------------------------------------------------------
def test_curves_are_those_of_the_metrics(plain_fit):
    fit, X, y = plain_fit
    score, codes = fit.probability(X), (y == "yes").astype(int)
    fpr, tpr, _ = lc.metrics.roc_curve(codes, score)
    for ax in (plots.roc(codes, score), plots.roc(fit, X, y)):
        line = ax.lines[-1]
        assert np.array_equal(line.get_xdata(), fpr)
        assert np.array_equal(line.get_ydata(), tpr)
    area = evaluation.auc_interval(codes, score)
    words = [text.get_text() for text in plots.roc(codes, score).texts]
    assert any(f"AUC {area.auc:.3f}" in w and f"{area.lower:.3f}" in w for w in words)
    precision, recall, _ = lc.metrics.precision_recall_curve(codes, score)
    line = plots.precision_recall(codes, score).lines[-1]
    assert np.array_equal(line.get_xdata(), recall[recall > 0])
    assert np.array_equal(line.get_ydata(), precision[recall > 0])
    # the area under the steps drawn is average precision
    x, height = line.get_xdata(), line.get_ydata()
    area = np.sum((x - np.append(x[1:], 0)) * height)
    assert area == pytest.approx(lc.metrics.average_precision_score(codes, score), rel=1e-12)


def test_a_threshold_is_marked_where_it_lies(plain_fit):
    fit, X, y = plain_fit
    codes = (y == "yes").astype(int)
    at = evaluation.choose_threshold(codes, fit.probability(X), "youden")
    mark = plots.roc(fit, X, y, at=at).lines[-1]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (1 - at.specificity, at.recall)
    mark = plots.precision_recall(fit, X, y, at=at).lines[-1]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (at.recall, at.precision)


def test_calibration_draws_its_table(plain_fit):
    fit, X, y = plain_fit
    table = lc.diagnostics.calibration_table(fit, X, y, groups=7)
    codes = (y == "yes").astype(int)
    for ax in (
        plots.calibration(fit, X, y, groups=7),
        plots.calibration(codes, fit.probability(X), groups=7),
    ):
        assert ax.lines[-1].get_xdata() == pytest.approx(table["predicted"], rel=1e-12)
        assert ax.lines[-1].get_ydata() == pytest.approx(table["observed"], rel=1e-12)
        ends = np.array([segment[:, 1] for segment in ax.collections[0].get_segments()])
        assert ends[:, 0] == pytest.approx(table["observed_lower"], rel=1e-9, abs=1e-12)
        assert ends[:, 1] == pytest.approx(table["observed_upper"], rel=1e-9)
    with pytest.raises(DataError, match="0 to 1"):
        plots.calibration([0, 1, 1], [0.1, 0.2, 1.5])


def test_confusion_says_counts_and_per_thousand():
    at = evaluation.AtThreshold(0.0629, "prevalence", 9399, 8485, 209, 991)
    words = [text.get_text() for text in plots.confusion(at).texts]
    for count, per_thousand, share in (
        ("9,399", "493 of 1,000", "52.6%"), ("8,485", "445 of 1,000", "47.4%"),
        ("209", "11 of 1,000", "17.4%"), ("991", "51.9 of 1,000", "82.6%"),
    ):  # fmt: skip
        assert any(w.startswith(f"{count}\n{per_thousand}\n{share}") for w in words)
    assert any("93.7%" in w for w in words)


def drawn_as(ax, kind):
    return [line for line in ax.lines if line.get_gid() == kind]


def test_the_forest_is_the_fits_odds_ratios(plain_fit):
    fit, X, y = plain_fit
    table = fit.odds_ratio(0.9).iloc[1:]
    ax = plots.coefficients(fit, level=0.9)
    points = [line.get_xdata()[0] for line in drawn_as(ax, "estimate")]
    assert points == pytest.approx(table["odds_ratio"].tolist(), rel=1e-12)
    ends = np.array([line.get_xdata() for line in drawn_as(ax, "interval")])
    assert ends == pytest.approx(table[["lower", "upper"]].to_numpy(), rel=1e-12)
    filled = [line.get_markerfacecolor() == canvas.BLUE for line in drawn_as(ax, "estimate")]
    assert filled == ((table["lower"] > 1) | (table["upper"] < 1)).tolist()
    low, high = ax.get_xlim()
    assert low < ends.min() < 1 < ends.max() < high
    own = plots.coefficients(
        fit, odds=False, intervals=lc.inference.profile_intervals(fit, X, y), intercept=True
    )
    ends = np.array([line.get_xdata() for line in drawn_as(own, "interval")])
    assert ends == pytest.approx(lc.inference.profile_intervals(fit, X, y).to_numpy(), rel=1e-12)


def test_the_forest_over_a_standard_deviation():
    X, y = rows_of()
    X = X.assign(a=1000 * X["a"], flag=(X["c"] > 0.8).astype(int))
    fit = lc.fit(X, y)
    points = [line.get_xdata()[0] for line in drawn_as(plots.coefficients(fit, X), "estimate")]
    change = [X["a"].std(), X["b"].std(), X["c"].std(), 1.0]
    assert points == pytest.approx(np.exp(fit.coef[1:] * change).tolist(), rel=1e-10)
    assert typical_changes(X.to_numpy())[0] == pytest.approx(change, rel=1e-12)


def test_infinite_and_dropped_coefficients_are_said_not_drawn():
    x = np.arange(20.0)
    with pytest.warns(SeparationWarning):
        fit = lc.fit(np.column_stack([x, np.tile([0.0, 1.0, 1.0, 0.0], 5)]), (x > 9).astype(int))
    words = [t.get_text() for t in plots.coefficients(fit).texts]
    assert any("∞" in w for w in words)
    X, y = rows_of()
    with pytest.warns(SingularWarning):
        fit = lc.fit(X.assign(d=X["a"] + X["b"]), y)
    ax = plots.coefficients(fit)
    assert "not determined" in [t.get_text() for t in ax.texts]
    assert len(drawn_as(ax, "estimate")) == 3
    assert "dropped" in [t.get_text() for t in plots.vif(fit).texts]
    for figure in (plots.coefficients(fit).figure, plots.vif(fit).figure):
        assert cut_off(figure) == {}


def test_bars_are_the_inflation_factors(plain_fit):
    fit, _, _ = plain_fit
    widths = [bar.get_width() + 1 for bar in plots.vif(fit).patches]
    assert widths == pytest.approx(lc.diagnostics.vif(fit)["vif"].tolist(), rel=1e-12)


def test_leverage_draws_every_row_and_lines_of_equal_distance(plain_fit):
    fit, X, y = plain_fit
    table = lc.diagnostics.influence(fit, X, y, dfbetas=False)
    ax = plots.leverage(fit, X, y)
    points = ax.collections[0].get_offsets()
    assert np.array_equal(points[:, 0], table["leverage"])
    assert np.array_equal(points[:, 1], table["standardised_pearson"])
    contours = [line for line in ax.lines if str(line.get_gid()).startswith("cook ")]
    assert contours
    for line in contours:
        level, (h, r) = float(line.get_gid().split()[1]), line.get_data()
        distance = r**2 * h / ((1 - h) * fit.n_parameters)
        assert distance == pytest.approx(np.full(len(h), level), rel=1e-10)
    top = table["cooks_distance"].nlargest(3).index
    assert {f"row {i:,}" for i in top} <= {text.get_text() for text in ax.texts}


def test_thinning_leaves_a_point_in_every_cell_that_has_one():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 200_000))
    kept = canvas.thinned(x, y, most=1000)

    def cells(rows):
        place = [np.minimum((v - v.min()) / (v.max() - v.min()) * 500, 499).astype(int)
                 for v in (x, y)]  # fmt: skip
        return set((place[0] * 500 + place[1])[rows].tolist())

    assert cells(kept) == cells(slice(None))
    assert len(kept) == len(cells(kept)) < len(x) / 3
    assert np.array_equal(canvas.thinned(x[:50], y[:50]), np.arange(50))


def test_binned_residuals_draw_their_table(plain_fit):
    fit, X, y = plain_fit
    for by in (None, "b"):
        table = lc.diagnostics.binned_residuals(fit, X, y, by=by, bins=15)
        ax = plots.binned_residuals(fit, X, y, by=by, bins=15)
        outside, inside = ax.lines[-2:]
        for line, part in ((outside, table[~table["inside"]]), (inside, table[table["inside"]])):
            assert np.array_equal(line.get_xdata(), part["mean"])
            assert np.array_equal(line.get_ydata(), part["residual"])


def test_partial_residuals_are_those_of_landwehr():
    """In each bin b (x - mean) + sum (y - mu) / sum mu (1 - mu), recomputed from the rows."""
    X, y = rows_of(n=240)
    fit = lc.fit(X, y)
    axes = plots.box_tidwell(fit, X, y)
    assert len(axes) == 3
    p, x, codes = fit.probability(X), X["b"].to_numpy(), (y == "yes").astype(float)
    points = axes[1].lines[-1]
    order = np.argsort(x)
    for i, rows in enumerate(np.split(order, 12)):
        b = fit.coef[fit.names.index("b")]
        expected = b * (x[rows].mean() - x.mean())
        expected += (codes - p)[rows].sum() / (p * (1 - p))[rows].sum()
        assert points.get_xdata()[i] == pytest.approx(x[rows].mean(), rel=1e-12)
        assert points.get_ydata()[i] == pytest.approx(expected, rel=1e-9)
        segment = axes[1].collections[0].get_segments()[i][:, 1]
        half = 2 / math.sqrt((p * (1 - p))[rows].sum())
        assert segment == pytest.approx([expected - half, expected + half], rel=1e-8)
    with pytest.raises(DataError, match="axes"):
        plots.box_tidwell(fit, X, y, axes=axes[:1])


def test_bars_of_a_bend_are_as_long_as_the_p_value_is_small():
    p = pd.Series([0.5, 1e-4, math.nan, 0.03], index=list("abcd"))
    ax = canvas.new_axes(None)
    draw_p_values(ax, pd.DataFrame({"p_value": p}))
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx([-math.log10(v) for v in (0.5, 1e-4, 1, 0.03)], rel=1e-12)
    assert [bar.get_hatch() for bar in ax.patches] == ["", "///", "", ""]  # 0.03 is .06 by Holm
    assert "not tested" in [text.get_text() for text in ax.texts]


def test_the_profile_is_drawn_with_its_interval(plain_fit):
    fit, X, y = plain_fit
    ax = plots.profile(fit, X, y, "a", n_points=11)
    curve = ax.lines[-1]
    table = lc.inference.profile_curve(fit, X, y, "a", values=curve.get_xdata())
    assert curve.get_ydata() == pytest.approx(table["drop"], abs=1e-8)
    cut = 3.841458820694124
    ends = [line.get_xdata()[0] for line in ax.lines if list(line.get_ydata()) ==
            pytest.approx([0, cut])]  # fmt: skip
    interval = lc.inference.profile_intervals(fit, X, y, columns="a").iloc[0]
    assert ends == pytest.approx(interval.tolist(), rel=1e-12)


def test_the_trace_is_drawn_step_by_step(plain_fit):
    fit = plain_fit[0]
    decrement, change, gap = plots.convergence(fit).lines[:3]
    trace = fit.trace
    positive = trace["decrement"].to_numpy() > 0
    assert np.array_equal(decrement.get_ydata()[positive], trace["decrement"][positive])
    positive = trace["max_eta_change"].to_numpy() > 0
    assert np.array_equal(change.get_ydata()[positive], trace["max_eta_change"][positive])
    assert np.nanmax(gap.get_ydata()) == fit.loglik - trace["loglik"].min()


# -- the whole -----------------------------------------------------------------------------------
def notes_of(figure):
    return [
        text.get_text().replace("\n", " ")
        for ax in figure.axes for text in ax.texts if text.get_gid() == canvas.NOTE
    ]  # fmt: skip


def test_six_panels_with_the_verdicts_of_the_assumptions(plain_fit):
    fit, X, y = plain_fit
    figure = plots.check_model(fit, X, y)
    assert len(figure.axes) == 6
    notes = " | ".join(notes_of(figure))
    found = {check.check: check for check in lc.diagnostics.assumptions(fit, X, y).checks}
    for name in ("VIF", "Box-Tidwell", "binned residuals", "Cook's distance"):
        check = found[name]
        expected = str(verdicts.verdict_of(check))
        assert " ".join(expected.split()) in " ".join(notes.split())
    assert "Hosmer-Lemeshow" in notes
    assert "AUC" in notes


def test_a_bend_a_copy_and_a_wild_row_are_seen():
    rng = np.random.default_rng(8)
    x = rng.uniform(0.1, 4, 3000)
    y = (rng.random(3000) < 1 / (1 + np.exp(-4 * (x - 2) ** 2 + 3))).astype(int)
    X = pd.DataFrame({"bent": x, "copy": x + rng.normal(0, 0.02, 3000)})
    notes = notes_of(plots.check_model(lc.fit(X, y), X, y))
    assert all(note.startswith("Does not hold") for note in (notes[0], notes[1], notes[2]))
    X, y = rows_of(n=60)
    X.loc[0], y[0] = [8.0, 0.1, 0.1], "no"  # Cook's distance 3.0
    notes = notes_of(plots.check_model(lc.fit(X, y), X, y))
    assert notes[4].startswith("Does not hold")


def test_a_fit_without_a_maximum_gets_the_panels_that_exist():
    x = np.arange(40.0)
    X = np.column_stack([x, np.tile([0.0, 1.0, 2.0, 0.5], 10)])
    y = (x > 19).astype(int)
    with pytest.warns(SeparationWarning):
        fit = lc.fit(X, y)
    figure = plots.check_model(fit, X, y)
    assert "separated" in figure.get_suptitle()
    assert any("not available" in note for note in notes_of(figure))
    assert cut_off(figure) == {}


def test_other_rows_are_refused(plain_fit):
    fit, X, y = plain_fit
    with pytest.raises(DataError, match="rows"):
        plots.check_model(fit, X[::2], y[::2])


def test_weights_reach_every_panel(plain_fit):
    _, X, y = plain_fit
    weight = np.random.default_rng(1).integers(1, 4, len(y)).astype(float)
    fit = lc.fit(X, y, sample_weight=weight)
    notes = notes_of(plots.check_model(fit, X, y, sample_weight=weight))
    assert sum("not available" in note for note in notes) == 1  # the curve, which counts rows


def test_three_arguments_need_a_fit():
    with pytest.raises(DataError, match="LogitFit"):
        plots.roc([0, 1], [0.1, 0.2], [0, 1])


def test_perfect_scores_have_a_curve_and_no_interval():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = plots.roc([0, 0, 1, 1], [1, 2, 3, 4])
    assert any("separate" in text.get_text() for text in ax.texts)


def contrast(first, second="#FFFFFF"):
    """WCAG's ratio of two colours."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_and_colours_told_apart_without_colour():
    for colour in (canvas.BLUE, canvas.GREY):
        assert contrast(colour) >= 4.5
    assert contrast(canvas.ORANGE) >= 3.0  # words in it are repeated by a mark or by words
    grey = [contrast(c) for c in (canvas.BLUE, canvas.ORANGE)]
    assert all(a != b for a, b in itertools.combinations(grey, 2))


@pytest.mark.real_data
def test_the_course_file(real_frame):
    design = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    figure = plots.check_model(lc.fit(design), design)
    notes = " ".join(notes_of(figure))
    for figure_of_the_case in ("6.87", "0.025", "0.0268", "p 0.2", "AUC 0.687"):
        assert figure_of_the_case in notes
    assert cut_off(figure) == {}
