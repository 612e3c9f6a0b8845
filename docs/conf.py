"""How the pages become a site. Nothing is fetched: theme, fonts and scripts come from packages."""

import tomllib
from pathlib import Path

_PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))

project = "lissom"
author = "the lissom authors"
release = version = _PROJECT["project"]["version"]
html_title = f"lissom {release}"
html_theme = "furo"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_copy_source = False
# A link to a heading is checked like a link to a page.
myst_heading_anchors = 3
