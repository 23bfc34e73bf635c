"""Which values of a program may share memory, and how long each is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hessopt.program.program import Instruction, Program, Ref

FOR_EVER = 1 << 60

# Functions whose result is new memory, besides ufuncs and their reductions.
_FRESH = frozenset(
    {
        np.concatenate,
        np.copy,
        np.cumprod,
        np.cumsum,
        np.dot,
        np.linalg.cholesky,
        np.linalg.det,
        np.linalg.inv,
        np.linalg.solve,
        np.repeat,
        np.roll,
        np.tile,
        np.where,
    }
)
_FRESH_NAMES = frozenset(("Pow", "ScatterAdd", "SetItem", "MatMul", "Dot", "Concatenate"))


@dataclass(frozen=True)
class Memory:
    """What is known of the memory of a program's values.

    Attributes
    ----------
    group : list of int
        For each value, the number of the first of those that may share memory with it.
    size : dict
        How many values each group has.
    end : dict
        For each group, the last line that reads one of it; `FOR_EVER` where an output, a guard or
        code of the user's may hold on to it.
    """

    group: list[int]
    size: dict[int, int]
    end: dict[int, int]


def memory_of(program: Program) -> Memory:
    """Work out who shares memory with whom, and until when."""
    group = _groups(program)
    size: dict[int, int] = {}
    for first in group:
        size[first] = size.get(first, 0) + 1
    end = dict.fromkeys(group, -1)
    for number, line in program.numbered():
        end[group[number]] = max(end[group[number]], number)
        until = number if line.op else FOR_EVER
        for k in line.references():
            end[group[k]] = max(end[group[k]], until)
    for x in program.roots():
        if isinstance(x, Ref):
            end[group[x.number]] = FOR_EVER
    return Memory(group, size, end)


def is_fresh(line: Instruction) -> bool:
    """Whether the result is new memory for certain."""
    forward = line.primitive.forward
    return bool(line.op) and (
        isinstance(forward, np.ufunc)
        or isinstance(getattr(forward, "__self__", None), np.ufunc)
        or forward in _FRESH
        or line.op in _FRESH_NAMES
    )


def _groups(program: Program) -> list[int]:
    """Join the values that may share memory; the smallest number stands for the group."""
    parent: list[int] = list(range(len(program.inputs) + len(program.instructions)))

    def first(k: int) -> int:
        while parent[k] != k:
            parent[k] = k = parent[parent[k]]
        return k

    for number, line in program.numbered():
        if is_fresh(line):
            continue
        for k in line.references():
            a, b = sorted((first(number), first(k)))
            parent[b] = a
    return [first(k) for k in range(len(parent))]


def size_in_bytes(shape: tuple[int, ...], dtype: Any) -> int:
    """Return how much memory an array takes."""
    return int(np.prod(shape)) * np.dtype(dtype).itemsize
