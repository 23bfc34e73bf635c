"""Passes that make a program shorter; each is a pure function from program to program.

None changes a result beyond rounding. `algebra` joins two constant factors into one, which rounds
once where the original rounded twice; every other rewriting is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from hessopt.autodiff.registry import RULES
from hessopt.program.program import Instruction, Program, Ref

Pass = Callable[[Program], Program]

ROUNDS = 8


def simplify(program: Program) -> Program:
    """Run all passes until none finds anything, and note what each removed."""
    notes = list(program.passes)
    for _ in range(ROUNDS):
        before = program
        for one in PASSES:
            count = len(program.instructions)
            program = one(program)
            if len(program.instructions) != count:
                notes.append((one.__name__, count, len(program.instructions)))
        if _same(program, before):
            break
    return replace(program, passes=tuple(notes))


def _same(a: Program, b: Program) -> bool:
    return len(a.instructions) == len(b.instructions) and all(
        _key(p) == _key(q) for p, q in zip(a.instructions, b.instructions, strict=True)
    )


def dead_code(program: Program) -> Program:
    """Drop what neither an output nor a guard needs."""
    needed = {x.number for x in program.roots() if isinstance(x, Ref)}
    kept = []
    for number, line in reversed(list(program.numbered())):
        if number in needed:
            kept.append((number, line))
            needed.update(line.references())
    return program.rebuilt(kept[::-1], {})


def fold_constants(program: Program) -> Program:
    """Compute what depends on constants alone, where the result is no larger than they are."""
    numbers: dict[int, Any] = {}
    kept = []
    for number, line in program.numbered():
        line = line.renumbered(numbers)
        if line.shape is not None and not any(True for _ in line.references()):
            size = int(np.prod(line.shape))
            if size <= max([1, *(np.size(x) for x in line.operands)]):
                numbers[number] = np.asarray(line.primitive.forward(*line.operands, **line.params))
                continue
        kept.append((number, line))
    return program.rebuilt(kept, numbers)


def common_subexpressions(program: Program) -> Program:
    """Compute once what two lines compute alike."""
    numbers: dict[int, Any] = {}
    seen: dict[Any, int] = {}
    kept = []
    for number, line in program.numbered():
        line = line.renumbered(numbers)
        key = _key(line)
        if key in seen:
            numbers[number] = Ref(seen[key])
        else:
            seen[key] = number
            kept.append((number, line))
    return program.rebuilt(kept, numbers)


def algebra(program: Program) -> Program:
    """Apply the rules of `RULES_OF_ALGEBRA` line by line."""
    numbers: dict[int, Any] = {}
    lines: dict[int, Instruction] = {}
    shapes: dict[int, Any] = dict(enumerate(program.inputs))
    kept = []
    for number, line in program.numbered():
        line = line.renumbered(numbers)
        rule = RULES_OF_ALGEBRA.get(line.primitive.name)
        result = rule(line, lines, shapes) if rule is not None else line
        if line.primitive.elementwise and isinstance(result, Instruction):
            result = _without_broadcasts(result, lines, shapes)
        if isinstance(result, Instruction):
            kept.append((number, result))
            lines[number] = result
            shapes[number] = (result.shape, result.dtype)
        else:
            numbers[number] = result
    return program.rebuilt(kept, numbers)


Lines = dict[int, Instruction]
Shapes = dict[int, Any]


def _made_by(x: Any, name: str, lines: Lines) -> Instruction | None:
    """Return the line that computed `x` if it is one of the primitive `name`."""
    line = lines.get(x.number) if isinstance(x, Ref) else None
    return line if line is not None and line.primitive.name == name else None


def _is(x: Any, value: float) -> bool:
    return not isinstance(x, Ref) and np.ndim(x) == 0 and bool(x == value)


def _stands_for(x: Any, line: Instruction, shapes: Shapes) -> bool:
    """Whether `x` has the shape and type of the line's result."""
    return isinstance(x, Ref) and shapes[x.number] == (line.shape, line.dtype)


