"""Compiled kernels, kept on disk by what their code says."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from hessopt.backends.numba_kernel import PREAMBLE

_importing = threading.Lock()  # a module is in sys.modules before all of it is there


def folder() -> Path:
    """Return where kernels are kept: ``$HESSOPT_CACHE_DIR``, or the user's cache."""
    given = os.environ.get("HESSOPT_CACHE_DIR")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hessopt" / "kernels"


def load(name: str, source: str, signature: str) -> Any:
    """Return the kernel `name` of the `source`, compiled now or read from disk.

    Where the folder cannot be written, the kernel lives as long as the process.
    """
    module = f'{PREAMBLE}\n\n@njit({signature!r}, error_model="numpy", nogil=True, cache={{}})\n'
    text = module + source
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    try:
        path = _written(folder() / f"k{key}.py", text.replace("cache={}", "cache=True"))
        with _importing:
            kernel = getattr(_imported(f"hessopt_kernel_{key}", path), name)
    except (OSError, RuntimeError):  # the latter where numba finds no place for its files
        namespace: dict[str, Any] = {}
        exec(compile(text.replace("cache={}", "cache=False"), f"<kernel {key}>", "exec"), namespace)
        kernel = namespace[name]
    # The compiled function itself: looking up the types at each call takes as long as a small loop.
    # Who calls it makes sure of them.
    return kernel.get_overload(kernel.signatures[0])


def _written(path: Path, text: str) -> Path:
    """Write a file unless it is there; whole or not at all, for others may read it meanwhile."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w") as file:
            file.write(text)
        os.replace(draft, path)
    return path


def _imported(name: str, path: Path) -> Any:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # before it runs: numba finds the module by its name
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
