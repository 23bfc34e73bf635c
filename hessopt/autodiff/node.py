"""One value in the graph: an array and, if it was computed, how."""

from __future__ import annotations

from itertools import count
from typing import Any

NO_PARAMS: dict[str, Any] = {}

# Creation order is a topological order, so one counter replaces generations and sorting passes.
next_index = count(1).__next__


class Node:
    """The graph's part of a Variable; no output is held by what made it, so no cycle arises.

    Attributes
    ----------
    _data : ndarray, or tuple of ndarray inside a function of several outputs
    primitive : what computed it; None for a leaf
    operands : Variables and constants it was computed from
    params : the primitive's static parameters
    wanted : positions of the operands that carry a derivative
    index : creation order
    tracked : whether a derivative with respect to this value, or through it, may be asked for
    """

    __slots__ = (
        "__weakref__",
        "_data",
        "index",
        "operands",
        "params",
        "primitive",
        "tracked",
        "wanted",
    )

    _data: Any
    primitive: Any  # a Primitive, or None
    operands: Any  # a tuple, or None once released
    params: dict[str, Any]
    wanted: tuple[int, ...]
    index: int
    tracked: bool

    def origin(self) -> Node:
        """Return the node itself; a stand-in returns what it stands for."""
        return self


def raw(value: Any) -> Any:
    """Return the array behind a Variable, or the constant itself."""
    return value._data if isinstance(value, Node) else value
