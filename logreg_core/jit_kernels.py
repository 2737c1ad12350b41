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

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache

__all__ = ["EXACT", "VECTOR", "kernel"]

# Sums may be reordered (that is what lets them vectorise) and contracted to FMA.
VECTOR = frozenset({"contract", "reassoc", "arcp", "nsz"})
# For code whose order of operations is the algorithm: (x + big) - big must stay as written.
EXACT = frozenset({"contract"})

# For the tests: every index checked, at a fraction of the speed.
_BOUNDSCHECK = bool(os.environ.get("LOGREG_BOUNDSCHECK"))

_F = TypeVar("_F", bound=Callable[..., Any])
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
        super().__init__(function)
        self._cache_file._source_stamp = _STAMP

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception as problem:
            self._discard(problem)
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
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


def kernel(fastmath: frozenset[str] = VECTOR) -> Callable[[_F], _F]:
    """Compile a function on its first call, with this library's policy."""

    def decorate(function: _F) -> _F:
        compiled = numba.njit(
            nogil=True,
            fastmath=set(fastmath),
            boundscheck=_BOUNDSCHECK,
            error_model="numpy",
        )(function)
        # NUMBA_DISABLE_JIT hands the plain function back; a checked build must not reach the cache.
        if not _BOUNDSCHECK and hasattr(compiled, "enable_caching"):
            try:
                compiled._cache = _ForgivingCache(function)
            except RuntimeError:
                pass  # no folder to write to: compile in memory
        return compiled  # type: ignore[no-any-return]

    return decorate
