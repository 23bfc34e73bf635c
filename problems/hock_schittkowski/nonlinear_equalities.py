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
def hs46() -> ConstrainedProblem:
    """Powers two, four and six: flat at the solution in two of three directions."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (x1 - x2) ** 2 + (x3 - 1) ** 2 + (x4 - 1) ** 4 + (x5 - 1) ** 6

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(x1**2 * x4 + np.sin(x4 - x5) - 1, x2 + x3**4 * x4**2 - 2)

    return record(
        46,
        value,
        start=[ROOT / 2, 1.75, 0.5, 2.0, 2.0],
        solution=np.ones(5),
        least_value=0.0,
        tags={"sum-of-squares", "singular"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs47() -> ConstrainedProblem:
    """Powers two, three and four of the differences of neighbours."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (x1 - x2) ** 2 + (x2 - x3) ** 3 + (x3 - x4) ** 4 + (x4 - x5) ** 4

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(x1 + x2**2 + x3**3 - 3, x2 - x3**2 + x4 - 1, x1 * x5 - 1)

    return record(
        47,
        value,
        start=[2.0, ROOT, -1.0, 2 - ROOT, 0.5],
        solution=[
            0.6770043948666404,
            0.7260894726520322,
            1.2154912142370975,
            1.7513294192355413,
            1.477095285617732,
        ],
        least_value=-0.026714182693940918,
        note="The source's solution, (1, 1, 1, 1, 1) with the value 0, is not even a local "
        "minimiser: along the constraints the cube falls below 0. What is given here was found "
        "from many starts.",
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


@register
def hs77() -> ConstrainedProblem:
    """Powers two, four and six on a surface with a sine."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (x1 - 1) ** 2 + (x1 - x2) ** 2 + (x3 - 1) ** 2 + (x4 - 1) ** 4 + (x5 - 1) ** 6

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(x1**2 * x4 + np.sin(x4 - x5) - 2 * ROOT, x2 + x3**4 * x4**2 - 8 - ROOT)

    return record(
        77,
        value,
        start=np.full(5, 2.0),
        solution=[
            1.1661721897092985,
            1.1821113888027044,
            1.3802570431454597,
            1.5060362736230457,
            0.6109201960430908,
        ],
        least_value=0.24150512879017869,
        tags={"sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs79() -> ConstrainedProblem:
    """Powers two and four of the differences of neighbours."""

    def value(x):
        x1, x2, x3, x4, x5 = entries(x)
        return (x1 - 1) ** 2 + (x1 - x2) ** 2 + (x2 - x3) ** 2 + (x3 - x4) ** 4 + (x4 - x5) ** 4

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(
            x1 + x2**2 + x3**3 - 2 - 3 * ROOT, x2 - x3**2 + x4 + 2 - 2 * ROOT, x1 * x5 - 2
        )

    return record(
        79,
        value,
        start=np.full(5, 2.0),
        solution=[
            1.1911274563110514,
            1.3626031649617423,
            1.4728179315120877,
            1.635016619167993,
            1.6790814361664075,
        ],
        least_value=0.07877682087105692,
        tags={"sum-of-squares"},
        constraints=constraints,
        constraints_upper=EQUAL,
    )
