"""Curved equalities with bounds or inequalities beside them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record

BOX = np.array([2.3, 2.3, 3.2, 3.2, 3.2])
# Of problems 78, 80 and 81; the last two entries may change sign together
SOLUTION = np.array(
    [
        -1.7171435703943823,
        1.5957096901835544,
        1.8272457529271946,
        -0.7636430781841304,
        -0.7636430781841304,
    ]
)
SOLUTIONS = (SOLUTION, SOLUTION * [1, 1, 1, -1, -1])


def product(x):
    """Return the product of five variables."""
    x1, x2, x3, x4, x5 = entries(x)
    return x1 * x2 * x3 * x4 * x5


def sphere_and_two(x):
    """Return the equalities of problem 78 and of those that vary it."""
    x1, x2, x3, x4, x5 = entries(x)
    return joined(np.sum(x**2, axis=-1) - 10, x2 * x3 - 5 * x4 * x5, x1**3 + x2**3 + 1)


@register
def hs60() -> ConstrainedProblem:
    """Quartic on a surface of degree four, in a box that does not matter in the end."""

    def value(x):
        x1, x2, x3 = entries(x)
        return (x1 - 1) ** 2 + (x1 - x2) ** 2 + (x2 - x3) ** 4

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(x1 * (1 + x2**2) + x3**4 - 4 - 3 * math.sqrt(2))

    return record(
        60,
        value,
        start=[2.0, 2.0, 2.0],
        solution=[1.1048590197333166, 1.1966741822882572, 1.5352622603253263],
        least_value=0.032568200255069873,
        tags={"sum-of-squares"},
        lower=-10.0,
        upper=10.0,
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs63() -> ConstrainedProblem:
    """Concave quadratic on a circle."""

    def value(x):
        x1, x2, x3 = entries(x)
        return 1000 - x1**2 - 2 * x2**2 - x3**2 - x1 * x2 - x1 * x3

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(8 * x1 + 14 * x2 + 7 * x3 - 56, x1**2 + x2**2 + x3**2 - 25)

    return record(
        63,
        value,
        start=[2.0, 2.0, 2.0],
        solution=[3.5121213418747197, 0.21698794151522305, 3.552171154827017],
        least_value=961.7151721300521,
        tags={"quadratic"},
        lower=0.0,
        constraints=constraints,
        constraints_upper=EQUAL,
    )


@register
def hs71() -> ConstrainedProblem:
    """Product on a sphere in a box, kept large: every manual of a solver has it."""

    def value(x):
        x1, x2, x3, x4 = entries(x)
        return x1 * x4 * (x1 + x2 + x3) + x3

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(x1 * x2 * x3 * x4, x1**2 + x2**2 + x3**2 + x4**2)

    return record(
        71,
        value,
        start=[1.0, 5.0, 5.0, 1.0],
        solution=[1.0, 4.742999637264417, 3.8211499841848737, 1.3794082931726723],
        least_value=17.0140172891563,
        lower=1.0,
        upper=5.0,
        constraints=constraints,
        constraints_lower=np.array([25.0, 40.0]),
        constraints_upper=np.array([np.inf, 40.0]),
    )


@register
def hs74() -> ConstrainedProblem:
    """Power flow between two generators, with phases within 0.55 of each other."""
    return _power_flow(
        74,
        phase=0.55,
        solution=[679.9453198512115, 1026.0671326104648, 0.11887636449310202, -0.39623355320321],
        least_value=5126.498109595272,
    )


@register
def hs75() -> ConstrainedProblem:
    """Power flow between two generators, with phases within 0.48 of each other."""
    return _power_flow(
        75,
        phase=0.48,
        solution=[776.1590265860594, 925.1951384690917, 0.05110892853835122, -0.4288910714616487],
        least_value=5174.41269537774,
        note="The source has 5174.4129 for the least value; CUTEst's file has that of problem 74, "
        "5126.4981, here too.",
    )


def _power_flow(number: int, phase: float, **fields: Any) -> ConstrainedProblem:
    def value(x):
        x1, x2, _, _ = entries(x)
        return 3 * x1 + 1e-6 * x1**3 + 2 * x2 + 2e-6 / 3 * x2**3

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(
            x4 - x3,
            1000 * np.sin(-x3 - 0.25) + 1000 * np.sin(-x4 - 0.25) + 894.8 - x1,
            1000 * np.sin(x3 - 0.25) + 1000 * np.sin(x3 - x4 - 0.25) + 894.8 - x2,
            1000 * np.sin(x4 - 0.25) + 1000 * np.sin(x4 - x3 - 0.25) + 1294.8,
        )

    return record(
        number,
        value,
        start=[0.0, 0.0, 0.0, 0.0],
        lower=np.array([0.0, 0.0, -phase, -phase]),
        upper=np.array([1200.0, 1200.0, phase, phase]),
        constraints=constraints,
        constraints_lower=np.array([-phase, EQUAL, EQUAL, EQUAL]),
        constraints_upper=np.array([phase, EQUAL, EQUAL, EQUAL]),
        **fields,
    )


@register
def hs78() -> ConstrainedProblem:
    """Product of five variables on a curve on a sphere."""
    return record(
        78,
        product,
        start=[-2.0, 1.5, 2.0, -1.0, -1.0],
        solution=SOLUTION,
        solutions=SOLUTIONS,
        least_value=-2.919700408963679,
        constraints=sphere_and_two,
        constraints_upper=EQUAL,
    )


@register
def hs80() -> ConstrainedProblem:
    """Powell's: exponential of the product of five variables on a curve on a sphere."""

    def value(x):
        return np.exp(product(x))

    return record(
        80,
        value,
        start=[-2.0, 2.0, 2.0, -1.0, -1.0],
        solution=SOLUTION,
        solutions=SOLUTIONS,
        least_value=0.05394984777027203,
        lower=-BOX,
        upper=BOX,
        constraints=sphere_and_two,
        constraints_upper=EQUAL,
    )


@register
def hs81() -> ConstrainedProblem:
    """Powell's, with the square of an equality subtracted."""

    def value(x):
        return np.exp(product(x)) - 0.5 * (x[..., 0] ** 3 + x[..., 1] ** 3 + 1) ** 2

    return record(
        81,
        value,
        start=[-2.0, 2.0, 2.0, -1.0, -1.0],
        solution=SOLUTION,
        solutions=SOLUTIONS,
        least_value=0.05394984777027203,
        note="CUTEst's file has 0.539498 for the least value, ten times too much.",
        lower=-BOX,
        upper=BOX,
        constraints=sphere_and_two,
        constraints_upper=EQUAL,
    )
