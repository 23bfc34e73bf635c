"""What a rule may know of the values that came before the line it rewrites."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.function import Primitive
from hessopt.program.program import Instruction, Program, Ref


class Known:
    """The lines so far, with the shape, the type and the number of uses of each value."""

    def __init__(self, program: Program) -> None:
        self.lines: dict[int, Instruction] = {}
        self.ops: dict[int, str] = {}
        self.kinds: dict[int, Any] = dict(enumerate(program.inputs))
        self.uses: dict[int, int] = {}
        uses = self.uses
        for operands in (program.roots(), *(line.operands for line in program.instructions)):
            for x in operands:
                if type(x) is Ref:
                    uses[x.number] = uses.get(x.number, 0) + 1

    def add(self, number: int, line: Instruction) -> None:
        """Take a line into account."""
        self.lines[number] = line
        self.ops[number] = line.op
        self.kinds[number] = (line.shape, line.dtype)

    def made_by(self, x: Any, op: str, *, alone: bool = False) -> Instruction | None:
        """Return the line that computed `x` if it is an `op`; `alone`: and has no other use."""
        if type(x) is not Ref or self.ops.get(x.number) != op:
            return None
        return None if alone and self.uses.get(x.number, 0) > 1 else self.lines[x.number]

    def shape(self, x: Any) -> tuple[int, ...]:
        """Return the shape of an operand."""
        return self.kinds[x.number][0] if isinstance(x, Ref) else np.shape(x)

    def dtype(self, x: Any) -> np.dtype | None:
        """Return the type of a computed operand; None for a constant."""
        return self.kinds[x.number][1] if isinstance(x, Ref) else None

    def stands_for(self, x: Any, line: Instruction) -> bool:
        """Whether `x` has the shape and type of the line's result."""
        return isinstance(x, Ref) and self.kinds[x.number] == (line.shape, line.dtype)


def is_number(x: Any) -> bool:
    """Whether an operand is a constant real number."""
    return not isinstance(x, Ref) and np.ndim(x) == 0 and np.asarray(x).dtype.kind in "fiu"


def is_zero(x: Any) -> bool:
    """Whether an operand is a constant that is zero all over."""
    if isinstance(x, np.ndarray) and x.size and not any(x.strides):
        x = x[(0,) * x.ndim]  # one number stands for all
    return not isinstance(x, Ref) and not np.any(x)


def instruction(
    primitive: Primitive, operands: tuple[Any, ...], like: Instruction, **params: Any
) -> Instruction:
    """Return an instruction with the result of another."""
    return like._replace(primitive=primitive, operands=operands, params=params)
