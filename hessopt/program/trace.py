"""Run a function once on Variables and write down what it computed as a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.config import using_config
from hessopt.autodiff.data import strip
from hessopt.autodiff.node import Handle, Node, Shadow
from hessopt.autodiff.tracing import Tracer, Untraceable
from hessopt.autodiff.variable import constant, leaf
from hessopt.program.program import Guard, Instruction, Program, Ref


def trace(
    function: Callable[..., Any],
    arrays: Sequence[np.ndarray],
    captured: list[Node] | None = None,
    tracer: Tracer | None = None,
) -> tuple[Program, list[np.ndarray]]:
    """Return the program of ``function(*arrays)`` and the arrays that the call computed.

    Parameters
    ----------
    function : callable
        Takes Variables; returns a list of Variables and constants.
    arrays : sequence of ndarray
        The inputs of this run.
    captured : list, optional
        Where it is given, Variables from outside the function are further inputs of the program,
        after the others, and their nodes are put into this list; else they make it untraceable.
    tracer : Tracer, optional
        What watches the run, where it is to note more than usual.

    Raises
    ------
    Untraceable
        If a replay of what was recorded could differ from calling the function.
    """
    with tracer or Tracer() as tracer, using_config("enable_backprop", True):
        inputs = [leaf(x) if x.dtype.kind in "fc" else constant(x) for x in arrays]
        nodes = [x._node for x in inputs]
        tracer.start(nodes)
        outputs = function(*inputs)
        if tracer.refusal is not None:
            raise tracer.refusal
        if any(x._node is not node for x, node in zip(inputs, nodes, strict=True)):
            tracer.refuse("it assigns into its argument")
        tracer.check_constants()
        program = _linearise(nodes, outputs, tracer, captured)
    values = [x._node.data if isinstance(x, Handle) else np.asarray(x) for x in outputs]
    return program, values


def _linearise(
    inputs: list[Node], outputs: list[Any], tracer: Tracer, captured: list[Node] | None
) -> Program:
    numbers = {node.index: number for number, node in enumerate(inputs)}
    roots = [x._node for x in outputs if isinstance(x, Handle)]
    roots += [node for node, _ in tracer.guards]
    roots += [node for node in tracer.failing if tracer.follows(node)]
    computed, outside = _computed_below(roots, numbers, tracer)
    if outside and captured is None:
        raise Untraceable("it uses a Variable from outside the function")
    for node in outside:
        numbers[node.index] = len(numbers)
    inputs = [*inputs, *outside]
    if captured is not None:
        captured += outside
    lines = []
    for node in computed:
        numbers[node.index] = len(numbers)
        single = not isinstance(node.data, tuple)
        lines.append(
            Instruction(
                node.primitive,
                tuple(_operand(x, numbers) for x in node.operands),
                strip(node.params),
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


def _computed_below(
    roots: list[Node], inputs: dict[int, int], tracer: Tracer
) -> tuple[list[Node], list[Node]]:
    """Return the nodes computed in this run that reach `roots`, oldest first, and those outside."""
    found: dict[int, Node] = {}
    outside: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index in found or node.index in inputs:
            continue
        if tracer.is_outside(node):
            outside[node.index] = node.origin()
            if isinstance(outside[node.index], Shadow):
                raise Untraceable("it uses a Variable from outside that is there no more")
            continue
        if not tracer.is_computed(node):
            continue
        if node.operands is None:
            raise Untraceable("a backward pass has released its graph")
        found[node.index] = node
        stack.extend(x for x in node.operands if isinstance(x, Node))
    return [found[index] for index in sorted(found)], list(outside.values())


def _operand(x: Any, numbers: dict[int, int]) -> Any:
    if not isinstance(x, Node):
        return x
    return Ref(numbers[x.index]) if x.index in numbers else x.data
