"""Sums over any number of variables, from a bowl to egg boxes."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register


@register
def sphere(n: int = 2) -> Problem:
    """Sum of squares: the bowl that everything should solve at once.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)

    def value(x):
        return np.sum(x**2, axis=-1)

    return Problem(
        "sphere",
        value,
        start=np.ones(n),
        solution=np.zeros(n),
        least_value=0.0,
        source="K. A. De Jong (1975), An analysis of the behavior of a class of genetic adaptive "
        "systems, PhD thesis, University of Michigan, function F1",
        note="The source gives no starting point: it is chosen here.",
        bounds=np.array([-5.12, 5.12]),
        tags=frozenset({"convex", "unimodal", "quadratic", "sum-of-squares"}),
    )


@register
def dixon_price(n: int = 10) -> Problem:
    """Chain of squares in which each variable is the square root of the one before.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)
    weights = np.arange(2.0, n + 1)
    solution = np.exp2(np.exp2(1.0 - np.arange(1, n + 1)) - 1)
    mirrored = solution.copy()
    mirrored[-1] *= -1

    def value(x):
        head, tail = x[..., :-1], x[..., 1:]
        return (x[..., 0] - 1) ** 2 + np.sum(weights * (2 * tail**2 - head) ** 2, axis=-1)

    return Problem(
        "dixon-price",
        value,
        start=np.full(n, 2.0),
        solution=solution,
        least_value=0.0,
        source="L. C. W. Dixon and R. C. Price (1989), Truncated Newton method for sparse "
        "unconstrained optimization using automatic differentiation, Journal of Optimization "
        "Theory and Applications 60(2), 261-275",
        note="The starting point is chosen here. The last variable occurs as a square alone, so "
        "its sign is free; listings often give only the positive one. At (1/3, 0, ..., 0), with "
        "the value 2/3, the gradient is zero and, from three variables on, no curvature is "
        "negative: not a local minimiser, but part of a plateau on which methods stall.",
        solutions=(solution, mirrored) if n > 1 else (solution,),
        bounds=np.array([-10.0, 10.0]),
        tags=frozenset({"multimodal" if n > 1 else "unimodal", "sum-of-squares"}),
    )


@register
def styblinski_tang(n: int = 2) -> Problem:
    """Independent quartics with two wells each, one a little deeper.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)

    def value(x):
        return np.sum(x**4 - 16 * x**2 + 5 * x, axis=-1) / 2

    # The least root of 4 x^3 - 32 x + 5 and the value there, from 30 digits
    return Problem(
        "styblinski-tang",
        value,
        start=np.zeros(n),
        solution=np.full(n, -2.903534027771177),
        least_value=-39.16616570377142 * n,
        source="M. A. Styblinski and T.-S. Tang (1990), Experiments in nonconvex optimization: "
        "stochastic approximation with function smoothing and simulated annealing, Neural Networks "
        "3(4), 467-483",
        note="The least value is often printed as -39.16599 n, which is wrong in the fourth "
        "decimal: it is -39.16617 n. The starting point is chosen here, near the local maximum.",
        bounds=np.array([-5.0, 5.0]),
        tags=frozenset({"multimodal"}),
    )


@register
def rastrigin(n: int = 2) -> Problem:
    """Egg box in a bowl: a local minimum near every point with whole coordinates.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)

    def value(x):
        return np.sum(x**2 + 10 * (1 - np.cos(2 * np.pi * x)), axis=-1)

    return Problem(
        "rastrigin",
        value,
        start=np.resize([0.2, -0.1], n),
        solution=np.zeros(n),
        least_value=0.0,
        source="L. A. Rastrigin (1974), Systems of Extremal Control, Nauka; for any number of "
        "variables H. Mühlenbein, M. Schomisch and J. Born (1991), The parallel genetic algorithm "
        "as function optimizer, Parallel Computing 17(6-7), 619-632",
        note="The starting points are chosen here: the first is in the basin of the global "
        "minimum, the second in that of a local one, where a local method will stay.",
        starts=(np.resize([0.2, -0.1], n), np.resize([3.2, -2.1], n)),
        bounds=np.array([-5.12, 5.12]),
        tags=frozenset({"multimodal"}),
    )


@register
def ackley(n: int = 2) -> Problem:
    """Nearly flat plain, covered with bumps, around a funnel that ends in a kink.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)

    def value(x):
        radius = np.sqrt(np.mean(x**2, axis=-1))
        bumps = np.mean(np.cos(2 * np.pi * x), axis=-1)
        # -20 exp(-radius / 5) + 20 + e - exp(bumps), without the rounding error at the minimum
        return -20 * np.expm1(-0.2 * radius) - np.e * np.expm1(bumps - 1)

    return Problem(
        "ackley",
        value,
        start=np.resize([0.2, -0.3], n),
        solution=np.zeros(n),
        least_value=0.0,
        source="D. H. Ackley (1987), A Connectionist Machine for Genetic Hillclimbing, Kluwer",
        note="At the minimiser the function has a kink like that of 4 |x|: there is no gradient "
        "there, its norm does not tend to 0 nearby, and a test on the gradient alone does not end "
        "a run. The starting points are chosen here: the first is in the funnel, the second in the "
        "basin of a local minimum.",
        starts=(np.resize([0.2, -0.3], n), np.resize([15.3, -20.2], n)),
        bounds=np.array([-32.768, 32.768]),
        tags=frozenset({"multimodal", "kink"}),
    )
