"""Where a report comes from: the file by its digest, the versions, the day."""

from __future__ import annotations

import hashlib
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .. import __version__

__all__ = ["Provenance", "provenance"]

_PACKAGES = ("numpy", "scipy", "numba", "pandas", "scikit-learn", "matplotlib", "jinja2")


@dataclass(frozen=True)
class Provenance:
    """file: its name without the folder; sha256: hexadecimal, empty where it could not be read;
    n_bytes; versions: (package, version), ours first; date: UTC, as 2026-01-31."""

    file: str
    sha256: str
    n_bytes: int
    versions: tuple[tuple[str, str], ...]
    date: str

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """(label, value) in the order to print."""
        size = f"{self.n_bytes:,} bytes" if self.sha256 else "not at hand"
        return (
            ("file", self.file),
            ("size", size),
            ("SHA-256", self.sha256 or "not at hand"),
            ("date (UTC)", self.date),
            *self.versions,
        )


def provenance(file: Path) -> Provenance:
    """Describe a file and the software at hand; no folder and no machine is named.

    The date is today's, or that of SOURCE_DATE_EPOCH where the environment sets it.

    >>> import logreg_core as lc
    >>> found = provenance(lc.datasets.path("verified_status"))
    >>> found.file, len(found.sha256), found.versions[0][0]
    ('verified_status_sample.csv', 64, 'logreg_core')
    """
    digest, n_bytes = hashlib.sha256(), 0
    try:
        with file.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
                n_bytes += len(part)
        found = digest.hexdigest()
    except OSError:
        found = ""
    versions = (
        ("logreg_core", __version__),
        ("Python", platform.python_version()),
        *((name, _version(name)) for name in _PACKAGES),
    )
    return Provenance(file.name, found, n_bytes, versions, _today())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _today() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return moment.date().isoformat()
