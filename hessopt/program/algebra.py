"""The pass that rewrites lines one by one, by what they are and what made their operands."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any

from hessopt.program.known import Known
from hessopt.program.program import Instruction, Program, Ref
from hessopt.program.rules_of_logistic import RULES_OF_LOGISTIC
from hessopt.program.rules_of_shape import RULES_OF_SHAPE, without_broadcasts
from hessopt.program.rules_of_value import RULES_OF_VALUE

Rule = Callable[[Instruction, Known], Any]


def algebra(program: Program) -> Program:
    """Apply `RULES_OF_SHAPE`, `RULES_OF_VALUE` and `RULES_OF_LOGISTIC` to each line.

    A rule returns the line as it is, another instruction, whose operands may be instructions that
    become lines of their own, or the value that stands for it.
    """
    known = Known(program)
    fresh = count(len(program.inputs) + len(program.instructions))
    numbers: dict[int, Any] = {}
    kept: list[tuple[int, Instruction]] = []

    def emit(number: int, line: Instruction) -> None:
        emitted: dict[int, Ref] = {}
        operands = []
        for x in line.operands:
            if isinstance(x, Instruction):
                if id(x) not in emitted:
                    emitted[id(x)] = Ref(next(fresh))
                    emit(emitted[id(x)].number, x)
                x = emitted[id(x)]
            operands.append(x)
        if emitted:
            line = line._replace(operands=tuple(operands))
        known.add(number, line)
        kept.append((number, line))

    for number, line in program.numbered():
        result = rewritten(line.renumbered(numbers), known)
        if isinstance(result, Instruction):
            emit(number, result)
        else:
            numbers[number] = result
    return program.rebuilt(kept, numbers)


def rewritten(line: Instruction, known: Known) -> Any:
    """Apply the first rule that changes the line."""
    if line.shape is None or not line.op:
        return line
    for rule in _rules(line.op):
        result = rule(line, known)
        if result is not line:
            return result
    return without_broadcasts(line, known) if line.primitive.elementwise else line


@cache
def _rules(op: str) -> tuple[Rule, ...]:
    tables = (RULES_OF_SHAPE, RULES_OF_VALUE, RULES_OF_LOGISTIC)
    return tuple(rules[op] for rules in tables if op in rules)
