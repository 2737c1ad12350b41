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
    from . import (
        crosscheck,
        datasets,
        diagnostics,
        evaluation,
        inference,
        metrics,
        plots,
        reference,
        separation,
        teach,
        verified_status,
    )
    from .arrow_blocks import ArrowBlocks
    from .ascent import Status
    from .certificate import Certificate, certify
    from .csv_blocks import CsvBlocks
    from .dask_blocks import DaskBlocks
    from .design import Design
    from .design_transformer import DesignTransformer
    from .estimator import LogisticRegression
    from .fitting import fit
    from .iterable_blocks import IterableBlocks
    from .kept_blocks import KeptBlocks
    from .loading import load
    from .parquet_blocks import ParquetBlocks
    from .polishing import polish
    from .result import LogitFit
    from .steps import gradient_descent_steps, lbfgs_path, newton_steps

__version__ = "0.1.0"

__all__ = [
    "ArrowBlocks",
    "Certificate",
    "CsvBlocks",
    "DaskBlocks",
    "Design",
    "DesignTransformer",
    "IterableBlocks",
    "KeptBlocks",
    "LogisticRegression",
    "LogitFit",
    "ParquetBlocks",
    "Status",
    "__version__",
    "certify",
    "crosscheck",
    "datasets",
    "diagnostics",
    "errors",
    "evaluation",
    "fit",
    "gradient_descent_steps",
    "inference",
    "lbfgs_path",
    "load",
    "metrics",
    "newton_steps",
    "plots",
    "polish",
    "reference",
    "separation",
    "teach",
    "verified_status",
]

_MODULES: tuple[str, ...] = ("crosscheck", "datasets", "diagnostics", "evaluation", "inference")
_MODULES += ("metrics", "plots", "reference", "separation", "teach", "verified_status")
_NAMES = {"Design": "design", "LogitFit": "result", "Status": "ascent", "fit": "fitting"}
_NAMES |= {"LogisticRegression": "estimator", "DesignTransformer": "design_transformer"}
_NAMES["load"] = "loading"
_NAMES["DaskBlocks"] = "dask_blocks"
_NAMES["IterableBlocks"] = "iterable_blocks"
_NAMES |= {"ParquetBlocks": "parquet_blocks", "ArrowBlocks": "arrow_blocks"}
_NAMES |= {"CsvBlocks": "csv_blocks", "KeptBlocks": "kept_blocks"}
_NAMES |= {"Certificate": "certificate", "certify": "certificate", "polish": "polishing"}
_NAMES |= dict.fromkeys(("gradient_descent_steps", "lbfgs_path", "newton_steps"), "steps")


if not TYPE_CHECKING:  # a type checker knows the names above, and is to refuse others

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
