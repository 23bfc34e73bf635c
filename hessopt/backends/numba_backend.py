"""Programs as loops compiled by numba: each array is read and written once.

What can be a loop is fused by `hessopt.program.fuse`; what cannot (products of matrices,
decompositions, functions that numba does not know) is called as the NumPy backend calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from hessopt.backends import kernel_cache
from hessopt.backends.code import FAILED, indented
from hessopt.backends.driver import Driver
from hessopt.backends.numba_kernel import SPELLINGS, KernelWriter
from hessopt.program.fuse import fuse, price
from hessopt.program.fusible import fusible
from hessopt.program.nest import Nest
from hessopt.program.program import Instruction, Program

VECTORIZED = 1024  # from so many entries on NumPy's transcendental functions win

MOST_INSTRUCTIONS = 2000  # more would take minutes to compile


class NotFused(Exception):
    """A program has nothing that a loop could do better."""


def compile_program(program: Program) -> Callable[..., Any]:
    """Return ``run(*arrays) -> (outputs, guards hold)``; compiling takes about a second.

    Raises
    ------
    NotFused
        If there is nothing to compile, or too much.
    """
    if len(program.instructions) > MOST_INSTRUCTIONS:
        raise NotFused(f"it has {len(program.instructions)} operations")

    def worth(line: Instruction) -> bool:
        computes = line.primitive.forward in SPELLINGS or line.op == "Pow"
        return not computes or price(line) < 16 or prod(line.shape or ()) < VECTORIZED

    plan = fuse(program, fusible(program, SPELLINGS, worth))
    if not any(isinstance(step, Nest) for step in plan.steps):
        raise NotFused("none of its operations can become a loop")
    return _KernelDriver(program, plan).compiled()


class _KernelDriver(Driver):
    """Runs of loops are kernels."""

    def loops(self, steps: list[Any], later: list[Any]) -> None:
        """Write a run of loops as a kernel, and the call of it."""
        writer = KernelWriter(self.kinds)
        for step in steps:
            writer.add(step)
        wanted = self.numbers_for(later)
        defined = [n for n in dict.fromkeys(writer.defines) if n in wanted]
        results = ["True"] * (writer.checks > 0) + [f"s{n}" for n in defined]
        failed = ["False"] * (writer.checks > 0)
        failed += [_ZEROS[self.kinds[n][1]] for n in defined]
        arguments, types = [], []
        for key, name in writer.reads.items():
            argument, kind = self.argument(key)
            arguments.append((name, argument))
            types.append(kind)
        source = "\n".join(
            [
                f"def kernel({', '.join(name for name, _ in arguments)}):",
                *indented(
                    [
                        f"failed = {_tuple(failed)}" if failed and writer.checks else "pass",
                        *writer.lines,
                        f"return {_tuple(results)}" if results else "return",
                    ]
                ),
            ]
        )
        kernel = self.writer.name(kernel_cache.load("kernel", source, f"({', '.join(types)},)"))
        passed = ", ".join(argument for _, argument in arguments)
        targets = ["holds"] * (writer.checks > 0) + [f"v{n}" for n in defined]
        result = f"{_tuple(targets)} = " if targets else ""
        self.lines.append(f"{result}{kernel}({passed})")
        if writer.checks:
            self.lines.append(f"if not holds: {FAILED}")
        self.lines += [f"v{n} = {self.number_of(self.kinds[n][1])}(v{n})" for n in defined]

    def argument(self, key: Any) -> tuple[str, str]:
        """Return what to pass for an array or number that a kernel reads, and its type."""
        if not isinstance(key, int) and key[0] == "scalar":
            return f"v{key[1]}", _TYPES[self.kinds[key[1]][1]]
        name = self.array(key)
        dtype = self.kinds[key][1] if isinstance(key, int) else self.names[name].dtype
        return name, f"{_TYPES[dtype]}[::1]"


_TYPES = {
    np.dtype(np.float64): "f8",
    np.dtype(np.float32): "f4",
    np.dtype(np.bool_): "b1",
    np.dtype(np.int64): "i8",
}
_ZEROS = {np.dtype(np.float64): "0.0", np.dtype(np.float32): "f4(0.0)", np.dtype(bool): "False"}


def _tuple(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"
