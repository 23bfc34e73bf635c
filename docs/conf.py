"""Configuration of the site: `sphinx-build -W --keep-going -n docs docs/_build/html`."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import generate

project = "hessopt"
author = copyright = "hessopt developers"
version = release = installed_version("hessopt")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]

myst_enable_extensions = ["attrs_inline", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say the types in words
numpydoc_show_class_members = False  # the templates in _templates/autosummary list them
numpydoc_xref_param_type = False

html_theme = "furo"
html_title = f"hessopt {release}"
html_static_path = ["_static"]
html_css_files = ["hessopt.css"]
html_show_sphinx = False

# `-n` makes every cross-reference count. No inventory of another project is fetched, so that the
# site builds without a network; names of theirs are set as code and lead nowhere.
nitpick_ignore_regex = [
    (r"py:.*", r"(numpy|np|scipy|matplotlib|graphviz|rich|collections|contextlib)\..*"),
]


def setup(app) -> None:
    app.connect("builder-inited", lambda app: generate.everything())
