"""Which fit a checkpoint belongs to: its rows and the options its climb depends on."""

from __future__ import annotations

import hashlib
import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from .blocks import ArrayBlocks, Blocks
from .journal import PassJournal
from .maximise import Options
from .named_blocks import NamedBlocks
from .problem import Problem

__all__ = ["journal_of"]


def journal_of(
    path: str | os.PathLike[str] | None,
    problem: Problem,
    options: Options,
    *,
    l2: float,
    penalty: str | None,
) -> AbstractContextManager[PassJournal | None]:
    """The journal of a fit, or nothing where no path is given.

    Rows in memory are told by a digest of all of them, which costs about as much as a pass.
    """
    if path is None:
        return nullcontext()
    from . import __version__  # other kernels, other bits

    start = None if options.start is None else [float(v).hex() for v in options.start]
    climb = {
        "library": __version__,
        "columns": list(problem.names),
        "solver": options.solver,
        "penalty": penalty,
        "l2": float(l2).hex(),
        "tol": float(options.tol).hex(),
        "max_iter": int(options.max_iter),
        "inference": bool(options.inference),
        "start": start,
    }
    return PassJournal(path, problem.blocks, _identity(problem.blocks), climb)


def _identity(blocks: Blocks) -> dict[str, Any]:
    if isinstance(blocks, NamedBlocks):
        return blocks.identity()
    seal = hashlib.sha256()
    for span in blocks.spans():
        for part in span:
            seal.update(np.ascontiguousarray(part))
    totals = [total.hex() for total in blocks.totals()]
    kind = type(blocks.X).__name__ if isinstance(blocks, ArrayBlocks) else "blocks"
    return {"n_rows": blocks.n_rows, "totals": totals, "kind": kind, "values": seal.hexdigest()}
