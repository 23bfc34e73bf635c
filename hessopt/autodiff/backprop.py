"""Order the graph, walk it backwards, accumulate adjoints.

The same walk serves both modes. With arrays it computes first derivatives at NumPy's speed; with
Variables (``graph=True``) the rules, which are plain NumPy, are recorded as they run, so that the
result can be differentiated again.

An adjoint may be uniform: a single number that stands for an array of them, as below a sum. The
families that gain by it say so (``Primitive.uniform``); the others are given the whole array.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy import ndarray  # each time, np.ndarray would be looked up: Python keeps no note of it

from hessopt.autodiff.accumulate import ArraySums, Bundle, Deferred, GraphSums, whole
from hessopt.autodiff.config import recording, reset_recording, set_recording, using_config
from hessopt.autodiff.node import Handle, Node, raw
from hessopt.autodiff.registry import RULES
from hessopt.autodiff.tracing import active

_index = attrgetter("index")


class GraphReleasedError(RuntimeError):
    """The graph was walked again after it had been released."""


def collect(outputs: Iterable[Node], inputs: Sequence[Node] = ()) -> tuple[list[Node], bool]:
    """Return the computed nodes that reach `outputs`, oldest first, stopping at `inputs`.

    Where `inputs` are given, values older than all of them cannot depend on them and are left
    out; the second result says whether there were any.
    """
    floor = min(map(_index, inputs)) if inputs else 0
    outside = False
    found = {x.index: x for x in inputs}
    stack = [y for y in outputs if y.primitive is not None]
    while stack:
        y = stack.pop()
        if y.index in found:
            continue
        if type(y) is not Node:
            y = y.origin()
            if y.primitive is None:
                continue
        found[y.index] = y
        operands = y.operands
        if operands is None:
            raise GraphReleasedError(
                f"the graph below {y.primitive.name} was released by an earlier backward pass; "
                "record the computation again, or leave release=True out"
            )
        for i in y.wanted:
            x = operands[i]
            if x.index > floor:
                if x.primitive is not None:
                    stack.append(x)
            elif x.index < floor:
                outside = True
    for x in inputs:
        del found[x.index]
    return sorted(found.values(), key=_index), outside


def depending_on(inputs: frozenset[Node], nodes: Sequence[Node]) -> dict[Node, tuple[int, ...]]:
    """Return, for each node that depends on `inputs`, which of its operands do."""
    varied = set(map(_index, inputs))
    wanted: dict[Node, tuple[int, ...]] = {}
    for y in nodes:
        varying = tuple(i for i in y.wanted if y.operands[i].index in varied)
        if varying:
            wanted[y] = varying
            varied.add(y.index)
    return wanted


def walk(
    nodes: list[Node],
    leaves: Iterable[Node],
    seeds: Sequence[tuple[Node, Any]],
    *,
    graph: bool = False,
    retain: bool = False,
    release: bool = False,
    inputs: frozenset[Node] | None = None,
) -> dict[Node, Any]:
    """Pull `seeds` back through `nodes` (oldest first) and return the adjoints of `leaves`.

    Each is an array (a Variable where `graph`) of its own, writable and held by nobody else.

    Parameters
    ----------
    nodes : list of Node
        From `collect`; emptied where `release` is true.
    leaves : Nodes
        Those whose adjoints are wanted; the ones that none reaches are missing in the result.
    seeds : pairs of an output and its adjoint
        Arrays, or Variables where `graph` is true.
    graph : bool
        Record the walk itself.
    retain : bool
        Return the adjoints of computed values too.
    release : bool
        Let go of each node's operands once its adjoint has been passed on.
    inputs : frozenset of Node, optional
        Follow only what depends on these; None follows every tracked operand.
    """
    tracer = active()
    if tracer is not None and not graph and any(map(tracer.follows, nodes)):
        tracer.refuse("backward() without create_graph=True computes numbers")
    if tracer is not None and release:
        tracer.refuse("backward(release=True) drops what it computed")
    if tracer is not None and any(map(tracer.is_outside, leaves)):
        tracer.refuse("backward() leaves derivatives in a Variable from outside the function")
    sums = GraphSums() if graph else ArraySums()
    merge = sums.merge
    wanted = None if inputs is None else depending_on(inputs, nodes)
    adjoints: dict[int, Any] = {}
    for y, seed in seeds:
        varying = y.wanted if wanted is None else wanted.get(y, ())
        if y.primitive is not None and not len(varying) and y not in leaves:
            continue  # a trace records it although it depends on no leaf
        present = adjoints.get(y.index)
        adjoints[y.index] = seed if present is None else sums.merge(y, present, seed)
    result: dict[Node, Any] = {}
    rest: list[Any] = nodes if release else nodes.copy()
    rest.insert(0, None)  # where the loop ends
    token = None if recording() == graph else set_recording(graph)
    try:
        for y in iter(rest.pop, None):
            g = adjoints.pop(y.index, None)
            if g is None:
                continue
            primitive = y.primitive
            if type(g) is not ndarray or not g.ndim:
                if type(g) in Deferred:
                    g = sums.finish(y, g)
                if not primitive.uniform:
                    g = whole(g, y)
            if retain:
                result[y] = whole(g, y)
            operands = y.operands
            varying = y.wanted if wanted is None else wanted.get(y, ())
            k = 0
            # a seeded output may depend on none of the inputs
            for contribution in primitive.pull(y, g, varying, graph) if varying else ():
                x = operands[varying[k]]
                k += 1  # noqa: SIM113 - a zip or an enumerate takes a third of a step's whole time
                if contribution is not None:
                    index = x.index
                    if index in adjoints:
                        contribution = merge(x, adjoints[index], contribution)
                    adjoints[index] = contribution
            if release:
                y.operands = None
        for x in leaves:
            if x.index in adjoints:
                result[x] = whole(sums.finish(x, adjoints.pop(x.index)), x)
    finally:
        if token is not None:
            reset_recording(token)
    if not sums.owned.issuperset(result):
        _separate(result, seeds)
    return result


def _separate(adjoints: dict[Node, Any], seeds: Iterable[tuple[Node, Any]]) -> None:
    """Copy an adjoint that is still a view, a caller's seed, a leaf, or another value's array."""
    taken = set()
    for _, seed in seeds:
        taken.add(id(raw(seed)))
    for x in adjoints:
        taken.add(id(x.data))
    for x, g in adjoints.items():
        if type(g) is Bundle:
            continue
        array = raw(g)
        if type(array) is not ndarray or array.base is not None or id(array) in taken:
            adjoints[x] = g = _own_copy(g, x)
        taken.add(id(raw(g)))


def _own_copy(g: Any, x: Node) -> Any:
    if isinstance(g, Handle):
        with using_config("enable_backprop", True):
            return RULES[np.copy](g)
    return np.array(g, dtype=x.data.dtype)


def is_elementwise(output: Node, wanted: Mapping[Node, Sequence[int]]) -> bool:
    """Whether each element of `output` depends on one element of each input, its own.

    `wanted` holds the nodes in between and which of their operands to follow.
    """
    shape = output.data.shape
    return all(
        y.primitive.elementwise
        and y.data.shape == shape
        and all(y.operands[i].data.shape == shape for i in varying)
        for y, varying in wanted.items()
    )
