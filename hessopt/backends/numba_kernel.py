"""The loops of a fused program, spelled in the Python that numba compiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from hessopt.backends.code import indented
from hessopt.program.collapse import collapsed
from hessopt.program.nest import (
    Check,
    Compute,
    Define,
    Fold,
    Load,
    Nest,
    Scalar,
    Segment,
    Store,
    Temp,
    Zero,
)
from hessopt.program.places import Place
from hessopt.program.program import Instruction, Ref

SPELLINGS: dict[Any, str] = {
    np.add: "({} + {})",
    np.subtract: "({} - {})",
    np.multiply: "({} * {})",
    np.true_divide: "({} / {})",
    np.negative: "(-{})",
    np.square: "square({})",
    np.reciprocal: "(1.0 / {})",
    np.absolute: "abs({})",
    np.sign: "sign({})",
    np.maximum: "maximum({}, {})",
    np.minimum: "minimum({}, {})",
    np.sqrt: "math.sqrt({})",
    np.exp: "math.exp({})",
    np.expm1: "math.expm1({})",
    np.log: "math.log({})",
    np.log1p: "math.log1p({})",
    np.sin: "math.sin({})",
    np.cos: "math.cos({})",
    np.tan: "math.tan({})",
    np.sinh: "math.sinh({})",
    np.cosh: "math.cosh({})",
    np.tanh: "math.tanh({})",
    np.arcsin: "math.asin({})",
    np.arccos: "math.acos({})",
    np.arctan: "math.atan({})",
    np.arcsinh: "math.asinh({})",
    np.arccosh: "math.acosh({})",
    np.arctanh: "math.atanh({})",
    np.arctan2: "math.atan2({}, {})",
    np.power: "({} ** {})",
    np.logaddexp: "logaddexp({}, {})",
    np.where: "({1} if {0} else {2})",
    np.less: "({} < {})",
    np.less_equal: "({} <= {})",
    np.greater: "({} > {})",
    np.greater_equal: "({} >= {})",
    np.equal: "({} == {})",
    np.not_equal: "({} != {})",
    np.logical_and: "({} != 0 and {} != 0)",
    np.logical_or: "({} != 0 or {} != 0)",
    np.logical_not: "(not {})",
    np.bitwise_and: "({} and {})",
    np.bitwise_or: "({} or {})",
    np.invert: "(not {})",
    np.isnan: "math.isnan({})",
    np.isinf: "math.isinf({})",
    np.isfinite: "math.isfinite({})",
}

_OF_BOOLS = frozenset(
    (np.logical_and, np.logical_or, np.logical_not, np.bitwise_and, np.bitwise_or, np.invert)
)

# What arithmetic means for two truth values
_AS_LOGIC = {np.add: np.logical_or, np.multiply: np.logical_and}

PARTIAL = 4096  # so many terms are summed before their sum is added to the total

_STARTS = {"Sum": "0.0", "Max": "-math.inf", "Min": "math.inf"}
_JOINS = {"Sum": "add", "Max": "maximum", "Min": "minimum"}

PREAMBLE = """
import math

from numba import float32 as f4
from numba import float64 as f8
from numba import njit


@njit(fastmath={"reassoc"})
def add(s, t):  # the one operation whose order is free, so that sums are vectorized
    return s + t


@njit
def square(x):
    return x * x


@njit
def sign(x):
    return 1.0 if x > 0 else (-1.0 if x < 0 else (0.0 if x == 0 else x))


@njit
def maximum(a, b):
    return a if a >= b or a != a else b


@njit
def minimum(a, b):
    return a if a <= b or a != a else b


@njit
def logaddexp(a, b):
    if a == b:
        return a + 0.6931471805599453
    d = a - b
    if d > 0:
        return a + math.log1p(math.exp(-d))
    if d <= 0:
        return b + math.log1p(math.exp(d))
    return d
