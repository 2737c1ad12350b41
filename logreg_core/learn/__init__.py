"""What is for learning alone: the explorer, a page that shows every step of a small fit.

`explorer_page` joins the sources under ``explorer/`` to one HTML file; `presets` are its data sets.
"""

from .page import explorer_page
from .presets import PRESETS, Preset

__all__ = ["PRESETS", "Preset", "explorer_page"]
