"""The explorer as one HTML file: sources joined, data and recorded paths put in."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from typing import Any

from ..steps import lbfgs_path
from .presets import PRESETS, Preset

__all__ = ["SCRIPTS", "explorer_page"]

# In the order in which they are joined: each may use what those before it define.
SCRIPTS = (
    "maths.js",
    "model.js",
    "inference.js",
    "draw.js",
    "state.js",
    "panel_data.js",
    "panel_surface.js",
    "panel_irls.js",
    "panel_ledger.js",
    "panel_separation.js",
    "panel_inference.js",
    "panel_decision.js",
    "panel_replay.js",
    "tour.js",
    "main.js",
)


def explorer_page() -> str:
    """Write the explorer: one page that needs no server and asks nothing of the network.

    Returns
    -------
    HTML text. Its policy (Content-Security-Policy) forbids every request.

    Examples
    --------
    >>> page = explorer_page()
    >>> page.startswith("<!doctype html>"), len(page) < 500_000, "://" in page
    (True, True, False)
    """
    data = {"presets": [_preset(preset) for preset in PRESETS], "replay": _replay()}
    parts = {
        "{{style}}": _source("style.css"),
        "{{data}}": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
        "{{script}}": "\n".join(f"// ---- {name}\n{_source(name)}" for name in SCRIPTS),
    }
    page = _source("explorer.html")
    for place, text in parts.items():
        page = page.replace(place, text)
    return page


def _source(name: str) -> str:
    return (files(__package__) / "explorer" / name).read_text(encoding="utf-8")


def _replay() -> Any:
    return json.loads((files(__package__) / "replay.json").read_text(encoding="utf-8"))


def _preset(preset: Preset) -> dict[str, Any]:
    """A data set as the page takes it, with the path of L-BFGS from the start of Newton's."""
    share = preset.y.mean()
    start = [math.log(share / (1 - share)), 0.0] if preset.intercept else [0.0, 0.0]
    path = lbfgs_path(preset.X, preset.y, start=start, fit_intercept=preset.intercept, max_iter=200)
    found: dict[str, Any] = {
        "name": preset.name,
        "title": preset.title,
        "words": preset.words,
        "intercept": preset.intercept,
        "x": preset.X[:, 0].tolist(),
        "y": preset.y.tolist(),
        "lbfgs": [[float(f"{value:.9g}") for value in beta] for beta in path.beta.tolist()],
    }
    if not preset.intercept:
        found["x2"] = preset.X[:, 1].tolist()
    return found
