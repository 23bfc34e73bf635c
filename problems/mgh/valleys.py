"""Curved valleys: helical, singular, coupled."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.mgh._paper import multiples, paper


@register
def helical_valley() -> Problem:
    """Valley that winds around the third axis like a helix."""

    def value(x):
        x1, x2, x3 = x[..., 0], x[..., 1], x[..., 2]
        # The angle of (x1, x2) in turns. Measured from the axis x2 > 0, its jump lies on x2 < 0, as
        # in the source; np.arctan2(x2, x1) would put it through the start
        turns = 0.25 - np.arctan2(x1, x2) / (2 * np.pi)
        radius = np.sqrt(x1**2 + x2**2)
        return 100 * ((x3 - 10 * turns) ** 2 + (radius - 1) ** 2) + x3**2

    return Problem(
        "helical-valley",
        value,
        start=np.array([-1.0, 0.0, 0.0]),
        solution=np.array([1.0, 0.0, 0.0]),
        least_value=0.0,
        source="R. Fletcher and M. J. D. Powell (1963), A rapidly convergent descent method for "
        f"minimization, The Computer Journal 6(2), 163-168; {paper(7)}",
        starts=multiples([-1, 0, 0]),
        note="The angle jumps where x1 = 0 and x2 <= 0; everywhere else the function is smooth.",
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def powell_singular(n: int = 4) -> Problem:
    """Quartic whose Hessian is singular at the minimum: Newton's method becomes linear.

    Parameters
    ----------
    n : int
        Number of variables, divisible by 4.
    """
    return _powell_singular("powell-singular", 13, n)


@register
def extended_powell_singular(n: int = 100) -> Problem:
    """Independent copies of Powell's singular function, one for every four variables.

    Parameters
    ----------
    n : int
        Number of variables, divisible by 4.
    """
    return _powell_singular("extended-powell-singular", 22, n)


def _powell_singular(name: str, number: int, n: int) -> Problem:
    n = whole_number("n", n, least=4, multiple_of=4)

    def value(x):
        x1, x2, x3, x4 = x[..., 0::4], x[..., 1::4], x[..., 2::4], x[..., 3::4]
        return np.sum(
            (x1 + 10 * x2) ** 2 + 5 * (x3 - x4) ** 2 + (x2 - 2 * x3) ** 4 + 10 * (x1 - x4) ** 4,
            axis=-1,
        )

    start = np.resize([3.0, -1.0, 0.0, 1.0], n)
    return Problem(
        name,
        value,
        start=start,
        solution=np.zeros(n),
        least_value=0.0,
        source="M. J. D. Powell (1962), An iterative method for finding stationary values of a "
        "function of several variables, The Computer Journal 5(2), 147-151; "
        f"{paper(number)}",
        starts=multiples(start),
        tags=frozenset({"convex", "mgh", "unimodal", "singular", "sum-of-squares"}),
    )


@register
def wood() -> Problem:
    """Two Rosenbrock valleys, coupled; a saddle near (-1, 1, -1, 1) holds methods up."""

    def value(x):
        x1, x2, x3, x4 = x[..., 0], x[..., 1], x[..., 2], x[..., 3]
        return (
            100 * (x2 - x1**2) ** 2
            + (1 - x1) ** 2
            + 90 * (x4 - x3**2) ** 2
            + (1 - x3) ** 2
            + 10 * (x2 + x4 - 2) ** 2
            + 0.1 * (x2 - x4) ** 2
        )

    return Problem(
        "wood",
        value,
        start=np.array([-3.0, -1.0, -3.0, -1.0]),
        solution=np.ones(4),
        least_value=0.0,
        source="A. R. Colville (1968), A comparative study of nonlinear programming codes, Report "
        f"320-2949, IBM New York Scientific Center; {paper(14)}",
        starts=multiples([-3, -1, -3, -1]),
        note="Some books print 10.1 ((x2 - 1)^2 + (x4 - 1)^2) + 19.8 (x2 - 1)(x4 - 1) for the last "
        "two terms: the same polynomial.",
        tags=frozenset({"mgh", "sum-of-squares"}),
    )
