"""A process of its own for each contender on each problem.

So no library changes another's threads, memory or warm caches; one that crashes or takes too long
is ended without harm to the rest; and peak memory is that of one fit. While one works the others
sleep in `recv`, and `wait_until_quiet` waits for threads that go on spinning after a call
(OpenBLAS's and OpenMP's do) and would steal a core from the next contender.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import subprocess
import sys
import time
import warnings
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STATUS = Path("/proc/self/status")
MEGABYTE = 1e6

__all__ = ["Failed", "Worker"]


class Failed(Exception):
    """What became of a contender instead of an answer; the message goes into the table."""


class Worker:
    """The parent's end of a contender's process."""

    def __init__(self, contender: str, data: Path) -> None:
        self._ended = ""
        self._pipe, theirs = Pipe()
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # libraries print
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        self._pipe.send((contender, str(data)))

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def receive(self, timeout: float) -> dict[str, Any]:
        """The next answer of the process, or `Failed` with the word for the table."""
        try:
            if not self._pipe.poll(timeout):
                self._process.kill()
                self._ended = "over budget"
                raise Failed(self._ended)
            answer: dict[str, Any] = self._pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise self._crashed() from None
        if "word" in answer:
            self._ended = answer["word"]
            raise Failed(self._ended)
        return answer

    def _crashed(self) -> Failed:
        self._ended = self._ended or f"crashed (exit {self._process.wait()})"
        return Failed(self._ended)

    def call(self, tol: float, calls: int, timeout: float) -> dict[str, Any]:
        """Fit so many times: seconds of each, coefficients, warnings, peak memory."""
        try:
            self._pipe.send((tol, calls))
        except (BrokenPipeError, ConnectionResetError):
            raise self._crashed() from None
        return self.receive(timeout)

    def wait_until_quiet(self, most: float = 1.0) -> None:
        """Return once no thread of the process has run for 5 ms."""
        end, before = time.monotonic() + most, -1
        while time.monotonic() < end:
            try:
                tasks = list(Path(f"/proc/{self._process.pid}/task").iterdir())
                now = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
            except OSError:  # ended, or not Linux: wait as long as OpenBLAS is known to spin
                time.sleep(0.2)
                return
            if now == before:
                return
            before = now
            time.sleep(0.005)


def _status_megabytes(field: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return float(line.split()[1]) * 1024 / MEGABYTE


def _resident_now() -> float | None:
    """Megabytes in use, with freed memory handed back and the peak reset; None where unknown."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
        return _status_megabytes("VmRSS")
    except (OSError, AttributeError):
        return None


def _timed(solve: Any, tol: float, calls: int) -> dict[str, Any]:
    seconds: list[float] = []
    before = _resident_now()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gc.disable()
        try:
            for _ in range(calls):
                answer = None
                start = time.perf_counter()
                answer = solve(tol)
                seconds.append(time.perf_counter() - start)
        finally:
            gc.enable()
    return {
        "seconds": seconds,
        "coef": answer.coef,
        "passes": answer.passes,
        "warned": sorted({item.category.__name__ for item in caught}),
        "peak_mb": None if before is None else max(0.0, _status_megabytes("VmHWM") - before),
    }


def _set_up(contender: str, data: str) -> tuple[Any, dict[str, Any]]:
    import numpy as np
    from threadpoolctl import threadpool_info

    from benchmarks.speed_contenders import named

    chosen = named(contender)
    for module in chosen.modules:
        importlib.import_module(module)
    random = np.random.default_rng(1)
    X, y = random.standard_normal((300, 3)), (random.random(300) < 0.4).astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chosen.begin(X, y)(1e-4)  # compiles or loads kernels, fills lazy imports
    X, y = (np.load(Path(data) / f"{name}.npy") for name in "Xy")
    pools = [(p["user_api"], p["num_threads"]) for p in threadpool_info()]
    return chosen.begin(X, y), {"pools": pools}


def main() -> None:
    """The child's end: set up, then answer until the parent is gone."""
    pipe = Connection(int(sys.argv[1]))
    try:
        solve, ready = _set_up(*pipe.recv())
        pipe.send(ready)
        while True:
            pipe.send(_timed(solve, *pipe.recv()))
    except EOFError:
        return
    except Exception as failure:  # whatever a library raises is its result
        word = "not here" if isinstance(failure, ImportError) else type(failure).__name__
        pipe.send({"word": word, "message": str(failure)[:500]})


if __name__ == "__main__":
    main()
