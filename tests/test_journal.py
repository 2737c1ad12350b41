"""A fit that was killed ends, resumed, with the bits of one that was not.

No tolerances: all is compared bit by bit. The kill is a real SIGKILL of a process of our own, in
the middle of a reading.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import logreg_core as lc
from logreg_core.errors import DataChangedError, DataError, LogregError
from logreg_core.journal import PassJournal, digest

N, K = 30_000, 40


def make(n: int = N, k: int = K, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, k))
    return X, (X @ np.linspace(-1.0, 1.0, k) + rng.logistic(size=n) > 0.3).astype(np.uint8)


class Counted:
    """Batches of some rows, and how many readings of them were begun."""

    def __init__(self, *parts: Any) -> None:
        self.parts, self.readings = parts, 0

    def __call__(self) -> Iterator[Any]:
        self.readings += 1
        for first in range(0, len(self.parts[0]), 1_000):
            yield tuple(None if p is None else p[first : first + 1_000] for p in self.parts)


def bits(fit: lc.LogitFit) -> tuple[Any, ...]:
    steps = tuple(row._replace(seconds=0.0) for row in fit.steps)
    return (fit.coef.tobytes(), fit.covariance.tobytes(), fit.loglik, fit.null_loglik, steps,
            fit.solver, fit.status)  # fmt: skip


def fit(rows: Counted, path: Path | None, **options: Any) -> lc.LogitFit:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.errors.LogregWarning)
        return lc.fit(lc.IterableBlocks(rows, names=names(rows)), checkpoint=path, **options)


def names(rows: Counted) -> list[str]:
    return [f"c{j}" for j in range(rows.parts[0].shape[1])]


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


PROGRAM = """
import os, signal, sys
import numpy as np
import logreg_core as lc
sys.path.insert(0, sys.argv[1])
from test_journal import Counted, make
rows, fatal = Counted(*make()), int(sys.argv[3])

def batches():
    for number, batch in enumerate(rows()):
        if rows.readings == fatal and number == 12:
            os.kill(os.getpid(), signal.SIGKILL)
        yield batch

