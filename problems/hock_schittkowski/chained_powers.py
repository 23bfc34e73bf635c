"""Powers of two to six of differences, in five variables on curved surfaces."""

from __future__ import annotations

import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record

ROOT = math.sqrt(2)


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
