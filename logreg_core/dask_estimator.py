"""The estimator's methods on Dask's collections: fits where the rows lie, scores when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .dask_blocks import DaskBlocks
from .dask_parts import is_dask
from .errors import DataError

__all__ = ["is_dask", "lazily", "open_blocks"]


def open_blocks(X: Any, y: Any, sample_weight: Any, class_weight: Any) -> DaskBlocks:
    """The rows of a Dask Array or a DataFrame of numbers, their outcomes and weights.

    Raises
    ------
    DataError
        As `DaskBlocks`; class weights, which need the weights of the classes first.
    """
    if class_weight is not None:
        raise DataError(
            f"class_weight is {class_weight!r:.60} and X lies on Dask",
            "no class_weight there",
            "it is made of all weights of a class, in a pass of its own",
            "pass the weights of the rows as sample_weight, a Dask Array cut as y is",
            option="class_weight",
        )
    return DaskBlocks(X, y=y, weight=sample_weight)


def lazily(method: Callable[[Any], Any], X: Any, dtype: Any, columns: int = 0) -> Any:
    """method(X) as a Dask Array (m,) or (m, columns), computed block by block when asked for."""
    import dask.array
    from dask.delayed import delayed

    da: Any = dask.array
    meta = np.empty((0, columns) if columns else (0,), dtype)
    task = _Scored(method, meta)
    if hasattr(X, "chunks"):
        X = X.rechunk({1: -1})
        if columns:
            return X.map_blocks(task, chunks=(X.chunks[0], (columns,)), dtype=dtype, meta=meta)
        return X.map_blocks(task, drop_axis=1, dtype=dtype, meta=meta)
    shape = (np.nan, *meta.shape[1:])
    parts = [delayed(task, pure=True)(part) for part in X.to_delayed()]
    blocks = [da.from_delayed(part, shape, meta=meta) for part in parts]
    return da.concatenate(blocks, allow_unknown_chunksizes=True)


class _Scored:
    """A method of a fitted estimator for one block, which may be empty."""

    def __init__(self, method: Callable[[Any], Any], nothing: Any) -> None:
        self.method, self.nothing = method, nothing

    def __call__(self, block: Any) -> Any:
        return self.method(block) if len(block) else self.nothing
