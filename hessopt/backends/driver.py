"""The Python around fused loops: it allocates, runs them and calls, in the order of a plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from math import prod
from typing import Any

import numpy as np

from hessopt.backends.code import FAILED, Code
from hessopt.backends.lines import LARGE, Writer
from hessopt.program.memory import size_in_bytes
from hessopt.program.nest import Call, Check, Nest, Plan, View, Zero
from hessopt.program.program import Program, Ref


class Driver:
    """Writes the Python that allocates, runs kernels and calls, in the order of the plan."""

    def __init__(self, program: Program, plan: Plan) -> None:
        self.program, self.plan = program, plan
        self.kinds: list[Any] = [
            *program.inputs,
            *((line.shape, line.dtype) for line in program.instructions),
        ]
        self.writer = Writer(program, buffered=False)
        self.names = self.writer.names
        self.names["flattened"] = flattened
        self.pending = set(plan.stored)  # arrays that are not allocated yet
        self.fresh: dict[int, int] = {}  # values in memory of this call, by the array they lie in
        self.constants: dict[Any, str] = {}
        self.alive: set[int] = set()  # large arrays of this call
        self.lines: list[str] = []

    def compiled(self) -> Callable[..., Any]:
        """Write everything down and return it as a function."""
        steps = groupby(self.plan.steps, key=lambda step: isinstance(step, (Call, View)))
        runs = [(outside, list(group)) for outside, group in steps]
        for place, (outside, group) in enumerate(runs):
            later = [step for _, steps in runs[place + 1 :] for step in steps]
            if outside:
                for k, step in enumerate(group):
                    self.call(step.number) if isinstance(step, Call) else self.view(step)
                    self.let_go(group[k + 1 :] + later)
            elif any(isinstance(step, (Nest, Zero)) for step in group):
                self.loops(group, later)
                self.let_go(later)
            else:
                for check in group:
                    self.check(check)
        outputs = [self.output(x) for x in self.program.outputs]
        entry = [self.entry(number) for number in range(len(self.program.inputs))]
        return Code(entry, self.lines, outputs, self.names).compiled()

    def entry(self, number: int) -> list[str]:
        """Prepare an input: a number, or an array as it is and raveled, if anything reads that."""
        shape, dtype = self.kinds[number]
        if shape == ():
            return [f"v{number} = {self.number_of(dtype)}(v{number})"]
        raveled = re.compile(rf"\br{number}\b")
        return self.flat(number) if any(raveled.search(line) for line in self.lines) else []

    def check(self, check: Check) -> None:
        """Leave where a condition does not hold."""
        wrong = f"{'not ' if check.outcome else ''}v{check.number}"
        self.lines.append(f"if {wrong}: {FAILED}")

    def number_of(self, dtype: Any) -> str:
        """Return the name of the type of single numbers."""
        return self.writer.name(np.dtype(dtype).type)

    def call(self, number: int) -> None:
        """Run a line as NumPy would."""
        line = self.program.instructions[number - len(self.program.inputs)]
        self.lines += self.writer.write(number, line)
        if not line.op:  # code of the user's may keep what it is given
            kept = {self.fresh.get(k) for k in line.references()} - {None}
            self.fresh = {k: lies_in for k, lies_in in self.fresh.items() if lies_in not in kept}
        if line.shape:
            self.lines += self.flat(number)
            self.made(number)
        elif line.shape == ():
            self.lines.append(f"v{number} = v{number}[()]")  # kernels take numbers

    def made(self, number: int) -> None:
        """Note that an array was made, if it is worth letting go of."""
        shape, dtype = self.kinds[number]
        if size_in_bytes(shape, dtype) >= LARGE:
            self.alive.add(number)

    def flat(self, number: int) -> list[str]:
        """Ravel an array that kernels may read: contiguous and writable, as they are compiled."""
        flat = f"r{number}"
        return [
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

    def let_go(self, later: list[Any]) -> None:
        """Free the large arrays made so far that no later step reads."""
        shared = {step.of for step in self.plan.steps if isinstance(step, View)}
        needed = {x.number for x in self.program.outputs if isinstance(x, Ref)} | shared
        for step in later:
            needed |= self.reads(step)
        for number in sorted(self.alive - needed):
            self.lines.append(f"del v{number}, r{number}")
        self.alive &= needed

    def reads(self, step: Any) -> set[int]:
        """Return the arrays that a step reads, or adds to."""
        if isinstance(step, Call):
            line = self.program.instructions[step.number - len(self.program.inputs)]
            return set(line.references())
        if isinstance(step, Nest):
            return step.arrays()
        return {step.number} if isinstance(step, Zero) else set()

    def loops(self, steps: list[Any], later: list[Any]) -> None:
        """Write a run of loops; `later` are the steps that come after it."""
        raise NotImplementedError

    def array(self, key: Any) -> str:
        """Return the name of a raveled array: a value, or a constant by its key in the plan."""
        if not isinstance(key, int):
            if key not in self.constants:
                self.constants[key] = self.writer.name(flattened(self.plan.arrays[key]))
            return self.constants[key]
        shape, dtype = self.kinds[key]
        if key in self.pending:
            self.pending.remove(key)
            self.fresh[key] = key
            kind = "" if dtype == np.float64 else f", {self.writer.name(dtype)}"
            self.lines.append(f"r{key} = v{key} = empty({prod(shape)}{kind})")
            if len(shape) > 1:
                self.lines.append(f"v{key} = r{key}.reshape({shape!r})")
            self.made(key)
        return f"r{key}"

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


def flattened(x: np.ndarray) -> np.ndarray:
    """Return an array raveled, contiguous and writable, of a type that kernels take."""
    if x.dtype.kind in "iu":
        x = x.astype(np.float64 if x.dtype == np.uint64 else np.int64)
    elif x.dtype == np.float16:
        x = x.astype(np.float32)
    x = np.ascontiguousarray(x).reshape(-1)
    return x if x.flags.writeable and x.flags.aligned else x.copy()
