"""Functions of two variables that can be looked at."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems.mgh._paper import multiples, paper

SURVEY = (
    "M. Jamil and X.-S. Yang (2013), A literature survey of benchmark functions for global "
    "optimization problems, Int. J. Mathematical Modelling and Numerical Optimisation 4(2), 150-194"
)
START_CHOSEN_HERE = "The source gives no starting point: it is chosen here."


@register
def beale() -> Problem:
    """Flat valley with steep corners."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return (
            (1.5 - x1 * (1 - x2)) ** 2
            + (2.25 - x1 * (1 - x2**2)) ** 2
            + (2.625 - x1 * (1 - x2**3)) ** 2
        )

    return Problem(
        "beale",
        value,
        start=np.array([1.0, 1.0]),
        solution=np.array([3.0, 0.5]),
        least_value=0.0,
        source="E. M. L. Beale (1958), On an iterative method for finding a local minimum of a "
        "function of more than one variable, Technical Report 25, Princeton University; starts "
        f"from {paper(5)}",
        note="From the farther starts methods may creep along a valley to the value 0.4520.",
        starts=multiples([1, 1]),
        bounds=np.array([-4.5, 4.5]),
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def booth() -> Problem:
    """Sum of two squared linear equations: one Newton step solves it."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return (x1 + 2 * x2 - 7) ** 2 + (2 * x1 + x2 - 5) ** 2

    return Problem(
        "booth",
        value,
        start=np.array([-5.0, -5.0]),
        solution=np.array([1.0, 3.0]),
        least_value=0.0,
        source=SURVEY,
        note=START_CHOSEN_HERE,
        bounds=np.array([-10.0, 10.0]),
        tags=frozenset({"convex", "unimodal", "quadratic", "sum-of-squares"}),
    )


@register
def matyas() -> Problem:
    """Narrow quadratic valley along the diagonal, of condition 25."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return 0.26 * (x1**2 + x2**2) - 0.48 * x1 * x2

    return Problem(
        "matyas",
        value,
        start=np.array([5.0, -3.0]),
        solution=np.array([0.0, 0.0]),
        least_value=0.0,
        source=SURVEY,
        note=START_CHOSEN_HERE,
        bounds=np.array([-10.0, 10.0]),
        tags=frozenset({"convex", "unimodal", "quadratic"}),
    )


@register
def goldstein_price() -> Problem:
    """Polynomial of degree eight that spans six orders of magnitude, with four local minima."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        along = x1 + x2 + 1
        across = 2 * x1 - 3 * x2
        return (1 + along**2 * (19 - 14 * x1 + 3 * x1**2 - 14 * x2 + 6 * x1 * x2 + 3 * x2**2)) * (
            30 + across**2 * (18 - 32 * x1 + 12 * x1**2 + 48 * x2 - 36 * x1 * x2 + 27 * x2**2)
        )

    return Problem(
        "goldstein-price",
        value,
        start=np.array([0.5, -0.5]),
        solution=np.array([0.0, -1.0]),
        least_value=3.0,
        source="A. A. Goldstein and J. F. Price (1971), On descent from local minima, Mathematics "
        "of Computation 25(115), 569-574",
        note=f"{START_CHOSEN_HERE} The other local minima are 30 at (-0.6, -0.4), 84 at (1.8, 0.2) "
        "and 840 at (1.2, 0.8).",
        starts=(np.array([0.5, -0.5]), np.array([1.0, 1.0])),
        bounds=np.array([-2.0, 2.0]),
        tags=frozenset({"multimodal"}),
    )


@register
def himmelblau() -> Problem:
    """Four equally deep minima around a maximum."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return (x1**2 + x2 - 11) ** 2 + (x1 + x2**2 - 7) ** 2

    minimisers = (
        np.array([3.0, 2.0]),
        np.array([-2.805118086952745, 3.131312518250573]),
        np.array([-3.7793102533777469, -3.2831859912861694]),
        np.array([3.5844283403304917, -1.8481265269644036]),
    )
    return Problem(
        "himmelblau",
        value,
        start=np.array([0.0, 0.0]),
        solution=minimisers[0],
        least_value=0.0,
        source="D. M. Himmelblau (1972), Applied Nonlinear Programming, McGraw-Hill",
        note=f"{START_CHOSEN_HERE} Three of the minimisers are irrational; usually printed to six "
        "decimals, they are given here to double precision.",
        starts=(
            np.array([0.0, 0.0]),
            np.array([-1.0, 1.0]),
            np.array([-1.0, -1.0]),
            np.array([1.0, -1.0]),
        ),
        solutions=minimisers,
        bounds=np.array([-5.0, 5.0]),
        tags=frozenset({"multimodal", "sum-of-squares"}),
    )
