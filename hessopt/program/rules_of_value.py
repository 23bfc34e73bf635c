"""Rules about numbers: x * 1, a + (-b), c (d x), small powers.

They hold for real floating-point numbers alone; complex products of infinities have corners of
their own. What rounds otherwise than the original: two constant factors become one, and x**3 to
x**8 become products, a factor moves out of a product or a sum, also one that two terms have in
common, and where zeros with patches are added to a value the order of the additions changes. The
others are exact, up to the sign of a zero.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import frexp
from typing import Any

import numpy as np

from hessopt.autodiff.registry import RULES
from hessopt.program.known import Known, instruction, is_number, is_zero
from hessopt.program.program import Instruction, Ref

HIGHEST_POWER = 8


def _is(x: Any, value: float) -> bool:
    return is_number(x) and bool(x == value)


def computed(
    function: Callable[..., Any], operands: tuple[Any, ...], like: Instruction
) -> Instruction:
    """Return the line that computes a function, with the result of another line."""
    return instruction(RULES[function], operands, like)  # pyright: ignore - a primitive


def _plain(x: Any, other: Any, line: Instruction, known: Known) -> Any:
    """Return a constant as a Python float, which takes its type from what it meets."""
    if type(x) is not float and is_number(x) and known.dtype(other) == line.dtype:
        value = float(x)
        return value if value == x else x
    return x


def _constant_first(line: Instruction, known: Known) -> Instruction:
    a, b = line.operands
    a, b = _plain(a, b, line, known), _plain(b, a, line, known)
    if is_number(b) and not is_number(a):
        a, b = b, a
    kept = a is line.operands[0] and b is line.operands[1]
    return line if kept else line._replace(operands=(a, b))


@cache
def _limits(dtype: np.dtype) -> tuple[float, float]:
    """Return between which sizes two factors may be joined without over- or underflow."""
    largest = float(np.finfo(dtype).max) ** 0.1
    return 1 / largest, largest


def _joined(c: Any, d: Any, line: Instruction) -> Any:
    """Return the product of two constant factors, or None."""
    low, high = _limits(line.dtype)  # pyright: ignore - real lines have one
    return c * d if all(x == 0 or low <= abs(x) <= high for x in (c, d)) else None


def factor(x: Any, known: Known, *, alone: bool = False) -> tuple[Any, Any] | None:
    """Return (c, y) where `x` was computed as c y with a constant c; -y is -1 y."""
    inner = known.made_by(x, "Neg", alone=alone)
    if inner is not None:
        return -1.0, inner.operands[0]
    inner = known.made_by(x, "Mul", alone=alone)
    if inner is None or type(inner.operands[0]) is not float:
        return None
    return inner.operands[0], inner.operands[1]


def _negated(x: Any, line: Instruction, known: Known) -> Any:
    """Return y where `x` is -y, of the line's size, and nothing else needs it; else None."""
    inner = known.made_by(x, "Neg", alone=True)
    return None if inner is None or not known.stands_for(x, line) else inner.operands[0]


def _product(line: Instruction, known: Known) -> Any:
    """1 x = x; -1 x = -x; c (d x) = (c d) x; (c a) b = c (a b)."""
    line = _constant_first(line, known)
    c, x = line.operands
    if type(c) is float:
        if abs(c) == 1 and known.stands_for(x, line):
            return x if c == 1 else _times(c, x, line)
        scaled = factor(x, known)
        joined = None if scaled is None else _joined(c, scaled[0], line)
        if scaled is not None and joined is not None and known.dtype(scaled[1]) == line.dtype:
            return line._replace(operands=(joined, scaled[1]))
    elif not is_number(c):
        for a, b in ((c, x), (x, c)):
            scaled = factor(a, known, alone=True) if known.stands_for(a, line) else None
            if scaled is not None and scaled[0] and known.stands_for(scaled[1], line):
                return _times(scaled[0], line._replace(operands=(scaled[1], b)), line)
    return line


def _times(c: float, x: Any, line: Instruction) -> Instruction:
    return computed(np.negative, (x,), line) if c == -1 else computed(np.multiply, (c, x), line)


def _quotient(line: Instruction, known: Known) -> Any:
    """Take x / 1 = x; x / 4 = 0.25 x; (-a) / b = -(a / b)."""
    x, c = line.operands
    c = _plain(c, x, line, known)
    if type(c) is float and known.dtype(x) == line.dtype:
        low, high = _limits(line.dtype)  # pyright: ignore
        if c == 1:
            return x
        if abs(frexp(c)[0]) == 0.5 and low <= abs(c) <= high:
            return computed(np.multiply, (1 / c, x), line)
    y = _negated(x, line, known)
    if y is None:
        return line
    return computed(np.negative, (line._replace(operands=(y, line.operands[1])),), line)


def _sum(line: Instruction, known: Known) -> Any:
    """0 + x = x; a + (-b) = a - b; x + x = 2 x; zeros with patches + y = y with patches."""
    line = _constant_first(line, known)
    a, b = line.operands
    if _is(a, 0) and known.stands_for(b, line):
        return b
    if isinstance(a, Ref) and isinstance(b, Ref) and a == b and known.stands_for(a, line):
        return computed(np.multiply, (2.0, a), line)
    common = _common_factor(a, b, line, known)
    if common is not None:
        return common
    for x, other in ((b, a), (a, b)):
        inner = known.made_by(x, "Neg")
        if inner is not None:
            return computed(np.subtract, (other, inner.operands[0]), line)
        patched = known.made_by(x, "ScatterAdd", alone=True)
        if (
            patched is not None
            and is_zero(patched.operands[0])
            and known.stands_for(x, line)
            and known.stands_for(other, line)
        ):
            return patched._replace(operands=(other, *patched.operands[1:]))
    return line


