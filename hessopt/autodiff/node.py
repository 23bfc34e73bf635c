"""One value in the graph, and the handle through which users hold it.

A `Node` never changes its meaning once other nodes were computed from it. A `Handle` (a Variable)
can be assigned to: it then holds another node, and what was computed before keeps the old one.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

NO_PARAMS: dict[str, Any] = {}

# Commonest positions of operands that carry a derivative.
FIRST, SECOND, BOTH = (0,), (1,), (0, 1)

# Creation order is a topological order, so one counter replaces generations and sorting passes.
next_index = count(1).__next__


class Node:
    """An array and, if it was computed, how.

    No value is held by what it was computed from, so a graph has no reference cycles.

    Attributes
    ----------
    data : ndarray, or tuple of ndarray inside a function of several outputs
    primitive : what computed it; None for a leaf
    operands : Nodes and constants it was computed from; None once released
    params : the primitive's static parameters
    wanted : positions of the operands that carry a derivative
    index : creation order
    tracked : whether a derivative with respect to this value, or through it, may be asked for
    _grad, name : set on demand; read them with getattr
    home : weak reference to the Variable of a leaf, which holds the leaf's grad in its place: the
        grad may have a graph that leads back to the node, and would close a cycle
    """

    __slots__ = (
        "__weakref__",
        "_grad",
        "data",
        "home",
        "index",
        "name",
        "operands",
        "params",
        "primitive",
        "tracked",
        "wanted",
    )

    _grad: Any
    data: Any
    home: weakref.ref[Any]
    index: int
    name: str | None
    operands: Any
    params: dict[str, Any]
    primitive: Any
    tracked: bool
    wanted: Any

    def origin(self) -> Node:
        """Return the node itself; a stand-in returns what it stands for."""
        return self


def new_node(
    data: Any, primitive: Any, operands: Any, params: dict[str, Any], wanted: Sequence[int]
) -> Node:
    """Make the node of a computed value; `operands` are nodes and constants."""
    node = Node()
    node.data = data
    node.primitive = primitive
    node.operands = operands
    node.params = params
    node.wanted = wanted
    node.index = next_index()
    node.tracked = bool(wanted)
    return node


def untracked(data: Any) -> Node:
    """Make the node of an array that carries no derivative."""
    return new_node(np.asarray(data), None, (), NO_PARAMS, ())


class Shadow(Node):
    """Stands in a graph for a node whose value no rule reads: the shape without the numbers.

    While the node itself is alive, in a Variable or elsewhere, walks go through it.
    """

    __slots__ = ("_origin",)

    _origin: weakref.ref[Node]

    def origin(self) -> Node:
        """Return the node itself if it is alive, else the shadow."""
        alive = self._origin()
        return self if alive is None else alive


def shadow(x: Node) -> Shadow:
    """Make the shadow of a computed node."""
    if type(x.wanted) is not list:
        x.wanted = list(x.wanted)  # both hold the same list, so that a cut is seen by both
    y = Shadow()
    y.data = np.broadcast_to(x.data.dtype.type(np.nan), x.data.shape)
    y.primitive = x.primitive
    y.operands = x.operands
    y.params = x.params
    y.wanted = x.wanted
    y.index = x.index
    y.tracked = True
    y._origin = weakref.ref(x)
    return y


class Handle:
    """What a user holds: a reference to a node that assignment can change."""

    __slots__ = ("__weakref__", "_grad", "_node")

    _grad: Any
    _node: Node


def raw(value: Any) -> Any:
    """Return the array behind a Variable, or the constant itself."""
    return value._node.data if isinstance(value, Handle) else value
