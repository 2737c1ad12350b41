"""The cache of compiled kernels may be damaged or unwritable; a fit must not fail for it.

No tolerances: a kernel gives the same numbers from the cache, compiled anew and in memory.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numba
import pytest

from logreg_core import jit_kernels

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")

SOURCE = """
from logreg_core.jit_kernels import kernel

@kernel()
def double(x):
    return 2.0 * x
"""


def fresh(folder: Path):
    """The kernel of a module of its own, as a new process would import it."""
    path = folder / "tiny_kernels.py"
    if not path.exists():
        path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("tiny_kernels", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.double


def cache_files(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.rglob(f"tiny_kernels*{ending}"))


@pytest.fixture(autouse=True)
def _unwarned(monkeypatch):
    monkeypatch.setattr(jit_kernels, "_warned", False)


def test_the_second_import_compiles_nothing(tmp_path):
    assert fresh(tmp_path)(1.5) == 3.0
    again = fresh(tmp_path)
    assert again(1.5) == 3.0
    assert sum(again.stats.cache_hits.values()) == 1


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("left", [0, 20])
def test_a_truncated_cache_file_is_removed_warned_of_once_and_made_anew(tmp_path, ending, left):
    fresh(tmp_path)(1.5)
    (damaged,) = cache_files(tmp_path, ending)
    damaged.write_bytes(damaged.read_bytes()[:left])
    with pytest.warns(RuntimeWarning, match="compiled again") as caught:
        assert fresh(tmp_path)(1.5) == 3.0
    assert len(caught) == 1
    assert str(tmp_path) in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        healed = fresh(tmp_path)
        assert healed(1.5) == 3.0
    assert sum(healed.stats.cache_hits.values()) == 1


def test_many_damaged_files_are_warned_of_once(tmp_path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for name in "ab":
            folder = tmp_path / name
            folder.mkdir()
            fresh(folder)(1.5)
            for file in cache_files(folder, ".nb?"):
                file.write_bytes(b"")
            assert fresh(folder)(1.5) == 3.0
    assert len(caught) == 1


def test_no_folder_to_write_to(tmp_path, monkeypatch):
    from numba.core import caching

    monkeypatch.setattr(caching.CompileResultCacheImpl, "_locator_classes", [])
    kernel = fresh(tmp_path)
    assert kernel(1.5) == 3.0
    assert not cache_files(tmp_path, ".nb?")


def test_a_full_disk(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    with pytest.warns(RuntimeWarning, match="No space left"):
        assert fresh(tmp_path)(1.5) == 3.0


def test_the_library_runs_where_the_cache_folder_cannot_be_made(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    code = "import logreg_core as lc; print(lc.fit([[1.],[2.],[3.],[4.]], [0,1,0,1]).converged)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(blocked / "below")},
        timeout=300,
    )
    assert done.stdout.strip() == "True", done.stderr


def test_the_policy():
    for flags in (jit_kernels.VECTOR, jit_kernels.EXACT):
        assert not flags & {"nnan", "ninf", "fast"}
