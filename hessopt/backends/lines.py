"""Lines of a program as straight-line Python that calls NumPy.

Large elementwise results go by ``out=`` into buffers that are reused as soon as nothing needs what
they hold. A call takes a set of buffers from a pool and puts it back, so a program may be called
from several threads, and from within itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.accumulate import is_basic
from hessopt.autodiff.constants import Constant
from hessopt.backends.code import FAILED, Code
from hessopt.program.known import is_zero
from hessopt.program.memory import FOR_EVER, memory_of, size_in_bytes
from hessopt.program.program import Instruction, Program, Ref

LARGE = 1 << 15  # bytes; below, allocating costs less than passing out=

_SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Neg": "-", "MatMul": "@"}

# Exponents for which `a ** b` takes another function than `np.power`, with another last digit.
_SHORT_POWERS = (-1, 0, 0.5, 1, 2)


class Writer:
    """Writes one program down, line by line; without buffers each result is new memory."""

    def __init__(self, program: Program, *, buffered: bool = True) -> None:
        self.program, self.buffered = program, buffered
        self.called: set[int] = set()
        self.names: dict[str, Any] = {"np": np, "asarray": np.asarray, "empty": np.empty}
        self.constants: dict[str, str] = {}
        self.shapes = [shape for shape, _ in program.inputs]
        self.shapes += [line.shape for line in program.instructions]
        self.memory = memory_of(program)
        self.buffer: dict[int, int] = {}  # a group, its buffer
        self.free: dict[Any, list[int]] = defaultdict(list)
        self.buffers: list[Any] = []  # shape and type of each
        self.ending: dict[int, list[int]] = defaultdict(list)  # a line, the groups it reads last
        for group, end in self.memory.end.items():
            self.ending[end].append(group)
        self.large: dict[int, list[int]] = defaultdict(list)  # a group, its values to let go of
        self.guards: dict[int, set[bool]] = defaultdict(set)
        for guard in program.guards:
            if isinstance(guard.value, Ref):
                self.guards[guard.value.number].add(guard.outcome)

    def compiled(self) -> Callable[..., Any]:
        """Return the whole program as a function."""
        program = self.program
        lines = self.checks(range(len(program.inputs)))
        for number, line in program.numbered():
            lines += self.write(number, line)
            lines += self.release(number)
            lines += self.checks([number])
        outputs = [self.output(x) for x in program.outputs]
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
                *(line.replace(FAILED, f"pool.append(held); {FAILED}") for line in lines),
                f"result = ({''.join(f'{x}, ' for x in outputs)})",
                "pool.append(held)",
            ]
            outputs = [f"result[{k}]" for k in range(len(outputs))]
        return Code([[] for _ in program.inputs], lines, outputs, self.names).compiled()

    def checks(self, numbers: Sequence[int]) -> list[str]:
        """Write the guards: nothing may run that the function did not run in that case."""
        return [
            f"if {'not ' if outcome else ''}v{number}: {FAILED}"
            for number in numbers
            for outcome in self.guards[number]
        ]

    def name(self, value: Any) -> str:
        """Put a constant into the program's namespace."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def spell(self, x: Any) -> str:
        """Return the code of an operand."""
        if isinstance(x, Ref):
            return f"v{x.number}"
        if type(x) is int or (type(x) is float and np.isfinite(x)):
            return f"({x!r})"
        return self.name(x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x)

    def number(self, x: Any, line: Instruction) -> str:
        """Return the code of an operand of a ufunc; NumPy takes longer over a Python number."""
        double = line.dtype == np.float64 and line.shape
        if not double or type(x) not in (int, float, np.float64) or float(x) != x:
            return self.spell(x)
        key = repr(float(x))
        if key not in self.constants:
            self.constants[key] = self.name(np.array(float(x)))
        return self.constants[key]

    def index(self, index: Any) -> str:
        """Return the code between the brackets of an index."""
        if type(index) is tuple and is_basic(index) and index:
            return "".join(f"{self.index(part)}, " for part in index)
        if index is None or index is Ellipsis:
            return "None" if index is None else "..."
        if type(index) is int:
            return str(index)
        if isinstance(index, slice):
            parts = (index.start, index.stop, index.step)
            if all(p is None or type(p) is int for p in parts):
                spelled = ["" if p is None else str(p) for p in parts]
                return ":".join(spelled if spelled[2] else spelled[:2])
        return self.name(index)

    def write(self, number: int, line: Instruction) -> list[str]:
        """Write one line; its operands are v0, v1, ... by their numbers."""
        self.called.add(number)
        primitive = line.primitive
        ufunc = isinstance(primitive.forward, np.ufunc) and line.op != "Pow"
        plain = line.op and ufunc and not line.params
        spell = self.number if plain else lambda x, line: self.spell(x)
        operands = [spell(x, line) for x in line.operands]
        if line.op == "GetItem":
            return [f"v{number} = {operands[0]}[{self.index(line.params['index'])}]"]
        if line.op == "Item":
            return [f"v{number} = asarray({operands[0]}[{line.params['slot']}])"]
        if line.op == "ScatterAdd":
            return self.scatter(number, line, operands)
        if line.op == "Pow":
            return [f"v{number} = {self.power(number, line, operands)}"]
        if plain:
            return [f"v{number} = {self.arithmetic(number, line, operands)}"]
        parameters = [f"{k}={self.name(v)}" for k, v in line.params.items()]
        call = f"{self.name(primitive.forward)}({', '.join([*operands, *parameters])})"
        if (not line.op and line.shape is not None) or isinstance(primitive, Constant):
            call = f"asarray({call})"  # a Python number would divide by zero in another way
        return [f"v{number} = {call}"]

    def arithmetic(self, number: int, line: Instruction, operands: list[str]) -> str:
        """Return the code of a ufunc."""
        ufunc: Any = line.primitive.forward
        if ufunc.nout == 1 and self.takes_buffer(number, line):
            return f"{self.name(ufunc)}({', '.join(operands)}, {self.take(number, line)})"
        sign = _SIGNS.get(line.op)
        if sign is None:
            return f"{self.name(ufunc)}({', '.join(operands)})"
        return f" {sign} ".join(operands) if len(operands) == 2 else sign + operands[0]

    def power(self, number: int, line: Instruction, operands: list[str]) -> str:
        """Return the code of a power, which NumPy computes by its exponent."""
        exponent = line.operands[1]
        if operands[1] == "(2)":
            if self.takes_buffer(number, line):
                return f"np.square({operands[0]}, {self.take(number, line)})"
            return f"np.square({operands[0]})"
        plain = type(exponent) in (int, float) and exponent not in _SHORT_POWERS
        if plain and self.takes_buffer(number, line):
            return f"np.power({', '.join(operands)}, {self.take(number, line)})"
        return " ** ".join(operands)

    def scatter(self, number: int, line: Instruction, operands: list[str]) -> list[str]:
        """Write an array with patches added."""
        base, *values = operands
        zero = is_zero(line.operands[0])
        start = f"np.zeros({line.shape!r}, {self.name(line.dtype)})"
        text = [f"v{number} = {start if zero else f'np.array({base})'}"]
        for place, (value, index) in enumerate(zip(values, line.params["indices"], strict=True)):
            spelled = self.index(index)
            if not is_basic(index):
                text.append(f"np.add.at(v{number}, {spelled}, {value})")
            elif zero and place == 0:
                text.append(f"v{number}[{spelled}] = {value}")
            elif _gives_view(index):  # v[...] += value would copy the sum back as well
                text += [f"t = v{number}[{spelled}]", f"t += {value}"]
            else:
                text.append(f"v{number}[{spelled}] += {value}")
        return text

    # Buffers

    def takes_buffer(self, number: int, line: Instruction) -> bool:
        """Whether a result goes into a buffer."""
        if (
            not self.buffered
            or line.shape is None
            or self.memory.end[self.memory.group[number]] == FOR_EVER
        ):
            return False
        return size_in_bytes(line.shape, line.dtype) >= LARGE

    def take(self, number: int, line: Instruction) -> str:
        """Choose a buffer for a result."""
        kind = (line.shape, line.dtype)
        group = self.memory.group
        chosen = None
        # an operand of which nothing is read later is overwritten, element by element
        for k in line.references() if line.primitive.elementwise else ():
            ending = group[k] in self.buffer and self.memory.end[group[k]] == number
            if ending and self.buffers[self.buffer[group[k]]] == kind:
                chosen = self.buffer.pop(group[k])
                break
        free = self.free[kind]
        if chosen is None and free:
            chosen = free.pop()
        if chosen is None:
            chosen = len(self.buffers)
            self.buffers.append(kind)
        self.buffer[group[number]] = chosen
        return f"out=b{chosen}"

    def release(self, number: int) -> list[str]:
        """Let go of what no later line reads."""
        line = self.program.instructions[number - len(self.program.inputs)]
        group = self.memory.group[number]
        large = line.shape is not None and size_in_bytes(line.shape, line.dtype) >= LARGE
        if large and group not in self.buffer:
            self.large[group].append(number)
        dropped = []
        for ended in self.ending[number]:
            if ended in self.buffer:
                buffer = self.buffer.pop(ended)
                self.free[self.buffers[buffer]].append(buffer)
            dropped += [f"v{k}" for k in self.large.pop(ended, ())]
        return [f"del {', '.join(dropped)}"] if dropped else []

    def output(self, x: Any) -> str:
        """Spell an output: an array of its own, no input, buffer, view or constant; or a number."""
        if not isinstance(x, Ref):
            constant = np.asarray(x)
            return self.name(constant[()]) if constant.ndim == 0 else f"np.array({self.name(x)})"
        if self.shapes[x.number] == ():
            return f"v{x.number}[()]"
        alone = self.memory.size[self.memory.group[x.number]] == 1
        once = sum(isinstance(y, Ref) and y.number == x.number for y in self.program.outputs) == 1
        made_here = x.number >= len(self.program.inputs)
        if alone and once and made_here and self.is_own_memory(x.number):
            return f"v{x.number}"
        return f"np.array(v{x.number})"

    def is_own_memory(self, number: int) -> bool:
        """Whether no code of the user's made the value, which may keep it, or was given it."""
        k = len(self.program.inputs)
        return bool(self.program.instructions[number - k].op)


def _gives_view(index: Any) -> bool:
    """Whether a basic index gives an array, not a number."""
    parts = index if type(index) is tuple else (index,)
    return any(part is Ellipsis or isinstance(part, slice) for part in parts)
