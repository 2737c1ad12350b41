"""The machine the times belong to: threads pinned, and everything a reader needs to judge them."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import logreg_core

__all__ = ["describe", "pinned"]

# Read by the libraries when they are loaded: set before the processes that load them start.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
PACKAGES = (
    "numpy", "scipy", "numba", "pandas", "scikit-learn", "scikit-learn-intelex",
    "statsmodels", "glum", "tabmat", "firthmodels", "threadpoolctl",
)  # fmt: skip


@contextmanager
def pinned(threads: int) -> Iterator[list[int]]:
    """Processes started inside get so many threads and cores; yields the cores."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    available = sorted(os.sched_getaffinity(0))
    cores = available[:threads]
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))
    os.sched_setaffinity(0, cores)
    try:
        yield cores
    finally:
        os.sched_setaffinity(0, available)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def describe(threads: int, cores: list[int]) -> dict[str, Any]:
    """The first row of a results file."""
    return {
        "kind": "machine",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": _cpu(),
        "cores": cores,
        "threads": threads,
        "load": round(os.getloadavg()[0], 2),  # of the last minute, before anything ran
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {"logreg-core": logreg_core.__version__}
        | {name: _version(name) for name in PACKAGES},
        "blas": _blas(),
        "commit": _commit(),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    found = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)
    }
    return (
        f"{found.get('model name', platform.processor())} (family {found.get('cpu family')}, "
        f"model {found.get('model')}, {found.get('cache size')} cache)"
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _blas() -> list[str]:
    import numpy  # noqa: F401  (loads the library that is asked for)
    from threadpoolctl import threadpool_info

    return [
        f"{p['internal_api']} {p['version']} {p.get('architecture', '')}".strip()
        for p in threadpool_info()
        if p["user_api"] == "blas"
    ]


def _commit() -> str:
    """Of the source measured; "+" where files differ from it."""

    def git(*words: str) -> str:
        folder = Path(__file__).resolve().parents[1]
        return subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", "logreg_core", "benchmarks/*.py")
        return git("rev-parse", "HEAD")[:12] + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
