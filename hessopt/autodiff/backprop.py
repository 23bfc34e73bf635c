"""Order the graph, walk it backwards, accumulate adjoints.

The same walk serves both modes. With arrays it computes first derivatives at NumPy's speed; with
Variables (``graph=True``) the rules, which are plain NumPy, are recorded as they run, so that the
result can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from hessopt.autodiff.accumulate import ArrayAdjoints, GraphAdjoints
from hessopt.autodiff.config import using_config
from hessopt.autodiff.node import Node

_index = attrgetter("index")


class GraphReleasedError(RuntimeError):
    """The graph was walked again after it had been released."""


def collect(outputs: Iterable[Node], inputs: frozenset[Node] = frozenset()) -> list[Node]:
    """Return the computed nodes that reach `outputs`, oldest first, stopping at `inputs`.

    Where `inputs` are given, values older than all of them cannot depend on them and are left out.
    """
    floor = min(map(_index, inputs), default=0)
    found: list[Node] = []
    seen: set[Node] = set(inputs)
    stack = list(outputs)
    while stack:
        y = stack.pop()
        if y in seen or y.primitive is None or y.index < floor:
            continue
        seen.add(y)
        found.append(y)
        operands = y.operands
        if operands is None:
            raise GraphReleasedError(
                f"the graph below {y.primitive.name} was released by an earlier "
                "backward(release=True); record the computation again, or leave release out"
            )
        for i in y.wanted:
            stack.append(operands[i])
    found.sort(key=_index)
    return found


def reaches_outside(nodes: Sequence[Node], inputs: frozenset[Node]) -> bool:
    """Whether the nodes also depend on tracked values that were there before `inputs`."""
    floor = min(map(_index, inputs))
    return any(y.operands[i].index < floor for y in nodes for i in y.wanted)


def depending_on(inputs: frozenset[Node], nodes: Sequence[Node]) -> dict[Node, tuple[int, ...]]:
    """Return, for each node that depends on `inputs`, which of its operands do."""
    wanted: dict[Node, tuple[int, ...]] = {}
    for y in nodes:
        varying = tuple(i for i in y.wanted if y.operands[i] in inputs or y.operands[i] in wanted)
        if varying:
            wanted[y] = varying
    return wanted


def walk(
    nodes: list[Node],
    seeds: Iterable[tuple[Node, Any]],
    *,
    graph: bool = False,
    retain: bool = False,
    release: bool = False,
    inputs: frozenset[Node] | None = None,
) -> ArrayAdjoints | GraphAdjoints:
    """Pull `seeds` back through `nodes` (oldest first) and return the adjoints of the leaves.

    Parameters
    ----------
    nodes : list of Node
        From `collect`; emptied where `release` is true.
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
    adjoints = GraphAdjoints() if graph else ArrayAdjoints()
    for y, seed in seeds:
        adjoints.add(y, seed)
    wanted = None if inputs is None else depending_on(inputs, nodes)
    kept: dict[Node, Any] = {}
    with using_config("enable_backprop", graph):
        for k in range(len(nodes) - 1, -1, -1):
            y = nodes.pop() if release else nodes[k]
            if y not in adjoints:
                continue
            varying = y.wanted if wanted is None else wanted.get(y, ())
            g = adjoints.take(y)
            if retain:
                kept[y] = g
            operands = y.operands
            contributions = y.primitive.pull(y, g, varying, graph)
            for i, contribution in zip(varying, contributions, strict=True):
                if contribution is not None:
                    adjoints.add(operands[i], contribution)
            if release:
                y.operands = None
        for x in list(adjoints):
            adjoints[x] = adjoints.take(x)
    adjoints.update(kept)
    return adjoints


def settle(adjoints: dict[Node, Any], leaves: Sequence[Node], seeds: Iterable[Any]) -> None:
    """Give each leaf an adjoint array of its own, writable and held by nobody else.

    An adjoint may still be a broadcast view, a caller's seed, or another leaf's array.
    """
    taken = {id(seed) for seed in seeds}
    for x in leaves:
        g = adjoints[x]
        if type(g) is not np.ndarray or g.base is not None or id(g) in taken:
            g = adjoints[x] = np.array(g, dtype=x._data.dtype)
        taken.add(id(g))


def is_elementwise(outputs: Sequence[Node], nodes: Sequence[Node]) -> bool:
    """Whether each element of the outputs depends on one element of each leaf, its own."""
    shape = outputs[0]._data.shape
    return all(
        y.primitive.elementwise
        and y._data.shape == shape
        and all(y.operands[i]._data.shape == shape for i in y.wanted)
        for y in nodes
    )
