"""Writes the body of a loop: each value that is needed at a place, computed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from hessopt.autodiff.registry import RULES
from hessopt.program.nest import Compute, Load, Scalar, Statement, Temp, Term
from hessopt.program.places import Flat, Moves, Place, Places, Shape, aligned, flat
from hessopt.program.program import Instruction, Program, Ref
from hessopt.program.scatter import is_constant_number

UNROLLED = 8  # sums over up to so many entries are written out

SUMS = ("Sum", "Max", "Min")


class Lines:
    """The values of a program by number: their lines, shapes and types."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.inputs = len(program.inputs)
        self.kinds: list[Any] = [
            *program.inputs,
            *((line.shape, line.dtype) for line in program.instructions),
        ]

    def line(self, number: int) -> Instruction | None:
        """Return the line that computes a value; None for an input."""
        return None if number < self.inputs else self.program.instructions[number - self.inputs]

    def shape(self, x: Any) -> Shape:
        """Return the shape of an operand."""
        return self.kinds[x.number][0] if isinstance(x, Ref) else np.shape(x)


class Body:
    """The statements of one segment, and how often each value was computed in it."""

    def __init__(
        self,
        lines: Lines,
        moves: Moves,
        depth: int,
        loads: Callable[[int], bool],
        arrays: dict[Any, Any],
    ) -> None:
        self.lines, self.moves, self.depth, self.loads = lines, moves, depth, loads
        self.arrays = arrays
        self.statements: list[Statement] = []
        self.computed: dict[int, int] = defaultdict(int)
        self._memo: dict[Any, Term] = {}
        self._next = 0

    def term(self, x: Any, places: Places | Flat) -> Term:
        """Return the term for the entry of `x` at `places`, writing what computes it."""
        if not isinstance(x, Ref):
            return self._constant(x, places)
        key = (x.number, places)
        if key not in self._memo:
            if self.loads(x.number):
                self._memo[key] = self._read(x.number, places)
            else:
                self._memo[key] = self.value(x.number, places)
        return self._memo[key]

    def _read(self, number: int, places: Places | Flat) -> Term:
        shape = self.lines.kinds[number][0]
        return Scalar(number) if shape == () else self._load(number, shape, places)

    def _constant(self, x: Any, places: Places | Flat) -> Term:
        if is_constant_number(x):
            x = x[(0,) * x.ndim] if isinstance(x, np.ndarray) else x
            return x if np.size(x) else 0.0
        key = ("constant", id(x))
        self.arrays[key] = x
        return self._load(key, np.shape(x), places)

    def value(self, number: int, places: Places | Flat) -> Term:
        """Return the term of a value that is computed here, even if it can be read as well."""
        shape = self.lines.kinds[number][0]
        line = self.lines.line(number)
        assert line is not None
        assert not isinstance(places, Flat)
        self.computed[number] += 1
        if line.op in SUMS:
            return self._written_out(line, places)
        operand = line.operands[0]
        if not line.primitive.elementwise or line.op in _MOVES:
            moved = self.moves.back(line, self.lines.shape(operand), places, self.depth)
            if moved is not None:
                return self.term(operand, moved)
        arguments = tuple(
            self.term(x, aligned(places, shape, self.lines.shape(x))) for x in line.operands
        )
        return self.compute(line, arguments)

    def compute(self, line: Instruction, arguments: tuple[Term, ...]) -> Temp:
        """Write an elementwise operation on terms."""
        target = self._new()
        self.statements.append(Compute(target.number, line, arguments))
        return target

    def _written_out(self, line: Instruction, places: Places) -> Term:
        x = line.operands[0]
        shape = self.lines.shape(x)
        axes = reduced_axes(line, len(shape))
        kept = iter(
            [p for axis, p in enumerate(places) if axis not in axes]
            if line.params["keepdims"]
            else places
        )
        outer = {axis: next(kept) for axis in range(len(shape)) if axis not in axes}
        total: Term = None
        for counters in product(*(range(shape[axis]) for axis in sorted(axes))):
            inner = dict(zip(sorted(axes), counters, strict=True))
            at = tuple(
                outer[axis] if axis in outer else Place(inner[axis], (0,) * self.depth)
                for axis in range(len(shape))
            )
            term = self.term(x, at)
            total = term if total is None else self.compute(joining(line), (total, term))
        return total

    def _load(self, key: Any, shape: Shape, places: Places | Flat) -> Temp:
        place = places.place if isinstance(places, Flat) else flat(places, shape, self.depth)
        return self._entry(key, self._resolved(place))

    def _entry(self, key: Any, place: Place) -> Temp:
        if (key, place) not in self._memo:
            target = self._new()
            self.statements.append(Load(target.number, key, place))
            self._memo[key, place] = target
        return self._memo[key, place]

    def _resolved(self, place: Place) -> Place:
        """Return a place whose looked-up parts are the terms of entries of index arrays."""
        looked_up = []
        for lookup, factor in place.looked_up:
            key = ("index", lookup.array)
            self.arrays[key] = self.moves.arrays[lookup.array]
            looked_up.append((self._entry(key, self._resolved(lookup.place)), factor))
        return place._replace(looked_up=tuple(looked_up))

    def place_in(self, shape: Shape, places: Places) -> Place:
        """Return a place to store at."""
        return self._resolved(flat(places, shape, self.depth))

    def _new(self) -> Temp:
        self._next += 1
        return Temp(self._next)


_MOVES = frozenset(("Identity", "Copy", "asarray", "Positive"))


def reduced_axes(line: Instruction, ndim: int) -> frozenset[int]:
    """Return the axes that a reduction goes over, counted from the front."""
    axis = line.params["axis"]
    return frozenset(range(ndim) if axis is None else (ndim + a for a in axis))


def joining(line: Instruction) -> Instruction:
    """Return the elementwise operation that a reduction repeats."""
    return line._replace(primitive=_JOINS[line.op], params={})


_JOINS: dict[str, Any] = {
    op: RULES[function] for op, function in zip(SUMS, (np.add, np.maximum, np.minimum), strict=True)
}
