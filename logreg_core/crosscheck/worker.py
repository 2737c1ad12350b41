"""The end of a peer's process: answers requests on stdin with JSON lines on stdout.

A request is {"task": folder, "setting": ..., "standardised": bool}; an answer holds the fields of
`peers.Said`, the seconds of the call and the warnings it gave, or what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np

from .peers import Peer, Unsupported, named
from .task import Task, load, standardised, unstandardised

__all__ = ["main"]


def _asked(peer: Peer, task: Task, setting: str, scaled: bool) -> dict[str, Any]:
    given = standardised(task) if scaled else task
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with np.errstate(all="ignore"):
            start = time.perf_counter()
            said = peer.solve(given, setting)
            seconds = time.perf_counter() - start
    answer = asdict(said)
    coef = unstandardised(task, said.coef) if scaled else said.coef
    answer["coef"] = np.asarray(coef, dtype=np.float64).tolist()
    if said.std_error is not None:
        answer["std_error"] = np.asarray(said.std_error, dtype=np.float64).tolist()
    said_once = {item.category.__name__: str(item.message) for item in reversed(caught)}
    warned = [[kind, " ".join(text.split())[:300]] for kind, text in sorted(said_once.items())]
    return answer | {"seconds": seconds, "warned": warned}


def _answer(peer: Peer, task: Task, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return _asked(peer, task, request["setting"], request["standardised"])
    except Unsupported as lack:
        return {"unsupported": str(lack)}
    except ImportError as problem:
        return {"missing": str(problem)[:300]}
    except Exception as problem:  # whatever a library raises is its answer
        return {"error": type(problem).__name__, "message": " ".join(str(problem).split())[:300]}


def serve(peer: Peer, requests: IO[str], answers: IO[str]) -> None:
    """Answer each line of requests with a line, until there are no more."""
    folder, task = "", None
    for line in requests:
        request = json.loads(line)
        if task is None or request["task"] != folder:
            folder, task = request["task"], load(Path(request["task"]))
        answers.write(json.dumps(_answer(peer, task, request)) + "\n")
        answers.flush()


def _warm(peer: Peer) -> None:
    """A small fit first: what is imported or compiled then is no part of any time."""
    random = np.random.default_rng(1)
    X, y = random.standard_normal((60, 2)), (random.random(60) < 0.4).astype(np.float64)
    _answer(peer, Task(X, y), {"setting": "default", "standardised": False})


def main() -> None:
    """Serve the peer named on the command line."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # what a library prints must not mix with the answers
        peer = named(sys.argv[1])
        _warm(peer)
        answers.write(json.dumps({"ready": True}) + "\n")
        answers.flush()
        serve(peer, sys.stdin, answers)


if __name__ == "__main__":
    main()
