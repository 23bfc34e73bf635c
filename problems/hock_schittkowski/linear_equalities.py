"""Curved objectives on planes: linear equalities, some with bounds."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record


def powers(x):
    """Return the objective of problem 51 and, with other planes, of others."""
    x1, x2, x3, x4, x5 = entries(x)
    return (x1 - x2) ** 2 + (x2 + x3 - 2) ** 2 + (x4 - 1) ** 2 + (x5 - 1) ** 2


def planes_of_51(x):
    """Return three planes through ``(1, ..., 1)``, not yet moved."""
    x1, x2, x3, x4, x5 = entries(x)
    return joined(x1 + 3 * x2, x3 + x4 - 2 * x5, x2 - x5)


@register
def hs28() -> ConstrainedProblem:
    """Convex quadratic on a plane."""

    def value(x):
        x1, x2, x3 = entries(x)
        return (x1 + x2) ** 2 + (x2 + x3) ** 2

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(x1 + 2 * x2 + 3 * x3 - 1)

    return record(
        28,
        value,
        start=[-4.0, 1.0, 1.0],
        solution=[0.5, -0.5, 0.5],
        least_value=0.0,
        tags={"convex", "quadratic", "sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs41() -> ConstrainedProblem:
    """Product of three variables in a box, cut by a plane."""

    def value(x):
        return 2 - x[..., 0] * x[..., 1] * x[..., 2]

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(x1 + 2 * x2 + 2 * x3 - x4)

    return record(
        41,
        value,
        start=[2.0, 2.0, 2.0, 2.0],
        solution=[2 / 3, 1 / 3, 1 / 3, 2.0],
        least_value=52 / 27,
        lower=0.0,
        upper=np.array([1.0, 1.0, 1.0, 2.0]),
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs48() -> ConstrainedProblem:
    """Sum of three squares on two planes."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (x1 - 1) ** 2 + (x2 - x3) ** 2 + (x4 - x5) ** 2

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(x1 + x2 + x3 + x4 + x5 - 5, x3 - 2 * (x4 + x5) + 3)

    return record(
        48,
        value,
        start=[3.0, 5.0, -3.0, 2.0, -2.0],
        solution=np.ones(5),
        least_value=0.0,
        tags={"convex", "quadratic", "sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs49() -> ConstrainedProblem:
    """Powers two, four and six on two planes: flat at the solution."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (x1 - x2) ** 2 + (x3 - 1) ** 2 + (x4 - 1) ** 4 + (x5 - 1) ** 6

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(x1 + x2 + x3 + 4 * x4 - 7, x3 + 5 * x5 - 6)

    return record(
        49,
        value,
        start=[10.0, 7.0, 2.0, -3.0, 0.8],
        solution=np.ones(5),
        least_value=0.0,
        tags={"convex", "sum-of-squares", "singular"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs50() -> ConstrainedProblem:
    """Powers two and four on three planes."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (x1 - x2) ** 2 + (x2 - x3) ** 2 + (x3 - x4) ** 4 + (x4 - x5) ** 2

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(x1 + 2 * x2 + 3 * x3 - 6, x2 + 2 * x3 + 3 * x4 - 6, x3 + 2 * x4 + 3 * x5 - 6)

    return record(
        50,
        value,
        start=[35.0, -31.0, 11.0, 5.0, -5.0],
        solution=np.ones(5),
        least_value=0.0,
        tags={"convex", "sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs51() -> ConstrainedProblem:
    """Sum of four squares on three planes that meet its minimiser."""
    through = np.array([4.0, 0.0, 0.0])
    return record(
        51,
        powers,
        start=[2.5, 0.5, 2.0, -1.0, 0.5],
        solution=np.ones(5),
        least_value=0.0,
        tags={"convex", "quadratic", "sum-of-squares"},
        constraints=planes_of_51,
        constraints_lower=through,
        constraints_upper=through,
    )


@register
def hs52() -> ConstrainedProblem:
    """Sum of four squares on three planes that miss its minimiser."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (4 * x1 - x2) ** 2 + (x2 + x3 - 2) ** 2 + (x4 - 1) ** 2 + (x5 - 1) ** 2

    return record(
        52,
        value,
        start=np.full(5, 2.0),
        solution=np.array([-33.0, 11.0, 180.0, -158.0, 11.0]) / 349,
        least_value=1859 / 349,
        note="CUTEst's file has 5.326643 for the least value; it is 1859/349 = 5.3266476.",
        tags={"convex", "quadratic", "sum-of-squares"},
        constraints=planes_of_51,
        constraints_upper=EQUAL,
    )


@register
def hs53() -> ConstrainedProblem:
    """Sum of four squares on three planes, in a box that does not matter in the end."""
    return record(
        53,
        powers,
        start=np.full(5, 2.0),
        solution=np.array([-33.0, 11.0, 27.0, -5.0, 11.0]) / 43,
        least_value=176 / 43,
        note="CUTEst's file has 4.09302318 for the least value; it is 176/43 = 4.0930233.",
        tags={"convex", "quadratic", "sum-of-squares"},
        lower=-10.0,
        upper=10.0,
        constraints=planes_of_51,
        constraints_upper=EQUAL,
    )


@register
def hs55() -> ConstrainedProblem:
    """Exponential of a product on planes, one of which says what the others do."""

    def value(x):
        x1, x2, _, x4, x5, _ = entries(x)
        return x1 + 2 * x2 + 4 * x5 + np.exp(x1 * x4)

    def constraints(x):
        x1, x2, x3, x4, x5, x6 = entries(x)
        return joined(
            x1 + 2 * x2 + 5 * x5 - 6,
            x1 + x2 + x3 - 3,
            x4 + x5 + x6 - 2,
            x1 + x4 - 1,
            x2 + x5 - 2,
            x3 + x6 - 2,
        )

    return record(
        55,
        value,
        start=[1.0, 2.0, 0.0, 0.0, 0.0, 2.0],
        solution=[0.0, 4 / 3, 5 / 3, 1.0, 2 / 3, 1 / 3],
        least_value=19 / 3,
        note="CUTEst's file has 6.66666666 for the least value, which is that of the local "
        "minimiser (1, 5/3, 1/3, 0, 1/3, 5/3); the source's is 19/3.",
        lower=0.0,
        upper=np.array([1.0, np.inf, np.inf, 1.0, np.inf, np.inf]),
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs62() -> ConstrainedProblem:
    """Logarithms of shares that add up to one."""

    def value(x):
        x1, x2, x3 = entries(x)
        return -32.174 * (
            255 * np.log((x1 + x2 + x3 + 0.03) / (0.09 * x1 + x2 + x3 + 0.03))
            + 280 * np.log((x2 + x3 + 0.03) / (0.07 * x2 + x3 + 0.03))
            + 290 * np.log((x3 + 0.03) / (0.13 * x3 + 0.03))
        )

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(x1 + x2 + x3 - 1)

    return record(
        62,
        value,
        start=[0.7, 0.2, 0.1],
        solution=[0.6178126908126922, 0.3282022231196693, 0.05398508606763848],
        least_value=-26272.514487318258,
        lower=0.0,
        upper=1.0,
        constraints=constraints,
        constraints_upper=EQUAL,
    )
