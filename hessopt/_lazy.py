"""Names of a package that are imported when they are first asked for.

`import hessopt` should take little more than `import numpy`, so what not everybody needs stands in
the package's ``if TYPE_CHECKING:`` block: type checkers and readers see an import, and at run time
the same lines say where a name is to be found.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


def attach(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package (PEP 562).

    Parameters
    ----------
    package : str
        Its name. Its source has a block ``if TYPE_CHECKING:`` of ``from module import names``.
    """

    @cache
    def homes() -> dict[str, str]:
        module: Any = sys.modules[package]
        source = module.__loader__.get_source(package)
        blocks = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
        imports = [node for block in blocks for node in block.body]
        return {
            alias.name: node.module
            for node in imports
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    def get(name: str) -> Any:
        if name.startswith("__") or name not in homes():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes()[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes()})

    return get, listed
