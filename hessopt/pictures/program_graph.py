"""A program as calls and values to draw, last line first, as the graph of a computation is."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.pictures.graph import Call, Graph, Value
from hessopt.program.program import Program, Ref


def read_program(program: Program) -> Graph:
    """Return what there is to draw of a program; values have the names they have in its text.

    An array constant is one ellipse in all, a number, or an array of equal ones, one a use.
    """
    return _Reader(program).graph()


class _Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.count = 0
        self.arrays: dict[int, Value] = {}
        self.values: dict[int, Value] = {}
        self.roles: dict[int, list[str]] = {}
        for k, x in enumerate(program.outputs):
            self._note(x, "output" if len(program.outputs) == 1 else f"output {k}")
        for guard in program.guards:
            self._note(guard.value, f"must be {guard.outcome}")

    def _note(self, x: Any, role: str) -> None:
        if isinstance(x, Ref):
            self.roles.setdefault(x.number, []).append(role)

    def graph(self) -> Graph:
        program = self.program
        roots = [self.value(x) for x in program.outputs]
        calls = []
        for number, line in reversed(list(program.numbered())):
            made = self.value(Ref(number))
            call = Call(self.number(), line.primitive.name, created=number, outputs=[made])
            call.inputs = [self.value(x) for x in line.operands]
            calls.append(call)
        return Graph(roots[0], calls)

    def number(self) -> int:
        self.count += 1
        return self.count

    def value(self, x: Any) -> Value:
        if not isinstance(x, Ref):
            return self.constant(x)
        if x.number not in self.values:
            roles = self.roles.get(x.number)
            name = f"v{x.number}" + (f" ({', '.join(roles)})" if roles else "")
            self.values[x.number] = Value(self.number(), self.stand_in(x.number), name)
        return self.values[x.number]

    def stand_in(self, number: int) -> Any:
        """Return something of the value's shape and type; None for several outputs."""
        inputs = self.program.inputs
        if number < len(inputs):
            shape, dtype = inputs[number]
        else:
            line = self.program.instructions[number - len(inputs)]
            shape, dtype = line.shape, line.dtype
        return None if shape is None else np.broadcast_to(np.zeros((), dtype), shape)

    def constant(self, x: Any) -> Value:
        data = np.asarray(x)
        if data.size and not any(data.strides):
            data = data[(0,) * data.ndim]  # one number stands for all
        if not data.ndim:
            return Value(self.number(), data, constant=True)
        if id(x) not in self.arrays:
            self.arrays[id(x)] = Value(self.number(), data, constant=True)
        return self.arrays[id(x)]
