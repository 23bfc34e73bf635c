"""What the families' backward rules share: fitting adjoints, and which values a rule reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dis import get_instructions
from functools import cache
from inspect import CO_VARARGS
from typing import Any

import numpy as np

from hessopt.autodiff.function import EVERYTHING
from hessopt.autodiff.node import Node, Shadow
from hessopt.autodiff.variable import handle


def sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which an array of `shape` was broadcast to the shape of `x`."""
    lead = len(x.shape) - len(shape)
    stretched = [
        i
        for i, (size, n) in enumerate(zip(shape, x.shape[lead:], strict=True), lead)
        if size == 1 and n != 1
    ]
    x = np.sum(x, axis=(*range(lead), *stretched))
    return x.reshape(shape)


def fit(g: Any, x: Any, shape: tuple[int, ...] | None = None) -> Any:
    """Bring an adjoint to the shape and type of the operand it belongs to.

    Where `shape`, that of the operation's output, is given, `g` may be smaller: it is uniform
    along what is missing, and stays one number where the operand has the output's shape. Where
    the operand was stretched, even a `g` of the operand's shape has entries to add up.
    """
    if g.shape != () or x.shape != shape:
        if shape is not None and g.shape != shape:
            g = np.broadcast_to(g, shape)
        if g.shape != x.shape:
            g = sum_to(g, x.shape)
    if g.dtype != x.dtype:
        if g.dtype.kind == "c" and x.dtype.kind != "c":
            g = np.real(g)
        if g.dtype != x.dtype:
            g = g.astype(x.dtype)
    return g


def values_of(y: Node, graph: bool) -> tuple[Any, Sequence[Any]]:
    """Return a node's output and operands as its rule wants them: recorded, or plain arrays."""
    if graph:
        return handle(y), [handle(x) if isinstance(x, Node) else x for x in y.operands]
    operands = []
    for x in y.operands:  # a comprehension would be a call more, at every step of the walk
        operands.append(x.data if type(x) is Node or type(x) is Shadow else x)
    return y.data, operands


@cache
def positions_read(rule: Callable[..., Any], skip: int) -> frozenset[int]:
    """Return which operands a rule reads, and `OUTPUT`, by the names that occur in its code.

    Its parameters are, after ``skip - 1`` others, the output and the operands.
    """
    code = getattr(rule, "__code__", None)
    if code is None or code.co_flags & CO_VARARGS:
        return EVERYTHING
    parameters = code.co_varnames[: code.co_argcount]
    names: set[Any] = set(code.co_cellvars)
    for instruction in get_instructions(rule):
        loaded = instruction.argval
        names.update(loaded if isinstance(loaded, tuple) else (loaded,))
    return frozenset(k - skip for k, name in enumerate(parameters) if name in names)
