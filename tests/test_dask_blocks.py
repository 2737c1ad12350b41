"""Tolerances: one partitioning is one hash of (coef, covariance, loglik), whoever computes it, in
whatever order, whichever workers die. Another partitioning, and the fit in memory, add the same
numbers in another order: 1e-12 relative, at a condition number below 100.
"""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
import dask.array as da  # noqa: E402
import dask.dataframe as dd  # noqa: E402
from dask_hooks import Dies, DiesOnce, FailsFirst, Slept, Turned  # noqa: E402

import logreg_core as lc  # noqa: E402
from logreg_core.array_blocks import ArrayBlocks  # noqa: E402
from logreg_core.blocks import Terms  # noqa: E402
from logreg_core.dask_client import client_of  # noqa: E402
from logreg_core.dask_sums import FAN_IN, Cluster, sum_of_part, tree, whole  # noqa: E402
from logreg_core.errors import DataChangedError, DataError, SeparationWarning  # noqa: E402
from logreg_core.spans import NO_BYTES, NOTHING, Span  # noqa: E402
from logreg_core.workers import pairwise_sum  # noqa: E402

SAME = 1e-12
MANY = 60_000  # rows enough for the fast climb
CHUNKS = (9_000, 0, 17_000, 1, 12_999, 21_000)  # an empty partition, one of a single row


def rows(n: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Columns of different units and centres, and outcomes of a true model."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 20)) * np.geomspace(1.0, 1e4, 20) + np.arange(20)
    eta = -1.0 + X[:, 0] - 0.5 * (X[:, 19] - 19) / 1e4
    return X, (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(np.int64)


@pytest.fixture(scope="module")
def many() -> tuple[np.ndarray, np.ndarray]:
    return rows(MANY)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    n = 900
    table = pd.DataFrame(
        {
            "age": rng.normal(40.0, 10.0, n),
            "ward": rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2]),
            "times": rng.integers(1, 4, n).astype(float),
            "known": rng.normal(size=n) / 10,
        }
    )
    eta = (table.age - 40) / 10 + (table.ward == "b") - 0.3
    table["ill"] = np.where(rng.random(n) < 1 / (1 + np.exp(-eta)), "yes", "no")
    return table


