"""Programs run by NumPy alone: line by line, and large arrays block by block.

A line of a large program reads and writes whole arrays, which do not fit into the cache. Where
lines can be fused, all of them are run on one block of entries before the next block is begun: the
intermediate results are then small, and stay in the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from hessopt.backends.blocks import UFUNCS, BlockDriver
from hessopt.backends.lines import Writer
from hessopt.backends.threaded import ThreadedDriver
from hessopt.program.fuse import fuse
from hessopt.program.fusible import fusible
from hessopt.program.nest import Nest
from hessopt.program.program import Instruction, Program, Ref

LARGE = 1 << 14  # entries; arrays of fewer stay in the cache by themselves


MOST_INSTRUCTIONS = 2000  # to look for loops in more takes longer than it saves


def compile_program(program: Program, threads: int = 1) -> Callable[..., Any]:
    """Return ``run(*arrays) -> (outputs, guards hold)``; without outputs where they do not.

    The blocks of a loop run on so many threads, where that pays and each writes entries of its own.
    """
    shapes = [shape for shape, _ in program.inputs] + [x.shape for x in program.instructions]
    large = any(shape and prod(shape) >= LARGE for shape in shapes)
    if not large or len(program.instructions) > MOST_INSTRUCTIONS:
        return Writer(program).compiled()

    def size(x: Any) -> int:
        return prod(shapes[x.number] or ()) if isinstance(x, Ref) else 1

    def worth(line: Instruction) -> bool:
        looks_up = line.op in ("GetItem", "ScatterAdd") and "array(" in repr(line.params)
        if line.shape == () and line.op not in ("Sum", "Max", "Min", "MatMul", "Dot"):
            return False
        return not looks_up and max([prod(line.shape or ()), *map(size, line.operands)]) >= LARGE

    plan = fuse(program, fusible(program, UFUNCS, worth))
    if not any(isinstance(step, Nest) for step in plan.steps):
        return Writer(program).compiled()
    if threads > 1:
        return ThreadedDriver(program, plan, threads).compiled()
    return BlockDriver(program, plan).compiled()
