"""Whose data a document speaks of: real rows, rows made for teaching, or the synthetic sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..report.provenance import Provenance, provenance

__all__ = ["Origin", "origin_of"]

# The course's file, which describes no real account: its own documentation says so.
_TEACHING = "42c5026f4c3d0718d538663a96867a8832de5bce1d24ad95d32f7d16052166b3"


@dataclass(frozen=True)
class Origin:
    """provenance: of the file; synthetic: whether it is the bundled sample."""

    provenance: Provenance
    synthetic: bool

    @property
    def warning(self) -> str:
        """What must be said before any figure; empty for data that may be real."""
        if self.synthetic:
            return (
                "Synthetic data: a script made this sample up, and nothing here says anything "
                "about real videos or accounts."
            )
        if self.provenance.sha256 == _TEACHING:
            return "The data are fictional, made for teaching: they describe no real account."
        return ""

    @property
    def line(self) -> str:
        """File, first digits of its digest, version and date."""
        made = dict(self.provenance.versions)["logreg_core"]
        return (
            f"Data: {self.provenance.file} (SHA-256 {self.provenance.sha256[:12] or 'unknown'}). "
            f"Made by logreg_core {made} on {self.provenance.date}."
        )


def origin_of(file: Path, *, synthetic: bool = False) -> Origin:
    """Read the file's digest.

    >>> import logreg_core as lc
    >>> origin_of(lc.datasets.path("verified_status"), synthetic=True).warning[:14]
    'Synthetic data'
    """
    return Origin(provenance(file), synthetic)
