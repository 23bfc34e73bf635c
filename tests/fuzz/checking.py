"""What a random program's derivatives are compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import hessopt
from tests.fuzz.generator import RandomProgram, random_program
from tests.fuzz.vocabulary import PLAIN, Family

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
    estimates, gaps = [], []
    for h in (1e-3, 3e-4, 1e-4):
        estimates.append(central(f, h))
        scale = 1 + np.max(np.abs(estimates[-1]))
        gaps.append(np.max(np.abs(exact - estimates[-1])) / scale)
        if gaps[-1] < TOLERANCE:
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


def check_single(program: RandomProgram) -> str:
    """Return "right", "apart: ..." or "wrong: ..." for one program in single precision.

    Types must be right; numbers may be apart where rounding is amplified, or a branch changes.
    """
    x = program.x.astype(np.float32)
    v = np.random.default_rng(program.seed).standard_normal(x.shape).astype(np.float32)
    value, gradient = hessopt.value_and_grad(program.run)(x)
    product = hessopt.hvp(program.run)(x, v)
    report = f"seed {program.seed}: {program.names}"
    plain = np.result_type(program.run(x))
    if (value.dtype, gradient.dtype, product.dtype) != (plain, x.dtype, x.dtype):
        return f"wrong: {value.dtype}, {gradient.dtype}, {product.dtype}, {report}"
    double = x.astype(float)
    exact = hessopt.grad(program.run)(double), hessopt.hvp(program.run)(double, v.astype(float))
    pairs = {"gradient": (gradient, exact[0]), "product": (product, exact[1])}
    for what, (found, expected) in pairs.items():
        gap = np.max(np.abs(found - expected)) / (1 + np.max(np.abs(expected)))
        if not gap < 1e-3:
            return f"apart: {what} off by {gap:.1e}, {report}"
    return "right"


def check_many(
    seeds: range, check: Any = check, families: Sequence[Family] = PLAIN, most: int = 60
) -> Tally:
    """Check the programs of many seeds, of ten steps or more."""
    tally = Tally()
    for seed in seeds:
        with np.errstate(all="ignore"):
            tally.add(check(random_program(seed, 10, most, families)))
    return tally
