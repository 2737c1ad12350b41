"""A stream gives the bits of the same rows in memory, and tells when its rows are not the same.

No tolerances: coefficients, covariance, log-likelihoods and every figure of the trace but the
seconds are compared bit by bit.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import logreg_core as lc
from logreg_core.array_blocks import ArrayBlocks, leafwise_sum, span_rows
from logreg_core.errors import ConvergenceWarning, DataChangedError, DataError, SeparationWarning
from logreg_core.kernels import LEAF
from logreg_core.named_blocks import without_offset
from logreg_core.read_ahead import ReadAhead
from logreg_core.regrid import Gathered, regrid
from logreg_core.sampling import sample_of, sample_rows, sampled_places
from logreg_core.spans import NO_BYTES, NOTHING, Span
from logreg_core.stream_blocks import Batch, StreamBlocks
from logreg_core.workers import pairwise_sum

SIZES = (1, 0, 777, 10_000, 3)


class Rows:
    """Rows in memory as a source of batches of some sizes, over and over."""

    encoding = None

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray = NOTHING,
        offset: np.ndarray = NOTHING,
        *,
        sizes: Sequence[int] = SIZES,
        n_rows: int | None = None,
    ) -> None:
        self.parts = Span(X, y, weight, NOTHING, NOTHING, offset)
        self.sizes, self.n_rows = sizes, n_rows
        self.names = tuple(f"x{j + 1}" for j in range(X.shape[1]))
        self.classes = (0, 1)
        self.weighted, self.with_offset = bool(weight.size), bool(offset.size)
        self.begun = self.ended = 0

    def batches(self) -> Iterator[Batch]:
        self.begun += 1
        try:
            first = number = 0
            while first < len(self.parts.X):
                m = self.sizes[number % len(self.sizes)]
                span = Span(*(part[first : first + m] for part in self.parts))
                yield Batch(span, f"batch {number}")
                first, number = first + m, number + 1
        finally:
            self.ended += 1

    def identity(self) -> dict[str, Any]:
        return {}


class Seeking(Rows):
    """A source that can seek, and read outcomes alone."""

    def stretch_batches(self, starts: tuple[int, ...], length: int) -> Iterator[Batch]:
        for start in starts:
            for first in range(start, start + length, 1000):
                rows = slice(first, min(first + 1000, start + length))
                yield Batch(Span(*(part[rows] for part in self.parts)), "")

    def outcome_batches(self) -> Iterator[Batch]:
        for span, place in super().batches():
            yield Batch(span._replace(X=span.X[:, :0]), place)

    def batches(self) -> Iterator[Batch]:
        yield from super().batches()


def make(n: int, k: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, k))
    eta = X @ np.linspace(-1.0, 1.0, k) - 0.3
    return X, (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(np.uint8)


def extras(n: int, what: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    weight, offset = rng.random(n) * (rng.random(n) < 0.9), rng.normal(size=n)
    both = {"weight": weight, "offset": offset}
    return {name: both[name] for name in both if name in what}


def bits(fit: lc.LogitFit) -> tuple[Any, ...]:
    steps = tuple(row._replace(seconds=0.0) for row in fit.steps)
    covariance = fit.covariance_or_none
    return (
        fit.coef.tobytes(), None if covariance is None else covariance.tobytes(), fit.loglik,
        fit.null_loglik, fit.n_rows, fit.weight_sum, fit.status, fit.solver, steps, fit.names,
        fit.aliased, fit.centered_coef.tobytes(), fit.weighted, fit.with_offset,
    )  # fmt: skip


def both(
    X: np.ndarray, y: np.ndarray, more: dict[str, np.ndarray], **options: Any
) -> tuple[lc.LogitFit, lc.LogitFit, Rows]:
    given = {"sample_weight": more.get("weight"), "offset": more.get("offset")}
    source = Rows(X, y, **more)
    fits = []
    said = []
    for call in (
        lambda: lc.fit(X, y, **given, **options),
        lambda: lc.fit(StreamBlocks(source), **options),
    ):
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            fits.append(call())
        said.append([str(warning.message) for warning in heard])
    assert said[0] == said[1]
    return fits[0], fits[1], source


OPTIONS: tuple[dict[str, Any], ...] = (
    {}, {"l2": 2.0}, {"penalty": "firth"}, {"solver": "irls"}, {"threads": 1}, {"threads": 5},
    {"inference": False}, {"fit_intercept": False}, {"start": [0.1, -1.0, 0.0, 1.0]},
    {"max_iter": 1},
)  # fmt: skip


@pytest.mark.parametrize("what", ["", "weight", "weight offset"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_bits_of_the_fit_in_memory(options: dict[str, Any], what: str) -> None:
    X, y = make(5_000, 3)
    memory, stream, _ = both(X, y, extras(5_000, what), **options)
    assert bits(stream) == bits(memory)


@pytest.mark.parametrize("what", ["", "weight", "offset"])
@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("n", "k"), [(60_000, 20), (150_001, 8)])
def test_bits_of_the_fast_climb(n: int, k: int, threads: int, what: str) -> None:
    X, y = make(n, k)
    memory, stream, source = both(X, y, extras(n, what), threads=threads)
    assert memory.solver == "fast"
    assert bits(stream) == bits(memory)
    assert source.begun == source.ended


def problems() -> dict[str, np.ndarray]:
    X, y = make(5_000, 3)
    noise = np.random.default_rng(1).normal(size=5_000)
    return {
        "redundant": np.column_stack([X, X[:, 0] + X[:, 1], np.ones(5_000)]),
        "nearly": np.column_stack([X, X[:, 0] + 1e-7 * noise]),
        "separated": np.column_stack([X, (y == 1) & (X[:, 0] > 0.0)]).astype(np.float64),
    }


@pytest.mark.parametrize("what", ["", "weight offset"])
@pytest.mark.parametrize("problem", ["redundant", "nearly", "separated"])
def test_bits_where_columns_are_dropped_turned_or_separate(problem: str, what: str) -> None:
    X, (_, y) = problems()[problem], make(5_000, 3)
    memory, stream, _ = both(X, y, extras(5_000, what))
    assert bits(stream) == bits(memory)
    assert memory.status.word == ("separated" if problem == "separated" else "converged")
    if problem == "separated":
        assert memory.separation is not None
        assert stream.separation.infinite == memory.separation.infinite


def test_separation_of_too_many_rows_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    X, (_, y) = problems()["separated"], make(5_000, 3)
    monkeypatch.setattr("logreg_core.separated.MOST_GATHERED", len(X))
    with pytest.warns(ConvergenceWarning, match="too many to decide"):
        fit = lc.fit(StreamBlocks(Rows(X, y)))
    assert not fit.converged
    assert fit.separation is None
    monkeypatch.undo()
    with pytest.warns(SeparationWarning):
        lc.fit(StreamBlocks(Rows(X, y)))


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 300), size=st.integers(1, 80), lent=st.booleans(),
    sizes=st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any),
)  # fmt: skip
def test_regrid_keeps_every_row(n: int, size: int, lent: bool, sizes: list[int]) -> None:
    X = np.arange(2.0 * n).reshape(n, 2)
    source = Rows(X, np.zeros(n, np.uint8), np.arange(float(n)), sizes=sizes)
    spans = list(regrid((b.span for b in source.batches()), size, n, lent=lent))
    assert [len(s.X) for s in spans] == [size] * (n // size) + [n % size] * (n % size > 0)
    assert np.array_equal(np.concatenate([s.X for s in spans]), X)
    assert np.array_equal(np.concatenate([s.weight for s in spans]), np.arange(n))
    assert all(s.X.flags.c_contiguous and not s.X.flags.writeable for s in spans)
    if lent:
        assert not any(np.shares_memory(s.X, X) for s in spans)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 200), st.integers(1, 50), st.integers(1, 9),
    st.lists(st.integers(0, 199), min_size=1, max_size=9, unique=True),
)  # fmt: skip
def test_gathered_rows_are_those_asked_for(
    n: int, size: int, length: int, places: list[int]
) -> None:
    starts = sorted({p % max(1, n - length + 1) for p in places})
    length = min(length, n)
    X = np.arange(float(n))[:, None]
    found = Gathered(starts, length)
    for span in regrid((b.span for b in Rows(X, np.zeros(n, np.uint8)).batches()), size, n):
        found.see(span, int(span.X[0, 0]))
    wanted = np.concatenate([X[s : s + length] for s in starts])
    assert np.array_equal(found.span.X, wanted)


@pytest.mark.parametrize("kind", [Rows, Seeking])
@pytest.mark.parametrize("n", [1, 255, 256, 700, 60_000])
def test_samples_totals_and_stretches_are_those_in_memory(n: int, kind: type[Rows]) -> None:
    X, y = make(n, 20)
    more = extras(n, "weight offset")
    stream = StreamBlocks(kind(X, y, **more, n_rows=n))
    memory = ArrayBlocks(X, y, more["weight"], offset=more["offset"])
    assert stream.totals() == memory.totals()
    assert stream.mean_offset() == leafwise_sum(more["offset"]) / n
    for wanted in (256, 10):
        for part, same in zip(stream.sample(wanted), memory.sample(wanted), strict=True):
            assert np.array_equal(part, same)
    if n == 60_000:
        readings = stream.readings
        ours, theirs = (sample_of(b, sample_rows(n, 21)) for b in (stream, memory))
        assert stream.readings == readings  # what the climb asks for was kept by the survey
        assert ours.totals() == theirs.totals()
        for a, b in zip(ours.spans(), theirs.spans(), strict=True):
            assert np.array_equal(a.X, b.X)
            assert np.array_equal(a.weight, b.weight)
        places, length = sampled_places(n, 20, 40)  # not those the survey kept
        assert len(places) > 1
        rows, at = stream.stretches(places, length)
        assert np.array_equal(rows.X[at[1] : at[1] + length], X[places[1] :][:length])


def test_a_source_that_seeks_is_read_less(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = make(60_000, 20)
    plain, seeking = Rows(X, y), Seeking(X, y)
    read = []
    monkeypatch.setattr(Seeking, "batches", lambda self: read.append(1) or Rows.batches(self))
    one, two = lc.fit(StreamBlocks(plain)), lc.fit(StreamBlocks(seeking))
    assert bits(one) == bits(two)
    assert plain.begun - len(read) == 2  # the count and the survey


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9 * LEAF), st.integers(0, 3))
def test_sums_of_leaves_do_not_depend_on_the_spans(n: int, level: int) -> None:
    values = np.random.default_rng(n).lognormal(sigma=3.0, size=n)
    size = LEAF << level
    parts = [leafwise_sum(values[i : i + size]) for i in range(0, n, size)]
    assert pairwise_sum(parts) == leafwise_sum(values)
    assert leafwise_sum(values) == pytest.approx(values.sum(), rel=1e-13)


def test_without_an_offset() -> None:
    X, y = make(3_000, 3)
    stream = StreamBlocks(Rows(X, y, **extras(3_000, "weight offset")))
    bare = without_offset(stream)
    assert all(not span.offset.size and span.weight.size for span in bare.spans())
    assert bare.totals() == stream.totals()
    assert not bare.sample(256).offset.size
    assert without_offset(bare) is bare


@pytest.mark.parametrize("what", ["", "weight offset"])
def test_what_follows_a_fit(what: str) -> None:
    X, y = make(5_000, 3)
    more = extras(5_000, what)
    given = {"sample_weight": more.get("weight"), "offset": more.get("offset")}
    stream, fit = StreamBlocks(Rows(X, y, **more)), lc.fit(X, y, **given)
    here, there = lc.certify(fit, X, y, **given), lc.certify(fit, stream)
    assert (here.digits.tobytes(), here.bound) == (there.digits.tobytes(), there.bound)
    assert lc.fit(stream, certify=True).certificate.bound == here.bound
    shift = more.get("offset")
    assert np.array_equal(fit.probability(stream), fit.probability(X, offset=shift))
    assert np.array_equal(fit.log_odds(stream), fit.log_odds(X, offset=shift))
    if not what:
        ours, theirs = list(lc.newton_steps(stream)), list(lc.newton_steps(X, y))
        assert [step.beta.tobytes() for step in ours] == [step.beta.tobytes() for step in theirs]
    with pytest.raises(DataError, match=r"rows come in blocks|in memory"):
        lc.inference.profile_intervals(fit, stream)
    with pytest.raises(DataError, match=r"rows come in blocks|in memory"):
        lc.crosscheck.compare(stream, None)
    with pytest.raises(DataError, match="another offset"):
        fit.probability(stream, offset=np.ones(5_000))


def test_what_follows_a_fit_finds_the_bad_value() -> None:
    X, y = make(5_000, 3)
    fit = lc.fit(X, y)
    X[4_321, 2] = np.nan
    stream = StreamBlocks(Rows(X, y))
    for use in (fit.probability, lambda rows: list(lc.newton_steps(rows))):
        with pytest.raises(DataError, match=r"'x3' holds NaN .* in row 4321"):
            use(stream)
    other = StreamBlocks(Rows(X, y))
    other.classes = (1, 0)
    with pytest.raises(DataError, match="successes would be counted as failures"):
        lc.certify(fit, other)


# What is wrong with the rows


def test_the_first_bad_value_is_blamed_with_its_place() -> None:
    X, y = make(20_000, 3)
    X[15_000, 1], X[16_000, 0] = np.nan, np.inf
    with pytest.raises(DataError, match=r"'x2' holds NaN \(no value\) in row 15000 \(batch 8") as e:
        lc.fit(StreamBlocks(Rows(X, y)))
    assert (e.value.column, e.value.row, e.value.place) == ("x2", 15_000, "batch 8")
    with pytest.raises(DataError) as memory:
        lc.fit(X, y)
    assert (memory.value.column, memory.value.row) == ("x2", 15_000)


def test_values_that_overflow_are_blamed() -> None:
    X, y = make(2_000, 2)
    X[1_002, 1] = 1e300  # not a row of the sample, which chooses the scale
    with pytest.raises(DataError, match=r"'x2' holds 1e\+300 .*row 1002"):
        lc.fit(StreamBlocks(Rows(X, y)))


@pytest.mark.parametrize(("name", "value"), [("weight", -1.0), ("weight", np.nan),
                                             ("offset", np.inf), ("offset", np.nan)])  # fmt: skip
def test_bad_weights_and_offsets_are_found_by_the_survey(name: str, value: float) -> None:
    X, y = make(2_000, 2)
    more = extras(2_000, "weight offset")
    more[name][1234] = value
    with pytest.raises(DataError, match=r"in row 1234 \(batch 3\)"):
        lc.fit(StreamBlocks(Rows(X, y, **more)))


def test_no_rows_and_one_class() -> None:
    X, y = make(10, 2)
    with pytest.raises(DataError, match="0 rows"):
        lc.fit(StreamBlocks(Rows(X[:0], y[:0])))
    with pytest.raises(DataError, match="every row that counts has the outcome 1"):
        lc.fit(StreamBlocks(Rows(X, np.ones(10, np.uint8))))


def test_batches_of_another_shape() -> None:
    X, y = make(100, 3)

    class Torn(Rows):
        def batches(self) -> Iterator[Batch]:
            yield from super().batches()
            yield Batch(Span(X[:5, :2], y[:5], NOTHING, NOTHING, NOTHING, NOTHING), "the last")

    with pytest.raises(DataError, match=r"\(5, 2\) \(from row 100 on; the last\)"):
        lc.fit(StreamBlocks(Torn(X, y, n_rows=105)))

    class Short(Rows):
        def batches(self) -> Iterator[Batch]:
            yield Batch(Span(X, y[:7], NOTHING, NOTHING, NOTHING, NOTHING), "there")

    with pytest.raises(DataError, match="a batch of 100 rows has 7 outcomes"):
        lc.fit(StreamBlocks(Short(X, y)))
    assert NO_BYTES.size == 0


class Changing(Rows):
    """Rows of which a later reading gives others."""

    def __init__(self, *args: Any, change: Any, after: int = 2, **more: Any) -> None:
        super().__init__(*args, **more)
        self.change, self.after = change, after

    def batches(self) -> Iterator[Batch]:
        if self.begun == self.after:
            self.parts = Span(*map(self.change, self.parts))
        return super().batches()


def flipped(part: np.ndarray) -> np.ndarray:
    if part.dtype != np.uint8:
        return part
    part = part.copy()
    part[77] ^= 1
    return part


def nudged(part: np.ndarray) -> np.ndarray:
    part = part.copy()
    part[77, 1] = np.nextafter(part[77, 1], 9.0)
    return part


@pytest.mark.parametrize("after", [1, 2, 4])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda part: part[:-1], "4999 rows"),
        (lambda part: np.concatenate([part, part[:1]]), "more than 5000 rows"),
        (flipped, "outcomes of rows 0 to 4999"),
        (lambda part: part[::-1] if part.dtype == np.uint8 else part, "outcomes of rows 0 to"),
        (lambda part: nudged(part) if part.ndim == 2 else part, "columns of rows 0 to 4999"),
        (lambda part: part * 1.5 if part.ndim == 2 else part, "column 1 holds"),
    ],
)
def test_rows_that_change_are_noticed(change: Any, said: str, after: int) -> None:
    X, y = make(5_000, 3)
    source = Changing(X, y, change=change, after=after)
    if after == 1 and not said.endswith(" rows"):
        after = source.after = 2  # the first reading only counts
    with pytest.raises(DataChangedError, match=said):
        lc.fit(StreamBlocks(source))
    assert source.begun == source.after + 1  # at once


def test_a_change_of_the_offset_is_noticed() -> None:
    X, y = make(5_000, 3)
    calls: list[int] = []

    def change(part: np.ndarray) -> np.ndarray:
        calls.append(0)
        return part + 1e-9 if len(calls) == 6 else part  # the sixth part is the offset

    source = Changing(X, y, NOTHING, np.zeros(5_000), change=change)
    with pytest.raises(DataChangedError, match="offsets of rows 0 to 4999"):
        lc.fit(StreamBlocks(source))


# The reading thread


def readers() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "logreg-read"]


def test_a_reader_ends_with_its_fit() -> None:
    X, y = make(60_000, 20)
    for sizes in (SIZES, (60_000,), (5,)):
        source = Rows(X[:20_000] if sizes == (5,) else X, y[:20_000] if sizes == (5,) else y)
        source.sizes = sizes
        lc.fit(StreamBlocks(source))
        assert source.begun == source.ended
    assert not readers()


def test_a_reader_ends_when_nobody_reads_on() -> None:
    X, y = make(200_000, 8)
    source = Rows(X, y, sizes=(1000,))
    blocks = StreamBlocks(source)
    _ = blocks.totals()
    spans = iter(blocks.spans())
    next(spans)
    assert len(readers()) == 1
    spans.close()
    assert not readers()
    spans = iter(blocks.spans())
    next(spans)
    del spans
    gc.collect()
    assert not readers()
    assert source.begun == source.ended


class Failing(Rows):
    def batches(self) -> Iterator[Batch]:
        for number, batch in enumerate(super().batches()):
            if self.begun == 4 and number == 30:
                raise OSError("the disk is gone")
            yield batch


@pytest.mark.parametrize("threads", [1, 2])
def test_errors_of_a_source_surface_and_leave_no_reader(threads: int) -> None:
    X, y = make(150_000, 8)
    source = Failing(X, y, sizes=(2_000,))
    with pytest.raises(OSError, match="the disk is gone") as caught:
        lc.fit(StreamBlocks(source), threads=threads)
    assert not readers()  # although the traceback is still held
    assert caught.value is not None
    assert source.begun == source.ended == 4


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_ends_the_reader(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from logreg_core import blocks as sums

    X, y = make(150_000, 8)
    source = Rows(X, y, sizes=(2_000,))
    stream = StreamBlocks(source)
    _ = stream.totals()
    calls = []
    inner = sums.terms_span

    def interrupted(*args: Any) -> None:
        calls.append(0)
        if len(calls) == 30:
            raise KeyboardInterrupt
        inner(*args)

    monkeypatch.setattr(sums, "terms_span", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        lc.fit(stream, threads=threads, solver="newton")
    assert not readers()
    assert caught.value is not None
    assert source.begun == source.ended


SLOW = """
import time
import numpy as np
import logreg_core as lc

