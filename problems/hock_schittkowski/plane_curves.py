"""Two variables and one curve, to stay on or to stay on one side of."""

from __future__ import annotations

import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record


@register
def hs6() -> ConstrainedProblem:
    """Parabola in one variable, on the floor of Rosenbrock's valley."""

    def value(x):
        return (1 - x[..., 0]) ** 2

    def constraints(x):
        x1, x2 = entries(x)
        return joined(10 * (x2 - x1**2))

    return record(
        6,
        value,
        start=[-1.2, 1.0],
        solution=[1.0, 1.0],
        least_value=0.0,
        tags={"quadratic", "sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs7() -> ConstrainedProblem:
    """Nearly linear objective on an oval of degree four."""

    def value(x):
        x1, x2 = entries(x)
        return np.log(1 + x1**2) - x2

    def constraints(x):
        x1, x2 = entries(x)
        return joined((1 + x1**2) ** 2 + x2**2 - 4)

    return record(
        7,
        value,
        start=[2.0, 2.0],
        solution=[0.0, math.sqrt(3)],
        least_value=-math.sqrt(3),
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs9() -> ConstrainedProblem:
    """Waves along a line: endlessly many minimisers of one value."""

    def value(x):
        x1, x2 = entries(x)
        return np.sin(np.pi * x1 / 12) * np.cos(np.pi * x2 / 16)

    def constraints(x):
        x1, x2 = entries(x)
        return joined(4 * x1 - 3 * x2)

    return record(
        9,
        value,
        start=[0.0, 0.0],
        solution=[-3.0, -4.0],
        least_value=-0.5,
        note="All of (12 k - 3, 16 k - 4) with a whole number k are minimisers.",
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs10() -> ConstrainedProblem:
    """Linear objective in a narrow ellipse."""

    def value(x):
        x1, x2 = entries(x)
        return x1 - x2

    def constraints(x):
        x1, x2 = entries(x)
        return joined(1 - 3 * x1**2 + 2 * x1 * x2 - x2**2)

    return record(
        10,
        value,
        start=[-10.0, 10.0],
        solution=[0.0, 1.0],
        least_value=-1.0,
        tags={"convex"},
        constraints=constraints,
    )


@register
def hs11() -> ConstrainedProblem:
    """Nearest point inside a parabola."""

    def value(x):
        x1, x2 = entries(x)
        return (x1 - 5) ** 2 + x2**2 - 25

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x2 - x1**2)

    return record(
        11,
        value,
        start=[4.9, 0.1],
        solution=[1.234772825053297, 1.5246639294900999],
        least_value=-8.498464223154677,
        tags={"convex", "quadratic"},
        constraints=constraints,
    )


@register
def hs12() -> ConstrainedProblem:
    """Quadratic whose minimiser an ellipse cuts off."""

    def value(x):
        x1, x2 = entries(x)
        return x1**2 / 2 + x2**2 - x1 * x2 - 7 * x1 - 7 * x2

    def constraints(x):
        x1, x2 = entries(x)
        return joined(25 - 4 * x1**2 - x2**2)

    return record(
        12,
        value,
        start=[0.0, 0.0],
        solution=[2.0, 3.0],
        least_value=-30.0,
        tags={"convex", "quadratic"},
        constraints=constraints,
    )


@register
def hs13() -> ConstrainedProblem:
    """Solution at a cusp, where there are no multipliers."""

    def value(x):
        x1, x2 = entries(x)
        return (x1 - 2) ** 2 + x2**2

    def constraints(x):
        x1, x2 = entries(x)
        return joined((1 - x1) ** 3 - x2)

    return record(
        13,
        value,
        start=[-2.0, -2.0],
        solution=[1.0, 0.0],
        least_value=1.0,
        note="At the solution no constraint qualification holds, nor do the conditions of first "
        "order: methods that look for multipliers come near it slowly, to a few digits.",
        tags={"quadratic", "sum-of-squares", "cusp"},
        lower=0.0,
        constraints=constraints,
    )


@register
def hs14() -> ConstrainedProblem:
    """Nearest point of a line within an ellipse."""

    def value(x):
        x1, x2 = entries(x)
        return (x1 - 2) ** 2 + (x2 - 1) ** 2

    def constraints(x):
        x1, x2 = entries(x)
        return joined(1 - x1**2 / 4 - x2**2, x1 - 2 * x2 + 1)

    root = math.sqrt(7)
    return record(
        14,
        value,
        start=[2.0, 2.0],
        solution=[(root - 1) / 2, (root + 1) / 4],
        least_value=9 - 23 * root / 8,
        note="CUTEst's file has 1.42322464 for the least value; it is 9 - 23 sqrt(7) / 8 = "
        "1.39346498, as in the source.",
        tags={"convex", "quadratic", "sum-of-squares"},
        constraints=constraints,
        constraints_upper=np.array([np.inf, EQUAL]),
    )
