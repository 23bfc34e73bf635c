"""Programs as loops compiled by numba: each array is read and written once.

What can be a loop is fused by `hessopt.program.fuse`; what cannot (products of matrices,
decompositions, functions that numba does not know) is called as the NumPy backend calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from math import prod
from typing import Any

import numpy as np

from hessopt.backends import kernel_cache, numpy_backend
from hessopt.backends.numba_kernel import SPELLINGS, KernelWriter, indented
from hessopt.program.fuse import fuse, price
from hessopt.program.fusible import fusible
from hessopt.program.nest import Call, Check, Nest, Plan, View, Zero
from hessopt.program.program import Instruction, Program, Ref

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
    return _Driver(program, plan).compiled()


class _Driver:
    """Writes the Python that allocates, runs kernels and calls, in the order of the plan."""

    def __init__(self, program: Program, plan: Plan) -> None:
        self.program, self.plan = program, plan
        self.kinds: list[Any] = [
            *program.inputs,
            *((line.shape, line.dtype) for line in program.instructions),
        ]
        self.writer = numpy_backend.Writer(program, buffered=False)
        self.names = self.writer.names
        self.names["flattened"] = _flat
        self.fresh: dict[int, int] = {}  # values in memory of this call, by the array they lie in
        self.constants: dict[Any, str] = {}
        self.lines: list[str] = []

    def compiled(self) -> Callable[..., Any]:
        """Write everything down and return it as a function."""
        for number, (shape, dtype) in enumerate(self.program.inputs):
            if shape == ():
                self.lines.append(f"v{number} = {self.number_of(dtype)}(v{number})")
            else:
                self.flat(number)
        steps = groupby(self.plan.steps, key=lambda step: isinstance(step, (Call, View)))
        runs = [(outside, list(group)) for outside, group in steps]
        for place, (outside, group) in enumerate(runs):
            later = [step for _, steps in runs[place + 1 :] for step in steps]
            if outside:
                for step in group:
                    self.call(step.number) if isinstance(step, Call) else self.view(step)
            elif any(isinstance(step, (Nest, Zero)) for step in group):
                self.kernel(group, later)
            else:
                self.lines += [
                    f"if {'not ' if check.outcome else ''}v{check.number}: return (), False"
                    for check in group
                ]
        outputs = "".join(f"{self.output(x)}, " for x in self.program.outputs)
        arguments = ", ".join(f"v{k}" for k in range(len(self.program.inputs)))
        body = [*self.lines, f"return ({outputs}), True"]
        source = "\n".join([f"def run({arguments}):", *indented(body)])
        exec(compile(source, "<hessopt program>", "exec"), self.names)
        run = self.names["run"]
        run.__doc__ = source
        return run

    def number_of(self, dtype: Any) -> str:
        """Return the name of the type of single numbers."""
        return self.writer.name(np.dtype(dtype).type)

    def call(self, number: int) -> None:
        """Run a line as NumPy would."""
        line = self.program.instructions[number - len(self.program.inputs)]
        self.lines += self.writer.write(number, line)
        if not line.op:  # code of the user's may keep what it is given
            for k in line.references():
                self.fresh.pop(k, None)
        if line.shape:
            self.flat(number)

    def flat(self, number: int) -> None:
        """Ravel an array that kernels may read: contiguous and writable, as they are compiled."""
        flat = f"r{number}"
        self.lines += [
            f"{flat} = v{number} if v{number}.flags.carray else flattened(v{number})",
            *([f"{flat} = {flat}.reshape(-1)"] if len(self.kinds[number][0]) > 1 else ()),
        ]

    def view(self, step: View) -> None:
        """Take an array in another shape."""
        shape = self.kinds[step.number][0]
        self.lines.append(f"v{step.number} = v{step.of}.reshape({shape!r})")
        self.lines.append(f"r{step.number} = r{step.of}")
        if step.of in self.fresh:
            self.fresh[step.number] = self.fresh[step.of]

    def kernel(self, steps: list[Any], later: list[Any]) -> None:
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
            self.lines.append("if not holds: return (), False")
        self.lines += [f"v{n} = {self.number_of(self.kinds[n][1])}(v{n})" for n in defined]

    def argument(self, key: Any) -> tuple[str, str]:
        """Return what to pass for an array or number that a kernel reads, and its type."""
        if isinstance(key, int):
            shape, dtype = self.kinds[key]
            if key in self.plan.stored and key not in self.fresh:
                self.fresh[key] = key
                kind = "" if dtype == np.float64 else f", {self.writer.name(dtype)}"
                self.lines.append(f"r{key} = v{key} = empty({prod(shape)}{kind})")
                if len(shape) > 1:
                    self.lines.append(f"v{key} = r{key}.reshape({shape!r})")
            return f"r{key}", f"{_TYPES[dtype]}[::1]"
        if key[0] == "scalar":
            return f"v{key[1]}", _TYPES[self.kinds[key[1]][1]]
        if key not in self.constants:
            self.constants[key] = self.writer.name(_flat(self.plan.arrays[key]))
        name = self.constants[key]
        return name, f"{_TYPES[self.names[name].dtype]}[::1]"

    def numbers_for(self, later: list[Any]) -> set[int]:
        """Return the single numbers that later steps and the outputs need."""
        wanted = {x.number for x in self.program.outputs if isinstance(x, Ref)}
        for step in later:
            if isinstance(step, Call):
                line = self.program.instructions[step.number - len(self.program.inputs)]
                wanted.update(line.references())
            elif isinstance(step, Check):
                wanted.add(step.number)
            elif isinstance(step, Nest):
                wanted.update(step.scalars())
        return wanted

    def output(self, x: Any) -> str:
        """Spell an output, which is an array of its own."""
        if not isinstance(x, Ref):
            return self.writer.output(x)
        numbers = [y.number for y in self.program.outputs if isinstance(y, Ref)]
        if self.kinds[x.number][0] == () and x.number not in self.writer.called:
            return f"v{x.number}"
        lies_in = self.fresh.get(x.number)
        if lies_in is None:
            return self.writer.output(x)
        shared = sum(self.fresh.get(n) == lies_in for n in numbers) > 1
        return f"np.array(v{x.number})" if shared else f"v{x.number}"


_TYPES = {
    np.dtype(np.float64): "f8",
    np.dtype(np.float32): "f4",
    np.dtype(np.bool_): "b1",
    np.dtype(np.int64): "i8",
}
_ZEROS = {np.dtype(np.float64): "0.0", np.dtype(np.float32): "f4(0.0)", np.dtype(bool): "False"}


def _tuple(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _flat(x: np.ndarray) -> np.ndarray:
    """Return an array raveled, contiguous and writable, of a type that kernels take."""
    if x.dtype.kind in "iu":
        x = x.astype(np.int64)
    x = np.ascontiguousarray(x).reshape(-1)
    return x if x.flags.writeable and x.flags.aligned else x.copy()
