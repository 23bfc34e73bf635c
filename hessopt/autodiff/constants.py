"""Functions without a derivative: steps, comparisons, questions about shapes and types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.batching import Batch, behind
from hessopt.autodiff.data import NUMERIC, strip
from hessopt.autodiff.function import NOTHING, Primitive
from hessopt.autodiff.node import Handle, Node
from hessopt.autodiff.registry import register
from hessopt.autodiff.structure import Link, Local
from hessopt.autodiff.tracing import Tracer, active
from hessopt.autodiff.variable import record


class Constant(Primitive):
    """A function that is constant almost everywhere, or asks about data: no derivative.

    Its result is a plain array, so nothing can be differentiated by accident. While a trace is
    running it is recorded, because its value may differ at replay.
    """

    def __init__(
        self, function: Callable[..., Any], *, static: bool = False, elementwise: bool = False
    ) -> None:
        self.forward = function
        self.name = function.__name__
        self.static = static
        self.stacks = elementwise or (  # pyright: ignore - one for each instance
            isinstance(function, np.ufunc) and function.signature is None
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tracer = active()
        if (
            tracer is not None
            and not self.static
            and any(isinstance(x, Handle) and tracer.follows(x._node) for x in args)
        ):
            return self._record(tracer, args, kwargs)
        return self.forward(
            *strip(args, look=not self.static), **strip(kwargs, look=not self.static)
        )

    def _record(self, tracer: Tracer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.forward in _SHAPED_BY_VALUES:
            tracer.refuse(f"the shape of the result of {self.name} depends on values")
        if "out" in kwargs:
            tracer.refuse(f"{self.name}(out=...) writes into an array")
        nodes = [x._node if isinstance(x, Handle) else strip(x) for x in args]
        params = strip(kwargs)
        data = self.forward(*(x.data if isinstance(x, Node) else x for x in nodes), **params)
        if np.asarray(data).dtype.kind not in NUMERIC:
            tracer.refuse(f"{self.name} looks at the value of a Variable")
        for value in (*nodes, *params.values()):
            tracer.keep(value)
        return record(np.asarray(data), self, nodes, params, ())

    def replay(self, operands: Sequence[Any], params: dict[str, Any]) -> Any:
        y = self(*operands, **params)
        return y if isinstance(y, Handle) else np.asarray(y)

    def batch(self, b: Batch, **params: Any) -> Any:
        if self.forward in _REDUCTIONS and len(b.operands) == 1 and params.keys() <= {"axis"}:
            rows, axis = b.operands[0], params.get("axis")
            if axis is None:
                rows, axes = np.reshape(rows, (b.size, -1)), (-1,)
            else:
                axes = behind(axis, b.ndim(0))
            return self.replay((rows,), {"axis": axes if isinstance(axis, tuple) else axes[0]})
        return super().batch(b, **params)

    def links(self, at: Local, **params: Any) -> list[Link]:
        return [None] * len(at.shapes)

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING


_REDUCTIONS = frozenset((np.all, np.any, np.count_nonzero, np.argmax, np.argmin))

_SHAPED_BY_VALUES = frozenset((np.argwhere, np.flatnonzero, np.nonzero))


def constant_functions(
    *functions: Callable[..., Any], static: bool = False, elementwise: bool = False
) -> None:
    """Register functions that carry no derivative.

    `static` ones look at shapes and types alone, `elementwise` ones act on each element by itself,
    which goes without saying for a ufunc.
    """
    for function in functions:
        rule = Constant(function, static=static, elementwise=elementwise)
        register(function, rule, "constant")


def detached(x: Any) -> Any:
    """Return the value of `x` with no derivative: an array, or a traced value in a trace."""
    return _DETACH(x) if isinstance(x, Handle) else x


_DETACH = Constant(np.asarray, elementwise=True)
