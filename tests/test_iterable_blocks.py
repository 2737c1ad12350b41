"""Batches of any form give the bits of the same rows in memory; what is wrong names its batch.

No tolerances: coefficients, covariance and log-likelihood are compared bit by bit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core.batch_labels import ClassesSeen, outcome_codes
from logreg_core.errors import DataChangedError, DataError


def make(n: int = 3_000, k: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, k))
    return X, X @ np.arange(1.0, k + 1) + rng.logistic(size=n) > 0.3


def cut(*parts: Any, sizes: tuple[int, ...] = (1, 0, 777, 50)) -> Callable[[], Iterator[Any]]:
    def batches() -> Iterator[Any]:
        first = number = 0
        while first < len(parts[0]):
            stop = first + sizes[number % len(sizes)]
            yield tuple(None if part is None else part[first:stop] for part in parts)
            first, number = stop, number + 1

    return batches


def same(stream: lc.LogitFit, memory: lc.LogitFit) -> bool:
    return (
        stream.coef.tobytes() == memory.coef.tobytes()
        and stream.covariance.tobytes() == memory.covariance.tobytes()
        and (stream.loglik, stream.null_loglik) == (memory.loglik, memory.null_loglik)
        and (stream.classes, stream.names) == (memory.classes, memory.names)
    )


KINDS: dict[str, Callable[[np.ndarray], Any]] = {
    "float64": lambda X: X,
    "float32": lambda X: X.astype(np.float32),
    "float16": lambda X: X.astype(np.float16),
    "int8": lambda X: (X * 20).astype(np.int8),
    "bool": lambda X: X > 0.5,
    "Fortran": np.asfortranarray,
    "strided": lambda X: np.repeat(X, 2, axis=0)[::2],
    "big-endian": lambda X: X.astype(">f8"),
    "objects": lambda X: X.astype(object),
}


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_of_every_kind(kind: str) -> None:
    X, y = make()
    X = KINDS[kind](X)
    assert same(lc.fit(lc.IterableBlocks(cut(X, y))), lc.fit(X, y))


@pytest.mark.parametrize(
    "labels",
    [(0, 1), (1, 2), (-1, 1), (0.0, 1.0), (False, True), ("a", "b"), ("yes", "no")],
)
def test_labels_of_every_kind(labels: tuple[Any, Any]) -> None:
    X, y = make()
    named = np.array(labels)[y.astype(int)]
    memory = lc.fit(X, named)
    found = lc.IterableBlocks(cut(X, named))
    assert same(lc.fit(found), memory)
    told = lc.IterableBlocks(cut(X, named.astype(object)), classes=memory.classes, n_rows=len(y))
    assert same(lc.fit(told), memory)


def test_weights_and_offsets() -> None:
    X, y = make()
    rng = np.random.default_rng(1)
    weight, offset = rng.integers(0, 4, len(y)), rng.normal(size=len(y))
    weighted = lc.fit(lc.IterableBlocks(cut(X, y, weight)))
    assert same(weighted, lc.fit(X, y, sample_weight=weight))
    assert weighted.weighted
    shifted = lc.fit(lc.IterableBlocks(cut(X, y, None, offset)))
    assert same(shifted, lc.fit(X, y, offset=offset))
    everything = lc.fit(lc.IterableBlocks(cut(X, y, weight, offset)))
    assert same(everything, lc.fit(X, y, sample_weight=weight, offset=offset))


def test_a_buffer_that_is_filled_again() -> None:
    X, y = make(60_000, 20)

    def batches() -> Iterator[Any]:
        rows, outcomes = np.empty((8192, 20)), np.empty(8192, bool)
        for first in range(0, len(X), 8192):
            m = min(8192, len(X) - first)
            rows[:m], outcomes[:m] = X[first : first + m], y[first : first + m]
            yield rows[:m], outcomes[:m]
            rows[:] = np.nan

    assert same(lc.fit(lc.IterableBlocks(batches)), lc.fit(X, y))


def frame(n: int = 3_000) -> pd.DataFrame:
    X, y = make(n)
    city = np.array(["Rome", "Oslo", "Bonn"])[np.arange(n) // 5 % 3]
    return pd.DataFrame({"a": X[:, 0], "city": city, "b": X[:, 1], "ill": np.where(y, "yes", "no"),
                         "times": np.arange(n) % 3, "known": X[:, 2]})  # fmt: skip


def as_is(part: pd.DataFrame) -> Any:
    return part


def as_table(part: pd.DataFrame) -> Any:
    return pytest.importorskip("pyarrow").Table.from_pandas(part)


def as_batch(part: pd.DataFrame) -> Any:
    return pytest.importorskip("pyarrow").RecordBatch.from_pandas(part)


def as_polars(part: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(part)


@pytest.mark.parametrize("kind", [as_is, as_table, as_batch, as_polars])
def test_frames_by_an_encoding(kind: Callable[[pd.DataFrame], Any]) -> None:
    whole = frame()
    design = lc.Design.from_frame(whole, target="ill", features=["a", "city", "b"])
    memory = lc.fit(design)

    def batches() -> Iterator[Any]:
        for first in range(0, len(whole), 700):
            yield kind(whole.iloc[first : first + 700])

    for encoding in (design, design.encoding, memory):
        stream = lc.fit(lc.IterableBlocks(batches, encoding=encoding))
        assert same(stream, memory)
        assert stream.encoding == memory.encoding
    assert np.array_equal(stream.probability(whole), memory.probability(whole))
    beside = {"weight": "times", "offset": "known"}
    stream = lc.fit(lc.IterableBlocks(batches, encoding=design, **beside))
    given = {"sample_weight": whole["times"], "offset": whole["known"]}
    assert same(stream, lc.fit(design, **given))


def test_frames_of_numbers_keep_their_names() -> None:
    whole = frame()[["a", "b"]]
    y = frame()["ill"]
    parts = [(whole[i : i + 500], y[i : i + 500]) for i in range(0, len(y), 500)]
    stream = lc.IterableBlocks(parts)  # a list is had again
    assert stream.names == ("a", "b")
    assert same(lc.fit(stream), lc.fit(whole, y))


def test_rows_from_a_database() -> None:
    whole = frame()[["a", "b", "ill"]]
    with sqlite3.connect(":memory:", check_same_thread=True) as connection:
        whole.to_sql("people", connection, index=False)
        design = lc.Design.from_frame(whole, target="ill")

        def batches() -> Iterator[pd.DataFrame]:
            return pd.read_sql("select * from people", connection, chunksize=700)

        # a connection belongs to the thread that made it
        stream = lc.fit(lc.IterableBlocks(batches, encoding=design, read_ahead=0))
        assert same(stream, lc.fit(design))
    connection.close()


def test_readings_are_as_few_as_can_be() -> None:
    X, y = make()
    calls: list[int] = []

    def batches() -> Iterator[Any]:
        calls.append(0)
        return cut(X, y)()

    blocks = lc.IterableBlocks(batches, classes=(False, True), n_rows=len(y))
    assert len(calls) == 1  # its first batch only
    assert (blocks.n_rows, blocks.totals()) == (len(y), (float(y.sum()), float((~y).sum())))
    assert len(calls) == 2
    lc.IterableBlocks(batches)
    assert len(calls) == 3


# What is wrong


def test_an_iterator_that_is_read_only_once() -> None:
    X, y = make()
    batches = cut(X, y)()
    with pytest.raises(DataError, match="fresh iterable of batches at every call"):
        lc.fit(lc.IterableBlocks(lambda: batches))
    once = cut(X, y)()
    with pytest.raises(DataError, match="had been read before"):
        lc.fit(lc.IterableBlocks(once, classes=(False, True), n_rows=len(y)))
    hidden = map(tuple, cut(X, y)())  # an iterator that cannot be remembered
    with pytest.raises(DataError, match="had been read before"):
        lc.fit(lc.IterableBlocks(lambda: hidden))


def test_other_rows_at_every_reading() -> None:
    rng = np.random.default_rng(0)

    def batches() -> Iterator[Any]:
        yield rng.normal(size=(500, 2)), np.arange(500) % 2

    with pytest.raises(DataChangedError, match="column 1 holds"):
        lc.fit(lc.IterableBlocks(batches))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([], "the factory gave no rows"),
        (5, "the factory gave a int"),
        ([5], "a batch is a int"),
        ([(np.ones((2, 2)),)], "a batch is a tuple of 1"),
        ([(np.ones(3), [0, 1, 1])], "X has 1 dimension"),
        ([(np.ones((3, 1)), [0, 1])], r"y has shape \(2,\) \(batch 0\)"),
        ([(np.ones((3, 1)), [0, 1, 2])], "y has 3 classes: 0, 1, 2"),
        ([(np.ones((3, 1)), [1, 1, 1])], "y has 1 class: 1"),
        ([(np.ones((3, 1)), [0.5, 0.2, 0.7])], "y is continuous"),
        ([(np.ones((2, 1)), [0, 1]), (np.ones((2, 1)), [1, np.nan])],
         r"y holds .*nan.* in row 1 \(row 3 of all; batch 1\)"),
        ([(np.ones((2, 1)), ["a", "b"]), (np.ones((1, 1)), [None])], "y holds None in row 0"),
        ([(np.ones((2, 1)), ["a", "b"]), (np.ones((1, 1)), [1])], "two numbers, truth values or"),
        ([(np.array([["a"]]), [1]), (np.ones((1, 1)), [0])], "type"),
    ],
)  # fmt: skip
def test_batches_that_cannot_be_used(bad: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        lc.fit(lc.IterableBlocks(lambda: bad))


def test_later_batches_that_differ() -> None:
    X, y = make(100)
    for later, said in (
        ((X[:, :2], y), r"shape \(100, 2\) \(from row 100 on; batch 1\)"),
        ((X, y, np.ones(100)), "has 100 weights"),
        ((X, np.where(y, 2, 0)), r"y holds 2 in row .* of all; batch 1\)"),
        ((X, y, None, np.zeros(100)), "has 100 offsets"),
    ):
        batches = [(X, y), later]
        with pytest.raises(DataError, match=said):
            lc.fit(lc.IterableBlocks(batches, classes=(False, True), n_rows=200))


def test_columns_are_matched_by_name() -> None:
    X, y = make(300)
    whole = pd.DataFrame(X, columns=["age", "dose", "bmi"])
    turned = whole[["bmi", "age", "dose"]]
    rows = lc.IterableBlocks([(whole[:100], y[:100]), (turned[100:], y[100:])])
    assert same(lc.fit(rows), lc.fit(whole, y))
    for later in (turned.rename(columns={"bmi": "x"}), X):
        with pytest.raises(DataError, match=r"columns of a batch are .*batch 1"):
            lc.fit(lc.IterableBlocks([(whole, y), (later, y)]))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"names": ["a", "a", "b"]}, "none twice"),
        ({"names": ["a", "b"]}, "for 3 columns"),
        ({"n_rows": -1}, "n_rows is -1"),
        ({"n_rows": 9.5}, "n_rows is 9.5"),
        ({"n_rows": 99}, "n_rows=99 was given and the batches hold 100 rows"),
        ({"read_ahead": -1}, "read_ahead is -1"),
    ],
)
def test_arguments_are_checked_at_once(given: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        lc.IterableBlocks(cut(*make(100)), **given)


def test_a_value_in_the_last_batch() -> None:
    X, y = make()
    X[2_999, 2] = -np.inf
    with pytest.raises(DataError, match=r"'x3' holds -inf in row 2999 \(batch") as caught:
        lc.fit(lc.IterableBlocks(cut(X, y)))
    assert (caught.value.column, caught.value.row) == ("x3", 2_999)


def test_a_level_in_the_last_batch() -> None:
    whole = frame()
    design = lc.Design.from_frame(whole, target="ill", features=["a", "city"])
    whole.loc[2_999, "city"] = "Ulm"
    parts = [whole[:2_500], whole[2_500:]]
    with pytest.raises(DataError, match="Ulm") as caught:
        lc.fit(lc.IterableBlocks(parts, encoding=design))
    assert (caught.value.row, caught.value.place) == (2_999, "batch 1")


def test_arguments_that_cannot_be_meant() -> None:
    X, y = make()
    with pytest.raises(DataError, match="two different labels"):
        lc.IterableBlocks(cut(X, y), classes=(1, 1))
    with pytest.raises(DataError, match="without an encoding"):
        lc.IterableBlocks(cut(X, y), encoding="ill ~ age")
    with pytest.raises(DataError, match="the block source alone"):
        lc.fit(lc.IterableBlocks(cut(X, y)), sample_weight=np.ones(len(y)))
    with pytest.raises(DataError, match="a batch is a DataFrame"):
        lc.IterableBlocks([frame()])
    with pytest.raises(DataError, match="n_rows=2999 was given and the batches hold more"):
        lc.fit(lc.IterableBlocks(cut(X, y), classes=(False, True), n_rows=2_999))


def test_classes_of_many_labels_are_not_all_kept() -> None:
    seen = ClassesSeen()
    seen.see(np.arange(100_000), 100_000)
    with pytest.raises(DataError, match="y has 6 classes"):
        _ = seen.classes
    with pytest.raises(DataError, match="y holds 'c' in row 2"):
        outcome_codes(["a", "b", "c"], 3, ("a", "b"))
