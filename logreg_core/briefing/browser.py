"""A page as PDF or picture, by a Chromium on this machine: run once, without a profile."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..errors import LogregError, MissingDependencyError

__all__ = ["find_browser", "page_pdf", "page_png"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SECONDS = 120


def find_browser() -> str | None:
    """The Chromium to print with: LOGREG_BROWSER, or the first one found; None without any."""
    return os.environ.get("LOGREG_BROWSER") or next(filter(None, map(shutil.which, _NAMES)), None)


def page_pdf(page: str) -> bytes:
    """Print a page, by its own paper size.

    Raises
    ------
    MissingDependencyError
        When there is no Chromium.
    LogregError
        When it fails.
    """
    return _run(page, "page.pdf", ["--no-pdf-header-footer", "--print-to-pdf={out}"])


def page_png(page: str, width: int = 794, height: int = 1123, scale: float = 1.5) -> bytes:
    """A picture of the top of a page; 794 x 1123 is a sheet of A4 at 96 dots an inch.

    Raises
    ------
    MissingDependencyError, LogregError
        As :func:`page_pdf`.
    """
    size = [f"--window-size={width},{height}", f"--force-device-scale-factor={scale}"]
    return _run(page, "page.png", ["--hide-scrollbars", *size, "--screenshot={out}"])


def _run(page: str, name: str, arguments: list[str]) -> bytes:
    browser = find_browser()
    if browser is None:
        raise MissingDependencyError(
            "there is no Chromium on this machine",
            f"one of {', '.join(_NAMES)}, or its path in LOGREG_BROWSER",
            "neither PDF nor picture can be made of a page",
            "install chromium, or open the page in any browser and print it",
        )
    with tempfile.TemporaryDirectory(prefix="page-") as folder:
        source, out = Path(folder, "page.html"), Path(folder, name)
        source.write_text(page, encoding="utf-8")
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run",
            f"--user-data-dir={Path(folder, 'profile')}",
            *(argument.format(out=out) for argument in arguments),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to run as root with it
        try:
            done = subprocess.run(
                [*command, source.as_uri()], capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise _failed(browser, str(problem)) from problem
        if not out.is_file() or not out.stat().st_size:
            raise _failed(browser, done.stderr.decode("utf-8", "replace")[-300:].strip())
        return out.read_bytes()


def _failed(browser: str, words: str) -> LogregError:
    return LogregError(
        f"{browser} made no file: {words}",
        "a Chromium that runs headless",
        "the page itself is unharmed",
        "open the page in any browser and print it",
    )
