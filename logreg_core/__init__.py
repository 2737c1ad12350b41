"""Binary logistic regression by Newton-Raphson/IRLS on numba kernels.

    >>> import logreg_core as lc
    >>> fit = lc.fit([[0.5], [1.5], [2.5], [3.5], [4.5]], [0, 0, 1, 0, 1])
    >>> fit.converged
    True

Names are loaded when first asked for: `import logreg_core` itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import errors

if TYPE_CHECKING:
    from . import datasets, inference, metrics, reference, separation
    from .ascent import Status
    from .design import Design
    from .fitting import fit
    from .result import LogitFit

__version__ = "0.1.0"

__all__ = [
    "Design",
    "LogitFit",
    "Status",
    "__version__",
    "datasets",
    "errors",
    "fit",
    "inference",
    "metrics",
    "reference",
    "separation",
]

_MODULES = ("datasets", "inference", "metrics", "reference", "separation")
_NAMES = {"Design": "design", "LogitFit": "result", "Status": "ascent", "fit": "fitting"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _NAMES:
        value = getattr(import_module(f".{_NAMES[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
