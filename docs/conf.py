"""The documentation site: `make docs` builds it into build/docs, warnings being errors."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import logreg_core  # noqa: E402

project = "logreg_core"
author = "The logreg_core developers"
project_copyright = f"2026, {author}"
version = release = logreg_core.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "plain_docstrings"]
exclude_patterns = ["_build", "**/.*"]
myst_heading_anchors = 3
# Most blocks are formulas in plain text; code says so itself.
highlight_language = "text"

autodoc_typehints = "none"  # docstrings state type, shape and unit
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "no-value": True}
python_maximum_signature_line_length = 80
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"logreg_core {version}"
html_static_path = ["site_style"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
linkcheck_timeout = 20
