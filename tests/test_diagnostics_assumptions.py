"""The table of assumptions, duplicate rows, events per variable.

Each verdict is provoked by data made to break just that assumption. Figures are those of the
functions tested elsewhere.
"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from diagnostics_cases import random_rows, spector

import logreg_core as lc
from logreg_core.diagnostics import (
    assumptions,
    duplicate_rows,
    events_per_variable,
    generalised_vif,
    vif,
)
from logreg_core.errors import DataError

COLUMNS = ["assumption", "check", "figure", "verdict", "what_to_do"]


def logistic(eta: np.ndarray, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(len(eta)) < 1 / (1 + np.exp(-eta))


def named(found, check: str):
    return next(c for c in found.checks if c.check == check)


def good(n: int = 2000):
    X = np.random.default_rng(11).uniform(0.5, 3.0, size=(n, 3))
    y = logistic(X @ [1.0, -0.5, 0.3] - 1.0, 2)
    return lc.fit(X, y), X, y


def test_a_right_model_has_nothing_to_mend() -> None:
    fit, X, y = good()
    found = assumptions(fit, X, y)
    assert list(found.table.columns) == COLUMNS
    assert len(found.table) == 12
    assert found.doubtful == ()
    assert found.headline == "11 of 12 checks hold, 1 undecided"
    assert all(isinstance(cell, str) for cell in found.table.to_numpy().ravel())
    assert set(found.table["verdict"].str.partition(":")[0]) == {"holds", "undecided"}
    assert named(found, "VIF").value == pytest.approx(vif(fit)["vif"].max())


def test_it_prints_on_lines_that_fit() -> None:
    fit, X, y = good()
    found = assumptions(fit, X, y)
    text = str(found)
    assert max(map(len, text.splitlines())) <= 100
    for check in found.checks:
        assert check.figure in text
    assert found._repr_html_().count("<tr>") == 13
    assert found.to_markdown().count("\n") == 13


def test_names_are_inert() -> None:
    _, X, y = good()
    frame = pd.DataFrame(X, columns=["<script>alert(1)</script>", "a\nb", "c|d"])
    found = assumptions(lc.fit(frame, y), frame, y)
    assert "<script>" not in found._repr_html_()
    assert "<script>" not in found.to_markdown()
    assert not any("\n" in cell for cell in found.table.to_numpy().ravel())


def test_repeated_rows() -> None:
    _, X, y = good(500)
    X, y = np.concatenate([X, X[:100], X[:7]]), np.concatenate([y, y[:100], y[:7]])
    check = named(assumptions(lc.fit(X, y), X, y), "repeated rows")
    assert check.figure == "107 of 607"
    assert "row 0 stands 3 times" in check.verdict
    assert check.holds is None


def test_separation_and_what_then_cannot_be_judged() -> None:
    X = np.arange(20.0)[:, None]
    y = X[:, 0] > 9
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lc.fit(X, y)
    found = assumptions(fit, X, y)
    assert named(found, "separation").holds is False
    assert named(found, "separation").figure == "complete: 20 of 20 rows"
    refused = [c for c in found.checks if c.verdict.startswith("not judged")]
    assert {"Box-Tidwell", "link test", "Cook's distance"} <= {c.check for c in refused}
    assert all("firth" in c.what_to_do for c in refused if c.check == "Cook's distance")


@pytest.mark.parametrize("options", [{"l2": 1.0}, {"penalty": "firth"}])
def test_a_penalised_fit_is_judged_where_it_can_be(options) -> None:
    _, X, y = good(500)
    found = assumptions(lc.fit(X, y, **options), X, y)
    refused = {c.check for c in found.checks if c.verdict.startswith("not judged")}
    assert refused == {"Box-Tidwell", "link test", "sum of squares"}
    assert named(found, "Cook's distance").holds is True


def test_a_fit_that_stopped_early_is_not_trusted() -> None:
    _, X, y = good(500)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = lc.fit(X, y, max_iter=1, solver="newton")
    check = named(assumptions(fit, X, y), "separation")
    assert check.holds is False
    assert "before the fit has converged" in check.what_to_do


def test_few_events() -> None:
    X = np.random.default_rng(0).normal(size=(60, 6))
    y = logistic(X[:, 0])
    check = named(assumptions(lc.fit(X, y), X, y), "events per variable")
    assert check.holds is False
    assert "penalty" in check.what_to_do


@pytest.mark.parametrize(("noise", "holds"), [(0.41, None), (0.1, False), (2.0, True)])
def test_collinearity(noise: float, holds: bool | None) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=1000)
    X = np.column_stack([x, x + noise * random.normal(size=1000), random.normal(size=1000)])
    y = logistic(0.3 * x)
    check = named(assumptions(lc.fit(X, y), X, y), "VIF")
    assert check.holds is holds
    assert re.search(r"x[12]", check.figure)


def test_three_columns_in_one_combination() -> None:
    X = np.random.default_rng(0).normal(size=(1000, 3))
    X = np.column_stack([X, X.sum(axis=1) + 0.02 * np.random.default_rng(1).normal(size=1000)])
    check = named(
        assumptions(lc.fit(X, logistic(X[:, 0])), X, logistic(X[:, 0])), "condition index"
    )
    assert check.holds is False
    assert "x1, x2, x3, x4" in check.verdict


def test_categories_are_taken_whole() -> None:
    frame = lc.datasets.verified_status()
    design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    fit = lc.fit(design)
    whole = generalised_vif(fit, design)["comparable"].max()
    for rows in ((design,), (design.X, design.y), (frame.iloc[design.rows], design.y)):
        assert named(assumptions(fit, *rows), "generalised VIF").value == pytest.approx(whole)


def test_a_bend_is_found_and_named() -> None:
    X = np.random.default_rng(0).uniform(0.1, 6.0, size=(3000, 2))
    y = logistic((X[:, 0] - 2.0) ** 2 - 2.0 + 0.2 * X[:, 1])
    found = assumptions(lc.fit(X, y), X, y)
    check = named(found, "Box-Tidwell")
    assert check.holds is False
    assert "bends in x1." in check.verdict + "."
    assert named(found, "binned residuals").holds is False
    assert named(found, "sum of squares").holds is False or named(found, "link test").holds is False


def test_columns_below_zero_are_named_as_not_tested() -> None:
    c = random_rows()
    X = c.X - 5.0
    check = named(assumptions(lc.fit(X, c.y), X, c.y), "Box-Tidwell")
    assert check.holds is None
    assert "not tested: x1, x2, x3" in check.verdict


def test_a_row_on_which_the_fit_hangs() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 1))
    y = logistic(X[:, 0])
    X, y = np.concatenate([X, [[9.0]]]), np.concatenate([y, [False]])
    check = named(assumptions(lc.fit(X, y), X, y), "Cook's distance")
    assert check.holds is False
    assert "(row 60)" in check.figure


def test_labels_that_are_wrong_show_in_the_residuals() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(5000, 1))
    y = logistic(4.0 * X[:, 0])
    swapped = random.choice(np.flatnonzero(np.abs(X[:, 0]) > 1.0), 60)
    y[swapped] = ~y[swapped]
    # what is refitted bends towards them, and still they are too many
    assert named(assumptions(lc.fit(X, y), X, y), "standardised residuals").value > 30


def test_weights_and_offsets_and_counts() -> None:
    _, X, y = good(300)
    weight = np.random.default_rng(0).integers(1, 3, 300).astype(float)
    shift = np.random.default_rng(1).normal(size=300)
    rows = {"sample_weight": weight, "offset": shift}
    found = assumptions(lc.fit(X, y, **rows), X, y, **rows)
    assert not any(c.verdict.startswith("not judged") for c in found.checks)
    trials = np.full(300, 5)
    hits = np.random.default_rng(2).binomial(5, 0.4, 300)
    found = assumptions(lc.fit(X, hits, n_trials=trials), X, hits, n_trials=trials)
    assert "of 1,500 trials" in named(found, "classes").figure
    assert not any(c.verdict.startswith("not judged") for c in found.checks)


def test_other_rows_are_refused() -> None:
    fit, X, y = good(300)
    with pytest.raises(DataError, match="assumptions of the rows that were fitted"):
        assumptions(fit, X[1:], y[1:])
    with pytest.raises(DataError, match="level"):
        assumptions(fit, X, y, level=95)


def test_duplicates_against_pandas() -> None:
    random = np.random.default_rng(0)
    X = random.integers(0, 3, size=(400, 4)).astype(float)
    X[random.random((400, 4)) < 0.1] = -0.0
    y = random.random(400) < 0.4
    found = duplicate_rows(lc.fit(X, y), X, y)
    frame = pd.DataFrame(X + 0.0).assign(y=y)
    assert found.n_repeated == frame.duplicated().sum()
    top = frame.groupby([*frame.columns]).size().max()
    assert found.most["copies"].iloc[0] == top
    first = found.most["first_row"].iloc[0]
    assert (frame == frame.iloc[first]).all(axis=1).sum() == top
    assert (frame == frame.iloc[first]).all(axis=1).idxmax() == first
    weight = np.r_[np.zeros(200), np.ones(200)]
    fit = lc.fit(X, y, sample_weight=weight)
    assert (
        duplicate_rows(fit, X, y, sample_weight=weight).n_repeated == frame[200:].duplicated().sum()
    )


def test_events_per_variable() -> None:
    c = spector()
    found = events_per_variable(c.fit, c.X, c.y)
    assert (found.events, found.parameters) == (11.0, 3)
    ratio = 2 * (c.glm.llf - c.glm.llnull)
    assert found.shrinkage == pytest.approx(1 - 3 / ratio, rel=1e-10)
    assert np.isnan(events_per_variable(lc.fit(c.X, c.y, l2=1.0), c.X, c.y).shrinkage)


@pytest.mark.real_data
def test_the_course_file(real_frame: pd.DataFrame) -> None:
    design = lc.Design.from_frame(real_frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    found = assumptions(lc.fit(design), design)
    assert found.doubtful == ()
    assert named(found, "classes").figure == "1,200 of 19,084 rows are 'verified' (0.0629)"
    assert named(found, "repeated rows").figure == "0 of 19,084"
    assert named(found, "generalised VIF").figure == "6.87 (video_download_count)"
    assert named(found, "Cook's distance").figure.startswith("0.0268 ")
    assert named(found, "events per variable").value == 150.0
    assert round(named(found, "Box-Tidwell").value, 3) == 0.125
