"""A leading axis of examples through every line of a program.

A program says what a function does to one example. Run with batch rules it does the same to all
examples at once: each line is computed once, by NumPy calls over the whole batch. The rules belong
to the primitives (`hessopt/autodiff/batching.py`); here they are only put one after the other.
Lines that depend on no example are computed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.batching import Batch
from hessopt.autodiff.node import raw
from hessopt.program.program import Instruction, Program, Ref
from hessopt.program.trace import trace


class Diverged(Exception):
    """Examples cannot be computed together.

    Attributes
    ----------
    guard : int or None
        The place among the program's guards of the one they disagree on, if it is that.
    holds : ndarray of bool, or None
        For which examples it holds.
    """

    def __init__(self, reason: str, guard: int | None = None, holds: Any = None) -> None:
        super().__init__(reason)
        self.guard = guard
        self.holds = holds


def run_batched(
    program: Program, inputs: Sequence[Any], leads: Sequence[bool], size: int
) -> list[tuple[Any, bool]]:
    """Run a program on all examples at once.

    Parameters
    ----------
    program : Program
        Of one example.
    inputs : sequence
        An array or a Variable for each input. With Variables among them the lines are recorded,
        so that the outputs can be differentiated, or traced.
    leads : sequence of bool
        Which inputs have the leading axis; the others are shared by all examples.
    size : int
        The number of examples.

    Returns
    -------
    list of (value, bool)
        Each output, and whether it has the leading axis.

    Raises
    ------
    Diverged
        If a condition comes out otherwise for some example than in the trace, or the type of a
        result does.
    """
    known: dict[int, tuple[Any, bool]] = dict(enumerate(zip(inputs, map(bool, leads), strict=True)))
    last_use = last_uses(program)
    guards = defaultdict(list)
    for place, guard in enumerate(program.guards):
        if isinstance(guard.value, Ref):
            guards[guard.value.number].append((place, guard.outcome))
    for number in range(len(known)):
        _check(*known[number], guards.pop(number, ()))

    for number, line in program.numbered():
        operands = [known[x.number] if isinstance(x, Ref) else (x, False) for x in line.operands]
        known[number] = _computed(line, operands, size)
        _check(*known[number], guards.pop(number, ()))
        for k in last_use[number]:
            del known[k]
    return [known[x.number] if isinstance(x, Ref) else (x, False) for x in program.outputs]


def batch(program: Program, arrays: Sequence[np.ndarray], leads: Sequence[bool]) -> Program:
    """Return the program of all examples from that of one.

    It is traced on the inputs given, for a rule may look at values; where it does, and where the
    program of one example holds guards, the result holds guards too.

    Parameters
    ----------
    program : Program
    arrays : sequence of ndarray
        Its inputs; those that `leads` names with a leading axis of examples.
    leads : sequence of bool

    Raises
    ------
    Diverged
        As `run_batched`.
    """
    (size,) = {len(x) for x, lead in zip(arrays, leads, strict=True) if lead}

    def whole(*inputs: Any) -> list[Any]:
        outputs = run_batched(program, inputs, leads, size)
        return [y if has else np.broadcast_to(y, (size, *np.shape(y))) for y, has in outputs]

    return trace(whole, arrays)[0]


def _computed(line: Instruction, operands: list[tuple[Any, bool]], size: int) -> tuple[Any, bool]:
    primitive = line.primitive
    values = tuple(x for x, _ in operands)
    leads = tuple(lead for _, lead in operands)
    if not any(leads):
        return primitive.replay(values, line.params), False
    y = primitive.batch(Batch(size, values, leads), **line.params)
    if line.shape is not None:
        if y.shape != (size, *line.shape):
            raise Diverged(f"{primitive.name} gives results of another shape for other examples")
        if y.dtype != line.dtype:
            raise Diverged(f"{primitive.name} gives results of another type for other examples")
    return y, True


def _check(value: Any, leads: bool, guards: Sequence[tuple[int, bool]]) -> None:
    """Insist that all examples go on as the one that was traced did."""
    for place, outcome in guards:
        if not np.all(value) if outcome else np.any(value):
            holds = np.ravel(raw(value)).astype(bool) == outcome if leads else None
            raise Diverged(
                "an `if` or a `while` goes different ways for different examples", place, holds
            )


def last_uses(program: Program) -> dict[int, list[int]]:
    """Return, for each line, the values that nothing reads after it."""
    last: dict[int, int] = {}
    for number, line in program.numbered():
        last[number] = number
        for k in line.references():
            last[k] = number
    for x in program.outputs:
        if isinstance(x, Ref):
            last.pop(x.number, None)
    ending: dict[int, list[int]] = defaultdict(list)
    for k, number in last.items():
        ending[number].append(k)
    return ending
