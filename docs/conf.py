"""Configure the documentation site: Markdown pages, built by Sphinx with MyST and Furo (``make docs``)."""

import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]

project = PROJECT["name"]
author = PROJECT["authors"][0]["name"]
project_copyright = author
release = PROJECT["version"]

extensions = ["myst_parser"]
root_doc = "index"
nitpicky = True  # A broken reference is a warning, and make docs fails on any warning.

myst_heading_anchors = 4  # Pages link to headings of other pages, as in a repository browser.

html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False
html_show_sourcelink = False