@pytest.fixture
def here() -> Iterator[None]:
    """Dask in this process, a task at a time."""
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes of a thread each, started anew where they die; no dashboard."""
    with (
        warnings.catch_warnings(),
        dask.config.set({"distributed.scheduler.allowed-failures": 20}),
    ):
        warnings.simplefilter("ignore")  # of processes that are gone
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as made:
            yield made


@pytest.fixture
def client(cluster: Any) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.Client(cluster, set_as_default=False) as connected:
            yield connected


def parted(many: Any, chunks: Any = (CHUNKS,), **more: Any) -> lc.DaskBlocks:
    X, y = many
    return lc.DaskBlocks(
        da.from_array(X, chunks=(*chunks, 20)), y=da.from_array(y, chunks=chunks), **more
    )


def same(fit: Any, other: Any) -> None:
    """Equal to rounding."""
    assert fit.status is other.status
    assert fit.names == other.names
    np.testing.assert_allclose(fit.coef, other.coef, rtol=SAME)
    np.testing.assert_allclose(fit.std_error, other.std_error, rtol=SAME)
    np.testing.assert_allclose(
        [fit.loglik, fit.null_loglik], [other.loglik, other.null_loglik], rtol=SAME
    )


def digest(fit: Any) -> str:
    parts = (fit.coef, fit.covariance, np.float64(fit.loglik))
    return hashlib.sha256(b"".join(np.asarray(part).tobytes() for part in parts)).hexdigest()


class Disturbed(lc.DaskBlocks):
    """Every evaluation with something around its function."""

    around: Callable[[Any, int], Any]
    evaluations = 0

    def total(self, function: Callable[[ArrayBlocks], Any]) -> Any:
        self.evaluations += 1
        return super().total(self.around(function, self.evaluations))


# -- the sum ------------------------------------------------------------------------------------
@pytest.mark.parametrize("n", [1, 2, FAN_IN - 1, FAN_IN, FAN_IN + 1, 77, FAN_IN**2 + 3])
def test_the_tree_of_tasks_is_that_of_pairs(n: int) -> None:
    layer, last = tree([f"p{i}" for i in range(n)], "sum")
    rng = np.random.default_rng(n)
    values = rng.normal(size=n) * 10.0 ** rng.integers(0, 9, n)
    done = {f"p{i}": value for i, value in enumerate(values)}
    for key, (add, inner) in layer.items():
        done[key] = add([done[k] for k in inner])
    assert done[last] == pairwise_sum(values)
    assert done[last] != sum(values[::-1]) or n < 20  # another order is seen in the bits


def test_half_the_information_travels_and_all_of_it_comes_back() -> None:
    half = np.random.default_rng(0).normal(size=(3, 3))
    terms = Terms(-1.5, 4.0, 4, 0.25, np.arange(3.0), half + half.T)
    span = Span(np.ones((4, 2)), NO_BYTES, NOTHING, NOTHING, NOTHING, NOTHING)
    sent = sum_of_part(lambda part: terms, span)
    assert sent.information.shape == (6,)
    assert whole(sent + sent).information.tobytes() == (2 * terms.information).tobytes()
    assert whole(3.5) == 3.5


# -- the fit ------------------------------------------------------------------------------------
@pytest.mark.parametrize("solver", ["auto", "newton", "irls"])
@pytest.mark.usefixtures("here")
def test_every_solver_finds_the_fit_in_memory(many: Any, solver: str) -> None:
    found = lc.fit(parted(many), solver=solver)
    same(found, lc.fit(*many, solver=solver))
    assert found.solver == {"auto": "fast"}.get(solver, solver)


@pytest.mark.usefixtures("here")
def test_firth_on_parts() -> None:
    few = rows(500)
    found = lc.fit(parted(few, ((200, 0, 300),)), penalty="firth")
    same(found, lc.fit(*few, penalty="firth"))


@pytest.mark.usefixtures("here")
def test_nearly_collinear_columns_on_parts() -> None:
    X, y = rows(2000)
    X[:, 3] = X[:, 2] + 1e-9 * X[:, 3]
    found, whole_fit = lc.fit(parted((X, y), (700,))), lc.fit(X, y)
    # a condition of 1e9 leaves 15 - 9 digits of what differs by rounding, of the two columns
    np.testing.assert_allclose(found.coef, whole_fit.coef, rtol=1e-5)
    assert found.loglik == pytest.approx(whole_fit.loglik, rel=1e-13)


@pytest.mark.usefixtures("here")
def test_the_sample_is_that_of_the_rows_in_memory(many: Any) -> None:
    X, y = many
    memory = ArrayBlocks(X, y.astype(np.uint8))
    blocks = parted(many)
    for n in (256, 7, MANY, 1000):
        assert blocks.sample(n).X.tobytes() == memory.sample(n).X.tobytes()
        assert blocks.sample(n).y.tobytes() == memory.sample(n).y.tobytes()
    starts, length = (0, 8_990, 25_990, 38_999, MANY - 30), 30  # across partitions, and at the end
    found, places = blocks.stretches(starts, length)
    for start, place in zip(starts, places, strict=True):
        rows_there = slice(place, place + length)
        assert found.X[rows_there].tobytes() == X[start : start + length].tobytes()
    spans = list(blocks.spans())
    assert [len(span.X) for span in spans] == [len(span.X) for span in memory.spans()]
    assert np.concatenate([span.X for span in spans]).tobytes() == X.tobytes()


@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
@pytest.mark.parametrize("persist", [False, True, "auto"])
def test_neither_scheduler_nor_persistence_changes_a_bit(
    many: Any, scheduler: str, persist: Any
) -> None:
    with dask.config.set(scheduler="synchronous"):
        expected = digest(lc.fit(parted(many, persist=False)))
    with dask.config.set(scheduler=scheduler, num_workers=4):
        assert digest(lc.fit(parted(many, persist=persist))) == expected


@pytest.mark.parametrize("chunks", [(MANY,), (30_000,), (1_111,), (CHUNKS,)], ids=str)
@pytest.mark.usefixtures("here")
def test_partitions_differ_by_rounding_only(many: Any, chunks: Any) -> None:
    same(lc.fit(parted(many, chunks)), lc.fit(*many))


# -- a cluster ----------------------------------------------------------------------------------
def test_one_hash_for_1_2_and_4_workers_and_any_order(many: Any, cluster: Any, client: Any) -> None:
    with dask.config.set(scheduler="synchronous"):
        expected = digest(lc.fit(parted(many)))
    Disturbed.around = staticmethod(lambda function, number: Slept(function))  # type: ignore
    X, y = (da.from_array(part, chunks=(CHUNKS, *part.shape[1:])) for part in many)
    X, y = client.persist([X.map_blocks(np.ascontiguousarray), y.map_blocks(np.ascontiguousarray)])
    for workers in (2, 4, 1):  # more, and then fewer while partitions are kept on those that go
        cluster.scale(workers)
        client.wait_for_workers(workers)
        assert digest(lc.fit(Disturbed(X, y=y, client=client))) == expected
        assert digest(lc.fit(parted(many, client=client, persist=False))) == expected
    cluster.scale(2)


def test_a_worker_dies_in_every_evaluation(many: Any, client: Any, tmp_path: Path) -> None:
    with dask.config.set(scheduler="synchronous"):
        expected = digest(lc.fit(parted(many)))
    Disturbed.around = staticmethod(  # type: ignore
        lambda function, number: DiesOnce(function, str(tmp_path / str(number)))
    )
    X, y = (da.from_array(part, chunks=(CHUNKS, *part.shape[1:])) for part in many)
    blocks = Disturbed(X, y=y, client=client)
    assert digest(lc.fit(blocks)) == expected
    assert blocks.evaluations >= 3
    assert len(list(tmp_path.iterdir())) == blocks.evaluations  # so many died


def test_a_partition_that_kills_its_workers_is_named(client: Any) -> None:
    X, y = rows(500)
    blocks = parted((X, y), ((0, 500, 0),), client=client, persist=False)
    client.run_on_scheduler(_allow, failures=0)
    try:
        with pytest.raises(DataError, match="partition 1, 500 rows: 1 worker died") as caught:
            blocks.total(Dies(500))
    finally:
        client.run_on_scheduler(_allow, failures=20)
    assert caught.value.partition == 1
    assert "memory" in caught.value.meaning


def _allow(dask_scheduler: Any, failures: int) -> None:
    dask_scheduler.allowed_failures = failures


# -- certificates -------------------------------------------------------------------------------
@pytest.fixture
def brought(monkeypatch: Any) -> list[int]:
    """Bytes of each answer of the cluster, and nothing that reads rows here."""
    moved: list[int] = []
    run = Cluster._run

    def counted(self: Cluster, *asked: Any) -> list[Any]:
        found = run(self, *asked)
        moved.append(len(pickle.dumps(found)))
        return found

    monkeypatch.setattr(Cluster, "_run", counted)
    monkeypatch.setattr(lc.DaskBlocks, "spans", None)
    return moved


@pytest.mark.parametrize("near", [0.0, 1e-7], ids=["plain", "collinear"])
@pytest.mark.parametrize("with_offset", [False, True])
def test_only_sums_travel_for_a_certificate(
    many: Any, here: None, brought: list[int], near: float, with_offset: bool
) -> None:
    X, y = many[0][:, :6].copy(), many[1]
    if near:
        X[:, 3] = X[:, 2] + near * X[:, 3]
    offset = np.linspace(-1.0, 1.0, len(y)) if with_offset else None
    cut = da.from_array(X, chunks=(CHUNKS, 6)), da.from_array(y, chunks=(CHUNKS,))
    more = {} if offset is None else {"offset": da.from_array(offset, chunks=(CHUNKS,))}
    blocks = lc.DaskBlocks(cut[0], y=cut[1], **more)
    fit = lc.fit(X, y, offset=offset)
    brought.clear()
    found, expected = lc.certify(fit, blocks), lc.certify(fit, X, y, offset=offset)
    assert 2 <= len(brought) <= 8
    assert max(brought) < 4_000  # a row of X is 48 bytes, all of them 2.9 MB
    assert (found.status, found.passes) == (expected.status, expected.passes) != ("stalled", 0)
    # digits are logarithms of what differs by rounding, which near columns magnify
    np.testing.assert_allclose(found.digits, expected.digits, atol=0.1 if near else 1e-6)
    assert found.bound == pytest.approx(expected.bound, rel=1e-6)
    brought.clear()
    best, memory = lc.polish(fit, blocks), lc.polish(fit, X, y, offset=offset)
    assert best.coef.tobytes() == memory.coef.tobytes()  # the double next to the true one
    assert max(brought) < 4_000


# -- frames and files ---------------------------------------------------------------------------
def test_levels_classes_weights_and_offsets_of_a_frame(frame: pd.DataFrame, here: None) -> None:
    design = lc.Design.from_frame(frame, target="ill", features=["age", "ward"])
    expected = lc.fit(design)
    cut = dd.from_pandas(frame, npartitions=4)
    for blocks in (
        lc.DaskBlocks(cut, target="ill", features=["age", "ward"]),
        lc.DaskBlocks(cut, design),
        lc.DaskBlocks(cut, design.encoding, missing="drop"),
    ):
        found = lc.fit(blocks)
        same(found, expected)
        assert found.encoding == expected.encoding
    both = lc.fit(lc.DaskBlocks(cut, design, weight="times", offset="known"))
    same(both, lc.fit(design, sample_weight=frame.times, offset=frame.known))
    formula = lc.fit(lc.DaskBlocks(cut, "ill ~ age + ward"))
    assert dict(zip(formula.names, formula.coef, strict=True)) == pytest.approx(
        dict(zip(expected.names, expected.coef, strict=True)), rel=SAME
    )


def files(frame: pd.DataFrame, folder: Path, cuts: tuple[int, ...]) -> list[str]:
    paths = [str(folder / f"part-{i}.parquet") for i in range(len(cuts) - 1)]
    for path, (first, last) in zip(paths, pairwise(cuts), strict=True):
        frame.iloc[first:last].to_parquet(path, index=False)
    return paths


def test_files_are_partitions(frame: pd.DataFrame, tmp_path: Path, here: None) -> None:
    paths = files(frame, tmp_path, (0, 250, 250, 251, 900))  # one is empty, one of one class
    expected = lc.fit(lc.Design.from_frame(frame, target="ill", features=["age", "ward"]))
    asked: dict[str, Any] = {"target": "ill", "features": ["age", "ward"], "persist": False}
    for data in (paths, str(tmp_path), str(tmp_path / "*.parquet")):
        blocks = lc.DaskBlocks(data, **asked)
        assert (blocks.n_rows, blocks.n_partitions) == (900, 4)
        same(lc.fit(blocks), expected)
    frame.iloc[:100].to_parquet(paths[3], index=False)
    with pytest.raises(DataChangedError, match=r"part-3\.parquet"):
        lc.fit(blocks)
    Path(paths[3]).write_bytes(Path(paths[0]).read_bytes()[:-200])  # cut off at the end
    with pytest.raises(DataError, match=r"part-3\.parquet.*cannot be read as Parquet"):
        lc.DaskBlocks(paths, **asked)
    with pytest.raises(DataError, match="no file matches"):
        lc.DaskBlocks(str(tmp_path / "*.parq"), **asked)


def test_missing_values_and_unseen_levels_in_the_last_partition(
    frame: pd.DataFrame, here: None
) -> None:
    design = lc.Design.from_frame(frame, target="ill", features=["age", "ward"])
    spoilt = frame.copy()
    spoilt.loc[880, "age"] = np.nan
    cut = dd.from_pandas(spoilt, npartitions=3)
    for asked in ({"design": design}, {"target": "ill", "features": ["age", "ward"]}):
        with pytest.raises(DataError, match=r"partition 2 .*'age'.* row 280 ") as caught:
            lc.DaskBlocks(cut, **asked)
        assert (caught.value.column, caught.value.row, caught.value.partition) == ("age", 880, 2)
    left = lc.fit(lc.DaskBlocks(cut, design, missing="drop"))
    kept = lc.Design.from_frame(spoilt, "ill", features=["age", "ward"], missing="drop")
    same(left, lc.fit(kept))
    spoilt = frame.copy()
    spoilt.loc[899, "ward"] = "elsewhere"
    cut = dd.from_pandas(spoilt, npartitions=3)
    with pytest.raises(DataError, match=r"partition 2 .*'ward' holds 'elsewhere'") as caught:
        lc.DaskBlocks(cut, design)
    assert caught.value.row == 899
    assert "ward_elsewhere" in lc.DaskBlocks(cut, target="ill", features=["age", "ward"]).names


# -- bad input ----------------------------------------------------------------------------------
@pytest.mark.usefixtures("here")
def test_nan_in_the_last_partition_is_named() -> None:
    X, y = rows(3000)
    X[2990, 7] = np.inf
    with pytest.raises(DataError, match=r"partition 2 .*'x8' holds inf in row 990") as caught:
        lc.fit(parted((X, y), (1000,)))
    assert (caught.value.row, caught.value.row_in_partition) == (2990, 990)


@pytest.mark.usefixtures("here")
def test_outcomes_of_one_class_and_of_three() -> None:
    X, y = rows(300)
    ordered = np.argsort(y, kind="stable")  # partitions of one class each, but for one
    same(lc.fit(parted((X[ordered], y[ordered]), (100,))), lc.fit(X[ordered], y[ordered]))
    with pytest.raises(DataError, match="1 class"):
        parted((X, np.ones(300)), (100,))
    with pytest.raises(DataError, match="3 classes"):
        parted((X, np.arange(300) // 100), (100,))
    missing = y.astype(float)
    missing[250] = np.nan
    with pytest.raises(DataError, match=r"partition 2.* NaN") as caught:
        parted((X, missing), (100,))
    assert caught.value.row == 250


@pytest.mark.usefixtures("here")
def test_weights_and_offsets_beside_an_array() -> None:
    X, y = rows(300)
    rng = np.random.default_rng(3)
    weight, offset = rng.integers(0, 3, 300).astype(float), rng.normal(size=300)
    weight[100:200] = 0.0  # a partition where nothing counts
    cut = [da.from_array(part, chunks=100) for part in (y, weight, offset)]
    dX = da.from_array(X, chunks=(100, 7))
    found = lc.fit(lc.DaskBlocks(dX, y=cut[0], weight=cut[1], offset=cut[2]))
    same(found, lc.fit(X, y, sample_weight=weight, offset=offset))
    weight[299] = -1.0
    with pytest.raises(DataError, match=r"partition 2.*-1 in row 99"):
        lc.DaskBlocks(dX, y=cut[0], weight=da.from_array(weight, chunks=100))


@pytest.mark.usefixtures("here")
def test_chunks_that_differ_are_cut_alike_and_unknown_ones_counted() -> None:
    X, y = rows(300)
    expected = lc.fit(X, y)
    found = lc.DaskBlocks(da.from_array(X, chunks=(120, 20)), y=da.from_array(y, chunks=50))
    same(lc.fit(found), expected)
    table = dd.from_pandas(pd.DataFrame(X).assign(y=y), npartitions=4)
    unknown = lc.DaskBlocks(table.drop(columns="y").to_dask_array(), y=table.y.to_dask_array())
    same(lc.fit(unknown), expected)
    with pytest.raises(DataError, match="as many, cut at the same rows"):
        lc.DaskBlocks(table.drop(columns="y").to_dask_array(), y=da.from_array(y, chunks=100))
    with pytest.raises(DataError, match="a ndarray"):
        lc.DaskBlocks(da.from_array(X, chunks=100), y=y)


@pytest.mark.usefixtures("here")
def test_only_reading_is_tried_again(tmp_path: Path) -> None:
    X, y = rows(300)
    dX, dy = da.from_array(X, chunks=(100, 20)), da.from_array(y, chunks=100)

    def broken(folder: str, times: int) -> Any:
        (tmp_path / folder).mkdir()
        reads = FailsFirst(str(tmp_path / folder), times)
        return dX.map_blocks(reads, dtype=float, meta=np.empty((0, 0)))

    same(lc.fit(lc.DaskBlocks(broken("a", 2), y=dy, retries=2, persist=False)), lc.fit(X, y))
    with pytest.raises(OSError, match="the disk is away"):
        lc.DaskBlocks(broken("b", 2), y=dy, retries=1)
    calls = []

    def fails(part: ArrayBlocks) -> float:
        calls.append(part.n_rows)
        raise DataError("a fault of the data")

    with pytest.raises(DataError, match="a fault of the data"):
        lc.DaskBlocks(dX, y=dy).total(fails)
    assert len(calls) <= 3


@pytest.mark.usefixtures("here")
def test_separated_rows_never_converge() -> None:
    X, y = rows(600)
    X = X[:, :3]
    X[:, 0] = np.where(y, 1.0, -1.0) * np.abs(X[:, 0])
    cut = lc.DaskBlocks(da.from_array(X, chunks=(250, 3)), y=da.from_array(y, chunks=250))
    with pytest.warns(SeparationWarning, match="x1 -> "):
        found = lc.fit(cut)
    assert not found.converged


def test_arguments_that_contradict_each_other() -> None:
    X, y = rows(60)
    dX, dy = da.from_array(X, chunks=(30, 20)), da.from_array(y, chunks=30)
    with pytest.raises(DataError, match="two outcomes may differ"):
        lc.DaskBlocks(dX, y=dy, target="y")
    with pytest.raises(DataError, match="the block source alone"):
        lc.fit(lc.DaskBlocks(dX, y=dy), y)
    with pytest.raises(DataError, match="no Dask scheduler answers"):
        lc.DaskBlocks(dX, y=dy, address="nowhere://x")


@pytest.mark.usefixtures("here")
def test_the_estimator_takes_dask_and_predicts_lazily() -> None:
    X, y = rows(400)
    X, labels = X[:, :3], np.array(["no", "yes"])[y]
    whole_fit = lc.LogisticRegression().fit(X, labels)
    cut = da.from_array(X, chunks=((150, 0, 250), 2))
    model = lc.LogisticRegression().fit(cut, da.from_array(labels, chunks=((150, 0, 250),)))
    same(model.result_, whole_fit.result_)
    assert model.classes_.tolist() == ["no", "yes"]
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        lazy, now = getattr(model, method)(cut), getattr(model, method)(X)
        assert isinstance(lazy, da.Array)
        assert lazy.shape == now.shape
        assert lazy.dtype == now.dtype
        assert lazy.compute().tobytes() == now.tobytes()
    with pytest.raises(DataError, match="class_weight"):
        lc.LogisticRegression(class_weight="balanced").fit(cut, da.from_array(y, chunks=150))
    table = dd.from_pandas(pd.DataFrame(X, columns=["a", "b", "c"]).assign(y=y), npartitions=3)
    named = lc.LogisticRegression().fit(table[["a", "b", "c"]], table.y)
    assert named.feature_names_in_.tolist() == ["a", "b", "c"]
    np.testing.assert_allclose(named.coef_, whole_fit.coef_, rtol=SAME)
    lazy, now = (named.predict_proba(f[["a", "b", "c"]]) for f in (table, table.compute()))
    assert lazy.compute().tobytes() == now.tobytes()


def test_the_command_line_on_a_cluster(frame: pd.DataFrame, cluster: Any, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from logreg_core.cli import main

    files(frame, tmp_path, (0, 400, 900))
    model = tmp_path / "model.json"
    asked = ["--target", "ill", "--features", "age,ward", "--save", str(model)]
    there = ["--dask", cluster.scheduler_address]
    done = CliRunner().invoke(main, ["fit", str(tmp_path), *asked, *there])
    assert done.exit_code == 0, done.output
    assert "900 of 900 used" in done.output
    same(
        lc.load(model),
        lc.fit(lc.Design.from_frame(frame, target="ill", features=["age", "ward"])),
    )


# -- what is not as it seems --------------------------------------------------------------------
@pytest.mark.parametrize("address", ["foo", "nowhere://x", "tcp://host:x"])
def test_a_bad_address_ends_the_process(address: str, frame: pd.DataFrame, tmp_path: Path) -> None:
    files(frame, tmp_path, (0, 400, 900))
    asked = ["fit", str(tmp_path), "--target", "ill", "--dask", address]
    done = subprocess.run(
        [sys.executable, "-m", "logreg_core", *asked], capture_output=True, text=True, timeout=25
    )
    assert done.returncode == 2
    assert "no Dask scheduler answers" in done.stderr


def test_a_scheduler_that_does_not_answer_leaves_no_client(monkeypatch: Any) -> None:
    monkeypatch.setattr("logreg_core.dask_client.PATIENCE", 0.5)
    before = set(distributed.Client._instances)
    with pytest.raises(DataError, match=r"answers at 'tcp://127\.0\.0\.1:1'"):
        client_of("tcp://127.0.0.1:1")
    assert all(c.status == "closed" for c in set(distributed.Client._instances) - before)


@pytest.mark.parametrize("what", ["X", "y", "weight", "rows"])
@pytest.mark.usefixtures("here")
def test_partitions_made_anew_otherwise_are_named(what: str, tmp_path: Path) -> None:
    X, y = rows(900)
    parts = {"X": X, "y": y, "weight": np.ones(900)}
    cut = {name: da.from_array(part, chunks=(300, *part.shape[1:])) for name, part in parts.items()}
    for name in cut:
        if what in (name, "rows"):
            turn = Turned(str(tmp_path), what == "rows")
            cut[name] = cut[name].map_blocks(turn, dtype=cut[name].dtype)
    blocks = lc.DaskBlocks(cut["X"], y=cut["y"], weight=cut["weight"], persist=False)
    lc.fit(blocks, inference=False)
    (tmp_path / "turned").touch()
    with pytest.raises(DataChangedError, match=r"partition [0-2].*in the first reading") as caught:
        lc.fit(blocks)
    assert caught.value.partition in (0, 1, 2)


@pytest.mark.parametrize("option", [{"retries": -1}, {"persist": "maybe"}, {"client": 3}])
def test_options_that_are_none(option: dict[str, Any]) -> None:
    X, y = rows(60)
    with pytest.raises(DataError, match=next(iter(option))):
        parted((X, y), (30,), **option)


@pytest.mark.usefixtures("here")
def test_types_that_differ_are_told_by_file_and_partition(tmp_path: Path) -> None:
    X, y = rows(200)
    table = pd.DataFrame({"a": X[:, 0], "ill": y})
    files(table, tmp_path, (0, 100, 200))
    last = tmp_path / "part-1.parquet"
    for other in (table.assign(ill=y == 1), table.assign(a=table.a.astype(str))):
        other[100:].to_parquet(last, index=False)
        with pytest.raises(DataError, match=r"has type \w+ in .*part-1\.parquet and \w+ in "):
            lc.DaskBlocks(str(tmp_path), target="ill")
        mixed = dd.from_delayed(
            [dask.delayed(table[:100]), dask.delayed(other[100:])], meta=table, verify_meta=False
        )
        with pytest.raises(DataError, match=r"partition 1.*'(a|ill)'"):
            lc.DaskBlocks(mixed, target="ill", features=["a"])


@pytest.mark.usefixtures("here")
def test_the_largest_offset_is_found_where_the_rows_lie(monkeypatch: Any) -> None:
    X, y = rows(300)
    offset = np.linspace(-3.0, 2.0, 300)
    cut = [da.from_array(part, chunks=100) for part in (y, offset)]
    blocks = lc.DaskBlocks(da.from_array(X, chunks=(100, 20)), y=cut[0], offset=cut[1])
    monkeypatch.setattr(lc.DaskBlocks, "spans", None)
    assert blocks.largest_offset() == 3.0
    assert parted((X, y), (100,)).largest_offset() == 0.0
