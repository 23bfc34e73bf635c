"""Random NumPy programs: operations on several shapes, slices, assignment, control flow.

A program is a list of steps chosen by a seeded generator while it is run once on numbers, so that
every step fits the shapes at hand. `run` then executes it on arrays, on Variables, or in another
library's namespace.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.fuzz.words import ASSIGN, BINARY, CONTROL, PRODUCTS, REARRANGE, REDUCE, UNARY


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

    def run(self, x: Any, xp: Any = np, otherwise: Mapping[str, Callable[..., Any]] = {}) -> Any:
        """Return the scalar, with NumPy's names from `xp` and some steps spelled otherwise."""
        values = [x]
        for step in self.steps:
            compute = otherwise.get(step.name, step.compute)
            values.append(compute(xp, *(values[k] for k in step.reads)))
        total = 0.0
        for value in values[1:]:
            total = total + xp.sum(xp.tanh(value)) * 0.1
        return total

    @property
    def names(self) -> list[str]:
        """The steps, for a report."""
        return [step.name for step in self.steps]


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
