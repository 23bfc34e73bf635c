"""Three and four variables within curved limits."""

from __future__ import annotations

import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record


def negative_product(x):
    """Return the negative volume of a parcel."""
    return -x[..., 0] * x[..., 1] * x[..., 2]


@register
def hs29() -> ConstrainedProblem:
    """Largest box in an ellipsoid: four corners are solutions."""

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(48 - x1**2 - 2 * x2**2 - 4 * x3**2)

    solution = np.array([4.0, 2 * math.sqrt(2), 2.0])
    signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    return record(
        29,
        negative_product,
        start=[1.0, 1.0, 1.0],
        solution=solution,
        solutions=tuple(signs * solution),
        least_value=-16 * math.sqrt(2),
        constraints=constraints,
    )


@register
def hs30() -> ConstrainedProblem:
    """Point nearest to zero outside a cylinder, in a box that touches it."""

    def value(x):
        return np.sum(x**2, axis=-1)

    def constraints(x):
        return joined(x[..., 0] ** 2 + x[..., 1] ** 2 - 1)

    return record(
        30,
        value,
        start=[1.0, 1.0, 1.0],
        solution=[1.0, 0.0, 0.0],
        least_value=1.0,
        tags={"quadratic", "sum-of-squares"},
        lower=np.array([1.0, -10.0, -10.0]),
        upper=10.0,
        constraints=constraints,
    )


@register
def hs31() -> ConstrainedProblem:
    """Narrow bowl beyond a hyperbola."""

    def value(x):
        x1, x2, x3 = entries(x)
        return 9 * x1**2 + x2**2 + 9 * x3**2

    def constraints(x):
        return joined(x[..., 0] * x[..., 1] - 1)

    return record(
        31,
        value,
        start=[1.0, 1.0, 1.0],
        solution=[1 / math.sqrt(3), math.sqrt(3), 0.0],
        least_value=6.0,
        tags={"quadratic", "sum-of-squares"},
        lower=np.array([-10.0, 1.0, -10.0]),
        upper=np.array([10.0, 10.0, 1.0]),
        constraints=constraints,
    )


@register
def hs32() -> ConstrainedProblem:
    """Quadratic on a triangle, with the solution in its corner."""

    def value(x):
        x1, x2, x3 = entries(x)
        return (x1 + 3 * x2 + x3) ** 2 + 4 * (x1 - x2) ** 2

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(6 * x2 + 4 * x3 - x1**3 - 3, 1 - x1 - x2 - x3)

    return record(
        32,
        value,
        start=[0.1, 0.7, 0.2],
        solution=[0.0, 0.0, 1.0],
        least_value=1.0,
        tags={"convex", "quadratic", "sum-of-squares"},
        lower=0.0,
        constraints=constraints,
        constraints_upper=np.array([np.inf, EQUAL]),
    )


@register
def hs33() -> ConstrainedProblem:
    """Cubic between a cone and a ball."""

    def value(x):
        x1, _, x3 = entries(x)
        return (x1 - 1) * (x1 - 2) * (x1 - 3) + x3

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(x3**2 - x2**2 - x1**2, x1**2 + x2**2 + x3**2 - 4)

    return record(
        33,
        value,
        start=[0.0, 0.0, 3.0],
        solution=[0.0, math.sqrt(2), math.sqrt(2)],
        least_value=math.sqrt(2) - 6,
        note="CUTEst's file has -4.0 for the least value, that of (0, 0, 2); the source's is "
        "sqrt(2) - 6 = -4.5857864. In the plane x2 = 0, where the start lies, no gradient "
        "leads out of it, and the conditions of first order hold at (0, 0, 2): methods end there.",
        lower=0.0,
        upper=np.array([np.inf, np.inf, 5.0]),
        constraints=constraints,
    )


@register
def hs34() -> ConstrainedProblem:
    """Largest number whose exponential of the exponential is at most ten."""

    def value(x):
        return -x[..., 0]

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(x2 - np.exp(x1), x3 - np.exp(x2))

    log = math.log(10)
    return record(
        34,
        value,
        start=[0.0, 1.05, 2.9],
        solution=[math.log(log), log, 10.0],
        least_value=-math.log(log),
        tags={"convex"},
        lower=0.0,
        upper=np.array([100.0, 100.0, 10.0]),
        constraints=constraints,
    )


@register
def hs36() -> ConstrainedProblem:
    """Largest parcel by Rosenbrock, with bounds on its sides."""

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(72 - x1 - 2 * x2 - 2 * x3)

    return record(
        36,
        negative_product,
        start=[10.0, 10.0, 10.0],
        solution=[20.0, 11.0, 15.0],
        least_value=-3300.0,
        lower=0.0,
        upper=np.array([20.0, 11.0, 42.0]),
        constraints=constraints,
    )


@register
def hs37() -> ConstrainedProblem:
    """Largest parcel by Rosenbrock, with limits on length and girth."""

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(x1 + 2 * x2 + 2 * x3)

    return record(
        37,
        negative_product,
        start=[10.0, 10.0, 10.0],
        solution=[24.0, 12.0, 12.0],
        least_value=-3456.0,
        note="The source writes the two limits on length plus girth, 0 and 72, as two constraints.",
        lower=0.0,
        upper=42.0,
        constraints=constraints,
        constraints_upper=72.0,
    )


@register
def hs43() -> ConstrainedProblem:
    """Rosen and Suzuki's: quadratic within three ellipsoids."""

    def value(x):
        x1, x2, x3, x4 = entries(x)
        return x1**2 + x2**2 + 2 * x3**2 + x4**2 - 5 * x1 - 5 * x2 - 21 * x3 + 7 * x4

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(
            8 - x1**2 - x2**2 - x3**2 - x4**2 - x1 + x2 - x3 + x4,
            10 - x1**2 - 2 * x2**2 - x3**2 - 2 * x4**2 + x1 + x4,
            5 - 2 * x1**2 - x2**2 - x3**2 - 2 * x1 + x2 + x4,
        )

    return record(
        43,
        value,
        start=[0.0, 0.0, 0.0, 0.0],
        solution=[0.0, 1.0, 2.0, -1.0],
        least_value=-44.0,
        tags={"convex", "quadratic"},
        constraints=constraints,
    )


@register
def hs65() -> ConstrainedProblem:
    """Nearest point of a ball, in narrow directions of a quadratic."""

    def value(x):
        x1, x2, x3 = entries(x)
        return (x1 - x2) ** 2 + (x1 + x2 - 10) ** 2 / 9 + (x3 - 5) ** 2

    def constraints(x):
        return joined(48 - np.sum(x**2, axis=-1))

    return record(
        65,
        value,
        start=[-5.0, 5.0, 0.0],
        solution=[3.6504617252130362, 3.6504617252130362, 4.620417555320008],
        least_value=0.953528856804783,
        tags={"convex", "quadratic", "sum-of-squares"},
        lower=np.array([-4.5, -4.5, -5.0]),
        upper=np.array([4.5, 4.5, 5.0]),
        constraints=constraints,
    )


@register
def hs66() -> ConstrainedProblem:
    """Linear objective above two exponentials."""

    def value(x):
        return 0.2 * x[..., 2] - 0.8 * x[..., 0]

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(x2 - np.exp(x1), x3 - np.exp(x2))

    return record(
        66,
        value,
        start=[0.0, 1.05, 2.9],
        solution=[0.1841264879228477, 1.2021678731970429, 3.3273223225990955],
        least_value=0.518163274181541,
        tags={"convex"},
        lower=0.0,
        upper=np.array([100.0, 100.0, 10.0]),
        constraints=constraints,
    )
