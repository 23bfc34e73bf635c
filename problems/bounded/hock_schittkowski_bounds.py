"""Those of Hock and Schittkowski that have bounds alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.bounded._common import entries, record


def collection(number: int) -> str:
    """Return where problem `number` is published."""
    return (
        "W. Hock and K. Schittkowski (1981), Test Examples for Nonlinear Programming Codes, "
        f"Lecture Notes in Economics and Mathematical Systems 187, Springer, problem {number}"
    )


def _valley(number: int, floor: float, **fields: Any) -> ConstrainedProblem:
    def value(x):
        x1, x2 = entries(x)
        return 100 * (x2 - x1**2) ** 2 + (1 - x1) ** 2

    return record(
        f"hs{number}",
        value,
        start=np.array([-2.0, 1.0]),
        source=collection(number),
        lower=np.array([-np.inf, floor]),
        **fields,
    )


@register
def hs1() -> ConstrainedProblem:
    """Rosenbrock's valley, with a bound that is in the way but not at the end."""
    return _valley(1, -1.5, solution=np.ones(2), least_value=0.0, tags={"sum-of-squares"})


@register
def hs2() -> ConstrainedProblem:
    """Rosenbrock's valley, cut off below 1.5: a minimiser on each side."""
    a = math.sqrt(598 / 1200)
    x1 = 2 * a * math.cos(math.acos(1 / (400 * a**3)) / 3)
    return _valley(
        2,
        1.5,
        solution=np.array([x1, 1.5]),
        least_value=100 * (1.5 - x1**2) ** 2 + (1 - x1) ** 2,
        note="The other minimiser, near (-1.221, 1.5), has the value 4.941229; from the start, "
        "which is on its side and below the bound, many methods end there.",
        tags={"sum-of-squares"},
    )


def _slope(name: str, weight: float) -> ConstrainedProblem:
    def value(x):
        x1, x2 = entries(x)
        return x2 + weight * (x2 - x1) ** 2

    return record(
        name,
        value,
        start=np.array([10.0, 1.0]),
        solution=np.zeros(2),
        least_value=0.0,
        source=collection(3),
        note="" if name == "hs3" else "The source's weight of 0.00001 is made 1 here.",
        lower=np.array([-np.inf, 0.0]),
        tags={"convex", "quadratic"},
    )


@register
def hs3() -> ConstrainedProblem:
    """Slope towards a bound, with a very flat valley along it."""
    return _slope("hs3", 1e-5)


@register
def hs3mod() -> ConstrainedProblem:
    """Slope towards a bound, with a valley along it."""
    return _slope("hs3mod", 1.0)


@register
def hs4() -> ConstrainedProblem:
    """Cubic with its minimiser in a corner."""

    def value(x):
        x1, x2 = entries(x)
        return (x1 + 1) ** 3 / 3 + x2

    return record(
        "hs4",
        value,
        start=np.array([1.125, 0.125]),
        solution=np.array([1.0, 0.0]),
        least_value=8 / 3,
        source=collection(4),
        lower=np.array([1.0, 0.0]),
        tags={"convex"},
    )


@register
def hs5() -> ConstrainedProblem:
    """McCormick's: wave over a valley, in a box."""

    def value(x):
        x1, x2 = entries(x)
        return np.sin(x1 + x2) + (x1 - x2) ** 2 - 1.5 * x1 + 2.5 * x2 + 1

    return record(
        "hs5",
        value,
        start=np.array([0.0, 0.0]),
        solution=np.array([0.5, -0.5]) - math.pi / 3,
        least_value=-math.sqrt(3) / 2 - math.pi / 3,
        source=collection(5),
        lower=np.array([-1.5, -3.0]),
        upper=np.array([4.0, 3.0]),
        tags={"multimodal"},
    )


@register
def hs25() -> ConstrainedProblem:
    """Fit of a Weibull distribution: at the start it is so flat that methods stay there."""
    t = np.arange(1, 100) / 100
    u = 25 + (-50 * np.log(t)) ** (2 / 3)

    def value(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return np.sum((np.exp(-((u - x2) ** x3) / x1) - t) ** 2, axis=-1)

    return record(
        "hs25",
        value,
        start=np.array([100.0, 12.5, 3.0]),
        solution=np.array([50.0, 25.0, 1.5]),
        least_value=0.0,
        source=collection(25),
        note="With x2 above 25.1 the power of a negative number is not defined.",
        lower=np.array([0.1, 0.0, 0.0]),
        upper=np.array([100.0, 25.6, 5.0]),
        tags={"sum-of-squares"},
    )


@register
def hs38() -> ConstrainedProblem:
    """Colville's fourth, Wood's function, in a box."""

    def value(x):
        x1, x2, x3, x4 = entries(x)
        return (
            100 * (x2 - x1**2) ** 2
            + (1 - x1) ** 2
            + 90 * (x4 - x3**2) ** 2
            + (1 - x3) ** 2
            + 10.1 * ((x2 - 1) ** 2 + (x4 - 1) ** 2)
            + 19.8 * (x2 - 1) * (x4 - 1)
        )

    return record(
        "hs38",
        value,
        start=np.array([-3.0, -1.0, -3.0, -1.0]),
        solution=np.ones(4),
        least_value=0.0,
        source=collection(38),
        lower=-10.0,
        upper=10.0,
    )


@register
def hs45() -> ConstrainedProblem:
    """Product of five variables, largest at the upper bounds."""
    upper = np.arange(1.0, 6.0)

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return 2 - x1 * x2 * x3 * x4 * x5 / 120

    return record(
        "hs45",
        value,
        start=np.full(5, 2.0),
        solution=upper,
        least_value=1.0,
        source=collection(45),
        note="The published start lies above the bound of the first variable. Where two or more "
        "variables are 0 the gradient vanishes.",
        lower=0.0,
        upper=upper,
    )


@register
def hs110() -> ConstrainedProblem:
    """Logarithms that go to infinity just outside the box, and a root of a product."""

    def value(x):
        logs = np.log(x - 2) ** 2 + np.log(10 - x) ** 2
        return np.sum(logs, axis=-1) - np.prod(x, axis=-1) ** 0.2

    return record(
        "hs110",
        value,
        start=np.full(10, 9.0),
        solution=np.full(10, 9.350265833069384),
        least_value=-45.77846970744628,
        source=collection(110),
        lower=2.001,
        upper=9.999,
    )
