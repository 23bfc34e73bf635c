"""Three to seven variables on curved surfaces."""

from __future__ import annotations

import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record

ROOT = math.sqrt(2)


@register
def hs26() -> ConstrainedProblem:
    """Flat quartic on a surface of degree four."""

    def value(x):
        x1, x2, x3 = entries(x)
        return (x1 - x2) ** 2 + (x2 - x3) ** 4

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined((1 + x2**2) * x1 + x3**4 - 3)

    return record(
        26,
        value,
        start=[-2.6, 2.0, 2.0],
        solution=[1.0, 1.0, 1.0],
        least_value=0.0,
        note="Another minimiser of the same value has all entries equal to the negative root of "
        "t**4 + t**3 + t = 3, near -1.811.",
        tags={"sum-of-squares", "singular"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs27() -> ConstrainedProblem:
    """Rosenbrock's valley, lifted onto a parabolic cylinder."""

    def value(x):
        x1, x2, _ = entries(x)
        return 0.01 * (x1 - 1) ** 2 + (x2 - x1**2) ** 2

    def constraints(x):
        x1, _, x3 = entries(x)
        return joined(x1 + x3**2 + 1)

    return record(
        27,
        value,
        start=[2.0, 2.0, 2.0],
        solution=[-1.0, 1.0, 0.0],
        least_value=0.04,
        tags={"sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs39() -> ConstrainedProblem:
    """Linear objective on a curve with slack variables."""

    def value(x):
        return -x[..., 0]

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(x2 - x1**3 - x3**2, x1**2 - x2 - x4**2)

    return record(
        39,
        value,
        start=[2.0, 2.0, 2.0, 2.0],
        solution=[1.0, 1.0, 0.0, 0.0],
        least_value=-1.0,
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs40() -> ConstrainedProblem:
    """Product of four variables on a curve."""

    def value(x):
        x1, x2, x3, x4 = entries(x)
        return -x1 * x2 * x3 * x4

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(x1**3 + x2**2 - 1, x1**2 * x4 - x3, x4**2 - x2)

    solution = np.exp2([-1 / 3, -1 / 2, -11 / 12, -1 / 4])
    return record(
        40,
        value,
        start=[0.8, 0.8, 0.8, 0.8],
        solution=solution,
        solutions=(solution, solution * [1, 1, -1, -1]),
        least_value=-0.25,
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs42() -> ConstrainedProblem:
    """Nearest point of a circle in a plane."""
    centre = np.array([1.0, 2.0, 3.0, 4.0])

    def value(x):
        return np.sum((x - centre) ** 2, axis=-1)

    def constraints(x):
        x1, _, x3, x4 = entries(x)
        return joined(x1 - 2, x3**2 + x4**2 - 2)

    return record(
        42,
        value,
        start=[1.0, 1.0, 1.0, 1.0],
        solution=[2.0, 2.0, 0.6 * ROOT, 0.8 * ROOT],
        least_value=28 - 10 * ROOT,
        tags={"quadratic", "sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs56() -> ConstrainedProblem:
    """Volume of a parcel, with squared sines in place of bounds."""

    def value(x):
        return -x[..., 0] * x[..., 1] * x[..., 2]

    def constraints(x):
        x1, x2, x3, x4, x5, x6, x7 = entries(x)
        return joined(
            x1 - 4.2 * np.sin(x4) ** 2,
            x2 - 4.2 * np.sin(x5) ** 2,
            x3 - 4.2 * np.sin(x6) ** 2,
            x1 + 2 * x2 + 2 * x3 - 7.2 * np.sin(x7) ** 2,
        )

    long, short = math.asin(math.sqrt(4 / 7)), math.asin(math.sqrt(2 / 7))
    return record(
        56,
        value,
        start=[1.0, 1.0, 1.0, 0.50973968, 0.50973968, 0.50973968, 0.98511078],
        solution=[2.4, 1.2, 1.2, long, short, short, math.pi / 2],
        least_value=-3.456,
        note="The angles of the start are those that make it feasible, rounded to eight digits; "
        "those of the solution are free in sign and period.",
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs61() -> ConstrainedProblem:
    """Quadratic on the curve where two parabolic cylinders meet."""

    def value(x):
        x1, x2, x3 = entries(x)
        return 4 * x1**2 + 2 * x2**2 + 2 * x3**2 - 33 * x1 + 16 * x2 - 24 * x3

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(3 * x1 - 2 * x2**2 - 7, 4 * x1 - x3**2 - 11)

    return record(
        61,
        value,
        start=[0.0, 0.0, 0.0],
        solution=[5.326770135563928, -2.118998632218976, 3.2104642253505506],
        least_value=-143.64614219778025,
        tags={"quadratic"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )
