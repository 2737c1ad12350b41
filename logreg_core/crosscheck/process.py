"""A peer in a process of its own: what crashes or hangs there is an answer here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .peers import Peer, Said

__all__ = ["Answer", "PeerProcess"]

START_LIMIT = 120.0  # seconds an import may take, on a cold and busy disk
_PACKAGES = Path(__file__).resolve().parents[2]


class Answer:
    """What became of a request: `said`, or in `failure` what was there instead of an answer.

    kind : "answered" | "failed" | "crashed" | "time limit" | "unsupported" | "not installed".
    """

    def __init__(self, line: dict[str, Any], kind: str = "answered", failure: str = "") -> None:
        self.kind, self.failure = kind, failure
        self.seconds: float | None = line.pop("seconds", None)
        self.warned: tuple[tuple[str, str], ...] = tuple(
            (str(name), str(text)) for name, text in line.pop("warned", ())
        )
        self.said: Said | None = None
        if kind == "answered":
            for name in ("coef", "std_error"):
                line[name] = _vector(line[name])
            self.said = Said(**line)


def _vector(values: list[float] | None) -> NDArray[np.float64] | None:
    return None if values is None else np.array(values, dtype=np.float64)


def _limited(threads: int | None) -> dict[str, str]:
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {} if threads is None else dict.fromkeys(variables, str(threads))


class PeerProcess:
    """The parent's end. Use as a context; the process ends with it."""

    def __init__(
        self, peer: Peer, folder: Path, threads: int | None = None, command: tuple[str, ...] = ()
    ) -> None:
        """folder : for what it writes to stderr; threads : of its linear algebra; command :
        another program, for tests."""
        path = os.pathsep.join(filter(None, [str(_PACKAGES), os.environ.get("PYTHONPATH")]))
        self._ended: Answer | None = None
        self._errors = (folder / f"{peer.key}.stderr").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            command or (sys.executable, "-P", "-m", "logreg_core.crosscheck.worker", peer.key),
            env=os.environ | _limited(threads) | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
        )  # fmt: skip
        # A thread reads, as a pipe has no time limit on every system.
        self._lines: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self._ready = False

    def __enter__(self) -> PeerProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, once."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                self._lines.put(line)
        except ValueError:  # closed while it was read
            pass
        self._lines.put("")

    @property
    def ended(self) -> bool:
        """Whether it crashed, or was ended at a time limit; then every answer is that."""
        return self._ended is not None

    def ask(self, task: Path, setting: str, limit: float, standardised: bool = False) -> Answer:
        """One fit of the task in a folder; ``limit`` in seconds."""
        if self._ended is not None:
            return self._ended
        assert self._process.stdin is not None
        try:
            if not self._ready:
                self._next(START_LIMIT)
                self._ready = True
            request = {"task": str(task), "setting": setting, "standardised": standardised}
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = json.loads(self._next(limit))
        except Empty:
            return self._end("time limit", f"no answer within {limit:g} s")
        except (EOFError, OSError):
            return self._end("crashed", self._last_words())
        except ValueError as problem:
            return self._end("crashed", f"an answer that is no JSON: {problem}")
        if "unsupported" in line:
            return Answer({}, "unsupported", line["unsupported"])
        if "missing" in line:
            return Answer({}, "not installed", line["missing"])
        if "error" in line:
            return Answer({}, "failed", f"{line['error']}: {line['message']}")
        return Answer(line)

    def _next(self, limit: float) -> str:
        line = self._lines.get(timeout=limit)
        if not line:
            raise EOFError
        return line

    def _end(self, kind: str, failure: str) -> Answer:
        self._process.kill()
        self._ended = Answer({}, kind, failure)
        return self._ended

    def _last_words(self) -> str:
        code = self._process.wait()
        self._errors.flush()
        self._errors.seek(0)
        written = self._errors.read().strip().splitlines()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"{how}: {written[-1][:200]}" if written else how
