"""What is told of a partition: every change of it is seen, with the partition named; nothing is
read twice that lies where it lay. Checksums are compared with zlib's, of the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
import pytest

dask = pytest.importorskip("dask")
import dask.array as da  # noqa: E402
import dask.dataframe as dd  # noqa: E402

import logreg_core as lc  # noqa: E402
from logreg_core import dask_facts  # noqa: E402
from logreg_core.dask_facts import Facts, check_facts, facts_of  # noqa: E402
from logreg_core.errors import DataChangedError  # noqa: E402
from logreg_core.spans import NO_BYTES, NOTHING, Span  # noqa: E402

N, K, CUT = 900, 3, 300


@pytest.fixture
def here() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(N, K))
    return X, (rng.random(N) < 1.0 / (1.0 + np.exp(-X[:, 0]))).astype(np.int64)


def span_of(X: np.ndarray, y: np.ndarray = NO_BYTES) -> Span:
    return Span(X, y, NOTHING, NOTHING, NOTHING, NOTHING)


class Nudged:
    """A block as it is; once the marker is there, with one number of one block moved by one unit
    in the last place, far from its first and its last row."""

    def __init__(self, marker: Path, number: int) -> None:
        self.marker, self.number = str(marker), number

    def __dask_tokenize__(self) -> tuple[str, int]:
        return self.marker, self.number

    def __call__(self, block: Any, block_info: Any = None) -> Any:
        where = block_info[0]["chunk-location"][0] if block_info else None
        if where != self.number or not Path(self.marker).exists():
            return block
        block = block.copy()
        block[CUT // 2, 1] = np.nextafter(block[CUT // 2, 1], np.inf)
        return block


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.usefixtures("here")
def test_one_unit_inside_a_partition_is_seen(number: int, tmp_path: Path) -> None:
    X, y = rows()
    marker = tmp_path / "marker"
    cut = da.from_array(X, chunks=(CUT, K)).map_blocks(Nudged(marker, number), dtype=float)
    blocks = lc.DaskBlocks(cut, y=da.from_array(y, chunks=CUT), persist=False)
    lc.fit(blocks)
    marker.touch()
    with pytest.raises(DataChangedError, match=f"partition {number}.*checksum of X") as caught:
        lc.fit(blocks)
    assert caught.value.partition == number


@pytest.mark.usefixtures("here")
def test_what_is_kept_was_what_was_surveyed(tmp_path: Path) -> None:
    X, y = rows()
    marker = tmp_path / "marker"

    def made(block: Any, block_info: Any = None) -> Any:  # anew for the survey, and to be kept
        if block_info and block_info[0]["chunk-location"][0] == 2:
            block = Nudged(marker, 2)(block, block_info)
            marker.touch()
        return block

    cut = da.from_array(X, chunks=(CUT, K)).map_blocks(made, dtype=float)
    blocks = lc.DaskBlocks(cut, y=da.from_array(y, chunks=CUT), persist="auto")
    with pytest.raises(DataChangedError, match=r"partition 2.*checksum of X"):
        lc.fit(blocks)


@pytest.mark.usefixtures("here")
def test_a_row_of_a_frame_that_changes_is_seen(tmp_path: Path) -> None:
    X, y = rows()
    table = pd.DataFrame(X, columns=list("abc")).assign(ill=y)
    marker = tmp_path / "marker"

    def turned(part: pd.DataFrame) -> pd.DataFrame:
        if marker.exists() and len(part):
            part = part.copy()
            part.iloc[100:102, :] = part.iloc[100:102, :].to_numpy()[::-1]
        return part

    cut = dd.from_pandas(table, npartitions=3).map_partitions(turned, meta=table[:0])
    blocks = lc.DaskBlocks(cut, target="ill", persist=False)
    lc.fit(blocks)
    marker.touch()
    with pytest.raises(DataChangedError, match=r"partition [0-2]: the checksum of X"):
        lc.fit(blocks)


def test_facts_are_checksums_of_bytes() -> None:
    X, y = rows()
    labels = y.astype(np.uint8)
    known = facts_of(span_of(X, labels), whole=True)
    ends = crc32(X[-1].tobytes(), crc32(X[0].tobytes()))
    assert known == (N, crc32(labels.tobytes()), 0, ends, crc32(X.tobytes()))
    assert facts_of(span_of(np.asfortranarray(X), labels), whole=True) == known
    assert facts_of(span_of(X, labels)) == known._replace(columns=None)


def changed(X: np.ndarray) -> np.ndarray:
    other = X.copy()
    other[N // 2] *= 1.5
    return other


def test_what_lies_where_it_lay_is_read_once(monkeypatch: Any) -> None:
    X, _ = rows()
    known = facts_of(span_of(X), whole=True)
    asked: list[bool] = []
    real: Callable[..., Facts] = facts_of
    monkeypatch.setattr(
        dask_facts, "facts_of", lambda span, whole=False: asked.append(whole) or real(span, whole)
    )
    for _ in range(3):
        check_facts(span_of(X), 0, known)
    check_facts(span_of(X.copy()), 0, known)  # made anew
    check_facts(span_of(changed(X)), 0, known._replace(columns=None))  # the source tells
    assert asked == [False, False, False, True, False]  # read when it was surveyed
    other = changed(X)
    with pytest.raises(DataChangedError, match="checksum of X"):
        check_facts(span_of(other), 4, known)
    with pytest.raises(DataChangedError, match="checksum of X"):  # not taken for read
        check_facts(span_of(other), 4, known)
    with pytest.raises(DataChangedError, match="checksum of X"):  # read, and of another survey
        check_facts(span_of(X), 4, facts_of(span_of(other), whole=True))
