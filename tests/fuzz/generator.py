"""Random NumPy programs: operations on several shapes, slices, assignment, control flow.

A program is a list of steps chosen by a seeded generator while it is run once on numbers, so that
every step fits the shapes at hand. `run` then executes it on arrays, on Variables, or in another
library's namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.fuzz.vocabulary import PLAIN, Family

LARGEST = 60

# How a value enters the result: not at all, with adjoints that differ, with one that is uniform
ENDINGS: tuple[Callable[..., Any] | None, ...] = (
    None,
    lambda xp, a: xp.sum(xp.tanh(a)),
    lambda xp, a: xp.mean(a),
    lambda xp, a: xp.tanh(0.3 * xp.sum(a)),
)


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
    endings: tuple[int, ...]

    def run(self, x: Any, xp: Any = np, otherwise: Mapping[str, Callable[..., Any]] = {}) -> Any:
        """Return the scalar, with NumPy's names from `xp` and some steps spelled otherwise."""
        values = [x]
        for step in self.steps:
            compute = otherwise.get(step.name, step.compute)
            values.append(compute(xp, *(values[k] for k in step.reads)))
        total = 0.0
        for value, k in zip(values[1:], self.endings, strict=True):
            ending = ENDINGS[k]
            if ending is not None:
                real = xp.real(value) + 0.7 * xp.imag(value) if xp.iscomplexobj(value) else value
                total = total + ending(xp, real) * 0.1
        return total

    @property
    def names(self) -> list[str]:
        """The steps, for a report."""
        return [step.name for step in self.steps]


def random_program(
    seed: int, fewest: int = 10, most: int = 60, families: Sequence[Family] = PLAIN
) -> RandomProgram:
    """Return the program of a seed, of `fewest` to `most` steps."""
    random = np.random.default_rng(seed)
    x = random.uniform(-1.2, 1.2, int(random.integers(2, 6)))
    values: list[Any] = [x]
    steps: list[Step] = []
    target = int(random.integers(fewest, most + 1))
    weights = np.array([family.weight for family in families])
    while len(steps) < target:
        family = families[random.choice(len(families), p=weights / weights.sum())]
        name = str(random.choice(list(family.words)))
        recent = [k for k in range(len(values)) if k > len(values) - 12 or k == 0]
        reads = tuple(int(k) for k in random.choice(recent, family.operands))
        if not family.fits(*(values[k] for k in reads)):
            continue
        step = Step(name, family.words[name], reads)
        try:
            value = step.compute(np, *(values[k] for k in reads))
        except (ValueError, IndexError):
            continue
        if np.size(value) in range(1, LARGEST) and np.all(np.abs(value) < 50):
            steps.append(step)
            values.append(value)
    endings = random.choice(len(ENDINGS), len(steps), p=[0.4, 0.2, 0.2, 0.2])
    endings[-1] = max(endings[-1], 1)
    return RandomProgram(seed, x, tuple(steps), tuple(map(int, endings)))
