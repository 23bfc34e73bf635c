"""Where a Variable would become bare numbers: refused where that drops a derivative.

The refusal names the line of the user's own that asked for it and, where a function of SciPy's did
the asking, the one of `hessopt.scipy` to call instead.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import FrameType
from typing import Any

import numpy as np

from hessopt.autodiff.config import recording
from hessopt.autodiff.node import Handle
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.tracing import active, peek

ADVICE = {
    "float()": "in place of functions of the math module use NumPy's",
    "int()": "an index or a count computed from values carries no derivative, so take int(x.data)",
    "np.asarray()": (
        "to build an array of Variables use np.stack([...]) or hessopt.array([...]); to assign "
        "into an array make it by np.zeros_like(x, shape=...) or hessopt.zeros(...)"
    ),
}


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
        if self._carries_derivative() and _module(sys._getframe(1)).startswith("scipy.sparse"):
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


def _refusal(conversion: str) -> NoDerivativeError:
    frame: FrameType | None = sys._getframe(2)
    scipy_frame = None
    while frame is not None and _module(frame).partition(".")[0] in _LIBRARIES:
        if _module(frame).startswith("scipy."):
            scipy_frame = frame
        frame = frame.f_back
    place = "" if frame is None else f" ({frame.f_code.co_filename}:{frame.f_lineno})"
    if scipy_frame is not None:
        return NoDerivativeError(_of_scipy(scipy_frame) + place)
    advice = ADVICE.get(conversion)
    return NoDerivativeError(
        f"{conversion} on a Variable would drop its derivative without a word{place}. Where the "
        f"plain number is wanted, take x.data{f'; {advice}' if advice else ''}"
    )


_LIBRARIES = ("hessopt", "numpy", "scipy")


def _of_scipy(frame: FrameType) -> str:
    """Say which function of SciPy's cannot take a Variable, and what can."""
    package = ".".join(_module(frame).split(".")[:2])
    name = frame.f_code.co_name
    ours = f"hessopt.{package}"
    # Only the name of a room further up is needed, and only when a call has failed already.
    has_it = find_spec(ours) is not None and hasattr(import_module(ours), name)
    instead = (
        f"{ours}.{name} is the same function with derivatives"
        if has_it
        else "write it with NumPy's functions, or give its derivative with hessopt.external"
    )
    return (
        f"{package}.{name} turns its arguments into plain arrays, which would drop the "
        f"derivative of a Variable; {instead}"
    )


def _module(frame: FrameType) -> str:
    return frame.f_globals.get("__name__", "")
