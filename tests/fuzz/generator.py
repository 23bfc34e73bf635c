"""Random NumPy programs: operations on several shapes, slices, assignment, control flow.

A program is a list of steps chosen by a seeded generator while it is run once on numbers, so that
every step fits the shapes at hand. `run` then executes it on arrays, on Variables, or in another
library's namespace. Functions are composed so that values stay moderate and away from poles; kinks
(maximum, where, sort, abs) occur, and the caller discards points that sit on one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Step:
    """One statement: a name for reports, what it does to the values so far, which it reads."""

    name: str
    compute: Callable[..., Any]
    reads: tuple[int, ...]


@dataclass(frozen=True)
class RandomProgram:
    """A function of a vector, and a start to differentiate it at."""

    seed: int
    x: np.ndarray
    steps: tuple[Step, ...]

    def run(self, x: Any, xp: Any = np) -> Any:
        """Return the scalar."""
        values = [x]
        for step in self.steps:
            values.append(step.compute(xp, *(values[k] for k in step.reads)))
        total = 0.0
        for value in values[1:]:
            total = total + xp.sum(xp.tanh(value)) * 0.1
        return total

    @property
    def names(self) -> list[str]:
        """The steps, for a report."""
        return [step.name for step in self.steps]

    @property
    def assigns(self) -> bool:
        """Whether it writes into arrays, which not every library can."""
        return any(step.name.startswith("assign") for step in self.steps)


UNARY = {
    "sin": lambda xp, a: xp.sin(a),
    "cos": lambda xp, a: xp.cos(a),
    "tanh": lambda xp, a: xp.tanh(a),
    "arctan": lambda xp, a: xp.arctan(a),
    "exp(tanh)": lambda xp, a: xp.exp(xp.tanh(a)),
    "log(1+a^2)": lambda xp, a: xp.log(1 + a * a),
    "sqrt(1+a^2)": lambda xp, a: xp.sqrt(1 + a**2),
    "log1p(a^2)": lambda xp, a: xp.log1p(xp.square(a)),
    "1/(2+sin)": lambda xp, a: 1 / (2 + xp.sin(a)),
    "(1+a^2)**-1.5": lambda xp, a: (1 + a**2) ** -1.5,
    "a**3 tanh": lambda xp, a: xp.tanh(a) ** 3,
    "abs": lambda xp, a: abs(a),
    "-a": lambda xp, a: -a,
    "sinh(tanh)": lambda xp, a: xp.sinh(xp.tanh(a)),
    "clip": lambda xp, a: xp.clip(a, -0.7, 0.8),
    "where": lambda xp, a: xp.where(a > 0.1, a**2, xp.sin(a)),
    "expm1(-a^2)": lambda xp, a: xp.expm1(-(a**2)),
}

BINARY = {
    "a+b": lambda xp, a, b: a + b,
    "a-b": lambda xp, a, b: a - b,
    "a*b": lambda xp, a, b: a * b,
    "a/(1+b^2)": lambda xp, a, b: a / (1 + b * b),
    "(1.5+tanh a)**b": lambda xp, a, b: (1.5 + xp.tanh(a)) ** xp.tanh(b),
    "maximum": lambda xp, a, b: xp.maximum(a, b),
    "minimum": lambda xp, a, b: xp.minimum(a, b),
    "arctan2": lambda xp, a, b: xp.arctan2(a, 1.1 + b * b),
    "logaddexp": lambda xp, a, b: xp.logaddexp(a, b),
    "where": lambda xp, a, b: xp.where(a < b, a * b, a - b),
}

REARRANGE = {
    "ravel": lambda xp, a: xp.ravel(a),
    "transpose": lambda xp, a: xp.transpose(a),
    "flip": lambda xp, a: xp.flip(a, 0),
    "roll": lambda xp, a: xp.roll(a, 1, axis=0),
    "cumsum": lambda xp, a: xp.cumsum(a, axis=0),
    "diff": lambda xp, a: xp.diff(a, axis=0),
    "concatenate": lambda xp, a: xp.concatenate([a, 2 * a], axis=0),
    "stack": lambda xp, a: xp.stack([a, xp.sin(a)], axis=-1),
    "repeat": lambda xp, a: xp.repeat(a, 2, axis=0),
    "sort": lambda xp, a: xp.sort(a, axis=0),
    "tile": lambda xp, a: xp.tile(a, 2),
    "a[1:]": lambda xp, a: a[1:],
    "a[::-2]": lambda xp, a: a[::-2],
    "a[-1]": lambda xp, a: a[-1],
    "a[[0,-1,0]]": lambda xp, a: a[np.array([0, -1, 0])],
    "a[...,None]": lambda xp, a: a[..., None],
    "expand": lambda xp, a: xp.expand_dims(a, 0) + xp.zeros((2,) + (1,) * a.ndim),
}

REDUCE = {
    "sum": lambda xp, a: xp.sum(a, axis=0),
    "mean keepdims": lambda xp, a: xp.mean(a, axis=-1, keepdims=True),
    "prod": lambda xp, a: xp.prod(xp.tanh(a) + 0.2, axis=-1),
    "max": lambda xp, a: xp.max(a, axis=0),
    "min": lambda xp, a: xp.min(a),
    "var": lambda xp, a: xp.var(a, axis=-1),
    "norm": lambda xp, a: xp.sqrt(0.3 + xp.sum(a**2)),
    "einsum": lambda xp, a: xp.einsum("i...,i...->...", a, a),
}


def _product(xp: Any, a: Any, b: Any) -> Any:
    return xp.matmul(xp.reshape(a, (-1, 1)), xp.reshape(b, (1, -1)))


def _matrix_vector(xp: Any, a: Any, b: Any) -> Any:
    rows = xp.reshape(a, (-1,))
    return xp.dot(xp.outer(rows, xp.cos(rows)), rows) / (1 + a.size) + xp.sum(b)


def _solve(xp: Any, a: Any) -> Any:
    v = xp.reshape(a, (-1,))[:3]
    matrix = xp.outer(v, v) + 2 * xp.eye(v.shape[0])
    return xp.linalg.solve(matrix, xp.sin(v))


def _branch(xp: Any, a: Any) -> Any:
    if xp.sum(a) > 0.2:
        return xp.sin(a) * 2
    return a**2 + 1


def _loop(xp: Any, a: Any) -> Any:
    flat = xp.reshape(a, (-1,))
    total = flat[0]
    for i in range(min(len(flat), 6)):
        total = xp.tanh(total * 0.5 + flat[i])
    while abs(total) > 0.4:
        total = total * 0.6
    return total


def _assign_slice(xp: Any, a: Any) -> Any:
    y = xp.zeros_like(a)
    y[1:] = a[:-1] ** 2
    y[0] = xp.sin(a[-1])
    return y


def _assign_in_place(xp: Any, a: Any) -> Any:
    y = a * 1.0
    y *= 0.5
    y += xp.cos(a)
    view = y[:1]
    view -= a[-1:]
    return y


def _assign_mask(xp: Any, a: Any) -> Any:
    y = xp.copy(a)
    y[y > 0.3] *= 0.5
    y[..., -1:] += 1.0
    return y


CONTROL = {"solve": _solve, "if": _branch, "loop": _loop}
ASSIGN = {
    "assign slice": _assign_slice,
    "assign in place": _assign_in_place,
    "assign mask": _assign_mask,
}
PRODUCTS = {"outer product": _product, "matrix vector": _matrix_vector}

FAMILIES = (UNARY, BINARY, REARRANGE, REDUCE, PRODUCTS, CONTROL, ASSIGN)
WEIGHTS = np.array([6, 5, 4, 3, 1, 2, 2])
LARGEST = 60


def random_program(seed: int, fewest: int = 10, most: int = 60) -> RandomProgram:
    """Return the program of a seed, of `fewest` to `most` steps."""
    random = np.random.default_rng(seed)
    x = random.uniform(-1.2, 1.2, int(random.integers(2, 6)))
    values: list[Any] = [x]
    steps: list[Step] = []
    target = int(random.integers(fewest, most + 1))
    while len(steps) < target:
        family = FAMILIES[random.choice(len(FAMILIES), p=WEIGHTS / WEIGHTS.sum())]
        name = str(random.choice(list(family)))
        count = 2 if family in (BINARY, PRODUCTS) else 1
        recent = [k for k in range(len(values)) if k > len(values) - 12 or k == 0]
        reads = tuple(int(k) for k in random.choice(recent, count))
        if not _fits(family, [values[k] for k in reads]):
            continue
        step = Step(name, family[name], reads)
        try:
            value = step.compute(np, *(values[k] for k in reads))
        except (ValueError, IndexError):
            continue
        if np.size(value) in range(1, LARGEST) and np.all(np.abs(value) < 50):
            steps.append(step)
            values.append(value)
    return RandomProgram(seed, x, tuple(steps))


def _fits(family: Any, operands: list[Any]) -> bool:
    if family is BINARY:
        try:
            np.broadcast_shapes(*map(np.shape, operands))
        except ValueError:
            return False
        return True
    if family in (REARRANGE, REDUCE, ASSIGN, PRODUCTS, CONTROL):
        least = 2 if family in (REARRANGE, ASSIGN) else 1
        return all(np.ndim(a) >= 1 and operator.index(a.shape[0]) >= least for a in operands)
    return True
