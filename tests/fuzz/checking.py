"""What a random program's derivatives are compared with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import hessopt
from tests.fuzz.generator import RandomProgram, random_program

TOLERANCE = 2e-5


@dataclass
class Tally:
    """Outcomes of many programs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, outcome: str) -> None:
        """Count one outcome; keep what is wrong."""
        self.outcomes[outcome.split(":")[0]] += 1
        if outcome.startswith("wrong"):
            self.wrong.append(outcome)


def central(f: Any, h: float) -> Any:
    """Fourth-order central difference of a function of one number, at 0."""
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)


def agree(exact: Any, f: Any) -> str:
    """Compare with differences at three steps; where these disagree among each other, a kink."""
    estimates = [central(f, h) for h in (1e-3, 3e-4, 1e-4)]
    scale = 1 + np.max(np.abs(estimates[-1]))
    gaps = [np.max(np.abs(exact - e)) / scale for e in estimates]
    if min(gaps) < TOLERANCE:
        return "right"
    spread = max(np.max(np.abs(a - b)) for a in estimates for b in estimates) / scale
    return "kink" if spread > TOLERANCE / 10 else f"off by {min(gaps):.1e}"


def check(program: RandomProgram, transform: Any = lambda f: f) -> str:
    """Return "right", "kink: ...", "refused: ..." or "wrong: ..." for one program.

    `transform` is applied to the functions that compute derivatives, such as `hessopt.jit`.
    """
    x, f = program.x, program.run
    v = np.random.default_rng(program.seed).standard_normal(x.shape)
    report = f"seed {program.seed}: {program.names}"
    try:
        value, gradient = transform(hessopt.value_and_grad(f))(x)
        product = transform(hessopt.hvp(f))(x, v)
    except hessopt.NoDerivativeError as error:
        return f"refused: {error}"
    if value != f(x.copy()) and not np.isclose(value, f(x.copy()), rtol=1e-12, atol=1e-13):
        return f"wrong: value {value} is not {f(x.copy())}, {report}"
    first = agree(gradient @ v, lambda h: f(x + h * v))
    if first.startswith("off"):
        return f"wrong: gradient {first}, {report}"
    entry = int(np.argmax(np.abs(gradient)))
    unit = np.eye(x.size)[entry]
    single = agree(gradient[entry], lambda h: f(x + h * unit))
    if single.startswith("off"):
        return f"wrong: gradient entry {single}, {report}"
    second = agree(product, lambda h: hessopt.grad(f)(x + h * v))
    if second.startswith("off"):
        return f"wrong: Hessian product {second}, {report}"
    return "kink" if "kink" in (first, single, second) else "right"


def check_many(seeds: range, transform: Any = lambda f: f) -> Tally:
    """Check the programs of many seeds."""
    tally = Tally()
    for seed in seeds:
        with np.errstate(all="ignore"):
            tally.add(check(random_program(seed), transform))
    return tally
