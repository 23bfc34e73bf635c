"""What is linear in the unknown inputs as a sum of coefficients times entries.

In a product H(x) v, where x is known, ``-400 (v[1:] - 2 x v[:-1]) x`` becomes
``(-400 x) v[1:] + (800 x x) v[:-1]``, and what is added to the entries it was taken from becomes
one product with a diagonal. The coefficients depend on x alone: `partition` has them computed once.

Products and sums are joined in another order, which rounds otherwise. Where the product of two
known values overflows, the result does, though it may not have before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from hessopt.autodiff.accumulate import is_basic
from hessopt.autodiff.registry import RULES
from hessopt.program.known import Known, is_number, is_zero
from hessopt.program.program import Instruction, Program, Ref
from hessopt.program.rules_of_shape import region, shortest

MOST_TERMS = 8  # of one sum; more would rather be computed as they are written
FLOAT = np.dtype(np.float64)


@dataclass(frozen=True)
class Coefficient:
    """A number times a known value; `factor` None stands for 1."""

    number: float
    factor: Any = None


ONE = Coefficient(1.0)

Terms = dict[int, Coefficient]  # by the value that each multiplies


def collect(program: Program, known: Collection[int]) -> Program:
    """Multiply sums out where they are linear in the inputs that are not `known`.

    Parameters
    ----------
    program : Program
    known : collection of int
        Numbers of inputs.

    Returns
    -------
    Program
        Computes the same, to rounding.
    """
    return _Collector(program, known).collected()


class _Collector:
    def __init__(self, program: Program, known: Collection[int]) -> None:
        self.program = program
        self.facts = Known(program)
        for number, line in program.numbered():
            self.facts.add(number, line)
        self.early = set(known)
        self.fresh = count(len(program.inputs) + len(program.instructions))
        self.kept: list[tuple[int, Instruction]] = []
        self.numbers: dict[int, Any] = {}
        self.terms: dict[int, Terms] = {}

    def collected(self) -> Program:
        for number in range(len(self.program.inputs)):
            if number not in self.early:
                self.terms[number] = {number: ONE}
        for number, line in self.program.numbered():
            if all(k in self.early for k in line.references()):
                self.early.add(number)
                self.kept.append((number, line))
                continue
            terms = self.linear(line) or self.patches(line)
            if terms is None or len(terms) > MOST_TERMS:
                self.keep(number, line)
                terms = {number: ONE}
            self.terms[number] = terms
        for x in self.program.roots():
            self.written_out(x)
        return self.program.rebuilt(self.kept, self.numbers)

    def keep(self, number: int, line: Instruction) -> None:
        """Leave a line as it is; its operands are needed for themselves."""
        for x in line.operands:
            self.written_out(x)
        self.kept.append((number, line))

    def late(self, x: Any, like: Instruction) -> bool:
        """Whether an operand depends on unknown inputs, and is of the line's shape and type."""
        return self.facts.stands_for(x, like) and x.number not in self.early

    def is_known(self, x: Any) -> bool:
        return x.number in self.early if isinstance(x, Ref) else True

    def linear(self, line: Instruction) -> Terms | None:
        """Return the terms of a sum, a difference or a multiple; None for another line."""
        if line.dtype != FLOAT or line.op not in _LINEAR:
            return None
        if line.op == "Neg":
            (x,) = line.operands
            return self.times(self.terms[x.number], -1.0) if self.late(x, line) else None
        a, b = line.operands
        if line.op == "Mul" and self.is_known(a):
            a, b = b, a
        if not self.late(a, line):
            return None
        first = self.terms[a.number]
        if line.op in ("Add", "Sub"):
            if not self.late(b, line):
                return None
            second = self.terms[b.number]
            return self.plus(first, second if line.op == "Add" else self.times(second, -1.0))
        if not self.is_known(b):
            return None
        return self.times(first, b) if line.op == "Mul" else self.over(first, b)

    def times(self, terms: Terms, k: Any) -> Terms | None:
        if is_number(k):
            return _proper(
                {x: Coefficient(c.number * float(k), c.factor) for x, c in terms.items()}
            )
        if not self.is_float(k):
            return None
        return {
            x: Coefficient(c.number, k if c.factor is None else self.emit(np.multiply, c.factor, k))
            for x, c in terms.items()
        }

    def over(self, terms: Terms, k: Any) -> Terms | None:
        if is_number(k):
            return self.times(terms, 1 / float(k)) if k else None
        return self.times(terms, self.emit(np.divide, 1.0, k)) if self.is_float(k) else None

    def is_float(self, x: Any) -> bool:
        return (self.facts.dtype(x) if isinstance(x, Ref) else np.asarray(x).dtype) == FLOAT

    def plus(self, first: Terms | None, second: Terms | None) -> Terms | None:
        if first is None or second is None:
            return None
        total = dict(first)
        for x, c in second.items():
            total[x] = self.added(total[x], c) if x in total else c
        return _proper(total)

    def added(self, a: Coefficient, b: Coefficient) -> Coefficient:
        if a.factor is b.factor or (isinstance(a.factor, Ref) and a.factor == b.factor):
            return Coefficient(a.number + b.number, a.factor)
        return Coefficient(1.0, self.emit(np.add, self.value(a), self.value(b)))

    def value(self, c: Coefficient) -> Any:
        """Return an operand with the value of a coefficient."""
        if c.factor is None:
            return c.number
        return c.factor if c.number == 1 else self.emit(np.multiply, c.number, c.factor)

    def emit(self, function: Any, *operands: Any) -> Ref:
        """Write a line with an elementwise operation."""
        shape = np.broadcast_shapes(*map(self.facts.shape, operands))
        return self.write(Instruction(RULES[function], operands, {}, shape, FLOAT))  # pyright: ignore

    def write(self, line: Instruction) -> Ref:
        number = next(self.fresh)
        if all(map(self.is_known, line.operands)):
            self.early.add(number)
        self.facts.add(number, line)
        self.kept.append((number, line))
        return Ref(number)

    def written_out(self, x: Any) -> Any:
        """Return the operand, its sum written down if that was not needed before."""
        if not isinstance(x, Ref) or x.number in self.early:
            return x
        terms = self.terms[x.number]
        if x.number not in terms and x.number not in self.numbers:
            self.numbers[x.number] = self.sum_of(terms)
        return self.numbers.get(x.number, x)

    def sum_of(self, terms: Terms) -> Ref:
        total: Ref | None = None
        for x, c in terms.items():
            if c.factor is None and abs(c.number) == 1:
                term = Ref(x)
                if total is not None:
                    total = self.emit(np.add if c.number == 1 else np.subtract, total, term)
                    continue
                term = term if c.number == 1 else self.emit(np.negative, term)
            else:
                term = self.emit(np.multiply, self.value(c), Ref(x))
            total = term if total is None else self.emit(np.add, total, term)
        assert total is not None
        return total

    def patches(self, line: Instruction) -> Terms | None:
        """Return what patches added to zeros are: diagonals, and patches of other entries."""
        if line.op != "ScatterAdd" or line.dtype != FLOAT or not is_zero(line.operands[0]):
            return None
        if not all(map(is_basic, line.params["indices"])):
            return None
        shape = line.shape or ()
        patches: dict[str, tuple[Any, Terms]] = {}
        for value, index in zip(line.operands[1:], line.params["indices"], strict=True):
            covered = self.facts.shape(value)
            if self.is_known(value) or covered != region(index, shape):
                return None
            _, before = patches.get(repr(index), (index, {}))
            total = self.plus(before, self.terms[value.number])
            if total is None or len(total) > MOST_TERMS:
                return None
            patches[repr(index)] = index, total
        diagonals: dict[int, list[tuple[Any, Any]]] = {}
        rest: list[tuple[Any, Any]] = []
        for index, terms in patches.values():
            others = dict(terms)
            for x in terms:
                whole = self.taken_from(x, index, line)
                if whole is not None:
                    diagonals.setdefault(whole, []).append((index, self.value(others.pop(x))))
            if others:
                rest.append((index, self.sum_of(others)))
        result: Terms = {}
        for whole, entries in diagonals.items():
            values = [self.whole(c, region(index, shape)) for index, c in entries]
            indices = tuple(index for index, _ in entries)
            result[whole] = Coefficient(1.0, self.write(_scattered(line, values, indices)))
        if rest:
            values, indices = [value for _, value in rest], tuple(index for index, _ in rest)
            result[self.write(_scattered(line, values, indices)).number] = ONE
        return result

    def taken_from(self, x: int, index: Any, line: Instruction) -> int | None:
        """Return the value whose entries at `index` x is, if that has the line's shape."""
        inner = self.facts.made_by(Ref(x), "GetItem")
        if inner is None or not self.facts.stands_for(inner.operands[0], line):
            return None
        same = repr(inner.params["index"]) == repr(shortest(index, len(line.shape or ())))
        source = self.written_out(inner.operands[0])
        return source.number if same else None

    def whole(self, c: Any, shape: tuple[int, ...]) -> Any:
        """Return a coefficient as an array of the shape that it multiplies."""
        if self.facts.shape(c) == shape:
            return c
        if not isinstance(c, Ref):
            return np.broadcast_to(np.asarray(c, FLOAT), shape)
        return self.write(
            Instruction(RULES[np.broadcast_to], (c,), {"shape": shape}, shape, FLOAT)  # pyright: ignore
        )


_LINEAR = frozenset(("Add", "Sub", "Neg", "Mul", "Div"))


def _proper(terms: Terms) -> Terms | None:
    """Return the terms unless a number among the coefficients came near over- or underflow."""
    return terms if all(1e-30 < abs(c.number) < 1e30 for c in terms.values()) else None


def _scattered(like: Instruction, values: list[Any], indices: tuple[Any, ...]) -> Instruction:
    return like._replace(operands=(like.operands[0], *values), params={"indices": indices})