def _neutral(value: float, sides: tuple[int, ...]) -> Callable[..., Any]:
    def rule(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
        for side in sides:
            other = line.operands[1 - side]
            if _is(line.operands[side], value) and _stands_for(other, line, shapes):
                return other
        return line

    return rule


def _scaled(x: Any, lines: Lines) -> tuple[Any, Any] | None:
    """Return (c, y) where `x` was computed as c y with a scalar constant c; -y is -1 y."""
    if (inner := _made_by(x, "Neg", lines)) is not None:
        return -1, inner.operands[0]
    if (inner := _made_by(x, "Mul", lines)) is not None:
        for place in (0, 1):
            c = inner.operands[place]
            if not isinstance(c, Ref) and np.ndim(c) == 0:
                return c, inner.operands[1 - place]
    return None


def _product(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    """1 x = x; c (d x) = (c d) x for scalar constants c and d."""
    short = _neutral(1, (0, 1))(line, lines, shapes)
    if short is not line:
        return short
    for side in (0, 1):
        c, x = line.operands[side], line.operands[1 - side]
        scaled = None if isinstance(c, Ref) or np.ndim(c) else _scaled(x, lines)
        if scaled is not None and shapes[x.number][1] == line.dtype:
            return replace(line, operands=(c * scaled[0], scaled[1]))
    return line


def _negation(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    """-(-x) = x; -(c x) = (-c) x."""
    x = line.operands[0]
    inner = _made_by(x, "Neg", lines)
    if inner is not None:
        return inner.operands[0]
    scaled = _scaled(x, lines)
    return line if scaled is None else replace(lines[x.number], operands=(-scaled[0], scaled[1]))


def _sum(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    """Use x + 0 = x and a + (-b) = a - b."""
    short = _neutral(0, (0, 1))(line, lines, shapes)
    if short is not line:
        return short
    for side in (0, 1):
        inner = _made_by(line.operands[side], "Neg", lines)
        if inner is not None:
            operands = (line.operands[1 - side], inner.operands[0])
            return replace(line, primitive=RULES[np.subtract], operands=operands)
    return line


def _difference(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    """Use x - 0 = x and a - (-b) = a + b."""
    short = _neutral(0, (1,))(line, lines, shapes)
    inner = _made_by(line.operands[1], "Neg", lines)
    if short is not line or inner is None:
        return short
    return replace(line, primitive=RULES[np.add], operands=(line.operands[0], inner.operands[0]))


def _power(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    base, exponent = line.operands
    return base if _is(exponent, 1) and _stands_for(base, line, shapes) else line


def _same_value(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    """Drop a copy, a cast or a reshaping that changes nothing."""
    x = line.operands[0]
    return x if _stands_for(x, line, shapes) else line


def _reshape(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    inner = _made_by(line.operands[0], "Reshape", lines)
    if inner is not None:
        line = replace(line, operands=inner.operands)
    return _same_value(line, lines, shapes)


def _transpose(line: Instruction, lines: Lines, shapes: Shapes) -> Any:
    axes = line.params["axes"]
    inner = _made_by(line.operands[0], "Transpose", lines)
    if inner is not None:
        axes = tuple(inner.params["axes"][a] for a in axes)
        line = replace(line, operands=inner.operands, params={"axes": axes})
    return line.operands[0] if axes == tuple(range(-len(axes), 0)) else line


RULES_OF_ALGEBRA: dict[str, Callable[..., Any]] = {
    "Mul": _product,
    "Div": _neutral(1, (1,)),
    "Add": _sum,
    "Sub": _difference,
    "Neg": _negation,
    "Pow": _power,
    "Identity": _same_value,
    "Copy": _same_value,
    "Cast": _same_value,
    "BroadcastTo": _same_value,
    "Reshape": _reshape,
    "Transpose": _transpose,
}


def _without_broadcasts(line: Instruction, lines: Lines, shapes: Shapes) -> Instruction:
    """Take an operand as it was before a broadcast that the operation does by itself."""
    operands = list(line.operands)
    for i, x in enumerate(operands):
        inner = _made_by(x, "BroadcastTo", lines)
        if inner is None:
            continue
        trial = [*operands[:i], inner.operands[0], *operands[i + 1 :]]
        sizes = [shapes[t.number][0] if isinstance(t, Ref) else np.shape(t) for t in trial]
        if np.broadcast_shapes(*sizes) == line.shape:
            operands = trial
    return replace(line, operands=tuple(operands))


PASSES: tuple[Pass, ...] = (algebra, fold_constants, common_subexpressions, dead_code)


def _key(line: Instruction) -> Any:
    return (id(line.primitive), _freeze(line.operands), _freeze(line.params), line.dtype)


def _freeze(x: Any) -> Any:
    """Return something hashable that is equal where two constants may stand for each other."""
    if isinstance(x, (tuple, list)):
        return tuple(map(_freeze, x))
    if isinstance(x, dict):
        return tuple((k, _freeze(v)) for k, v in x.items())
    if isinstance(x, slice):
        return ("slice", _freeze(x.start), _freeze(x.stop), _freeze(x.step))
    if isinstance(x, np.ndarray):
        return (x.dtype, x.shape, x.tobytes()) if x.size <= 16 else ("array", id(x))
    if isinstance(x, Ref):
        return ("value", x.number)
    try:
        hash(x)
    except TypeError:
        return ("object", id(x))
    return (type(x), x, str(x))  # 0.0 and -0.0 are equal but not alike
