"""Rows kept on disk: the bits of the rows themselves, each made once, nothing left behind."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click.testing
import numpy as np
import pytest

import logreg_core as lc
from logreg_core import kept_blocks
from logreg_core.batch_checks import Batch
from logreg_core.cli import main
from logreg_core.errors import DataChangedError, DataError
from logreg_core.spans import NO_BYTES, NOTHING, Span
from logreg_core.stream_blocks import StreamBlocks

N, K, SIZE = 90_000, 4, 7_001


def rows_of(n: int = N) -> tuple[Any, ...]:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n, K))
    y = X @ np.linspace(-1, 1, K) + rng.logistic(size=n) > 0.5
    return X, y, rng.integers(0, 4, n).astype(float), rng.normal(size=n) / 3


class Batches:
    """Some rows in batches; how often they were asked for, and how many came."""

    def __init__(self, *parts: Any) -> None:
        self.parts, self.calls, self.rows = parts, 0, 0

    def __call__(self) -> Iterator[Any]:
        self.calls += 1
        for first in range(0, len(self.parts[0]), SIZE):
            batch = tuple(part[first : first + SIZE] for part in self.parts)
            self.rows += len(batch[0])
            yield batch


def bits(fit: Any) -> bytes:
    return b"".join(np.asarray(v).tobytes() for v in (fit.coef, fit.covariance, fit.loglik))


@pytest.mark.parametrize("parts", [2, 3, 4])
@pytest.mark.parametrize("ahead", [0, 2])
def test_the_bits_are_those_of_the_rows_in_memory(parts: int, ahead: int, tmp_path: Path) -> None:
    given = rows_of()[:parts]
    X, y, *more = given
    batches = Batches(*given)
    rows = lc.IterableBlocks(batches, read_ahead=ahead)
    counted = batches.calls
    with lc.KeptBlocks(rows, tmp_path) as kept:
        weight, offset = (*more, None, None)[:2]
        expected = lc.fit(X, y, sample_weight=weight, offset=offset)
        assert bits(lc.fit(kept)) == bits(expected)
        assert bits(lc.fit(kept, solver="newton")) == bits(
            lc.fit(X, y, sample_weight=weight, offset=offset, solver="newton")
        )
        assert kept.readings >= 8  # from the file, but for the first
        assert batches.calls == counted + 1
        assert not os.listdir(tmp_path) or os.name == "nt"
    assert not os.listdir(tmp_path)


def test_the_reading_that_counts_rows_is_kept(tmp_path: Path) -> None:
    X, y, *_ = rows_of()
    pa = pytest.importorskip("pyarrow")
    table = pa.table({**{f"x{j}": X[:, j] for j in range(K)}, "y": y})
    encoding = lc.Design.from_frame(table.slice(0, 50), target="y").encoding
    calls = []

    def stream() -> Any:
        calls.append(1)
        return table.to_reader(max_chunksize=SIZE)

    kept = lc.KeptBlocks(lc.ArrowBlocks(stream, encoding), tmp_path)
    assert kept.report is None
    assert bits(lc.fit(kept)) == bits(lc.fit(X, y))
    assert len(calls) == 1


def test_a_reading_that_was_cut_short_is_not_kept(tmp_path: Path) -> None:
    X, y, *_ = rows_of()
    batches = Batches(X, y)
    kept = lc.KeptBlocks(lc.IterableBlocks(batches), tmp_path)
    few = kept._keeper.batches()
    next(few)
    few.close()  # type: ignore[attr-defined]
    assert kept._keeper._file is None
    before = batches.calls
    assert bits(lc.fit(kept)) == bits(lc.fit(X, y))
    assert batches.calls == before + 1


def test_after_closing_the_rows_are_made_anew(tmp_path: Path) -> None:
    batches = Batches(*rows_of()[:2])
    kept = lc.KeptBlocks(lc.IterableBlocks(batches), tmp_path)
    first = bits(lc.fit(kept))
    before = batches.calls
    kept.close()
    assert bits(lc.fit(kept)) == first
    assert batches.calls == before + 1


class Counts:
    """A source of successes and failures."""

    names, classes, encoding = ("x1", "x2", "x3", "x4"), (0, 1), None
    weighted = with_offset = False
    n_rows = N

    def batches(self) -> Iterator[Batch]:
        X, y, weight, _ = rows_of()
        success, failure = np.where(y, weight, 1.0), np.where(y, 2.0, weight)
        for first in range(0, N, SIZE):
            at = slice(first, first + SIZE)
            yield Batch(Span(X[at], NO_BYTES, NOTHING, success[at], failure[at], NOTHING), "here")

    def identity(self) -> dict[str, Any]:
        return {}


def test_counts_of_successes_are_kept_too(tmp_path: Path) -> None:
    plain, kept = StreamBlocks(Counts()), lc.KeptBlocks(StreamBlocks(Counts()), tmp_path)
    for _ in range(2):
        for a, b in zip(plain.spans(), kept.spans(), strict=True):
            assert all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))


def test_spans_that_are_held_are_not_written_over(tmp_path: Path) -> None:
    X, y, *_ = rows_of()
    kept = lc.KeptBlocks(lc.IterableBlocks(Batches(X, y)), tmp_path)
    for _ in range(2):
        held = list(kept.spans())
        assert np.array_equal(np.concatenate([span.X for span in held]), X)


def parquet(folder: Path) -> Any:
    pa = pytest.importorskip("pyarrow")
    X, y, *_ = rows_of()
    table = pa.table({**{f"x{j}": X[:, j] for j in range(K)}, "y": y})
    pa.parquet.write_table(table, folder / "a.parquet", row_group_size=SIZE)
    return lc.ParquetBlocks(folder / "a.parquet", target="y")


def text(folder: Path) -> Any:
    pytest.importorskip("pyarrow")
    X, y, *_ = rows_of(5_000)
    lines = (",".join([*map(repr, row.tolist()), str(int(o))]) for row, o in zip(X, y, strict=True))
    (folder / "a.csv").write_text("x0,x1,x2,x3,y\n" + "\n".join(lines) + "\n")
    return lc.CsvBlocks(folder / "a.csv", target="y")


@pytest.mark.parametrize("source", [parquet, text])
def test_files_are_read_once_and_still_watched(source: Any, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow.parquet")
    expected = bits(lc.fit(source(tmp_path)))
    folder = tmp_path / "kept"
    folder.mkdir()
    rows = source(tmp_path)
    kept = lc.KeptBlocks(rows, folder)
    assert bits(lc.fit(kept)) == expected
    assert kept.report == rows.report
    assert rows.readings == 0  # its own: the rows were asked of its source once
    assert kept.identity()["files"]
    file = next(tmp_path.glob("a.*"))
    stamp = file.stat()
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    with pytest.raises(DataChangedError):
        lc.fit(kept)


def test_a_value_that_is_missing_is_told_by_where_it_came_from(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    X, y, *_ = rows_of()
    table = pa.table({**{f"x{j}": X[:, j] for j in range(K)}, "y": y})
    encoding = lc.Design.from_frame(table.slice(0, 50), target="y").encoding
    X[-2, 1] = np.nan
    table = table.set_column(1, "x1", pa.array(X[:, 1]))
    pa.parquet.write_table(table, tmp_path / "a.parquet", row_group_size=SIZE)
    rows = lc.ParquetBlocks(tmp_path / "a.parquet", encoding)
    place = r"a\.parquet, row group 12, row 5986: column 'x1'"
    with pytest.raises(DataError, match=place) as plain:
        lc.fit(rows)
    with pytest.raises(DataError) as kept:
        lc.fit(lc.KeptBlocks(lc.ParquetBlocks(tmp_path / "a.parquet", encoding), tmp_path))
    assert str(kept.value) == str(plain.value)


def test_a_weight_that_cannot_be_is_told_by_its_batch(tmp_path: Path) -> None:
    X, y, weight, _ = rows_of()
    weight[SIZE + 1] = -1.0
    with pytest.raises(DataError, match=f"row {SIZE + 1} .*batch 1"):
        lc.fit(lc.KeptBlocks(lc.IterableBlocks(Batches(X, y, weight)), tmp_path))
    assert not os.listdir(tmp_path)


def test_a_checkpoint_goes_on_with_kept_rows(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow.parquet")
    expected = bits(lc.fit(parquet(tmp_path)))

    def stop(_: Any, seen: list[int] = []) -> None:  # noqa: B006
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt

    journal = tmp_path / "fit.journal"
    with pytest.raises(KeyboardInterrupt):
        lc.fit(parquet(tmp_path), checkpoint=journal, callback=stop)
    # the files are others now, as far as size and time go: keep theirs
    rows = lc.ParquetBlocks(tmp_path / "a.parquet", target="y")
    with lc.KeptBlocks(rows, tmp_path) as kept:
        assert bits(lc.fit(kept, checkpoint=journal)) == expected


@pytest.mark.parametrize("name", ["absent", "file"])
def test_a_folder_must_be_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    rows = lc.IterableBlocks(Batches(*rows_of()[:2]))
    with pytest.raises(DataError, match="is not a folder") as caught:
        lc.KeptBlocks(rows, tmp_path / name)
    assert caught.value.evidence["path"] == str(tmp_path / name)


def test_arrays_need_not_be_kept(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="rows is a ndarray"):
        lc.KeptBlocks(rows_of()[0], tmp_path)


def test_a_disk_that_is_too_small_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = Batches(*rows_of()[:2])
    kept = lc.KeptBlocks(lc.IterableBlocks(batches), tmp_path)
    before = batches.rows
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=33 * N - 1))
    with pytest.raises(DataError, match=f"{N} rows take"):
        lc.fit(kept)
    assert batches.rows == before
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=33 * N))
    assert lc.fit(kept).status.word == "converged"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_runs_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> Any:
        return open("/dev/full", "r+b", buffering=0)

    monkeypatch.setattr(kept_blocks.tempfile, "TemporaryFile", full)
    with pytest.raises(DataError, match=os.strerror(errno.ENOSPC)):
        lc.fit(lc.KeptBlocks(lc.IterableBlocks(Batches(*rows_of()[:2])), tmp_path))


def test_the_command_prints_what_it_prints_without(tmp_path: Path) -> None:
    text(tmp_path)
    file = tmp_path / "a.csv"
    runner = click.testing.CliRunner()
    plain = runner.invoke(main, ["fit", str(file), "--target", "y", "--stream"])
    folder = tmp_path / "kept"
    folder.mkdir()
    kept = runner.invoke(main, ["fit", str(file), "--target", "y", "--keep", str(folder)])
    assert plain.exit_code == kept.exit_code == 0
    assert kept.stdout == plain.stdout
    assert not os.listdir(folder)
    absent = ["fit", str(file), "--target", "y", "--keep", str(tmp_path / "no")]
    assert "is not a folder" in runner.invoke(main, absent).output
    cluster = ["fit", str(tmp_path / "*.parquet"), "--keep", str(folder), "--dask", "local"]
    assert "leave out --keep" in runner.invoke(main, cluster).output
