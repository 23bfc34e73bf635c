"""Assignment into a Variable, with NumPy's meaning for views.

``y[index] = value`` and ``y += value`` give the Variable another node, computed from the old one
and the value; what was computed from the old one keeps it. A slice of a Variable is a `View`: it
follows its base when that is assigned to, and hands on what is assigned to itself.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.accumulate import is_basic
from hessopt.autodiff.config import recording
from hessopt.autodiff.function import Primitive, compute
from hessopt.autodiff.node import Node
from hessopt.autodiff.registry import RULES, register
from hessopt.autodiff.tracing import active
from hessopt.autodiff.variable import Variable


class View(Variable):
    """A Variable that shares its numbers with the one it was sliced or reshaped from."""

    __slots__ = ("_base", "_own", "_params", "_primitive", "_root", "_seen")

    _base: Variable
    _own: Node
    _params: dict[str, Any]
    _primitive: Primitive
    _root: Variable  # the Variable at the end of the chain of bases, which is no view
    _seen: Node  # the root's node that `_own` was computed from

    @property
    def _node(self) -> Node:  # pyright: ignore[reportIncompatibleVariableOverride]
        if self._root._node is not self._seen:
            self._follow()
        return self._own

    def _follow(self) -> None:
        """Compute the value anew, from the root up: a chain of views may be long."""
        chain: list[View] = []
        link: Variable = self
        while isinstance(link, View) and link._seen is not self._root._node:
            chain.append(link)
            link = link._base
        for link in reversed(chain):
            link._seen = self._root._node
            link._own = compute(link._primitive, (link._base,), link._params)

    def _write(self, value: Variable) -> None:
        """Take a new value, and hand it on to the base."""
        if self._primitive.name == "GetItem":
            self._base[self._params["index"]] = value
        elif self._primitive.permutes:
            _store(self._base, self._primitive.adjoint(value, self._base, **self._params))  # pyright: ignore
        else:
            raise ValueError(
                f"assignment into the result of {self._primitive.name}, which is read-only as in "
                "NumPy; assign into a copy of it"
            )
        self._own, self._seen = value._node, self._root._node


def view(node: Node, base: Any, primitive: Primitive, params: dict[str, Any]) -> Any:
    """Return what was just computed from `base`, `node`, as a view of it."""
    y = object.__new__(View)
    y._own = node
    y._base = base
    y._root = base._root if isinstance(base, View) else base
    y._seen = y._root._node
    y._primitive = primitive
    y._params = params
    return y


def _store(target: Variable, value: Variable) -> None:
    node = target._node
    tracer = active()
    if tracer is not None and tracer.is_outside(node):
        tracer.refuse("it assigns into a Variable from outside the function")
    if isinstance(target, View):
        target._write(value)
    elif node.tracked and node.primitive is None and not recording():
        np.copyto(node.data, value.data)  # a step of descent under no_grad: a leaf stays a leaf
    else:
        target._node = value._node


def assigned(base: Any, index: Any, value: Any) -> np.ndarray:
    """Return a copy of `base` with `value` at `index`."""
    out = np.array(base)
    out[index] = value
    return out


def set_item(target: Variable, index: Any, value: Any) -> None:
    """Assign ``target[index] = value``."""
    if (
        isinstance(value, View)
        and value._base is target
        and value._params.get("index") is index
        and is_basic(index)
    ):
        return  # the second half of ``y[1:] += v``: the view has handed it on already
    _store(target, RULES[assigned](target, index, value))


def in_place(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """Return the method behind an augmented assignment such as ``+=``."""

    def update(self: Variable, other: Any) -> Variable:
        result = RULES[function](self, other)
        if result.shape != self.shape:
            raise ValueError(
                f"in-place {function.__name__}: the result has shape {result.shape}, which does "
                f"not fit into a Variable of shape {self.shape}; write y = y ... instead"
            )
        if result.dtype != self.dtype:
            if not np.can_cast(result.dtype, self.dtype, "same_kind"):
                raise TypeError(
                    f"in-place {function.__name__}: a result of type {result.dtype} does not fit "
                    f"into a Variable of type {self.dtype}; write y = y ... instead"
                )
            result = result.astype(self.dtype)
        _store(self, result)
        return self

    return update


register(operator.setitem, set_item, "assignment")
for _in_place, _function in {
    operator.iadd: np.add,
    operator.isub: np.subtract,
    operator.imul: np.multiply,
    operator.itruediv: np.true_divide,
    operator.ipow: np.power,
    operator.imod: np.remainder,
    operator.ifloordiv: np.floor_divide,
    operator.imatmul: np.matmul,
}.items():
    register(_in_place, in_place(_function), "assignment")