def _common_factor(a: Any, b: Any, line: Instruction, known: Known) -> Instruction | None:
    """Take c x + c y = c (x + y), and c x + (-c) y = c (x - y); so for differences."""
    first, second = factor(a, known, alone=True), factor(b, known, alone=True)
    if first is None or second is None or not first[0] or abs(first[0]) != abs(second[0]):
        return None
    (c, x), (d, y) = first, second
    if not known.stands_for(x, line) or not known.stands_for(y, line):
        return None
    plus = (line.op == "Add") == (c == d)
    both = computed(np.add if plus else np.subtract, (x, y), line)
    return _times(c, both, line)


def _difference(line: Instruction, known: Known) -> Any:
    """Take x - 0 = x; 0 - x = -x; a - (-b) = a + b; (-a) - b = -(a + b)."""
    a, b = line.operands
    if _is(b, 0) and known.stands_for(a, line):
        return a
    if _is(a, 0) and known.stands_for(b, line):
        return computed(np.negative, (b,), line)
    common = _common_factor(a, b, line, known)
    if common is not None:
        return common
    inner = known.made_by(b, "Neg")
    if inner is not None:
        return computed(np.add, (a, inner.operands[0]), line)
    y = _negated(a, line, known)
    return line if y is None else computed(np.negative, (computed(np.add, (y, b), line),), line)


def _negation(line: Instruction, known: Known) -> Any:
    """-(-x) = x; -(c x) = (-c) x; -(a - b) = b - a."""
    (x,) = line.operands
    inner = known.made_by(x, "Neg")
    if inner is not None:
        return inner.operands[0]
    scaled = factor(x, known)
    if scaled is not None:
        return computed(np.multiply, (-scaled[0], scaled[1]), line)
    inner = known.made_by(x, "Sub", alone=True)
    return line if inner is None else inner._replace(operands=inner.operands[::-1])


def _size(line: Instruction, known: Known) -> Any:
    """|-c x| = |c x|."""
    scaled = factor(line.operands[0], known)
    if scaled is None or scaled[0] > 0 or not known.stands_for(scaled[1], line):
        return line
    c, x = scaled
    return line._replace(operands=(x if c == -1 else computed(np.multiply, (-c, x), line),))


def _power(line: Instruction, known: Known) -> Any:
    """Take x**1 = x, x**2 = x x, x**3 = (x x) x, x**4 = (x x)(x x), and so on."""
    x, n = line.operands
    if not is_number(n) or known.dtype(x) != line.dtype or n not in range(1, HIGHEST_POWER + 1):
        return line

    def power(n: int) -> Any:
        if n == 1:
            return x
        half = power(n // 2)
        square = computed(np.multiply, (half, half), line)
        return square if n % 2 == 0 else computed(np.multiply, (square, x), line)

    return power(int(n)) if known.shape(x) == line.shape else line


def _square(line: Instruction, known: Known) -> Any:
    (x,) = line.operands
    return computed(np.multiply, (x, x), line) if known.stands_for(x, line) else line


def _sum_of_scaled(line: Instruction, known: Known) -> Any:
    """Scale the sum, which is smaller."""
    (x,) = line.operands
    scaled = factor(x, known, alone=True) if known.dtype(x) == line.dtype else None
    if scaled is None or not set(line.params) <= {"axis", "keepdims"}:
        return line
    if known.dtype(scaled[1]) != line.dtype or known.shape(scaled[1]) != known.shape(x):
        return line
    return _times(scaled[0], line._replace(operands=(scaled[1],)), line)


def _choice(line: Instruction, known: Known) -> Any:
    """Where both branches are one number, it is the result; so is one that is always chosen."""
    condition, a, b = line.operands
    if not isinstance(condition, Ref) and (np.all(condition) or not np.any(condition)):
        chosen = a if np.any(condition) else b
        return chosen if known.stands_for(chosen, line) else line
    same = is_number(a) and _is(b, a) and np.signbit(a) == np.signbit(b)
    return np.broadcast_to(np.asarray(a, line.dtype), line.shape) if same else line  # pyright: ignore


def for_real(rule: Callable[..., Any]) -> Callable[[Instruction, Known], Any]:
    """Return a rule that lets lines of other numbers than real ones alone."""

    def checked(line: Instruction, known: Known) -> Any:
        dtype = line.dtype
        return rule(line, known) if dtype.kind == "f" and dtype.itemsize <= 8 else line  # pyright: ignore

    return checked


RULES_OF_VALUE: dict[str, Callable[[Instruction, Known], Any]] = {
    name: for_real(rule)
    for name, rule in {
        "Mul": _product,
        "Div": _quotient,
        "Add": _sum,
        "Sub": _difference,
        "Neg": _negation,
        "Pow": _power,
        "Square": _square,
        "Sum": _sum_of_scaled,
        "Where": _choice,
        "Absolute": _size,
    }.items()
}
