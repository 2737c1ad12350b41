"""Scoring new rows by a fit, and what its summaries make of names and labels.

Probabilities of the same values have the same bits, whatever holds them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bad_input_cases import (
    FIT,
    FRAME,
    FRAME_FIT,
    NAMES,
    X,
    Y,
    polars,
    refused,
    same_bits,
)

import logreg_core as lc
from logreg_core.errors import (
    SingularWarning,
)


# -- columns at prediction --
def test_predict_missing_column() -> None:
    refused(lambda: FRAME_FIT.predict(FRAME[["a", "c"]]), missing=["b"], extra=[], repeated=[])


def test_predict_extra_column() -> None:
    refused(lambda: FRAME_FIT.log_odds(FRAME.assign(d=1.0)), missing=[], extra=["d"])


def test_predict_repeated_column() -> None:
    error = refused(lambda: FRAME_FIT.probability(FRAME[["a", "b", "c", "c"]]), repeated=["c"])
    assert "'c'" in error.found


def test_predict_wrong_number_of_array_columns() -> None:
    refused(lambda: FRAME_FIT.probability(X[:, :2]), n_columns=2)
    refused(lambda: FIT.predict(np.column_stack([X, X])), n_columns=6)


@pytest.mark.parametrize("names", [NAMES, ("x1", "x2", "x3"), ("0", "1", "2")], ids=str)
@pytest.mark.parametrize("order", [[2, 0, 1], [1, 0, 2]], ids=str)
def test_predict_reordered_columns_are_put_right(names: tuple[str, ...], order: list[int]) -> None:
    frame = FRAME.set_axis(list(names), axis=1)
    fit = lc.fit(frame, Y)
    turned = frame.iloc[:, order]
    assert np.array_equal(fit.probability(turned), FIT.probability(X))
    assert np.array_equal(fit.predict(polars(turned.to_dict("list"))), FIT.predict(X))


def test_predict_by_place_where_the_fit_had_no_names() -> None:
    assert np.array_equal(FIT.probability(FRAME), FIT.probability(X))
    assert np.array_equal(FRAME_FIT.probability(X), FIT.probability(X))
    refused(lambda: FIT.probability(FRAME.set_axis(["x1", "x2", "other"], axis=1)), missing=["x3"])


@pytest.mark.parametrize("threshold", [np.nan, -0.1, 1.1, "0.5", None, np.inf])
def test_predict_threshold(threshold: Any) -> None:
    refused(lambda: FIT.predict(X, threshold), option="threshold")


# -- names --
def test_duplicate_names_fit_and_predict() -> None:
    twice = FRAME.set_axis(["a", "a", "b"], axis=1)
    fit = lc.fit(twice, Y)
    same_bits(fit, FIT)
    assert fit.names == ("intercept", "a", "a", "b")
    assert np.array_equal(fit.probability(twice), FIT.probability(X))
    refused(lambda: fit.probability(twice.iloc[:, [2, 0, 1]]), repeated=["a"])
    arrays = [pytest.importorskip("pyarrow").array(column) for column in X.T]
    table = pytest.importorskip("pyarrow").table(arrays, names=["a", "a", "b"])
    same_bits(lc.fit(table, Y), FIT)


def test_names_that_are_no_text() -> None:
    for labels in (
        [1, 2.5, None],
        [("a", 1), ("a", 2), ("b", 1)],
        [pd.Timestamp("2020-01-01"), True, b"x"],
    ):
        frame = FRAME.set_axis(pd.Index(labels, dtype=object, tupleize_cols=False), axis=1)
        fit = lc.fit(frame, Y)
        same_bits(fit, FIT)
        assert fit.names[1:] == tuple(str(label) for label in labels)
        assert np.array_equal(fit.probability(frame.iloc[:, ::-1]), FIT.probability(X))


NASTY = [
    "<script>alert(1)</script>", "=1+1", "$x^2$", "a\nb", "a\r\n\tb", "|", "`code`", "**bold**",
    "[link](javascript:alert(1))", "\u05d0\u05d1\u05d2", "\u202eabc", "\x1b[31mred", "\x00", "",
    " ",
    "&lt;", '"><img src=x onerror=alert(1)>', "intercept", "\ud800", "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_names_are_inert_in_every_summary(name: str) -> None:
    fit = lc.fit(FRAME.set_axis(pd.Index([name, "b", "c"], dtype=object), axis=1), Y)
    same_bits(fit, FIT)
    summary = fit.summary()
    plain, text = lc.fit(FRAME, Y).summary(), str(summary)
    assert len(text.splitlines()) == len(str(plain).splitlines())
    assert text.replace("\n", "").isprintable()
    page = summary._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<") == plain._repr_html_().count("<")
    assert "mathjax_ignore" in page
    table = summary.to_markdown()
    assert "<" not in table
    assert table.count("\n") == plain.to_markdown().count("\n")
    assert table.replace("\\|", "").count("|") == plain.to_markdown().count("|")
    assert "$" not in table.replace("\\$", "")
    assert "](" not in table.replace("\\]", "")


def test_labels_are_inert_in_every_summary() -> None:
    fit = lc.fit(X, np.where(Y == 1, "yes<script>\n$x$", "no"))
    assert fit.classes == ("no", "yes<script>\n$x$")
    assert "<script" not in fit.summary()._repr_html_()
    assert "<script" not in fit.summary().to_markdown()
    assert len(str(fit.summary()).splitlines()) == len(str(FIT.summary()).splitlines())


def test_dropped_names_are_inert_in_notes() -> None:
    with pytest.warns(SingularWarning):
        fit = lc.fit(FRAME.assign(**{"<b>\n$": X[:, 0]}), Y)
    assert "<b>" not in fit.summary()._repr_html_()
    assert "<b>" not in fit.summary().to_markdown()
    assert "Dropped: `<b> $` = `a`." in str(fit.summary())
