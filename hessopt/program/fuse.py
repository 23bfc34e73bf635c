"""Fusion: which values of a program become arrays, and the loops that fill them.

A value that costs little is never stored: where a loop needs an entry, it computes it there, also
where several loops, or several places of one, need the same. What is stored: outputs, operands and
results of calls, sums, patched arrays, and what costs more to compute twice than to keep.

Steps are put in stages. A loop runs in the first stage in which all that it reads is there; loops
of one stage over (nearly) the same counters become one.

What rounds otherwise than the program line by line: sums, whose terms are added in another order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise, product
from math import prod
from typing import Any

import numpy as np

from hessopt.program.goals import (
    Goal,
    dot_goal,
    grouped,
    patched_goals,
    push_goal,
    reduction_goal,
    scalar_goal,
    store_goal,
)
from hessopt.program.inline import SUMS, UNROLLED, Body, Lines, reduced_axes
from hessopt.program.nest import (
    Call,
    Check,
    Nest,
    Plan,
    Segment,
    View,
    Zero,
)
from hessopt.program.places import Flat, Moves, counters
from hessopt.program.program import Instruction, Program, Ref
from hessopt.program.scatter import is_constant_number, patches_of

ROUNDS = 8
HEAVY = 16  # operations that are rather kept than done twice
DEEPEST = 100


def fuse(program: Program, fusible: Callable[[Instruction], bool]) -> Plan:
    """Return the plan of a program whose lines that are not `fusible` are called as they are."""
    kept: set[int] = set()
    for _ in range(ROUNDS):
        planner = _Planner(program, fusible, kept)
        plan = planner.plan()
        heavy = planner.heavy() - kept
        if not heavy:
            break
        kept |= heavy
    return plan


class _Planner:
    def __init__(
        self, program: Program, fusible: Callable[[Instruction], bool], kept: set[int]
    ) -> None:
        self.program, self.kept = program, kept
        self.lines = Lines(program)
        self.moves = Moves()
        self.arrays: dict[Any, Any] = {}
        self.called = {k for k, line in program.numbered() if not fusible(line)}
        self.needed_by_calls = {
            n for k in self.called for n in program.instructions[k - self.lines.inputs].references()
        }
        self.roots = {x.number for x in program.roots() if isinstance(x, Ref)}
        # From when on a value can be read from memory, and from when on it can be computed
        self.stored: dict[int, int] = dict.fromkeys(range(self.lines.inputs), 0)
        self.ready: dict[int, int] = dict.fromkeys(range(self.lines.inputs), 0)
        self.stages: dict[int, list[Any]] = defaultdict(list)
        self.goals: dict[int, list[Goal]] = defaultdict(list)
        self.filled: list[int] = []
        self.depth: dict[int, int] = defaultdict(int)  # lines that are inlined in each other
        self.computed: dict[int, int] = defaultdict(int)  # entries of each value
        self.now = 0

    # What is stored

    def plan(self) -> Plan:
        used = self._used()
        for number, line in self.program.numbered():
            if number not in used:
                continue
            at = max([self.ready[n] for n in line.references()], default=0)
            if number in self.called:
                self._call(number, at)
            elif self._is_root(line):
                self._root(number, line, at)
            elif line.shape == ():
                self._scalar(number, at)
            elif line.op == "Reshape" and self._same_memory(number, line):
                self.stages[at].append(View(number, line.operands[0].number))
                self.ready[number] = self.stored[number] = at
            else:
                self._inline(number, line, at)
        for guard in self.program.guards:
            if isinstance(guard.value, Ref):
                at = self.ready[guard.value.number]
                self.stages[at].append(Check(guard.value.number, guard.outcome))
        return Plan(list(self._steps()), self.filled, self.arrays)

    def _used(self) -> set[int]:
        """Return the values that something needs; a program may hold calls for their errors."""
        used = set(self.roots)
        for number, line in reversed(list(self.program.numbered())):
            if number in used or number in self.called:
                used.add(number)
                used.update(line.references())
        return used

    def _is_root(self, line: Instruction) -> bool:
        if line.op in SUMS:
            shape = self.lines.shape(line.operands[0])
            size = prod(shape[a] for a in reduced_axes(line, len(shape)))
            return size > UNROLLED or size == 0
        return line.op in ("ScatterAdd", "Concatenate") or is_dot(line, self.lines)

    def _call(self, number: int, at: int) -> None:
        self.stages[at].append(Call(number))
        self.ready[number] = self.stored[number] = at + 1

    def _scalar(self, number: int, at: int) -> None:
        self.goals[at].append(scalar_goal(number))
        self.ready[number] = self.stored[number] = at

    def _inline(self, number: int, line: Instruction, at: int) -> None:
        at = self._operand_in_memory(line, at)
        self.ready[number] = at
        inlined = [self.depth[n] for n in line.references() if n not in self.stored]
        self.depth[number] = 1 + max(inlined, default=0)
        if number in self.kept or self.depth[number] > DEEPEST:
            self._store(number, at)
            self.ready[number] = at + 1
        elif number in self.roots or number in self.needed_by_calls:
            self._store(number, at)

    def _same_memory(self, number: int, line: Instruction) -> bool:
        """Whether the line reshapes an array in memory, for somebody who wants an array."""
        x = line.operands[0]
        wanted = number in self.roots or number in self.needed_by_calls
        if not wanted or not isinstance(x, Ref) or self.lines.shape(x) == ():
            return False
        return self.stored.get(x.number) == self.ready[x.number]

    def _operand_in_memory(self, line: Instruction, at: int) -> int:
        """Store the operand if entries of it cannot be computed where the line needs them.

        Return from when on the line can be computed.
        """
        x = line.operands[0]
        if line.primitive.elementwise or line.op in SUMS or not isinstance(x, Ref):
            return at
        depth = len(line.shape or ())
        back = self.moves.back(line, self.lines.shape(x), counters(depth), depth)
        looks_up = isinstance(back, tuple) and any(place.looked_up for place in back)
        if isinstance(back, Flat) or (looks_up and not self._is_view(x)):
            self._store(x.number, self.ready[x.number])
            return max(at, self.stored[x.number])
        return at

    def _is_view(self, x: Any) -> bool:
        """Whether the entries of a value are entries of one in memory."""
        while isinstance(x, Ref) and x.number not in self.stored:
            line = self.lines.line(x.number)
            if line is None or line.op not in ("GetItem", "Reshape", "Transpose", "BroadcastTo"):
                return False
            x = line.operands[0]
        return True

    def _store(self, number: int, at: int) -> None:
        if number in self.stored:
            return
        self.goals[at].append(store_goal(number, self.lines.shape(Ref(number))))
        self.stored[number] = at + 1
        self.filled.append(number)

    def _root(self, number: int, line: Instruction, at: int) -> None:
        """Plan a sum or a patched array."""
        lines = self.lines
        if line.op in SUMS:
            goal, adds = reduction_goal(number, line, lines)
            if adds:
                self.stages[at].append(Zero(number))
            self.goals[at].append(goal)
        elif line.op in ("ScatterAdd", "Concatenate"):
            at = self._patched(number, line, at)
        else:
            self.goals[at].append(dot_goal(number, line, lines))
        if line.shape != ():
            self.filled.append(number)
        self.ready[number] = self.stored[number] = at + 1

    def _patched(self, number: int, line: Instruction, at: int) -> int:
        """Plan an array with patches; return the stage in which it is complete."""
        pulled, pushed = patches_of(line, self.lines.shape)
        base = line.operands[0] if line.op == "ScatterAdd" else None
        if base is not None and is_constant_number(base) and not np.asarray(base).flat[0]:
            base = None
        if base is None and not pulled:
            self.stages[at].append(Zero(number))
        else:
            self.goals[at] += patched_goals(number, line, pulled, base, self.lines)
            at += bool(pushed)
        for index, value in pushed:
            self.goals[at].append(push_goal(number, line, index, value, self.lines, self.moves))
        return at

    # Loops

    def _steps(self) -> Iterator[Any]:
        for stage in range(1 + max([*self.stages, *self.goals], default=-1)):
            self.now = stage
            steps = self.stages[stage]
            yield from (step for step in steps if isinstance(step, (View, Zero)))
            goals = self.goals[stage]
            scalars = [goal for goal in goals if goal.extents == ()]
            if scalars:
                yield self._nest(scalars)
            yield from (step for step in steps if isinstance(step, Check))
            for group in grouped([goal for goal in goals if goal.extents != ()]):
                yield self._nest(group)
            yield from (step for step in steps if isinstance(step, Call))

    def _nest(self, goals: list[Goal]) -> Nest:
        depth = len(goals[0].extents)
        nest = Nest(depth, min(goal.rows for goal in goals))
        edges = [
            sorted({end for goal in goals for box in goal.boxes for end in box[axis]})
            for axis in range(depth)
        ]
        for box in product(*map(pairwise, edges)):
            body = Body(self.lines, self.moves, depth, self._loads, self.arrays)
            for goal in goals:
                if all(high <= n for (_, high), n in zip(box, goal.extents, strict=True)):
                    goal.write(body, box)
            nest.segments.append(Segment(box, tuple(body.statements)))
            for number, count in body.computed.items():
                self.computed[number] += count * prod(high - low for low, high in box)
        return nest

    def _loads(self, number: int) -> bool:
        return number in self.stored and self.stored[number] <= self.now

    def heavy(self) -> set[int]:
        """Return the values whose entries are computed several times and cost too much for it.

        Of those that are computed from each other only the first.
        """
        found: set[int] = set()
        cone: dict[int, float] = {}  # the price of one entry, with all that is inlined
        behind: set[int] = set()  # computed from one that was found
        for number, line in self.program.numbered():
            if number in self.called or number in self.stored:
                continue
            operands = [n for n in line.references() if n in cone]
            cone[number] = price(line) + sum(cone[n] for n in operands)
            again = self.computed[number] / max(1, prod(line.shape or ())) - 1
            if any(n in found or n in behind for n in operands):
                behind.add(number)
            elif again * cone[number] >= HEAVY:
                found.add(number)
        return found


def price(line: Instruction) -> int:
    """Return the price of one entry in additions, roughly."""
    if line.op in _FREE:
        return 0
    if line.op in _CHEAP or not line.op[:1].isupper():  # comparisons and logic have NumPy's names
        return 1
    return 4 if line.op in ("Div", "Sqrt", "Reciprocal") else 16


_FREE = frozenset(("GetItem", "Reshape", "Transpose", "BroadcastTo", "Identity", "Copy"))
_CHEAP = frozenset(
    ("Add", "Sub", "Mul", "Neg", "Where", "Maximum", "Minimum", "Absolute", "Sign", "Square", "Sum")
)


def is_dot(line: Instruction, lines: Lines) -> bool:
    """Whether the line is the product of two vectors."""
    return line.op in ("MatMul", "Dot") and all(len(lines.shape(x)) == 1 for x in line.operands)
