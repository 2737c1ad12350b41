"""What a new process pays before its first answer: import, compilation, first call, second call.

    python -m benchmarks.startup CONTENDER      prints one JSON object

Each library in a fresh process on 300 rows; ours twice, with an empty kernel cache (the day after
an installation) and with the cache that run left behind (every other day).
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.speed_contenders import CONTENDERS, Contender, named

__all__ = ["measure", "rows"]

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT = 120.0


def measure(contender: Contender) -> dict[str, float]:
    """Seconds of the import beyond NumPy's, of the first fit, of the best of five more."""
    import numpy as np

    start = time.perf_counter()
    for module in contender.modules:
        importlib.import_module(module)
    imported = time.perf_counter()
    random = np.random.default_rng(1)
    X, y = random.standard_normal((300, 3)), (random.random(300) < 0.4).astype(np.float64)
    warnings.simplefilter("ignore")
    # not begin(X, y) before the clock: it may fit, and so compile
    first = time.perf_counter()
    solve = contender.begin(X, y)
    solve(1e-4)
    warm = [time.perf_counter()]
    for _ in range(5):
        solve(1e-4)
        warm.append(time.perf_counter())
    return {
        "import": imported - start,
        "first": warm[0] - first,
        "warm": min(b - a for a, b in pairwise(warm)),
    }


def _in_fresh_process(name: str, environment: dict[str, str]) -> dict[str, Any]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.startup", name],
            env=os.environ | environment | {"PYTHONPATH": path},
            capture_output=True, text=True, timeout=TIMEOUT, check=True,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer
    except (subprocess.SubprocessError, ValueError, IndexError) as failure:
        return {"word": type(failure).__name__}


def rows(contenders: tuple[Contender, ...] = CONTENDERS) -> list[dict[str, Any]]:
    """A row for each library among the contenders, a row each for an empty and a full cache."""
    chosen = {c.modules: c for c in reversed(contenders) if c.modules}
    found = []
    for contender in reversed(chosen.values()):
        if not contender.ours:
            found.append((contender.name, "", _in_fresh_process(contender.name, {})))
            continue
        with tempfile.TemporaryDirectory() as folder:
            for cache in ("empty cache", "cached"):
                answer = _in_fresh_process(contender.name, {"NUMBA_CACHE_DIR": folder})
                found.append((contender.name, cache, answer))
    return [{"kind": "startup", "contender": n, "cache": c, **a} for n, c, a in found]


if __name__ == "__main__":
    print(json.dumps(measure(named(sys.argv[1]))))
