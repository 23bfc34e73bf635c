"""Two variables and two or more curves: solutions lie in corners."""

from __future__ import annotations

import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import entries, joined, record


def valley(x):
    """Return Rosenbrock's function, the objective of several."""
    x1, x2 = entries(x)
    return 100 * (x2 - x1**2) ** 2 + (1 - x1) ** 2


@register
def hs15() -> ConstrainedProblem:
    """Rosenbrock's valley, beyond a hyperbola."""

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x1 * x2 - 1, x1 + x2**2)

    return record(
        15,
        valley,
        start=[-2.0, 1.0],
        solution=[0.5, 2.0],
        least_value=306.5,
        note="Another local minimiser, near (-0.792, -1.262), has the value 360.38.",
        upper=np.array([0.5, np.inf]),
        constraints=constraints,
    )


@register
def hs16() -> ConstrainedProblem:
    """Rosenbrock's valley in a box, outside two parabolas."""

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x1 + x2**2, x1**2 + x2)

    return record(
        16,
        valley,
        start=[-2.0, 1.0],
        solution=[0.5, 0.25],
        least_value=0.25,
        lower=np.array([-0.5, -np.inf]),
        upper=np.array([0.5, 1.0]),
        constraints=constraints,
    )


@register
def hs17() -> ConstrainedProblem:
    """Rosenbrock's valley in a box, with the solution where two parabolas meet."""

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x2**2 - x1, x1**2 - x2)

    return record(
        17,
        valley,
        start=[-2.0, 1.0],
        solution=[0.0, 0.0],
        least_value=1.0,
        lower=np.array([-0.5, -np.inf]),
        upper=np.array([0.5, 1.0]),
        constraints=constraints,
    )


@register
def hs18() -> ConstrainedProblem:
    """Narrow bowl beyond a hyperbola and a circle."""

    def value(x):
        x1, x2 = entries(x)
        return 0.01 * x1**2 + x2**2

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x1 * x2 - 25, x1**2 + x2**2 - 25)

    return record(
        18,
        value,
        start=[2.0, 2.0],
        solution=[math.sqrt(250), math.sqrt(2.5)],
        least_value=5.0,
        tags={"quadratic", "sum-of-squares"},
        lower=np.array([2.0, 0.0]),
        upper=50.0,
        constraints=constraints,
    )


@register
def hs19() -> ConstrainedProblem:
    """Sum of cubes in the thin sickle between two circles."""

    def value(x):
        x1, x2 = entries(x)
        return (x1 - 10) ** 3 + (x2 - 20) ** 3

    def constraints(x):
        x1, x2 = entries(x)
        outside = (x1 - 5) ** 2 + (x2 - 5) ** 2 - 100
        inside = 82.81 - (x1 - 6) ** 2 - (x2 - 5) ** 2
        return joined(outside, inside)

    # Where the circles meet: half their radical line, and the root of a quadratic
    x1 = 14.095
    x2 = 5 - math.sqrt(100 - (x1 - 5) ** 2)
    return record(
        19,
        value,
        start=[20.1, 5.84],
        solution=[x1, x2],
        least_value=(x1 - 10) ** 3 + (x2 - 20) ** 3,
        note="The published least value, -6961.81381, is right to seven digits.",
        lower=np.array([13.0, 0.0]),
        upper=100.0,
        constraints=constraints,
    )


@register
def hs20() -> ConstrainedProblem:
    """Rosenbrock's valley in a strip, outside two parabolas and a circle."""

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x1 + x2**2, x1**2 + x2, x1**2 + x2**2 - 1)

    return record(
        20,
        valley,
        start=[-2.0, 1.0],
        solution=[0.5, math.sqrt(0.75)],
        least_value=81.5 - 25 * math.sqrt(3),
        note="CUTEst's file has 40.199 for the least value, which is that of the local minimiser "
        "(-0.5, sqrt(3)/2); here it is 81.5 - 25 sqrt(3) = 38.19873, as in the source.",
        lower=np.array([-0.5, -np.inf]),
        upper=np.array([0.5, np.inf]),
        constraints=constraints,
    )


@register
def hs21() -> ConstrainedProblem:
    """Narrow bowl, a line and a box."""

    def value(x):
        x1, x2 = entries(x)
        return 0.01 * x1**2 + x2**2 - 100

    def constraints(x):
        x1, x2 = entries(x)
        return joined(10 * x1 - x2 - 10)

    return record(
        21,
        value,
        start=[-1.0, -1.0],
        solution=[2.0, 0.0],
        least_value=-99.96,
        tags={"convex", "quadratic"},
        lower=np.array([2.0, -50.0]),
        upper=50.0,
        constraints=constraints,
    )


@register
def hs22() -> ConstrainedProblem:
    """Nearest point between a line and a parabola."""

    def value(x):
        x1, x2 = entries(x)
        return (x1 - 2) ** 2 + (x2 - 1) ** 2

    def constraints(x):
        x1, x2 = entries(x)
        return joined(2 - x1 - x2, x2 - x1**2)

    return record(
        22,
        value,
        start=[2.0, 2.0],
        solution=[1.0, 1.0],
        least_value=1.0,
        tags={"convex", "quadratic", "sum-of-squares"},
        constraints=constraints,
    )


@register
def hs23() -> ConstrainedProblem:
    """Point nearest to zero beyond a line, a circle, an ellipse and two parabolas."""

    def value(x):
        x1, x2 = entries(x)
        return x1**2 + x2**2

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x1 + x2 - 1, x1**2 + x2**2 - 1, 9 * x1**2 + x2**2 - 9, x1**2 - x2, x2**2 - x1)

    return record(
        23,
        value,
        start=[3.0, 1.0],
        solution=[1.0, 1.0],
        least_value=2.0,
        tags={"quadratic", "sum-of-squares"},
        lower=-50.0,
        upper=50.0,
        constraints=constraints,
    )


@register
def hs24() -> ConstrainedProblem:
    """Quintic in a triangle."""
    root = math.sqrt(3)

    def value(x):
        x1, x2 = entries(x)
        return ((x1 - 3) ** 2 - 9) * x2**3 / (27 * root)

    def constraints(x):
        x1, x2 = entries(x)
        return joined(x1 / root - x2, x1 + root * x2, 6 - x1 - root * x2)

    return record(
        24,
        value,
        start=[1.0, 0.5],
        solution=[3.0, root],
        least_value=-1.0,
        lower=0.0,
        constraints=constraints,
    )
