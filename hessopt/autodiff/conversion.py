"""Where a Variable would become bare numbers: refused where that drops a derivative.

The refusal names the line of the user's own that asked for it and, where a function of SciPy's did
the asking, the one of `hessopt.scipy` to call instead.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dis import opmap
from importlib import import_module
from itertools import takewhile
from types import FrameType, FunctionType
from typing import Any

import numpy as np

from hessopt.autodiff.config import recording
from hessopt.autodiff.node import Handle
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.tracing import active, peek

# What keeps the derivative comes first: x.data, taken as the way out, makes a constant
ADVICE = {
    "float()": "In place of functions of the math module use NumPy's",
    "int()": "An index or a count computed from values carries no derivative, so take int(x.data)",
    "np.asarray()": (
        "A Variable is an array already, so leave it out; to build an array of several use "
        "np.stack([...]) or hessopt.array([...])"
    ),
}
ASSIGNMENT = (
    "To assign Variables make the array by np.zeros_like(x, shape=...) or hessopt.zeros(...), or "
    "build it by np.stack([...])"
)
CONSTANT = "Where the plain number is wanted, as a constant, take x.data"


class Conversions(Handle):
    """The ways out of the graph."""

    __slots__ = ()

    def __bool__(self) -> bool:
        outcome = bool(self._node.data)
        tracer = active()
        if tracer is not None:
            tracer.guard(self._node, outcome)
        return outcome

    def __float__(self) -> float:
        return float(self._convert("float()"))

    def __int__(self) -> int:
        return int(self._convert("int()"))

    def __complex__(self) -> complex:
        return complex(self._convert("complex()"))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if _is_sparse_product(sys._getframe(1)):
            # scipy.sparse hands a product over to `__rmatmul__` of what is no array to it
            hidden = np.empty((), dtype=object)
            hidden[()] = self
            return hidden
        return np.array(self._convert("np.asarray()"), dtype=dtype, copy=copy)

    def item(self, *args: Any) -> Any:
        """Return an element as a Python number; refused where that drops a derivative."""
        return self._convert("item()").item(*args)

    def tolist(self) -> Any:
        """Return nested lists of numbers; refused where that drops a derivative."""
        return self._convert("tolist()").tolist()

    def _carries_derivative(self) -> bool:
        return self._node.tracked and recording()

    def _convert(self, conversion: str) -> np.ndarray:
        peek(self, conversion)
        if self._carries_derivative():
            raise _refusal(conversion)
        return self._node.data


def _is_sparse_product(frame: FrameType) -> bool:
    return frame.f_code.co_name in ("_matmul_dispatch", "_rmatmul_dispatch") and _module(
        frame
    ).startswith("scipy.sparse.")


def _refusal(conversion: str) -> NoDerivativeError:
    frame: FrameType | None = sys._getframe(2)
    scipys: list[FrameType] = []
    while frame is not None and _module(frame).partition(".")[0] in _LIBRARIES:
        if _module(frame).startswith("scipy."):
            scipys.insert(0, frame)
        frame = frame.f_back
    place = "" if frame is None else f" ({frame.f_code.co_filename}:{frame.f_lineno})"
    if scipys:
        return NoDerivativeError(_of_scipy(scipys) + place)
    what = f"{conversion} on a Variable"
    advice = ADVICE.get(conversion)
    if frame is not None and frame.f_code.co_code[frame.f_lasti] == _STORE:
        what, advice = "assigning a Variable into a plain array", ASSIGNMENT
    advised = CONSTANT if advice is None else f"{advice}. {CONSTANT}"
    return NoDerivativeError(f"{what} would drop its derivative without a word{place}. {advised}")


_LIBRARIES = ("hessopt", "numpy", "scipy")
_STORE = opmap["STORE_SUBSCR"]


def _of_scipy(frames: list[FrameType]) -> str:
    """Say which function of SciPy's cannot take a Variable, and what can; outermost first."""
    for frame in frames:
        for package, name in _public(frame):
            return f"{package}.{name} {_REASON}; {_instead(package, name)}"
    return f"a function of {_package(_module(frames[0]))} {_REASON}; {_ELSE}"


_REASON = "turns its arguments into plain arrays, which would drop the derivative of a Variable"
_ELSE = "write it with NumPy's functions, or give its derivative with hessopt.external"


def _instead(package: str, name: str) -> str:
    root = name.partition(".")[0]
    ours = f"hessopt.{package}"
    try:  # only names from a room further up are needed, and only when a call has failed already
        listed = getattr(import_module(ours), "__all__", ())
    except ModuleNotFoundError:
        listed = ()
    if root in listed:
        return f"{ours}.{name} is the same function with derivatives"
    if package == "scipy.fft" and hasattr(np.fft, name):
        return f"np.fft.{name} is the same function with derivatives"
    if package == "scipy.sparse":
        return "of what a sparse matrix can do, the products A @ x and x @ A take Variables"
    return _ELSE


def _public(frame: FrameType) -> Iterator[tuple[str, str]]:
    """Yield the package and the name under which users know what runs in a frame, if they do."""
    name = frame.f_code.co_name
    candidates = [(_module(frame), name, name)]
    owner = frame.f_locals.get("self")
    if owner is not None:
        owner = getattr(owner, "dist", owner)  # scipy.stats: a frozen distribution's
        known = getattr(owner, "name", None)
        roots = [known] if isinstance(known, str) else []
        roots += [
            c.__name__.removesuffix("_gen").removesuffix("_frozen") for c in type(owner).__mro__
        ]
        candidates = [
            (_module(frame), root, root if name == "__init__" else f"{root}.{name}")
            for root in roots
        ]
    else:  # a decorator's wrapper has the function among its variables
        inner = [f for f in frame.f_locals.values() if isinstance(f, FunctionType)]
        candidates += [(f.__module__, f.__name__, f.__name__) for f in inner]
    for module, root, full in candidates:
        package = _package(module)
        if package.startswith("scipy.") and hasattr(sys.modules.get(package), root):
            yield package, full


def _package(module: str) -> str:
    return ".".join(takewhile(lambda part: not part.startswith("_"), module.split(".")))


def _module(frame: FrameType) -> str:
    return frame.f_globals.get("__name__", "")
