"""The pass that rewrites lines one by one, by what they are and what made their operands."""

from __future__ import annotations

from itertools import count
from typing import Any

from hessopt.program.known import Known
from hessopt.program.program import Instruction, Program, Ref
from hessopt.program.rules_of_logistic import RULES_OF_LOGISTIC
from hessopt.program.rules_of_shape import RULES_OF_SHAPE, without_broadcasts
from hessopt.program.rules_of_value import RULES_OF_VALUE

MOST = 16  # rules that a line may need, one after the other


def algebra(program: Program) -> Program:
    """Apply `RULES_OF_SHAPE`, `RULES_OF_VALUE` and `RULES_OF_LOGISTIC` to each line.

    A rule returns the line as it is, another instruction, whose operands may be instructions that
    become lines of their own, or the value that stands for it.
    """
    known = Known(program)
    fresh = count(len(program.inputs) + len(program.instructions))
    numbers: dict[int, Any] = {}
    kept: list[tuple[int, Instruction]] = []

    def emit(number: int, line: Instruction) -> Any:
        """Rewrite a line until no rule changes it; return the value that stands for it, if any."""
        for _ in range(MOST):
            result = rewritten(line, known)
            if result is line:
                break
            if type(result) is not Instruction:
                return result
            line = flattened(result)
        known.add(number, line)
        kept.append((number, line))
        return None

    def flattened(line: Instruction) -> Instruction:
        """Make lines of the operands that are instructions."""
        if Instruction not in map(type, line.operands):
            return line
        emitted: dict[int, Any] = {}
        for x in line.operands:
            if type(x) is Instruction and id(x) not in emitted:
                number = next(fresh)
                value = emit(number, flattened(x))
                emitted[id(x)] = Ref(number) if value is None else value
        return line._replace(operands=tuple([emitted.get(id(x), x) for x in line.operands]))

    for number, line in program.numbered():
        value = emit(number, line.renumbered(numbers))
        if value is not None:
            numbers[number] = value
    return program.rebuilt(kept, numbers)


def rewritten(line: Instruction, known: Known) -> Any:
    """Apply the first rule that changes the line."""
    op = line.op
    if line.shape is None or not op:
        return line
    for rules in (RULES_OF_SHAPE, RULES_OF_VALUE, RULES_OF_LOGISTIC):
        if op in rules:
            result = rules[op](line, known)
            if result is not line:
                return result
    return without_broadcasts(line, known) if line.primitive.elementwise else line
