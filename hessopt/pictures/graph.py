"""What there is to draw: values and the calls between them, numbered as a walk meets them.

The engine keeps a function of several outputs as a node that holds a tuple and one node for each
output; here it is one call with its outputs, as its user thinks of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hessopt.autodiff.backprop import GraphReleasedError
from hessopt.autodiff.function import LARGE, Item
from hessopt.autodiff.node import Node
from hessopt.autodiff.variable import Variable


@dataclass(slots=True, eq=False)
class Value:
    """An ellipse: a Variable, or a constant where `constant` is true.

    Several different constants that are drawn as one have no data, only a name.
    """

    number: int
    data: Any
    name: str | None = None
    constant: bool = False


@dataclass(slots=True, eq=False)
class Call:
    """A box: one application of a primitive, or `times` of them that are drawn once.

    Then `handed_on` are the inputs that come from the round before, in the picture from below.
    """

    number: int
    name: str
    created: int = 0
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    times: int = 1
    handed_on: frozenset[Value] = frozenset()


@dataclass(slots=True, eq=False)
class Graph:
    """The output, and the calls that led to it, in the order in which they are met."""

    output: Value
    calls: list[Call]

    @property
    def size(self) -> int:
        """How many ellipses and boxes there are."""
        return len(self.calls) + sum(1 for _ in self.values())

    def values(self) -> Iterator[Value]:
        """Each value once, in the order of drawing."""
        yield from first_seen([self.output], set())
        seen = {self.output}
        for call in self.calls:
            yield from first_seen([*call.outputs, *call.inputs], seen)


def first_seen(values: list[Value], seen: set[Value]) -> Iterator[Value]:
    """Yield the values that are not in `seen`, and put them there."""
    for value in values:
        if value not in seen:
            seen.add(value)
            yield value


def read(output: Variable) -> Graph:
    """Walk from `output` to the leaves, calls last met first, as the book does (step 26).

    Raises
    ------
    GraphReleasedError
        If a backward pass has freed the graph.
    """
    reader = _Reader()
    graph = Graph(reader.value(output._node), reader.calls)
    while reader.pending:
        node, call = reader.pending.pop()
        if node.operands is None:
            raise GraphReleasedError(
                f"the graph below {call.name} was released by backward(release=True), so there is "
                "nothing left to draw; record the computation again, or leave release out"
            )
        reader.calls.append(call)
        call.inputs.extend(map(reader.value, node.operands))
    return graph


class _Reader:
    """What a walk has met; a constant is one ellipse a use, as in the book, an array one in all."""

    def __init__(self) -> None:
        self.count = 0
        self.values: dict[int, Value] = {}
        self.arrays: dict[Any, Value] = {}
        self.made: dict[int, Call] = {}
        self.calls: list[Call] = []
        self.pending: list[tuple[Node, Call]] = []

    def number(self) -> int:
        self.count += 1
        return self.count

    def value(self, operand: Any) -> Value:
        if not isinstance(operand, Node):
            return self.constant(operand)
        operand = operand.origin()
        known = self.values.get(operand.index)
        if known is None:
            name = getattr(operand, "name", None)
            constant = operand.primitive is None and not operand.tracked
            known = Value(self.number(), operand.data, name, constant)
            self.values[operand.index] = known
            if operand.primitive is not None:
                self.call(operand).outputs.append(known)
        return known

    def constant(self, operand: Any) -> Value:
        data = np.asarray(operand)
        if data.ndim == 0:
            return Value(self.number(), data, constant=True)
        # the graph may hold a small array as several copies, and a large one only once
        key = (data.shape, data.dtype, data.tobytes() if data.nbytes < LARGE else id(operand))
        if key not in self.arrays:
            self.arrays[key] = Value(self.number(), data, constant=True)
        return self.arrays[key]

    def call(self, node: Node) -> Call:
        if isinstance(node.primitive, Item) and node.operands is not None:
            node = node.operands[0]
        known = self.made.get(node.index)
        if known is None:
            name = node.primitive.name
            known = self.made[node.index] = Call(self.number(), name, node.index)
            self.pending.append((node, known))
        return known