X = np.random.default_rng(0).normal(size=(4_000, 3))

def batches():
    for first in range(0, 4_000, 100):
        time.sleep(0.02)
        print("batch", flush=True)
        yield X[first : first + 100], X[first : first + 100, 0] > np.sin(np.arange(100.0))

lc.fit(lc.IterableBlocks(batches))
"""


@pytest.mark.parametrize("reading", [0, 1, 2])
def test_ctrl_c_ends_a_fit_at_once(reading: int) -> None:
    """The count, on the caller's thread; the survey and a pass, which are read ahead."""
    home = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=home
    ) as process:
        assert process.stdout is not None
        for _ in range(reading * 40 + 10):
            process.stdout.readline()
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        _, error = process.communicate(timeout=60)
        assert time.monotonic() - sent < 4.0
    assert process.returncode == -signal.SIGINT
    assert b"KeyboardInterrupt" in error


def test_read_ahead_draws_no_more_than_its_depth() -> None:
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for i in range(100):
            drawn.append(i)
            yield i

    ahead = ReadAhead(items(), 2)
    assert next(ahead) == 0
    time.sleep(0.1)
    assert len(drawn) == 3
    assert list(ahead) == list(range(1, 100))
    ahead.close()
    assert list(ReadAhead(iter(()), 1)) == []


def test_read_ahead_none_reads_on_the_callers_thread() -> None:
    X, y = make(3_000, 3)
    threads = set()

    class Where(Rows):
        def batches(self) -> Iterator[Batch]:
            threads.add(threading.get_ident())
            return super().batches()

    fit = lc.fit(StreamBlocks(Where(X, y), read_ahead=0))
    assert threads == {threading.get_ident()}
    assert bits(fit) == bits(lc.fit(X, y))


def test_memory_does_not_grow_with_the_rows() -> None:
    """A few spans and the sample; X itself would be 64 and 128 MB."""
    peaks = []
    for n in (2_000_000, 4_000_000):

        class Made(Rows):
            def batches(self) -> Iterator[Batch]:
                self.begun += 1
                for first in range(0, self.n_rows or 0, 50_000):
                    X, y = make(50_000, 4, first)
                    yield Batch(Span(X, y, NOTHING, NOTHING, NOTHING, NOTHING), "")

        X, y = make(2, 4)
        blocks = StreamBlocks(Made(X, y, n_rows=n))
        tracemalloc.start()
        for span in blocks.spans():
            assert len(span.X) <= span_rows(n, 4)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert max(peaks) < 40e6
    assert peaks[1] < 1.3 * peaks[0]
