"""Who is right? Other libraries and other programs' results, held against the certified maximum.

`compare` runs what is installed, `referee` ranks coefficients from anywhere, `metrics` compares
confusion matrices and scores, `gallery` holds small problems with known truth.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import gallery as gallery
    from .comparing import compare
    from .comparison import Comparison
    from .foreign import Foreign, read_coefficients
    from .metric_check import metrics
    from .refereeing import Ranking, referee

__all__ = [
    "Comparison",
    "Foreign",
    "Ranking",
    "compare",
    "gallery",
    "metrics",
    "read_coefficients",
    "referee",
]

_MODULES = ("gallery",)
_NAMES = {
    "Comparison": "comparison",
    "Foreign": "foreign",
    "Ranking": "refereeing",
    "compare": "comparing",
    "metrics": "metric_check",
    "read_coefficients": "foreign",
    "referee": "refereeing",
}


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
