"""Passes that make a program shorter; each is a pure function from program to program.

None changes a result beyond rounding; what each does to the last digits is said where it is
defined. The sign of a zero may change, for x + 0 is taken to be x.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import copysign
from typing import Any

import numpy as np

from hessopt.program.algebra import algebra
from hessopt.program.program import Instruction, Program, Ref

Pass = Callable[[Program], Program]

ROUNDS = 8


def simplify(program: Program) -> Program:
    """Run all passes until none finds anything, and note what each removed."""
    notes = list(program.passes)
    for _ in range(ROUNDS):
        for one in PASSES:
            before, program = program, one(program)
            counts = len(before.instructions), len(program.instructions)
            if counts[0] != counts[1]:
                notes.append((one.__name__, *counts))
        if program is before:  # algebra found nothing, and so the others would not either
            break
    return replace(program, passes=tuple(notes))


def dead_code(program: Program) -> Program:
    """Drop what neither an output nor a guard needs. What may fail must go on to do so."""
    needed = {x.number for x in program.roots() if type(x) is Ref}
    kept = []
    for number, line in reversed(list(program.numbered())):
        if number in needed or line.primitive.may_fail:
            kept.append((number, line))
            for x in line.operands:
                if type(x) is Ref:
                    needed.add(x.number)
    return program.rebuilt(kept[::-1], {})


def fold_constants(program: Program) -> Program:
    """Compute what depends on constants alone, where the result is no larger than they are."""
    numbers: dict[int, Any] = {}
    kept = []
    for number, line in program.numbered():
        line = line.renumbered(numbers)
        if Ref not in map(type, line.operands) and line.shape is not None and line.op:
            size = int(np.prod(line.shape))
            if size <= max([1, *(np.size(x) for x in line.operands)]):
                with np.errstate(all="ignore"):
                    value = np.asarray(line.primitive.forward(*line.operands, **line.params))
                if value.shape == line.shape and value.dtype == line.dtype:
                    numbers[number] = value
                    continue
        kept.append((number, line))
    return program.rebuilt(kept, numbers)


def common_subexpressions(program: Program) -> Program:
    """Compute once what two lines compute alike. a + b and b + a, or products, are alike."""
    numbers: dict[int, Any] = {}
    seen: dict[Any, int] = {}
    kept = []
    for number, line in program.numbered():
        line = line.renumbered(numbers)
        first = seen.setdefault(_key(line), number) if line.op else number
        if first == number:
            kept.append((number, line))
        else:
            numbers[number] = Ref(first)
    return program.rebuilt(kept, numbers)


def uniform_constants(program: Program) -> Program:
    """Take one number for an array of equal ones, where an elementwise operation allows it.

    Elsewhere the array becomes a view of one number, which takes no memory.
    """
    found: dict[int, Any] = {}
    shapes: list[Any] = [shape for shape, _ in program.inputs]
    shapes += [line.shape for line in program.instructions]

    def shrunk(line: Instruction, place: int) -> Any:
        x = line.operands[place]
        if not isinstance(x, np.ndarray) or x.size < 2:
            return x
        if id(x) not in found:
            found[id(x)] = _uniform(x)
        number = found[id(x)]
        if number is None:
            return x
        others = [y for k, y in enumerate(line.operands) if k != place]
        sizes = [shapes[y.number] if isinstance(y, Ref) else np.shape(y) for y in others]
        if line.op and line.primitive.elementwise and np.broadcast_shapes(*sizes) == line.shape:
            return number
        as_view = line.op == "ScatterAdd" and any(x.strides)
        return np.broadcast_to(number, x.shape) if as_view else x

    kept = []
    for number, line in program.numbered():
        if any(isinstance(x, np.ndarray) and x.size > 1 for x in line.operands):
            operands = tuple(shrunk(line, k) for k in range(len(line.operands)))
            if any(x is not y for x, y in zip(operands, line.operands, strict=True)):
                line = line._replace(operands=operands)
        kept.append((number, line))
    return program.rebuilt(kept, {})


def _uniform(x: np.ndarray) -> Any:
    """Return the entry that all entries are, bit for bit, or None."""
    if x.dtype.kind not in "fiu":
        return None
    first = x[(0,) * x.ndim]
    if any(x.strides) and not np.all(x == first):
        return None
    return first if first != 0 or np.all(np.signbit(x) == np.signbit(first)) else None


# Each may make work for those below it; `algebra`, which asks how often a value is used, for all
PASSES: tuple[Pass, ...] = (
    fold_constants,
    uniform_constants,
    common_subexpressions,
    dead_code,
    algebra,
)

_COMMUTATIVE = frozenset(("Add", "Mul"))


def _key(line: Instruction) -> Any:
    primitive, operands, params, shape, dtype = line
    # a number stands for a value, as what stands for a constant is a tuple
    key: Any = tuple([x.number if type(x) is Ref else _freeze(x) for x in operands])
    if line.op in _COMMUTATIVE and dtype is not None and dtype.kind != "c":
        key = frozenset(key)
    return (id(primitive), key, _freeze(params) if params else None, shape, dtype)


def _freeze(x: Any) -> Any:
    """Return a tuple that is equal where two constants may stand for each other."""
    if type(x) is float:
        return (float, x, copysign(1.0, x))  # 0.0 and -0.0 are equal but not alike
    if isinstance(x, (tuple, list)):
        return (type(x), *map(_freeze, x))  # a list of numbers indexes otherwise than a tuple
    if isinstance(x, dict):
        return tuple((k, _freeze(v)) for k, v in x.items())
    if isinstance(x, slice):
        return ("slice", _freeze(x.start), _freeze(x.stop), _freeze(x.step))
    if isinstance(x, np.ndarray):
        if x.dtype.hasobject:
            return ("array", id(x))
        if x.size > 16 and not any(x.strides):
            return ("all", x.dtype, x.shape, x[(0,) * x.ndim].tobytes())
        return (x.dtype, x.shape, x.tobytes()) if x.nbytes <= 4096 else ("array", id(x))
    try:
        hash(x)
    except TypeError:
        return ("object", id(x))
    return (type(x), x, str(x))  # as above
