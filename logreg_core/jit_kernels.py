"""The one place that says how kernels are compiled, and why.

- ``nogil``: kernels run side by side on plain Python threads.
- No ``parallel=True``: with numba's workqueue layer, four Python threads that call a parallel
  kernel abort the process; with OpenMP a forked child is killed.
- ``fastmath`` never holds ``nnan`` or ``ninf``: with them a test for NaN answers False.
- ``cache``: compiled code is kept beside the source or in the user's cache folder. Where neither
  can be written the kernel is compiled in memory instead of failing at import, and a cache file
  that cannot be read is removed, warned of once, and made anew.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache

__all__ = ["BOUNDSCHECK", "DISABLE_JIT", "EXACT", "VECTOR", "inner", "kernel"]

# Sums may be reordered (that is what lets them vectorise) and contracted to FMA.
VECTOR = frozenset({"contract", "reassoc", "arcp", "nsz"})
# For code whose order of operations is the algorithm: (x + big) - big must stay as written.
EXACT = frozenset({"contract"})

# For the tests: every index checked, at a fraction of the speed.
BOUNDSCHECK = bool(os.environ.get("LOGREG_BOUNDSCHECK"))
# For the tests and for reading: everything runs as plain Python.
DISABLE_JIT = bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]

_warned = False


def _newest_kernel_source() -> tuple[float, int]:
    """Latest change and total size of all kernel files: numba looks at one file only, and would
    serve code compiled from an older version of a function imported from another."""
    sources = [path.stat() for path in Path(__file__).parent.rglob("*kernels.py")]
    return max(s.st_mtime for s in sources), sum(s.st_size for s in sources)


_STAMP = _newest_kernel_source()


class _ForgivingCache(FunctionCache):
    """numba's file cache, except that a damaged file costs a compilation and not the program."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._cache_file._source_stamp = _STAMP

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception as problem:
            self._discard(problem)
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except Exception as problem:
            self._discard(problem)

    def _discard(self, problem: Exception) -> None:
        global _warned
        folder, prefix = self.cache_path, self._cache_file._index_name.removesuffix(".nbi")
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            if name.startswith(prefix):
                try:
                    os.remove(os.path.join(folder, name))
                except OSError:
                    continue  # a reader on Windows may hold it; numba overwrites it later
        if not _warned:
            _warned = True
            warnings.warn(
                f"A kernel cache file in {folder} could not be used ({problem!r}); "
                "it was removed and the kernel is compiled again.",
                RuntimeWarning,
                stacklevel=2,
            )


def kernel(
    fastmath: frozenset[str] = VECTOR, cache: bool = True, inside: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function on its first call, with this library's policy."""

    def decorate(function: Callable[..., Any]) -> Any:
        compiled: Any = numba.njit(
            nogil=True,
            fastmath=set(fastmath),
            boundscheck=BOUNDSCHECK,
            error_model="numpy",
            forceinline=inside,
        )(function)
        # NUMBA_DISABLE_JIT hands the plain function back; a checked build must not reach the cache.
        if cache and not BOUNDSCHECK and hasattr(compiled, "enable_caching"):
            with contextlib.suppress(RuntimeError):  # no folder to write to: compile in memory
                compiled._cache = _ForgivingCache(function)
        return compiled

    return decorate


def inner(fastmath: frozenset[str] = VECTOR) -> Callable[[Callable[..., Any]], Any]:
    """A kernel called by kernels only: its code is kept with theirs and needs no cache file.

    It is always inlined. Left to LLVM, the process that compiles may link a copy optimised by
    itself where one that loads the cached code runs the copy kept there: other last bits.
    """
    return kernel(fastmath, cache=False, inside=True)