found = lc.fit(lc.IterableBlocks(batches), checkpoint=sys.argv[2])
print(rows.readings, found.coef.tobytes().hex(), found.covariance.tobytes().hex(), found.loglik)
"""


def run(path: Path, fatal: int) -> subprocess.CompletedProcess[str]:
    here = Path(__file__).parent
    home = {**os.environ, "PYTHONPATH": str(here.parent)}
    command = [sys.executable, "-c", PROGRAM, str(here), str(path), str(fatal)]
    return subprocess.run(command, capture_output=True, text=True, env=home, check=False)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")
def test_a_killed_fit_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    path = tmp_path / "fit.journal"
    undisturbed = fit(Counted(*make()), None)
    for fatal, known in ((4, 1), (5, 3)):  # killed twice, in the second pass and two later
        killed = run(path, fatal)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert len(lines(path)) == 1 + known
    done = run(path, 0)
    assert done.returncode == 0, done.stderr
    readings, *found = done.stdout.split()
    expected = [undisturbed.coef.tobytes().hex(), undisturbed.covariance.tobytes().hex(),
                str(undisturbed.loglik)]  # fmt: skip
    assert found == expected
    whole = Counted(*make())
    fit(whole, None)
    assert int(readings) == whole.readings - 3


OPTIONS: tuple[dict[str, Any], ...] = (
    {}, {"solver": "newton"}, {"solver": "irls"}, {"penalty": "firth"}, {"l2": 1.0},
    {"fit_intercept": False},
)  # fmt: skip


@pytest.mark.parametrize("what", ["plain", "weight offset", "redundant"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_resumed_after_any_pass(options: dict[str, Any], what: str, tmp_path: Path) -> None:
    small = bool(options)
    X, y = make(3_000, 5) if small else make()
    rng = np.random.default_rng(1)
    parts: tuple[Any, ...] = (X, y)
    if what == "redundant":
        parts = (np.column_stack([X, X[:, 0] + X[:, 1]]), y)
    elif what != "plain":
        parts = (X, y, rng.integers(0, 3, len(y)), rng.normal(size=len(y)))
    path = tmp_path / "journal"
    plain, first = Counted(*parts), Counted(*parts)
    expected = bits(fit(plain, None, **options))
    assert bits(fit(first, path, **options)) == expected
    assert first.readings == plain.readings
    whole = lines(path)
    passes = len(whole) - 1
    assert passes == plain.readings - 2
    for kept in range(0, passes + 1, 1 if passes < 8 else 5):
        path.write_bytes(b"".join(whole[: kept + 1]))
        rows = Counted(*parts)
        assert bits(fit(rows, path, **options)) == expected
        again = sum(json.loads(line).get("kind") == "other" for line in whole[1 : kept + 1])
        assert rows.readings == plain.readings - kept + again
        assert lines(path) == whole


def test_a_torn_or_damaged_line_is_not_used(tmp_path: Path) -> None:
    path, rows = tmp_path / "journal", Counted(*make(3_000, 5))
    expected = bits(fit(rows, path))
    whole = path.read_bytes()
    header = whole.index(b"\n") + 1
    rng = np.random.default_rng(0)
    for place in rng.integers(header, len(whole), 25).tolist():
        path.write_bytes(whole[:place])  # torn
        assert bits(fit(Counted(*rows.parts), path)) == expected
        assert path.read_bytes() == whole
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(damaged)
        assert bits(fit(Counted(*rows.parts), path)) == expected
        assert path.read_bytes() == whole


def test_lines_are_bound_to_their_place(tmp_path: Path) -> None:
    path, rows = tmp_path / "journal", Counted(*make(3_000, 5))
    expected = bits(fit(rows, path))
    whole = lines(path)
    path.write_bytes(b"".join([whole[0], whole[2], whole[1], *whole[3:]]))
    again = Counted(*rows.parts)
    assert bits(fit(again, path)) == expected
    assert again.readings == rows.readings
    assert lines(path) == whole


def sums(path: Path, *asked: tuple[str, float]) -> list[float]:
    """Sums by name, and what they would come to if they were added up now."""
    with PassJournal(path, None, {}, {}) as journal:  # type: ignore[arg-type]
        return [journal.sums(name, partial(float, value)) for name, value in asked]


def test_sums_of_another_climb_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    assert sums(path, ("a", 1.0), ("b", 2.0), ("b", 3.0)) == [1.0, 2.0, 3.0]
    assert sums(path, ("a", 7.0), ("b", 8.0), ("b", 9.0)) == [1.0, 2.0, 3.0]
    swapped = [lines(path)[i] for i in (0, 1, 3, 2)]
    path.write_bytes(b"".join(swapped))  # each line whole, but not in its place
    assert sums(path, ("a", 7.0), ("b", 8.0), ("b", 9.0)) == [1.0, 8.0, 9.0]
    assert sums(path, ("a", 0.0), ("c", 5.0), ("b", 6.0)) == [1.0, 5.0, 6.0]
    assert sums(path, ("a", 0.0), ("c", 0.0), ("b", 0.0)) == [1.0, 5.0, 6.0]


def test_terms_are_asked_for_by_everything_they_depend_on() -> None:
    key, arrays = (2, 0, 1), (np.zeros(3), np.ones((2, 2)))
    same = digest(key, (np.zeros(3), np.ones((2, 2))))
    assert digest(key, arrays) == same
    others = [
        digest((1, 0, 1), arrays),
        digest(key, (np.array([0.0, 0.0, -0.0]), arrays[1])),
        digest(key, (arrays[0], np.ones((1, 4)))),
        digest(key, (arrays[0], np.nextafter(np.ones((2, 2)), 2.0))),
        digest(key, (*arrays, np.empty(0))),
    ]
    assert len({same, *others}) == 6


def test_a_damaged_header_is_refused_and_left(tmp_path: Path) -> None:
    path, rows = tmp_path / "journal", Counted(*make(3_000, 5))
    expected = bits(fit(rows, path))
    whole = path.read_bytes()
    for place in (0, 30, whole.index(b"\n") - 3, whole.index(b"\n")):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="no checkpoint"):
            fit(rows, path)
        assert path.read_bytes() == damaged
    for torn in (0, 1, 20, whole.index(b"\n")):  # killed as its first line was written
        path.write_bytes(whole[:torn])
        assert bits(fit(rows, path)) == expected


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"hello", b"\x80\x04pickle", b"[1]\n", b"{}\n"])
def test_other_files_are_refused_and_left(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="no checkpoint"):
        fit(Counted(*make(300, 2)), path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"l2": 0.5}, "l2"),
        ({"solver": "newton"}, "solver"),
        ({"penalty": "firth"}, "penalty"),
        ({"tol": 1e-8}, "tol"),
        ({"max_iter": 3}, "max_iter"),
        ({"start": [0.0] * 6}, "start"),
        ({"fit_intercept": False}, "columns"),
        ({"inference": False}, "inference"),
    ],
)
def test_other_options_are_refused(options: dict[str, Any], said: str, tmp_path: Path) -> None:
    path, rows = tmp_path / "journal", Counted(*make(3_000, 5))
    fit(rows, path)
    before = path.read_bytes()
    with pytest.raises(DataChangedError, match=f"another fit: {said} was") as caught:
        fit(rows, path, **options)
    assert caught.value.changed == said
    assert path.read_bytes() == before
    fit(rows, path, threads=1)  # the bits do not depend on threads


def other(what: str, X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    if what == "n_rows":
        return X[:-1], y[:-1]
    if what == "totals":
        y = y.copy()
        y[np.flatnonzero(y)[0]] = 0
    elif what == "sampled rows":
        X = X * 2.0
    elif what == "offset":
        return X, y, None, np.ones(len(y))  # type: ignore[return-value]
    return X, y


@pytest.mark.parametrize("what", ["n_rows", "totals", "sampled rows", "offset"])
def test_other_rows_are_refused(what: str, tmp_path: Path) -> None:
    path, (X, y) = tmp_path / "journal", make(3_000, 5)
    fit(Counted(X, y), path)
    with pytest.raises(DataChangedError, match=f"another fit: {what} was"):
        fit(Counted(*other(what, X, y)), path)
    with pytest.raises(DataChangedError, match="names was"):
        lc.fit(lc.IterableBlocks(Counted(X, y)), checkpoint=path)


def test_rows_in_memory_too(tmp_path: Path) -> None:
    path, (X, y) = tmp_path / "journal", make(3_000, 5)
    expected = bits(lc.fit(X, y))
    assert bits(lc.fit(X, y, checkpoint=path)) == expected
    whole = lines(path)
    path.write_bytes(b"".join(whole[:3]))
    assert bits(lc.fit(X, y, checkpoint=path)) == expected
    assert lines(path) == whole
    X[7, 3] += 1e-9
    with pytest.raises(DataChangedError, match="values was"):
        lc.fit(X, y, checkpoint=path)


def test_a_callback_may_stop_a_fit(tmp_path: Path) -> None:
    path, parts = tmp_path / "journal", make(3_000, 5)

    def stop(row: Any) -> None:
        if row.passes >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(Counted(*parts), path, callback=stop)
    rows, plain = Counted(*parts), Counted(*parts)
    assert bits(fit(rows, path)) == bits(fit(plain, None))
    assert rows.readings == plain.readings - 4


def test_one_fit_at_a_time(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    path, parts = tmp_path / "journal", make(3_000, 5)

    def another(row: Any) -> None:
        with pytest.raises(LogregError, match="another fit is using it"):
            fit(Counted(*parts), path)

    whole = fit(Counted(*parts), path, callback=another)
    assert bits(fit(Counted(*parts), path)) == bits(whole)


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    rows = Counted(*make(300, 2))
    if os.path.exists("/dev/full"):
        with pytest.raises(DataError, match="a device"):
            fit(rows, Path("/dev/full"))
    for path in (tmp_path, tmp_path / "none" / "journal"):
        with pytest.raises(LogregError, match="cannot be written"):
            fit(rows, path)
    with pytest.raises(DataError, match="checkpoint is 5"):
        lc.fit(*make(300, 2), checkpoint=5)  # type: ignore[arg-type]


FULL = """
import resource, signal, sys
import numpy as np
import logreg_core as lc

X = np.random.default_rng(0).normal(size=(2_000, 20))
rows = lc.IterableBlocks([(X, X[:, 0] + np.random.default_rng(1).logistic(size=2_000) > 0)])
alone = lc.fit(rows)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, most))
try:
    lc.fit(rows, checkpoint=sys.argv[1])
    raise SystemExit("there was room")
except lc.errors.LogregError as error:
    assert "make room" in str(error) and sys.argv[1] in str(error), error
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
resumed = lc.fit(rows, checkpoint=sys.argv[1])
assert resumed.coef.tobytes() == alone.coef.tobytes()
assert resumed.covariance.tobytes() == alone.covariance.tobytes()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs a limit on the size of files")
def test_a_disk_that_fills_is_told_and_the_fit_goes_on_once_there_is_room(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "fit.journal")], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr + found.stdout