"""


class KernelWriter:
    """Writes a run of loops as one function of arrays and numbers.

    Attributes
    ----------
    reads : dict
        The arrays and single numbers that it takes, by the key of nest statements, to their names.
    defines : list of int
        The single numbers that it computes.
    """

    def __init__(self, kinds: Sequence[Any]) -> None:
        self.kinds = kinds  # shape and type of each value
        self.reads: dict[Any, str] = {}
        self.defines: list[int] = []
        self.checks = 0
        self.lines: list[str] = []

    def add(self, step: Any) -> None:
        """Write one step."""
        if isinstance(step, Zero):
            name, size = self.array(step.number), prod(self.kinds[step.number][0])
            self.lines += [f"for i in range({size}):", f"    {name}[i] = {step.value!r}"]
        elif isinstance(step, Check):
            self.checks += 1
            value = self.term(Scalar(step.number))
            self.lines.append(f"if {'not ' if step.outcome else ''}{value}: return failed")
        elif step.depth == 0:
            for segment in step.segments:
                for statement in segment.body:
                    self.lines += self.statement(statement, [])
        else:
            self.nest(collapsed(step))

    def array(self, key: Any) -> str:
        """Return the name of an array argument."""
        return self.reads.setdefault(key, f"a{len(self.reads)}")

    def nest(self, nest: Nest) -> None:
        """Write loops over all segments of a nest."""
        folds = {
            s.number: s for segment in nest.segments for s in segment.body if isinstance(s, Fold)
        }
        totals = [fold for fold in folds.values() if fold.place is None]
        self.lines += [f"s{fold.number} = {_STARTS[fold.kind]}" for fold in totals]
        self.defines += [fold.number for fold in totals]
        for segment in nest.segments:
            if segment.body:
                self.lines += self.loops(nest, segment, 0, [])

    def loops(
        self,
        nest: Nest,
        segment: Segment,
        axis: int,
        counters: list[str],
        into: str = "s",
    ) -> list[str]:
        """Return the loops over the counters from `axis` on; folds go `into` s or p."""
        if axis == nest.depth:
            return [text for s in segment.body for text in self.statement(s, counters, into)]
        folds = [s for s in segment.body if isinstance(s, Fold)]
        rows = [fold for fold in folds if fold.place is not None]
        if axis == nest.rows and rows:
            where = [*counters, *["0"] * (nest.depth - axis)]
            return [
                *(f"s{fold.number} = {_STARTS[fold.kind]}" for fold in rows),
                *self.loops(replace(nest, rows=-1), segment, axis, counters, into),
                *(
                    f"{self.array(fold.number)}[{self.place(fold.place, where)}] = s{fold.number}"
                    for fold in rows
                ),
            ]
        low, high = segment.ranges[axis]
        if high - low == 1:
            return self.loops(nest, segment, axis + 1, [*counters, str(low)], into)
        name = f"i{axis}"
        inner = [*counters, name]
        if axis < nest.depth - 1 or not folds or (nest.depth == 1 and high - low <= PARTIAL):
            body = self.loops(nest, segment, axis + 1, inner, into)
            return [f"for {name} in range({low}, {high}):", *indented(body)]
        # Sums of parts, so that a long one is not a single chain of roundings. All bounds are
        # constants, from which the compiler sees that no index is negative.
        parts, rest = divmod(high - low, PARTIAL)
        text: list[str] = []
        if parts:
            each = self.part(nest, segment, axis, [*counters, f"(low + {name})"], PARTIAL, folds)
            ends = low + parts * PARTIAL
            text += [f"for low in range({low}, {ends}, {PARTIAL}):", *indented(each)]
        if rest:
            start = high - rest
            last = [*counters, f"({start} + {name})" if start else name]
            text += self.part(nest, segment, axis, last, rest, folds)
        return text

    def part(
        self,
        nest: Nest,
        segment: Segment,
        axis: int,
        counters: list[str],
        count: int,
        folds: Sequence[Fold],
    ) -> list[str]:
        """Return a loop that folds into numbers of its own, and then into the totals."""
        return [
            *(f"p{fold.number} = {_STARTS[fold.kind]}" for fold in folds),
            f"for i{axis} in range({count}):",
            *indented(self.loops(nest, segment, axis + 1, counters, "p")),
            *(f"s{f.number} = {_JOINS[f.kind]}(s{f.number}, p{f.number})" for f in folds),
        ]

    def statement(self, statement: Any, counters: Sequence[str], into: str = "s") -> list[str]:
        """Return the code of one statement."""
        match statement:
            case Load(target, array, place):
                return [f"t{target} = {self.array(array)}[{self.place(place, counters)}]"]
            case Compute(target, line, arguments):
                return [f"t{target} = {self.operation(line, arguments)}"]
            case Store(number, place, term, adds):
                sign = "+=" if adds else "="
                where = self.place(place, counters)
                return [f"{self.array(number)}[{where}] {sign} {self.term(term)}"]
            case Fold(number, term, kind, _):
                total = f"{into}{number}"
                return [f"{total} = {_JOINS[kind]}({total}, {self.term(term)})"]
            case Define(number, term):
                self.defines.append(number)
                return [f"s{number} = {self.term(term)}"]
        raise AssertionError(statement)

    def place(self, place: Place | None, counters: Sequence[str]) -> str:
        """Return the code of an index into a raveled array."""
        assert place is not None
        const, parts = place.const, []
        for name, coef in zip(counters, place.coefs, strict=True):
            if name.isdigit():
                const += coef * int(name)
            elif coef:
                parts.append(name if coef == 1 else f"{name} * {coef}")
        parts += [f"t{t.number}" if c == 1 else f"t{t.number} * {c}" for t, c in place.looked_up]
        if const or not parts:
            parts.append(str(const))
        return " + ".join(parts).replace("+ -", "- ")

    def term(self, term: Any, narrow: bool = False) -> str:
        """Return the code of a term; `narrow`: numbers are of single precision."""
        if isinstance(term, Temp):
            return f"t{term.number}"
        if isinstance(term, Scalar):
            if term.number in self.defines:
                return f"s{term.number}"
            return self.reads.setdefault(("scalar", term.number), f"s{term.number}")
        if isinstance(term, (bool, np.bool_)):
            return str(bool(term))
        value = float(term)
        text = repr(value) if math.isfinite(value) else _SPECIAL[str(value)]
        return f"f4({text})" if narrow else f"({text})" if value < 0 else text

    def operation(self, line: Instruction, arguments: Sequence[Any]) -> str:
        """Return the code of an elementwise operation."""
        narrow = line.dtype == np.float32
        narrow_terms = narrow or self.compares_narrow(line)
        spelled = [self.term(x, narrow_terms) for x in arguments]
        if line.op == "Pow":
            text = self.power(spelled, arguments[1])
        elif line.op == "Cast":
            return f"{'f4' if narrow else 'f8'}({spelled[0]})"
        else:
            function: Any = line.primitive.forward
            if line.dtype == np.bool_:
                function = _AS_LOGIC.get(function, function)
            if function not in _OF_BOOLS:
                numbers = slice(1, None) if function is np.where else slice(None)
                for k in range(*numbers.indices(len(spelled))):
                    if self.is_bool(line, k, arguments[k]) and line.dtype != np.bool_:
                        spelled[k] = f"{'f4' if narrow else 'f8'}({spelled[k]})"
            text = SPELLINGS[function].format(*spelled)
        return f"f4({text})" if narrow else text

    def compares_narrow(self, line: Instruction) -> bool:
        """Whether a line compares numbers of single precision, as which it then takes Python's."""
        if line.dtype != np.bool_:
            return False
        kinds = [self.kinds[x.number][1] if isinstance(x, Ref) else x for x in line.operands]
        return np.result_type(*kinds) == np.float32

    def is_bool(self, line: Instruction, k: int, argument: Any) -> bool:
        """Whether an operand is a truth value."""
        if k >= len(line.operands) or isinstance(argument, float):
            return False
        x = line.operands[k]
        return (self.kinds[x.number][1] if isinstance(x, Ref) else np.asarray(x).dtype) == np.bool_

    def power(self, spelled: Sequence[str], exponent: Any) -> str:
        """Return the code of a power, by the functions that NumPy takes for short exponents."""
        base = spelled[0]
        short = {2: f"square({base})", 0.5: f"math.sqrt({base})", -1: f"(1.0 / {base})", 1: base}
        known = None if isinstance(exponent, (Temp, Scalar)) else short.get(float(exponent))
        return known or f"({base} ** {spelled[1]})"


_SPECIAL = {"inf": "math.inf", "-inf": "(-math.inf)", "nan": "math.nan"}
