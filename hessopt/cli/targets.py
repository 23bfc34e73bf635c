"""What the user means by PROBLEM or FILE.py:function, --x0, --n and --param."""

from __future__ import annotations

import ast
import difflib
import importlib.util
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import problems
from hessopt.cli.errors import UsageError
from hessopt.profiles.restrictions import restrictions


@dataclass(frozen=True)
class Target:
    """What to minimise, and from where."""

    name: str
    value: Callable[[Any], Any]
    x0: NDArray[np.float64]
    least_value: float | None = None
    # As `minimize` takes them, where the problem has any
    restrictions: dict[str, Any] = field(default_factory=dict)


def resolve(arguments: Namespace) -> Target:
    """Return the target that the arguments name, or raise a UsageError."""
    text = arguments.problem
    path, colon, function = text.rpartition(":")
    if text.endswith(".py"):
        path, colon, function = text, ":", ""
    if colon:
        return _of_file(Path(path), function, arguments)
    return _of_registry(text.lower().replace("_", "-"), arguments)


def _of_registry(name: str, arguments: Namespace) -> Target:
    if name not in problems.names():
        close = difflib.get_close_matches(name, problems.names())
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(
            f"no problem is called {name!r}{hint} ('hessopt problems' lists them, FILE.py:function "
            "is one of your own)"
        )
    given = dict(map(_parameter, arguments.param))
    if arguments.n is not None:
        given["n"] = arguments.n
    try:
        problem = problems.get(name, **given)
        x0 = arguments.x0
        if problem.scalable and "n" not in given and len(x0 or ()) > 1:
            problem = problems.get(name, **given, n=len(x0))
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from error
    start = problem.start if x0 is None else _start(x0, problem.dimension, name)
    return Target(name, problem.value, start, problem.least_value, restrictions(problem))


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--param {text!r} is not of the form NAME=VALUE")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


def _of_file(path: Path, name: str, arguments: Namespace) -> Target:
    if arguments.param:
        raise UsageError("--param is for problems that come with hessopt, not for a file's")
    function = _aside(_function(_load(path), path, name))
    if arguments.x0 is None and arguments.n is None:
        raise UsageError(
            f"{path.name}:{name} has no start of its own; give --x0 1,2,3 or --n N (from zero)"
        )
    x0 = arguments.x0 if arguments.x0 is not None else [0.0]
    return Target(f"{path.name}:{name}", function, _start(x0, arguments.n or len(x0), name))


def _start(x0: list[float], n: int, name: str) -> NDArray[np.float64]:
    if len(x0) not in (1, n):
        raise UsageError(f"--x0 has {len(x0)} numbers, but {name} has {n} variables")
    return np.array(np.broadcast_to(x0, n))


def _load(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"there is no file {str(path)!r}")
    spec = importlib.util.spec_from_file_location(f"_of_user_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{str(path)!r} is not a Python file; write FILE.py:function")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # as `python FILE.py` does, for what the file imports
    try:
        _aside(spec.loader.exec_module)(module)
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"{str(path)!r} could not be loaded: {type(error).__name__}: {error}"
        ) from error
    return module


def _aside(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let what the user's code prints go to standard error: the output is what we say, or JSON."""

    @wraps(function)
    def call(*args: Any) -> Any:
        with redirect_stdout(sys.stderr):
            return function(*args)

    return call


def _function(module: ModuleType, path: Path, name: str) -> Callable[[Any], Any]:
    function = getattr(module, name, None)
    if callable(function):
        return function
    own = [
        key
        for key, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    ]
    offers = f"it defines {', '.join(own)}" if own else "it defines none"
    if not name:
        raise UsageError(f"name a function, {path.name}:function; {offers}")
    raise UsageError(f"{path.name} has no function {name!r}; {offers}")
