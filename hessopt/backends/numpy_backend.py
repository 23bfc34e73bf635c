"""Programs as straight-line Python that calls NumPy.

Large elementwise results go by ``out=`` into buffers that are reused as soon as nothing needs what
they hold. A call takes a set of buffers from a pool and puts it back, so a program may be called
from several threads, and from within itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.program.program import Instruction, Program, Ref

LARGE = 1 << 15  # bytes; below, allocating costs less than passing out=


def compile_program(program: Program) -> Callable[..., Any]:
    """Return ``run(*arrays) -> (outputs, guards hold)``."""
    writer = _Writer(program)
    source = writer.source()
    namespace = dict(writer.names)
    exec(compile(source, "<hessopt program>", "exec"), namespace)
    run = namespace["run"]
    run.__doc__ = source
    return run


class _Writer:
    """Writes one program down; values that may share memory form a group."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names: dict[str, Any] = {"np": np, "asarray": np.asarray, "empty": np.empty}
        self.group = _groups(program)
        self.end = _ends(program, self.group)
        self.size_of_group: dict[int, int] = {}
        for group in self.group:
            self.size_of_group[group] = self.size_of_group.get(group, 0) + 1
        self.buffer: dict[int, int] = {}  # a group, its buffer
        self.free: dict[Any, list[int]] = {}
        self.buffers: list[Any] = []

    def source(self) -> str:
        program = self.program
        lines: list[str] = []
        for number, line in program.numbered():
            lines += self.write(number, line)
            self.release(number)
        guards = [f"bool({self.spell(g.value)}) is {g.outcome}" for g in program.guards]
        outputs = "".join(f"{self.output(x)}, " for x in program.outputs)
        lines.append(f"result = ({outputs}), {' and '.join(guards) or 'True'}")
        if self.buffers:
            self.names["pool"] = []
            allocate = "".join(f"empty({shape!r}, {self.name(d)}), " for shape, d in self.buffers)
            held = "".join(f"b{k}, " for k in range(len(self.buffers)))
            lines = [
                "try:",
                "    held = pool.pop()",
                "except IndexError:",
                f"    held = ({allocate})",
                f"({held}) = held",
                *lines,
                "pool.append(held)",
            ]
        arguments = ", ".join(f"v{k}" for k in range(len(program.inputs)))
        body = "\n".join(f"    {line}" for line in [*lines, "return result"])
        return f"def run({arguments}):\n{body}\n"

    def name(self, value: Any) -> str:
        """Put a constant into the program's namespace."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def spell(self, x: Any) -> str:
        if isinstance(x, Ref):
            return f"v{x.number}"
        if type(x) is int or (type(x) is float and np.isfinite(x)):
            return f"({x!r})"
        return self.name(x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x)

    def index(self, index: Any) -> str:
        if type(index) is int:
            return str(index)
        if isinstance(index, slice):
            parts = (index.start, index.stop, index.step)
            if all(p is None or type(p) is int for p in parts):
                spelled = ["" if p is None else str(p) for p in parts]
                return ":".join(spelled if spelled[2] else spelled[:2])
        return self.name(index)

    def write(self, number: int, line: Instruction) -> list[str]:
        operands = [self.spell(x) for x in line.operands]
        primitive = line.primitive
        if primitive.name == "GetItem":
            return [f"v{number} = {operands[0]}[{self.index(line.params['index'])}]"]
        if primitive.name == "Item":
            return [f"v{number} = {operands[0]}[{line.params['slot']}]"]
        if primitive.name == "ScatterAdd":
            return self.scatter(number, line, operands)
        if primitive.symbol in _OPERATORS or isinstance(primitive.forward, np.ufunc):
            return [f"v{number} = {self.arithmetic(number, line, operands)}"]
        parameters = [f"{k}={self.name(v)}" for k, v in line.params.items()]
        call = ", ".join([*operands, *parameters])
        return [f"v{number} = {self.name(primitive.forward)}({call})"]

    def arithmetic(self, number: int, line: Instruction, operands: list[str]) -> str:
        symbol = line.primitive.symbol
        ufunc = line.primitive.forward
        if line.primitive.name == "Pow":
            square = operands[1] == "(2)"
            ufunc, operands = (np.square, operands[:1]) if square else (ufunc, operands)
            if square:
                symbol = ""
        if isinstance(ufunc, np.ufunc) and ufunc.nout == 1 and self.takes_buffer(number, line):
            return f"{self.name(ufunc)}({', '.join(operands)}, {self.take(number, line)})"
        if symbol in _OPERATORS:
            return f" {symbol} ".join(operands) if len(operands) == 2 else symbol + operands[0]
        return f"{self.name(ufunc)}({', '.join(operands)})"

    def scatter(self, number: int, line: Instruction, operands: list[str]) -> list[str]:
        base, *values = operands
        zero = not isinstance(line.operands[0], Ref) and not np.any(line.operands[0])
        start = f"np.zeros({line.shape!r}, {self.name(line.dtype)})"
        text = [f"v{number} = {start if zero else f'np.array({base})'}"]
        for place, (value, index) in enumerate(zip(values, line.params["indices"], strict=True)):
            if not isinstance(index, slice):
                add = self.name(line.primitive.forward)
                indices = self.name((index,))
                text.append(f"v{number} = {add}(v{number}, {value}, indices={indices})")
            elif zero and place == 0:
                text.append(f"v{number}[{self.index(index)}] = {value}")
            else:
                text += [f"t = v{number}[{self.index(index)}]", f"t += {value}"]
        return text

    # Buffers

    def takes_buffer(self, number: int, line: Instruction) -> bool:
        if line.shape is None or line.dtype is None or self.end[self.group[number]] == _FOR_EVER:
            return False
        return int(np.prod(line.shape)) * line.dtype.itemsize >= LARGE

    def take(self, number: int, line: Instruction) -> str:
        kind = (line.shape, line.dtype)
        chosen = None
        for k in line.references():  # an operand of which nothing is read later is overwritten
            group = self.group[k]
            ending = group in self.buffer and self.end[group] == number
            if ending and self.buffers[self.buffer[group]] == kind:
                chosen = self.buffer.pop(group)
                break
        free = self.free.setdefault(kind, [])
        if chosen is None and free:
            chosen = free.pop()
        if chosen is None:
            chosen = len(self.buffers)
            self.buffers.append(kind)
        self.buffer[self.group[number]] = chosen
        return f"b{chosen}"

    def release(self, number: int) -> None:
        for group in [g for g in self.buffer if self.end[g] <= number]:
            buffer = self.buffer.pop(group)
            self.free[self.buffers[buffer]].append(buffer)

    def output(self, x: Any) -> str:
        """Spell an output, which is an array of its own: no input, buffer, view or constant."""
        if not isinstance(x, Ref):
            return f"np.array({self.name(x)})"
        alone = self.size_of_group[self.group[x.number]] == 1
        once = sum(isinstance(y, Ref) and y.number == x.number for y in self.program.outputs) == 1
        if not alone or not once or x.number < len(self.program.inputs):
            return f"np.array(v{x.number})"
        return f"asarray(v{x.number})"


_OPERATORS = {"+", "-", "*", "/", "**", "@"}

_FOR_EVER = 1 << 60


def _is_fresh(line: Instruction) -> bool:
    """Whether the result is new memory for certain."""
    forward = line.primitive.forward
    return (
        isinstance(forward, np.ufunc)
        or isinstance(getattr(forward, "__self__", None), np.ufunc)
        or line.primitive.name in ("Pow", "ScatterAdd")
    )


def _groups(program: Program) -> list[int]:
    """Return, for each value, the first of those with which it may share memory."""
    group = list(range(len(program.inputs) + len(program.instructions)))
    for number, line in program.numbered():
        if _is_fresh(line):
            continue
        joined = {group[k] for k in line.references()} | {number}
        first = min(joined)
        if len(joined) > 1:
            group = [first if g in joined else g for g in group] if len(joined) > 2 else group
            group[number] = first
    return group


def _ends(program: Program, group: list[int]) -> dict[int, int]:
    """Return, for each group, the last line that reads one of it."""
    end: dict[int, int] = dict.fromkeys(group, -1)
    for number, line in program.numbered():
        end[group[number]] = max(end[group[number]], number)
        for k in line.references():
            end[group[k]] = number
    for x in program.roots():
        if isinstance(x, Ref):
            end[group[x.number]] = _FOR_EVER
    return end
