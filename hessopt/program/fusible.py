"""Which lines of a program can become part of a loop."""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import prod
from typing import Any

import numpy as np

from hessopt.program.fuse import is_dot
from hessopt.program.inline import SUMS, Lines
from hessopt.program.places import Moves, counters, spelled_out
from hessopt.program.program import Instruction, Program, Ref

MOVES = frozenset(
    ("Identity", "Copy", "asarray", "Positive", "Transpose", "BroadcastTo", "Reshape", "GetItem")
)
TYPES = frozenset(map(np.dtype, (np.float64, np.float32, np.bool_)))


def fusible(
    program: Program, ufuncs: Collection[Any], worth: Callable[[Instruction], bool]
) -> Callable[[Instruction], bool]:
    """Return the test of a line: it is one that loops are made of, and `worth` agrees.

    Parameters
    ----------
    program : Program
    ufuncs : collection
        The elementwise functions that the backend can spell.
    worth : callable
        Whether a line is better off in a loop than as a call.
    """
    lines = Lines(program)

    def test(line: Instruction) -> bool:
        return (
            bool(line.op)
            and line.shape is not None
            and line.dtype in TYPES
            and all(_simple(x, lines) for x in line.operands)
            and _known(line, lines, ufuncs)
            and worth(line)
        )

    return test


def _simple(x: Any, lines: Lines) -> bool:
    """Whether an operand is a non-empty array or number of a type that loops compute with."""
    if isinstance(x, Ref):
        shape, dtype = lines.kinds[x.number]
        return shape is not None and dtype in TYPES and prod(shape) > 0
    if not isinstance(x, (int, float, bool, np.ndarray, np.generic)):
        return False
    array = np.asarray(x)
    return array.dtype.kind in "fiub" and array.dtype.itemsize <= 8 and array.size > 0


def _known(line: Instruction, lines: Lines, ufuncs: Collection[Any]) -> bool:
    shape, op = line.shape or (), line.op
    same = all(isinstance(x, Ref) and lines.kinds[x.number][1] == line.dtype for x in line.operands)
    if prod(shape) == 0:
        return False
    if op in SUMS:
        plain = set(line.params) == {"axis", "keepdims"} and line.dtype != np.bool_
        to_one = prod(shape) == 1 and shape != ()  # neither a single number nor rows
        plain = plain and not to_one
        return same and plain and (op == "Sum" or _reduces_the_end(line))
    if op in MOVES:
        depth = len(shape)
        operand = lines.shape(line.operands[0])
        return Moves().back(line, operand, counters(depth), depth) is not None
    if op == "ScatterAdd":
        indices = line.params["indices"]
        return shape != () and all(spelled_out(x, len(shape)) is not None for x in indices)
    if op == "Concatenate" or is_dot(line, lines):
        return same
    return op == "Cast" or (line.primitive.forward in ufuncs and not line.params)


def _reduces_the_end(line: Instruction) -> bool:
    axis = line.params["axis"]
    return axis is None or sorted(axis) == list(range(-len(axis), 0))
