"""The cost model and the simulated cluster: cases that can be counted by hand, limits that hold
whatever the numbers, the same tables for the same seed, and the bound of a sum against exact sums.

Simulated seconds are sums of a few floats: 1e-12. No measured time is asserted.
"""

from __future__ import annotations

import doctest
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import cluster_costs, cluster_model, cluster_parts, cluster_simulation
from benchmarks.cluster_costs import Site, error_bound, fits, formula, here, predict, read
from benchmarks.cluster_simulation import Cluster, Work, parents, simulate

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "cluster-parts.jsonl"
ONES = np.ones(1)
OWN = 1e-3  # seconds of a partition, however few its rows


@pytest.mark.parametrize("module", [cluster_costs, cluster_model, cluster_simulation])
def test_examples(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert found.failed == 0


def test_by_hand() -> None:
    free = Cluster(workers=2, scheduling=0.0, overhead=0.0, latency=0.0, bandwidth=math.inf)
    assert simulate(Work(6, 1.0, ONES, 0.0, 0.0), free, 0).seconds == 3.0
    # six leaves and one addition of 6/8 of a second, where the first leaf came from
    added = simulate(Work(6, 1.0, ONES, 0.0, 1.0), free, 0)
    assert (added.seconds, added.tasks) == (3.75, 7)
    assert added.workers == pytest.approx(6.75 / 7.5)
    # three of them are moved, at a byte a second, and the sum to the driver
    slow = Cluster(2, 0.0, 0.0, 0.0, 1.0)
    moved = simulate(Work(6, 1.0, ONES, 1.0, 0.0), slow, 0)
    assert (moved.seconds, moved.bytes) == (3.0 + 3.0 + 1.0, 4.0)
    # a scheduler of a second a task: half before anything runs, half as results come
    busy = Cluster(6, 1.0, 0.0, 0.0, math.inf)
    assert simulate(Work(6, 0.0, ONES, 0.0, 0.0), busy, 0).seconds == pytest.approx(3.5 + 3.5)


def test_a_slow_worker_holds_up_what_is_kept_and_not_what_is_handed_out() -> None:
    cluster = Cluster(10, 0.0, 0.0, 0.0, math.inf, slow_workers=1)
    kept = simulate(Work(400, 1.0, ONES, 0.0, 0.0, kept=True), cluster, 3)
    anew = simulate(Work(400, 1.0, ONES, 0.0, 0.0, kept=False), cluster, 3)
    assert kept.seconds == 80.0
    assert 42.0 <= anew.seconds <= 44.0  # 400 / 9.5, to whole leaves


@pytest.mark.parametrize("n", [1, 2, 8, 9, 64, 65, 1000])
def test_the_tree_is_that_of_the_sums(n: int) -> None:
    dask_sums = pytest.importorskip("logreg_core.dask_sums")
    above, children = parents(n)
    layer, _ = dask_sums.tree([str(i) for i in range(n)], "sum")
    assert [len(parts) for _, parts in layer.values()] == children[n:]
    assert len(above) == cluster_costs.n_tasks(n) == n + len(layer)
    assert above.count(-1) == 1


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("workers", [1, 7, 64])
def test_no_evaluation_is_faster_than_its_parts(workers: int, kept: bool) -> None:
    rng = np.random.default_rng(1)
    spread = rng.uniform(0.5, 2.0, 50)
    work = Work(300, 0.2, spread, 1e5, 1e-3, kept)
    cluster = Cluster(workers, 1e-3, 1e-3, 1e-3, 1e8)
    found = simulate(work, cluster, 5)
    assert found == simulate(work, cluster, 5)
    assert found != simulate(work, cluster, 6)
    assert found.seconds >= found.tasks * cluster.scheduling
    assert found.seconds >= 300 * 0.2 * spread.min() / workers
    assert 0.0 < found.workers <= 1.0
    assert found.bytes <= work.bytes * found.tasks
    closed = formula(work, cluster)
    assert 0.5 < found.seconds / closed.seconds < 2.5


def results(folder: Path) -> Path:
    """A small results file."""
    rows: list[dict[str, Any]] = [{"kind": "machine", "cores": [0, 1]}]
    for k in (10, 100):
        rows += [
            {"kind": "leaf", "columns": k, "order": order, "rows": rows,
             "seconds": [(OWN + 1e-8 * rows * k * order) * r for r in (0.9, 1.0, 1.3)]}
            for order in (1, 2) for rows in (1000, 100)
        ]  # fmt: skip
        rows += [{"kind": "add", "columns": k, "seconds": [1e-5]},
                 {"kind": "passes", "columns": k, "readings": 4}]  # fmt: skip
    rows += [{"kind": "decode", "bytes": 1e9, "seconds": [1.0]}]
    rows += [
        {"kind": "scheduler", "workers": 2, "tasks": tasks, "seconds": [0.01 + tasks * 1e-3],
         "own_cpu": [tasks * 5e-4], "workers_cpu": [tasks * 1e-3]} for tasks in (3, 19, 73)
    ]  # fmt: skip
    rows += [{"kind": "evaluation", "workers": 2, "columns": 10, "rows": 10**6, "partitions": 16,
              "order": 1, "seconds": [0.1, 0.2]}]  # fmt: skip
    path = folder / "parts.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_predictions_follow_from_the_parts(tmp_path: Path) -> None:
    m = read(results(tmp_path))
    assert m.scheduling == pytest.approx(5e-4)
    assert m.graph[2] == pytest.approx((0.01, 1e-3))
    ((_, seconds),) = here(m)
    # an empty graph of 16 + 2 + 1 tasks, and half of a million rows of 100 ns, in 16 partitions
    assert seconds == pytest.approx(0.01 + 19e-3 + 0.05 + 8 * OWN)
    site = Site(slow=0.0)
    one = predict(m, site, 10**9, 10, 1, 1)
    assert not one.kept
    # five readings of 80 GB at 200 MB/s; arithmetic: 100 and 200 ns a row, two times each
    assert one.seconds == pytest.approx(5 * 400 + 2 * 100 + 2 * 200, rel=0.1)
    many = predict(m, site, 10**9, 10, 1000, 1)
    assert many.kept
    assert many.waits_for == "scheduler"
    assert many.reading[0] > predict(m, site, 10**9, 10, 100, 1).reading[0]  # too many workers


def test_tasks_measured_on_a_cluster_are_replayed(tmp_path: Path) -> None:
    race = tmp_path / "race.jsonl"
    row = {"kind": "evaluation", "workers": 2, "columns": 100, "rows": 10**5, "partitions": 8,
           "order": 2, "seconds": [0.3], "task_seconds": [[0.1, 0.1, 0.1, 0.4]]}  # fmt: skip
    race.write_text(json.dumps(row) + "\n" + json.dumps({"kind": "race"}), encoding="utf-8")
    m = read(results(tmp_path), race)
    assert m.spread[100, 2].tolist() == [1.0, 1.0, 1.0, 4.0]
    assert [found["columns"] for found, _ in here(m)] == [10, 100]
    assert (
        predict(m, Site(), 10**9, 100, 10, 1).reading[1]
        > predict(read(results(tmp_path)), Site(), 10**9, 100, 10, 1).reading[1]
    )


def test_the_command_gives_the_same_tables_and_writes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, page = results(tmp_path), tmp_path / "page.md"
    page.write_text("# A page\n<!-- TABLE: here -->old<!-- END -->\nend\n", encoding="utf-8")
    monkeypatch.setattr(cluster_costs, "COLUMNS", (10, 100))
    monkeypatch.setattr(cluster_costs, "WORKERS", (1, 10))
    said = []
    for more in ([], ["--page", str(page)]):
        monkeypatch.setattr("sys.argv", ["cluster_model", str(path), "--seed", "4", *more])
        cluster_model.main()
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "| 10^12 | 100 |" in said[0]
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert "| 2 | 1,000,000 x 10 | 16 | gradient | 0.09 s | 0.10 s | 0.20 s |" in text


def test_the_page_shows_what_the_command_gives() -> None:
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    tables = cluster_model.tables(read(RESULTS), Site(), 1)
    assert cluster_model.filled(page, tables) == page


def test_memory_and_partitions() -> None:
    m, site = read(RESULTS), Site()
    for found in fits(m, site, 1, rows=(10**9,), columns=(10, 300), workers=(10, 100)):
        assert found.partitions >= 4 * found.workers
        bytes_each = found.n_rows * found.columns * 8 / found.partitions
        assert bytes_each <= site.memory / 8 * 1.01
        assert found.kept == (found.n_rows * found.columns * 8 <= 0.6 * 8e9 * found.workers)


@pytest.mark.parametrize("n", [5_000, 300_001])
def test_sums_keep_their_bound(n: int) -> None:
    """Against math.fsum of the terms, each of which is itself right to some 10 units."""
    from logreg_core.blocks import sum_terms
    from logreg_core.workers import Workers

    blocks = cluster_parts.problem(n, 2)
    beta = np.array([-1.0, 0.7, 0.3])
    with Workers(1, 0) as workers:
        found = sum_terms(
            blocks, beta, 1, coordinates=cluster_parts.coordinates_of(2), workers=workers
        )
    eta = beta[0] + blocks.X @ beta[1:]
    terms = np.where(blocks.y == 1, -np.logaddexp(0.0, -eta), -np.logaddexp(0.0, eta))
    score = (blocks.y - 1.0 / (1.0 + np.exp(-eta))) * blocks.X[:, 0]
    allowed = error_bound(n, 2, 1) + 10 * 2.0**-52
    assert abs(found.loglik - math.fsum(terms)) <= allowed * np.abs(terms).sum()
    assert abs(found.gradient[1] - math.fsum(score)) <= allowed * np.abs(score).sum()
    assert error_bound(10**12, 10, 10**6) < 2.5e-14
