"""Run a function once on Variables and write down what it computed as a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.config import using_config
from hessopt.autodiff.node import Handle, Node
from hessopt.autodiff.tracing import Tracer
from hessopt.autodiff.variable import Variable, leaf
from hessopt.program.program import Guard, Instruction, Program, Ref


def trace(function: Callable[..., Any], arrays: Sequence[np.ndarray]) -> tuple[Program, Any]:
    """Return the program of ``function(*arrays)`` and what the call returned, flat.

    Parameters
    ----------
    function : callable
        Takes Variables; returns a list of Variables and constants.
    arrays : sequence of ndarray
        The inputs of this run.

    Raises
    ------
    Untraceable
        If the function looked at the numbers.
    """
    with Tracer() as tracer, using_config("enable_backprop", True):
        inputs = [leaf(x) for x in arrays]
        nodes = [x._node for x in inputs]
        tracer.start(nodes)
        outputs = function(*inputs)
    return _linearise(nodes, outputs, tracer), outputs


def _linearise(inputs: list[Node], outputs: list[Any], tracer: Tracer) -> Program:
    numbers = {node.index: number for number, node in enumerate(inputs)}
    roots = [x._node for x in outputs if isinstance(x, Handle)]
    roots += [node for node, _ in tracer.guards]
    found = _traced_below(roots, tracer)
    lines = []
    for node in found:
        if node.index in numbers:
            continue
        numbers[node.index] = len(numbers)
        single = not isinstance(node.data, tuple)
        lines.append(
            Instruction(
                node.primitive,
                tuple(_operand(x, numbers) for x in node.operands),
                {k: _constant(v) for k, v in node.params.items()},
                node.data.shape if single else None,
                node.data.dtype if single else None,
            )
        )
    return Program(
        inputs=tuple((node.data.shape, node.data.dtype) for node in inputs),
        instructions=tuple(lines),
        outputs=tuple(_operand(x._node, numbers) if isinstance(x, Handle) else x for x in outputs),
        guards=tuple(Guard(_operand(n, numbers), outcome) for n, outcome in tracer.guards),
    )


def _traced_below(roots: list[Node], tracer: Tracer) -> list[Node]:
    """Return the traced nodes that reach `roots`, oldest first."""
    found: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index in found or not tracer.follows(node):
            continue
        found[node.index] = node
        stack.extend(x for x in node.operands if isinstance(x, Node))
    return [found[index] for index in sorted(found)]


def _operand(x: Any, numbers: dict[int, int]) -> Any:
    if not isinstance(x, Node):
        return x
    return Ref(numbers[x.index]) if x.index in numbers else x.data


def _constant(x: Any) -> Any:
    return x.data if isinstance(x, Variable) else x
