"""The functions that users add."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.accumulate import Bundle
from hessopt.autodiff.data import check_data
from hessopt.autodiff.function import Primitive, item_of
from hessopt.autodiff.node import NO_PARAMS, Node
from hessopt.autodiff.tracing import active
from hessopt.autodiff.variable import Variable, constant, handle


class Function(Primitive):
    """A user's own differentiable function: `forward` on arrays, `backward` on Variables.

    Subclass it, write ``forward(self, *arrays)`` and ``backward(self, *grad_outputs)``, and call an
    instance on Variables. In ``backward`` the Variables that went in are ``self.inputs``; write it
    with them (not with their ``.data``), so that it can be differentiated again.

    References
    ----------
    K. Saito, *Deep Learning from Scratch 3*, steps 2, 6 and 32.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import Function, Variable
    >>> class Square(Function):
    ...     def forward(self, x):
    ...         return x**2
    ...
    ...     def backward(self, gy):
    ...         (x,) = self.inputs
    ...         return 2 * x * gy
    >>> x = Variable(np.array(3.0))
    >>> y = Square()(x)
    >>> y.backward()
    >>> x.grad
    variable(6.0)
    """

    may_fail = True
    inputs: tuple[Variable, ...] = ()
    outputs: tuple[Callable[[], Any], ...] = ()

    def forward(self, *xs: Any) -> Any:
        """Compute from arrays; return an array or a tuple of arrays."""
        raise NotImplementedError(f"{self.name}: define forward(self, *arrays)")

    def backward(self, *gys: Any) -> Any:
        """Return an adjoint for each input, given one for each output (None for zero)."""
        raise NotImplementedError(f"{self.name}: define backward(self, *grad_outputs)")

    def __call__(self, *args: Any) -> Any:
        before = None if active() is None else vars(self).copy()
        result = super().__call__(*args)
        if before is not None:
            self._refuse_memory(before)
        for y in result if isinstance(result, tuple) else (result,):
            if y.dtype.kind not in "fc":
                raise TypeError(
                    f"{self.name}.forward returned {y.data!r:.60} of dtype {y.dtype}; it must "
                    "return an array of floating-point numbers, or a tuple of them"
                )
        return result[0] if isinstance(result, tuple) and len(result) == 1 else result

    def _refuse_memory(self, before: dict[str, Any]) -> None:
        """Refuse a trace where `forward` kept something: `backward` would use the old one."""
        for name, value in vars(self).items():
            if name not in before or before[name] is not value:
                tracer = active()
                assert tracer is not None
                tracer.refuse(f"{self.name}.forward keeps self.{name} (use self.inputs instead)")

    def bind(self, *args: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        operands = tuple(x if isinstance(x, Variable) else constant(check_data(x)) for x in args)
        return operands, NO_PARAMS

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        self.inputs = tuple(map(handle, y.operands))
        if isinstance(g, Bundle):
            gys, datas = g, y.data
            outputs = tuple(item_of(y, k) for k in range(len(datas)))
        else:
            gys, datas = (g,), (y.data,)
            outputs = (handle(y),)
        self.outputs = tuple(map(weakref.ref, outputs))  # the graph holds no cycle
        gxs = self.backward(*map(_as_adjoint, gys, datas))
        gxs = tuple(gxs) if isinstance(gxs, (tuple, list)) else (gxs,)
        self._check(gxs)
        return [None if gxs[i] is None else _fit(gxs[i], self.inputs[i], graph) for i in wanted]

    def _check(self, gxs: tuple[Any, ...]) -> None:
        if len(gxs) != len(self.inputs):
            raise ValueError(
                f"{self.name}.backward returned {len(gxs)} adjoints for {len(self.inputs)} inputs"
            )
        for k, (x, gx) in enumerate(zip(self.inputs, gxs, strict=True)):
            if gx is not None and np.shape(gx) != x.shape:
                raise ValueError(
                    f"{self.name}.backward returned an adjoint of shape {np.shape(gx)} for input "
                    f"{k}, which has shape {x.shape}"
                )


def _as_adjoint(gy: Any, data: np.ndarray) -> Variable:
    """Return an output's adjoint as a Variable; one that did not arrive is zero."""
    if isinstance(gy, Variable):
        return gy
    return constant(np.zeros_like(data) if gy is None else gy)


def _fit(gx: Any, x: Variable, graph: bool) -> Any:
    """Return an input's adjoint in the input's type."""
    gx = gx if isinstance(gx, Variable) else constant(gx)
    if gx.dtype != x.dtype:
        gx = (gx.real if gx.dtype.kind == "c" and x.dtype.kind != "c" else gx).astype(x.dtype)
    return gx if graph else gx.data
